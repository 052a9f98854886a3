/* Lines to the terminal, with everything that can go wrong on the way: other line ends, URCs inside an answer,
 * lost and doubled bytes, pieces, delays. */
#include "simmodem/modem.h"
#include "base/mem.h"
#include "simmodem/network.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define UNIT_END '\f' /* parts held URCs, of which some are two lines */

static void push(struct modem *m, enum journal_kind kind, const char *bytes, size_t n, int64_t delay_ms)
{
	if (!n || m->waiting + n > MODEM_OUTPUT_MAX)
		return;
	if (m->chunk_count == m->chunk_cap) {
		m->chunk_cap = m->chunk_cap ? 2 * m->chunk_cap : 16;
		m->chunks = mem_resize(m->chunks, m->chunk_cap, sizeof *m->chunks);
	}
	int64_t due = m->net->now_ms + delay_ms;
	if (m->chunk_count && m->chunks[m->chunk_count - 1].due_ms > due)
		due = m->chunks[m->chunk_count - 1].due_ms;
	struct chunk *c = &m->chunks[m->chunk_count++];
	*c = (struct chunk){.due_ms = due, .kind = kind, .bytes = mem_alloc(n + 1), .len = n};
	memcpy(c->bytes, bytes, n);
	m->waiting += n;
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
	int64_t delay = m->reply_ms;
	if (modem_spoil(m, F_LATE))
		delay += m->fault[F_LATE].value;
	m->count.own_ms += delay;
	push(m, JOURNAL_ANSWER, buf_str(&out), out.len, delay);
	if (delay && m->busy_until_ms < m->net->now_ms + delay)
		m->busy_until_ms = m->net->now_ms + delay;
	modem_urc_release(m);
}

void reply_prompt(struct modem *m)
{
	struct buf out cleanup_buf = {0};
	add_eol(m, &out);
	buf_adds(&out, fault_on(&m->fault[F_PROMPT_BARE]) ? ">" : "> ");
	m->count.own_ms += m->reply_ms;
	push(m, JOURNAL_PROMPT, buf_str(&out), out.len, m->reply_ms);
}

void reply_raw(struct modem *m, const char *bytes, size_t n)
{
	/* Echo comes byte by byte: grow the last piece while none of it is out. */
	struct chunk *last = m->chunk_count ? &m->chunks[m->chunk_count - 1] : NULL;
	if (last && !last->done && last->due_ms <= m->net->now_ms) {
		last->bytes = mem_resize(last->bytes, last->len + n + 1, 1);
		memcpy(last->bytes + last->len, bytes, n);
		last->len += n;
		m->waiting += n;
		return;
	}
	push(m, JOURNAL_NONE, bytes, n, 0);
}

void modem_urc(struct modem *m, const char *fmt, ...)
{
	struct buf unit cleanup_buf = {0};
	va_list ap;
	va_start(ap, fmt);
	buf_vaddf(&unit, fmt, ap);
	va_end(ap);
	if (m->input == INPUT_PROMPT || fault_on(&m->fault[F_URC_HOLD])) {
		if (m->held.len < 65536) {
			buf_add(&m->held, unit.data, unit.len);
			buf_addc(&m->held, UNIT_END);
		}
		return;
	}
	struct buf out cleanup_buf = {0};
	add_unit(m, &out, buf_str(&unit), unit.len);
	/* Nobody reads: a modem's own buffer is small too. */
	if (m->waiting < 32768)
		push(m, JOURNAL_URC, buf_str(&out), out.len, 0);
	m->count.urcs++;
}

void modem_urc_release(struct modem *m)
{
	if (!m->held.len || m->input == INPUT_PROMPT || fault_on(&m->fault[F_URC_HOLD]))
		return;
	struct buf out cleanup_buf = {0};
	add_held(m, &out);
	push(m, JOURNAL_URC, buf_str(&out), out.len, 0);
}

const char *modem_output(const struct modem *m, size_t *ret_len)
{
	const struct chunk *c = m->chunks;
	if (!m->chunk_count || c->due_ms > m->net->now_ms || m->net->now_ms < m->silent_until_ms)
		return NULL;
	size_t n = c->len - c->done;
	const struct fault *pieces = &m->fault[F_BYTEWISE];
	if (fault_on(pieces) && pieces->value > 0 && n > (size_t)pieces->value)
		n = (size_t)pieces->value;
	*ret_len = n;
	return c->bytes + c->done;
}

void modem_written(struct modem *m, size_t n)
{
	struct chunk *c = m->chunks;
	c->done += n;
	m->waiting -= n;
	if (c->done < c->len) {
		if (fault_on(&m->fault[F_BYTEWISE]) && m->fault[F_CHAR_MS].value > 0)
			c->due_ms = m->net->now_ms + m->fault[F_CHAR_MS].value;
		return;
	}
	free(c->bytes);
	memmove(m->chunks, m->chunks + 1, --m->chunk_count * sizeof *m->chunks);
}
