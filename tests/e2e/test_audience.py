"""Who a broadcast is for, without a daemon: every kind of term, unions and exclusions, each person once on one phone, who does
not get it and why, groups."""
import csv
import io
import re
import sqlite3
import unittest

from clibox import Box

NUMBER = {name: f"+86138001380{i:02}" for i, name in enumerate("王 李 约翰 赵 双 座机 夫 妻 退 屏 错 未".split(), 1)}
SECOND = {"双": "+8613900000005", "座机": "+8613900000006", "妻": "+8613900000008"}  # beside the one above
STRANGER = "+8613700000001"
TOWN = """
INSERT INTO grid VALUES ('KS', '', NULL), ('KS-03', '', 'KS'), ('KS-03-2', '', 'KS-03'), ('KS-04', '', 'KS');
INSERT INTO household (id, grid, building) VALUES (1, 'KS-03', '3'), (2, 'KS-03', '5'), (3, 'KS-03-2', '3'), (4, 'KS-04', '3'), (5, 'KS', '');
INSERT INTO person_role VALUES (2, 'volunteer'), (3, 'volunteer'), (3, 'resident'), (4, 'secretary');
INSERT INTO meeting (id, grid, place, starts_utc, ends_utc, code) VALUES (12, 'KS', 'x', 1, 2, '1234');
INSERT INTO invitation VALUES (12, :王, 1, 1), (12, :李, 2, 1), (12, :双, 5, 1), (12, :约翰, 3, 1);
INSERT INTO rsvp (meeting, number, person, answer, channel, changed_utc, attended_utc) VALUES (12, :王, 1, 'yes', 'text', 1, 1),
  (12, :李, 2, 'no', 'text', 1, NULL), (12, :双二, 5, 'yes', 'text', 1, NULL), (12, 'person:9', 9, 'yes', 'shell', 1, 1), (12, :生人, NULL, 'yes', 'text', 1, NULL);
INSERT INTO matter (number, kind, state, category, text, number_from, reporter, opened_utc, changed_utc)
  VALUES (23, 'case', 'received', 'water', 'x', :王, 1, 1, 1), (24, 'case', 'received', 'water', 'x', '', 4, 1, 1), (30, 'task', 'closed', 'other', 'x', '', NULL, 1, 1);
INSERT INTO supporter VALUES (23, :李, 2, NULL, 1, NULL), (23, :座机, 6, NULL, 1, NULL);
INSERT INTO offer (number, flavour, state, created_utc, changed_utc) VALUES (30, 'activity', 'open', 1, 1);
INSERT INTO claim (offer, number, person, state, position, changed_utc, changed_by)
  VALUES (30, :王, 1, 'taken', 1, 1, 'x'), (30, :李, 2, 'back', 2, 1, 'x'), (30, :生人, NULL, 'taken', 3, 1, 'x');
INSERT INTO subscription VALUES (:未, 'jobs', 1), (:生人, 'jobs', 1);
UPDATE phone SET opted_out = 'broadcasts' WHERE number = :退;
UPDATE phone SET muted = 1 WHERE number = :屏;
UPDATE phone SET unlinked_utc = 1 WHERE number = :错;
"""
HOMES = {"王": 1, "李": 2, "约翰": 4, "赵": 5, "双": 3, "座机": 1, "夫": 1, "妻": 1, "退": 1, "屏": 1, "错": 1, "未": 1}


def town():
    box = Box()
    box.ok("grid", "import", "-", stdin="code,name,parent\n")  # makes the database
    with sqlite3.connect(box.dir / "yishi.db") as db:
        names = list(NUMBER)
        numbers = {**NUMBER, "座机": "+8671465432100", "妻": NUMBER["夫"]}  # first phones: a landline; the husband's
        for phone in {*numbers.values(), *SECOND.values()}:
            db.execute("INSERT INTO phone (number) VALUES (?)", (phone,))
        script = re.sub(r"(?<!\w):(\w+)", lambda m: repr({**numbers, "生人": STRANGER, "双二": SECOND["双"]}[m[1]]), TOWN)
        statements = [s for s in script.split(";") if s.strip()]
        for sql in statements[:2]:
            db.execute(sql)
        for i, name in enumerate(names, 1):
            db.execute("INSERT INTO person (id, name, household, consent_source, created_utc, changed_utc) VALUES (?, ?, ?, ?, 1, 1)",
                       (i, name, HOMES[name], None if name == "未" else "上门"))
            for position, phone in enumerate(filter(None, (numbers[name], SECOND.get(name)))):
                db.execute("INSERT INTO person_phone VALUES (?, ?, ?)", (i, phone, position))
        db.execute("INSERT INTO person (id, name, household, consent_source, created_utc, changed_utc) VALUES (13, '无', 1, 'x', 1, 1)")
        for sql in statements[2:]:
            db.execute(sql)
    db.close()
    return box


