/* The modem's place in the network: registration, operator, signal, time. 3GPP TS 27.007 clauses 7.2, 7.3, 8.5,
 * 8.15, 8.40 and 8.41. */
#include "base/clock.h"
#include "base/mem.h"
#include "simmodem/command.h"
#include "simmodem/network.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* What the circuit-switched and the packet-switched domain say may differ. */
static int domain_status(const struct modem *m, bool circuits)
{
	const struct fault *own = &m->fault[circuits ? F_CREG : F_CEREG];
	int status = modem_registration(m);
	if (m->cfun == 1 && modem_sim_ready(m) && fault_on(own))
		return (int)own->value;
	return circuits && status == 1 && m->profile->creg ? m->profile->creg : status;
}

/* Forms that were met [C, ModemManager, gammu]: without n, quoted, with leading zeros, with cell and access
 * technology, with quotes in the wrong place, without the blank, with a routing area, with blanks. $ is the name,
 * n the level, s the status. */
static const char *const odd_forms[] = {
    "$: s",
    "$: n,\"s\"",
    "$: 00n,00s",
    "$: 2,s,\"1816\",\"01A2D2B5\",7",
    "$: 2,s,\"0B,\"0100701\",7",
    "$:n,s",
    "$: 2,s,1816,01A2D2B5,7,\"28\"",
    "$: n, s",
};

static void answer_odd(struct modem *m, const char *form, const char *shown, int level, int status)
{
	struct buf line cleanup_buf = {0};
	for (; *form; form++) {
		if (*form == '$')
			buf_adds(&line, shown);
		else if (*form == 'n' || *form == 's')
			buf_addf(&line, "%d", *form == 'n' ? level : status);
		else
			buf_addc(&line, *form);
	}
	reply_add(m, "%s", buf_str(&line));
}

static struct result registration(struct modem *m, const char *name, int *level, bool circuits, enum op op,
				  const struct args *a)
{
	const char *shown =
	    !strcmp(name, "+CEREG") && m->profile->quirks & QUIRK_CEREG_AS_CGREG ? "+CGREG" : name;
	int status = domain_status(m, circuits), form = (int)m->fault[F_REG_FORM].value - 1;
	if (op == OP_TEST) {
		reply_add(m, "%s: (0-2)", name);
	} else if (op == OP_READ) {
		if (form >= 0 && form < (int)ARRAY_LEN(odd_forms) && modem_spoil(m, F_REG_FORM))
			answer_odd(m, odd_forms[form], shown, *level, status);
		else if (*level == 2 && modem_registered(m))
			reply_add(m, "%s: 2,%d,\"1816\",\"01A2D2B5\",%d", shown, status,
				  strcmp(name, "+CEREG") ? 0 : 7);
		else
			reply_add(m, "%s: %d,%d", shown, *level, status);
	} else if (op == OP_SET) {
		int n = args_int(a, 0, -1);
		if (n < 0 || n > 2)
			return CME(50);
		*level = n;
	}
	return OK_RESULT;
}

static struct result creg(struct modem *m, enum op op, const struct args *a)
{
	return registration(m, "+CREG", &m->set.creg, true, op, a);
}

static struct result cgreg(struct modem *m, enum op op, const struct args *a)
{
	return registration(m, "+CGREG", &m->set.cgreg, false, op, a);
}

static struct result cereg(struct modem *m, enum op op, const struct args *a)
{
	return registration(m, "+CEREG", &m->set.cereg, false, op, a);
}

void command_registration_urc(struct modem *m)
{
	if (m->set.creg)
		modem_urc(m, "+CREG: %d", domain_status(m, true));
	if (m->set.cereg)
		modem_urc(m, "+CEREG: %d", domain_status(m, false));
}

static struct result csq(struct modem *m, enum op op, const struct args *a)
{
	(void)a;
	int signal = fault_on(&m->fault[F_SIGNAL]) ? (int)m->fault[F_SIGNAL].value
		     : modem_registered(m)         ? 21
						   : 99;
	if (op == OP_TEST)
		reply_add(m, "+CSQ: (0-31,99),(0-7,99)");
	else
		reply_add(m, "+CSQ: %d,99", signal);
	return OK_RESULT;
}

static struct result cops(struct modem *m, enum op op, const struct args *a)
{
	bool abroad = modem_registration(m) == 5;
	if (op == OP_TEST)
		reply_add(m, "+COPS: (2,\"CHINA MOBILE\",\"CMCC\",\"46000\",7),,(0,1,2,3,4),(0,1,2)");
	else if (op == OP_READ && modem_registered(m))
		reply_add(m, "+COPS: 0,0,\"%s\",7", abroad ? "VISITED NETWORK" : m->operator_name);
	else if (op == OP_READ)
		reply_add(m, "+COPS: 0");
	else if (op == OP_SET && args_int(a, 0, -1) < 0)
		return CME(50);
	else if (op == OP_SET && args_int(a, 0, -1) < 2) {
		m->deaf = false; /* it attaches anew */
		network_retry(m->net, m->index);
	}
	return OK_RESULT;
}

