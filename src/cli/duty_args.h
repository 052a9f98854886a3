/* What the verbs of duty lists and check-ins read from the command line. */
#pragma once

#include "cli/cli.h"

/* A person by ID or telephone number. 0 or an exit status that was explained. */
int duty_person(struct cli *c, struct store *s, const char *arg, int64_t *ret);
/* "mon-fri", "sat sun", NULL: every day. Bit 0 is Sunday. */
int duty_days(struct cli *c, const char *arg, unsigned *ret);
/* "08:00-20:00", NULL: the whole day. */
int duty_hours(struct cli *c, const char *arg, struct day_window *ret);
/* "09:00" → minutes. */
int duty_minute(struct cli *c, const char *arg, int *ret);
/* "mon-fri 08:00-20:00" as it would be typed, "" for every day. `out` ≥ 64 bytes. */
char *duty_days_text(unsigned days, char *out);
char *duty_hours_text(const struct day_window *w, char *out);
