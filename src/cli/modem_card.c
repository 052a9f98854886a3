#include "cli/modem_card.h"

#include "base/mem.h"
#include "base/paths.h"
#include "base/text.h"
#include "cli/cli.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define SIM_WAIT_MS  6000 /* a SIM that was just put in, or a modem that just starts */
#define SIM_AGAIN_MS 500
#define OPERATOR_MS  10000
#define SILENCES_MAX 3

static const char *card_domain(int i)
{
	static const char *const names[CARD_DOMAINS] = {"CREG", "CGREG", "CEREG"};
	return names[i];
}

/* ------------------------------------------------------------------------------------------------ questions */

struct asking {
	struct dialogue *d;
	struct modem_card *k;
	int silences;
};

/* A modem that has fallen silent is not asked thirty more questions of five seconds each. */
static const struct at_reply *ask(struct asking *a, struct at_command c)
{
	static const struct at_reply none = {.final = AT_CANCELLED, .code = -1, .text = ""};
	if (a->k->fell_silent)
		return &none;
	const struct at_reply *r = dialogue_ask(a->d, c);
	bool silent = r->final == AT_TIMEOUT || r->final == AT_DEAD;
	a->silences = silent ? a->silences + 1 : 0;
	a->k->fell_silent = r->final == AT_DEAD || r->final == AT_CANCELLED || a->silences >= SILENCES_MAX;
	return r;
}

static void ask_identity(struct asking *a, const struct modem_rows *rows)
{
	struct modem_card *k = a->k;
	at_read_words(ask(a, at_cmd_maker()), k->id.maker, sizeof k->id.maker);
	at_read_words(ask(a, at_cmd_model()), k->id.model, sizeof k->id.model);
	at_read_words(ask(a, at_cmd_revision()), k->id.revision, sizeof k->id.revision);
	if (at_read_imei(ask(a, at_cmd_imei()), k->imei))
		k->imei[0] = 0;
	k->row = modem_rows_match(rows, &k->id);
	if (!k->fell_silent)
		dialogue_set_row(a->d, k->row);
}

static void ask_sim(struct asking *a)
{
	struct modem_card *k = a->k;
	int64_t until = mono_ms() + SIM_WAIT_MS;
	do
		k->pin = at_read_pin(ask(a, at_cmd_pin_query(k->row)));
	while (k->pin == PIN_NOT_READY && mono_ms() < until && !dialogue_pass(a->d, -1, SIM_AGAIN_MS));
	if (k->row->pin_counter[0] && k->pin != PIN_ABSENT)
		k->pin_tries = at_read_pin_tries(k->row, ask(a, at_cmd_pin_tries(k->row)));
	for (int i = 0; !k->iccid[0] && k->pin != PIN_ABSENT && i < k->row->iccid.count; i++)
		if (at_read_iccid(ask(a, at_cmd_iccid(k->row->iccid.word[i])), k->iccid))
			k->iccid[0] = 0;
}

/* Home before roaming before SMS-only before all that is no network. */
static int better(const struct modem_row *row, int a, int b)
{
	static const int order[] = {1, 5, 6, 7, 9, 10, 8, 3, 2, 4, 0};
	bool good_a = at_reg_usable(row, a), good_b = at_reg_usable(row, b);
	if (good_a != good_b)
		return good_a ? a : b;
	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		if (order[i] == a || order[i] == b)
			return order[i];
	return b >= 0 ? b : a;
}

static void ask_network(struct asking *a)
{
	struct modem_card *k = a->k;
	if (at_read_radio(ask(a, at_cmd_radio_query()), &k->radio))
		k->radio = -1;
	for (int i = 0; i < CARD_DOMAINS; i++) {
		struct at_registration reg;
		if (at_read_reg(ask(a, at_cmd_reg_query(k->row, card_domain(i))), &reg))
			continue;
		k->domain[i].answered = true;
		k->domain[i].at = reg;
		k->stat = k->stat < 0 ? reg.stat : better(k->row, k->stat, reg.stat);
		if (reg.act > k->act && at_reg_usable(k->row, reg.stat))
			k->act = reg.act;
	}
	k->registered = at_reg_usable(k->row, k->stat);
	if (at_read_signal(ask(a, at_cmd_signal()), &k->signal_dbm))
		k->signal_dbm = SIGNAL_UNKNOWN;
	struct at_command c = at_cmd_operator();
	int act = -1;
	c.timeout_ms = OPERATOR_MS; /* some look around first */
	at_read_operator(ask(a, c), k->operator_name, sizeof k->operator_name, &act);
	if (act >= 0)
		k->act = act;
	if (k->row->ims_query[0])
		k->ims = at_read_ims(ask(a, at_cmd_ims(k->row)));
}

