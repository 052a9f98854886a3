/* The page of the last week: on the first working morning of a week it is written into a file, and each secretary gets its
 * main figures by text. The file is there before the week is marked as told, and writing it again gives the same file; a
 * text has the week in its occasion. So a crash in between tells nobody twice and loses nothing. */
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/paths.h"
#include "base/text.h"
#include "civic/deadline.h"
#include "daemon/participation_internal.h"
#include "page/pages.h"
#include "page/report_page.h"
#include "store/person.h"
#include "store/summary.h"
#include "store/worklist.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define SECRETARIES 16
#define FRESH_S                                                                                                \
	(2 * DAY_S) /* a box that was off all Monday still tells; one that comes up on Friday does not */

/* ------------------------------------------------------------------------------------------------ the file */

/* Its group is handed down by the folder that it is made in. */
static int put_file(const char *folder, const char *name, const struct buf *page)
{
	cleanup_free char *path = mem_printf("%s/%s", folder, name);
	if (mkdir(folder, 0770) && errno != EEXIST)
		return -errno;
	return file_replace(path, page, 0660, true);
}

/* The name of the file, or "" after having logged why there is none: the figures go out all the same. */
static void write_page(const struct participation *p, struct summary *s, int64_t now, char ret_name[32])
{
	char dir[PATH_MAX], week[PERIOD_NAME_MAX], line[600];
	cleanup_buf struct buf page = {0};
	struct template_set *pages;
	struct err e = {0};
	*ret_name = 0;
	if (!p->config->report_dir)
		return;
	int r = paths_data(dir, sizeof dir);
	if (r)
		err_set(&e, NULL, 0, "no data folder; set $YISHI_DATA");
	else if (!(r = pages_load(dir, p->config->pages, p->config->language, &pages, &e))) {
		r = report_page_write(
		    &(struct report_page){
			.summary = s, .site = p->config->name, .language = p->config->language, .now_utc = now},
		    pages, &page, &e);
		template_set_free(pages);
	}
	snprintf(ret_name, 32, "%s.html", period_name(&s->period, week));
	if (!r && (r = put_file(p->config->report_dir, ret_name, &page)))
		err_set(&e, p->config->report_dir, 0, "%s", err_system(-r));
	if (r) {
		log_error("the page of the week is not written: %s", err_line(&e, line, sizeof line));
		*ret_name = 0;
	}
}

/* ------------------------------------------------------------------------------------------------ the text */

static int text_week(const struct participation *p, const struct person *who, const struct summary *s,
		     const char *file, int64_t now)
{
	enum language lang = who->has_language ? who->language : p->config->language;
	cleanup_buf struct buf text = {0};
	char dedupe[64];
	struct reply_arg args[8] = {
	    {.name = "site", .type = REPLY_TEXT, .text = p->config->signature, .max = 8},
	    {.name = "received", .type = REPLY_INT, .n = (int)s->whole.received},
	    {.name = "settled", .type = REPLY_INT, .n = (int)s->whole.settled},
	    {.name = "late", .type = REPLY_INT, .n = (int)s->late_total},
	};
	int n = 4;
	if (s->meetings.rolls)
		args[n++] = (struct reply_arg){.name = "heads", .type = REPLY_INT, .n = (int)s->meetings.heads};
	if (*file)
		args[n++] = (struct reply_arg){.name = "file", .type = REPLY_TEXT, .text = file};
	say(p, lang, "week.page", args, &text);
	snprintf(dedupe, sizeof dedupe, "week:%" PRId64 ":%.23s", s->period.from_utc / DAY_S, who->number);
	return say_send(p, who->number, buf_str(&text),
			&(struct say_options){.class = OUTBOX_REMINDER,
					      .quiet = true,
					      .person = who->id,
					      .not_after_utc = now + FRESH_S,
					      .dedupe = dedupe},
			now, NULL);
}

/* Each secretary hears of the grids that are his; the file is of all. */
static int text_all(const struct participation *p, struct summary *all, const char *file, int64_t now)
{
	cleanup_free struct person *people = mem_array(SECRETARIES, sizeof *people);
	int n = persons_with_role(p->store, ROLE(SECRETARY), NULL, people, SECRETARIES), r = n;
	struct summary *own = NULL;
	for (int i = 0; i < n && r >= 0; i++) {
		const struct summary_scope scope = {.grid = people[i].grid};
		if (!i || strcmp(people[i].grid, people[i - 1].grid) != 0) { /* colleagues share theirs */
			summary_free(own);
			own = NULL;
			if (people[i].grid[0])
				r = summary_collect(p->store, &all->period, &scope, now, &own);
		}
		if (r >= 0)
			r = text_week(p, &people[i], own ? own : all, file, now);
	}
	summary_free(own);
	return r;
}

/* A box that nobody texted and where nothing is left to do has no page. */
static bool has_news(const struct summary *s)
{
	return s->whole.received || s->whole.settled_within || s->texts.in || s->meetings.held || s->late_total;
}

static int tell(const struct participation *p, int64_t now)
{
	const struct summary_scope all = {0};
	struct summary *s;
	struct period this_week, last;
	char file[32];
	period_at(PERIOD_WEEK, now, &this_week);
	period_shift(&this_week, -1, &last);
	int r = summary_collect(p->store, &last, &all, now, &s);
	if (r < 0)
		return r;
	if (has_news(s)) {
		write_page(p, s, now, file);
		r = text_all(p, s, file, now);
	}
	summary_free(s);
	return r;
}

int week_page(const struct participation *p, int64_t now, int64_t *next)
{
	struct holidays days;
	struct calendar c;
	int64_t done;
	if (!p->config->weekly_page)
		return 0;
	case_calendar(p, &days, &c);
	int64_t week = week_begins(&c, now), then = now < week ? week : week_begins(&c, now + 7 * DAY_S);
	int r = cursor_get(p->store, "week_page", &done);
	if (then < *next)
		*next = then;
	if (r < 0 || now < week || done == week)
		return r;
	if (now - week < FRESH_S)
		r = tell(p, now);
	return r < 0 ? r : cursor_set(p->store, "week_page", week);
}
