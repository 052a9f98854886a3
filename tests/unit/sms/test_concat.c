#include "unit/sms/prelude.h"

#include "sms/concat.h"

#define NOON ((int64_t)1795147200)
#define ROWS 64

/* A script of arrivals: "A1" is part 1 of text A, "a1" the same part delivered once more. */
struct script {
	struct concat_row rows[ROWS];
	struct concat_group groups[ROWS];
	char hashes[ROWS][16];
	size_t n;
	int count;
};

static struct concat_row *arrive(struct script *s, const char *sender, int ref, int part, int parts, int64_t at,
				 const char *hash)
{
	struct concat_row *r = &s->rows[s->n];
	snprintf(s->hashes[s->n], sizeof s->hashes[0], "%s", hash);
	*r = (struct concat_row){.id = (int64_t)s->n,
				 .sender = sender,
				 .ref = ref,
				 .bits = 8,
				 .part = part,
				 .parts = parts,
				 .scts_utc = at,
				 .arrived_utc = at,
				 .hash = s->hashes[s->n]};
	s->n++;
	return r;
}

static void sort(struct script *s, int64_t now)
{
	s->count = concat_sort(s->rows, s->n, now, s->groups);
}

static void joins_any_order(void **state)
{
	(void)state;
	static const int orders[][3] = {{1, 2, 3}, {1, 3, 2}, {2, 1, 3}, {2, 3, 1}, {3, 1, 2}, {3, 2, 1}};
	for (size_t o = 0; o < ARRAY_LEN(orders); o++) {
		struct script s = {.n = 0};
		for (int i = 0; i < 3; i++) {
			char hash[8];
			snprintf(hash, sizeof hash, "h%d", orders[o][i]);
			arrive(&s, "+8613800138001", 7, orders[o][i], 3, NOON + i, hash);
			sort(&s, NOON + 10);
			assert_int_equal(s.count, 1);
			assert_int_equal(s.groups[0].have, i + 1);
			assert_int_equal(s.groups[0].state, i == 2 ? CONCAT_COMPLETE : CONCAT_WAITING);
		}
	}
}

static void keeps_senders_references_and_widths_apart(void **state)
{
	(void)state;
	struct script s = {.n = 0};
	arrive(&s, "+8613800138001", 7, 1, 2, NOON, "a1");
	arrive(&s, "+8613800138002", 7, 1, 2, NOON, "b1");
	arrive(&s, "+8613800138001", 8, 1, 2, NOON, "c1");
	arrive(&s, "+8613800138001", 7, 1, 3, NOON, "d1");
	arrive(&s, "+8613800138001", 7, 1, 2, NOON, "e1")->bits = 16;
	arrive(&s, "+8613800138002", 7, 2, 2, NOON, "b2");
	arrive(&s, "+8613800138001", 7, 2, 2, NOON, "a2");
	sort(&s, NOON);
	assert_int_equal(s.count, 5);
	assert_int_equal(s.rows[5].group, s.rows[1].group);
	assert_int_equal(s.rows[6].group, s.rows[0].group);
	assert_int_equal(s.groups[s.rows[0].group].state, CONCAT_COMPLETE);
	assert_int_equal(s.groups[s.rows[1].group].state, CONCAT_COMPLETE);
	assert_int_equal(s.groups[s.rows[2].group].state, CONCAT_WAITING);
	assert_int_equal(s.groups[s.rows[3].group].state, CONCAT_WAITING);
	assert_int_equal(s.groups[s.rows[4].group].state, CONCAT_WAITING);
}

static void knows_a_redelivery_from_a_reused_reference(void **state)
{
	(void)state;
	struct script s = {.n = 0};
	arrive(&s, "x", 7, 1, 2, NOON, "a1");
	arrive(&s, "x", 7, 1, 2, NOON + 5, "a1"); /* the service centre missed our receipt */
	arrive(&s, "x", 7, 1, 2, NOON + 9, "b1"); /* another text with the same reference */
	arrive(&s, "x", 7, 2, 2, NOON + 10, "b2");
	sort(&s, NOON + 10);
	assert_int_equal(s.count, 2);
	assert_true(s.rows[1].duplicate);
	assert_int_equal(s.rows[1].group, 0);
	assert_int_equal(s.rows[2].group, 1);
	assert_int_equal(s.rows[3].group, 1); /* nearest in time stamp */
	assert_int_equal(s.groups[1].state, CONCAT_COMPLETE);
	assert_int_equal(s.groups[0].state, CONCAT_WAITING);
	arrive(&s, "x", 7, 2, 2, NOON + 11, "a2");
	sort(&s, NOON + 11);
	assert_int_equal(s.groups[0].state, CONCAT_COMPLETE);
}