static void ask_texts(struct asking *a)
{
	struct modem_card *k = a->k;
	int type;
	k->texts = at_read_format(ask(a, at_cmd_format_query()), &k->format) == 0;
	if (!k->texts)
		k->format = -1;
	if (at_read_smsc(ask(a, at_cmd_smsc_query()), k->smsc, &type))
		k->smsc[0] = 0;
	if (at_read_stores_options(ask(a, at_cmd_stores_options()), &k->store_options))
		k->store_options.count = 0;
	if (at_read_stores(ask(a, at_cmd_stores_query()), &k->stores))
		k->stores.count = 0;
	if (at_read_own_number(ask(a, at_cmd_own_number()), k->number, sizeof k->number))
		k->number[0] = 0;
}

const struct modem_row *modem_card_identify(struct dialogue *d, const struct modem_rows *rows)
{
	struct modem_card k = {.row = rows->row[0]};
	struct asking a = {.d = d, .k = &k};
	ask_identity(&a, rows);
	return k.row;
}

int modem_card_read(struct dialogue *d, const struct modem_rows *rows, const char *usb, struct modem_card *k)
{
	struct asking a = {.d = d, .k = k};
	*k = (struct modem_card){.row = rows->row[0],
				 .pin = PIN_UNKNOWN,
				 .pin_tries = -1,
				 .radio = -1,
				 .stat = -1,
				 .act = -1,
				 .format = -1,
				 .millivolt = -1,
				 .percent = -1};
	text_copy(k->id.usb, sizeof k->id.usb, usb);
	ask_identity(&a, rows);
	bool known = k->id.maker[0] || k->id.model[0] || k->imei[0];
	if (known) {
		ask_sim(&a);
		ask_network(&a);
		ask_texts(&a);
		if (at_read_battery(ask(&a, at_cmd_battery()), &k->millivolt, &k->percent))
			k->millivolt = k->percent = -1;
	}
	k->under_voltage = dialogue_wait(d, URC_BIT(URC_POWER), 0) != NULL;
	if (dialogue_interrupted(d))
		return -EINTR;
	return known ? 0 : k->fell_silent ? -ENODEV : -ENODATA;
}

/* --------------------------------------------------------------------------------------------------- words */

const char *card_registration(const struct modem_card *k)
{
	switch (k->stat) {
	case -1:
		return "";
	case 2:
		return "searching";
	case 3:
		return "denied";
	case 5:
	case 7:
	case 10:
		return "roaming";
	default:
		return k->registered ? "home" : "none";
	}
}

static const struct {
	const char *word, *label;
} pin_words[] = {
    [PIN_READY] = {"ready", N_("ready, no PIN is wanted")},
    [PIN_PIN] = {"pin", N_("wants its PIN")},
    [PIN_PUK] = {"puk", N_("is blocked and wants its PUK")},
    [PIN_PIN2] = {"pin2", N_("ready (PIN2 is wanted for services that no text needs)")},
    [PIN_PUK2] = {"puk2", N_("ready (PUK2 is wanted for services that no text needs)")},
    [PIN_LOCKED] = {"locked", N_("the modem is locked to another operator or device")},
    [PIN_NOT_READY] = {"busy", N_("is not ready yet")},
    [PIN_ABSENT] = {"absent", N_("there is none, or it is put in the wrong way")},
    [PIN_FAILED] = {"failed", N_("cannot be read; clean its contacts, or try another one")},
    [PIN_UNKNOWN] = {"unknown", N_("the modem does not say; there may be none")},
};

static const char *card_pin(enum pin_state s)
{
	return pin_words[s].word;
}

const char *card_pin_label(enum pin_state s)
{
	return gettext(pin_words[s].label);
}

static const char *card_ims(enum at_ims i)
{
	static const char *const words[] = {
	    [IMS_UNKNOWN] = "unknown", [IMS_OFF] = "off", [IMS_ON] = "on", [IMS_FORBIDDEN] = "forbidden"};
	return words[i];
}

static const char *card_voice(const struct modem_row *row)
{
	static const char *const words[] = {
	    [VOICE_UNKNOWN] = "unknown", [VOICE_NONE] = "none", [VOICE_CS] = "cs", [VOICE_VOLTE] = "volte"};
	return words[row->voice];
}

