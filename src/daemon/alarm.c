#include "daemon/alarm.h"
#include "daemon/daemon.h"
#include "daemon/session.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "sms/compose.h"
#include "store/event.h"
#include "store/outbox.h"
#include "store/person.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#define AGAIN_S    HOUR_S /* between two texts about the same line and kind */
#define LAST_S     DAY_S  /* a text that could not leave for so long is no news any more */
#define PEOPLE_MAX 16
#define LATE_S     900 /* a text that is written so long after the beginning says when that was */
#define RETRY_MS   2000

struct kind_info {
	const char *key;
	enum alarm_severity severity;
	int hold_s, settle_s;
	unsigned flags;
};

static const struct kind_info kinds[ALARM_KIND_COUNT] = {
#define X(id, key, severity, hold, settle, flags) [ALARM_##id] = {key, ALARM_##severity, hold, settle, flags},
    ALARM_KINDS(X)
#undef X
};

static const char *const severity_names[] = {
    [ALARM_NOTICE] = "notice", [ALARM_WARNING] = "warning", [ALARM_URGENT] = "urgent"};

enum alarm_state {
	A_RESTS, /* over: only what was told is remembered */
	A_HOLDS, /* raised, not yet long enough */
	A_ON,
	A_SETTLES, /* cleared while on */
};

struct entry {
	char line[64];
	enum alarm_kind kind;
	enum alarm_state state;
	enum alarm_severity severity;
	char detail[120];
	int64_t since_utc, on_utc, raised_utc, calm_utc, told_utc;
	bool to_be_told; /* on, and nobody knows yet */
	bool changed;    /* the row is behind */
};

struct alarms {
	struct daemon *d;
	struct entry *list;
	int count;
	uv_timer_t *timer; /* heap: outlives us by one turn of the loop */
};

/* ------------------------------------------------------------------------------------------ what is raised */

static struct entry *find(struct alarms *a, const char *line, enum alarm_kind kind)
{
	for (int i = 0; a && i < a->count; i++)
		if (a->list[i].kind == kind && !strcmp(a->list[i].line, line))
			return &a->list[i];
	return NULL;
}

static struct entry *find_or_add(struct alarms *a, const char *line, enum alarm_kind kind)
{
	struct entry *e = find(a, line, kind);
	if (e)
		return e;
	a->list = mem_resize(a->list, (size_t)a->count + 1, sizeof *a->list);
	e = &a->list[a->count++];
	*e = (struct entry){.kind = kind};
	text_copy(e->line, sizeof e->line, line);
	return e;
}

static void on_timer(uv_timer_t *t);

static void look_in(struct alarms *a, int64_t ms)
{
	if (uv_is_active((uv_handle_t *)a->timer) && uv_timer_get_due_in(a->timer) <= (uint64_t)ms)
		return;
	uv_update_time(a->d->loop);
	uv_timer_start(a->timer, on_timer, (uint64_t)ms, 0);
}

void alarm_raise(struct daemon *d, const char *line, enum alarm_kind kind, const char *fmt, ...)
{
	if (!d->alarms || !*line)
		return;
	char detail[sizeof((struct entry *)0)->detail * 2];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(detail, sizeof detail, fmt, ap);
	va_end(ap);
	text_mask_controls(detail);
	struct entry *e = find_or_add(d->alarms, line, kind);
	int64_t now = daemon_now(d);
	e->raised_utc = now;
	char was[sizeof e->detail];
	memcpy(was, e->detail, sizeof was);
	text_copy(e->detail, sizeof e->detail, detail);
	switch (e->state) {
	case A_RESTS:
		e->state = A_HOLDS;
		e->since_utc = now;
		break;
	case A_SETTLES:
		e->state = A_ON;
		break;
	case A_HOLDS:
		return;
	case A_ON:
		if (!strcmp(was, e->detail))
			return;
		break;
	}
	e->changed |= e->state == A_ON && strcmp(was, e->detail) != 0;
	look_in(d->alarms, 0);
}

