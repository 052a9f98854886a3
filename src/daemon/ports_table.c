#include "daemon/ports_table.h"
#include "base/mem.h"
#include "base/text.h"

#include <string.h>

#define RETRY_FIRST_MS 2000
#define RETRY_MAX_MS   600000
#define BUSY_MAX_MS    30000 /* another program ends without a sign */
#define GONE_FIRST_MS  500

enum fit { FIT_NOT, FIT_MAYBE, FIT_SURE };

/* ------------------------------------------------------------------------------------------------ lines */

struct ports_line *ports_table_line(const struct ports_table *t, const void *who)
{
	for (int i = 0; i < t->line_count; i++)
		if (t->line[i]->who == who)
			return t->line[i];
	return NULL;
}

struct ports_line *ports_table_want(struct ports_table *t, const void *who, const struct ports_want *want)
{
	struct ports_line *l = ports_table_line(t, who);
	if (!l) {
		l = mem_alloc(sizeof *l);
		l->who = who;
		t->line = mem_resize(t->line, (size_t)t->line_count + 1, sizeof(struct ports_line *));
		t->line[t->line_count++] = l;
	}
	l->want = *want;
	return l;
}

void ports_table_forget(struct ports_table *t, const void *who)
{
	for (int i = 0; i < t->line_count; i++) {
		struct ports_line *l = t->line[i];
		if (l->who != who)
			continue;
		if (l->port)
			l->port->holder = NULL;
		t->line[i] = t->line[--t->line_count];
		free(l);
		return;
	}
}

void ports_table_done(struct ports_table *t)
{
	for (int i = 0; i < t->port_count; i++)
		free(t->port[i]);
	for (int i = 0; i < t->line_count; i++)
		free(t->line[i]);
	free(t->port);
	free(t->line);
	*t = (struct ports_table){0};
}

/* ------------------------------------------------------------------------------------------------ ports */

static bool same_stick(const struct ports_port *a, const struct ports_port *b)
{
	return a == b || (a->at.usb.stick[0] && !strcmp(a->at.usb.stick, b->at.usb.stick) &&
			  a->at.usb.number == b->at.usb.number);
}

static bool same_node(const struct ports_seen *a, const struct ports_seen *b)
{
	return !strcmp(a->node, b->node) && a->mark == b->mark && a->usb.number == b->usb.number &&
	       !strcmp(a->usb.stick, b->usb.stick);
}

static void drop(struct ports_table *t, int i)
{
	free(t->port[i]);
	t->port[i] = t->port[--t->port_count];
}

static struct ports_port *find(const struct ports_table *t, const struct ports_seen *seen)
{
	for (int i = 0; i < t->port_count; i++)
		if (!t->port[i]->gone && same_node(&t->port[i]->at, seen))
			return t->port[i];
	return NULL;
}

/* A port that comes later than its siblings knows what they know. */
static void ask_siblings(const struct ports_table *t, struct ports_port *p)
{
	for (int i = 0; i < t->port_count; i++) {
		const struct ports_port *o = t->port[i];
		if (o == p || o->gone || !same_stick(o, p) || !o->imei[0])
			continue;
		text_copy(p->imei, sizeof p->imei, o->imei);
		text_copy(p->iccid, sizeof p->iccid, o->iccid);
	}
}

void ports_table_update(struct ports_table *t, const struct ports_seen *seen, int count)
{
	for (int i = t->port_count - 1; i >= 0; i--) {
		struct ports_port *p = t->port[i];
		bool there = false;
		for (int k = 0; k < count && !there; k++)
			there = same_node(&p->at, &seen[k]);
		if (there && !p->gone)
			continue;
		p->gone = true;
		if (!p->holder)
			drop(t, i);
	}
	for (int k = 0; k < count; k++) {
		struct ports_port *p = find(t, &seen[k]);
		if (p) {
			p->at = seen[k];
			continue;
		}
		p = mem_alloc(sizeof *p);
		p->at = seen[k];
		p->fresh = true;
		ask_siblings(t, p);
		t->port = mem_resize(t->port, (size_t)t->port_count + 1, sizeof(struct ports_port *));
		t->port[t->port_count++] = p;
	}
}

bool ports_table_lost(const struct ports_line *l)
{
	return l->port && l->port->gone;
}

/* ------------------------------------------------------------------------------------------------ choosing */

static bool taken(const struct ports_table *t, const struct ports_line *l, const struct ports_port *p)
{
	for (int i = 0; i < t->port_count; i++)
		if (t->port[i]->holder && t->port[i]->holder != l->who && same_stick(t->port[i], p))
			return true;
	return false;
}

/* How good a line's claim to the modem behind a port is. */
enum claim { CLAIM_NONE, CLAIM_LEARNED, CLAIM_IMEI, CLAIM_SIM };

