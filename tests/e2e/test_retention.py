"""What is old goes and what is open stays, by itself at night and by `yishi db retention`; nothing of it is left in the files."""
import datetime
import json
import sqlite3
import unittest

from clibox import NOW, Box
from harness import Site, wait_for

DAY = 86400
T = int(datetime.datetime.fromisoformat(NOW).timestamp())
OLD, PAST, NEW = T - 1000 * DAY, T - 200 * DAY, T - 10 * DAY  # beyond every time, beyond those of raw texts and private matters, within all
A, B, C, D = "+8613800138001", "+8613800138002", "+8613912340003", "+8613912340004"


def fill(path, rows):
    """rows: (table, {column: value}) each; the ids of what was inserted."""
    with sqlite3.connect(path, timeout=60) as db:
        return [db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values())).lastrowid
                for table, row in rows]


def text_in(id, number, text, utc, **more):
    return ("message_in", {"id": id, "number": number, "text": text, "modem": "front", "received_utc": utc, "state": "done",
                           "intents": '[{"intent":"complaint"}]', **more})


def text_out(id, number, text, utc, **more):
    return ("message_out", {"id": id, "number": number, "text": text, "class": "reply", "priority": 1, "state": "delivered", "alphabet": "ucs2",
                            "segments": 1, "created_utc": utc, "dedupe": f"case:{id}:{number}", **more})


def case(number, state, utc, phone, text, **more):
    return ("matter", {"number": number, "kind": "case", "state": state, "category": "other", "text": text, "grid": "KS-03", "number_from": phone,
                       "unit": "2", "room": "501", "opened_utc": utc, "changed_utc": utc, **more})


def pdu(utc, **more):
    return ("pdu_in", {"modem": "front", "received_utc": utc, "pdu": "0891BEEF", "hash": f"h{utc}{more}", "kind": "deliver", "sender": A, **more})


def entry(matter, utc, actor, note, **more):
    return ("journal", {"matter": matter, "utc": utc, "actor": actor, "channel": "text", "entry": "noted", "note": note, **more})


def event(utc, kind, actor, **body):
    return ("event", {"utc": utc, "kind": kind, "actor": actor, "body": json.dumps(body, separators=(",", ":"))})


