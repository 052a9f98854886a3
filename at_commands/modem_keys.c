#include "at_commands/modem_keys.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum type {
	TEXT,
	EVIDENCE,
	NOTES,
	WORDS,
	LINES,
	INT,
	BOOL,
	MILLISECONDS,
	PORTS,
	STAT_BITS,
	STEPS,
	CMS_MAP,
	RESETS,
	CHOICE
};

struct modem_key {
	const char *name;
	enum type type;
	size_t offset, count_offset;
	int min, max;              /* INT */
	const char *const *choice; /* CHOICE: by value, ended by NULL */
	const char *what;          /* N_(): for the manual; one sentence without a full stop */
};

static const char *const cnma_names[] = {
    [CNMA_NONE] = "none", [CNMA_PLAIN] = "plain", [CNMA_0] = "0", [CNMA_1] = "1", NULL};
static const char *const ussd_names[] = {
    [ROW_USSD_PLAIN] = "plain", [ROW_USSD_PACKED] = "packed", [ROW_USSD_UCS2] = "ucs2", NULL};
static const char *const voice_names[] = {
    [VOICE_UNKNOWN] = "unknown", [VOICE_NONE] = "none", [VOICE_CS] = "cs", [VOICE_VOLTE] = "volte", NULL};
static const char *const when_names[] = {
    [WHEN_OPEN] = "open", [WHEN_PIN] = "pin", [WHEN_REGISTERED] = "registered", NULL};
static const char *const verb_names[VERB_COUNT + 1] = {
    [VERB_COMMAND] = "",          [VERB_IDENTIFY] = "{identify}", [VERB_QUIET] = "{quiet}",
    [VERB_PIN] = "{pin}",         [VERB_RADIO] = "{radio}",       [VERB_FORMAT] = "{format}",
    [VERB_SERVICE] = "{service}", [VERB_STORES] = "{stores}",     [VERB_NOTIFY] = "{notify}",
    [VERB_SMSC] = "{smsc}",       [VERB_ICCID] = "{iccid}",       [VERB_REGISTER] = "{register}",
    [VERB_LIST] = "{list}",
};

/* clang-format off */
#define AT(field) offsetof(struct modem_row, field)
#define NUMBER(name, field, from, to, what) {name, INT, AT(field), 0, from, to, NULL, what}
#define PLAIN(name, type, field, what) {name, type, AT(field), 0, 0, 0, NULL, what}
#define COUNTED(name, type, field, count, what) {name, type, AT(field), AT(count), 0, 0, NULL, what}
#define ONE_OF(name, field, names, what) {name, CHOICE, AT(field), 0, 0, 0, names, what}
/* clang-format on */

