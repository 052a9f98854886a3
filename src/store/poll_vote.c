/* Votes: one row of a unit (a phone or a household) holds the vote that counts, by the text that brought it. */
#include "base/mem.h"
#include "base/text.h"
#include "store/event.h"
#include "store/internal.h"
#include "store/poll_work.h"
#include "store/private.h"

#include <errno.h>
#include <string.h>

/* The phone under which the sender stands in the list of voters: its own, else the person's. -ENOENT. */
static int voter_of(struct store *s, int64_t poll, const char *number, int64_t person, char ret[E164_MAX])
{
	cleanup_query struct query q = {0};
	int r = query_find(s, &q,
			   "SELECT number FROM poll_voter WHERE poll = ?1 AND (number = ?2 OR person = ?3)"
			   " ORDER BY number <> ?2 LIMIT 1",
			   "ItP", poll, number, person);
	if (!r)
		text_copy(ret, E164_MAX, query_text(&q, 0));
	return r;
}

struct holder {
	char number[E164_MAX]; /* "": the unit has not voted */
	int64_t message, voted_utc;
	int option;
};

static int holder_of(struct store *s, int64_t poll, const char *voter, struct holder *ret)
{
	cleanup_query struct query q = {0};
	*ret = (struct holder){0};
	int r =
	    query_open(s, &q,
		       "SELECT w.number, w.message, w.voted_utc, w.option FROM poll_voter v JOIN poll_voter w"
		       " ON w.poll = v.poll AND w.unit = v.unit AND w.voted_utc IS NOT NULL"
		       " WHERE v.poll = ? AND v.number = ?",
		       "It", poll, voter);
	if (r < 0 || (r = query_next(&q)) < 1)
		return r;
	text_copy(ret->number, E164_MAX, query_text(&q, 0));
	ret->message = query_int(&q, 1);
	ret->voted_utc = query_int(&q, 2);
	ret->option = (int)query_int(&q, 3);
	return 0;
}

static int set_vote(struct store *s, int64_t poll, const char *voter, int64_t utc, int64_t message, int option)
{
	return store_run(
	    s, "UPDATE poll_voter SET voted_utc = ?, message = ?, option = ? WHERE poll = ? AND number = ?",
	    "PPPIt", utc, message, (int64_t)option, poll, voter);
}

/* It keeps the number of its text: it is told how the poll ends, as a voter. */
static int unset_vote(struct store *s, int64_t poll, const char *voter)
{
	return store_run(s,
			 "UPDATE poll_voter SET voted_utc = NULL, option = NULL WHERE poll = ? AND number = ?",
			 "It", poll, voter);
}

static int state_of(struct store *s, int64_t poll, bool *ret_secret)
{
	int64_t open = 0, secret = 0;
	int r = store_get(s, &open, "SELECT state = 'open' FROM poll WHERE id = ?", "I", poll);
	if (r < 0 || (r = store_get(s, &secret, "SELECT secret FROM poll WHERE id = ?", "I", poll)) < 0)
		return r;
	*ret_secret = secret != 0;
	return open ? 0 : -EPERM;
}

int poll_vote(struct store *s, int64_t poll, const char *number, int64_t person, int option,
	      const struct actor *by, int64_t now, json_t **ret_before, char ret_other[E164_MAX])
{
	char voter[E164_MAX];
	struct holder was;
	bool secret = false;
	int r = state_of(s, poll, &secret);
	if (r < 0 || (r = voter_of(s, poll, number, person, voter)) < 0 ||
	    (r = holder_of(s, poll, voter, &was)) < 0)
		return r;
	if (secret && (r = private_ballot(s, poll, by->message, option)) < 0)
		return r;
	if (was.number[0] && (r = unset_vote(s, poll, was.number)) < 0)
		return r;
	if ((r = set_vote(s, poll, voter, now, by->message, secret ? 0 : option)) < 0)
		return r;
	text_copy(ret_other, E164_MAX, strcmp(was.number, voter) ? was.number : "");
	*ret_before =
	    json_pack("{s:s, s:I, s:I, s:i}", "number", was.number, "message", (json_int_t)was.message, "voted",
		      (json_int_t)was.voted_utc, "option", was.option);
	return event_add(s, EVENT_VOTE_CAST, by->id,
			 json_pack("{s:I, s:I}", "poll", (json_int_t)poll, "message", (json_int_t)by->message),
			 now);
}

static int64_t field(const json_t *j, const char *key)
{
	return (int64_t)json_integer_value(json_object_get(j, key));
}

int poll_unvote(struct store *s, int64_t poll, const char *number, int64_t person, int64_t message,
		const json_t *before, int64_t now)
{
	char voter[E164_MAX];
	struct holder is;
	bool secret;
	const char *former = json_string_value(json_object_get(before, "number"));
	(void)now;
	int r = state_of(s, poll, &secret);
	if (r < 0 || (r = voter_of(s, poll, number, person, voter)) < 0 ||
	    (r = holder_of(s, poll, voter, &is)) < 0)
		return r;
	if (strcmp(is.number, voter) != 0 || is.message != message)
		return -EPERM;
	if ((r = unset_vote(s, poll, voter)) < 0 || !former || !*former)
		return r;
	return set_vote(s, poll, former, field(before, "voted"), field(before, "message"),
			(int)field(before, "option"));
}