class Town(unittest.TestCase):
    def setUp(self):
        self.box = town()
        self.addCleanup(self.box.__exit__)

    def explain(self, *to):
        """{name, or the number of a stranger: (what it is sent to or None, the reason)}; who stands there twice fails."""
        rows = self.box.json("broadcast", "preview", *[x for t in to for x in ("--to", t)], "--text", "停水", "--explain")
        found = {r["name"] or r["number"]: (r["number"] if r["gets"] else None, r["reason"]) for r in rows}
        self.assertEqual(len(found), len(rows), rows)
        gets = [r["number"] for r in rows if r["gets"]]
        self.assertEqual(len(set(gets)), len(gets), "a phone gets it twice")
        return found

    def named(self, *to):
        return {name for name, (_, reason) in self.explain(*to).items() if reason != "excluded"}

    def gets(self, *to):
        return {name: number for name, (number, _) in self.explain(*to).items() if number}


class Terms(Town):
    def test_each_kind(self):
        everybody = {*NUMBER, "无"}
        for term, who in (("all", everybody), ("grid:KS", everybody), ("grid:KS-03", everybody - {"约翰", "赵"}), ("grid:KS-04", {"约翰"}),
                          ("building:KS-03/5", {"李"}), ("building:KS-03/3", everybody - {"李", "约翰", "赵"}), ("role:volunteer", {"李", "约翰"}),
                          ("role:志愿者@KS-03", {"李"}), ("role:resident", everybody - {"李", "赵"}), ("yes:12", {"王", "双", "退", STRANGER}),
                          ("no:12", {"李"}), ("none:12", {"约翰"}), ("invited:12", {"王", "李", "双", "约翰"}), ("came:12", {"王", "退"}),
                          ("case:23", {"王", "李", "座机"}), ("case:24", {"赵"}), ("task:30", {"王", STRANGER}), ("jobs", {"未", STRANGER}),
                          ("person:3", {"约翰"}), (f"number:{NUMBER['王']}", {"王"}), (f"number:{STRANGER}", {STRANGER})):
            with self.subTest(term):
                self.assertEqual(self.named(term), who)

    def test_unions_and_what_is_taken_out(self):
        self.assertEqual(self.named("grid:KS-04", "case:23,jobs"), {"约翰", "王", "李", "座机", "未", STRANGER})
        base = set(self.gets("all"))
        for terms, left in ((("all -grid:KS-04",), base - {"约翰"}), (("-role:volunteer", "all"), base - {"李", "约翰"}), (("all not:came:12",), base - {"王"}),
                            (("all", f"-number:{SECOND['双']}"), base - {"双"}), (("all -person:7",), base - {"夫"} | {"妻"})):
            with self.subTest(terms):
                self.assertEqual(set(self.gets(*terms)), left)
        # the husband is out and his wife gets it on the phone that they share; the phone is out: she does not
        self.assertEqual(self.gets("all -person:7")["妻"], NUMBER["夫"])
        found = self.explain("all", f"-number:{NUMBER['夫']}")
        self.assertEqual((found["夫"], found["妻"]), ((None, "excluded"), (None, "excluded")))
        self.assertEqual(self.explain("all -grid:KS-04")["约翰"], (None, "excluded"))
        summary = self.box.json("broadcast", "preview", "--to", "all -grid:KS-04 -role:volunteer", "--text", "a")[0]
        self.assertEqual(summary["excluded"], 2)
        for words, said in (("-grid:KS-04", "only says who does not"), ("grid:NO", "no grid NO"), ("building:3", "building:GRID/3"), ("group:合唱队", "no group"), ("person:99", "no person"),
                            ("-number:12x", "no telephone number"), ("came:7", "no meeting 7"), ("not:all", "only says"), ("all -all2", "no audience")):
            with self.subTest(words):
                done = self.box.run("broadcast", "preview", "--to", words, "--text", "a")
                self.assertEqual((done.returncode, len(done.stderr.splitlines())), (65, 1), done.stderr)
                self.assertIn(said, done.stderr)

    def test_lists(self):
        told = self.box.write("已 通知.csv", f"姓名,手机\n王,{NUMBER['王']}\n谁,{STRANGER}\n")
        more = self.box.write("more.csv", "number\n137 0000 0002\n13700000002\n")
        self.assertEqual(self.gets(f"file:{told}"), {"王": NUMBER["王"], STRANGER: STRANGER})
        self.assertEqual(set(self.gets("all", f"-file:{told}")), set(self.gets("all")) - {"王"})
        self.assertEqual(set(self.gets(f"person:2 file:{more}", f"not:file:{told}")), {"李", "+8613700000002"})
        self.box.ok("broadcast", "new", "--yes", "--to", "all", "--to", f"-file:{told}", "--text", "a")
        self.assertEqual(self.box.json("broadcast", "list")[0]["audience"], f"all -file:{told}")
        for content in ("phone\nabc\n", "phone\n", "phone\n13800138001\n\"x\n"):
            bad = self.box.write("bad.csv", content)
            done = self.box.run("broadcast", "new", "--yes", "--to", "all", "--to", f"-file:{bad}", "--text", "a")
            self.assertEqual((done.returncode, len(done.stderr.splitlines())), (65, 1), done.stderr)


