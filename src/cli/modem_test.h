/* `yishi modem test`: the acceptance test that an installer runs. A table of steps (modem_test.c), each of which finds
 * one thing or several out and says so by the key of a finding; one table of findings (modem_test_words.c) holds
 * verdict, words and remedy of each. What was found is kept as keys and figures, and put into words when it is shown,
 * in whichever language. */
#pragma once

#include "cli/cli.h"
#include "cli/dialogue.h"
#include "cli/modem_card.h"

#include "at_commands/verbs.h"

#include <jansson.h>

enum test_verdict { TEST_PASS, TEST_SKIP, TEST_WARN, TEST_FAIL }; /* from good to bad */

struct test_finding {
	const char *key;
	enum test_verdict verdict;
	const char *words, *remedy; /* N_(); {{figures}} in them; remedy NULL: nothing is to be done */
};
const struct test_finding *test_finding(const char *key); /* NULL: no such key */
const char *test_verdict_name(enum test_verdict v); /* "pass" "skip" "warn" "fail": in JSON and the database */
const char *test_verdict_label(enum test_verdict v);
const char *
test_step_title(const char *step); /* in the reader's language; the name itself when it is a new one */

/* What a step needs of those before it. */
enum test_need {
	NEED_PORT = 1,    /* a modem answers */
	NEED_SIM = 2,     /* … its SIM is open */
	NEED_NETWORK = 4, /* … it is registered */
	NEED_TEXTS = 8,   /* … it is in PDU mode */
	NEED_SITE = 16,   /* a configuration with this line */
};

struct test;

struct test_step {
	const char *name, *title; /* title N_() */
	unsigned needs;           /* enum test_need */
	void (*run)(struct test *t);
};
extern const struct test_step test_steps[]; /* ends with a NULL name */

/* One test of one line; lives as long as it takes. */
struct test {
	struct cli *c;
	const struct config *cfg; /* NULL: there is none that can be read */
	char config_path[256];
	const struct config_modem *line; /* NULL: a port that stands in no configuration */
	const char *name;                /* the line's, or the port */
	const char *to;                  /* a phone that gets a text, E.164; NULL none */
	int wait_ms;                     /* for a text, a report, a ring */
	/* what was found out */
	const struct test_step *step;
	enum test_verdict worst_here; /* of the step at hand */
	bool said;                    /* the step has found something */
	unsigned has;                 /* enum test_need */
	json_t *steps;                /* [{"step", "verdict", "finding", "figures"}] */
	json_t *figures;              /* of the step at hand */
	/* the modem */
	struct dialogue *d;
	struct modem_rows rows;
	struct modem_card card; /* as of the last look; row NULL: none yet */
	char port[128], usb[10], own[E164_MAX];
	char store[12]; /* the memory that is read from */
	/* texts, calls, supply */
	int64_t network_utc, network_seen_utc; /* a time that the network told, and our clock then; 0 none */
	bool stuck;                            /* a text could not leave */
	bool quiet;                            /* texts are not announced, as was found */
	bool sent, brown_out, under_voltage, daemon_runs;
	char power_words[64];
	char rung[8][E164_MAX]; /* residents who rang meanwhile, each handed on once */
	int rung_count;
	int foreign; /* texts of others that came meanwhile, handed on or left where they are */
};

/* A figure of the step at hand, for the findings that follow. Takes the reference. */
void test_figure(struct test *t, const char *key, json_t *value);
void test_figure_text(struct test *t, const char *key, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* A figure in both languages, since the certificate may be printed in either: `say` is asked once in each. */
void test_figure_said(struct test *t, const char *key, void (*say)(void *ctx, char *buf, size_t size),
		      void *ctx);
/* The same of what went wrong. `sentence` is at hand in the language of this run alone; in the other one, and when it is
 * NULL, stand the words of the number, -errno or of Modbus. */
void test_figure_reason(struct test *t, const char *key, int r, const char *sentence);
/* The step has found this. */
void test_found(struct test *t, const char *key);
/* What arrived meanwhile and is not the test's own goes where it belongs. */
void test_pass_on(struct test *t);
/* On a terminal: that something is waited for, `left_ms` more. */
void test_waiting(struct test *t, const char *words, int64_t left_ms);
/* Whether somebody looks on, at the standard error: progress goes where the certificate does not. */
bool test_watched(const struct test *t);
void test_show(const struct test *t, const json_t *step, enum test_verdict v);
bool test_ended(const struct test *t);           /* Ctrl-C, or the port is gone */
int test_patience(const struct test *t, int ms); /* … but no longer than this test waits for anything */
/* Waits a moment, and is true while what was in vain is worth another try: not behind `until` (monotonic ms). */
bool test_again(struct test *t, int64_t until, const char *words);

/* Words of a finding with its figures: the sentence and the remedy ("" none). The caller's. */
char *test_words(const json_t *step, bool remedy);

/* One text of the test and what is heard of it. */
struct test_text {
	const char *number, *words;
	bool report; /* one was asked for */
	enum at_submitted outcome;
	int mr;       /* −1 not told */
	int64_t left; /* monotonic ms at which the modem was done with it */
	bool back, reported;
	bool announced;             /* … the modem said itself that it had come */
	bool kept;                  /* … and would not delete it */
	int64_t back_ms, report_ms; /* since it left */
	int st;                     /* TP-Status of the report */
	const char *failed;         /* the finding, when it was refused */
};
/* Gives it to the modem, once; only a refusal before it could be typed is tried again, while the modem starts.
 * modem_test_send.c */
void test_submit(struct test *t, struct test_text *x);

/* Steps, by file: modem_test_line.c */
void test_port(struct test *t);
void test_modem(struct test *t);
void test_sim(struct test *t);
void test_lock(struct test *t);
void test_network(struct test *t);
void test_signal(struct test *t);
/* modem_test_setup.c */
void test_centre(struct test *t);
void test_settings(struct test *t);
void test_stores(struct test *t);
/* modem_test_text.c */
void test_self(struct test *t);
void test_phone(struct test *t);
/* modem_test_call.c */
void test_call(struct test *t);
/* modem_test_power.c */
void test_power(struct test *t);
void test_usb(struct test *t);
void test_clock(struct test *t);
/* modem_test_box.c */
void test_disk(struct test *t);
void test_rights(struct test *t);
void test_config(struct test *t);
void test_duty(struct test *t);
void test_backup(struct test *t);
/* modem_test_sensors.c */
void test_sensors(struct test *t);
