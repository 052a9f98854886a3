#include "rules/rule_file.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

#define STAFF (~(ROLE(RESIDENT) | ROLE(VOLUNTEER)) & ((1u << ROLE_COUNT) - 1))

struct reader {
	struct rules *set;
	const char *path;
	int line;
	struct err *e;
	struct rule *rule; /* the open section */
	struct {
		char *text;
		int line;
		bool unless;
	} * pending; /* patterns of the open section; compiled when `match` is known */
	int pending_count;
};

#define FAIL(rd, ...) err_set((rd)->e, (rd)->path, (rd)->line, __VA_ARGS__)

void rule_done(struct rule *rule)
{
	for (int i = 0; i < rule->patterns; i++)
		pattern_free(rule->pattern[i]);
	for (int i = 0; i < rule->unlesses; i++)
		pattern_free(rule->unless[i]);
	for (int i = 0; i < rule->sample_count; i++) {
		free(rule->samples[i].text);
		free(rule->samples[i].args);
	}
	free(rule->samples);
	free(rule->set);
}

static int parse_word(struct reader *rd, const char *key, const char *value, const char *const *words, int *ret)
{
	struct buf all = {0};
	for (int i = 0; words[i]; i++) {
		if (strcmp(words[i], value) == 0) {
			*ret = i;
			buf_done(&all);
			return 0;
		}
		buf_addf(&all, "%s%s", i ? ", " : "", words[i]);
	}
	int r = FAIL(rd, "%s: '%s' is not one of %s", key, value, buf_str(&all));
	buf_done(&all);
	return r;
}

static int parse_flag(struct reader *rd, const char *key, const char *value, bool *ret)
{
	int i, r = parse_word(rd, key, value, (const char *const[]){"no", "yes", NULL}, &i);
	if (r == 0)
		*ret = i == 1;
	return r;
}

static int parse_asked(struct reader *rd, char *value)
{
	unsigned yes = 0, no = 0;
	for (char *save, *t = strtok_r(value, " ", &save); t; t = strtok_r(NULL, " ", &save)) {
		bool not = *t == '!';
		int a = strcmp(t + not, "none") == 0 ? ASKED_NONE : asked_find(t + not );
		if (a < 0)
			return FAIL(rd, "asked: there is no question '%s'", t + not );
		*(not ? &no : &yes) |= 1u << a;
	}
	rd->rule->asked = (yes ? yes : ~0u) & ~no;
	return 0;
}

static int role_bits(const char *name, unsigned *ret)
{
	int i = role_find(name);
	*ret = strcmp(name, "staff") == 0 ? STAFF : i >= 0 ? 1u << i : 0;
	return *ret ? 0 : -EINVAL;
}

static int parse_roles(struct reader *rd, char *value)
{
	for (char *save, *t = strtok_r(value, " ", &save); t; t = strtok_r(NULL, " ", &save)) {
		bool not = *t == '!';
		unsigned bits;
		if (role_bits(t + not, &bits) < 0)
			return FAIL(rd, "roles: there is no role '%s'", t + not );
		*(not ? &rd->rule->not_roles : &rd->rule->roles) |= bits;
	}
	return 0;
}

static bool set_number(const char *value, int *out, struct intent *in, enum intent_arg arg)
{
	char *end;
	long n = strtol(value, &end, 10);
	if (!*value || *end || n < 0 || n > 999999)
		return false;
	*out = (int)n;
	in->has |= (unsigned)arg;
	return true;
}

static bool set_text(const char *value, char *out, size_t size, struct intent *in, enum intent_arg arg)
{
	text_copy(out, size, value);
	in->has |= (unsigned)arg;
	return true;
}

static bool set_choice(int choice, int *out, struct intent *in, enum intent_arg arg)
{
	if (choice < 0)
		return false;
	*out = choice;
	in->has |= (unsigned)arg;
	return true;
}

