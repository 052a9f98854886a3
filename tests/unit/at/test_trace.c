/* The trace format, there and back; and the traces of tests/unit/at/traces/ played through the chat. A `>`
 * record must be what the chat writes (a command line is submitted when the chat is at rest), `<` is fed, and
 * remarks are the lines that the rig's log must have by then. Everything is played twice: as recorded, and byte
 * by byte. */
#include "unit/at/rig.h"
#include "at_commands/trace.h"
#include "at_commands/fields.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#define TRACES "tests/unit/at/traces"

static void there_and_back(void **state)
{
	(void)state;
	unsigned s = (unsigned)time(NULL), seed = s;
	for (int round = 0; round < 200; round++) {
		char bytes[200];
		size_t n = (s = s * 1103515245u + 12345u) / 65536 % sizeof bytes;
		for (size_t i = 0; i < n; i++)
			bytes[i] = (char)((s = s * 1103515245u + 12345u) / 65536 % 256);
		struct buf out = {0};
		trace_format(&out, round * 1000, round % 2 ? TRACE_SENT : TRACE_RECEIVED, bytes, n);
		assert_int_equal(strcspn(out.data, "\n"), out.len - 1);
		for (size_t i = 0; i < out.len - 1; i++)
			assert_in_range((unsigned char)out.data[i], 0x20, 0x7E);
		out.data[out.len - 1] = 0;
		struct trace_record r;
		struct err e;
		assert_int_equal(trace_parse(out.data, &r, &e), 1);
		if (r.bytes.len != n || (n && memcmp(r.bytes.data, bytes, n) != 0))
			fail_msg("seed %u round %d: %s", seed, round, out.data);
		assert_int_equal(r.at_ms, round * 1000);
		assert_int_equal(r.kind, round % 2 ? TRACE_SENT : TRACE_RECEIVED);
		trace_record_done(&r);
		buf_done(&out);
	}
}

static void reads_what_people_write(void **state)
{
	(void)state;
	struct trace_record r;
	struct err e;
	assert_int_equal(trace_parse("", &r, &e), 0);
	assert_int_equal(trace_parse("   # a word", &r, &e), 0);
	assert_int_equal(trace_parse("7 < ", &r, &e), 1);
	assert_int_equal(r.bytes.len, 0);
	trace_record_done(&r);
	assert_int_equal(trace_parse("  7 < \\r\\n> ", &r, &e), 1);
	assert_string_equal(buf_str(&r.bytes), "\r\n> ");
	trace_record_done(&r);
	static const char *const bad[] = {"x < a",  "7",       "7 ",       "7 ? a", "7 <a",
					  "-1 < a", "7 < \\q", "7 < \\x1", "7 < \\"};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		e.text[0] = 0;
		assert_true(trace_parse(bad[i], &r, &e) < 0);
		assert_true(*e.text);
	}
}

/* ---- replay ---- */

struct script {
	struct trace_record *rec;
	size_t count;
};

static void read_script(const char *path, struct script *s)
{
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	char line[4096];
	for (int n = 1; fgets(line, sizeof line, f); n++) {
		struct trace_record r;
		struct err e;
		line[strcspn(line, "\n")] = 0;
		int rc = trace_parse(line, &r, &e);
		if (rc < 0)
			fail_msg("%s:%d: %s", path, n, e.text);
		if (rc == 0)
			continue;
		s->rec = mem_resize(s->rec, s->count + 1, sizeof *s->rec);
		s->rec[s->count++] = r;
	}
	fclose(f);
}

static void end_script(struct script *s)
{
	for (size_t i = 0; i < s->count; i++)
		trace_record_done(&s->rec[i]);
	free(s->rec);
}

/* The PDU that the trace sends after a command line, for AT+CMGS. */
static char *payload_behind(const struct script *s, size_t i)
{
	while (++i < s->count)
		if (s->rec[i].kind == TRACE_SENT)
			break;
	if (i >= s->count)
		return NULL;
	char *hex = mem_dup(buf_str(&s->rec[i].bytes));
	hex[strcspn(hex, "\x1a")] = 0;
	if (at_is_hex(hex))
		return hex;
	free(hex);
	return NULL;
}

