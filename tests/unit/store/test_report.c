/* Reports and the texts that they speak of: 10,000 at random, each to its own, and the odd ones by name. */
#include "unit/store/bed.h"
#include "store/outbox.h"
#include "store/report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define NOW ((int64_t)1795300000)
#define DAY (24 * 3600)

/* A text of one part as the sender leaves it: mr −1 no answer came. */
static int64_t put(struct store *s, const char *number, const char *line, int mr, const char *state, int64_t at)
{
	assert_int_equal(
	    store_run(
		s,
		"INSERT INTO message_out (number, text, class, priority, state, alphabet, segments, report,"
		" modem, created_utc, sent_utc) VALUES (?1, 't', 'broadcast', 3, CASE ?2 WHEN 'failed' THEN"
		" 'queued' ELSE ?2 END, 'gsm7', 1, 1, 'm', ?3, CASE ?2 WHEN 'sent' THEN ?3 END)",
		"ttI", number, state, at),
	    0);
	int64_t id = store_last_id(s);
	assert_int_equal(
	    store_run(s,
		      "INSERT INTO part_out (message, part, state, modem, line, asked, mr, started_utc,"
		      " sent_utc) VALUES (?1, 1, ?2, 'm', ?3, 1, nullif(?4, -1), ?5,"
		      " CASE ?2 WHEN 'sent' THEN ?5 END)",
		      "IttiI", id, state, line, mr, at),
	    0);
	return id;
}

static int64_t put_pdu(struct store *s, int64_t at)
{
	assert_int_equal(
	    store_run(s,
		      "INSERT INTO pdu_in (modem, received_utc, pdu, hash, kind) VALUES ('m', ?, '',"
		      " '', 'status-report')",
		      "I", at),
	    0);
	return store_last_id(s);
}

static int64_t report(struct store *s, const char *line, const char *number, int mr, int st, int64_t scts,
		      int64_t now)
{
	int64_t message = -1;
	struct report in = {.line = line,
			    .modem = "m",
			    .number = number,
			    .mr = mr,
			    .st = st,
			    .says = st < 32   ? REPORT_ARRIVED
				    : st < 64 ? REPORT_TRYING
					      : REPORT_GAVE_UP,
			    .reason = "validity period expired",
			    .scts_utc = scts,
			    .pdu = put_pdu(s, now)};
	assert_int_equal(report_take(s, &in, now, &message), 0);
	return message;
}

static const char *state_of(struct store *s, int64_t id, char buf[16])
{
	cleanup_query struct query q = {0};
	assert_int_equal(query_open(s, &q, "SELECT state FROM message_out WHERE id = ?", "I", id), 0);
	assert_int_equal(query_next(&q), 1);
	snprintf(buf, 16, "%s", query_text(&q, 0));
	return buf;
}
#define assert_state(s, id, want) assert_string_equal(state_of(s, id, (char[16]){0}), want)

static int64_t number_of(struct store *s, const char *sql)
{
	int64_t v = -1;
	assert_int_equal(store_get(s, &v, sql, ""), 0);
	return v;
}

/* ------------------------------------------------------------------------------------------------ numbers */

static void same_numbers(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		bool same;
	} row[] = {
	    {"+8613800138001", "13800138001", true},
	    {"+8613800138001", "8613800138001", true},
	    {"+8613800138001", "+8613800138002", false},
	    {"+8613800138001", "008613800138001", true},
	    {"+861085551234", "01085551234", true},
	    {"+861085551234", "85551234", true},
	    {"+447911123456", "07911123456", true},
	    {"10086", "10086", true},
	    {"10086", "+8610086", false},
	    {"10086", "110086", false},
	    {"106581234567", "106581234567", true},
	    {"", "", true},
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		assert_int_equal(report_same_number(row[i].a, row[i].b), row[i].same);
		assert_int_equal(report_same_number(row[i].b, row[i].a), row[i].same);
	}
}

/* ------------------------------------------------------------------------------------------- 10,000 at random */

#define PARTS   10000
#define LINES   4
#define NUMBERS 40

struct sent {
	int64_t id, at;
	int line, mr;
	char number[24];
	int64_t comes;
};

static int by_arrival(const void *a, const void *b)
{
	const struct sent *x = a, *y = b;
	return (x->comes > y->comes) - (x->comes < y->comes);
}

