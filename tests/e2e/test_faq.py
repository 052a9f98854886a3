"""Plain answers that the secretary keeps: found by other words, dated, short enough; what has none goes to the secretary's list."""
import unittest

from clibox import Box
from town import Town, WANG, resident, units

YIBAO = "医保缴费请带身份证到社区二楼3号窗口，工作日8:30至17:30。"


class Answers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.town = Town().__enter__()
        cls.town.ok("faq", "set", "医保", "--words", "医疗保险、看病报销", "--zh", YIBAO, "--en", "Medical insurance: desk 3, second floor.")
        cls.town.ok("faq", "set", "歇脚", "--words", "休息 驿站 喝水 rest", "--zh", "歇脚喝水到邻里驿站（3栋楼下），每天8点到20点。",
                    "--en", "Rest and water: the hub under building 3, 8 to 20.")
        cls.town.ok("faq", "set", "户口迁移", "--zh", "户口迁移到派出所户籍窗口，带户口本和房产证。")

    @classmethod
    def tearDownClass(cls):
        cls.town.__exit__(None, None, None)

    def test_the_answer_with_its_date(self):
        self.assertEqual(self.town.say(resident(3), "问 医保"), YIBAO + "（1月8日更新）")

    def test_by_other_words(self):
        self.assertIn("3号窗口", self.town.say(resident(4), "医保怎么办"))
        self.assertIn("3号窗口", self.town.say(resident(4), "问 看病报销"))

    def test_the_place_to_rest(self):
        self.assertIn("邻里驿站", self.town.say(resident(5), "哪里能歇脚"))

    def test_the_longer_topic(self):
        self.assertIn("派出所", self.town.say(resident(6), "问 户口迁移要带什么"))

    def test_unknown_it_waits_for_the_secretary(self):
        town, who = self.town, resident(7)
        reply = town.say(who, "问 公积金提取")
        self.assertIn("公积金", reply)
        self.assertIn("可问：", reply)
        waiting = [t for t in town.json("todo", "list") if t["kind"] == "faq" and t["number"] == who]
        self.assertIn("公积金", waiting[0]["note"])
        town.say(who, "问 公积金提取")
        self.assertEqual(len([t for t in town.json("todo", "list") if t["kind"] == "faq" and t["number"] == who]), 1)
        self.assertIn("撤销", town.say(who, "撤销"))

    def test_hardly_more_than_its_name(self):
        self.assertIn("3号窗口", self.town.say(resident(8), "医保"))
        self.assertNotIn("3号窗口", self.town.say(resident(8), "医保的事我昨天跟小王都说过了"))

    def test_who_asked_too_early_hears_the_answer_once(self):
        town, who, other = self.town, resident(9), resident(10)
        town.say(who, "问 残疾证")
        town.say(other, "问 残疾证")
        town.say(other, "全停")
        town.ok("faq", "set", "残疾证", "--zh", "残疾证到区残联办，带照片。")
        self.assertIn("到区残联办", town.told(who, "您问过"))
        town.ok("faq", "set", "残疾证", "--zh", "残疾证到街道办，带照片。")
        town.quiet()
        self.assertEqual(len(town.sent_to(who, "您问过")), 1)
        self.assertFalse(town.sent_to(other, "您问过"))
        self.assertFalse([t for t in town.json("todo", "list") if t["kind"] == "faq" and "残疾证" in t["note"]])

    def test_in_english_or_what_there_is(self):
        town, who = self.town, resident(38)
        self.assertIn("the hub under building 3", town.say(who, "Where can I rest?"))
        self.assertIn("3号窗口", town.say(who, "问 医保"))  # asked in Chinese


class Desk(unittest.TestCase):
    def test_too_long_is_refused(self):
        with Box() as box:
            done = box.run("faq", "set", "医保", "--zh", "很长" * 70)
            self.assertEqual(done.returncode, 65)
            self.assertIn("3 texts", done.stderr)
            self.assertEqual(box.json("faq", "list"), [])
            box.ok("faq", "set", "医保", "--zh", "长" * 110)
            self.assertEqual(box.run("faq", "set", "医保", "--en", "x" * 300).returncode, 65)
            self.assertEqual(box.run("faq", "set", "低保").returncode, 65)

    def test_changed_shown_removed(self):
        with Box() as box:
            box.ok("faq", "set", "医保", "--words", "医疗保险", "--zh", "一")
            box.set_clock("2026-11-20T10:00:00+08:00")
            box.ok("faq", "set", "医保", "--zh", "二")
            shown = box.json("faq", "show", "医保")[0]
            self.assertEqual((shown["words"], shown["zh"], shown["changed"]), ("医疗保险", "二", "2026-11-20T10:00:00+08:00"))
            box.ok("faq", "remove", "医保")
            self.assertEqual(box.run("faq", "show", "医保").returncode, 1)
            self.assertEqual(box.run("faq", "remove", "医保").returncode, 1)

    def test_a_list_with_wrong_rows(self):
        with Box() as box:
            path = box.write("faq.csv", "主题,别名,中文\n医保,医疗保险,带身份证\n低保,,\n社保,,\"" + "长" * 300 + "\"\n老年证,,带照片\n")
            done = box.run("faq", "import", path)
            self.assertEqual(done.returncode, 65)
            self.assertIn("faq.csv:3:", done.stderr)
            self.assertIn("faq.csv:4:", done.stderr)
            self.assertEqual([f["topic"] for f in box.json("faq", "list")], ["医保", "老年证"])
            self.assertEqual(box.run("faq", "import", path, "--dry-run").returncode, 65)
            self.assertEqual(box.run("faq", "import", box.write("x.csv", "a,b\n1,2\n")).returncode, 65)
            out = box.ok("faq", "list", "--csv")
            again = box.write("again.csv", out)
            self.assertIn("2 updated", box.ok("faq", "import", again))

    def test_controls_and_quotes_do_no_harm(self):
        with Box() as box:
            box.ok("faq", "set", "a'b\";--", "--zh", "x\x1b[31my\n'); DROP TABLE faq;--")
            self.assertNotIn("\x1b", box.ok("faq", "list"))
            self.assertEqual(len(box.json("faq", "list")), 1)


if __name__ == "__main__":
    unittest.main()
