#include "store/retention_steps.h"

#include "base/i18n.h"
#include "base/mem.h"

/* ------------------------------------------------------------------------------------------------ tables and ranges */

#define SWEEP(table, id, utc)                                                                                  \
	{                                                                                                      \
		"SELECT coalesce(min(" id "), 0) FROM " table, "SELECT coalesce(max(" id "), 0) FROM " table,  \
		    "SELECT " utc " FROM " table " WHERE " id " >= ? ORDER BY " id " LIMIT 1"                  \
	}

static const struct retention_sweep pdus = SWEEP("pdu_in", "id", "received_utc"),
				    texts_in = SWEEP("message_in", "id", "received_utc"),
				    texts_out = SWEEP("message_out", "id", "created_utc"),
				    actions = SWEEP("action", "id", "utc"),
				    events = SWEEP("event", "id", "utc"),
				    entries = SWEEP("journal", "id", "utc"),
				    matters = SWEEP("matter", "number", "opened_utc"),
				    meetings = SWEEP("meeting", "id", "starts_utc"),
				    polls = SWEEP("poll", "id", "created_utc"),
				    chores = SWEEP("chore", "id", "utc"),
				    rounds = SWEEP("checkin_round", "id", "asked_utc"),
				    points = SWEEP("point", "id", "utc"),
				    redemptions = SWEEP("redemption", "id", "asked_utc"),
				    hours = {"SELECT coalesce(min(utc), 0) / 60 FROM reading WHERE step = 3600",
					     "SELECT coalesce(max(utc), 0) / 60 FROM reading WHERE step = 3600",
					     "SELECT ?1 * 60"},
				    phones = {"SELECT coalesce(min(rowid), 0) FROM phone",
					      "SELECT coalesce(max(rowid), 0) FROM phone", NULL};

#define RANGE(id) " " id " > ?1 AND " id " <= ?2 AND ?4 > 0 AND ?5 > 0 AND "
/* Also what a clock that was wrong then put into days to come. */
#define OLD(utc) "(" utc " < ?3 OR " utc " > ?5 + 86400)"

#define OPEN        "('received', 'verified', 'assigned', 'in_progress')"
#define PSEUDONYM   "'gone:' || lower(hex(randomblob(8)))"
#define A_NUMBER(n) n " < 'gone'" /* is no pseudonym: those begin with a letter */

/* A case of the range that is over, and was not touched since. */
#define OVER(is_private)                                                                                       \
	RANGE("m.number")                                                                                      \
	"m.private = " is_private " AND m.changed_utc < ?3 AND m.state NOT IN " OPEN                           \
	" AND NOT EXISTS (SELECT 1 FROM offer o WHERE o.number = m.number AND (o.state IN ('draft', 'open')"   \
	" OR o.changed_utc >= ?3)) AND NOT EXISTS (SELECT 1 FROM consult c WHERE c.matter = m.number"          \
	" AND coalesce(c.closed_utc, ?3) >= ?3) AND NOT EXISTS (SELECT 1 FROM matter t"                        \
	" WHERE t.number = m.merged_into AND t.state IN " OPEN ")"

/* Rows of a table that has the id of the range itself. */
#define DELETE_OF(table, id, where)                                                                            \
	.count = "SELECT count(*) FROM " table " AS x WHERE" RANGE("x." id) where,                             \
	.act = "DELETE FROM " table " AS x WHERE" RANGE("x." id) where
#define UPDATE_OF(table, id, set, where)                                                                       \
	.count = "SELECT count(*) FROM " table " AS x WHERE" RANGE("x." id) where,                             \
	.act = "UPDATE " table " AS x SET " set " WHERE" RANGE("x." id) where
/* Rows that belong to one of the range, perhaps thousands to one. */
#define DELETE_BELOW(table, key, found)                                                                        \
	.count = "SELECT count(*) FROM " found,                                                                \
	.act = "DELETE FROM " table " WHERE (" key ") IN (SELECT " key " FROM " found " LIMIT ?4)"
#define UPDATE_BELOW(table, key, set, found)                                                                   \
	.count = "SELECT count(*) FROM " found,                                                                \
	.act = "UPDATE " table " SET " set " WHERE (" key ") IN (SELECT " key " FROM " found " LIMIT ?4)"

