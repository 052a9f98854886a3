/* What is wrong with a line for so long that a person has to know. Raising and clearing are cheap, never fail,
 * and may be done at any time, in a transaction too: they only note it; all else follows when the loop has its
 * turn.
 *
 *     raised ──(hold)──→ on: event modem.alarm, row, one text ──(cleared, settle)──→ over: event modem.clear, all-clear
 *        └── cleared within `hold`: nothing happened         └── raised again within `settle`: nothing changed
 *
 * So whoever looks at a condition raises it at every look while it is so, and clears it whenever it knows that
 * it is not so (after a restart the row may still be on): no caller keeps a memory of its own.
 *
 * Texts are of class alarm, to people with the role installer (none: secretaries), by whichever line works, in
 * the gateway's language; the words are data (rules/replies.*: alarm.KEY says what, alarm.KEY.do the remedy).
 * Told once each time it begins, and not again within an hour; what ended before its text left is told by the
 * all-clear alone. ALARM_URGENT wakes people, ALARM_WARNING and every all-clear wait for the end of the quiet
 * hours, ALARM_NOTICE is for events and `yishi status` only. A kind that stops its line (ALARM_STOPS_SENDING)
 * becomes urgent while no other line sends. */
#pragma once

#include "store/line_alarm.h"

#include <stdbool.h>
#include <stdint.h>

struct daemon;
struct alarms;

enum alarm_flags {
	ALARM_STOPS_SENDING = 1, /* nothing leaves by the line meanwhile */
	ALARM_ENDS_READY = 2,    /* over when the line is ready: alarm_line_ready */
	ALARM_ENDS_ALONE =
	    4,            /* an occasion, not a state: over a day after it was last raised, without all-clear */
	ALARM_OF_BOX = 8, /* of no line: raised with ALARM_BOX */
};

