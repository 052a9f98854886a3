/* For src/daemon/participation*.c alone: one turn of a conversation, and the steps between facts and answer. */
#pragma once

#include "base/buf.h"
#include "civic/attention.h"
#include "civic/decide.h"
#include "civic/rounds.h"
#include "daemon/participation.h"
#include "store/event.h"
#include "store/journal.h"
#include "store/outbox.h"

/* One text or ring while it is being worked on. */
struct turn {
	const struct participation *p;
	int64_t now;
	struct actor by;
	struct sender sender;
	int64_t message;   /* message_in */
	const char *words; /* verbatim, "" when there are none */
	int64_t heard_utc; /* when it was sent or came */
	enum language language;
	bool answers; /* "what is the matter?", and this is the matter: not merged with what was said before */
	struct question_fact
	    meant; /* none is open, but the words answer this one: late, or a vote that is changed */
};

/* ---- participation.c */
void turn_actor(struct turn *t, enum journal_channel channel); /* fills t->by */

/* ---- participation_answer.c: the one text that answers a text */
struct answer {
	struct buf whole;  /* sentences that stand alone */
	struct buf shorts; /* "attend.s; case.s" */
	int short_count;
	bool alarm, sensitive, leave;
	const char *daily; /* the key that is said once a day */
	int64_t sealed;    /* a secret poll that it speaks of, 0 none */
	int64_t not_after_utc, meeting;
	int matter;
};
/* What was decided of one intent; `_join` when all were added. */
void answer_add(const struct turn *t, const struct decision *d, struct answer *a);
void answer_join(const struct turn *t, struct answer *a);
int answer_send(const struct turn *t, const struct intents *in, struct answer *a);
void answer_done(struct answer *a);
/* Does the sender get an answer? Fills the rest of `af`. */
int turn_attention(const struct turn *t, struct attention_facts *af, struct attention *ret);

/* ---- participation_context.c */
/* What the rules read out of t->words, in the light of what this phone was asked; fills t->meant. */
int read_in_context(struct turn *t, struct intents *in);

/* ---- participation_reply.c */
/* The reply text `key` with `args` (ended by a NULL name) appended to out. */
void say(const struct participation *p, enum language lang, const char *key, const struct reply_arg *args,
	 struct buf *out);
/* Segments that a text needs; 0 for an empty one. */
int say_segments(const char *text);
struct say_options {
	enum outbox_class class;
	bool quiet;
	int64_t not_after_utc, answers, meeting, matter, person;
	const char *dedupe, *secret; /* store/outbox.h; NULL: none */
	const char *stand_in; /* lies in the database in place of private words; wants a dedupe; NULL: none */
};
/* Queues a text; *ret_id (may be NULL) 0: the occasion was there already. An empty text is no text. */
int say_send(const struct participation *p, const char *number, const char *text, const struct say_options *o,
	     int64_t now, int64_t *ret_id);
/* "11月27日周五15:00", "Fri 27 Nov 15:00"; the date alone. `out` ≥ 48 bytes. */
char *say_when(enum language lang, int64_t utc, char *out);
char *say_date(enum language lang, int64_t utc, char *out);

/* ---- participation_facts.c */
/* Who is behind this number; each of the box's own lines is a machine. */
int sender_of(const struct participation *p, const char *number, struct sender *ret);
int gather(const struct turn *t, const struct intent *in, bool several, struct facts *f);

/* More of them, for a further intent: `needs` are enum fact_need bits. */
int gather_needs(const struct turn *t, const struct intent *in, unsigned needs, struct facts *f);

/* ---- participation_case.c: who settles it and by when */
struct calendar;
struct holidays;
/* The calendar of the configuration; `days` holds its holidays and stays the caller's. */
void case_calendar(const struct participation *p, struct holidays *days, struct calendar *ret);
/* So many seconds of working time after `from`. */
int64_t working_after(const struct participation *p, int64_t from, int64_t seconds);
/* The deadline of a case at a level (1 …) of its route, counted from `from`. */
int64_t case_due(const struct participation *p, const struct route *route, int level, bool urgent,
		 int64_t from);
