/* The second person's yes to a large broadcast: the decision, and the life of a code. */
#include "play.h"

#include "civic/decide.h"
#include "store/approval.h"
#include "store/message.h"

static struct rules *rules;
static struct replies *replies;

#define LI    "+8613900000001" /* resident */
#define BOSS  "+8613900000022" /* secretaries */
#define BOSS2 "+8613900000024"

static const struct actor desk = {"shell:1000", CHANNEL_SHELL, 0};

/* ------------------------------------------------------------------------------------------------ pure */

static const char *decided(const struct approval_fact *a, unsigned roles, const char *code,
			   enum effect_kind *ret)
{
	struct facts *f = mem_alloc(sizeof *f);
	struct decision *d = mem_alloc(sizeof *d);
	struct intent in = {.kind = INTENT_CODE, .has = ARG_CODE};
	f->now = 1000;
	f->sender.roles = roles;
	f->approval = *a;
	f->next_number = 7;
	text_copy(in.code, sizeof in.code, code);
	text_copy(in.text, sizeof in.text, code);
	decide(f, &in, d);
	const char *key = d->key;
	*ret = d->effect_count ? d->effects[0].kind : EFFECT_ANSWERED; /* ANSWERED stands for none */
	for (int i = 0; i < d->effect_count; i++)
		assert_true(d->effects[i].kind != EFFECT_APPROVE || (a->right && a->state == APPROVAL_OPEN));
	free(f);
	free(d);
	return key;
}

static void the_decision(void **state)
{
	(void)state;
	static const struct {
		struct approval_fact a;
		unsigned roles;
		const char *code, *key;
		enum effect_kind effect;
	} rows[] = {
	    {{3, APPROVAL_OPEN, true, 0, 60, 0}, ROLE(SECRETARY), "482716", "approval.done", EFFECT_APPROVE},
	    {{3, APPROVAL_OPEN, true, 2, 60, 0}, ROLE(SECRETARY), "482716", "approval.done", EFFECT_APPROVE},
	    {{3, APPROVAL_OPEN, false, 0, 60, 0}, ROLE(SECRETARY), "482716", "approval.wrong", EFFECT_MISCODE},
	    {{3, APPROVAL_OPEN, false, 2, 60, 0}, ROLE(SECRETARY), "482716", "approval.void", EFFECT_MISCODE},
	    {{3, APPROVAL_EXPIRED, true, 0, 60, 0}, ROLE(SECRETARY), "482716", NULL, EFFECT_RECODE},
	    {{3, APPROVAL_VOID, true, 3, 60, 0}, ROLE(SECRETARY), "482716", "approval.void", EFFECT_ANSWERED},
	    {{3, APPROVAL_TOO_LATE, true, 0, 60, 0},
	     ROLE(SECRETARY),
	     "482716",
	     "approval.late",
	     EFFECT_ANSWERED},
	    {{3, APPROVAL_GIVEN, true, 0, 60, 0}, ROLE(SECRETARY), "482716", "approval.given", EFFECT_ANSWERED},
	    {{3, APPROVAL_CANCELLED, true, 0, 60, 0},
	     ROLE(SECRETARY),
	     "482716",
	     "approval.cancelled",
	     EFFECT_ANSWERED},
	    /* not theirs to say, nothing asked, no code at all: words like any other */
	    {{3, APPROVAL_OPEN, true, 0, 60, 0}, ROLE(GRID_WORKER), "482716", "unknown", EFFECT_OPEN},
	    {{3, APPROVAL_OPEN, true, 0, 60, 0}, 0, "482716", "unknown", EFFECT_OPEN},
	    {{0}, ROLE(SECRETARY), "482716", "unknown", EFFECT_OPEN},
	    {{3, APPROVAL_OPEN, false, 0, 60, 0}, ROLE(SECRETARY), "4827", "unknown", EFFECT_OPEN},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		enum effect_kind effect;
		const char *key = decided(&rows[i].a, rows[i].roles, rows[i].code, &effect);
		if (!key != !rows[i].key || (key && strcmp(key, rows[i].key) != 0) || effect != rows[i].effect)
			fail_msg("row %zu: %s, effect %d", i, key ? key : "no reply", (int)effect);
	}
}

/* ------------------------------------------------------------------------------------------------ played */

static int setup(void **state)
{
	struct site *s = mem_alloc(sizeof *s);
	site_open(s, rules, replies);
	grid(s, "KS", "");
	person(s, LI, "李大爷", "KS", "3", ROLE(RESIDENT));
	person(s, BOSS, "赵书记", "KS", "", ROLE(SECRETARY));
	person(s, BOSS2, "钱秘书", "KS", "", ROLE(SECRETARY));
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	site_close(*state);
	free(*state);
	return 0;
}

