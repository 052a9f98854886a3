/* What happens in which state, to be read aloud: "ready: when the port vanishes, it closes the port, and looks for
 * it → lost." `yishid --states` reads it out. Every event stands in every state, what is ignored too. */
#include "daemon/session_internal.h"
#include "daemon/session_actions.h"
#include "base/mem.h"

#include <stdio.h>

const char *const session_state_names[SESSION_STATE_COUNT] = {
#define X(id, name, words) [SESSION_##id] = name,
    SESSION_STATES(X)
#undef X
};
const char *const session_event_names[SESSION_EVENT_COUNT] = {
#define X(id, words) [EV_##id] = #id,
    SESSION_EVENTS(X)
#undef X
};

/* `event`: `what` is done, and then the state is `next`. */
#define ON(event, what, next) [EV_##event] = {act_##what, SESSION_##next}
/* The same, and the state stays. */
#define DO(event, what) [EV_##event] = {act_##what, SESSION_STAYS}
/* Nothing is done for any of these. (The preprocessor goes through a list only when it is made to look again.) */
#define IGNORE(...)        LOOK_AGAIN(IGNORE_ONE(__VA_ARGS__))
#define IGNORE_ONE(e, ...) [EV_##e] = {act_nothing, SESSION_STAYS} __VA_OPT__(, IGNORE_REST NOW(__VA_ARGS__))
#define IGNORE_REST()      IGNORE_ONE
#define NOW                ()
#define LOOK_AGAIN(...)    LOOK_3(LOOK_3(LOOK_3(__VA_ARGS__)))
#define LOOK_3(...)        LOOK_2(LOOK_2(LOOK_2(__VA_ARGS__)))
#define LOOK_2(...)        LOOK_1(LOOK_1(LOOK_1(__VA_ARGS__)))
#define LOOK_1(...)        __VA_ARGS__

