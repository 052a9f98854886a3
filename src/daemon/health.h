/* How the box is, told to the people with the role installer by text: each week ([gateway] health_text), and when something
 * changed that no alarm tells: another modem, SIM or firmware, a copy that failed, a start after a crash or a power cut, a
 * clock that was set. Never at night; of a week once, over restarts and clocks that are set; changes at most once a day, some
 * minutes after the first of them, all in one text. It best leaves by another line than the one that it is about. */
#pragma once

#include <stdint.h>

struct daemon;
struct health;

/* Was the last end one in order? Notes it when not. */
struct health *health_new(struct daemon *d);
/* The program ends in order. NULL-safe. */
void health_free(struct health *h);
/* Texts that are due, called whenever the daemon acts. When to call again. */
int64_t health_look(struct health *h, int64_t now_utc);
/* The clock of the box was set from the one to the other. */
void health_clock_set(struct health *h, int64_t from_utc, int64_t to_utc);
/* A line is ready: who stands in it? */
void health_meet(struct daemon *d, const char *line, const char *imei, const char *iccid, const char *firmware);
