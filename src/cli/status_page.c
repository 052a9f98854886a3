#include "cli/status_page.h"

#include "at_commands/network.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/broadcast.h"
#include "cli/line_words.h"
#include "cli/modem_rows.h"
#include "cli/sensor_rows.h"
#include "cli/wrap.h"
#include "civic/deadline.h"
#include "civic/figures_words.h"
#include "store/broadcast.h"
#include "store/meeting.h"

#include <string.h>

#define LOOK_BACK_S (15 * DAY_S)    /* holidays are not longer */
#define STEP_S      (15 * MINUTE_S) /* working hours end at such a time */

/* When work ended last before today: what came since is news. Where work never ends, last midnight. */
static int64_t work_ended(const struct config *cfg, int64_t now)
{
	struct holidays days;
	holidays_load(cfg->holidays, &days);
	const struct calendar calendar = {cfg->working_hours, &days};
	int64_t midnight = civil_midnight(now, 0);
	for (int64_t t = midnight; t > midnight - LOOK_BACK_S; t -= STEP_S)
		if (calendar_open(&calendar, t - 1))
			return t;
	return midnight;
}

char *status_when(int64_t utc, char *buf)
{
	static const char *const days[] = {N_("Sun"), N_("Mon"), N_("Tue"), N_("Wed"),
					   N_("Thu"), N_("Fri"), N_("Sat")};
	struct civil c;
	civil_from_utc(utc, &c);
	snprintf(buf, 40, "%02d-%02d %s %02d:%02d", c.month % 100, c.day % 100, gettext(days[c.weekday % 7]),
		 c.hour % 100, c.minute % 100);
	return buf;
}

/* ------------------------------------------------------------------------------------------------ collecting */

static int take_meeting(void *ctx, const struct meeting *m)
{
	*(json_t **)ctx =
	    json_pack("{sI so so so sI si si si si si}", "id", (json_int_t)m->id, "grid", out_string(m->grid),
		      "title", out_string(m->title), "place", out_string(m->place), "starts",
		      (json_int_t)m->starts_utc, "yes", m->yes, "no", m->no, "people", m->people, "unanswered",
		      m->unanswered, "agenda_items", m->agenda_items);
	return 0;
}

static int take_broadcast(void *ctx, const struct broadcast *b)
{
	json_array_append_new(
	    ctx, json_pack("{sI ss sI sI sI sI so}", "id", (json_int_t)b->id, "state",
			   broadcast_state_name(b->state), "recipients", (json_int_t)b->recipients, "gone",
			   (json_int_t)(b->sent + b->delivered + b->failed + b->expired + b->uncertain),
			   "failed", (json_int_t)(b->failed + b->expired), "delivered",
			   (json_int_t)b->delivered, "at", out_time(b->at_utc)));
	return 0;
}

static int collect_sensors(struct cli *c, struct status_page *p)
{
	struct sensor_rows rows;
	int err = 0, r = sensor_rows_open(c, &rows);
	if (!r && rows.count) {
		sensor_rows_ask(c, &rows, false);
		if ((err = sensor_rows_read(c, &rows, true)) == 0) {
			p->sensors = sensor_rows_counts(&rows);
			sensor_rows_sum_up(c, &rows, &p->sensor_words);
		}
	}
	sensor_rows_done(&rows);
	return err ? cli_store_failed(c, err) : r;
}

int status_page_collect(struct cli *c, int64_t now, struct status_page *ret)
{
	int64_t ids[STATUS_BROADCASTS];
	*ret = (struct status_page){.since_utc = work_ended(c->config, now), .now_utc = now};
	ret->broadcasts = json_array();
	int n, r = morning_look(c->store, ret->since_utc, STATUS_DAYS, now, &ret->m);
	if (r >= 0 && ret->m.meeting)
		r = meeting_get(c->store, ret->m.meeting, take_meeting, &ret->meeting);
	if (r >= 0)
		r = n = morning_broadcasts(c->store, ids, STATUS_BROADCASTS);
	for (int i = 0; r >= 0 && i < n; i++)
		r = broadcast_get(c->store, ids[i], take_broadcast, ret->broadcasts);
	if (r >= 0)
		r = status_box_collect(c->store, c->config, now, &ret->box);
	if (r < 0)
		return cli_store_failed(c, r);
	r = modem_rows_collect(c, &ret->modems);
	return r ? r : collect_sensors(c, ret);
}

void status_page_done(struct status_page *p)
{
	morning_done(&p->m);
	json_decref(p->meeting);
	json_decref(p->broadcasts);
	json_decref(p->modems);
	json_decref(p->sensors);
	buf_done(&p->sensor_words);
}

/* ------------------------------------------------------------------------------------------------ for scripts */

static json_t *stamp(int64_t utc)
{
	char text[40];
	return json_string(rfc3339_format(utc, text));
}

