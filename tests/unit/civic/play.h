/* A site in a temporary folder for conversations: play(number, text) stores a text as the receiver does, lets
 * the participation take it and returns what was answered. Time is `site.now` and moves only when a test moves
 * it. */
#pragma once

#include "base/mem.h"
#include "base/paths.h"
#include "base/text.h"
#include "daemon/participation.h"
#include "store/inbox.h"
#include "store/internal.h"
#include "store/matter.h"
#include "store/meeting.h"
#include "store/person.h"
#include "store/phone.h"
#include "store/grid.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct site {
	struct store *store;
	struct rules *rules;
	struct replies *replies;
	struct config config;
	struct participation p;
	struct routes *routes;
	char folder[64], path[96], answer[4096];
	int64_t now;
};

static inline int64_t at(const char *rfc3339)
{
	int64_t t = 0;
	assert_int_equal(rfc3339_parse(rfc3339, &t), 0);
	return t;
}

/* Once a program: rules and replies never change. Says on standard error what is wrong with them. */
static inline bool play_load(struct rules **ret_rules, struct replies **ret_replies)
{
	char data[4096], line[512];
	struct err e = {0};
	if (paths_data(data, sizeof data) < 0 && !getcwd(data, sizeof data))
		return false;
	if (rules_load(data, NULL, ret_rules, &e) >= 0 && replies_load(data, ret_replies, &e) >= 0)
		return true;
	fprintf(stderr, "%s\n", err_line(&e, line, sizeof line));
	return false;
}

static inline void site_open(struct site *s, const struct rules *rules, const struct replies *replies)
{
	struct err e = {0};
	struct store *store;
	*s = (struct site){0};
	strcpy(s->folder, "/tmp/yishi-play-XXXXXX");
	assert_non_null(mkdtemp(s->folder));
	snprintf(s->path, sizeof s->path, "%s/y.db", s->folder);
	if (store_open(s->path, STORE_DAEMON, &store, &e) < 0)
		fail_msg("%s", e.text);
	s->store = store;
	assert_int_equal(clock_set_zone("Asia/Shanghai"), 0);
	s->config = (struct config){.name = (char *)"矿山社区",
				    .signature = (char *)"矿山社区",
				    .number = (char *)"+8613800000000",
				    .language = LANG_ZH,
				    .answer_budget = 0,
				    .invite_before_ms = 3 * 86400000LL,
				    .remind_before_ms = 86400000LL,
				    .last_call_before_ms = 2 * 3600000LL};
	assert_int_equal(day_window_parse("20:30-08:00", &s->config.quiet_hours), 0);
	assert_int_equal(day_window_parse("mon-fri 08:30-17:30", &s->config.working_hours), 0);
	/* nobody is given anything here by itself: the cases stay received */
	assert_int_equal(
	    routes_parse("* | * | secretary | 40 80 120 | deliberate\n"
			 "gas | * | secretary | 4 4 4 |\ndispute | * | secretary | 40 80 120 |\n"
			 "elderly | * | secretary | 8 8 8 |\nother | * | secretary | 40 80 120 |\n",
			 "play", &s->routes, &e),
	    0);
	s->p = (struct participation){
	    .store = s->store, .rules = rules, .replies = replies, .routes = s->routes, .config = &s->config};
	s->now = at("2026-11-16T10:00:00+08:00"); /* a Monday */
}

static inline void site_close(struct site *s)
{
	char name[128];
	store_close(s->store);
	routes_free(s->routes);
	snprintf(name, sizeof name, "%s/y.private.db", s->folder);
	unlink(name);
	static const char *const ends[] = {"", "-wal", "-shm"};
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		snprintf(name, sizeof name, "%s%s", s->path, ends[i]);
		unlink(name);
	}
	rmdir(s->folder);
}

/* Numbers straight from the database; −1 when there is no row. */
#define value(s, sql, ...) value_of(s, sql, __VA_ARGS__)
static inline int64_t value_of(struct site *s, const char *sql, const char *types, ...)
{
	cleanup_query struct query q = {0};
	va_list ap;
	va_start(ap, types);
	int r = query_vopen(s->store, &q, sql, types, ap);
	va_end(ap);
	if (r < 0)
		fail_msg("%s: %s", sql, store_error(s->store));
	return query_next(&q) == 1 ? query_int(&q, 0) : -1;
}
#define count(s, sql) value_of(s, "SELECT count(*) FROM " sql, "")

