#include "cli/texts.h"

#include "base/mem.h"
#include "base/text.h"
#include "sms/compose.h"

#include <errno.h>
#include <string.h>

#define TEXT_MAX_BYTES (64u << 10)

static int read_given(struct cli *c, char **ret, size_t *ret_len)
{
	const char *text = cli_opt(c, "text"), *file = cli_opt(c, "text-file");
	if (!text == !file)
		return cli_usage(c, "%s", _("one of --text and --text-file is wanted"));
	if (file)
		return cli_read_file(file, TEXT_MAX_BYTES, ret, ret_len);
	*ret = mem_dup(text);
	*ret_len = strlen(text);
	return 0;
}

int texts_given(struct cli *c, char **ret)
{
	char *text;
	size_t len;
	int r = read_given(c, &text, &len);
	if (r)
		return r;
	if (len >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3))
		memmove(text, text + 3, (len -= 3) + 1);
	while (len && (text[len - 1] == '\n' || text[len - 1] == '\r'))
		text[--len] = 0;
	if (len && text_valid(text, len)) {
		*ret = text;
		return 0;
	}
	free(text);
	return cli_fail(EX_DATAERR, "%s", _("the text is empty or not UTF-8"));
}

int texts_read(struct cli *c, char **ret, int *ret_segments, bool *ret_ucs2)
{
	char *text;
	enum sms_alphabet alphabet = SMS_GSM7;
	int r = texts_given(c, &text);
	if (r)
		return r;
	int parts = compose_count(text, &(struct compose_options){0}, &alphabet);
	if (parts < 0) {
		free(text);
		return parts == -E2BIG
			   ? cli_fail(EX_DATAERR, "%s", _("the text is longer than 255 segments; shorten it"))
			   : cli_fail(EX_DATAERR, "%s", _("the text is empty or not UTF-8"));
	}
	*ret = text;
	*ret_segments = parts;
	*ret_ucs2 = alphabet == SMS_UCS2;
	return 0;
}
