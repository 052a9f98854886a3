"""Residents text, the gateway answers: PARTICIPATION sections 1, 3, 4 and 5, from outside."""
import unittest

from town import MEDIATOR, OFFICER, OTHER_WORKER, SECRETARY, STRANGER, WORKER, Town, case_number, fits, resident


class Conversation(unittest.TestCase):
    """One site for the class; each test has residents of its own, so that none meets another's words."""

    @classmethod
    def setUpClass(cls):
        cls.town = Town().__enter__()
        cls.addClassCleanup(cls.town.__exit__, None, None, None)
        cls.town.series()

    def say(self, number, text, *facts, most=70, **kw):
        """The answer: one short text that names the facts."""
        reply = self.town.say(number, text, **kw)
        self.assertTrue(reply, f"no answer to {text!r}")
        if reply.isascii():
            self.assertLessEqual(len(reply), 160, reply)
        elif number < resident(36) or number > resident(40):
            self.assertTrue(fits(reply, most), f"{len(reply)} units: {reply}")
        for fact in facts:
            self.assertIn(fact, reply, f"in the answer to {text!r}")
        return reply


class Meeting(Conversation):
    def count(self):
        m = self.town.meeting()
        return m["yes"], m["no"], m["people"]

    def changes(self, number, text, yes, no, people, *facts):
        before = self.count()
        reply = self.say(number, text, *facts)
        self.assertEqual(tuple(a - b for a, b in zip(self.count(), before)), (yes, no, people), f"after {text!r}: {reply}")
        return reply

    def test_coming_is_recorded_and_read_back(self):
        code = self.town.meeting()["code"]
        self.changes(resident(1), "1", 1, 0, 1, "1月12日", "15:00", "3号议事点", code)

    def test_every_way_to_say_yes(self):
        for i, text in enumerate(["１", " 1 ", "1。", "参加", "參加", "您好，我来", "我去", "报名", "cj", "ＣＪ", "来！"]):
            with self.subTest(text):
                self.changes(resident(2 + i), text, 1, 0, 1, "1月12日")

    def test_head_count(self):
        for i, (text, people) in enumerate([("1 3", 3), ("来3个", 3), ("１　２", 2), ("来三个人", 3)]):
            with self.subTest(text):
                self.changes(resident(14 + i), text, 1, 0, people, f"{people}人")

    def test_every_way_to_say_no(self):
        for i, text in enumerate(["2", "不来", "没空", "请假", "BCJ", "我不去了"]):
            with self.subTest(text):
                self.changes(resident(18 + i), text, 0, 1, 0, "1月12日")

    def test_changing_ones_mind_and_taking_it_back(self):
        who = resident(25)
        self.changes(who, "1 4", 1, 0, 4)
        self.changes(who, "2", -1, 1, -4)
        self.changes(who, "撤销", 1, -1, 4)
        self.changes(who, "错了", -1, 0, -4)
        self.changes(who, "UNDO", 0, 0, 0)

    def test_english(self):
        self.changes(resident(36), "YES", 1, 0, 1, "Fri 12 Jan", "15:00")
        self.changes(resident(37), "Sorry, I can't make it on Friday", 0, 1, 0, "Fri 12 Jan")

    def test_when_and_where(self):
        for text in ("7", "几点开会", "议题"):
            self.say(resident(26), text, "1月12日", "15:00", "3号议事点")

    def test_stranger_with_one_series_is_recorded(self):
        self.changes(STRANGER, "1", 1, 0, 1, "1月12日")


