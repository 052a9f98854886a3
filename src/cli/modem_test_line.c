/* The acceptance test's steps about port, modem, SIM and network: questions alone. */
#include "cli/modem_find.h"
#include "cli/modem_test.h"

#include "base/text.h"
#include "hw/port_holder.h"
#include "hw/usb_supply.h"

#include <errno.h>
#include <string.h>

#define BORROW_MS  150000 /* a text that is under way there may take so long */
#define GREET_MS   5000
#define SIM_MS     20000
#define NETWORK_MS 60000
#define LOOK_MS    2000
#define SIGNAL_MS  10000
#define WEAK_DBM   -95
#define POOR_DBM   -107

/* ------------------------------------------------------------------------------------------------ the port */

static void no_port(struct test *t, const char *path, int r, const struct err *e)
{
	char holder[96] = "";
	test_figure_text(t, "port", "%s", path);
	test_figure_text(t, "device", "%s", path);
	test_figure_reason(t, "reason", r, e->text);
	if (r == -EBUSY && port_holder(path, holder, sizeof holder)) {
		test_figure_text(t, "holder", "%s", holder);
		test_found(t, "port.held");
	} else if (r == -EBUSY) {
		test_figure_text(t, "holder", "%s", "?");
		test_found(t, "port.held");
	} else if (r == -ENOENT || r == -ENODEV || r == -ENXIO)
		test_found(t, "port.none");
	else if (r == -EACCES || r == -EPERM)
		test_found(t, "port.denied");
	else
		test_found(t, "port.error");
}

/* Somebody has it who is neither the gateway nor another command of ours. */
static bool another_program(const char *device)
{
	char holder[96];
	return *device == '/' && port_holder(device, holder, sizeof holder) && strncmp(holder, "yishi", 5) != 0;
}

/* From the running daemon; true when that was tried, be it in vain. */
static bool borrow(struct test *t)
{
	struct err e = {0};
	if (!t->line || !t->daemon_runs)
		return false;
	test_waiting(t, _("the gateway lends its port"), 0);
	int r = dialogue_borrow(t->cfg, t->line->name, BORROW_MS, &t->d, &e);
	if (!r || r == -ENOENT || r == -ECONNREFUSED || r == -ESRCH)
		return !r;
	if (r == -EBUSY && another_program(t->line->device)) {
		no_port(t, t->line->device, r, &e);
		return true;
	}
	test_figure_text(t, "device", "%s", t->line->device);
	test_figure_reason(t, "reason", r, e.text);
	test_found(t, r == -ENODEV ? "port.none" : r == -EBUSY ? "port.lent" : "port.busy");
	return true;
}

static bool is_device(const struct found_modem *m, const char *device)
{
	char imei[16];
	if (!strncmp(device, "usb:", 4))
		return !strcmp(device + 4, m->ports[0].usb.id);
	return !strncmp(device, "imei:", 5) && !at_read_imei(dialogue_ask(m->d, at_cmd_imei()), imei) &&
	       !strcmp(device + 5, imei);
}

static bool holds_sim(const struct test *t, struct dialogue *d, const char *wanted)
{
	char iccid[24] = "";
	const struct modem_words *ways = &modem_card_identify(d, &t->rows)->iccid;
	for (int i = 0; i < ways->count && !iccid[0]; i++)
		if (at_read_iccid(dialogue_ask(d, at_cmd_iccid(ways->word[i])), iccid))
			iccid[0] = 0;
	return !strcmp(iccid, wanted);
}

/* usb:VID:PID or imei:DIGITS, among all sticks; of several (some makers give all of theirs one IMEI) that with the
 * line's SIM. NULL: it is not there. */
static struct dialogue *search(struct test *t, const char *device)
{
	struct find f;
	struct dialogue *d = NULL;
	struct found_modem *best = NULL;
	bool sure = false;
	test_waiting(t, _("its stick is looked for"), 0);
	modem_find(t->c, &t->rows, NULL, false, &f);
	for (int i = 0; i < f.count && !sure; i++) {
		struct found_modem *m = &f.modems[i];
		if (!m->d || !is_device(m, device))
			continue;
		sure = t->line->iccid && holds_sim(t, m->d, t->line->iccid);
		if (!best || sure)
			best = m;
	}
	if (best) {
		d = best->d;
		best->d = NULL;
		text_copy(t->usb, sizeof t->usb, best->ports[0].usb.id);
	}
	find_done(&f);
	return d;
}

static void open_port(struct test *t)
{
	struct err e = {0};
	const char *device = t->line ? t->line->device : t->name;
	if (*device != '/') {
		t->d = search(t, device);
		if (!t->d)
			no_port(t, device, -ENODEV, &e);
		return;
	}
	int r = dialogue_open(device, 0, &t->d, &e);
	if (r)
		no_port(t, device, r, &e);
}

