#include "at_commands/messages.h"
#include "at_commands/fields.h"
#include "at_commands/setup.h"
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define READ_MS   20000
#define DELETE_MS 20000
#define GRACE_MS  5000 /* for the OK behind +CMGS: n */

/* ---- reading ---- */

struct at_command at_cmd_list(const struct modem_row *row)
{
	struct at_command c = at_cmd("AT+CMGL=4", row->cmgl_max_ms);
	snprintf(c.prefixes, sizeof c.prefixes, "+CMGL:");
	c.flags = AT_TAKE_PDU;
	return c;
}

static struct at_slot *add_slot(struct at_list *l, struct at_slot s)
{
	l->slot = mem_resize(l->slot, (size_t)l->count + 1, sizeof *l->slot);
	l->slot[l->count] = s;
	return &l->slot[l->count++];
}

/* TS 27.005 3.4.2: a number in PDU mode, "REC UNREAD" and its like in text mode. */
static bool is_words(const struct at_fields *f, int field)
{
	const char *stat = at_fields_str(f, field);
	return f->count > field && *stat && !strpbrk(stat, "0123456789");
}

static void set_pdu(struct at_slot *s, const char *hex)
{
	s->pdu = mem_dup(hex);
	s->length_lies = !at_is_hex(hex) || (s->length >= 0 && at_pdu_length(hex) != s->length);
}

/* A header without PDU keeps its place; a PDU line without a header, also before the first one, has no
 * index. */
int at_read_list(const struct at_reply *r, struct at_list *ret)
{
	if (r->final != AT_OK)
		return -ENODATA;
	struct at_list l = {0};
	struct at_slot *open = NULL;
	for (size_t i = 0; i < r->count; i++) {
		const char *line = r->lines[i];
		if (!at_has_prefix(line, "+CMGL:") && *line == '+')
			continue; /* of another command in the same line */
		if (!at_has_prefix(line, "+CMGL:")) {
			if (!open)
				open = add_slot(&l, (struct at_slot){.index = -1, .stat = -1, .length = -1});
			set_pdu(open, line);
			open = NULL;
			continue;
		}
		struct at_fields f;
		at_fields_parse(&f, line);
		struct at_slot s = {.index = at_fields_int(&f, 0, -1), .stat = at_fields_int(&f, 1, -1)};
		s.length = f.count > 2 ? at_fields_int(&f, f.count - 1, -1) : -1;
		s.text_mode = is_words(&f, 1);
		open = add_slot(&l, s);
	}
	*ret = l;
	return 0;
}

void at_list_done(struct at_list *l)
{
	for (int i = 0; i < l->count; i++)
		free(l->slot[i].pdu);
	free(l->slot);
	*l = (struct at_list){0};
}

void at_slot_done(struct at_slot *s)
{
	free(s->pdu);
	s->pdu = NULL;
}

struct at_command at_cmd_read(int index)
{
	struct at_command c = at_cmd("", READ_MS);
	snprintf(c.line, sizeof c.line, "AT+CMGR=%d", index);
	snprintf(c.prefixes, sizeof c.prefixes, "+CMGR:");
	c.flags = AT_TAKE_PDU;
	return c;
}

static bool is_empty_slot(const struct at_reply *r)
{
	if (r->final != AT_CMS_ERROR && r->final != AT_CME_ERROR)
		return false;
	return at_error_class(r->final == AT_CMS_ERROR ? AT_CMS : AT_CME, r->code) == AT_CLASS_EMPTY;
}

/* `+CMGR: <stat>,[<alpha>],<len>` and the PDU. `+CMGR: 0,,0` without one is an empty slot too. */
int at_read_slot(const struct at_reply *r, struct at_slot *ret)
{
	if (is_empty_slot(r))
		return -ENOENT;
	if (r->final != AT_OK)
		return -ENODATA;
	struct at_slot s = {.index = -1, .stat = -1, .length = -1};
	for (size_t i = 0; i < r->count; i++) {
		if (at_has_prefix(r->lines[i], "+CMGR:")) {
			struct at_fields f;
			at_fields_parse(&f, r->lines[i]);
			s.stat = at_fields_int(&f, 0, -1);
			s.length = f.count > 1 ? at_fields_int(&f, f.count - 1, -1) : -1;
			s.text_mode = is_words(&f, 0);
		} else if (!s.pdu) {
			set_pdu(&s, r->lines[i]);
		}
	}
	if (!s.pdu && s.length <= 0 && !s.text_mode)
		return -ENOENT;
	*ret = s;
	return 0;
}

