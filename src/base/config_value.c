/* Values of the configuration: from what is written to what is meant. */
#include "base/address.h"
#include "base/config_internal.h"
#include "base/e164.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <libgen.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

#define HEX "0123456789abcdefABCDEF"

static void set_string(void *field, const char *value)
{
	char **s = field;
	free(*s);
	*s = mem_dup(value);
}

static char *absolute(const char *config_path, const char *value)
{
	if (value[0] == '/')
		return mem_dup(value);
	char real[PATH_MAX];
	if (!realpath(config_path, real))
		snprintf(real, sizeof real, "%s", config_path);
	return mem_printf("%s/%s", dirname(real), value);
}

static int parse_int(const char *value, int *ret)
{
	char *end;
	errno = 0;
	long v = strtol(value, &end, 10);
	if (end == value || *end || errno || v < 0 || v > 1000000000)
		return -EINVAL;
	*ret = (int)v;
	return 0;
}

static int parse_roles(const char *value, unsigned *ret)
{
	static const struct {
		const char *name;
		unsigned bit;
	} names[] = {{"receive", MODEM_RECEIVE}, {"send", MODEM_SEND}, {"alarms", MODEM_ALARMS}};
	char copy[64], *save = NULL;
	unsigned roles = 0;
	if (strlen(value) >= sizeof copy)
		return -EINVAL;
	snprintf(copy, sizeof copy, "%s", value);
	for (char *w = strtok_r(copy, " ,", &save); w; w = strtok_r(NULL, " ,", &save)) {
		unsigned bit = 0;
		for (size_t i = 0; i < ARRAY_LEN(names); i++)
			if (!strcmp(w, names[i].name))
				bit = names[i].bit;
		if (!bit)
			return -EINVAL;
		roles |= bit;
	}
	*ret = roles;
	return roles ? 0 : -EINVAL;
}

static size_t digits_of(const char *s, const char *digits)
{
	return s[strspn(s, digits)] ? 0 : strlen(s);
}

/* "usb:2C7C:0125" and the like become lower case, so that they can be compared as they are. */
static const char *set_device(void *field, const char *value)
{
	static const char *const sentence =
	    N_("wants a path such as /dev/serial/by-id/…, usb:2c7c:0125, or imei: and 15 digits");
	cleanup_free char *copy = mem_dup(value);
	if (!strncmp(value, "usb:", 4)) {
		char *product = strchr(copy + 4, ':');
		if (!product)
			return sentence;
		*product++ = 0;
		if (digits_of(copy + 4, HEX) != 4 || digits_of(product, HEX) != 4)
			return sentence;
		product[-1] = ':';
		for (char *p = copy; *p; p++)
			*p = (char)tolower((unsigned char)*p);
	} else if (!strncmp(value, "imei:", 5)) {
		if (digits_of(value + 5, "0123456789") != 15)
			return sentence;
	} else if (value[0] != '/')
		return sentence;
	set_string(field, copy);
	return NULL;
}

/* Absolute, separated by blanks. */
static bool globs_right(const char *value)
{
	for (const char *p = value; *p; p++)
		if (*p != ' ' && (p == value || p[-1] == ' ') && *p != '/')
			return false;
	return true;
}

/* ussd:CODE or sms:NUMBER:TEXT */
static bool balance_right(const char *value)
{
	size_t n = strlen(value);
	if (!strncmp(value, "ussd:", 5))
		return n > 6 && n <= 5 + 24 && strspn(value + 5, "0123456789*#") == n - 5;
	if (strncmp(value, "sms:", 4) != 0)
		return false;
	size_t digits = strspn(value + 4, "+0123456789");
	const char *text = value + 4 + digits;
	return digits >= 3 && digits <= 16 && text[0] == ':' && text[1] && strlen(text) <= 70 &&
	       text_valid(text, strlen(text));
}

/* From that moment to the end of its day. */
static int parse_weekly(const char *value, struct day_window *ret)
{
	struct day_window w;
	cleanup_free char *window = mem_printf(strcasecmp(value, "none") ? "%s-24:00" : "%s", value);
	if (day_window_parse(window, &w) || (w.days & (w.days - 1)))
		return -EINVAL;
	*ret = w;
	return 0;
}

