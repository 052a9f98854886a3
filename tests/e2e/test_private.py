"""Mediation and distress: the mediator alone reads them. No list, agenda, paper, export, event, log or news shows them; and
the list of people to ring back."""
import unittest

from town import MEDIATOR, OFFICER, SECRETARY, WORKER, Town, resident

WIFE, SAD = resident(3), resident(4)
SAID = {WIFE: "调解 丈夫小勇赌博欠债三十万天天打闹", SAD: "心里难受，老伴阿珍走了以后夜里总想哭"}
SECRETS = ("小勇", "赌博", "三十万", "阿珍", "想哭", "老伴")


class Private(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.town = town = Town(gateway={"metrics_file": None}).__enter__()
        cls.addClassCleanup(town.__exit__, None, None, None)
        town.series()
        for number, words in SAID.items():
            town.text(number, words)
            town.answer(number)
        for number, words in SAID.items():  # what people text afterwards
            town.say(number, "6")
        town.say(resident(5), "3 楼道灯坏了")
        town.quiet()

    def clean(self, text, what):
        for secret in SECRETS:
            self.assertNotIn(secret, text, what)

    def test_the_mediator_reads_them(self):
        for words in SAID.values():
            self.town.told(MEDIATOR, words[3:12])

    def test_no_command_shows_them(self):
        town = self.town
        numbers = [c["number"] for c in town.json("case", "list", "--limit", "0")]
        meeting = town.meeting()["id"]
        ids = [m["id"] for m in town.rows()]
        commands = [("case", "list", "--limit", "0"), ("case", "list", "--state", "open"), ("message", "list", "--limit", "0", "--muted"),
                    ("todo", "list", "--all"), ("events",), ("status",), ("duty", "calls"), ("duty", "now"), ("checkin", "list"),
                    ("person", "list"), ("person", "export"), ("meeting", "list"), ("meeting", "agenda", meeting),
                    ("meeting", "poster", meeting), ("meeting", "export", meeting), ("meeting", "show", meeting),
                    *[("case", "show", n) for n in numbers], *[("message", "show", i) for i in ids]]
        for args in commands:
            for more in ((), ("--json",), ("--csv",)):
                done = town.run(*args, *more)
                with self.subTest(args, more=more):
                    self.clean(done.stdout + done.stderr, args)

    def test_no_text_but_the_mediators_holds_them(self):
        for s in self.town.sim.sent():
            if s["number"] != MEDIATOR:
                self.clean(s["text"], s["number"])

    def test_neither_log_nor_database(self):
        self.clean(self.town.log(), "log")
        for name in ("yishi.db", "yishi.db-wal"):
            path = self.town.dir / name
            if path.exists():
                raw = path.read_bytes()
                for secret in SECRETS:
                    self.assertNotIn(secret.encode(), raw, name)

    def test_others_learn_nothing_of_the_number(self):
        town = self.town
        n = next(c["number"] for c in town.json("case", "list", "--limit", "0") if not c["text"])
        for who in (resident(7), WORKER, SECRETARY, OFFICER):
            with self.subTest(who):
                reply = town.say(who, f"6 {n}")
                self.assertIn("没有查到", reply)
                self.clean(reply, who)
        for words in (f"接 {n}", f"办结 {n} 好了", f"转 {n} 水务", f"确认 {n}"):
            with self.subTest(words):
                self.clean(town.say(WORKER, words), words)
                self.assertFalse(town.json("case", "show", n)[0]["assignee"], words)
        self.assertIn("没有查到", town.say(resident(7), f"5 {n}"))


class RingBack(unittest.TestCase):
    def test_who_waits_for_how_long(self):
        with Town() as town:
            town.say(WIFE, "回电")
            town.say(WIFE, "打给我")  # is on the list already
            town.later(minutes=95)
            town.say(SAD, "回电")
            town.later(minutes=5)
            rows = town.json("todo", "list", "--kind", "callback")
            self.assertEqual([(r["number"], r["waited"] // 60, r["name"]) for r in rows],
                             [(WIFE, 100, "居民3"), (SAD, 5, "居民4")])
            self.assertIn("1 h", town.ok("todo", "list"))
            town.ok("todo", "done", rows[0]["id"])
            self.assertEqual([r["number"] for r in town.json("todo", "list", "--kind", "callback")], [SAD])
            done = [r for r in town.json("todo", "list", "--all") if r["id"] == rows[0]["id"]][0]
            self.assertEqual(done["waited"] // 60, 100)
            self.assertEqual(town.run("todo", "done", rows[0]["id"]).returncode, 1)
            town.say(SAD, "撤销")
            self.assertEqual(town.json("todo", "list", "--kind", "callback"), [])
            town.say(WIFE, "回电")  # again: a new wait
            self.assertEqual(len(town.json("todo", "list", "--kind", "callback")), 1)


if __name__ == "__main__":
    unittest.main()
