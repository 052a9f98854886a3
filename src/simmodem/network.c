#include "simmodem/network.h"
#include "base/clock.h"
#include "base/e164.h"
#include "base/mem.h"
#include "base/text.h"
#include "simmodem/modem.h"

#include <errno.h>
#include <string.h>

void network_event(struct network *n, json_t *event)
{
	if (n->event)
		n->event(n->event_arg, event);
	else
		json_decref(event);
}

static void sent_done(struct sent *s)
{
	free(s->part);
	free(s->text);
}

void network_clear(struct network *n)
{
	for (size_t i = 0; i < n->sent_count; i++)
		sent_done(&n->sent[i]);
	n->sent_count = n->queue_count = 0;
}

void network_done(struct network *n)
{
	network_clear(n);
	for (int i = 0; i < n->robot_count; i++)
		free(n->robot[i].text);
	free(n->sent);
	free(n->queue);
}

/* ---- towards the network ---- */

/* Two submissions of the same part may differ in TP-MR and flags: the user data tells. */
static bool same_part(const struct pdu *a, const struct tpdu *b)
{
	struct tpdu t;
	return !tpdu_decode(a->octets, a->len, true, TPDU_OUTGOING, -1, &t, NULL) &&
	       t.unit_count == b->unit_count && t.data_len == b->data_len &&
	       !memcmp(t.units, b->units, b->unit_count * sizeof *b->units) &&
	       !memcmp(t.data, b->data, b->data_len);
}

static struct sent *find_group(struct network *n, int modem, const struct tpdu *t)
{
	if (t->concat_ref < 0)
		return NULL;
	for (size_t i = n->sent_count; i-- > 0;) {
		struct sent *s = &n->sent[i];
		if (s->modem != modem || s->ref != t->concat_ref || s->parts != t->parts ||
		    strcmp(s->number, t->number))
			continue;
		const struct sent_part *p = &s->part[t->part - 1];
		return !p->copies || same_part(&p->pdu, t) ? s : NULL;
	}
	return NULL;
}

static struct sent *new_group(struct network *n, int modem, const struct tpdu *t)
{
	if (n->sent_count == n->sent_cap) {
		n->sent_cap = n->sent_cap ? 2 * n->sent_cap : 64;
		n->sent = mem_resize(n->sent, n->sent_cap, sizeof *n->sent);
	}
	struct sent *s = &n->sent[n->sent_count++];
	*s = (struct sent){.id = ++n->next_id,
			   .modem = modem,
			   .parts = t->concat_ref < 0 ? 1 : t->parts,
			   .ref = t->concat_ref,
			   .utc = n->now_utc,
			   .mono_ms = n->now_ms,
			   .alphabet = t->alphabet,
			   .report = t->report_requested};
	s->validity_minutes = t->vp == VP_NONE ? 0 : t->vp == VP_ABSOLUTE ? -1 : t->validity_minutes;
	text_copy(s->number, sizeof s->number, t->number);
	s->part = mem_array((size_t)s->parts, sizeof *s->part);
	return s;
}

/* What a phone's counter shows: "45/70". */
static void count_units(const struct tpdu *t, struct sent_part *p)
{
	bool joined = t->udhi;
	switch (t->alphabet) {
	case SMS_UCS2:
		p->units = (int)t->unit_count;
		p->limit = joined ? 67 : 70;
		break;
	case SMS_8BIT:
		p->units = (int)t->data_len;
		p->limit = joined ? 134 : 140;
		break;
	case SMS_GSM7:
		for (size_t i = 0; i < t->unit_count; i++) /* the extension table costs two */
			p->units += t->units[i] && (strchr("^{}\\[~]|\f",
							   t->units[i] < 0x80 ? (int)t->units[i] : 'x') ||
						    t->units[i] == 0x20ac)
					? 2
					: 1;
		p->limit = joined ? 153 : 160;
		break;
	}
}

/* The text as far as its parts are there. */
static char *join(const struct sent *s)
{
	uint16_t *units = mem_array((size_t)s->parts * TPDU_UNITS_MAX, sizeof *units);
	size_t count = 0;
	struct buf data cleanup_buf = {0};
	for (int i = 0; i < s->parts; i++) {
		struct tpdu t;
		const struct pdu *p = &s->part[i].pdu;
		if (!s->part[i].copies || tpdu_decode(p->octets, p->len, true, TPDU_OUTGOING, -1, &t, NULL))
			continue;
		memcpy(units + count, t.units, t.unit_count * sizeof *units);
		count += t.unit_count;
		for (size_t k = 0; k < t.data_len; k++)
			buf_addf(&data, "%02X", t.data[k]);
	}
	char *text = s->alphabet == SMS_8BIT ? buf_take(&data) : sms_utf8(units, count);
	free(units);
	return text ? text : mem_dup("");
}

