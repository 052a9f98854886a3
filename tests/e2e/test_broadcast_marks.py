"""Broadcasts whose text is another for each recipient, saved texts; without a daemon."""
import unittest

from clibox import Box


class Marks(unittest.TestCase):
    def test_each_gets_their_own(self):
        with Box() as b:
            b.people()
            b.ok("person", "add", "--phone", "13800138020", "--grid", "KS-03", "--consent", "x")
            b.ok("person", "add", "--phone", "13800137021", "--name", "很长很长的名字" * 2, "--grid", "KS-03", "--building", "12", "--consent", "x")
            text = "{姓名|邻居}，{building|本}栋{when}停水，请提前蓄水。" + "水" * 46
            p = b.json("broadcast", "preview", "--to", "all number:13700000001", "--text", text, "--with", "when=周五{x}")[0]
            self.assertEqual((p["recipients"], p["segments"], p["longest_recipients"], p["segments_total"], p["unknown"], p["alphabet"]), (7, 2, 2, 9, 0, "ucs2"))
            self.assertTrue(p["longest"].startswith("很长很长的名字很长很长的名字，12栋周五{x}停水"), p["longest"])
            shown = b.run("broadcast", "preview", "--to", "all", "--text", text, "--with", "when=周五{x}")
            self.assertRegex(shown.stderr, r"2 of 6 recipients get 2 segments")
            made = b.json("broadcast", "new", "--yes", "--to", "all number:13700000001", "--text", text, "--with", "when=周五{x}")[0]
            self.assertEqual((made["recipients"], made["segments"]), (7, 2))
            texts = {m["number"]: (m["text"], m["segments"]) for m in b.json("message", "list", "--out")}
            tail = "栋周五{x}停水，请提前蓄水。" + "水" * 46
            self.assertEqual({n: t for n, (t, _) in texts.items()},
                             {"+8613800138001": "王秀英，3" + tail, "+8613800138002": "李建国，3" + tail, "+8613800138003": "John Smith，5" + tail,
                              "+8613800138009": "赵书记，本" + tail, "+8613800138020": "邻居，本" + tail, "+8613700000001": "邻居，本" + tail,
                              "+8613800137021": "很长很长的名字" * 2 + "，12" + tail})
            self.assertEqual(sorted(s for _, s in texts.values()), [1] * 5 + [2] * 2)
            event = [e["body"] for e in b.json("events") if e["kind"] == "broadcast.queued"]
            self.assertEqual([(e["recipients"], e["segments"]) for e in event], [(7, 9)])
            # what is not known and has no other word is left out, and said
            shown = b.run("broadcast", "preview", "--to", "all", "--text", "{name}{building}栋")
            self.assertRegex(shown.stderr, r"for 2 recipients something in braces is not known")
            self.assertEqual(b.json("broadcast", "preview", "--to", "all", "--text", "{{name} a")[0]["text"], "{name} a")

    def test_refused(self):
        with Box() as b:
            b.people()
            for args, status in ((("--text", "{nmae}"), 65), (("--text", "{name"), 65), (("--text", "a", "--with", "x"), 64), (("--text", "{date}"), 65),
                                 (("--text", "a", "--template", "停水"), 64), (("--template", "停水"), 1), (("--text", "{unit|}"), 65),
                                 (("--text", "{name}", "--with", "name="), 65)):
                with self.subTest(args):
                    done = b.run("broadcast", "new", "--yes", "--to", "number:13700000001", *args)
                    self.assertEqual((done.returncode, len(done.stderr.splitlines())), (status, 1), done.stderr)
            self.assertEqual(b.json("broadcast", "list"), [])

    def test_saved_texts(self):
        with Box() as b:
            b.people()
            note = b.write("note.txt", "{name|您}，{date}{place}停水\n")
            b.ok("template", "set", "停水", "--text-file", note, "--to", "grid:KS-03 -role:volunteer")
            b.ok("template", "set", "开会", "--text", "周五开会")
            self.assertEqual([(t["name"], t["audience"]) for t in b.json("template", "list")], [("停水", "grid:KS-03 -role:volunteer"), ("开会", None)])
            self.assertIn("{date}{place}停水", b.ok("template", "show", "停水"))
            self.assertEqual(b.run("broadcast", "new", "--template", "停水", "--yes").returncode, 65)  # what is {date}?
            b.ok("broadcast", "new", "--template", "停水", "--with", "date=周五", "--with", "place=3栋", "--yes")
            self.assertEqual([(m["number"], m["text"]) for m in b.json("message", "list", "--out")], [("+8613800138001", "王秀英，周五3栋停水")])
            self.assertEqual(b.run("broadcast", "new", "--template", "开会", "--yes").returncode, 64)  # to whom?
            b.ok("broadcast", "new", "--template", "停水", "--to", "grid:KS-04", "--with", "date=a", "--with", "place=b", "--yes")
            self.assertEqual([r["recipients"] for r in b.json("broadcast", "list")], [1, 1])
            for args, status in ((("坏", "--text", "{a"), 65), (("坏", "--text", "a", "--to", "grid:NO"), 65), (("", "--text", "a"), 64), (("坏",), 64)):
                self.assertEqual(b.run("template", "set", *args).returncode, status, args)
            b.ok("template", "remove", "停水")
            self.assertEqual((b.run("template", "show", "停水").returncode, b.run("template", "remove", "停水").returncode), (1, 1))

    def test_reminders(self):
        with Box() as b:
            b.people()
            b.ok("template", "set", "缴费", "--text", "{name|您}好，{what}月底截止", "--to", "grid:KS-03 number:13700000001")
            made = b.json("reminder", "new", "--rrule", "FREQ=MONTHLY;BYMONTHDAY=25", "--at", "9:00", "--template", "缴费", "--with", "what=物业费{", "--hours", 6)[0]
            self.assertEqual(made, {"id": 1, "recipients": 3})
            self.assertIn("reminder 2: 1 recipients", b.ok("reminder", "new", "--rrule", "RRULE:FREQ=WEEKLY;BYDAY=TH", "--at", "thu 9:00", "--to", "number:13700000001", "--text", "a"))
            rows = b.json("reminder", "list")
            self.assertEqual([(r["next"], r["hours"], r["text"], r["audience"]) for r in rows],
                             [("2026-11-25T09:00:00+08:00", 6, "{name|您}好，物业费{{月底截止", "grid:KS-03 number:13700000001"),
                              ("2026-11-19T09:00:00+08:00", 12, "a", "number:13700000001")])
            numbers = b.write("n.csv", "phone\n13700000001\n")
            for args, status in ((("--to", "all", "--text", "a", "--at", "9:00"), 64), (("--to", f"file:{numbers}", "--text", "a", "--at", "9:00", "--rrule", "FREQ=DAILY"), 65),
                                 (("--to", "all", "--text", "a", "--at", "9:00", "--rrule", "FREQ=HOURLY"), 65), (("--to", "grid:NO", "--text", "a", "--at", "9:00", "--rrule", "FREQ=DAILY"), 65),
                                 (("--to", "all", "--text", "{x}", "--at", "9:00", "--rrule", "FREQ=DAILY"), 65)):
                done = b.run("reminder", "new", *args)
                self.assertEqual((done.returncode, len(done.stderr.splitlines())), (status, 1), done.stderr)
            # somebody's number goes with them from what is kept
            b.ok("person", "add", "--phone", "13700000001", "--name", "走")
            b.ok("person", "forget", [p["id"] for p in b.json("person", "list") if p["name"] == "走"][0], "--yes")
            self.assertEqual([r["audience"].strip() for r in b.json("reminder", "list")], ["grid:KS-03", ""])
            b.ok("reminder", "end", 2)
            self.assertEqual([(r["id"], r["next"] is None) for r in b.json("reminder", "list")], [(1, False), (2, True)])
            self.assertEqual(b.run("reminder", "end", 2).returncode, 1)


if __name__ == "__main__":
    unittest.main()