static bool set_arg(const char *key, const char *v, struct intent *in)
{
	int i = 0;
	bool yes = strcmp(v, "yes") == 0, flag = yes || strcmp(v, "no") == 0, ok = false;
	if (strcmp(key, "people") == 0)
		return set_number(v, &in->people, in, ARG_PEOPLE);
	if (strcmp(key, "number") == 0)
		return set_number(v, &in->number, in, ARG_NUMBER);
	if (strcmp(key, "option") == 0)
		return set_number(v, &in->option, in, ARG_OPTION);
	if (strcmp(key, "days") == 0)
		return set_number(v, &in->days, in, ARG_DAYS);
	if (strcmp(key, "other") == 0)
		return set_number(v, &in->other, in, ARG_OTHER);
	if (strcmp(key, "rating") == 0) {
		ok = set_choice(rating_find(v), &i, in, ARG_RATING);
		in->rating = (enum rating)i;
	} else if (strcmp(key, "scope") == 0) {
		ok = set_choice(scope_find(v), &i, in, ARG_SCOPE);
		in->scope = (enum stop_scope)i;
	} else if (strcmp(key, "category") == 0) {
		ok = set_choice(category_find(v), &i, in, ARG_CATEGORY);
		in->category = (enum category)i;
	} else if (strcmp(key, "valid") == 0 && flag) {
		in->valid = yes;
		in->has |= ARG_VALID;
		ok = true;
	} else if (strcmp(key, "alarm") == 0 && flag) {
		in->alarm = yes;
		in->has |= ARG_ALARM;
		ok = true;
	} else if (strcmp(key, "anonymous") == 0 && flag) {
		in->anonymous = yes;
		in->has |= ARG_ANONYMOUS;
		ok = true;
	}
	const struct {
		const char *key;
		char *out;
		size_t size;
		enum intent_arg arg;
	} texts[] = {
	    {"building", in->building, sizeof in->building, ARG_BUILDING},
	    {"unit", in->unit, sizeof in->unit, ARG_UNIT},
	    {"room", in->room, sizeof in->room, ARG_ROOM},
	    {"name", in->name, sizeof in->name, ARG_NAME},
	    {"topic", in->topic, sizeof in->topic, ARG_TOPIC},
	    {"code", in->code, sizeof in->code, ARG_CODE},
	    {"to", in->to, sizeof in->to, ARG_TO},
	    {"place", in->place, sizeof in->place, ARG_PLACE},
	    {"for", in->for_number, sizeof in->for_number, ARG_FOR},
	    {"text", in->text, sizeof in->text, ARG_TEXT},
	};
	for (size_t k = 0; k < ARRAY_LEN(texts) && !ok; k++)
		if (strcmp(key, texts[k].key) == 0)
			ok = set_text(v, texts[k].out, texts[k].size, in, texts[k].arg);
	return ok;
}

bool args_parse(const char *text, struct intent *in)
{
	cleanup_free char *copy = mem_dup(text);
	for (char *save, *t = strtok_r(copy, " ", &save); t; t = strtok_r(NULL, " ", &save)) {
		char *value = strchr(t, '=');
		if (!value)
			return false;
		*value++ = 0;
		for (char *p = value; *p; p++)
			if (*p == '_')
				*p = ' ';
		if (!set_arg(t, value, in))
			return false;
	}
	return true;
}

static int parse_sample(struct reader *rd, const char *key, char *value)
{
	struct rule *rule = rd->rule;
	struct sample s = {.line = rd->line, .not = *key == 'n'};
	const char *open = strchr(key, '[');
	cleanup_free char *where = mem_dup(open ? open + 1 : "");
	where[strcspn(where, "]")] = 0;
	for (char *save, *t = strtok_r(where, " ", &save); t; t = strtok_r(NULL, " ", &save)) {
		if (strncmp(t, "asked=", 6) == 0 && asked_find(t + 6) >= 0)
			s.asked = (enum asked)asked_find(t + 6);
		else if (strncmp(t, "role=", 5) != 0 || role_bits(t + 5, &s.roles) < 0)
			return FAIL(rd, "'%s' is neither asked=QUESTION nor role=ROLE", t);
	}
	char *arrow = strstr(value, " => ");
	if (arrow) {
		struct intent in = {0};
		if (s.not || !args_parse(arrow + 4, &in))
			return FAIL(rd, "'%s' is no list of arguments such as number=23 valid=no", arrow + 4);
		*arrow = 0;
		s.args = mem_dup(arrow + 4);
	}
	s.text = mem_dup(value);
	rule->samples = mem_resize(rule->samples, (size_t)rule->sample_count + 1, sizeof *rule->samples);
	rule->samples[rule->sample_count++] = s;
	return 0;
}

