/* From the prompt to the result: a payload is written behind the prompt of its own command, when its owner has let
 * it go and nothing speaks against it; else the prompt is left by ESC (TS 27.005 clause 3.5.1). */
#include "at_commands/chat_impl.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#define LEAVE_MS          2000 /* what the modem says to ESC; some say nothing */
#define UNECHOED_ENOUGH   2    /* commands without echo: it is off */
#define ECHO_WITHHELD_MAX 2    /* one that echoes these lines whatever it is told sends all the same */
#define PROMPT_LEAST_MS   5000
#define NUDGE_MS          1000
#define NUDGE_FIRST_MS    5000
#define USUAL_FACTOR      4 /* so much longer than usual is unusually long */
#define UNKNOWN_MS        2500

bool chat_before_payload(const struct at_chat *c)
{
	return c->stage == CHAT_PROMPT || c->stage == CHAT_GATE || c->stage == CHAT_PAYLOAD ||
	       c->stage == CHAT_CTRLZ;
}

/* ---- the result ---- */

/* Behind Ctrl-Z there are three times: when nothing was heard for unusually long it is asked whether somebody is
 * there, and again every NUDGE_MS; at silent_ms what became of it counts as unknown; at limit_ms it is so
 * whatever is heard. */
static void next_deadline(struct at_chat *c)
{
	c->deadline_ms = c->silent_ms < c->limit_ms ? c->silent_ms : c->limit_ms;
	if (c->nudge_ms < c->deadline_ms)
		c->deadline_ms = c->nudge_ms;
}

void chat_await_result(struct at_chat *c, int64_t now_ms)
{
	const struct at_command *cmd = &c->now->cmd;
	c->limit_ms = now_ms + cmd->timeout_ms;
	c->silent_ms = c->nudge_ms = INT64_MAX;
	c->nudged = false;
	if (cmd->payload && cmd->silence_ms) {
		c->ctrlz_ms = now_ms;
		c->air_until_ms = c->limit_ms;
		chat_heard(c, now_ms);
	}
	next_deadline(c);
}

void chat_heard(struct at_chat *c, int64_t now_ms)
{
	if (c->stage != CHAT_RESULT || !c->now->payload || !c->now->cmd.silence_ms || c->nudged)
		return;
	int64_t patience = USUAL_FACTOR * (int64_t)(c->usual_ms ? c->usual_ms : UNKNOWN_MS);
	c->silent_ms = now_ms + c->now->cmd.silence_ms;
	/* one that does not know markers would say ERROR, and that would be taken for the payload's */
	if (c->marker_known)
		c->nudge_ms = now_ms + (patience > NUDGE_FIRST_MS ? patience : NUDGE_FIRST_MS);
	next_deadline(c);
}

static int usual(int before, int64_t took, int most)
{
	took = took < 1 ? 1 : took > most ? most : took;
	return before ? (int)((3 * (int64_t)before + took) / 4) : (int)took;
}

void chat_landed(struct at_chat *c, int64_t now_ms)
{
	c->air_until_ms = INT64_MIN;
	if (c->payload_sent)
		c->echo_withheld = 0;
	if (!c->payload_sent || !c->now->cmd.silence_ms)
		return;
	c->usual_ms = usual(c->usual_ms, now_ms - c->ctrlz_ms, c->now->cmd.timeout_ms);
}

void chat_result_due(struct at_chat *c, int64_t now_ms)
{
	if (now_ms >= c->silent_ms || now_ms >= c->limit_ms) {
		chat_finish(c, now_ms, AT_TIMEOUT, -1, "", false);
		return;
	}
	c->nudged = true;
	c->nudge_ms = now_ms + NUDGE_MS;
	chat_put_marker(c, now_ms);
	next_deadline(c);
}

/* An echo where there was none for a while: it has started anew. What it had in the air has no answer any more. */
void chat_echo(struct at_chat *c, int64_t now_ms, const char *line)
{
	if (!strcasecmp(line, c->now->cmd.line))
		c->echoed = true;
	else if (c->stage == CHAT_RESULT && c->nudged && c->unechoed >= UNECHOED_ENOUGH &&
		 chat_is_marker_echo(line)) {
		c->owed = 1; /* those before it fell on deaf ears */
		chat_finish(c, now_ms, AT_TIMEOUT, -1, "", false);
	}
}

void chat_result_line(struct at_chat *c, int64_t now_ms)
{
	if (c->stage != CHAT_RESULT)
		return;
	if (c->now->cmd.grace_ms > 0) {
		c->stage = CHAT_GRACE;
		c->deadline_ms = now_ms + c->now->cmd.grace_ms;
	} else if (c->now->cmd.flags & AT_TAKE_PDU && !c->truncated) {
		c->deadline_ms = now_ms + c->now->cmd.timeout_ms; /* a long listing shows that it goes on */
	}
}

void at_chat_hurry(struct at_chat *c, int64_t now_ms, int ms)
{
	if (c->stage != CHAT_RESULT || !c->now->payload)
		return;
	if (c->limit_ms > now_ms + ms)
		c->limit_ms = now_ms + ms;
	next_deadline(c);
}

/* ---- the payload ---- */

