#include "daemon/health.h"
#include "daemon/daemon.h"
#include "daemon/health_text.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "sms/compose.h"
#include "store/box_note.h"
#include "store/outbox.h"
#include "store/person.h"
#include "store/worklist.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WEEK_DONE   "health_week"
#define CHANGE_DONE "health_change"
#define RUNNING     "box_running" /* when the kernel was started, while the daemon runs; 0 after an end in order */

#define BOOT_S     120
#define PEOPLE_MAX 16
#define FRESH_S    (2 * DAY_S)     /* a box that was off on Monday still tells on Tuesday */
#define SETTLE_S   (10 * MINUTE_S) /* what changes together is told together */
#define CALM_S     (20 * HOUR_S)   /* between two texts about changes */
#define STEP_S     (5 * MINUTE_S)  /* a clock that was set by less is as before */
#define DAY_FROM   8               /* hours, where there are no quiet hours */
#define DAY_UNTIL  20

struct health {
	struct daemon *d;
};

static void wrong(const struct health *h, int r)
{
	if (r < 0)
		log_error("the health of the box cannot be told yet: %s (%s)", strerror(-r),
			  store_error(h->d->store));
}

/* ------------------------------------------------------------------------------------------------ the last end */

/* The moment of the kernel's start, as the clock has it now; a test clock has none. A sandbox without /proc has it, too. */
static int64_t boot_utc(void)
{
	struct timespec up;
	if (clock_gettime(CLOCK_BOOTTIME, &up))
		return 1;
	int64_t at = (int64_t)time(NULL) - (int64_t)up.tv_sec;
	return at > 0 ? at : 1;
}

static bool same_boot(int64_t a, int64_t b)
{
	return llabs(a - b) <= BOOT_S;
}

static void note(struct health *h, const char *kind, const char *line, const char *detail)
{
	wrong(h, box_note_add(h->d->store, kind, line, detail, daemon_now(h->d)));
}

struct health *health_new(struct daemon *d)
{
	struct health *h = mem_alloc(sizeof *h);
	int64_t was = -1, is = boot_utc();
	h->d = d;
	int r = cursor_get(d->store, RUNNING, &was);
	if (!r && was > 0)
		note(h, same_boot(was, is) ? "crash" : "power", "", "");
	if (!r)
		r = cursor_set(d->store, RUNNING, is);
	wrong(h, r);
	return h;
}

void health_free(struct health *h)
{
	if (h)
		wrong(h, cursor_set(h->d->store, RUNNING, 0));
	free(h);
}

/* ------------------------------------------------------------------------------------------------ changes */

void health_clock_set(struct health *h, int64_t from_utc, int64_t to_utc)
{
	char from[32], to[32];
	cleanup_free char *detail =
	    mem_printf("%.16s → %.16s", rfc3339_format(from_utc, from), rfc3339_format(to_utc, to));
	if (llabs(to_utc - from_utc) < STEP_S)
		return;
	/* one that starts in the past and is set is no news */
	if (h->d->clock_ok)
		note(h, "clock", "", detail);
	wrong(h, cursor_set(h->d->store, RUNNING, boot_utc()));
}

void health_meet(struct daemon *d, const char *line, const char *imei, const char *iccid, const char *firmware)
{
	int r =
	    line_identity_meet(d->store, &(struct line_identity){line, imei, iccid, firmware}, daemon_now(d));
	if (r < 0)
		log_error("%s: who stands in the line is not written: %s", line, strerror(-r));
}

/* ------------------------------------------------------------------------------------------------ texts */

static int text_people(struct health *h, const char *occasion, const char *text, const char *prefer,
		       int64_t now)
{
	struct daemon *d = h->d;
	cleanup_free struct person *who = mem_array(PEOPLE_MAX, sizeof *who);
	enum sms_alphabet alphabet = SMS_UCS2;
	int segments = compose_count(text, &(struct compose_options){0}, &alphabet);
	int n = persons_with_role(d->store, ROLE(INSTALLER), NULL, who, PEOPLE_MAX), r = n;
	for (int i = 0; i < n && r >= 0 && segments > 0; i++) {
		cleanup_free char *dedupe = mem_printf("health:%s:%s", occasion, who[i].number);
		r = outbox_add(d->store,
			       &(struct outbox_new){.number = who[i].number,
						    .text = text,
						    .class = OUTBOX_ALARM,
						    .ucs2 = alphabet != SMS_GSM7,
						    .segments = segments,
						    .report = true,
						    .quiet = true,
						    .not_after_utc = now + FRESH_S,
						    .person = who[i].id,
						    .prefer = prefer,
						    .dedupe = dedupe},
			       now, NULL);
	}
	return r < 0 ? r : n;
}

