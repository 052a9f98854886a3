#include "at_commands/calls.h"
#include "at_commands/setup.h"

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

struct at_command at_cmd_dial(const char *number, int ring_ms)
{
	struct at_command c = at_cmd("", ring_ms);
	snprintf(c.line, sizeof c.line, "ATD%s;", number);
	c.flags = AT_CALL;
	return c;
}

enum at_dialled at_read_dial(const struct at_reply *r)
{
	static const char *const over[] = {"BUSY", "NO ANSWER", "NO CARRIER", "NO DIALTONE"};
	if (r->final == AT_OK || r->final == AT_TIMEOUT)
		return DIAL_RINGS;
	for (size_t i = 0; i < sizeof over / sizeof over[0]; i++)
		if (!strcmp(r->text, over[i]))
			return DIAL_OVER;
	return DIAL_REFUSED;
}
