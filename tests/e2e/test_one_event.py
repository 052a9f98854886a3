"""One event told in many words is one case, from the first text to the vote on it; and what staff and residents text in
passing is kept where it belongs."""
import unittest

from town import MONDAY, SECRETARY, STRANGER, WORKER, Town, case_number, resident


class OneEvent(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.town = Town(gateway={"number": "+8613800000000"})
        cls.town.__enter__()
        cls.town.series()

    @classmethod
    def tearDownClass(cls):
        cls.town.__exit__(None, None, None)

    def setUp(self):
        self.town.set_clock(MONDAY)

    def journal(self, n):
        return [(j["entry"], j["note"]) for line in self.town.json("case", "show", n) for j in line.get("journal") or [line] if "entry" in j]

    def test_a_pipe_of_the_house_and_one_of_a_kitchen(self):
        say = self.town.say
        n = case_number(say(resident(1), "我们三栋漏水啦，都流到一楼了"))
        for number, text in ((resident(2), "楼下水哗哗的 管子裂了 3栋"), (resident(3), "3栋2单元门口发大水了"), (STRANGER, "3栋爆管了快来人")):
            self.assertIn(f"第{n}号（用水），算您一份", say(number, text))
        for number, text in ((resident(4), "我家厨房水管漏水"), (resident(5), "3栋停水了"), (resident(11), "4栋水管爆了")):
            self.assertNotEqual(case_number(say(number, text)), n, text)
        # how far it is stands in its journal, and is no case of its own
        self.assertIn(f"第{n}号", say(WORKER, f"{n} 收到 马上到"))
        self.assertIn("进展已记下", say(WORKER, f"{n} 先关了阀门，明天换管"))
        self.assertIn(f"第{n}号已办结", say(WORKER, f"办结 {n} 换了管子"))
        self.town.told(resident(1), "修好了回1")
        self.assertIn("已办结", say(resident(1), "修好了"))
        self.assertEqual(self.town.case(n)["state"], "closed")
        # settled as it is, the secretary brings it before the meeting
        self.town.ok("case", "deliberate", n)
        self.town.set_clock("2035-01-12T13:30:00+08:00")
        self.assertIn(n, [row["case"] for row in self.town.json("meeting", "agenda", 1)])
        self.town.set_clock("2035-01-12T15:10:00+08:00")
        self.town.ok("meeting", "decide", 1, n, "vote")
        self.town.ok("meeting", "minutes", 1, "--close")
        for number in (resident(1), resident(2), resident(3), STRANGER):
            self.town.told(number, f"第{n}号用水交大家短信表决")
        self.assertIn("赞成", say(resident(2), "1"))

    def test_praise_and_wishes_to_be_heard(self):
        say = self.town.say
        self.assertIn("好人好事", say(resident(6), "好人好事 3栋李大姐帮我背米上楼"))
        self.assertIn("打电话", say(resident(7), "我要见书记 说房产证的事"))
        self.assertIn("没有接着的任务", say(resident(8), "签退"))
        todo = {(t["what"] if "what" in t else t["kind"]): t["note"] for t in self.town.json("todo", "list")}
        self.assertIn("李大姐", todo["praise"])
        self.assertIn("callback", todo)
        self.assertIn("已撤销", say(resident(6), "撤销"))
        self.assertNotIn("praise", [t["kind"] for t in self.town.json("todo", "list")])
        self.assertIn("110", say(SECRETARY, "找人 78岁男 蓝衣服 3栋走失"))


if __name__ == "__main__":
    unittest.main()
