/* Alarms of sensors: numbered (C3 in texts), who heard of each, who looks after it, how far up the ladder it is, whose phone is
 * rung. One row each, for ever in that state in which it was committed: a restart tells nobody twice and forgets nothing. The
 * daemon alone begins and ends them; the tool acknowledges. Writers need a transaction; daemon/sensor_alarms.h says what the rows mean. */
#pragma once

#include "base/e164.h"
#include "civic/facts.h"
#include "store/journal.h"

#define SENSOR_SUBJECT_MAX 96 /* bytes: CABINET.NAME, or CABINET */
#define SENSOR_LABEL_MAX   64
#define SENSOR_SHOWN_MAX   48
#define SENSOR_KEPT_S      (730 * DAY_S) /* alarms that ended before are forgotten */

/* X(identifier, "word") */
#define SENSOR_ALARM_KINDS(X)                                                                                  \
	X(HIGH, "high")                                                                                        \
	X(LOW, "low")                                                                                          \
	X(STATE, "state")                                                                                      \
	X(FAULT, "fault")   /* no value of one sensor */                                                       \
	X(SILENT, "silent") /* no data of a whole cabinet */
enum sensor_alarm_kind {
#define X(id, name) SENSOR_ALARM_##id,
	SENSOR_ALARM_KINDS(X)
#undef X
	    SENSOR_ALARM_KIND_COUNT
};
const char *sensor_alarm_kind_name(enum sensor_alarm_kind k);

/* What people read of it, as it was when it began: it is told again when the daemon has not even met the sensor yet. */
struct sensor_alarm {
	int number; /* 0: none */
	enum sensor_alarm_kind kind;
	int severity; /* enum sensor_severity */
	char subject[SENSOR_SUBJECT_MAX];
	char place[SENSOR_LABEL_MAX], grid[CIVIC_CODE_MAX]; /* of the cabinet */
	char label[2][SENSOR_LABEL_MAX],
	    shown[2][SENSOR_SHOWN_MAX]; /* by enum language; shown: the value with its unit */
	char bound[SENSOR_SHOWN_MAX];   /* the limit with its unit, "" none */
	char detail[SENSOR_SHOWN_MAX];  /* of a fault: its word (store/sensor.h) */
	bool has_value;
	double value, limit;
	int64_t since_utc; /* the limit was passed, or the last data came */
	int64_t begun_utc; /* it had lasted long enough */
	int64_t ended_utc; /* 0: it stands */
	bool flaps;
	int rung;                        /* of the ladder, the last that was climbed */
	int64_t rung_utc;                /* … and when; INT64_MAX: nobody is told any more */
	int64_t acked_utc, acked_person; /* 0: nobody has */
	char acked_number[E164_MAX], acked_name[INTENT_SHORT_MAX];
	int matter; /* its case, 0 none */
};

/* Writes a new one; *ret_number is its number. */
int sensor_alarm_add(struct store *s, const struct sensor_alarm *a, int *ret_number);
/* -ENOENT. */
int sensor_alarm_get(struct store *s, int number, struct sensor_alarm *ret);
int sensor_alarm_matter(struct store *s, int number, int matter);
/* The case of the one before it of this sensor and kind, when that ended at `since_utc` or later; 0: there is none. */
int sensor_alarm_former(struct store *s, const struct sensor_alarm *a, int64_t since_utc, int *ret_matter);
int sensor_alarm_flaps(struct store *s, int number);
int sensor_alarm_end(struct store *s, int number, int64_t now);
/* Nobody is told any more, though it stands. */
int sensor_alarm_rest(struct store *s, int number);
int sensor_alarm_rung(struct store *s, int number, int rung, int64_t utc);
/* -ESTALE: it is over; -EALREADY: somebody has, *ret is filled all the same. Writes the event. `person`, `number` may be 0, "". */
int sensor_alarm_ack(struct store *s, int number, int64_t person, const char *phone, const char *name,
		     const struct actor *by, int64_t now, struct sensor_alarm *ret);

/* Newest first, at most `limit` (0: all). `standing`: those alone. Non-zero ends the walk. */
int sensor_alarm_each(struct store *s, bool standing, int64_t since_utc, long limit,
		      int (*row)(void *ctx, const struct sensor_alarm *a), void *ctx);
/* Those that stand, nobody looks after, and somebody is to be told of again; numbers, at most `max`. */
int sensor_alarms_waiting(struct store *s, int *ret, int max);

int sensor_alarm_told_add(struct store *s, int number, const char *phone, int64_t person, int64_t now);
/* 1: this person heard of the alarm whose case it is; 0 or -errno. */
int sensor_case_told(struct store *s, int matter, int64_t person);
/* 1: that, or a text about the case has left to this person, or will. */
int sensor_case_heard(struct store *s, int matter, int64_t person);
int sensor_alarm_told(struct store *s, int number, char (*ret)[E164_MAX], int max);
/* Texts that no modem has been given yet are cancelled, and nobody is rung; `matter`: the news of its case, too (0: of none). */
int sensor_alarm_cancel_texts(struct store *s, int number, int matter, int64_t now);

/* The alarm that a text of this phone means; `number` 0: it names none. */
int facts_sensor_alarm(struct store *s, const struct sender *who, int number, struct alarm_fact *ret);

/* Phones that are to be rung. */
struct sensor_ring {
	int64_t id; /* 0: none */
	int alarm;
	bool held; /* its own text has not left yet, and may still */
	char number[E164_MAX];
};
int sensor_ring_add(struct store *s, int alarm, const char *phone, int64_t now);
/* The next one of an alarm that stands and that nobody looks after, one that is held when there is no other; those that are too old are
 * dropped. */
int sensor_ring_next(struct store *s, int64_t now, struct sensor_ring *ret);
/* It is under way by this line: after a crash it is not rung again. -ENOENT: somebody else has it, or it is not wanted any more. */
int sensor_ring_begin(struct store *s, const struct sensor_ring *ring, const char *modem, int64_t now);
int sensor_ring_end(struct store *s, const struct sensor_ring *ring, const char *modem, const char *result,
		    int64_t now);

/* What ended long ago is forgotten; *ret_count (may be NULL) how many. */
int sensor_alarm_forget(struct store *s, int64_t before_utc, int *ret_count);
