#include "cli/top.h"

#include "base/mem.h"
#include "base/text.h"
#include "cli/line_words.h"
#include "cli/modem_rows.h"
#include "cli/sensor_rows.h"
#include "cli/status_page.h"
#include "cli/control.h"
#include "cli/table.h"
#include "civic/figures_words.h"
#include "store/broadcast.h"
#include "store/matter.h"
#include "store/message.h"
#include "store/outbox.h"
#include "store/pulse.h"

#include <string.h>

#define ALARMS     3
#define CASES      5
#define BROADCASTS 4
#define TEXTS      100 /* at most; as many as there is room for */
#define BAR        24

/* ------------------------------------------------------------------------------------------------ lines */

static void add(struct top_page *p, enum top_style style, const struct buf *text)
{
	if (p->count >= p->rows)
		return;
	if (p->count == p->cap)
		p->lines = mem_resize(p->lines, (size_t)(p->cap = p->cap ? p->cap * 2 : 64), sizeof *p->lines);
	cleanup_free char *masked = mem_dup(buf_str((struct buf *)(uintptr_t)text));
	text_mask_controls(masked);
	p->lines[p->count++] = (struct top_line){style, table_cut(masked, p->columns)};
}

static void say(struct top_page *p, enum top_style style, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static void say(struct top_page *p, enum top_style style, const char *fmt, ...)
{
	cleanup_buf struct buf b = {0};
	char text[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	buf_adds(&b, text);
	add(p, style, &b);
}

void top_page_done(struct top_page *p)
{
	for (int i = 0; i < p->count; i++)
		free(p->lines[i].text);
	free(p->lines);
	*p = (struct top_page){0};
}

/* Blanks up to a column, East Asian width respected. */
static void pad(struct buf *b, int column)
{
	for (int w = text_width(buf_str(b)); w < column; w++)
		buf_addc(b, ' ');
}

/* ------------------------------------------------------------------------------------------------ the daemon */

static int ask_sensors(struct cli *c, struct top_daemon *d)
{
	struct sensor_rows rows;
	int err = 0, r = sensor_rows_open(c, &rows);
	if (!r && rows.count) {
		sensor_rows_ask(c, &rows, false);
		if ((err = sensor_rows_read(c, &rows, false)) == 0)
			sensor_rows_sum_up(c, &rows, &d->sensors);
		d->sensors_well = true;
		for (int i = 0; i < rows.count; i++)
			d->sensors_well &= rows.row[i].stand == STAND_OK;
	}
	sensor_rows_done(&rows);
	return err ? cli_store_failed(c, err) : r;
}

int top_ask_daemon(struct cli *c, struct top_daemon *d)
{
	json_t *answer = NULL;
	top_daemon_done(d);
	if (!control_request(c->config, "status", &answer)) {
		d->up = json_is_true(json_object_get(answer, "ok"));
		d->uptime = json_integer_value(json_object_get(answer, "uptime"));
	}
	json_decref(answer);
	int r = modem_rows_collect(c, &d->modems);
	if (r || (r = ask_sensors(c, d)))
		return r;
	return (r = line_alarms(c, c->store, NULL, &d->alarms)) < 0 ? cli_store_failed(c, r) : 0;
}

void top_daemon_done(struct top_daemon *d)
{
	json_decref(d->modems);
	json_decref(d->alarms);
	buf_done(&d->sensors);
	*d = (struct top_daemon){0};
}

/* ------------------------------------------------------------------------------------------------ sections */

static void add_head(struct cli *c, const struct top_daemon *d, bool live, struct top_page *p)
{
	char when[40], up[FIGURES_WORDS];
	cleanup_buf struct buf b = {0};
	buf_addf(&b, "%s  %s  ", c->config->name, status_when(cli_now(c), when));
	if (d->up)
		buf_addf(&b, _("yishid runs, since %s"), time_words(d->uptime, up));
	else
		buf_adds(&b, _("yishid does not run"));
	if (live)
		buf_addf(&b, "  %s", _("q quits"));
	if (live) /* the whole line is painted */
		pad(&b, p->columns);
	add(p, d->up ? TOP_HEAD : TOP_ALARM, &b);
}

static void add_modems(const struct top_daemon *d, struct top_page *p)
{
	size_t i;
	json_t *x;
	json_array_foreach(d->alarms, i, x)
	{
		if (i < ALARMS)
			say(p, TOP_ALARM, _("! %s: %s. %s"), out_field(x, "modem"), out_field(x, "text"),
			    out_field(x, "remedy"));
	}
	json_array_foreach(d->modems, i, x)
	{
		cleanup_buf struct buf b = {0};
		status_modem(&b, x);
		buf_addf(&b, _("  sent %1$lld, received %2$lld segments"),
			 (long long)json_integer_value(json_object_get(x, "sent")),
			 (long long)json_integer_value(json_object_get(x, "received")));
		add(p, TOP_PLAIN, &b);
	}
	if (d->sensors.len)
		say(p, d->sensors_well ? TOP_PLAIN : TOP_ALARM, "%s: %s", _("sensors"),
		    buf_str((struct buf *)(uintptr_t)&d->sensors));
}

static int add_queue(struct cli *c, struct top_page *p)
{
	static const char *const classes[] = {N_("alarm"), N_("reply"), N_("reminder"), N_("broadcast")};
	struct pulse now;
	struct outbox_counts counts;
	cleanup_buf struct buf b = {0};
	char when[40];
	int r = pulse_look(c->store, &now);
	if (!r)
		r = outbox_counts(c->store, cli_now(c), &counts);
	if (r)
		return r;
	for (int i = 0; i < OUTBOX_CLASSES; i++)
		buf_addf(&b, "%s %lld   ", gettext(classes[i]), (long long)now.waiting[i]);
	buf_addf(&b, _("sending %1$lld   perhaps not sent %2$lld"), (long long)now.sending,
		 (long long)counts.uncertain);
	if (counts.oldest_utc)
		buf_addf(&b, _("   the oldest is due since %s"), status_when(counts.oldest_utc, when));
	say(p, TOP_TITLE, _("queue: %lld texts wait"), (long long)counts.queued);
	add(p, TOP_PLAIN, &b);
	return 0;
}

static int add_broadcast(void *ctx, const struct broadcast *x)
{
	struct top_page *p = ctx;
	cleanup_buf struct buf b = {0};
	char share[FIGURES_WORDS];
	int64_t gone = x->recipients - x->queued - x->sending;
	int filled = x->recipients ? (int)(gone * BAR / x->recipients) : 0;
	buf_addf(&b, "#%lld [", (long long)x->id);
	for (int i = 0; i < BAR; i++)
		buf_addc(&b, i < filled ? '#' : '.');
	buf_addf(&b, "] %s", share_short((struct share){gone, x->recipients}, share));
	if (x->failed + x->expired)
		buf_addf(&b, _(", %lld failed"), (long long)(x->failed + x->expired));
	if (x->state != BROADCAST_QUEUED)
		buf_addf(&b, "  %s", gettext(broadcast_state_name(x->state)));
	buf_addf(&b, "  %s", x->text);
	add(p, TOP_PLAIN, &b);
	return 0;
}

static int add_broadcasts(struct cli *c, struct top_page *p)
{
	int64_t ids[BROADCASTS];
	int n = morning_broadcasts(c->store, ids, BROADCASTS), r = n;
	if (n > 0)
		say(p, TOP_TITLE, "%s", _("broadcasts"));
	for (int i = 0; i < n && r >= 0; i++)
		r = broadcast_get(c->store, ids[i], add_broadcast, p);
	return r < 0 ? r : 0;
}

static int add_case(void *ctx, const struct matter *m)
{
	struct top_page *p = ctx;
	cleanup_buf struct buf b = {0};
	buf_addf(&b, "%d", m->number);
	pad(&b, 8);
	buf_adds(&b, gettext(case_state_name(m->state)));
	pad(&b, 20);
	buf_adds(&b, gettext(m->private ? "private" : category_name(m->category)));
	pad(&b, 30);
	buf_addf(&b, "%s  %s", m->grid, m->text);
	add(p, TOP_PLAIN, &b);
	return 0;
}

static int add_cases(struct cli *c, struct top_page *p)
{
	int64_t open, late, help;
	const struct matter_filter f = {.since_utc = INT64_MIN, .limit = CASES};
	int r = matter_count(c->store, cli_now(c), &open, &late, &help);
	if (r)
		return r;
	say(p, help ? TOP_ALARM : TOP_TITLE,
	    _("cases: %1$lld open, %2$lld overdue, %3$lld calls for help; the newest:"), (long long)open,
	    (long long)late, (long long)help);
	r = matter_list(c->store, &f, add_case, p);
	return r < 0 ? r : 0;
}

struct texts {
	struct top_page *p;
	struct top_line *lines; /* the newest last, as the list gives them */
	int count;
	bool full;
};

static int add_text(void *ctx, const struct message *m)
{
	struct texts *t = ctx;
	struct civil at;
	char number[32];
	cleanup_buf struct buf b = {0};
	civil_from_utc(m->created_utc, &at);
	buf_addf(&b, "%02d:%02d:%02d %s ", at.hour % 100, at.minute % 100, at.second % 100, m->out ? "→" : "←");
	buf_adds(&b, !*m->number                                     ? _("withheld")
		     : t->full || strlen(m->number) >= sizeof number ? m->number
								     : text_short_number(m->number, number));
	pad(&b, 27);
	buf_adds(&b, m->out ? gettext(m->state) : "");
	pad(&b, 36);
	buf_adds(&b, m->text ? m->text : gettext(m->kind));
	struct top_page line = {.columns = t->p->columns, .rows = 1};
	add(&line,
	    m->out && (!strcmp(m->state, "failed") || !strcmp(m->state, "expired")) ? TOP_ALARM
	    : m->out                                                                ? TOP_FAINT
										    : TOP_PLAIN,
	    &b);
	t->lines[t->count++] = line.lines[0];
	free(line.lines);
	return 0;
}

/* The newest first, as many as there is room for. */
static int add_texts(struct cli *c, struct top_page *p)
{
	int room = p->rows - p->count - 1;
	if (room < 1)
		return 0;
	if (room > TEXTS)
		room = TEXTS;
	struct texts t = {.p = p, .full = c->out.full};
	cleanup_free struct top_line *lines = t.lines = mem_array((size_t)room, sizeof *lines);
	const struct message_filter f = {.since_utc = INT64_MIN, .limit = room};
	int r = message_list(c->store, &f, add_text, &t);
	say(p, TOP_TITLE, "%s", _("texts, the newest first"));
	for (int i = t.count - 1; i >= 0; i--) {
		cleanup_free char *text = lines[i].text;
		cleanup_buf struct buf b = {0};
		buf_adds(&b, text);
		add(p, lines[i].style, &b);
	}
	return r < 0 ? r : 0;
}

int top_fill(struct cli *c, const struct top_daemon *d, bool live, struct top_page *p)
{
	bool look = store_look(c->store);
	add_head(c, d, live, p);
	add_modems(d, p);
	int r = add_queue(c, p);
	if (!r)
		r = add_broadcasts(c, p);
	if (!r)
		r = add_cases(c, p);
	if (!r)
		r = add_texts(c, p);
	store_looked(c->store, look);
	return r;
}