/* Yesterday's first part must not be finished by today's second, whichever of today's parts comes first. */
static void does_not_mix_old_gaps_with_new_texts(void **state)
{
	(void)state;
	struct script s = {.n = 0};
	arrive(&s, "x", 7, 1, 2, NOON, "old1");
	arrive(&s, "x", 7, 2, 2, NOON + 7200, "new2");
	sort(&s, NOON + 7200);
	assert_int_equal(s.count, 2);
	arrive(&s, "x", 7, 1, 2, NOON + 7201, "new1");
	sort(&s, NOON + 7201);
	assert_int_equal(s.count, 2);
	assert_int_equal(s.rows[2].group, s.rows[1].group);
	assert_int_equal(s.groups[1].state, CONCAT_COMPLETE);

	/* but a part that the service centre delivers hours late still belongs: its time stamp says so */
	arrive(&s, "x", 7, 2, 2, NOON + 1, "old2")->arrived_utc = NOON + 6 * 3600;
	sort(&s, NOON + 6 * 3600);
	assert_int_equal(s.count, 2);
	assert_int_equal(s.groups[0].state, CONCAT_COMPLETE);
}

static void gives_up_after_a_day(void **state)
{
	(void)state;
	struct script s = {.n = 0};
	arrive(&s, "x", 7, 2, 3, NOON, "a2");
	sort(&s, NOON + CONCAT_PATIENCE_S - 1);
	assert_int_equal(s.groups[0].state, CONCAT_WAITING);
	assert_int_equal(s.groups[0].deadline_utc, NOON + CONCAT_PATIENCE_S);
	sort(&s, NOON + CONCAT_PATIENCE_S);
	assert_int_equal(s.groups[0].state, CONCAT_EXPIRED);
	assert_int_equal(s.groups[0].have, 1);
	arrive(&s, "x", 7, 1, 3, NOON, "a1")->arrived_utc = NOON + CONCAT_PATIENCE_S + 1;
	sort(&s, NOON + CONCAT_PATIENCE_S + 1);
	assert_int_equal(s.count, 2); /* too late: a message of its own */
	assert_int_equal(s.groups[1].state, CONCAT_WAITING);
}

static void lives_with_broken_time_stamps(void **state)
{
	(void)state;
	struct script s = {.n = 0};
	arrive(&s, "x", 7, 1, 3, NOON, "a1")->scts_utc = CONCAT_NO_SCTS;
	arrive(&s, "x", 7, 3, 3, NOON + 3, "a3");
	arrive(&s, "x", 7, 2, 3, NOON + 5, "a2")->scts_utc = CONCAT_NO_SCTS;
	sort(&s, NOON + 9);
	assert_int_equal(s.count, 1);
	assert_int_equal(s.groups[0].state, CONCAT_COMPLETE);
	assert_int_equal(concat_sort(NULL, 0, NOON, s.groups), 0);
}

static void takes_255_parts(void **state)
{
	(void)state;
	struct concat_row rows[255];
	struct concat_group groups[255];
	char hashes[255][16];
	struct random r = random_start("takes_255_parts");
	for (int i = 0; i < 255; i++) {
		snprintf(hashes[i], sizeof hashes[i], "h%d", i);
		rows[i] = (struct concat_row){.sender = "x",
					      .ref = 65535,
					      .bits = 16,
					      .part = i + 1,
					      .parts = 255,
					      .scts_utc = NOON + i,
					      .arrived_utc = NOON + i,
					      .hash = hashes[i]};
	}
	for (int i = 254; i > 0; i--) {
		struct concat_row *a = &rows[random_below(&r, (uint32_t)i + 1)], keep = *a;
		*a = rows[i];
		rows[i] = keep;
	}
	assert_int_equal(concat_sort(rows, 255, NOON + 300, groups), 1);
	assert_int_equal(groups[0].state, CONCAT_COMPLETE);
	assert_int_equal(concat_sort(rows, 254, NOON + 300, groups), 1);
	assert_int_equal(groups[0].state, CONCAT_WAITING);
}

