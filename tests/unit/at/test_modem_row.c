/* .modem rows: what they say, what they inherit, how a wrong one is told, and the rows that we ship. */
#include "at_commands/modem_row.h"
#include "at_commands/setup.h"
#include "base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static int parse(const char *text, struct modem_rows *rows, struct err *e)
{
	const char *names[] = {"generic.modem", "x.modem"};
	const char *texts[] = {"[modem generic]\ngap = 20ms\ncnmi = 2,1,0,1,0\nreg_ok = 1 5\ncpms_args = 3\n",
			       text};
	return modem_rows_parse(names, texts, 2, rows, e);
}

static void inherits_and_replaces_lists(void **state)
{
	(void)state;
	struct modem_rows rows;
	struct err e;
	const char *names[] = {"c.modem", "generic.modem", "b.modem"};
	const char *texts[] = {
	    "[modem c]\ninherits = b\ncnmi = 1,1\ncnmi = 1,2 1,3\nmatch.cgmm = C*\n",
	    "[modem generic]\ngap = 20ms\ncnmi = 2,1,0,1,0\nfinal_extra = A LINE | ANOTHER\n",
	    "[modem b]\ngap = 1s\nmatch.cgmm = B*\nevidence = F\nreset = AT+X | 5s | vanishes\n",
	};
	assert_int_equal(modem_rows_parse(names, texts, 3, &rows, &e), 0);
	assert_string_equal(rows.row[0]->name, "generic");
	const struct modem_row *c = modem_rows_find(&rows, "c"), *b = modem_rows_find(&rows, "b");
	assert_int_equal(c->gap_ms, 1000);
	assert_int_equal(c->cnmi.count, 3);
	assert_string_equal(c->cnmi.word[2], "1,3");
	assert_string_equal(b->cnmi.word[0], "2,1,0,1,0");
	assert_string_equal(c->final_extra.word[1], "ANOTHER");
	assert_int_equal(c->match_cgmm.count, 1); /* not B* */
	assert_string_equal(c->evidence, "");
	assert_true(c->reset[0].port_vanishes);
	struct at_chat_options o = modem_row_chat_options(c);
	assert_int_equal(o.gap_ms, 1000);
	assert_string_equal(o.final_extra[0], "A LINE");
	assert_null(o.final_extra[2]);
	modem_rows_done(&rows);
}

static void reads_steps(void **state)
{
	(void)state;
	struct modem_rows rows;
	struct err e;
	assert_int_equal(
	    parse("[modem x]\ninit = open | AT#QSS=0 | 500ms | ignore\ninit = pin|{stores}|2s|retry 7\n"
		  "init = registered | AT+CMGF=0 | 5s | fail\n",
		  &rows, &e),
	    0);
	const struct modem_steps *s = &modem_rows_find(&rows, "x")->init;
	assert_int_equal(s->count, 3);
	assert_string_equal(s->step[0].command, "AT#QSS=0");
	assert_int_equal(s->step[0].timeout_ms, 500);
	assert_int_equal(s->step[1].verb, VERB_STORES);
	assert_int_equal(s->step[1].when, WHEN_PIN);
	assert_int_equal(s->step[1].tries, 7);
	assert_int_equal(s->step[2].on_error, ON_ERROR_FAIL);
	modem_rows_done(&rows);
}

