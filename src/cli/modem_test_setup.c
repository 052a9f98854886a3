/* The acceptance test's steps about settings, stores and service centre. Queries first; a setting is written only where
 * it is not what the gateway will want, as the gateway itself does. */
#include "cli/modem_test.h"

#include "base/text.h"

#include <string.h>

#define READY_MS    15000 /* settings are refused for so long by a modem that has just started */
#define SMSC_SHORT  5     /* no service centre has a number as short */
#define ROOM_SMALL  10    /* places; the smallest modem that is recommended has as many */
#define NEARLY_FULL 80    /* in a hundred */

void test_centre(struct test *t)
{
	const char *wanted = t->line ? t->line->smsc : NULL, *now = t->card.smsc;
	int type;
	if (wanted && !at_smsc_is(now, wanted)) {
		dialogue_ask(t->d, at_cmd_smsc_set(wanted));
		if (at_read_smsc(dialogue_ask(t->d, at_cmd_smsc_query()), t->card.smsc, &type))
			t->card.smsc[0] = 0;
	}
	test_figure_text(t, "smsc", "%s", wanted ? wanted : now);
	if (wanted)
		test_found(t, at_smsc_is(now, wanted) ? "smsc.set" : "smsc.refused");
	else
		test_found(t, strlen(now) < SMSC_SHORT ? "smsc.empty" : "smsc.ok");
}

/* ------------------------------------------------------------------------------------------------ settings */

static bool pdu_mode(struct test *t)
{
	int mode = -1;
	if (at_read_format(dialogue_ask(t->d, at_cmd_format_query()), &mode) == 0 && mode == 0)
		return true;
	dialogue_ask(t->d, at_cmd_format_pdu());
	return at_read_format(dialogue_ask(t->d, at_cmd_format_query()), &mode) == 0 && mode == 0;
}

/* What is advertised may be refused all the same: the row's candidates in turn. The gateway's first steps bring the
 * announcements to this port. */
static bool announcements(struct test *t)
{
	struct at_sets sets;
	int now[5];
	bool told = at_read_notify_options(dialogue_ask(t->d, at_cmd_notify_options()), &sets) == 0;
	bool known = at_read_notify(dialogue_ask(t->d, at_cmd_notify_query()), now) == 0;
	for (int i = 0; !dialogue_borrowed(t->d) && i < t->card.row->quiet.count; i++)
		dialogue_ask(t->d, at_cmd_step(&t->card.row->quiet.step[i]));
	for (int i = -1; (i = at_choose_notify(t->card.row, told ? &sets : NULL, i + 1)) >= 0;)
		if ((known && at_notify_is(t->card.row, i, now)) ||
		    dialogue_ask(t->d, at_cmd_notify_set(t->card.row, i))->final == AT_OK)
			return true;
	return false;
}

void test_settings(struct test *t)
{
	int mode, service = -1;
	int64_t until = mono_ms() + test_patience(t, READY_MS);
	while (!pdu_mode(t)) {
		bool words = at_read_format(dialogue_ask(t->d, at_cmd_format_query()), &mode) == 0;
		if (!words && test_again(t, until, _("the modem gets ready")))
			continue;
		if (!test_ended(t))
			test_found(t, words ? "settings.words" : "settings.none");
		return;
	}
	t->has |= NEED_TEXTS;
	if (at_read_service(dialogue_ask(t->d, at_cmd_service_query()), &service) ||
	    service != t->card.row->csms)
		dialogue_ask(t->d, at_cmd_service(t->card.row));
	t->quiet = !announcements(t);
	test_found(t, t->quiet ? "settings.silent" : "settings.ok");
}

/* The memory that the gateway will choose; NULL figures when the modem has none. */
static bool choose_store(struct test *t, struct at_stores *now)
{
	struct at_sets sets;
	bool told = at_read_stores_options(dialogue_ask(t->d, at_cmd_stores_options()), &sets) == 0;
	if (at_read_stores(dialogue_ask(t->d, at_cmd_stores_query()), now))
		*now = (struct at_stores){.count = 0};
	for (int i = 0; at_choose_store(t->card.row, told ? &sets : NULL, i, t->store) == 0; i++) {
		struct at_stores set;
		if (at_stores_are(t->card.row, now, t->store) && now->total[0] > 0)
			return true;
		if (at_read_stores(dialogue_ask(t->d, at_cmd_stores_set(t->card.row, t->store)), &set) == 0 &&
		    set.total[0] > 0) {
			*now = set;
			return true;
		}
	}
	t->store[0] = 0;
	return false;
}

void test_stores(struct test *t)
{
	struct at_stores now;
	int64_t until = mono_ms() + test_patience(t, READY_MS);
	while (!choose_store(t, &now))
		if (!test_again(t, until, _("the modem gets ready"))) {
			test_found(t, "stores.none");
			return;
		}
	int used = now.used[0], size = now.total[0];
	test_figure_text(t, "store", "%s", t->store);
	test_figure(t, "used", json_integer(used));
	test_figure(t, "size", json_integer(size));
	test_found(t, used >= size                       ? "stores.full"
		      : used * 100 >= size * NEARLY_FULL ? "stores.nearly"
		      : size < ROOM_SMALL                ? "stores.small"
							 : "stores.ok");
}
