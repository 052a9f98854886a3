#include "at_commands/identity.h"
#include "at_commands/fields.h"
#include "at_commands/setup.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct at_command bare(const char *line, const char *prefixes)
{
	struct at_command c = at_cmd(line, 0);
	c.flags = AT_TAKE_BARE;
	snprintf(c.prefixes, sizeof c.prefixes, "%s", prefixes);
	return c;
}

struct at_command at_cmd_maker(void)
{
	return bare("AT+CGMI", "+CGMI:");
}

struct at_command at_cmd_model(void)
{
	return bare("AT+CGMM", "+CGMM:");
}

struct at_command at_cmd_revision(void)
{
	return bare("AT+CGMR", "+CGMR: Revision:");
}

struct at_command at_cmd_imei(void)
{
	return bare("AT+CGSN", "+CGSN:");
}

/* Every maker has a prefix of his own (+CCID, +QCCID, ^ICCID, +ZICCID …): whatever has the digits will do. */
struct at_command at_cmd_iccid(const char *command)
{
	struct at_command c = at_cmd(command, 0);
	c.flags = AT_TAKE_ALL;
	return c;
}

/* The first line that says something: without prefix, quotes and blanks. */
int at_read_words(const struct at_reply *r, char *out, size_t size)
{
	static const char *const heads[] = {
	    "+CGMI:", "+CGMM:", "+CGMR:", "+GMI:", "+GMM:", "+GMR:", "Revision:", "Manufacturer:", "Model:"};
	if (r->final != AT_OK)
		return -ENODATA;
	for (size_t i = 0; i < r->count; i++) {
		const char *p = r->lines[i];
		for (size_t k = 0; k < sizeof heads / sizeof heads[0]; k++)
			if (at_has_prefix(p, heads[k]))
				p += strlen(heads[k]);
		p += strspn(p, " \t\"");
		size_t n = strlen(p);
		while (n && strchr(" \t\"", p[n - 1]))
			n--;
		if (!n)
			continue;
		snprintf(out, size, "%.*s", (int)n, p);
		text_mask_controls(out);
		return 0;
	}
	return -ENODATA;
}

/* The longest run of digits (and hex fill letters behind them) of a line. */
static size_t digits(const char *line, const char **ret)
{
	size_t best = 0;
	for (const char *p = line; *p;) {
		size_t n = strspn(p, "0123456789");
		if (n > best) {
			best = n;
			*ret = p;
		}
		p += n ? n : 1;
	}
	return best;
}

static int read_digits(const struct at_reply *r, size_t min, size_t max, char *out)
{
	if (r->final != AT_OK)
		return -ENODATA;
	for (size_t i = 0; i < r->count; i++) {
		const char *colon = strchr(r->lines[i], ':'), *p = NULL;
		size_t n = digits(colon ? colon + 1 : r->lines[i], &p);
		/* 000000000000000 and its like, which whole batches have, are nobody's */
		if (n < min || strspn(p, (char[]){*p, 0}) >= n)
			continue;
		if (n > max)
			n = max;
		memcpy(out, p, n);
		out[n] = 0;
		return 0;
	}
	return -EBADMSG;
}

int at_read_imei(const struct at_reply *r, char out[16])
{
	return read_digits(r, 14, 15, out);
}

int at_read_iccid(const struct at_reply *r, char out[24])
{
	return read_digits(r, 18, 20, out);
}