static inline const char *state_of(struct site *s, int number)
{
	cleanup_query struct query q = {0};
	assert_true(query_open(s->store, &q, "SELECT state FROM matter WHERE number = ?", "i", number) >= 0);
	if (query_next(&q) != 1)
		return "none";
	text_copy(s->answer, sizeof s->answer, query_text(&q, 0));
	return s->answer;
}

static inline int64_t store_text(struct site *s, const char *number, const char *text, bool machine)
{
	struct inbox_message m = {.number = number,
				  .kind = INBOX_TEXT,
				  .text = text,
				  .class = -1,
				  .port = -1,
				  .parts = 1,
				  .modem = "front",
				  .received_utc = s->now,
				  .machine = machine};
	int64_t id = 0;
	assert_int_equal(inbox_add_message(s->store, &m, &id), 0);
	return id;
}

/* Everything queued for `number` since the text `after` (0: ever), joined by " | ". */
static inline const char *queued(struct site *s, const char *number, int64_t after)
{
	cleanup_query struct query q = {0};
	size_t used = 0;
	s->answer[0] = 0;
	assert_true(query_open(s->store, &q,
			       "SELECT text FROM message_out WHERE number = ? AND id > ? ORDER BY id", "tI",
			       number, after) >= 0);
	while (query_next(&q) == 1) {
		snprintf(s->answer + used, sizeof s->answer - used, "%s%s", used ? " | " : "",
			 query_text(&q, 0));
		used = strlen(s->answer);
	}
	return s->answer;
}

static inline int64_t last_out(struct site *s)
{
	int64_t id = 0;
	assert_true(store_get(s->store, &id, "SELECT coalesce(max(id), 0) FROM message_out", "") >= 0);
	return id;
}

static inline const char *play(struct site *s, const char *number, const char *text)
{
	int64_t before = last_out(s), id = store_text(s, number, text, false);
	assert_int_equal(participation_take(&s->p, id, s->now), 0);
	return queued(s, number, before);
}

static inline const char *ring(struct site *s, const char *number)
{
	int64_t before = last_out(s);
	assert_int_equal(participation_ring(&s->p, number, "front", s->now), 0);
	return queued(s, number, before);
}

/* Ticks until nothing is due at `now`. */
static inline int64_t tick(struct site *s)
{
	int64_t next = s->now;
	for (int i = 0; i < 1000 && next <= s->now; i++)
		assert_int_equal(participation_tick(&s->p, s->now, &next, NULL), 0);
	assert_true(next > s->now);
	return next;
}

/* Lives on to `until`, waking whenever the calendar asks for it. */
static inline void live(struct site *s, int64_t until)
{
	for (int64_t next; (next = tick(s)) < until;)
		s->now = next;
	s->now = until;
	tick(s);
}

static inline void grid(struct site *s, const char *code, const char *parent)
{
	assert_int_equal(grid_put(s->store, code, code, parent), 0);
}

static inline int64_t person(struct site *s, const char *number, const char *name, const char *grid_code,
			     const char *building, unsigned roles)
{
	struct person_change ch = {.name = name,
				   .grid = grid_code,
				   .building = building,
				   .set_roles = true,
				   .roles = roles,
				   .consent_source = "test",
				   .confirmed = 1,
				   .numbers = {number},
				   .number_count = 1};
	int64_t id = 0;
	assert_int_equal(person_add(s->store, &ch, s->now, &id), 0);
	return id;
}

static inline int64_t weekly(struct site *s, const char *grid_code, const char *exdates)
{
	struct err e = {0};
	int64_t id = 0;
	struct series_new n = {.grid = grid_code,
			       .place = "3号议事点",
			       .rrule = "FREQ=WEEKLY;BYDAY=FR",
			       .start_local = "2026-11-20T15:00:00",
			       .exdates = exdates};
	if (series_add(s->store, &n, s->now, &id, &e) < 0)
		fail_msg("%s", e.text);
	return id;
}

#define assert_has(haystack, needle)                                                                           \
	do {                                                                                                   \
		const char *h_ = (haystack);                                                                   \
		if (!strstr(h_, needle))                                                                       \
			fail_msg("\"%s\" has no \"%s\"", h_, needle);                                          \
	} while (0)