class Once(Town):
    def test_on_one_phone(self):
        both = f"number:{SECOND['双']} number:{NUMBER['双']}"
        for terms, phone in (("all", NUMBER["双"]), (both, NUMBER["双"]), (f"all {both}", NUMBER["双"]), ("yes:12", SECOND["双"]), ("invited:12", NUMBER["双"]),
                             ("yes:12 invited:12", NUMBER["双"])):
            with self.subTest(terms):
                self.assertEqual(self.gets(terms)["双"], phone)
        # a landline or a wrong number that somebody is named by: their first phone that can be texted
        self.assertEqual(self.gets("number:0714-65432100"), {"座机": SECOND["座机"]})
        self.assertEqual(self.gets("case:23")["座机"], SECOND["座机"])

    def test_who_shares_a_phone(self):
        found = self.explain("all")
        self.assertEqual((found["夫"], found["妻"]), ((NUMBER["夫"], None), (None, "duplicate")))
        # she has one of her own: named by it she gets it there, and he on theirs
        self.assertEqual(self.gets(f"all number:{SECOND['妻']}").items() & {"夫": NUMBER["夫"], "妻": SECOND["妻"]}.items(),
                         {"夫": NUMBER["夫"], "妻": SECOND["妻"]}.items())
        self.assertEqual(self.gets(f"number:{NUMBER['夫']}"), {"夫": NUMBER["夫"]})
        with sqlite3.connect(self.box.dir / "yishi.db") as db:  # he never agreed, she did
            db.execute("UPDATE person SET consent_source = NULL WHERE name = '夫'")
        db.close()
        found = self.explain("all")
        self.assertEqual((found["夫"], found["妻"]), ((None, "no_consent"), (NUMBER["夫"], None)))

    def test_the_queue_is_what_was_explained(self):
        gets = self.gets("all jobs yes:12")
        row = self.box.json("broadcast", "new", "--yes", "--to", "all jobs yes:12", "--text", "停水")[0]
        self.assertEqual(row["recipients"], len(gets))
        queued = [m["number"] for m in self.box.json("message", "list", "--out")]
        self.assertEqual(sorted(queued), sorted(gets.values()))
        with sqlite3.connect(self.box.dir / "yishi.db") as db:
            ids = [i for i, in db.execute("SELECT id FROM message_out ORDER BY id")]
            self.assertTrue(all(i % 2 for i in ids), ids)
            # words and references were not looked at one by one: they are right all the same
            self.assertEqual((db.execute("PRAGMA integrity_check").fetchall(), db.execute("PRAGMA foreign_key_check").fetchall()), ([("ok",)], []))
            with self.assertRaises(sqlite3.IntegrityError):  # the table's own promise, whatever the program does
                db.execute("INSERT INTO message_out (number, text, class, priority, alphabet, segments, created_utc, broadcast, dedupe)"
                           " SELECT number, text, class, priority, alphabet, segments, created_utc, broadcast, dedupe FROM message_out LIMIT 1")
        db.close()