class Commands(Conversation):
    def test_the_menu_fits_two_segments(self):
        for text in ("0", "帮助", "?", "？", "怎么用"):
            reply = self.say(resident(1), text, most=134)
            for code in "123456789":
                self.assertIn(code, reply)

    def test_a_complaint_gets_a_number_a_category_and_a_place(self):
        reply = self.say(resident(2), "3 三栋楼道灯不亮了", "照明", "3栋", "6 ", "撤销")
        case = self.town.case(case_number(reply))
        self.assertEqual((case["category"], case["building"], case["state"]), ("lighting", "3", "assigned"))
        self.assertIn("楼道灯不亮", case["text"])
        self.assertTrue(case["due"])

    def test_the_trouble_itself_is_enough(self):
        case = self.town.case(case_number(self.say(resident(12), "你好，请问一下，4栋的电梯又停了，能不能来人看看")))
        self.assertEqual((case["category"], case["building"]), ("elevator", "4"))

    def test_bare_three_asks_and_the_next_text_is_the_matter(self):
        who = resident(3)
        cases = len(self.town.cases())
        self.say(who, "3")
        self.assertEqual(len(self.town.cases()), cases, "a bare 3 is no case")
        reply = self.say(who, "垃圾桶满了三天没人倒")
        self.assertEqual(self.town.case(case_number(reply))["category"], "garbage")

    def test_bare_four_asks_for_the_proposal(self):
        who = resident(4)
        self.say(who, "4")
        case = self.town.case(case_number(self.say(who, "给儿童乐园装个秋千")))
        self.assertEqual((case["kind"], case["text"]), ("proposal", "给儿童乐园装个秋千"))

    def test_a_command_after_a_question_is_that_command(self):
        who = resident(5)
        self.say(who, "3")
        self.say(who, "7", "1月12日")
        self.say(who, "3")
        self.say(who, "0", "9", most=134)

    def test_a_proposal_is_supported_by_number(self):
        n = case_number(self.say(resident(6), "4 门口装一个快递柜", "快递柜"))
        self.say(resident(7), f"5 {n}", str(n), "2人")
        self.say(resident(8), f"附议{n}", str(n), "3人")
        self.assertEqual(self.town.case(n)["supporters"], 2)
        self.say(resident(7), f"5 {n}", str(n))  # twice is once
        self.assertEqual(self.town.case(n)["supporters"], 2)
        self.say(resident(8), "撤销", str(n))
        self.assertEqual(self.town.case(n)["supporters"], 1)

    def test_bare_five_is_the_one_last_quoted(self):
        n = case_number(self.say(resident(9), "4 修一个自行车棚"))
        self.say(resident(10), f"6 {n}", str(n))
        self.say(resident(10), "5", str(n))
        self.assertEqual(self.town.case(n)["supporters"], 1)

    def test_unknown_numbers_are_said(self):
        self.say(resident(10), "5 9999", "9999")
        self.say(resident(10), "6 9999", "9999")

    def test_status_of_ones_own_and_of_a_strangers_case(self):
        n = case_number(self.say(resident(11), "3 门口的路上有个大坑，我叫王二麻子"))
        self.say(resident(11), "6", str(n), "1月8日", "大坑")
        self.say(resident(11), "查进度", str(n))
        other = self.say(resident(13), f"6 {n}", str(n), "1月8日", "道路")
        self.assertNotIn("大坑", other)
        self.assertNotIn("王二麻子", other)

    def test_undo_within_half_an_hour_only(self):
        who = resident(14)
        n = case_number(self.say(who, "3 健身器材掉了一个螺丝"))
        self.say(who, "撤销", str(n))
        self.assertNotIn(self.town.case(n)["state"], ("received", "verified", "assigned", "in_progress"))
        n = case_number(self.say(who, "3 健身器材掉了两个螺丝"))
        self.town.later(minutes=31)
        self.say(who, "撤销")
        self.assertEqual(self.town.case(n)["state"], "assigned")

    def test_undo_never_reverses_what_somebody_else_did(self):
        who = resident(15)
        n = case_number(self.say(who, "3 花坛里的树倒了"))
        self.say(WORKER, f"接 {n}", str(n))
        self.say(who, "撤销")
        self.assertEqual(self.town.case(n)["state"], "in_progress")

    def test_several_wishes_one_reply(self):
        who = resident(16)
        yes = self.town.meeting()["yes"]
        before = {c["number"] for c in self.town.cases()}
        reply = self.say(who, "1 楼道灯又坏了,还有下水堵了", "1月12日")
        fresh = [c for c in self.town.cases() if c["number"] not in before]
        self.assertEqual(sorted(c["category"] for c in fresh), ["lighting", "sewage"])
        for c in fresh:
            self.assertIn(str(c["number"]), reply)
        self.assertEqual(self.town.meeting()["yes"], yes + 1)
        self.say(who, "撤销")
        self.assertEqual(self.town.meeting()["yes"], yes)
        self.assertEqual([self.town.case(c["number"])["state"] for c in fresh], ["closed", "closed"])

    def test_the_same_trouble_becomes_support_and_undo_splits_it(self):
        n = case_number(self.say(resident(21), "3 5栋的单元门锁坏了关不上"))
        reply = self.say(resident(23), "5栋单元门锁坏了", str(n), "2人", "撤销")
        self.assertEqual((case_number(reply), self.town.case(n)["supporters"]), (n, 1))
        own = case_number(self.say(resident(23), "撤销"))
        self.assertNotEqual(own, n)
        self.assertEqual(self.town.case(n)["supporters"], 0)
        self.assertEqual(self.town.case(own)["state"], "assigned")

    def test_what_no_rule_understands_becomes_a_case(self):
        for text in ("昨晚梦见下大雨了呢", "asdf qwer zxcv", "👍🏻👨‍👩‍👧", "𠮷野家在哪"):
            with self.subTest(text):
                n = case_number(self.say(resident(17), text))
                self.assertIn(self.town.case(n)["state"], ("received",))

    def test_every_wish_is_answered(self):
        before = len(self.town.cases())
        for text in ("积分", "问 医保", "律师 合同纠纷怎么办", "零工", "平安 1", "8"):
            with self.subTest(text):
                self.say(resident(18), text)
        self.assertGreater(len(self.town.cases()), before)
        for text in ("回电", "删除我的信息"):
            self.say(resident(18), text)

    def test_thanks_opens_no_case(self):
        before = len(self.town.cases())
        self.town.say(resident(19), "谢谢")
        self.town.say(resident(19), "好的收到")
        self.assertEqual(len(self.town.cases()), before)
        answers = [m for m in self.town.rows(resident(19), "--out")]
        self.assertLessEqual(len(answers), 1, "courtesy has its limit")

    def test_private_words_are_seen_by_nobody_else(self):
        secret = "我跟儿媳妇过不下去了"
        self.town.text(resident(20), f"调解 {secret}")
        reply = self.town.answer(resident(20))
        self.assertTrue(fits(reply), reply)
        self.assertIn(secret, self.town.told(MEDIATOR, secret))
        everything = self.town.ok("case", "list") + self.town.ok("message", "list", "--full") + self.town.ok("events")
        for m in self.town.rows(MEDIATOR, "--out"):
            everything += self.town.ok("message", "show", m["id"], "--json") + self.town.ok("message", "show", m["id"])
        self.assertNotIn(secret, everything)
        self.assertNotIn(secret, self.town.ok("meeting", "agenda", self.town.meeting()["id"]))
        for name in ("yishi.db", "yishi.db-wal"):  # the file that the secretaries' group can open
            data = (self.town.dir / name).read_bytes()
            for form in (secret.encode(), secret.encode("utf-16-be").hex().upper().encode()):
                self.assertNotIn(form, data)
        own = self.town.dir / "yishi.private.db"
        self.assertIn(secret.encode(), own.read_bytes())
        self.assertEqual(own.stat().st_mode & 0o777, 0o600)
        n = case_number(reply)
        self.assertEqual(self.say(resident(22), f"6 {n}").replace(str(n), ""), self.say(resident(22), "6 9998").replace("9998", ""))
        for officer in (OFFICER, SECRETARY, WORKER):
            self.assertEqual(self.town.sent_to(officer, secret), [])

    def test_anonymous(self):
        reply = self.say(resident(24), "匿名举报，6栋后面有人烧垃圾")
        self.assertIn("匿名", reply)

    def test_english_is_answered_in_english(self):
        reply = self.say(resident(38), "The street lamp near building 5 is broken")
        self.assertTrue(reply.isascii(), reply)
        case = self.town.case(case_number(reply))
        self.assertEqual((case["category"], case["building"]), ("lighting", "5"))
        self.assertTrue(self.say(resident(38), "STATUS").count(str(case["number"])))

    def test_stop_and_start(self):
        who = resident(27)
        for text in ("退订", "订阅", "TD", "START", "别老给我发短信了", "START", "stop"):
            with self.subTest(text):
                self.say(who, text)
        person = next(p for p in self.town.json("person", "list", "--limit", "0") if who in p["numbers"])
        self.assertEqual(person["opted_out"], "broadcasts")
        self.say(who, "3 篮球架歪了")
        self.assertIn("9", self.say(who, "全停"))
        self.assertEqual(self.town.say(who, "3 乒乓球台裂了"), "", "all texts were stopped")
        self.assertEqual(len(self.town.cases("乒乓球台")), 1, "and yet nothing is lost")
        self.say(who, "START")

    def test_stop_the_noise_is_a_complaint(self):
        who = resident(28)
        n = case_number(self.say(who, "Stop the noise upstairs please"))
        self.assertEqual(self.town.case(n)["category"], "noise")
        n = case_number(self.say(who, "让楼上别吵了，天天半夜蹦迪"))
        self.assertEqual(self.town.case(n)["category"], "noise")

    def test_wrong_number_ends_everything(self):
        who = resident(29)
        self.say(who, "打错了，我不住你们小区")
        cases = len(self.town.cases())
        person = next(p for p in self.town.json("person", "list", "--limit", "0") if who in p["numbers"])
        self.assertEqual((person["unlinked"], person["unlinked_date"][:10]), ([who], "2035-01-08"))
        self.assertIn("2035-01-08", self.town.ok("person", "show", person["id"]))
        self.say(who, "撤销")
        self.assertEqual(len(self.town.cases()), cases)
        person = self.town.json("person", "show", person["id"])[0]
        self.assertEqual((person["unlinked"], person["unlinked_date"]), ([], None))

    def test_strangers_are_asked_to_register_once_and_can(self):
        who = "+8613912340007"
        first = self.say(who, "小区门口的路灯杆歪了", "登记")
        self.assertTrue(case_number(first))
        self.assertNotIn("登记 姓名", self.say(who, "健身步道上有狗屎"))
        self.say(who, "登记 孙大圣 5栋1单元302", "孙大圣", "5栋", "302")
        person = next(p for p in self.town.json("person", "list", "--limit", "0") if who in p["numbers"])
        self.assertEqual((person["name"], person["building"], person["unit"], person["room"]), ("孙大圣", "5", "1", "302"))
        self.assertFalse(person["confirmed"])
        self.say(who, "撤销")

    def test_full_stop_and_blanks_do_not_matter(self):
        n = case_number(self.say(resident(30), "３、凉亭的瓦片掉了！！！"))
        self.say(resident(30), f"６　{n}？", str(n))
        self.say(resident(30), f"查{n}号", str(n))


