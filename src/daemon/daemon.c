#include "daemon/daemon.h"
#include "daemon/box_look.h"
#include "daemon/alarm.h"
#include "daemon/sensor_alarms.h"
#include "daemon/balance.h"
#include "daemon/board.h"
#include "daemon/care.h"
#include "daemon/cabinet_set.h"
#include "daemon/cabinets.h"
#include "daemon/clock_setter.h"
#include "daemon/control.h"
#include "daemon/health.h"
#include "daemon/hooks.h"
#include "daemon/night.h"
#include "daemon/ports.h"
#include "daemon/receiver.h"
#include "daemon/root_call.h"
#include "daemon/sender.h"
#include "daemon/service.h"
#include "daemon/session.h"
#include "daemon/usb_reset.h"
#include "daemon/watch.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/order.h"
#include "base/paths.h"
#include "base/text.h"
#include "store/broadcast.h"
#include "store/event.h"
#include "store/inbox.h"
#include "store/outbox.h"
#include "store/report.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <string.h>
#include <time.h>

#define TAKE_MAX        64   /* texts acted on before the loop has its turn */
#define BUSY_MS         1000 /* the database was busy */
#define SCHEDULE_MAX_MS (6 * 3600 * 1000LL)

static void on_schedule(uv_timer_t *t);

int64_t daemon_now(const struct daemon *d)
{
	return wall_clock_now(&d->clock);
}

struct session *daemon_session(const struct daemon *d, const char *modem)
{
	for (int i = 0; i < d->session_count; i++)
		if (!strcmp(session_name(d->session[i]), modem))
			return d->session[i];
	return NULL;
}

/* No clock can rightly be before this. The tests of a test clock live in days of their own: the first year of the
 * program. */
static int64_t build_utc(bool test_clock)
{
	return test_clock ? 1767225600 /* 2026-01-01 */ : clock_built_utc();
}

/* What may be replaced while the program runs: all of it or nothing. */
struct texts {
	struct rules *rules;
	struct replies *replies;
	struct routes *routes;
	struct point_rules points;
};

static void texts_done(struct texts *t)
{
	rules_free(t->rules);
	replies_free(t->replies);
	routes_free(t->routes);
}

static int load_texts(const struct daemon *d, const struct config *c, struct texts *ret, struct err *e)
{
	struct texts t = {0};
	int r = rules_load(d->data_dir, c->rule_files, &t.rules, e);
	if (r >= 0 && (r = replies_load(d->data_dir, &t.replies, e)) >= 0)
		r = routes_load(d->data_dir, &t.routes, e);
	if (r >= 0)
		r = point_rules_load(d->data_dir, &t.points, e);
	if (r < 0)
		texts_done(&t);
	else
		*ret = t;
	return r;
}

static void use_texts(struct daemon *d, const struct texts *t)
{
	d->people.rules = d->rules = t->rules;
	d->people.replies = d->replies = t->replies;
	d->people.routes = d->routes = t->routes;
	d->points = t->points;
	d->people.points = &d->points;
}

int daemon_init(struct daemon *d, uv_loop_t *loop, struct config *config, struct err *e)
{
	char rows[300];
	int uncertain = 0;
	*d = (struct daemon){.loop = loop, .config = config, .started_ms = mono_ms()};
	int r = clock_set_zone(config->timezone);
	if (r)
		return err_set(e, config->path, 0, "timezone %s is not known", config->timezone);
	if ((r = wall_clock_init(&d->clock, config->test_clock)))
		return err_set(e, config->path, 0, "$YISHI_CLOCK is set, and [gateway] test_clock is not"), r;
	if ((r = paths_data(d->data_dir, sizeof d->data_dir)))
		return err_set(e, "", 0, "no data folder; set $YISHI_DATA"), r;
	snprintf(rows, sizeof rows, "%s/at_commands/modems", d->data_dir);
	struct texts texts;
	if ((r = modem_rows_load(rows, &d->rows, e)) || (r = load_texts(d, config, &texts, e)))
		return r;
	use_texts(d, &texts);
	if (!rules_have_jit(d->rules))
		log_notice("the patterns of the rules are matched without machine code, which this machine or "
			   "its service manager forbids: all is read as before, a little more slowly");
	if ((r = store_open(config->database, STORE_DAEMON, &d->store, e)))
		return r;
	if ((r = outbox_recover(d->store, daemon_now(d), &uncertain)))
		return err_set(e, config->database, 0, "%s", store_error(d->store)), r;
	if (uncertain)
		log_warning("%d parts were with a modem when the program ended; whether they left is not known",
			    uncertain);
	d->people.store = d->store;
	d->people.look = box_look;
	d->people.look_user = d;
	d->people.config = d->config;
	d->people.built_utc = build_utc(config->test_clock);
	return 0;
}