/* clang-format off */
const struct session_cell session_table[SESSION_STATE_COUNT][SESSION_EVENT_COUNT] = {

[SESSION_LOST] = {
	ON(START,        open,               PROBING),
	ON(DUE,          open,               PROBING),
	ON(HOLD,         hold,               HELD),
	ON(STOP,         stop,               STOPPED),
	IGNORE(RING, OPENED, OPEN_FAILED, MISSING, NEXT, SIM_READY, PIN_REFUSED, INIT_DONE, TROUBLE, GONE, RESET, CONFUSED,
	       REGISTERED, UNREGISTERED, READ, DRAIN, SEND, REST, RELEASE),
},

[SESSION_PROBING] = {
	DO(OPENED,       probe),
	ON(OPEN_FAILED,  back_off,           BACKOFF),
	ON(MISSING,      wait_for_device,    LOST),
	DO(NEXT,         next),
	DO(SIM_READY,    go_on),
	ON(PIN_REFUSED,  watch_pin,          PIN),
	ON(INIT_DONE,    after_init,         REGISTERING),
	DO(CONFUSED,     start_over),
	DO(DUE,          give_up),
	ON(TROUBLE,      climb,              BACKOFF),
	ON(GONE,         lost,               LOST),
	ON(HOLD,         hold,               HELD),
	ON(STOP,         stop,               STOPPED),
	IGNORE(RING, START, RESET, REGISTERED, UNREGISTERED, READ, DRAIN, SEND, REST, RELEASE),
},

[SESSION_PIN] = {
	DO(DUE,          watch_pin),
	DO(PIN_REFUSED,  watch_pin),
	ON(SIM_READY,    go_on,              PROBING),
	ON(CONFUSED,     start_over,         PROBING),
	ON(TROUBLE,      climb,              BACKOFF),
	ON(GONE,         lost,               LOST),
	ON(HOLD,         hold,               HELD),
	ON(STOP,         stop,               STOPPED),
	IGNORE(RING, START, OPENED, OPEN_FAILED, MISSING, NEXT, INIT_DONE, RESET, REGISTERED, UNREGISTERED, READ, DRAIN, SEND,
	       REST, RELEASE),
},

[SESSION_REGISTERING] = {
	DO(DUE,          watch_registration),
	ON(REGISTERED,   ready,              READY),
	ON(READ,         read,               READING),
	ON(DRAIN,        read,               DRAINING),
	ON(PIN_REFUSED,  watch_pin,          PIN),
	ON(CONFUSED,     start_over,         PROBING),
	ON(TROUBLE,      climb,              BACKOFF),
	ON(GONE,         lost,               LOST),
	ON(HOLD,         hold,               HELD),
	ON(STOP,         stop,               STOPPED),
	IGNORE(RING, START, OPENED, OPEN_FAILED, MISSING, NEXT, SIM_READY, INIT_DONE, RESET, UNREGISTERED, SEND, REST,
	       RELEASE),
},

[SESSION_READY] = {
	DO(DUE,          look_around),
	DO(REST,         look_around),
	ON(READ,         read,               READING),
	ON(DRAIN,        read,               DRAINING),
	ON(SEND,         send,               SENDING),
	ON(RING,         ring,               RINGING),
	ON(UNREGISTERED, unregistered,       REGISTERING),
	ON(PIN_REFUSED,  watch_pin,          PIN),
	ON(CONFUSED,     start_over,         PROBING),
	ON(TROUBLE,      climb,              BACKOFF),
	ON(GONE,         lost,               LOST),
	ON(HOLD,         hold,               HELD),
	ON(STOP,         stop,               STOPPED),
	IGNORE(START, OPENED, OPEN_FAILED, MISSING, NEXT, SIM_READY, INIT_DONE, RESET, REGISTERED, RELEASE),
},

[SESSION_READING] = {
	ON(REST,         rest,               READY),
	ON(PIN_REFUSED,  watch_pin,          PIN),
	ON(CONFUSED,     start_over,         PROBING),
	ON(TROUBLE,      climb,              BACKOFF),
	ON(GONE,         lost,               LOST),
	ON(HOLD,         hold,               HELD),
	ON(STOP,         stop,               STOPPED),
	IGNORE(RING, START, DUE, OPENED, OPEN_FAILED, MISSING, NEXT, SIM_READY, INIT_DONE, RESET, REGISTERED, UNREGISTERED,
	       READ, DRAIN, SEND, RELEASE),
},

[SESSION_DRAINING] = {
	ON(REST,         rest,               READY),
	ON(PIN_REFUSED,  watch_pin,          PIN),
	ON(CONFUSED,     start_over,         PROBING),
	ON(TROUBLE,      climb,              BACKOFF),
	ON(GONE,         lost,               LOST),
	ON(HOLD,         hold,               HELD),
	ON(STOP,         stop,               STOPPED),
	IGNORE(RING, START, DUE, OPENED, OPEN_FAILED, MISSING, NEXT, SIM_READY, INIT_DONE, RESET, REGISTERED, UNREGISTERED,
	       READ, DRAIN, SEND, RELEASE),
},

[SESSION_SENDING] = {
	ON(REST,         rest,               READY),
	DO(PIN_REFUSED,  confused_later),
	DO(CONFUSED,     confused_later),
	ON(TROUBLE,      climb,              BACKOFF),
	ON(GONE,         lost,               LOST),
	DO(HOLD,         hold_later),
	DO(STOP,         stop_later),
	IGNORE(RING, START, DUE, OPENED, OPEN_FAILED, MISSING, NEXT, SIM_READY, INIT_DONE, RESET, REGISTERED, UNREGISTERED,
	       READ, DRAIN, SEND, RELEASE),
},

[SESSION_RINGING] = {
	DO(DUE,          hang_up),
	ON(REST,         rest,               READY),
	DO(PIN_REFUSED,  confused_later),
	DO(CONFUSED,     confused_later),
	ON(TROUBLE,      climb,              BACKOFF),
	ON(GONE,         lost,               LOST),
	DO(HOLD,         hold_later),
	DO(STOP,         stop_later),
	IGNORE(START, OPENED, OPEN_FAILED, MISSING, NEXT, SIM_READY, INIT_DONE, RESET, REGISTERED, UNREGISTERED, READ,
	       DRAIN, SEND, RING, RELEASE),
},

[SESSION_BACKOFF] = {
	ON(START,        open,               PROBING),
	ON(DUE,          open,               PROBING),
	ON(CONFUSED,     start_over,         PROBING),
	ON(RESET,        reset,              RESETTING),
	ON(HOLD,         hold,               HELD),
	ON(STOP,         stop,               STOPPED),
	IGNORE(RING, OPENED, OPEN_FAILED, MISSING, NEXT, SIM_READY, PIN_REFUSED, INIT_DONE, TROUBLE, GONE, REGISTERED,
	       UNREGISTERED, READ, DRAIN, SEND, REST, RELEASE),
},

[SESSION_RESETTING] = {
	DO(GONE,         reset_away),
	ON(START,        open,               PROBING),
	ON(CONFUSED,     start_over,         PROBING),
	ON(DUE,          open,               PROBING),
	ON(TROUBLE,      climb,              BACKOFF),
	ON(HOLD,         hold,               HELD),
	ON(STOP,         stop,               STOPPED),
	IGNORE(RING, OPENED, OPEN_FAILED, MISSING, NEXT, SIM_READY, PIN_REFUSED, INIT_DONE, RESET, REGISTERED, UNREGISTERED,
	       READ, DRAIN, SEND, REST, RELEASE),
},

[SESSION_HELD] = {
	ON(RELEASE,      open,               PROBING),
	ON(STOP,         stop,               STOPPED),
	IGNORE(RING, START, DUE, OPENED, OPEN_FAILED, MISSING, NEXT, SIM_READY, PIN_REFUSED, INIT_DONE, TROUBLE, GONE, RESET,
	       CONFUSED, REGISTERED, UNREGISTERED, READ, DRAIN, SEND, REST, HOLD),
},

[SESSION_STOPPED] = {
	IGNORE(RING, START, DUE, OPENED, OPEN_FAILED, MISSING, NEXT, SIM_READY, PIN_REFUSED, INIT_DONE, TROUBLE, GONE, RESET,
	       CONFUSED, REGISTERED, UNREGISTERED, READ, DRAIN, SEND, REST, HOLD, RELEASE, STOP),
},

};
/* clang-format on */

void session_table_print(FILE *out)
{
	static const char *const states[] = {
#define X(id, name, words) [SESSION_##id] = words,
	    SESSION_STATES(X)
#undef X
	};
	static const char *const events[] = {
#define X(id, words) [EV_##id] = words,
	    SESSION_EVENTS(X)
#undef X
	};
	static const struct {
		void (*act)(struct session *s);
		const char *words;
	} actions[] = {
#define X(id, words) {act_##id, words},
	    SESSION_ACTIONS(X)
#undef X
	};
	for (int s = 0; s < SESSION_STATE_COUNT; s++) {
		fprintf(out, "%s%s: %s.\n", s ? "\n" : "", session_state_names[s], states[s]);
		for (int e = 0; e < SESSION_EVENT_COUNT; e++) {
			const struct session_cell *c = &session_table[s][e];
			for (size_t a = 1; a < ARRAY_LEN(actions); a++)
				if (actions[a].act == c->act)
					fprintf(out, "  When %s, it %s%s%s\n", events[e], actions[a].words,
						c->next == SESSION_STAYS ? "" : " → ",
						c->next == SESSION_STAYS ? "" : session_state_names[c->next]);
		}
	}
}
