"""What must be true of a box whatever people text to it, read from its database and from what the network took."""
import collections
import contextlib
import datetime
import json
import os
import sqlite3
import subprocess

from harness import BIN, environment

LISTS = [words.split() for words in (
    "case list", "case overdue", "case life", "meeting list", "meeting series list", "meeting projects", "poll list", "task list",
    "task roster list", "points list", "points month", "duty list", "duty calls", "checkin list", "consult list --all", "faq list",
    "job list", "activity list", "todo list", "message list", "message list --muted", "person list", "broadcast list", "modem list",
    "grid list", "events")]
STAFF = "('building_head', 'grid_worker', 'department', 'expert', 'duty_officer', 'mediator', 'installer', 'secretary')"
ANSWERED_ALWAYS = {"stop", "start", "undo", "wrong_number", "duty"}  # also to who wants no texts
ZONE = datetime.timezone(datetime.timedelta(hours=8))
SENT = "o.id IN (SELECT message FROM part_out)"
FIRST_SENT = "(SELECT min(started_utc) FROM part_out WHERE message = o.id)"


BY_HAND = "请到社区 "  # a person at the desk wrote to this one phone and answers for it
FREE = {"complaint", "proposal", "unknown"}  # words that are kept in a case
MAY_BE_SILENT = FREE | {"thanks", "private"}


