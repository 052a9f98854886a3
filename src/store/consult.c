#include "store/consult.h"

#include "base/mem.h"
#include "base/text.h"
#include "store/event.h"
#include "store/internal.h"
#include "store/person.h"
#include "store/phone.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#define EXPERTS_MAX 64

static int note_change(struct store *s, int number, const char *what, int64_t expert, int64_t now)
{
	return event_add(
	    s, EVENT_CONSULT_CHANGED, "daemon",
	    json_pack("{s:i, s:s, s:I}", "case", number, "what", what, "expert", (json_int_t)expert), now);
}

static enum consult_topic topic_of(const char *name)
{
	int t = consult_topic_find(name);
	return t < 0 ? CONSULT_LAW : (enum consult_topic)t;
}

#define COLUMNS                                                                                                \
	"SELECT matter, topic, number, coalesce(person, 0), coalesce(expert, 0), opened_utc, "                 \
	"coalesce(due_utc, 0),"                                                                                \
	" coalesce(answered_utc, 0), coalesce(closed_utc, 0) FROM consult "

static int first(struct query *q, int r, struct consult *ret)
{
	if (r < 0 || (r = query_next(q)) < 0)
		return r;
	if (r == 0)
		return -ENOENT;
	*ret = (struct consult){.number = (int)query_int(q, 0),
				.topic = topic_of(query_text(q, 1)),
				.person = query_int(q, 3),
				.expert = query_int(q, 4),
				.opened_utc = query_int(q, 5),
				.due_utc = query_int(q, 6),
				.answered_utc = query_int(q, 7),
				.closed_utc = query_int(q, 8)};
	text_copy(ret->from, sizeof ret->from, query_text(q, 2));
	return 0;
}

int consult_get(struct store *s, int number, struct consult *ret)
{
	cleanup_query struct query q = {0};
	return first(&q, query_open(s, &q, COLUMNS "WHERE matter = ?", "i", number), ret);
}

int consult_open_of(struct store *s, const char *phone, int topic, bool answered, struct consult *ret)
{
	cleanup_query struct query q = {0};
	return first(
	    &q,
	    query_open(s, &q,
		       COLUMNS "WHERE number = ?1 AND closed_utc IS NULL AND (?2 IS NULL OR topic = ?2)"
			       " AND (NOT ?3 OR answered_utc IS NOT NULL) ORDER BY matter DESC LIMIT 1",
		       "tTb", phone, topic < 0 ? "" : consult_topic_name((enum consult_topic)topic), answered),
	    ret);
}

int consult_of_expert(struct store *s, int64_t person, enum consult_topic topic, struct consult *ret)
{
	cleanup_query struct query q = {0};
	int r = first(
	    &q,
	    query_open(s, &q,
		       COLUMNS
		       "WHERE expert = ? AND closed_utc IS NULL AND topic = ? ORDER BY matter DESC LIMIT 2",
		       "It", person, consult_topic_name(topic)),
	    ret);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	return (r = query_next(&q)) < 0 ? r : r + 1;
}

int consult_add(struct store *s, int number, enum consult_topic topic, const char *phone, int64_t person,
		int64_t now)
{
	int r =
	    store_run(s, "INSERT INTO consult (matter, topic, number, person, opened_utc) VALUES (?,?,?,?,?)",
		      "ittPI", number, consult_topic_name(topic), phone, person, now);
	return r < 0 ? r : note_change(s, number, "asked", 0, now);
}

int consult_say(struct store *s, int number, enum consult_side side, const char *actor, const char *text,
		int64_t now)
{
	return store_run(s, "INSERT INTO consult_line (matter, utc, side, actor, text) VALUES (?,?,?,?,?)",
			 "iIttt", number, now, side == CONSULT_ASK ? "ask" : "answer", actor, text);
}

int consult_last_line(struct store *s, int number, int64_t *ret)
{
	return store_get(s, ret, "SELECT coalesce(max(id), 0) FROM consult_line WHERE matter = ?", "i", number);
}

int consult_unsay(struct store *s, int number, int64_t line)
{
	int r = store_run(s, "DELETE FROM consult_line WHERE id = ? AND matter = ?", "Ii", line, number);
	return r < 0 ? r : store_changes(s) > 0;
}

int consult_count(struct store *s, int number, enum consult_side side, int64_t since_utc, int *ret)
{
	int64_t n;
	int r = store_get(s, &n, "SELECT count(*) FROM consult_line WHERE matter = ? AND side = ? AND utc >= ?",
			  "itI", number, side == CONSULT_ASK ? "ask" : "answer", since_utc);
	if (r >= 0)
		*ret = (int)n;
	return r;
}

int consult_words(struct store *s, int number, struct buf *out)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, "SELECT text FROM consult_line WHERE matter = ? AND side = 'ask' ORDER BY id",
			   "i", number);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		if (out->len)
			buf_adds(out, "；");
		buf_adds(out, query_text(&q, 0));
	}
	return r < 0 ? r : 0;
}

