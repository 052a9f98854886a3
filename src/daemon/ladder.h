/* What is done about a modem that gives trouble, one step after the other, each harder than the one before; which
 * steps a cause allows; how often. Two tables and what follows from them: no port, no clock, no modem.
 *
 *     a step helps           → the modem is ready; after LADDER_CALM_MS of service the next trouble begins below
 *     a step does not help   → the next one that the cause allows and the modem's row knows
 *     all have been taken    → from below again, the hard ones not before LADDER_HARD_MS have passed since the last
 *     the day's resets are used up (row: resets_per_day) → the soft ones alone
 *
 * A hard step is never taken while a text whose answer is missing may still be on the air. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define LADDER_CALM_MS 600000
#define LADDER_HARD_MS 3600000

/* X(identifier, "key of the event", patience, "what is done")
 * patience: seconds that the modem has afterwards to answer; 0: the row says how long a start takes (boot_max), or
 * the row's own wait. */
#define LADDER_STEPS(X)                                                                                        \
	X(SETTINGS, "settings", 10, "ESC, and all settings anew")                                              \
	X(REOPEN, "reopen", 0, "the port is closed and opened")                                                \
	X(REGISTER, "register", 60, "it registers anew: AT+COPS=0")                                            \
	X(RADIO, "radio", 60, "the radio off and on: AT+CFUN=4, AT+CFUN=1")                                    \
	X(RESTART, "restart", 0, "it starts anew: the resets of its row, such as AT+CFUN=1,1")                 \
	X(REBIND, "rebind", 60, "USB is unbound and bound")                                                    \
	X(POWER, "power", 120, "its power is cut: VBUS")

enum ladder_step {
#define X(id, key, patience, words) STEP_##id,
	LADDER_STEPS(X)
#undef X
	    STEP_COUNT,
	STEP_NONE = STEP_COUNT
};

/* X(identifier, "words", steps that are allowed) */
#define LADDER_CAUSES(X)                                                                                       \
	X(SILENT, "it does not answer", S(SETTINGS) | S(REOPEN) | S(RESTART) | S(REBIND) | S(POWER))           \
	X(SETTINGS, "it does not take its settings",                                                           \
	  S(SETTINGS) | S(REOPEN) | S(RADIO) | S(RESTART) | S(REBIND) | S(POWER))                              \
	X(NO_ECHO, "its text to itself does not come back", S(SETTINGS) | S(REGISTER) | S(RADIO) | S(RESTART)) \
	X(UNREGISTERED, "it finds no network", S(REGISTER) | S(RADIO))                                         \
	X(DENIED, "the network refuses it", 0)                                                                 \
	X(BARRED, "the operator refuses its texts", 0)                                                         \
	X(SIM, "its SIM is missing, closed or broken", 0)                                                      \
	X(AWAY, "there is no such device", 0)                                                                  \
	X(LENT, "it is lent to somebody", 0)

enum ladder_cause {
#define X(id, words, steps) CAUSE_##id,
	LADDER_CAUSES(X)
#undef X
	    CAUSE_COUNT
};

struct ladder_step_info {
	const char *key, *words;
	int patience_s;
	bool hard; /* counts against resets_per_day: it wears the flash, and lets go of the network */
};
extern const struct ladder_step_info ladder_steps[STEP_COUNT];
extern const char *const ladder_causes[CAUSE_COUNT];

/* Where one modem stands. Zero-initialised: at the foot. */
struct ladder {
	int taken;       /* the step that was taken last, plus one; 0: none */
	int restarts;    /* of the row's resets in this round */
	int rounds;      /* times that all were taken */
	bool hard;       /* a hard step was ever taken, */
	int64_t hard_ms; /* last at */
};

/* What this modem has. */
struct ladder_can {
	bool radio;               /* row: cfun_toggle */
	int restarts;             /* entries of the row's reset list */
	bool usb;                 /* a stick whose socket is known */
	bool no_rebind, no_power; /* it was tried, and this box cannot */
	int left_today;           /* hard steps */
	bool on_air;              /* a text may still be on the air: no hard step now */
};

/* The step to take now, and notes that it is taken. STEP_NONE: the cause allows none (any more, for now). */
enum ladder_step ladder_next(struct ladder *l, enum ladder_cause cause, const struct ladder_can *can,
			     int64_t now_ms);
/* Which of the row's resets a RESTART is: 0 … */
int ladder_restart(const struct ladder *l, const struct ladder_can *can);