# Ids grow with time, as in a box.
ROWS = [
    # a case that was settled years ago, with everything that hangs on it
    text_in(1, A, "旧诉求原话", OLD), text_in(3, A, "旧补充原话", OLD), text_in(31, B, "近来原话", PAST),
    case(1, "confirmed", OLD, A, "旧诉求", message=1, reporter=1), case(20, "confirmed", NEW, A, "新诉求"),
    # one that is as old and still open: its text, what was written since, what was sent about it
    text_in(7, C, "未结原话", OLD), text_in(9, C, "未结之后", OLD + 50), text_in(11, C, "未结之前", OLD - DAY),
    case(3, "in_progress", OLD, C, "未结诉求", message=7), text_out(2, C, "未结答复", OLD, matter=3), text_out(4, A, "旧答复", OLD, matter=1),
    text_out(6, A, "等着发的", OLD, state="queued"), text_out(28, B, "近来答复", PAST), text_out(10, B, "旧的不明", OLD, state="uncertain"),
    ("part_out", {"message": 4, "part": 1, "state": "delivered", "modem": "front", "started_utc": OLD}),
    ("part_out", {"message": 28, "part": 1, "state": "delivered", "modem": "front", "started_utc": PAST}),
    # merged into the open one; on the agenda of a meeting that was held; a proposal that nobody took up
    case(4, "merged", OLD, B, "并入未结的", merged_into=3), case(5, "closed", OLD, B, "上过议事会的"), case(6, "rejected", OLD, B, "没上会的"),
    ("meeting", {"id": 1, "grid": "KS-03", "place": "p", "starts_utc": OLD, "ends_utc": OLD + 3600, "state": "held", "code": "1234", "told_to": B, "told_utc": OLD}),
    ("meeting", {"id": 2, "grid": "KS-03", "place": "p", "starts_utc": PAST, "ends_utc": PAST + 3600, "state": "held", "code": "1234"}),
    ("agenda_item", {"meeting": 1, "matter": 5, "before": "{}", "note": "大家同意"}), ("agenda_item", {"meeting": 1, "matter": 6, "dropped": "no"}),
    *[("invitation", {"meeting": m, "number": n, "asked_utc": OLD}) for m in (1, 2) for n in (A, B)],
    *[("rsvp", {"meeting": m, "number": n, "answer": "yes", "channel": "text", "changed_utc": OLD, "person": 1}) for m in (1, 2) for n in (A, B)],
    entry(1, OLD, "phone:" + A, "旧备注", message=3), entry(3, OLD, "phone:" + C, "未结备注"), entry(None, OLD, "shell:0", "发给张三的"),
    ("supporter", {"matter": 1, "number": B, "since_utc": OLD, "person": 2}), ("supporter", {"matter": 1, "number": C, "since_utc": OLD}),
    ("supporter", {"matter": 3, "number": A, "since_utc": OLD}),
    # a call for help, neighbours, a proxy
    ("duty_call", {"matter": 1, "caller": A, "words": "摔倒原话", "called_utc": OLD, "rung_utc": OLD, "waiting": 0, "acked_number": B}),
    ("duty_call", {"matter": 3, "caller": C, "words": "求助未结", "called_utc": OLD, "rung_utc": OLD, "waiting": 1}),
    ("duty_told", {"matter": 1, "number": B, "rung": 1, "utc": OLD}), ("witness", {"matter": 1, "number": B, "chosen_utc": OLD, "until_utc": OLD, "answer": "yes"}),
    ("proxy", {"matter": 1, "sender": A, "number": B, "utc": OLD}),
    # tasks: one that is done, one that was never closed
    *[("matter", {"number": n, "kind": "task", "state": "closed", "category": "other", "text": t, "number_from": A, "opened_utc": OLD, "changed_utc": OLD})
      for n, t in ((7, "帮我买药"), (8, "还开着的活"))],
    ("offer", {"number": 7, "flavour": "errand", "state": "done", "created_utc": OLD, "changed_utc": OLD}),
    ("offer", {"number": 8, "flavour": "task", "state": "open", "created_utc": OLD, "changed_utc": OLD}),
    *[("claim", {"offer": n, "number": B, "state": "done", "position": n, "changed_utc": OLD, "changed_by": "phone:" + B}) for n in (7, 8)],
    # private: mediated 200 days ago; a consultation; one of both that is open
    text_in(33, B, None, PAST, private=1, intents=None), text_in(35, A, "房东不退押金", PAST), text_in(17, D, None, OLD, private=1, intents=None),
    case(10, "closed", PAST, B, "私密事项", message=33, private=1), case(11, "closed", PAST, A, "咨询", message=35, private=1),
    case(9, "received", OLD, D, "私密未结", message=17, private=1), text_out(12, "+8613800139005", f"私密：{B} 王秀英", PAST, dedupe=f"mediate:33:10:{B}"),
    text_out(14, "+8613800139005", "押金的问题", PAST, dedupe="consult:11:1"), entry(10, PAST, "phone:" + B, "吵架备注"),
    ("consult", {"matter": 11, "topic": "law", "number": A, "person": 1, "opened_utc": PAST, "closed_utc": PAST}),
    ("consult_line", {"matter": 11, "utc": PAST, "side": "ask", "actor": "person:1", "text": "押金原话"}),
    # polls
    *[("poll", {"id": p, "question": "几点", "audience": "all", "state": s, "opens_utc": PAST, "closes_utc": PAST, "created_by": "shell:0", "created_utc": PAST,
                "ended_utc": e, "told_utc": e}) for p, s, e in ((1, "closed", PAST), (2, "open", None))],
    *[("poll_voter", {"poll": p, "number": n, "person": 1, "unit": "h1", "may_ask": 1, "voted_utc": PAST, "option": 2}) for p in (1, 2) for n in (A, B)],
    # the rest
    pdu(OLD, message=1), pdu(OLD, kind="quarantine"), pdu(PAST, message=31), pdu(PAST, ref=1, parts=2, part=1), pdu(PAST, kind="quarantine"), pdu(NEW),
    case(12, "received", PAST, "", "unreadable", origin="quarantine"),
    *[("action", {"number": A, "utc": u, "kind": "attend"}) for u in (OLD, PAST, NEW)],
    ("quoted", {"number": A, "matter": 1, "utc": PAST}), ("quoted", {"number": A, "matter": 20, "utc": NEW}),
    ("chore", {"kind": "callback", "number": A, "utc": OLD, "done_utc": OLD}), ("chore", {"kind": "callback", "number": A, "utc": OLD, "note": "没打"}),
    ("point", {"person": 1, "utc": OLD, "delta": 3, "reason": "award", "note": "张三布置会场", "actor": "shell:0"}),
    ("phone", {"number": "+8613912349999", "last_in_utc": OLD}), ("phone", {"number": "+8613912348888", "last_in_utc": OLD, "opted_out": "all"}),
    # sensors: hours go, days stay
    ("sensor", {"id": 1, "name": "pump.level", "first_utc": OLD, "fault": "", "since_utc": OLD}),
    *[("reading", {"step": step, "utc": u - u % 3600, "sensor": 1, "count": 6, "low": 1.0, "mean": 2.0, "high": 3.0, "data_s": 60, "dark_s": 0})
      for step, u in ((3600, OLD), (3600, OLD + 7200), (3600, NEW), (86400, OLD), (60, NEW))],
    event(OLD, "message.received", "phone:" + A, message=1, number=A, modem="front"), event(OLD, "task.changed", "shell:0", task=7, reason="张三不来了"),
    event(OLD, "modem.reset", "daemon", modem="front", reason="silent"), event(NEW, "message.received", "phone:" + A, message=31, number=A),
]
GONE_TEXT = ("旧诉求", "旧补充", "旧答复", "旧的不明", "没上会的", "旧备注", "发给张三的", "摔倒原话", "帮我买药", "张三布置会场", "张三不来了", "+8613912349999", "未结之前")
GONE_PRIVATE = ("押金", "私密：", "吵架备注")
STAYS = ("近来原话", "近来答复", "未结原话", "未结之后", "未结诉求", "未结答复", "未结备注", "等着发的", "新诉求", "并入未结的", "上过议事会的", "大家同意",
         "求助未结", "还开着的活", "私密未结", "没打", "+8613912348888")