/* ------------------------------------------------------------------------------------------- experts */

int consult_was_asked(struct store *s, int number, int64_t person)
{
	int64_t n;
	int r = store_get(s, &n, "SELECT count(*) FROM consult_expert WHERE matter = ? AND person = ?", "iI",
			  number, person);
	return r < 0 ? r : n > 0;
}

static int topics_of(struct store *s, const struct person *p, unsigned *ret)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, "SELECT expertise FROM person WHERE id = ?", "I", p->id);
	if (r < 0 || (r = query_next(&q)) < 0)
		return r;
	unsigned bits = consult_topics(query_text(&q, 0));
	*ret = bits ? bits : consult_topics(p->name);
	return 0;
}

static int can_be_asked(struct store *s, const struct person *p, const char *except, int number)
{
	struct phone ph;
	int r = phone_get(s, p->number, &ph);
	if (r < 0 || ph.muted || ph.opted_out == OPT_ALL || !strcmp(p->number, except))
		return r < 0 ? r : 0;
	r = number ? consult_was_asked(s, number, p->id) : 0;
	return r < 0 ? r : !r;
}

int consult_experts(struct store *s, enum consult_topic topic, const char *grid, const char *except, int number,
		    int64_t *ret_person)
{
	cleanup_free struct person *list = mem_array(EXPERTS_MAX, sizeof *list);
	int count = 0, group = 0, r = 0, n = persons_with_role(s, ROLE(EXPERT), grid, list, EXPERTS_MAX);
	struct {
		int general, group;
		int64_t open;
	} best = {INT_MAX, 0, 0};
	*ret_person = 0;
	for (int i = 0; i < n; i++) {
		unsigned topics = 0;
		int64_t open = 0;
		group += i > 0 && strcmp(list[i].grid, list[i - 1].grid) != 0;
		if ((r = topics_of(s, &list[i], &topics)) < 0)
			return r;
		if (topics && !(topics >> topic & 1))
			continue;
		if ((r = can_be_asked(s, &list[i], except, number)) < 0)
			return r;
		if (r == 0)
			continue;
		if ((r = store_get(s, &open,
				   "SELECT count(*) FROM consult WHERE expert = ? AND closed_utc IS NULL", "I",
				   list[i].id)) < 0)
			return r;
		count++;
		bool better = best.general != !topics ? topics != 0
			      : best.group != group   ? group < best.group
						      : open < best.open;
		if (!better)
			continue;
		best.general = !topics;
		best.group = group;
		best.open = open;
		*ret_person = list[i].id;
	}
	return n < 0 ? n : count;
}

int consult_lay_with(struct store *s, int number, int64_t person, int64_t now)
{
	int r = store_run(s, "UPDATE consult SET expert = ?, due_utc = NULL WHERE matter = ?", "Pi", person,
			  number);
	if (r >= 0 && person)
		r = store_run(s,
			      "INSERT INTO consult_expert (matter, person, utc) VALUES (?,?,?)"
			      " ON CONFLICT DO UPDATE SET told_utc = NULL",
			      "iII", number, person, now);
	return r < 0 ? r : note_change(s, number, person ? "passed on" : "at the desk", person, now);
}

int consult_answered(struct store *s, int number, int64_t now)
{
	int r = store_run(s, "UPDATE consult SET answered_utc = ?, due_utc = NULL WHERE matter = ?", "Ii", now,
			  number);
	return r < 0 ? r : note_change(s, number, "answered", 0, now);
}

int consult_close(struct store *s, int number, int64_t now)
{
	int r = store_run(
	    s, "UPDATE consult SET closed_utc = ?, due_utc = NULL WHERE matter = ? AND closed_utc IS NULL",
	    "Ii", now, number);
	return r < 0 || !store_changes(s) ? r : note_change(s, number, "closed", 0, now);
}

/* --------------------------------------------------------------------------------- what is to be passed on */

int consult_untold(struct store *s, struct consult_untold *ret, int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r =
	    query_open(s, &q,
		       "SELECT e.matter, e.person FROM consult_expert e JOIN consult c ON c.matter = e.matter"
		       " WHERE e.told_utc IS NULL AND c.closed_utc IS NULL AND c.expert = e.person LIMIT ?",
		       "i", max);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		ret[n++] = (struct consult_untold){(int)query_int(&q, 0), query_int(&q, 1)};
	return r < 0 ? r : n;
}

int consult_expert_told(struct store *s, int number, int64_t person, int64_t due_utc, int64_t now)
{
	int r = store_run(s, "UPDATE consult_expert SET told_utc = ? WHERE matter = ? AND person = ?", "IiI",
			  now, number, person);
	if (r >= 0)
		r = store_run(s, "UPDATE consult SET due_utc = ? WHERE matter = ? AND expert = ?", "IiI",
			      due_utc, number, person);
	return r < 0 ? r
		     : store_run(s,
				 "UPDATE consult_line SET told_utc = ? WHERE matter = ? AND side = 'ask' AND "
				 "told_utc IS NULL",
				 "Ii", now, number);
}

