"""yishi case, meeting, message, db and events without a daemon: every verb, its JSON fields, its exit statuses."""
import json
import sqlite3
import subprocess
import unittest

from clibox import Box
from harness import BIN, environment, wait_for


class Cases(unittest.TestCase):
    def test_fields_of_the_interface(self):
        with Box() as box:
            box.people()
            box.ok("case", "new", "--text", "楼道灯坏了", "--category", "lighting", "--from", "13800138001", "--building", "3")
            row = box.json("case", "list", "--state", "open", "--grid", "KS-03")[0]
            self.assertEqual(list(row)[:15], "number state category text grid building unit room place supporters reporter opened due "
                             "assignee reopened".split())
            self.assertEqual((row["number"], row["state"], row["category"], row["text"], row["grid"], row["reporter"], row["opened"]),
                             (1, "received", "lighting", "楼道灯坏了", "KS-03", "王秀英", "2026-11-18T10:00:00+08:00"))
            self.assertEqual(box.json("case", "list", "--grid", "KS-04"), [])

    def test_a_new_case_is_read_as_a_residents_text_would_be(self):
        place = lambda c: (c["category"], c["building"], c["unit"], c["room"])
        with Box() as box:
            box.people()
            home = place(dict(box.json("person", "list")[0], category=None))[1:]
            self.assertTrue(all(home))

            def new(*options):
                n = box.json("case", "new", *options)[0]["number"]
                return next(c for c in box.json("case", "list") if c["number"] == n)
            case = new("--text", "9栋4单元的楼道灯坏了", "--from", "13800138001")
            self.assertEqual(place(case), ("lighting", "9", "4", ""), "another building than the reporter's")
            self.assertIn("楼道", case["place"])
            self.assertEqual(place(new("--text", "下水道堵了", "--from", "13800138001")), ("sewage", *home))
            self.assertEqual(place(new("--text", "下水道堵了")), ("sewage", "", "", ""))
            case = new("--text", "9栋4单元的楼道灯坏了", "--category", "power", "--building", "6", "--place", "门厅")
            self.assertEqual((*place(case), case["place"]), ("power", "6", "", "", "门厅"), "what is said is right")
            case = new("--text", "1 3", "--grid", "KS-03")
            self.assertEqual((case["text"], case["category"]), ("1 3", "other"))
            self.assertEqual(new("--text", "在9栋门口装长椅", "--proposal")["building"], "9")
            done = box.run("case", "new", "--text", "楼道灯坏了", env={"YISHI_DATA": str(box.dir)})
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("category", done.stderr)

    def test_the_life_of_a_case(self):
        with Box() as box:
            box.people()
            box.ok("case", "new", "--text", "灯坏了", "--category", "lighting", "--from", "13800138001")
            worker = box.json("person", "add", "--name", "陈师傅", "--phone", "13800138008", "--grid", "KS-03", "--roles", "网格员")[0]["id"]
            for verb, args, state in (("note", ("--note", "已联系"), "received"), ("assign", (worker,), "assigned"),
                                      ("return", ("--note", "不归我管"), None), ("assign", (worker,), "assigned"),
                                      ("escalate", (), None), ("resolve", ("--note", "已换灯泡"), "resolved"), ("reopen", (), None)):
                box.ok("case", verb, 1, *args)
                if state:
                    self.assertEqual(box.json("case", "show", 1)[0]["state"], state, verb)
                if verb == "assign":
                    self.assertEqual(box.json("case", "list", "--assignee", worker)[0]["assignee"], "陈师傅")
            journal = box.json("case", "show", 1)[0]["journal"]
            self.assertEqual([j["note"] for j in journal if j["entry"] == "resolved"], ["已换灯泡"])
            self.assertTrue(all(j["actor"].startswith("shell:") and j["channel"] == "shell" for j in journal))

    def test_merge_and_reject(self):
        with Box() as box:
            box.people()
            for text in ("灯坏了", "灯又坏了", "吵"):
                box.ok("case", "new", "--text", text, "--from", "13800138001")
            box.ok("case", "merge", 2, 1)
            self.assertEqual(box.json("case", "show", 2)[0]["merged_into"], 1)
            self.assertEqual(box.run("case", "reject", 3).returncode, 64)  # the reporter is told a reason
            box.ok("case", "reject", 3, "--note", "家庭内部事务")
            self.assertEqual([c["state"] for c in box.json("case", "list")], ["received", "merged", "rejected"])
            self.assertEqual([c["number"] for c in box.json("case", "list", "--state", "open")], [1])
            for args, status in ((("merge", 1, 1), 64), (("merge", 1, 9), 1), (("resolve", 9), 1), (("resolve", 3), 1), (("show", 9), 1),
                                 (("assign", 1, 99), 1), (("split", 1, "13800138002"), 1), (("list", "--state", "nonsense"), 64),
                                 (("new", "--text", "x", "--category", "nonsense"), 64), (("new", "--text", "x", "--grid", "NO"), 65), (("new",), 64)):
                with self.subTest(args):
                    self.assertEqual(box.run("case", *args).returncode, status)

    def test_overdue(self):
        with Box() as box:
            box.ok("case", "new", "--text", "灯坏了", "--category", "lighting")
            self.assertEqual(box.json("case", "list", "--overdue"), [])
            box.set_clock("2027-01-10T10:00:00+08:00")
            self.assertEqual(len(box.json("case", "list", "--overdue")), 1)
            self.assertEqual(json.loads(box.run("status", "--json").stdout)["overdue"], 1)