static int add_pattern(struct reader *rd, const char *value, bool unless)
{
	for (int i = 0; i < rd->pending_count; i++)
		if (rd->pending[i].unless == unless && strcmp(rd->pending[i].text, value) == 0)
			return FAIL(rd, "this pattern stands in line %d already", rd->pending[i].line);
	rd->pending = mem_resize(rd->pending, (size_t)rd->pending_count + 1, sizeof *rd->pending);
	rd->pending[rd->pending_count].text = mem_dup(value);
	rd->pending[rd->pending_count].line = rd->line;
	rd->pending[rd->pending_count++].unless = unless;
	return 0;
}

static int parse_intent(struct reader *rd, const char *value)
{
	if (strcmp(value, "address") == 0)
		rd->rule->kind = RULE_ADDRESS;
	else if (strcmp(value, "nothing") == 0)
		rd->rule->kind = RULE_NOTHING;
	else if (strcmp(value, "calm") == 0)
		rd->rule->kind = RULE_CALM;
	else if (strcmp(value, "order") == 0)
		rd->rule->kind = RULE_ORDER;
	else
		rd->rule->kind = intent_find(value);
	return rd->rule->kind < 0 ? FAIL(rd, "there is no intent '%s'", value) : 0;
}

static int parse_priority(struct reader *rd, const char *value)
{
	char *end;
	long n = strtol(value, &end, 10);
	if (!*value || *end || n < 0 || n > 1000)
		return FAIL(rd, "priority is a number from 0 to 1000, not '%s'", value);
	rd->rule->priority = (int)n;
	return 0;
}

static int parse_key(struct reader *rd, const char *key, char *value)
{
	static const char *const scopes[] = {"text", "clause", NULL},
				 *const matches[] = {"whole", "start", "find", NULL},
				 *const consumes[] = {"clause", "match", "topic", "text", "none", NULL};
	struct rule *rule = rd->rule;
	int i = 0, r;
	if (!*value)
		return FAIL(rd, "%s needs a value", key);
	if (strcmp(key, "pattern") == 0 || strcmp(key, "unless") == 0)
		return add_pattern(rd, value, *key == 'u');
	if (strncmp(key, "sample", 6) == 0 || strcmp(key, "not") == 0 || strncmp(key, "not[", 4) == 0)
		return parse_sample(rd, key, value);
	if (strcmp(key, "intent") == 0)
		return parse_intent(rd, value);
	if (strcmp(key, "priority") == 0)
		return parse_priority(rd, value);
	if (strcmp(key, "asked") == 0)
		return parse_asked(rd, value);
	if (strcmp(key, "roles") == 0)
		return parse_roles(rd, value);
	if (strcmp(key, "set") == 0) {
		if (!rule->set)
			rule->set = mem_alloc(sizeof *rule->set);
		return args_parse(value, rule->set)
			   ? 0
			   : FAIL(rd, "'%s' is no list of arguments such as scope=all", value);
	}
	if (strcmp(key, "first") == 0)
		return parse_flag(rd, key, value, &rule->first);
	if (strcmp(key, "lead") == 0)
		return parse_flag(rd, key, value, &rule->lead);
	if (strcmp(key, "many") == 0)
		return parse_flag(rd, key, value, &rule->many);
	if (strcmp(key, "shadow") == 0)
		return parse_flag(rd, key, value, &rule->shadow);
	if (strcmp(key, "forced") == 0)
		return parse_flag(rd, key, value, &rule->forced);
	if (strcmp(key, "match") == 0)
		return parse_word(rd, key, value, matches, &rule->match);
	if (strcmp(key, "negations") == 0)
		return parse_word(rd, key, value, (const char *const[]){"any", "odd", "even", NULL},
				  &rule->negations);
	if (strcmp(key, "report") == 0)
		return parse_word(rd, key, value, (const char *const[]){"no", "yes", "only", NULL},
				  &rule->report);
	if (strcmp(key, "scope") == 0) {
		r = parse_word(rd, key, value, scopes, &i);
		rule->scope = (enum rule_scope)i;
		return r;
	}
	if (strcmp(key, "consume") == 0) {
		r = parse_word(rd, key, value, consumes, &i);
		rule->consume = (enum rule_consume)i;
		return r;
	}
	return FAIL(rd, "unknown key '%s'", key);
}

