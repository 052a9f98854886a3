/* The one table of event kinds: what `yishi events` prints, hooks subscribe to, the manual lists. An event has a
 * number that only grows, a time, a kind, an actor and a JSON body with the fields named here. */
#pragma once

#include <stddef.h>

/* X(identifier, "kind", "body fields", "what happened") */
#define EVENT_KINDS(X)                                                                                         \
	X(MESSAGE_RECEIVED, "message.received", "message number modem parts", "a text arrived and is stored")  \
	X(MESSAGE_SENT, "message.sent", "message number modem", "the network took every part of a text")       \
	X(MESSAGE_FAILED, "message.failed", "message number reason", "a text will not be tried again")         \
	X(MESSAGE_QUARANTINED, "message.quarantined", "modem reason case",                                     \
	  "bytes that are no readable text are kept raw")                                                      \
	X(CALL_MISSED, "call.missed", "number modem", "somebody rang")                                         \
	X(CASE_OPENED, "case.opened", "case message category grid", "a case was opened")                       \
	X(CASE_CHANGED, "case.changed", "case from to reason person former",                                   \
	  "a step in the life of a case; it may keep its state")                                               \
	X(CASE_OVERDUE, "case.overdue", "case due", "a case missed its deadline")                              \
	X(MEETING_INVITED, "meeting.invited", "meeting recipients", "an invitation went to the queue")         \
	X(MEETING_REMINDED, "meeting.reminded", "meeting recipients which", "a reminder went to the queue")    \
	X(MEETING_CHANGED, "meeting.changed", "meeting state", "a meeting was planned, held or cancelled")     \
	X(MEETING_AGENDA, "meeting.agenda", "meeting case change note",                                        \
	  "an item moved, came, was dropped; frozen, thawed")                                                  \
	X(MEETING_ATTENDED, "meeting.attended", "meeting number person message", "somebody is there")          \
	X(MEETING_LEFT, "meeting.left", "meeting number person message", "… and is not after all")             \
	X(MEETING_DECIDED, "meeting.decided", "meeting case decision former person until",                     \
	  "a meeting decided an item, or corrected that")                                                      \
	X(MEETING_MINUTES, "meeting.minutes", "meeting tell", "the minutes of a meeting were closed")          \
	X(RSVP_CHANGED, "rsvp.changed", "meeting person answer people message", "somebody said yes or no")     \
	X(VOTE_CAST, "vote.cast", "poll message", "a vote came in")                                            \
	X(POLL_CHANGED, "poll.changed", "poll state closes reason",                                            \
	  "a poll was drawn up, opened, extended or cancelled")                                                \
	X(POLL_CLOSED, "poll.closed", "poll asked voted needed quorate winner votes meeting case",             \
	  "a poll was closed and counted")                                                                     \
	X(TASK_TAKEN, "task.taken", "task number person people flavour message", "somebody got a place")       \
	X(TASK_CHANGED, "task.changed", "task number person state flavour reason",                             \
	  "a task, or somebody's place in it, changed")                                                        \
	X(TASK_DONE, "task.done", "task number person points flavour", "somebody's part of a task is done")    \
	X(TASK_UNDONE, "task.undone", "task number person points flavour", "… and was not after all")          \
	X(POINTS_CHANGED, "points.changed", "person delta reason subject points",                              \
	  "points were earned or spent")                                                                       \
	X(FAQ_CHANGED, "faq.changed", "topic", "an answer was written or changed")                             \
	X(CONSULT_CHANGED, "consult.changed", "case what expert",                                              \
	  "a consultation was asked, answered or ended")                                                       \
	X(BROADCAST_QUEUED, "broadcast.queued", "broadcast recipients segments", "a broadcast was approved")   \
	X(BROADCAST_DONE, "broadcast.done", "broadcast sent failed uncertain", "a broadcast is finished")      \
	X(PERSON_CHANGED, "person.changed", "person what message", "the registry changed")                     \
	X(GROUP_CHANGED, "group.changed", "group what people", "people joined or left a group")                \
	X(RETENTION_DONE, "retention.done", "pdu private text readings",                                       \
	  "what had been kept long enough was removed; so many rows")                                          \
	X(MODEM_UP, "modem.up", "modem imei", "a modem is ready")                                              \
	X(MODEM_LOST, "modem.lost", "modem reason", "a modem is gone")                                         \
	X(MODEM_RESET, "modem.reset", "modem step reason", "a modem was reset")                                \
	X(MODEM_ALARM, "modem.alarm", "modem alarm severity detail", "a line needs a person")                  \
	X(MODEM_CLEAR, "modem.clear", "modem alarm seconds", "an alarm of a line is over")                     \
	X(MODEM_TESTED, "modem.tested", "modem certificate verdict failed warned",                             \
	  "the acceptance test of a line ended; which steps failed and which call for attention")              \
	X(BALANCE_READ, "balance.read", "modem amount news notice expires message",                            \
	  "the operator told the credit of a SIM")                                                             \
	X(CABINET_LOST, "cabinet.lost", "cabinet reason seconds", "a cabinet gives no data")                   \
	X(CABINET_UP, "cabinet.up", "cabinet seconds", "a cabinet gives data again; so long it did not")       \
	X(SENSOR_ALARM, "sensor.alarm", "alarm sensor kind value limit severity case recipients",              \
	  "a sensor passed its limit, or tells nothing; alarm: its number, C3 in texts")                       \
	X(SENSOR_CLEAR, "sensor.clear", "alarm sensor kind value seconds", "an alarm of a sensor is over")     \
	X(SENSOR_RAISED, "sensor.raised", "alarm step recipients rings flaps",                                 \
	  "an alarm of a sensor was told again: nobody acknowledged it, or it comes and goes")                 \
	X(SENSOR_ACKNOWLEDGED, "sensor.acknowledged", "alarm person seconds",                                  \
	  "somebody looks after an alarm of a sensor")                                                         \
	X(SENSOR_FAULT, "sensor.fault", "alarm sensor fault severity case recipients",                         \
	  "a sensor, or a whole cabinet, tells nothing")                                                       \
	X(DUTY_CALLED, "duty.called", "message number case recipients", "a call for help was passed on")       \
	X(DUTY_RAISED, "duty.raised", "case step recipients",                                                  \
	  "nobody took a call for help: the next are called")                                                  \
	X(DUTY_ACKNOWLEDGED, "duty.acknowledged", "case person seconds", "somebody took a call for help")      \
	X(CHECKIN_ANSWERED, "checkin.answered", "plan person by seconds", "who lives alone is well")           \
	X(CHECKIN_SILENT, "checkin.silent", "plan person step case",                                           \
	  "no answer: the buddy, then the officers are called")                                                \
	X(CASE_WITNESSED, "case.witnessed", "case asked yes no", "neighbours said whether it is so")           \
	X(HOOK_FAILED, "hook.failed", "hook program event tries reason",                                       \
	  "the program of a hook failed for good")                                                             \
	X(RULE_REJECTED, "rule.rejected", "file line reason",                                                  \
	  "a changed rule file was refused, the old rules stay")                                               \
	X(CONFIG_REJECTED, "config.rejected", "file line reason", "a changed configuration was refused")       \
	X(BACKUP_DONE, "backup.done", "file bytes private", "the database was copied and the copy is sound")   \
	X(BACKUP_FAILED, "backup.failed", "result detail", "there is no copy of the database of this night")   \
	X(DATABASE_CHECKED, "database.checked", "findings detail", "the database was looked through")          \
	X(BOX_NOTED, "box.noted", "note modem detail", "a change of the box that installers are texted")       \
	X(CLOCK_IMPLAUSIBLE, "clock.implausible", "now last", "the wall clock is before the last event")       \
	X(CLOCK_PLAUSIBLE, "clock.plausible", "now", "the wall clock can be trusted again")                    \
	X(CLOCK_SET, "clock.set", "from to witness", "the wall clock was set by what the mobile network says")

enum event_kind {
#define X(id, name, body, what) EVENT_##id,
	EVENT_KINDS(X)
#undef X
	    EVENT_KIND_COUNT
};

struct event_kind_info {
	const char *name, *body, *what;
};
extern const struct event_kind_info event_kinds[EVENT_KIND_COUNT];

int event_kind_find(const char *name); /* the kind, or -1 */
