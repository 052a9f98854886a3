/* A chat in a box for tests: what it does becomes lines of text in `log`, so that two runs are compared as
 * strings.
 *
 *	urc cmti SM 3          an unsolicited code
 *	done OK | line | line  the end of a command
 *	late +CMGS: 5          a line that resync threw away
 */
#pragma once

#include "at_commands/chat.h"
#include "at_commands/messages.h"
#include "base/buf.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

struct rig {
	struct at_chat *chat;
	int64_t now;
	struct buf log, written;
	int done; /* commands that ended */
};

static void rig_urc(void *user, const struct at_urc *u)
{
	struct rig *r = user;
	buf_addf(&r->log, "urc %s", urc_kind_name(u->kind));
	if (u->kind == URC_CMTI || u->kind == URC_CDSI)
		buf_addf(&r->log, " %s %d", u->memory, u->index);
	else if (u->kind == URC_CMT || u->kind == URC_CDS || u->kind == URC_CBM)
		buf_addf(&r->log, " %d %s%s", u->length, u->pdu ? u->pdu : "-", u->length_lies ? " lies" : "");
	else
		buf_addf(&r->log, " %s", u->line);
	buf_addc(&r->log, '\n');
}

static void rig_late(void *user, uint64_t tag, const char *line)
{
	struct rig *r = user;
	buf_addf(&r->log, "late %llu %s\n", (unsigned long long)tag, line);
}

static void rig_done(void *user, const struct at_reply *p)
{
	struct rig *r = user;
	r->done++;
	buf_addf(&r->log, "done %s", at_final_name(p->final));
	if (p->final == AT_CMS_ERROR || p->final == AT_CME_ERROR)
		buf_addf(&r->log, " %d (%s)", p->code, p->text);
	if (p->payload_sent)
		buf_adds(&r->log, " sent");
	if (p->no_final)
		buf_adds(&r->log, " no-final");
	if (p->truncated)
		buf_adds(&r->log, " truncated");
	for (size_t i = 0; i < p->count; i++)
		buf_addf(&r->log, " | %s", p->lines[i]);
	buf_addc(&r->log, '\n');
}

__attribute__((unused)) static void rig_init(struct rig *r, const struct at_chat_options *o)
{
	*r = (struct rig){.now = 1000};
	struct at_chat_options usual = at_chat_defaults();
	usual.gap_ms = 20; /* so that a next command is seen to wait for its turn */
	struct at_chat_events e = {.urc = rig_urc, .late = rig_late, .user = r};
	r->chat = at_chat_new(o ? o : &usual, &e);
}

__attribute__((unused)) static void rig_end(struct rig *r)
{
	at_chat_free(r->chat);
	buf_done(&r->log);
	buf_done(&r->written);
}

/* Takes what the chat wants to write, all at once. */
__attribute__((unused)) static void rig_write(struct rig *r)
{
	const char *p;
	size_t n;
	while ((n = at_chat_output(r->chat, &p)) > 0) {
		buf_add(&r->written, p, n);
		at_chat_wrote(r->chat, r->now, n);
	}
}

__attribute__((unused)) static void rig_submit(struct rig *r, struct at_command c)
{
	c.done = rig_done;
	c.user = r;
	if (at_chat_submit(r->chat, r->now, &c))
		buf_adds(&r->log, "refused\n");
	rig_write(r);
}

/* A command by hand. */
__attribute__((unused)) static struct at_command rig_command(const char *line, const char *prefixes,
							     unsigned flags)
{
	struct at_command c = {.flags = flags};
	snprintf(c.line, sizeof c.line, "%s", line);
	snprintf(c.prefixes, sizeof c.prefixes, "%s", prefixes);
	return c;
}

__attribute__((unused)) static void rig_feed_n(struct rig *r, const char *bytes, size_t n)
{
	at_chat_feed(r->chat, r->now, bytes, n);
	rig_write(r);
}

__attribute__((unused)) static void rig_feed(struct rig *r, const char *bytes)
{
	rig_feed_n(r, bytes, strlen(bytes));
}

/* Lets `ms` pass, waking the chat exactly when it asked for it. */
__attribute__((unused)) static void rig_pass(struct rig *r, int64_t ms)
{
	int64_t until = r->now + ms, at;
	while ((at = at_chat_deadline(r->chat)) <= until) {
		if (at > r->now)
			r->now = at;
		at_chat_tick(r->chat, r->now);
		rig_write(r);
	}
	r->now = until;
}

/* What was told and written since the last check; NULL: whatever. */
__attribute__((unused)) static void rig_check(struct rig *r, const char *log, const char *written)
{
	if (log)
		assert_string_equal(buf_str(&r->log), log);
	if (written)
		assert_string_equal(buf_str(&r->written), written);
	buf_reset(&r->log);
	buf_reset(&r->written);
}
