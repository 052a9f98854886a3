#include "daemon/metrics_text.h"
#include "daemon/cabinets.h"
#include "daemon/daemon.h"
#include "daemon/disk.h"
#include "daemon/session.h"
#include "base/mem.h"
#include "base/metric_kinds.h"
#include "base/text.h"
#include "store/backup.h"
#include "store/gauges.h"
#include "store/hook.h"
#include "store/inbox.h"
#include "store/line_alarm.h"
#include "store/matter.h"
#include "store/outbox.h"
#include "store/sensor_alarm.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define COUNTS_MAX 1000 /* labels are lines and classes: there are not that many */

struct metrics_count {
	enum metric_kind kind;
	char label[64];
	int64_t n;
};

/* ------------------------------------------------------------------------------------------------ the format */

static void head(struct buf *out, enum metric_kind kind)
{
	const struct metric_kind_info *k = &metric_kinds[kind];
	buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", k->name, k->what, k->name, k->type);
}

/* A value of a label: backslash, quote and line end are escaped; the name of a line may hold any sign. */
static void quoted(struct buf *out, const char *s)
{
	buf_addc(out, '"');
	for (; *s; s++) {
		if (*s == '\\' || *s == '"')
			buf_addc(out, '\\');
		if (*s == '\n')
			buf_adds(out, "\\n");
		else
			buf_addc(out, *s);
	}
	buf_addc(out, '"');
}

/* `values`: as many as the kind has labels. */
static void sample(struct buf *out, enum metric_kind kind, const char *const *values, const char *number)
{
	const char *label = metric_kinds[kind].labels;
	buf_adds(out, metric_kinds[kind].name);
	for (int i = 0; *label; i++) {
		size_t n = strcspn(label, " ");
		buf_adds(out, i ? "," : "{");
		buf_add(out, label, n);
		buf_addc(out, '=');
		quoted(out, values[i]);
		label += n + (label[n] == ' ');
		if (!*label)
			buf_addc(out, '}');
	}
	buf_addf(out, " %s\n", number);
}

static void number(struct buf *out, enum metric_kind kind, const char *label, int64_t n)
{
	char text[24];
	snprintf(text, sizeof text, "%" PRId64, n);
	sample(out, kind, (const char *const[]){label}, text);
}

static void alone(struct buf *out, enum metric_kind kind, int64_t n)
{
	head(out, kind);
	number(out, kind, "", n);
}

/* ------------------------------------------------------------------------------------------------ counters */

static void count(struct metrics_counts *c, enum metric_kind kind, const char *label, int64_t n)
{
	for (int i = 0; i < c->count; i++)
		if (c->list[i].kind == kind && !strcmp(c->list[i].label, label)) {
			c->list[i].n += n;
			return;
		}
	if (c->count == COUNTS_MAX)
		return;
	c->list = mem_resize(c->list, (size_t)c->count + 1, sizeof *c->list);
	struct metrics_count *new = &c->list[c->count++];
	*new = (struct metrics_count){.kind = kind, .n = n};
	text_copy(new->label, sizeof new->label, label);
}

static int take_events(void *ctx, const struct gauge_count *g)
{
	static const struct {
		const char *event;
		enum metric_kind kind;
		bool by_class;
	} kinds[] = {{"message.received", METRIC_RECEIVED, false},
		     {"message.sent", METRIC_SENT, true},
		     {"message.failed", METRIC_FAILED, true},
		     {"call.missed", METRIC_CALLS, false},
		     {"modem.reset", METRIC_LINE_RESETS, false}};
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (!strcmp(kinds[i].event, g->kind))
			count(ctx, kinds[i].kind, kinds[i].by_class ? g->class : g->line, g->n);
	return 0;
}

