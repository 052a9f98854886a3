/* Requests about modems, faults and the emulator itself, and the table of all. */
#include "simmodem/requests.h"
#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

int64_t request_int(const struct request *r, const char *key, int64_t fallback)
{
	const json_t *v = json_object_get(r->json, key);
	if (json_is_boolean(v))
		return json_is_true(v);
	return json_is_integer(v) ? json_integer_value(v) : fallback;
}

const char *request_text(const struct request *r, const char *key)
{
	return json_string_value(json_object_get(r->json, key));
}

json_t *request_done(void)
{
	return json_pack("{s:b}", "ok", true);
}

struct modem *request_modem(struct sim *s, const struct request *r, json_t **ret_error)
{
	const char *to = request_text(r, "to");
	for (int i = 0; to && i < s->count; i++)
		if (!strcmp(s->modems[i].number, to))
			return &s->modems[i];
	int64_t n = request_int(r, "modem", 0);
	if (!to && n >= 0 && n < s->count)
		return &s->modems[n];
	*ret_error = to ? request_failed("no SIM has the number %s", to)
			: request_failed("there are modems 0 to %d", s->count - 1);
	return NULL;
}

static json_t *settings_json(const struct modem *m)
{
	const struct settings *t = &m->set;
	return json_pack("{s:b, s:i, s:i, s:i, s:i, s:[iiiii], s:[sss], s:b, s:b, s:i, s:s}", "echo", t->echo,
			 "cmee", t->cmee, "cmgf", t->cmgf, "csms", t->csms, "cmms", t->cmms, "cnmi", t->cnmi[0],
			 t->cnmi[1], t->cnmi[2], t->cnmi[3], t->cnmi[4], "cpms", t->mem[0], t->mem[1],
			 t->mem[2], "clip", t->clip, "crc", t->crc, "cfun", m->cfun, "cscs", t->cscs);
}

/* All terminals: interface, kind, path. */
static json_t *ttys_json(struct sim *s, const struct modem *m)
{
	json_t *list = json_array();
	for (int i = 0; i < s->port_count; i++) {
		const struct port *p = &s->ports[i];
		const struct tty *t = &m->tty[p->tty_index];
		if (p->modem == m)
			json_array_append_new(list,
					      json_pack("{s:i, s:s%, s:s, s:b}", "interface", t->interface,
							"kind", &(const char){(char)t->kind}, (size_t)1,
							"device", p->link, "main", p->main));
	}
	return list;
}

static json_t *modem_json(struct sim *s, struct modem *m)
{
	const struct port *p = sim_port(s, m);
	const struct counters *c = &m->count;
	json_t *stores = json_object(), *faults = json_object();
	for (int i = 0; i < m->store_count; i++)
		json_object_set_new(
		    stores, m->stores[i].name,
		    json_pack("{s:i, s:i}", "used", memory_used(&m->stores[i]), "size", m->stores[i].size));
	for (int i = 0; i < FAULT_ID_COUNT; i++)
		if (m->fault[i].left || m->fault[i].spoilt || m->fault[i].after)
			json_object_set_new(faults, fault_infos[i].name,
					    json_pack("{s:I, s:I, s:I}", "value", (json_int_t)m->fault[i].value,
						      "left", (json_int_t)m->fault[i].left, "spoilt",
						      (json_int_t)m->fault[i].spoilt));
	json_t *counts =
	    json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "commands", c->commands,
		      "urcs", c->urcs, "delivered", c->delivered, "redelivered", c->redelivered, "refused",
		      c->refused, "read", c->read, "deleted", c->deleted, "submitted", c->submitted,
		      "acknowledged", c->acknowledged, "resets", c->resets, "own_ms", c->own_ms);
	json_object_set_new(counts, "power", json_integer(c->power));
	json_object_set_new(counts, "calls", json_integer(c->calls));
	json_object_set_new(counts, "dials", json_integer(c->dials));
	json_t *o = json_pack(
	    "{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:b, s:b, s:o, s:i, s:o, s:o}", "modem", m->index,
	    "profile", m->profile->name, "device", p->link, "tty", p->tty, "number", m->number, "imei", m->imei,
	    "iccid", m->iccid, "pin", m->pin_state, "registration", modem_registration(m), "port",
	    p->master >= 0, "call", m->call.active, "stores", stores, "queue",
	    (int)network_waiting(&s->net, m->index), "faults", faults, "settings", settings_json(m));
	json_object_update_new(o, counts);
	json_object_set_new(o, "csca", json_string(m->csca));
	json_object_set_new(o, "ttys", ttys_json(s, m));
	return o;
}

