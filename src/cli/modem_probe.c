/* `yishi modem probe`: what modems there are, what each tells of itself, and the section that the configuration wants. */
#include "cli/line_words.h"
#include "cli/modem_find.h"
#include "cli/modem_probe.h"
#include "cli/modem_trouble.h"
#include "cli/modem_verbs.h"
#include "hw/port_holder.h"

#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <fnmatch.h>
#include <glob.h>
#include <string.h>

const struct cli_option modem_probe_options[] = {
    {"all", NULL, N_("also ask ports that are known for other things, and serial ports that are no USB"),
     false},
    {"force", NULL,
     N_("take a port from the running gateway also when it is at work, once the text in mid-air is through"),
     false},
    {"write", NULL, N_("add the modems to the configuration, which is made when there is none"), false},
    {"name", N_("NAME"), N_("with --write, for a new configuration: the name of the community"), false},
    {"number", N_("NUMBER"), N_("with --write, for a new configuration: the number that residents text"),
     false},
    {0},
};

static const struct out_column columns[] = {
    {"line", N_("modem"), OUT_TEXT, 0},
    {"port", N_("port"), OUT_TEXT, 0},
    {"usb", N_("USB"), OUT_TEXT, 0},
    {"maker", N_("maker"), OUT_TEXT, 0},
    {"model", N_("model"), OUT_TEXT, 0},
    {"revision", N_("firmware"), OUT_TEXT, 0},
    {"imei", N_("IMEI"), OUT_TEXT, 0},
    {"pin_words", N_("SIM"), OUT_TEXT, 0},
    {"iccid", N_("SIM (ICCID)"), OUT_TEXT, 0},
    {"number", N_("number"), OUT_PHONE, 0},
    {"registration_words", N_("registration"), OUT_TEXT, 0},
    {"operator", N_("operator"), OUT_TEXT, 0},
    {"technology", N_("network"), OUT_TEXT, 0},
    {"signal_words", N_("signal"), OUT_TEXT, 0},
    {"smsc", N_("service centre"), OUT_TEXT, 0},
    {"stores_words", N_("room for texts"), OUT_TEXT, 0},
    {"calls_words", N_("calls"), OUT_TEXT, 0},
    {"supply_words", N_("supply"), OUT_TEXT, 0},
    {"row", N_("known as"), OUT_TEXT, 0},
    {"evidence", N_("known from"), OUT_TEXT, 0},
    {"notes", N_("good to know"), OUT_TEXT, 0},
    {0},
};

struct probe {
	struct cli *c;
	struct modem_rows rows;
	bool force;
	struct stanza *stanzas; /* of those that could be told apart */
	int stanza_count;
	int modems; /* that answered, or are the daemon's */
	bool interrupted;
};

static void set(json_t *o, const char *key, json_t *value)
{
	json_object_set_new(o, key, value);
}

/* ---------------------------------------------------------------------------------------------------- ports */

static const char *port_label(const struct found_port *p)
{
	switch (p->news) {
	case PORT_ASKED:
		return find_speaker_label(p->speaker);
	case PORT_LEFT:
		return _("not asked: it is for diagnosis or positions");
	case PORT_HELD:
		return p->why;
	case PORT_LENT:
		return _("the running gateway has it");
	}
	return "";
}

static json_t *ports_json(const struct found_modem *m)
{
	static const char *const news[] = {
	    [PORT_ASKED] = "", [PORT_LEFT] = "left alone", [PORT_HELD] = "held", [PORT_LENT] = "gateway"};
	json_t *list = json_array();
	for (int i = 0; i < m->port_count; i++) {
		const struct found_port *p = &m->ports[i];
		json_array_append_new(
		    list, json_pack("{ss so ss so}", "path", p->path, "interface",
				    p->usb.interface < 0 ? json_null() : json_integer(p->usb.interface),
				    "speaks", p->news == PORT_ASKED ? speaker_name(p->speaker) : news[p->news],
				    "why", p->news == PORT_HELD ? out_string(p->why) : json_null()));
	}
	return list;
}

static void print_ports(const struct found_modem *m)
{
	for (int i = 0; i < m->port_count; i++) {
		const struct found_port *p = &m->ports[i];
		if (p->usb.interface >= 0)
			printf("  %s (if%02d): %s\n", p->path, p->usb.interface, port_label(p));
		else
			printf("  %s: %s\n", p->path, port_label(p));
	}
}

