/* What one can ask of the emulator: the table of requests. Fields that a request knows are in its example. */
#include "simmodem/control.h"
#include "base/mem.h"
#include "base/text.h"
#include "sms/compose.h"

#include <errno.h>
#include <string.h>

#define PARTS_MAX 255
#define WAIT_MS   10000

static int64_t integer(const struct request *r, const char *key, int64_t fallback)
{
	const json_t *v = json_object_get(r->json, key);
	if (json_is_boolean(v))
		return json_is_true(v);
	return json_is_integer(v) ? json_integer_value(v) : fallback;
}

static const char *string(const struct request *r, const char *key)
{
	return json_string_value(json_object_get(r->json, key));
}

static json_t *done(void)
{
	return json_pack("{s:b}", "ok", true);
}

/* "modem": an index, or "to": the number of its SIM; the first one when neither is given. */
static struct modem *which(struct sim *s, const struct request *r, json_t **ret_error)
{
	const char *to = string(r, "to");
	for (int i = 0; to && i < s->count; i++)
		if (!strcmp(s->modems[i].number, to))
			return &s->modems[i];
	int64_t n = integer(r, "modem", 0);
	if (!to && n >= 0 && n < s->count)
		return &s->modems[n];
	*ret_error = to ? request_failed("no SIM has the number %s", to)
			: request_failed("there are modems 0 to %d", s->count - 1);
	return NULL;
}

static bool listed(const json_t *list, int n)
{
	size_t i;
	json_t *v;
	json_array_foreach(list, i, v) if (json_integer_value(v) == n) return true;
	return json_is_integer(list) && json_integer_value(list) == n;
}

static json_t *receive_pdu(struct sim *s, struct modem *m, const char *hex)
{
	struct pdu p;
	if (pdu_from_hex(&p, hex))
		return request_failed("\"pdu\" is no hex of a TPDU with its service centre part");
	network_queue(&s->net, m->index, &p, 0);
	return done();
}

static int alphabet_of(const struct request *r)
{
	const char *a = string(r, "alphabet");
	return !a ? COMPOSE_AUTO : !strcmp(a, "gsm7") ? COMPOSE_GSM7 : COMPOSE_UCS2;
}

static json_t *queue_parts(struct sim *s, struct modem *m, const struct request *r, const struct pdu *parts,
			   int count)
{
	const json_t *order = json_object_get(r->json, "order"), *drop = json_object_get(r->json, "drop"),
		     *twice = json_object_get(r->json, "duplicate");
	char hex[2 * TPDU_MAX + 1];
	json_t *pdus = json_array();
	for (int i = 0; i < (json_is_array(order) ? (int)json_array_size(order) : count); i++) {
		int n =
		    json_is_array(order) ? (int)json_integer_value(json_array_get(order, (size_t)i)) : i + 1;
		if (n < 1 || n > count || listed(drop, n))
			continue;
		for (int k = 0; k < (listed(twice, n) ? 2 : 1); k++)
			network_queue(&s->net, m->index, &parts[n - 1], integer(r, "delay_ms", 0));
		pdu_to_hex(&parts[n - 1], hex);
		json_array_append_new(pdus, json_string(hex));
	}
	return json_pack("{s:b, s:i, s:o}", "ok", true, "parts", count, "pdus", pdus);
}