/* The same for a case that is there, `level_up` levels above its own. */
int case_due_again(const struct participation *p, int number, int level_up, int64_t now, int64_t *ret);
int case_get_place(const struct turn *t, const struct intent *in, struct facts *f);
int case_get_route(const struct turn *t, const struct intent *in, struct facts *f);
int case_get_list(const struct turn *t, const struct intent *in, struct facts *f);
int case_get_mine(const struct turn *t, const struct intent *in, struct facts *f);
int case_get_other(const struct turn *t, const struct intent *in, struct facts *f);
int case_get_found(const struct turn *t, const struct intent *in, struct facts *f);
int case_get_next(const struct turn *t, const struct intent *in, struct facts *f);
int case_get_longer(const struct turn *t, const struct intent *in, struct facts *f);
int case_step(const struct turn *t, const struct facts *f, const struct effect *e);
/* ---- participation_command.c: what wants a code */
int command_gather(const struct turn *t, const struct intent *in, struct facts *f);
int audience_gather(const struct turn *t, const struct intent *in, struct facts *f);
int command_confirm(const struct turn *t, const struct facts *f, const struct effect *e);
int command_close(const struct turn *t, const struct facts *f, const struct effect *e);
int command_wrong(const struct turn *t, const struct facts *f, const struct effect *e);
int command_broadcast(const struct turn *t, const struct facts *f, const struct effect *e);
/* ---- participation_overdue.c: deadlines that pass, and the list of a Monday */
int overdue_look(const struct participation *p, int64_t now, int64_t *next);
/* The clock can be trusted again: a deadline that was made after that row of the journal, by the wrong one, begins now. */
int overdue_anew(const struct participation *p, int64_t journal_id, int64_t now);
int overdue_list(const struct participation *p, int64_t now, int64_t *next);
/* ---- participation_week.c: the page of the last week, on its first working morning */
int week_page(const struct participation *p, int64_t now, int64_t *next);
/* The first working moment of the week that `utc` is in. */
int64_t week_begins(const struct calendar *c, int64_t utc);

/* ---- participation_apply.c */
int apply(const struct turn *t, const struct facts *f, const struct decision *d);
/* What UNDO needs to take the effect back: `before` (taken; may be NULL) is the state that comes back. */
int note_action(const struct turn *t, const struct effect *e, int64_t subject, json_t *before);
/* ---- participation_mediate.c */
int mediator_phones(const struct turn *t, char (*ret)[E164_MAX], int max);
int mediate(const struct turn *t, const struct effect *e);
/* ---- participation_approval.c: the second person's yes to a large broadcast */
/* Texts codes for the broadcasts that wait for one; *ret_next is lowered. */
int approval_send(const struct participation *p, int64_t now, int64_t *ret_next);
int approval_apply(const struct turn *t, const struct effect *e);

/* ---- participation_consult.c */
int consult_facts(const struct turn *t, const struct intent *in, struct facts *f);
int consult_apply(const struct turn *t, const struct effect *e);
int consult_withdraw(const struct turn *t, int number);
/* A further question (its line) is taken back. */
int consult_unask(const struct turn *t, int number, int64_t line);
int consult_tick(const struct participation *p, int64_t now, int64_t *next);
/* ---- participation_civics.c */
int64_t day_begin(int64_t utc); /* of the local day, the local month */
int64_t month_begin(int64_t utc);
int points_facts(const struct turn *t, const struct intent *in, struct facts *f);
int faq_follow(const struct participation *p, int64_t now, int64_t *next);
int faq_facts(const struct turn *t, const struct intent *in, struct facts *f);
/* ---- participation_points.c: points follow the stream of events; codes and notes about them */
int points_tick(const struct participation *p, int64_t now, int64_t *next);
/* A code of six digits that nobody can foresee. */
int code_draw(char ret[APPROVAL_DIGITS + 1]);
/* ---- participation_undo.c */
struct former {
	int64_t subject, message;
	enum action_kind kind;
	json_t *before; /* as note_action was given it */
	char *raw;      /* the same as text */
	bool split;
};
int undo_action(const struct turn *t, int64_t action, bool split);

/* ---- participation_offer.c: what texts do to offers (tasks, errands, patrols, jobs, activities) */
int apply_claim(const struct turn *t, const struct facts *f, const struct effect *e);
int apply_offer(const struct turn *t, const struct facts *f, const struct effect *e);
int apply_withdraw(const struct turn *t, const struct facts *f, const struct effect *e);
int apply_settled(const struct turn *t, const struct facts *f, const struct effect *e);
int apply_subscribe(const struct turn *t, const struct facts *f, const struct effect *e);
int undo_claim(const struct turn *t, const struct former *f);
int undo_offer(const struct turn *t, const struct former *f);
int undo_subscribe(const struct turn *t, const struct former *f);
/* ---- participation_offer_tell.c: who hears of what happened to them, whoever did it */
int offers_tell(const struct participation *p, int64_t now, int64_t *ret_next);
/* "Is it done?" of errands; `number`: of this phone alone. */
int offers_ask_settled(const struct participation *p, const char *number, int64_t now);
/* ---- participation_offer_time.c: publishing, reminders, who did not come, what nobody takes, what is over */
int offers_tick(const struct participation *p, int64_t now, int64_t *ret_next);