int consult_lines_untold(struct store *s, struct consult_line *ret, int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(
	    s, &q, "SELECT id, matter, side, text FROM consult_line WHERE told_utc IS NULL ORDER BY id LIMIT ?",
	    "i", max);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		ret[n++] = (struct consult_line){.id = query_int(&q, 0),
						 .number = (int)query_int(&q, 1),
						 .side = !strcmp(query_text(&q, 2), "ask") ? CONSULT_ASK
											   : CONSULT_ANSWER,
						 .text = mem_dup(query_text(&q, 3))};
	return r < 0 ? r : n;
}

int consult_line_told(struct store *s, int64_t id, int64_t now)
{
	return store_run(s, "UPDATE consult_line SET told_utc = ? WHERE id = ?", "II", now, id);
}

int consult_idle(struct store *s, int64_t before_utc, int *ret, int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(s, &q,
			   "SELECT matter FROM consult WHERE closed_utc IS NULL AND due_utc IS NULL AND "
			   "answered_utc < ? LIMIT ?",
			   "Ii", before_utc, max);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		ret[n++] = (int)query_int(&q, 0);
	return r < 0 ? r : n;
}

int consult_overdue(struct store *s, int64_t now, int *ret, int max, int64_t *ret_next)
{
	cleanup_query struct query q = {0};
	int64_t next = 0;
	int n = 0;
	int r = query_open(
	    s, &q,
	    "SELECT matter FROM consult WHERE closed_utc IS NULL AND due_utc <= ? ORDER BY due_utc LIMIT ?",
	    "Ii", now, max);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		ret[n++] = (int)query_int(&q, 0);
	query_close(&q);
	if (r >= 0)
		r = store_get(
		    s, &next,
		    "SELECT coalesce(min(due_utc), 0) FROM consult WHERE closed_utc IS NULL AND due_utc > ?",
		    "I", now);
	*ret_next = n == max ? now : next ? next : INT64_MAX;
	return r < 0 ? r : n;
}

/* ----------------------------------------------------------------------------------------- for the secretary */

int consult_list(struct store *s, int number, bool all, int64_t since_utc, long limit,
		 int (*row)(void *ctx, const struct consult_row *c), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT * FROM (SELECT c.matter, c.topic, CASE WHEN c.closed_utc IS NOT NULL THEN 'closed' WHEN "
	    "c.answered_utc IS"
	    " NOT NULL THEN 'answered' ELSE 'open' END, c.number, coalesce(p.name, ''), coalesce(m.grid, ''),"
	    " coalesce(e.name, ''), coalesce((SELECT text FROM consult_line l WHERE l.matter = c.matter ORDER "
	    "BY id DESC"
	    " LIMIT 1), ''), coalesce(c.person, 0), coalesce(c.expert, 0), c.opened_utc, coalesce(c.due_utc, "
	    "0),"
	    " coalesce(c.answered_utc, 0), coalesce(c.closed_utc, 0),"
	    " (SELECT count(*) FROM consult_line l WHERE l.matter = c.matter)"
	    " FROM consult c JOIN matter m ON m.number = c.matter LEFT JOIN person p ON p.id = c.person"
	    " LEFT JOIN person e ON e.id = c.expert WHERE (?1 = 0 OR c.matter = ?1) AND (?2 OR c.closed_utc IS "
	    "NULL)"
	    " AND c.opened_utc >= ?3 ORDER BY c.matter DESC LIMIT ?4) ORDER BY 1",
	    "ibII", number, all, since_utc, limit == LONG_MAX ? (int64_t)-1 : (int64_t)limit);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct consult_row c = {.number = (int)query_int(&q, 0),
					.topic = query_text(&q, 1),
					.state = query_text(&q, 2),
					.from = query_text(&q, 3),
					.name = query_text(&q, 4),
					.grid = query_text(&q, 5),
					.expert_name = query_text(&q, 6),
					.text = query_text(&q, 7),
					.person = query_int(&q, 8),
					.expert = query_int(&q, 9),
					.opened_utc = query_int(&q, 10),
					.due_utc = query_int(&q, 11),
					.answered_utc = query_int(&q, 12),
					.closed_utc = query_int(&q, 13),
					.lines = (int)query_int(&q, 14)};
		int stop = row(ctx, &c);
		if (stop)
			return stop;
	}
	return r;
}

int consult_said(struct store *s, int number, int (*row)(void *ctx, const struct consult_said *l), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q,
			   "SELECT utc, coalesce(told_utc, 0), side, actor, text FROM consult_line WHERE "
			   "matter = ? ORDER BY id",
			   "i", number);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct consult_said l = {query_int(&q, 0), query_int(&q, 1), query_text(&q, 2),
					 query_text(&q, 3), query_text(&q, 4)};
		int stop = row(ctx, &l);
		if (stop)
			return stop;
	}
	return r;
}