/* ------------------------------------------------------------------------------------------------ cases */

#define EMPTY_TEXT_IN "number = '', text = '', data = NULL, intents = NULL"
#define HOLDS_WORDS(x)                                                                                         \
	"(" x ".number <> '' OR " x ".text <> '' OR " x ".data IS NOT NULL OR " x ".intents IS NOT NULL)"
#define EMPTY_TEXT_OUT "number = '', text = '', secret = NULL, dedupe = NULL, person = NULL"
/* One that is uncertain for a month has been given up. */
#define AT_REST(x)                                                                                             \
	"(" x ".state NOT IN ('queued', 'sending', 'uncertain') OR (" x ".state = 'uncertain' AND " x          \
	".created_utc < ?5 - 2592000))"

#define BELOW_CASE(table) "matter m CROSS JOIN " table " x ON x.matter = m.number WHERE"

#define JOURNAL_OF(is_private)                                                                                 \
	UPDATE_BELOW(                                                                                          \
	    "journal", "id",                                                                                   \
	    "note = '', actor = CASE WHEN actor GLOB 'phone:*' THEN 'phone:gone' ELSE actor END",              \
	    "(SELECT x.id FROM " BELOW_CASE("journal") OVER(                                                   \
		is_private) " AND (x.note <> '' OR (x.actor GLOB 'phone:*' AND x.actor <> 'phone:gone')))")

#define SUPPORTERS_OF(is_private)                                                                              \
	UPDATE_BELOW("supporter", "matter, number", "number = " PSEUDONYM ", person = NULL, message = NULL",   \
		     "(SELECT x.matter, x.number FROM " BELOW_CASE("supporter")                                \
			 OVER(is_private) " AND " A_NUMBER("x.number") ")")

/* On a meeting's agenda it was printed and read out: the words stay, and whose they were goes. */
#define PUBLIC "EXISTS (SELECT 1 FROM agenda_item a WHERE a.matter = matter.number AND a.dropped IS NULL)"
#define CASE_OF(is_private)                                                                                    \
	UPDATE_BELOW(                                                                                          \
	    "matter", "number",                                                                                \
	    "number_from = '', reporter = NULL, unit = '', room = '', text = CASE WHEN " PUBLIC                \
	    " THEN text ELSE '' END",                                                                          \
	    "(SELECT m.number FROM matter m WHERE" OVER(                                                       \
		is_private) " AND (m.number_from <> '' OR m.reporter IS NOT NULL OR m.unit <> '' OR m.room "   \
			    "<> ''"                                                                            \
			    " OR (m.text <> '' AND NOT EXISTS (SELECT 1 FROM agenda_item a WHERE a.matter ="   \
			    " m.number AND a.dropped IS NULL))))")

/* The texts by which a private matter came, and those that went to mediators and experts. */
#define PRIVATE_IN                                                                                             \
	UPDATE_BELOW(                                                                                          \
	    "message_in", "id", EMPTY_TEXT_IN,                                                                 \
	    "(SELECT x.id FROM message_in x WHERE x.id IN (SELECT m.message FROM matter m WHERE" OVER(         \
		"1") " AND m.message IS NOT NULL UNION SELECT j.message FROM matter m CROSS JOIN"              \
		     " journal j ON j.matter = m.number WHERE" OVER(                                           \
			 "1") " AND j.message IS NOT NULL) AND " HOLDS_WORDS("x") ")")
#define PRIVATE_OUT                                                                                            \
	UPDATE_BELOW(                                                                                          \
	    "message_out", "id", EMPTY_TEXT_OUT,                                                               \
	    "(SELECT x.id FROM matter m CROSS JOIN message_out x ON x.dedupe >= 'mediate:' ||"                 \
	    " m.message || ':' AND x.dedupe < 'mediate:' || m.message || ';' WHERE" OVER("1") " AND " AT_REST( \
		"x") " UNION SELECT x.id FROM matter m CROSS JOIN message_out x ON"                            \
		     " x.dedupe >= 'consult:' || m.number || ':' AND x.dedupe < 'consult:' || m.number || ';'" \
		     " WHERE" OVER("1") " AND " AT_REST("x") ")")

