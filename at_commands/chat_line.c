/* Whose is this line: echo, final result, reply, unsolicited code, the PDU line of one of them, or nobody's. */
#include "at_commands/chat_impl.h"
#include "at_commands/errors.h"
#include "at_commands/fields.h"
#include "base/mem.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PDU_HEX_MIN 16   /* shorter hex is no PDU of any kind */
#define TEXT_MAX    1500 /* of a code whose text has several lines */

bool chat_prefix_in(const char *prefixes, const char *line)
{
	while (*prefixes) {
		prefixes += strspn(prefixes, " ");
		size_t n = strcspn(prefixes, " ");
		if (n && !strncasecmp(line, prefixes, n))
			return true;
		prefixes += n;
	}
	return false;
}

bool chat_same_words(const char *a, const char *b)
{
	for (;; a++, b++) {
		a += strspn(a, " ");
		b += strspn(b, " ");
		if (*a != *b)
			return false;
		if (!*a)
			return true;
	}
}

static unsigned flags(const struct at_chat *c)
{
	return c->now ? c->now->cmd.flags : 0;
}

/* ---- final results ---- */

struct final_row {
	const char *text;
	enum at_final final;
	bool prefix;    /* words follow */
	unsigned needs; /* flags of the command, 0: any */
	bool not_bare;  /* for a command that takes bare lines it is a reply */
};

/* What peers accept as the end of a reply: 27.007 and Huawei, Motorola, Samsung. */
static const struct final_row final_rows[] = {
    {"OK", AT_OK, false, 0, false},
    {"ERROR", AT_ERROR, false, 0, false},
    {"+CMS ERROR", AT_CMS_ERROR, true, 0, false},
    {"+CME ERROR", AT_CME_ERROR, true, 0, false},
    {"COMMAND NOT SUPPORT", AT_ERROR, true, 0, false},
    {"MODEM ERROR:", AT_ERROR, true, 0, false},
    {"TOO MANY PARAMETERS", AT_ERROR, false, 0, false},
    {"NA", AT_ERROR, false, 0, true},
    {"NO CARRIER", AT_ERROR, true, AT_CALL, false},
    {"BUSY", AT_ERROR, false, AT_CALL, false},
    {"NO ANSWER", AT_ERROR, false, AT_CALL, false},
    {"NO DIALTONE", AT_ERROR, false, AT_CALL, false},
    {"CONNECT", AT_OK, true, AT_CALL, false},
};

static const struct final_row extra_final = {"", AT_ERROR, false, 0, false};

static const struct final_row *find_final(const struct at_chat *c, const char *line)
{
	for (size_t i = 0; i < ARRAY_LEN(final_rows); i++) {
		const struct final_row *f = &final_rows[i];
		bool same = f->prefix ? at_has_prefix(line, f->text) : !strcmp(line, f->text);
		if (!same || (f->needs && !(flags(c) & f->needs)))
			continue;
		if (f->not_bare && flags(c) & (AT_TAKE_BARE | AT_TAKE_ALL))
			continue;
		return f;
	}
	for (int i = 0; i < AT_FINALS_MAX && c->opt.final_extra[i]; i++)
		if (!strcasecmp(line, c->opt.final_extra[i]))
			return &extra_final;
	return NULL;
}

bool chat_line_is_final(const struct at_chat *c, const char *line)
{
	return find_final(c, line);
}

/* The number of `+CMS ERROR: 304`, or the one behind its words; −1 when nobody knows. */
static int error_code(enum at_final f, const char *text)
{
	char *end;
	long v = strtol(text, &end, 10);
	if (end != text && !end[strspn(end, " ")] && v >= 0 && v <= 0xFFFF)
		return (int)v;
	return at_error_from_text(f == AT_CMS_ERROR ? AT_CMS : AT_CME, text);
}

static void take_final(struct at_chat *c, int64_t now_ms, const struct final_row *f, const char *line)
{
	if (c->swallow) {
		c->swallow--;
		chat_late(c, line);
		return;
	}
	if (c->stage == CHAT_LEAVE) {
		chat_finish(c, now_ms, AT_WITHHELD, -1, c->withheld, false);
	} else if (f->final == AT_OK && chat_before_payload(c)) {
		chat_finish(c, now_ms, AT_NO_PROMPT, -1, line, false);
	} else if (c->stage == CHAT_GRACE && f->final != AT_OK) {
		/* the centre has acknowledged it; what the modem says afterwards changes nothing */
		chat_finish(c, now_ms, AT_OK, -1, line, true);
	} else if (f->final == AT_CMS_ERROR || f->final == AT_CME_ERROR) {
		const char *text = line + strlen(f->text);
		text += strspn(text, ": ");
		chat_finish(c, now_ms, f->final, error_code(f->final, text), text, false);
	} else {
		chat_finish(c, now_ms, f->final, -1, line, false);
	}
}