static enum claim claim_of(const struct ports_line *l, const struct ports_port *p)
{
	if (l->want.iccid[0] && p->iccid[0])
		return strcmp(l->want.iccid, p->iccid) == 0 ? CLAIM_SIM : CLAIM_NONE;
	if (!p->imei[0] || strcmp(l->want.imei, p->imei) != 0)
		return CLAIM_NONE;
	if (l->want.kind == PORTS_IMEI_DEVICE)
		return CLAIM_IMEI;
	/* a maker that gives all of his modems the same IMEI: one is enough for it */
	bool has_one = l->port && !same_stick(l->port, p) && !strcmp(l->port->imei, p->imei);
	return has_one ? CLAIM_NONE : CLAIM_LEARNED;
}

/* Another line has the better claim. */
static bool others(const struct ports_table *t, const struct ports_line *l, const struct ports_port *p)
{
	enum claim mine = claim_of(l, p);
	for (int i = 0; i < t->line_count; i++)
		if (t->line[i] != l && claim_of(t->line[i], p) > mine)
			return true;
	return false;
}

static bool is_path(const struct ports_line *l, const struct ports_port *p)
{
	return l->want.kind == PORTS_PATH_DEVICE && !strcmp(l->want.node, p->at.node);
}

/* The line's `device` speaks of it. */
static bool named(const struct ports_line *l, const struct ports_port *p)
{
	switch (l->want.kind) {
	case PORTS_PATH_DEVICE:
		return is_path(l, p);
	case PORTS_USB_DEVICE:
		return !strcmp(l->want.usb, p->at.usb.id);
	case PORTS_IMEI_DEVICE:
		return p->at.offered;
	}
	return false;
}

/* The path leads nowhere, or to what cannot be ours: then the modem is looked for elsewhere. */
static bool strayed(const struct ports_table *t, const struct ports_line *l)
{
	if (l->want.kind != PORTS_PATH_DEVICE || (!l->want.imei[0] && !l->want.iccid[0]))
		return false;
	for (int i = 0; i < t->port_count; i++) {
		const struct ports_port *p = t->port[i];
		if (p->gone || !is_path(l, p))
			continue;
		return others(t, l, p) ||
		       (l->want.iccid[0] && p->iccid[0] && strcmp(l->want.iccid, p->iccid) != 0);
	}
	return true;
}

static enum fit fit(const struct ports_table *t, const struct ports_line *l, const struct ports_port *p)
{
	const struct ports_want *w = &l->want;
	bool named_or_offered = named(l, p) || p->at.offered;
	bool same = p->imei[0] && !strcmp(w->imei, p->imei);
	if (!named_or_offered || others(t, l, p))
		return FIT_NOT;
	if (w->kind == PORTS_IMEI_DEVICE && p->imei[0] && !same)
		return FIT_NOT;
	if (w->iccid[0] && p->iccid[0])
		return strcmp(w->iccid, p->iccid) == 0 ? FIT_SURE : FIT_NOT;
	if (same && (!w->iccid[0] || named(l, p)))
		return FIT_SURE;
	if (named(l, p))
		return FIT_MAYBE;
	/* elsewhere only the modem itself will do, or the SIM */
	bool unknown = !p->imei[0] || (w->iccid[0] && !p->iccid[0]);
	return unknown && strayed(t, l) ? FIT_MAYBE : FIT_NOT;
}

static bool sure(const struct ports_line *l, const struct ports_port *p, enum fit f)
{
	return (f == FIT_SURE && p->answered) || is_path(l, p);
}

static int64_t not_before(const struct ports_port *p)
{
	return p->failed ? p->retry_ms : 0;
}

/* Negative: a before b. */
static int compare(const struct ports_line *l, const struct ports_port *a, enum fit fa,
		   const struct ports_port *b, enum fit fb)
{
	const int keys[][2] = {
	    {-(int)fa, -(int)fb},
	    {!a->answered && fa == FIT_SURE, !b->answered && fb == FIT_SURE},
	    {!is_path(l, a), !is_path(l, b)},
	    {a->failed, b->failed},
	    {a->at.rank, b->at.rank},
	    {strcmp(a->at.usb.stick, l->last_stick) != 0, strcmp(b->at.usb.stick, l->last_stick) != 0},
	};
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (keys[i][0] != keys[i][1])
			return keys[i][0] - keys[i][1];
	return strcmp(a->at.node, b->at.node);
}

static struct ports_port *best(const struct ports_table *t, const struct ports_line *l, int64_t now_ms,
			       enum fit *ret_fit)
{
	struct ports_port *chosen = NULL;
	for (int i = 0; i < t->port_count; i++) {
		struct ports_port *p = t->port[i];
		enum fit f = p->gone || taken(t, l, p) ? FIT_NOT : fit(t, l, p);
		if (f == FIT_NOT || not_before(p) > now_ms)
			continue;
		if (!chosen || compare(l, p, f, chosen, *ret_fit) < 0) {
			chosen = p;
			*ret_fit = f;
		}
	}
	return chosen;
}

struct ports_port *ports_table_claim(struct ports_table *t, struct ports_line *l, int64_t now_ms)
{
	enum fit f = FIT_NOT;
	if (l->port)
		return l->port;
	struct ports_port *p = best(t, l, now_ms, &f);
	if (!p)
		return NULL;
	p->holder = l->who;
	l->port = p;
	l->sure = sure(l, p, f);
	return p;
}

