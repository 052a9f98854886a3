/* The operator's side of a session: registration and roaming, service centre, network time, history, credit. It is
 * told what the modem says about the network by the other session files, and has errands of its own at the end of a
 * look (session_check.c), so that it never wakes an idle modem by itself. */
#pragma once

#include "daemon/session_internal.h"
#include "store/line_history.h"

#define OPERATOR_DOMAINS 4 /* enum urc_domain */

enum registration { REG_UNKNOWN, REG_NONE, REG_SEARCHING, REG_DENIED, REG_HOME, REG_ROAMING, REGISTRATIONS };

struct operator_side {
	/* registration */
	int stat[OPERATOR_DOMAINS]; /* −1: not said */
	enum registration registration;
	int64_t registration_utc;
	int reject;     /* TS 24.008 10.5.3.6, 24.301 9.9.3.9: why it was refused; −1: not said */
	char cause[64]; /* the same, as the modem puts it */
	int lac, cell;
	/* service centre */
	char smsc[AT_NUMBER_MAX];
	bool smsc_due, smsc_failed;      /* to be asked again; setting it was refused */
	void (*then)(struct session *s); /* what goes on after the errand at hand */
	/* network time */
	bool time_known, time_follows;  /* follows: the modem's clock is set by the network */
	int64_t time_ahead_s, time_utc; /* the network's clock before ours, at that time of ours … */
	int64_t time_ms;                /* … and of the monotonic clock */
	int time_on;                    /* the row's setting at hand */
	/* errands: monotonic times, 0 at once */
	int64_t time_due_ms, cell_due_ms;
	int64_t idle_ms; /* the last time that they were all done */
	bool operator_due, cause_due;
	int64_t answered_utc; /* the last look that went well */
	/* credit (session_balance.c) */
	int64_t ussd_until_ms; /* the answer is waited for; 0: nothing was asked */
	bool ussd_cancel;      /* the operator waits for a choice that nobody will make */
	int unread;            /* questions in a row without an answer */
	/* history: as last written */
	char value[LINE_WHATS][48];
	int64_t put_ms[LINE_WHATS];
	int64_t flap_ms;           /* session_may_flap: of the history */
	bool history_known, dirty; /* dirty: the line's row is behind */
};

struct operator_side *operator_of(struct session *s);

/* session_time.c */
void time_take(struct session *s, const char *line, bool utc);
/* Sets what is to be set, and asks; then `done`. */
void time_ask(struct session *s, void (*done)(struct session *s));

/* session_balance.c: true when a command was submitted, after which `done` is called. */
bool balance_errand(struct session *s, void (*done)(struct session *s));
void balance_ussd(struct session *s, const struct at_urc *u);
