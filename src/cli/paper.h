/* Pages that are printed: options, language and templates that all of them share. A verb gathers what its page shows as
 * one JSON object and hands it over; what the page looks like is in src/page/templates. */
#pragma once

#include "cli/cli.h"
#include "page/pages.h"
#include "page/say.h"

#define PAPER_OPTIONS                                                                                          \
	{"language", N_("zh|en"), N_("of the page; otherwise that of this screen"), false},                    \
	    {"paper", N_("a4|a3"), N_("size of the sheet (a4); a3 is the same, half as big again"), false},    \
	    {"full", NULL, N_("telephone numbers in full"), false},                                            \
	    {"values", NULL, N_("what the page can show, as JSON, for `yishi page render`"), false},           \
	{                                                                                                      \
		"output", N_("FILE"), N_("into this file instead of standard output"), false                   \
	}

struct paper {
	struct cli *c;
	enum language lang;
	bool a3;
	struct template_set *set;
	struct say *say;
};

/* Reads the options, loads the templates; from now on gettext speaks the page's language. 0, or an exit status after having
 * printed why; paper_end in any case. */
int paper_begin(struct paper *p, struct cli *c);
/* What every page knows: lang, zh, a3, community, phone, say_phone, printed. The caller owns it. */
json_t *paper_data(const struct paper *p);
/* Writes the page; takes `data`. 0 or an exit status. */
int paper_print(struct paper *p, const char *page, json_t *data);
void paper_end(struct paper *p);

/* The templates of the configuration's folders; explains what is wrong. */
int paper_load(struct cli *c, enum language lang, struct template_set **ret);

/* "written" / "spoken" as JSON strings. */
json_t *paper_write(const struct paper *p, void (*write)(struct say *s, struct buf *out, const struct civil *t),
		    int64_t utc);
json_t *paper_say(const struct paper *p, void (*say)(struct say *s, struct buf *out, int64_t n), int64_t n);

/* What a person wrote, for a sheet that strangers read: control characters masked, long numbers shortened (unless
 * --full), cut to `columns` at the end of a word (0: whole) with "…". The caller owns the string. */
char *paper_text(const struct paper *p, const char *text, int columns);
