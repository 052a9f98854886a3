/* Requests about the world outside: who texts, who rings, what the network took, what it answers. */
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "simmodem/requests.h"
#include "sms/compose.h"

#include <errno.h>
#include <string.h>

#define PARTS_MAX 255

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
	return request_done();
}

static int alphabet_of(const struct request *r)
{
	const char *a = request_text(r, "alphabet");
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
			network_queue(&s->net, m->index, &parts[n - 1], request_int(r, "delay_ms", 0));
		pdu_to_hex(&parts[n - 1], hex);
		json_array_append_new(pdus, json_string(hex));
	}
	return json_pack("{s:b, s:i, s:o}", "ok", true, "parts", count, "pdus", pdus);
}

json_t *do_receive(struct sim *s, struct request *r)
{
	json_t *error = NULL;
	struct modem *m = request_modem(s, r, &error);
	if (!m)
		return error;
	if (request_text(r, "pdu"))
		return receive_pdu(s, m, request_text(r, "pdu"));
	struct incoming in = {.from = request_text(r, "from"),
			      .text = request_text(r, "text"),
			      .smsc = m->smsc,
			      .number_type = (int)request_int(r, "type", -1),
			      .message_class = (int)request_int(r, "class", -1),
			      .ref = (int)request_int(r, "ref", s->net.next_ref),
			      .ref16 = request_int(r, "ref16", 0) != 0,
			      .alphabet = alphabet_of(r),
			      .scts_utc = s->net.now_utc};
	if (!in.from || !in.text)
		return request_failed("\"receive\" needs \"from\" and \"text\", or \"pdu\"");
	if (request_text(r, "scts") && rfc3339_parse(request_text(r, "scts"), &in.scts_utc))
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

json_t *do_ring(struct sim *s, struct request *r)
{
	json_t *error = NULL;
	struct modem *m = request_modem(s, r, &error);
	if (!m)
		return error;
	if (r->first) {
		const char *from = request_text(r, "from") ? request_text(r, "from") : "";
		int type = (int)request_int(r, "type", *from == '+' ? 145 : 129);
		int e = modem_ring(m, from, (int)request_int(r, "rings", 3),
				   (int)request_int(r, "ring_ms", 1000), type);
		if (e)
			return request_failed("cannot ring: %s",
					      e == -EBUSY ? "another call is on" : "not registered");
		session_limit(r->session, request_int(r, "timeout_ms", 60000));
		if (!request_int(r, "wait", 0))
			return request_done();
	}
	if (m->call.active && !r->timed_out)
		return NULL;
	return json_pack("{s:b, s:i, s:b}", "ok", !m->call.active, "rings", m->call.rings, "answered",
			 m->call.answered);
}

json_t *do_hangup(struct sim *s, struct request *r)
{
	json_t *error = NULL;
	struct modem *m = request_modem(s, r, &error);
	if (!m)
		return error;
	modem_call_end(m, false);
	return request_done();
}

static bool sent_matches(const struct request *r, const struct sent *e)
{
	const char *number = request_text(r, "number"), *contains = request_text(r, "contains");
	return e->id > request_int(r, "since", 0) && (!number || !strcmp(number, e->number)) &&
	       (!contains || strstr(e->text, contains)) &&
	       (request_int(r, "modem", -1) < 0 || request_int(r, "modem", -1) == e->modem);
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

json_t *do_sent(struct sim *s, struct request *r)
{
	return json_pack("{s:b, s:I, s:o}", "ok", true, "last", (json_int_t)s->net.next_id, "sent",
			 sent_list(s, r, false));
}

json_t *do_wait_sent(struct sim *s, struct request *r)
{
	if (r->first)
		session_limit(r->session, request_int(r, "timeout_ms", WAIT_MS));
	int64_t wanted = request_int(r, "count", 1), count = 0;
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

json_t *do_report(struct sim *s, struct request *r)
{
	if (network_report(&s->net, request_int(r, "id", 0), (int)request_int(r, "part", 1),
			   (int)request_int(r, "status", 0)))
		return request_failed("no such text was sent");
	return request_done();
}

/* Somebody who answers texts by himself, as an operator's service number does. */
json_t *do_robot(struct sim *s, struct request *r)
{
	const char *number = request_text(r, "number"), *text = request_text(r, "text"),
		   *match = request_text(r, "match");
	if (!number)
		return request_failed("\"robot\" needs \"number\", and \"text\" unless it is to go");
	return network_robot(&s->net, number, match ? match : "", text, request_int(r, "ms", 0))
		   ? request_failed("too many robots")
		   : request_done();
}

json_t *do_ussd(struct sim *s, struct request *r)
{
	json_t *error = NULL;
	struct modem *m = request_modem(s, r, &error);
	if (!m)
		return error;
	if (!request_text(r, "code") || !request_text(r, "text"))
		return request_failed("\"ussd\" needs \"code\" and \"text\"");
	struct ussd u = {.text = mem_dup(request_text(r, "text")),
			 .ucs2 = request_int(r, "ucs2", 0) != 0,
			 .mode = (int)request_int(r, "mode", 0),
			 .ms = (int)request_int(r, "ms", 0)};
	text_copy(u.code, sizeof u.code, request_text(r, "code"));
	if (!modem_ussd_set(m, &u))
		return request_done();
	free(u.text);
	return request_failed("too many codes");
}

json_t *do_nitz(struct sim *s, struct request *r)
{
	json_t *error = NULL;
	struct modem *m = request_modem(s, r, &error);
	if (!m)
		return error;
	int64_t utc = s->net.now_utc;
	if (request_text(r, "time") && rfc3339_parse(request_text(r, "time"), &utc))
		return request_failed("\"time\" is a time such as 2026-11-20T15:00:00+08:00");
	if (fault_take(&m->fault[F_TIME_OFF]))
		utc += m->fault[F_TIME_OFF].value;
	modem_nitz(m, utc, (int)request_int(r, "zone", 32));
	return request_done();
}