class Books:
    """`said`: {(number, words, RFC 3339 time): True}, `clock_was_wrong`: [(from, to)], `muted`: phones."""

    def __init__(self, town, said, clock_was_wrong, muted, quiet_hours):
        self.town, self.texts_in, self.clock_was_wrong, self.muted = town, len(said), clock_was_wrong, muted
        self.words = collections.defaultdict(set)
        for number, words, at in said:
            self.words[number, int(datetime.datetime.fromisoformat(at).timestamp())].add(words)
        self.night_from, self.night_to = quiet_hours.split("-")

    def rows(self, sql, *args):
        with contextlib.closing(sqlite3.connect(f"file:{self.town.dir / 'yishi.db'}?mode=ro", uri=True, timeout=20)) as db:
            return db.execute(sql, args).fetchall()

    def night(self, utc):
        at = datetime.datetime.fromtimestamp(utc, ZONE).strftime("%H:%M")
        return at >= self.night_from or at < self.night_to

    def at_a_wrong_time(self, utc):
        return any(first <= utc <= last for first, last in self.clock_was_wrong)

    def waits(self):
        """What still moves, None when all is quiet."""
        now = int(self.town.now().timestamp())
        came = self.rows("SELECT count(*) FROM message_in WHERE kind <> 'call'")[0][0] + self.rows(
            "SELECT count(*) FROM pdu_in WHERE kind = 'quarantine'")[0][0]
        if came < self.texts_in:
            return f"{came} of {self.texts_in} texts are in"
        stored = self.rows("SELECT id, text FROM message_in WHERE state = 'stored' LIMIT 3")
        if stored:
            return f"stored, not done: {stored}"
        out = self.rows("SELECT id, class, text, attempts, reason FROM message_out WHERE state IN ('queued', 'sending')"
                        " AND not_before_utc <= ?1 AND next_try_utc <= ?1 AND (quiet = 0 OR ?2 = 0) LIMIT 3", now, self.night(now))
        return f"waits to leave: {out}" if out else None

    def look(self):
        looks = (self.texts, self.heeded, self.secrets, self.answers, self.nights, self.stopped, self.twice, self.left,
                 self.journals, self.points, self.offers, self.votes, self.database, self.lists, self.log)
        return [f"{look.__name__}: {w}" for look in looks for w in look() or ()]

    # ---- texts
    def texts(self):
        count, done = self.rows("SELECT count(*), coalesce(sum(state = 'done'), 0) FROM message_in WHERE kind <> 'call'")[0]
        # the pieces of one text that came days apart, as the clock was set
        pieces, whole = self.rows("SELECT count(*), count(DISTINCT number || sent_utc) FROM message_in WHERE missing > 0")[0]
        count, done = count - pieces + whole, done - pieces + whole
        quarantined = self.rows("SELECT count(*) FROM pdu_in WHERE kind = 'quarantine'")[0][0]
        if count + quarantined != self.texts_in or done != count:
            yield f"{self.texts_in} texts were sent, {count} are in the inbox, {quarantined} in quarantine, {done} are done"
        for message, times in self.rows("SELECT json_extract(body, '$.message') m, count(*) FROM event WHERE kind = 'message.received'"
                                        " GROUP BY m HAVING count(*) > 1"):
            yield f"text {message} was received {times} times"

    def heeded(self):
        """What people wrote is in the journal of a case, or they were answered; whoever asks is answered."""
        deaf = dict(self.rows("SELECT number, min(id) FROM message_in WHERE id IN (SELECT json_extract(body, '$.message') FROM event"
                              " WHERE kind = 'person.changed' AND json_extract(body, '$.what') = 'all texts stopped') GROUP BY number"))
        budget = self.town.gateway["answer_budget"] is not None and int(self.town.gateway["answer_budget"]) == 0
        for id, number, text, intents, answered, noted in self.rows(
                "SELECT id, number, text, intents, EXISTS (SELECT 1 FROM message_out o WHERE o.answers = i.id),"
                " EXISTS (SELECT 1 FROM journal j WHERE j.message = i.id)"
                " OR EXISTS (SELECT 1 FROM action a WHERE a.message = i.id)"
                " FROM message_in i WHERE kind = 'text' AND machine = 0 AND state = 'done' AND private = 0 AND text IS NOT NULL"):
            said = {one["intent"] for one in json.loads(intents or "[]")}
            if not said and not self.numbers_without_answers(number):
                yield f"text {id} of {number} {text!r} was done and not read"
            elif self.numbers_without_answers(number) or number in self.muted or not any(c.isalnum() for c in text):
                continue
            elif said & FREE and not answered and not noted and id < deaf.get(number, id + 1):
                yield f"text {id} of {number} {text!r} left nothing: {said}"
            elif budget and said - MAY_BE_SILENT and not answered and id < deaf.get(number, id + 1):
                yield f"text {id} of {number} {text!r} has no answer: {said}"

    def secrets(self):
        """What was told in confidence stands nowhere but in the private file, unless it was a call for help as well."""
        for id, number, sent in self.rows(
                "SELECT id, number, sent_utc FROM message_in i WHERE private = 1 AND text IS NULL AND NOT EXISTS"
                " (SELECT 1 FROM journal j WHERE j.message = i.id AND j.entry IN ('duty called', 'nobody on duty'))"):
            seen = {text for text, in self.rows("SELECT text FROM message_in WHERE number = ? AND sent_utc = ?", number, sent)}
            hidden = self.words[number, sent] - seen
            words = next(iter(hidden), "")
            if len(hidden) != 1 or len(words) < 6 or sum(words in all_of_them for all_of_them in self.words.values()) > 1:
                continue
            for table, column in (("message_in", "text"), ("message_out", "text"), ("matter", "text"), ("journal", "note"),
                                  ("event", "body"), ("action", "before"), ("chore", "note")):
                if self.rows(f"SELECT 1 FROM {table} WHERE instr({column}, ?)", words[-10:]):  # behind the word that says so
                    yield f"the private text {id} {words!r} stands in {table}.{column}"

    @staticmethod
    def numbers_without_answers(number):
        return not number.startswith("+861") or number.startswith("+8610")

    def answers(self):
        for message, times, texts in self.rows("SELECT answers, count(*), group_concat(text, ' | ') FROM message_out"
                                               " WHERE answers IS NOT NULL GROUP BY answers HAVING count(*) > 1"):
            heard = self.rows("SELECT number, text FROM message_in WHERE id = ?", message)
            yield f"{times} answers to {heard}: {texts}"

    def nights(self):
        """Codes excepted: whoever gets one stands at the desk, or has just texted."""
        for id, kind, text, utc in self.rows(
                f"SELECT o.id, o.class, o.text, {FIRST_SENT} FROM message_out o LEFT JOIN broadcast b ON b.id = o.broadcast"
                f" WHERE o.answers IS NULL AND o.class <> 'alarm' AND coalesce(b.override_quiet, 0) = 0 AND {SENT}"
                " AND o.secret IS NULL"):
            wrong = any(utc == first for first, _ in self.clock_was_wrong)  # a text that had begun to leave ends whatever the clock says
            if self.night(utc) and not wrong:
                yield f"left at {datetime.datetime.fromtimestamp(utc, ZONE)}: {kind} {id} {text!r}"

    def stopped(self):
        for id, number, text, heard, intents, utc in self.rows(
                f"SELECT o.id, o.number, o.text, i.text, i.intents, {FIRST_SENT} FROM message_out o JOIN phone p ON p.number = o.number"
                " LEFT JOIN message_in i ON i.id = o.answers"
                " WHERE p.opted_out = 'all' AND o.class <> 'alarm' AND o.created_utc > p.opted_out_utc AND"
                " coalesce(i.id, 9e18) > coalesce(p.opted_out_message, 0)"
                " AND NOT EXISTS (SELECT 1 FROM person_phone pp JOIN person_role r ON r.person = pp.person"
                f" WHERE pp.number = o.number AND r.role IN {STAFF}) AND {SENT}"):
            mine = {i["intent"] for i in json.loads(intents or "[]")}
            if not mine & ANSWERED_ALWAYS and not self.at_a_wrong_time(utc) and not text.startswith(BY_HAND):
                yield f"{number} wants no texts, and got {id} {text!r} (to {heard!r})"

    def twice(self):
        """Each occasion has a name, or is a broadcast; the network took no text more often than there are rows for it."""
        for id, kind, text in self.rows("SELECT id, class, text FROM message_out WHERE answers IS NULL AND broadcast IS NULL"
                                        " AND dedupe IS NULL AND class <> 'alarm' AND secret IS NULL"):
            if not text.startswith(BY_HAND):
                yield f"{kind} {id} has no occasion: {text!r}"
        for number, text, times in self.rows("SELECT number, text, count(*) FROM message_out WHERE answers IS NULL AND private = 0"
                                             " AND class <> 'alarm' AND dedupe NOT LIKE 'news:%'"
                                             " GROUP BY number, text, created_utc HAVING count(*) > 1"):
            yield f"{number} was told {times} times in one second: {text!r}"

    def left(self):
        rows = collections.Counter()
        for number, text, repeats in self.rows("SELECT number, text, 1 + repeated + (state = 'uncertain') FROM message_out"
                                               " WHERE private = 0 AND secret IS NULL"):
            rows[number, text] += repeats
        private = {n for n, in self.rows("SELECT number FROM message_out WHERE private = 1 OR secret IS NOT NULL")}
        left = collections.Counter((s["number"], s["text"]) for s in self.town.sim.sent() if s.get("complete", True))
        for (number, text), times in left.items():
            if times > rows[number, text] and number not in private and not self.mixed(number, text):
                yield f"{number} got {times} times what was to leave {rows[number, text]} times: {text!r}"

    def mixed(self, number, text):
        """The phone still had a part of a text that was repeated, and took it for a part of a later one with its reference."""
        def common(a, b):
            return len(os.path.commonprefix((a, b)))
        texts = self.rows("SELECT text, repeated OR state = 'uncertain' FROM message_out WHERE number = ? AND segments > 1", number)
        old = [t for t, again in texts if again]
        return any(common(text, t) + common(text[::-1], o[::-1]) >= len(text) or common(text, o) + common(text[::-1], t[::-1]) >= len(text)
                   for t, _ in texts for o in old)

    # ---- what people have
    def journals(self):
        life = collections.defaultdict(dict)
        for row in self.town.json("case", "life"):
            for state in row["from"].split():
                life[row["step"]][state] = row["to"] or state
        entries = collections.defaultdict(list)
        for number, entry, note in self.rows("SELECT matter, entry, note FROM journal ORDER BY id"):
            entries[number].append((entry, note))
        for number, stored in self.rows("SELECT number, state FROM matter WHERE kind <> 'task'"):
            state, told = None, entries[number]
            for entry, note in told:
                if entry == "received":
                    state = "received"
                elif entry == "undone":
                    state = note
                elif entry == "split" and note.startswith("split off as"):
                    continue
                elif entry in life:
                    if state not in life[entry]:
                        yield f"case {number}: {entry!r} in state {state}: {told}"
                        break
                    state = life[entry][state]
            else:
                if state != stored:
                    yield f"case {number} is {stored}, its journal says {state}: {told}"

    def points(self):
        for person, balance in self.rows("SELECT person, sum(delta) FROM point GROUP BY person HAVING sum(delta) < 0"):
            yield f"person {person} has {balance}: {self.rows('SELECT delta, reason, reverses FROM point WHERE person = ?', person)}"

    def offers(self):
        for row in self.rows("SELECT o.number, o.flavour, o.wanted, sum(c.people) FROM offer o JOIN claim c ON c.offer = o.number"
                             " WHERE o.wanted > 0 AND c.state IN ('taken', 'there', 'done', 'confirmed')"
                             " GROUP BY o.number HAVING sum(c.people) > o.wanted"):
            claims = self.rows("SELECT number, people, state, changed_by FROM claim WHERE offer = ?", row[0])
            yield f"more places given than there are: {row} {claims}"

    def votes(self):
        for row in self.rows("SELECT poll, unit, count(*) FROM poll_voter WHERE voted_utc IS NOT NULL"
                             " GROUP BY poll, unit HAVING count(*) > 1"):
            yield f"more than one vote: {row}"
        for row in self.rows("SELECT p.id, p.state, sum(o.votes), p.asked FROM poll p JOIN poll_option o ON o.poll = p.id"
                             " WHERE p.state = 'closed' GROUP BY p.id HAVING sum(o.votes) > p.asked"):
            yield f"more votes than voters: {row}"

    # ---- the box
    def database(self):
        for pragma in ("integrity_check", "foreign_key_check"):
            found = [r for r in self.rows(f"PRAGMA {pragma}") if r != ("ok",)]
            if found:
                yield f"{pragma}: {found[:5]}"

    def lists(self):
        for words in LISTS:
            done = self.town.run(*words, "--json")
            try:
                for line in done.stdout.splitlines():
                    json.loads(line)
            except ValueError as e:
                yield f"yishi {' '.join(words)} --json: {e}"
            if done.returncode != 0:
                yield f"yishi {' '.join(words)}: exit {done.returncode} {done.stderr[-500:]}"
        if self.town.run("db", "check").returncode != 0:
            yield "yishi db check"
        check = subprocess.run([BIN / "yishid", "-c", self.town.config, "--check"], capture_output=True, timeout=60, check=False,
                               env=environment(**self.town.env))
        if check.returncode != 0:
            yield f"yishid --check: {check.returncode} {check.stderr.decode()[-500:]}"

    def log(self):
        log = self.town.log()
        for mark in ("Sanitizer", "runtime error:"):
            if mark in log:
                yield log[log.index(mark) - 200:][:4000]
