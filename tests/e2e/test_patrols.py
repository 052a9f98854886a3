"""Patrol rosters: whose turn it is, who has come, and who is asked when somebody has not."""
import unittest

from harness import wait_for
from neighbours import HELPER, SECOND, THIRD, Neighbours
from town import SECRETARY, fits, resident

TURNS = (HELPER, SECOND, THIRD)


class Patrols(unittest.TestCase):
    def setUp(self):
        self.town = Neighbours().__enter__()
        self.addCleanup(self.town.__exit__, None, None, None)
        who = [w for number in TURNS for w in ("--who", number)]
        self.town.ok("task", "roster", "add", "--text", "晚间巡逻", "--grid", "KS-03", "--rrule", "FREQ=DAILY", "--at", "19:00",
                     "--minutes", "90", "--place", "东门", "--points", "3", *who)
        wait_for(lambda: len(self.dates()) == 3, "three dates are laid out")

    def dates(self):
        return self.town.json("task", "list", "--kind", "patrol", "--coming")

    def say(self, number, text, *facts):
        reply = self.town.say(number, text)
        self.assertTrue(fits(reply), f"{len(reply)} units: {reply}")
        for fact in facts:
            self.assertIn(fact, reply, f"in the answer to {text!r}")
        return reply

    def test_everybody_has_a_turn(self):
        self.assertEqual([list(self.town.places(d["number"])) for d in self.dates()], [[HELPER], [SECOND], [THIRD]])
        self.assertEqual([d["starts"][:16] for d in self.dates()], [f"2035-01-{d:02}T19:00" for d in (8, 9, 10)])
        self.assertFalse(self.town.sent_to(resident(1), "巡逻"))

    def test_reminded_checked_in_and_points(self):
        n = self.dates()[1]["number"]
        self.town.set_clock("2035-01-08T19:00:30+08:00")
        self.assertIn("东门", self.town.told(SECOND, "1月9日周二19:00轮到您晚间巡逻"))
        self.town.set_clock("2035-01-09T18:00:30+08:00")
        self.town.told(SECOND, "轮到您晚间巡逻", count=2)
        self.town.set_clock("2035-01-09T19:05:00+08:00")
        self.say(SECOND, f"到了 {n}", "知道您到了")
        self.town.set_clock("2035-01-09T19:16:00+08:00")
        self.town.quiet()
        self.assertFalse(self.town.sent_to(SECRETARY, f"第{n}号"))
        self.town.set_clock("2035-01-09T20:31:00+08:00")
        wait_for(lambda: self.town.task(n)["state"] == "done", "it is over")
        self.assertEqual(self.town.places(n), {SECOND: "confirmed"})
        self.assertEqual([e["body"]["points"] for e in self.town.events("task.done") if e["body"]["task"] == n], [3])

    def test_a_box_that_was_off_reminds_once(self):
        n = self.dates()[2]["number"]
        self.town.set_clock("2035-01-10T18:30:30+08:00")  # past both reminders of the third turn
        self.town.told(THIRD, f"（{n}号）")
        self.town.quiet()
        self.assertEqual(len(self.town.sent_to(THIRD, f"（{n}号）")), 1)

    def test_who_does_not_come_is_missed_and_the_next_is_asked(self):
        n = self.dates()[0]["number"]
        self.town.set_clock("2035-01-08T19:14:00+08:00")
        self.town.quiet()
        self.assertFalse(self.town.sent_to(SECRETARY, f"第{n}号"))
        self.town.set_clock("2035-01-08T19:15:30+08:00")
        missed = self.town.told(SECRETARY, f"第{n}号晚间巡逻")
        self.assertIn("义工1", missed)
        self.assertIn(HELPER, missed)
        self.assertTrue(fits(self.town.told(SECOND, "轮到您替")))
        self.assertEqual(self.town.places(n), {HELPER: "missed", SECOND: "asked"})
        self.say(SECOND, f"8 {n}", f"{n}号晚间巡逻有您")
        self.say(SECOND, f"到了 {n}", "知道您到了")
        self.say(HELPER, f"到了 {n}", "知道您到了")  # who comes late is there after all

    def test_who_cannot_is_replaced_by_the_next_who_can(self):
        n = self.dates()[0]["number"]
        self.say(HELPER, f"退 {n}", "已退掉")
        self.town.told(SECOND, f"（{n}号）缺人")
        self.say(SECOND, f"退 {n}", "已退掉")
        self.town.told(THIRD, f"（{n}号）缺人")
        self.say(THIRD, f"接 {n}", f"{n}号晚间巡逻有您")
        self.assertEqual(self.town.places(n), {HELPER: "back", SECOND: "back", THIRD: "taken"})

    def test_who_waits_comes_before_who_is_asked(self):
        n = self.dates()[0]["number"]
        self.say(THIRD, f"8 {n}", "第1位")
        self.say(HELPER, f"退 {n}", "已退掉")
        self.town.told(THIRD, f"有空位了，{n}号")
        self.town.quiet()
        self.assertFalse(self.town.sent_to(SECOND, "缺人"))

    def test_a_crash_asks_nobody_twice(self):
        n = self.dates()[0]["number"]
        self.town.set_clock("2035-01-08T19:15:30+08:00")
        self.town.kill()
        self.town.start()
        self.town.told(SECRETARY, f"第{n}号晚间巡逻")
        self.town.told(SECOND, "轮到您替")
        self.town.restart()
        self.town.quiet()
        self.assertEqual(len(self.town.sent_to(SECRETARY, f"第{n}号晚间巡逻")), 1)
        self.assertEqual(len(self.town.sent_to(SECOND, "轮到您替")), 1)
        starts = [d["starts"] for d in self.dates()]
        self.assertEqual(len(starts), len(set(starts)))

    def test_ended(self):
        self.town.ok("task", "roster", "end", "1")
        self.assertEqual(self.dates(), [])
        for number in TURNS:
            self.town.told(number, "晚间巡逻（")
        self.assertNotEqual(self.town.run("task", "roster", "end", "1").returncode, 0)

    def test_a_resident_may_not(self):
        self.say(resident(1), f"8 {self.dates()[0]['number']}", "志愿者")


class AtNight(unittest.TestCase):
    def test_who_stands_in_is_asked_at_once_the_secretary_hears_in_the_morning(self):
        with Neighbours(gateway={"quiet_hours": "20:30-08:00"}) as town:
            town.ok("task", "roster", "add", "--text", "守夜", "--grid", "KS-03", "--rrule", "FREQ=DAILY", "--at", "22:00",
                    "--who", HELPER, "--who", SECOND)
            wait_for(lambda: town.json("task", "list"), "it is laid out")
            town.set_clock("2035-01-08T22:16:00+08:00")
            town.told(SECOND, "轮到您替")
            self.assertEqual([m["state"] for m in town.rows(SECRETARY, "--out") if "没有签到" in m["text"]], ["queued"])
            town.set_clock("2035-01-09T08:01:00+08:00")
            town.told(SECRETARY, "没有签到")


if __name__ == "__main__":
    unittest.main()
