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
#define NUMBER(name, field, from, to) {name, INT, AT(field), 0, from, to, NULL}
#define PLAIN(name, type, field) {name, type, AT(field), 0, 0, 0, NULL}
#define COUNTED(name, type, field, count) {name, type, AT(field), AT(count), 0, 0, NULL}
#define ONE_OF(name, field, names) {name, CHOICE, AT(field), 0, 0, 0, names}
/* clang-format on */

static const struct modem_key keys[] = {
    PLAIN("evidence", EVIDENCE, evidence),
    PLAIN("match.usb", WORDS, match_usb),
    PLAIN("match.cgmi", WORDS, match_cgmi),
    PLAIN("match.cgmm", WORDS, match_cgmm),
    PLAIN("match.cgmr", WORDS, match_cgmr),
    COUNTED("at_if", PORTS, at_if, at_if_count),
    COUNTED("avoid_if", PORTS, avoid_if, avoid_if_count),
    PLAIN("usb_storage", WORDS, usb_storage),
    NUMBER("baud", baud, 300, 4000000),
    PLAIN("gap", MILLISECONDS, gap_ms),
    PLAIN("pdu_delay", MILLISECONDS, pdu_delay_ms),
    PLAIN("ctrlz_delay", MILLISECONDS, ctrlz_delay_ms),
    PLAIN("final_extra", LINES, final_extra),
    PLAIN("cpin_no_ok", BOOL, cpin_no_ok),
    PLAIN("boot_max", MILLISECONDS, boot_max_ms),
    PLAIN("init", STEPS, init),
    PLAIN("quiet", STEPS, quiet),
    NUMBER("csms", csms, 0, 1),
    ONE_OF("cnma", cnma, cnma_names),
    PLAIN("cnma_deadline", MILLISECONDS, cnma_deadline_ms),
    PLAIN("cnmi", WORDS, cnmi),
    NUMBER("cpms_args", cpms_args, 0, 3),
    PLAIN("cpms_prefer", WORDS, cpms_prefer),
    PLAIN("cmgl_max", MILLISECONDS, cmgl_max_ms),
    PLAIN("cmgl_broken_index", BOOL, cmgl_broken_index),
    NUMBER("index_base", index_base, 0, 1),
    PLAIN("index_shifts", BOOL, index_shifts),
    NUMBER("cmgd_line", cmgd_line, 1, 32),
    PLAIN("poll", MILLISECONDS, poll_ms),
    PLAIN("poll_slow", MILLISECONDS, poll_slow_ms),
    PLAIN("send.prompt", MILLISECONDS, prompt_ms),
    PLAIN("send.result", MILLISECONDS, result_ms),
    PLAIN("send.silence", MILLISECONDS, silence_ms),
    PLAIN("send.ask_format", BOOL, ask_format),
    NUMBER("send.cmms", cmms, 0, 2),
    PLAIN("send.reports", BOOL, reports),
    COUNTED("cms_map", CMS_MAP, cms_map, cms_map_count),
    PLAIN("reg_commands", WORDS, reg_commands),
    PLAIN("reg_alias", WORDS, reg_alias),
    PLAIN("reg_ok", STAT_BITS, reg_ok),
    PLAIN("iccid", WORDS, iccid),
    PLAIN("pin_counter", TEXT, pin_counter),
    NUMBER("pin_counter_field", pin_counter_field, 0, 10),
    PLAIN("network_patience", MILLISECONDS, network_patience_ms),
    PLAIN("time_on", WORDS, time_on),
    PLAIN("time_query", TEXT, time_query),
    PLAIN("time_utc", BOOL, time_utc),
    PLAIN("ceer", BOOL, ceer),
    ONE_OF("ussd", ussd, ussd_names),
    ONE_OF("voice", voice, voice_names),
    PLAIN("clcc_fallback", MILLISECONDS, clcc_fallback_ms),
    PLAIN("ring_gap", MILLISECONDS, ring_gap_ms),
    PLAIN("hangup", LINES, hangup),
    COUNTED("reset", RESETS, reset, reset_count),
    PLAIN("cfun_toggle", BOOL, cfun_toggle),
    NUMBER("resets_per_day", resets_per_day, 0, 30),
    PLAIN("ignore_urcs", WORDS, ignore_urcs),
};

const char *modem_verb_name(enum modem_verb v)
{
	return verb_names[v];
}

const char *modem_row_key(int i)
{
	return i >= 0 && i < (int)ARRAY_LEN(keys) ? keys[i].name : NULL;
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