static void clear(struct alarms *a, struct entry *e)
{
	if (e->state == A_HOLDS)
		e->state = A_RESTS;
	if (e->state != A_ON)
		return;
	e->state = A_SETTLES;
	e->calm_utc = daemon_now(a->d);
	look_in(a, 0);
}

void alarm_clear(struct daemon *d, const char *line, enum alarm_kind kind)
{
	struct entry *e = find(d->alarms, line, kind);
	if (e)
		clear(d->alarms, e);
}

void alarm_give_way(struct daemon *d, const char *line, enum alarm_kind kind)
{
	struct entry *e = find(d->alarms, line, kind);
	if (!e)
		return;
	e->to_be_told = true; /* so that nobody is told that it is over */
	clear(d->alarms, e);
}

void alarm_remind(struct daemon *d, const char *line, enum alarm_kind kind, int64_t utc)
{
	struct entry *e = find(d->alarms, line, kind);
	if (!e || e->state != A_ON || e->to_be_told || e->told_utc >= utc || e->severity == ALARM_NOTICE)
		return;
	e->to_be_told = true;
	e->on_utc = daemon_now(d); /* another occasion: its texts are not those of the first */
	look_in(d->alarms, 0);
}

void alarm_line_ready(struct daemon *d, const char *line)
{
	for (int i = 0; d->alarms && i < d->alarms->count; i++) {
		struct entry *e = &d->alarms->list[i];
		if (kinds[e->kind].flags & ALARM_ENDS_READY && !strcmp(e->line, line))
			clear(d->alarms, e);
	}
}

bool alarm_raised(const struct daemon *d, const char *line, enum alarm_kind kind)
{
	const struct entry *e = find(d->alarms, line, kind);
	return e && (e->state == A_HOLDS || e->state == A_ON);
}

/* ------------------------------------------------------------------------------------------------ texts */

static bool sends(const struct daemon *d, const char *line)
{
	const struct config_modem *m = config_find_modem(d->config, line);
	if (!m || !(m->roles & MODEM_SEND))
		return false;
	for (int i = 0; i < d->alarms->count; i++) {
		const struct entry *e = &d->alarms->list[i];
		if (e->state != A_RESTS && kinds[e->kind].flags & ALARM_STOPS_SENDING && !strcmp(e->line, line))
			return false;
	}
	const struct session *s = daemon_session(d, line);
	return s && session_up(s);
}

static enum alarm_severity severity_of(const struct daemon *d, const struct entry *e)
{
	if (!(kinds[e->kind].flags & ALARM_STOPS_SENDING))
		return kinds[e->kind].severity;
	for (int i = 0; i < d->config->modem_count; i++)
		if (strcmp(d->config->modems[i].name, e->line) != 0 && sends(d, d->config->modems[i].name))
			return kinds[e->kind].severity;
	return ALARM_URGENT;
}

static char *clock_words(enum language lang, int64_t utc, char *out, size_t size)
{
	struct civil c;
	civil_from_utc(utc, &c);
	snprintf(out, size, lang == LANG_EN ? "%d/%d %d:%02d" : "%d月%d日%d:%02d", c.month, c.day, c.hour,
		 c.minute);
	return out;
}

