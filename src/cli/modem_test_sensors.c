/* The acceptance test's cabinets: what the running gateway last heard of them, else they are asked now. */
#include "cli/modem_test.h"

#include "base/mem.h"
#include "base/paths.h"
#include "base/text.h"
#include "hw/cabinet.h"
#include "hw/modbus_link.h"
#include "store/sensor.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

/* One cabinet: how many of its values there are, and what is wrong with the first that is not. */
struct heard {
	const char *name;
	int good, bad;
	char sensor[2 * CONFIG_NAME_MAX + 2];
	const char *words;  /* N_(), or NULL: … */
	int error;          /* -errno, or of Modbus */
	char sentence[160]; /* about the error, in this run's language; "" none */
};

/* True for the first one, whose reason is told. */
static bool note_bad(struct heard *h, const char *sensor)
{
	if (h->bad++)
		return false;
	text_copy(h->sensor, sizeof h->sensor, sensor);
	return true;
}

static void judge(struct test *t, const struct heard *h)
{
	if (!h->bad && h->good)
		return;
	test_figure_text(t, "cabinet", "%s", h->name);
	test_figure_text(t, "sensor", "%s", h->sensor);
	if (h->bad && !h->words)
		test_figure_reason(t, "reason", h->error, h->sentence);
	else
		test_figure_text(t, "reason", "%s", h->bad ? h->words : N_("nothing has come from it yet"));
	test_found(t, h->good ? "sensors.partly" : "sensors.silent");
}

/* ------------------------------------------------------------------------------------------------ as the gateway knows */

static const char *fault_words(enum sensor_fault f)
{
	static const char *const words[SENSOR_FAULTS] = {
	    [SENSOR_OK] = "",
	    [SENSOR_UNREAD] = N_("it was not asked yet"),
	    [SENSOR_TIMEOUT] = N_("no answer"),
	    [SENSOR_EXCEPTION] = N_("it refuses to be read"),
	    [SENSOR_GARBAGE] = N_("noise instead of an answer"),
	    [SENSOR_GONE] = N_("its port is not there"),
	    [SENSOR_REFUSED] = N_("it cannot be reached in the network"),
	    [SENSOR_BUSY] = N_("another program has its port"),
	    [SENSOR_INVALID] = N_("it says itself that its probe is broken"),
	    [SENSOR_LENT] = N_("its bus is lent to a person"),
	};
	return words[f];
}

static int take(void *ctx, const struct sensor *x)
{
	struct heard *h = ctx;
	size_t n = strlen(h->name);
	if (strncmp(x->name, h->name, n) != 0 || x->name[n] != '.')
		return 0;
	if (x->fault == SENSOR_OK)
		h->good++;
	else if (note_bad(h, x->name + n + 1))
		h->words = fault_words(x->fault);
	return 0;
}

static void ask_store(struct test *t, const struct config_cabinet *c)
{
	struct heard h = {.name = c->name};
	struct store *s;
	if (access(t->cfg->database, F_OK) == 0 && !cli_store(t->c, &s))
		sensor_each(s, take, &h);
	judge(t, &h);
}

/* ------------------------------------------------------------------------------------------------ asked now */

static void read_now(struct test *t, const struct cabinet *c)
{
	struct heard h = {.name = c->name};
	struct err e = {0};
	struct map_value *values = mem_array((size_t)c->row_count + 1, sizeof *values);
	int *faults = mem_array((size_t)c->row_count + 1, sizeof *faults);
	struct modbus_link *l = modbus_link_new(&c->connection, c->config->timeout_ms);
	test_waiting(t, _("the cabinets are asked"), 0);
	h.error = modbus_link_open(l, &e);
	if (h.error) {
		note_bad(&h, "");
		text_copy(h.sentence, sizeof h.sentence, e.text);
	} else {
		cabinet_read(c, l, values, faults);
		for (int i = 0; i < c->row_count; i++) {
			const char *sensor = strchr(c->of[i].name, '.');
			sensor = sensor ? sensor + 1 : c->of[i].name;
			if (!faults[i] && values[i].valid)
				h.good++;
			else if (note_bad(&h, sensor)) {
				h.error = faults[i];
				h.words = faults[i] ? NULL : fault_words(SENSOR_INVALID);
			}
		}
	}
	judge(t, &h);
	modbus_link_free(l);
	free(values);
	free(faults);
}

struct unusable {
	struct test *t;
	int i;
	struct register_maps *maps;
};

static void say_unusable(void *ctx, char *buf, size_t size)
{
	const struct unusable *u = ctx;
	struct cabinet c;
	struct err e = {0};
	if (!cabinet_init(&c, u->t->cfg, u->i, u->maps, &e))
		cabinet_done(&c);
	text_copy(buf, size, e.text);
}

static void ask_cabinet(struct test *t, int i, struct register_maps *maps)
{
	struct cabinet c;
	struct err e = {0};
	if (cabinet_init(&c, t->cfg, i, maps, &e)) {
		test_figure_text(t, "cabinet", "%s", t->cfg->cabinets[i].name);
		test_figure_said(t, "reason", say_unusable, &(struct unusable){t, i, maps});
		test_found(t, "sensors.bad");
		return;
	}
	read_now(t, &c);
	cabinet_done(&c);
}

void test_sensors(struct test *t)
{
	char data[PATH_MAX], folder[PATH_MAX + 16];
	struct register_maps maps = {0};
	struct err e = {0};
	if (!t->cfg->cabinet_count) {
		test_found(t, "sensors.none");
		return;
	}
	if (paths_data(data, sizeof data))
		data[0] = 0;
	snprintf(folder, sizeof folder, "%s/hw/cabinets", data);
	if (!t->daemon_runs && register_maps_load(folder, &maps, &e)) {
		test_figure_text(t, "reason", "%s", e.text);
		test_found(t, "sensors.bad");
		return;
	}
	for (int i = 0; i < t->cfg->cabinet_count && !test_ended(t); i++)
		if (t->daemon_runs)
			ask_store(t, &t->cfg->cabinets[i]);
		else
			ask_cabinet(t, i, &maps);
	register_maps_done(&maps);
	test_figure(t, "count", json_integer(t->cfg->cabinet_count));
	if (!t->said)
		test_found(t, "sensors.ok");
}