static int64_t broadcast(struct site *s, int64_t not_after, bool urgent)
{
	struct broadcast_audience who;
	struct err e = {0};
	int64_t id = 0;
	assert_int_equal(store_begin(s->store), 0);
	assert_int_equal(broadcast_audience_begin(s->store, "all", &e), 0);
	assert_int_equal(broadcast_audience_end(s->store, &who), 0);
	struct broadcast_new n = {.audience = "all",
				  .text = "明天上午九点到下午五点全小区停水，请提前蓄水，给您带来不便敬请谅解",
				  .ucs2 = true,
				  .segments = 1,
				  .recipients = who.recipients,
				  .at_utc = s->now,
				  .not_after_utc = not_after,
				  .override_quiet = urgent,
				  .waiting = true,
				  .by = desk.id};
	assert_int_equal(broadcast_add(s->store, &n, s->now, &id), 0);
	assert_int_equal(store_commit(s->store), 0);
	return id;
}

/* The code that this phone was texted last. */
static const char *code_of(struct site *s, int64_t id, const char *number, char ret[16])
{
	cleanup_query struct query q = {0};
	assert_true(query_open(s->store, &q, "SELECT code FROM approval WHERE broadcast = ? AND number = ?",
			       "It", id, number) >= 0);
	assert_int_equal(query_next(&q), 1);
	text_copy(ret, 16, query_text(&q, 0));
	assert_int_equal(strlen(ret), APPROVAL_DIGITS);
	return ret;
}

static const char *other_code(const char *code, int by, char ret[16])
{
	snprintf(ret, 16, "%06d", (atoi(code) + by) % 1000000);
	return ret;
}

static void wait_for(struct site *s, int64_t id, const char *want)
{
	if (value(s, "SELECT state = ? FROM broadcast WHERE id = ?", "tI", want, id) != 1)
		fail_msg("the broadcast is not %s", want);
}

static int seen(void *ctx, const struct message *m)
{
	if (m->text && strstr(m->text, ctx))
		fail_msg("a list shows the code: %s", m->text);
	return 0;
}

static void the_second_person_approves(void **state)
{
	struct site *s = *state;
	char code[16], other[16], words[64];
	int64_t id = broadcast(s, 0, false);
	assert_int_equal(count(s, "approval"), 0);
	tick(s);
	assert_int_equal(count(s, "approval"), 2);
	code_of(s, id, BOSS, code);
	code_of(s, id, BOSS2, other);
	const char *ask = queued(s, BOSS, 0);
	assert_has(ask, code);
	assert_has(ask, "3人");
	assert_has(ask, "停水");
	assert_int_equal(value(s, "SELECT segments FROM message_out WHERE secret = ?", "t", code), 1);
	assert_int_equal(count(s, "message_out WHERE number = '" LI "' AND broadcast IS NULL"), 0);
	struct message_filter all = {.since_utc = INT64_MIN, .limit = 1000};
	assert_int_equal(message_list(s->store, &all, seen, code), 0);
	assert_int_equal(value(s, "SELECT count(*) FROM event WHERE instr(body, ?)", "t", code), 0);
	assert_int_equal(value(s, "SELECT count(*) FROM journal WHERE instr(note, ?)", "t", code), 0);
	tick(s); /* asked once */
	assert_int_equal(count(s, "message_out WHERE secret IS NOT NULL"), 2);

	/* a resident, and the colleague's code from another phone */
	assert_has(play(s, LI, code), "转给社区书记");
	assert_has(play(s, BOSS, other), "验证码不对");
	wait_for(s, id, "waiting");
	snprintf(words, sizeof words, "不同意%s", code);
	assert_has(play(s, BOSS, words), "第");
	wait_for(s, id, "waiting");
	snprintf(words, sizeof words, "同意 %.3s %s", code, code + 3);
	const char *a = play(s, BOSS, words);
	assert_has(a, "第1号群发已批准");
	assert_has(a, "3人");
	wait_for(s, id, "queued");
	assert_int_equal(count(s, "event WHERE kind = 'broadcast.queued' AND actor LIKE 'person:%'"), 1);
	assert_int_equal(
	    count(s, "journal WHERE entry = 'broadcast approved' AND channel = 'text' AND message > 0"), 1);
	/* the second one finds it done; nothing is queued twice */
	assert_has(play(s, BOSS2, other), "已经批准过");
	assert_has(play(s, BOSS, code), "已经批准过");
	assert_int_equal(count(s, "event WHERE kind = 'broadcast.queued'"), 1);
	assert_has(play(s, BOSS, "撤销"), "停下");
	wait_for(s, id, "paused");
}

