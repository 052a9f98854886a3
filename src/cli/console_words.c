#include "cli/console_words.h"

#include "cli/line_words.h"
#include "cli/modem_card.h"

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "sms/tpdu.h"
#include "sms/ussd.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---------------------------------------------------------------------------------------------- in words */

static const char *shown(const char *number, bool full, char buf[AT_NUMBER_MAX])
{
	if (full)
		text_copy(buf, AT_NUMBER_MAX, number);
	else
		text_short_number(number, buf);
	text_mask_controls(buf);
	return buf;
}

static char *registration(const struct modem_row *row, const char *line)
{
	static const char *const words[] = {N_("not registered, and it does not search"),
					    N_("registered, in its own network"),
					    N_("searching"),
					    N_("refused by the network"),
					    N_("unknown"),
					    N_("registered, roaming"),
					    N_("registered for texts alone"),
					    N_("registered for texts alone, roaming"),
					    N_("emergency calls alone")};
	struct at_registration r;
	struct at_fields f;
	at_fields_parse(&f, line);
	(void)row;
	if (at_parse_reg(line, urc_reg_has_mode(&f), &r) || r.stat < 0 || r.stat >= (int)ARRAY_LEN(words))
		return NULL;
	const char *technology = at_technology(r.act);
	return *technology ? mem_printf("%s, %s", gettext(words[r.stat]), technology)
			   : mem_dup(gettext(words[r.stat]));
}

static char *signal_words(const char *line)
{
	int dbm = at_signal_dbm(line);
	return dbm == SIGNAL_UNKNOWN ? mem_dup(_("not known"))
				     : mem_printf(_("%d dBm, %s"), dbm, line_signal_label(at_signal_word(dbm)));
}

static char *stores(const char *line)
{
	const char *const lines[] = {line};
	struct at_reply r = {.final = AT_OK, .lines = lines, .count = 1};
	struct at_stores s;
	if (at_read_stores(&r, &s) || s.used[0] < 0)
		return NULL;
	return mem_printf(_("%d texts stored, room for %d"), s.used[0], s.total[0]);
}

/* What is done about an error, by its class. */
static const char *reaction(enum at_class c)
{
	static const char *const words[AT_CLASS_COUNT] = {
	    [AT_CLASS_UNKNOWN] = N_("the gateway would try again later"),
	    [AT_CLASS_SENT] = N_("the centre has it already; the gateway counts it as sent"),
	    [AT_CLASS_PERMANENT] = N_("never for this number or text; the gateway gives up"),
	    [AT_CLASS_PROGRAM] = N_("the command or the PDU is wrong"),
	    [AT_CLASS_FORMAT] = N_("perhaps the modem is in text mode: AT+CMGF=0"),
	    [AT_CLASS_UNSUPPORTED] = N_("this modem cannot do that"),
	    [AT_CLASS_ONCE] = N_("the gateway tries once more, then gives up"),
	    [AT_CLASS_NO_REPORT] = N_("the gateway tries again without asking for a delivery report"),
	    [AT_CLASS_NO_VALIDITY] = N_("the gateway tries again without a validity"),
	    [AT_CLASS_WAIT] = N_("busy: the same again in a second"),
	    [AT_CLASS_LATER] = N_("trouble in the network: the gateway tries again later"),
	    [AT_CLASS_REJECTED] = N_("refused, often for want of credit: look at the credit"),
	    [AT_CLASS_LINE] = N_("the operator refuses: look at credit and tariff"),
	    [AT_CLASS_REGISTER] = N_("no network: look at antenna and registration"),
	    [AT_CLASS_REFUSED] = N_("the network refuses this SIM or device: ask the operator"),
	    [AT_CLASS_STORE_FULL] =
		N_("the store is full: texts have to be read and deleted, which the gateway does"),
	    [AT_CLASS_EMPTY] = N_("there is no text at this place"),
	    [AT_CLASS_REINIT] = N_("the modem is confused: the gateway would start it over"),
	    [AT_CLASS_SIM] = N_("look at the SIM: is it there, the right way, in good order?"),
	    [AT_CLASS_PIN] = N_("the SIM wants its PIN or PUK: never guess"),
	    [AT_CLASS_LOCKED] = N_("the modem is locked to another operator"),
	    [AT_CLASS_SMSC] = N_("the number of the service centre is missing: AT+CSCA?"),
	    [AT_CLASS_IGNORE] = N_("harmless"),
	};
	return gettext(words[c]);
}