class ByHand(unittest.TestCase):
    def cells(self, path):
        with sqlite3.connect(path) as db:
            tables = [t for (t,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")]
            return {t: db.execute(f'SELECT * FROM "{t}"').fetchall() for t in tables}

    def test_what_is_old_goes_and_what_is_open_stays(self):
        with Box() as box:
            box.people()
            path = box.dir / "yishi.db"
            fill(path, ROWS)
            before = self.cells(path)
            would = box.json("db", "retention", "--dry-run")
            self.assertEqual(self.cells(path), before)
            self.assertEqual(box.run("db", "retention").returncode, 1)  # nobody to ask, no --yes
            self.assertEqual(self.cells(path), before)
            done = box.json("db", "retention", "--yes")
            self.assertEqual(done, would)
            self.assertEqual([r["rows"] for r in box.json("db", "retention", "--dry-run")], [0] * len(would))
            self.assertEqual([s["what"] for s in would if not s["rows"] and s["what"] not in ("codes that were texted", "check-ins of who lives alone", "what programs failed at")], [])
            after = self.cells(path)
            everything = "\n".join(str(row) for rows in after.values() for row in rows)
            self.assertEqual([w for w in GONE_TEXT + GONE_PRIVATE if w in everything], [])
            self.assertEqual([w for w in STAYS if w not in everything], [])
            for file in path, box.dir / "yishi.db-wal":
                raw = file.read_bytes() if file.exists() else b""
                self.assertEqual([w for w in GONE_TEXT + GONE_PRIVATE if w.encode() in raw], [], file)

            with sqlite3.connect(path) as db:
                one = lambda sql: db.execute(sql).fetchall()
                self.assertEqual([s for s, in one("SELECT step FROM reading ORDER BY step")], [60, 3600, 86400])
                # as many as before, under nobody's name
                self.assertEqual(one("SELECT matter, count(*), sum(number < 'gone') FROM supporter GROUP BY 1"), [(1, 2, 0), (3, 1, 1)])
                self.assertEqual(one("SELECT meeting, count(*), sum(number < 'gone'), sum(people) FROM rsvp GROUP BY 1"), [(1, 2, 0, 2), (2, 2, 2, 2)])
                self.assertEqual(one("SELECT poll, count(voted_utc), count(option), sum(number < 'gone') FROM poll_voter GROUP BY 1"), [(1, 2, 0, 0), (2, 2, 2, 2)])
                self.assertEqual(one("SELECT meeting, count(*) FROM invitation GROUP BY 1"), [(2, 2)])
                self.assertEqual(one("SELECT state, number_from, text FROM matter WHERE number IN (1, 5) ORDER BY 1"), [("closed", "", "上过议事会的"), ("confirmed", "", "")])
                # raw texts: of 90 days, a part that waits for the others, an unreadable one whose case is open
                self.assertEqual(one(f"SELECT received_utc = {NEW}, kind, ref FROM pdu_in ORDER BY id"), [(0, "deliver", 1), (0, "quarantine", None), (1, "deliver", None)])
                self.assertEqual(one("SELECT number, text FROM message_in WHERE id IN (17, 33, 35) ORDER BY id"), [(D, None), ("", ""), ("", "")])
                bodies = [json.loads(b) for (b,) in one("SELECT body FROM event ORDER BY id")]
                self.assertEqual(bodies[1:5], [{"message": 1, "modem": "front"}, {"task": 7}, {"modem": "front", "reason": "silent"}, {"message": 31, "number": A}])
                self.assertEqual(one("SELECT count(*), sum(delta) FROM point"), [(1, 3)])
            last = box.json("events")[-1]
            sums = {k: sum(s["rows"] for s in done if s["kind"] == "retention_" + k) for k in ("pdu", "private", "text", "readings")}
            self.assertEqual((last["kind"], last["body"]), ("retention.done", sums))
            self.assertEqual(box.run("db", "check").returncode, 0)
            self.assertEqual(len(box.json("message", "list", "--limit", "0")), 14)
            self.assertEqual(box.run("case", "show", "1").returncode, 0)

    def test_for_how_long_the_configuration_says(self):
        with Box("retention_pdu = 0\nretention_text = 1d\nretention_private = 1000d\n") as box:
            box.people()
            fill(box.dir / "yishi.db", [text_in(1, A, "五十天", T - 50 * DAY), text_in(3, A, "七十天", T - 70 * DAY), pdu(OLD), *[r for r in ROWS if r[1].get("number") == 10],
                                        text_in(33, B, None, PAST, private=1)])
            sorts = {(s["kind"], s["what"]): s for s in box.json("db", "retention", "--dry-run")}
            self.assertEqual((sorts["retention_pdu", "raw texts as the modem gave them"]["before"], sorts["retention_pdu", "raw texts as the modem gave them"]["rows"]), (None, 0))
            # sixty days at least: what was sent must be known again; words of private matters by their own time
            self.assertEqual(sorts["retention_text", "texts that came"]["rows"], 1)
            self.assertEqual(sum(s["rows"] for (kind, _), s in sorts.items() if kind == "retention_private"), 0)


class AtNight(unittest.TestCase):
    """The daemon's own job. Forty thousand old texts are some dozens of pieces."""
    COUNT = 40000

    def left(self, site):
        with sqlite3.connect(site.dir / "yishi.db", timeout=60) as db:
            return db.execute("SELECT count(*) FROM message_in WHERE text <> ''").fetchone()[0]

    def ran(self, site):
        return [json.loads(b) for (b,) in site.look("SELECT body FROM event WHERE kind = 'retention.done' ORDER BY id")]

    def test_it_runs_at_night_and_goes_on_after_a_power_cut(self):
        with Site(now="2026-11-18T10:00:00+08:00") as site:
            site.ok("grid", "import", "-", stdin=Box.GRIDS)
            with sqlite3.connect(site.dir / "yishi.db", timeout=60) as db:
                db.executemany("INSERT INTO message_in (number, text, modem, received_utc, state) VALUES (?, ?, 'm0', ?, 'done')",
                               [(A, f"第{i}条旧短信", OLD + i) for i in range(self.COUNT)])
            fill(site.dir / "yishi.db", [text_in(90001, B, None, PAST, private=1, intents=None), case(9, "closed", PAST, B, "私密事项", message=90001, private=1),
                                         text_in(90003, C, None, NEW, private=1, intents=None), case(10, "closed", NEW, C, "私密事项", message=90003, private=1)])
            own = site.dir / "yishi.private.db"
            own.touch(mode=0o600)
            with sqlite3.connect(own) as db:
                db.execute("CREATE TABLE words (message INTEGER PRIMARY KEY, text TEXT NOT NULL, utc INTEGER NOT NULL) STRICT")
                db.execute("CREATE TABLE words_out (occasion TEXT PRIMARY KEY, text TEXT NOT NULL, utc INTEGER NOT NULL) STRICT")
                db.executemany("INSERT INTO words VALUES (?, ?, 0)", [(90001, "吵架原话"), (90003, "近来原话")])
                db.executemany("INSERT INTO words_out VALUES (?, ?, 0)", [("mediate:90001:9:x", "吵架原话"), ("mediate:90003:10:x", "近来原话")])
            # the first night is after the first day; nothing goes by day, nor in the evening
            for hour in ("2026-11-18T23:59:00", "2026-11-19T01:59:30"):
                site.set_clock(hour + "+08:00")
                site.aware()
            self.assertEqual((self.left(site), self.ran(site)), (self.COUNT, []))

            site.set_clock("2026-11-19T02:00:30+08:00")
            wait_for(lambda: self.left(site) < self.COUNT, "the job has begun", every=0.005)
            site.kill()
            begun = self.left(site)
            self.assertEqual(self.ran(site), [])
            site.set_clock("2026-11-19T09:00:00+08:00")  # on again by day: the rest waits for the night
            site.start()
            site.aware()
            self.assertEqual(self.left(site), begun)
            self.assertGreater(begun, 0)
            site.set_clock("2026-11-20T03:10:00+08:00")
            wait_for(lambda: self.ran(site), "the job is done")
            self.assertEqual(self.left(site), 0)
            self.assertEqual(self.ran(site), [{"pdu": 0, "private": 2, "text": self.COUNT, "readings": 0}])
            wait_for(lambda: len(self.words(own)) == 2, "words that were kept beside the database are gone, too")
            self.assertEqual(set(self.words(own)), {"近来原话"})
            self.assertNotIn("吵架原话".encode(), own.read_bytes())
            wait_for(lambda: "条旧短信".encode() not in (site.dir / "yishi.db").read_bytes() + (site.dir / "yishi.db-wal").read_bytes(), "no file holds them")

            # once a night; and by day when the box was off for three nights
            site.set_clock("2026-11-20T04:00:00+08:00")
            site.aware()
            site.kill()
            site.set_clock("2026-11-22T15:00:00+08:00")
            site.start()
            site.aware()
            self.assertEqual(len(self.ran(site)), 1)
            site.set_clock("2026-11-23T15:00:00+08:00")
            wait_for(lambda: len(self.ran(site)) == 2, "what three nights missed is done by day")
            self.assertEqual(self.ran(site)[1], {"pdu": 0, "private": 0, "text": 0, "readings": 0})

    def words(self, path):
        with sqlite3.connect(path, timeout=60) as db:
            return [t for (t,) in db.execute("SELECT text FROM words UNION ALL SELECT text FROM words_out")]


if __name__ == "__main__":
    unittest.main()
