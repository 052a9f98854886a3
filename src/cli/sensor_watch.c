/* `yishi sensor watch`: follows what the daemon reads. It looks at the database, never at the bus; while it runs the daemon writes each
 * round down and asks who is silent more often. */
#include "cli/sensor_rows.h"
#include "cli/sensor_verbs.h"
#include "cli/sparkline.h"

#include "base/mem.h"
#include "base/text.h"
#include "cli/control.h"
#include "cli/table.h"
#include "store/pulse.h"
#include "store/reading.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LOOK_MS      250
#define AGAIN_MS     5000 /* the daemon is asked once more whether it runs */
#define SPAN_MS      600000
#define NAME_WIDTH   30
#define REST_WIDTH   44 /* value, state, limits */
#define LEAST_SPARK  12
#define USUAL_COLUMN 80

struct line {
	struct sensor_row *x;
	struct sparkline spark;
	/* as it was told last */
	bool told, had;
	double value;
	int64_t seen_utc;
	char why[SENSOR_WHY];
	enum sensor_stand stand;
};

struct watching {
	struct cli *c;
	struct sensor_rows rows;
	struct line *line; /* owned */
	int count;
	struct control_link daemon; /* fd −1: it does not run */
	int64_t asked_ms, span_ms, end_ms;
	int drawn; /* lines on the screen, above the cursor */
	bool live;
};

/* ------------------------------------------------------------------------------------------------ what is new */

static void reach_daemon(struct watching *w)
{
	json_t *answer = NULL;
	char nothing;
	/* the daemon never says anything by itself: what can be read is its end */
	if (w->daemon.fd >= 0 && recv(w->daemon.fd, &nothing, 1, MSG_DONTWAIT | MSG_PEEK) == 0) {
		control_link_close(&w->daemon);
		w->daemon.fd = -1;
	}
	if (w->daemon.fd < 0 && (!w->asked_ms || mono_ms() - w->asked_ms > AGAIN_MS)) {
		w->asked_ms = mono_ms();
		int r = control_link_open(w->c->config, &w->daemon);
		if (!r && (r = control_link_ask(&w->daemon, "sensors", CONTROL_TIMEOUT_MS, &answer)))
			control_link_close(&w->daemon);
		if (r)
			w->daemon.fd = -1;
		json_decref(answer);
	}
	w->rows.daemon_up = w->rows.written = w->daemon.fd >= 0;
}

static void put_new(struct line *l, int64_t now)
{
	const struct sensor *x = &l->x->now;
	int64_t gap = 3 * l->x->cabinet->config->poll_ms / 1000 + 2;
	if (l->x->stand == STAND_NO_DATA)
		spark_put(&l->spark, now, now, false, 0);
	else {
		bool soon = l->seen_utc && x->seen_utc - l->seen_utc <= gap && x->seen_utc >= l->seen_utc;
		spark_put(&l->spark, soon ? l->seen_utc + l->spark.column_s : x->seen_utc, x->seen_utc, true,
			  x->value);
		l->seen_utc = x->seen_utc;
	}
}

/* 0 or -errno of the store. */
static int look(struct watching *w)
{
	int64_t now = cli_now(w->c);
	int r = sensor_rows_read(w->c, &w->rows, false);
	for (int i = 0; i < w->count && !r; i++) {
		spark_move(&w->line[i].spark, now);
		put_new(&w->line[i], now);
	}
	return r;
}

/* ------------------------------------------------------------------------------------------------ on a terminal */

static const char *state_words(struct watching *w, const struct line *l, char *buf)
{
	if (l->x->stand == STAND_NO_DATA)
		return sensor_why(&w->rows, l->x, buf);
	return text_copy(buf, SENSOR_WHY, gettext(sensor_stand_name(l->x->stand)));
}

static bool beyond(const struct map_row *m, double v)
{
	return (m->has_high && v > m->high) || (m->has_low && v < m->low);
}

static void print_spark(struct watching *w, const struct line *l)
{
	double low = 0, high = 0;
	spark_range(&l->spark, &low, &high);
	bool red = false;
	for (int i = 0; i < l->spark.columns; i++) {
		bool bad =
		    w->c->out.colour && l->spark.cell[i] == SPARK_VALUE && beyond(l->x->map, l->spark.value[i]);
		if (bad != red)
			fputs(bad ? "\033[31m" : "\033[0m", w->c->out.file);
		red = bad;
		fputs(spark_block(&l->spark, i, low, high), w->c->out.file);
	}
	if (red)
		fputs("\033[0m", w->c->out.file);
}

