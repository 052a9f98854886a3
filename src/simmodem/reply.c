/* Lines to the terminal, with everything that can go wrong on the way: other line ends, URCs inside an answer,
 * lost and doubled bytes, pieces, delays. */
#include "simmodem/modem.h"
#include "base/mem.h"
#include "simmodem/network.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define UNIT_END        '\f'  /* parts held URCs, of which some are two lines */
#define URC_WAITING_MAX 32768 /* nobody reads: a modem's own buffer is small too */

static void push(struct modem *m, int tty, enum stamp_kind kind, const char *bytes, size_t n, int64_t delay_ms)
{
	struct tty *t = &m->tty[tty];
	if (!n || t->waiting + n > MODEM_OUTPUT_MAX)
		return;
	if (t->chunk_count == t->chunk_cap) {
		t->chunk_cap = t->chunk_cap ? 2 * t->chunk_cap : 16;
		t->chunks = mem_resize(t->chunks, t->chunk_cap, sizeof *t->chunks);
	}
	int64_t due = m->net->now_ms + delay_ms;
	if (t->chunk_count && t->chunks[t->chunk_count - 1].due_ms > due)
		due = t->chunks[t->chunk_count - 1].due_ms;
	struct chunk *c = &t->chunks[t->chunk_count++];
	*c = (struct chunk){.due_ms = due, .kind = kind, .bytes = mem_alloc(n + 1), .len = n};
	memcpy(c->bytes, bytes, n);
	t->waiting += n;
}

void modem_noise(struct modem *m, int tty, const char *bytes, size_t n)
{
	if (m->tty[tty].waiting < URC_WAITING_MAX)
		push(m, tty, STAMP_NONE, bytes, n, 0);
}

void modem_output_clear(struct modem *m)
{
	for (struct tty *t = m->tty; t < m->tty + m->tty_count; t++) {
		for (size_t i = 0; i < t->chunk_count; i++)
			free(t->chunks[i].bytes);
		t->chunk_count = t->waiting = 0;
	}
}

static void add_eol(const struct modem *m, struct buf *out)
{
	if (fault_on(&m->fault[F_LF_ONLY])) {
		buf_addc(out, '\n');
		return;
	}
	if (fault_on(&m->fault[F_CRCRLF]))
		buf_addc(out, (char)m->set.s3);
	buf_addc(out, (char)m->set.s3);
	buf_addc(out, (char)m->set.s4);
}

static void add_unit(struct modem *m, struct buf *out, const char *unit, size_t n)
{
	add_eol(m, out);
	while (n) {
		const char *end = memchr(unit, '\n', n);
		size_t len = end ? (size_t)(end - unit) : n;
		buf_add(out, unit, len);
		add_eol(m, out);
		unit += len + (end != NULL);
		n -= len + (end != NULL);
	}
}

static void add_held(struct modem *m, struct buf *out)
{
	const char *p = buf_str(&m->held);
	while (*p) {
		size_t n = strcspn(p, "\f");
		add_unit(m, out, p, n);
		p += n + (p[n] == UNIT_END);
		m->count.urcs++;
	}
	buf_reset(&m->held);
}

void reply_add(struct modem *m, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	buf_vaddf(&m->reply, fmt, ap);
	va_end(ap);
	buf_addc(&m->reply, '\n');
}

static void add_intruders(struct modem *m, struct buf *out)
{
	if (*m->fault[F_URC_INSIDE].text && modem_spoil(m, F_URC_INSIDE)) {
		const char *text = m->fault[F_URC_INSIDE].text;
		add_unit(m, out, text, strlen(text));
	}
	if (fault_on(&m->fault[F_URC_HOLD]))
		add_held(m, out);
}