void status_page_json(const struct status_page *p, json_t *row)
{
	struct morning m = p->m;
	json_t *numbers = json_array(), *chores = json_object(), *late = json_array();
	for (int i = 0; i < m.number_count; i++)
		json_array_append_new(numbers, json_integer(m.numbers[i]));
	for (int i = 0; i < m.chore_kinds; i++)
		json_object_set_new(chores, m.chores[i].name, json_integer(m.chores[i].count));
	for (int i = 0; i < m.late_count; i++)
		json_array_append_new(late,
				      json_pack("{so so sI}", "person",
						m.late[i].id ? json_integer(m.late[i].id) : json_null(), "name",
						m.late[i].id ? out_string(m.late[i].name) : json_null(),
						"count", (json_int_t)m.late[i].count));
	json_object_set_new(row, "news",
			    json_pack("{so sI sI sI so sI sI sI sI sI}", "since", stamp(p->since_utc), "texts",
				      (json_int_t)m.texts, "calls", (json_int_t)m.calls, "cases",
				      (json_int_t)m.cases, "case_numbers", numbers, "settled",
				      (json_int_t)m.settled, "calls_for_help", (json_int_t)m.help, "failed",
				      (json_int_t)m.failed, "yes", (json_int_t)m.yes, "no", (json_int_t)m.no));
	json_object_set_new(row, "waiting",
			    json_pack("{so sI sI}", "todo", chores, "untaken", (json_int_t)m.untaken,
				      "approvals", (json_int_t)m.approvals));
	json_object_set_new(row, "overdue_by", late);
	status_box_json(&p->box, row);
	json_t *meeting = p->meeting ? json_copy(p->meeting) : json_null();
	if (p->meeting)
		json_object_set_new(meeting, "starts",
				    stamp(json_integer_value(json_object_get(meeting, "starts"))));
	json_object_set_new(row, "meeting", meeting);
	json_t *broadcasts = json_deep_copy(p->broadcasts), *b;
	size_t i;
	json_array_foreach(broadcasts, i, b)
	{
		json_object_set_new(b, "at", stamp(json_integer_value(json_object_get(b, "at"))));
	}
	json_object_set_new(row, "broadcasts", broadcasts);
	json_object_set(row, "sensors", p->sensors ? p->sensors : json_null());
	int64_t median = spread_at(&m.first_human, 50);
	json_object_set_new(row, "first_human",
			    json_pack("{so sI sI si}", "median_minutes",
				      median < 0 ? json_null() : json_integer((median + 30) / MINUTE_S), "n",
				      (json_int_t)m.heard.n, "of", (json_int_t)m.heard.of, "days",
				      STATUS_DAYS));
}

/* ------------------------------------------------------------------------------------------------ for people */

static void line(struct cli *c, const char *title, const struct buf *text)
{
	static const char *const titles[] = {N_("news"),    N_("for you"),     N_("overdue"),
					     N_("meeting"), N_("broadcast"),   N_("modem"),
					     N_("sensors"), N_("first human"), N_("box")};
	int width = 0;
	for (size_t i = 0; i < ARRAY_LEN(titles); i++)
		if (text_width(gettext(titles[i])) > width)
			width = text_width(gettext(titles[i]));
	cleanup_free char *masked = mem_dup(buf_str((struct buf *)(uintptr_t)text));
	text_mask_controls(masked);
	fprintf(c->out.file, c->out.colour ? "\033[1m%s\033[0m%*s  " : "%s%*s  ", title,
		width - text_width(title), "");
	wrap_print(c->out.file, masked, width + 2, width + 2);
}

