/* Erasure on request (person.h): what names a person or a phone goes; what others did, decided and counted stays, under a number
 * that leads to nobody. A table that learns to hold a phone or somebody's words gets its row here; tests/e2e/test_erasure.py
 * looks through every column of every table for what is left. */
#include "base/mem.h"
#include "store/internal.h"
#include "store/person.h"

#include <inttypes.h>
#include <stdio.h>

/* ?1: the person. First, because they find their rows by what goes next. */
static const char *const of_person[] = {
    "UPDATE point SET note = '' WHERE person = ?1",
    "UPDATE redemption SET note = '', code = '', done_utc = coalesce(done_utc, asked_utc) WHERE person = ?1",
    "UPDATE message_out SET text = '' WHERE id IN (SELECT o.id FROM consult c CROSS JOIN message_out o"
    " ON o.dedupe >= 'consult:' || c.matter || ':' AND o.dedupe < 'consult:' || c.matter || ';' WHERE c.person "
    "= ?1)",
    "UPDATE consult_line SET text = '', told_utc = coalesce(told_utc, utc) WHERE matter IN"
    " (SELECT matter FROM consult WHERE person = ?1)",
    "UPDATE consult SET number = '', person = NULL, due_utc = NULL, closed_utc = coalesce(closed_utc, "
    "opened_utc)"
    " WHERE person = ?1",
    "UPDATE consult SET due_utc = opened_utc WHERE expert = ?1 AND closed_utc IS NULL", /* the next expert has it */
    "DELETE FROM person_group WHERE person = ?1",
    "DELETE FROM duty_absence WHERE person = ?1",
    "DELETE FROM duty WHERE person = ?1",
    "UPDATE checkin SET buddy = NULL WHERE buddy = ?1",
    "UPDATE checkin SET ended_utc = coalesce(ended_utc, created_utc) WHERE person = ?1",
    "UPDATE agenda_item SET who = '' WHERE person = ?1",
    "UPDATE sensor_alarm SET acked_name = '' WHERE acked_person = ?1",
    "UPDATE matter SET unit = '', room = '' WHERE reporter = ?1",
};

/* An audience that a phone was a term of. */
#define WITHOUT_TERM "replace(replace(audience, 'number:' || ?1, ''), 'number:' || substr(?1, 4), '')"