/* Series begin with 0, so that the first step of each is seen. */
static void begin_series(const struct daemon *d, struct metrics_counts *c)
{
	static const char *const classes[OUTBOX_CLASSES] = {"alarm", "reply", "reminder", "broadcast"};
	for (int i = 0; i < d->session_count; i++) {
		const char *line = session_name(d->session[i]);
		count(c, METRIC_RECEIVED, line, 0);
		count(c, METRIC_CALLS, line, 0);
		count(c, METRIC_LINE_RESETS, line, 0);
	}
	for (int i = 0; i < OUTBOX_CLASSES; i++) {
		count(c, METRIC_SENT, classes[i], 0);
		count(c, METRIC_FAILED, classes[i], 0);
	}
}

void metrics_counts_begin(const struct daemon *d, struct metrics_counts *c)
{
	*c = (struct metrics_counts){0};
	if (event_last_id(d->store, &c->upto))
		c->upto = 0;
}

void metrics_counts_done(struct metrics_counts *c)
{
	free(c->list);
	*c = (struct metrics_counts){0};
}

static void put_counts(const struct metrics_counts *c, struct buf *out)
{
	static const enum metric_kind kinds[] = {METRIC_LINE_RESETS, METRIC_RECEIVED, METRIC_SENT,
						 METRIC_FAILED, METRIC_CALLS};
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		head(out, kinds[k]);
		for (int i = 0; i < c->count; i++)
			if (c->list[i].kind == kinds[k])
				number(out, kinds[k], c->list[i].label, c->list[i].n);
	}
}

/* ------------------------------------------------------------------------------------------------ lines */

static int64_t line_up(const struct session *s)
{
	return session_up(s);
}

static int64_t line_registered(const struct session *s)
{
	return session_registered(s);
}

static int64_t line_signal(const struct session *s)
{
	int dbm = session_signal_dbm(s);
	return dbm ? dbm : INT64_MIN;
}

static int64_t line_stored(const struct session *s)
{
	int n = session_stored(s);
	return n >= 0 ? n : INT64_MIN;
}

/* What is not known (INT64_MIN) is left out. */
static void each_line(const struct daemon *d, struct buf *out, enum metric_kind kind,
		      int64_t (*value)(const struct session *s))
{
	head(out, kind);
	for (int i = 0; i < d->session_count; i++) {
		int64_t n = value(d->session[i]);
		if (n != INT64_MIN)
			number(out, kind, session_name(d->session[i]), n);
	}
}

static void put_lines(const struct daemon *d, struct buf *out)
{
	each_line(d, out, METRIC_LINE_UP, line_up);
	each_line(d, out, METRIC_LINE_REGISTERED, line_registered);
	each_line(d, out, METRIC_LINE_SIGNAL, line_signal);
	each_line(d, out, METRIC_LINE_STORED, line_stored);
}

/* ------------------------------------------------------------------------------------------------ the store's */

static int take_state(void *ctx, const char *state, int64_t n)
{
	number(ctx, METRIC_TEXTS, state, n);
	return 0;
}

static int put_texts(const struct daemon *d, int64_t now, struct buf *out)
{
	struct outbox_counts queue;
	int64_t quarantine;
	head(out, METRIC_TEXTS);
	int r = gauge_states(d->store, take_state, out);
	if (!r)
		r = outbox_counts(d->store, now, &queue);
	if (!r)
		r = inbox_quarantined(d->store, &quarantine);
	if (r)
		return r;
	alone(out, METRIC_QUEUE_AGE, queue.oldest_utc && queue.oldest_utc < now ? now - queue.oldest_utc : 0);
	alone(out, METRIC_QUARANTINE, quarantine);
	return 0;
}

static int put_cases(const struct daemon *d, int64_t now, struct buf *out)
{
	int64_t open, overdue, help, hooks;
	int r = matter_count(d->store, now, &open, &overdue, &help);
	if (!r)
		r = hook_failures(d->store, &hooks);
	if (r)
		return r;
	head(out, METRIC_CASES);
	number(out, METRIC_CASES, "open", open);
	number(out, METRIC_CASES, "overdue", overdue);
	number(out, METRIC_CASES, "help", help);
	alone(out, METRIC_HOOKS, hooks);
	return 0;
}

static int take_alarm(void *ctx, const struct line_alarm *a)
{
	sample(ctx, METRIC_ALARM, (const char *const[]){a->line, a->kind, a->severity}, "1");
	return 0;
}