static void count_copies(struct network *n, struct sent *s)
{
	if (s->parts > 1 && s->seen == s->parts) {
		s->copies = 1;
		for (int i = 0; i < s->parts; i++)
			if (s->part[i].copies > s->copies)
				s->copies = s->part[i].copies;
		return;
	}
	if (s->parts > 1)
		return;
	int copies = 0;
	for (size_t i = 0; i < n->sent_count; i++)
		copies += n->sent[i].parts == 1 && !strcmp(n->sent[i].number, s->number) &&
			  !strcmp(n->sent[i].text, s->text);
	s->copies = copies;
}

/* A text from SIM to SIM of this process: the same user data as a DELIVER. */
static void pass_on(struct network *n, const struct modem *from, const struct tpdu *t)
{
	char to[E164_MAX], own[E164_MAX];
	e164_parse(t->number, to);
	for (int i = 0; i < n->modem_count; i++) {
		if (!*n->modems[i].number)
			continue;
		e164_parse(n->modems[i].number, own);
		if (strcmp(to, own) != 0)
			continue;
		struct pdu p;
		if (!forward_compose(t, from->number, from->smsc, n->now_utc, &p))
			network_queue(n, i, &p, 0);
	}
}

int network_robot(struct network *n, const char *number, const char *match, const char *text, int64_t ms)
{
	struct robot *r = NULL;
	for (int i = 0; i < n->robot_count; i++)
		if (!strcmp(n->robot[i].number, number) && !strcmp(n->robot[i].match, match))
			r = &n->robot[i];
	if (!r && n->robot_count == ROBOTS_MAX)
		return -ENOSPC;
	if (!r)
		r = &n->robot[n->robot_count++];
	text_copy(r->number, sizeof r->number, number);
	text_copy(r->match, sizeof r->match, match);
	free(r->text);
	r->text = text ? mem_dup(text) : NULL;
	r->ms = ms;
	return 0;
}

static void robots_answer(struct network *n, const struct modem *m, const struct sent *s)
{
	for (int i = 0; i < n->robot_count; i++) {
		const struct robot *r = &n->robot[i];
		if (!r->text || strcmp(r->number, s->number) != 0 || !strstr(s->text, r->match))
			continue;
		struct pdu parts[ROBOT_PARTS];
		struct incoming in = {.from = r->number,
				      .text = r->text,
				      .smsc = m->smsc,
				      .number_type = -1,
				      .message_class = -1,
				      .ref = n->next_ref,
				      .scts_utc = n->now_utc};
		int count = incoming_compose(&in, parts, ROBOT_PARTS);
		n->next_ref = (n->next_ref + 1) & 0xff;
		for (int k = 0; k < count; k++)
			network_queue(n, m->index, &parts[k], r->ms);
		return;
	}
}

static void report_later(struct network *n, struct modem *m, const struct tpdu *t, uint8_t mr)
{
	if (!t->report_requested || modem_spoil(m, F_REPORT_NONE))
		return;
	int64_t delay = n->report_ms;
	if (modem_spoil(m, F_REPORT_LATE))
		delay += m->fault[F_REPORT_LATE].value;
	int status = modem_spoil(m, F_REPORT_STATUS) ? (int)m->fault[F_REPORT_STATUS].value : 0;
	bool national = fault_on(&m->fault[F_REPORT_NUMBER]) && !strncmp(t->number, "+86", 3);
	const char *number = t->number + (national ? 3 : 0);
	struct pdu p;
	if (modem_spoil(m, F_REPORT_TRYING) &&
	    !report_compose(number, mr, n->now_utc, n->now_utc + delay / 1000, 48, &p))
		network_queue(n, m->index, &p, delay);
	if (report_compose(number, mr, n->now_utc, n->now_utc + delay / 1000, status, &p))
		return;
	for (int i = modem_spoil(m, F_REPORT_TWICE) ? 2 : 1; i > 0; i--)
		network_queue(n, m->index, &p, delay);
}

int network_submit(struct network *n, struct modem *m, const struct pdu *p, uint8_t mr)
{
	struct tpdu t;
	if (tpdu_decode(p->octets, p->len, true, TPDU_OUTGOING, -1, &t, NULL) || t.type != TPDU_SUBMIT)
		return 304;
	if (!*t.number)
		return 1;
	struct sent *s = find_group(n, m->index, &t);
	if (!s)
		s = new_group(n, m->index, &t);
	struct sent_part *part = &s->part[s->parts > 1 ? t.part - 1 : 0];
	if (!part->copies++) {
		s->seen++;
		count_units(&t, part);
	}
	part->pdu = *p;
	part->mr = mr;
	free(s->text);
	s->text = join(s);
	count_copies(n, s);
	report_later(n, m, &t, mr);
	pass_on(n, m, &t);
	if (s->seen == s->parts)
		robots_answer(n, m, s);
	json_t *event = network_sent_json(s);
	json_object_set_new(event, "event", json_string("sent"));
	json_object_set_new(event, "part", json_integer(s->parts > 1 ? t.part : 1));
	network_event(n, event);
	return 0;
}