/* What an order's rule tells apart: the words before its numbers and those after. */
#define ARG_ORDER (1u << 31)

static int check_groups(struct reader *rd, const struct pattern *p)
{
	static const struct {
		const char *name;
		unsigned args;
	} known[] = {{"people", ARG_PEOPLE},  {"companions", ARG_PEOPLE}, {"number", ARG_NUMBER},
		     {"numbers", ARG_NUMBER}, {"option", ARG_OPTION},     {"days", ARG_DAYS},
		     {"other", ARG_OTHER},    {"building", ARG_BUILDING}, {"unit", ARG_UNIT},
		     {"room", ARG_ROOM},      {"name", ARG_NAME},         {"topic", ARG_TOPIC},
		     {"code", ARG_CODE},      {"for", ARG_FOR},           {"to", ARG_TO},
		     {"text", ARG_TEXT},      {"place", ARG_PLACE},       {"before", ARG_ORDER},
		     {"after", ARG_ORDER}};
	const char *names[PATTERN_GROUPS];
	int n = pattern_names(p, names, PATTERN_GROUPS);
	unsigned may = rd->rule->kind == RULE_ADDRESS   ? ARG_BUILDING | ARG_UNIT | ARG_ROOM
		       : rd->rule->kind == RULE_ORDER   ? ARG_NUMBER | ARG_ORDER
		       : rd->rule->kind >= RULE_NOTHING ? 0
							: intent_args((enum intent_kind)rd->rule->kind);
	for (int i = 0; i < n; i++) {
		size_t k = 0;
		while (k < ARRAY_LEN(known) && strcmp(known[k].name, names[i]) != 0)
			k++;
		rd->rule->quotes |= strcmp(names[i], "text") == 0;
		if (k == ARRAY_LEN(known) || !(known[k].args & may))
			return FAIL(rd, "the group <%s> is no argument of this intent", names[i]);
	}
	return 0;
}

static int compile(struct reader *rd, int i)
{
	struct rule *rule = rd->rule;
	struct buf text = {0};
	struct pattern *p = NULL;
	bool unless = rd->pending[i].unless;
	rd->line = rd->pending[i].line;
	int r = pattern_expand(rd->pending[i].text, &rd->set->words, rd->set->defines, rd->set->define_count,
			       &text, rd->path, rd->line, rd->e);
	if (r == 0)
		r = pattern_compile(buf_str(&text), unless ? MATCH_FIND : (enum pattern_match)rule->match, &p,
				    rd->path, rd->line, rd->e);
	buf_done(&text);
	if (r < 0)
		return r;
	if (rule->priority >= PRIORITY_DANGER && !unless)
		rd->set->jit &= pattern_quicken(p);
	if (unless ? rule->unlesses == RULE_UNLESS : rule->patterns == RULE_PATTERNS)
		r = FAIL(rd, "too many patterns in one rule (%d, unless %d)", RULE_PATTERNS, RULE_UNLESS);
	else if (!unless)
		r = check_groups(rd, p);
	if (r < 0) {
		pattern_free(p);
		return r;
	}
	if (unless)
		rule->unless[rule->unlesses++] = p;
	else
		rule->pattern[rule->patterns++] = p;
	return 0;
}

static void drop_pending(struct reader *rd)
{
	for (int i = 0; i < rd->pending_count; i++)
		free(rd->pending[i].text);
	free(rd->pending);
	rd->pending = NULL;
	rd->pending_count = 0;
}

/* At the end of a section: what must be there is there, and the patterns compile. */
static int close_rule(struct reader *rd)
{
	struct rule *rule = rd->rule;
	int r = 0, line = rd->line;
	if (!rule)
		return 0;
	if (rule->kind < 0) {
		rd->line = rule->line;
		return FAIL(rd, "[%s] has no intent", rule->name);
	}
	for (int i = 0; i < rd->pending_count && r == 0; i++)
		r = compile(rd, i);
	drop_pending(rd);
	if (r < 0)
		return r;
	rd->line = rule->line;
	if (rule->patterns == 0)
		return FAIL(rd, "[%s] has no pattern", rule->name);
	if (rule->kind < INTENT_COUNT && rule->set &&
	    rule->set->has & ~intent_args((enum intent_kind)rule->kind))
		return FAIL(rd, "[%s] sets an argument that its intent does not have", rule->name);
	rd->line = line;
	rd->rule = NULL;
	return 0;
}