static void padded(FILE *f, const char *text, int width)
{
	cleanup_free char *cut = table_cut(text, width);
	text_mask_controls(cut);
	fprintf(f, "%s%*s", cut, width - text_width(cut), "");
}

static int name_width(const struct watching *w)
{
	int width = 0;
	for (int i = 0; i < w->count; i++)
		if (text_width(w->line[i].x->name) > width)
			width = text_width(w->line[i].x->name);
	return width > NAME_WIDTH ? NAME_WIDTH : width;
}

static void draw_line(struct watching *w, const struct line *l, int rest)
{
	FILE *f = w->c->out.file;
	char value[80] = "", limits[140], why[SENSOR_WHY], text[400];
	bool data = l->x->stand != STAND_NO_DATA, bad = l->x->stand != STAND_OK;
	padded(f, l->x->name, name_width(w));
	fputs("  ", f);
	print_spark(w, l);
	if (data)
		register_number_shown(l->x->map, l->x->now.value, w->c->language, value, sizeof value);
	sensor_limits(l->x, w->c->language, limits, sizeof limits);
	snprintf(text, sizeof text, "%s%s%s%s%s%s", value, data ? " " : "", bad ? "! " : "",
		 state_words(w, l, why), *limits ? "  " : "", limits);
	fprintf(f, "  %s", w->c->out.colour && bad ? (data ? "\033[31m" : "\033[33m") : "");
	padded(f, text, rest);
	fputs(w->c->out.colour && bad ? "\033[0m\033[K\n" : "\033[K\n", f);
}

static void size_of_terminal(int *ret_columns, int *ret_rows)
{
	struct winsize size;
	bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col && size.ws_row;
	*ret_columns = known ? size.ws_col : USUAL_COLUMN;
	*ret_rows = known ? size.ws_row : 24;
}

static void draw(struct watching *w)
{
	int columns, rows, lines;
	size_of_terminal(&columns, &rows);
	if (w->drawn)
		fprintf(w->c->out.file, "\033[%dA", w->drawn);
	lines = w->count < rows - 1 ? w->count : rows - 2;
	for (int i = 0; i < lines; i++) {
		int rest = columns - name_width(w) - w->line[i].spark.columns - 5;
		draw_line(w, &w->line[i], rest > 4 ? rest : 4);
	}
	if (lines < w->count) {
		fprintf(w->c->out.file, _("… and %d more; name those that you want to see"), w->count - lines);
		fputs("\033[K\n", w->c->out.file);
	}
	w->drawn = lines + (lines < w->count);
	fflush(w->c->out.file);
}

/* ------------------------------------------------------------------------------------------------ elsewhere */

static void tell(struct watching *w, const struct line *l, const char *why)
{
	struct out *o = &w->c->out;
	char value[80] = "", when[40];
	bool data = l->x->stand != STAND_NO_DATA;
	rfc3339_format(data ? l->x->now.seen_utc : cli_now(w->c), when);
	if (o->mode == OUT_JSON) {
		out_json(o, json_pack("{ss ss so ss ss so}", "time", when, "name", l->x->name, "value",
				      data ? json_real(l->x->now.value) : json_null(), "unit", l->x->map->unit,
				      "state", sensor_stand_name(l->x->stand), "detail",
				      data ? json_null() : out_string(why)));
	} else {
		if (data)
			register_number_shown(l->x->map, l->x->now.value, w->c->language, value, sizeof value);
		fprintf(o->file, "%s %s %s%s%s%s%s\n", when, l->x->name, value, data ? " " : "",
			gettext(sensor_stand_name(l->x->stand)), data ? "" : _(": "), data ? "" : why);
	}
}

static void tell_changes(struct watching *w)
{
	char why[SENSOR_WHY];
	for (int i = 0; i < w->count; i++) {
		struct line *l = &w->line[i];
		sensor_why(&w->rows, l->x, why);
		bool same =
		    l->told && l->stand == l->x->stand && !strcmp(l->why, why) &&
		    (l->stand == STAND_NO_DATA || (l->value >= l->x->now.value && l->value <= l->x->now.value));
		if (same)
			continue;
		tell(w, l, why);
		l->told = true;
		l->stand = l->x->stand;
		l->value = l->x->now.value;
		text_copy(l->why, sizeof l->why, why);
	}
	fflush(w->c->out.file);
}

/* ------------------------------------------------------------------------------------------------ the verb */

