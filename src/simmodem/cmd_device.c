/* Who the modem is, its SIM and its place in the network. 3GPP TS 27.007 clauses 5, 7 and 8. */
#include "simmodem/command.h"
#include "base/text.h"
#include "simmodem/network.h"

#include <stdlib.h>
#include <string.h>

static struct result plain(struct modem *m, enum op op, const char *name, const char *value)
{
	if (op == OP_SET || op == OP_READ)
		return CME(3);
	if (op == OP_TEST)
		return OK_RESULT;
	if (m->profile->quirks & QUIRK_PREFIXED_IDS)
		reply_add(m, "%s: %s", name, value);
	else
		reply_add(m, "%s", value);
	return OK_RESULT;
}

static struct result cgmi(struct modem *m, enum op op, const struct args *a)
{
	(void)a;
	return plain(m, op, "+CGMI", m->profile->maker);
}

static struct result cgmm(struct modem *m, enum op op, const struct args *a)
{
	(void)a;
	return plain(m, op, "+CGMM", m->profile->model);
}

static struct result cgmr(struct modem *m, enum op op, const struct args *a)
{
	(void)a;
	return plain(m, op, "+CGMR", m->profile->revision);
}

static struct result cgsn(struct modem *m, enum op op, const struct args *a)
{
	if (op == OP_SET) {
		if (args_int(a, 0, 0) != 1)
			return CME(50);
		reply_add(m, "+CGSN: \"%s\"", m->imei);
		return OK_RESULT;
	}
	return plain(m, op, "+CGSN", m->imei);
}

static struct result cimi(struct modem *m, enum op op, const struct args *a)
{
	(void)a;
	return plain(m, op, "+CIMI", m->imsi);
}

static struct result ccid(struct modem *m, enum op op, const struct args *a)
{
	(void)a;
	if (op == OP_TEST)
		return OK_RESULT;
	const char *name = m->profile->iccid_command ? m->profile->iccid_command : "+CCID";
	if (m->profile->quirks & QUIRK_ICCID_BARE)
		reply_add(m, "%s", m->iccid);
	else
		reply_add(m, "%s: %s", name, m->iccid);
	return OK_RESULT;
}

static struct result cnum(struct modem *m, enum op op, const struct args *a)
{
	(void)a;
	if (op == OP_RUN && *m->number)
		reply_add(m, "+CNUM: \"\",\"%s\",145", m->number);
	return OK_RESULT;
}

static struct result cmee(struct modem *m, enum op op, const struct args *a)
{
	if (op == OP_READ)
		reply_add(m, "+CMEE: %d", m->set.cmee);
	else if (op == OP_TEST)
		reply_add(m, "+CMEE: (0-2)");
	else if (op == OP_SET) {
		int n = args_int(a, 0, 0);
		if (n < 0 || n > 2)
			return CME(50);
		m->set.cmee = n;
	}
	return OK_RESULT;
}

static struct result pin_ready(struct modem *m)
{
	text_copy(m->pin_state, sizeof m->pin_state, "READY");
	m->pin_tries = 3;
	m->puk_tries = 10;
	m->pin_lag_ms = m->net->now_ms + m->profile->pin_lag_ms;
	command_registration_urc(m);
	network_retry(m->net, m->index);
	return OK_RESULT;
}

static struct result cpin_enter(struct modem *m, const struct args *a)
{
	if (!strcmp(m->pin_state, "READY"))
		return CME(3);
	if (!strcmp(m->pin_state, "SIM PUK")) {
		if (a->count != 2)
			return CME(12);
		if (strcmp(a->v[0], m->puk) != 0) {
			m->puk_tries -= m->puk_tries > 0;
			return CME(m->puk_tries ? 16 : 13);
		}
		text_copy(m->pin, sizeof m->pin, a->v[1]);
		return pin_ready(m);
	}
	if (strcmp(m->pin_state, "SIM PIN") != 0)
		return CME(10);
	if (!strcmp(args_text(a, 0), m->pin))
		return pin_ready(m);
	if (--m->pin_tries > 0)
		return CME(16);
	text_copy(m->pin_state, sizeof m->pin_state, "SIM PUK");
	return CME(12);
}

static struct result cpin(struct modem *m, enum op op, const struct args *a)
{
	if (op == OP_SET)
		return cpin_enter(m, a);
	if (op != OP_READ)
		return OK_RESULT;
	if (!strcmp(m->pin_state, "NOT INSERTED"))
		return CME(10);
	reply_add(m, "+CPIN: %s", m->net->now_ms < m->pin_lag_ms ? "SIM PIN" : m->pin_state);
	return m->profile->quirks & QUIRK_CPIN_NO_OK ? (struct result){DONE_BARE, 0} : OK_RESULT;
}

