#include "daemon/cabinets_internal.h"
#include "daemon/control.h"
#include "daemon/daemon.h"
#include "daemon/sensor_alarms.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/text.h"
#include "store/event.h"
#include "store/store.h"

#include <errno.h>
#include <string.h>

/* ------------------------------------------------------------------------------------------------ results */

/* The bus cannot be reached. */
static enum sensor_fault fault_of_bus(int r, bool tcp)
{
	return r == -EBUSY ? SENSOR_BUSY : tcp ? SENSOR_REFUSED : SENSOR_GONE;
}

static enum sensor_fault fault_of(int r)
{
	if (r == 0)
		return SENSOR_OK;
	if (modbus_exception(r))
		return SENSOR_EXCEPTION;
	return r == -EBADMSG ? SENSOR_GARBAGE : SENSOR_TIMEOUT;
}

static void tell_row(struct cabinets *c, struct unit *u, int i, enum sensor_fault fault, int code, double value)
{
	struct live *l = u->live[i];
	live_read(&c->lives, l, fault, code, value, daemon_now(c->d), mono_ms());
	/* the value that people hear of is on disk with it */
	c->lives.changed |=
	    sensor_alarms_read(c->d, &(struct sensor_reading){.cabinet = u->cabinet->name,
							      .sensor = l->name,
							      .row = &u->cabinet->row[i],
							      .config = u->cabinet->of[i].sensor,
							      .fault = fault,
							      .value = value});
}

static void note(struct cabinets *c, enum event_kind kind, json_t *body)
{
	int r = event_add(c->d->store, kind, "daemon", body, daemon_now(c->d));
	if (r < 0)
		log_error("event not written: %s (%s)", strerror(-r), store_error(c->d->store));
}

/* The cabinet as a whole: does any of its sensors have data? */
static void judge(struct cabinets *c, struct unit *u, bool data, enum sensor_fault fault, int r)
{
	int64_t now = mono_ms(), seconds = u->dark_ms ? (now - u->dark_ms) / 1000 : 0;
	char why[200];
	if (data) {
		if (u->lost) {
			log_notice("cabinet %s gives data again", u->cabinet->name);
			note(c, EVENT_CABINET_UP,
			     json_pack("{ss sI}", "cabinet", u->cabinet->name, "seconds", (json_int_t)seconds));
		}
		u->dark_ms = 0;
		u->vain = 0;
		u->lost = false;
		return;
	}
	if (!u->dark_ms)
		u->dark_ms = now;
	if (u->lost || ++u->vain < CABINETS_LOST)
		return;
	u->lost = true;
	if (u->bus->why.text[0])
		text_copy(why, sizeof why, u->bus->why.text);
	else if (fault == SENSOR_INVALID)
		text_copy(why, sizeof why, _("the unit says itself that it has no value"));
	else
		modbus_error_text(r, why, sizeof why);
	log_warning("cabinet %s gives no data: %s", u->cabinet->name, why);
	note(c, EVENT_CABINET_LOST,
	     json_pack("{ss ss sI}", "cabinet", u->cabinet->name, "reason", sensor_fault_name(fault), "seconds",
		       (json_int_t)seconds));
}

static int64_t cap_ms(const struct cabinets *c, int64_t cap)
{
	return c->lives.watchers && cap > PLAN_SEEN_MS ? PLAN_SEEN_MS : cap;
}

static int code_of(int r)
{
	return modbus_exception(r) ? modbus_exception(r) : -r;
}

/* All units of a bus that cannot be reached. */
static void bus_failed(struct cabinets *c, struct bus *b)
{
	int64_t now = mono_ms(), poll = INT64_MAX;
	for (int k = 0; k < c->unit_count; k++)
		if (c->unit[k].bus == b && c->unit[k].cabinet->config->poll_ms < poll)
			poll = c->unit[k].cabinet->config->poll_ms;
	enum sensor_fault fault = fault_of_bus(b->result, b->connection.tcp);
	bool counts = plan_failed(&b->plan, poll, cap_ms(c, CABINETS_OPEN_MS), now);
	for (int k = 0; k < c->unit_count; k++) {
		struct unit *u = &c->unit[k];
		if (u->bus != b)
			continue;
		u->plan.due_ms = b->plan.due_ms;
		for (int i = 0; counts && i < u->cabinet->row_count; i++)
			tell_row(c, u, i, fault, -b->result, 0);
		if (counts)
			judge(c, u, false, fault, b->result);
	}
}

static void unit_answered(struct cabinets *c, struct unit *u, struct bus *b)
{
	int64_t now = mono_ms(), poll = u->cabinet->config->poll_ms;
	bool alive = false, data = false;
	enum sensor_fault fault = SENSOR_OK;
	for (int i = 0; i < u->cabinet->row_count; i++) {
		alive |= b->faults[i] == 0 || modbus_exception(b->faults[i]);
		data |= b->faults[i] == 0 && b->values[i].valid;
	}
	b->plan = (struct poll_plan){0};
	if (alive)
		plan_answered(&u->plan, poll, now);
	else if (!plan_failed(&u->plan, poll, cap_ms(c, PLAN_CAP_MS), now))
		return;
	for (int i = 0; i < u->cabinet->row_count; i++) {
		int r = b->faults[i];
		fault = r == 0 && !b->values[i].valid ? SENSOR_INVALID : fault_of(r);
		tell_row(c, u, i, fault, code_of(r), fault == SENSOR_OK ? b->values[i].value : 0);
	}
	judge(c, u, data, fault, b->faults[u->cabinet->row_count - 1]);
}