static bool wanted(const struct cli *c, const struct sensor_row *x)
{
	for (int i = 0; i < c->argc; i++)
		if (!strcmp(c->argv[i], x->name) || !strcmp(c->argv[i], x->cabinet->name))
			return true;
	return !c->argc;
}

static int fill(void *ctx, int step, const struct reading *r)
{
	int span = r->data_s + r->dark_s;
	spark_put(ctx, r->utc, r->utc + (span > step ? span : step) - 1, r->count > 0, r->mean);
	return 0;
}

/* The lines that are wanted, with what the database knows of the time before. */
static int prepare(struct watching *w)
{
	int columns, rows, r = 0;
	int64_t now = cli_now(w->c), span_s = w->span_ms / 1000;
	size_of_terminal(&columns, &rows);
	w->line = mem_array((size_t)w->rows.count, sizeof *w->line);
	for (int i = 0; i < w->rows.count; i++)
		if (wanted(w->c, &w->rows.row[i]))
			w->line[w->count++] = (struct line){.x = &w->rows.row[i]};
	int room = columns - name_width(w) - REST_WIDTH;
	room = room < LEAST_SPARK ? LEAST_SPARK : room > SPARK_MAX ? SPARK_MAX : room;
	for (int i = 0; i < w->count && r >= 0; i++) {
		struct sparkline *s = &w->line[i].spark;
		spark_init(s, room, (int)((span_s + room - 1) / room), now);
		if (w->live && w->line[i].x->now.id)
			r = reading_each(w->c->store, w->line[i].x->now.id, READING_MINUTE, now - span_s, now,
					 fill, s);
	}
	return r < 0 ? r : 0;
}

static int follow(struct watching *w)
{
	int64_t version = -1, drawn_utc = 0;
	int r = 0;
	while (!r && !ferror(w->c->out.file) && (!w->end_ms || mono_ms() < w->end_ms)) {
		int64_t is = version, now = cli_now(w->c);
		bool was_up = w->rows.daemon_up;
		reach_daemon(w);
		pulse_version(w->c->store, &is);
		if (is != version || was_up != w->rows.daemon_up || now != drawn_utc) {
			r = look(w);
			if (!r)
				w->live ? draw(w) : tell_changes(w);
			version = is;
			drawn_utc = now;
			r = r == -EBUSY ? 0 : r;
		}
		struct timespec pause = {0, LOOK_MS * 1000000L};
		nanosleep(&pause, NULL);
	}
	return r ? cli_store_failed(w->c, r) : ferror(w->c->out.file) ? EX_IOERR : EX_OK;
}

static int times(struct watching *w)
{
	int64_t lasts = 0;
	const char *span = cli_opt(w->c, "span"), *until = cli_opt(w->c, "for");
	w->span_ms = SPAN_MS;
	if (span && (duration_parse(span, &w->span_ms) || w->span_ms < 10000 || w->span_ms > 14 * DAY_S * 1000))
		return cli_usage(w->c, "%s", _("--span wants a time such as 10m or 6h, 10s to 14d"));
	if (until && (duration_parse(until, &lasts) || lasts <= 0))
		return cli_usage(w->c, "%s", _("--for wants a time such as 30s"));
	w->end_ms = lasts ? mono_ms() + lasts : 0;
	return 0;
}

int sensor_watch(struct cli *c)
{
	struct watching w = {.c = c, .daemon = {.fd = -1}};
	const char *term = getenv("TERM");
	struct store *s;
	int r = times(&w), err = 0;
	w.live = c->out.terminal && c->out.mode == OUT_TABLE && term && *term && strcmp(term, "dumb") != 0;
	if (!r)
		r = sensor_rows_open(c, &w.rows);
	if (!r && !(r = cli_store(c, &s))) {
		reach_daemon(&w);
		if (!w.rows.daemon_up)
			cli_note("%s",
				 _("yishid does not run: nothing is read; start it (systemctl start yishi)"));
		err = sensor_rows_read(c, &w.rows, false);
		err = err < 0 ? err : prepare(&w);
		r = err < 0 ? cli_store_failed(c, err) : 0;
	}
	if (!r && !w.count)
		r = cli_fail(
		    CLI_NOTHING, "%s",
		    c->argc
			? _("there is no such sensor or cabinet; `yishi sensor list` shows them")
			: _("no [cabinet NAME] is configured; `yishi sensor scan` finds the parts on a bus"));
	if (!r)
		r = follow(&w);
	control_link_close(&w.daemon);
	free(w.line);
	sensor_rows_done(&w.rows);
	return r;
}
