/* `yishi pdu decode` and `encode`: one input line, one JSON line, in order. A bad line gives an `error` field,
 * and exit status 65 at the end. Texts are printed as they were sent, line ends and all, save on a terminal. */
#include "cli/nouns.h"

#include "base/mem.h"
#include "base/text.h"
#include "sms/alphabet.h"
#include "sms/compose.h"
#include "sms/timestamp.h"

#include <errno.h>
#include <string.h>

/* What a verb does with a line; `line` has no line end. NULL and a sentence in `e` when the line is bad. */
typedef json_t *line_fn(struct cli *c, void *arg, char *line, size_t len, struct err *e);

static int each_line(struct cli *c, line_fn *fn, void *arg)
{
	bool std = strcmp(c->argv[0], "-") == 0;
	FILE *f = std ? stdin : fopen(c->argv[0], "re");
	if (!f)
		return cli_fail(EX_NOINPUT, _("cannot read %s: %s"), c->argv[0], err_system(errno));
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	long lines = 0, bad = 0;
	while ((n = getline(&line, &cap, f)) >= 0) {
		while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
			line[--n] = 0;
		struct err e = {.text = ""};
		json_t *answer = fn(c, arg, line, (size_t)n, &e);
		lines++;
		if (!answer) {
			answer = json_pack("{ss}", "error", e.text);
			bad++;
		}
		out_json(&c->out, answer);
		fflush(c->out.file);
	}
	free(line);
	if (!std)
		fclose(f);
	return bad ? cli_fail(EX_DATAERR, _("%ld of %ld lines are bad; see their error field"), bad, lines)
		   : EX_OK;
}

static void set(json_t *o, const char *key, json_t *value)
{
	json_object_set_new(o, key, value);
}

static json_t *hex_string(const uint8_t *p, size_t n)
{
	static const char digit[] = "0123456789abcdef";
	char s[2 * TPDU_MAX + 1];
	for (size_t i = 0; i < n; i++) {
		s[2 * i] = digit[p[i] >> 4];
		s[2 * i + 1] = digit[p[i] & 15];
	}
	return json_stringn(s, 2 * n);
}

static json_t *number_or_null(int64_t v, bool there)
{
	return there ? json_integer(v) : json_null();
}

static json_t *string_or_null(const char *s)
{
	return *s ? json_string(s) : json_null();
}

/* A stamp with its own offset; a broken one is null, and its octets are told beside it. */
static void set_time(json_t *o, const char *key, const struct tpdu_time *t)
{
	char text[32], raw[32];
	set(o, key, string_or_null(timestamp_format(t, text)));
	if (t->valid)
		return;
	snprintf(raw, sizeof raw, "%s_raw", key);
	set(o, raw, hex_string(t->octets, sizeof t->octets));
}

static void set_payload(struct cli *c, json_t *o, const struct tpdu *t)
{
	static const char *const names[] = {[SMS_GSM7] = "gsm7", [SMS_8BIT] = "8bit", [SMS_UCS2] = "ucs2"};
	if (t->alphabet == SMS_8BIT || t->compressed) {
		set(o, "data", hex_string(t->data, t->data_len));
	} else {
		cleanup_free char *text = tpdu_text(t);
		set(o, "text", c->out.terminal ? out_string(text) : json_string(text));
	}
	set(o, "alphabet", json_string(names[t->alphabet]));
	if (t->compressed)
		set(o, "compressed", json_true());
}

static void set_header(json_t *o, const struct tpdu *t)
{
	uint8_t udh[TPDU_UD_MAX + 1];
	udh[0] = (uint8_t)t->udh_len;
	memcpy(udh + 1, t->udh, t->udh_len);
	bool many = t->concat_ref >= 0;
	set(o, "udh", t->udhi && t->has_user_data ? hex_string(udh, t->udh_len + 1) : json_null());
	set(o, "concat_ref", number_or_null(t->concat_ref, many));
	set(o, "part", number_or_null(t->part, many));
	set(o, "parts", number_or_null(t->parts, many));
	set(o, "class", number_or_null(t->message_class, t->message_class >= 0));
	set(o, "port", number_or_null(t->port_dest, t->port_dest >= 0));
	if (t->waiting >= 0)
		set(o, "waiting", json_integer(t->waiting));
}