/* The id by which the tables of models know it, whichever way the port was found. */
static void read_usb_id(struct test *t)
{
	struct usb_supply u;
	if (!t->usb[0] && usb_supply_read(t->port, &u) == 0)
		text_copy(t->usb, sizeof t->usb, u.id);
}

void test_port(struct test *t)
{
	if (!borrow(t))
		open_port(t);
	if (!t->d)
		return;
	text_copy(t->port, sizeof t->port, dialogue_path(t->d));
	read_usb_id(t);
	test_figure_text(t, "port", "%s", t->port);
	test_figure(t, "borrowed", json_boolean(dialogue_borrowed(t->d)));
	enum speaker who = dialogue_greet(t->d, test_patience(t, GREET_MS));
	if (who != SPEAKER_MODEM) {
		bool silent = who == SPEAKER_SILENT || who == SPEAKER_ECHO;
		test_figure_text(t, "speaker", "%s", speaker_name(who));
		test_found(t, silent ? "port.silent" : "port.wrong");
		return;
	}
	t->has |= NEED_PORT;
	test_found(t, "port.ok");
}

/* ------------------------------------------------------------------------------------------------ who it is */

/* All that it tells, anew. */
static void look(struct test *t)
{
	struct modem_card card;
	int r = modem_card_read(t->d, &t->rows, t->usb, &card);
	if (r == 0 || r == -ENODATA) {
		t->card = card;
		t->under_voltage |= card.under_voltage; /* it has taken the complaint */
		dialogue_set_row(t->d, card.row);
	}
}

static const char *or_unknown(const char *s)
{
	return *s ? s : "?";
}

void test_modem(struct test *t)
{
	/* forgotten when it starts anew: errors with their numbers, without which nothing can be told apart */
	dialogue_ask(t->d, at_cmd("ATE0", 0));
	dialogue_ask(t->d, at_cmd("AT+CMEE=1", 0));
	look(t);
	if (!t->card.row) {
		t->has &= ~(unsigned)NEED_PORT;
		test_figure_text(t, "port", "%s", t->port);
		test_found(t, "port.silent");
		return;
	}
	const struct modem_card *k = &t->card;
	test_figure_text(t, "maker", "%s", card_maker(k));
	test_figure_text(t, "model", "%s", or_unknown(k->id.model));
	test_figure_text(t, "firmware", "%s", or_unknown(k->id.revision));
	test_figure_text(t, "imei", "%s", k->imei);
	test_figure_text(t, "row", "%s", k->row->name);
	bool known = strcmp(k->row->name, "generic") != 0;
	test_found(t, !k->imei[0] ? "modem.nameless" : known ? "modem.ok" : "modem.unknown");
}

/* ------------------------------------------------------------------------------------------------ the SIM */

static void open_sim(struct test *t)
{
	const char *wanted = t->line ? t->line->iccid : NULL, *iccid = t->card.iccid;
	t->has |= NEED_SIM;
	test_figure_text(t, "iccid", "%s", iccid);
	if (wanted)
		test_figure_text(t, "wanted", "%s", wanted);
	if (wanted && *iccid && strcmp(wanted, iccid) != 0)
		test_found(t, "sim.other");
	else
		test_found(t, *iccid ? "sim.ok" : "sim.nameless");
}

void test_sim(struct test *t)
{
	int limit = test_patience(t, SIM_MS);
	int64_t until = mono_ms() + limit, left = limit;
	while (t->card.pin == PIN_NOT_READY && left > 0 && !test_ended(t)) {
		test_waiting(t, _("the SIM gets ready"), left);
		dialogue_wait(t->d, URC_BIT(URC_PIN), (int)(left < LOOK_MS ? left : LOOK_MS));
		look(t);
		left = until - mono_ms();
	}
	if (t->card.pin_tries >= 0)
		test_figure(t, "tries", json_integer(t->card.pin_tries));
	test_figure(t, "seconds", json_integer(limit / 1000));
	switch (t->card.pin) {
	case PIN_READY:
	case PIN_PIN2: /* texts want neither of the second codes */
	case PIN_PUK2:
		open_sim(t);
		return;
	case PIN_PIN:
		test_found(t, t->card.pin_tries == 1 ? "sim.last" : "sim.pin");
		return;
	case PIN_PUK:
		test_found(t, "sim.puk");
		return;
	case PIN_LOCKED:
		test_found(t, "lock.locked");
		return;
	case PIN_NOT_READY:
		test_found(t, "sim.waits");
		return;
	case PIN_ABSENT:
		test_found(t, "sim.absent");
		return;
	case PIN_FAILED:
	case PIN_UNKNOWN:
		break;
	}
	test_found(t, "sim.broken");
}

