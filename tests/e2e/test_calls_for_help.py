"""A call for help works in whatever state the box is: PARTICIPATION sections 4 and 5."""
import json
import unittest

from harness import wait_for
from town import MEDIATOR, OFFICER, SECRETARY, STRANGER, WORKER, Town, case_number, fits, resident

NUMBERS = ("110", "119", "120")


class Help(unittest.TestCase):
    config = {}
    now = None

    @classmethod
    def setUpClass(cls):
        cls.town = Town(gateway=cls.config, **({"now": cls.now} if cls.now else {})).__enter__()
        cls.addClassCleanup(cls.town.__exit__, None, None, None)

    def calls(self, number, text, words=None, officers=(OFFICER,)):
        """The caller is answered and every officer hears who it is and what was said. Returns the answer."""
        before = {o: len(self.town.sent_to(o, number)) for o in officers}
        reply = self.town.say(number, text)
        for fact in NUMBERS:
            self.assertIn(fact, reply, f"in the answer to {text!r}")
        for o in officers:
            alarm = self.town.answer(o, before[o] + 1, number)
            self.assertIn(words or text, alarm)
        return reply


class Words(Help):
    config = {"merge_window": "90s", "quiet_hours": "20:30-08:00", "answer_budget": "2"}

    def test_codes_and_words(self):
        for i, text in enumerate(("9", "９", "求助", "救命！", "sos", "ＳＯＳ", "HELP ME", "救命啊我摔倒了起不来")):
            with self.subTest(text):
                self.calls(resident(1 + i), text)

    def test_urgent_matters(self):
        for i, text in enumerate(("我妈摔倒了起不来", "厨房煤气漏了好大味", "3栋着火了", "路口的窨井盖没了，刚有小孩差点掉下去",
                                  "我爸胸口疼喘不上气", "3 家里着火了")):
            with self.subTest(text):
                reply = self.calls(resident(10 + i), text)
                self.assertTrue(fits(reply), reply)
        self.calls(resident(36), "Help, my mother fell and can't get up")

    def test_the_alarm_has_number_name_address_and_words(self):
        who = resident(21)
        self.town.say(who, "9")
        alarm = self.town.told(OFFICER, who)
        for fact in (who, "居民21", "KS-03", "5栋", "2单元", "401"):
            self.assertIn(fact, alarm)

    def test_it_is_an_open_urgent_case(self):
        n = case_number(self.calls(resident(22), "救命，有人抢东西"))
        case = self.town.case(n)
        self.assertEqual((case["state"], case["urgent"]), ("received", True))
        self.assertIn(n, [e["body"].get("case") for e in self.town.events("duty.called")])

    def test_nobody_else_hears_of_it(self):
        self.calls(resident(23), "救命，我被锁在地下室了")
        for other in (SECRETARY, WORKER, MEDIATOR):
            self.assertEqual(self.town.sent_to(other, resident(23)), [])

    def test_undo_sends_a_correction_and_recalls_nothing(self):
        who = resident(24)
        n = case_number(self.calls(who, "9"))
        reply = self.town.say(who, "撤销")
        self.assertTrue(reply)
        self.assertIn(str(n), self.town.answer(OFFICER, 2, who))
        self.assertEqual(self.town.case(n)["state"], "received", "only a person may close it")

    def test_twice_is_one_case_and_two_alarms(self):
        who = resident(25)
        n = case_number(self.calls(who, "9"))
        self.assertEqual(case_number(self.calls(who, "救命")), n)

    def test_beyond_the_budget(self):
        who = resident(26)
        for text in ("7", "0", "6", "谢谢", "几点开会"):
            self.town.say(who, text)
        self.calls(who, "救命，水淹进来了")

    def test_after_all_texts_were_stopped(self):
        who = resident(27)
        self.town.say(who, "全停")
        self.calls(who, "救命，我出不来了")

    def test_from_a_muted_phone(self):
        who = resident(28)
        self.town.ok("person", "mute", who)
        self.assertEqual(self.town.say(who, "3 你们都是骗子"), "")
        self.calls(who, "救命，我晕得厉害")

    def test_within_the_merge_window(self):
        who = resident(29)
        self.town.say(who, "楼道里有烟味")
        self.calls(who, "救命！着火了！")

    def test_from_a_stranger(self):
        self.calls(STRANGER, "救命，电梯里困住了")

    def test_beside_other_wishes(self):
        who = resident(30)
        self.calls(who, "1 我妈摔倒了起不来，快来人")

    def test_a_joke_of_many_calls_still_reaches(self):
        who = resident(31)
        for _ in range(5):
            self.town.later(seconds=50)
            self.calls(who, "9")

    def test_what_is_no_call_for_help(self):
        before = len(self.town.sent_to(OFFICER))
        for text in ("路灯不亮，救救孩子的眼睛吧求求了", "谢谢你们上次的帮助", "怎么求助？", "消防演习几点开始", "help"):
            self.town.say(resident(32), text)
        calls = [s["text"] for s in self.town.sent_to(OFFICER)[before:] if resident(32) in s["text"]]
        self.assertLessEqual(len(calls), 1, calls)  # one doubtful word too many is better than one too few