/* Items of a sentence, with a comma of the language between them. */
static void item(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void item(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	if (b->len)
		buf_adds(b, _(", "));
	char text[256];
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	buf_adds(b, text);
}

static void print_news(struct cli *c, const struct status_page *p)
{
	const struct morning *m = &p->m;
	cleanup_buf struct buf b = {0}, all = {0};
	char when[40];
	item(&b, _("%lld texts"), (long long)m->texts);
	if (m->calls)
		item(&b, _("%lld rings"), (long long)m->calls);
	item(&b, _("%lld new cases"), (long long)m->cases);
	for (int i = 0; i < m->number_count; i++)
		buf_addf(&b, "%s%d", i ? " " : _(": "), m->numbers[i]);
	if (m->number_count < m->cases && m->number_count)
		buf_adds(&b, " …");
	item(&b, _("%lld settled"), (long long)m->settled);
	if (m->yes + m->no)
		item(&b, _("for the meeting %1$lld yes, %2$lld no"), (long long)m->yes, (long long)m->no);
	if (m->help)
		item(&b, _("%lld calls for help"), (long long)m->help);
	if (m->failed)
		item(&b, _("%lld texts not delivered (yishi message list --state failed)"),
		     (long long)m->failed);
	buf_addf(&all, _("since %1$s: %2$s"), status_when(p->since_utc, when), buf_str(&b));
	line(c, _("news"), &all);
}

static void print_waiting(struct cli *c, const struct status_page *p)
{
	const struct morning *m = &p->m;
	cleanup_buf struct buf b = {0};
	for (int i = 0; i < m->chore_kinds; i++)
		item(&b, "%s %lld", gettext(m->chores[i].name), (long long)m->chores[i].count);
	if (m->chore_kinds)
		buf_adds(&b, _(" (yishi todo list)"));
	if (m->untaken)
		item(&b, _("%lld cases that nobody has (yishi case list --state open)"), (long long)m->untaken);
	if (m->approvals)
		item(&b, _("%lld broadcasts wait for a second person"), (long long)m->approvals);
	if (b.len)
		line(c, _("for you"), &b);
}

static void print_late(struct cli *c, const struct status_page *p)
{
	const struct morning *m = &p->m;
	cleanup_buf struct buf b = {0};
	for (int i = 0; i < m->late_count; i++)
		item(&b, "%s (%lld)", m->late[i].id ? m->late[i].name : _("nobody"),
		     (long long)m->late[i].count);
	if (m->late_more)
		item(&b, _("the others (%lld)"), (long long)m->late_more);
	if (b.len) {
		buf_adds(&b, _(" (yishi case overdue)"));
		line(c, _("overdue"), &b);
	}
}

static void print_meeting(struct cli *c, const struct status_page *p)
{
	int64_t id, starts, yes, no, people, unanswered, items;
	const char *grid, *place;
	char when[40];
	cleanup_buf struct buf b = {0};
	if (!p->meeting) {
		buf_adds(&b, _("none is planned"));
		line(c, _("meeting"), &b);
		return;
	}
	if (json_unpack(p->meeting, "{sI ss ss sI sI sI sI sI sI}", "id", &id, "grid", &grid, "place", &place,
			"starts", &starts, "yes", &yes, "no", &no, "people", &people, "unanswered", &unanswered,
			"agenda_items", &items))
		return;
	buf_addf(&b, "%s %s %s%s", status_when(starts, when), grid, place, _(": "));
	buf_addf(
	    &b,
	    _("%1$lld yes (%2$lld people), %3$lld no, %4$lld silent; %5$lld items (yishi meeting show %6$lld)"),
	    (long long)yes, (long long)people, (long long)no, (long long)unanswered, (long long)items,
	    (long long)id);
	line(c, _("meeting"), &b);
}

/* "#4 230/1200 (19 %), 3 failed, paused" */
static void say_broadcast(struct buf *out, const json_t *x)
{
	int64_t id, all, gone, failed, at = json_integer_value(json_object_get(x, "at"));
	const char *state;
	char share[FIGURES_WORDS], when[40];
	if (json_unpack((json_t *)(uintptr_t)x, "{sI ss sI sI sI}", "id", &id, "state", &state, "recipients",
			&all, "gone", &gone, "failed", &failed))
		return;
	buf_addf(out, "#%lld %s", (long long)id, share_short((struct share){gone, all}, share));
	if (failed)
		buf_addf(out, _(", %lld failed"), (long long)failed);
	if (!gone && at)
		buf_addf(out, _(", from %s"), status_when(at, when));
	if (strcmp(state, "queued") != 0)
		buf_addf(out, "%s%s", _(", "), gettext(state));
}

void status_modem(struct buf *out, const json_t *x)
{
	const char *name = json_string_value(json_object_get(x, "name")), *state;
	int dbm = (int)json_integer_value(json_object_get(x, "signal_dbm"));
	state = json_string_value(json_object_get(x, "state"));
	buf_addf(out, "%s %s", name ? name : "?", line_state_label(state ? state : "unknown"));
	if (dbm)
		buf_addf(out, " %s %d dBm", line_signal_label(at_signal_word(dbm)), dbm);
}

static void print_list(struct cli *c, const char *title, const json_t *list,
		       void (*add)(struct buf *, const json_t *))
{
	cleanup_buf struct buf b = {0};
	size_t i;
	json_t *x;
	json_array_foreach((json_t *)(uintptr_t)list, i, x)
	{
		if (i)
			buf_adds(&b, _("; "));
		add(&b, x);
	}
	if (b.len)
		line(c, title, &b);
}

void status_page_print(struct cli *c, struct status_page *p)
{
	cleanup_buf struct buf b = {0};
	char median[FIGURES_WORDS], share[FIGURES_WORDS];
	print_news(c, p);
	print_waiting(c, p);
	print_late(c, p);
	print_meeting(c, p);
	print_list(c, _("broadcast"), p->broadcasts, say_broadcast);
	print_list(c, _("modem"), p->modems, status_modem);
	if (p->sensors)
		line(c, _("sensors"), &p->sensor_words);
	int64_t seconds = spread_at(&p->m.first_human, 50);
	if (seconds < 0)
		buf_addf(&b, _("%1$s in %2$d days"), share_words(p->m.heard, share), STATUS_DAYS);
	else
		buf_addf(&b, _("median %1$s in %3$d days, of %2$s"), time_words(seconds, median),
			 share_words(p->m.heard, share), STATUS_DAYS);
	line(c, _("first human"), &b);
	buf_reset(&b);
	status_box_words(&p->box, c->config, p->now_utc, &b);
	line(c, _("box"), &b);
}
