#include "at_commands/errors.h"
#include "base/i18n.h"
#include "base/mem.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

static const char *const class_names[AT_CLASS_COUNT] = {
    [AT_CLASS_UNKNOWN] = "unknown",
    [AT_CLASS_SENT] = "sent",
    [AT_CLASS_PERMANENT] = "permanent",
    [AT_CLASS_PROGRAM] = "program",
    [AT_CLASS_FORMAT] = "format",
    [AT_CLASS_UNSUPPORTED] = "unsupported",
    [AT_CLASS_ONCE] = "once",
    [AT_CLASS_NO_REPORT] = "no-report",
    [AT_CLASS_NO_VALIDITY] = "no-validity",
    [AT_CLASS_WAIT] = "wait",
    [AT_CLASS_LATER] = "later",
    [AT_CLASS_REJECTED] = "rejected",
    [AT_CLASS_LINE] = "line",
    [AT_CLASS_REGISTER] = "register",
    [AT_CLASS_REFUSED] = "refused",
    [AT_CLASS_STORE_FULL] = "store-full",
    [AT_CLASS_EMPTY] = "empty",
    [AT_CLASS_REINIT] = "reinit",
    [AT_CLASS_SIM] = "sim",
    [AT_CLASS_PIN] = "pin",
    [AT_CLASS_LOCKED] = "locked",
    [AT_CLASS_SMSC] = "smsc",
    [AT_CLASS_IGNORE] = "ignore",
};

/* NULL: not in the table. */
static const struct at_error *find(enum at_domain domain, int code)
{
	size_t n;
	const struct at_error *t = at_errors(&n);
	for (size_t i = 0; i < n; i++)
		if (t[i].domain == domain && t[i].code == code)
			return &t[i];
	return NULL;
}

/* Reserved numbers take the class of their range, TS 23.040 9.2.3.22. */
static const struct {
	int from, to;
	enum at_class class;
} cms_ranges[] = {
    {128, 191, AT_CLASS_PROGRAM}, /* TP-PID, TP-DCS, TP-Command, TPDU */
    {192, 207, AT_CLASS_LATER},   /* the service centre */
    {208, 223, AT_CLASS_STORE_FULL},
    {224, 254, AT_CLASS_ONCE}, /* values specific to an application */
};

enum at_class at_error_class(enum at_domain domain, int code)
{
	const struct at_error *e = find(domain, code);
	if (e)
		return e->class;
	for (size_t i = 0; domain == AT_CMS && i < ARRAY_LEN(cms_ranges); i++)
		if (code >= cms_ranges[i].from && code <= cms_ranges[i].to)
			return cms_ranges[i].class;
	return AT_CLASS_UNKNOWN;
}

bool at_error_known(enum at_domain domain, int code)
{
	return find(domain, code) != NULL;
}

const char *at_error_text(enum at_domain domain, int code)
{
	const struct at_error *e = find(domain, code);
	return e ? e->text : N_("unknown error");
}

int at_class_parse(const char *name)
{
	for (int i = 0; i < AT_CLASS_COUNT; i++)
		if (!strcmp(class_names[i], name))
			return i;
	return -EINVAL;
}

/* Other words for the same, as modems print them; already stripped. */
static const struct {
	enum at_domain domain;
	const char *words;
	int code;
} aliases[] = {
    {AT_CMS, "nonetwork", 331},
    {AT_CMS, "smscaddressunknown", 330},
    {AT_CMS, "smscadressunknown", 330},
    {AT_CMS, "unknownsmscaddress", 330},
    {AT_CMS, "phonefailure", 300},
    {AT_CMS, "mobileequipmenterror", 300},
    {AT_CMS, "invalidindex", 321},
    {AT_CMS, "simpinnecessary", 311},
    {AT_CMS, "simpin", 311},
    {AT_CMS, "simpuk", 316},
    {AT_CMS, "phsimpinnecessary", 312},
    {AT_CMS, "simpin2necessary", 317},
    {AT_CMS, "nocnmaackexpected", 340},
    {AT_CMS, "unknown", 500},
    {AT_CMS, "congestedswitchingequipment", 42},
    {AT_CME, "nonetwork", 30},
    {AT_CME, "networknotallowedemergencycallsonly", 32},
    {AT_CME, "emergencycallsonly", 32},
    {AT_CME, "networknotallowed", 32},
    {AT_CME, "invalidmemoryindex", 21},
    {AT_CME, "simpinnecessary", 11},
    {AT_CME, "simpin", 11},
    {AT_CME, "simpuk", 12},
    {AT_CME, "simnotinsert", 10},
    {AT_CME, "memoryfailed", 23},
    {AT_CME, "networknotallowedemergencycallonly", 32},
    {AT_CME, "unknownerror", 100},
    {AT_CME, "invalidparameter", 50},
    {AT_CME, "invalidparameters", 50},
    {AT_CME, "illegalue", 103},
    {AT_CME, "operationtemporarynotallowed", 256},
};