static json_t *do_receive(struct sim *s, struct request *r)
{
	json_t *error = NULL;
	struct modem *m = which(s, r, &error);
	if (!m)
		return error;
	if (string(r, "pdu"))
		return receive_pdu(s, m, string(r, "pdu"));
	struct incoming in = {.from = string(r, "from"),
			      .text = string(r, "text"),
			      .smsc = m->smsc,
			      .number_type = (int)integer(r, "type", -1),
			      .message_class = (int)integer(r, "class", -1),
			      .ref = (int)integer(r, "ref", s->net.next_ref),
			      .ref16 = integer(r, "ref16", 0) != 0,
			      .alphabet = alphabet_of(r),
			      .scts_utc = s->net.now_utc};
	if (!in.from || !in.text)
		return request_failed("\"receive\" needs \"from\" and \"text\", or \"pdu\"");
	if (string(r, "scts") && rfc3339_parse(string(r, "scts"), &in.scts_utc))
		return request_failed("\"scts\" is a time such as 2026-11-20T15:00:00+08:00");
	struct pdu *parts = mem_array(PARTS_MAX, sizeof *parts);
	int count = incoming_compose(&in, parts, PARTS_MAX);
	json_t *answer = count > 0 ? queue_parts(s, m, r, parts, count)
				   : request_failed("that text cannot be sent: %s", strerror(-count));
	if (count > 1)
		s->net.next_ref = (s->net.next_ref + 1) & 0xff;
	free(parts);
	return answer;
}

static json_t *do_ring(struct sim *s, struct request *r)
{
	json_t *error = NULL;
	struct modem *m = which(s, r, &error);
	if (!m)
		return error;
	if (r->first) {
		const char *from = string(r, "from") ? string(r, "from") : "";
		int type = (int)integer(r, "type", *from == '+' ? 145 : 129);
		int e =
		    modem_ring(m, from, (int)integer(r, "rings", 3), (int)integer(r, "ring_ms", 1000), type);
		if (e)
			return request_failed("cannot ring: %s",
					      e == -EBUSY ? "another call is on" : "not registered");
		session_limit(r->session, integer(r, "timeout_ms", 60000));
		if (!integer(r, "wait", 0))
			return done();
	}
	if (m->call.active && !r->timed_out)
		return NULL;
	return json_pack("{s:b, s:i, s:b}", "ok", !m->call.active, "rings", m->call.rings, "answered",
			 m->call.answered);
}

static json_t *do_hangup(struct sim *s, struct request *r)
{
	json_t *error = NULL;
	struct modem *m = which(s, r, &error);
	if (!m)
		return error;
	modem_call_end(m, false);
	return done();
}

static bool sent_matches(const struct request *r, const struct sent *e)
{
	const char *number = string(r, "number"), *contains = string(r, "contains");
	return e->id > integer(r, "since", 0) && (!number || !strcmp(number, e->number)) &&
	       (!contains || strstr(e->text, contains)) &&
	       (integer(r, "modem", -1) < 0 || integer(r, "modem", -1) == e->modem);
}

static json_t *sent_list(struct sim *s, const struct request *r, bool complete_only)
{
	json_t *list = json_array();
	for (size_t i = 0; i < s->net.sent_count; i++) {
		const struct sent *e = &s->net.sent[i];
		if (sent_matches(r, e) && (!complete_only || e->seen == e->parts))
			json_array_append_new(list, network_sent_json(e));
	}
	return list;
}

static json_t *do_sent(struct sim *s, struct request *r)
{
	return json_pack("{s:b, s:I, s:o}", "ok", true, "last", (json_int_t)s->net.next_id, "sent",
			 sent_list(s, r, false));
}

static json_t *do_wait_sent(struct sim *s, struct request *r)
{
	if (r->first)
		session_limit(r->session, integer(r, "timeout_ms", WAIT_MS));
	int64_t wanted = integer(r, "count", 1), count = 0;
	for (size_t i = 0; i < s->net.sent_count; i++)
		count += s->net.sent[i].seen == s->net.sent[i].parts && sent_matches(r, &s->net.sent[i]);
	if (count < wanted && !r->timed_out)
		return NULL;
	json_t *answer = json_pack("{s:b, s:I, s:o}", "ok", count >= wanted, "last", (json_int_t)s->net.next_id,
				   "sent", sent_list(s, r, true));
	if (count < wanted)
		json_object_set_new(answer, "error",
				    json_sprintf("only %d of %d texts came", (int)count, (int)wanted));
	return answer;
}