static int open_rule(struct reader *rd, char *name)
{
	struct rules *set = rd->set;
	char *end = strchr(name, ']');
	int r = close_rule(rd);
	if (r < 0)
		return r;
	if (!end || end == name || end[1 + strspn(end + 1, " \t")])
		return FAIL(rd, "a rule begins with its name in brackets, such as [rsvp/yes]");
	*end = 0;
	if (strlen(name) >= sizeof set->list[0].name)
		return FAIL(rd, "the name is longer than %zu characters", sizeof set->list[0].name - 1);
	for (int i = 0; i < set->count; i++)
		if (strcmp(set->list[i].name, name) == 0)
			return FAIL(rd, "[%s] stands in %s:%d already", name, set->list[i].file,
				    set->list[i].line);
	if (set->count == RULES_MAX)
		return FAIL(rd, "more than %d rules", RULES_MAX);
	rd->rule = &set->list[set->count];
	*rd->rule = (struct rule){.kind = -1,
				  .priority = 500,
				  .scope = SCOPE_CLAUSE,
				  .asked = ~0u,
				  .order = set->count,
				  .line = rd->line};
	set->count++;
	text_copy(rd->rule->name, sizeof rd->rule->name, name);
	const char *slash = strrchr(rd->path, '/');
	text_copy(rd->rule->file, sizeof rd->rule->file, slash ? slash + 1 : rd->path);
	return 0;
}

static int add_define(struct reader *rd, char *p)
{
	struct rules *set = rd->set;
	char *colon = strchr(p, ':');
	if (!colon || colon == p || colon - p > 31)
		return FAIL(rd, "expected define NAME: PATTERN");
	*colon++ = 0;
	colon += strspn(colon, " \t");
	for (int i = 0; i < set->define_count; i++)
		if (strcmp(set->defines[i].name, p) == 0)
			return FAIL(rd, "{%s} is defined already", p);
	struct buf text = {0};
	int r = pattern_expand(colon, &set->words, set->defines, set->define_count, &text, rd->path, rd->line,
			       rd->e);
	if (r < 0) {
		buf_done(&text);
		return r;
	}
	set->defines = mem_resize(set->defines, (size_t)set->define_count + 1, sizeof *set->defines);
	struct define *d = &set->defines[set->define_count++];
	text_copy(d->name, sizeof d->name, p);
	d->text = buf_take(&text);
	if (!d->text)
		d->text = mem_dup("");
	return 0;
}

static int read_line(struct reader *rd, char *line)
{
	char *p = line + strspn(line, " \t");
	size_t n = strlen(p);
	while (n && (p[n - 1] == ' ' || p[n - 1] == '\t' || p[n - 1] == '\r'))
		p[--n] = 0;
	if (!*p || *p == '#')
		return 0;
	if (!text_valid(p, n))
		return FAIL(rd, "the line is not UTF-8");
	if (*p == '[')
		return open_rule(rd, p + 1);
	if (strncmp(p, "define ", 7) == 0)
		return add_define(rd, p + 7);
	char *colon = strchr(p, ':');
	if (!colon)
		return FAIL(rd, "expected `key: value`, [name] or # comment");
	*colon = 0;
	if (!rd->rule)
		return FAIL(rd, "'%s' stands before the first [name]", p);
	return parse_key(rd, p, colon + 1 + strspn(colon + 1, " \t"));
}

int rule_file_read(char *text, const char *path, struct rules *r, struct err *e)
{
	struct reader rd = {.set = r, .path = path, .e = e};
	int ret = 0;
	for (char *p = text, *next; ret == 0 && p; p = next) {
		next = strchr(p, '\n');
		if (next)
			*next++ = 0;
		rd.line++;
		ret = read_line(&rd, p);
	}
	if (ret == 0)
		ret = close_rule(&rd);
	drop_pending(&rd);
	return ret;
}

int rule_file_load(const char *path, struct rules *r, struct err *e)
{
	cleanup_buf struct buf text = {0};
	int ret = file_read(path, FILE_TEXT_MAX, &text, e);
	if (ret == 0 && strlen(buf_str(&text)) != text.len)
		ret = err_set(e, path, 0, "is no text: it has zero bytes");
	return ret == 0 && text.len ? rule_file_read(text.data, path, r, e) : ret;
}
