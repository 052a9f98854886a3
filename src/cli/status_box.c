#include "cli/status_box.h"

#include "base/i18n.h"
#include "base/mem.h"
#include "civic/figures_words.h"
#include "store/box_note.h"
#include "store/line.h"
#include "store/line_history.h"
#include "store/person.h"
#include "store/store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>

#define PEOPLE_MAX 16
#define OFF_S      60 /* the network's clock and ours agree within that */
#define OLD_S      (2 * DAY_S)

struct agreement {
	struct store *s;
	int64_t now;
	bool found;
};

static int take_operator(void *ctx, const struct line_operator *o)
{
	struct agreement *a = ctx;
	a->found |= o->network_utc && a->now - o->network_utc < OLD_S && llabs(o->network_ahead) <= OFF_S;
	return 0;
}

static int take_line(void *ctx, const struct line *l)
{
	struct agreement *a = ctx;
	int r = line_get_operator(a->s, l->name, take_operator, a);
	return r == -ENOENT ? 0 : r;
}

/* The kernel knows whether anybody disciplines its clock. */
static int clock_source(struct store *s, int64_t now, enum status_clock *ret)
{
	struct timex t = {0};
	struct agreement a = {s, now, false};
	int r = line_each(s, take_line, &a);
	bool kept = adjtimex(&t) >= 0 && !(t.status & STA_UNSYNC);
	*ret = kept ? CLOCK_NTP : a.found ? CLOCK_NETWORK : CLOCK_ALONE;
	return r < 0 ? r : 0;
}

static int take_note(void *ctx, const struct box_note *n)
{
	(void)n;
	++*(int *)ctx;
	return 0;
}

int status_box_collect(struct store *s, const struct config *cfg, int64_t now, struct status_box *ret)
{
	struct person *who = mem_array(PEOPLE_MAX, sizeof *who);
	*ret = (struct status_box){0};
	room_look(cfg->database, &ret->room);
	int r = backup_sum(s, &ret->copies);
	if (!r)
		r = clock_source(s, now, &ret->clock);
	int n = persons_with_role(s, ROLE(INSTALLER), NULL, who, PEOPLE_MAX);
	free(who);
	ret->installers = n > 0 ? n : 0;
	if (!r)
		r = box_note_untold(s, take_note, &ret->notes);
	return r < 0 ? r : n < 0 ? n : 0;
}

bool status_box_disk_low(const struct status_box *b)
{
	return b->room.total_bytes && b->room.free_bytes < room_low(&b->room);
}

void status_box_json(const struct status_box *b, json_t *row)
{
	static const char *const sources[] = {
	    [CLOCK_ALONE] = "none", [CLOCK_NETWORK] = "network", [CLOCK_NTP] = "ntp"};
	bool any = b->copies.first_utc != 0;
	char stamp[32];
	json_object_set_new(row, "disk_total", json_integer((json_int_t)b->room.total_bytes));
	json_object_set_new(row, "clock_source", json_string(sources[b->clock]));
	json_object_set_new(row, "installers", json_integer(b->installers));
	json_object_set_new(row, "backup",
			    any ? json_pack("{so ss so}", "last_good",
					    b->copies.good_utc
						? json_string(rfc3339_format(b->copies.good_utc, stamp))
						: json_null(),
					    "result", backup_result_name(b->copies.last), "detail",
					    out_string(b->copies.detail[0] ? b->copies.detail : NULL))
				: json_null());
}

/* "12.3 GB", "140 MB" */
static void size_words(int64_t bytes, struct buf *out)
{
	if (bytes >= (int64_t)1 << 30)
		buf_addf(out, "%.1f GB", (double)bytes / (1 << 30));
	else
		buf_addf(out, "%" PRId64 " MB", bytes >> 20);
}

static void copy_words(const struct status_box *b, const struct config *cfg, int64_t now, struct buf *out)
{
	char age[FIGURES_WORDS];
	if (b->copies.good_utc)
		buf_addf(out, _("copied %s ago"), time_words(now - b->copies.good_utc, age));
	else
		buf_adds(out, cfg->backup_dir ? _("not copied yet") : _("no nightly copies (backup_dir)"));
	if (b->copies.first_utc && !b->copies.last_good)
		buf_addf(out, _(" (the last try failed: %s)"), b->copies.detail);
}

void status_box_words(const struct status_box *b, const struct config *cfg, int64_t now, struct buf *out)
{
	static const char *const clocks[] = {[CLOCK_ALONE] = N_("nothing keeps the clock"),
					     [CLOCK_NETWORK] = N_("the clock agrees with the mobile network"),
					     [CLOCK_NTP] = N_("the clock is kept by NTP")};
	struct buf left cleanup_buf = {0}, total cleanup_buf = {0};
	size_words(b->room.free_bytes, &left);
	size_words(b->room.total_bytes, &total);
	buf_addf(out, _("disk %1$s of %2$s free; "), buf_str(&left), buf_str(&total));
	copy_words(b, cfg, now, out);
	buf_addf(out, _("; %s"), gettext(clocks[b->clock]));
	if (!b->installers)
		buf_adds(out, _("; nobody is an installer, so nobody is texted how the box is"));
	else if (b->notes)
		buf_addf(out, _("; %d changes to be told"), b->notes);
}
