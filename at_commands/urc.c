#include "at_commands/urc.h"
#include "at_commands/fields.h"
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Plain words are a code only as a whole line or before punctuation: RING is, RINGING is not. */
static bool row_fits(const char *line, const char *prefix)
{
	if (!at_has_prefix(line, prefix))
		return false;
	char last = prefix[strlen(prefix) - 1], next = line[strlen(prefix)];
	return !isalnum((unsigned char)last) || !isalnum((unsigned char)next);
}

const struct urc_row *urc_find(const char *line)
{
	size_t n, best_len = 0;
	const struct urc_row *t = urc_table(&n), *best = NULL;
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(t[i].prefix);
		if (len > best_len && row_fits(line, t[i].prefix)) {
			best = &t[i];
			best_len = len;
		}
	}
	return best;
}

static void copy_number(char out[AT_NUMBER_MAX], const char *in)
{
	text_copy(out, AT_NUMBER_MAX, in);
	text_mask_controls(out);
}

static enum call_state state_of(int stat)
{
	static const enum call_state states[] = {CALL_ACTIVE,   CALL_HELD,    CALL_DIALING, CALL_ALERTING,
						 CALL_INCOMING, CALL_WAITING, CALL_ENDED};
	return stat >= 0 && stat <= 6 ? states[stat] : CALL_ENDED;
}

/* +CLCC: id,dir,stat,mode,mpty[,"number",type …]. A VoLTE leg may call itself data (mode 1): both are calls. */
int urc_parse_clcc(const char *line, struct at_call *ret)
{
	struct at_fields f;
	at_fields_parse(&f, line);
	int id = at_fields_int(&f, 0, -1), dir = at_fields_int(&f, 1, -1), stat = at_fields_int(&f, 2, -1);
	if (id < 0 || dir < 0 || dir > 1 || stat < 0 || stat > 6)
		return -EBADMSG;
	*ret = (struct at_call){.id = id, .incoming = dir == 1, .state = state_of(stat)};
	ret->voice = at_fields_int(&f, 3, 0) == 0;
	copy_number(ret->number, at_fields_str(&f, 5));
	ret->number_type = at_fields_int(&f, 6, -1);
	return 0;
}

/* ^DSCI: id,dir,stat,type,number,numtype (Quectel). */
static void parse_dsci(const struct at_fields *f, struct at_call *ret)
{
	*ret = (struct at_call){.id = at_fields_int(f, 0, -1), .incoming = at_fields_int(f, 1, 0) == 1};
	ret->state = state_of(at_fields_int(f, 2, 6));
	ret->voice = at_fields_int(f, 3, 0) == 0;
	copy_number(ret->number, at_fields_str(f, 4));
	ret->number_type = at_fields_int(f, 5, -1);
}

/* "number",type[,subaddr,satype[,alpha[,validity]]]: how many commas stand before the validity differs by
 * maker, so that the last field decides. An empty number, or one without a digit ("anonymous", "Unavailable"),
 * is withheld too. */
static void parse_clip(const struct at_fields *f, struct at_urc *u)
{
	copy_number(u->number, at_fields_str(f, 0));
	u->number_type = at_fields_int(f, 1, -1);
	int validity = f->count > 2 && !f->quoted[f->count - 1] ? at_fields_int(f, f->count - 1, 0) : 0;
	u->validity = validity == 1 ? CLIP_WITHHELD : validity == 2 ? CLIP_UNAVAILABLE : CLIP_VALID;
	if (!strpbrk(u->number, "0123456789")) {
		u->number[0] = 0;
		if (u->validity == CLIP_VALID)
			u->validity = CLIP_WITHHELD;
	}
}

/* The number stands last: MISSED_CALL: 01:23AM 13800138001. */
static void parse_missed(struct at_urc *u)
{
	const char *last = strrchr(u->text, ' ');
	char number[AT_NUMBER_MAX];
	snprintf(number, sizeof number, "%s", last ? last + 1 : u->text);
	number[strcspn(number, "\",")] = 0;
	if (strpbrk(number, "0123456789"))
		copy_number(u->number, number);
}

static void parse_stored(const struct at_fields *f, struct at_urc *u)
{
	snprintf(u->memory, sizeof u->memory, "%s", at_fields_str(f, 0));
	u->index = at_fields_int(f, f->count > 1 ? 1 : 0, -1);
	if (f->count < 2 && u->index >= 0)
		u->memory[0] = 0;
}

/* `<alpha>,<len>`, `,<len>` or `<len>`: the length stands last. */
static void parse_direct(const struct at_fields *f, const char *pdu, struct at_urc *u)
{
	u->length = at_fields_int(f, f->count - 1, -1);
	u->pdu = pdu;
	u->length_lies = pdu && u->length >= 0 && at_pdu_length(pdu) != u->length;
}

static enum urc_domain domain_of(const char *line)
{
	if (at_has_prefix(line, "+CGREG"))
		return REG_PS;
	if (at_has_prefix(line, "+CEREG"))
		return REG_EPS;
	return at_has_prefix(line, "+C5GREG") ? REG_5GS : REG_CS;
}

/* 1 in or ready, 0 out, −1 not said. */
static int sim_state(const char *line, const struct at_fields *f)
{
	if (at_has_prefix(line, "+QSIMSTAT"))
		return at_fields_int(f, f->count - 1, -1) == 1; /* <enable>,<inserted> */
	if (at_has_prefix(line, "^SIMST"))
		return at_fields_int(f, 0, 255) != 255; /* 255: no SIM */
	if (strstr(line, "NOT") || strstr(line, "REMOVED"))
		return 0;
	int v = at_fields_int(f, 0, -1);
	return v < 0 ? -1 : v > 0;
}

