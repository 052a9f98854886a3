#include "at_commands/setup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct at_command at_cmd(const char *line, int timeout_ms)
{
	struct at_command c = {.timeout_ms = timeout_ms};
	snprintf(c.line, sizeof c.line, "%s", line);
	return c;
}

struct at_command at_cmd_step(const struct modem_step *step)
{
	return at_cmd(step->command, step->timeout_ms);
}

/* The last line with `prefix`: a code that slipped in before the answer is the older news. */
static const char *last_line(const struct at_reply *r, const char *prefix)
{
	for (size_t i = r->count; i-- > 0;)
		if (at_has_prefix(r->lines[i], prefix))
			return r->lines[i];
	return NULL;
}

static int read_fields(const struct at_reply *r, const char *prefix, struct at_fields *f)
{
	if (r->final != AT_OK)
		return -ENODATA;
	const char *line = last_line(r, prefix);
	if (!line)
		return -EBADMSG;
	at_fields_parse(f, line);
	return 0;
}

static int read_one(const struct at_reply *r, const char *prefix, int *ret)
{
	struct at_fields f;
	int rc = read_fields(r, prefix, &f), v;
	if (rc)
		return rc;
	v = at_fields_int(&f, 0, -1);
	if (v < 0)
		return -EBADMSG;
	*ret = v;
	return 0;
}

/* ---- SIM ---- */

#define PIN_MS    20000 /* Telit's manual allows so long */
#define RADIO_MS  40000
#define STORE_MS  20000 /* SIMCom says 5 s, and SIMs differ */
#define GRACE_MS  1000
#define SLOTS_MAX 65535

struct at_command at_cmd_pin_query(const struct modem_row *row)
{
	struct at_command c = at_cmd("AT+CPIN?", PIN_MS);
	if (row->cpin_no_ok)
		c.grace_ms = GRACE_MS;
	return c;
}

enum pin_state at_pin_state(const char *text)
{
	static const struct {
		const char *text;
		enum pin_state state;
	} states[] = {
	    {"READY", PIN_READY},         {"SIM PIN2", PIN_PIN2},       {"SIM PUK2", PIN_PUK2},
	    {"SIM PIN", PIN_PIN},         {"SIM PUK", PIN_PUK},         {"PH-SIM PIN", PIN_LOCKED},
	    {"NOT READY", PIN_NOT_READY}, {"NOT INSERTED", PIN_ABSENT}, {"SIM REMOVED", PIN_ABSENT},
	    {"SIM BUSY", PIN_NOT_READY},  {"SIM FAILURE", PIN_FAILED},
	};
	struct at_fields f;
	at_fields_parse(&f, text);
	const char *word = at_fields_str(&f, 0);
	for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
		if (at_has_prefix(word, states[i].text))
			return states[i].state;
	return at_has_prefix(word, "PH-") ? PIN_LOCKED : PIN_UNKNOWN;
}

static enum pin_state pin_of_class(enum at_domain domain, int code)
{
	if (code == (domain == AT_CME ? 10 : 310))
		return PIN_ABSENT;
	if (code == (domain == AT_CME ? 12 : 316))
		return PIN_PUK;
	enum at_class class = at_error_class(domain, code);
	if (class == AT_CLASS_PIN)
		return code == 17 || code == 317 ? PIN_PIN2 : code == 18 || code == 318 ? PIN_PUK2 : PIN_PIN;
	if (class == AT_CLASS_WAIT)
		return PIN_NOT_READY;
	if (class == AT_CLASS_LOCKED)
		return PIN_LOCKED;
	return class == AT_CLASS_SIM ? PIN_FAILED : PIN_UNKNOWN;
}

enum pin_state at_read_pin(const struct at_reply *r)
{
	if (r->final == AT_CME_ERROR || r->final == AT_CMS_ERROR)
		return pin_of_class(r->final == AT_CMS_ERROR ? AT_CMS : AT_CME, r->code);
	if (r->final != AT_OK)
		return PIN_UNKNOWN;
	const char *line = last_line(r, "+CPIN:");
	return line ? at_pin_state(line) : PIN_READY;
}

struct at_command at_cmd_pin_tries(const struct modem_row *row)
{
	struct at_command c = at_cmd(row->pin_counter[0] ? row->pin_counter : "AT+CPINR", 0);
	c.flags |= AT_TAKE_ALL;
	return c;
}