class Staff(Conversation):
    def open(self, who, text):
        return case_number(self.say(who, text))

    def test_taken_settled_rated_good(self):
        who, neighbour = resident(1), resident(3)
        n = self.open(who, "3 3栋楼道的灯不亮了")
        self.say(neighbour, f"5 {n}")
        self.say(WORKER, f"接 {n}", str(n))
        self.assertEqual(self.town.case(n)["state"], "in_progress")
        self.assertEqual(self.town.case(n)["assignee"], "陈师傅")
        for one in (who, neighbour):
            self.assertTrue(fits(self.town.told(one, f"第{n}号")))
        self.say(WORKER, f"办结 {n} 已换灯泡", str(n))
        self.assertEqual(self.town.case(n)["state"], "resolved")
        asked = self.town.told(who, "已换灯泡")
        for fact in ("1", "2", "3", str(n)):
            self.assertIn(fact, asked)
        self.assertTrue(fits(asked), asked)
        self.say(who, "1", str(n))
        self.assertEqual(self.town.case(n)["state"], "closed")

    def test_rated_bad_reopens(self):
        who = resident(2)
        n = self.open(who, "3 4号楼的下水管堵了，一直冒水")
        self.say(WORKER, f"接{n}")
        self.say(WORKER, f"办结{n}，已疏通")
        self.town.told(who, "回1")
        self.say(who, "没修好，还是堵", str(n))
        case = self.town.case(n)
        self.assertEqual((case["state"], case["reopened"]), ("in_progress", 1))

    def test_a_digit_belongs_to_the_question_and_a_command_to_itself(self):
        who = resident(4)
        n = self.open(who, "3 信箱的锁被撬了")
        self.say(WORKER, f"接 {n}")
        self.say(WORKER, f"办结 {n}")
        self.town.told(who, "回1")
        yes = self.town.meeting()["yes"]
        self.say(who, "1 2", "1月12日", "2人")  # a full command is that command
        self.assertEqual(self.town.meeting()["yes"], yes + 1)
        self.assertEqual(self.town.case(n)["state"], "resolved")
        self.say(who, "3", str(n))  # and a bare digit answers: fair
        self.assertEqual(self.town.case(n)["state"], "closed")

    def test_nobody_but_the_resident_says_content(self):
        n = self.open(resident(5), "3 晾衣架断了")
        self.say(WORKER, f"接 {n}")
        self.say(WORKER, f"办结 {n}")
        self.say(WORKER, "满意")
        self.say(resident(6), "满意")
        self.assertEqual(self.town.case(n)["state"], "resolved")

    def test_resolved_at_the_desk_asks_too(self):
        n = self.open(resident(7), "3 消防栓漏水")
        self.town.ok("case", "resolve", n, "--note", "已换阀门")
        self.assertIn(str(n), self.town.told(resident(7), "已换阀门"))

    def test_a_resident_is_answered_and_not_obeyed(self):
        n = self.open(resident(8), "3 门禁坏了刷不开")
        self.say(resident(9), f"办结 {n} 修好啦")
        self.say(resident(9), f"接 {n}")
        self.assertEqual(self.town.case(n)["state"], "assigned")

    def test_another_grids_worker_is_refused(self):
        n = self.open(resident(10), "3 井盖有点松动响得很")
        self.say(OTHER_WORKER, f"接 {n}", str(n))
        self.assertEqual(self.town.case(n)["state"], "assigned")

    def test_return_extend_verify(self):
        n = self.open(resident(11), "3 停车位被占了")
        self.say(WORKER, f"核实 {n} 属实", str(n))
        self.assertIn("verified", [j["entry"] for j in self.town.json("case", "show", n)[0]["journal"]])
        self.say(WORKER, f"接 {n}")
        due = self.town.case(n)["due"]
        self.say(WORKER, f"延 {n} 2", str(n), "2")
        self.assertGreater(self.town.case(n)["due"], due)
        self.say(WORKER, f"退 {n} 不归我管", str(n))
        self.assertNotEqual(self.town.case(n)["state"], "in_progress")

    def test_rejected_with_a_reason_that_is_told(self):
        n = self.open(resident(12), "3 请给我家换个新冰箱")
        self.town.ok("case", "reject", n, "--note", "不属社区职责")
        self.assertIn(f"第{n}号", self.town.told(resident(12), "不属社区职责"))