/* ---- time ---- */

#define HOME_ZONE 32

/* The network's civil time, in quarters of an hour east of UTC: whatever zone this process lives in. */
static void civil_there(int64_t utc, int zone, struct civil *c)
{
	time_t t = (time_t)(utc + zone * 900);
	struct tm tm;
	gmtime_r(&t, &tm);
	*c = (struct civil){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
			    tm.tm_min,         tm.tm_sec,     tm.tm_wday};
}

static void clock_now(const struct modem *m, struct civil *c)
{
	civil_there(m->net->now_utc + m->time_offset_s, HOME_ZONE, c);
}

static struct result cclk(struct modem *m, enum op op, const struct args *a)
{
	struct civil c;
	clock_now(m, &c);
	if (op == OP_READ && fault_on(&m->fault[F_NO_TIME]))
		reply_add(m, "+CCLK: \"80/01/06,00:00:17+00\""); /* Quectel before the network told [F] */
	else if (op == OP_READ)
		reply_add(m, "+CCLK: \"%02d/%02d/%02d,%02d:%02d:%02d+32\"", c.year % 100, c.month, c.day,
			  c.hour, c.minute, c.second);
	else if (op == OP_SET) {
		struct civil t = {0};
		if (sscanf(args_text(a, 0), "%d/%d/%d,%d:%d:%d", &t.year, &t.month, &t.day, &t.hour, &t.minute,
			   &t.second) != 6)
			return CME(50);
		struct tm tm = {.tm_year = t.year + 100,
				.tm_mon = t.month - 1,
				.tm_mday = t.day,
				.tm_hour = t.hour,
				.tm_min = t.minute,
				.tm_sec = t.second};
		m->time_offset_s = (int64_t)timegm(&tm) - HOME_ZONE * 900 - m->net->now_utc;
	}
	return OK_RESULT;
}

void modem_nitz(struct modem *m, int64_t utc, int zone)
{
	if (m->set.ctzu)
		m->time_offset_s = utc - m->net->now_utc;
	struct civil c, u;
	civil_there(utc, zone, &c);
	civil_there(utc, 0, &u);
	if (m->set.ctzr == 1)
		modem_urc(m, "+CTZV: %+d", zone);
	else if (m->set.ctzr == 2)
		modem_urc(m, "+CTZE: \"%+03d\",0,\"%04d/%02d/%02d,%02d:%02d:%02d\"", zone, c.year, c.month,
			  c.day, c.hour, c.minute, c.second);
	if (m->set.flag[FLAG_CLTS]) /* SIMCom [M] */
		modem_urc(m, "*PSUTTZ: %d,%d,%d,%d,%d,%d,\"%+d\",0", u.year, u.month, u.day, u.hour, u.minute,
			  u.second, zone);
	if (m->profile->quirks & QUIRK_CEND) /* Huawei [C, chan-dongle] */
		modem_urc(m, "^NWTIME: %02d/%02d/%02d,%02d:%02d:%02d%+03d,00", c.year % 100, c.month, c.day,
			  c.hour, c.minute, c.second, zone);
}

static struct result ctzr(struct modem *m, enum op op, const struct args *a)
{
	if (op == OP_READ)
		reply_add(m, "+CTZR: %d", m->set.ctzr);
	else if (op == OP_TEST)
		reply_add(m, "+CTZR: (0-2)");
	else if (op == OP_SET && (args_int(a, 0, -1) < 0 || args_int(a, 0, -1) > 2))
		return CME(50);
	else if (op == OP_SET)
		m->set.ctzr = args_int(a, 0, 0);
	return OK_RESULT;
}

static struct result ctzu(struct modem *m, enum op op, const struct args *a)
{
	if (op == OP_READ)
		reply_add(m, "+CTZU: %d", m->set.ctzu);
	else if (op == OP_SET)
		m->set.ctzu = args_int(a, 0, 0) > 0;
	return OK_RESULT;
}

const struct command commands_network[] = {
    {"+CREG", creg, 0}, {"+CGREG", cgreg, 0},       {"+CEREG", cereg, 0},
    {"+CSQ", csq, 0},   {"+COPS", cops, NEEDS_SIM}, {"+CCLK", cclk, 0},
    {"+CTZR", ctzr, 0}, {"+CTZU", ctzu, 0},         {NULL, NULL, 0},
};
