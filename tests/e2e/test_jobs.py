"""The job board: an employer's words wait for the secretary; who looks for work hears of new ones and applies by number."""
import unittest

from harness import wait_for
from neighbours import Neighbours
from town import STRANGER, fits, resident

EMPLOYER, SEEKER, OTHER, ENGLISH = resident(1), resident(2), resident(3), resident(36)


class Jobs(unittest.TestCase):
    def setUp(self):
        self.town = Neighbours().__enter__()
        self.addCleanup(self.town.__exit__, None, None, None)

    def say(self, number, text, *facts):
        reply = self.town.say(number, text)
        self.assertTrue(fits(reply) or (reply.isascii() and len(reply) <= 160), f"{len(reply)} units: {reply}")
        for fact in facts:
            self.assertIn(fact, reply, f"in the answer to {text!r}")
        return reply

    def post(self, text="餐馆招洗碗工2名，管饭"):
        self.say(EMPLOYER, text, "书记看过就发布")
        return self.town.json("job", "list", "--state", "draft")[-1]["number"]

    def test_from_the_offer_to_the_call(self):
        self.say(SEEKER, "零工", "现在没有招工信息")
        n = self.post()
        self.assertEqual([c["number"] for c in self.town.chores("job")], [EMPLOYER])
        self.say(SEEKER, f"8 {n}", f"没有查到第{n}号")  # nobody has looked at it yet
        self.town.ok("job", "publish", str(n))
        self.assertEqual(self.town.chores("job"), [])
        self.town.told(EMPLOYER, "已发布")
        self.assertTrue(fits(self.town.told(SEEKER, f"招工{n}号：餐馆招洗碗工2名")))
        self.say(SEEKER, f"应聘 {n}", "已把您的号码告诉招工方")
        self.assertIn(SEEKER, self.town.told(EMPLOYER, f"第{n}号招工"))
        self.assertFalse([m for m in self.town.rows(SEEKER, "--out") if EMPLOYER in m["text"]])
        self.say(SEEKER, f"8 {n}", "已经有您")
        self.say(OTHER, "找活", f"{n}号餐馆")
        self.say(STRANGER, f"8 {n}", "已把您的号码")
        self.assertIn(STRANGER, self.town.told(EMPLOYER, "应聘，请", count=2))

    def test_taken_back_by_either(self):
        n = self.post()
        self.town.ok("job", "publish", str(n), "--text", "老王面馆招洗碗工2名")
        self.say(SEEKER, f"8 {n}", "老王面馆")
        self.say(SEEKER, "撤销", "已撤销")
        self.town.told(EMPLOYER, "不来应聘了")
        self.say(SEEKER, f"8 {n}")
        self.town.ok("job", "cancel", str(n))
        self.town.told(SEEKER, f"第{n}号老王面馆招洗碗工2名取消了")
        self.say(OTHER, f"8 {n}", "取消了")

    def test_undone_before_it_was_published(self):
        n = self.post()
        self.say(EMPLOYER, "撤销", f"{n}号已撤销")
        self.assertNotEqual(self.town.run("job", "publish", str(n)).returncode, 0)

    def test_the_latest_three_and_no_more_of_them(self):
        numbers = [self.town.offer(kind="job", text=f"招{what}", grid=None) for what in ("保安", "保洁", "厨师", "司机")]
        reply = self.say(SEEKER, "零工", "招司机", "招厨师", "招保洁")
        self.assertNotIn("保安", reply)
        self.assertLess(reply.index(f"{numbers[3]}号"), reply.index(f"{numbers[2]}号"))
        self.say(SEEKER, "撤销", "不再给您发招工信息")
        n = self.town.offer(kind="job", text="招电工", grid=None)
        self.say(OTHER, "零工", "招电工")
        wait_for(lambda: self.town.task(n)["published"], "it is published")
        self.town.quiet()
        self.assertFalse(self.town.sent_to(SEEKER, "招电工"))

    def test_opted_out_hear_no_more(self):
        self.say(SEEKER, "零工")
        self.say(SEEKER, "TD")
        n = self.town.offer(kind="job", text="招电工", grid=None)
        wait_for(lambda: self.town.task(n)["published"], "it is published")
        self.town.quiet()
        self.assertFalse(self.town.sent_to(SEEKER, "招电工"))

    def test_over_after_two_weeks_and_crash(self):
        n = self.post()
        self.town.ok("job", "publish", str(n))
        self.town.kill()
        self.town.start()
        self.town.idle()
        self.town.later(days=15)
        wait_for(lambda: self.town.task(n)["state"] == "done", "it is over")
        self.say(SEEKER, f"8 {n}", "已经办完")
        # told once; whether it left when the power went in mid-submit nobody knows, and it is not repeated
        self.assertEqual(len([m for m in self.town.rows(EMPLOYER, "--out") if "已发布" in m["text"]]), 1)
        self.assertLessEqual(len(self.town.sent_to(EMPLOYER, "已发布")), 1)

    def test_many_postings_go_to_the_desk(self):
        for what in ("招洗碗工1名", "招保洁1名", "招厨师1名"):
            self.post(what)
        self.say(EMPLOYER, "招司机1名", "工作人员")
        self.assertEqual(len(self.town.json("job", "list")), 3)

    def test_english(self):
        self.say(ENGLISH, "any part-time jobs?", "No jobs now")


if __name__ == "__main__":
    unittest.main()
