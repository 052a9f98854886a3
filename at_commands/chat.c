#include "at_commands/chat_impl.h"
#include "at_commands/fields.h"
#include "base/mem.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define DEFAULT_TIMEOUT_MS 5000
#define DEFAULT_PROMPT_MS  10000
#define LOST_MS            300000 /* a late result line is recognised for so long */

struct at_chat_options at_chat_defaults(void)
{
	return (struct at_chat_options){
	    .gap_ms = 0, .resync_ms = 2000, .resync_tries = 3, .settle_ms = 1000, .pair_ms = 3000};
}

struct at_chat *at_chat_new(const struct at_chat_options *o, const struct at_chat_events *e)
{
	struct at_chat *c = mem_alloc(sizeof *c);
	c->opt = o ? *o : at_chat_defaults();
	if (e)
		c->ev = *e;
	c->deadline_ms = INT64_MAX;
	c->gap_until_ms = c->air_until_ms = INT64_MIN;
	return c;
}

static void free_entry(struct chat_entry *e)
{
	if (e)
		free(e->payload);
	free(e);
}

void at_chat_free(struct at_chat *c)
{
	if (!c)
		return;
	while (c->head)
		free_entry(chat_pop(c));
	free_entry(c->now);
	chat_drop_pending(c);
	free(c->aside);
	buf_done(&c->text);
	buf_done(&c->out);
	free(c);
}

/* ---- the queue ---- */

struct chat_entry *chat_pop(struct at_chat *c)
{
	struct chat_entry *e = c->head;
	if (e) {
		c->head = e->next;
		c->waiting--;
	}
	return e;
}

static void push(struct at_chat *c, struct chat_entry *e)
{
	struct chat_entry **at = &c->head;
	while (*at && (!(e->cmd.flags & AT_FIRST) || (*at)->cmd.flags & AT_FIRST))
		at = &(*at)->next;
	e->next = *at;
	*at = e;
	c->waiting++;
}

static void start_command(struct at_chat *c, int64_t now_ms)
{
	struct chat_entry *e = chat_pop(c);
	c->now = e;
	c->ctrlz_queued = c->payload_sent = c->truncated = c->header_open = c->echoed = false;
	c->withheld = NULL;
	buf_reset(&c->text);
	c->count = 0;
	chat_put(c, e->cmd.line);
	chat_put(c, "\r");
	c->stage = e->payload ? CHAT_PROMPT : CHAT_RESULT;
	if (e->payload)
		c->deadline_ms = now_ms + e->cmd.prompt_ms;
	else
		chat_await_result(c, now_ms);
}

/* What is too late now is not begun. */
static void drop_late(struct at_chat *c, int64_t now_ms)
{
	const struct at_reply r = {.final = AT_CANCELLED, .code = -1, .text = "too late"};
	while (c->head && c->head->cmd.expires_ms && now_ms > c->head->cmd.expires_ms)
		chat_done_entry(c, chat_pop(c), &r);
}

/* Begins whatever may begin now. Never from inside a callback or in the middle of received bytes. */
static void run(struct at_chat *c, int64_t now_ms)
{
	if (c->depth || c->stage != CHAT_IDLE || now_ms < c->gap_until_ms)
		return;
	drop_late(c, now_ms);
	if (c->resync_wanted && (c->head || !c->resync_lazy))
		chat_resync_start(c, now_ms);
	else if (c->head)
		start_command(c, now_ms);
}

static bool command_sane(const struct at_command *cmd)
{
	const char *end = memchr(cmd->line, 0, sizeof cmd->line);
	if (!end || end == cmd->line || !memchr(cmd->prefixes, 0, sizeof cmd->prefixes) ||
	    !memchr(cmd->before, 0, sizeof cmd->before))
		return false;
	for (const char *p = cmd->line; *p; p++)
		if (iscntrl((unsigned char)*p))
			return false;
	return !cmd->payload || at_is_hex(cmd->payload);
}

/* A command names its reply: AT+CREG? and AT+COPS=? → "+CREG:", "+COPS:". So does a setting (AT+CSMS=0 answers
 * +CSMS: 1,1,1), but where the same words are an unsolicited code they stay one: AT+CPIN=…, AT+CFUN=1. */
static void default_prefix(struct at_command *cmd)
{
	const char *name = cmd->line + 2, *set = strchr(cmd->line, '=');
	size_t n = strcspn(name, "=?;");
	char prefix[AT_PREFIXES_MAX];
	if (cmd->prefixes[0] || strncasecmp(cmd->line, "AT", 2) != 0 || !name[0] || !strchr("+^*#$%_", name[0]))
		return;
	if (n + 2 > sizeof prefix)
		return;
	snprintf(prefix, sizeof prefix, "%.*s:", (int)n, name);
	if (!set || set[1] == '?' || !urc_find(prefix))
		memcpy(cmd->prefixes, prefix, sizeof prefix);
}

