/* What cabinets.c (which cabinets there are, who borrows) and cabinets_poll.c (asking, and what becomes of answers) share. */
#pragma once

#include "daemon/cabinet_set.h"
#include "daemon/cabinets.h"
#include "daemon/poll_plan.h"
#include "daemon/sensor_live.h"

#include <uv.h>

struct path_watch;

/* One cabinet. */
struct unit {
	const struct cabinet *cabinet; /* of the set in force */
	struct bus *bus;
	struct poll_plan plan;
	struct live **live; /* owned array, one for each row */
	int64_t dark_ms;    /* it gives no data since; 0: it does */
	int vain;           /* … so often it was asked */
	bool lost;          /* … and that was said */
};

struct bus {
	struct cabinets *c;
	char name[MODBUS_BUS_NAME];
	struct modbus_connection connection;
	struct modbus_link *link; /* the worker's while `busy` */
	struct poll_plan plan;    /* of opening it */
	struct err why;           /* it could not be opened, or broke */
	bool wanted;              /* it is in the configuration */
	bool lent;
	char borrower[128]; /* the cabinet by whose name */
	int64_t lent_ms;
	/* the poll that is under way, or the closing */
	uv_work_t work;
	bool busy, doubtful, opened;
	struct cabinet_set *set; /* it began with */
	const struct cabinet *asked;
	struct map_value values[MAP_ROWS];
	int faults[MAP_ROWS], result;
};

struct cabinets {
	struct daemon *d;
	struct cabinet_set *set;
	struct lives lives;
	struct unit unit[CONFIG_CABINETS];
	int unit_count;
	struct bus **bus; /* owned, each: a worker may have one that is wanted no more */
	int bus_count;
	int running, doubtful, turn;
	int64_t hurried_ms; /* somebody began to look on */
	uv_timer_t timer;
	uv_poll_t paths;
	struct path_watch *path_watch;
	bool has_paths, complained, ended;
	int handles; /* open */
};

/* cabinets_poll.c: begins what is due; to be called after whatever may have changed that. */
void cabinets_pump(struct cabinets *c);
/* A bus that is lent, or not wanted any more, is closed (in the pool) as soon as its poll has ended; then its borrower is told, or
 * it is dropped: `b` may be gone. Of any other it does nothing. */
void cabinets_rest(struct cabinets *c, struct bus *b);
/* Writes what is known, when it is time or it must be. */
void cabinets_write(struct cabinets *c, bool must);

/* cabinets.c */
struct unit *cabinets_unit(struct cabinets *c, const char *name); /* NULL: none */
void cabinets_drop(struct cabinets *c, struct bus *b);            /* nobody uses it any more */
void cabinets_free_all(struct cabinets *c);                       /* when nothing is open or running any more */
