/* Reply fields and option sets in the forms that real modems send. */
#include "at_commands/fields.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static void splits_fields(void **state)
{
	(void)state;
	static const struct {
		const char *line, *fields; /* joined by |, quoted ones marked by ' */
	} cases[] = {
	    {"+CMGL: 1,0,,23", "1|0||23"},
	    {"+CMGL:1,0,\"\",23", "1|0|'|23"},
	    {"+CPMS: \"SM\", 3, 20 ,\"SM\",3,20", "'SM|3|20|'SM|3|20"},
	    {"+CLIP: \"+8613800138000\",145,,,\"Li, Ming\",0", "'+8613800138000|145|||'Li, Ming|0"},
	    {"+CREG: 2,1,\"0B,\"0100701\",7", "2|1|'0B|'0100701|7"},
	    {"+CREG: 2,1,\"5E25", "2|1|'5E25"},
	    {"+CPIN: \"READY\"", "'READY"},
	    {"+CPIN: READY", "READY"},
	    {"+CPMS: ", ""},
	    {"+CPMS:", ""},
	    {"12,\"a:b\"", "12|'a:b"},
	    {"+X: ,", "|"},
	    {"+X: \"unclosed", "'unclosed"},
	    {"+X: closed\",2", "'closed|2"},
	    {"+CUSD: 0,\"5,50 yuan\",15", "0|'5,50 yuan|15"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct at_fields f;
		char got[256] = "";
		at_fields_parse(&f, cases[i].line);
		for (int k = 0; k < f.count; k++)
			snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s%s", k ? "|" : "",
				 f.quoted[k] ? "'" : "", f.field[k]);
		if (strcmp(got, cases[i].fields) != 0)
			fail_msg("%s: %s, not %s", cases[i].line, got, cases[i].fields);
	}
}

static void numbers(void **state)
{
	(void)state;
	struct at_fields f;
	at_fields_parse(&f, "+X: 7,-3,1A2B,12x,,99999999999");
	assert_int_equal(at_fields_int(&f, 0, -1), 7);
	assert_int_equal(at_fields_int(&f, 1, 0), -3);
	assert_int_equal(at_fields_hex(&f, 2, -1), 0x1A2B);
	assert_int_equal(at_fields_int(&f, 3, -1), -1);
	assert_int_equal(at_fields_int(&f, 4, -1), -1);
	assert_int_equal(at_fields_int(&f, 5, -1), -1);
	assert_int_equal(at_fields_int(&f, 50, -1), -1);
	assert_string_equal(at_fields_str(&f, 50), "");
}

static void too_many_fields(void **state)
{
	(void)state;
	struct at_fields f;
	char line[300] = "+X: 0";
	for (int i = 1; i < 60; i++)
		snprintf(line + strlen(line), sizeof line - strlen(line), ",%d", i);
	at_fields_parse(&f, line);
	assert_int_equal(f.count, AT_FIELDS_MAX);
	assert_int_equal(at_fields_int(&f, AT_FIELDS_MAX - 1, -1), AT_FIELDS_MAX - 1);
}

/* Sets as text: numbers or names of each, sets separated by / */
static void describe(const struct at_sets *s, char *out, size_t size)
{
	*out = 0;
	for (int i = 0; i < s->count; i++) {
		snprintf(out + strlen(out), size - strlen(out), "%s", i ? "/" : "");
		for (int n = 0; n < 32; n++)
			if (at_sets_has(s, i, n))
				snprintf(out + strlen(out), size - strlen(out), "%d ", n);
		const char *names = s->names[i];
		snprintf(out + strlen(out), size - strlen(out), "%s", *names ? names + 1 : "");
	}
}

