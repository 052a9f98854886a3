"""The life of a case by text: routed, taken, passed on, given back, passed up, refused with a code, merged, taken back; and what its
people hear of each step."""
import re
import unittest

from town import MEDIATOR, OTHER_WORKER, SECRETARY, STRANGER, WORKER, Town, case_number, fits, resident

WATER, CITY, LIGHTS = "+8613800139011", "+8613800139012", "+8613800139013"  # departments
HEAD = "+8613800139014"


class Life(unittest.TestCase):
    """One town for each class; each test has residents of its own."""

    @classmethod
    def setUpClass(cls):
        cls.town = Town(**cls.options()).__enter__()
        cls.addClassCleanup(cls.town.__exit__, None, None, None)
        for name, phone, role, grid in (("水务", WATER, "department", "KS"), ("城管", CITY, "department", "KS"),
                                        ("路灯", LIGHTS, "department", "KS"), ("老吴", HEAD, "building_head", "KS-03")):
            cls.town.ok("person", "add", "--name", name, "--phone", phone, "--grid", grid, "--role", role)

    @classmethod
    def options(cls):
        return {}

    def say(self, number, text, *facts, most=70):
        reply = self.town.say(number, text)
        self.assertTrue(reply, f"no answer to {text!r}")
        self.assertTrue(fits(reply, most), f"{len(reply)}: {reply}")
        for fact in facts:
            self.assertIn(fact, reply, f"in the answer to {text!r}")
        return reply

    def open(self, who, text):
        return case_number(self.say(who, text))

    def show(self, n):
        return self.town.json("case", "show", n)[0]

    def state(self, n):
        return self.town.case(n)["state"]

    def who(self, n):
        return self.town.case(n)["assignee"]

    def journal(self, n):
        return [j["entry"] for j in self.show(n)["journal"]]

    def told(self, number, n, words):
        return self.town.told(number, words.replace("N", f"第{n}号"))

    def silent(self, number, n, words=""):
        self.town.quiet()
        return not [s for s in self.town.sent_to(number, words) if f"第{n}号" in s["text"]]


class Routed(Life):
    @classmethod
    def options(cls):
        return {"gateway": {"merge_window": "90s"}}

    def test_the_worker_gets_it_with_all_that_is_needed(self):
        who = resident(1)
        n = self.open(who, "3 3栋2单元水管爆了，水往下流")
        self.assertEqual((self.state(n), self.who(n)), ("assigned", "陈师傅"))
        text = self.told(WORKER, n, "交办N")
        for fact in ("用水", "3栋", "2单元", "水管爆了", who, f"接 {n}", f"办结 {n}", f"退 {n}", "1月9日前"):
            self.assertIn(fact, text)
        self.assertTrue(fits(text, 134), text)
        self.assertTrue(self.silent(SECRETARY, n))
        self.assertEqual(self.journal(n), ["received", "assigned"])

    def test_the_reply_names_the_day(self):
        reply = self.say(resident(2), "3 7栋路灯不亮", "1月10日前答复")  # 24 working hours from Monday 10:00
        self.assertIn("T10:00", self.town.case(case_number(reply))["due"][:16].replace("16:00", "10:00"))

    def test_an_anonymous_phone_stays_hidden(self):
        n = self.open(resident(3), "匿名投诉 5栋有人半夜打麻将")
        self.assertNotIn(resident(3), self.told(WORKER, n, "交办N"))
        self.assertNotIn(resident(3), self.say(WORKER, f"6 {n}"))

    def test_what_was_not_understood_waits_for_the_secretary(self):
        n = self.open(resident(4), "昨天梦到一条龙飞过去")
        self.assertEqual((self.state(n), self.who(n)), ("received", None))
        self.assertTrue(self.silent(WORKER, n))

    def test_a_strangers_building_tells_the_grid(self):
        n = self.open(STRANGER, "3 6栋的水管漏了")
        self.assertEqual((self.town.case(n)["grid"], self.who(n)), ("KS-03", "陈师傅"))

    def test_a_private_matter_goes_to_nobody_else(self):
        self.town.text(resident(5), "调解 我和老伴天天吵架")
        self.town.told(resident(5), "调解员")
        self.town.quiet()
        for number in (WORKER, SECRETARY):
            self.assertFalse([s for s in self.town.sent_to(number) if "吵架" in s["text"]])
        self.assertTrue(self.town.told(MEDIATOR, "私密"))

    def test_more_words_reach_who_has_it(self):
        n = self.open(resident(6), "3 楼顶漏水了")
        self.told(WORKER, n, "交办N")
        self.town.say(resident(6), "沿着墙一直流到五楼")
        self.assertIn("流到五楼", self.told(WORKER, n, "居民补充"))

    def test_undo_tells_who_has_it(self):
        n = self.open(resident(7), "3 垃圾桶满了没人清")
        self.told(WORKER, n, "交办N")
        self.say(resident(7), "撤销", str(n))
        self.assertEqual(self.state(n), "closed")
        self.told(WORKER, n, "撤回")


