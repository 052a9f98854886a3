#include "simmodem/command.h"
#include "base/text.h"
#include "at_commands/errors.h"
#include "simmodem/maker.h"
#include "simmodem/network.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int args_int(const struct args *a, int n, int fallback)
{
	if (n >= a->count || !*a->v[n])
		return fallback;
	char *end;
	long v = strtol(a->v[n], &end, 10);
	return *end || v < 0 || v > 1000000 ? -1 : (int)v;
}

const char *args_text(const struct args *a, int n)
{
	return n < a->count ? a->v[n] : "";
}

/* Splits "1,\"a,b\",3" up to the end of the command; returns what follows. */
static const char *args_parse(const char *p, struct args *a)
{
	*a = (struct args){0};
	bool more = *p && *p != ';';
	while (more && a->count < ARGS_MAX) {
		char *out = a->v[a->count];
		size_t n = 0;
		bool quote = false;
		for (; *p && (quote || (*p != ',' && *p != ';')); p++) {
			if (*p == '"') {
				quote = !quote;
				a->quoted[a->count] = true;
			} else if (n + 1 < ARG_SIZE && (quote || *p != ' ')) {
				out[n++] = *p;
			}
		}
		a->count++;
		more = *p == ',';
		p += more;
	}
	return p;
}

static const struct command *find(const char *name)
{
	static const struct command *const tables[] = {commands_basic, commands_device, commands_network,
						       commands_phone, commands_store,  commands_send};
	for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
		for (const struct command *c = tables[t]; c->name; c++)
			if (!strcasecmp(c->name, name))
				return c;
	return NULL;
}

static int sim_code(const struct modem *m, int missing, int pin, int puk)
{
	if (!strcmp(m->pin_state, "SIM PIN"))
		return pin;
	return !strcmp(m->pin_state, "SIM PUK") ? puk : missing;
}

static struct result dispatch(struct modem *m, const char *name, enum op op, const struct args *a)
{
	if (m->profile->noise_ends && !strcasecmp(name, m->profile->noise_ends))
		m->noise_over = true;
	if (!strcasecmp(m->fault[F_REFUSE].text, name) && modem_spoil(m, F_REFUSE))
		return ERROR_RESULT;
	if (m->busy_once && *name == '+') {
		m->busy_once = false;
		return CME(m->profile->busy_error);
	}
	if (!strcasecmp(m->fault[F_SLOW].text, name) && modem_spoil(m, F_SLOW))
		m->command_ms += m->fault[F_SLOW].value;
	struct result r;
	if (maker_command(m, name, op, a, &r))
		return r;
	const char *iccid = m->profile->iccid_command;
	const struct command *c = find(iccid && !strcasecmp(name, iccid) ? "+CCID" : name);
	if (!c)
		return m->profile->quirks & QUIRK_NOT_SUPPORT ? (struct result){DONE_ERROR, 1} : CME(100);
	if (c->needs & NEEDS_SMS && (fault_on(&m->fault[F_NO_SMS]) || m->net->now_ms < m->sms_ready_ms))
		return ERROR_RESULT;
	if (c->needs && !modem_sim_ready(m))
		return c->needs & NEEDS_SMS ? CMS(sim_code(m, 310, 311, 316)) : CME(sim_code(m, 10, 11, 12));
	return c->run(m, op, a);
}

/* One command of the form +NAME, +NAME?, +NAME=?, +NAME=…; advances *p behind it. */
static struct result extended(struct modem *m, const char **p)
{
	char name[24];
	size_t n = 0;
	while (**p && !strchr("?=; ", **p)) {
		if (n + 1 < sizeof name)
			name[n++] = (char)toupper((unsigned char)**p);
		(*p)++;
	}
	name[n] = 0;
	enum op op = OP_RUN;
	struct args a = {0};
	if (**p == '?') {
		op = OP_READ;
		(*p)++;
	} else if (!strncmp(*p, "=?", 2)) {
		op = OP_TEST;
		*p += 2;
	} else if (**p == '=') {
		op = OP_SET;
		*p = args_parse(*p + 1, &a);
	}
	return dispatch(m, name, op, &a);
}

/* A letter command: E0, V1, S3=13, S3?, &F, D…; advances *p behind it. */
static struct result basic(struct modem *m, const char **p)
{
	char name[3] = {(char)toupper((unsigned char)**p), 0, 0};
	(*p)++;
	if (name[0] == '&' && **p)
		name[1] = (char)toupper((unsigned char)*(*p)++);
	struct args a = {.count = 1};
	enum op op = OP_RUN;
	size_t n = 0;
	if (name[0] == 'D') {
		text_copy(a.v[0], ARG_SIZE, *p);
		*p += strlen(*p);
		return dispatch(m, name, op, &a);
	}
	while (isdigit((unsigned char)**p) && n + 1 < ARG_SIZE)
		a.v[0][n++] = *(*p)++;
	if (name[0] == 'S' && **p == '?') {
		op = OP_READ;
		(*p)++;
	} else if (name[0] == 'S' && **p == '=') {
		op = OP_SET;
		a.count = 2;
		(*p)++;
		for (n = 0; isdigit((unsigned char)**p) && n + 1 < ARG_SIZE;)
			a.v[1][n++] = *(*p)++;
	}
	return dispatch(m, name, op, &a);
}

void command_finish(struct modem *m, struct result r)
{
	char text[80];
	bool words = m->set.cmee == 2 || fault_on(&m->fault[F_TEXT_ERRORS]) ||
		     (m->set.cmee == 1 && m->profile->quirks & QUIRK_TEXT_ERRORS);
	if (r.outcome != DONE_LATER && r.outcome != DONE_OK && r.outcome != DONE_BARE &&
	    modem_spoil(m, F_BARE_ERRORS))
		r = ERROR_RESULT;
	switch (r.outcome) {
	case DONE_OK:
		reply_finish(m, "OK");
		return;
	case DONE_ERROR:
		reply_finish(m, r.code ? "COMMAND NOT SUPPORT" : "ERROR");
		return;
	case DONE_NO_CARRIER:
		reply_finish(m, "NO CARRIER");
		return;
	case DONE_BARE:
		reply_finish(m, NULL);
		return;
	case DONE_LATER:
		return;
	case DONE_CME:
	case DONE_CMS:
		break;
	}
	bool cms = r.outcome == DONE_CMS;
	const char *word = at_error_text(cms ? AT_CMS : AT_CME, r.code);
	if (!m->set.cmee && !cms && !words)
		snprintf(text, sizeof text, "ERROR");
	else if (words)
		snprintf(text, sizeof text, "+CM%c ERROR: %s", cms ? 'S' : 'E', word);
	else
		snprintf(text, sizeof text, "+CM%c ERROR: %d", cms ? 'S' : 'E', r.code);
	reply_finish(m, text);
}

void command_line(struct modem *m, const char *line)
{
	while (*line == ' ')
		line++;
	if (strncasecmp(line, "AT", 2) != 0)
		return; /* not for us: V.250 5.2.1 */
	const char *p = line + 2;
	m->count.commands++;
	m->command_ms = 0;
	struct override *o = maker_override(m, p);
	if (o) {
		maker_override_play(m, o);
		return;
	}
	struct result r = OK_RESULT;
	while (*p && r.outcome == DONE_OK) {
		if (*p == ' ' || *p == ';')
			p++;
		else if (strchr("+^*#$%_", *p))
			r = extended(m, &p);
		else
			r = basic(m, &p);
	}
	command_finish(m, r);
}
