#include "cli/duty_args.h"

#include "store/person.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int duty_person(struct cli *c, struct store *s, const char *arg, int64_t *ret)
{
	char number[E164_MAX], *end;
	struct person list[PERSONS_PER_NUMBER], one;
	long long id = strtoll(arg, &end, 10);
	if (*arg && !*end && id > 0 && strlen(arg) < 8) {
		int r = person_get(s, id, &one);
		if (r == -ENOENT)
			return cli_fail(CLI_NOTHING,
					_("there is no person %s; `yishi person list` shows who is there"),
					arg);
		if (r < 0)
			return cli_store_failed(c, r);
		*ret = id;
		return 0;
	}
	int r = cli_number(c, arg, number);
	if (r)
		return r;
	int n = persons_of_number(s, number, list);
	if (n < 0)
		return cli_store_failed(c, n);
	if (n == 0)
		return cli_fail(CLI_NOTHING, _("nobody is registered with %s; `yishi person add` does that"),
				arg);
	if (n > 1)
		return cli_fail(
		    CLI_NOTHING,
		    _("%d people are registered with %s; say the ID that `yishi person list` shows"), n, arg);
	*ret = list[0].id;
	return 0;
}

static const char *const names[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

int duty_days(struct cli *c, const char *arg, unsigned *ret)
{
	unsigned days = 0;
	for (const char *p = arg ? arg : "sun-sat"; *p;) {
		char text[48], one[16];
		struct day_window w;
		size_t n = strcspn(p, " ,");
		if (n >= sizeof one)
			return cli_usage(c, _("'%s' are no days; mon-fri or 'sat sun' are"), arg);
		memcpy(one, p, n);
		one[n] = 0;
		p += n + strspn(p + n, " ,");
		snprintf(text, sizeof text, "%s 00:00-24:00", one);
		if (isdigit((unsigned char)one[0]) || day_window_parse(text, &w) < 0)
			return cli_usage(c, _("'%s' are no days; mon-fri or 'sat sun' are"), arg);
		days |= w.days;
	}
	*ret = days;
	return 0;
}

int duty_hours(struct cli *c, const char *arg, struct day_window *ret)
{
	struct day_window w = {0, 1440, 127};
	if (arg &&
	    (!isdigit((unsigned char)arg[0]) || day_window_parse(arg, &w) < 0 || w.from_minute == w.to_minute))
		return cli_usage(
		    c, _("'%s' is no span of hours; 08:00-20:00 is, and 20:00-08:00 goes into the next day"),
		    arg);
	ret->from_minute = w.from_minute;
	ret->to_minute = w.to_minute;
	return 0;
}

int duty_minute(struct cli *c, const char *arg, int *ret)
{
	struct day_window w;
	char text[32];
	if (strlen(arg) > 5 || !isdigit((unsigned char)arg[0]) ||
	    (snprintf(text, sizeof text, "%s-24:00", arg), day_window_parse(text, &w) < 0) ||
	    w.from_minute >= 1440)
		return cli_usage(c, _("'%s' is no time of day; 09:00 is"), arg);
	*ret = w.from_minute;
	return 0;
}

char *duty_days_text(unsigned days, char *out)
{
	out[0] = 0;
	if ((days & 127) == 127)
		return out;
	if (days == 62)
		return strcpy(out, "mon-fri");
	for (int i = 1; i <= 7; i++)
		if (days >> (i % 7) & 1) {
			if (*out)
				strcat(out, " ");
			strcat(out, names[i % 7]);
		}
	return out;
}

char *duty_hours_text(const struct day_window *w, char *out)
{
	snprintf(out, 32, "%02d:%02d-%02d:%02d", w->from_minute / 60 % 100, w->from_minute % 60,
		 w->to_minute / 60 % 100, w->to_minute % 60);
	return out;
}