static void parse_by_kind(const struct at_fields *f, const char *pdu, struct at_urc *u)
{
	switch (u->kind) {
	case URC_CLIP:
		parse_clip(f, u);
		break;
	case URC_CCWA:
		copy_number(u->number, at_fields_str(f, 0));
		u->number_type = at_fields_int(f, 1, -1);
		break;
	case URC_CALL:
		if (at_has_prefix(u->line, "^DSCI"))
			parse_dsci(f, &u->call);
		else if (urc_parse_clcc(u->line, &u->call))
			u->kind = URC_UNKNOWN;
		break;
	case URC_MISSED_CALL:
		parse_missed(u);
		break;
	case URC_CMTI:
	case URC_CDSI:
		parse_stored(f, u);
		break;
	case URC_CMT:
	case URC_CDS:
	case URC_CBM:
		parse_direct(f, pdu, u);
		break;
	case URC_REG:
		u->domain = domain_of(u->line);
		u->value = at_fields_int(f, 0, -1);
		break;
	case URC_STORE_FULL:
		snprintf(u->memory, sizeof u->memory, "%s", at_fields_str(f, f->count - 1));
		break;
	case URC_SIM:
		u->value = sim_state(u->line, f);
		break;
	case URC_USSD:
		u->value = at_fields_int(f, 0, -1);
		break;
	case URC_BOOT:
		/* +CFUN: 1 is part of the start; other values tell of the radio alone */
		if (at_has_prefix(u->line, "+CFUN:") && at_fields_int(f, 0, 1) != 1)
			u->kind = URC_NETWORK;
		break;
	case URC_UNKNOWN:
	case URC_RING:
	case URC_CALL_BEGIN:
	case URC_CALL_END:
	case URC_CLASS0:
	case URC_PIN:
	case URC_READY:
	case URC_POWER:
	case URC_TIME:
	case URC_SIGNAL:
	case URC_NETWORK:
	case URC_NOISE:
	case URC_KIND_COUNT:
		break;
	}
}

void urc_parse(const char *line, const char *pdu, struct at_urc *ret)
{
	const struct urc_row *row = urc_find(line);
	*ret = (struct at_urc){.kind = row ? row->kind : URC_UNKNOWN,
			       .line = line,
			       .index = -1,
			       .length = -1,
			       .number_type = -1,
			       .value = -1};
	ret->text = line + (row ? strlen(row->prefix) : 0);
	while (*ret->text == ' ')
		ret->text++;
	struct at_fields f;
	at_fields_parse(&f, line);
	parse_by_kind(&f, pdu, ret);
}

/* A registration reply is n,stat…: its second field is a small plain number, up to three digits (`002,001`). In
 * the unsolicited form a quoted or four-digit area code stands there, or nothing. */
bool urc_reg_has_mode(const struct at_fields *f)
{
	return f->count >= 2 && !f->quoted[1] && strlen(f->field[1]) <= 3 && at_fields_int(f, 1, -1) >= 0;
}

bool urc_not_reply(const char *line)
{
	struct at_fields f;
	at_fields_parse(&f, line);
	if (at_has_prefix(line, "+CREG:") || at_has_prefix(line, "+CGREG:") || at_has_prefix(line, "+CEREG:") ||
	    at_has_prefix(line, "+C5GREG:"))
		return !urc_reg_has_mode(&f);
	if (at_has_prefix(line, "+CLIP:"))
		return f.count > 2 || f.quoted[0] || strlen(at_fields_str(&f, 0)) != 1;
	if (at_has_prefix(line, "+CCWA:"))
		return f.quoted[0] || strlen(at_fields_str(&f, 0)) > 1;
	if (at_has_prefix(line, "+CLCC:"))
		return at_fields_int(&f, 2, -1) == 6;
	if (at_has_prefix(line, "+CUSD:"))
		return f.count > 1;
	/* message codes are no reply to anything */
	const struct urc_row *row = urc_find(line);
	return row && (row->lines == 2 || row->kind == URC_CMTI || row->kind == URC_CDSI);
}

static const char *const kind_names[URC_KIND_COUNT] = {
    [URC_UNKNOWN] = "unknown",
    [URC_RING] = "ring",
    [URC_CLIP] = "clip",
    [URC_CCWA] = "ccwa",
    [URC_CALL] = "call",
    [URC_CALL_BEGIN] = "call-begin",
    [URC_CALL_END] = "call-end",
    [URC_MISSED_CALL] = "missed-call",
    [URC_CMTI] = "cmti",
    [URC_CDSI] = "cdsi",
    [URC_CMT] = "cmt",
    [URC_CDS] = "cds",
    [URC_CBM] = "cbm",
    [URC_CLASS0] = "class0",
    [URC_REG] = "reg",
    [URC_PIN] = "pin",
    [URC_SIM] = "sim",
    [URC_BOOT] = "boot",
    [URC_READY] = "ready",
    [URC_POWER] = "power",
    [URC_STORE_FULL] = "store-full",
    [URC_USSD] = "ussd",
    [URC_TIME] = "time",
    [URC_SIGNAL] = "signal",
    [URC_NETWORK] = "network",
    [URC_NOISE] = "noise",
};

const char *urc_kind_name(enum urc_kind k)
{
	return kind_names[k];
}