class Night(Help):
    now = "2035-01-08T23:40:00+08:00"
    config = {"quiet_hours": "20:30-08:00"}

    def test_at_night(self):
        self.calls(resident(1), "9")
        self.calls(resident(2), "我爸摔倒了")

    def test_a_text_that_waited_in_the_modem_is_still_an_alarm(self):
        # Hours old by its time stamp: an ordinary answer would wait for the morning.
        self.town.text(resident(3), "救命", scts="2035-01-08T21:00:00+08:00")
        self.assertIn("120", self.town.answer(resident(3)))
        self.town.told(OFFICER, resident(3))

    def test_with_the_clock_set_back_years(self):
        self.town.set_clock("1999-01-01T00:00:00+08:00")
        wait_for(lambda: self.town.events("clock.implausible"), "the clock is mistrusted")
        self.calls(resident(4), "救命，我腿断了")
        self.town.set_clock(self.now)


class Duty(unittest.TestCase):
    """Who is called, as the registry changes."""

    def town(self, *people, **kw):
        town = Town(**kw)
        town.settle = lambda: town.registry(people="phone,name,grid,building,unit,room,roles,language\n" + "".join(
            p + "\n" for p in people))
        town.__enter__()
        self.addCleanup(town.__exit__, None, None, None)
        return town

    WANG = f"{resident(1)},王秀英,KS-03,3,2,501,resident,zh"

    def test_all_secretaries_when_nobody_is_on_duty(self):
        town = self.town(self.WANG, "13800139004,赵书记,KS,,,,secretary,zh", "13800139014,钱书记,KS-04,,,,secretary,zh")
        status = town.run("status", "--json")
        self.assertEqual((json.loads(status.stdout)["duty_list_empty"], status.returncode), (True, 1))
        reply = town.say(resident(1), "9")
        self.assertIn("120", reply)
        for secretary in ("+8613800139004", "+8613800139014"):
            self.assertIn(resident(1), town.told(secretary, "9"))

    def test_that_nobody_could_be_reached_is_said(self):
        town = self.town(self.WANG)
        reply = town.say(resident(1), "救命")
        for fact in NUMBERS:
            self.assertIn(fact, reply)
        self.assertIn("联系不上", reply)
        self.assertTrue(fits(reply))
        self.assertIn("duty", town.run("status").stdout.lower())
        self.assertEqual(json.loads(town.run("status", "--json").stdout)["alarms"], 1)

    def test_the_officers_of_the_grid_upwards(self):
        town = self.town(self.WANG, "13800139003,周,KS-03,,,,duty_officer,zh", "13800139013,吴,KS,,,,duty_officer,zh",
                         "13800139023,郑,KS-04,,,,duty_officer,zh", "13800139004,赵书记,KS,,,,secretary,zh")
        town.say(resident(1), "9")
        town.told("+8613800139003", resident(1))
        town.quiet()
        self.assertEqual(town.sent_to("+8613800139023"), [], "another grid's officer")
        self.assertEqual(town.sent_to("+8613800139004"), [], "there is an officer")

    def test_an_officer_may_call_too(self):
        town = self.town("13800139003,周,KS-03,,,,duty_officer,zh", "13800139013,吴,KS-03,,,,duty_officer,zh")
        town.say("+8613800139003", "救命，我被打了")
        town.told("+8613800139013", "+8613800139003")

    def test_an_alarm_overtakes_a_broadcast(self):
        town = self.town(self.WANG, "13800139003,周,KS-03,,,,duty_officer,zh",
                         *[f"{resident(i)},居民,KS-03,3,1,10{i % 9},resident,zh" for i in range(2, 40)], air_ms=300)
        town.ok("broadcast", "new", "--to", "grid:KS-03", "--text", "明天上午停水检修，请提前储水。", "--yes")
        town.answer(resident(5), contains="停水")
        town.say(resident(1), "9")
        town.told("+8613800139003", resident(1))
        sent = town.sim.sent()
        alarm = next(i for i, s in enumerate(sent) if s["number"] == "+8613800139003" and resident(1) in s["text"])
        self.assertLess(alarm, len([s for s in sent if "停水" in s["text"]]) + 2)
        self.assertTrue([b for b in town.rows() if b["broadcast"] and b["state"] == "queued"], "the broadcast was still going out")


del Help

if __name__ == "__main__":
    unittest.main()