static json_t *do_state(struct sim *s, struct request *r)
{
	(void)r;
	json_t *list = json_array();
	for (int i = 0; i < s->count; i++)
		json_array_append_new(list, modem_json(s, &s->modems[i]));
	return json_pack("{s:b, s:I, s:o}", "ok", true, "last", (json_int_t)s->net.next_id, "modems", list);
}

static int used_slots(const struct modem *m)
{
	int n = 0;
	for (int i = 0; i < m->store_count; i++)
		n += memory_used(&m->stores[i]);
	return n;
}

static json_t *do_wait_state(struct sim *s, struct request *r)
{
	json_t *error = NULL;
	struct modem *m = request_modem(s, r, &error);
	if (!m)
		return error;
	if (r->first)
		session_limit(r->session, request_int(r, "timeout_ms", WAIT_MS));
	const struct counters *c = &m->count;
	bool met =
	    (int64_t)network_waiting(&s->net, m->index) <= request_int(r, "queue", INT64_MAX) &&
	    used_slots(m) <= request_int(r, "used", INT64_MAX) &&
	    c->commands >= request_int(r, "commands", 0) && c->delivered >= request_int(r, "delivered", 0) &&
	    c->deleted >= request_int(r, "deleted", 0) && c->submitted >= request_int(r, "submitted", 0) &&
	    c->acknowledged >= request_int(r, "acknowledged", 0);
	if (!met && !r->timed_out)
		return NULL;
	json_t *answer = json_pack("{s:b, s:o}", "ok", met, "state", modem_json(s, m));
	if (!met)
		json_object_set_new(answer, "error", json_string("the state did not come in time"));
	return answer;
}

static json_t *do_fault(struct sim *s, struct request *r)
{
	const char *name = request_text(r, "name"), *why = "";
	int id = name ? fault_find(name) : -1;
	if (id < 0)
		return request_failed("no fault \"%s\"; {\"do\":\"faults\"} lists them", name ? name : "");
	const json_t *v = json_object_get(r->json, "value");
	const char *text = json_is_string(v) ? json_string_value(v) : request_text(r, "text");
	int64_t value = request_int(r, "value", v && !json_is_string(v) ? 0 : 1);
	bool all = !json_object_get(r->json, "modem") && !request_text(r, "to");
	json_t *error = NULL;
	struct modem *one = request_modem(s, r, &error);
	if (!one)
		return error;
	for (int i = 0; i < s->count; i++)
		if ((all || &s->modems[i] == one) &&
		    modem_fault(&s->modems[i], (enum fault_id)id, value, text, request_int(r, "count", 0),
				request_int(r, "after", 0), &why))
			return request_failed("%s", why);
	return request_done();
}

static json_t *do_faults(struct sim *s, struct request *r)
{
	static const char *const kinds[] = {"switch", "count", "value", "action"};
	(void)s, (void)r;
	json_t *list = json_array();
	for (int i = 0; i < FAULT_ID_COUNT; i++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "name", fault_infos[i].name, "kind",
						      kinds[fault_infos[i].kind], "what", fault_infos[i].what));
	return json_pack("{s:b, s:o}", "ok", true, "faults", list);
}

static json_t *do_reset(struct sim *s, struct request *r)
{
	(void)r;
	for (int i = 0; i < s->count; i++)
		modem_clear(&s->modems[i]);
	network_clear(&s->net);
	return request_done();
}

static json_t *do_replug(struct sim *s, struct request *r)
{
	json_t *error = NULL;
	const char *why = "";
	struct modem *m = request_modem(s, r, &error);
	if (!m)
		return error;
	if (modem_fault(m, F_REPLUG, request_int(r, "ms", 1000), request_text(r, "name"), 0, 0, &why))
		return request_failed("%s", why);
	return request_done();
}

static json_t *do_urc(struct sim *s, struct request *r)
{
	json_t *error = NULL;
	struct modem *m = request_modem(s, r, &error);
	if (!m)
		return error;
	if (!request_text(r, "text"))
		return request_failed("\"urc\" needs \"text\"");
	modem_urc(m, "%s", request_text(r, "text"));
	return request_done();
}

/* The n-th terminal's port; the main one for −1 or a number that is none. */
static struct port *port_of(struct sim *s, struct modem *m, int64_t tty)
{
	for (int i = 0; i < s->port_count; i++)
		if (s->ports[i].modem == m && s->ports[i].tty_index == tty)
			return &s->ports[i];
	return sim_port(s, m);
}

static json_t *do_log(struct sim *s, struct request *r)
{
	json_t *error = NULL;
	struct modem *m = request_modem(s, r, &error);
	if (!m)
		return error;
	return json_pack("{s:b, s:s}", "ok", true, "log",
			 buf_str(&port_of(s, m, request_int(r, "tty", -1))->log));
}