/* ------------------------------------------------------------------------------------------------ the table */

const struct retention_step retention_steps[] = {
    {RETENTION_PDU, N_("raw texts as the modem gave them"), &pdus,
     DELETE_OF("pdu_in", "id",
	       OLD("x.received_utc") " AND NOT (x.kind = 'deliver' AND x.message IS NULL) AND NOT EXISTS "
				     "(SELECT 1 FROM message_in i"
				     " WHERE i.id = x.message AND i.state = 'stored') AND NOT (x.kind = "
				     "'quarantine' AND EXISTS"
				     " (SELECT 1 FROM matter m WHERE m.origin = 'quarantine' AND m.opened_utc "
				     "= x.received_utc"
				     " AND m.state IN " OPEN "))")},
    {RETENTION_PDU, N_("what could be undone"), &actions, DELETE_OF("action", "id", OLD("x.utc"))},
    {RETENTION_PDU, N_("case numbers that were quoted to phones"), NULL,
     DELETE_BELOW("quoted", "number, matter",
		  "(SELECT number, matter FROM quoted WHERE ?1 < ?2 AND ?4 > 0 AND " OLD("utc") ")")},
    {RETENTION_PDU, N_("codes that were texted"), NULL,
     DELETE_BELOW("command", "id",
		  "(SELECT id FROM command WHERE ?1 < ?2 AND ?4 > 0 AND " OLD("asked_utc") ")")},
    {RETENTION_PDU, N_("codes that were texted"), NULL,
     DELETE_BELOW(
	 "approval", "broadcast, number",
	 "(SELECT broadcast, number FROM approval WHERE ?1 < ?2 AND ?4 > 0 AND " OLD("expires_utc") ")")},

    {RETENTION_PDU, N_("what programs failed at"), NULL,
     DELETE_BELOW("hook_failure", "hook, event",
		  "(SELECT hook, event FROM hook_failure WHERE ?1 < ?2 AND ?4 > 0 AND " OLD("utc") ")")},

    {RETENTION_PRIVATE, N_("texts of private matters"), &matters, PRIVATE_IN},
    {RETENTION_PRIVATE, N_("texts to mediators and experts"), &matters, PRIVATE_OUT},
    {RETENTION_PRIVATE, N_("words of consultations"), &matters,
     UPDATE_BELOW("consult_line", "id", "text = ''",
		  "(SELECT x.id FROM " BELOW_CASE("consult_line") OVER("1") " AND x.text <> '')")},
    {RETENTION_PRIVATE, N_("who asked for a consultation"), &matters,
     UPDATE_BELOW("consult", "matter", "number = '', person = NULL",
		  "(SELECT x.matter FROM " BELOW_CASE("consult")
		      OVER("1") " AND (x.number <> '' OR x.person IS NOT NULL))")},
    {RETENTION_PRIVATE, N_("notes and phones in the journal"), &matters, JOURNAL_OF("1")},
    {RETENTION_PRIVATE, N_("private matters"), &matters, CASE_OF("1")},
    {RETENTION_PRIVATE, N_("who voted what"), &polls,
     UPDATE_BELOW("poll_voter", "poll, number",
		  "number = " PSEUDONYM ", unit = " PSEUDONYM ", person = NULL, message = NULL, option = NULL",
		  "(SELECT x.poll, x.number FROM poll m CROSS JOIN poll_voter x ON x.poll = m.id WHERE" RANGE(
		      "m.id") "m.ended_utc < ?3 AND (m.told_utc IS NOT NULL OR m.ended_utc < ?5 - 2592000) "
			      "AND " A_NUMBER("x.number") ")")},

    {RETENTION_TEXT, N_("texts that came"), &texts_in,
     UPDATE_OF(
	 "message_in", "id", EMPTY_TEXT_IN,
	 OLD("x.received_utc") " AND x.state = 'done' AND " HOLDS_WORDS("x")
	 /* somebody's whose case is open, or whose private matter is still to go: what they wrote since it was
		* opened stays */
	 " AND NOT EXISTS (SELECT 1 FROM matter m WHERE m.number_from = x.number AND m.number_from <> ''"
	 " AND m.opened_utc <= x.received_utc + 60 AND (m.state IN " OPEN
	 " OR (x.private = 1 AND m.private = 1)))"
	 " AND NOT EXISTS (SELECT 1 FROM matter m WHERE m.message = x.id AND m.state IN " OPEN ")"
	 " AND NOT EXISTS (SELECT 1 FROM chore c WHERE c.done_utc IS NULL AND c.message = x.id)")},
    {RETENTION_TEXT, N_("texts that went"), &texts_out,
     UPDATE_OF("message_out", "id", EMPTY_TEXT_OUT,
	       OLD("x.created_utc") " AND " AT_REST(
		   "x") " AND (x.number <> '' OR x.text <> '') AND NOT EXISTS (SELECT 1 FROM matter m"
			" WHERE m.number = x.matter AND m.state IN " OPEN ")")},
    {RETENTION_TEXT, N_("how texts left, part by part"), &texts_out,
     DELETE_OF("part_out", "message",
	       "EXISTS (SELECT 1 FROM message_out o WHERE o.id = x.message AND " AT_REST("o") " AND " OLD(
		   "o.created_utc") ")")},
    {RETENTION_TEXT, N_("calls for help"), &matters,
     UPDATE_BELOW(
	 "duty_call", "matter", "words = '', caller = '', acked_number = ''",
	 "(SELECT x.matter FROM " BELOW_CASE("duty_call")
	     OVER("0") " AND x.waiting = 0 AND (x.words <> '' OR x.caller <> '' OR x.acked_number <> ''))")},
    {RETENTION_TEXT, N_("who was called for help"), &matters,
     UPDATE_BELOW("duty_told", "matter, number", "number = " PSEUDONYM ", person = NULL",
		  "(SELECT x.matter, x.number FROM " BELOW_CASE("duty_told")
		      OVER("0") " AND " A_NUMBER("x.number") ")")},
    {RETENTION_TEXT, N_("neighbours who were asked"), &matters,
     UPDATE_BELOW("witness", "matter, number", "number = " PSEUDONYM ", person = NULL",
		  "(SELECT x.matter, x.number FROM " BELOW_CASE("witness")
		      OVER("0") " AND " A_NUMBER("x.number") ")")},
    {RETENTION_TEXT, N_("who spoke for whom"), &matters,
     UPDATE_BELOW("proxy", "matter", "sender = '', number = ''",
		  "(SELECT x.matter FROM " BELOW_CASE("proxy")
		      OVER("0") " AND (x.sender <> '' OR x.number <> ''))")},
    {RETENTION_TEXT, N_("who took a task"), &matters,
     UPDATE_BELOW("claim", "offer, number",
		  "number = " PSEUDONYM ", person = NULL, message = NULL, changed_by = ''",
		  "(SELECT x.offer, x.number FROM matter m CROSS JOIN claim x ON x.offer = m.number WHERE" OVER(
		      "0") " AND " A_NUMBER("x.number") ")")},
    {RETENTION_TEXT, N_("notes and phones in the journal"), &matters, JOURNAL_OF("0")},
    {RETENTION_TEXT, N_("notes and phones in the journal"), &entries,
     UPDATE_OF("journal", "id",
	       "note = '', actor = CASE WHEN actor GLOB 'phone:*' THEN 'phone:gone' ELSE actor END",
	       OLD("x.utc") " AND x.matter IS NULL AND (x.note <> '' OR (x.actor GLOB 'phone:*' AND x.actor <> "
			    "'phone:gone'))")},
    {RETENTION_TEXT, N_("supporters of cases"), &matters, SUPPORTERS_OF("0")},
    {RETENTION_TEXT, N_("words and reporters of cases"), &matters, CASE_OF("0")},
    {RETENTION_TEXT, N_("invitations to meetings"), &meetings,
     DELETE_BELOW(
	 "invitation", "meeting, number",
	 "(SELECT x.meeting, x.number FROM meeting m CROSS JOIN invitation x ON x.meeting = m.id WHERE" RANGE(
	     "m.id") "m.ends_utc < ?3)")},
    {RETENTION_TEXT, N_("who came to meetings"), &meetings,
     UPDATE_BELOW(
	 "rsvp", "meeting, number", "number = " PSEUDONYM ", person = NULL, message = NULL",
	 "(SELECT x.meeting, x.number FROM meeting m CROSS JOIN rsvp x ON x.meeting = m.id WHERE" RANGE(
	     "m.id") "m.ends_utc < ?3 AND " A_NUMBER("x.number") ")")},
    {RETENTION_TEXT, N_("who came to meetings"), &meetings,
     UPDATE_OF("meeting", "id", "told_to = ''",
	       "x.ends_utc < ?3 AND x.told_to <> '' AND x.told_utc IS NOT NULL")},
    {RETENTION_TEXT, N_("who came to meetings"), &meetings,
     UPDATE_BELOW(
	 "agenda_item", "meeting, matter", "before = ''",
	 "(SELECT x.meeting, x.matter FROM meeting m CROSS JOIN agenda_item x ON x.meeting = m.id WHERE" RANGE(
	     "m.id") "m.ends_utc < ?3 AND x.before <> '')")},
    {RETENTION_TEXT, N_("small things that were seen to"), &chores,
     DELETE_OF("chore", "id", "x.done_utc < ?3")},
    {RETENTION_TEXT, N_("check-ins of who lives alone"), &rounds,
     DELETE_OF("checkin_round", "id",
	       OLD("x.asked_utc") " AND x.until_utc IS NULL AND NOT EXISTS (SELECT 1 FROM matter m"
				  " WHERE m.number = x.matter AND m.state IN " OPEN ")")},
    {RETENTION_TEXT, N_("what points were for"), &points,
     UPDATE_OF("point", "id", "note = ''", "x.utc < ?3 AND x.note <> ''")},
    {RETENTION_TEXT, N_("what points were for"), &redemptions,
     UPDATE_OF("redemption", "id", "note = '', code = ''",
	       "x.asked_utc < ?3 AND x.done_utc IS NOT NULL AND (x.note <> '' OR x.code <> '')")},
    {RETENTION_TEXT, N_("phones and remarks in the events"), &events,
     UPDATE_OF("event", "id",
	       "body = CASE WHEN kind GLOB 'modem.*' THEN json_remove(body, '$.number')"
	       " ELSE json_remove(body, '$.number', '$.reason', '$.note') END,"
	       " actor = CASE WHEN actor GLOB 'phone:*' THEN 'phone:gone' ELSE actor END",
	       OLD("x.utc") " AND ((x.actor GLOB 'phone:*' AND x.actor <> 'phone:gone') OR instr(x.body, "
			    "'\"number\"')"
			    " OR (x.kind NOT GLOB 'modem.*' AND (instr(x.body, '\"reason\"') OR instr(x.body, "
			    "'\"note\"'))))")},
    {RETENTION_TEXT, N_("phones of strangers"), &phones,
     DELETE_OF(
	 "phone", "rowid",
	 "x.last_in_utc < ?3 AND x.opted_out = 'no' AND x.muted = 0 AND x.loop_muted_utc IS NULL AND"
	 " x.unlinked_utc IS NULL AND NOT EXISTS (SELECT 1 FROM person_phone p WHERE p.number = x.number)")},

    /* the id is the minute, so that a piece is some hours of all sensors */
    {RETENTION_READINGS, N_("what sensors told, by the hour"), &hours,
     .count = "SELECT count(*) FROM reading WHERE step = 3600 AND utc > ?1 * 60 AND utc <= ?2 * 60"
	      " AND utc < ?3 AND ?4 > 0 AND ?5 > 0",
     .act = "DELETE FROM reading WHERE step = 3600 AND utc > ?1 * 60 AND utc <= ?2 * 60"
	    " AND utc < ?3 AND ?4 > 0 AND ?5 > 0"},
};
const int retention_step_count = (int)ARRAY_LEN(retention_steps);
_Static_assert(ARRAY_LEN(retention_steps) <= RETENTION_STEPS_MAX, "struct retention has too little room");