/* ?1: a phone that is nobody else's, ?2: what stands in its place where a row has to stay. */
static const struct {
	const char *sql, *types;
} of_phone[] = {
    {"DELETE FROM question WHERE number = ?1", "t"},
    {"DELETE FROM question_aside WHERE number = ?1", "t"},
    {"DELETE FROM quoted WHERE number = ?1", "t"},
    {"DELETE FROM subscription WHERE number = ?1", "t"},
    {"DELETE FROM command WHERE number = ?1", "t"},
    {"DELETE FROM approval WHERE number = ?1", "t"},
    {"DELETE FROM roster_person WHERE number = ?1", "t"},
    {"DELETE FROM action WHERE number = ?1", "t"},
    {"UPDATE chore SET number = '', note = '' WHERE number = ?1", "t"},
    {"UPDATE journal SET actor = replace(actor, ?1, ?2), note = replace(note, ?1, ?2)"
     " WHERE actor = 'phone:' || ?1 OR instr(note, ?1)",
     "tt"},
    {"UPDATE event SET body = replace(body, ?1, ''), actor = replace(actor, ?1, ?2)"
     " WHERE instr(body, ?1) OR instr(actor, ?1)",
     "tt"},
    {"UPDATE hook_failure SET reason = replace(reason, ?1, '') WHERE instr(reason, ?1)", "t"},
    {"UPDATE hook SET reason = replace(reason, ?1, '') WHERE instr(reason, ?1)", "t"},
    {"UPDATE consult SET number = '' WHERE number = ?1", "t"},
    {"UPDATE proxy SET sender = ?2 WHERE sender = ?1", "tt"},
    {"UPDATE proxy SET number = ?2 WHERE number = ?1", "tt"},
    {"UPDATE OR IGNORE supporter SET number = ?2 WHERE number = ?1", "tt"},
    {"UPDATE OR IGNORE invitation SET number = ?2 WHERE number = ?1", "tt"},
    {"UPDATE OR IGNORE rsvp SET number = ?2 WHERE number = ?1 AND meeting IN (SELECT id FROM meeting)", "tt"},
    {"UPDATE OR IGNORE claim SET number = ?2, changed_by = replace(changed_by, ?1, ?2) WHERE number = ?1",
     "tt"},
    {"UPDATE OR IGNORE witness SET number = ?2 WHERE number = ?1", "tt"},
    {"UPDATE OR IGNORE sensor_alarm_told SET number = ?2 WHERE number = ?1", "tt"},
    {"UPDATE sensor_alarm SET acked_number = ?2 WHERE acked_number = ?1", "tt"},
    {"UPDATE sensor_ring SET number = ?2, state = CASE state WHEN 'queued' THEN 'dropped' ELSE state END WHERE "
     "number = ?1",
     "tt"},
    {"UPDATE OR IGNORE duty_told SET number = ?2 WHERE number = ?1", "tt"},
    {"UPDATE OR IGNORE poll_voter SET number = ?2, unit = replace(unit, ?1, ?2) WHERE number = ?1", "tt"},
    {"UPDATE broadcast SET audience = " WITHOUT_TERM " WHERE instr(audience, substr(?1, 4))", "t"},
    {"UPDATE reminder SET audience = " WITHOUT_TERM " WHERE instr(audience, substr(?1, 4))", "t"},
    {"UPDATE saved_text SET audience = " WITHOUT_TERM " WHERE instr(audience, substr(?1, 4))", "t"},
    {"UPDATE duty_call SET caller = '' WHERE caller = ?1", "t"},
    {"UPDATE duty_call SET acked_number = '' WHERE acked_number = ?1", "t"},
    {"DELETE FROM report_unmatched WHERE number = ?1", "t"},
    {"UPDATE pdu_in SET pdu = '', sender = '' WHERE sender = ?1", "t"},
    /* calls for help and private matters went to officers and mediators with name and number */
    {"UPDATE message_out SET text = '' WHERE state NOT IN ('queued', 'sending') AND matter IN"
     " (SELECT number FROM matter WHERE number_from = ?1 AND (urgent = 1 OR private = 1))",
     "t"},
    {"UPDATE message_out SET text = replace(text, substr(?1, 4), '') WHERE instr(text, substr(?1, 4))", "t"},
    {"UPDATE message_in SET number = '', text = '', data = NULL, intents = NULL WHERE number = ?1", "t"},
    {"UPDATE matter SET number_from = '' WHERE number_from = ?1", "t"},
    /* one that is with a modem just now keeps its number until its report */
    {"UPDATE message_out SET number = '', text = '', secret = NULL, dedupe = 'gone:' || id,"
     " state = CASE state WHEN 'queued' THEN 'cancelled' ELSE state END"
     " WHERE number = ?1 AND state NOT IN ('sending', 'uncertain')",
     "t"},
    {"UPDATE phone SET opted_out_message = NULL, last_in_utc = NULL, language = NULL WHERE number = ?1", "t"},
    /* a stop outlives its owner's data: an old list that is imported again must not undo it */
    {"DELETE FROM phone WHERE number = ?1 AND opted_out = 'no' AND muted = 0 AND unlinked_utc IS NULL", "t"},
};

static int own_phones(struct store *s, int64_t id, char (*ret)[E164_MAX])
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(s, &q,
			   "SELECT number FROM person_phone p WHERE person = ?1 AND NOT EXISTS"
			   " (SELECT 1 FROM person_phone o WHERE o.number = p.number AND o.person <> ?1)",
			   "I", id);
	while (r >= 0 && n < PERSON_NUMBERS && (r = query_next(&q)) == 1)
		snprintf(ret[n++], E164_MAX, "%s", query_text(&q, 0));
	return r < 0 ? r : n;
}

static int erase_phone(struct store *s, const char *number, const char *hidden)
{
	int r = 0;
	for (size_t i = 0; i < ARRAY_LEN(of_phone) && r >= 0; i++)
		r = of_phone[i].types[1] ? store_run(s, of_phone[i].sql, "tt", number, hidden)
					 : store_run(s, of_phone[i].sql, "t", number);
	return r;
}

int person_erase(struct store *s, int64_t id, int64_t now_utc)
{
	char numbers[PERSON_NUMBERS][E164_MAX], hidden[32];
	int n = own_phones(s, id, numbers), r = n;
	for (size_t i = 0; i < ARRAY_LEN(of_person) && r >= 0; i++)
		r = store_run(s, of_person[i], "I", id);
	if (r >= 0)
		r = person_forget(s, id, now_utc);
	for (int i = 0; i < n && r >= 0; i++) {
		snprintf(hidden, sizeof hidden, "gone:%" PRId64 ".%d", id, i);
		r = erase_phone(s, numbers[i], hidden);
	}
	return r < 0 ? r : 0;
}
