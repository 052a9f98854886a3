/* `yishi meeting poster`: what is printed for a meeting, before, at and after it. */
#include "cli/meeting_verbs.h"
#include "cli/paper_meeting.h"

#include "store/store.h"

#include <errno.h>
#include <string.h>

const struct cli_option meeting_poster_options[] = {
    {"sheet", N_("SHEET"), N_("poster signin agenda minutes results script (poster)"), false},
    {"everybody", NULL, N_("on the sign-in sheet who was invited as well, not only who comes"), false},
    {"blank", NULL, N_("a sign-in sheet without names"), false},
    PAPER_OPTIONS,
    {0},
};

/* One row a sheet. */
static const struct sheet {
	const char *name, *page;
	enum paper_roll roll;
	bool closed; /* not before the minutes are closed */
} sheets[] = {
    {"poster", "poster.html", PAPER_NOBODY, false},  {"signin", "signin.html", PAPER_COMING, false},
    {"agenda", "agenda.html", PAPER_NOBODY, false},  {"minutes", "minutes.html", PAPER_ATTENDED, false},
    {"results", "results.html", PAPER_NOBODY, true}, {"script", "script.txt", PAPER_NOBODY, false},
};

static const struct sheet *find_sheet(const char *name)
{
	for (size_t i = 0; i < sizeof sheets / sizeof *sheets; i++)
		if (!strcmp(sheets[i].name, name))
			return &sheets[i];
	return NULL;
}

static int is_closed(void *ctx, const struct meeting *m)
{
	(void)ctx;
	return m->minutes_utc ? 0
			      : cli_fail(CLI_NOTHING,
					 _("what meeting %lld decided is not final; `yishi meeting minutes "
					   "%lld --close` first"),
					 (long long)m->id, (long long)m->id);
}

/* What came in since the daemon last looked belongs on the paper, too. */
static int build_agenda(struct store *s, int64_t id)
{
	int r = store_begin(s);
	if (r || (r = meeting_agenda_build(s, id)) < 0 || (r = store_commit(s)))
		store_rollback(s);
	return r;
}

static int print_sheet(struct paper *p, struct store *s, int64_t id, const struct sheet *sheet)
{
	json_t *doc;
	enum paper_roll roll = sheet->roll != PAPER_COMING  ? sheet->roll
			       : cli_opt(p->c, "blank")     ? PAPER_NOBODY
			       : cli_opt(p->c, "everybody") ? PAPER_INVITED
							    : PAPER_COMING;
	int r = build_agenda(s, id);
	if (!r)
		r = paper_meeting(p, s, id, roll, &doc);
	return r ? cli_store_failed(p->c, r) : paper_print(p, sheet->page, doc);
}

int meeting_poster_run(struct cli *c)
{
	struct paper p;
	struct store *s;
	int64_t id;
	const char *name = cli_opt(c, "sheet");
	const struct sheet *sheet = find_sheet(name ? name : "poster");
	if (!sheet)
		return cli_usage(c, _("there is no sheet %s; poster signin agenda minutes results script are"),
				 name);
	if ((cli_opt(c, "everybody") || cli_opt(c, "blank")) && strcmp(sheet->name, "signin") != 0)
		return cli_usage(c, "%s", _("--everybody and --blank go with --sheet signin"));
	int r = meeting_open(c, &s, &id, NULL, NULL);
	if (!r && sheet->closed)
		r = meeting_get(s, id, is_closed, c);
	if (r)
		return r;
	r = paper_begin(&p, c);
	if (!r)
		r = print_sheet(&p, s, id, sheet);
	paper_end(&p);
	return r;
}