static char *error(const struct modem_row *row, const char *line, enum at_domain domain)
{
	const char *p = strchr(line, ':');
	p += 1 + strspn(p + 1, " \t");
	int code = isdigit((unsigned char)*p) ? atoi(p) : at_error_from_text(domain, p);
	if (code < 0)
		return NULL;
	return mem_printf(_("%s; %s"), gettext(at_error_text(domain, code)),
			  reaction(modem_row_class(row, domain, code)));
}

static char *message(const char *hex, bool full)
{
	char number[AT_NUMBER_MAX], when[40] = "";
	struct tpdu t;
	struct err e;
	if (tpdu_decode_hex(hex, true, TPDU_INCOMING, -1, &t, &e))
		return NULL;
	shown(t.number, full || t.alphanumeric, number);
	if (t.type == TPDU_STATUS_REPORT)
		return mem_printf(_("report on a text to %s: %s"), number, gettext(tp_status_text(t.st)));
	cleanup_free char *text =
	    t.has_user_data && t.alphabet != SMS_8BIT ? tpdu_text(&t) : mem_dup(_("(binary)"));
	cleanup_free char *part = t.parts > 1 ? mem_printf(" (%d/%d)", t.part, t.parts) : mem_dup("");
	text_mask_controls(text);
	if (t.scts.valid && t.type == TPDU_DELIVER)
		rfc3339_format(t.scts.utc, when);
	return t.type == TPDU_SUBMIT ? mem_printf(_("a text to %s%s: %s"), number, part, text)
				     : mem_printf(_("a text from %s%s, %s: %s"), number, part, when, text);
}

static char *ussd(const char *line)
{
	struct at_fields f;
	char text[USSD_TEXT_MAX];
	at_fields_parse(&f, line);
	if (f.count < 2)
		return NULL;
	ussd_decode(at_fields_str(&f, 1), at_fields_int(&f, 2, -1), USSD_PLAIN, text, sizeof text);
	text_mask_controls(text);
	return mem_dup(text);
}

static char *unsolicited(const char *line, bool full)
{
	struct at_urc u;
	char number[AT_NUMBER_MAX];
	urc_parse(line, NULL, &u);
	switch (u.kind) {
	case URC_RING:
		return mem_dup(_("somebody rings"));
	case URC_CLIP:
		return u.number[0] ? mem_printf(_("it is %s"), shown(u.number, full, number))
				   : mem_dup(_("the number is withheld"));
	case URC_CMTI:
	case URC_CDSI:
		return mem_printf(_("a text was stored in %s, place %d: AT+CMGR=%d reads it"), u.memory,
				  u.index, u.index);
	case URC_BOOT:
		return mem_dup(_("the modem has started anew: its settings are lost"));
	case URC_READY:
		return mem_dup(_("texts may be read now"));
	case URC_POWER:
		return mem_dup(_("look at the power supply"));
	case URC_STORE_FULL:
		return mem_dup(_("the store for texts is full: nothing comes in any more"));
	default: /* what else comes has its words in the answers, or says it itself */
		return NULL;
	}
}

static char *supply(const char *line)
{
	const char *const lines[] = {line};
	struct at_reply r = {.final = AT_OK, .lines = lines, .count = 1};
	int millivolt, percent;
	if (at_read_battery(&r, &millivolt, &percent))
		return NULL;
	return millivolt >= 0 ? mem_printf("%d.%02d V", millivolt / 1000, millivolt % 1000 / 10)
			      : mem_printf("%d %%", percent);
}

static char *service(const char *line)
{
	const char *const lines[] = {line};
	struct at_reply r = {.final = AT_OK, .lines = lines, .count = 1};
	switch (at_read_ims(&r)) {
	case IMS_ON:
		return mem_dup(_("IMS is on"));
	case IMS_OFF:
		return mem_dup(_("IMS is not on now"));
	case IMS_FORBIDDEN:
		return mem_dup(_("IMS is switched off in the modem"));
	case IMS_UNKNOWN:
		break;
	}
	return NULL;
}