class Steps(Life):
    def test_time_to_the_first_human(self):
        n = self.open(resident(1), "3 单元门禁坏了")
        self.assertIsNone(self.show(n)["first_human"])
        self.town.later(minutes=25)
        self.say(WORKER, f"接 {n}", str(n))
        self.assertEqual(self.show(n)["first_human_minutes"], 25)
        self.told(resident(1), n, "N")
        self.town.later(minutes=5)
        self.say(WORKER, f"办结 {n} 换了新的", str(n))
        self.assertEqual(self.show(n)["first_human_minutes"], 25)

    def test_given_back_it_goes_to_the_next_of_its_route_then_to_the_secretary(self):
        n = self.open(resident(2), "3 5栋自来水发黄有味道")
        self.say(WORKER, f"退 {n} 不归我管", "水务")
        self.assertEqual(self.who(n), "水务")
        self.told(WATER, n, "交办N")
        self.say(WATER, f"退 {n} 是小区内管道", "书记")
        self.assertEqual((self.state(n), self.who(n)), ("received", None))
        self.assertIn("小区内管道", self.told(SECRETARY, n, "N（用水）被退回"))
        self.say(SECRETARY, f"转 {n} 城管", "城管")
        self.told(CITY, n, "交办N")
        self.assertEqual(self.journal(n), ["received", "assigned", "returned", "assigned", "returned", "transferred"])

    def test_passed_on_at_once_and_the_former_hears(self):
        n = self.open(resident(3), "3 楼下烧烤摊油烟很大，天天吵到半夜")
        self.told(WORKER, n, "交办N")
        self.say(SECRETARY, f"转 {n} 城管", "城管")
        self.assertEqual((self.who(n), self.state(n)), ("城管", "assigned"))
        self.told(CITY, n, "交办N")
        self.told(WORKER, n, "转给别人")
        self.say(CITY, f"接 {n}", str(n))
        self.assertEqual(self.state(n), "in_progress")

    def test_an_unknown_name_lists_what_there_is(self):
        n = self.open(resident(4), "3 3栋门口的树要倒了")
        self.say(WORKER, f"转 {n} 消防", "消防", "水务", "没有改动")
        self.assertEqual(self.who(n), "陈师傅")

    def test_transfer_undone_and_undone_too_late(self):
        n = self.open(resident(5), "3 井盖松了走路会响")
        self.say(WORKER, f"转 {n} 城管")
        self.told(CITY, n, "交办N")
        self.say(WORKER, "撤销", str(n))
        self.assertEqual((self.who(n), self.state(n)), ("陈师傅", "assigned"))
        self.told(CITY, n, "转给别人")
        self.say(WORKER, f"转 {n} 城管")
        self.say(CITY, f"接 {n}")
        self.say(WORKER, "撤销", "已经有人")
        self.assertEqual((self.who(n), self.state(n)), ("城管", "in_progress"))

    def test_a_week_longer_but_not_more(self):
        n = self.open(resident(6), "3 花坛里都是杂草")
        due = self.town.case(n)["due"]
        self.say(WORKER, f"延 {n} 5", "5天")
        self.assertGreater(self.town.case(n)["due"], due)
        self.told(resident(6), n, "还要些时间")
        due = self.town.case(n)["due"]
        self.say(WORKER, f"延 {n} 5", "书记")
        self.assertEqual(self.town.case(n)["due"], due)
        self.assertIn(f"延 {n} 5", self.told(SECRETARY, n, "请求再延5天"))
        self.say(SECRETARY, f"延 {n} 5", "5天")
        self.assertGreater(self.town.case(n)["due"], due)
        self.told(WORKER, n, "期限改为")

    def test_not_true(self):
        n = self.open(resident(7), "3 8栋有人养鸡")
        self.say(WORKER, f"核实 {n} 不属实", str(n))
        self.told(SECRETARY, n, "不属实")
        self.assertIn("found untrue", self.journal(n))

    def test_a_building_head_verifies_and_does_no_more(self):
        n = self.open(resident(8), "3 3栋电梯异响")
        self.say(HEAD, f"核实 {n} 属实", str(n))
        self.assertIn("verified", self.journal(n))
        self.say(HEAD, f"办结 {n} 好了", "不在您负责的范围")

    def test_another_grids_worker_and_a_resident_cannot(self):
        n = self.open(resident(9), "3 4栋的窗户掉下来")
        for words in (f"接 {n}", f"办结 {n}", f"转 {n} 城管", f"延 {n} 2", f"不予受理 {n} 不管", f"上报 {n}"):
            self.assertIn("没有改动", self.say(OTHER_WORKER, words))
        self.assertEqual(self.journal(n), ["received", "assigned"])

    def test_passed_up(self):
        n = self.open(resident(10), "3 小区大门口的路全是坑")
        due = self.town.case(n)["due"]
        self.say(WORKER, f"上报 {n}", str(n))
        shown = self.show(n)
        self.assertEqual((shown["state"], shown["assignee"], shown["level"]), ("received", None, 2))
        self.assertGreater(shown["due"], due)
        self.told(SECRETARY, n, "上报")
        self.told(resident(10), n, "上一级")
        self.say(SECRETARY, f"吹哨 {n} 城管", "城管")
        self.assertEqual((self.who(n), self.show(n)["level"]), ("城管", 3))
        self.told(CITY, n, "上报给您：N")

    def test_handed_to_12345_at_the_desk(self):
        n = self.open(resident(11), "3 小区门口的路灯全灭了")
        self.town.ok("case", "escalate", n, "--to", "12345", "--ref", "20350108-77")
        shown = self.show(n)
        self.assertEqual((shown["handed_to"], shown["handed_ref"], shown["level"]), ("12345", "20350108-77", 2))
        self.told(WORKER, n, "转给别人")
        self.assertEqual(self.town.run("case", "escalate", n, "--ref", "1").returncode, 64)

    def test_merged_by_text_and_split_by_undo(self):
        one, two = self.open(resident(12), "3 6栋一楼地下室积水"), self.open(resident(13), "3 车库出口道闸坏了")
        self.say(resident(14), f"5 {two}")
        self.say(WORKER, f"合并 {two} {one}", str(one))
        self.assertEqual((self.state(two), self.town.case(two)["merged_into"]), ("merged", one))
        self.assertEqual(self.town.case(one)["supporters"], 2)
        for who in (resident(13), resident(14)):
            self.told(who, two, "合在一起")
        self.say(WORKER, "撤销", str(two))
        self.assertEqual((self.state(two), self.town.case(one)["supporters"]), ("assigned", 0))
        self.say(WORKER, f"合并 {two} 9999", "不能并入")
        self.say(WORKER, f"合并 {two} {two}", "不能并入")

    def test_reopened_and_who_has_it_hears(self):
        n = self.open(resident(15), "3 5栋楼道的灯全灭了")
        self.say(WORKER, f"接 {n}")
        self.say(WORKER, f"办结 {n} 换了灯泡")
        self.told(resident(15), n, "修好了回1")
        self.say(resident(15), "2", "对不起")
        self.told(WORKER, n, "没办好")
        self.told(SECRETARY, n, "没办好")
        shown = self.show(n)
        self.assertEqual((shown["state"], shown["reopened"]), ("in_progress", 1))
        self.town.later(minutes=5)
        self.say(WORKER, f"办结 {n} 换了整流器")
        self.assertIn("整流器", self.town.told(resident(15), "修好了回1", 2))
        self.say(resident(15), "1", str(n))
        self.assertEqual(self.state(n), "closed")

    def test_a_settled_case_taken_back_is_not_asked_about(self):
        n = self.open(resident(16), "3 7栋楼梯扶手松了")
        self.say(WORKER, f"接 {n}")
        self.say(WORKER, f"办结 {n}")
        self.told(resident(16), n, "修好了回1")
        self.say(WORKER, "撤销", str(n))
        self.assertEqual(self.state(n), "in_progress")
        self.assertNotIn("第" + str(n), self.town.say(resident(16), "1"))
        self.assertEqual(self.state(n), "in_progress")


class Table(unittest.TestCase):
    def test_the_table_is_read_out(self):
        with Town() as town:
            rows = town.json("case", "life")
            take = [r for r in rows if r["step"] == "taken" and r["to"] == "in_progress"][0]
            self.assertEqual(take["from"], "received verified assigned")
            self.assertIn("assignee", take["may"])
            self.assertIn("reporter", take["told"])
            self.assertTrue(all(r["code"] == (r["step"] == "rejected") for r in rows))
            keys = {k for r in rows for k in r["texts"].split()}
            self.assertIn("news.assigned", keys)
            self.assertIn("assigned", town.ok("case", "life"))


if __name__ == "__main__":
    unittest.main()
