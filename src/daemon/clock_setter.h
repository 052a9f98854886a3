/* Sets the clock of a box without a battery and without NTP by what mobile networks say (civic/clock_witness.h), through
 * yishi-root, which knows whether something else keeps it and then refuses. [gateway] set_clock = no: never.
 *
 * A clock that was set is an event (clock.set); what was refused is said in the log and not asked again for an hour. */
#pragma once

#include <stdint.h>

struct clock_setter;
struct daemon;

struct clock_setter *clock_setter_new(struct daemon *d);
/* After the loop has run dry: an answer may be under way until then. */
void clock_setter_free(struct clock_setter *c);

/* A text came just now, and its service centre stamped it so. */
void clock_setter_stamp(struct clock_setter *c, int64_t scts_utc);
/* The clock was set, by us or by somebody: what was said about it is void. */
void clock_setter_void(struct clock_setter *c);
/* Asks to have it set when that is called for. Cheap: in each round of daemon_act. */
void clock_setter_look(struct clock_setter *c);
