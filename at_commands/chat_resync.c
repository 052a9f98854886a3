/* Finding step again after a lost answer: see chat.h. A marker is a query whose reply line nothing else can
 * produce; modems answer in order, so all that stands before that line belongs to the past. */
#include "at_commands/chat_impl.h"
#include "at_commands/fields.h"

#include <stdio.h>
#include <string.h>

#define ESCAPE_GAP_MS  100 /* between ESC CR and the marker: the modem leaves its prompt */
#define MARKER_LATE_MS 10000
#define PROMPTS_MAX    3 /* prompts that are escaped before we stop believing in them */

struct chat_marker {
	const char *line, *prefix;
};

static const struct chat_marker markers[] = {
    {"AT+CMEE?\r", "+CMEE:"},
    {"AT+CMGF?\r", "+CMGF:"},
};

bool chat_resyncing(const struct at_chat *c)
{
	return c->stage == CHAT_ESCAPE || c->stage == CHAT_MARK || c->stage == CHAT_SETTLE;
}

static void put_marker(struct at_chat *c, int64_t now_ms)
{
	c->marker = &markers[chat_prefix_in(c->lost_prefixes, markers[0].prefix)];
	chat_put(c, c->marker->line);
	c->markers_out++;
	c->stage = CHAT_MARK;
	c->deadline_ms = now_ms + c->opt.resync_ms;
}

static void put_escape(struct at_chat *c, int64_t now_ms)
{
	chat_put(c, "\x1b\r");
	c->stage = CHAT_ESCAPE;
	c->deadline_ms = now_ms + ESCAPE_GAP_MS;
}

static void again(struct at_chat *c, int64_t now_ms)
{
	c->framer.want_prompt = c->resync_escape;
	if (c->resync_escape)
		put_escape(c, now_ms);
	else
		put_marker(c, now_ms);
}

void chat_resync_start(struct at_chat *c, int64_t now_ms)
{
	c->stats.resyncs++;
	c->resync_try = 1;
	c->markers_out = c->markers_back = c->prompts = 0;
	c->swallow_final = false;
	again(c, now_ms);
}

static void leave(struct at_chat *c, int64_t now_ms, bool in_step)
{
	c->framer.want_prompt = false;
	c->stage = CHAT_IDLE;
	c->deadline_ms = INT64_MAX;
	c->gap_until_ms = now_ms + c->opt.gap_ms;
	c->resync_wanted = false;
	c->header_open = false;
	buf_reset(&c->out);
	if (in_step) {
		if (c->markers_back < c->markers_out) {
			/* by silence: should the marker's own answer come yet, it is known for what it is */
			snprintf(c->lost_prefixes, sizeof c->lost_prefixes, "%s", c->marker->prefix);
			c->lost_until_ms = now_ms + MARKER_LATE_MS;
		}
		c->resync_escape = false;
		c->stats.timeouts_in_row = 0;
		c->stats.garbage = 0;
		return;
	}
	struct chat_entry *e = chat_pop(c);
	/* asked again by the next command that wants to go out */
	c->resync_wanted = c->resync_lazy = c->resync_escape = true;
	c->stats.timeouts++;
	c->stats.timeouts_in_row++;
	struct at_reply r = {.final = AT_DEAD, .code = -1, .text = ""};
	if (e)
		chat_done_entry(c, e, &r);
}

/* ESC and marker once more, or the modem is dead. */
void chat_resync_due(struct at_chat *c, int64_t now_ms)
{
	if (c->stage == CHAT_ESCAPE) {
		put_marker(c, now_ms);
	} else if (c->stage == CHAT_SETTLE) {
		leave(c, now_ms, true);
	} else if (c->resync_try < c->opt.resync_tries) {
		c->resync_try++;
		c->resync_escape = true;
		again(c, now_ms);
	} else {
		leave(c, now_ms, false);
	}
}

static void settle(struct at_chat *c, int64_t now_ms)
{
	if (c->stage == CHAT_ESCAPE)
		return; /* an answer to ESC or from the past: the marker is still to come */
	c->stage = CHAT_SETTLE;
	c->deadline_ms = now_ms + c->opt.settle_ms;
}

void chat_resync_line(struct at_chat *c, int64_t now_ms, const char *line)
{
	if (at_has_prefix(line, "AT")) {
		return; /* echo */
	} else if (c->marker && c->markers_out && at_has_prefix(line, c->marker->prefix)) {
		c->markers_back++;
		c->stats.garbage = 0;
	} else if (chat_line_is_final(c, line)) {
		if (c->markers_back && c->markers_back >= c->markers_out && c->stage != CHAT_ESCAPE)
			leave(c, now_ms, true);
		else
			settle(c, now_ms);
	} else if (chat_prefix_in(c->lost_prefixes, line) && !urc_not_reply(line)) {
		if (c->lost_flags & AT_TAKE_PDU)
			chat_note_header(c, line);
		chat_late(c, line);
	} else if (!chat_unasked(c, now_ms, line) && c->stage == CHAT_SETTLE) {
		settle(c, now_ms); /* the modem still talks */
	}
}

/* A prompt out of the past: leave it, and begin again, since it may have swallowed the marker. */
void chat_resync_prompt(struct at_chat *c, int64_t now_ms)
{
	if (c->prompts++ >= PROMPTS_MAX)
		return;
	buf_reset(&c->out);
	put_escape(c, now_ms);
}
