#include "at_commands/health.h"
#include "at_commands/fields.h"
#include "at_commands/setup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VOLTAGE_MIN 1000 /* mV: less is no supply of a modem that speaks */
#define VOLTAGE_MAX 20000

struct at_command at_cmd_battery(void)
{
	return at_cmd("AT+CBC", 0);
}

/* "3850" millivolts, "3.916V" volts. */
static int millivolt_of(const char *field)
{
	char *end;
	double v = strtod(field, &end);
	if (end == field || v <= 0 || v > VOLTAGE_MAX)
		return -1;
	if (strchr(field, '.') || *end == 'V')
		v *= 1000;
	return v >= VOLTAGE_MIN && v <= VOLTAGE_MAX ? (int)(v + 0.5) : -1;
}

int at_read_battery(const struct at_reply *r, int *ret_millivolt, int *ret_percent)
{
	struct at_fields f;
	if (r->final != AT_OK)
		return -ENODATA;
	for (size_t i = 0; i < r->count; i++) {
		if (!at_has_prefix(r->lines[i], "+CBC:"))
			continue;
		at_fields_parse(&f, r->lines[i]);
		int percent = f.count > 1 ? at_fields_int(&f, 1, -1) : -1;
		*ret_percent = percent >= 0 && percent <= 100 ? percent : -1;
		*ret_millivolt = f.count == 1   ? millivolt_of(at_fields_str(&f, 0))
				 : f.count >= 3 ? millivolt_of(at_fields_str(&f, 2))
						: -1;
		return *ret_millivolt < 0 && *ret_percent < 0 ? -EBADMSG : 0;
	}
	return -EBADMSG;
}

struct at_command at_cmd_ims(const struct modem_row *row)
{
	return at_cmd(row->ims_query, 0);
}

enum at_ims at_read_ims(const struct at_reply *r)
{
	struct at_fields f;
	for (size_t i = 0; r->final == AT_OK && i < r->count; i++) {
		at_fields_parse(&f, r->lines[i]);
		if (at_has_prefix(r->lines[i], "+CIREG:") && at_fields_int(&f, 1, -1) >= 0)
			return at_fields_int(&f, 1, 0) == 1 ? IMS_ON : IMS_OFF;
		/* conf 0: as the operator's profile says, 1 on, 2 off; then whether VoLTE is at hand */
		if (at_has_prefix(r->lines[i], "+QCFG:") && !strcmp(at_fields_str(&f, 0), "ims") && f.count > 1)
			return at_fields_int(&f, 1, 0) == 2   ? IMS_FORBIDDEN
			       : at_fields_int(&f, 2, 0) == 1 ? IMS_ON
							      : IMS_OFF;
	}
	return IMS_UNKNOWN;
}

struct at_command at_cmd_own_number(void)
{
	return at_cmd("AT+CNUM", 0);
}

int at_read_own_number(const struct at_reply *r, char *number, size_t size)
{
	struct at_fields f;
	for (size_t i = 0; r->final == AT_OK && i < r->count; i++) {
		char plain[AT_NUMBER_MAX];
		if (!at_has_prefix(r->lines[i], "+CNUM:"))
			continue;
		at_fields_parse(&f, r->lines[i]);
		at_unhex_ucs2(at_fields_str(&f, 1), plain, sizeof plain);
		const char *p = plain + (*plain == '+');
		size_t n = strspn(p, "0123456789");
		if (n < 5 || p[n])
			continue;
		/* 145: international, whose sign some leave away */
		snprintf(number, size, "%s%s", *plain != '+' && at_fields_int(&f, 2, 0) == 145 ? "+" : "",
			 plain);
		return 0;
	}
	return -ENODATA;
}
