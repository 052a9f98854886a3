#include "at_commands/calls.h"
#include "at_commands/setup.h"

#include <errno.h>

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