class Upset(Conversation):
    """Several texts of one thought, within the merge window."""

    @classmethod
    def setUpClass(cls):
        cls.town = Town(gateway={"merge_window": "90s"}).__enter__()
        cls.addClassCleanup(cls.town.__exit__, None, None, None)
        cls.town.series()

    def test_the_first_is_answered_the_others_join(self):
        who = resident(1)
        n = case_number(self.say(who, "楼上漏水了"))
        self.assertEqual(self.town.say(who, "天花板都湿透了"), "")
        self.assertEqual(self.town.say(who, "你们到底管不管"), "")
        self.assertEqual(len(self.town.cases()), len({c["number"] for c in self.town.cases()}))
        shown = self.town.ok("case", "show", n)
        self.assertIn("天花板都湿透了", shown)
        self.assertIn("你们到底管不管", shown)

    def test_commands_and_calls_for_help_are_never_held(self):
        who = resident(2)
        self.say(who, "垃圾没人收，臭死了")
        self.say(who, "1", "1月12日")
        self.say(who, "6", "垃圾")
        self.say(who, "救命，我妈晕倒了", "120")

    def test_after_the_window_it_is_a_new_text(self):
        who = resident(3)
        self.say(who, "路灯不亮")
        self.town.later(minutes=5)
        self.assertTrue(self.town.say(who, "电梯坏了"))


class NoMeeting(Conversation):
    @classmethod
    def setUpClass(cls):
        cls.town = Town().__enter__()
        cls.addClassCleanup(cls.town.__exit__, None, None, None)

    def test_none_is_said(self):
        for text in ("1", "2", "7"):
            self.assertNotRegex(self.say(resident(1), text), r"\d+月\d+日")

    def test_several_series_ask_a_stranger_for_the_building(self):
        self.town.series()
        self.town.series(grid="KS-04", at="16:00", place="4号议事点")
        self.say(STRANGER, "1", "栋")
        self.say(STRANGER, "3栋", "1月12日", "15:00", "3号议事点")
        self.assertEqual(self.town.meeting()["yes"], 1)
        self.say(resident(2), "1", "3号议事点")  # a resident's own grid is known


del Conversation  # it has no tests of its own

if __name__ == "__main__":
    unittest.main()
