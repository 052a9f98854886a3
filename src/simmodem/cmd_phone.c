/* Calls, caller's number, phone book: what an SMS gateway touches of them. */
#include "simmodem/command.h"
#include "base/text.h"
#include "simmodem/network.h"

#include <string.h>

static struct result flag(struct modem *m, const char *name, bool *value, enum op op, const struct args *a)
{
	if (op == OP_READ)
		reply_add(m, strcmp(name, "+CLIP") ? "%s: %d" : "%s: %d,1", name, *value);
	else if (op == OP_TEST)
		reply_add(m, "%s: (0,1)", name);
	else if (op == OP_SET) {
		int n = args_int(a, 0, 0);
		if (n < 0 || n > 1)
			return CME(50);
		*value = n;
	}
	return OK_RESULT;
}

static struct result clip(struct modem *m, enum op op, const struct args *a)
{
	return flag(m, "+CLIP", &m->set.clip, op, a);
}

static struct result crc(struct modem *m, enum op op, const struct args *a)
{
	return flag(m, "+CRC", &m->set.crc, op, a);
}

static struct result ccwa(struct modem *m, enum op op, const struct args *a)
{
	return flag(m, "+CCWA", &m->set.ccwa, op, a);
}

static struct result clcc(struct modem *m, enum op op, const struct args *a)
{
	(void)a;
	const struct call *c = &m->call;
	if (op == OP_RUN && c->active && c->out)
		reply_add(m, "+CLCC: 1,0,3,0,0,\"%s\",%d", c->from, c->number_type);
	else if (op == OP_RUN && c->active && *c->from)
		reply_add(m, "+CLCC: 1,1,%d,0,0,\"%s\",%d", c->answered ? 0 : 4, c->from, c->number_type);
	else if (op == OP_RUN && c->active)
		reply_add(m, "+CLCC: 1,1,%d,0,0", c->answered ? 0 : 4);
	return OK_RESULT;
}

static struct result chup(struct modem *m, enum op op, const struct args *a)
{
	(void)a;
	if (op == OP_RUN)
		modem_call_end(m, true);
	return OK_RESULT;
}

static struct result chld(struct modem *m, enum op op, const struct args *a)
{
	(void)op;
	int n = args_int(a, 0, -1);
	if (n == 0 || n == 1)
		modem_call_end(m, true);
	return OK_RESULT;
}

static struct result cpbs(struct modem *m, enum op op, const struct args *a)
{
	if (op == OP_READ)
		reply_add(m, "+CPBS: \"%s\",0,100", m->set.phonebook);
	else if (op == OP_TEST)
		reply_add(m, "+CPBS: (\"SM\",\"ME\",\"MC\",\"ON\")");
	else if (op == OP_SET)
		text_copy(m->set.phonebook, sizeof m->set.phonebook, args_text(a, 0));
	return OK_RESULT;
}

static struct result cpbr(struct modem *m, enum op op, const struct args *a)
{
	(void)a;
	if (op == OP_TEST)
		reply_add(m, "+CPBR: (1-100),40,14");
	return OK_RESULT;
}

const struct command commands_phone[] = {
    {"+CLIP", clip, 0}, {"+CRC", crc, 0},           {"+CLCC", clcc, 0},
    {"+CHUP", chup, 0}, {"+CHLD", chld, 0},         {"+CUSD", command_ussd, NEEDS_SIM},
    {"+CCWA", ccwa, 0}, {"+CPBS", cpbs, NEEDS_SIM}, {"+CPBR", cpbr, NEEDS_SIM},
    {NULL, NULL, 0},
};
