/* For civic/decide*.c alone: the functions of the table, and how they put a decision together. */
#pragma once

#include "civic/decide.h"

void decide_attend(const struct facts *f, const struct intent *in, struct decision *d);
void decide_decline(const struct facts *f, const struct intent *in, struct decision *d);
void decide_agenda(const struct facts *f, const struct intent *in, struct decision *d);
void decide_attendance(const struct facts *f, const struct intent *in, struct decision *d);
/* What meetings do about the named matter, as arguments {agenda} and {decided} of the reply (NEED_ITEM). */
void decision_item(const struct facts *f, struct decision *d);

void decide_complaint(const struct facts *f, const struct intent *in, struct decision *d);
void decide_proposal(const struct facts *f, const struct intent *in, struct decision *d);
void decide_support(const struct facts *f, const struct intent *in, struct decision *d);
void decide_status(const struct facts *f, const struct intent *in, struct decision *d);
void decide_rate(const struct facts *f, const struct intent *in, struct decision *d);
void decide_private(const struct facts *f, const struct intent *in, struct decision *d);
void decide_unknown(const struct facts *f, const struct intent *in, struct decision *d);
void leave_to_person(const struct facts *f, const struct intent *in, struct decision *d);

void decide_volunteer(const struct facts *f, const struct intent *in, struct decision *d);
void decide_list(const struct facts *f, const struct intent *in, struct decision *d);
void decide_menu(const struct facts *f, const struct intent *in, struct decision *d);
void decide_stop(const struct facts *f, const struct intent *in, struct decision *d);
void decide_start(const struct facts *f, const struct intent *in, struct decision *d);
void decide_register(const struct facts *f, const struct intent *in, struct decision *d);
void decide_thanks(const struct facts *f, const struct intent *in, struct decision *d);
void decide_erase(const struct facts *f, const struct intent *in, struct decision *d);
void decide_callback(const struct facts *f, const struct intent *in, struct decision *d);
void decide_wrong_number(const struct facts *f, const struct intent *in, struct decision *d);
void decide_undo(const struct facts *f, const struct intent *in, struct decision *d);

void decide_vote(const struct facts *f, const struct intent *in, struct decision *d);
/* How the gateway is, in one text, for who looks after it. */
void decide_selftest(const struct facts *f, const struct intent *in, struct decision *d);
void decide_resend(const struct facts *f, const struct intent *in, struct decision *d);
/* A yes or no to an invitation to a meeting that has begun or is over: said so, nothing recorded; true. */
bool decide_missed_meeting(const struct facts *f, struct decision *d);
void decide_code(const struct facts *f, const struct intent *in, struct decision *d);
void decide_staff(const struct facts *f, const struct intent *in, struct decision *d);
void decide_broadcast(const struct facts *f, const struct intent *in, struct decision *d);
/* How the sender stands to a case: STANDING() bits. */
unsigned decision_standing(const struct facts *f, const struct matter_fact *m);

void decide_points(const struct facts *f, const struct intent *in, struct decision *d);
void decide_consult(const struct facts *f, const struct intent *in, struct decision *d);
void decide_answer(const struct facts *f, const struct intent *in, struct decision *d);
/* A staff command on a consultation. */
void decide_consult_staff(const struct facts *f, const struct intent *in, struct decision *d);
/* Thanks and ratings end a consultation that was answered: true when they did. */
bool consult_thanked(const struct facts *f, struct decision *d);
bool consult_rated(const struct facts *f, const struct intent *in, struct decision *d);
void decide_faq(const struct facts *f, const struct intent *in, struct decision *d);
/* Offers (civic/offer.h). The last four: for a number that is an offer's under an intent that means cases. */
void decide_take(const struct facts *f, const struct intent *in, struct decision *d);
void decide_giveback(const struct facts *f, const struct intent *in, struct decision *d);
void decide_arrived(const struct facts *f, const struct intent *in, struct decision *d);
void decide_done(const struct facts *f, const struct intent *in, struct decision *d);
void decide_errand(const struct facts *f, const struct intent *in, struct decision *d);
void decide_jobs(const struct facts *f, const struct intent *in, struct decision *d);
void decide_activity(const struct facts *f, const struct intent *in, struct decision *d);
void decide_offer_status(const struct facts *f, const struct intent *in, struct decision *d);
void decide_offer_support(const struct facts *f, const struct intent *in, struct decision *d);
void decide_offer_rate(const struct facts *f, const struct intent *in, struct decision *d);
void decide_task_staff(const struct facts *f, const struct intent *in, struct decision *d);
/* n1 t1 d1 … of what f->offer.list holds, each quoted. */
void offer_say_list(const struct facts *f, struct decision *d);
/* Does a check-in without a code mean an offer that goes on now? */
bool offer_goes_on(const struct facts *f);
void decide_duty(const struct facts *f, const struct intent *in, struct decision *d);
void decide_received(const struct facts *f, const struct intent *in, struct decision *d);
void decide_acknowledge(const struct facts *f, const struct intent *in, struct decision *d);
/* Does an officer's text speak of a call for help? Then decide_acknowledge has it, whatever the intent. */
bool means_call(const struct facts *f, const struct intent *in);
/* … or of an alarm of a sensor? Then decide_alarm. */
bool means_alarm(const struct facts *f, const struct intent *in);
void decide_alarm(const struct facts *f, const struct intent *in, struct decision *d);
void decide_checkin(const struct facts *f, const struct intent *in, struct decision *d);
void decide_verify(const struct facts *f, const struct intent *in, struct decision *d);
void decide_proxy(const struct facts *f, const struct intent *in, struct decision *d);

/* Pieces of decide_case.c: a new case of the sender's; words that join case `number`; where it is. */
struct effect *open_case(const struct facts *f, const struct intent *in, struct decision *d);
struct effect *join_case(struct decision *d, int number, const char *text, enum category c);
void case_address(const struct facts *f, const struct intent *in, struct effect *e);

/* A fresh effect at the end of the list: all zero but for its kind and "cannot be undone". */
struct effect *decision_effect(struct decision *d, enum effect_kind kind);
void decision_text(struct decision *d, const char *name, const char *text, int max);
void decision_int(struct decision *d, const char *name, int64_t n);
void decision_when(struct decision *d, const char *name, int64_t utc);
void decision_date(struct decision *d, const char *name, int64_t utc);
void decision_key(struct decision *d, const char *name, const char *key);
/* The reply's key; the short form ("….s") among several. */
#define decision_say(d, f, k) ((d)->key = (f)->several ? k ".s" : k)