int at_chat_submit(struct at_chat *c, int64_t now_ms, const struct at_command *cmd)
{
	if (!command_sane(cmd))
		return -EINVAL;
	if (c->waiting >= AT_QUEUE_MAX)
		return -EBUSY;
	struct chat_entry *e = mem_alloc(sizeof *e);
	e->cmd = *cmd;
	e->payload = mem_dup(cmd->payload);
	e->cmd.payload = e->payload;
	e->gate = e->payload && cmd->flags & AT_GATED ? GATE_SHUT : GATE_OPEN;
	if (e->cmd.timeout_ms <= 0)
		e->cmd.timeout_ms = DEFAULT_TIMEOUT_MS;
	if (e->cmd.prompt_ms <= 0)
		e->cmd.prompt_ms = DEFAULT_PROMPT_MS;
	default_prefix(&e->cmd);
	push(c, e);
	run(c, now_ms);
	return 0;
}

/* ---- the end of a command ---- */

void chat_done_entry(struct at_chat *c, struct chat_entry *e, const struct at_reply *r)
{
	c->depth++;
	if (e->cmd.done)
		e->cmd.done(e->cmd.user, r);
	c->depth--;
	free_entry(e);
}

/* The running command's answer may still come. */
static void lose(struct at_chat *c, int64_t now_ms)
{
	/* the answer to a payload in the air is worth more than that to a query behind it */
	if (c->payload_sent || now_ms >= c->air_until_ms) {
		memcpy(c->lost_prefixes, c->now->cmd.prefixes, sizeof c->lost_prefixes);
		c->lost_flags = c->now->cmd.flags;
		c->lost_tag = c->now->cmd.tag;
		c->lost_until_ms = now_ms + LOST_MS;
	}
	c->resync_wanted = true;
	c->resync_lazy = false;
	/* what is in the air is not to be disturbed: should Ctrl-Z have been lost, ESC comes with the second marker */
	bool in_air = c->payload_sent && c->now->cmd.silence_ms;
	c->resync_escape |= (c->now->payload && !in_air) || c->out.len;
}

void chat_finish(struct at_chat *c, int64_t now_ms, enum at_final final, int code, const char *text,
		 bool no_final)
{
	struct chat_entry *e = c->now;
	bool half = c->out.len || c->stage == CHAT_PAYLOAD || c->stage == CHAT_CTRLZ;
	bool heard = final == AT_OK || final == AT_ERROR || final == AT_CMS_ERROR || final == AT_CME_ERROR;
	if (heard && e->payload)
		chat_landed(c, now_ms);
	if (heard)
		c->unechoed = c->echoed ? 0 : c->unechoed + 1;
	if (half || final == AT_TIMEOUT || final == AT_NO_PROMPT || no_final)
		lose(c, now_ms);
	else
		c->header_open = false;
	buf_reset(&c->out);
	if (final == AT_TIMEOUT || (final == AT_NO_PROMPT && !*text)) {
		c->stats.timeouts++;
		c->stats.timeouts_in_row++;
	} else {
		c->stats.timeouts_in_row = 0;
	}
	c->now = NULL;
	c->stage = CHAT_IDLE;
	c->deadline_ms = INT64_MAX;
	c->gap_until_ms = now_ms + c->opt.gap_ms;
	c->framer.want_prompt = false;

	if (final == AT_OK && !c->count && c->aside) {
		buf_add(&c->text, c->aside, strlen(c->aside) + 1);
		c->count = 1;
	}
	free(c->aside);
	c->aside = NULL;
	struct buf reply = c->text; /* done may submit, and a new command must not write here */
	c->text = (struct buf){0};
	const char **lines = mem_array(c->count + 1, sizeof *lines);
	const char *p = buf_str(&reply);
	for (size_t i = 0; i < c->count; i++, p += strlen(p) + 1)
		lines[i] = p;
	struct at_reply r = {.final = final,
			     .code = code,
			     .text = text,
			     .lines = lines,
			     .count = c->count,
			     .payload_sent = c->payload_sent,
			     .no_final = no_final,
			     .truncated = c->truncated};
	chat_done_entry(c, e, &r);
	free(lines);
	buf_done(&reply);
}

void at_chat_abort(struct at_chat *c, int64_t now_ms)
{
	struct at_reply r = {.final = AT_CANCELLED, .code = -1, .text = ""};
	struct chat_entry *now = c->now, *rest = c->head;
	bool sent = c->payload_sent;
	c->generation++;
	c->now = c->head = NULL;
	c->waiting = 0;
	c->stage = CHAT_IDLE;
	c->deadline_ms = INT64_MAX;
	c->gap_until_ms = now_ms;
	c->air_until_ms = INT64_MIN;
	c->resync_wanted = c->resync_escape = c->marker_line = false;
	c->swallow = c->owed = 0;
	c->resync_try = 0;
	c->probe_ms = 0;
	free(c->aside);
	c->aside = NULL;
	buf_reset(&c->out);
	buf_reset(&c->text);
	chat_drop_pending(c);
	at_framer_reset(&c->framer);
	if (now) {
		r.payload_sent = sent;
		chat_done_entry(c, now, &r);
		r.payload_sent = false;
	}
	while (rest) {
		struct chat_entry *next = rest->next;
		chat_done_entry(c, rest, &r);
		rest = next;
	}
	run(c, now_ms);
}

