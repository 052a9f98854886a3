"""Staff by text: commands without a number, codes for what is final or wide, broadcasts by text."""
import re
import signal
import unittest

from test_case_life import Life
from town import OTHER_WORKER, SECRETARY, WORKER, Town, resident

COLLEAGUE = "+8613800139006"


def code(town, number=SECRETARY, words="确认"):
    """The code that stands in the last text to that phone; no list shows it."""
    town.quiet()
    return re.search(r"回(\d{6})$", town.sent_to(number, words)[-1]["text"]).group(1)


def wrong(code):
    return f"{(int(code) + 1) % 1000000:06}"


class WithoutNumber(unittest.TestCase):
    """A worker with exactly one open case need not name it."""

    def test_none_one_and_several(self):
        with Town() as town:
            self.assertIn("没有要办的事", town.say(WORKER, "办结 已换灯泡"))
            town.say(resident(1), "3 5栋楼道灯不亮")
            self.assertIn("第1号", town.say(WORKER, "接"))
            self.assertEqual(town.case(1)["state"], "in_progress")
            self.assertIn("第1号", town.say(WORKER, "延 2天"))
            self.assertIn("第1号", town.say(WORKER, "办结 已换灯泡"))
            self.assertEqual(town.case(1)["state"], "resolved")
            self.assertIn("已换灯泡", town.told(resident(1), "修好了回1"))
            for i, words in ((2, "3 5栋垃圾没人清"), (3, "3 6栋下水道堵了"), (4, "3 7栋电梯坏了"), (5, "3 8栋停水了")):
                town.say(resident(i), words)
            reply = town.say(WORKER, "办结 弄好了")
            self.assertIn("4件", reply)
            self.assertIn("5号", reply)
            self.assertEqual([town.case(n)["state"] for n in (2, 3, 4, 5)], ["assigned"] * 4)


class Detail(Life):
    def test_status_for_who_settles_it(self):
        n = self.open(resident(1), "3 3栋1单元水压很低，洗不了澡")
        self.say(WORKER, f"6 {n}", "水压很低", "3栋", resident(1), "1月9日前")
        self.say(resident(2), f"6 {n}", "已交办")
        self.assertNotIn(resident(1), self.town.say(resident(2), f"6 {n}"))
        self.assertNotIn("水压", self.town.say(OTHER_WORKER, f"6 {n}"))


class Refusal(Life):
    def test_a_refusal_wants_its_code(self):
        n = self.open(resident(1), "3 请给我家换一台新冰箱，旧的太吵")
        self.say(SECRETARY, f"不予受理 {n}", "原因")
        asked = self.say(SECRETARY, f"不予受理 {n} 个人物品不属社区", "个人物品不属社区", str(n))
        self.assertNotIn(self.state(n), ("rejected",))
        code_ = code(self.town)
        for args in (("message", "list", "--limit", "0"), ("events",), ("case", "show", str(n))):
            self.assertNotIn(code_, self.town.ok(*args, "--json"))
        self.say(SECRETARY, wrong(code_), "还可以试2次")
        self.assertIn("第", self.town.say(WORKER, code_))  # another phone's code_ is no code_
        self.assertNotEqual(self.state(n), "rejected")
        self.say(SECRETARY, f"确认{code_}", "不予受理")
        self.assertEqual(self.state(n), "rejected")
        self.assertIn("个人物品不属社区", self.told(resident(1), n, "没有受理"))
        self.say(SECRETARY, code_, "用过了")
        self.say(SECRETARY, "撤销", str(n))
        self.assertNotEqual(self.state(n), "rejected")

    def test_three_wrong_codes_and_the_right_one_is_void(self):
        n = self.open(resident(2), "3 邻居的猫总叫")
        self.say(SECRETARY, f"不予受理 {n} 不属实")
        code_ = code(self.town)
        for left in (2, 1):
            self.say(SECRETARY, wrong(code_), f"还可以试{left}次")
        self.say(SECRETARY, wrong(code_), "作废")
        self.say(SECRETARY, code_, "作废")
        self.assertNotEqual(self.state(n), "rejected")
        self.assertIn("approval", [t["kind"] for t in self.town.json("todo", "list")])

    def test_an_old_code_does_nothing(self):
        n = self.open(resident(3), "3 单元门口堆了旧家具")
        self.say(SECRETARY, f"不予受理 {n} 已清走")
        code_ = code(self.town)
        self.town.later(minutes=11)
        self.say(SECRETARY, code_, "过了10分钟")
        self.assertNotEqual(self.state(n), "rejected")

    def test_settled_in_between(self):
        n = self.open(resident(4), "3 楼道里贴满小广告")
        self.say(SECRETARY, f"不予受理 {n} 重复")
        code_ = code(self.town)
        self.say(WORKER, f"办结 {n} 已清理")
        self.say(SECRETARY, code_, "不能这样操作")
        self.assertEqual(self.state(n), "resolved")

    def test_a_crash_before_the_code(self):
        n = self.open(resident(5), "3 太阳能热水器想换个牌子")
        self.say(SECRETARY, f"不予受理 {n} 个人设备")
        code_ = code(self.town)
        self.town.restart(signal.SIGKILL)
        self.say(SECRETARY, code_, "不予受理")
        self.assertEqual(self.state(n), "rejected")