static void compose(const struct daemon *d, const struct entry *e, bool over, int64_t now, struct buf *out)
{
	enum language lang = d->config->language;
	struct buf what cleanup_buf = {0}, remedy cleanup_buf = {0}, box cleanup_buf = {0};
	char key[64], since[40], until[40];
	static const struct reply_value none[] = {{0}};
	if (kinds[e->kind].flags & ALARM_OF_BOX)
		replies_add(d->replies, lang, "alarm.box", none, &box);
	snprintf(key, sizeof key, "alarm.%s", kinds[e->kind].key);
	replies_add(d->replies, lang, key, none, &what);
	snprintf(key, sizeof key, "alarm.%s.do", kinds[e->kind].key);
	replies_add(d->replies, lang, key, none, &remedy);
	bool late = over || now - e->since_utc > LATE_S;
	const struct reply_value values[] = {
	    {"site", d->config->name, 8},
	    {"line", box.len ? buf_str(&box) : e->line, 16},
	    {"what", buf_str(&what), 0},
	    {"detail", over ? "" : e->detail, 40},
	    {"since", late ? clock_words(lang, e->since_utc, since, sizeof since) : "", 0},
	    {"until", over ? clock_words(lang, e->calm_utc, until, sizeof until) : "", 0},
	    {"remedy", over ? "" : buf_str(&remedy), 0},
	    {0},
	};
	replies_add(d->replies, lang, over ? "alarm.over" : "alarm.text", values, out);
}

/* Installers; where there is none, secretaries. */
static int people(const struct daemon *d, struct person *ret)
{
	int n = persons_with_role(d->store, ROLE(INSTALLER), NULL, ret, PEOPLE_MAX);
	return n ? n : persons_with_role(d->store, ROLE(SECRETARY), NULL, ret, PEOPLE_MAX);
}

static void occasion(const struct entry *e, const char *word, char *out, size_t size)
{
	snprintf(out, size, "modem:%s:%s:%s:%" PRId64 ":", word, e->line, kinds[e->kind].key, e->on_utc);
}

/* *ret_count: how many texts were queued. */
static int text_people(const struct daemon *d, const struct entry *e, bool over, int64_t now, int *ret_count)
{
	struct person who[PEOPLE_MAX];
	struct buf text cleanup_buf = {0};
	enum sms_alphabet alphabet = SMS_UCS2;
	char prefix[128];
	int n = people(d, who);
	if (n < 0)
		return n;
	if (!n)
		log_warning("%s: %s: nobody is an installer or a secretary; nobody is told", e->line,
			    kinds[e->kind].key);
	compose(d, e, over, now, &text);
	int segments = compose_count(buf_str(&text), &(struct compose_options){0}, &alphabet);
	occasion(e, over ? "over" : "alarm", prefix, sizeof prefix);
	for (int i = 0; i < n && segments > 0; i++) {
		cleanup_free char *dedupe = mem_printf("%s%s", prefix, who[i].number);
		struct outbox_new new = {.number = who[i].number,
					 .text = buf_str(&text),
					 .class = OUTBOX_ALARM,
					 .ucs2 = alphabet != SMS_GSM7,
					 .segments = segments,
					 .report = true,
					 .quiet = over || e->severity != ALARM_URGENT,
					 .not_after_utc = now + LAST_S,
					 .person = who[i].id,
					 .dedupe = dedupe};
		int r = outbox_add(d->store, &new, now, NULL);
		if (r)
			return r;
		++*ret_count;
	}
	return 0;
}

/* ------------------------------------------------------------------------------------- what is written down */

static int put(const struct daemon *d, const struct entry *e, int64_t over_utc)
{
	return line_alarm_put(d->store, &(struct line_alarm){.line = e->line,
							     .kind = kinds[e->kind].key,
							     .severity = severity_names[e->severity],
							     .detail = e->detail,
							     .since_utc = e->since_utc,
							     .on_utc = e->on_utc,
							     .over_utc = over_utc,
							     .told_utc = e->told_utc});
}

static int begin(const struct daemon *d, struct entry *e, int64_t now)
{
	e->state = A_ON;
	e->on_utc = now;
	e->severity = severity_of(d, e);
	e->to_be_told = e->severity != ALARM_NOTICE;
	e->changed = false;
	log_warning("%s: alarm %s (%s)%s%s", e->line, kinds[e->kind].key, severity_names[e->severity],
		    *e->detail ? ": " : "", e->detail);
	int r = event_add(d->store, EVENT_MODEM_ALARM, "daemon",
			  json_pack("{s:s, s:s, s:s, s:s}", "modem", e->line, "alarm", kinds[e->kind].key,
				    "severity", severity_names[e->severity], "detail", e->detail),
			  now);
	return r ? r : put(d, e, 0);
}