int poll_vote_touched(struct store *s, int64_t poll, const char *number, int64_t message)
{
	int64_t same = 0;
	(void)number;
	int r = store_get(s, &same,
			  "SELECT count(*) FROM poll_voter v JOIN poll o ON o.id = v.poll WHERE v.poll = ? AND"
			  " v.message = ? AND v.voted_utc IS NOT NULL AND o.state = 'open'",
			  "II", poll, message);
	return r < 0 ? r : same == 0;
}

/* ---- facts */

static int fill_options(struct store *s, struct poll_fact *p)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, "SELECT text FROM poll_option WHERE poll = ? ORDER BY position", "I", p->id);
	while (r >= 0 && p->option_count < POLL_OPTIONS_MAX && (r = query_next(&q)) == 1)
		text_copy(p->options[p->option_count++], POLL_OPTION_MAX, query_text(&q, 0));
	return r < 0 ? r : 0;
}

static int fill(struct store *s, const struct sender *who, int64_t id, struct poll_fact *p)
{
	cleanup_query struct query q = {0};
	char voter[E164_MAX];
	struct holder h;
	int r = query_open(s, &q,
			   "SELECT state, question, opens_utc, closes_utc, ended_utc, secret, household, "
			   "matter FROM poll WHERE id"
			   " = ?",
			   "I", id);
	if (r < 0 || (r = query_next(&q)) < 1)
		return r;
	int state = poll_state_find(query_text(&q, 0));
	*p = (struct poll_fact){.id = id,
				.state = (enum poll_state)(state < 0 ? 0 : state),
				.opens_utc = query_int(&q, 2),
				.closes_utc = query_int(&q, 3),
				.ended_utc = query_int(&q, 4),
				.secret = query_int(&q, 5) != 0,
				.household = query_int(&q, 6) != 0,
				.matter = (int)query_int(&q, 7)};
	text_copy(p->question, sizeof p->question, query_text(&q, 1));
	query_close(&q);
	if ((r = fill_options(s, p)) < 0)
		return r;
	p->sealed = !p->secret || private_ready(s) >= 0;
	r = who->unlinked ? -ENOENT : voter_of(s, id, who->number, who->person, voter);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	p->entitled = true;
	if ((r = holder_of(s, id, voter, &h)) < 0)
		return r;
	if (h.number[0] && !strcmp(h.number, voter)) {
		p->voted_utc = h.voted_utc;
		p->option = h.option;
	} else
		text_copy(p->other, sizeof p->other, h.number);
	return 0;
}

#define MINE                                                                                                   \
	"(SELECT poll FROM poll_voter WHERE number = ?1 UNION SELECT poll FROM poll_voter WHERE person = ?2)"

static int count_open(struct store *s, const struct sender *who, struct polls_fact *ret)
{
	int64_t mine = 0, all = 0;
	int r = store_get(s, &mine, "SELECT count(*) FROM poll WHERE state = 'open' AND id IN " MINE, "tP",
			  who->number, who->person);
	if (r >= 0)
		r = store_get(s, &all, "SELECT count(*) FROM poll WHERE state = 'open'", "");
	ret->open = (int)mine;
	ret->elsewhere = (int)(all - mine);
	return r;
}

/* Of the polls that are open to this phone the one that was asked or answered last; else the last that is over. */
static int latest(struct store *s, const struct sender *who, int64_t now, int64_t *ret)
{
	int r = store_get(
	    s, ret,
	    "SELECT coalesce((SELECT v.poll FROM poll_voter v JOIN poll o ON o.id = v.poll"
	    " WHERE o.state = 'open' AND v.poll IN " MINE " AND (v.number = ?1 OR v.person = ?2)"
	    " ORDER BY max(coalesce(v.asked_utc, 0), coalesce(v.voted_utc, 0)) DESC, v.poll DESC LIMIT 1), 0)",
	    "tP", who->number, who->person);
	return r < 0 || *ret
		   ? r
		   : store_get(s, ret,
			       "SELECT coalesce(max(id), 0) FROM poll WHERE ended_utc > ?3 AND id IN " MINE,
			       "tPI", who->number, who->person, now - POLL_LATE_S);
}

/* Residents know a poll by the case that it is about; the desk by its own number. */
static int of_number(struct store *s, int64_t number, int64_t *ret)
{
	return store_get(
	    s, ret,
	    "SELECT coalesce((SELECT max(id) FROM poll WHERE matter = ?1 AND state IN ('open', 'closed')),"
	    " (SELECT id FROM poll WHERE id = ?1), 0)",
	    "I", number);
}

int facts_polls(struct store *s, const struct sender *who, int64_t asked, int64_t named, int64_t now,
		struct polls_fact *ret)
{
	int64_t id = asked;
	*ret = (struct polls_fact){0};
	int r = count_open(s, who, ret);
	if (r >= 0 && named)
		r = of_number(s, named, &id);
	else if (r >= 0 && !id)
		r = latest(s, who, now, &id);
	return r < 0 || !id ? r : fill(s, who, id, &ret->poll);
}

int facts_voted(struct store *s, const char *number, int64_t since_utc, int64_t *ret)
{
	return store_get(
	    s, ret,
	    "SELECT coalesce((SELECT v.poll FROM poll_voter v JOIN poll o ON o.id = v.poll WHERE v.number = ?"
	    " AND v.voted_utc >= ? AND o.state = 'open' ORDER BY v.voted_utc DESC, v.poll DESC LIMIT 1), 0)",
	    "tI", number, since_utc);
}
