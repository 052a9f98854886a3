/* The morning page of `yishi status`: what happened since work ended, what waits, how things stand. */
#pragma once

#include "cli/cli.h"
#include "cli/status_box.h"
#include "store/morning.h"

#define STATUS_DAYS       30 /* over which the time to the first human is told */
#define STATUS_BROADCASTS 6

struct status_page {
	struct morning m;
	int64_t since_utc, now_utc;
	struct status_box box;
	json_t *meeting, *broadcasts, *modems; /* owned; meeting may be null */
	json_t *sensors;                       /* counts; NULL: no cabinet is configured */
	struct buf sensor_words;
};

/* 0, or the exit status after having printed why. status_page_done in any case. */
int status_page_collect(struct cli *c, int64_t now_utc, struct status_page *ret);
void status_page_done(struct status_page *p);

/* The members that scripts read, into `row`. */
void status_page_json(const struct status_page *p, json_t *row);
/* A line for each thing that there is to tell. */
void status_page_print(struct cli *c, struct status_page *p);

/* "Mon 11-23 08:30"; `buf` ≥ 40 bytes. Shared with `yishi top`. */
char *status_when(int64_t utc, char *buf);
/* "front ready, good, -71 dBm". Appends. */
void status_modem(struct buf *out, const json_t *modem);