static void on_prepare(uv_prepare_t *p)
{
	struct daemon *d = p->data;
	session_commit_all(d);
	hooks_notice(d->hooks);
	care_turn(d);
}

static int64_t clock_offset_s(const struct daemon *d)
{
	return daemon_now(d) - mono_ms() / 1000;
}

int daemon_start(struct daemon *d, struct err *e)
{
	uv_timer_init(d->loop, &d->schedule);
	uv_prepare_init(d->loop, &d->commits);
	uv_prepare_start(&d->commits, on_prepare);
	uv_unref((uv_handle_t *)&d->commits);
	d->schedule.data = d->commits.data = d;
	int r = cabinets_new(d, &d->cabinets, e);
	if (r || (r = control_new(d, d->config->control_socket, &d->control, e)))
		return r;
	d->clock_offset_s = clock_offset_s(d);
	d->watch = watch_new(d);
	d->alarms = alarms_new(d);
	d->clock_setter = clock_setter_new(d);
	d->sensor_alarms = sensor_alarms_new(d);
	d->night = night_new(d);
	care_begin(d);
	d->ports = ports_new(d);
	d->hooks = hooks_new(d);
	hooks_configure(d->hooks);
	d->board = board_new(d);
	board_configure(d->board);
	for (int i = 0; i < d->config->modem_count; i++)
		d->session[d->session_count++] = session_new(d, &d->config->modems[i]);
	daemon_act(d);
	care_configure(d);
	ports_start(d->ports);
	cabinets_start(d->cabinets);
	for (int i = 0; i < d->session_count; i++)
		session_start(d->session[i]);
	return 0;
}

static void maybe_stopped(struct daemon *d)
{
	for (int i = 0; i < d->session_count; i++)
		if (!session_stopped(d->session[i]))
			return;
	if (!hooks_stopped(d->hooks))
		return;
	if (d->stopped)
		d->stopped(d);
}

void daemon_session_stopped(struct daemon *d)
{
	if (d->stopping)
		maybe_stopped(d);
}

void daemon_stop(struct daemon *d)
{
	if (d->stopping)
		return;
	for (int i = 0; i < d->session_count; i++)
		session_stop(d->session[i]);
	hooks_stop(d->hooks);
	d->stopping = true;
	maybe_stopped(d);
}

static void nothing(uv_handle_t *h)
{
	(void)h;
}

void daemon_done(struct daemon *d)
{
	for (int i = 0; i < d->session_count; i++)
		session_free(d->session[i]);
	d->session_count = 0;
	cabinets_free(d->cabinets);
	control_free(d->control);
	watch_free(d->watch);
	alarms_free(d->alarms);
	sensor_alarms_free(d->sensor_alarms);
	night_free(d->night);
	care_end(d);
	hooks_free(d->hooks);
	board_free(d->board);
	d->board = NULL;
	d->hooks = NULL;
	d->alarms = NULL;
	d->sensor_alarms = NULL;
	service_free(d->service);
	ports_free(d->ports);
	usb_reset_end(d);
	root_calls_end(d);
	d->ports = NULL;
	if (d->schedule.data) {
		uv_close((uv_handle_t *)&d->schedule, nothing);
		uv_close((uv_handle_t *)&d->commits, nothing);
	}
	uv_run(d->loop, UV_RUN_DEFAULT);
	clock_setter_free(d->clock_setter);
	store_close(d->store);
	texts_done(&(struct texts){.rules = d->rules, .replies = d->replies, .routes = d->routes});
	modem_rows_done(&d->rows);
	config_free(d->config);
}