void at_chat_probe(struct at_chat *c, int64_t now_ms, int every_ms, int tries)
{
	c->probe_ms = every_ms;
	c->probe_tries = tries;
	at_chat_resync(c, now_ms);
}

void at_chat_resync(struct at_chat *c, int64_t now_ms)
{
	c->resync_wanted = c->resync_escape = true;
	c->resync_lazy = false;
	run(c, now_ms);
}

void chat_put(struct at_chat *c, const char *bytes)
{
	buf_adds(&c->out, bytes);
}

/* ---- bytes and time ---- */

void at_chat_feed(struct at_chat *c, int64_t now_ms, const char *bytes, size_t n)
{
	unsigned generation = c->generation;
	if (c->ev.received && n) {
		c->depth++;
		c->ev.received(c->ev.user, bytes, n);
		c->depth--;
	}
	c->stats.garbage += n;
	if (n)
		chat_heard(c, now_ms);
	while (generation == c->generation) {
		enum at_frame f = at_framer_next(&c->framer, &bytes, &n);
		if (f == AT_FRAME_NONE)
			break;
		if (f == AT_FRAME_LINE) {
			c->stats.lines++;
			chat_line(c, now_ms, c->framer.line);
		} else if (chat_resyncing(c)) {
			chat_resync_prompt(c, now_ms);
		} else if (c->stage == CHAT_PROMPT) {
			chat_prompt_seen(c, now_ms);
		}
	}
	run(c, now_ms);
}

static void stage_due(struct at_chat *c, int64_t now_ms)
{
	switch (c->stage) {
	case CHAT_IDLE:
		break;
	case CHAT_PROMPT:
		chat_finish(c, now_ms, AT_NO_PROMPT, -1, "", false);
		break;
	case CHAT_GATE:
	case CHAT_LEAVE:
	case CHAT_PAYLOAD:
	case CHAT_CTRLZ:
		chat_prompt_due(c, now_ms);
		break;
	case CHAT_RESULT:
		chat_result_due(c, now_ms);
		break;
	case CHAT_GRACE:
		chat_finish(c, now_ms, AT_OK, -1, "", true);
		break;
	case CHAT_ESCAPE:
	case CHAT_MARK:
	case CHAT_SETTLE:
		chat_resync_due(c, now_ms);
		break;
	}
}

void at_chat_tick(struct at_chat *c, int64_t now_ms)
{
	chat_flush_pending(c, now_ms);
	if (now_ms >= c->deadline_ms)
		stage_due(c, now_ms);
	run(c, now_ms);
}

int64_t at_chat_deadline(const struct at_chat *c)
{
	int64_t at = c->deadline_ms;
	if (c->stage == CHAT_IDLE && (c->head || (c->resync_wanted && !c->resync_lazy)))
		at = c->gap_until_ms;
	for (int i = 0; i < c->pending_count; i++)
		if (c->pending[i].deadline_ms < at)
			at = c->pending[i].deadline_ms;
	return at;
}

size_t at_chat_output(const struct at_chat *c, const char **ret)
{
	*ret = buf_str(&c->out);
	return c->out.len;
}

void at_chat_wrote(struct at_chat *c, int64_t now_ms, size_t n)
{
	if (n > c->out.len)
		n = c->out.len;
	if (!n)
		return;
	unsigned generation = c->generation;
	if (c->ev.sent) {
		c->depth++;
		c->ev.sent(c->ev.user, buf_str(&c->out), n);
		c->depth--;
	}
	if (generation != c->generation)
		return;
	buf_drop(&c->out, n);
	if (c->out.len)
		return;
	/* the clock of each stage runs from its last byte on; a prompt before that is not ours */
	if (c->stage == CHAT_PROMPT) {
		chat_await_prompt(c, now_ms);
		c->framer.want_prompt = true;
	} else if (c->stage == CHAT_RESULT && !c->payload_sent) {
		chat_await_result(c, now_ms);
	} else if (c->stage == CHAT_CTRLZ) {
		c->deadline_ms = now_ms + c->opt.ctrlz_delay_ms;
	} else if (c->stage == CHAT_MARK) {
		c->deadline_ms = chat_marker_deadline(c, now_ms);
	}
	c->payload_sent |= c->ctrlz_queued;
}

bool at_chat_idle(const struct at_chat *c)
{
	return !c->now && !c->head;
}

size_t at_chat_waiting(const struct at_chat *c)
{
	return c->waiting + (c->now != NULL);
}

struct at_chat_stats at_chat_stats(const struct at_chat *c)
{
	return c->stats;
}

static const char *const final_names[] = {
    [AT_OK] = "OK",         [AT_ERROR] = "ERROR",         [AT_CMS_ERROR] = "CMS",
    [AT_CME_ERROR] = "CME", [AT_TIMEOUT] = "timeout",     [AT_NO_PROMPT] = "no prompt",
    [AT_DEAD] = "dead",     [AT_CANCELLED] = "cancelled", [AT_WITHHELD] = "withheld",
};

const char *at_final_name(enum at_final f)
{
	return final_names[f];
}
