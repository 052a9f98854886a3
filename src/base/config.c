#include "base/config_internal.h"
#include "base/event_kinds.h"
#include "base/mem.h"
#include "base/i18n.h"
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <libgen.h>
#include <stdarg.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

struct config_origin {
	char *section;         /* as written: "modem front" */
	const struct key *key; /* NULL for a hook */
	char *name, *value;
	int line; /* 0 = default */
};

struct reader {
	struct config *c;
	struct err *e;
	FILE *file;
	const char *path;
	char section[96]; /* the one that the lines stand in; what is cut is too long a name */
	char *seen[1 + CONFIG_MODEMS + CONFIG_CABINETS + CONFIG_SENSORS + 8];
	int seen_count;
	int line;
	bool failed;
};

static int fail(struct reader *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static int fail(struct reader *r, const char *fmt, ...)
{
	if (!r->failed) {
		char text[300];
		va_list ap;
		va_start(ap, fmt);
		vsnprintf(text, sizeof text, gettext(fmt), ap);
		va_end(ap);
		err_set(r->e, r->path, r->line, "%s", text);
	}
	r->failed = true;
	return 0; /* inih: 0 is an error */
}

static void note_origin(struct config *c, const char *section, const struct key *k, const char *name,
			const char *value, int line)
{
	c->origins = mem_resize(c->origins, (size_t)c->origin_count + 1, sizeof *c->origins);
	c->origins[c->origin_count++] =
	    (struct config_origin){mem_dup(section), k, mem_dup(name), mem_dup(value), line};
}

static bool has_origin(const struct config *c, const char *section, const char *name)
{
	for (int i = 0; i < c->origin_count; i++)
		if (!strcmp(c->origins[i].section, section) && !strcmp(c->origins[i].name, name))
			return true;
	return false;
}

/* "modem front" → MODEM and the struct of that name, made at its first mention. */
static void *section_base(struct reader *r, const char *written, enum section *ret)
{
	struct config *c = r->c;
	const char *name = strchr(written, ' ');
	size_t n = name ? (size_t)(name - written) : strlen(written);
	while (name && *name == ' ')
		name++;
	for (int s = 0; s < SECTION_COUNT; s++) {
		if (strlen(config_sections[s]) != n || strncmp(config_sections[s], written, n) != 0)
			continue;
		*ret = (enum section)s;
		if (s == GATEWAY || s == RULES || s == HOOKS)
			return name ? NULL : c;
		if (!name || !*name)
			return NULL;
#define FIND(array, count, max)                                                                                \
	for (int i = 0; i < c->count; i++)                                                                     \
		if (!strcmp(c->array[i].name, name))                                                           \
			return &c->array[i];                                                                   \
	if (c->count == (max)) {                                                                               \
		fail(r, "more than %d sections [%s …]", (max), config_sections[s]);                            \
		return NULL;                                                                                   \
	}                                                                                                      \
	c->array[c->count].name = mem_dup(name);                                                               \
	return &c->array[c->count++];
		const char *own =
		    s == SENSOR ? strchr(name, '.') : NULL; /* what it is called within its cabinet */
		if (strlen(own ? own + 1 : name) > CONFIG_NAME_MAX) {
			fail(r, "a name has at most %d bytes (a Chinese character takes 3); shorten [%s]",
			     CONFIG_NAME_MAX, written);
			return NULL;
		}
		if (s == MODEM) {
			FIND(modems, modem_count, CONFIG_MODEMS)
		}
		if (s == CABINET) {
			FIND(cabinets, cabinet_count, CONFIG_CABINETS)
		}
		FIND(sensors, sensor_count, CONFIG_SENSORS)
#undef FIND
	}
	return NULL;
}

static int unknown_section(struct reader *r)
{
	return fail(r,
		    "[%s] is no section; known are gateway, modem NAME, cabinet NAME, sensor CABINET.NAME, "
		    "rules, hooks",
		    r->section);
}

static int add_hook(struct reader *r, const char *kind, const char *program)
{
	struct config *c = r->c;
	if (event_kind_find(kind) < 0)
		return fail(r, "[hooks] %s is no kind of event; `yishi help events` lists them", kind);
	if (program[0] != '/')
		return fail(r, "[hooks] %s wants the absolute path of a program", kind);
	for (int i = 0; i < c->hook_count; i++)
		if (!strcmp(c->hooks[i].kind, kind) && !strcmp(c->hooks[i].program, program))
			return fail(r, "[hooks] %s = %s is there twice; keep one", kind, program);
	if (c->hook_count == CONFIG_HOOKS)
		return fail(r, "more than %d hooks", CONFIG_HOOKS);
	c->hooks[c->hook_count++] = (struct config_hook){mem_dup(kind), mem_dup(program)};
	note_origin(c, "hooks", NULL, kind, program, r->line);
	return 1;
}

static int on_value(void *user, const char *section, const char *name, const char *value)
{
	struct reader *r = user;
	if (r->failed)
		return 0;
	(void)section; /* inih keeps 50 bytes of it; the reader below keeps the whole */
	if (!strcmp(r->section, "hooks") && strchr(name, '.'))
		return add_hook(r, name, value);
	enum section s;
	void *base = section_base(r, r->section, &s);
	if (!base)
		return unknown_section(r);
	for (int i = 0; i < config_key_count; i++) {
		if (config_keys[i].section != s || strcmp(config_keys[i].name, name) != 0)
			continue;
		if (has_origin(r->c, r->section, name))
			return fail(r, "[%s] %s is set twice; keep one", r->section, name);
		const char *wrong = config_assign(base, &config_keys[i], value, r->path);
		if (wrong)
			return fail(r, "[%s] %s = %.60s: %s", r->section, name, value, gettext(wrong));
		note_origin(r->c, r->section, &config_keys[i], name, value, r->line);
		return 1;
	}
	return fail(r, "[%s] %s is no key of this section; check its spelling", r->section, name);
}

/* Counts lines and notices section heads, which inih keeps to itself. */
static char *read_line(char *str, int num, void *stream)
{
	struct reader *r = stream;
	if (!fgets(str, num, r->file))
		return NULL;
	r->line++;
	if (!strchr(str, '\n') && !feof(r->file)) {
		fail(r, "the line is longer than %d bytes; shorten it", num - 2);
		return NULL;
	}
	const char *p = str;
	if (r->line == 1 && !strncmp(p, "\xEF\xBB\xBF", 3))
		p += 3;
	p += strspn(p, " \t");
	const char *end = *p == '[' ? strchr(p, ']') : NULL;
	if (!end)
		return str;
	size_t n = (size_t)(end - p);
	text_copy(r->section, n < sizeof r->section ? n : sizeof r->section, p + 1);
	for (int i = 0; i < r->seen_count; i++)
		if (!strcmp(r->seen[i], r->section)) {
			fail(r, "section [%s] stands twice; join them", r->section);
			return NULL;
		}
	if (r->seen_count == (int)ARRAY_LEN(r->seen)) {
		fail(r, "too many sections");
		return NULL;
	}
	r->seen[r->seen_count++] = mem_dup(r->section);
	enum section s;
	if (!section_base(r, r->section, &s))
		unknown_section(r);
	return r->failed ? NULL : str;
}

static void fill_section(struct config *c, const char *written, enum section s, void *base)
{
	for (int i = 0; i < config_key_count; i++) {
		if (config_keys[i].section != s || !config_keys[i].fallback ||
		    has_origin(c, written, config_keys[i].name))
			continue;
		config_assign(base, &config_keys[i], config_keys[i].fallback, c->path);
		note_origin(c, written, &config_keys[i], config_keys[i].name, config_keys[i].fallback, 0);
	}
}

static void fill_defaults(struct config *c)
{
	fill_section(c, "gateway", GATEWAY, c);
	fill_section(c, "hooks", HOOKS, c);
	for (int i = 0; i < c->modem_count; i++) {
		cleanup_free char *w = mem_printf("modem %s", c->modems[i].name);
		fill_section(c, w, MODEM, &c->modems[i]);
	}
	for (int i = 0; i < c->cabinet_count; i++) {
		cleanup_free char *w = mem_printf("cabinet %s", c->cabinets[i].name);
		fill_section(c, w, CABINET, &c->cabinets[i]);
	}
	for (int i = 0; i < c->sensor_count; i++) {
		cleanup_free char *w = mem_printf("sensor %s", c->sensors[i].name);
		fill_section(c, w, SENSOR, &c->sensors[i]);
	}
	if (!c->signature) {
		c->signature = mem_dup(c->name);
		note_origin(c, "gateway", NULL, "signature", c->signature, 0);
	}
	if (!c->control_socket) {
		cleanup_free char *db = mem_dup(c->database);
		c->control_socket = mem_printf("%s/yishi.sock", dirname(db));
		note_origin(c, "gateway", NULL, "control_socket", c->control_socket, 0);
	}
	if (!c->report_dir) {
		cleanup_free char *db = mem_dup(c->database);
		c->report_dir = mem_printf("%s/reports", dirname(db));
		note_origin(c, "gateway", NULL, "report_dir", c->report_dir, 0);
	}
}

/* Two lines cannot have one modem, or one SIM. */
static void check_doubles(struct reader *r)
{
	const struct config *c = r->c;
	for (int i = 0; i < c->modem_count; i++)
		for (int k = 0; k < i; k++) {
			const struct config_modem *a = &c->modems[k], *b = &c->modems[i];
			if (!strcmp(a->device, b->device) && strncmp(a->device, "usb:", 4) != 0)
				fail(r, "[modem %s] and [modem %s] have the same device; give each its own",
				     a->name, b->name);
			if (a->iccid && b->iccid && !strcmp(a->iccid, b->iccid))
				fail(r, "[modem %s] and [modem %s] have the same iccid; give each its own",
				     a->name, b->name);
		}
}

static void check_hooks(struct reader *r)
{
	const struct config *c = r->c;
	if (c->hook_limit_ms < 100 || c->hook_limit_ms > HOUR_S * 1000)
		fail(r, "[hooks] time_limit wants at least 100ms and at most 1h");
	if (c->hook_tries < 1 || c->hook_tries > 20)
		fail(r, "[hooks] tries wants 1 to 20");
	if (c->hook_at_once < 1 || c->hook_at_once > 32)
		fail(r, "[hooks] at_once wants 1 to 32");
}

static int check_whole(struct reader *r)
{
	struct config *c = r->c;
	r->line = 0;
	if (c->holidays && access(c->holidays, R_OK) != 0)
		fail(r, "[gateway] holidays = %s cannot be read; name a file of dates, one a line",
		     c->holidays);
	for (int i = 0; i < c->modem_count; i++)
		if (!c->modems[i].device)
			fail(r, "[modem %s] has no device; add device = /dev/serial/by-id/…",
			     c->modems[i].name);
	if (!r->failed)
		check_doubles(r);
	if (!r->failed)
		check_hooks(r);
	for (int i = 0; i < c->sensor_count && !r->failed; i++) {
		const char *dot = strchr(c->sensors[i].name, '.');
		bool found = false;
		for (int k = 0; dot && k < c->cabinet_count; k++)
			found |= strlen(c->cabinets[k].name) == (size_t)(dot - c->sensors[i].name) &&
				 !strncmp(c->cabinets[k].name, c->sensors[i].name,
					  (size_t)(dot - c->sensors[i].name));
		if (!found)
			fail(r, "[sensor %s] belongs to no cabinet; name it CABINET.NAME", c->sensors[i].name);
	}
	return r->failed ? -EINVAL : 0;
}

int config_load(const char *path, struct config **ret, struct err *e)
{
	FILE *f = fopen(path, "re");
	if (!f) {
		int saved = errno;
		if (saved == EACCES)
			err_set(e, path, 0,
				"cannot be read: %s; let whoever installed the gateway add you to its group",
				err_system(saved));
		else
			err_set(e, path, 0, "cannot be read: %s; name the configuration with -c FILE",
				err_system(saved));
		return saved == ENOENT ? -ENOENT : -saved;
	}
	struct reader r = {.c = mem_alloc(sizeof *r.c), .e = e, .file = f, .path = path};
	r.c->path = mem_dup(path);
	int rc = ini_parse_stream(read_line, &r, on_value, &r);
	fclose(f);
	if (rc > 0 && !r.failed) {
		r.line = rc;
		fail(&r, "is neither a [section], a key = value, nor a # comment");
	}
	if (!r.failed)
		fill_defaults(r.c);
	rc = r.failed ? -EINVAL : check_whole(&r);
	for (int i = 0; i < r.seen_count; i++)
		free(r.seen[i]);
	if (rc) {
		config_free(r.c);
		return rc;
	}
	*ret = r.c;
	return 0;
}

static void free_section(enum section s, void *base)
{
	for (int i = 0; i < config_key_count; i++) {
		if (config_keys[i].section == s && config_is_string(&config_keys[i]))
			free(*(char **)(void *)((char *)base + config_keys[i].offset));
	}
}

void config_free(struct config *c)
{
	if (!c)
		return;
	free_section(GATEWAY, c);
	free_section(RULES, c);
	for (int i = 0; i < c->modem_count; i++) {
		free_section(MODEM, &c->modems[i]);
		free(c->modems[i].name);
	}
	for (int i = 0; i < c->cabinet_count; i++) {
		free_section(CABINET, &c->cabinets[i]);
		free(c->cabinets[i].name);
	}
	for (int i = 0; i < c->sensor_count; i++) {
		free_section(SENSOR, &c->sensors[i]);
		free(c->sensors[i].name);
	}
	for (int i = 0; i < c->hook_count; i++) {
		free(c->hooks[i].kind);
		free(c->hooks[i].program);
	}
	for (int i = 0; i < c->origin_count; i++) {
		free(c->origins[i].section);
		free(c->origins[i].name);
		free(c->origins[i].value);
	}
	free(c->origins);
	free(c->path);
	free(c);
}

int config_line(const struct config *c, const char *section, const char *name)
{
	int first = 0;
	for (int i = 0; i < c->origin_count; i++) {
		const struct config_origin *o = &c->origins[i];
		if (!o->line || strcmp(o->section, section) != 0)
			continue;
		if (name && !strcmp(o->name, name))
			return o->line;
		if (!first || o->line < first)
			first = o->line;
	}
	return first;
}

void config_print(const struct config *c, FILE *out)
{
	const char *last = "";
	for (int i = 0; i < c->origin_count; i++) {
		/* origins stand in the order of reading, defaults behind: print each section once, whole */
		const struct config_origin *o = &c->origins[i];
		bool first = true;
		for (int k = 0; k < i && first; k++)
			first = strcmp(c->origins[k].section, o->section) != 0;
		if (!first)
			continue;
		fprintf(out, "%s[%s]\n", *last ? "\n" : "", o->section);
		last = o->section;
		for (int k = i; k < c->origin_count; k++) {
			const struct config_origin *p = &c->origins[k];
			if (strcmp(p->section, o->section) != 0)
				continue;
			fprintf(out, "%s = %s   # ", p->name, p->value);
			if (p->line)
				fprintf(out, "%s:%d\n", c->path, p->line);
			else
				fprintf(out, "%s\n", _("default"));
		}
	}
}

const struct config_modem *config_find_modem(const struct config *c, const char *name)
{
	for (int i = 0; i < c->modem_count; i++)
		if (!strcmp(c->modems[i].name, name))
			return &c->modems[i];
	return NULL;
}

bool config_is_cabinets(const struct config *c, const char *path)
{
	for (int i = 0; i < c->cabinet_count; i++) {
		const char *on = c->cabinets[i].connection, *at = on ? strstr(on, path) : NULL;
		if (at && !isalnum((unsigned char)at[strlen(path)]))
			return true;
	}
	return false;
}
