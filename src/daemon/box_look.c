#include "daemon/box_look.h"
#include "daemon/daemon.h"
#include "daemon/disk.h"
#include "daemon/health_text.h"
#include "daemon/session.h"
#include "base/text.h"
#include "store/line_alarm.h"
#include "store/outbox.h"
#include "store/sensor.h"

#include <stdio.h>
#include <string.h>

/* Two lines would fill a text with their names alone otherwise. */
#define NAME_CHARS 12

static int count_alarm(void *ctx, const struct line_alarm *a)
{
	(void)a;
	((struct box_fact *)ctx)->alarms++;
	return 0;
}

static bool configured(const struct config *c, const char *name)
{
	for (int i = 0; i < c->cabinet_count; i++) {
		size_t n = strlen(c->cabinets[i].name);
		if (!strncmp(name, c->cabinets[i].name, n) && name[n] == '.')
			return true;
	}
	return false;
}

struct counting {
	const struct config *config;
	struct box_fact *ret;
};

static int count_sensor(void *ctx, const struct sensor *x)
{
	struct counting *k = ctx;
	if (!configured(k->config, x->name))
		return 0;
	k->ret->sensors++;
	k->ret->silent += x->fault != SENSOR_OK;
	return 0;
}

/* Those that do not work first: they are why somebody asks. */
static void tell_lines(const struct daemon *d, enum language language, bool up, struct buf *out, size_t room)
{
	for (int i = 0; i < d->session_count; i++) {
		const struct session *s = d->session[i];
		char signal[16] = "";
		cleanup_buf struct buf one = {0};
		if (session_up(s) != up)
			continue;
		if (session_signal_dbm(s))
			snprintf(signal, sizeof signal, "%d", session_signal_dbm(s));
		const struct reply_value values[] = {
		    {"line", session_name(s), NAME_CHARS}, {"signal", signal, 0}, {0}};
		replies_add(d->replies, language, up ? "selftest.line.up" : "selftest.line.down", values, &one);
		const char *comma = !out->len ? "" : language == LANG_EN ? ", " : "，";
		if (out->len + strlen(comma) + one.len >= room)
			return;
		buf_adds(out, comma);
		buf_adds(out, buf_str(&one));
	}
}

int box_look(void *daemon, int64_t now_utc, enum language language, struct box_fact *ret)
{
	struct daemon *d = daemon;
	struct outbox_counts queue;
	struct counting k = {d->config, ret};
	cleanup_buf struct buf lines = {0};
	int64_t free_bytes = disk_free_bytes(d->disk);
	*ret = (struct box_fact){.known = true, .clock_ok = d->clock_ok};
	int r = outbox_counts(d->store, now_utc, &queue);
	if (!r)
		r = line_alarm_each(d->store, true, count_alarm, ret);
	if (r >= 0)
		r = sensor_each(d->store, count_sensor, &k);
	if (r < 0)
		return r;
	ret->queued = queue.queued;
	if (free_bytes)
		health_size(free_bytes, ret->disk);
	tell_lines(d, language, false, &lines, sizeof ret->lines);
	tell_lines(d, language, true, &lines, sizeof ret->lines);
	text_copy(ret->lines, sizeof ret->lines, buf_str(&lines));
	return 0;
}