static void three_wrong_codes_void_it(void **state)
{
	struct site *s = *state;
	char code[16], wrong[16];
	int64_t id = broadcast(s, 0, false);
	tick(s);
	code_of(s, id, BOSS, code);
	assert_has(play(s, BOSS, other_code(code, 1, wrong)), "还可以试2次");
	assert_has(play(s, BOSS, other_code(code, 2, wrong)), "还可以试1次");
	assert_int_equal(count(s, "chore WHERE kind = 'approval'"), 0);
	assert_has(play(s, BOSS, other_code(code, 3, wrong)), "作废");
	assert_int_equal(count(s, "chore WHERE kind = 'approval' AND note = 'broadcast 1'"), 1);
	assert_has(play(s, BOSS, code), "作废");
	wait_for(s, id, "waiting");
	/* the colleague's is another one */
	char other[16];
	assert_int_equal(value(s, "SELECT wrong FROM approval WHERE number = ?", "t", BOSS2), 0);
	/* fresh codes by the desk */
	code_of(s, id, BOSS2, other);
	assert_int_equal(approval_ask_again(s->store, id, &desk, s->now), 0);
	tick(s);
	assert_int_equal(count(s, "approval WHERE wrong = 0"), 2);
	/* the texts with the old codes had not left: they never do */
	assert_int_equal(count(s, "message_out WHERE secret IS NOT NULL AND state = 'cancelled'"), 2);
	play(s, BOSS, code);
	play(s, BOSS2, other);
	wait_for(s, id, "waiting");
	assert_has(play(s, BOSS2, code_of(s, id, BOSS2, other)), "已批准");
	wait_for(s, id, "queued");
	assert_int_equal(approval_ask_again(s->store, id, &desk, s->now), -EPERM);
}

static void a_late_code_brings_a_fresh_one(void **state)
{
	struct site *s = *state;
	char code[16], fresh[16];
	int64_t id = broadcast(s, 0, false);
	tick(s);
	code_of(s, id, BOSS, code);
	s->now += APPROVAL_CODE_S;
	tick(s);
	const char *a = play(s, BOSS, code);
	wait_for(s, id, "waiting");
	code_of(s, id, BOSS, fresh);
	assert_has(a, fresh);
	assert_string_not_equal(code, fresh);
	assert_has(play(s, BOSS, fresh), "已批准");
	wait_for(s, id, "queued");
	/* a day later it is a number like any other */
	s->now += APPROVAL_KEPT_S + 1;
	assert_has(play(s, BOSS, fresh), "转给社区书记");
}

static void an_open_invitation_keeps_its_digits(void **state)
{
	struct site *s = *state;
	char code[16];
	weekly(s, "KS", "");
	live(s, at("2026-11-18T09:00:00+08:00"));
	assert_int_equal(count(s, "question WHERE kind = 'invitation'"), 3);
	int64_t id = broadcast(s, 0, false);
	tick(s);
	assert_has(play(s, BOSS, "1"), "来开会");
	assert_has(play(s, BOSS2, code_of(s, id, BOSS2, code)), "已批准");
	assert_has(play(s, BOSS2, "2"), "不来");
}

static void quiet_hours_and_time(void **state)
{
	struct site *s = *state;
	char code[16];
	s->now = at("2026-11-16T22:00:00+08:00");
	int64_t id = broadcast(s, 0, false), urgent = broadcast(s, 0, true);
	assert_int_equal(tick(s), at("2026-11-17T08:00:00+08:00") < s->now + 6 * 3600 ? 0 : s->now + 6 * 3600);
	assert_int_equal(value(s, "SELECT count(*) FROM approval WHERE broadcast = ?", "I", id), 0);
	assert_int_equal(value(s, "SELECT count(*) FROM approval WHERE broadcast = ?", "I", urgent), 2);
	assert_int_equal(count(s, "message_out WHERE secret IS NOT NULL AND quiet = 0"), 2);
	s->now = at("2026-11-17T07:00:00+08:00");
	assert_int_equal(tick(s), at("2026-11-17T08:00:00+08:00"));
	s->now = at("2026-11-17T08:00:00+08:00");
	tick(s);
	assert_int_equal(value(s, "SELECT count(*) FROM approval WHERE broadcast = ?", "I", id), 2);
	/* one that is of no use any more is neither asked about nor approved */
	int64_t brief = broadcast(s, s->now + 300, false);
	tick(s);
	code_of(s, brief, BOSS, code);
	assert_int_equal(value(s, "SELECT expires_utc FROM approval WHERE code = ?", "t", code), s->now + 300);
	s->now += 301;
	assert_has(play(s, BOSS, code), "已过时限");
	wait_for(s, brief, "waiting");
	int64_t over = broadcast(s, s->now, false);
	tick(s);
	assert_int_equal(value(s, "SELECT count(*) FROM approval WHERE broadcast = ?", "I", over), 0);
}