static void set_validity(json_t *o, const struct tpdu *t)
{
	switch (t->vp) {
	case VP_NONE:
		set(o, "validity", json_null());
		break;
	case VP_RELATIVE:
	case VP_ENHANCED:
		set(o, "validity", number_or_null(t->validity_minutes, t->validity_minutes > 0));
		break;
	case VP_ABSOLUTE:
		set_time(o, "validity", &t->validity_time);
		break;
	}
}

static json_t *describe(struct cli *c, const struct tpdu *t)
{
	static const char *const types[] = {
	    [TPDU_DELIVER] = "deliver", [TPDU_SUBMIT] = "submit", [TPDU_STATUS_REPORT] = "status-report"};
	json_t *o = json_pack("{ss}", "type", types[t->type]);
	set(o, "smsc", string_or_null(t->smsc));
	if (t->type != TPDU_DELIVER)
		set(o, "reference", json_integer(t->mr));
	set(o, "number", json_string(t->number));
	if (t->type == TPDU_STATUS_REPORT) {
		set_time(o, "scts", &t->scts);
		set_time(o, "done", &t->done);
		set(o, "status", json_integer(t->st));
		if (!t->has_user_data)
			return o;
	}
	set_payload(c, o, t);
	set(o, "dcs", json_integer(t->dcs));
	set(o, "pid", json_integer(t->pid));
	if (t->type == TPDU_DELIVER)
		set_time(o, "scts", &t->scts);
	if (t->type == TPDU_SUBMIT) {
		set_validity(o, t);
		set(o, "report_requested", json_boolean(t->report_requested));
	}
	set_header(o, t);
	return o;
}

static json_t *decode_line(struct cli *c, void *arg, char *line, size_t len, struct err *e)
{
	(void)arg;
	struct tpdu t;
	if (strlen(line) != len)
		line[0] = '?'; /* a NUL within: no hexadecimal either */
	line += strspn(line, " \t");
	for (len = strlen(line); len > 0 && (line[len - 1] == ' ' || line[len - 1] == '\t'); len--)
		line[len - 1] = 0;
	enum tpdu_direction way = cli_opt(c, "outgoing") ? TPDU_OUTGOING : TPDU_INCOMING;
	if (tpdu_decode_hex(line, !cli_opt(c, "no-smsc"), way, -1, &t, e) < 0)
		return NULL;
	return describe(c, &t);
}

static int run_decode(struct cli *c)
{
	if (cli_opt(c, "outgoing") && cli_opt(c, "incoming"))
		return cli_usage(c, _("--incoming and --outgoing exclude each other"));
	return each_line(c, decode_line, NULL);
}

struct encoding {
	char number[E164_MAX];
	struct compose_options options;
	uint8_t languages[GSM_LANGUAGES];
	bool json_in;
};

/* The text of an input line: itself, or the JSON string that it is. The caller frees. */
static char *text_of(const struct encoding *k, const char *line, size_t len, struct err *e)
{
	if (!k->json_in) {
		if (text_valid(line, len))
			return mem_dup(line);
		err_set(e, NULL, 0, "not UTF-8");
		return NULL;
	}
	json_error_t why;
	json_t *v = json_loadb(line, len, JSON_DECODE_ANY, &why);
	char *text = json_is_string(v) ? mem_dup(json_string_value(v)) : NULL;
	if (!text)
		err_set(e, NULL, 0, "not a JSON string%s%s", v ? "" : ": ", v ? "" : why.text);
	json_decref(v);
	return text;
}

static json_t *encode_line(struct cli *c, void *arg, char *line, size_t len, struct err *e)
{
	(void)c;
	struct encoding *k = arg;
	cleanup_free char *text = text_of(k, line, len, e);
	if (!text)
		return NULL;
	enum sms_alphabet alphabet = SMS_GSM7;
	cleanup_free struct compose_part *part = NULL;
	int parts = compose_count(text, &k->options, &alphabet);
	if (parts > 0)
		parts = compose_all(k->number, text, &k->options, &part);
	if (parts < 0) {
		err_set(e, NULL, 0,
			parts == -E2BIG ? N_("more than 255 parts") : N_("a character is not in the alphabet"));
		return NULL;
	}
	json_t *list = json_array();
	for (int i = 0; i < parts; i++)
		json_array_append_new(list, json_pack("{sssi}", "pdu", part[i].hex, "length", part[i].length));
	return json_pack("{soss}", "parts", list, "alphabet", alphabet == SMS_UCS2 ? "ucs2" : "gsm7");
}