static void option_sets(void **state)
{
	(void)state;
	static const struct {
		const char *line, *sets;
	} cases[] = {
	    /* +CNMI=? */
	    {"+CNMI: (0-2),(0-3),(0,2),(0-2),(0,1)", "0 1 2 /0 1 2 3 /0 2 /0 1 2 /0 1 "},
	    {"+CNMI: (0,1,2),(0,1,2,3),(0,2,3),(0,1,2),(0,1)", "0 1 2 /0 1 2 3 /0 2 3 /0 1 2 /0 1 "},
	    {"+CNMI: (2),(0-1,3),(0,2),(0-1),(0)", "2 /0 1 3 /0 2 /0 1 /0 "},
	    {"+CNMI:(0-3),(0-1),(0,2),(0-2),(0,1)", "0 1 2 3 /0 1 /0 2 /0 1 2 /0 1 "},
	    {"+CNMI: ( 0 - 2 ), (0 , 1)", "0 1 2 /0 1 "},
	    {"+CNMI: (1,2,3),(0-1),(0,2,3),(0),(1)", "1 2 3 /0 1 /0 2 3 /0 /1 "},
	    /* +CPMS=? */
	    {"+CPMS: (\"ME\",\"MT\"),(\"ME\",\"SM\",\"MT\"),(\"SM\",\"MT\")", "ME MT /ME SM MT /SM MT "},
	    {"+CPMS: \"ME\",\"MT\",\"SM\"", "ME MT SM /ME MT SM /ME MT SM "},
	    {"+CPMS: \"SM\",\"SM\",\"SM\"", "SM /SM /SM "},
	    {"+CPMS: (),(),()", "//"},
	    {"+CPMS: ", ""},
	    {"+CPMS: (\"ME\",\"MT\"),\"ME\",(\"SM\")", "ME MT /ME /SM "},
	    {"+CPMS: ((\"SM\",\"BM\",\"SR\"),(\"SM\"))", "SM BM SR /SM "},
	    {"+CPMS: (ME\", \"SR\"), (\"ME\", \"MT\"), (\"ME\", \"MT\")", "ME SR /ME MT /ME MT "},
	    {"+CPMS: (\"SM_P\",\"ME_P\"),(\"SM_P\")", "SM_P ME_P /SM_P "},
	    {"+CPMS: ( \"ME\" , \"SM\" ) , ( \"ME\" )", "ME SM /ME "},
	    {"+CPMS: (\"SM\",\"ME", "SM ME "},
	    /* +CMGD=? */
	    {"+CMGD: (1,2,3),(0-4)", "1 2 3 /0 1 2 3 4 "},
	    {"+CMGD: (),(0-4)", "/0 1 2 3 4 "},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct at_sets s;
		char got[512];
		at_sets_parse(&s, cases[i].line);
		describe(&s, got, sizeof got);
		if (strcmp(got, cases[i].sets) != 0)
			fail_msg("%s: %s, not %s", cases[i].line, got, cases[i].sets);
	}
	struct at_sets s;
	at_sets_parse(&s, "+X: (1),(2),(3),(4),(5),(6),(7),(8),(9),(10)");
	assert_int_equal(s.count, AT_SETS_MAX);
	char line[200];
	snprintf(line, sizeof line, "+CPMS: \"ME\",\"%0100d\",\"SM\"", 0);
	memset(line + 13, 'L', 100);
	at_sets_parse(&s, line); /* a name that is none is left out */
	assert_string_equal(s.names[0], " ME SM ");
	at_sets_parse(&s, "+X: (0-4000000000)");
	assert_true(at_sets_has(&s, 0, 31));
	assert_false(at_sets_has(&s, 0, 32));
	at_sets_parse(&s, "+CPMS: (\"ME\")");
	assert_false(at_sets_has_name(&s, 0, "M"));
	assert_true(at_sets_has_name(&s, 0, "ME"));
}

static void pdu_lengths(void **state)
{
	(void)state;
	assert_int_equal(at_pdu_length("0891683108100005F0010203"), 3);
	assert_int_equal(at_pdu_length("00010203"), 3);
	assert_int_equal(at_pdu_length("00"), -1);
	assert_int_equal(at_pdu_length("07916831"), -1);
	assert_int_equal(at_pdu_length("0791683"), -1);
	assert_int_equal(at_pdu_length(""), -1);
	assert_int_equal(at_pdu_length("zz00"), -1);
}

static void service_centres(void **state)
{
	(void)state;
	char out[48];
	at_unhex_ucs2("002B0038003600310033003800300030", out, sizeof out);
	assert_string_equal(out, "+8613800");
	at_unhex_ucs2("+8613800100500", out, sizeof out);
	assert_string_equal(out, "+8613800100500");
	at_unhex_ucs2("13800100500", out, sizeof out);
	assert_string_equal(out, "13800100500");
	at_unhex_ucs2("", out, sizeof out);
	assert_string_equal(out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(splits_fields), cmocka_unit_test(numbers),     cmocka_unit_test(too_many_fields),
	    cmocka_unit_test(option_sets),   cmocka_unit_test(pdu_lengths), cmocka_unit_test(service_centres),
	};
	return cmocka_run_group_tests_name("fields", tests, NULL, NULL);
}
