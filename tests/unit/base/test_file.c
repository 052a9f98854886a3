/* Whole files: the bound of reading, and that what replaces a file is there as a whole or not at all. */
#include "base/file.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void a_file_is_replaced_and_read(void **state)
{
	(void)state;
	char folder[] = "/tmp/yishi-file-XXXXXX", path[64], draft[80];
	struct buf text cleanup_buf = {0}, back cleanup_buf = {0};
	struct err e = {0};
	struct stat st;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/a", folder);
	snprintf(draft, sizeof draft, "%s.new", path);
	for (int i = 0; i < 2000; i++)
		buf_adds(&text, "twenty bytes a line\n");
	/* a draft that was left behind, or laid there as a link, is in nobody's way */
	assert_int_equal(symlink("/etc/passwd", draft), 0);
	for (int durable = 0; durable < 2; durable++) {
		assert_int_equal(file_replace(path, &text, 0640, durable), 0);
		assert_int_equal(lstat(path, &st), 0);
		assert_int_equal(st.st_mode, S_IFREG | 0640);
		assert_int_not_equal(lstat(draft, &st), 0);
	}

	buf_adds(&back, "behind this: ");
	assert_int_equal(file_read(path, text.len, &back, &e), 0);
	assert_int_equal(back.len, 13 + text.len);
	assert_string_equal(back.data + 13, text.data);
	assert_int_equal(file_read(path, text.len - 1, &back, &e), -EINVAL);
	assert_string_equal(e.file, path);
	assert_string_equal(e.text, "is longer than 39999 bytes; shorten it");

	assert_int_equal(file_read(folder, 1, &back, &e), -EISDIR);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(file_read(path, 1, &back, &e), -ENOENT);
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(file_replace(path, &text, 0640, false), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_file_is_replaced_and_read)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
