#include "at_commands/calls.h"
#include "at_commands/fields.h"
#include "at_commands/setup.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct at_command at_cmd_calls(void)
{
	return at_cmd("AT+CLCC", 0);
}

int at_read_calls(const struct at_reply *r, struct at_call *ret, int max)
{
	if (r->final != AT_OK)
		return -ENODATA;
	int n = 0;
	for (size_t i = 0; i < r->count && n < max; i++)
		if (!urc_parse_clcc(r->lines[i], &ret[n]))
			n++;
	return n;
}

int at_cmd_hangup(const struct modem_row *row, int which, struct at_command *ret)
{
	if (which < 0 || which >= row->hangup.count)
		return -ENOENT;
	*ret = at_cmd(row->hangup.word[which], 0);
	return 0;
}

/* 15: the default alphabet; the network's limit for the first answer is long. */
struct at_command at_cmd_ussd(const char *code)
{
	struct at_command c = at_cmd("", 30000);
	snprintf(c.line, sizeof c.line, "AT+CUSD=1,\"%.64s\",15", code);
	return c;
}

static unsigned hex_value(const char *s)
{
	unsigned v = 0;
	sscanf(s, "%4x", &v);
	return v;
}

/* Data coding scheme 72 (and 8, 17 with UCS-2 inside) come as hex; a surrogate pair is joined. */
static void ucs2_text(const char *hex, char *out, size_t size)
{
	size_t n = 0;
	for (; strlen(hex) >= 4 && n + 5 < size; hex += 4) {
		uint32_t u = hex_value(hex);
		if (u >= 0xD800 && u < 0xDC00 && strlen(hex) >= 8) {
			uint32_t low = hex_value(hex + 4);
			if (low >= 0xDC00 && low < 0xE000) {
				u = 0x10000 + ((u - 0xD800) << 10) + (low - 0xDC00);
				hex += 4;
			}
		}
		if (u)
			n += text_put(out + n, u);
	}
	out[n] = 0;
}

void at_ussd_text(const struct at_urc *urc, char *out, size_t size)
{
	struct at_fields f;
	at_fields_parse(&f, urc->line);
	const char *text = at_fields_str(&f, 1);
	int dcs = at_fields_int(&f, 2, 15);
	bool ucs2 = (dcs & 0x0C) == 0x08 || dcs == 17;
	if (ucs2 && at_is_hex(text) && strlen(text) % 4 == 0)
		ucs2_text(text, out, size);
	else
		text_copy(out, size, text);
}
