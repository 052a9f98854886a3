#include "base/config_internal.h"
#include "base/event_kinds.h"
#include "base/mem.h"
#include "base/i18n.h"

#include <errno.h>
#include <ini.h>
#include <libgen.h>
#include <stdarg.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static const char *const section_names[SECTION_COUNT] = {
    [GATEWAY] = "gateway", [RULES] = "rules", [MODEM] = "modem", [CABINET] = "cabinet", [SENSOR] = "sensor"};

#define G(field) offsetof(struct config, field)
#define M(field) offsetof(struct config_modem, field)
#define C(field) offsetof(struct config_cabinet, field)
#define S(field) offsetof(struct config_sensor, field)

static const struct key keys[] = {
    {GATEWAY, "name", STRING, G(name), "议事"},
    {GATEWAY, "number", PHONE, G(number), NULL},
    {GATEWAY, "database", PATH, G(database), "/var/lib/yishi/yishi.db"},
    {GATEWAY, "signature", STRING, G(signature), NULL}, /* the name */
    {GATEWAY, "timezone", ZONE, G(timezone), "Asia/Shanghai"},
    {GATEWAY, "language", LANGUAGE, G(language), "zh"},
    {GATEWAY, "control_socket", PATH, G(control_socket), NULL}, /* beside the database */
    {GATEWAY, "quiet_hours", WINDOW, G(quiet_hours), "20:30-08:00"},
    {GATEWAY, "working_hours", WINDOW, G(working_hours), "mon-fri 08:30-17:30"},
    {GATEWAY, "holidays", PATH, G(holidays), NULL},
    {GATEWAY, "test_clock", BOOL, G(test_clock), "no"},
    {GATEWAY, "answer_budget", INT, G(answer_budget), "5"},
    {GATEWAY, "merge_window", DURATION, G(merge_window_ms), "90s"},
    {GATEWAY, "approval_above", INT, G(approval_above), "50"},
    {GATEWAY, "retention_pdu", DURATION, G(retention_pdu_ms), "90d"},
    {GATEWAY, "retention_text", DURATION, G(retention_text_ms), "730d"},
    {GATEWAY, "retention_private", DURATION, G(retention_private_ms), "180d"},
    {GATEWAY, "metrics_file", PATH, G(metrics_file), NULL},
    {GATEWAY, "backup_dir", PATH, G(backup_dir), NULL},
    {GATEWAY, "invite_before", DURATION, G(invite_before_ms), "3d"},
    {GATEWAY, "remind_before", DURATION, G(remind_before_ms), "1d"},
    {GATEWAY, "last_call_before", DURATION, G(last_call_before_ms), "2h"},
    {GATEWAY, "modem_ports", GLOBS, G(modem_ports), NULL},
    {RULES, "files", STRING, G(rule_files), NULL},
    {MODEM, "device", DEVICE, M(device), NULL},
    {MODEM, "iccid", ICCID, M(iccid), NULL},
    {MODEM, "pin_file", PATH, M(pin_file), NULL},
    {MODEM, "hourly_quota", INT, M(hourly_quota), "120"},
    {MODEM, "daily_quota", INT, M(daily_quota), "600"},
    {MODEM, "jitter", DURATION, M(jitter_ms), "0"},
    {MODEM, "reports", BOOL, M(reports), "yes"},
    {MODEM, "roles", ROLES, M(roles), "receive send"},
    {MODEM, "ring_for", DURATION, M(ring_for_ms), "9s"},
    {MODEM, "roaming", BOOL, M(roaming), "yes"},
    {MODEM, "smsc", CENTRE, M(smsc), NULL},
    {MODEM, "balance", BALANCE, M(balance), NULL},
    {MODEM, "balance_every", DURATION, M(balance_every_ms), "7d"},
    {MODEM, "balance_low", NUMBER, M(balance_low), "10"},
    {MODEM, "balance_pattern", STRING, M(balance_pattern), NULL},
    {MODEM, "number", PHONE, M(number), NULL},
    {MODEM, "self_text", DURATION, M(self_text_ms), "0"},
    {CABINET, "connection", STRING, C(connection), NULL},
    {CABINET, "unit", INT, C(unit), "1"},
    {CABINET, "map", STRING, C(map), NULL},
    {CABINET, "poll", DURATION, C(poll_ms), "10s"},
    {CABINET, "timeout", DURATION, C(timeout_ms), "500ms"},
    {SENSOR, "register", STRING, S(reg), NULL},
    {SENSOR, "type", STRING, S(type), NULL},
    {SENSOR, "scale", NUMBER, S(scale), NULL},
    {SENSOR, "unit", STRING, S(unit), NULL},
    {SENSOR, "high", NUMBER, S(high), NULL},
    {SENSOR, "low", NUMBER, S(low), NULL},
    {SENSOR, "clear", NUMBER, S(clear), NULL},
    {SENSOR, "hold", DURATION, S(hold_ms), "0"},
    {SENSOR, "severity", STRING, S(severity), NULL},
    {SENSOR, "text", STRING, S(text), NULL},
};

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
	char section[96]; /* the one that the lines stand in */
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
		if (strlen(section_names[s]) != n || strncmp(section_names[s], written, n) != 0)
			continue;
		*ret = (enum section)s;
		if (s == GATEWAY || s == RULES)
			return name ? NULL : c;
		if (!name || !*name)
			return NULL;
#define FIND(array, count, max)                                                                                \
	for (int i = 0; i < c->count; i++)                                                                     \
		if (!strcmp(c->array[i].name, name))                                                           \
			return &c->array[i];                                                                   \
	if (c->count == (max)) {                                                                               \
		fail(r, "more than %d sections [%s …]", (max), section_names[s]);                              \
		return NULL;                                                                                   \
	}                                                                                                      \
	c->array[c->count].name = mem_dup(name);                                                               \
	return &c->array[c->count++];
		if (s == MODEM) {
			if (strlen(name) > CONFIG_NAME_MAX) {
				fail(r, "the name of a modem has at most %d bytes; shorten [%s]",
				     CONFIG_NAME_MAX, written);
				return NULL;
			}
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
	if (!strcmp(r->section, "hooks"))
		return add_hook(r, name, value);
	enum section s;
	void *base = section_base(r, r->section, &s);
	if (!base)
		return unknown_section(r);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (keys[i].section != s || strcmp(keys[i].name, name) != 0)
			continue;
		if (has_origin(r->c, r->section, name))
			return fail(r, "[%s] %s is set twice; keep one", r->section, name);
		const char *wrong = config_assign(base, &keys[i], value, r->path);
		if (wrong)
			return fail(r, "[%s] %s = %.60s: %s", r->section, name, value, gettext(wrong));
		note_origin(r->c, r->section, &keys[i], name, value, r->line);
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
	snprintf(r->section, sizeof r->section, "%.*s", (int)(end - p - 1), p + 1);
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
	if (strcmp(r->section, "hooks") != 0 && !section_base(r, r->section, &s))
		unknown_section(r);
	return r->failed ? NULL : str;
}

static void fill_section(struct config *c, const char *written, enum section s, void *base)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (keys[i].section != s || !keys[i].fallback || has_origin(c, written, keys[i].name))
			continue;
		config_assign(base, &keys[i], keys[i].fallback, c->path);
		note_origin(c, written, &keys[i], keys[i].name, keys[i].fallback, 0);
	}
}

static void fill_defaults(struct config *c)
{
	fill_section(c, "gateway", GATEWAY, c);
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
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (keys[i].section == s && config_is_string(&keys[i]))
			free(*(char **)(void *)((char *)base + keys[i].offset));
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