static const struct modem_key keys[] = {
    PLAIN("evidence", EVIDENCE, evidence,
	  N_("where the row was learnt: M a manual, C code, F a field report, P a standard, and where")),
    PLAIN("maker", TEXT, maker, N_("the maker's name that people know, where AT+CGMI tells it badly")),
    PLAIN("notes.zh", NOTES, notes_zh, N_("what installers should know of this model, in Chinese")),
    PLAIN("notes.en", NOTES, notes_en, N_("the same in English")),
    PLAIN("match.usb", WORDS, match_usb, N_("VID:PID of the stick, with * and ?")),
    PLAIN("match.cgmi", WORDS, match_cgmi, N_("what AT+CGMI answers, the maker; case is ignored")),
    PLAIN("match.cgmm", WORDS, match_cgmm, N_("what AT+CGMM answers, the model")),
    PLAIN("match.cgmr", WORDS, match_cgmr, N_("what AT+CGMR answers, the firmware")),
    COUNTED("at_if", PORTS, at_if, at_if_count,
	    N_("numbers of the USB interfaces that take AT commands, in order")),
    COUNTED("avoid_if", PORTS, avoid_if, avoid_if_count,
	    N_("numbers of the USB interfaces that are left alone")),
    PLAIN("usb_new_id", WORDS, usb_new_id, N_("VID:PID that the kernel's driver option has to be told")),
    PLAIN("usb_storage", WORDS, usb_storage, N_("VID:PID of sticks that show themselves as a disk at first")),
    NUMBER("baud", baud, 300, 4000000, N_("the speed of a serial port")),
    PLAIN("gap", MILLISECONDS, gap_ms, N_("the pause between a final result and the next command")),
    PLAIN("pdu_delay", MILLISECONDS, pdu_delay_ms, N_("the pause between the prompt and the PDU")),
    PLAIN("ctrlz_delay", MILLISECONDS, ctrlz_delay_ms, N_("the pause between the PDU and Ctrl-Z")),
    PLAIN("final_extra", LINES, final_extra, N_("further lines that end an answer")),
    PLAIN("cpin_no_ok", BOOL, cpin_no_ok, N_("AT+CPIN? is answered without OK")),
    PLAIN("boot_max", MILLISECONDS, boot_max_ms, N_("how long the modem may take until it answers")),
    PLAIN("init", STEPS, init, N_("what is done at the start: WHEN, COMMAND, TIMEOUT, ON_ERROR")),
    PLAIN("quiet", STEPS, quiet, N_("what turns off the maker's own messages")),
    NUMBER("csms", csms, 0, 1, N_("the message service of AT+CSMS: 0 or 1")),
    ONE_OF("cnma", cnma, cnma_names, N_("how a text is acknowledged: none, plain, 0 or 1")),
    PLAIN("cnma_deadline", MILLISECONDS, cnma_deadline_ms, N_("how long the network waits for that")),
    PLAIN("cnmi", WORDS, cnmi, N_("settings of AT+CNMI, tried in this order")),
    NUMBER("cpms_args", cpms_args, 0, 3, N_("how many stores AT+CPMS takes")),
    PLAIN("cpms_prefer", WORDS, cpms_prefer, N_("stores in the order in which they are liked")),
    PLAIN("cmgl_max", MILLISECONDS, cmgl_max_ms, N_("how long AT+CMGL may take; 0: slots are read one by one")),
    PLAIN("cmgl_broken_index", BOOL, cmgl_broken_index, N_("the numbers that AT+CMGL prints are wrong")),
    NUMBER("index_base", index_base, 0, 1, N_("the number of the first slot")),
    PLAIN("index_shifts", BOOL, index_shifts, N_("slots move up when one is deleted")),
    NUMBER("cmgd_line", cmgd_line, 1, 32, N_("how many deletes may stand in one line")),
    PLAIN("poll", MILLISECONDS, poll_ms, N_("how often it is looked whether a text has come unannounced")),
    PLAIN("poll_slow", MILLISECONDS, poll_slow_ms, N_("the same when texts are announced reliably")),
    PLAIN("send.prompt", MILLISECONDS, prompt_ms, N_("how long the prompt is waited for")),
    PLAIN("send.result", MILLISECONDS, result_ms, N_("how long the network's answer is waited for")),
    PLAIN("send.silence", MILLISECONDS, silence_ms,
	  N_("without any byte for so long the modem is asked whether it is there")),
    PLAIN("send.ask_format", BOOL, ask_format, N_("AT+CMGF? stands in the line of each submit")),
    NUMBER("send.cmms", cmms, 0, 2, N_("AT+CMMS, which keeps the link between two texts: 0 not used")),
    PLAIN("send.reports", BOOL, reports, N_("delivery reports work")),
    COUNTED("cms_map", CMS_MAP, cms_map, cms_map_count, N_("what error numbers mean here: NUMBER=CLASS")),
    PLAIN("reg_commands", WORDS, reg_commands, N_("commands that tell about the registration")),
    PLAIN("reg_alias", WORDS, reg_alias, N_("further prefixes of their answers")),
    PLAIN("reg_ok", STAT_BITS, reg_ok, N_("states of registration that are good enough")),
    PLAIN("iccid", WORDS, iccid, N_("commands that read the SIM's number, in order")),
    PLAIN("pin_counter", TEXT, pin_counter, N_("the command that tells how many tries of the PIN are left")),
    NUMBER("pin_counter_field", pin_counter_field, 0, 10, N_("which field of its answer says so, from 0")),
    PLAIN("ims_query", TEXT, ims_query, N_("the command that tells whether IMS (VoLTE) is on")),
    PLAIN("network_patience", MILLISECONDS, network_patience_ms,
	  N_("without a network for so long the modem registers anew")),
    PLAIN("time_on", WORDS, time_on, N_("settings that let the modem's clock follow the network")),
    PLAIN("time_query", TEXT, time_query, N_("the command that reads the network's time")),
    PLAIN("time_utc", BOOL, time_utc, N_("its answer is UTC where the standard wants local time")),
    PLAIN("ceer", BOOL, ceer, N_("AT+CEER tells why the registration failed")),
    ONE_OF("ussd", ussd, ussd_names, N_("how strings of +CUSD are written: plain, packed, ucs2")),
    ONE_OF("voice", voice, voice_names, N_("how calls come in: unknown, none, cs, volte")),
    PLAIN("clcc_fallback", MILLISECONDS, clcc_fallback_ms,
	  N_("without +CLIP for so long AT+CLCC asks who rings")),
    PLAIN("ring_gap", MILLISECONDS, ring_gap_ms, N_("so long after the last RING the call is over")),
    PLAIN("hangup", LINES, hangup, N_("commands that reject a call, in order")),
    COUNTED("reset", RESETS, reset, reset_count,
	    N_("ways to reset: COMMAND, how long it takes, whether the port vanishes")),
    PLAIN("cfun_toggle", BOOL, cfun_toggle, N_("AT+CFUN=4 and AT+CFUN=1 are safe")),
    NUMBER("resets_per_day", resets_per_day, 0, 30, N_("how often it is reset in a day at most")),
    PLAIN("ignore_urcs", WORDS, ignore_urcs, N_("prefixes of messages that mean nothing")),
};