static void submit_line(struct rig *r, const struct script *s, size_t i)
{
	struct at_command c = {.timeout_ms = 5000};
	snprintf(c.line, sizeof c.line, "%s", buf_str(&s->rec[i].bytes));
	c.line[strcspn(c.line, "\r")] = 0;
	cleanup_free char *payload = NULL;
	if (at_has_prefix(c.line, "AT+CMGL") || at_has_prefix(c.line, "AT+CMGR")) {
		c.flags = AT_TAKE_PDU;
		snprintf(c.prefixes, sizeof c.prefixes, "+CMGL: +CMGR:");
	} else if (at_has_prefix(c.line, "AT+CPMS=\"")) {
		snprintf(c.prefixes, sizeof c.prefixes, "+CPMS:");
	} else if (at_has_prefix(c.line, "AT+CGM") || at_has_prefix(c.line, "AT+CGSN")) {
		c.flags = AT_TAKE_BARE;
	} else if (at_has_prefix(c.line, "AT+CMGS=")) {
		struct modem_row row = {.prompt_ms = 10000, .result_ms = 130000};
		payload = payload_behind(s, i);
		assert_non_null(payload);
		c = at_cmd_submit(&row, payload, at_pdu_length(payload), false);
		c.flags = 0; /* no gate */
	} else if (at_has_prefix(c.line, "AT+CNUM")) {
		snprintf(c.prefixes, sizeof c.prefixes, "-"); /* so that its line shows as a code */
	}
	rig_submit(r, c);
}

static void check_sent(struct rig *r, const struct script *s, size_t i, const char *path)
{
	const char *wanted = buf_str(&s->rec[i].bytes);
	if (!r->written.len && !strcmp(wanted, "\x1b\r"))
		at_chat_resync(r->chat, r->now);
	else if (!r->written.len)
		submit_line(r, s, i);
	rig_write(r);
	if (strcmp(buf_str(&r->written), wanted) != 0)
		fail_msg("%s: at %lld %s was to be sent, and %s was", path, (long long)s->rec[i].at_ms, wanted,
			 buf_str(&r->written));
	buf_reset(&r->written);
}

static void check_remark(struct rig *r, const struct trace_record *rec, const char *path)
{
	size_t n = rec->bytes.len;
	if (r->log.len <= n || strncmp(r->log.data, buf_str(&rec->bytes), n) != 0 || r->log.data[n] != '\n')
		fail_msg("%s: at %lld \"%s\" was expected, the log has\n%s", path, (long long)rec->at_ms,
			 buf_str(&rec->bytes), buf_str(&r->log));
	buf_drop(&r->log, n + 1);
}

static void replay(const char *path, bool bytewise)
{
	struct script s = {0};
	struct rig r;
	rig_init(&r, NULL);
	read_script(path, &s);
	assert_true(s.count > 0);
	int64_t start = r.now;
	for (size_t i = 0; i < s.count; i++) {
		rig_pass(&r, start + s.rec[i].at_ms - r.now);
		if (s.rec[i].kind == TRACE_SENT)
			check_sent(&r, &s, i, path);
		else if (s.rec[i].kind == TRACE_REMARK)
			check_remark(&r, &s.rec[i], path);
		else
			for (size_t k = 0; k < s.rec[i].bytes.len; k += bytewise ? 1 : s.rec[i].bytes.len)
				rig_feed_n(&r, s.rec[i].bytes.data + k, bytewise ? 1 : s.rec[i].bytes.len);
	}
	if (r.log.len)
		fail_msg("%s: the log has more than the trace says:\n%s", path, buf_str(&r.log));
	assert_true(at_chat_idle(r.chat));
	end_script(&s);
	rig_end(&r);
}

static int is_trace(const struct dirent *d)
{
	const char *dot = strrchr(d->d_name, '.');
	return dot && !strcmp(dot, ".trace");
}

static void traces_replay(void **state)
{
	(void)state;
	struct dirent **found;
	int n = scandir(TRACES, &found, is_trace, alphasort);
	assert_true(n >= 5);
	for (int i = 0; i < n; i++) {
		cleanup_free char *path = mem_printf(TRACES "/%s", found[i]->d_name);
		replay(path, false);
		replay(path, true);
		free(found[i]);
	}
	free(found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(there_and_back),
	    cmocka_unit_test(reads_what_people_write),
	    cmocka_unit_test(traces_replay),
	};
	return cmocka_run_group_tests_name("traces", tests, NULL, NULL);
}
