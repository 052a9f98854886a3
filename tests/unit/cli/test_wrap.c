/* Lines of the help: neither a closing sign at a line's begin nor an opening one at its end. */

#include "cli/wrap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_signs_stay_with_their_word(void **state)
{
	(void)state;
	for (int n = WRAP_COLUMNS / 2 - 3; n <= WRAP_COLUMNS / 2; n++) {
		char text[1000] = "", *out = NULL;
		size_t size = 0;
		for (int i = 0; i < n; i++)
			strcat(text, "字");
		strcat(text, "“在线”（率），");
		FILE *f = open_memstream(&out, &size);
		wrap_print(f, text, 0, 0);
		fclose(f);
		assert_null(strstr(out, "“\n"));
		assert_null(strstr(out, "（\n"));
		assert_null(strstr(out, "\n”"));
		assert_null(strstr(out, "\n），"));
		free(out);
	}
}

int main(void)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_signs_stay_with_their_word)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
