#include "civic/figures_words.h"

#include "base/i18n.h"

#include <stdio.h>

static const char *const months[] = {N_("January"),   N_("February"), N_("March"),    N_("April"),
				     N_("May"),       N_("June"),     N_("July"),     N_("August"),
				     N_("September"), N_("October"),  N_("November"), N_("December")};
static const char *const days[] = {N_("Sun"), N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat")};

char *share_words(struct share s, char *buf)
{
	int percent = share_percent(s);
	if (percent == SHARE_NONE)
		snprintf(buf, FIGURES_WORDS, "%s", _("no data"));
	else if (percent == SHARE_FEWER)
		snprintf(buf, FIGURES_WORDS, _("%1$lld of %2$lld"), (long long)s.n, (long long)s.of);
	else
		snprintf(buf, FIGURES_WORDS, _("%1$lld of %2$lld (%3$d %%)"), (long long)s.n, (long long)s.of,
			 percent);
	return buf;
}

char *share_short(struct share s, char *buf)
{
	int percent = share_percent(s);
	if (percent == SHARE_NONE)
		snprintf(buf, FIGURES_WORDS, "–");
	else if (percent == SHARE_FEWER)
		snprintf(buf, FIGURES_WORDS, "%lld/%lld", (long long)s.n, (long long)s.of);
	else
		snprintf(buf, FIGURES_WORDS, "%lld/%lld %d%%", (long long)s.n, (long long)s.of, percent);
	return buf;
}

char *time_words(int64_t seconds, char *buf)
{
	long long minutes = (seconds + 30) / 60, hours = (minutes + 30) / 60;
	if (seconds < 0)
		snprintf(buf, FIGURES_WORDS, "%s", _("no data"));
	else if (seconds < 2 * MINUTE_S)
		snprintf(buf, FIGURES_WORDS, _("%lld s"), (long long)seconds);
	else if (minutes < 60)
		snprintf(buf, FIGURES_WORDS, _("%lld min"), minutes);
	else if (minutes < 10 * 60 && minutes % 60)
		snprintf(buf, FIGURES_WORDS, _("%lld h %lld min"), minutes / 60, minutes % 60);
	else if (hours < 24)
		snprintf(buf, FIGURES_WORDS, _("%lld h"), hours);
	else if (hours % 24)
		snprintf(buf, FIGURES_WORDS, _("%lld d %lld h"), hours / 24, hours % 24);
	else
		snprintf(buf, FIGURES_WORDS, _("%lld d"), hours / 24);
	return buf;
}

char *measured_words(enum measure m, const struct measured *v, char *buf)
{
	char median[FIGURES_WORDS], most[FIGURES_WORDS], share[FIGURES_WORDS];
	switch (measures[m].form) {
	case MEASURE_IS_COUNT:
		snprintf(buf, FIGURES_WORDS, "%lld", (long long)v->share.n);
		break;
	case MEASURE_IS_SHARE:
		share_words(v->share, buf);
		break;
	case MEASURE_IS_TIME:
		if (v->median_s < 0) {
			share_words((struct share){0}, buf);
			break;
		}
		share_words(v->share, share);
		time_words(v->median_s, median);
		if (v->most_s < 0)
			snprintf(buf, FIGURES_WORDS, _("median %1$.40s, of %2$.60s"), median, share);
		else
			snprintf(buf, FIGURES_WORDS,
				 _("median %1$.40s, nine in ten within %3$.40s, of %2$.60s"), median, share,
				 time_words(v->most_s, most));
		break;
	}
	return buf;
}

static void date(int64_t utc, char *buf, size_t size)
{
	struct civil c;
	civil_from_utc(utc, &c);
	snprintf(buf, size, _("%1$d %2$s"), c.day, gettext(months[(c.month + 11) % 12]));
}

char *period_title(const struct period *p, bool so_far, char *buf)
{
	char name[FIGURES_WORDS / 2] = "", from[40], to[40];
	switch (p->kind) {
	case PERIOD_WEEK:
		date(p->from_utc, from, sizeof from);
		date(p->to_utc - 1, to, sizeof to);
		snprintf(name, sizeof name, _("week %1$d of %2$d (%3$s to %4$s)"), p->index, p->year, from, to);
		break;
	case PERIOD_MONTH:
		snprintf(name, sizeof name, _("%1$s %2$d"), gettext(months[(p->index + 11) % 12]), p->year);
		break;
	case PERIOD_QUARTER:
		snprintf(name, sizeof name, _("quarter %1$d of %2$d"), p->index, p->year);
		break;
	case PERIOD_YEAR:
	case PERIOD_KINDS:
		snprintf(name, sizeof name, _("the year %d"), p->year);
		break;
	}
	snprintf(buf, FIGURES_WORDS, so_far ? _("%s, so far") : "%s", name);
	return buf;
}

char *part_title(enum period_kind whole, const struct period_part *p, char *buf)
{
	struct civil from, to;
	civil_from_utc(p->from_utc, &from);
	civil_from_utc(p->to_utc - 1, &to);
	if (whole == PERIOD_WEEK)
		snprintf(buf, FIGURES_WORDS, "%s", gettext(days[from.weekday % 7]));
	else if (whole == PERIOD_MONTH && from.day == to.day)
		snprintf(buf, FIGURES_WORDS, _("day %d"), from.day);
	else if (whole == PERIOD_MONTH)
		snprintf(buf, FIGURES_WORDS, _("days %1$d to %2$d"), from.day, to.day);
	else
		snprintf(buf, FIGURES_WORDS, "%s", gettext(months[(from.month + 11) % 12]));
	return buf;
}
