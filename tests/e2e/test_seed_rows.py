"""Rows of what other cities' systems boast, as a button phone has them: a volunteer who was a stranger, a yearly question, a
search for somebody who is missing, a trouble that a meeting votes on."""
import re
import unittest

from harness import wait_for
from neighbours import Neighbours
from town import OFFICER, SECRETARY, WORKER, resident

SECOND = "+8613800139006"  # secretary


class Rows(unittest.TestCase):
    def setUp(self):
        self.town = Neighbours(gateway={"approval_above": "5"}).__enter__()
        self.addCleanup(self.town.__exit__, None, None, None)

    def second_person(self):
        self.town.registry(people=f"phone,name,grid,building,unit,room,roles,language\n{SECOND},李主任,KS,,,,secretary,zh\n")

    def test_a_volunteer_is_accepted_at_the_desk(self):
        town, who = self.town, resident(5)
        self.assertIn("已报给书记", town.say(who, "我要当志愿者"))
        self.assertIn("已报给书记", town.say("+8613912340009", "志愿报名"))
        known, stranger = (c["id"] for c in town.chores("volunteer"))
        refused = town.run("todo", "accept", stranger)
        self.assertEqual((refused.returncode, len(town.chores("volunteer"))), (1, 2), refused.stderr)
        self.assertIn("person add", refused.stderr)
        town.ok("todo", "accept", known)
        self.assertEqual(town.run("todo", "accept", known).returncode, 1)
        self.assertIn("volunteer", next(p for p in town.json("person", "list", "--limit", "0") if who in p["numbers"])["roles"])
        town.told(who, "已登记为志愿者")
        task = town.offer("--wanted", "1", "--quietly")
        self.assertIn(f"{task}号任务归您", town.say(who, f"8 {task}"))
        self.assertIn(f"{task}号", town.say(who, "我的任务"))

    def test_feeling_safe(self):
        """The yearly question: one digit, secret, with the count of who was asked."""
        town = self.town
        answers = ("很安全", "比较安全", "一般", "不太安全", "不安全")
        town.ok("poll", "new", "--question", "您觉得住在这里安全吗？", "--to", "building:KS-03/3", "--closes", "+2d", "--secret",
                *(a for o in answers for a in ("--option", o)), "--yes")
        self.assertIn("已批准", town.say(SECRETARY, re.search(r"回(\d{6})", town.told(SECRETARY, "待批"))[1]))
        self.assertIn("1很安全", town.told(resident(1), "您觉得住在这里安全吗"))
        for who, digit in ((1, "1"), (2, "2"), (3, "1"), (4, "5")):
            self.assertNotIn("记下了", town.say(resident(who), digit))  # no list shows what was chosen
            town.told(resident(who), "记下了")
        self.assertIn("只有1到5", town.say(resident(5), "6"))
        town.ok("poll", "close", "1", "--yes")
        shown = wait_for(lambda: [p for p in town.json("poll", "show", "1") if p.get("state") == "closed"], "the poll is counted")[0]
        self.assertEqual(shown["voted"], 4)
        self.assertGreater(shown["voters"], 4)

    def test_somebody_is_missing(self):
        """A search goes out at once when a second person says yes, and is over by itself."""
        town = self.town
        self.second_person()
        town.set_clock("2035-01-08T20:00:00+08:00")
        words = "寻人：张大爷82岁，穿蓝棉袄，下午在菜场走失，看到请打13800139003"
        done = town.ok("broadcast", "new", "--to", "grid:KS-03", "--text", words, "--not-after", "+3h", "--override-quiet-hours", "--yes")
        self.assertTrue(done)
        code = re.search(r"\d{6}", town.sent_to(SECOND)[-1]["text"] if town.sent_to(SECOND) else town.told(SECOND, "群发"))[0]
        self.assertFalse(town.sent_to(resident(1), "寻人"))
        self.assertIn("批准", town.say(SECOND, code))
        self.assertIn("张大爷", town.told(resident(1), "寻人"))
        self.assertIn("第", town.say(resident(2), "在河边看到一个穿蓝棉袄的老人"))

    def test_a_trouble_is_put_to_a_vote_as_a_question(self):
        town = self.town
        town.series()
        town.say(resident(1), "3 3栋楼道灯不亮，摔了两个人")
        town.say(resident(11), "4 在小广场装健身器材")
        for number in (1, 2):
            town.ok("meeting", "agenda", "1", "--add", number)
        town.set_clock("2035-01-12T15:05:00+08:00")
        for number in (1, 2):
            town.ok("meeting", "decide", "1", number, "vote")
        questions = {p["case"]: p["question"] for p in town.json("poll", "list")}
        self.assertIn("shall it be done", questions[1])
        self.assertTrue(questions[1].startswith("3栋楼道灯不亮"), questions)
        self.assertEqual(questions[2], "在小广场装健身器材")

    def test_a_check_in_is_taken_back_with_its_points(self):
        town = self.town
        town.series()
        code = re.search(r"签到码(\d{4})", town.say(resident(1), "1"))[1]
        town.set_clock("2035-01-12T15:05:00+08:00")
        self.assertIn("签到成功", town.say(resident(1), f"签到 {code}"))
        wait_for(lambda: "现有2分" in town.say(resident(1), "积分"), "the points are there")
        self.assertIn("签到成功", town.say(resident(1), f"签到 {code}"))
        self.assertIn("签到已撤销", town.say(resident(1), "撤销"))
        wait_for(lambda: "现有0分" in town.say(resident(1), "积分"), "the points are gone")
        self.assertEqual(len([e for e in town.events("meeting.left")]), 1)

    def test_words_of_staff_that_are_not_complete(self):
        town = self.town
        town.say(resident(1), "3 3栋楼道灯不亮")
        self.assertIn("转给谁", town.say(WORKER, "转 1"))
        self.assertIn("办结 23", town.say(WORKER, "合并 1"))
        self.assertIn("已上报", town.say(WORKER, "上报"))
        self.assertIn("三网格", town.say(SECRETARY, "群发 三网格 明天上午停水"))
        self.assertEqual(len(town.cases()), 1)
        self.assertFalse(town.sent_to(OFFICER, "停水"))


if __name__ == "__main__":
    unittest.main()