static int tell(const struct daemon *d, struct entry *e, int64_t now, int *ret_texts)
{
	int r = text_people(d, e, false, now, ret_texts);
	e->to_be_told = false;
	e->told_utc = now;
	return r ? r : put(d, e, 0);
}

/* What was told, and left, gets its all-clear; what was not is told by the all-clear alone, unless it was nothing
 * that people are told of. */
static int end(const struct daemon *d, struct entry *e, int64_t now, int *ret_texts)
{
	char prefix[128];
	bool alone = kinds[e->kind].flags & ALARM_ENDS_ALONE, silent = e->severity == ALARM_NOTICE || alone;
	int r = event_add(d->store, EVENT_MODEM_CLEAR, "daemon",
			  json_pack("{s:s, s:s, s:I}", "modem", e->line, "alarm", kinds[e->kind].key, "seconds",
				    (json_int_t)(e->calm_utc - e->since_utc)),
			  now);
	log_notice("%s: alarm %s is over", e->line, kinds[e->kind].key);
	occasion(e, "alarm", prefix, sizeof prefix);
	if (!r && !alone)
		r = line_alarm_cancel_texts(d->store, prefix, now, NULL);
	/* to_be_told: within the hour after the last text, which ended in an all-clear */
	if (!r && !silent && !e->to_be_told)
		r = text_people(d, e, true, now, ret_texts);
	e->state = A_RESTS;
	e->to_be_told = false;
	return r ? r : put(d, e, e->calm_utc);
}

/* The seconds until something is due for `e`; INT64_MAX nothing. A clock that was set back begins anew. */
static int64_t due_in(const struct entry *e, int64_t now)
{
	const struct kind_info *k = &kinds[e->kind];
	int64_t in = INT64_MAX, told;
	switch (e->state) {
	case A_RESTS:
		break;
	case A_HOLDS:
		in = e->since_utc + k->hold_s - now;
		break;
	case A_ON:
		if (k->flags & ALARM_ENDS_ALONE)
			in = e->raised_utc + DAY_S - now;
		told = e->told_utc ? e->told_utc + AGAIN_S - now : 0;
		if (e->changed || (e->to_be_told && told < in))
			in = e->changed ? 0 : told;
		break;
	case A_SETTLES:
		in = e->calm_utc + k->settle_s - now;
		break;
	}
	return in;
}

static void mind_clock(struct entry *e, int64_t now)
{
	int64_t *times[] = {&e->since_utc, &e->on_utc, &e->raised_utc, &e->calm_utc, &e->told_utc};
	for (size_t i = 0; i < ARRAY_LEN(times); i++)
		if (*times[i] > now)
			*times[i] = now;
}

static int step(const struct daemon *d, struct entry *e, int64_t now, int *ret_texts)
{
	switch (e->state) {
	case A_RESTS:
		return 0;
	case A_HOLDS:
		return begin(d, e, now);
	case A_ON:
		if (kinds[e->kind].flags & ALARM_ENDS_ALONE && now - e->raised_utc >= DAY_S) {
			e->calm_utc = now;
			return end(d, e, now, ret_texts);
		}
		if (e->changed) {
			e->changed = false;
			return put(d, e, 0);
		}
		return tell(d, e, now, ret_texts);
	case A_SETTLES:
		return end(d, e, now, ret_texts);
	}
	return 0;
}

/* One step is one transaction; a step that could not be written is as if it had not been taken. */
static int take_steps(struct daemon *d, struct entry *e, int64_t now, int *ret_texts)
{
	int r = 0;
	for (int i = 0; i < 4 && r == 0 && due_in(e, now) <= 0; i++) {
		struct entry before = *e;
		if ((r = store_begin(d->store)) == 0)
			r = step(d, e, now, ret_texts);
		if (r == 0)
			r = store_commit(d->store);
		if (r) {
			store_rollback(d->store);
			*e = before;
		}
	}
	return r;
}