bool ports_table_has(const struct ports_table *t, const struct ports_line *l, int64_t now_ms)
{
	enum fit f = FIT_NOT;
	return l->port || best(t, l, now_ms, &f);
}

bool ports_table_has_fresh(const struct ports_table *t, const struct ports_line *l, int64_t now_ms)
{
	enum fit f = FIT_NOT;
	const struct ports_port *p = l->port ? NULL : best(t, l, now_ms, &f);
	return p && p->fresh;
}

void ports_table_settled(struct ports_table *t)
{
	for (int i = 0; i < t->port_count; i++)
		t->port[i]->fresh = false;
}

int64_t ports_table_retry_ms(const struct ports_table *t, const struct ports_line *l)
{
	int64_t next = INT64_MAX;
	for (int i = 0; i < t->port_count; i++) {
		const struct ports_port *p = t->port[i];
		enum fit f = p->gone || taken(t, l, p) ? FIT_NOT : fit(t, l, p);
		if (f != FIT_NOT && not_before(p) < next)
			next = not_before(p);
	}
	return next;
}

/* ------------------------------------------------------------------------------------------------ learning */

static void learn_stick(struct ports_table *t, const struct ports_port *from, const char *imei,
			const char *iccid)
{
	for (int i = 0; i < t->port_count; i++) {
		struct ports_port *p = t->port[i];
		if (p->gone || !same_stick(p, from))
			continue;
		/* another modem than was met here before: its SIM is another too */
		if (imei[0] && strcmp(p->imei, imei) != 0)
			p->iccid[0] = 0;
		if (imei[0])
			text_copy(p->imei, sizeof p->imei, imei);
		if (iccid[0])
			text_copy(p->iccid, sizeof p->iccid, iccid);
	}
}

bool ports_table_identified(struct ports_table *t, struct ports_line *l, const char *imei, const char *iccid,
			    bool *ret_learned)
{
	struct ports_port *p = l->port;
	*ret_learned = false;
	if (!p)
		return false;
	learn_stick(t, p, imei, iccid);
	p->answered = true;
	p->failed = 0;
	enum fit f = fit(t, l, p);
	/* a modem that does not say who it is cannot be the one that is looked for */
	bool mine = f == FIT_SURE || (f == FIT_MAYBE && named(l, p) && l->want.kind != PORTS_IMEI_DEVICE) ||
		    (f == FIT_MAYBE && l->want.iccid[0] && !p->iccid[0] && imei[0]);
	bool known_sim = !l->want.iccid[0] || p->iccid[0];
	if (!mine) {
		if (l->want.iccid[0] && p->iccid[0] && strcmp(l->want.iccid, p->iccid) != 0)
			l->other_sim = true;
		l->refused = true;
		return false;
	}
	l->refused = false;
	l->sure = true;
	text_copy(l->last_stick, sizeof l->last_stick, p->at.usb.stick);
	text_copy(l->last_usb, sizeof l->last_usb, p->at.usb.id);
	if (!known_sim)
		return true;
	l->other_sim = false;
	if (l->want.kind != PORTS_IMEI_DEVICE && imei[0] && strcmp(l->want.imei, imei) != 0) {
		text_copy(l->want.imei, sizeof l->want.imei, imei);
		*ret_learned = true;
	}
	return true;
}

static int64_t pause_ms(int failed, int64_t first_ms, int64_t most_ms)
{
	int64_t ms = first_ms;
	for (int i = 1; i < failed && ms < most_ms; i++)
		ms *= 2;
	return ms < most_ms ? ms : most_ms;
}

void ports_table_release(struct ports_table *t, struct ports_line *l, enum ports_why why, int64_t now_ms)
{
	struct ports_port *p = l->port;
	if (!p)
		return;
	l->port = NULL;
	p->holder = NULL;
	if (p->gone) {
		for (int i = t->port_count - 1; i >= 0; i--)
			if (t->port[i] == p)
				drop(t, i);
		return;
	}
	/* a modem that did not say who it is would be asked again and again */
	if (why == PORTS_CLOSED && l->refused && fit(t, l, p) != FIT_NOT)
		why = PORTS_SILENT;
	else if (l->sure && (why == PORTS_SILENT || why == PORTS_BUSY))
		why = PORTS_CLOSED; /* ours: the session waits and climbs */
	switch (why) {
	case PORTS_CLOSED:
		break;
	case PORTS_SILENT:
		p->failed++;
		p->retry_ms = now_ms + pause_ms(p->failed, RETRY_FIRST_MS, RETRY_MAX_MS);
		break;
	case PORTS_BUSY:
		p->failed++;
		p->retry_ms = now_ms + pause_ms(p->failed, RETRY_FIRST_MS, BUSY_MAX_MS);
		break;
	case PORTS_GONE:
		p->imei[0] = p->iccid[0] = 0;
		p->answered = false;
		p->failed++;
		p->retry_ms = now_ms + pause_ms(p->failed, GONE_FIRST_MS, BUSY_MAX_MS);
		break;
	}
	l->sure = l->refused = false;
}