/* Random senders, references used again, duplicates and orders: every text comes out whole and unmixed. */
static void joins_a_crowd(void **state)
{
	(void)state;
	struct random r = random_start("joins_a_crowd");
	static const char *const senders[] = {"p", "q", "r"};
	for (int round = 0; round < 300; round++) {
		struct script s = {.n = 0};
		struct {
			int text, part, parts;
		} deck[ROWS];
		size_t n = 0;
		int parts[6];
		for (int text = 0; text < 6; text++) {
			parts[text] = 2 + (int)random_below(&r, 3);
			for (int p = 1; p <= parts[text]; p++)
				for (uint32_t twice = random_below(&r, 4) == 0 ? 2 : 1; twice > 0; twice--)
					deck[n].text = text, deck[n].part = p, deck[n++].parts = parts[text];
		}
		for (size_t i = n - 1; i > 0; i--) {
			size_t k = random_below(&r, (uint32_t)i + 1);
			__typeof__(deck[0]) keep = deck[i];
			deck[i] = deck[k];
			deck[k] = keep;
		}
		for (size_t i = 0; i < n; i++) {
			char hash[16];
			int text = deck[i].text;
			snprintf(hash, sizeof hash, "%d.%d", text, deck[i].part);
			/* two texts of each sender share a reference; their time stamps are an hour apart */
			struct concat_row *row = arrive(&s, senders[text % 3], 9, deck[i].part, deck[i].parts,
							NOON + text / 3 * 3600, hash);
			row->arrived_utc = NOON + 4000 + (int64_t)i;
		}
		sort(&s, NOON + 5000);
		assert_int_equal(s.count, 6);
		for (int g = 0; g < s.count; g++)
			assert_int_equal(s.groups[g].state, CONCAT_COMPLETE);
		for (size_t a = 0; a < n; a++)
			for (size_t b = a + 1; b < n; b++) {
				bool same = deck[a].text == deck[b].text;
				assert_int_equal(s.rows[a].group == s.rows[b].group, same);
				if (same && deck[a].part == deck[b].part)
					assert_true(s.rows[b].duplicate);
			}
	}
}

static void joins_texts_across_cuts(void **state)
{
	(void)state;
	static struct tpdu a, b;
	tpdu_init(&a, TPDU_DELIVER);
	tpdu_init(&b, TPDU_DELIVER);
	a.units[0] = 'x', a.units[1] = 0xD83D, a.unit_count = 2;
	b.units[0] = 0xDE00, b.units[1] = 'y', b.unit_count = 2;
	const struct tpdu *whole[] = {&a, &b}, *gap[] = {&a, NULL, &b};
	cleanup_free char *joined = concat_text(whole, 2);
	assert_string_equal(joined, "x😀y");
	cleanup_free char *holed = concat_text(gap, 3);
	assert_string_equal(holed, "x\xEF\xBF\xBD" CONCAT_GAP "\xEF\xBF\xBDy");
	cleanup_free char *alone = tpdu_text(&a);
	assert_string_equal(alone, "x\xEF\xBF\xBD");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(joins_any_order),
	    cmocka_unit_test(keeps_senders_references_and_widths_apart),
	    cmocka_unit_test(knows_a_redelivery_from_a_reused_reference),
	    cmocka_unit_test(does_not_mix_old_gaps_with_new_texts),
	    cmocka_unit_test(gives_up_after_a_day),
	    cmocka_unit_test(lives_with_broken_time_stamps),
	    cmocka_unit_test(takes_255_parts),
	    cmocka_unit_test(joins_a_crowd),
	    cmocka_unit_test(joins_texts_across_cuts),
	};
	return cmocka_run_group_tests_name("sms concatenation", tests, NULL, NULL);
}