/* Letters and digits, small; "(U)SIM" and "USIM" read as SIM. */
static void strip(const char *in, char *out, size_t size)
{
	size_t n = 0;
	for (; *in && n + 1 < size; in++)
		if (isalnum((unsigned char)*in))
			out[n++] = (char)tolower((unsigned char)*in);
	out[n] = 0;
	for (char *p = out; (p = strstr(p, "usim")) != NULL;)
		memmove(p, p + 1, strlen(p));
}

int at_error_from_text(enum at_domain domain, const char *text)
{
	char wanted[96], words[96];
	strip(text, wanted, sizeof wanted);
	if (!*wanted)
		return -1;
	size_t n;
	const struct at_error *t = at_errors(&n);
	for (size_t i = 0; i < n; i++) {
		strip(t[i].text, words, sizeof words);
		if (t[i].domain == domain && !strcmp(words, wanted))
			return t[i].code;
	}
	for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
		if (aliases[i].domain == domain && !strcmp(aliases[i].words, wanted))
			return aliases[i].code;
	return -1;
}

/* ---- TP-Status, TS 23.040 9.2.3.15 ---- */

enum tp_status_class tp_status_class(uint8_t st)
{
	if (st == 1 || st == 2)
		return TP_STATUS_FORWARDED;
	if (st < 32)
		return TP_STATUS_DELIVERED;
	if (st < 64)
		return TP_STATUS_TRYING;
	if (st == 70)
		return TP_STATUS_EXPIRED;
	if (st < 96)
		return TP_STATUS_FAILED;
	return st < 128 ? TP_STATUS_GAVE_UP : TP_STATUS_RESERVED;
}

static const char *const common_causes[] = {N_("congestion"),
					    N_("SME busy"),
					    N_("no response from SME"),
					    N_("service rejected"),
					    N_("quality of service not available"),
					    N_("error in SME")};

static const struct {
	uint8_t st;
	const char *text;
} status_texts[] = {
    {0, N_("received by SME")},
    {1, N_("forwarded to SME, unable to confirm delivery")},
    {2, N_("replaced by SC")},
    {64, N_("remote procedure error")},
    {65, N_("incompatible destination")},
    {66, N_("connection rejected by SME")},
    {67, N_("not obtainable")},
    {68, N_("quality of service not available")},
    {69, N_("no interworking available")},
    {70, N_("validity period expired")},
    {71, N_("deleted by originating SME")},
    {72, N_("deleted by SC administration")},
    {73, N_("message does not exist")},
};

const char *tp_status_text(uint8_t st)
{
	for (size_t i = 0; i < ARRAY_LEN(status_texts); i++)
		if (status_texts[i].st == st)
			return status_texts[i].text;
	uint8_t cause = st & 31;
	if (((st >= 32 && st < 64) || (st >= 96 && st < 128)) && cause < ARRAY_LEN(common_causes))
		return common_causes[cause];
	switch (tp_status_class(st)) {
	case TP_STATUS_DELIVERED:
		return N_("transaction completed");
	case TP_STATUS_FORWARDED:
		return N_("forwarded");
	case TP_STATUS_TRYING:
		return N_("SC still trying");
	case TP_STATUS_EXPIRED:
		return N_("validity period expired");
	case TP_STATUS_FAILED:
		return N_("permanent error");
	case TP_STATUS_GAVE_UP:
		return N_("temporary error, SC gave up");
	case TP_STATUS_RESERVED:
		break;
	}
	return N_("reserved");
}
