#include "daemon/health_text.h"
#include "daemon/cabinets.h"
#include "daemon/daemon.h"
#include "daemon/disk.h"
#include "daemon/session.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/backup.h"
#include "store/box_note.h"
#include "store/line_alarm.h"
#include "store/line_reset.h"
#include "store/outbox.h"
#include "store/summary.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TOLD_MAX 4 /* changes in one text; the rest is counted */

/* "3天", "5小时"; "3 d", "5 h". `ret` ≥ 24 bytes. */
static char *age(const struct daemon *d, int64_t seconds, char *ret)
{
	bool en = d->config->language == LANG_EN;
	if (seconds >= 2 * DAY_S)
		snprintf(ret, 24, en ? "%d d" : "%d天", (int)(seconds / DAY_S));
	else
		snprintf(ret, 24, en ? "%d h" : "%d小时", (int)(seconds / HOUR_S));
	return ret;
}

static int count_alarm(void *ctx, const struct line_alarm *a)
{
	(void)a;
	++*(int *)ctx;
	return 0;
}

struct figures_of_week {
	struct summary_texts texts;
	struct outbox_counts queue;
	struct backup_summary copies;
	int resets, alarms, up, worst_dbm;
	int sensors, with_data;
};

static int count_sensor(void *ctx, const struct sensor *x)
{
	struct figures_of_week *f = ctx;
	f->sensors++;
	f->with_data += x->fault == SENSOR_OK || x->fault == SENSOR_LENT;
	return 0;
}

static int gather(const struct daemon *d, int64_t now, struct figures_of_week *f)
{
	int r = summary_texts(d->store, now - 7 * DAY_S, now, &f->texts);
	if (!r)
		r = outbox_counts(d->store, now, &f->queue);
	if (!r)
		r = backup_sum(d->store, &f->copies);
	if (!r)
		r = line_alarm_each(d->store, true, count_alarm, &f->alarms);
	if (d->config->cabinet_count)
		cabinets_each(d->cabinets, count_sensor, f);
	for (int i = 0; i < d->session_count && !r; i++) {
		int n = 0, dbm = session_signal_dbm(d->session[i]);
		r = line_resets(d->store, session_name(d->session[i]), now - 7 * DAY_S, &n);
		f->resets += n;
		f->up += session_up(d->session[i]);
		if (dbm && (!f->worst_dbm || dbm < f->worst_dbm))
			f->worst_dbm = dbm;
	}
	return r;
}

/* "" for nothing, so that its piece of the text is left out. */
static const char *some(int64_t n, char ret[24])
{
	*ret = 0;
	if (n)
		snprintf(ret, 24, "%" PRId64, n);
	return ret;
}

char *health_size(int64_t bytes, char *ret)
{
	if (bytes >= (int64_t)10 << 30)
		snprintf(ret, 24, "%" PRId64 "G", bytes >> 30);
	else if (bytes >= (int64_t)1 << 30)
		snprintf(ret, 24, "%.1fG", (double)bytes / (1 << 30));
	else
		snprintf(ret, 24, "%" PRId64 "M", bytes >> 20);
	return ret;
}

int health_week_text(const struct daemon *d, int64_t now, struct buf *out)
{
	struct figures_of_week f = {0};
	char lines[24], in[24], left[24], signal[24] = "", queue[24], uncertain[24], resets[24], alarms[24],
					  disk[24], copy[24] = "", sensors[32] = "", up[24];
	int r = gather(d, now, &f);
	if (r)
		return r;
	snprintf(lines, sizeof lines, "%d/%d", f.up, d->session_count);
	snprintf(in, sizeof in, "%" PRId64, f.texts.in);
	snprintf(left, sizeof left, "%" PRId64, f.texts.out - f.texts.failed);
	if (f.worst_dbm)
		snprintf(signal, sizeof signal, "%d", f.worst_dbm);
	if (f.sensors)
		snprintf(sensors, sizeof sensors, "%d/%d", f.with_data, f.sensors);
	if (f.copies.good_utc)
		age(d, now - f.copies.good_utc, copy);
	const struct reply_value values[] = {
	    {"site", d->config->name, 8},
	    {"lines", lines, 0},
	    {"signal", signal, 0},
	    {"received", in, 0},
	    {"sent", left, 0},
	    {"queue", some(f.queue.queued, queue), 0},
	    {"uncertain", some(f.queue.uncertain, uncertain), 0},
	    {"resets", some(f.resets, resets), 0},
	    {"alarms", some(f.alarms, alarms), 0},
	    {"sensors", sensors, 0},
	    {"disk", health_size(disk_free_bytes(d->disk), disk), 0},
	    {"backup", copy, 0},
	    {"uptime", age(d, (mono_ms() - d->started_ms) / 1000, up), 0},
	    {0},
	};
	replies_add(d->replies, d->config->language, "health.week", values, out);
	return 0;
}

/* ------------------------------------------------------------------------------------------------ changes */

struct telling {
	const struct daemon *d;
	struct health_changes *ret;
	struct buf list;
};

static int take_note(void *ctx, const struct box_note *n)
{
	struct telling *t = ctx;
	struct health_changes *c = t->ret;
	char key[64];
	if (!c->count++)
		c->first_utc = n->utc;
	c->upto_id = n->id;
	if (!c->line[0])
		text_copy(c->line, sizeof c->line, n->line);
	if (c->count > TOLD_MAX)
		return 0;
	const struct reply_value values[] = {{"line", n->line, 16}, {"detail", n->detail, 40}, {0}};
	snprintf(key, sizeof key, "health.note.%s", n->kind);
	for (int i = 0; i < replies_count(t->d->replies); i++)
		if (!strcmp(replies_key(t->d->replies, i), key)) {
			if (t->list.len)
				buf_adds(&t->list, t->d->config->language == LANG_EN ? "; " : "；");
			replies_add(t->d->replies, t->d->config->language, key, values, &t->list);
		}
	return 0;
}

int health_changes(const struct daemon *d, struct health_changes *ret)
{
	struct telling t = {.d = d, .ret = ret};
	char more[24];
	int r = box_note_untold(d->store, take_note, &t);
	const struct reply_value values[] = {
	    {"site", d->config->name, 8},
	    {"what", buf_str(&t.list), 0},
	    {"more", some(ret->count > TOLD_MAX ? ret->count - TOLD_MAX : 0, more), 0},
	    {0}};
	if (!r && ret->count)
		replies_add(d->replies, d->config->language, "health.change", values, &ret->text);
	buf_done(&t.list);
	return r;
}

/* ------------------------------------------------------------------------------------------------ the line */

void health_line(const struct daemon *d, const char *about, char *ret, size_t size)
{
	int best = 0;
	*ret = 0;
	for (int i = 0; i < d->session_count; i++) {
		const struct session *s = d->session[i];
		const struct config_modem *m = config_find_modem(d->config, session_name(s));
		int dbm = session_signal_dbm(s);
		if (!m || !(m->roles & (MODEM_SEND | MODEM_ALARMS)) || !session_up(s) ||
		    (about && !strcmp(about, m->name)))
			continue;
		if (*ret && (!dbm || dbm <= best))
			continue;
		best = dbm ? dbm : -200;
		text_copy(ret, size, m->name);
	}
}