static void cancelled_at_the_desk(void **state)
{
	struct site *s = *state;
	char code[16];
	int stopped = 0;
	int64_t id = broadcast(s, 0, false);
	tick(s);
	code_of(s, id, BOSS, code);
	assert_int_equal(broadcast_cancel(s->store, id, &desk, s->now, &stopped), 0);
	assert_has(play(s, BOSS, code), "已经取消");
	wait_for(s, id, "cancelled");
	assert_int_equal(count(s, "event WHERE kind = 'broadcast.queued'"), 0);
}

static void approved_at_the_desk(void **state)
{
	struct site *s = *state;
	static const struct actor colleague = {"shell:1001", CHANNEL_SHELL, 0};
	char code[16];
	int64_t id = broadcast(s, 0, false);
	tick(s);
	assert_int_equal(broadcast_approve(s->store, id, &desk, s->now), -EACCES);
	assert_int_equal(broadcast_approve(s->store, id, &colleague, s->now), 0);
	assert_has(play(s, BOSS, code_of(s, id, BOSS, code)), "已经批准过");
	assert_int_equal(count(s, "event WHERE kind = 'broadcast.queued' AND actor = 'shell:1001'"), 1);
	assert_int_equal(count(s, "event WHERE kind = 'broadcast.queued'"), 1);
}

static void a_text_taken_twice_approves_once(void **state)
{
	struct site *s = *state;
	char code[16];
	int64_t id = broadcast(s, 0, false);
	tick(s);
	int64_t text = store_text(s, BOSS, code_of(s, id, BOSS, code), false);
	/* a crash before the commit: as if nothing had been done */
	assert_int_equal(store_begin(s->store), 0);
	assert_int_equal(broadcast_approve(s->store, id, &desk, s->now), -EACCES);
	store_rollback(s->store);
	wait_for(s, id, "waiting");
	assert_int_equal(participation_take(&s->p, text, s->now), 0);
	assert_int_equal(participation_take(&s->p, text, s->now), 0);
	assert_int_equal(count(s, "event WHERE kind = 'broadcast.queued'"), 1);
}

static void nobody_to_ask(void **state)
{
	struct site *s = *state;
	assert_int_equal(store_run(s->store, "DELETE FROM person_role WHERE role = 'secretary'", ""), 0);
	int64_t id = broadcast(s, 0, false);
	tick(s);
	assert_int_equal(count(s, "approval"), 0);
	person(s, "+8613900000030", "孙书记", "KS", "", ROLE(SECRETARY));
	tick(s);
	assert_int_equal(count(s, "approval"), 1);
	/* who asked for it by text cannot be the second person */
	assert_int_equal(store_run(s->store,
				   "UPDATE broadcast SET created_by = (SELECT 'person:' || id FROM"
				   " person WHERE name = '孙书记')",
				   ""),
			 0);
	char code[16];
	assert_has(play(s, "+8613900000030", code_of(s, id, "+8613900000030", code)), "转给社区书记");
	wait_for(s, id, "waiting");
}

int main(void)
{
	struct err e = {0};
	char data[256];
	assert_int_equal(paths_data(data, sizeof data), 0);
	if (rules_load(data, NULL, &rules, &e) || replies_load(data, &replies, &e)) {
		fprintf(stderr, "%s\n", e.text);
		return 1;
	}
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_decision),
#define PLAYED(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	    PLAYED(the_second_person_approves),
	    PLAYED(three_wrong_codes_void_it),
	    PLAYED(a_late_code_brings_a_fresh_one),
	    PLAYED(an_open_invitation_keeps_its_digits),
	    PLAYED(quiet_hours_and_time),
	    PLAYED(cancelled_at_the_desk),
	    PLAYED(approved_at_the_desk),
	    PLAYED(a_text_taken_twice_approves_once),
	    PLAYED(nobody_to_ask),
	};
	int failed = cmocka_run_group_tests_name("civic/approval", tests, NULL, NULL);
	rules_free(rules);
	replies_free(replies);
	return failed;
}