const char *modem_verb_name(enum modem_verb v)
{
	return verb_names[v];
}

const char *modem_row_key(int i)
{
	return i >= 0 && i < (int)ARRAY_LEN(keys) ? keys[i].name : NULL;
}

const char *modem_row_key_what(int i)
{
	return i >= 0 && i < (int)ARRAY_LEN(keys) ? keys[i].what : NULL;
}

const struct modem_key *modem_key_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (!strcmp(keys[i].name, name))
			return &keys[i];
	return NULL;
}

int modem_key_index(const struct modem_key *k)
{
	return (int)(k - keys);
}

int modem_key_count(void)
{
	return ARRAY_LEN(keys);
}

bool modem_key_is_list(const struct modem_key *k)
{
	switch (k->type) {
	case WORDS:
	case LINES:
	case PORTS:
	case STEPS:
	case CMS_MAP:
	case RESETS:
		return true;
	case TEXT:
	case EVIDENCE:
	case NOTES:
	case INT:
	case BOOL:
	case MILLISECONDS:
	case STAT_BITS:
	case CHOICE:
		break;
	}
	return false;
}

/* ---- values ---- */

static int choice(const char *const *names, const char *word)
{
	for (int i = 0; names[i]; i++)
		if (*names[i] && !strcasecmp(names[i], word))
			return i;
	return -EINVAL;
}

static int whole_number(const char *s, int min, int max, int *ret)
{
	char *end;
	errno = 0;
	long v = strtol(s, &end, 10);
	if (end == s || *end || errno || v < min || v > max)
		return -EINVAL;
	*ret = (int)v;
	return 0;
}

static int milliseconds(const char *s, int *ret)
{
	int64_t ms;
	if (duration_parse(s, &ms) || ms < 0 || ms > 86400000)
		return -EINVAL;
	*ret = (int)ms;
	return 0;
}

