"""Consultations: a question goes to a lawyer or a doctor and the answer comes back, and neither learns the other's number."""
import signal
import unittest

from town import Town, WANG, SECRETARY, case_number, resident, wait_for

LAWYER, FAR_LAWYER, DOCTOR = "+8613800139011", "+8613800139012", "+8613800139013"
LI = resident(2)


class ConsultTown(Town):
    def settle(self):
        super().settle()
        self.ok("person", "add", "--name", "张律师", "--phone", LAWYER, "--grid", "KS-03", "--roles", "expert")
        self.ok("person", "add", "--name", "Ms Lin", "--phone", FAR_LAWYER, "--grid", "KS", "--roles", "expert",
                "--expertise", "law")
        self.ok("person", "add", "--name", "吴医生", "--phone", DOCTOR, "--grid", "KS", "--roles", "expert")

    def consult(self, number):
        return self.json("consult", "show", number)[0]


class Asked(unittest.TestCase):
    """Each asker has a phone of their own, so the order does not matter."""

    @classmethod
    def setUpClass(cls):
        cls.town = ConsultTown().__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.town.__exit__(None, None, None)

    def ask(self, number, text="法律 房东不退押金怎么办"):
        reply = self.town.say(number, text)
        n = case_number(reply)
        self.town.told(LAWYER, f"第{n}号")
        return n

    def test_there_and_back_without_numbers(self):
        town, asker = self.town, resident(3)
        reply = town.say(asker, "法律 房东不退押金怎么办")
        self.assertIn("法律咨询", reply)
        n = case_number(reply)
        passed = town.told(LAWYER, f"第{n}号")
        self.assertIn("房东不退押金怎么办", passed)
        self.assertIn(f"答 {n}", passed)
        for secret in (asker, asker[3:], "居民3"):
            self.assertNotIn(secret, passed)
        self.assertIn("已把您的答复转给", town.say(LAWYER, f"答 {n} 可以起诉，先打12348问问"))
        answer = town.told(asker, "专家答")
        self.assertIn("可以起诉，先打12348问问", answer)
        for secret in (LAWYER, LAWYER[3:], "张律师"):
            self.assertNotIn(secret, answer)
        self.assertEqual(town.consult(n)["state"], "answered")
        self.assertIn("结束", town.say(asker, "谢谢"))
        self.assertEqual(town.consult(n)["state"], "closed")
        self.assertEqual(town.case(n)["state"], "closed")

    def test_a_further_question_goes_to_the_same_expert(self):
        town, asker = self.town, resident(4)
        n = self.ask(asker)
        self.assertIn("追问", town.say(asker, "法律 追问 那要多久"))
        self.assertIn("那要多久", town.told(LAWYER, f"第{n}号追问"))
        self.assertFalse(town.sent_to(FAR_LAWYER, f"第{n}号"))

    def test_it_is_in_no_public_list(self):
        town, asker = self.town, resident(5)
        n = self.ask(asker, "法律 我想离婚房子怎么分")
        self.assertEqual(town.case(n)["text"], "")
        self.assertIn("没有查到", town.say(resident(6), f"6 {n}"))
        self.assertIn("没有查到", town.say(resident(6), f"5 {n}"))
        self.assertIn(f"第{n}号", town.say(asker, f"6 {n}"))
        self.assertNotIn("离婚", str(town.json("case", "list", "--limit", "0")))
        self.assertIn("离婚", town.consult(n)["text"])

    def test_only_who_was_asked_may_answer(self):
        town, asker = self.town, resident(7)
        n = self.ask(asker)
        self.assertIn("不是转给您的", town.say(DOCTOR, f"答 {n} 多喝热水"))
        self.assertIn("不是转给您的", town.say(LAWYER, "答 9999 可以"))
        self.assertFalse(town.sent_to(asker, "热水"))

    def test_words_cannot_pose_as_ours(self):
        town, asker = self.town, resident(8)
        n = self.ask(asker, "法律 【矿山社区】”。请回：答 1 我的号码\n是13800138008，打给我")
        passed = town.sent_to(LAWYER, f"第{n}号")[0]["text"]
        self.assertEqual(passed.count("【"), 1)
        self.assertEqual(passed.count("”"), 2, passed)  # the words' and the one of 退
        self.assertNotIn("\n", passed)
        self.assertIn("13800138008", passed)  # what people write themselves stays

    def test_the_expert_gives_it_back(self):
        town, asker = self.town, resident(9)
        n = self.ask(asker)
        self.assertIn("转给别人", town.say(LAWYER, f"退 {n} 不懂这个"))
        self.assertIn("押金", town.told(FAR_LAWYER, f"第{n}号"))
        town.say(FAR_LAWYER, f"退 {n}")
        town.told(asker, f"第{n}号法律咨询还没有专家答复，已交社区书记")
        self.assertTrue([t for t in town.json("todo", "list") if t["kind"] == "consult" and f"case {n}" in t["note"]])

    def test_the_expert_ends_it(self):
        town, asker = self.town, resident(10)
        n = self.ask(asker)
        town.say(LAWYER, f"答 {n} 去法援中心")
        self.assertIn("已结束", town.say(LAWYER, f"办结 {n}"))
        self.assertEqual(town.consult(n)["state"], "closed")
        self.assertIn("转给", town.say(LAWYER, f"答 {n} 补充：带身份证"))  # not long after its end
        town.told(asker, "带身份证")
        other = case_number(town.say(asker, "法律 那工伤怎么赔"))
        self.assertNotEqual(n, other)

    def test_taken_back_at_once(self):
        town, asker = self.town, resident(11)
        n = self.ask(asker)
        self.assertIn("已撤销", town.say(asker, "撤销"))
        self.assertIn("不用答复", town.told(LAWYER, f"第{n}号法律咨询，对方已撤回"))
        self.assertIn("已经结束", town.say(LAWYER, f"答 {n} 还是说一下"))
        self.assertFalse(town.sent_to(asker, "还是说一下"))

    def test_not_taken_back_when_answered(self):
        town, asker = self.town, resident(12)
        n = self.ask(asker)
        town.say(LAWYER, f"答 {n} 可以")
        town.told(asker, "专家答")
        self.assertIn("不能自动撤销", town.say(asker, "撤销"))

    def test_the_word_alone_is_asked_about(self):
        town, asker = self.town, resident(13)
        self.assertIn("问题写", town.say(asker, "律师"))
        n = case_number(town.say(asker, "我爸的房子没过户怎么继承"))
        self.assertIn("继承", town.told(LAWYER, f"第{n}号"))

    def test_who_wants_no_texts_is_left_to_the_desk(self):
        town, asker = self.town, resident(14)
        n = self.ask(asker)
        town.say(asker, "全停")
        self.assertIn("不收短信", town.say(LAWYER, f"答 {n} 可以的"))
        town.quiet()
        self.assertFalse(town.sent_to(asker, "可以的"))
        self.assertTrue([t for t in town.json("todo", "list") if f"case {n}: answered" in t["note"]])

    def test_the_secretary_answers_and_passes_from_the_shell(self):
        town, asker = self.town, resident(15)
        n = self.ask(asker)
        doctor = next(p["id"] for p in town.json("person", "list", "--role", "expert") if p["numbers"] == [DOCTOR])
        town.ok("consult", "pass", n, "--to", doctor)
        town.told(DOCTOR, f"第{n}号")
        town.ok("consult", "answer", n, "--text", "周三下午来社区，律师在")
        town.told(asker, "周三下午来社区")
        town.ok("consult", "close", n)
        self.assertEqual(town.consult(n)["state"], "closed")
        self.assertEqual(town.run("consult", "show", "99999").returncode, 1)

    def test_danger_still_calls_for_help(self):
        town, asker = self.town, resident(16)
        self.assertIn("120", town.say(asker, "医生 我胸口疼喘不上气"))
        self.assertTrue([c for c in town.json("case", "list", "--limit", "0") if c["category"] == "safety"])

    def test_dissatisfied_it_goes_to_the_next(self):
        town, asker = self.town, resident(17)
        n = self.ask(asker)
        town.say(LAWYER, f"答 {n} 不知道")
        town.told(asker, "不知道")
        self.assertIn("再请别人", town.say(asker, "不满意"))
        town.told(FAR_LAWYER, f"第{n}号")

    def test_in_english(self):
        town, asker = self.town, resident(40)
        reply = town.say(asker, "Lawyer: can my landlord keep the deposit?")
        self.assertIn("question no.", reply)
        n = case_number(reply)
        town.told(LAWYER, "landlord")
        town.say(LAWYER, f"答 {n} No, he cannot")
        self.assertIn("No, he cannot", town.told(asker, "the expert says"))


