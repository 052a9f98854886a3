"""Errands: a resident asks by text, the nearest volunteers hear of it, and the asker hears who comes."""
import unittest

from harness import wait_for
from neighbours import ELSEWHERE, HELPER, SECOND, VOLUNTEERS, Neighbours
from town import STRANGER, fits, resident

ASKER = resident(1)


class Errands(unittest.TestCase):
    def setUp(self):
        self.town = Neighbours().__enter__()
        self.addCleanup(self.town.__exit__, None, None, None)

    def say(self, number, text, *facts):
        reply = self.town.say(number, text)
        self.assertTrue(fits(reply), f"{len(reply)} units: {reply}")
        for fact in facts:
            self.assertIn(fact, reply, f"in the answer to {text!r}")
        return reply

    def ask(self, who=ASKER, text="帮我买点降压药"):
        self.say(who, text, "降压药", "志愿者")
        return self.town.json("task", "list", "--kind", "errand", "--state", "open")[-1]["number"]

    def test_from_the_asking_to_the_thanks(self):
        n = self.ask()
        self.assertTrue(fits(self.town.told(HELPER, f"{n}号邻居求助")))
        self.assertFalse(self.town.sent_to(ELSEWHERE, "邻居求助"))
        self.say(HELPER, f"8 {n}", f"{n}号归您", "居民1", ASKER, "3-2-201")
        comes = self.town.told(ASKER, f"第{n}号")
        self.assertIn("义工1", comes)
        self.assertIn(HELPER, comes)
        self.say(SECOND, f"8 {n}", "第1位")
        self.say(HELPER, f"到了 {n}")
        self.town.told(ASKER, "到了")
        self.say(HELPER, f"完成 {n}", "等对方确认")
        self.assertIn("办好了回1", self.town.told(ASKER, "说办好了"))
        self.say(ASKER, "1", "办好了", "谢谢")
        self.assertEqual(self.town.places(n)[HELPER], "confirmed")
        self.assertEqual(self.town.task(n)["state"], "done")
        self.assertEqual([e["body"]["number"] for e in self.town.events("task.done")], [HELPER])
        self.say(SECOND, f"8 {n}", "已经办完")

    def test_not_settled_after_all(self):
        n = self.ask()
        self.say(HELPER, f"8 {n}")
        self.say(HELPER, f"完成 {n}")
        self.town.told(ASKER, "说办好了")
        self.say(ASKER, "2", "还没办好")
        self.assertIn("还没有办好", self.town.told(HELPER, f"第{n}号"))
        self.assertEqual(self.town.places(n), {HELPER: "taken"})
        self.assertTrue(self.town.chores("errand"))
        self.say(HELPER, f"完成 {n}")  # and is asked again
        self.assertTrue(self.town.told(ASKER, "说办好了", count=2))
        self.say(ASKER, "1", "办好了")

    def test_given_back_and_somebody_else_comes(self):
        n = self.ask()
        self.say(HELPER, f"8 {n}")
        self.say(SECOND, f"8 {n}", "第1位")
        self.say(HELPER, f"退 {n}", "已退掉")
        self.assertIn("来不了", self.town.told(ASKER, "义工1来不了了"))
        told = self.town.told(SECOND, f"{n}号归您")
        self.assertIn(ASKER, told)
        self.assertIn("义工2", self.town.told(ASKER, "义工2"))

    def test_nobody_takes_it(self):
        n = self.ask()
        self.town.later(hours=2, minutes=1)
        self.town.told(ASKER, f"第{n}号（帮我买点降压药）还没有人接")
        self.assertTrue([c for c in self.town.chores("errand") if c["number"] == ASKER])
        self.say(HELPER, f"8 {n}", "归您")  # late is better than never

    def test_not_needed_any_more(self):
        n = self.ask()
        self.say(HELPER, f"8 {n}")
        self.say(ASKER, "撤销", f"{n}号已撤销")
        self.town.told(HELPER, f"第{n}号帮我买点降压药取消了")
        self.say(SECOND, f"8 {n}", "取消了")
        self.assertEqual(self.town.task(n)["state"], "cancelled")

    def test_taken_back_later_by_number(self):
        n = self.ask()
        self.say(HELPER, f"8 {n}")
        self.town.later(hours=1)
        self.say(ASKER, f"退 {n}", "已取消")
        self.town.told(HELPER, f"第{n}号帮我买点降压药取消了")
        self.assertEqual(self.town.task(n)["state"], "cancelled")

    def test_undone_too_late(self):
        n = self.ask()
        self.say(HELPER, f"8 {n}")
        self.say(HELPER, f"到了 {n}")
        self.say(ASKER, "撤销", "不能自动撤销")

    def test_strangers_and_many_errands_go_to_the_desk(self):
        self.say(STRANGER, "帮我买点降压药", "工作人员")
        self.assertFalse(self.town.json("task", "list"))
        self.assertEqual(len(self.town.cases("降压药")), 1)
        self.ask()
        self.say(ASKER, "帮我取个快递", "志愿者")
        self.say(ASKER, "帮我换个灯泡吧", "工作人员")
        self.assertEqual(len(self.town.json("task", "list")), 2)

    def test_own_errand_and_a_volunteers(self):
        self.say(HELPER, "帮我买点降压药", "志愿者")
        n = self.town.json("task", "list")[0]["number"]
        self.say(HELPER, f"8 {n}", "您自己提的")
        self.say(HELPER, f"退 {n}", "已取消")
        self.assertEqual(self.town.task(n)["state"], "cancelled")

    def test_opted_out_hear_nothing(self):
        self.town.say(HELPER, "TD")
        n = self.ask()
        self.town.told(SECOND, f"{n}号邻居求助")
        self.town.quiet()
        self.assertFalse(self.town.sent_to(HELPER, "邻居求助"))
        self.say(HELPER, f"8 {n}", "归您")  # but may help

    def test_killed_between_asking_and_telling(self):
        self.town.text(ASKER, "帮我买点降压药")
        self.town.kill()
        self.town.start()
        self.town.told(ASKER, "降压药")
        for v in VOLUNTEERS[:9]:
            self.town.told(v, "邻居求助")
        self.town.quiet()
        self.assertEqual(len(self.town.sent_to(HELPER, "邻居求助")), 1)
        self.assertEqual(len(self.town.json("task", "list")), 1)


if __name__ == "__main__":
    unittest.main()
