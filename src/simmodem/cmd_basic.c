/* V.250 letters: echo, verbosity, S registers, factory settings, identification. */
#include "simmodem/command.h"
#include "simmodem/network.h"

#include <string.h>

static struct result take(struct modem *m, enum op op, const struct args *a)
{
	(void)m, (void)op, (void)a;
	return OK_RESULT;
}

static struct result echo(struct modem *m, enum op op, const struct args *a)
{
	(void)op;
	m->set.echo = args_int(a, 0, 0) != 0;
	return OK_RESULT;
}

static struct result verbose(struct modem *m, enum op op, const struct args *a)
{
	(void)op;
	m->set.verbose = args_int(a, 0, 0) != 0;
	return OK_RESULT;
}

static struct result quiet(struct modem *m, enum op op, const struct args *a)
{
	(void)op;
	m->set.quiet = args_int(a, 0, 0) != 0;
	return OK_RESULT;
}

static struct result factory(struct modem *m, enum op op, const struct args *a)
{
	(void)op, (void)a;
	m->set.echo = m->set.verbose = true;
	m->set.quiet = false;
	m->set.s3 = '\r';
	m->set.s4 = '\n';
	m->set.s5 = 8;
	m->set.cmee = 0;
	return OK_RESULT;
}

static struct result reset(struct modem *m, enum op op, const struct args *a)
{
	if (!modem_sim_ready(m))
		return ERROR_RESULT; /* seen in the field: ATZ is refused while the SIM waits for its PIN */
	return factory(m, op, a);
}

static struct result s_register(struct modem *m, enum op op, const struct args *a)
{
	int n = args_int(a, 0, 0), v = args_int(a, 1, -1);
	int *reg = n == 3 ? &m->set.s3 : n == 4 ? &m->set.s4 : n == 5 ? &m->set.s5 : NULL;
	if (op == OP_READ) {
		reply_add(m, "%03d", reg ? *reg : 0);
	} else if (op == OP_SET) {
		if (v < 0 || v > 127)
			return ERROR_RESULT;
		if (reg)
			*reg = v;
	}
	return OK_RESULT;
}

static struct result identify(struct modem *m, enum op op, const struct args *a)
{
	(void)op, (void)a;
	reply_add(m, "%s", m->profile->maker);
	reply_add(m, "%s", m->profile->model);
	reply_add(m, "Revision: %s", m->profile->revision);
	return OK_RESULT;
}

static struct result profile_view(struct modem *m, enum op op, const struct args *a)
{
	(void)op, (void)a;
	const struct settings *s = &m->set;
	reply_add(m, "E%d Q%d V%d +CMEE=%d +CMGF=%d +CSMS=%d", s->echo, s->quiet, s->verbose, s->cmee, s->cmgf,
		  s->csms);
	reply_add(m, "+CNMI=%d,%d,%d,%d,%d +CPMS=\"%s\",\"%s\",\"%s\"", s->cnmi[0], s->cnmi[1], s->cnmi[2],
		  s->cnmi[3], s->cnmi[4], s->mem[0], s->mem[1], s->mem[2]);
	return OK_RESULT;
}

static struct result hang_up(struct modem *m, enum op op, const struct args *a)
{
	(void)op, (void)a;
	if (!m->set.flag[FLAG_CVHU])
		modem_call_end(m, true);
	return OK_RESULT;
}

static struct result answer(struct modem *m, enum op op, const struct args *a)
{
	(void)op, (void)a;
	if (!m->call.active)
		return (struct result){DONE_NO_CARRIER, 0};
	m->call.answered = true;
	return OK_RESULT;
}

static struct result dial(struct modem *m, enum op op, const struct args *a)
{
	(void)op;
	return modem_dial(m, a->v[0]) ? (struct result){DONE_NO_CARRIER, 0} : OK_RESULT;
}

const struct command commands_basic[] = {
    {"E", echo, 0},          {"V", verbose, 0},  {"Q", quiet, 0},      {"Z", reset, 0}, {"&F", factory, 0},
    {"&C", take, 0},         {"&D", take, 0},    {"&K", take, 0},      {"&S", take, 0}, {"&W", take, 0},
    {"&V", profile_view, 0}, {"I", identify, 0}, {"S", s_register, 0}, {"X", take, 0},  {"M", take, 0},
    {"L", take, 0},          {"H", hang_up, 0},  {"A", answer, 0},     {"D", dial, 0},  {NULL, NULL, 0},
};