class WithoutNumber(unittest.TestCase):
    def test_the_only_one_is_meant_of_several_none(self):
        with ConsultTown() as town:
            n = case_number(town.say(WANG, "法律 房东不退押金怎么办"))
            town.told(LAWYER, f"第{n}号")
            self.assertIn(f"第{n}号", town.say(LAWYER, "合同到期可以要求退押金，不退就起诉"))
            town.told(WANG, "不退就起诉")
            self.assertEqual(len(town.json("consult", "list", "--all")), 1)
            town.say(LI, "法律 离婚房子怎么分")
            self.assertIn("请回：答", town.say(LAWYER, "律师费能不能要求对方付"))
            self.assertFalse(town.sent_to(LI, "律师费"))
            self.assertIn("已把您的答复转给", town.say(LAWYER, f"{n} 带合同来看看"))
            town.told(WANG, "带合同来看看")


class InTime(unittest.TestCase):
    def test_unanswered_it_is_passed_on_and_then_to_the_desk(self):
        with ConsultTown(gateway={"quiet_hours": "20:30-08:00"}) as town:
            n = case_number(town.say(WANG, "法律 房东不退押金怎么办"))
            town.told(LAWYER, f"第{n}号")
            town.later(hours=5)
            town.quiet()
            self.assertFalse(town.sent_to(FAR_LAWYER))
            town.later(days=1)
            self.assertIn("押金", town.told(FAR_LAWYER, f"第{n}号"))
            town.later(days=1, hours=1)
            town.told(WANG, f"第{n}号法律咨询还没有专家答复，已交社区书记")
            town.say(LAWYER, f"答 {n} 抱歉才看到，可以起诉")  # late, and still passed on
            town.told(WANG, "抱歉才看到")
            self.assertEqual(len(town.sent_to(LAWYER, "房东")), 1)

    def test_a_further_question_waits_no_longer_and_silence_ends_it(self):
        with ConsultTown() as town:
            n = case_number(town.say(WANG, "法律 房东不退押金怎么办"))
            town.told(LAWYER, f"第{n}号")
            town.say(LAWYER, f"答 {n} 可以起诉")
            town.told(WANG, "可以起诉")
            town.later(days=3)
            town.say(WANG, "法律 那要多久")
            town.told(LAWYER, "那要多久")
            town.later(days=2)
            self.assertIn("押金怎么办；那要多久", town.told(FAR_LAWYER, f"第{n}号"))
            town.say(FAR_LAWYER, f"答 {n} 三个月")
            town.told(WANG, "三个月")
            town.later(days=8)
            wait_for(lambda: town.consult(n)["state"] == "closed", "it has ended")
            self.assertFalse(town.sent_to(WANG, "结束"))

    def test_asked_by_night_it_reaches_the_expert_in_the_morning(self):
        with ConsultTown(now="2035-01-08T22:00:00+08:00", gateway={"quiet_hours": "20:30-08:00"}) as town:
            n = case_number(town.say(WANG, "医生 血压高能不能吃柚子"))
            self.assertFalse(town.sent_to(DOCTOR))
            town.set_clock("2035-01-09T08:00:05+08:00")
            town.told(DOCTOR, f"第{n}号")

    def test_without_experts_the_secretary_has_it(self):
        with Town() as town:
            reply = town.say(WANG, "法律 房东不退押金怎么办")
            self.assertIn("社区书记", reply)
            self.assertEqual([t["kind"] for t in town.json("todo", "list")], ["consult"])

    def test_a_crash_tells_nobody_twice(self):
        with ConsultTown() as town:
            town.text(WANG, "法律 房东不退押金怎么办")
            town.text(LI, "医生 血压高能不能吃柚子")
            town.restart(signal.SIGKILL)
            town.told(LAWYER, "押金")
            town.told(DOCTOR, "柚子")
            town.quiet()
            self.assertEqual(len(town.sent_to(LAWYER)), 1)
            self.assertEqual(len(town.json("consult", "list")), 2)


if __name__ == "__main__":
    unittest.main()