/* ------------------------------------------------------------------------------------------------ acting */

/* Texts that are stored and not yet acted on; true when some are left. */
static bool take_stored(struct daemon *d)
{
	int64_t ids[TAKE_MAX];
	int n = 0, r = inbox_stored(d->store, ids, TAKE_MAX, &n);
	bool left = n == TAKE_MAX;
	for (int i = 0; i < n && r == 0; i++) {
		int t = participation_take(&d->people, ids[i], daemon_now(d));
		if (t == 0)
			continue;
		log_error("text %" PRId64 " cannot be acted on yet: %s (%s)", ids[i], strerror(-t),
			  store_error(d->store));
		left = true;
	}
	if (r)
		log_error("the inbox cannot be read: %s", strerror(-r));
	return left || r;
}

static void schedule(struct daemon *d, int64_t next, bool busy)
{
	int64_t now = daemon_now(d), outbox = sender_wait_ms(d);
	int64_t in =
	    next == INT64_MAX || next - now > SCHEDULE_MAX_MS / 1000 ? SCHEDULE_MAX_MS : (next - now) * 1000;
	if (busy || in < BUSY_MS)
		in = BUSY_MS;
	in = lesser(in, outbox);
	if (next == INT64_MAX && outbox == INT64_MAX && !busy) {
		uv_timer_stop(&d->schedule);
		return;
	}
	uv_update_time(d->loop);
	uv_timer_start(&d->schedule, on_schedule, (uint64_t)in, 0);
}

/* Texts whose last parts never came become texts as they are: before the stored ones are taken, or they would lie there
 * until something else happens. */
static int64_t give_up_parts(struct daemon *d, bool *busy)
{
	int64_t next = INT64_MAX;
	int r = receiver_expire(&d->people, daemon_now(d), &next);
	if (r) {
		log_error("incomplete texts cannot be looked at yet: %s (%s)", strerror(-r),
			  store_error(d->store));
		*busy = true;
	}
	return next;
}

/* Once an hour is enough for what has waited for days. */
static int64_t miss_reports(struct daemon *d)
{
	int64_t now = daemon_now(d);
	int count = 0;
	if (d->reports_utc > now && d->reports_utc <= now + HOUR_S)
		return d->reports_utc;
	int r = d->clock_ok ? report_overdue(d->store, now, &count) : 0;
	if (r)
		log_error("overdue reports cannot be looked for: %s (%s)", strerror(-r), store_error(d->store));
	if (count)
		log_info("%d texts were sent, and no report of them came in time", count);
	d->reports_utc = now + HOUR_S;
	return d->reports_utc;
}

static int64_t let_time_pass(struct daemon *d, bool *busy)
{
	int64_t now = daemon_now(d), next = INT64_MAX;
	int expired = 0;
	int r = outbox_expire(d->store, now, &expired);
	if (expired)
		log_notice("%d texts were too late to be sent", expired);
	if (r == 0)
		r = participation_tick(&d->people, now, &next, &d->clock_ok);
	if (r) {
		log_error("the schedule cannot be looked at yet: %s (%s)", strerror(-r), store_error(d->store));
		*busy = true;
	}
	if (expired && broadcast_finish(d->store, now))
		*busy = true;
	next = lesser(next, miss_reports(d));
	next = lesser(next, night_look(d->night, now));
	next = lesser(next, health_look(d->health, now));
	int64_t bound = INT64_MAX;
	if (sender_unbind(d, &bound))
		*busy = true;
	return lesser(next, bound);
}

void daemon_act(struct daemon *d)
{
	if (d->acting || d->stopping) {
		d->again = true;
		return;
	}
	d->acting = true;
	bool busy = false;
	operator_weigh_clock(d);
	clock_setter_look(d->clock_setter);
	int64_t parts = give_up_parts(d, &busy);
	busy = take_stored(d) || busy;
	int64_t next = lesser(parts, let_time_pass(d, &busy));
	d->acting = false;
	balance_judge(d);
	alarms_tick(d);
	for (int i = 0; i < d->session_count; i++)
		session_wake(d->session[i]);
	next = lesser(next, sensor_alarms_tick(d));
	hooks_look(d->hooks);
	service_look(d->service);
	schedule(d, next, busy || d->again);
	d->again = false;
}

