/* The texts about alarms of sensors, and who gets them. */
#include "daemon/participation_sensor.h"
#include "base/mem.h"
#include "base/text.h"
#include "civic/sensor_ladder.h"
#include "store/duty.h"
#include "store/facts.h"
#include "store/person.h"

#include <stdio.h>
#include <string.h>

#define TOLD_MAX   64
#define INSTALLERS 16
#define LAST_S     DAY_S /* a text that could not leave for so long is no news any more */

bool sensor_is_fault(const struct sensor_alarm *a)
{
	return a->kind == SENSOR_ALARM_FAULT || a->kind == SENSOR_ALARM_SILENT;
}

bool sensor_wakes(const struct sensor_alarm *a)
{
	return a->severity == SENSOR_URGENT && !sensor_is_fault(a);
}

/* ------------------------------------------------------------------------------------------------ words */

/* A degree sign would make three texts of an English one. */
static void plain(enum language lang, const char *text, char *out, size_t size)
{
	size_t n = 0;
	for (const char *p = text; *p && n + 1 < size;) {
		if (lang == LANG_EN && !strncmp(p, "\xC2\xB0", 2))
			p += 2;
		else
			out[n++] = *p++;
	}
	out[n] = 0;
}

/* The end of what began at `since`: its day is said when it is another. */
static const char *say_until(enum language lang, int64_t since, int64_t until, char out[48])
{
	struct civil a, b;
	civil_from_utc(since, &a);
	civil_from_utc(until, &b);
	if (a.year == b.year && a.month == b.month && a.day == b.day)
		snprintf(out, 48, "%d:%02d", b.hour, b.minute);
	else
		say_when(lang, until, out);
	return until ? out : "";
}

void sensor_words_add(const struct participation *p, const struct sensor_alarm *a, const struct sensor_words *w,
		      enum language lang, struct buf *out)
{
	cleanup_buf struct buf fault = {0}, remedy = {0}, desk = {0};
	static const struct reply_value none[] = {{0}};
	char number[16], when[48], until[48], shown[SENSOR_SHOWN_MAX], bound[SENSOR_SHOWN_MAX], matter[16] = "",
												key[64];
	snprintf(number, sizeof number, "C%d", a->number);
	if (a->matter)
		snprintf(matter, sizeof matter, "%d", a->matter);
	plain(lang, w->shown ? w->shown : a->shown[lang], shown, sizeof shown);
	plain(lang, a->bound, bound, sizeof bound);
	if (w->name && !*w->name)
		replies_add(p->replies, lang, "sensor.desk", none, &desk);
	if (sensor_is_fault(a)) {
		snprintf(key, sizeof key, "fault.%s", a->detail);
		replies_add(p->replies, lang, key, none, &fault);
		snprintf(key, sizeof key, "fault.%s.do", a->detail);
		replies_add(p->replies, lang, key, none, &remedy);
	}
	const struct reply_value values[] = {
	    {"site", p->config->signature, 12},
	    {"number", number, 0},
	    {"place", a->place, 20},
	    {"label", a->label[lang], 40},
	    {"shown", shown, 20},
	    {"bound", bound, 16},
	    {"fault", buf_str(&fault), 0},
	    {"remedy", buf_str(&remedy), 0},
	    {"when", say_when(lang, a->since_utc, when), 0},
	    {"until", say_until(lang, a->since_utc, w->until_utc, until), 0},
	    {"name",
	     desk.len  ? buf_str(&desk)
	     : w->name ? w->name
		       : "",
	     12},
	    {"case", matter, 0},
	    {0},
	};
	replies_add(p->replies, lang, w->key, values, out);
}

static int text_one(const struct participation *p, const struct sensor_alarm *a, const struct sensor_words *w,
		    const char *phone, int64_t person, const char *occasion, bool quiet, int64_t now)
{
	struct sender who;
	cleanup_buf struct buf text = {0};
	char dedupe[96];
	int r = facts_sender(p->store, phone, p->config->number, p->config->language, &who);
	if (r < 0)
		return r;
	sensor_words_add(p, a, w, who.language, &text);
	snprintf(dedupe, sizeof dedupe, "sensor:%d:%.32s:%.23s", a->number, occasion, phone);
	return say_send(
	    p, phone, buf_str(&text),
	    &(struct say_options){.class = OUTBOX_ALARM,
				  .quiet = quiet,
				  .not_after_utc =
				      (quiet ? day_window_end(&p->config->quiet_hours, now) : now) + LAST_S,
				  .matter = a->matter,
				  .person = person,
				  .dedupe = dedupe},
	    now, NULL);
}