/* ---------------------------------------------------------------------------------------------------- cards */

static void add_words(json_t *o, const struct modem_card *k)
{
	char stores[96];
	const char *registration = line_registration_label(card_registration(k));
	set(o, "pin_words",
	    k->pin_tries >= 0
		? json_sprintf(_("%s; tries of the PIN left: %d"), card_pin_label(k->pin), k->pin_tries)
		: json_string(card_pin_label(k->pin)));
	if (k->stat == 6 || k->stat == 7)
		set(o, "registration_words", json_sprintf(_("%s, for texts alone"), registration));
	else
		set(o, "registration_words", *registration ? json_string(registration) : json_null());
	if (k->signal_dbm != SIGNAL_UNKNOWN)
		set(o, "signal_words",
		    json_sprintf(_("%d dBm, %s"), k->signal_dbm,
				 line_signal_label(at_signal_word(k->signal_dbm))));
	if (k->stores.count && k->stores.total[0] >= 0)
		set(o, "stores_words",
		    json_sprintf(_("%s: %d of %d taken; there are: %s"), k->stores.name[0], k->stores.used[0],
				 k->stores.total[0], card_stores(k, stores, sizeof stores)));
	if (k->millivolt >= 0)
		set(o, "supply_words",
		    json_sprintf("%d.%02d V", k->millivolt / 1000, k->millivolt % 1000 / 10));
	static const char *const voice[] = {[VOICE_UNKNOWN] = N_("not known whether this model takes calls"),
					    [VOICE_NONE] = N_("this model takes no calls"),
					    [VOICE_CS] = N_("over 2G and 3G"),
					    [VOICE_VOLTE] = N_("over 4G (VoLTE) where the operator has it")};
	static const char *const ims[] = {[IMS_UNKNOWN] = N_("the modem does not say whether IMS is on"),
					  [IMS_OFF] = N_("IMS is not on now"),
					  [IMS_ON] = N_("IMS is on"),
					  [IMS_FORBIDDEN] = N_("IMS is switched off in the modem")};
	set(o, "calls_words", json_sprintf(_("%s; %s"), gettext(voice[k->row->voice]), gettext(ims[k->ims])));
}

static json_t *troubles_json(const struct modem_card *k)
{
	const struct card_trouble *list[CARD_TROUBLES];
	int n = card_troubles(k, list);
	json_t *a = json_array();
	for (int i = 0; i < n; i++)
		json_array_append_new(a, json_pack("{ss ss ss}", "code", list[i]->code, "text",
						   gettext(list[i]->text), "remedy", gettext(list[i]->remedy)));
	return a;
}

static void print_troubles(const json_t *o)
{
	size_t i;
	json_t *x;
	json_array_foreach(json_object_get(o, "troubles"), i, x)
	    printf(_("! %s: %s\n"), out_field(x, "text"), out_field(x, "remedy"));
}

/* One object a line in JSON; for people a card, its ports and what is wrong. Takes the reference. */
static void show(struct probe *p, const struct found_modem *m, json_t *o)
{
	set(o, "ports", ports_json(m));
	if (p->c->out.mode == OUT_CSV) {
		out_row(&p->c->out, o);
		return;
	}
	if (p->c->out.mode == OUT_JSON) {
		static const char *const words[] = {"pin_words",    "registration_words", "signal_words",
						    "stores_words", "calls_words",        "supply_words"};
		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			json_object_del(o, words[i]);
		out_json(&p->c->out, o);
		return;
	}
	if (!p->c->out.full) /* where a row was learnt helps who looks after the rows */
		set(o, "evidence", json_null());
	out_record(&p->c->out, columns, json_incref(o));
	print_ports(m);
	print_troubles(o);
	printf("\n");
	json_decref(o);
}

/* ------------------------------------------------------------------------------------------------- the section */