/* A line that was taken out of the configuration has no alarms. */
static void forget_strangers(struct daemon *d)
{
	for (int i = 0; i < d->alarms->count; i++) {
		struct entry *e = &d->alarms->list[i];
		if ((e->state == A_ON || e->state == A_HOLDS) && !(kinds[e->kind].flags & ALARM_OF_BOX) &&
		    !config_find_modem(d->config, e->line)) {
			e->to_be_told = true; /* no all-clear */
			clear(d->alarms, e);
		}
	}
}

void alarms_tick(struct daemon *d)
{
	if (!d->alarms || d->stopping)
		return;
	int64_t now = daemon_now(d), next = INT64_MAX;
	int texts = 0, r = 0;
	forget_strangers(d);
	for (int i = 0; i < d->alarms->count; i++) {
		struct entry *e = &d->alarms->list[i];
		mind_clock(e, now);
		int one = take_steps(d, e, now, &texts);
		r = r ? r : one;
		int64_t in = due_in(e, now);
		next = in < next ? in : next;
	}
	if (r)
		log_error("alarms cannot be written yet: %s (%s)", strerror(-r), store_error(d->store));
	if (r)
		look_in(d->alarms, RETRY_MS);
	else if (next != INT64_MAX)
		look_in(d->alarms, next > 0 ? next * 1000 : RETRY_MS);
	if (texts)
		daemon_act_soon(d, 0);
}

void alarms_clock_set(struct daemon *d, int64_t step_s)
{
	for (int i = 0; d->alarms && i < d->alarms->count; i++) {
		struct entry *e = &d->alarms->list[i];
		if (e->state == A_HOLDS)
			e->since_utc += step_s;
		else if (e->state == A_SETTLES)
			e->calm_utc += step_s;
	}
}

static void on_timer(uv_timer_t *t)
{
	struct alarms *a = t->data;
	alarms_tick(a->d);
}

/* ------------------------------------------------------------------------------------------------ life */

static int load(void *ctx, const struct line_alarm *row)
{
	struct alarms *a = ctx;
	for (int k = 0; k < ALARM_KIND_COUNT; k++) {
		if (strcmp(kinds[k].key, row->kind) != 0)
			continue;
		struct entry *e = find_or_add(a, row->line, (enum alarm_kind)k);
		text_copy(e->detail, sizeof e->detail, row->detail);
		e->since_utc = row->since_utc;
		e->on_utc = e->raised_utc = row->on_utc;
		e->told_utc = row->told_utc;
		e->state = row->over_utc ? A_RESTS : A_ON;
		e->severity = !strcmp(row->severity, "urgent")   ? ALARM_URGENT
			      : !strcmp(row->severity, "notice") ? ALARM_NOTICE
								 : ALARM_WARNING;
		e->to_be_told = e->state == A_ON && e->severity != ALARM_NOTICE && row->told_utc < row->on_utc;
	}
	return 0;
}

struct alarms *alarms_new(struct daemon *d)
{
	struct alarms *a = mem_alloc(sizeof *a);
	a->d = d;
	a->timer = mem_alloc(sizeof *a->timer);
	uv_timer_init(d->loop, a->timer);
	a->timer->data = a;
	int r = line_alarm_each(d->store, false, load, a);
	if (r < 0)
		log_error("alarms cannot be read: %s", strerror(-r));
	return a;
}

static void free_timer(uv_handle_t *h)
{
	free(h);
}

void alarms_free(struct alarms *a)
{
	if (!a)
		return;
	uv_timer_stop(a->timer);
	uv_close((uv_handle_t *)a->timer, free_timer);
	free(a->list);
	free(a);
}
