/* Alarms of lines: one row for each line and kind that ever was, so that a restart neither tells twice nor
 * forgets; daemon/alarm.h says what they mean. */
#pragma once

#include "store/store.h"

#include <stdbool.h>

struct line_alarm {
	const char *line, *kind, *severity, *detail;
	int64_t since_utc; /* the condition began */
	int64_t on_utc;    /* it had lasted long enough */
	int64_t over_utc;  /* 0: it lasts */
	int64_t told_utc;  /* the last text about this line and kind; 0: never */
	int64_t times;     /* how often it began */
};

/* Writes the row; `times` is kept by the table: one more when an ended alarm begins anew. */
int line_alarm_put(struct store *s, const struct line_alarm *a);
/* Rows by their beginning; `standing`: those alone that last. Non-zero ends the walk. */
int line_alarm_each(struct store *s, bool standing, int (*row)(void *ctx, const struct line_alarm *a),
		    void *ctx);

/* Texts whose dedupe begins with `prefix` and that no modem has been given yet become cancelled; *ret_count (may
 * be NULL): how many. */
int line_alarm_cancel_texts(struct store *s, const char *prefix, int64_t now_utc, int *ret_count);