/* A link that names the stick, for a modem that tells no IMEI. */
static void stable_path(const char *path, char *ret, size_t size)
{
	char real[FIND_PATH], other[FIND_PATH];
	text_copy(ret, size, path);
	port_real_name(path, real, sizeof real);
	glob_t g;
	if (glob("/dev/serial/by-id/*", 0, NULL, &g) == 0)
		for (size_t i = 0; i < g.gl_pathc; i++) {
			port_real_name(g.gl_pathv[i], other, sizeof other);
			if (!strcmp(real, other))
				text_copy(ret, size, g.gl_pathv[i]);
		}
	globfree(&g);
}

/* Where the daemon looks for a modem by its IMEI: all USB ports, and what the configuration adds to them. */
static bool looked_at(const struct config *cfg, const struct found_modem *m, const char *path)
{
	char *save = NULL;
	bool found = m->ports[0].usb.stick[0];
	cleanup_free char *globs = mem_dup(cfg && cfg->modem_ports ? cfg->modem_ports : "");
	for (char *g = strtok_r(globs, " ", &save); g && !found; g = strtok_r(NULL, " ", &save))
		found = fnmatch(g, path, FNM_PATHNAME) == 0;
	return found;
}

static void remember(struct probe *p, const struct found_modem *m, const struct modem_card *k, const char *path)
{
	const struct config *cfg = p->c->config;
	p->stanzas = mem_resize(p->stanzas, (size_t)p->stanza_count + 1, sizeof *p->stanzas);
	struct stanza *s = &p->stanzas[p->stanza_count];
	*s = (struct stanza){.wants_pin = k->pin == PIN_PIN, .by_path = !looked_at(cfg, m, path)};
	text_copy(s->imei, sizeof s->imei, k->imei);
	text_copy(s->iccid, sizeof s->iccid, k->iccid);
	text_copy(s->number, sizeof s->number, k->number);
	text_copy(s->usb, sizeof s->usb, m->ports[0].usb.id);
	stable_path(path, s->path, sizeof s->path);
	snprintf(s->about, sizeof s->about, "%s %s%s%s", card_maker(k), k->id.model,
		 k->operator_name[0] ? ", " : "", k->operator_name);
	text_mask_controls(s->about);
	for (int i = 0; i < p->stanza_count; i++)
		if (s->imei[0] && !strcmp(p->stanzas[i].imei, s->imei))
			s->imei_shared = p->stanzas[i].imei_shared = true;
	stanza_name(s, k->id.model, cfg, p->stanzas, p->stanza_count);
	p->stanza_count++;
}

/* ------------------------------------------------------------------------------------------------- one modem */

static void add_place(json_t *o, const struct found_modem *m, const char *path)
{
	const struct found_port *p = &m->ports[0];
	set(o, "port", json_string(path));
	set(o, "usb", p->usb.id[0] ? json_string(p->usb.id) : json_null());
	set(o, "stick", p->usb.stick[0] ? json_string(p->usb.stick) : json_null());
	set(o, "line", m->line[0] ? json_string(m->line) : json_null());
}

static void probe_dialogue(struct probe *p, const struct found_modem *m, struct dialogue *d)
{
	struct modem_card k;
	int r = modem_card_read(d, &p->rows, m->ports[0].usb.id, &k);
	p->interrupted |= r == -EINTR;
	if (r == -EINTR)
		return;
	p->modems++;
	json_t *o = card_json(&k, p->c->language);
	add_place(o, m, dialogue_path(d));
	set(o, "troubles", troubles_json(&k));
	add_words(o, &k);
	if (!r)
		remember(p, m, &k, dialogue_path(d));
	show(p, m, o);
}

/* What the daemon knows, without taking its port. */
static void probe_live(struct probe *p, const struct found_modem *m, const struct err *e)
{
	json_t *o = json_deep_copy(m->live);
	int dbm = (int)json_integer_value(json_object_get(o, "signal_dbm"));
	p->modems++;
	add_place(o, m, out_field(o, "port"));
	set(o, "busy", json_true());
	set(o, "signal", json_string(at_signal_word(dbm)));
	if (dbm)
		set(o, "signal_words",
		    json_sprintf(_("%d dBm, %s"), dbm, line_signal_label(at_signal_word(dbm))));
	set(o, "troubles", json_array());
	show(p, m, o);
	cli_note("%s", e->text);
}

