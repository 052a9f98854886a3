"""Which question a bare answer belongs to: one at a time, the others wait; set aside, void, late; and the last text once more."""
import datetime
import unittest

from harness import wait_for
from town import OFFICER, WORKER, Town, case_number, fits, resident


class Questions(unittest.TestCase):
    gateway = {}

    @classmethod
    def setUpClass(cls):
        cls.town = Town(gateway=cls.gateway).__enter__()
        cls.addClassCleanup(cls.town.__exit__, None, None, None)

    def say(self, number, text, *facts):
        reply = self.town.say(number, text)
        for fact in facts:
            self.assertIn(fact, reply, f"in the answer to {text!r}")
        self.assertTrue(fits(reply, 134), reply)
        return reply

    def texts(self, number, contains):
        return [m for m in self.town.rows(number, "--out") if contains in m["text"] and m["state"] in ("sent", "delivered")]

    def hears(self, number, contains, count=1):
        return wait_for(lambda: len(self.texts(number, contains)) >= count and self.texts(number, contains)[-1],
                        f"{number} hears {contains!r}")["text"]

    def settled(self, number, words):
        """A case of this phone that the desk has settled: it is asked whether it is."""
        case = case_number(self.town.say(number, f"3 {words}"))
        self.town.ok("case", "resolve", str(case), "--note", "已换")
        return case

    def poll(self, who, question, closes="+4h"):
        return self.town.json("poll", "new", "--question", question, "--to", f"number:{who}", "--closes", closes)[0]["id"]

    def poll_votes(self, poll):
        return [o["votes"] for o in self.town.json("poll", "show", str(poll))[0]["options"]]


class OneAtATime(Questions):
    def test_a_poll_waits_for_the_rating(self):
        who = resident(1)
        case = self.settled(who, "电梯坏了")
        self.hears(who, "修好了回1")
        poll = self.poll(who, "凉亭刷绿漆？")
        self.town.quiet()
        self.assertFalse(self.texts(who, "凉亭"))
        self.say(who, "1", f"第{case}号", "办结")
        self.hears(who, "凉亭")
        self.say(who, "1", "凉亭", "赞成")
        self.assertEqual(self.poll_votes(poll), [1, 0, 0])

    def test_a_rating_waits_for_the_poll(self):
        who = resident(2)
        self.poll(who, "车棚装灯？")
        self.hears(who, "车棚")
        case = self.settled(who, "楼道灯坏了")
        self.town.quiet()
        self.assertFalse(self.texts(who, "修好了回1"))
        self.say(who, "2", "车棚", "反对")
        self.hears(who, f"第{case}号")
        self.say(who, "2", "退回重办")

    def test_the_case_is_reopened_under_the_question(self):
        who = resident(3)
        case = self.settled(who, "下水道堵了")
        self.hears(who, "修好了回1")
        self.poll(who, "门口装长椅？")
        self.town.ok("case", "reopen", str(case), "--note", "没修完")
        self.hears(who, "门口装长椅")
        self.say(who, "1", "长椅", "赞成")

    def test_the_poll_is_cancelled_under_the_question(self):
        who = resident(4)
        first = self.poll(who, "围墙拆不拆？")
        self.hears(who, "围墙")
        self.poll(who, "树剪不剪？")
        self.town.ok("poll", "cancel", str(first))
        self.hears(who, "树剪不剪")
        self.say(who, "1", "树剪不剪")

    def test_the_meeting_is_cancelled_under_the_question(self):
        self.town.series(at="16:00")
        who = resident(5)
        meeting = self.town.meeting()["id"]
        self.town.later(days=1, hours=7)  # the invitation
        self.hears(who, "开议事会")
        poll = self.poll(who, "井盖换不换？", closes="+2d")
        self.town.quiet()
        self.assertFalse(self.texts(who, "井盖"))
        self.town.ok("meeting", "cancel", str(meeting), "--note", "会场维修")
        self.hears(who, "井盖")
        self.say(who, "1", "井盖")
        self.assertEqual(self.poll_votes(poll), [1, 0, 0])

    def test_wrong_number_ends_all_questions(self):
        who = resident(6)
        self.poll(who, "花坛种什么？")
        self.hears(who, "花坛")
        self.town.say(who, "打错了")
        self.assertNotIn("花坛", self.town.say(who, "1"))

    def test_a_call_for_help_and_the_menu_are_no_answers(self):
        who = resident(7)
        poll = self.poll(who, "亭子修不修？")
        self.hears(who, "亭子")
        self.say(who, "9", "120")
        self.say(who, "0", "求助")
        self.assertEqual(self.poll_votes(poll), [0, 0, 0])
        self.say(who, "2", "亭子", "反对")

    def test_an_answer_is_not_merged_with_what_was_said_before(self):
        who = resident(8)
        first = case_number(self.say(who, "3 电梯停了"))
        self.say(who, "3")
        self.assertNotEqual(case_number(self.say(who, "垃圾桶满了")), first)