static int read_languages(struct cli *c, const char *list, struct encoding *k)
{
	size_t n = 0;
	while (list && *list) {
		size_t len = strcspn(list, ",");
		int id = gsm_language_find(list, len);
		if (id < 0 || n + 1 >= sizeof k->languages)
			return cli_usage(
			    c, _("--language %s: known are tr es pt bn gu hi kn ml or pa ta te ur"), list);
		if (!memchr(k->languages, id, n))
			k->languages[n++] = (uint8_t)id;
		list += len + (list[len] == ',');
	}
	k->options.languages = k->languages;
	return 0;
}

static int read_alphabet(struct cli *c, const char *name, struct encoding *k)
{
	static const char *const names[] = {
	    [COMPOSE_AUTO] = "auto", [COMPOSE_GSM7] = "gsm7", [COMPOSE_UCS2] = "ucs2"};
	for (int i = 0; name && i < (int)ARRAY_LEN(names); i++)
		if (strcmp(name, names[i]) == 0) {
			k->options.alphabet = (enum compose_alphabet)i;
			return 0;
		}
	return name ? cli_usage(c, _("--alphabet is auto, gsm7 or ucs2")) : 0;
}

static int read_number(struct cli *c, struct encoding *k)
{
	const char *to = cli_opt(c, "to");
	if (!to)
		return cli_usage(c, _("--to is missing"));
	enum e164_kind kind = e164_parse(to, k->number);
	struct compose_part *part = NULL;
	bool able = kind != E164_NONE && kind != E164_ALPHANUMERIC &&
		    compose_all(k->number, "", &k->options, &part) > 0;
	free(part);
	if (!able)
		return cli_usage(c, _("--to %s is no telephone number"), to);
	return 0;
}

static int run_encode(struct cli *c)
{
	struct encoding k = {.json_in = cli_opt(c, "json-in"), .options = {.report = cli_opt(c, "report")}};
	const char *reference = cli_opt(c, "reference");
	int64_t ref = 0;
	if (read_number(c, &k) || read_alphabet(c, cli_opt(c, "alphabet"), &k) ||
	    read_languages(c, cli_opt(c, "language"), &k))
		return EX_USAGE;
	if (reference && cli_integer(c, reference, "--reference", 0, &ref))
		return EX_USAGE;
	if (ref > 0xFFFF)
		return cli_usage(c, _("--reference is at most 65535"));
	k.options.reference = (int)ref;
	k.options.ref16 = ref > 0xFF;
	return each_line(c, encode_line, &k);
}

static const struct cli_option decode_options[] = {
    {.name = "no-smsc", .help = N_("the lines begin without a service centre's address")},
    {.name = "incoming", .help = N_("ambiguous types are DELIVER and STATUS-REPORT (the default)")},
    {.name = "outgoing", .help = N_("ambiguous types are SUBMIT")},
    {0},
};

static const struct cli_option encode_options[] = {
    {.name = "to", .arg = N_("NUMBER"), .help = N_("whom the text is for")},
    {.name = "report", .help = N_("ask for a delivery report")},
    {.name = "alphabet", .arg = N_("NAME"), .help = N_("auto (the default), gsm7 or ucs2")},
    {.name = "language",
     .arg = N_("LIST"),
     .help = N_("national alphabets that may be used where they save parts: tr,es,…")},
    {.name = "reference",
     .arg = N_("N"),
     .help = N_("number that the parts of a long text share; above 255 in 16 bits")},
    {.name = "json-in", .help = N_("each line is a JSON string")},
    {0},
};

const struct cli_verb cli_pdu[] = {
    {.name = "decode",
     .run = run_decode,
     .what = N_("PDUs as +CMGL, +CMGR and +CMT print them, one a line, as JSON"),
     .args = "FILE|-",
     .min_args = 1,
     .max_args = 1,
     .options = decode_options,
     .roles = CLI_INSTALLER,
     .example = "echo 0891683108100005F0040D91683119325476F8000862111251000023044E2D6587 | yishi pdu decode -"},
    {.name = "encode",
     .run = run_encode,
     .what = N_("texts, one a line, as the PDUs that AT+CMGS takes"),
     .args = "FILE|-",
     .min_args = 1,
     .max_args = 1,
     .options = encode_options,
     .roles = CLI_INSTALLER,
     .example = "echo '周五下午三点开会' | yishi pdu encode --to 13800138000 --report -"},
    {0},
};