static int put_backups(const struct daemon *d, struct buf *out)
{
	struct backup_summary b;
	int r = backup_sum(d->store, &b);
	if (r || !b.first_utc)
		return r;
	head(out, METRIC_BACKUP_TIME);
	if (b.good_utc)
		number(out, METRIC_BACKUP_TIME, "", b.good_utc);
	alone(out, METRIC_BACKUP_OK, b.last_good);
	return 0;
}

/* ------------------------------------------------------------------------------------------------ sensors */

static int take_value(void *ctx, const struct sensor *x)
{
	char text[40];
	snprintf(text, sizeof text, "%.6g", x->value);
	if (x->has_value && x->fault == SENSOR_OK)
		sample(ctx, METRIC_SENSOR, (const char *const[]){x->name}, text);
	return 0;
}

static int take_silence(void *ctx, const struct sensor *x)
{
	/* one that was lent or not asked yet is not silent */
	number(ctx, METRIC_SENSOR_SILENT, x->name,
	       x->fault != SENSOR_OK && x->fault != SENSOR_LENT && x->fault != SENSOR_UNREAD);
	return 0;
}

static int take_sensor_alarm(void *ctx, const struct sensor_alarm *a)
{
	sample(ctx, METRIC_SENSOR_ALARM, (const char *const[]){a->subject, sensor_alarm_kind_name(a->kind)},
	       "1");
	return 0;
}

static int put_sensors(const struct daemon *d, struct buf *out)
{
	if (!d->config->cabinet_count)
		return 0;
	head(out, METRIC_SENSOR);
	cabinets_each(d->cabinets, take_value, out);
	head(out, METRIC_SENSOR_SILENT);
	cabinets_each(d->cabinets, take_silence, out);
	head(out, METRIC_SENSOR_ALARM);
	return sensor_alarm_each(d->store, true, 0, 0, take_sensor_alarm, out);
}

/* ------------------------------------------------------------------------------------------------ the box */

static int64_t size_of(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 ? (int64_t)st.st_size : 0;
}

static int64_t written_bytes(void)
{
	char line[80];
	int64_t n = 0;
	FILE *f = fopen("/proc/self/io", "re");
	while (f && fgets(line, sizeof line, f))
		sscanf(line, "write_bytes: %" SCNd64, &n);
	if (f)
		fclose(f);
	return n;
}

static void put_box(const struct daemon *d, struct buf *out)
{
	cleanup_free char *wal = mem_printf("%s-wal", d->config->database);
	head(out, METRIC_BUILD);
	sample(out, METRIC_BUILD, (const char *const[]){YISHI_VERSION}, "1");
	alone(out, METRIC_UPTIME, (mono_ms() - d->started_ms) / 1000);
	alone(out, METRIC_CLOCK, d->clock_ok);
	alone(out, METRIC_DATABASE, size_of(d->config->database));
	alone(out, METRIC_WAL, size_of(wal));
	alone(out, METRIC_DISK_FREE, disk_free_bytes(d->disk));
	alone(out, METRIC_DISK_SIZE, disk_total_bytes(d->disk));
	alone(out, METRIC_WRITTEN, written_bytes());
}

static int put_store(const struct daemon *d, int64_t now, struct buf *out)
{
	int r = put_texts(d, now, out);
	if (!r)
		r = put_cases(d, now, out);
	if (r)
		return r;
	head(out, METRIC_ALARM);
	r = line_alarm_each(d->store, true, take_alarm, out);
	if (!r)
		r = put_sensors(d, out);
	return r ? r : put_backups(d, out);
}

int metrics_text(const struct daemon *d, struct metrics_counts *c, struct buf *out)
{
	int64_t now = daemon_now(d);
	begin_series(d, c);
	bool look = store_look(d->store);
	int r = gauge_events(d->store, c->upto, &c->upto, take_events, c);
	if (!r)
		r = put_store(d, now, out);
	store_looked(d->store, look);
	if (r)
		return r;
	put_box(d, out);
	put_lines(d, out);
	put_counts(c, out);
	return 0;
}