class Meetings(unittest.TestCase):
    def series(self, box, *more):
        return box.ok("meeting", "series", "add", "--grid", "KS-03", "--rrule", "FREQ=WEEKLY;BYDAY=FR", "--at", "15:00", "--place", "3号议事点", *more)

    def test_series_lays_out_meetings(self):
        with Box() as box:
            box.people()
            self.series(box, "--except", "2026-12-04")
            rows = box.json("meeting", "list")
            self.assertEqual(list(rows[0])[:10], "id grid place starts state agenda_items yes no people unanswered".split())
            self.assertEqual([r["starts"] for r in rows if r["state"] == "planned"][:2], ["2026-11-20T15:00:00+08:00", "2026-11-27T15:00:00+08:00"])
            self.assertNotIn("2026-12-04T15:00:00+08:00", [r["starts"] for r in rows])
            self.assertEqual(box.json("meeting", "series", "list")[0]["rrule"], "FREQ=WEEKLY;BYDAY=FR")
            self.assertEqual(json.loads(box.run("status", "--json").stdout)["next_meeting"], "2026-11-20T15:00:00+08:00")
            for args, status in ((("--rrule", "FREQ=SOMETIMES"), 65), (("--grid", "NO"), 65), (("--at", "25:99"), 64)):
                full = {"--grid": "KS-03", "--rrule": "FREQ=DAILY", "--at": "15:00", "--place": "x", args[0]: args[1]}
                self.assertEqual(box.run("meeting", "series", "add", *[x for kv in full.items() for x in kv]).returncode, status, args)
            self.assertEqual(box.run("meeting", "series", "add").returncode, 64)

    def test_agenda_answers_and_cancel(self):
        with Box() as box:
            box.people()
            self.series(box)
            box.ok("case", "new", "--text", "院子里装长椅", "--proposal", "--grid", "KS-03", "--from", "13800138001")
            items = box.json("meeting", "agenda", 1)
            self.assertEqual(list(items[0])[:5], ["position", "title", "case", "supporters", "text"])
            self.assertEqual((items[0]["position"], items[0]["case"], items[0]["text"]), (1, 1, "院子里装长椅"))
            box.ok("meeting", "attend", 1, "13800138001", "--people", 3)
            box.ok("meeting", "attend", 1, "13800138002", "--no")
            row = box.json("meeting", "show", 1)[0]
            self.assertEqual((row["yes"], row["no"], row["people"], row["agenda_items"]), (1, 1, 3, 1))
            answers = {a["name"]: (a["answer"], a["people"]) for a in box.json("meeting", "show", 1, "--answers")}
            self.assertEqual(answers["王秀英"], ("yes", 3))
            box.ok("meeting", "attend", 1, "13800138001", "--here")
            self.assertTrue([a["attended"] for a in box.json("meeting", "show", 1, "--answers") if a["name"] == "王秀英"][0])
            box.ok("meeting", "cancel", 1, "--note", "会场维修")
            self.assertEqual(box.run("meeting", "cancel", 1).returncode, 1, "it is cancelled already")
            self.assertEqual(box.json("meeting", "show", 1)[0]["state"], "cancelled")
            self.assertEqual(box.run("meeting", "show", 99).returncode, 1)
            self.assertEqual(box.run("meeting", "agenda", 99).returncode, 1)

    def test_a_calendar(self):
        with Box() as box:
            box.people()
            self.series(box)
            text = box.ok("meeting", "export")
            self.assertTrue(text.startswith("BEGIN:VCALENDAR"))
            self.assertIn("DTSTART:20261120T070000Z", text)
            self.assertIn("3号议事点", text)