class Broadcast(unittest.TestCase):
    def sent(self, town, words):
        town.quiet()
        return {s["number"] for s in town.sim.sent() if words in s["text"] and s["number"].startswith("+86138001380")}

    def test_previewed_confirmed_and_queued(self):
        with Town() as town:
            asked = town.say(SECRETARY, "群发 KS-03 明天8点停水，请储水")
            for fact in ("三网格", "43人", "明天8点停水"):
                self.assertIn(fact, asked)
            self.assertFalse(self.sent(town, "储水") - {SECRETARY})
            self.assertIn("已排队", town.say(SECRETARY, code(town)))
            self.assertEqual(len(self.sent(town, "】明天8点停水，请储水")), 40)
            row = town.json("broadcast", "list")[0]
            self.assertEqual((row["recipients"], row["state"]), (43, "done"))
            self.assertIn("用过了", town.say(SECRETARY, code(town)))
            self.assertEqual(len(town.json("broadcast", "list")), 1)

    def test_nobody_else_and_nobody_meant(self):
        with Town() as town:
            self.assertIn("书记", town.say(WORKER, "群发 KS-03 大家好"))
            self.assertIn("没有找到", town.say(SECRETARY, "群发 KS-99 大家好"))
            self.assertIn("没有一个", town.say(SECRETARY, "群发 志愿者 明天集合"))
            self.assertEqual(town.json("broadcast", "list"), [])

    def test_by_night_it_waits_and_undo_stops_it(self):
        with Town(now="2035-01-08T22:00:00+08:00", gateway={"quiet_hours": "20:30-08:00"}) as town:
            asked = town.say(SECRETARY, "群发 全体居民 周五议事会改到四点")
            town.say(SECRETARY, code(town))
            self.assertFalse(town.sent_to(resident(1), "四点"))
            self.assertIn("取消", town.say(SECRETARY, "撤销"))
            self.assertEqual(town.json("broadcast", "list")[0]["state"], "cancelled")
            town.set_clock("2035-01-09T08:05:00+08:00")
            self.assertFalse(self.sent(town, "四点"))

    def test_a_large_one_waits_for_the_second_person(self):
        with Town(gateway={"approval_above": "5"}) as town:
            town.ok("person", "add", "--name", "钱秘书", "--phone", COLLEAGUE, "--grid", "KS", "--role", "secretary")
            asked = town.say(SECRETARY, "群发 KS-03 明天停电检修")
            town.say(SECRETARY, code(town))
            self.assertEqual(town.json("broadcast", "list")[0]["state"], "waiting")
            second = town.told(COLLEAGUE, "待批")
            self.assertFalse(town.sent_to(SECRETARY, "待批"))
            self.assertIn("已批准", town.say(COLLEAGUE, re.search(r"回(\d{6})$", second).group(1)))
            self.assertEqual(len(self.sent(town, "停电检修")), 40)


if __name__ == "__main__":
    unittest.main()