void cabinets_write(struct cabinets *c, bool must)
{
	int64_t now = daemon_now(c->d), ms = mono_ms();
	if (!must && !lives_due(&c->lives, !c->running, now, ms))
		return;
	int r = lives_write(&c->lives, c->d->clock_ok, now, ms);
	if (r < 0 && !c->complained)
		log_error("readings of sensors cannot be written: %s (%s); they are kept for a while",
			  strerror(-r), store_error(c->d->store));
	c->complained = r < 0;
}

/* ------------------------------------------------------------------------------------------------ polls */

/* In a thread of the pool: touches what is the bus's, and the set, which nobody changes. */
static void poll_bus(uv_work_t *w)
{
	struct bus *b = w->data;
	modbus_link_set_timeout(b->link, b->asked->config->timeout_ms);
	b->result = modbus_link_open(b->link, &b->why);
	b->opened = b->result == 0;
	if (b->opened)
		b->result = cabinet_read(b->asked, b->link, b->values, b->faults);
}

/* Closing a serial port may wait for what a dead adapter still holds. */
static void close_link(uv_work_t *w)
{
	struct bus *b = w->data;
	modbus_link_close(b->link);
}

static void closed(uv_work_t *w, int status)
{
	struct bus *b = w->data;
	struct cabinets *c = b->c;
	(void)status;
	b->busy = false;
	c->running--;
	if (c->ended) {
		cabinets_free_all(c);
		return;
	}
	cabinets_rest(c, b);
	cabinets_pump(c);
}

void cabinets_rest(struct cabinets *c, struct bus *b)
{
	if (b->busy || (b->wanted && !b->lent))
		return;
	if (modbus_link_is_open(b->link)) {
		b->busy = true;
		c->running++;
		uv_queue_work(c->d->loop, &b->work, close_link, closed);
	} else if (b->lent) {
		const struct unit *by = cabinets_unit(c, b->borrower);
		b->lent_ms = mono_ms();
		control_lent(c->d->control, b->borrower, by ? by->cabinet->config->connection : "");
	} else
		cabinets_drop(c, b);
}

static void polled(uv_work_t *w, int status)
{
	struct bus *b = w->data;
	struct cabinets *c = b->c;
	(void)status;
	b->busy = false;
	c->running--;
	c->doubtful -= b->doubtful;
	/* after a reload its rows may mean something else: it is asked anew */
	struct unit *u = !c->ended && b->set == c->set ? cabinets_unit(c, b->asked->name) : NULL;
	cabinet_set_unuse(b->set);
	if (c->ended) {
		cabinets_free_all(c);
		return;
	}
	if (b->opened)
		b->why.text[0] = 0;
	if (u && b->result)
		bus_failed(c, b);
	else if (u)
		unit_answered(c, u, b);
	cabinets_rest(c, b);
	cabinets_write(c, false);
	cabinets_pump(c);
}

static void begin(struct cabinets *c, struct bus *b, struct unit *u, bool doubtful)
{
	b->asked = u->cabinet;
	b->set = cabinet_set_use(c->set);
	b->doubtful = doubtful;
	b->busy = true;
	c->running++;
	c->doubtful += doubtful;
	uv_queue_work(c->d->loop, &b->work, poll_bus, polled);
}

/* Nothing is asked while the bus is lent, and what was read before grows old. */
static void age(struct cabinets *c, struct bus *b, struct unit *u, int64_t now)
{
	int64_t poll = u->cabinet->config->poll_ms;
	plan_answered(&u->plan, poll, now);
	for (int i = 0; now - b->lent_ms > 2 * poll + CABINETS_LENT_MS && i < u->cabinet->row_count; i++)
		if (u->live[i]->fault == SENSOR_OK || u->live[i]->fault == SENSOR_LENT)
			tell_row(c, u, i, SENSOR_LENT, 0, 0);
}

/* Begins what is due on this bus; when it wants to be looked at again. */
static int64_t pump_bus(struct cabinets *c, struct bus *b, int64_t now, bool doubtful_too)
{
	const struct poll_plan *plans[CONFIG_CABINETS];
	struct unit *units[CONFIG_CABINETS];
	int64_t next;
	int n = 0;
	if (b->busy || !b->wanted)
		return INT64_MAX;
	for (int i = 0; i < c->unit_count; i++)
		if (c->unit[i].bus == b) {
			plans[n] = &c->unit[i].plan;
			units[n++] = &c->unit[i];
		}
	if (!b->lent && b->plan.due_ms > now)
		return b->plan.due_ms;
	int k = plan_choose(plans, n, now, &next);
	if (k < 0)
		return next;
	if (b->lent) {
		age(c, b, units[k], now);
		return pump_bus(c, b, now, doubtful_too);
	}
	bool doubtful = b->plan.fails || units[k]->plan.fails;
	if (doubtful && !doubtful_too)
		return INT64_MAX; /* in the second round */
	if (c->running >= CABINETS_AT_ONCE || (doubtful && c->doubtful >= CABINETS_DOUBTFUL))
		return INT64_MAX; /* when another one ends */
	begin(c, b, units[k], doubtful);
	return INT64_MAX;
}

static void on_timer(uv_timer_t *t)
{
	cabinets_pump(t->data);
}

void cabinets_pump(struct cabinets *c)
{
	int64_t now = mono_ms(), next = INT64_MAX;
	if (c->ended || c->d->stopping)
		return;
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < c->bus_count; i++) {
			int64_t at = pump_bus(c, c->bus[(c->turn + i) % c->bus_count], now, round == 1);
			next = round == 1 && at < next ? at : next;
		}
	c->turn++; /* who comes first when threads are short */
	uv_timer_stop(&c->timer);
	if (next == INT64_MAX)
		return;
	uv_update_time(c->d->loop);
	uv_timer_start(&c->timer, on_timer, next > now ? (uint64_t)(next - now) : 0, 0);
}
