/* The process: modems on their ports, the network between them, the control socket, one clock and one loop. */
#pragma once

#include "base/clock.h"
#include "simmodem/modem.h"
#include "simmodem/network.h"

#include <stdbool.h>
#include <stdio.h>
#include <uv.h>

#define SIM_MODEMS_MAX 64
#define SIM_LOG_MAX    (1024 * 1024) /* bytes of transcript that are kept for each modem */

struct control;

struct port {
	struct sim *sim;
	struct modem *modem;
	int tty_index;     /* which of the modem's terminals */
	bool main;         /* the one on which programs talk */
	char link[256];    /* the path that people open */
	char tty[64];      /* what it points to now */
	int master, slave; /* −1 while the port is away */
	uv_poll_t *poll;   /* of master; freed by its own close */
	bool writable_wanted, back_soon;
	struct buf log;
	int64_t log_from_ms;
};

struct sim {
	uv_loop_t *loop;
	uv_timer_t timer;
	struct wall_clock clock;
	struct network net;
	struct modem *modems;
	struct port *ports; /* modem by modem */
	int count, port_count;
	char dir[200];
	struct control *control;
	FILE *trace; /* NULL: none */
	bool turning, turn_again;
};

/* Lets everything happen that is due, writes what modems say, wakes waiting requests, sets the timer. */
void sim_turn(struct sim *s);
/* Reads both clocks for those who act next. */
void sim_now(struct sim *s);

/* The port of a modem's main terminal. */
struct port *sim_port(struct sim *s, const struct modem *m);
/* The file name of a port's link: "modem0", or "modem0-if03" beside it. `name` replaces "modem0" unless "". */
void port_name(const struct port *p, const char *name, char *ret, size_t size);

/* port.c: a pseudo-terminal and the link to it, replaced atomically. `name` is the link's file name. 0, −errno.
 */
int port_plug(struct port *p, const char *name);
void port_unplug(struct port *p); /* the terminal sees a hang-up; the link goes */
/* Writes what is due. True when something went out. */
bool port_flush(struct port *p);