/* Lines of PIN2 and PUK stand beside the PIN's: `+CPINR: SIM PUK,10`, `+QPINC: "P2",3,10`. */
static bool of_another_code(const char *name)
{
	size_t n = strlen(name);
	return strstr(name, "PUK") || (n && name[n - 1] == '2');
}

int at_read_pin_tries(const struct modem_row *row, const struct at_reply *r)
{
	for (size_t i = 0; r->final == AT_OK && i < r->count; i++) {
		struct at_fields f;
		at_fields_parse(&f, r->lines[i]);
		int v = at_fields_int(&f, row->pin_counter_field, -1);
		if (v < 0 || v > 10 || (row->pin_counter_field > 0 && of_another_code(at_fields_str(&f, 0))))
			continue;
		return v;
	}
	return -1;
}

struct at_command at_cmd_pin_enter(const char *pin)
{
	struct at_command c = at_cmd("", PIN_MS);
	snprintf(c.line, sizeof c.line, "AT+CPIN=\"%.16s\"", pin);
	return c;
}

struct at_command at_cmd_radio_query(void)
{
	return at_cmd("AT+CFUN?", RADIO_MS);
}

int at_read_radio(const struct at_reply *r, int *ret_fun)
{
	return read_one(r, "+CFUN:", ret_fun);
}

struct at_command at_cmd_format_query(void)
{
	return at_cmd("AT+CMGF?", 0);
}

int at_read_format(const struct at_reply *r, int *ret_mode)
{
	return read_one(r, "+CMGF:", ret_mode);
}

struct at_command at_cmd_format_pdu(void)
{
	return at_cmd("AT+CMGF=0", 0);
}

struct at_command at_cmd_service_query(void)
{
	return at_cmd("AT+CSMS?", 0);
}

int at_read_service(const struct at_reply *r, int *ret_service)
{
	return read_one(r, "+CSMS:", ret_service);
}

struct at_command at_cmd_service(const struct modem_row *row)
{
	struct at_command c = at_cmd("", 0);
	snprintf(c.line, sizeof c.line, "AT+CSMS=%d", row->csms);
	return c;
}

/* ---- stores ---- */

struct at_command at_cmd_stores_options(void)
{
	return at_cmd("AT+CPMS=?", STORE_MS);
}

static int read_sets(const struct at_reply *r, const char *prefix, struct at_sets *ret)
{
	if (r->final != AT_OK)
		return -ENODATA;
	const char *line = last_line(r, prefix);
	if (!line)
		return -EBADMSG;
	at_sets_parse(ret, line);
	return 0;
}

int at_read_stores_options(const struct at_reply *r, struct at_sets *ret)
{
	return read_sets(r, "+CPMS:", ret);
}

struct at_command at_cmd_stores_query(void)
{
	return at_cmd("AT+CPMS?", STORE_MS);
}

/* −1: not said, or no number that a store could have. */
static int slots(const struct at_fields *f, int i)
{
	int n = at_fields_int(f, i, -1);
	return n <= SLOTS_MAX ? n : -1;
}

/* `"SM",1,20,…` of the query, `1,20,…` of the setting, or names there too. */
int at_read_stores(const struct at_reply *r, struct at_stores *ret)
{
	struct at_fields f;
	int rc = read_fields(r, "+CPMS:", &f);
	if (rc)
		return rc;
	memset(ret, 0, sizeof *ret);
	int i = 0;
	for (int m = 0; m < 3; m++) {
		ret->used[m] = ret->total[m] = -1;
		if (i >= f.count)
			continue;
		if (at_fields_int(&f, i, -1) < 0)
			snprintf(ret->name[m], sizeof ret->name[m], "%s", f.field[i++]);
		ret->used[m] = slots(&f, i);
		ret->total[m] = slots(&f, i + 1);
		i += 2;
		ret->count = m + 1;
	}
	return ret->count ? 0 : -EBADMSG;
}

static bool store_allowed(const struct modem_row *row, const struct at_sets *options, const char *name)
{
	if (!options || !options->count)
		return true; /* an answer that says nothing forbids nothing */
	bool named = false;
	for (int m = 0; m < options->count; m++)
		named |= options->names[m][0] != 0;
	if (!named)
		return true;
	for (int m = 0; m < row->cpms_args && m < options->count; m++)
		if (!at_sets_has_name(options, m, name))
			return false;
	return true;
}