static void on_schedule(uv_timer_t *t)
{
	daemon_act(t->data);
}

void daemon_act_soon(struct daemon *d, int64_t delay_ms)
{
	if (d->stopping || (uv_is_active((uv_handle_t *)&d->schedule) &&
			    uv_timer_get_due_in(&d->schedule) <= (uint64_t)delay_ms))
		return;
	uv_update_time(d->loop);
	uv_timer_start(&d->schedule, on_schedule, (uint64_t)delay_ms, 0);
}

void daemon_clock_set(struct daemon *d)
{
	int64_t was = d->clock_offset_s, then = was + mono_ms() / 1000;
	log_info("the clock was set");
	d->clock_offset_s = clock_offset_s(d);
	/* the steps of a test clock are time that passes */
	if (!d->clock.test_file[0]) {
		alarms_clock_set(d, d->clock_offset_s - was);
		sensor_alarms_clock_set(d, d->clock_offset_s - was);
		health_clock_set(d->health, then, daemon_now(d));
	}
	operator_clock_set(d);
	clock_setter_void(d->clock_setter);
	daemon_act(d);
}

/* ------------------------------------------------------------------------------------------------ reload */

static void rejected(struct daemon *d, enum event_kind kind, const struct err *e)
{
	char line[600];
	log_error("%s; what was in force stays", err_line(e, line, sizeof line));
	int r = event_add(d->store, kind, "daemon",
			  json_pack("{s:s, s:i, s:s}", "file", e->file, "line", e->line, "reason", e->text),
			  daemon_now(d));
	if (r)
		log_error("event not written: %s", strerror(-r));
}

static bool same(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

static void apply_modems(struct daemon *d, const struct config *new)
{
	for (int i = 0; i < d->session_count;) {
		const struct config_modem *m = config_find_modem(new, session_name(d->session[i]));
		if (m) {
			session_reconfigure(d->session[i++], m);
			continue;
		}
		session_stop(d->session[i]);
		session_free(d->session[i]);
		d->session[i] = d->session[--d->session_count];
	}
	for (int i = 0; i < new->modem_count; i++)
		if (!daemon_session(d, new->modems[i].name) && d->session_count < CONFIG_MODEMS) {
			struct session *s = session_new(d, &new->modems[i]);
			d->session[d->session_count++] = s;
			session_start(s);
		}
}

void daemon_reload(struct daemon *d)
{
	struct err e = {0};
	struct config *c = NULL, *old = d->config;
	struct cabinet_set *cabinets = NULL;
	struct texts texts;
	if (d->stopping)
		return;
	if (config_load(d->config->path, &c, &e) || cabinet_set_new(c, &cabinets, &e)) {
		rejected(d, EVENT_CONFIG_REJECTED, &e);
		config_free(c);
		return;
	}
	if (!same(c->database, old->database) || !same(c->control_socket, old->control_socket) ||
	    !same(c->timezone, old->timezone) || c->test_clock != old->test_clock)
		log_warning("%s: another database, control socket, time zone or test clock is taken up at the "
			    "next start",
			    c->path);
	if (load_texts(d, c, &texts, &e)) {
		rejected(d, EVENT_RULE_REJECTED, &e);
		cabinet_set_unuse(cabinets);
		config_free(c);
		return;
	}
	texts_done(&(struct texts){.rules = d->rules, .replies = d->replies, .routes = d->routes});
	use_texts(d, &texts);
	d->config = c;
	d->people.config = c;
	apply_modems(d, c);
	ports_reconfigure(d->ports);
	hooks_configure(d->hooks);
	board_configure(d->board);
	care_configure(d);
	cabinets_reconfigure(d->cabinets, cabinets, old);
	sensor_alarms_configure(d);
	malloc_trim(0); /* for a moment all of it was there twice */
	log_notice("configuration, rules and replies were read again");
	daemon_act(d);
}