static void put_ctrlz(struct at_chat *c, int64_t now_ms)
{
	chat_put(c, "\x1a");
	c->ctrlz_queued = true;
	c->stage = CHAT_RESULT;
	chat_await_result(c, now_ms);
}

static void put_payload(struct at_chat *c, int64_t now_ms)
{
	chat_put(c, c->now->payload);
	if (c->opt.ctrlz_delay_ms > 0) {
		c->stage = CHAT_CTRLZ;
		c->deadline_ms = now_ms + c->opt.ctrlz_delay_ms;
	} else {
		put_ctrlz(c, now_ms);
	}
}

static void go_on(struct at_chat *c, int64_t now_ms)
{
	if (c->opt.pdu_delay_ms > 0) {
		c->stage = CHAT_PAYLOAD;
		c->deadline_ms = now_ms + c->opt.pdu_delay_ms;
	} else {
		put_payload(c, now_ms);
	}
}

/* ---- the gate ---- */

static void leave(struct at_chat *c, int64_t now_ms, const char *why)
{
	c->withheld = why;
	chat_put(c, "\x1b");
	c->stage = CHAT_LEAVE;
	c->deadline_ms = now_ms + LEAVE_MS;
}

static bool said_before(const struct at_chat *c)
{
	const char *line = buf_str(&c->text);
	for (size_t i = 0; i < c->count; i++, line += strlen(line) + 1)
		if (chat_same_words(line, c->now->cmd.before))
			return true;
	return false;
}

/* A modem that has reset itself echoes again, and its message format is another. */
static const char *objection(struct at_chat *c)
{
	if (c->echoed && c->unechoed >= UNECHOED_ENOUGH && c->echo_withheld < ECHO_WITHHELD_MAX) {
		c->echo_withheld++;
		return "it echoes again";
	}
	if (c->now->cmd.before[0] && !said_before(c))
		return "it did not say what was to come before the prompt";
	return NULL;
}

/* One that is usually quick, and is not, is not there. */
void chat_await_prompt(struct at_chat *c, int64_t now_ms)
{
	int64_t patience = USUAL_FACTOR * (int64_t)c->prompt_usual_ms;
	patience = patience > PROMPT_LEAST_MS ? patience : PROMPT_LEAST_MS;
	if (!c->prompt_usual_ms || patience > c->now->cmd.prompt_ms)
		patience = c->now->cmd.prompt_ms;
	c->line_ms = now_ms;
	c->deadline_ms = now_ms + patience;
}

void chat_prompt_seen(struct at_chat *c, int64_t now_ms)
{
	c->framer.want_prompt = false;
	c->prompt_usual_ms = usual(c->prompt_usual_ms, now_ms - c->line_ms, c->now->cmd.prompt_ms);
	const char *why = objection(c);
	if (why) {
		leave(c, now_ms, why);
		return;
	}
	switch (c->now->gate) {
	case GATE_OPEN:
		go_on(c, now_ms);
		break;
	case GATE_SHUT:
		c->stage = CHAT_GATE;
		c->deadline_ms = now_ms + c->now->cmd.prompt_ms;
		break;
	case GATE_WITHHELD:
		leave(c, now_ms, "");
		break;
	}
}

void chat_prompt_due(struct at_chat *c, int64_t now_ms)
{
	if (c->stage == CHAT_PAYLOAD)
		put_payload(c, now_ms);
	else if (c->stage == CHAT_CTRLZ)
		put_ctrlz(c, now_ms);
	else if (c->stage == CHAT_GATE)
		leave(c, now_ms, "nobody let it go");
	else
		chat_finish(c, now_ms, AT_WITHHELD, -1, c->withheld, true);
}

int at_chat_release(struct at_chat *c, int64_t now_ms)
{
	int r = -ENOENT;
	for (struct chat_entry *e = c->head; e; e = e->next)
		if (e->gate == GATE_SHUT) {
			e->gate = GATE_OPEN;
			r = 0;
		}
	if (!c->now || c->now->gate != GATE_SHUT)
		return r;
	c->now->gate = GATE_OPEN;
	if (c->stage == CHAT_GATE)
		go_on(c, now_ms);
	return 0;
}

/* Takes the first gated command out of the queue. */
static struct chat_entry *take_gated(struct at_chat *c)
{
	for (struct chat_entry **at = &c->head; *at; at = &(*at)->next) {
		struct chat_entry *e = *at;
		if (e->gate != GATE_SHUT)
			continue;
		*at = e->next;
		c->waiting--;
		return e;
	}
	return NULL;
}

int at_chat_withhold(struct at_chat *c, int64_t now_ms)
{
	int r = -ENOENT;
	if (c->now && c->now->gate == GATE_SHUT) {
		c->now->gate = GATE_WITHHELD;
		if (c->stage == CHAT_GATE)
			leave(c, now_ms, "");
		r = 0;
	}
	/* those that wait now: what `done` submits is another matter */
	struct chat_entry *waiting = NULL, **end = &waiting;
	for (struct chat_entry *e; (e = take_gated(c)); r = 0, end = &e->next) {
		e->next = NULL;
		*end = e;
	}
	static const struct at_reply reply = {.final = AT_WITHHELD, .code = -1, .text = ""};
	while (waiting) {
		struct chat_entry *e = waiting;
		waiting = e->next;
		chat_done_entry(c, e, &reply);
	}
	return r;
}
