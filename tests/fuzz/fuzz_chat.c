/* A modem gone mad: the input says what it sends, what is asked meanwhile, and how time passes. Promises
 * checked: each command ends exactly once, a PDU is written only behind a prompt of its own command,
 * payload_sent tells the truth, a gated PDU is written only when it was let go, the chat never asks to be woken in
 * the past. Readers of replies and codes get what comes out.
 *
 *	0xF0 a command   0xF1 a submit   0xF2 a listing   0xF3 time to the deadline   0xF4 50 ms   0xF5 resync
 *	0xF6 abort       0xF7 write one byte only from now on   0xF8 a gated submit   0xF9 let go   0xFA keep back
 *	0xFB hurry       everything else: bytes from the modem */
#include "at_commands/verbs.h"
#include "at_commands/fields.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PDU   "0011000B813109831008F00008A7044F60597D"
#define GATED "0011000B813109831008F00008A7064F60597D0031"

struct mad {
	struct at_chat *chat;
	int64_t now;
	int open;         /* commands that have not ended */
	int submits;      /* of them with a PDU, as begun by their line */
	bool prompt_seen; /* a `>` came since the last AT+CMGS line went out */
	bool slow;
	bool gated, let_go; /* such a submit has not ended; its gate is open */
	struct buf tail;    /* the last bytes that were written */
	size_t ctrlz;       /* how many went out */
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void done(void *user, const struct at_reply *r)
{
	struct mad *m = user;
	struct at_list list;
	struct at_slot slot;
	struct at_stores stores;
	struct at_registration reg;
	struct at_call calls[AT_CALLS_MAX];
	char text[64];
	int v, n[5];
	if (--m->open < 0)
		abort();
	if (r->payload_sent && !m->ctrlz)
		abort();
	if (!at_read_list(r, &list))
		at_list_done(&list);
	if (!at_read_slot(r, &slot))
		at_slot_done(&slot);
	at_read_stores(r, &stores);
	at_read_reg(r, &reg);
	at_read_calls(r, calls, AT_CALLS_MAX);
	at_read_words(r, text, sizeof text);
	at_read_iccid(r, text);
	at_read_pin(r);
	at_read_signal(r, &v);
	at_read_operator(r, text, sizeof text, &v);
	at_read_notify(r, n);
	if (at_read_submit(r, &v) == SUBMIT_UNKNOWN && !r->payload_sent)
		abort();
	for (size_t i = 0; i < r->count; i++) {
		struct at_sets sets;
		at_sets_parse(&sets, r->lines[i]);
	}
}

static void gated_done(void *user, const struct at_reply *r)
{
	struct mad *m = user;
	if (!m->gated || (r->payload_sent && !m->let_go) || (r->payload_sent && r->final == AT_WITHHELD))
		abort();
	m->gated = m->let_go = false;
	done(user, r);
}

static void on_urc(void *user, const struct at_urc *u)
{
	(void)user;
	if (u->pdu && !at_is_hex(u->pdu))
		abort();
}

static void write_out(struct mad *m)
{
	const char *p;
	size_t n;
	while ((n = at_chat_output(m->chat, &p)) > 0) {
		if (m->slow)
			n = 1;
		buf_add(&m->tail, p, n);
		if (strstr(buf_str(&m->tail), "AT+CMGS=18\r") || strstr(buf_str(&m->tail), "+CMGS=19\r")) {
			m->prompt_seen = false;
			buf_reset(&m->tail);
		}
		if (strstr(buf_str(&m->tail), PDU)) {
			if (!m->prompt_seen)
				abort(); /* a PDU without a prompt */
			buf_reset(&m->tail);
		}
		if (strstr(buf_str(&m->tail), GATED)) {
			if (!m->prompt_seen || !m->let_go)
				abort(); /* nobody let it go */
			buf_reset(&m->tail);
		}
		for (size_t i = 0; i < n; i++)
			m->ctrlz += p[i] == 0x1A;
		if (m->tail.len > 4096)
			buf_drop(&m->tail, 2048);
		at_chat_wrote(m->chat, m->now, n);
		if (m->slow)
			break;
	}
}

static void submit(struct mad *m, const char *line, const char *payload, unsigned flags)
{
	struct at_command c = {.flags = flags, .payload = payload, .done = done, .user = m};
	strcpy(c.line, line);
	if (payload || flags)
		strcpy(c.prefixes, payload ? "+CMGS:" : "+CMGL:");
	c.grace_ms = payload ? 500 : 0;
	m->open++;
	if (at_chat_submit(m->chat, m->now, &c))
		m->open--;
}

static void submit_gated(struct mad *m)
{
	struct at_command c = {.flags = AT_GATED,
			       .line = "AT+CMGF?;+CMGS=19",
			       .prefixes = "+CMGS: +CMGF:",
			       .before = "+CMGF: 0",
			       .payload = GATED,
			       .silence_ms = 3000,
			       .done = gated_done,
			       .user = m};
	if (m->gated)
		return;
	m->open++;
	m->gated = true;
	if (at_chat_submit(m->chat, m->now, &c)) {
		m->open--;
		m->gated = false;
	}
}

static void to_deadline(struct mad *m)
{
	int64_t at = at_chat_deadline(m->chat);
	if (at == INT64_MAX)
		return;
	if (at > m->now)
		m->now = at;
	at_chat_tick(m->chat, m->now);
}

static void step(struct mad *m, uint8_t b)
{
	char c = (char)b;
	switch (b) {
	case 0xF0:
		submit(m, "AT+CREG?", NULL, 0);
		break;
	case 0xF1:
		submit(m, "AT+CMGS=18", PDU, 0);
		break;
	case 0xF2:
		submit(m, "AT+CMGL=4", NULL, AT_TAKE_PDU);
		break;
	case 0xF3:
		to_deadline(m);
		break;
	case 0xF4:
		m->now += 50;
		at_chat_tick(m->chat, m->now);
		break;
	case 0xF5:
		at_chat_resync(m->chat, m->now);
		break;
	case 0xF6:
		at_chat_abort(m->chat, m->now);
		if (m->open)
			abort();
		break;
	case 0xF7:
		m->slow = !m->slow;
		break;
	case 0xF8:
		submit_gated(m);
		break;
	case 0xF9:
		if (at_chat_release(m->chat, m->now) == 0)
			m->let_go = true;
		break;
	case 0xFA:
		at_chat_withhold(m->chat, m->now);
		break;
	case 0xFB:
		at_chat_hurry(m->chat, m->now, 100);
		break;
	default:
		m->prompt_seen |= b == '>';
		at_chat_feed(m->chat, m->now, &c, 1);
		break;
	}
	write_out(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mad m = {.now = 1000};
	struct at_chat_events e = {.urc = on_urc, .user = &m};
	m.chat = at_chat_new(NULL, &e);
	for (size_t i = 0; i < size; i++)
		step(&m, data[i]);
	/* left alone, every command comes to its end in a bounded number of steps */
	m.slow = false;
	write_out(&m);
	for (int i = 0; i < 4000 && at_chat_deadline(m.chat) != INT64_MAX; i++) {
		to_deadline(&m);
		write_out(&m);
	}
	if (m.open || !at_chat_idle(m.chat) || at_chat_deadline(m.chat) != INT64_MAX)
		abort();
	at_chat_free(m.chat);
	buf_done(&m.tail);
	return 0;
}