/* ---- unsolicited codes ---- */

static void hand_out(struct at_chat *c, const char *line, const char *pdu)
{
	struct at_urc u;
	c->stats.urcs++;
	if (!c->ev.urc)
		return;
	urc_parse(line, pdu, &u);
	c->depth++;
	c->ev.urc(c->ev.user, &u);
	c->depth--;
}

static void forget_pending(struct at_chat *c, int i)
{
	memmove(&c->pending[i], &c->pending[i + 1], (size_t)(c->pending_count - i - 1) * sizeof c->pending[0]);
	c->pending_count--;
}

static void release_pending(struct at_chat *c, int i, const char *pdu)
{
	char *line = c->pending[i].line;
	forget_pending(c, i);
	hand_out(c, line, pdu);
	free(line);
}

void chat_flush_pending(struct at_chat *c, int64_t now_ms)
{
	for (int i = 0; i < c->pending_count;) {
		if (now_ms >= c->pending[i].deadline_ms)
			release_pending(c, i, NULL);
		else
			i++;
	}
}

void chat_drop_pending(struct at_chat *c)
{
	while (c->pending_count) {
		free(c->pending[0].line);
		forget_pending(c, 0);
	}
}

/* A quote that was not closed: a menu of several lines. */
static bool quote_open(const char *line)
{
	int quotes = 0;
	for (; *line; line++)
		quotes += *line == '"';
	return quotes % 2;
}

static int open_text(const struct at_chat *c)
{
	for (int i = 0; i < c->pending_count; i++)
		if (c->pending[i].open)
			return i;
	return -1;
}

/* A line that nobody knows while a text is open belongs to it, until its quote is closed. */
static bool text_goes_on(struct at_chat *c, const char *line)
{
	int i = open_text(c);
	if (i < 0 || strlen(c->pending[i].line) + strlen(line) > TEXT_MAX)
		return false;
	char *joined = mem_printf("%s\n%s", c->pending[i].line, line);
	free(c->pending[i].line);
	c->pending[i].line = joined;
	if (!quote_open(joined))
		release_pending(c, i, NULL);
	return true;
}

static void take_code(struct at_chat *c, int64_t now_ms, const char *line, int lines)
{
	bool open = lines < 2 && at_has_prefix(line, "+CUSD:") && quote_open(line);
	if (lines < 2 && !open) {
		hand_out(c, line, NULL);
		return;
	}
	if (c->pending_count == CHAT_PENDING)
		release_pending(c, 0, NULL);
	c->pending[c->pending_count++] = (struct chat_pending){
	    .line = mem_dup(line), .deadline_ms = now_ms + c->opt.pair_ms, .seq = ++c->seq, .open = open};
}

/* The last field of any header is the length of the TPDU. */
static int stated_length(const char *header)
{
	struct at_fields f;
	at_fields_parse(&f, header);
	return at_fields_int(&f, f.count - 1, -1);
}

void chat_note_header(struct at_chat *c, const char *line)
{
	c->header_open = true;
	c->header_length = stated_length(line);
	c->header_seq = ++c->seq;
}

/* Which of the open headers a PDU line belongs to: the latest one whose length fits, else the latest.
 * Index into pending, or −1 for the reply's header. */
static int owner_of_pdu(const struct at_chat *c, const char *hex)
{
	int best = -1, length = at_pdu_length(hex);
	uint64_t best_seq = c->header_open ? c->header_seq : 0;
	bool best_fits = c->header_open && c->header_length == length;
	for (int i = 0; i < c->pending_count; i++) {
		if (c->pending[i].open)
			continue;
		bool fits = stated_length(c->pending[i].line) == length;
		if (fits > best_fits || (fits == best_fits && c->pending[i].seq > best_seq)) {
			best = i;
			best_seq = c->pending[i].seq;
			best_fits = fits;
		}
	}
	/* a bare number or an over-full reply is no PDU of a code unless the length says so */
	if (best >= 0 && !best_fits && flags(c) & AT_TAKE_BARE)
		return -1;
	return best;
}