static char *trim(char *s)
{
	s += strspn(s, " \t");
	size_t n = strlen(s);
	while (n && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		s[--n] = 0;
	return s;
}

static const char *add_words(struct modem_words *w, char *value, const char *separators)
{
	char *save = NULL;
	for (char *p = strtok_r(value, separators, &save); p; p = strtok_r(NULL, separators, &save)) {
		p = trim(p);
		if (!*p)
			continue;
		if (w->count == ROW_MATCH_MAX)
			return N_("this list is full; 24 entries are the most");
		if (strlen(p) >= ROW_WORD)
			return N_("an entry may have 63 bytes");
		snprintf(w->word[w->count++], ROW_WORD, "%s", p);
	}
	return NULL;
}

static const char *add_ports(int *list, int *count, char *value)
{
	char *save = NULL;
	for (char *p = strtok_r(value, " ,", &save); p; p = strtok_r(NULL, " ,", &save))
		if (*count == ROW_LIST_MAX || whole_number(p, 0, 255, &list[(*count)++]))
			return N_("write up to 12 interface numbers, such as 2 3");
	return NULL;
}

static const char *set_bits(unsigned *bits, char *value)
{
	char *save = NULL;
	*bits = 0;
	for (char *p = strtok_r(value, " ,", &save); p; p = strtok_r(NULL, " ,", &save)) {
		int stat;
		if (whole_number(p, 0, 31, &stat))
			return N_("write registration states, such as 1 5 6 7");
		*bits |= 1u << stat;
	}
	return NULL;
}

/* Cuts `value` at `|` into exactly `n` trimmed pieces. */
static bool cut(char *value, char **piece, int n)
{
	for (int i = 0; i < n; i++) {
		char *bar = strchr(value, '|');
		if (!bar != (i == n - 1))
			return false;
		if (bar)
			*bar = 0;
		piece[i] = trim(value);
		if (!*piece[i])
			return false;
		if (bar)
			value = bar + 1;
	}
	return true;
}

static const char *parse_on_error(struct modem_step *s, const char *word)
{
	if (!strcmp(word, "ignore"))
		s->on_error = ON_ERROR_IGNORE;
	else if (!strcmp(word, "fail"))
		s->on_error = ON_ERROR_FAIL;
	else if (!strncmp(word, "retry ", 6) && !whole_number(word + 6, 1, 100, &s->tries))
		s->on_error = ON_ERROR_RETRY;
	else
		return N_("on error is ignore, retry N or fail");
	return NULL;
}

static const char *add_step(struct modem_steps *steps, char *value)
{
	char *piece[4];
	struct modem_step s = {.tries = 1};
	if (steps->count == ROW_STEPS_MAX)
		return N_("this list is full; 32 steps are the most");
	if (!cut(value, piece, 4))
		return N_("write WHEN | COMMAND | TIMEOUT | ON_ERROR");
	int when = choice(when_names, piece[0]);
	if (when < 0)
		return N_("a step begins with open, pin or registered");
	s.when = (enum modem_when)when;
	if (piece[1][0] == '{') {
		int verb = choice(verb_names + 1, piece[1]);
		if (verb < 0)
			return N_("no such {verb}; known are identify quiet pin radio format service stores "
				  "notify smsc iccid register list");
		s.verb = (enum modem_verb)(verb + 1);
	} else if (strncasecmp(piece[1], "AT", 2) != 0 || strlen(piece[1]) >= sizeof s.command) {
		return N_("a command begins with AT and has at most 127 bytes");
	} else {
		snprintf(s.command, sizeof s.command, "%s", piece[1]);
	}
	if (milliseconds(piece[2], &s.timeout_ms) || !s.timeout_ms)
		return N_("the third piece is a time, such as 500ms or 5s");
	const char *wrong = parse_on_error(&s, piece[3]);
	if (!wrong)
		steps->step[steps->count++] = s;
	return wrong;
}

static const char *add_map(struct modem_row *row, char *value)
{
	char *save = NULL;
	for (char *p = strtok_r(value, " ", &save); p; p = strtok_r(NULL, " ", &save)) {
		char *colon = strchr(p, ':');
		int code, class = colon ? at_class_parse(colon + 1) : -1;
		if (colon)
			*colon = 0;
		if (class < 0 || whole_number(p, 0, 65535, &code))
			return N_("write CODE:CLASS, such as 604:wait; the classes stand in errors.h");
		if (row->cms_map_count == ROW_MAP_MAX)
			return N_("this list is full; 24 entries are the most");
		row->cms_map[row->cms_map_count].code = code;
		row->cms_map[row->cms_map_count++].class = (enum at_class) class;
	}
	return NULL;
}

static const char *add_reset(struct modem_row *row, char *value)
{
	char *piece[3];
	struct modem_reset r = {0};
	if (row->reset_count == ROW_LIST_MAX || !cut(value, piece, 3) || strlen(piece[0]) >= sizeof r.command)
		return N_("write COMMAND | WAIT | stays, or vanishes");
	snprintf(r.command, sizeof r.command, "%s", piece[0]);
	r.port_vanishes = !strcmp(piece[2], "vanishes");
	if (milliseconds(piece[1], &r.wait_ms) || (!r.port_vanishes && strcmp(piece[2], "stays") != 0))
		return N_("write COMMAND | WAIT | stays, or vanishes");
	row->reset[row->reset_count++] = r;
	return NULL;
}

static const char *set_bool(bool *b, const char *value)
{
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return N_("write yes or no");
	*b = !strcmp(value, "yes");
	return NULL;
}

static void clear_list(const struct modem_key *k, void *field, int *count)
{
	if (k->type == WORDS || k->type == LINES)
		((struct modem_words *)field)->count = 0;
	else if (k->type == STEPS)
		((struct modem_steps *)field)->count = 0;
	else
		*count = 0;
}

const char *modem_key_assign(const struct modem_key *k, struct modem_row *row, const char *value, bool first)
{
	void *field = (char *)row + k->offset;
	int *count = (void *)((char *)row + k->count_offset);
	cleanup_free char *copy = mem_dup(value);
	if (first && modem_key_is_list(k))
		clear_list(k, field, count);
	if (modem_key_is_list(k) && !*value)
		return NULL; /* an empty list, said on purpose */
	switch (k->type) {
	case TEXT:
		if (strlen(value) >= ROW_WORD)
			return N_("write at most 63 bytes");
		snprintf(field, ROW_WORD, "%s", value);
		return NULL;
	case EVIDENCE:
		if (strlen(value) >= sizeof row->evidence)
			return N_("write at most 255 bytes");
		snprintf(field, sizeof row->evidence, "%s", value);
		return NULL;
	case NOTES:
		if (strlen(value) >= ROW_NOTES)
			return N_("write at most 599 bytes");
		snprintf(field, ROW_NOTES, "%s", value);
		return NULL;
	case WORDS:
		return add_words(field, copy, " \t");
	case LINES:
		return add_words(field, copy, "|");
	case INT:
		return whole_number(value, k->min, k->max, field) ? N_("write a whole number of the usual size")
								  : NULL;
	case BOOL:
		return set_bool(field, value);
	case MILLISECONDS:
		return milliseconds(value, field) ? N_("write a time, such as 500ms, 5s or 2m") : NULL;
	case PORTS:
		return add_ports(field, count, copy);
	case STAT_BITS:
		return set_bits(field, copy);
	case STEPS: {
		struct modem_steps *steps = field;
		const char *wrong = add_step(steps, copy);
		/* `quiet` runs as a whole where {quiet} stands, before the PIN */
		if (!wrong && steps == &row->quiet && steps->step[steps->count - 1].when != WHEN_OPEN)
			wrong = N_("a step of quiet runs before the PIN: it begins with open");
		return wrong;
	}
	case CMS_MAP:
		return add_map(row, copy);
	case RESETS:
		return add_reset(row, copy);
	case CHOICE:
		break;
	}
	int i = choice(k->choice, value);
	if (i < 0)
		return N_("this is none of the words that the key knows");
	*(unsigned *)field = (unsigned)i; /* our enums have no negative value */
	return NULL;
}