static void add_name(char *buf, size_t size, const char *name, size_t n)
{
	size_t len = strlen(buf);
	char word[16];
	snprintf(word, sizeof word, "%.*s", (int)n, name);
	for (const char *p = buf; *p;) {
		size_t k = strcspn(p, " ");
		if (k == n && !strncmp(p, name, n))
			return;
		p += k + strspn(p + k, " ");
	}
	if (n && n < sizeof word && len + n + 2 < size)
		snprintf(buf + len, size - len, "%s%s", len ? " " : "", word);
}

char *card_stores(const struct modem_card *k, char *buf, size_t size)
{
	*buf = 0;
	for (int i = 0; i < k->stores.count; i++)
		add_name(buf, size, k->stores.name[i], strlen(k->stores.name[i]));
	for (int i = 0; i < k->store_options.count; i++)
		for (const char *p = k->store_options.names[i] + strspn(k->store_options.names[i], " "); *p;) {
			size_t n = strcspn(p, " ");
			add_name(buf, size, p, n);
			p += n + strspn(p + n, " ");
		}
	return buf;
}

/* ---------------------------------------------------------------------------------------------------- JSON */

static json_t *word(const char *s)
{
	return *s ? out_string(s) : json_null();
}

static json_t *number(int v, int unknown)
{
	return v == unknown ? json_null() : json_integer(v);
}

static json_t *stores_json(const struct modem_card *k)
{
	json_t *list = json_array();
	for (int i = 0; i < k->stores.count; i++) {
		bool again = false;
		for (int j = 0; j < i; j++)
			again |= !strcmp(k->stores.name[i], k->stores.name[j]);
		if (!again)
			json_array_append_new(list, json_pack("{so so so}", "name", word(k->stores.name[i]),
							      "used", number(k->stores.used[i], -1), "size",
							      number(k->stores.total[i], -1)));
	}
	return list;
}

static json_t *domains_json(const struct modem_card *k)
{
	json_t *o = json_object();
	for (int i = 0; i < CARD_DOMAINS; i++)
		if (k->domain[i].answered)
			json_object_set_new(o, card_domain(i), json_integer(k->domain[i].at.stat));
	return o;
}

const char *card_maker(const struct modem_card *k)
{
	return k->row->maker[0] ? k->row->maker : k->id.maker;
}

json_t *card_json(const struct modem_card *k, enum language language)
{
	char stores[96];
	json_t *o = json_pack("{so so so so so so}", "maker", word(card_maker(k)), "model", word(k->id.model),
			      "revision", word(k->id.revision), "imei", word(k->imei), "iccid", word(k->iccid),
			      "number", word(k->number));
	json_t *more =
	    json_pack("{ss so so so so so so so so}", "pin", card_pin(k->pin), "pin_tries",
		      number(k->pin_tries, -1), "radio", number(k->radio, -1), "operator",
		      word(k->operator_name), "technology", word(at_technology(k->act)), "signal_dbm",
		      number(k->signal_dbm, SIGNAL_UNKNOWN), "signal", word(at_signal_word(k->signal_dbm)),
		      "registration", word(card_registration(k)), "domains", domains_json(k));
	json_object_update_new(o, more);
	more = json_pack("{so sb so so so ss ss so so sb}", "smsc", word(k->smsc), "texts", k->texts, "format",
			 number(k->format, -1), "stores", stores_json(k), "store_names",
			 word(card_stores(k, stores, sizeof stores)), "ims", card_ims(k->ims), "voice",
			 card_voice(k->row), "millivolt", number(k->millivolt, -1), "battery_percent",
			 number(k->percent, -1), "under_voltage", k->under_voltage);
	json_object_update_new(o, more);
	more = json_pack("{ss so so sb}", "row", k->row->name, "evidence", word(k->row->evidence), "notes",
			 word(language == LANG_ZH ? k->row->notes_zh : k->row->notes_en), "fell_silent",
			 k->fell_silent);
	json_object_update_new(o, more);
	return o;
}

int card_rows(struct modem_rows *ret)
{
	char dir[PATH_MAX], path[PATH_MAX + 24], line[600];
	struct err e = {0};
	if (paths_data(dir, sizeof dir))
		return cli_fail(EX_OSFILE, "%s",
				_("the data files of yishi are not found; install it, or set YISHI_DATA"));
	snprintf(path, sizeof path, "%s/at_commands/modems", dir);
	if (modem_rows_load(path, ret, &e))
		return cli_fail(EX_OSFILE, "%s", err_line(&e, line, sizeof line));
	return EX_OK;
}
