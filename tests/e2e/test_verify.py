"""Two neighbours of the same building are asked whether it is so at their place, too: opt-in, building-level words only."""
import unittest

from harness import wait_for
from town import WORKER, Town, case_number, fits, resident

# resident(i) lives in building 3 + i // 10; 1 to 9 in building 3
REPORTER, A, B, C, ELSEWHERE = resident(1), resident(2), resident(3), resident(4), resident(12)


class Neighbours(unittest.TestCase):
    now = "2035-01-08T10:00:00+08:00"
    willing = (A, B, ELSEWHERE)

    def setUp(self):
        self.town = Town(now=self.now, gateway={"quiet_hours": "20:30-08:00"}).__enter__()
        self.addCleanup(self.town.__exit__, None, None, None)
        for number in self.willing:
            self.willingly(number)

    def willingly(self, number, answer="yes"):
        person = next(p for p in self.town.json("person", "list") if number in p["numbers"])
        self.town.ok("person", "edit", person["id"], "--verify", answer)

    def report(self, text="家里停水了", who=REPORTER):
        return case_number(self.town.say(who, text))

    def asked(self, number, count=1):
        return self.town.answer(number, count, "您家也这样吗")

    def nobody(self, *numbers):
        for n in numbers:
            self.assertEqual([m["text"] for m in self.town.rows(n, "--out") if "您家也这样吗" in m["text"]], [], n)

    def journal(self, number):
        return [(j["entry"], j["note"]) for j in self.town.json("case", "show", number)[0]["journal"]]


class Asked(Neighbours):
    def test_one_yes_verifies_and_supports(self):
        n = self.report("我家停水了，王老太等着水做饭")
        for who in (A, B):
            text = self.asked(who)
            self.assertTrue(fits(text), text)
            self.assertIn("3栋", text)
            self.assertIn("用水", text)
            for secret in ("王老太", "居民1", "101", "201", REPORTER):
                self.assertNotIn(secret, text)
        self.nobody(C, ELSEWHERE, REPORTER)
        self.assertIn(f"第{n}号也算您一份", self.town.say(A, "1"))
        case = self.town.json("case", "show", n)[0]
        self.assertEqual(case["supporters"], 1)
        self.assertIn(("verified", "neighbours: 1 yes, 0 no of 2"), self.journal(n))
        self.town.say(B, "是的，我家也停了")
        self.assertEqual(self.town.case(n)["supporters"], 2)
        self.assertEqual([(e["body"]["yes"], e["body"]["no"]) for e in self.town.events("case.witnessed")], [(1, 0), (2, 0)])

    def test_two_no_are_a_note_for_who_is_to_settle_it(self):
        n = self.report()
        self.asked(A), self.asked(B)
        self.assertIn("没有", self.town.say(A, "2"))
        self.assertEqual(self.town.sent_to(WORKER, "两位邻居"), [])
        self.town.say(B, "没有停啊")
        self.assertIn("neighbours: 0 yes, 2 no of 2", [note for _, note in self.journal(n)])
        if self.town.case(n)["assignee"]:
            self.town.told(WORKER, f"第{n}号：问了两位邻居")
        self.assertIn(self.town.case(n)["state"], ("received", "assigned"))

    def test_nobody_answers(self):
        n = self.report()
        self.asked(A)
        self.town.later(hours=3)
        self.town.quiet()
        self.assertNotIn("neighbours", str(self.journal(n)))
        self.town.say(C, "1")  # was never asked: that is no answer to this
        self.assertEqual(self.town.case(n)["supporters"], 0)

    def test_undone(self):
        n = self.report()
        self.asked(A)
        before = self.town.case(n)["state"]
        self.town.say(A, "1")
        self.assertIn("撤销", self.town.say(A, "撤销"))
        case = self.town.case(n)
        self.assertEqual((case["supporters"], case["state"]), (0, before))

    def test_at_most_one_question_a_day(self):
        self.report("家里停水了")
        self.asked(A), self.asked(B)
        self.town.say(A, "2"), self.town.say(B, "2")
        self.report("楼里停电了", resident(5))
        self.town.quiet()
        self.assertEqual(len(self.town.sent_to(A, "您家也这样吗")), 1)
        self.town.later(hours=25)
        self.report("半夜装修吵得睡不着", resident(6))
        self.asked(A, 2)

    def test_a_number_is_a_command(self):
        n = self.report()
        self.asked(A)
        self.town.say(A, f"核实 {n} 属实")
        self.assertNotIn("neighbours", str(self.journal(n)))

    def test_settled_meanwhile(self):
        n = self.report()
        self.asked(A)
        self.town.ok("case", "resolve", n, "--note", "来水了")
        self.assertTrue(self.town.say(A, "1"))
        self.assertEqual(self.town.case(n)["state"], "resolved")

    def test_across_a_crash(self):
        self.town.kill()
        self.town.text(REPORTER, "家里停水了")
        self.town.start()
        self.asked(A)
        self.town.restart()
        self.town.restart(9)
        self.town.quiet()
        self.assertEqual(len(self.town.sent_to(A, "您家也这样吗")), 1)
        self.assertIn("也算您一份", self.town.say(A, "1"))


class NotAsked(Neighbours):
    def test_what_concerns_a_person(self):
        for text in ("匿名 家里停水了", "楼上老太太一个人没人管，好几天没吃饭了", "跟邻居吵架，他天天骂我",
                     "救命，家里停水还停电，老人晕倒了", "路灯坏了", "4 建议停水提前通知"):
            with self.subTest(text):
                self.town.say(REPORTER, text)
                self.nobody(A, B, C)

    def test_who_does_not_want_it(self):
        self.willingly(B, "no")
        self.town.say(A, "退订")
        self.report()
        self.nobody(A, B)

    def test_the_household_itself_is_no_witness(self):
        self.willingly(REPORTER)
        rows = {p["numbers"][0]: p for p in self.town.json("person", "list") if p["numbers"]}
        mine, theirs = rows[REPORTER], rows[A]
        self.town.ok("person", "edit", theirs["id"], "--unit", mine["unit"], "--room", mine["room"])
        self.report()
        self.asked(B)
        self.nobody(A)

    def test_show(self):
        row = next(p for p in self.town.json("person", "list") if A in p["numbers"])
        self.assertTrue(row["verify"])
        self.assertEqual(self.town.run("person", "edit", row["id"], "--verify", "perhaps").returncode, 64)


class Night(Neighbours):
    now = "2035-01-08T22:00:00+08:00"

    def test_asked_in_the_morning_and_answered_within_working_hours(self):
        n = self.report("半夜停水了")
        self.nobody(A)
        self.town.set_clock("2035-01-09T08:01:00+08:00")
        self.asked(A)
        self.town.set_clock("2035-01-09T10:20:00+08:00")
        self.assertIn("也算您一份", self.town.say(A, "1"))
        self.assertEqual(self.town.case(n)["supporters"], 1)


if __name__ == "__main__":
    unittest.main()