static void says_what_is_wrong(void **state)
{
	(void)state;
	static const struct {
		const char *text, *says;
		int line;
	} cases[] = {
	    {"[modem x]\nspeed = 3\n", "no key", 2},
	    {"[modem x]\ngap = 20ms\ngap = 30ms\n", "twice", 3},
	    {"[modem x]\n\ngap = soon\n", "write a time", 3},
	    {"[modem x]\ncpms_args = 4\n", "whole number", 2},
	    {"[modem x]\ncpin_no_ok = maybe\n", "yes or no", 2},
	    {"[modem x]\nvoice = loud\n", "none of the words", 2},
	    {"[modem x]\ninit = open | ATE0 | 2s\n", "WHEN", 2},
	    {"[modem x]\nquiet = pin | AT+X=0 | 2s | ignore\n", "before the PIN", 2},
	    {"[modem x]\ninit = later | ATE0 | 2s | ignore\n", "begins with open", 2},
	    {"[modem x]\ninit = open | {dance} | 2s | ignore\n", "no such {verb}", 2},
	    {"[modem x]\ninit = open | {} | 2s | ignore\n", "no such {verb}", 2},
	    {"[modem x]\ninit = open | E0 | 2s | ignore\n", "begins with AT", 2},
	    {"[modem x]\ninit = open | ATE0 | fast | ignore\n", "third piece", 2},
	    {"[modem x]\ninit = open | ATE0 | 2s | retry\n", "on error", 2},
	    {"[modem x]\ncms_map = 604:later 9:wat\n", "CODE:CLASS", 2},
	    {"[modem x]\nreset = AT | 5s | perhaps\n", "stays", 2},
	    {"[modem x]\nreg_ok = 1 55\n", "registration states", 2},
	    {"[modem x]\nat_if = 2 x\n", "interface", 2},
	    {"[modem x]\ninherits = y\n", "no row y", 2},
	    {"[modem x]\ninherits = x\n", "each other", 2},
	    {"[modem x]\ngap = 1s\n[modem y]\ngap = 1s\n", "second section", 4},
	    {"[modem generic]\ngap = 1s\n", "already", 2},
	    {"[device x]\ngap = 1s\n", "no section", 2},
	    {"gap = 1s\n", "no section", 1},
	    {"[modem x]\nnonsense\n", "neither", 2},
	    {"# nothing\n", "no [modem NAME]", 0},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct modem_rows rows;
		struct err e = {0};
		int rc = parse(cases[i].text, &rows, &e);
		if (rc != -EINVAL || !strstr(e.text, cases[i].says) || e.line != cases[i].line)
			fail_msg("case %zu: %d, %s:%d: %s", i, rc, e.file, e.line, e.text);
		assert_string_equal(e.file, "x.modem");
	}
}

static void long_line_is_told(void **state)
{
	(void)state;
	struct modem_rows rows;
	struct err e;
	char text[600];
	snprintf(text, sizeof text, "[modem x]\n# %0400d\ngap = 1s\n", 7);
	assert_int_equal(parse(text, &rows, &e), -EINVAL);
	assert_int_equal(e.line, 2);
	assert_non_null(strstr(e.text, "longer"));
}

static void needs_generic(void **state)
{
	(void)state;
	struct modem_rows rows;
	struct err e;
	const char *names[] = {"x.modem"}, *texts[] = {"[modem x]\ninherits = x2\n"};
	assert_int_equal(modem_rows_parse(names, texts, 1, &rows, &e), -EINVAL);
	assert_int_equal(modem_rows_load("/nonexistent/modems", &rows, &e), -ENOENT);
}

/* ---- the rows that we ship ---- */

static int load(void **state)
{
	struct modem_rows *rows = mem_alloc(sizeof *rows);
	struct err e;
	char line[512];
	if (modem_rows_load("at_commands/modems", rows, &e)) {
		print_error("%s\n", err_line(&e, line, sizeof line));
		return -1;
	}
	*state = rows;
	return 0;
}

static int unload(void **state)
{
	modem_rows_done(*state);
	free(*state);
	return 0;
}

static void families_are_there(void **state)
{
	static const char *const names[] = {"generic",      "qualcomm", "quectel-ec2x", "huawei", "simcom-7600",
					    "simcom-a76xx", "air780e",  "ml307",        "zte",    "wavecom"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct modem_row *r = modem_rows_find(*state, names[i]);
		assert_non_null(r);
		assert_true(r->init.count > 5);
		assert_true(r->cnmi.count > 0);
		assert_true(r->cpms_prefer.count > 0);
		assert_true(r->reset_count > 0);
		assert_string_not_equal(r->evidence, "");
		assert_true(r->result_ms >= 60000);
	}
}