/* "on" for all modems, at once empty; else one modem's entries since it was last asked. */
static json_t *do_journal(struct sim *s, struct request *r)
{
	json_t *error = NULL;
	struct modem *m = request_modem(s, r, &error);
	if (!m)
		return error;
	if (json_object_get(r->json, "on")) {
		for (int i = 0; i < s->count; i++) {
			s->modems[i].stamps.on = request_int(r, "on", 0);
			buf_reset(&s->modems[i].stamps.lines);
		}
		return request_done();
	}
	json_t *answer = json_pack("{s:b, s:s}", "ok", true, "journal", buf_str(&m->stamps.lines));
	buf_reset(&m->stamps.lines);
	return answer;
}

/* A JSON list of texts, joined. */
static char *joined(const json_t *list, char by)
{
	struct buf out cleanup_buf = {0};
	size_t i;
	json_t *v;
	json_array_foreach(list, i, v)
	{
		if (i)
			buf_addc(&out, by);
		buf_adds(&out, json_string_value(v) ? json_string_value(v) : "");
	}
	return mem_dup(buf_str(&out));
}

static void forget_override(struct modem *m, const char *command)
{
	for (int i = 0; i < m->override_count; i++) {
		struct override *o = &m->override[i];
		if (strcmp(o->command, command) != 0)
			continue;
		free(o->lines);
		free(o->then);
		memmove(o, o + 1, (size_t)(--m->override_count - i) * sizeof *o);
		return;
	}
}

static json_t *do_answer(struct sim *s, struct request *r)
{
	json_t *error = NULL;
	struct modem *m = request_modem(s, r, &error);
	const char *command = request_text(r, "command"), *final = request_text(r, "final");
	if (!m)
		return error;
	struct override o = {.then_ms = request_int(r, "then_ms", 0), .left = request_int(r, "count", -1)};
	if (!command || !*command || strlen(command) >= sizeof o.command)
		return request_failed("\"answer\" needs \"command\", a short one without its AT");
	text_copy(o.command, sizeof o.command, command);
	forget_override(m, o.command);
	const json_t *lines = json_object_get(r->json, "lines"), *then = json_object_get(r->json, "then");
	if (!lines && !then && !final)
		return request_done();
	if (m->override_count == OVERRIDES_MAX)
		return request_failed("too many answers");
	text_copy(o.final, sizeof o.final, final ? final : "OK");
	o.lines = joined(lines, '\n');
	o.then = joined(then, '\f');
	m->override[m->override_count++] = o;
	return request_done();
}

/* Another SIM lies in the modem; it tells so by itself, as its family does. */
static json_t *do_sim(struct sim *s, struct request *r)
{
	json_t *error = NULL;
	const char *why = "";
	struct modem *m = request_modem(s, r, &error);
	if (!m)
		return error;
	const char *iccid = request_text(r, "iccid"), *number = request_text(r, "number"),
		   *pin = request_text(r, "pin");
	if (!iccid)
		return request_failed("\"sim\" needs \"iccid\"");
	modem_fault(m, F_PIN, 1, "NOT INSERTED", 0, 0, &why);
	text_copy(m->iccid, sizeof m->iccid, iccid);
	if (number)
		text_copy(m->number, sizeof m->number, number);
	text_copy(m->pin, sizeof m->pin, pin ? pin : "");
	m->pin_tries = 3;
	struct memory *store = modem_memory(m, "SM");
	if (store)
		memory_clear(store);
	modem_fault(m, F_PIN, 1, pin ? "SIM PIN" : "READY", 0, 0, &why);
	return request_done();
}

static json_t *do_sleep(struct sim *s, struct request *r)
{
	(void)s;
	if (r->first)
		session_limit(r->session, request_int(r, "ms", 0));
	return r->timed_out ? request_done() : NULL;
}

static json_t *do_subscribe(struct sim *s, struct request *r)
{
	(void)s;
	session_subscribe(r->session);
	return request_done();
}

static json_t *do_quit(struct sim *s, struct request *r)
{
	(void)r;
	uv_stop(s->loop);
	return request_done();
}

static json_t *do_help(struct sim *s, struct request *r)
{
	(void)s, (void)r;
	json_t *list = json_array();
	for (const struct request_info *i = request_infos; i->name; i++)
		json_array_append_new(
		    list, json_pack("{s:s, s:s, s:s}", "do", i->name, "what", i->what, "example", i->example));
	return json_pack("{s:b, s:o}", "ok", true, "requests", list);
}

