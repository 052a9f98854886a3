/* What a broadcast says: given here, or saved, with marks that are filled in for each recipient. */
#include "cli/broadcast.h"
#include "cli/texts.h"

#include "base/buf.h"
#include "base/mem.h"
#include "civic/marks.h"
#include "sms/compose.h"
#include "store/saved_text.h"
#include "store/store.h"

#include <errno.h>
#include <string.h>

#define WORDS_MAX 16

static int copy_saved(void *ctx, const struct saved_text *t)
{
	char **kept = ctx;
	kept[0] = mem_dup(t->text);
	kept[1] = mem_dup(t->audience);
	return 1;
}

/* The text with its marks, and the audience that is saved with it. */
static int read_given(struct cli *c, char **ret_text, char **ret_audience)
{
	const char *name = cli_opt(c, "template");
	char *kept[2] = {NULL, NULL};
	struct store *s;
	if (!name)
		return texts_given(c, ret_text);
	if (cli_opt(c, "text") || cli_opt(c, "text-file"))
		return cli_usage(c, "%s", _("--template has its own text; --text and --text-file exclude it"));
	int r = cli_store(c, &s);
	if (r)
		return r;
	r = saved_text_list(s, name, copy_saved, kept);
	if (r < 0)
		return cli_store_failed(c, r);
	if (!r)
		return cli_fail(CLI_NOTHING, _("there is no saved text %s; `yishi template list` shows them"),
				name);
	*ret_text = kept[0];
	*ret_audience = kept[1];
	return 0;
}

/* "date=周五" into `copy`, cut in two. */
static int read_word(struct cli *c, const char *given, char **copy, struct mark_word *ret)
{
	*copy = mem_dup(given);
	char *equals = strchr(*copy, '=');
	if (!equals || equals == *copy)
		return cli_usage(c, _("--with %s: WORD=VALUE is wanted"), given);
	*equals = 0;
	*ret = (struct mark_word){*copy, equals + 1};
	return 0;
}

static int read_marks(struct cli *c, const char *given, struct buf *out, unsigned *ret)
{
	struct mark_word words[WORDS_MAX];
	char *copies[WORDS_MAX];
	const char *with;
	struct err e = {0};
	int r = 0, n = 0;
	while (!r && (with = cli_opt_at(c, "with", n))) {
		if (n == WORDS_MAX)
			r = cli_usage(c, _("more than %d words are given by --with"), WORDS_MAX);
		else {
			r = read_word(c, with, &copies[n], &words[n]);
			n++;
		}
	}
	if (!r && marks_read(given, words, n, out, ret, &e))
		r = cli_fail(EX_DATAERR, "%s", e.text);
	while (n--)
		free(copies[n]);
	return r;
}

static int too_long(void)
{
	return cli_fail(EX_DATAERR, "%s", _("the text is longer than 255 segments; shorten it"));
}

int draft_text_read(struct cli *c, struct draft *d)
{
	cleanup_buf struct buf marked = {0}, filled = {0};
	cleanup_free char *given = NULL;
	enum sms_alphabet alphabet = SMS_GSM7;
	int r = read_given(c, &given, &d->saved_audience);
	if (!r)
		r = read_marks(c, given, &marked, &d->marks);
	if (r)
		return r;
	marks_fill(buf_str(&marked), &(struct mark_values){{NULL}}, &filled);
	int parts = d->marks || filled.len
			? compose_count(buf_str(&filled), &(struct compose_options){0}, &alphabet)
			: -EINVAL;
	if (parts < 0)
		return parts == -E2BIG ? too_long()
				       : cli_fail(EX_DATAERR, "%s", _("the text is empty or not UTF-8"));
	d->segments = parts;
	d->ucs2 = alphabet == SMS_UCS2;
	d->text = buf_take(d->marks ? &marked : &filled);
	return 0;
}

/* ---- each recipient's own */

static unsigned fill(const struct draft *d, const struct broadcast_member *m, struct buf *out)
{
	struct mark_values v;
	broadcast_values(m, &v);
	return marks_fill(d->text, &v, out);
}

int draft_fill(void *ctx, const struct broadcast_member *m, struct buf *out, bool *ret_ucs2, int *ret_segments)
{
	enum sms_alphabet alphabet = SMS_GSM7;
	fill(ctx, m, out);
	int parts = compose_count(buf_str(out), &(struct compose_options){0}, &alphabet);
	*ret_ucs2 = alphabet == SMS_UCS2;
	*ret_segments = parts;
	return parts < 0 ? parts : 0;
}

struct measuring {
	struct draft *d;
	struct buf text;
	size_t longest;
};

static int measure_one(void *ctx, const struct broadcast_member *m)
{
	struct measuring *x = ctx;
	struct draft *d = x->d;
	enum sms_alphabet alphabet = SMS_GSM7;
	buf_reset(&x->text);
	if (fill(d, m, &x->text))
		d->unknown++;
	int parts =
	    x->text.len ? compose_count(buf_str(&x->text), &(struct compose_options){0}, &alphabet) : -EINVAL;
	if (parts < 0)
		return parts;
	d->segments_total += parts;
	d->ucs2 |= alphabet == SMS_UCS2;
	if (parts > d->segments)
		d->longest_count = 0;
	if (parts > d->segments || (parts == d->segments && x->text.len > x->longest)) {
		d->segments = parts;
		x->longest = x->text.len;
		free(d->longest);
		d->longest = mem_dup(buf_str(&x->text));
	}
	d->longest_count += parts == d->segments;
	return 0;
}

int draft_measure(struct cli *c, struct draft *d)
{
	struct measuring x = {.d = d};
	d->segments_total = d->who.recipients * d->segments;
	if (!d->marks)
		return 0;
	d->segments_total = d->segments = 0;
	d->longest_count = d->unknown = 0;
	int r = broadcast_recipients_each(c->store, measure_one, &x);
	buf_done(&x.text);
	if (!d->segments)
		d->segments = 1; /* nobody gets it */
	return r == -E2BIG ? too_long()
	       : r == -EINVAL
		   ? cli_fail(EX_DATAERR, "%s", _("without its marks nothing is left of the text for somebody"))
	       : r ? cli_store_failed(c, r)
		   : 0;
}