static void generic_has_every_key(void **state)
{
	(void)state;
	FILE *f = fopen("at_commands/modems/generic.modem", "r");
	assert_non_null(f);
	char text[16384], wanted[80];
	text[fread(text, 1, sizeof text - 1, f)] = 0;
	fclose(f);
	for (int i = 0; modem_row_key(i); i++) {
		snprintf(wanted, sizeof wanted, "\n%s =", modem_row_key(i));
		if (strncmp(modem_row_key(i), "match.", 6) != 0 && !strstr(text, wanted))
			fail_msg("generic.modem lacks %s", modem_row_key(i));
	}
}

static void matches_the_most_specific(void **state)
{
	static const struct {
		struct modem_identity id;
		const char *name;
	} cases[] = {
	    {{"2c7c:0125", "", "", ""}, "quectel-ec2x"},
	    {{"", "Quectel", "EC25", "EC25EFAR06A03M4G"}, "quectel-ec2x"},
	    {{"", "QUECTEL", "ec20f", ""}, "quectel-ec2x"},
	    {{"1e0e:9001", "SIMCOM INCORPORATED", "SIMCOM_SIM7600E-H", ""}, "simcom-7600"},
	    {{"1e0e:9011", "INCORPORATED", "A7670C-LASS", ""}, "simcom-a76xx"},
	    {{"1e0e:9001", "SIMCOM INCORPORATED", "SIMCOM_A7670C", ""}, "simcom-a76xx"}, /* a reused id */
	    {{"", "huawei", "E1550", "11.608.12.10.31"}, "huawei"},
	    {{"12d1:1436", "", "", ""}, "huawei"},
	    {{"19d2:0031", "ZTE CORPORATION", "MF190", ""}, "zte"},
	    {{"19d1:0001", "AirM2M", "Air780EPV", "V1011"}, "air780e"},
	    {{"2ecc:3012", "CMCC", "ML307R", ""}, "ml307"},
	    {{"", "WAVECOM MODEM", "MULTIBAND  900E  1800", ""}, "wavecom"},
	    {{"", "Nobody", "Model T", "1"}, "generic"},
	    {{"", "", "", ""}, "generic"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct modem_row *r = modem_rows_match(*state, &cases[i].id);
		if (strcmp(r->name, cases[i].name) != 0)
			fail_msg("case %zu: %s for %s %s", i, r->name, cases[i].id.maker, cases[i].id.model);
	}
}

static void a_row_changes_classes(void **state)
{
	const struct modem_row *w = modem_rows_find(*state, "wavecom"), *g = modem_rows_find(*state, "generic");
	assert_int_equal(modem_row_class(w, AT_CMS, 513), AT_CLASS_WAIT);
	assert_int_equal(modem_row_class(g, AT_CMS, 513), AT_CLASS_UNKNOWN);
	assert_int_equal(modem_row_class(w, AT_CMS, 322), AT_CLASS_STORE_FULL);
	struct at_reply r = {.final = AT_CME_ERROR, .code = 10, .text = "10"};
	assert_int_equal(modem_row_reply_class(g, &r), AT_CLASS_SIM);
	r = (struct at_reply){.final = AT_ERROR, .code = -1, .text = "ERROR"};
	assert_int_equal(modem_row_reply_class(g, &r), AT_CLASS_UNKNOWN);
	assert_true(modem_row_ignores(modem_rows_find(*state, "zte"), "+ZUSIMR:2"));
	assert_false(modem_row_ignores(g, "+ZUSIMR:2"));
}

static void notification_is_chosen_from_both(void **state)
{
	struct at_sets o;
	const struct modem_row *g = modem_rows_find(*state, "generic"),
			       *q = modem_rows_find(*state, "quectel-ec2x");
	at_sets_parse(&o, "+CNMI: (0-2),(0-3),(0,2),(0-2),(0,1)");
	assert_int_equal(at_choose_notify(g, &o, 0), 0);
	assert_string_equal(q->cnmi.word[at_choose_notify(q, &o, 0)], "1,1,0,1,0");
	at_sets_parse(&o, "+CNMI:(1),(0-1,3),(0,2),(0,2),(0)");
	int i = at_choose_notify(g, &o, 0);
	assert_string_equal(g->cnmi.word[i], "1,1,0,2,0");
	i = at_choose_notify(g, &o, i + 1); /* refused after all */
	assert_string_equal(g->cnmi.word[i], "1,1,0,0,0");
	assert_int_equal(at_choose_notify(g, &o, i + 1), -ENOENT);
	assert_int_equal(at_choose_notify(g, NULL, 3), 3);
	int now[5] = {2, 1, 0, 1, 1};
	assert_true(at_notify_is(g, 0, now));
	now[3] = 0;
	assert_false(at_notify_is(g, 0, now));
}

static void store_is_chosen_from_both(void **state)
{
	static const struct {
		const char *row, *options;
		int skip;
		const char *store; /* NULL: none left */
	} cases[] = {
	    {"generic", "+CPMS: (\"ME\",\"MT\"),(\"ME\",\"SM\",\"MT\"),(\"SM\",\"MT\")", 0,
	     "MT"}, /* ME not as mem3 */
	    {"generic", "+CPMS: \"ME\",\"MT\",\"SM\"", 0, "ME"},
	    {"generic", "+CPMS: \"ME\",\"MT\",\"SM\"", 1, "MT"},
	    {"generic", "+CPMS: \"ME\",\"MT\",\"SM\"", 3, NULL},
	    {"generic", "+CPMS: \"SM\",\"SM\",\"SM\"", 0, "SM"},
	    {"generic", "+CPMS: (),(),()", 0, "ME"}, /* says nothing */
	    {"generic", "+CPMS: ", 0, "ME"},
	    {"wavecom", "+CPMS: ((\"SM\",\"BM\",\"SR\"),(\"SM\"))", 0, "SM"},
	    {"generic", "+CPMS: (ME\", \"SR\"), (\"ME\"), (\"ME\")", 0, "ME"},
	    {"generic", "+CPMS: (\"SM_P\",\"ME_P\"),(\"SM_P\"),(\"SM_P\")", 0, NULL},
	    {"ml307", "+CPMS: (\"SM\",\"ME\",\"MT\"),(\"SM\",\"ME\",\"MT\"),(\"SM\",\"ME\",\"MT\")", 0, "MT"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct at_sets o;
		char name[12] = "";
		at_sets_parse(&o, cases[i].options);
		int rc = at_choose_store(modem_rows_find(*state, cases[i].row), &o, cases[i].skip, name);
		if ((cases[i].store == NULL) != (rc == -ENOENT) ||
		    (cases[i].store && strcmp(name, cases[i].store) != 0))
			fail_msg("case %zu: %d %s", i, rc, name);
	}
	struct at_command c = at_cmd_stores_set(modem_rows_find(*state, "generic"), "ME");
	assert_string_equal(c.line, "AT+CPMS=\"ME\",\"ME\",\"ME\"");
	c = at_cmd_stores_set(modem_rows_find(*state, "wavecom"), "SM");
	assert_string_equal(c.line, "AT+CPMS=\"SM\"");
}

int main(void)
{
	const struct CMUnitTest reading[] = {
	    cmocka_unit_test(inherits_and_replaces_lists),
	    cmocka_unit_test(reads_steps),
	    cmocka_unit_test(says_what_is_wrong),
	    cmocka_unit_test(long_line_is_told),
	    cmocka_unit_test(needs_generic),
	};
	const struct CMUnitTest shipped[] = {
	    cmocka_unit_test(families_are_there),
	    cmocka_unit_test(generic_has_every_key),
	    cmocka_unit_test(matches_the_most_specific),
	    cmocka_unit_test(a_row_changes_classes),
	    cmocka_unit_test(notification_is_chosen_from_both),
	    cmocka_unit_test(store_is_chosen_from_both),
	};
	int failed = cmocka_run_group_tests_name("modem rows", reading, NULL, NULL);
	return failed + cmocka_run_group_tests_name("shipped rows", shipped, load, unload);
}
