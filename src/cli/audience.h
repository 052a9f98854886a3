/* --to: who is meant, as broadcasts and groups take it (store/broadcast.h), with lists of numbers out of files. */
#pragma once

#include "cli/cli.h"
#include "store/broadcast.h"

/* The row of --to in a table of options. */
#define AUDIENCE_OPTION                                                                                        \
	{                                                                                                      \
		"to", N_("AUDIENCE"),                                                                          \
		    N_("who is meant; several terms are added together:\n"                                     \
		       "all  everybody in the registry\n"                                                      \
		       "grid:KS-03  a grid and all below it; building:KS-03/3  one building of it\n"           \
		       "role:volunteer  who has a role; role:volunteer@KS-03  … in a grid and below\n"       \
		       "group:NAME  who is in a group (yishi group)\n"                                         \
		       "yes:12 no:12 none:12 invited:12 came:12  who said yes or no to meeting 12, did not "   \
		       "answer, was invited, signed in\n"                                                      \
		       "case:23  who reported or supported case 23\n"                                          \
		       "task:30  who has a place in a task or an activity\n"                                   \
		       "jobs  who asked for the news of the job board\n"                                       \
		       "person:12 number:13800138001 file:LIST.csv  one person, one number, a list with a "    \
		       "column \"phone\"\n"                                                                    \
		       "-TERM or not:TERM  takes people out again, wherever it stands: all -grid:KS-04 "       \
		       "-file:told.csv\n"                                                                      \
		       "Everybody counts once: on the phone that they are named by, else on their first that " \
		       "can be texted; who shares a phone shares the text."),                                  \
		    true                                                                                       \
	}

struct audience_arg {
	char *written; /* for the record: as it was given; owned */
	char *terms;   /* for broadcast_audience_begin; owned */
};

/* Reads every --to (without one: `otherwise`, which may be NULL) and the files that it names, whose numbers go to the
 * store's lists. 0, or the exit status after having printed why. */
int audience_read(struct cli *c, const char *otherwise, struct audience_arg *ret);
void audience_done(struct audience_arg *a);

/* Who that is now. 0, or the exit status after having printed why. */
int audience_count(struct cli *c, const struct audience_arg *a, struct broadcast_audience *ret);

/* Prints who gets it and who does not and why, person by person; after audience_count. A table on a terminal is cut short. */
int audience_explain(struct cli *c);