struct at_command at_cmd_delete(int index)
{
	struct at_command c = at_cmd("", DELETE_MS);
	snprintf(c.line, sizeof c.line, "AT+CMGD=%d", index);
	return c;
}

struct at_command at_cmd_delete_many(const int *index, int count, int *ret_taken)
{
	struct at_command c = at_cmd_delete(index[0]);
	size_t len = strlen(c.line);
	int n = 1;
	for (char more[24]; n < count; n++) {
		size_t add = (size_t)snprintf(more, sizeof more, ";+CMGD=%d", index[n]);
		if (len + add >= sizeof c.line)
			break;
		memcpy(c.line + len, more, add + 1);
		len += add;
	}
	c.timeout_ms = DELETE_MS * (n < 3 ? n : 3);
	*ret_taken = n;
	return c;
}

int at_read_delete(const struct at_reply *r)
{
	return r->final == AT_OK || is_empty_slot(r) ? 0 : -ENODATA;
}

/* ---- sending ---- */

struct at_command at_cmd_submit(const struct modem_row *row, const char *hex, int length, bool ask_format)
{
	struct at_command c = at_cmd("", row->result_ms);
	snprintf(c.line, sizeof c.line, "AT%s+CMGS=%d", ask_format ? "+CMGF?;" : "", length);
	snprintf(c.prefixes, sizeof c.prefixes, "+CMGS:%s", ask_format ? " +CMGF:" : "");
	snprintf(c.before, sizeof c.before, "%s", ask_format ? "+CMGF: 0" : "");
	c.flags = AT_GATED;
	c.payload = hex;
	c.prompt_ms = row->prompt_ms;
	c.silence_ms = row->silence_ms;
	c.grace_ms = GRACE_MS;
	return c;
}

static int mr_of(const char *line)
{
	struct at_fields f;
	at_fields_parse(&f, line);
	int mr = at_fields_int(&f, 0, -1);
	return mr >= 0 && mr <= 255 ? mr : -1;
}

enum at_submitted at_read_submit(const struct at_reply *r, int *ret_mr)
{
	*ret_mr = -1;
	switch (r->final) {
	case AT_OK:
		if (!r->payload_sent)
			return SUBMIT_NOT_SENT;
		if (r->count)
			*ret_mr = mr_of(r->lines[r->count - 1]);
		return SUBMITTED;
	case AT_ERROR:
	case AT_CMS_ERROR:
	case AT_CME_ERROR:
		return SUBMIT_REFUSED;
	case AT_TIMEOUT:
	case AT_CANCELLED:
		return r->payload_sent ? SUBMIT_UNKNOWN : SUBMIT_NOT_SENT;
	case AT_NO_PROMPT:
	case AT_DEAD:
	case AT_WITHHELD:
		break;
	}
	return SUBMIT_NOT_SENT;
}

bool at_late_submit(const char *line, int *ret_mr)
{
	if (!at_has_prefix(line, "+CMGS:"))
		return false;
	*ret_mr = mr_of(line);
	return true;
}

struct at_command at_cmd_more(const struct modem_row *row, bool on)
{
	struct at_command c = at_cmd("", 0);
	snprintf(c.line, sizeof c.line, "AT+CMMS=%d", on ? row->cmms : 0);
	return c;
}

struct at_command at_cmd_acknowledge(const struct modem_row *row, bool *ret_wanted)
{
	static const char *const forms[] = {
	    [CNMA_NONE] = "", [CNMA_PLAIN] = "AT+CNMA", [CNMA_0] = "AT+CNMA=0", [CNMA_1] = "AT+CNMA=1"};
	struct at_command c = at_cmd(forms[row->cnma], 0);
	c.flags = AT_FIRST;
	*ret_wanted = row->cnma != CNMA_NONE;
	return c;
}
