/* What the families have besides the standard: commands that a row of the table answers, the command that routes
 * URCs, commands that restart, and answers that a test has put in. */
#include "simmodem/maker.h"
#include "simmodem/network.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct profile_switch *find_switch(const struct modem *m, const char *command)
{
	for (int i = 0; i < PROFILE_SWITCHES && m->profile->flags[i].command; i++)
		if (!strcasecmp(m->profile->flags[i].command, command))
			return &m->profile->flags[i];
	return NULL;
}

static void add_placeholder(const struct modem *m, const struct profile_extra *x, const char *name, size_t n,
			    struct buf *out)
{
	const struct profile_switch *own = find_switch(m, x->command);
	if (!strncmp(name, "pin", n))
		buf_addf(out, "%d", m->pin_tries);
	else if (!strncmp(name, "puk", n))
		buf_addf(out, "%d", m->puk_tries);
	else if (!strncmp(name, "sim", n))
		buf_adds(out, m->pin_state);
	else if (!strncmp(name, "stat", n))
		buf_addf(out, "%d", modem_registration(m));
	else if (!strncmp(name, "flag", n) && own)
		buf_addf(out, "%d", m->set.flag[own->flag]);
}

/* One line of the answer, placeholders filled in. */
static void add_line(struct modem *m, const struct profile_extra *x, const char *p, size_t n)
{
	struct buf line cleanup_buf = {0};
	for (const char *end = p + n; p < end; p++) {
		const char *close = *p == '{' ? memchr(p, '}', (size_t)(end - p)) : NULL;
		if (!close) {
			buf_addc(&line, *p);
			continue;
		}
		add_placeholder(m, x, p + 1, (size_t)(close - p - 1), &line);
		p = close;
	}
	reply_add(m, "%s", buf_str(&line));
}

/* AT+QCFG="ims" with its key alone asks. */
static bool asks_by_key(const struct profile_extra *x, const struct args *a)
{
	const char *colon = x->answer ? strstr(x->answer, ": \"") : NULL;
	const char *key = args_text(a, 0);
	return a->count == 1 && *key && colon && !strncmp(colon + 3, key, strlen(key)) &&
	       colon[3 + strlen(key)] == '"';
}

static bool extra(struct modem *m, const char *name, enum op op, const struct args *a, struct result *ret)
{
	const struct profile_switch *own = op == OP_SET ? find_switch(m, name) : NULL;
	*ret = OK_RESULT;
	if (own) {
		m->set.flag[own->flag] = args_int(a, 0, 0);
		return true;
	}
	for (const struct profile_extra *x = m->profile->extras;
	     x < m->profile->extras + PROFILE_EXTRAS && x->command; x++) {
		if (strcasecmp(x->command, name) != 0)
			continue;
		for (const char *p = op == OP_SET && !asks_by_key(x, a) ? NULL : x->answer; p && *p;) {
			size_t n = strcspn(p, "\n");
			add_line(m, x, p, n);
			p += n + (p[n] == '\n');
		}
		return true;
	}
	return false;
}

/* The terminal that is the n-th of kind AT. */
static int nth_at(const struct modem *m, int n)
{
	for (int k = 0; n >= 0 && k < m->tty_count; k++)
		if (m->tty[k].kind == TTY_AT && n-- == 0)
			return k;
	return n == ROUTE_ALL ? ROUTE_ALL : ROUTE_AWAY;
}

static bool route(struct modem *m, const char *name, enum op op, const struct args *a, struct result *ret)
{
	const struct profile_route *r = &m->profile->route;
	if (!r->command || strcasecmp(r->command, name) != 0)
		return false;
	const char *value = args_text(a, r->key ? 1 : 0);
	bool asks = op != OP_SET || (r->key && a->count < 2);
	*ret = OK_RESULT;
	for (int i = 0; i < PROFILE_ROUTES && r->to[i].value; i++) {
		int tty = nth_at(m, r->to[i].port);
		if (asks && tty == m->set.route) {
			if (r->key)
				reply_add(m, "%s: \"%s\",\"%s\"", r->command, r->key, r->to[i].value);
			else
				reply_add(m, "%s: %s", r->command, r->to[i].value);
			return true;
		}
		if (!asks && !strcmp(r->to[i].value, value)) {
			m->set.route = tty;
			return true;
		}
	}
	if (!asks)
		*ret = CME(50);
	return true;
}

static bool named(const char *list, const char *name)
{
	size_t n = strlen(name);
	for (const char *p = list; p && *p; p += strcspn(p, " "), p += *p == ' ')
		if (strcspn(p, " ") == n && !strncasecmp(p, name, n))
			return true;
	return false;
}

bool maker_command(struct modem *m, const char *name, enum op op, const struct args *a, struct result *ret)
{
	const char *reset = m->profile->reset_command;
	if (named(m->profile->refuses, name)) {
		*ret = ERROR_RESULT;
		return true;
	}
	if (reset && !strcasecmp(reset, name)) {
		modem_wear(m);
		command_power(m);
		*ret = OK_RESULT;
		return true;
	}
	return route(m, name, op, a, ret) || extra(m, name, op, a, ret);
}

struct override *maker_override(struct modem *m, const char *command)
{
	for (int i = 0; i < m->override_count; i++) {
		struct override *o = &m->override[i];
		if (o->left && !strncasecmp(o->command, command, strlen(o->command)))
			return o;
	}
	return NULL;
}

void maker_override_play(struct modem *m, struct override *o)
{
	if (o->left > 0)
		o->left--;
	for (const char *p = o->lines; *p;) {
		size_t n = strcspn(p, "\n");
		reply_add(m, "%.*s", (int)n, p);
		p += n + (p[n] == '\n');
	}
	if (*o->final || m->reply.len)
		reply_finish(m, *o->final ? o->final : NULL);
	for (const char *p = o->then; *p;) {
		size_t n = strcspn(p, "\f");
		struct buf unit cleanup_buf = {0};
		buf_add(&unit, p, n);
		modem_urc_later(m, o->then_ms, buf_str(&unit));
		p += n + (p[n] == '\f');
	}
}