/* The SIM is open, so that it is not locked out; whether another one would be. 3GPP TS 27.007 7.4. */
void test_lock(struct test *t)
{
	struct at_fields f = {.count = 0};
	const struct at_reply *r = dialogue_ask(t->d, at_cmd("AT+CLCK=\"PN\",2", 0));
	for (size_t i = 0; r->final == AT_OK && i < r->count; i++)
		if (at_has_prefix(r->lines[i], "+CLCK:"))
			at_fields_parse(&f, r->lines[i]);
	int locked = at_fields_int(&f, 0, -1);
	test_found(t, locked == 1 ? "lock.own" : locked == 0 ? "lock.ok" : "lock.untold");
}

/* ------------------------------------------------------------------------------------------------ the network */

/* <stat> of 3GPP TS 27.007 7.2 */
enum {
	STAT_SEARCHING = 2,
	STAT_DENIED = 3,
	STAT_UNKNOWN = 4, /* out of reach, mostly */
	STAT_ROAMING = 5,
	STAT_SMS_ROAMING = 7,
	STAT_EMERGENCY = 8,
	STAT_RLOS = 11 /* an operator's own pages and emergency calls */
};

static void not_registered(struct test *t)
{
	char words[96] = "";
	int cause = -1, stat = t->card.stat;
	if (t->card.radio >= 0 && t->card.radio != 1) {
		test_figure(t, "fun", json_integer(t->card.radio));
		test_found(t, "network.radio");
		return;
	}
	if (t->card.row->ceer &&
	    at_read_cause(dialogue_ask(t->d, at_cmd_cause()), words, sizeof words, &cause) == 0)
		test_figure_text(t, "reason", "%s", words);
	test_found(t, stat == STAT_DENIED                              ? "network.denied"
		      : stat == STAT_EMERGENCY || stat == STAT_RLOS    ? "network.emergency"
		      : stat == STAT_SEARCHING || stat == STAT_UNKNOWN ? "network.searching"
								       : "network.none");
}

/* Nothing but data is offered here: no domain of calls and texts, and no IMS in its place. A plain "not registered"
 * there beside LTE says nothing: texts go by way of LTE then. */
static bool data_only(const struct modem_card *k)
{
	enum { CREG, CGREG, CEREG };
	int calls = k->domain[CREG].at.stat;
	if (!k->domain[CREG].answered || at_reg_usable(k->row, calls) || k->ims == IMS_ON)
		return false;
	return calls == STAT_DENIED ||
	       !(k->domain[CEREG].answered && at_reg_usable(k->row, k->domain[CEREG].at.stat));
}

void test_network(struct test *t)
{
	int limit = test_patience(t, NETWORK_MS);
	int64_t until = mono_ms() + limit, left = limit;
	while (!t->card.registered && t->card.stat != STAT_DENIED && left > 0 && !test_ended(t)) {
		test_waiting(t, _("the modem looks for a network"), left);
		dialogue_wait(t->d, URC_BIT(URC_REG), (int)(left < LOOK_MS ? left : LOOK_MS));
		look(t);
		left = until - mono_ms();
	}
	test_figure(t, "seconds", json_integer(limit / 1000));
	test_figure(t, "stat", json_integer(t->card.stat));
	if (!t->card.registered) {
		not_registered(t);
		return;
	}
	t->has |= NEED_NETWORK;
	test_figure_text(t, "operator", "%s", or_unknown(t->card.operator_name));
	test_figure_text(t, "technology", "%s", at_technology(t->card.act));
	bool roams = t->card.stat == STAT_ROAMING || t->card.stat == STAT_SMS_ROAMING;
	if (data_only(&t->card)) {
		test_found(t, "network.data");
		if (!roams)
			return;
	}
	test_found(t, !roams                        ? "network.home"
		      : t->line && t->line->roaming ? "network.roams"
						    : "network.roaming");
}

void test_signal(struct test *t)
{
	int64_t until = mono_ms() + test_patience(t, SIGNAL_MS);
	int dbm = t->card.signal_dbm;
	if (dbm == SIGNAL_UNKNOWN && !(t->has & NEED_NETWORK)) {
		test_figure_text(t, "because", "%s", "network");
		test_found(t, "needs");
		return;
	}
	while (dbm == SIGNAL_UNKNOWN && test_again(t, until, _("the modem measures the signal")))
		if (at_read_signal(dialogue_ask(t->d, at_cmd_signal()), &dbm))
			dbm = SIGNAL_UNKNOWN;
	if (dbm == SIGNAL_UNKNOWN) {
		test_found(t, "signal.untold");
		return;
	}
	test_figure(t, "signal_dbm", json_integer(dbm));
	test_found(t, dbm < POOR_DBM ? "signal.poor" : dbm < WEAK_DBM ? "signal.weak" : "signal.good");
}
