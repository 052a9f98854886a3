#include "store/phone.h"
#include "base/text.h"
#include "store/internal.h"

#include <string.h>

static const char *const opt_out_names[] = {
    [OPT_NONE] = "no", [OPT_BROADCASTS] = "broadcasts", [OPT_ALL] = "all"};

const char *opt_out_name(enum opt_out o)
{
	return opt_out_names[o];
}

int opt_out_find(const char *name)
{
	for (int i = 0; i <= OPT_ALL; i++)
		if (!strcmp(opt_out_names[i], name))
			return i;
	return -1;
}

int phone_get(struct store *s, const char *number, struct phone *ret)
{
	struct phone p = {0};
	text_copy(p.number, sizeof p.number, number);
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT opted_out, muted, loop_muted_utc, unlinked_utc, asked_register_utc, budget_notice_utc,"
	    " last_in_utc, language, resent_utc FROM phone WHERE number = ?",
	    "t", number);
	if (r < 0 || (r = query_next(&q)) < 0)
		return r;
	if (r == 1) {
		int o = opt_out_find(query_text(&q, 0));
		p.opted_out = o < 0 ? OPT_NONE : (enum opt_out)o;
		p.muted = query_int(&q, 1) != 0;
		p.loop_muted_utc = query_int(&q, 2);
		p.unlinked_utc = query_int(&q, 3);
		p.asked_register_utc = query_int(&q, 4);
		p.budget_notice_utc = query_int(&q, 5);
		p.last_in_utc = query_int(&q, 6);
		p.has_language = !query_null(&q, 7);
		p.resent_utc = query_int(&q, 8);
		p.english = !strcmp(query_text(&q, 7), "en");
	}
	*ret = p;
	return 0;
}

static int make(struct store *s, const char *number)
{
	return store_run(s, "INSERT INTO phone (number) VALUES (?) ON CONFLICT (number) DO NOTHING", "t",
			 number);
}

int phone_heard(struct store *s, const char *number, int english, int64_t now)
{
	int r = make(s, number);
	if (r < 0)
		return r;
	return store_run(s,
			 "UPDATE phone SET last_in_utc = ?, language = coalesce(?, language) WHERE number = ?",
			 "Itt", now,
			 english < 0 ? NULL
			 : english   ? "en"
				     : "zh",
			 number);
}

/* Notices that are still queued; what a modem was given cannot be taken back. */
static int cancel_notices(struct store *s, const char *number, int64_t now)
{
	return store_run(
	    s,
	    "UPDATE message_out SET state = 'cancelled', done_utc = ?, reason = 'opted out' WHERE number = ?"
	    " AND state = 'queued' AND class IN ('reminder', 'broadcast')",
	    "It", now, number);
}

int phone_set_opt_out(struct store *s, const char *number, enum opt_out o, int64_t message, int64_t now)
{
	int r = make(s, number);
	if (r < 0)
		return r;
	if (o != OPT_NONE && (r = cancel_notices(s, number, now)) < 0)
		return r;
	return store_run(
	    s, "UPDATE phone SET opted_out = ?, opted_out_utc = ?, opted_out_message = ? WHERE number = ?",
	    "tIPt", opt_out_name(o), now, message, number);
}

int phone_set_muted(struct store *s, const char *number, bool muted)
{
	int r = make(s, number);
	return r < 0 ? r : store_run(s, "UPDATE phone SET muted = ? WHERE number = ?", "bt", muted, number);
}

int phone_set_loop_muted(struct store *s, const char *number, int64_t utc)
{
	int r = make(s, number);
	return r < 0 ? r
		     : store_run(s, "UPDATE phone SET loop_muted_utc = ? WHERE number = ?", "Pt", utc, number);
}

int phone_set_unlinked(struct store *s, const char *number, int64_t utc, int64_t now)
{
	int r = make(s, number);
	if (r >= 0 && utc)
		r = cancel_notices(s, number, now);
	return r < 0 ? r
		     : store_run(s, "UPDATE phone SET unlinked_utc = ? WHERE number = ?", "Pt", utc, number);
}

int phone_set_resent(struct store *s, const char *number, int64_t utc)
{
	return store_run(s, "UPDATE phone SET resent_utc = ? WHERE number = ?", "It", utc, number);
}

int phone_set_asked_register(struct store *s, const char *number, int64_t utc)
{
	int r = make(s, number);
	return r < 0 ? r
		     : store_run(s, "UPDATE phone SET asked_register_utc = ? WHERE number = ?", "Pt", utc,
				 number);
}

int phone_set_budget_notice(struct store *s, const char *number, int64_t utc)
{
	int r = make(s, number);
	return r < 0
		   ? r
		   : store_run(s, "UPDATE phone SET budget_notice_utc = ? WHERE number = ?", "Pt", utc, number);
}