static json_t *settings_json(const struct modem *m)
{
	const struct settings *t = &m->set;
	return json_pack("{s:b, s:i, s:i, s:i, s:i, s:[iiiii], s:[sss], s:b, s:b, s:i, s:s}", "echo", t->echo,
			 "cmee", t->cmee, "cmgf", t->cmgf, "csms", t->csms, "cmms", t->cmms, "cnmi", t->cnmi[0],
			 t->cnmi[1], t->cnmi[2], t->cnmi[3], t->cnmi[4], "cpms", t->mem[0], t->mem[1],
			 t->mem[2], "clip", t->clip, "crc", t->crc, "cfun", m->cfun, "cscs", t->cscs);
}

static json_t *modem_json(struct sim *s, struct modem *m)
{
	const struct port *p = &s->ports[m->index];
	const struct counters *c = &m->count;
	json_t *stores = json_object(), *faults = json_object();
	for (int i = 0; i < m->store_count; i++)
		json_object_set_new(
		    stores, m->stores[i].name,
		    json_pack("{s:i, s:i}", "used", memory_used(&m->stores[i]), "size", m->stores[i].size));
	for (int i = 0; i < FAULT_ID_COUNT; i++)
		if (m->fault[i].left || m->fault[i].spoilt)
			json_object_set_new(faults, fault_infos[i].name,
					    json_pack("{s:I, s:I, s:I}", "value", (json_int_t)m->fault[i].value,
						      "left", (json_int_t)m->fault[i].left, "spoilt",
						      (json_int_t)m->fault[i].spoilt));
	json_t *counts =
	    json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "commands", c->commands,
		      "urcs", c->urcs, "delivered", c->delivered, "redelivered", c->redelivered, "refused",
		      c->refused, "read", c->read, "deleted", c->deleted, "submitted", c->submitted,
		      "acknowledged", c->acknowledged, "resets", c->resets, "own_ms", c->own_ms);
	json_t *o = json_pack(
	    "{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:b, s:b, s:o, s:i, s:o, s:o}", "modem", m->index,
	    "profile", m->profile->name, "device", p->link, "tty", p->tty, "number", m->number, "imei", m->imei,
	    "iccid", m->iccid, "pin", m->pin_state, "registration", modem_registration(m), "port",
	    p->master >= 0, "call", m->call.active, "stores", stores, "queue",
	    (int)network_waiting(&s->net, m->index), "faults", faults, "settings", settings_json(m));
	json_object_update_new(o, counts);
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
	struct modem *m = which(s, r, &error);
	if (!m)
		return error;
	if (r->first)
		session_limit(r->session, integer(r, "timeout_ms", WAIT_MS));
	const struct counters *c = &m->count;
	bool met = (int64_t)network_waiting(&s->net, m->index) <= integer(r, "queue", INT64_MAX) &&
		   used_slots(m) <= integer(r, "used", INT64_MAX) && c->commands >= integer(r, "commands", 0) &&
		   c->delivered >= integer(r, "delivered", 0) && c->deleted >= integer(r, "deleted", 0) &&
		   c->submitted >= integer(r, "submitted", 0) &&
		   c->acknowledged >= integer(r, "acknowledged", 0);
	if (!met && !r->timed_out)
		return NULL;
	json_t *answer = json_pack("{s:b, s:o}", "ok", met, "state", modem_json(s, m));
	if (!met)
		json_object_set_new(answer, "error", json_string("the state did not come in time"));
	return answer;
}

static json_t *do_fault(struct sim *s, struct request *r)
{
	const char *name = string(r, "name"), *why = "";
	int id = name ? fault_find(name) : -1;
	if (id < 0)
		return request_failed("no fault \"%s\"; {\"do\":\"faults\"} lists them", name ? name : "");
	const json_t *v = json_object_get(r->json, "value");
	const char *text = json_is_string(v) ? json_string_value(v) : string(r, "text");
	int64_t value = integer(r, "value", v && !json_is_string(v) ? 0 : 1);
	bool all = !json_object_get(r->json, "modem") && !string(r, "to");
	json_t *error = NULL;
	struct modem *one = which(s, r, &error);
	if (!one)
		return error;
	for (int i = 0; i < s->count; i++)
		if ((all || &s->modems[i] == one) &&
		    modem_fault(&s->modems[i], (enum fault_id)id, value, text, integer(r, "count", 0), &why))
			return request_failed("%s", why);
	return done();
}