/* One transaction: the text and the mark that it was told. */
static int tell(struct health *h, const char *cursor, int64_t mark, const char *text, const char *prefer,
		int64_t upto_note, int64_t now)
{
	struct store *s = h->d->store;
	cleanup_free char *occasion = mem_printf("%s:%" PRId64, cursor, mark);
	int r = store_begin(s);
	if (!r && text)
		r = text_people(h, occasion, text, prefer, now);
	if (r >= 0 && upto_note)
		r = box_note_told(s, upto_note, now);
	if (r >= 0)
		r = cursor_set(s, cursor, mark);
	if (r >= 0)
		r = store_commit(s);
	store_rollback(s);
	if (!r && text)
		daemon_act_soon(h->d, 0);
	return r;
}

/* ------------------------------------------------------------------------------------------------ each week */

/* The last moment of the week at or before `utc`. */
static int64_t week_moment(const struct day_window *w, int64_t utc)
{
	struct civil c;
	int weekday = __builtin_ctz(w->days);
	civil_from_utc(utc, &c);
	c.day -= (c.weekday - weekday + 7) % 7;
	c.hour = 0;
	c.minute = w->from_minute;
	c.second = 0;
	int64_t at = civil_to_utc(&c);
	if (at > utc) {
		c.day -= 7;
		at = civil_to_utc(&c);
	}
	return at;
}

/* When to look again. */
static int64_t look_week(struct health *h, int64_t now)
{
	const struct config *cfg = h->d->config;
	struct buf text cleanup_buf = {0};
	char prefer[CONFIG_NAME_MAX + 1] = "";
	int64_t done = -1;
	if (cfg->health_text.from_minute == cfg->health_text.to_minute)
		return INT64_MAX;
	int64_t moment = week_moment(&cfg->health_text, now),
		next = week_moment(&cfg->health_text, moment + 8 * DAY_S);
	int r = cursor_get(h->d->store, WEEK_DONE, &done);
	/* a new box, or one whose clock was once far ahead, begins to count here */
	bool first = done < 0 || done > now + 8 * DAY_S, late = now - moment >= FRESH_S;
	if (!r && !first && done >= moment)
		return next;
	if (!r && !first && !late) {
		r = health_week_text(h->d, now, &text);
		health_line(h->d, NULL, prefer, sizeof prefer);
	}
	if (!r)
		r = tell(h, WEEK_DONE, moment, text.len ? buf_str(&text) : NULL,
			 *prefer && text.len ? prefer : NULL, 0, now);
	wrong(h, r);
	return r ? now + HOUR_S : next;
}

/* ------------------------------------------------------------------------------------------------ on change */

static bool by_day(int64_t utc)
{
	struct civil c;
	civil_from_utc(utc, &c);
	return c.hour >= DAY_FROM && c.hour < DAY_UNTIL;
}

static int64_t look_changes(struct health *h, int64_t now)
{
	const struct config *cfg = h->d->config;
	struct health_changes changes = {0};
	char prefer[CONFIG_NAME_MAX + 1] = "";
	int64_t last = -1, at;
	if (cfg->health_text.from_minute == cfg->health_text.to_minute)
		return INT64_MAX;
	int r = health_changes(h->d, &changes);
	if (!r && changes.count)
		r = cursor_get(h->d->store, CHANGE_DONE, &last);
	if (r || !changes.count) {
		wrong(h, r);
		buf_done(&changes.text);
		return r ? now + HOUR_S : INT64_MAX;
	}
	/* a clock that was set back waits no longer for that */
	if (changes.first_utc > now)
		changes.first_utc = now - SETTLE_S;
	at = changes.first_utc + SETTLE_S;
	if (last > 0 && last <= now && at < last + CALM_S)
		at = last + CALM_S;
	if (at <= now && !by_day(now))
		at = civil_next_hour(now, DAY_FROM);
	if (at <= now && day_window_contains(&cfg->quiet_hours, now))
		at = day_window_end(&cfg->quiet_hours, now);
	if (at <= now) {
		health_line(h->d, changes.line, prefer, sizeof prefer);
		r = tell(h, CHANGE_DONE, now, buf_str(&changes.text), *prefer ? prefer : NULL, changes.upto_id,
			 now);
		wrong(h, r);
		at = r ? now + HOUR_S : INT64_MAX;
	}
	buf_done(&changes.text);
	return at;
}

int64_t health_look(struct health *h, int64_t now)
{
	if (!h->d->clock_ok)
		return INT64_MAX;
	int64_t week = look_week(h, now), change = look_changes(h, now);
	return week < change ? week : change;
}