bool chat_unasked(struct at_chat *c, int64_t now_ms, const char *line)
{
	if (c->pending_count && at_is_hex(line) && strlen(line) >= PDU_HEX_MIN) {
		int i = owner_of_pdu(c, line);
		if (i >= 0) {
			release_pending(c, i, line);
			return true;
		}
	}
	const struct urc_row *row = urc_find(line);
	if (row)
		take_code(c, now_ms, line, row->lines);
	return row;
}

void chat_late(struct at_chat *c, const char *line)
{
	if (!c->ev.late)
		return;
	c->depth++;
	c->ev.late(c->ev.user, c->lost_tag, line);
	c->depth--;
}

/* ---- replies ---- */

static void add_line(struct at_chat *c, const char *line)
{
	size_t n = strlen(line) + 1;
	if (c->count >= AT_REPLY_LINES || c->text.len + n > AT_REPLY_BYTES) {
		c->truncated = true;
		return;
	}
	buf_add(&c->text, line, n);
	c->count++;
}

static void take_reply(struct at_chat *c, int64_t now_ms, const char *line)
{
	add_line(c, line);
	c->header_open = false;
	if (flags(c) & AT_TAKE_PDU && chat_prefix_in(c->now->cmd.prefixes, line))
		chat_note_header(c, line);
	chat_result_line(c, now_ms);
}

static bool is_echo(const struct at_chat *c, const char *line)
{
	const struct at_command *cmd = &c->now->cmd;
	if (!strcasecmp(line, cmd->line) || (c->now->payload && !strcasecmp(line, c->now->payload)))
		return true;
	return at_has_prefix(line, "AT") && line[2] && strchr("+^*#$%&", line[2]);
}

/* An expected prefix, and yet perhaps unasked: kept aside in case nothing better comes. */
static void take_expected(struct at_chat *c, int64_t now_ms, const char *line)
{
	const struct urc_row *row = urc_find(line);
	if (!row || !urc_not_reply(line)) {
		take_reply(c, now_ms, line);
		return;
	}
	if (row->kind == URC_REG) {
		free(c->aside);
		c->aside = mem_dup(line);
	}
	take_code(c, now_ms, line, row->lines);
}

static bool takes_bare(const struct at_chat *c, const char *line)
{
	unsigned f = flags(c);
	if (f & (AT_TAKE_BARE | AT_TAKE_ALL))
		return true;
	return f & AT_TAKE_PDU && (c->header_open || at_is_hex(line));
}

static bool is_lost(const struct at_chat *c, int64_t now_ms, const char *line)
{
	return now_ms < c->lost_until_ms && chat_prefix_in(c->lost_prefixes, line);
}

/* A submit's result cannot come before its payload: it is the one of the submit before. */
static bool is_too_early(const struct at_chat *c, int64_t now_ms, const char *line)
{
	return c->now->payload && chat_before_payload(c) && is_lost(c, now_ms, line) &&
	       !chat_same_words(c->now->cmd.before, line);
}

static void take_unknown(struct at_chat *c, int64_t now_ms, const char *line)
{
	bool code = strchr("^+*#$%_", line[0]);
	if (text_goes_on(c, line)) {
		c->stats.garbage = 0;
		return;
	}
	if (is_lost(c, now_ms, line)) {
		chat_late(c, line); /* after the resync: its final result will follow */
		c->swallow = c->now ? 1 : 0;
	} else if (chat_resync_owed(c, now_ms, line)) {
		c->swallow += c->now ? 1 : 0;
	} else if (c->now && (code ? flags(c) & AT_TAKE_ALL : takes_bare(c, line))) {
		take_reply(c, now_ms, line);
	} else if (code) {
		hand_out(c, line, NULL);
	} else {
		c->stats.stray++;
		return;
	}
	c->stats.garbage = 0;
}

void chat_line(struct at_chat *c, int64_t now_ms, const char *line)
{
	if (chat_resyncing(c)) {
		chat_resync_line(c, now_ms, line);
		return;
	}
	const struct final_row *f = c->now ? find_final(c, line) : NULL;
	if (c->now && is_echo(c, line)) {
		c->stats.garbage = 0;
		chat_echo(c, now_ms, line);
	} else if (f) {
		c->stats.garbage = 0;
		take_final(c, now_ms, f, line);
	} else if (c->now && chat_prefix_in(c->now->cmd.prefixes, line) && !is_too_early(c, now_ms, line)) {
		c->stats.garbage = 0;
		take_expected(c, now_ms, line);
	} else if (chat_unasked(c, now_ms, line)) {
		c->stats.garbage = 0;
	} else {
		take_unknown(c, now_ms, line);
	}
}