class Late(Questions):
    def test_a_rating_after_eight_days(self):
        who = resident(1)
        case = self.settled(who, "路灯不亮")
        self.hears(who, "修好了回1")
        self.town.later(days=8)
        self.say(who, "1", f"第{case}号", "办结")
        self.assertIn(self.town.case(case)["state"], ("closed", "confirmed"))

    def test_a_rating_in_words_much_later(self):
        who = resident(2)
        case = self.settled(who, "水管漏水")
        self.hears(who, "修好了回1")
        self.town.later(days=12)
        self.say(who, "没修好", f"第{case}号", "退回重办")

    def test_after_weeks_a_digit_is_a_code_again(self):
        who = resident(3)
        self.settled(who, "门禁坏了")
        self.hears(who, "修好了回1")
        self.town.later(days=20)
        self.say(who, "3", "出了什么事")

    def test_the_digit_of_the_open_question_first(self):
        who = resident(4)
        self.poll(who, "旧椅子扔不扔？", closes="+1h")
        self.hears(who, "旧椅子")
        self.town.later(hours=2)
        self.poll(who, "新椅子买不买？")
        self.hears(who, "新椅子")
        self.say(who, "1", "新椅子", "赞成")


class LateForTheMeeting(Questions):
    def test_yes_after_the_meeting(self):
        self.town.series()
        who = resident(1)
        for moment in ("2035-01-09T15:00:00+08:00", "2035-01-11T15:00:00+08:00"):
            self.town.set_clock(moment)
            self.town.quiet()
        self.hears(who, "开议事会")
        self.town.set_clock("2035-01-12T18:00:00+08:00")
        wait_for(lambda: self.town.meeting()["state"] == "held", "the meeting is over")
        before = [m["yes"] for m in self.town.json("meeting", "list", "--limit", "0")]
        self.say(who, "1", "已经开过", "1月19日")
        self.assertEqual([m["yes"] for m in self.town.json("meeting", "list", "--limit", "0")], before)
        self.say(who, "1", "1月19日", "签到码")


class Resend(Questions):
    def test_the_last_answer_once_more_and_not_too_often(self):
        who = resident(1)
        answer = self.say(who, "3 电梯坏了")
        self.assertEqual(self.say(who, "重发"), answer)
        self.say(who, "重发", "重发过")
        self.town.later(minutes=11)
        self.assertEqual(self.say(who, "重发"), answer)

    def test_an_open_question_too(self):
        who = resident(2)
        self.poll(who, "水池修不修？")
        question = self.hears(who, "水池")
        self.assertEqual(self.say(who, "重发"), question)
        self.say(who, "1", "水池", "赞成")

    def test_nothing_and_never_private_words(self):
        self.say(resident(3), "重发", "没有可以重发")
        secret = resident(4)
        self.town.json("poll", "new", "--question", "换物业？", "--to", f"number:{secret}", "--closes", "+4h", "--secret")
        self.hears(secret, "换物业")
        self.town.text(secret, "1", scts=self.town.now().isoformat())
        wait_for(lambda: [m for m in self.town.rows(secret, "--out") if m["text"] == "***" and m["state"] == "delivered"], "voted")
        self.say(secret, "重发", "没有可以重发")


class Attention(Questions):
    gateway = {"answer_budget": "3"}

    def test_over_the_budget_votes_still_count(self):
        who = resident(1)
        poll = self.poll(who, "凉亭修不修？")
        self.hears(who, "凉亭")
        for text in ("7", "0", "6"):
            self.town.say(who, text)
        self.assertIn("都收到并记下", self.town.say(who, "1"))
        self.assertEqual(self.poll_votes(poll), [1, 0, 0])
        self.assertEqual(self.town.say(who, "投2"), "", "the notice comes once")
        self.assertEqual(self.poll_votes(poll), [0, 1, 0])
        self.assertIn("120", self.town.say(who, "9"))

    def test_words_that_begin_with_a_digit_are_no_command(self):
        who = resident(2)
        answers = []
        for _ in range(5):
            self.town.later(seconds=20)
            answers.append(self.town.say(who, "2分钟后回复您，请稍候"))
        self.assertIn("loop", self.town.ok("todo", "list", "--json"))
        self.assertEqual(answers[-1], "")

    def test_staff_have_no_budget(self):
        for i in range(6):
            self.assertTrue(self.town.say(WORKER, "7"))
        self.assertTrue(self.town.say(OFFICER, "7"))


class Lines(unittest.TestCase):
    def test_each_line_of_the_box_is_a_machine(self):
        with Town(modem={"number": "+8613800000077"}) as town:
            for number in ("+8613800000077", "+8613800000000"):
                self.assertEqual(town.say(number, "3 楼道灯坏了"), "")
            self.assertEqual(town.cases(), [])
            self.assertTrue(town.say(resident(1), "7"))


class Generous(Questions):
    gateway = {"answer_budget": "0"}

    def test_without_a_budget_there_is_no_loop_guard(self):
        who = resident(1)
        for i in range(7):
            self.town.later(seconds=10)
            self.assertTrue(self.town.say(who, "请问垃圾车几点来"), i)

    def test_thanks_once_a_day(self):
        who = resident(2)
        self.assertTrue(self.town.say(who, "谢谢"))
        self.assertEqual(self.town.say(who, "谢谢你们"), "")
        self.town.set_clock((self.town.now() + datetime.timedelta(days=1)).isoformat())
        self.assertTrue(self.town.say(who, "谢谢"))


if __name__ == "__main__":
    unittest.main()
