/* The command-line tool: one table of nouns and verbs drives dispatch, --help, `yishi help` by role, completion
 * and the manual. Each noun is one file, which exports the array of its verbs with handlers, options and help
 * beside each other; nouns.c lists the arrays. Names of nouns, verbs and options are never translated; help
 * texts are English msgids marked N_("…") and shown through gettext.
 *
 * A handler gets the context of this run, with options already parsed and checked against its table, and
 * returns an exit status of <sysexits.h> (EX_OK, EX_USAGE …) or CLI_NOTHING. Errors are one line on stderr
 * through cli_fail: what, where, and what to do. Configuration and database are opened at the first cli_config
 * / cli_store, so that a verb which never asks for them works without. */
#pragma once

#include "base/buf.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/e164.h"
#include "base/i18n.h"
#include "cli/output.h"

#include <stdbool.h>
#include <stdio.h>
#include <sysexits.h>

#define CLI_NOTHING 1 /* nothing found, or a negative answer */

struct store;
struct cli;

/* Who looks for a verb, for `yishi help`: bits. */
enum cli_role { CLI_SECRETARY = 1, CLI_STAFF = 2, CLI_INSTALLER = 4, CLI_HELPER = 8 };

/* An option beyond the common ones; an array ends with a NULL name. */
struct cli_option {
	const char *name; /* "to": given as --to */
	const char *arg;  /* N_("NUMBER"); NULL: a switch */
	const char *help; /* N_() */
	bool many;        /* may be repeated */
};

/* Groups of common options that a verb takes. */
enum cli_common {
	CLI_FORMATS = 1, /* --json --csv --full */
	CLI_LIST = 2,    /* CLI_FORMATS and --limit --since */
	CLI_YES = 4,     /* --yes */
};

struct cli_verb {
	const char *name; /* "list", "series add"; "" when the noun stands alone (`yishi status`) */
	int (*run)(struct cli *c);
	const char *what;                 /* N_(): one line */
	const char *args;                 /* "NUMBER", "[GRID …]"; NULL: none. As in the usage line */
	int min_args, max_args;           /* of positional arguments; max −1: any number */
	unsigned common;                  /* enum cli_common */
	const struct cli_option *options; /* NULL: none */
	unsigned roles;                   /* enum cli_role */
	const char *example;              /* a line that works when it is typed; several lines allowed */
	const char *more;                 /* N_(): a paragraph for --help, or NULL */
};

struct cli_noun {
	const char *name;
	const char *what;             /* N_(): one line */
	const struct cli_verb *verbs; /* ends with a NULL run */
};
extern const struct cli_noun cli_nouns[]; /* nouns.c; ends with a NULL name */

struct cli_value {
	const char *name, *value;
};

struct cli {
	const struct cli_noun *noun;
	const struct cli_verb *verb;
	int argc;       /* positional arguments after the verb */
	char **argv;    /* borrowed from main */
	struct out out; /* where results go; the mode is set from --json / --csv */
	bool yes;
	long limit;        /* rows of a list; LONG_MAX = all */
	int64_t since_utc; /* INT64_MIN when not given */
	/* what follows is reached through the functions below */
	const char *config_given;
	struct cli_value *values;
	int value_count;
	struct config *config;
	struct store *store;
	struct wall_clock clock;
	bool clock_ready;
	enum language language;
	char named[24]; /* the number that a name such as `next` stands for; argv[0] points here then */
};

/* The value of an option: NULL when it was not given, "" for a switch. */
const char *cli_opt(const struct cli *c, const char *name);
/* The i-th value of an option that may be repeated, NULL beyond the last. */
const char *cli_opt_at(const struct cli *c, const char *name, int i);
/* Whole number ≥ min of an option or argument; prints the error. 0 or EX_USAGE. */
int cli_integer(const struct cli *c, const char *text, const char *what, int64_t min, int64_t *ret);
/* The n-th positional argument as an id ≥ 1. 0 or EX_USAGE. */
int cli_id(const struct cli *c, int n, int64_t *ret);
/* A time as when_parse reads it, relative to the tool's now. 0 or EX_USAGE. */
int cli_when(struct cli *c, const char *text, const char *what, int64_t *ret_utc);
/* E.164 of a person's phone. 0 or EX_USAGE. */
int cli_number(const struct cli *c, const char *text, char ret[E164_MAX]);

/* Loads the configuration (once), sets zone and clock. 0, or the exit status after having printed why. */
int cli_config(struct cli *c, const struct config **ret);
/* Opens the database of the configuration (once). 0, or the exit status after having printed why. */
int cli_store(struct cli *c, struct store **ret);
/* Seconds since 1970 of the tool's clock (the test clock where the configuration allows it). */
int64_t cli_now(struct cli *c);
/* Who acts, for the journal: "shell:" and the user's id. `buf` ≥ 32 bytes; returns buf. */
char *cli_actor(char *buf);

/* A list of the database: opens it and prints the head. 0, or the exit status after having printed why. */
int cli_list_begin(struct cli *c, const struct out_column *columns, struct store **ret);
/* Is a further row wanted? Counts down --limit, for lists that the store does not bound. */
bool cli_list_more(struct cli *c);
/* Its foot; `r` is what the store said. That a table has no rows is said on stderr. The exit status. */
int cli_list_end(struct cli *c, int r);

/* Prints "yishi: …" in one line on stderr and returns `status`, so that a handler can `return cli_fail(…)`. */
int cli_fail(int status, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The exit status for −errno of the store, after having printed what the database said. */
int cli_store_failed(struct cli *c, int r);
/* A misuse: prints the sentence and where --help is. Returns EX_USAGE. */
int cli_usage(const struct cli *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A remark that is no result (stderr). */
void cli_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The whole of a file, or of standard input for "-". 0, or the exit status after having printed why; *ret is
 * the caller's. More than `max` bytes is an error. */
int cli_read_file(const char *path, size_t max, char **ret, size_t *ret_len);
/* The same of a list, as csv_each reads it. */
int cli_read_csv(const char *path, size_t max, char **ret);
/* Asks on the terminal; true for yes or with --yes. Without a terminal and without --yes: false. */
bool cli_confirm(const struct cli *c, const char *question);

/* help.c */
int cli_help_verb(const struct cli_noun *n, const struct cli_verb *v);
int cli_help_noun(const struct cli_noun *n);
int cli_help_all(void);
const char *cli_help_role(int i); /* "secretary" …, for `yishi help ROLE`; NULL behind the last */