static json_t *do_faults(struct sim *s, struct request *r)
{
	(void)s, (void)r;
	json_t *list = json_array();
	for (int i = 0; i < FAULT_ID_COUNT; i++)
		json_array_append_new(
		    list, json_pack("{s:s, s:s}", "name", fault_infos[i].name, "what", fault_infos[i].what));
	return json_pack("{s:b, s:o}", "ok", true, "faults", list);
}

static json_t *do_reset(struct sim *s, struct request *r)
{
	(void)r;
	for (int i = 0; i < s->count; i++)
		modem_clear(&s->modems[i]);
	network_clear(&s->net);
	return done();
}

static json_t *do_replug(struct sim *s, struct request *r)
{
	json_t *error = NULL;
	const char *why = "";
	struct modem *m = which(s, r, &error);
	if (!m)
		return error;
	if (modem_fault(m, F_REPLUG, integer(r, "ms", 1000), string(r, "name"), 0, &why))
		return request_failed("%s", why);
	return done();
}

static json_t *do_report(struct sim *s, struct request *r)
{
	if (network_report(&s->net, integer(r, "id", 0), (int)integer(r, "part", 1),
			   (int)integer(r, "status", 0)))
		return request_failed("no such text was sent");
	return done();
}

static json_t *do_urc(struct sim *s, struct request *r)
{
	json_t *error = NULL;
	struct modem *m = which(s, r, &error);
	if (!m)
		return error;
	if (!string(r, "text"))
		return request_failed("\"urc\" needs \"text\"");
	modem_urc(m, "%s", string(r, "text"));
	return done();
}

static json_t *do_log(struct sim *s, struct request *r)
{
	json_t *error = NULL;
	struct modem *m = which(s, r, &error);
	if (!m)
		return error;
	return json_pack("{s:b, s:s}", "ok", true, "log", buf_str(&s->ports[m->index].log));
}

/* "on" for all modems, at once empty; else one modem's entries since it was last asked. */
static json_t *do_journal(struct sim *s, struct request *r)
{
	json_t *error = NULL;
	struct modem *m = which(s, r, &error);
	if (!m)
		return error;
	if (json_object_get(r->json, "on")) {
		for (int i = 0; i < s->count; i++) {
			s->modems[i].journal.on = integer(r, "on", 0);
			buf_reset(&s->modems[i].journal.lines);
		}
		return done();
	}
	json_t *answer = json_pack("{s:b, s:s}", "ok", true, "journal", buf_str(&m->journal.lines));
	buf_reset(&m->journal.lines);
	return answer;
}

static json_t *do_sleep(struct sim *s, struct request *r)
{
	(void)s;
	if (r->first)
		session_limit(r->session, integer(r, "ms", 0));
	return r->timed_out ? done() : NULL;
}

static json_t *do_subscribe(struct sim *s, struct request *r)
{
	(void)s;
	session_subscribe(r->session);
	return done();
}

static json_t *do_quit(struct sim *s, struct request *r)
{
	(void)r;
	uv_stop(s->loop);
	return done();
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
    {"urc", do_urc, "a modem says a line by itself", "{\"do\":\"urc\",\"text\":\"+CSQ: 3,99\"}"},
    {"state", do_state, "modems, stores, queue, settings, counters", "{\"do\":\"state\"}"},
    {"wait_state", do_wait_state, "waits until queue and used are at most, counters at least these",
     "{\"do\":\"wait_state\",\"modem\":0,\"queue\":0,\"used\":0,\"timeout_ms\":10000}"},
    {"fault", do_fault, "something goes wrong from now on; value 0: no more; without modem: for all",
     "{\"do\":\"fault\",\"name\":\"cms\",\"value\":38,\"count\":2,\"modem\":0}"},
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