static const struct sent *find_sent(const struct network *n, int64_t id)
{
	for (size_t i = 0; i < n->sent_count; i++)
		if (n->sent[i].id == id)
			return &n->sent[i];
	return NULL;
}

json_t *network_sent_json(const struct sent *s)
{
	static const char *const alphabets[] = {[SMS_GSM7] = "gsm7", [SMS_8BIT] = "8bit", [SMS_UCS2] = "ucs2"};
	char time[32], hex[2 * TPDU_MAX + 1];
	json_t *mrs = json_array(), *pdus = json_array();
	int units = 0, limit = 0;
	for (int i = 0; i < s->parts; i++) {
		const struct sent_part *p = &s->part[i];
		if (!p->copies)
			continue;
		json_array_append_new(mrs, json_integer(p->mr));
		pdu_to_hex(&p->pdu, hex);
		json_array_append_new(pdus, json_string(hex));
		units += p->units;
		limit += p->limit;
	}
	return json_pack("{s:I, s:i, s:s, s:s, s:i, s:i, s:b, s:i, s:I, s:b, s:s, s:i, s:i, s:s, s:o, s:o}",
			 "id", (json_int_t)s->id, "modem", s->modem, "number", s->number, "text", s->text,
			 "segments", s->parts, "seen", s->seen, "complete", s->seen == s->parts, "copies",
			 s->copies, "validity_minutes", (json_int_t)s->validity_minutes, "report", s->report,
			 "alphabet", alphabets[s->alphabet], "units", units, "limit", limit, "time",
			 rfc3339_format(s->utc, time), "mr", mrs, "pdus", pdus);
}

int network_report(struct network *n, int64_t id, int part, int status)
{
	const struct sent *s = find_sent(n, id);
	if (!s || part < 1 || part > s->parts || !s->part[part - 1].copies)
		return -ENOENT;
	struct pdu p;
	int r = report_compose(s->number, s->part[part - 1].mr, s->utc, n->now_utc, status, &p);
	if (!r)
		network_queue(n, s->modem, &p, 0);
	return r;
}

/* ---- towards the modems ---- */

void network_queue(struct network *n, int modem, const struct pdu *p, int64_t delay_ms)
{
	if (n->queue_count == n->queue_cap) {
		n->queue_cap = n->queue_cap ? 2 * n->queue_cap : 64;
		n->queue = mem_resize(n->queue, n->queue_cap, sizeof *n->queue);
	}
	n->queue[n->queue_count++] =
	    (struct waiting){.pdu = *p, .modem = modem, .due_ms = n->now_ms + delay_ms};
}

size_t network_waiting(const struct network *n, int modem)
{
	size_t count = 0;
	for (size_t i = 0; i < n->queue_count; i++)
		count += n->queue[i].modem == modem;
	return count;
}

/* The centre tries the others too when one was refused only after a pause, so one refusal ends a modem's turn.
 */
void network_tick(struct network *n)
{
	for (int k = 0; k < n->modem_count; k++) {
		struct modem *m = &n->modems[k];
		size_t i = 0;
		while (i < n->queue_count) {
			struct waiting w = n->queue[i];
			if (w.modem != k || w.due_ms > n->now_ms) {
				i++;
				continue;
			}
			memmove(&n->queue[i], &n->queue[i + 1], (n->queue_count - i - 1) * sizeof *n->queue);
			n->queue_count--;
			if (modem_deliver(m, &w.pdu)) {
				m->count.redelivered += w.tries > 0;
				if (!w.pdu.report && modem_spoil(m, F_DUPLICATE))
					network_queue(n, k, &w.pdu, 0);
				continue;
			}
			w.tries++;
			w.due_ms = MODEM_NEVER; /* until network_retry */
			network_queue(n, k, &w.pdu, 0);
			memmove(&n->queue[i + 1], &n->queue[i], (n->queue_count - i - 1) * sizeof *n->queue);
			n->queue[i] = w;
			for (i++; i < n->queue_count; i++)
				if (n->queue[i].modem == k && n->queue[i].due_ms <= n->now_ms)
					n->queue[i].due_ms = MODEM_NEVER;
		}
	}
}

int64_t network_next_ms(const struct network *n)
{
	int64_t next = MODEM_NEVER;
	for (size_t i = 0; i < n->queue_count; i++)
		if (n->queue[i].due_ms < next)
			next = n->queue[i].due_ms;
	return next;
}

void network_retry(struct network *n, int modem)
{
	for (size_t i = 0; i < n->queue_count; i++)
		if (n->queue[i].modem == modem && n->queue[i].due_ms == MODEM_NEVER)
			n->queue[i].due_ms = n->now_ms + (n->queue[i].tries ? n->redeliver_ms : 0);
}