static void add_final(struct modem *m, struct buf *out, const char *final)
{
	static const char *const codes[] = {"OK", "CONNECT", "RING", "NO CARRIER", "ERROR"};
	if (m->set.verbose) {
		add_eol(m, out);
		buf_adds(out, final);
		add_eol(m, out);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (!strcmp(codes[i], final)) {
			buf_addf(out, "%zu%c", i, m->set.s3);
			return;
		}
	buf_adds(out, final);
	buf_addc(out, (char)m->set.s3);
}

static void spoil_bytes(struct modem *m, struct buf *out)
{
	if (out->len > 4 && modem_spoil(m, F_LOSE_BYTE)) {
		size_t at = out->len / 2;
		memmove(out->data + at, out->data + at + 1, out->len - at);
		out->len--;
	}
}

void reply_finish(struct modem *m, const char *final)
{
	struct buf out cleanup_buf = {0};
	if (modem_spoil(m, F_GARBAGE))
		buf_add(&out, "\xff\x7e\x00\x93+\xfe", 6);
	if (m->reply.len)
		add_eol(m, &out);
	const char *p = buf_str(&m->reply);
	for (bool first = true; *p; first = false) {
		size_t n = strcspn(p, "\n");
		int times = first && modem_spoil(m, F_DUPLICATE_LINE) ? 2 : 1;
		for (int i = 0; i < times; i++) {
			buf_add(&out, p, n);
			add_eol(m, &out);
		}
		if (first)
			add_intruders(m, &out);
		p += n + (p[n] == '\n');
	}
	if (!m->reply.len)
		add_intruders(m, &out);
	if (final && !m->set.quiet)
		add_final(m, &out, final);
	buf_reset(&m->reply);
	spoil_bytes(m, &out);
	int64_t delay = m->reply_ms + m->command_ms;
	m->command_ms = 0;
	if (modem_spoil(m, F_LATE))
		delay += m->fault[F_LATE].value;
	m->count.own_ms += delay;
	push(m, m->talker, STAMP_ANSWER, buf_str(&out), out.len, delay);
	if (delay && m->busy_until_ms < m->net->now_ms + delay)
		m->busy_until_ms = m->net->now_ms + delay;
	modem_urc_release(m);
}

void reply_prompt(struct modem *m)
{
	struct buf out cleanup_buf = {0};
	/* what the commands before it in its line have said: AT+CMGF?;+CMGS=18 */
	if (m->reply.len)
		add_unit(m, &out, buf_str(&m->reply), m->reply.len);
	buf_reset(&m->reply);
	add_eol(m, &out);
	buf_adds(&out, fault_on(&m->fault[F_PROMPT_BARE]) ? ">" : "> ");
	m->count.own_ms += m->reply_ms;
	push(m, m->talker, STAMP_PROMPT, buf_str(&out), out.len, m->reply_ms);
}

void reply_raw(struct modem *m, const char *bytes, size_t n)
{
	/* Echo comes byte by byte: grow the last piece while none of it is out. */
	struct tty *t = &m->tty[m->talker];
	struct chunk *last = t->chunk_count ? &t->chunks[t->chunk_count - 1] : NULL;
	if (last && !last->done && last->due_ms <= m->net->now_ms) {
		last->bytes = mem_resize(last->bytes, last->len + n + 1, 1);
		memcpy(last->bytes + last->len, bytes, n);
		last->len += n;
		t->waiting += n;
		return;
	}
	push(m, m->talker, STAMP_NONE, bytes, n, 0);
}

/* A whole URC, or several that were held, to wherever the route says. */
static void push_urc(struct modem *m, const struct buf *out)
{
	for (int k = 0; k < m->tty_count; k++)
		if (m->tty[k].kind == TTY_AT && (m->set.route == k || m->set.route == ROUTE_ALL) &&
		    m->tty[k].waiting < URC_WAITING_MAX)
			push(m, k, STAMP_URC, out->data, out->len, 0);
}

static bool urcs_wait(const struct modem *m)
{
	return m->input == INPUT_PROMPT || fault_on(&m->fault[F_URC_HOLD]);
}

void modem_urc(struct modem *m, const char *fmt, ...)
{
	struct buf unit cleanup_buf = {0};
	va_list ap;
	va_start(ap, fmt);
	buf_vaddf(&unit, fmt, ap);
	va_end(ap);
	if (urcs_wait(m)) {
		if (m->held.len < 65536) {
			buf_add(&m->held, unit.data, unit.len);
			buf_addc(&m->held, UNIT_END);
		}
		return;
	}
	struct buf out cleanup_buf = {0};
	add_unit(m, &out, buf_str(&unit), unit.len);
	push_urc(m, &out);
	m->count.urcs++;
}

void modem_urc_release(struct modem *m)
{
	if (!m->held.len || urcs_wait(m))
		return;
	struct buf out cleanup_buf = {0};
	add_held(m, &out);
	push_urc(m, &out);
}

void modem_urc_later(struct modem *m, int64_t ms, const char *text)
{
	if (m->later_count < LATERS_MAX)
		m->later[m->later_count++] = (struct later){m->net->now_ms + ms, mem_dup(text)};
}

void modem_later_tick(struct modem *m)
{
	for (int i = 0; i < m->later_count;) {
		if (m->later[i].due_ms > m->net->now_ms) {
			i++;
			continue;
		}
		cleanup_free char *text = m->later[i].text;
		memmove(&m->later[i], &m->later[i + 1], (size_t)(--m->later_count - i) * sizeof m->later[0]);
		modem_urc(m, "%s", text);
	}
}

static bool speaks(const struct modem *m)
{
	return m->net->now_ms >= m->silent_until_ms;
}

int64_t modem_output_ms(const struct modem *m, int tty)
{
	const struct tty *t = &m->tty[tty];
	return t->chunk_count && speaks(m) ? t->chunks[0].due_ms : MODEM_NEVER;
}

const char *modem_output(const struct modem *m, int tty, size_t *ret_len)
{
	const struct tty *t = &m->tty[tty];
	const struct chunk *c = t->chunks;
	if (!t->chunk_count || c->due_ms > m->net->now_ms || !speaks(m))
		return NULL;
	size_t n = c->len - c->done;
	const struct fault *pieces = &m->fault[F_BYTEWISE];
	if (fault_on(pieces) && pieces->value > 0 && n > (size_t)pieces->value)
		n = (size_t)pieces->value;
	*ret_len = n;
	return c->bytes + c->done;
}

void modem_written(struct modem *m, int tty, size_t n)
{
	struct tty *t = &m->tty[tty];
	struct chunk *c = t->chunks;
	c->done += n;
	t->waiting -= n;
	if (c->done < c->len) {
		m->fault[F_BYTEWISE].spoilt++;
		if (fault_on(&m->fault[F_BYTEWISE]) && m->fault[F_CHAR_MS].value > 0)
			c->due_ms = m->net->now_ms + m->fault[F_CHAR_MS].value;
		return;
	}
	free(c->bytes);
	memmove(t->chunks, t->chunks + 1, --t->chunk_count * sizeof *t->chunks);
}