char *console_explain(const struct modem_row *row, const char *line, bool full)
{
	struct at_fields f;
	if (at_has_prefix(line, "+CMS ERROR:"))
		return error(row, line, AT_CMS);
	if (at_has_prefix(line, "+CME ERROR:"))
		return error(row, line, AT_CME);
	if (at_has_prefix(line, "+CREG:") || at_has_prefix(line, "+CGREG:") || at_has_prefix(line, "+CEREG:") ||
	    at_has_prefix(line, "+C5GREG:"))
		return registration(row, line);
	if (at_has_prefix(line, "+CSQ:"))
		return signal_words(line);
	if (at_has_prefix(line, "+CPMS:"))
		return stores(line);
	if (at_has_prefix(line, "+CPIN:"))
		return mem_dup(card_pin_label(at_pin_state(line)));
	if (at_has_prefix(line, "+CUSD:"))
		return ussd(line);
	if (at_has_prefix(line, "+CBC:"))
		return supply(line);
	if (at_has_prefix(line, "+CIREG:") || at_has_prefix(line, "+QCFG:"))
		return service(line);
	at_fields_parse(&f, line);
	if (at_has_prefix(line, "+COPS:") && f.count > 3)
		return mem_dup(at_technology(at_fields_int(&f, 3, -1)));
	if (at_has_prefix(line, "+CFUN:"))
		return mem_dup(at_fields_int(&f, 0, -1) == 1 ? _("the radio is on")
							     : _("the radio is switched off"));
	if (at_is_hex(line) && strlen(line) >= 26)
		return message(line, full);
	return unsolicited(line, full);
}

/* ---------------------------------------------------------------------------------------------- danger */

static const struct {
	const char *pattern; /* glob, case ignored */
	const char *why;
} dangers[] = {
    {"AT+CPIN=*", N_("it gives a PIN: a wrong one uses up one of three tries")},
    {"AT^CPIN=*", N_("it gives a PIN: a wrong one uses up one of three tries")},
    {"AT[*]EPIN=*", N_("it gives a PIN: a wrong one uses up one of three tries")},
    {"AT+CLCK=[^?]*", N_("it locks or unlocks the SIM: a wrong password uses up a try")},
    {"AT+CPWD=*", N_("it changes a PIN or password: a wrong one uses up a try")},
    {"AT+EGMR=*", N_("it writes the IMEI, which the law forbids and which ends this modem")},
    {"AT+CFUN=0*", N_("it switches the radio off: no text comes or goes")},
    {"AT+CFUN=4*", N_("it switches the radio off: no text comes or goes")},
    {"AT+CFUN=*,1", N_("it restarts the modem, which some bear only so often a day")},
    {"AT+CFUN=1[56]*", N_("it restarts the modem, which some bear only so often a day")},
    {"AT+C*RESET", N_("it restarts the modem, which some bear only so often a day")},
    {"AT^RESET", N_("it restarts the modem, which some bear only so often a day")},
    {"AT+RESET", N_("it restarts the modem, which some bear only so often a day")},
    {"AT+MREBOOT*", N_("it restarts the modem, which some bear only so often a day")},
    {"AT+CPOF*", N_("it switches the modem off: somebody has to go there")},
    {"AT+QPOWD*", N_("it switches the modem off: somebody has to go there")},
    {"AT&F*", N_("it throws all settings of the modem away")},
    {"ATZ*", N_("it throws the settings of this session away")},
    {"AT&W*", N_("it writes settings into the modem's flash")},
    {"AT+IPR=[^?]*", N_("it changes the speed: the port may not be reached any more")},
    {"AT+QCFG=*,*", N_("it changes settings that survive a restart")},
    {"AT+QPRTPARA=*", N_("it throws all settings of the modem away")},
    {"AT+QMBNCFG=*Deselect*", N_("it changes settings that survive a restart")},
    {"AT+COPS=[^?]*", N_("it chooses a network by hand, which stays after a restart")},
    {"AT+CMGD=[^?]*,[1-4]*", N_("it deletes many texts at once, also those that nobody has read")},
    {"AT+CMGD=[^?]*", N_("it deletes a text that the gateway may not have read yet")},
    {"AT+CSCA=[^?]*", N_("it changes the service centre: with a wrong number no text leaves")},
    {"AT+CMGS=*", N_("it sends a text, which costs money")},
    {"AT+CMSS=*", N_("it sends a text, which costs money")},
    {"ATD*", N_("it dials, which costs money")},
    {"ATA", N_("it picks up: the caller pays")},
    {"AT+CSIM=*", N_("it speaks to the SIM itself, which may block or wear it")},
    {"AT+CRSM=2[0-9][0-9]*", N_("it writes to the SIM")},
};

