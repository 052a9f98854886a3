/* The verbs of `yishi meeting`, one file for each theme; meeting.c has their table. */
#pragma once

#include "cli/cli.h"
#include "store/meeting.h"

/* Finds the meeting of the first argument, its number or `next` or `last` (the next to begin, the one that began last), and hands it to `row` (NULL: only that it is there); 0, or an exit status after having
 * printed what is wrong. */
int meeting_open(struct cli *c, struct store **ret, int64_t *ret_id,
		 int (*row)(void *ctx, const struct meeting *m), void *ctx);
/* A person by id, telephone number or name. 0; CLI_NOTHING when nobody has that name; else an exit status, explained. */
struct person;
int meeting_person(struct cli *c, struct store *s, const char *who, struct person *ret);
/* The title of an item, or the category's word for a dispute. */
const char *meeting_title(const struct cli *c, const char *title, enum category category);

extern const struct cli_option meeting_series_options[];
int meeting_series_add(struct cli *c);
int meeting_series_list(struct cli *c);
int meeting_series_except(struct cli *c);
int meeting_series_end(struct cli *c);

extern const struct cli_option meeting_agenda_options[];
int meeting_agenda_run(struct cli *c);

extern const struct cli_option meeting_attend_options[], meeting_show_options[];
int meeting_attend_run(struct cli *c);
int meeting_answers_print(struct cli *c, struct store *s, int64_t id);

extern const struct cli_option meeting_decide_options[];
int meeting_decide_run(struct cli *c);

extern const struct cli_option meeting_minutes_options[];
int meeting_minutes_run(struct cli *c);
int meeting_projects_run(struct cli *c);
/* Projects that were done since the last meeting or are late, below the agenda or in the minutes. */
int meeting_review_print(struct cli *c, struct store *s, int64_t id);

extern const struct cli_option meeting_poster_options[];
int meeting_poster_run(struct cli *c);