static unsigned next_random(unsigned *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* What the network makes of a number on its way back. */
static void write_form(char out[24], const char *number, unsigned which)
{
	const char *digits = number + 3; /* without +86 */
	static const char *const front[] = {"+86", "86", "", "0086"};
	snprintf(out, 24, "%s%s", front[which % 4], digits);
}

static void ten_thousand_reports_each_to_its_own(void **state)
{
	struct store *s = *state;
	unsigned seed = (unsigned)time(NULL);
	const char *forced = getenv("YISHI_SEED");
	if (forced)
		seed = (unsigned)strtoul(forced, NULL, 10);
	print_message("seed %u\n", seed);
	struct sent *sent = mem_array(PARTS, sizeof *sent);
	int mr[LINES] = {0};
	int64_t at = NOW - 6 * DAY;
	assert_int_equal(store_begin(s), 0);
	for (int i = 0; i < PARTS; i++) {
		struct sent *p = &sent[i];
		p->line = (int)(next_random(&seed) % LINES);
		/* a modem that starts anew counts anew */
		unsigned step = next_random(&seed) % 500 ? 1 : 64 + next_random(&seed) % 128;
		mr[p->line] = (mr[p->line] + (int)step) % 256;
		p->mr = mr[p->line];
		at += 2 + next_random(&seed) % 20;
		p->at = at;
		snprintf(p->number, sizeof p->number, "+861380000%04u", next_random(&seed) % NUMBERS);
		p->id = put(s, p->number, (char[]){'L', (char)('0' + p->line), 0}, p->mr, "sent", p->at);
		/* most reports come at once, some after hours, some out of order by days */
		unsigned kind = next_random(&seed) % 10;
		p->comes =
		    at + 3 +
		    (kind < 7 ? next_random(&seed) % 30 : next_random(&seed) % (kind < 9 ? 7200 : 4 * DAY));
	}
	qsort(sent, PARTS, sizeof *sent, by_arrival);
	int wrong = 0;
	for (int i = 0; i < PARTS; i++) {
		const struct sent *p = &sent[i];
		char number[24];
		write_form(number, p->number, next_random(&seed));
		int64_t skew = (int64_t)(next_random(&seed) % 20) - 12;
		int64_t got = report(s, (char[]){'L', (char)('0' + p->line), 0}, number, p->mr, 0, p->at + skew,
				     p->comes);
		wrong += got != p->id;
		if (i % 50 == 0) /* some come twice */
			wrong += report(s, (char[]){'L', (char)('0' + p->line), 0}, number, p->mr, 0,
					p->at + skew, p->comes + 60) != p->id;
	}
	assert_int_equal(store_commit(s), 0);
	assert_int_equal(wrong, 0);
	assert_int_equal(number_of(s, "SELECT count(*) FROM message_out WHERE state = 'delivered'"), PARTS);
	assert_int_equal(number_of(s, "SELECT count(*) FROM report_unmatched"), 0);
	free(sent);
}

/* ------------------------------------------------------------------------------------------------ one by one */

static void a_broadcast_uses_each_reference_four_times(void **state)
{
	struct store *s = *state;
	int64_t id[1000];
	char number[24];
	for (int i = 0; i < 1000; i++) {
		snprintf(number, sizeof number, "+861390000%04d", i);
		id[i] = put(s, number, "L", i % 256, "sent", NOW + i * 4);
	}
	for (int i = 999; i >= 0; i--) {
		snprintf(number, sizeof number, "1390000%04d", i);
		assert_int_equal(report(s, "L", number, i % 256, 0, 0, NOW + 5000), id[i]);
	}
}

static void the_stamp_decides_between_two_of_the_same_reference(void **state)
{
	struct store *s = *state;
	int64_t old = put(s, "+8613800138001", "L", 7, "sent", NOW);
	int64_t young = put(s, "+8613800138001", "L", 7, "sent", NOW + 3600);
	/* days later, the older one first, and a second time over another service centre */
	assert_int_equal(report(s, "L", "13800138001", 7, 0, NOW + 2, NOW + 2 * DAY), old);
	assert_int_equal(report(s, "L", "13800138001", 7, 0, NOW + 2, NOW + 2 * DAY + 1), old);
	assert_state(s, young, "sent");
	assert_int_equal(report(s, "L", "13800138001", 7, 0, NOW + 3601, NOW + 3 * DAY), young);
	assert_state(s, old, "delivered");
	assert_state(s, young, "delivered");
	/* without a stamp: the one that waits for its report */
	int64_t third = put(s, "+8613800138001", "L", 7, "sent", NOW + 7200);
	assert_int_equal(report(s, "L", "13800138001", 7, 0, 0, NOW + 4 * DAY), third);
	/* and too late is too late */
	assert_int_equal(report(s, "L", "13800138001", 7, 0, 0, NOW + 30 * DAY), 0);
}

static void a_stamp_in_a_wrong_zone_hurts_nobody(void **state)
{
	struct store *s = *state;
	int64_t id = put(s, "+8613800138001", "L", 7, "sent", NOW);
	assert_int_equal(report(s, "L", "13800138001", 7, 0, NOW - 8 * 3600, NOW + 5), id);
	int64_t nameless = put(s, "+8613800138002", "L", -1, "uncertain", NOW);
	assert_int_equal(report(s, "L", "13800138002", 9, 0, NOW + 8 * 3600, NOW + 5), nameless);
}

static void trying_is_not_the_end_and_what_arrived_has_arrived(void **state)
{
	struct store *s = *state;
	int64_t id = put(s, "+8613800138001", "L", 7, "sent", NOW);
	report(s, "L", "13800138001", 7, 32, NOW, NOW + 5);
	assert_state(s, id, "sent");
	report(s, "L", "13800138001", 7, 70, NOW, NOW + 10);
	assert_state(s, id, "failed");
	assert_int_equal(number_of(s, "SELECT count(*) FROM event WHERE kind = 'message.failed'"), 1);
	report(s, "L", "13800138001", 7, 48, NOW, NOW + 11); /* an older one, late */
	assert_state(s, id, "failed");
	assert_int_equal(number_of(s, "SELECT report_st FROM part_out"), 70);
	report(s, "L", "13800138001", 7, 0, NOW, NOW + 20);
	assert_state(s, id, "delivered");
	report(s, "L", "13800138001", 7, 99, NOW, NOW + 30);
	assert_state(s, id, "delivered");
	assert_int_equal(number_of(s, "SELECT report_st FROM part_out"), 0);
}

static void uncertain_ones_are_settled(void **state)
{
	struct store *s = *state;
	int64_t a = put(s, "+8613800138001", "L", -1, "uncertain", NOW);
	int64_t b = put(s, "+8613800138002", "L", -1, "uncertain", NOW);
	int64_t refused = put(s, "+8613800138003", "L", -1, "failed", NOW);
	assert_int_equal(report(s, "L", "13800138001", 1, 0, NOW + 3, NOW + 2 * DAY), a);
	assert_state(s, a, "delivered");
	assert_int_equal(report(s, "L", "13800138002", 2, 48, NOW + 3, NOW + 60), b);
	assert_state(s, b, "sent"); /* the centre has it */
	/* an error that lied: told by the stamp, however late */
	assert_int_equal(report(s, "L", "13800138003", 3, 0, NOW + DAY, NOW + DAY + 5), 0);
	assert_int_equal(report(s, "L", "13800138003", 3, 0, NOW + 3, NOW + DAY + 5), refused);
	assert_state(s, refused, "delivered");
	assert_int_equal(number_of(s, "SELECT count(*) FROM event WHERE kind = 'message.sent'"), 3);
	/* two texts to one phone, a minute apart, both without a word: not told by guessing … */
	int64_t x = put(s, "+8613800138009", "L", -1, "uncertain", NOW);
	int64_t y = put(s, "+8613800138009", "L", -1, "uncertain", NOW + 30);
	assert_int_equal(report(s, "L", "13800138009", 4, 0, NOW + 15, NOW + 60), 0);
	assert_state(s, x, "uncertain");
	assert_state(s, y, "uncertain");
	/* … but an hour apart the stamp tells */
	int64_t z = put(s, "+8613800138009", "L", -1, "uncertain", NOW + 3600);
	assert_int_equal(report(s, "L", "13800138009", 4, 0, NOW + 3602, NOW + 3700), z);
}

static void parts_of_one_text_are_told_one_after_the_other(void **state)
{
	struct store *s = *state;
	int64_t id = put(s, "+8613800138001", "L", -1, "uncertain", NOW);
	assert_int_equal(store_run(s, "UPDATE message_out SET segments = 2", ""), 0);
	assert_int_equal(
	    store_run(s,
		      "INSERT INTO part_out (message, part, state, modem, line, asked, started_utc)"
		      " VALUES (?, 2, 'uncertain', 'm', 'L', 1, ?)",
		      "II", id, NOW + 5),
	    0);
	assert_int_equal(report(s, "L", "13800138001", 1, 0, NOW + 2, NOW + 60), id);
	assert_int_equal(report(s, "L", "13800138001", 1, 0, NOW + 2, NOW + 61), id); /* again */
	assert_state(s, id, "uncertain");
	assert_int_equal(report(s, "L", "13800138001", 2, 0, NOW + 7, NOW + 62), id);
	assert_state(s, id, "delivered");
}

static void a_sim_that_moved_takes_its_reports_along(void **state)
{
	struct store *s = *state;
	int64_t a = put(s, "+8613800138001", "8986001", 7, "sent", NOW);
	int64_t b = put(s, "+8613800138001", "8986002", 7, "sent", NOW + 1);
	/* in another stick: the same SIM, so the same line */
	assert_int_equal(report(s, "8986001", "13800138001", 7, 0, NOW + 1, NOW + 60), a);
	/* a SIM that cannot be read there: all else fits, and only one text does */
	int64_t c = put(s, "+8613800138002", "8986002", 8, "sent", NOW + 1);
	assert_int_equal(report(s, "m9", "13800138002", 8, 0, NOW + 2, NOW + 60), c);
	assert_int_equal(report(s, "m9", "13800138002", 8, 0, 0, NOW + 2 * DAY), 0);
	assert_state(s, b, "sent");
}

/* After a crash in mid-air: the report comes before the ICCID was read. */
static void a_sim_that_is_not_known_yet(void **state)
{
	struct store *s = *state;
	int64_t id = put(s, "+8613800138001", "ICCID", -1, "uncertain", NOW);
	put(s, "+8613800138001", "ICCID 2", -1, "uncertain", NOW);
	assert_int_equal(store_run(s, "INSERT INTO line (name, iccid) VALUES ('m', 'ICCID')", ""), 0);
	assert_int_equal(report(s, "ICCID 3", "13800138001", 9, 0, NOW, NOW + 5), 0);
	assert_int_equal(report(s, "m", "13800138001", 9, 0, NOW, NOW + 5), id);
}

static void what_fits_nothing_is_kept_within_bounds(void **state)
{
	struct store *s = *state;
	put(s, "+8613800138001", "L", 7, "sent", NOW);
	assert_int_equal(report(s, "L", "13800138001", 8, 0, NOW, NOW + 5), 0);
	assert_int_equal(report(s, "L", "13800138002", 7, 0, NOW, NOW + 5), 0);
	assert_int_equal(number_of(s, "SELECT count(*) FROM report_unmatched WHERE mr IN (7, 8)"), 2);
	assert_int_equal(store_begin(s), 0);
	for (int i = 0; i < REPORT_UNMATCHED + 50; i++)
		report(s, "L", "13900000000", i % 256, 0, NOW, NOW + 10);
	assert_int_equal(store_commit(s), 0);
	assert_int_equal(number_of(s, "SELECT count(*) FROM report_unmatched"), REPORT_UNMATCHED);
}

static void none_comes(void **state)
{
	struct store *s = *state;
	int n;
	int64_t short_one = put(s, "+8613800138001", "L", 1, "sent", NOW);
	int64_t unasked = put(s, "+8613800138002", "L", 2, "sent", NOW);
	int64_t long_one = put(s, "+8613800138003", "L", 3, "sent", NOW);
	int64_t arrived = put(s, "+8613800138004", "L", 4, "sent", NOW);
	store_run(s, "UPDATE message_out SET not_after_utc = ? WHERE id = ?", "II", NOW + 3600, short_one);
	store_run(s, "UPDATE part_out SET asked = 0 WHERE message = ?", "I", unasked);
	report(s, "L", "13800138004", 4, 0, NOW, NOW + 9);
	assert_int_equal(report_overdue(s, NOW + 3600 + REPORT_GRACE_S - 1, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(report_overdue(s, NOW + 3600 + REPORT_GRACE_S, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(report_overdue(s, NOW + REPORT_PATIENCE_S + REPORT_GRACE_S, &n), 0);
	assert_int_equal(n, 2);
	cleanup_query struct query q = {0};
	assert_int_equal(query_open(s, &q, "SELECT id, report_missing, state FROM message_out ORDER BY id", ""),
			 0);
	const int64_t want[][2] = {{short_one, 1}, {unasked, 2}, {long_one, 1}, {arrived, 0}};
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		assert_int_equal(query_next(&q), 1);
		assert_int_equal(query_int(&q, 0), want[i][0]);
		assert_int_equal(query_int(&q, 1), want[i][1]);
		assert_string_equal(query_text(&q, 2), want[i][0] == arrived ? "delivered" : "sent");
	}
	query_close(&q);
	/* better late */
	assert_int_equal(report(s, "L", "13800138003", 3, 0, NOW, NOW + 5 * DAY), long_one);
	assert_int_equal(number_of(s, "SELECT count(*) FROM message_out WHERE report_missing = 1"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(same_numbers),
	    WITH_STORE(ten_thousand_reports_each_to_its_own),
	    WITH_STORE(a_broadcast_uses_each_reference_four_times),
	    WITH_STORE(the_stamp_decides_between_two_of_the_same_reference),
	    WITH_STORE(a_stamp_in_a_wrong_zone_hurts_nobody),
	    WITH_STORE(trying_is_not_the_end_and_what_arrived_has_arrived),
	    WITH_STORE(uncertain_ones_are_settled),
	    WITH_STORE(parts_of_one_text_are_told_one_after_the_other),
	    WITH_STORE(a_sim_that_moved_takes_its_reports_along),
	    WITH_STORE(a_sim_that_is_not_known_yet),
	    WITH_STORE(what_fits_nothing_is_kept_within_bounds),
	    WITH_STORE(none_comes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
