#include "cli/meeting_export.h"

#include "base/mem.h"
#include "cli/meeting_verbs.h"
#include "cli/paper.h"
#include "store/store.h"

#include <libical/ical.h>
#include <string.h>

#define ITEM_COLUMNS 100 /* of an item's words */

struct export
{
	struct cli *c;
	struct store *s;
	icalcomponent *calendar;
};

static struct icaltimetype ical_time(int64_t utc)
{
	return icaltime_from_timet_with_zone((time_t)utc, 0, icaltimezone_get_utc_timezone());
}

struct listing {
	const struct paper *p;
	struct buf text;
};

static int add_item(void *ctx, const struct agenda_row *a)
{
	struct listing *l = ctx;
	const char *category = category_name(a->category);
	cleanup_free char *words = paper_text(l->p, *a->text ? a->text : gettext(category), ITEM_COLUMNS);
	if (a->under)
		return 0;
	buf_addf(&l->text, _("no. %d %s (%d supporters)"), a->matter, words, a->supporters);
	buf_addc(&l->text, '\n');
	return 0;
}

/* What the meeting talks about, one item a line; NULL: nothing yet. */
static icalproperty *description(struct export *x, int64_t id)
{
	struct paper p = {.c = x->c};
	struct listing l = {.p = &p};
	icalproperty *d = NULL;
	if (meeting_agenda(x->s, id, add_item, &l) >= 0 && l.text.len)
		d = icalproperty_new_description(buf_str(&l.text));
	buf_done(&l.text);
	return d;
}

static int add_event(void *ctx, const struct meeting *m)
{
	struct export *x = ctx;
	const struct config *cfg = x->c->config;
	cleanup_free char *uid =
	    mem_printf("meeting-%lld@%s", (long long)m->id, cfg->number ? cfg->number : "yishi");
	cleanup_free char *summary = *m->title ? mem_dup(m->title) : mem_printf(_("Meeting of %s"), m->grid);
	icalcomponent *event = icalcomponent_vanew(
	    ICAL_VEVENT_COMPONENT, icalproperty_new_uid(uid),
	    icalproperty_new_dtstamp(ical_time(cli_now(x->c))),
	    icalproperty_new_dtstart(ical_time(m->starts_utc)), icalproperty_new_dtend(ical_time(m->ends_utc)),
	    icalproperty_new_summary(summary), icalproperty_new_location(m->place),
	    icalproperty_new_status(m->state == MEETING_CANCELLED ? ICAL_STATUS_CANCELLED
								  : ICAL_STATUS_CONFIRMED),
	    NULL);
	icalproperty *items = description(x, m->id);
	if (items)
		icalcomponent_add_property(event, items);
	icalcomponent_add_component(x->calendar, event);
	return 0;
}

int meeting_export_run(struct cli *c)
{
	struct store *s;
	struct meeting_filter f = {.grid = cli_opt(c, "grid"), .until_utc = INT64_MAX};
	int64_t id = 0;
	int r = c->argc ? meeting_open(c, &s, &id, NULL, NULL) : cli_store(c, &s);
	if (r)
		return r;
	f.since_utc = cli_now(c);
	struct export x = {c, s,
			   icalcomponent_vanew(ICAL_VCALENDAR_COMPONENT, icalproperty_new_version("2.0"),
					       icalproperty_new_prodid("-//yishi//" YISHI_VERSION "//ZH"),
					       NULL)};
	r = id ? meeting_get(s, id, add_event, &x) : meeting_list(s, &f, add_event, &x);
	char *text = icalcomponent_as_ical_string_r(x.calendar);
	fputs(text, c->out.file);
	free(text);
	icalcomponent_free(x.calendar);
	return r < 0 ? cli_store_failed(c, r) : EX_OK;
}