static struct result cpinr(struct modem *m, enum op op, const struct args *a)
{
	(void)op, (void)a;
	reply_add(m, "+CPINR: SIM PIN,%d,3", m->pin_tries);
	reply_add(m, "+CPINR: SIM PUK,%d,10", m->puk_tries);
	return OK_RESULT;
}

static struct result cfun_set(struct modem *m, const struct args *a)
{
	int n = args_int(a, 0, -1), again = args_int(a, 1, 0);
	const char *reset = m->profile->reset_command;
	if (reset && !strncmp(reset, "+CFUN=", 6) && n == atoi(reset + 6))
		n = again = 1;
	if ((n != 0 && n != 1 && n != 4) || again < 0 || again > 1)
		return CME(50);
	modem_wear(m);
	if (m->profile->quirks & QUIRK_CFUN1_RESETS && n == 1) {
		modem_crash(m, m->restart_ms, true);
		return (struct result){DONE_LATER, 0};
	}
	m->cfun = n;
	m->deaf = false;
	if (again) {
		command_power(m);
	} else {
		command_registration_urc(m);
		network_retry(m->net, m->index);
	}
	return OK_RESULT;
}

static struct result cfun(struct modem *m, enum op op, const struct args *a)
{
	if (op == OP_READ)
		reply_add(m, "+CFUN: %d", m->cfun);
	else if (op == OP_TEST)
		reply_add(m, "+CFUN: (0,1,4),(0,1)");
	else if (op == OP_SET)
		return cfun_set(m, a);
	return OK_RESULT;
}

static struct result cscs(struct modem *m, enum op op, const struct args *a)
{
	if (op == OP_READ)
		reply_add(m, "+CSCS: \"%s\"", m->set.cscs);
	else if (op == OP_TEST)
		reply_add(m, "+CSCS: (\"GSM\",\"IRA\",\"UCS2\")");
	else if (op == OP_SET) {
		const char *v = args_text(a, 0);
		if (strcmp(v, "GSM") && strcmp(v, "IRA") && strcmp(v, "UCS2"))
			return CME(50);
		text_copy(m->set.cscs, sizeof m->set.cscs, v);
	}
	return OK_RESULT;
}

static struct result clck(struct modem *m, enum op op, const struct args *a)
{
	if (op == OP_TEST)
		reply_add(m, "+CLCK: (\"SC\")");
	else if (op == OP_SET && args_int(a, 1, -1) == 2)
		reply_add(m, "+CLCK: %d", *m->pin != 0);
	else if (op == OP_SET && !strcmp(args_text(a, 2), m->pin) && args_int(a, 1, 0) == 0)
		m->pin[0] = 0;
	else if (op == OP_SET && args_int(a, 1, 0) == 1)
		text_copy(m->pin, sizeof m->pin, args_text(a, 2));
	else if (op == OP_SET)
		return CME(16);
	return OK_RESULT;
}

static struct result accept(struct modem *m, enum op op, const struct args *a)
{
	(void)m, (void)op, (void)a;
	return OK_RESULT;
}

static struct result gmi(struct modem *m, enum op op, const struct args *a)
{
	(void)a;
	return plain(m, op, "+GMI", m->profile->maker);
}

const struct command commands_device[] = {
    {"+CGMI", cgmi, 0},
    {"+CGMM", cgmm, 0},
    {"+CGMR", cgmr, 0},
    {"+CGSN", cgsn, 0},
    {"+GMI", gmi, 0},
    {"+GMM", cgmm, 0},
    {"+GMR", cgmr, 0},
    {"+GSN", cgsn, 0},
    {"+CIMI", cimi, NEEDS_SIM},
    {"+CCID", ccid, NEEDS_SIM},
    {"+CNUM", cnum, NEEDS_SIM},
    {"+CMEE", cmee, 0},
    {"+CPIN", cpin, 0},
    {"+CPINR", cpinr, 0},
    {"+CFUN", cfun, 0},
    {"+CSCS", cscs, 0},
    {"+CLCK", clck, NEEDS_SIM},
    {"+CGATT", accept, 0},
    {"+IPR", accept, 0},
    {"+IFC", accept, 0},
    {"+ICF", accept, 0},
    {"+CGSMS", accept, NEEDS_SMS},
    {NULL, NULL, 0},
};