#define ALARM_BOX  "box" /* stands for the line in rows and events; a modem of that name has other kinds */
#define ALARM_DOWN (ALARM_STOPS_SENDING | ALARM_ENDS_READY)
/* X(identifier, "key", severity, hold s, settle s, flags); keys are a promise to scripts (events, status). */
#define ALARM_KINDS(X)                                                                                         \
	/* the port and the modem */                                                                           \
	X(LOST, "lost", WARNING, 120, 30, ALARM_DOWN)          /* no such device */                            \
	X(SILENT, "silent", WARNING, 180, 30, ALARM_DOWN)      /* it does not answer */                        \
	X(PORT_BUSY, "port-busy", WARNING, 60, 30, ALARM_DOWN) /* not allowed, or somebody else has it */      \
	X(STORAGE_MODE, "storage-mode", WARNING, 120, 30, ALARM_DOWN)   /* the stick says it is a disk */      \
	X(NO_SMS, "no-sms", WARNING, 60, 30, ALARM_DOWN)                /* firmware without texts */           \
	X(RESETS_USED, "resets-used", WARNING, 0, 60, ALARM_ENDS_READY) /* no more today */                    \
	X(POWER, "power", WARNING, 0, 0, ALARM_ENDS_ALONE)              /* under-voltage */                    \
	/* the SIM */                                                                                          \
	X(SIM_MISSING, "sim-missing", WARNING, 30, 10, ALARM_DOWN)                                             \
	X(SIM_FAILED, "sim-failed", WARNING, 30, 10, ALARM_DOWN)                                               \
	X(SIM_OTHER, "sim-other", WARNING, 0, 10, ALARM_DOWN) /* not the one of [modem] iccid */               \
	X(PIN_NEEDED, "pin-needed", WARNING, 5, 10, ALARM_DOWN)                                                \
	X(PIN_REFUSED, "pin-refused", WARNING, 0, 10, ALARM_DOWN)                                              \
	X(PIN_LAST, "pin-last", WARNING, 0, 10, ALARM_DOWN) /* one try left: ours is not given */              \
	X(PUK, "puk", WARNING, 0, 10, ALARM_DOWN)                                                              \
	X(LOCKED, "locked", WARNING, 0, 10, ALARM_DOWN) /* the stick takes only its seller's SIMs */           \
	/* the operator */                                                                                     \
	X(UNREGISTERED, "unregistered", WARNING, 600, 60, ALARM_DOWN)                                          \
	X(DENIED, "denied", WARNING, 60, 60, ALARM_DOWN)            /* registration refused */                 \
	X(REFUSED, "refused", WARNING, 60, 60, ALARM_STOPS_SENDING) /* texts are refused */                    \
	X(SMSC_MISSING, "smsc-missing", WARNING, 5, 10, ALARM_STOPS_SENDING)                                   \
	X(ROAMING, "roaming", WARNING, 120, 600, 0)                                                            \
	X(CREDIT_LOW, "credit-low", WARNING, 0, 0, 0)                                                          \
	X(CREDIT_OUT, "credit-out", WARNING, 0, 0, 0)                                                          \
	X(BALANCE_UNREAD, "balance-unread", NOTICE, 0, 0, 0)                                                   \
	X(SIM_EXPIRES, "sim-expires", WARNING, 0, 0, 0)                                                        \
	X(SIM_EXPIRED, "sim-expired", WARNING, 0, 0, 0)                                                        \
	X(SIM_IDENTITY, "sim-identity", WARNING, 0, 0, ALARM_ENDS_ALONE) /* its holder is to be identified */  \
	X(PLAN_ENDS, "plan-ends", WARNING, 0, 0, ALARM_ENDS_ALONE)                                             \
	X(DATA_USED, "data-used", NOTICE, 0, 0, ALARM_ENDS_ALONE)                                              \
	X(SELF_TEXT, "self-text", WARNING, 0, 10, 0) /* a text to itself did not come back */                  \
	/* stores and what lies in them */                                                                     \
	X(STORE_80, "store-80", NOTICE, 300, 120, 0)                                                           \
	X(STORE_FULL, "store-full", WARNING, 120, 30, 0)                                                       \
	X(QUARANTINE, "quarantine", NOTICE, 0, 0, ALARM_ENDS_ALONE)                                            \
	/* the box */                                                                                          \
	X(CLOCK, "clock", WARNING, 60, 60, 0) /* differs from the network's time */                            \
	X(DISK_LOW, "disk-low", WARNING, 300, 600, ALARM_OF_BOX)                                               \
	X(DISK_FULL, "disk-full", URGENT, 0, 120, ALARM_OF_BOX)                                                \
	X(BACKUP_OLD, "backup-old", WARNING, 0, 0, ALARM_OF_BOX) /* none for three days */                     \
	X(DATABASE_DAMAGED, "database-damaged", WARNING, 0, 0, ALARM_OF_BOX)

enum alarm_kind {
#define X(id, key, severity, hold, settle, flags) ALARM_##id,
	ALARM_KINDS(X)
#undef X
	    ALARM_KIND_COUNT
};

enum alarm_severity { ALARM_NOTICE, ALARM_WARNING, ALARM_URGENT };

/* `fmt`: what is known beyond the kind, one short phrase for people and the event ("" when nothing is): numbers,
 * the operator's words. While the alarm is on a changed detail is written down and tells nobody. */
void alarm_raise(struct daemon *d, const char *line, enum alarm_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void alarm_clear(struct daemon *d, const char *line, enum alarm_kind kind);
/* It gives way to another kind that says more: over without an all-clear. */
void alarm_give_way(struct daemon *d, const char *line, enum alarm_kind kind);
/* The line is ready: clears every kind with ALARM_ENDS_READY. */
void alarm_line_ready(struct daemon *d, const char *line);
/* It stands, and has become more pressing at `utc`: told once more, unless it was told since. */
void alarm_remind(struct daemon *d, const char *line, enum alarm_kind kind, int64_t utc);
/* It was raised and not cleared since, whether or not anybody was told yet. */
bool alarm_raised(const struct daemon *d, const char *line, enum alarm_kind kind);

/* For the daemon: before the sessions are made; in each round of daemon_act (rows, events, texts that are due);
 * at the end. NULL-safe. */
struct alarms *alarms_new(struct daemon *d);
void alarms_tick(struct daemon *d);
/* The clock of the box was set by so much (NTP after a start without a battery): what lasts has not lasted any longer
 * for that. */
void alarms_clock_set(struct daemon *d, int64_t step_s);
void alarms_free(struct alarms *a);