class Why(Town):
    REASONS = {"退": "opted_out", "屏": "muted", "错": "unlinked", "未": "no_consent", "无": "no_phone", "妻": "duplicate"}

    def test_each_reason_in_each_format(self):
        found = self.explain("all")
        self.assertEqual({n: why for n, (_, why) in found.items() if why}, self.REASONS)
        summary = self.box.json("broadcast", "preview", "--to", "all", "--text", "a")[0]
        counts = ("opted_out", "muted", "unlinked", "no_consent", "no_phone", "duplicates", "landlines", "excluded", "recipients")
        self.assertEqual([summary[k] for k in counts], [1, 1, 1, 1, 1, 1, 0, 0, 7])
        done = self.box.run("broadcast", "preview", "--to", "all", "--text", "a", "--explain", "--csv", binary=True).stdout.decode()
        rows = list(csv.DictReader(io.StringIO(done)))
        self.assertEqual({r["name"]: r["reason"] for r in rows if r["gets"] == "false"}, self.REASONS)
        self.assertEqual([r["number"] for r in rows if r["name"] == "王"], [NUMBER["王"]])
        table = self.box.ok("broadcast", "preview", "--to", "all -building:KS-03/3", "--text", "a", "--explain")
        self.assertRegex(table, r"(?m)^recipients +3$")
        self.assertRegex(table, r"(?m)^taken out +10$")
        self.assertRegex(table, r"(?m)^138\*\*\*\*8001 +王 +KS-03 +3 +excluded$")
        self.assertRegex(table, r"(?m)^138\*\*\*\*8002 +李 +KS-03 +5 +yes")
        self.assertIn(NUMBER["王"], self.box.ok("broadcast", "preview", "--to", "all", "--text", "a", "--explain", "--full"))
        # a landline alone, and a stranger who opted out
        with sqlite3.connect(self.box.dir / "yishi.db") as db:
            db.execute("DELETE FROM person_phone WHERE number = ?", (SECOND["座机"],))
            db.execute("INSERT INTO phone (number, opted_out) VALUES (?, 'all')", (STRANGER,))
        db.close()
        found = self.explain("all jobs number:+8671400000001")
        self.assertEqual([found[k] for k in ("座机", STRANGER, "+8671400000001")], [(None, "landline"), (None, "opted_out"), (None, "landline")])

    def test_with_what_is_queued(self):
        lines = self.box.json("broadcast", "new", "--yes", "--to", "grid:KS-04 person:13", "--text", "a", "--explain")
        self.assertEqual((lines[0]["recipients"], [(r["name"], r["gets"], r["reason"]) for r in lines[1:]]), (1, [("无", False, "no_phone"), ("约翰", True, None)]))
        done = self.box.run("broadcast", "new", "--yes", "--to", "grid:KS-04", "--text", "a", "--explain", "--csv")
        self.assertEqual([r["name"] for r in csv.DictReader(io.StringIO(done.stdout))], ["约翰"])
        self.assertIn("broadcast 2", done.stderr)
        self.assertRegex(self.box.ok("broadcast", "new", "--yes", "--to", "grid:KS-04", "--text", "a", "--explain"), r"(?s)约翰 +KS-04 .*\nbroadcast 3: 1 ")


class Groups(Town):
    def test_life_of_a_group(self):
        b = self.box
        self.assertEqual(b.json("group", "list"), [])
        self.assertEqual(b.run("group", "show", "合唱队").returncode, 1)
        cars = b.write("车主.csv", f"手机\n{SECOND['双']}\n{STRANGER}\n")
        self.assertEqual(b.json("group", "add", "合唱队", "--to", "person:1 person:11", "--to", f"file:{cars}")[0],
                         {"group": "合唱队", "joined": 3, "strangers": 1})
        self.assertEqual(b.json("group", "add", "合唱队", "--to", "grid:KS-03 -role:volunteer -building:KS-03/3")[0]["joined"], 0)
        self.assertEqual(b.json("group", "add", "合唱队", "--to", "person:1 role:志愿者")[0]["joined"], 2)
        self.assertEqual([(g["group"], g["people"]) for g in b.json("group", "list")], [("合唱队", 5)])
        self.assertEqual({r["name"]: r["reason"] for r in b.json("group", "show", "合唱队")}, {"王": None, "李": None, "约翰": None, "双": None, "错": "unlinked"})
        # named by a phone when joining, yet a group is of people: their first
        self.assertEqual(self.gets("group:合唱队 -grid:KS-04")["双"], NUMBER["双"])
        self.assertEqual(b.json("group", "remove", "合唱队", "--to", "role:志愿者")[0]["left"], 2)
        self.assertEqual(set(self.gets("group:合唱队")), {"王", "双"})
        b.ok("person", "forget", 1, "--yes")
        self.assertEqual(set(self.gets("group:合唱队")), {"双"})
        self.assertEqual(b.run("group", "remove", "合唱队", "--all").returncode, 1)  # nobody said yes
        b.ok("group", "remove", "合唱队", "--all", "--yes")
        self.assertEqual(b.json("group", "list"), [])
        self.assertEqual([(e["what"], e["people"]) for e in (r["body"] for r in b.json("events")) if "group" in e],
                         [("joined", 3), ("joined", 2), ("left", 2), ("dropped", 2)])
        for name in ("a b", "a,b", "-a", "", "长" * 16):
            self.assertEqual(b.run("group", "add", name, "--to", "all").returncode, 64, name)
        self.assertEqual(b.run("group", "remove", "合唱队", "--all", "--yes").returncode, 1)


if __name__ == "__main__":
    unittest.main()
