"""The calendar of activities: what comes next, signing up with companions, a capacity and a list."""
import unittest

from harness import wait_for
from neighbours import HELPER, Neighbours
from town import STRANGER, WORKER, fits, resident


class Activities(unittest.TestCase):
    def setUp(self):
        self.town = Neighbours(gateway={"approval_above": "0"}).__enter__()
        self.addCleanup(self.town.__exit__, None, None, None)

    def say(self, number, text, *facts):
        reply = self.town.say(number, text)
        self.assertTrue(fits(reply), f"{len(reply)} units: {reply}")
        for fact in facts:
            self.assertIn(fact, reply, f"in the answer to {text!r}")
        return reply

    def plan(self, text="重阳节义诊", starts="2035-01-15 09:00", *args):
        return self.town.offer("--starts", starts, *args, kind="activity", text=text)

    def test_the_next_three(self):
        self.say(resident(1), "有啥活动", "还没有安排")
        late, first, second, third = (self.plan(t, f"2035-01-{d} 09:00") for t, d in
                                      (("太极班", 30), ("义诊", 10), ("包饺子", 11), ("看电影", 12)))
        reply = self.say(resident(1), "有啥活动", f"{first}号1月10日义诊", f"{second}号", f"{third}号")
        self.assertNotIn("太极班", reply)
        self.assertIn(f"{second}号包饺子", self.say(resident(1), f"8 {second}"))
        self.assertTrue(late)

    def test_capacity_companions_and_the_list(self):
        n = self.plan("摘草莓", "2035-01-15 09:00", "--wanted", "5", "--place", "东门")
        self.say(resident(1), f"8 {n}", "报上名了", "1月15日", "东门")
        self.say(resident(2), f"8 {n} 3", "共3人")
        self.say(resident(3), f"8 {n} 2", "已满", "第1位")
        self.say(resident(4), f"8 {n}", "报上名了")  # one place was left
        self.assertEqual(self.town.task(n)["taken"], 5)
        self.say(resident(2), f"8 {n} 2", "共2人")  # one fewer
        self.assertEqual(self.town.task(n)["taken"], 4)
        self.say(resident(1), "撤销", "已撤销")
        self.town.told(resident(3), f"有空位了，{n}号")
        self.assertEqual({k: v for k, v in self.town.places(n).items() if k != resident(1)},
                         {resident(2): "taken", resident(3): "taken", resident(4): "taken"})

    def test_everybody_may(self):
        n = self.plan()
        for who in (STRANGER, WORKER, HELPER, resident(5)):
            self.say(who, f"8 {n}", "报上名了")
        self.assertEqual(self.town.task(n)["taken"], 4)

    def test_cannot_come_after_all(self):
        n = self.plan()
        self.say(resident(1), f"8 {n}")
        self.say(resident(1), "不去了", "已退掉")
        self.assertEqual(self.town.places(n), {resident(1): "back"})
        self.say(resident(1), f"8 {n}", "报上名了")
        self.say(resident(1), f"退 {n}", "已退掉")
        self.say(resident(1), f"退 {n}", "早已退掉")

    def test_reminded_cancelled_late(self):
        n = self.plan()
        gone = self.plan("看电影", "2035-01-16 19:00")
        for number in (n, gone):
            self.say(resident(1), f"8 {number}")
        self.town.set_clock("2035-01-14T09:00:30+08:00")
        self.assertTrue(fits(self.town.told(resident(1), f"您报名的{n}号")))
        self.town.ok("activity", "cancel", str(gone), "--note", "停电")
        self.town.told(resident(1), f"第{gone}号看电影")
        self.town.set_clock("2035-01-15T09:00:30+08:00")
        self.say(resident(2), f"8 {n}", "已经开始")
        self.say(resident(1), f"到了 {n}", "知道您到了")
        self.town.set_clock("2035-01-16T19:30:00+08:00")
        wait_for(lambda: self.town.task(n)["state"] == "done", "it is over")
        self.assertEqual(self.town.places(n), {resident(1): "confirmed"})
        self.assertEqual(len(self.town.sent_to(resident(1), "您报名的")), 1)

    def test_announced_to_the_grid(self):
        n = self.town.offer("--starts", "2035-01-15 09:00", "--announce", kind="activity", text="社区庙会")
        self.assertTrue(fits(self.town.told(resident(7), f"活动{n}号：社区庙会")))
        quiet = self.plan("读书会")
        self.town.quiet()
        self.assertFalse(self.town.sent_to(resident(7), f"活动{quiet}号"))

    def test_on_the_fifteenth_of_each_month(self):
        self.town.ok("task", "roster", "add", "--kind", "activity", "--text", "联企日招聘会", "--grid", "KS", "--rrule",
                     "FREQ=MONTHLY;BYMONTHDAY=15", "--at", "2035-01-15 09:00", "--wanted", "0")
        wait_for(lambda: self.town.json("activity", "list"), "it is laid out")
        self.say(resident(1), "有啥活动", "1月15日联企日招聘会")
        first = self.town.json("activity", "list")[0]["number"]
        self.say(resident(1), f"8 {first}", "报上名了")
        self.town.set_clock("2035-01-20T09:00:00+08:00")
        wait_for(lambda: [a for a in self.town.json("activity", "list", "--coming") if a["starts"].startswith("2035-02-15")],
                 "the next month")

    def test_two_in_the_same_second_and_a_crash(self):
        n = self.plan("摘草莓", "2035-01-15 09:00", "--wanted", "1")
        people = [resident(i) for i in range(1, 9)]
        for p in people:
            self.town.text(p, f"8 {n}")
        self.town.kill()
        self.town.start()
        wait_for(lambda: len(self.town.places(n)) == len(people), "all have claimed")
        self.assertEqual(sorted(self.town.places(n).values()), ["taken"] + ["waiting"] * (len(people) - 1))
        self.town.quiet()
        for p in people:
            self.assertEqual(len(self.town.sent_to(p)), 1)


if __name__ == "__main__":
    unittest.main()