/* Those who heard of it before, but for one. */
int sensor_text_told(const struct participation *p, const struct sensor_alarm *a, const struct sensor_words *w,
		     const char *but, const char *occasion, bool quiet, int64_t now, int *ret_count)
{
	cleanup_free char(*phones)[E164_MAX] = mem_array(TOLD_MAX, E164_MAX);
	int n = sensor_alarm_told(p->store, a->number, phones, TOLD_MAX), r = n;
	for (int i = 0; i < n && r >= 0; i++)
		if (strcmp(phones[i], but) != 0 && ++*ret_count)
			r = text_one(p, a, w, phones[i], 0, occasion, quiet, now);
	return r < 0 ? r : 0;
}

/* ------------------------------------------------------------------------------------------------ whom */

struct crowd {
	struct duty_candidate list[DUTY_CANDIDATES + INSTALLERS];
	bool installer[DUTY_CANDIDATES + INSTALLERS], chosen[DUTY_CANDIDATES + INSTALLERS];
	int count;
};

static void add_installer(struct crowd *c, const struct person *who)
{
	for (int i = 0; i < c->count; i++)
		if (c->list[i].person == who->id) {
			c->installer[i] = true;
			return;
		}
	struct duty_candidate *d = &c->list[c->count];
	*d = (struct duty_candidate){.person = who->id};
	text_copy(d->number, sizeof d->number, who->number);
	text_copy(d->name, sizeof d->name, who->name);
	c->installer[c->count++] = true;
}

static int gather_crowd(const struct participation *p, const struct sensor_alarm *a, int64_t now,
			struct crowd *c)
{
	struct person who[INSTALLERS];
	cleanup_free char(*phones)[E164_MAX] = mem_array(TOLD_MAX, E164_MAX);
	c->count = duty_candidates(p->store, *a->grid ? a->grid : NULL, "", 0, now, c->list);
	int n = c->count < 0 ? c->count : persons_with_role(p->store, ROLE(INSTALLER), NULL, who, INSTALLERS);
	for (int i = 0; i < n; i++)
		add_installer(c, &who[i]);
	int told = n < 0 ? n : sensor_alarm_told(p->store, a->number, phones, TOLD_MAX);
	for (int i = 0; told >= 0 && i < c->count; i++)
		for (int k = 0; k < told && !c->list[i].told; k++)
			c->list[i].told = !strcmp(phones[k], c->list[i].number);
	return told < 0 ? told : 0;
}

/* Texts, and rings, those whom a rung names; a rung that has nobody left is passed over by the caller. */
int sensor_call_rung(const struct participation *p, const struct sensor_alarm *a, int rung, const char *key,
		     int64_t now, int *ret_count, int *ret_rings)
{
	cleanup_free struct crowd *c = mem_alloc(sizeof *c);
	const struct sensor_rung *at = sensor_rung((enum sensor_severity)a->severity, sensor_is_fault(a), rung);
	char occasion[24];
	int r = at ? gather_crowd(p, a, now, c) : 0;
	*ret_count = *ret_rings = 0;
	if (r < 0 || !at)
		return r;
	*ret_count = sensor_choose(at->who, sensor_is_fault(a), c->list, c->installer, c->count, c->chosen);
	snprintf(occasion, sizeof occasion, "rung %d", rung);
	for (int i = 0; i < c->count && r >= 0; i++) {
		if (!c->chosen[i])
			continue;
		r = text_one(p, a, &(struct sensor_words){.key = key}, c->list[i].number, c->list[i].person,
			     occasion, !sensor_wakes(a), now);
		if (r >= 0)
			r = sensor_alarm_told_add(p->store, a->number, c->list[i].number, c->list[i].person,
						  now);
		if (r >= 0 && at->ring && p->config->ring && ++*ret_rings)
			r = sensor_ring_add(p->store, a->number, c->list[i].number, now);
	}
	return r < 0 ? r : 0;
}
