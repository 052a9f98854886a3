/* Finding step again after a lost answer: see chat.h. A marker is a query whose reply line nothing else can
 * produce; modems answer in order, so all that stands before that line belongs to the past. */
#include "at_commands/chat_impl.h"
#include "at_commands/fields.h"
#include "base/mem.h"

#include <string.h>
#include <strings.h>

#define ESCAPE_GAP_MS   100   /* between ESC CR and the marker: the modem leaves its prompt */
#define OWED_MS         60000 /* an answer to a marker is known for what it is for so long */
#define PROBE_SETTLE_MS 250
#define PROMPTS_MAX     3    /* prompts that are escaped before we stop believing in them */
#define BUSY_MS         2000 /* between markers while a payload may still be in the air */

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

int64_t chat_marker_deadline(const struct at_chat *c, int64_t now_ms)
{
	if (c->probe_ms)
		return now_ms + c->probe_ms;
	return now_ms + (c->resync_try > c->opt.resync_tries ? BUSY_MS : c->opt.resync_ms);
}

void chat_put_marker(struct at_chat *c, int64_t now_ms)
{
	c->marker = &markers[chat_prefix_in(c->lost_prefixes, markers[0].prefix)];
	chat_put(c, c->marker->line);
	c->owed++;
	c->owed_until_ms = now_ms + OWED_MS;
}

bool chat_is_marker_echo(const char *line)
{
	for (size_t i = 0; i < ARRAY_LEN(markers); i++)
		if (!strncasecmp(line, markers[i].line, strlen(markers[i].line) - 1) &&
		    strlen(line) == strlen(markers[i].line) - 1)
			return true;
	return false;
}

static void put_marker(struct at_chat *c, int64_t now_ms)
{
	chat_put_marker(c, now_ms);
	c->stage = CHAT_MARK;
	c->deadline_ms = chat_marker_deadline(c, now_ms);
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
	c->prompts = c->swallow = 0;
	c->answered = c->heard = c->marker_line = false;
	if (now_ms >= c->owed_until_ms)
		c->owed = 0;
	again(c, now_ms);
}

static void leave(struct at_chat *c, int64_t now_ms)
{
	c->framer.want_prompt = false;
	c->stage = CHAT_IDLE;
	c->deadline_ms = INT64_MAX;
	c->gap_until_ms = now_ms + c->opt.gap_ms;
	c->header_open = false;
	c->probe_ms = 0;
	buf_reset(&c->out);
}

static void in_step(struct at_chat *c, int64_t now_ms)
{
	leave(c, now_ms);
	c->resync_wanted = c->resync_escape = false;
	c->stats.timeouts_in_row = 0;
	c->stats.garbage = 0;
}

static void dead(struct at_chat *c, int64_t now_ms)
{
	leave(c, now_ms);
	/* asked again by the next command that wants to go out */
	c->resync_wanted = c->resync_lazy = c->resync_escape = true;
	c->stats.timeouts++;
	c->stats.timeouts_in_row++;
	struct chat_entry *e = chat_pop(c);
	struct at_reply r = {.final = AT_DEAD, .code = -1, .text = ""};
	if (e)
		chat_done_entry(c, e, &r);
}

/* It was silent for settle_ms after a final result. A modem that knows markers has answered one by then, or the
 * result was of the past and the marker's answer is still on its way. */
static void settled(struct at_chat *c, int64_t now_ms)
{
	if (c->answered || !c->marker_known) {
		in_step(c, now_ms);
		return;
	}
	c->stage = CHAT_MARK;
	c->deadline_ms = now_ms + c->opt.resync_ms;
}

void chat_resync_due(struct at_chat *c, int64_t now_ms)
{
	if (c->stage == CHAT_ESCAPE) {
		put_marker(c, now_ms);
	} else if (c->stage == CHAT_SETTLE) {
		settled(c, now_ms);
	} else if (c->resync_try < (c->probe_ms ? c->probe_tries : c->opt.resync_tries) ||
		   (now_ms < c->air_until_ms && !c->heard)) {
		c->resync_try++;
		c->resync_escape = true;
		again(c, now_ms);
	} else if (c->heard) {
		in_step(c, now_ms);
	} else {
		dead(c, now_ms);
	}
}

static void settle(struct at_chat *c, int64_t now_ms)
{
	if (c->stage == CHAT_ESCAPE)
		return; /* an answer to ESC or from the past: the marker is still to come */
	c->stage = CHAT_SETTLE;
	/* markers that were written to a modem that was not there yet are never answered */
	c->deadline_ms = now_ms + (c->probe_ms ? PROBE_SETTLE_MS : c->opt.settle_ms);
}

static bool is_marker(const char *line)
{
	return at_has_prefix(line, markers[0].prefix) || at_has_prefix(line, markers[1].prefix);
}

/* The last marker's answer ends it; with others owed, silence does. */
static void take_final(struct at_chat *c, int64_t now_ms)
{
	bool busy = c->resync_try > c->opt.resync_tries && !c->heard;
	c->heard = true;
	if (c->marker_line) {
		c->marker_line = false;
		c->answered = c->marker_known = true;
		c->owed--;
	}
	if (c->answered && c->owed <= 0 && c->stage != CHAT_ESCAPE)
		in_step(c, now_ms);
	else if (busy && c->stage == CHAT_MARK)
		put_marker(c, now_ms); /* the answer that was waited for: it hears again */
	else
		settle(c, now_ms);
}

void chat_resync_line(struct at_chat *c, int64_t now_ms, const char *line)
{
	if (at_has_prefix(line, "AT")) {
		return; /* echo */
	} else if (c->owed > 0 && at_has_prefix(line, c->marker->prefix)) {
		c->marker_line = true;
		c->stats.garbage = 0;
	} else if (chat_line_is_final(c, line)) {
		take_final(c, now_ms);
	} else if (chat_prefix_in(c->lost_prefixes, line) && !urc_not_reply(line)) {
		if (c->lost_flags & AT_TAKE_PDU)
			chat_note_header(c, line);
		chat_late(c, line);
	} else if (!chat_unasked(c, now_ms, line) && c->stage == CHAT_SETTLE) {
		settle(c, now_ms); /* the modem still talks */
	}
}

bool chat_resync_owed(struct at_chat *c, int64_t now_ms, const char *line)
{
	if (c->owed <= 0 || now_ms >= c->owed_until_ms || !is_marker(line))
		return false;
	c->owed--;
	return true;
}

/* A prompt out of the past: leave it, and begin again, since it may have swallowed the marker. */
void chat_resync_prompt(struct at_chat *c, int64_t now_ms)
{
	if (c->prompts++ >= PROMPTS_MAX)
		return;
	buf_reset(&c->out);
	put_escape(c, now_ms);
}