const char *config_assign(void *base, const struct key *k, const char *value, const char *path)
{
	void *field = (char *)base + k->offset;
	char number[E164_MAX];
	char *end;
	switch (k->type) {
	case STRING:
		set_string(field, value);
		return text_valid(value, strlen(value)) ? NULL : N_("is not UTF-8 text");
	case PATH: {
		cleanup_free char *full = absolute(path, value);
		set_string(field, full);
		return NULL;
	}
	case INT:
		return parse_int(value, field) ? N_("wants a whole number, 0 or more") : NULL;
	case BOOL:
		if (!strcasecmp(value, "yes") || !strcasecmp(value, "true") || !strcmp(value, "1"))
			*(bool *)field = true;
		else if (!strcasecmp(value, "no") || !strcasecmp(value, "false") || !strcmp(value, "0"))
			*(bool *)field = false;
		else
			return N_("wants yes or no");
		return NULL;
	case DURATION:
		return duration_parse(value, field) ? N_("wants a duration such as 90s, 5m, 2h or 3d") : NULL;
	case WINDOW:
		return day_window_parse(value, field)
			   ? N_("wants hours such as 20:30-08:00, mon-fri 08:30-17:30, or none")
			   : NULL;
	case WEEKLY:
		return parse_weekly(value, field) ? N_("wants a weekday and a time such as mon 10:00, or none")
						  : NULL;
	case LANGUAGE:
		if (!strcmp(value, "zh"))
			*(enum language *)field = LANG_ZH;
		else if (!strcmp(value, "en"))
			*(enum language *)field = LANG_EN;
		else
			return N_("wants zh or en");
		return NULL;
	case ZONE: {
		char zone[PATH_MAX];
		snprintf(zone, sizeof zone, "/usr/share/zoneinfo/%s", value);
		FILE *f = value[0] && value[0] != '/' && !strstr(value, "..") ? fopen(zone, "re") : NULL;
		if (!f)
			return N_("names no time zone of this system (try Asia/Shanghai)");
		fclose(f);
		set_string(field, value);
		return NULL;
	}
	case PHONE: {
		enum e164_kind kind = e164_parse(value, number);
		if (!e164_is_person(kind))
			return N_("wants a telephone number such as +8613800000000");
		set_string(field, number);
		return NULL;
	}
	case ROLES:
		return parse_roles(value, field) ? N_("wants some of: receive send alarms") : NULL;
	case DEVICE:
		return set_device(field, value);
	case ICCID:
		if (digits_of(value, "0123456789") < 18 || strlen(value) > 20)
			return N_("wants the 18 to 20 digits that are printed on the SIM");
		set_string(field, value);
		return NULL;
	case GLOBS:
		if (!globs_right(value))
			return N_("wants absolute paths, separated by blanks, such as /dev/ttyS*");
		set_string(field, value);
		return NULL;
	case CENTRE:
		if (value[0] != '+' || digits_of(value + 1, "0123456789") < 6 || strlen(value) > 20)
			return N_("wants the number of a service centre such as +8613800100500");
		set_string(field, value);
		return NULL;
	case ADDRESS: {
		struct sockaddr_storage at;
		socklen_t n;
		if (address_parse(value, &at, &n))
			return N_("wants an address and a port such as 0.0.0.0:8080 or 127.0.0.1:8080");
		set_string(field, value);
		return NULL;
	}
	case BALANCE:
		if (!balance_right(value))
			return N_("wants ussd:CODE or sms:NUMBER:TEXT, such as ussd:*100# or sms:10086:YE");
		set_string(field, value);
		return NULL;
	case DATE: {
		unsigned year, month, day;
		int n = 0;
		if (sscanf(value, "%4u-%2u-%2u%n", &year, &month, &day, &n) != 3 || value[n] || year < 2000 ||
		    month < 1 || month > 12 || day < 1 || day > 31)
			return N_("wants a date such as 2027-06-30");
		set_string(field, value);
		return NULL;
	}
	case NUMBER:
		if (!isfinite(strtod(value, &end)) || end == value || *end)
			return N_("wants a number");
		set_string(field, value);
		return NULL;
	}
	return N_("has a type that is unknown");
}

bool config_is_string(const struct key *k)
{
	switch (k->type) {
	case STRING:
	case PATH:
	case ZONE:
	case PHONE:
	case NUMBER:
	case DATE:
	case DEVICE:
	case ICCID:
	case GLOBS:
	case CENTRE:
	case ADDRESS:
	case BALANCE:
		return true;
	case INT:
	case BOOL:
	case DURATION:
	case WINDOW:
	case WEEKLY:
	case LANGUAGE:
	case ROLES:
		break;
	}
	return false;
}