static const char *danger_of(const char *piece)
{
	for (size_t i = 0; i < ARRAY_LEN(dangers); i++)
		if (!fnmatch(dangers[i].pattern, piece, FNM_CASEFOLD))
			return dangers[i].why;
	return NULL;
}

/* The pieces of "AT+CSQ;+CFUN=0;D10086" without blanks, each with its AT. */
static const char *each_piece(const char *command, const char *(*look)(const char *piece))
{
	char piece[AT_COMMAND_MAX + 4];
	const char *p = command + strspn(command, " \t"), *found = NULL;
	if (!strncasecmp(p, "AT", 2))
		p += 2;
	while (*p && !found) {
		size_t n = 2;
		bool quote = false;
		memcpy(piece, "AT", 2);
		for (; *p && (quote || *p != ';'); p++) {
			quote ^= *p == '"';
			if (n + 1 < sizeof piece && (quote || !isspace((unsigned char)*p)))
				piece[n++] = *p;
		}
		piece[n] = 0;
		p += *p == ';';
		found = look(piece);
	}
	return found;
}

const char *console_danger(const char *command)
{
	return each_piece(command, danger_of);
}

static const char *secret_of(const char *piece)
{
	static const char *const patterns[] = {"AT+CPIN*=[^?]*", "AT^CPIN=[^?]*", "AT[*]EPIN=[^?]*",
					       "AT+CLCK=[^?]*", "AT+CPWD=[^?]*"};
	for (size_t i = 0; i < ARRAY_LEN(patterns); i++)
		if (!fnmatch(patterns[i], piece, FNM_CASEFOLD))
			return patterns[i];
	return NULL;
}

bool console_secret(const char *command)
{
	return each_piece(command, secret_of) != NULL;
}

/* ---------------------------------------------------------------------------------------------- completion */

static const struct {
	const char *command, *what;
} commands[] = {
    {"ATI", N_("who the modem is")},
    {"AT+CGMM", N_("the model")},
    {"AT+CGMR", N_("the firmware")},
    {"AT+CGSN", N_("the IMEI")},
    {"AT+CIMI", N_("the number of the SIM in the network (IMSI)")},
    {"AT+CCID", N_("the number that is printed on the SIM (ICCID)")},
    {"AT+QCCID", N_("the number that is printed on the SIM (ICCID)")},
    {"AT+CPIN?", N_("whether the SIM wants its PIN")},
    {"AT+CPINR", N_("how many tries of the PIN are left")},
    {"AT+CSQ", N_("the signal")},
    {"AT+CREG?", N_("registration for calls")},
    {"AT+CGREG?", N_("registration for data over 2G and 3G")},
    {"AT+CEREG?", N_("registration over 4G")},
    {"AT+COPS?", N_("the operator")},
    {"AT+COPS=?", N_("all networks to be had; takes minutes")},
    {"AT+CEER", N_("why the last call or registration failed")},
    {"AT+CIREG?", N_("whether IMS (VoLTE) is on")},
    {"AT+QCFG=\"ims\"", N_("whether IMS (VoLTE) is on")},
    {"AT+CSCA?", N_("the number of the service centre")},
    {"AT+CPMS?", N_("how many texts are stored")},
    {"AT+CPMS=?", N_("which stores there are")},
    {"AT+CMGF?", N_("0: PDU mode, 1: text mode")},
    {"AT+CMGL=4", N_("all stored texts")},
    {"AT+CMGR=1", N_("the text at a place")},
    {"AT+CNMI?", N_("how new texts are announced")},
    {"AT+CNUM", N_("the number of its own, when the SIM knows it")},
    {"AT+CFUN?", N_("whether the radio is on")},
    {"AT+CBC", N_("the supply's voltage")},
    {"AT+CCLK?", N_("the modem's clock")},
    {"AT+CLCC", N_("calls under way")},
    {"AT+CUSD=1,\"*100#\",15", N_("asks the operator, such as for the credit")},
    {"AT+CMEE=2", N_("errors in words from now on")},
};

const char *console_command(int i, const char **ret_what)
{
	if (i < 0 || i >= (int)ARRAY_LEN(commands))
		return NULL;
	if (ret_what)
		*ret_what = commands[i].what;
	return commands[i].command;
}