const struct request_info request_infos[] = {
    {"receive", do_receive, "somebody texts a modem (several parts by themselves), or a raw PDU arrives",
     "{\"do\":\"receive\",\"modem\":0,\"from\":\"+8613800138001\",\"text\":\"1\"}\n"
     "    also: class ref ref16 order:[2,1] drop:[2] duplicate:[1] type:161 alphabet:\"ucs2\" scts delay_ms; "
     "pdu:\"hex\""},
    {"ring", do_ring, "somebody rings; no or empty from: number withheld",
     "{\"do\":\"ring\",\"from\":\"+8613800138001\",\"rings\":3,\"ring_ms\":1000,\"wait\":true}"},
    {"hangup", do_hangup, "the caller gives up", "{\"do\":\"hangup\"}"},
    {"sent", do_sent, "texts that the network took, parts joined",
     "{\"do\":\"sent\",\"since\":0,\"number\":\"+8613800138001\",\"contains\":\"23\"}"},
    {"wait_sent", do_wait_sent, "the same, once `count` whole ones are there",
     "{\"do\":\"wait_sent\",\"count\":2,\"since\":0,\"timeout_ms\":10000}"},
    {"report", do_report, "a status report for a text that was sent",
     "{\"do\":\"report\",\"id\":1,\"part\":1,\"status\":0}"},
    {"robot", do_robot, "a number that answers texts by itself; without text: no more",
     "{\"do\":\"robot\",\"number\":\"10086\",\"match\":\"YE\",\"text\":\"余额12.30元\",\"ms\":100}"},
    {"ussd", do_ussd, "what a code is answered with (each unknown one: a balance)",
     "{\"do\":\"ussd\",\"code\":\"*100#\",\"text\":\"余额12.30元\",\"mode\":0,\"ms\":100,\"ucs2\":true}"},
    {"nitz", do_nitz, "the network tells its time",
     "{\"do\":\"nitz\",\"time\":\"2026-11-20T15:00:00+08:00\",\"zone\":32}"},
    {"sim", do_sim, "another SIM lies in the modem",
     "{\"do\":\"sim\",\"iccid\":\"89860000000012345777\",\"number\":\"+8613800000077\",\"pin\":\"1234\"}"},
    {"answer", do_answer, "every command line that begins so is answered with this; command alone: as before",
     "{\"do\":\"answer\",\"command\":\"+CCLK?\",\"lines\":[\"+CCLK: "
     "\\\"26/11/22,15:00:00+32\\\"\"],\"final\":\"OK\",\n"
     "     \"then\":[\"^RSSI:9\"],\"then_ms\":50,\"count\":-1}"},
    {"urc", do_urc, "a modem says a line by itself", "{\"do\":\"urc\",\"text\":\"+CSQ: 3,99\"}"},
    {"state", do_state, "modems, stores, queue, settings, counters", "{\"do\":\"state\"}"},
    {"wait_state", do_wait_state, "waits until queue and used are at most, counters at least these",
     "{\"do\":\"wait_state\",\"modem\":0,\"queue\":0,\"used\":0,\"timeout_ms\":10000}"},
    {"fault", do_fault, "something goes wrong from now on; value 0: no more; without modem: for all",
     "{\"do\":\"fault\",\"name\":\"cms\",\"value\":38,\"count\":2,\"modem\":0}\n"
     "    also: text; after:3 strikes when three more texts went out"},
    {"faults", do_faults, "lists what can go wrong", "{\"do\":\"faults\"}"},
    {"replug", do_replug, "the port vanishes and comes back, under another name if wished",
     "{\"do\":\"replug\",\"modem\":0,\"ms\":1000,\"name\":\"modem9\"}"},
    {"log", do_log, "the transcript of a modem's port, in the trace format", "{\"do\":\"log\",\"modem\":0}"},
    {"journal", do_journal, "microseconds of commands and answers since the last such request; first: on",
     "{\"do\":\"journal\",\"on\":true}  then  {\"do\":\"journal\",\"modem\":0}"},
    {"subscribe", do_subscribe, "events (sent, call_end, port_gone, port_back) follow on this connection",
     "{\"do\":\"subscribe\"}"},
    {"sleep", do_sleep, "pause of this connection or script", "{\"do\":\"sleep\",\"ms\":500}"},
    {"reset", do_reset, "forgets stores, sent texts, what waits, faults, counters", "{\"do\":\"reset\"}"},
    {"help", do_help, "this list", "{\"do\":\"help\"}"},
    {"quit", do_quit, "ends the emulator", "{\"do\":\"quit\"}"},
    {NULL, NULL, NULL, NULL},
};

void request_help(struct buf *out)
{
	for (const struct request_info *i = request_infos; i->name; i++)
		buf_addf(out, "  %-10s %s\n    %s\n", i->name, i->what, i->example);
}