int at_choose_store(const struct modem_row *row, const struct at_sets *options, int skip, char out[12])
{
	for (int i = 0; i < row->cpms_prefer.count; i++) {
		if (!store_allowed(row, options, row->cpms_prefer.word[i]) || skip-- > 0)
			continue;
		snprintf(out, 12, "%.11s", row->cpms_prefer.word[i]);
		return 0;
	}
	return -ENOENT;
}

bool at_stores_are(const struct modem_row *row, const struct at_stores *s, const char *name)
{
	for (int m = 0; m < row->cpms_args && m < s->count; m++)
		if (strcmp(s->name[m], name) != 0)
			return false;
	return s->count > 0;
}

static struct at_command stores_set(int args, const char *name)
{
	struct at_command c = at_cmd("AT+CPMS=", STORE_MS);
	size_t n = strlen(c.line);
	for (int m = 0; m < args; m++)
		n += (size_t)snprintf(c.line + n, sizeof c.line - n, "%s\"%.11s\"", m ? "," : "", name);
	snprintf(c.prefixes, sizeof c.prefixes, "+CPMS:");
	return c;
}

struct at_command at_cmd_stores_set(const struct modem_row *row, const char *name)
{
	return stores_set(row->cpms_args ? row->cpms_args : 1, name);
}

struct at_command at_cmd_store_read_from(const char *name)
{
	return stores_set(1, name);
}

/* ---- notification ---- */

struct at_command at_cmd_notify_options(void)
{
	return at_cmd("AT+CNMI=?", 0);
}

int at_read_notify_options(const struct at_reply *r, struct at_sets *ret)
{
	return read_sets(r, "+CNMI:", ret);
}

static int parse_notify(const char *text, int ret[5])
{
	struct at_fields f;
	at_fields_parse(&f, text);
	for (int i = 0; i < 5; i++)
		ret[i] = at_fields_int(&f, i, -1);
	return f.count;
}

int at_choose_notify(const struct modem_row *row, const struct at_sets *options, int from)
{
	for (int i = from < 0 ? 0 : from; i < row->cnmi.count; i++) {
		int v[5];
		bool allowed = true;
		parse_notify(row->cnmi.word[i], v);
		for (int k = 0; options && k < 5 && k < options->count; k++)
			if (v[k] >= 0 && options->numbers[k] && !at_sets_has(options, k, v[k]))
				allowed = false;
		if (allowed)
			return i;
	}
	return -ENOENT;
}

struct at_command at_cmd_notify_set(const struct modem_row *row, int candidate)
{
	struct at_command c = at_cmd("", 0);
	snprintf(c.line, sizeof c.line, "AT+CNMI=%s", row->cnmi.word[candidate]);
	return c;
}

struct at_command at_cmd_notify_query(void)
{
	return at_cmd("AT+CNMI?", 0);
}

int at_read_notify(const struct at_reply *r, int ret[5])
{
	if (r->final != AT_OK)
		return -ENODATA;
	const char *line = last_line(r, "+CNMI:");
	return line && parse_notify(line, ret) ? 0 : -EBADMSG;
}

bool at_notify_is(const struct modem_row *row, int candidate, const int now[5])
{
	int v[5];
	parse_notify(row->cnmi.word[candidate], v);
	for (int i = 0; i < 4; i++) /* <bfr> is of no weight */
		if (v[i] >= 0 && v[i] != now[i])
			return false;
	return true;
}

/* ---- service centre ---- */

struct at_command at_cmd_smsc_query(void)
{
	return at_cmd("AT+CSCA?", 0);
}

int at_read_smsc(const struct at_reply *r, char number[AT_NUMBER_MAX], int *ret_type)
{
	struct at_fields f;
	int rc = read_fields(r, "+CSCA:", &f);
	if (rc)
		return rc;
	if (!*at_fields_str(&f, 0))
		return -EBADMSG;
	at_unhex_ucs2(f.field[0], number, AT_NUMBER_MAX);
	*ret_type = at_fields_int(&f, 1, -1);
	return 0;
}

bool at_smsc_is(const char *a, const char *b)
{
	return !strcmp(a + (*a == '+'), b + (*b == '+'));
}

struct at_command at_cmd_smsc_set(const char *number)
{
	struct at_command c = at_cmd("", 0);
	snprintf(c.line, sizeof c.line, "AT+CSCA=\"%.*s\",145", AT_NUMBER_MAX, number);
	return c;
}