/* Nothing of the stick takes AT. */
static void probe_mute(struct probe *p, const struct found_modem *m)
{
	static const struct card_trouble mute = {"no-at", N_("no port of it takes AT commands"),
						 N_("wait half a minute after plugging in; see who holds its "
						    "ports; unplug it and plug it in again")};
	const struct card_trouble *t = &mute;
	json_t *o = json_object();
	add_place(o, m, m->ports[0].path);
	set(o, "troubles",
	    json_pack("[{ss ss ss}]", "code", t->code, "text", gettext(t->text), "remedy", gettext(t->remedy)));
	show(p, m, o);
}

static void probe_one(struct probe *p, struct found_modem *m)
{
	struct err e = {0};
	struct dialogue *d;
	if (m->d) {
		probe_dialogue(p, m, m->d);
		dialogue_close(m->d);
		m->d = NULL;
	} else if (!m->line[0]) {
		probe_mute(p, m);
	} else if (find_borrow(p->c, m, p->force, &d, &e)) {
		probe_live(p, m, &e);
	} else {
		if (dialogue_greet(d, FIND_MS) == SPEAKER_MODEM)
			probe_dialogue(p, m, d);
		else
			probe_mute(p, m);
		dialogue_close(d);
	}
}

static void show_disks(struct probe *p, const struct find *f)
{
	for (int i = 0; i < f->disk_count; i++) {
		const struct usb_disk *disk = &f->disks[i];
		const char *words = _("this modem shows itself as a disk"),
			   *remedy = _("install usb-modeswitch (`sudo apt install usb-modeswitch`), unplug it "
				       "and plug it in again");
		if (p->c->out.mode == OUT_JSON)
			out_json(&p->c->out,
				 json_pack("{ss ss s[{ss ss ss}]}", "usb", disk->id, "stick", disk->stick,
					   "troubles", "code", "disk", "text", words, "remedy", remedy));
		else if (p->c->out.mode == OUT_TABLE) {
			printf("USB %s (%s)\n", disk->id, disk->stick);
			printf(_("! %s: %s\n"), words, remedy);
			printf("\n");
		}
	}
}

static void print_stanzas(const struct probe *p)
{
	cleanup_buf struct buf b = {0};
	for (int i = 0; i < p->stanza_count; i++) {
		const struct config_modem *there = stanza_present(p->c->config, &p->stanzas[i]);
		if (there) {
			printf(_("# %s is in the configuration already, as [modem %s]\n"), p->stanzas[i].about,
			       there->name);
			continue;
		}
		stanza_format(&b, &p->stanzas[i]);
		buf_addc(&b, '\n');
	}
	if (b.len)
		printf(_("For the configuration (`yishi modem probe --write` adds it):\n\n%s"), b.data);
}

int modem_probe(struct cli *c)
{
	struct probe p = {.c = c, .force = cli_opt(c, "force")};
	struct find f;
	int r = card_rows(&p.rows);
	if (r)
		return r;
	const char *path = c->argc ? c->argv[0] : NULL;
	const struct config *cfg = find_config(c);
	if (path && cfg && config_is_cabinets(cfg, path)) {
		modem_rows_done(&p.rows);
		return cli_fail(CLI_NOTHING, _("%s is the port of a cabinet; `yishi sensor scan` looks there"),
				path);
	}
	p.interrupted = modem_find(c, &p.rows, path, cli_opt(c, "all"), &f) == -EINTR;
	if (c->out.mode == OUT_CSV)
		out_begin(&c->out, columns);
	for (int i = 0; i < f.count && !p.interrupted; i++)
		probe_one(&p, &f.modems[i]);
	show_disks(&p, &f);
	bool seen = f.count || f.disk_count;
	if (c->out.mode == OUT_TABLE && !cli_opt(c, "write"))
		print_stanzas(&p);
	fflush(stdout);
	find_done(&f);
	if (p.interrupted)
		r = EX_TEMPFAIL; /* unless the signal has ended it with the last dialogue */
	else if (cli_opt(c, "write"))
		r = modem_probe_write(c, p.stanzas, p.stanza_count);
	if (!r && !p.modems)
		r = seen ? CLI_NOTHING
			 : cli_fail(
			       CLI_NOTHING, "%s",
			       _("no modem is plugged in; plug one in and wait half a minute, or give its port "
				 "(`yishi modem probe /dev/ttyS1`)"));
	free(p.stanzas);
	modem_rows_done(&p.rows);
	return r;
}