/* ---- participation_stream.c */
struct stream_event {
	int64_t id, utc;
	enum event_kind kind;
	char actor[ACTOR_MAX];
	json_t *body;
};
int64_t stream_int(const struct stream_event *e, const char *field); /* 0 when it is not there */
const char *stream_text(const struct stream_event *e,
			const char *field); /* "" when it is not there; borrowed */
/* Calls `each` for the events of `kinds` (bits 1 << EVENT_…) that came since this cursor's last call; `each` may write and
 * add events. A cursor that was not there before begins with the first event; a migration that brings one sets it. */
int stream_follow(const struct participation *p, const char *cursor, uint64_t kinds,
		  int (*each)(const struct participation *p, const struct stream_event *e, int64_t now),
		  int64_t now);

/* People who were erased at the desk: only the daemon can open the file of private words. Who became a volunteer there. */
int person_follow(const struct participation *p, int64_t now, int64_t *next);
/* ---- participation_civics.c */
int volunteer_welcome(const struct participation *p, const struct stream_event *e, int64_t now);

/* ---- participation_news.c */
/* May this phone be texted about its own matter? 1, 0 or -errno; its language. */
int may_tell(const struct participation *p, const char *number, enum language *ret_lang);
/* News of cases that changed since the last look: to who raised or supports them. */
int news_send(const struct participation *p, int64_t now, int64_t *next);
/* "Is it fixed?" of settled cases that nobody was asked yet; `number`: of this phone alone. */
int news_ask_rating(const struct participation *p, const char *number, int64_t now);

/* ---- participation_ask.c: one question at a time to a phone, the others wait */
/* The phone has no open question any more: the one that waited for it, if any. */
int ask_next(const struct participation *p, const char *number, int64_t now);
/* Takes back questions that expired and asks whatever waits; *ret_next is lowered to the next expiry. */
int ask_tick(const struct participation *p, int64_t now, int64_t *ret_next);

/* ---- participation_agenda.c */
/* News of meetings: cancelled, moved, an item dropped. */
int meeting_news(const struct participation *p, int64_t now, int64_t *next);
/* Agendas whose time has come are fixed. */
int agenda_freeze(const struct participation *p, int64_t now, int64_t *next);
/* ---- participation_results.c */
/* Minutes that nobody closed within a day are; what was decided is told, in batches. */
int results_send(const struct participation *p, int64_t now, int64_t *next);

/* Questions whose subject is gone (case reopened, meeting or poll cancelled) expire at once. */
int ask_settle(const struct participation *p, int64_t now, int64_t *ret_next);

/* ---- participation_poll.c */
/* Opens, reminds, closes, counts and tells; *ret_next is lowered. */
int polls_send(const struct participation *p, int64_t now, int64_t *ret_next);
/* Asks who has not been asked yet; `number`: this phone alone. */
int poll_ask(const struct participation *p, const char *number, int64_t now);
int get_polls(const struct turn *t, const struct intent *in, struct facts *f);
int apply_vote(const struct turn *t, const struct facts *f, const struct effect *e);
int undo_vote(const struct turn *t, const struct former *f);

/* ---- participation_reminder.c */
/* Reminders that recur become broadcasts when their time has come. */
int reminders_tick(const struct participation *p, int64_t now, int64_t *ret_next);

/* ---- participation_rounds.c */
/* Invitations and reminders; *ret_next is lowered. Each batch is bounded: more work is *ret_next = now. */
int rounds_send(const struct participation *p, int64_t now, int64_t *ret_next);
/* A meeting was cancelled: who was invited or comes is told, once. */
int rounds_cancelled(const struct participation *p, int64_t meeting, const char *reason, int64_t now);
/* … or takes place at another time, which is the meeting `to`. */
int rounds_moved(const struct participation *p, int64_t meeting, int64_t to, const char *reason, int64_t now);
struct round_config rounds_config(const struct config *c);
/* An invitation that was held back by another question. */
int rounds_ask_held(const struct participation *p, const char *number, int64_t now);
