#include "at_commands/network.h"
#include "at_commands/fields.h"
#include "at_commands/setup.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define OPERATOR_MS 120000

struct at_command at_cmd_reg_report(const char *what, int mode)
{
	struct at_command c = at_cmd("", 0);
	snprintf(c.line, sizeof c.line, "AT+%.16s=%d", what, mode);
	return c;
}

struct at_command at_cmd_reg_query(const struct modem_row *row, const char *what)
{
	struct at_command c = at_cmd("", 0);
	snprintf(c.line, sizeof c.line, "AT+%.16s?", what);
	int n = snprintf(c.prefixes, sizeof c.prefixes, "+%.16s:", what);
	for (int i = 0; i < row->reg_alias.count && n < (int)sizeof c.prefixes; i++)
		n += snprintf(c.prefixes + n, sizeof c.prefixes - (size_t)n, " %s", row->reg_alias.word[i]);
	return c;
}

/* [n,]stat[,lac,ci[,act]]; a wandering quote (`"0B,"0100701",7`) costs the cell, never the state. */
int at_parse_reg(const char *line, bool query, struct at_registration *ret)
{
	struct at_fields f;
	at_fields_parse(&f, line);
	*ret = (struct at_registration){.mode = -1, .stat = -1, .lac = -1, .cell = -1, .act = -1};
	int i = 0;
	if (query && urc_reg_has_mode(&f))
		ret->mode = at_fields_int(&f, i++, -1);
	ret->stat = at_fields_int(&f, i, -1);
	if (ret->stat < 0 || ret->stat > 31)
		return -EBADMSG;
	ret->lac = at_fields_hex(&f, i + 1, -1);
	ret->cell = at_fields_hex(&f, i + 2, -1);
	ret->act = at_fields_int(&f, i + 3, -1);
	return 0;
}

static bool is_reg(const char *line)
{
	return at_has_prefix(line, "+C") && strstr(line, "REG:");
}

int at_read_reg(const struct at_reply *r, struct at_registration *ret)
{
	if (r->final != AT_OK)
		return -ENODATA;
	for (size_t i = r->count; i-- > 0;)
		if (is_reg(r->lines[i]) && !at_parse_reg(r->lines[i], true, ret))
			return 0;
	return -EBADMSG;
}

bool at_reg_usable(const struct modem_row *row, int stat)
{
	return stat >= 0 && stat < 32 && row->reg_ok >> stat & 1;
}

struct at_command at_cmd_signal(void)
{
	return at_cmd("AT+CSQ", 0);
}

/* 27.007 8.5: 0 … 31 in steps of 2 dBm from −113; 99 unknown. 100 … 191: TD-SCDMA and LTE, −116 dBm upwards. */
int at_signal_dbm(const char *line)
{
	struct at_fields f;
	at_fields_parse(&f, line);
	int v = at_fields_int(&f, 0, 99);
	if (v >= 0 && v <= 31)
		return -113 + 2 * v;
	if (v >= 100 && v <= 191)
		return v - 216;
	return SIGNAL_UNKNOWN;
}

int at_read_signal(const struct at_reply *r, int *ret_dbm)
{
	if (r->final != AT_OK)
		return -ENODATA;
	for (size_t i = r->count; i-- > 0;)
		if (at_has_prefix(r->lines[i], "+CSQ:")) {
			*ret_dbm = at_signal_dbm(r->lines[i]);
			return 0;
		}
	return -EBADMSG;
}

struct at_command at_cmd_operator(void)
{
	return at_cmd("AT+COPS?", OPERATOR_MS);
}

int at_read_operator(const struct at_reply *r, char *name, size_t size, int *ret_act)
{
	if (r->final != AT_OK)
		return -ENODATA;
	if (!r->count)
		return -EBADMSG;
	struct at_fields f;
	at_fields_parse(&f, r->lines[r->count - 1]);
	text_copy(name, size, at_fields_str(&f, 2));
	text_mask_controls(name);
	*ret_act = at_fields_int(&f, 3, -1);
	return 0;
}

struct at_command at_cmd_operator_auto(void)
{
	return at_cmd("AT+COPS=0", OPERATOR_MS);
}

const char *at_technology(int act)
{
	static const char *const names[] = {"GSM", "GSM", "UMTS", "GSM", "UMTS", "UMTS", "UMTS",
					    "LTE", "GSM", "LTE",  "LTE", "NR",   "LTE",  "LTE"};
	return act >= 0 && act < (int)(sizeof names / sizeof names[0]) ? names[act] : "";
}

const char *at_signal_word(int dbm)
{
	static const struct {
		int from;
		const char *word;
	} words[] = {{-75, "strong"}, {-85, "good"}, {-95, "fair"}, {-105, "weak"}, {-112, "very weak"}};
	if (dbm == SIGNAL_UNKNOWN)
		return "";
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (dbm >= words[i].from)
			return words[i].word;
	return "none";
}

struct at_command at_cmd_cause(void)
{
	struct at_command c = at_cmd("AT+CEER", 0);
	c.flags |= AT_TAKE_BARE; /* some leave the prefix away */
	return c;
}

int at_read_cause(const struct at_reply *r, char *words, size_t size, int *ret_cause)
{
	if (r->final != AT_OK)
		return -ENODATA;
	if (!r->count)
		return -EBADMSG;
	const char *line = r->lines[r->count - 1];
	struct at_fields f;
	if (at_has_prefix(line, "+CEER:")) {
		line += 6;
		line += strspn(line, " ");
	}
	at_fields_parse(&f, line);
	text_copy(words, size, line);
	text_mask_controls(words);
	/* `5,11`, `EMM_CAUSE,11`, `11`: the last number is the cause */
	*ret_cause = -1;
	for (int i = 0; i < f.count; i++) {
		int v = at_fields_int(&f, i, -1);
		if (v > 0 && v < 256)
			*ret_cause = v;
	}
	return 0;
}