class Messages(unittest.TestCase):
    def test_send_list_show(self):
        with Box() as box:
            box.people()
            box.ok("message", "send", "--to", "138 0013 8001", "--text", "您好", "--at", "+2h", "--not-after", "+3h")
            long_one = box.json("message", "send", "--to", "13800138077", "--text-file", "-", stdin="字" * 71)[0]
            self.assertEqual(long_one["segments"], 2)
            rows = box.json("message", "list")
            self.assertEqual(list(rows[0])[:3], ["id", "direction", "number"])
            for field in "id direction number text state segments modem created sent".split():
                self.assertIn(field, rows[0])
            self.assertEqual((rows[0]["number"], rows[0]["text"], rows[0]["state"], rows[0]["direction"]), ("+8613800138001", "您好", "queued", "out"))
            self.assertEqual(box.json("message", "show", long_one["id"])[0]["segments"], 2)
            self.assertEqual(len(box.json("message", "list", "--number", "13800138001")), 1)
            self.assertEqual(box.json("message", "list", "--in"), [])
            self.assertEqual(box.json("message", "list", "--state", "sent"), [])
            for args, status in ((("show", "999"), 1), (("show", "0"), 64), (("send", "--to", "13800138001"), 64), (("send", "--text", "x"), 64),
                                 (("send", "--to", "95588", "--text", "x"), 64), (("send", "--to", "13800138001", "--text", ""), 65),
                                 (("send", "--to", "13800138001", "--text", "x", "--text-file", "-"), 64),
                                 (("send", "--to", "13800138001", "--text", "x", "--not-after", "-1h"), 64), (("list", "--since", "sometime"), 64),
                                 (("list", "--state", "nonsense"), 64)):
                with self.subTest(args):
                    self.assertEqual(box.run("message", *args).returncode, status)

    def test_both_directions_in_order_and_muted_ones(self):
        with Box() as box:
            box.people()
            db = sqlite3.connect(box.dir / "yishi.db")
            for i, number in ((2, "+8613800138001"), (4, "+8613800138002"), (6, "10086")):
                db.execute("INSERT INTO message_in (id, number, text, modem, received_utc, state) VALUES (?, ?, ?, 'front', ?, 'done')",
                           (i, number, f"text {i}", 1795000000 + i))
            db.commit()
            db.close()
            box.ok("person", "mute", "13800138002")
            self.assertEqual([m["id"] for m in box.json("message", "list", "--in")], [2, 6])
            self.assertEqual([m["id"] for m in box.json("message", "list", "--in", "--muted")], [2, 4, 6])
            self.assertEqual([m["id"] for m in box.json("message", "list", "--limit", "1", "--in")], [6])
            self.assertEqual(box.json("message", "list", "--number", "10086")[0]["text"], "text 6")


class Database(unittest.TestCase):
    def test_check_backup_vacuum_stats(self):
        with Box() as box:
            box.people()
            self.assertIn("sound", box.ok("db", "check"))
            copy = box.dir / "copy.db"
            box.ok("db", "backup", copy)
            self.assertEqual(box.run("db", "backup", copy).returncode, 73)
            self.assertEqual(sqlite3.connect(copy).execute("SELECT count(*) FROM person").fetchone()[0], 4)
            box.ok("db", "vacuum")
            self.assertEqual({r["table"]: r["rows"] for r in box.json("db", "stats")}["person"], 4)
            self.assertEqual(box.run("db", "backup").returncode, 64)
            self.assertEqual(box.run("db", "backup", "/nowhere/x.db").returncode, 73)

    def test_backup_into_the_configured_folder(self):
        with Box(gateway="backup_dir = backups") as box:
            box.ok("db", "backup")
            self.assertEqual([p.name for p in (box.dir / "backups").iterdir()], ["yishi-20261118-100000.db"])


class Todo(unittest.TestCase):
    def test_list_and_done(self):
        with Box() as box:
            box.people()
            db = sqlite3.connect(box.dir / "yishi.db")
            db.execute("INSERT INTO chore (kind, number, note, utc) VALUES ('callback', '+8613800138001', '不会打字', 1795000000)")
            db.commit()
            db.close()
            row = box.json("todo", "list")[0]
            self.assertEqual((row["kind"], row["number"], row["note"]), ("callback", "+8613800138001", "不会打字"))
            self.assertIn("请回电", box.ok("todo", "list", env={"LC_ALL": "zh_CN.UTF-8"}))
            box.ok("todo", "done", row["id"])
            self.assertEqual(box.json("todo", "list"), [])
            empty = box.run("todo", "list")
            self.assertEqual((empty.returncode, empty.stdout, empty.stderr), (0, "", "yishi: nothing is there to be listed\n"))
            self.assertEqual(box.run("todo", "list", "--csv").stderr, "")
            self.assertEqual(len(box.json("todo", "list", "--all")), 1)
            self.assertEqual(box.run("todo", "done", 9).returncode, 1)


class Events(unittest.TestCase):
    def test_since_kind_and_body(self):
        with Box() as box:
            box.people()
            box.ok("case", "new", "--text", "灯坏了")
            rows = box.json("events")
            self.assertEqual([r["kind"] for r in rows], ["person.changed", "case.opened"])
            self.assertEqual(rows[1]["body"]["case"], 1)
            self.assertEqual(box.json("events", "--since", rows[0]["id"]), rows[1:])
            self.assertEqual(box.json("events", "--kind", "case"), rows[1:])
            self.assertEqual(box.run("events", "--kind", "cas").returncode, 64)

    def test_follow(self):
        with Box() as box:
            box.people()
            follower = subprocess.Popen([str(BIN / "yishi"), "-c", str(box.config), "events", "--follow", "--json", "--kind", "case.opened"],
                                        env=environment(**box.env), stdout=subprocess.PIPE)
            try:
                box.ok("case", "new", "--text", "灯坏了")
                line = wait_for(follower.stdout.readline, "the event is printed")
                self.assertEqual(json.loads(line)["kind"], "case.opened")
            finally:
                follower.kill()
                follower.wait()
                follower.stdout.close()


if __name__ == "__main__":
    unittest.main()
