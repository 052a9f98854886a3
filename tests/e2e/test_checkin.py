"""People who live alone are asked once a day; silence goes to the neighbour, then to grid worker and officers."""
import json
import sqlite3
import unittest

from harness import wait_for
from town import OFFICER, OTHER_WORKER, SECRETARY, WORKER, Town, case_number, fits, resident

ELDER, BUDDY, OTHER = resident(1), resident(2), resident(3)


class Alone(unittest.TestCase):
    now = "2035-01-08T08:50:00+08:00"
    gateway = {"quiet_hours": "20:30-08:00"}
    plan = ("--at", "09:00", "--grace", "60")
    buddy = ("--buddy", BUDDY)

    def setUp(self):
        self.town = Town(now=self.now, gateway=self.gateway).__enter__()
        self.addCleanup(self.town.__exit__, None, None, None)
        self.id = self.add(ELDER, *self.buddy)

    def add(self, who, *more):
        return json.loads(self.town.ok("checkin", "add", "--person", who, *self.plan, *more, "--json"))["id"]

    def at(self, hhmm, day=8):
        self.town.set_clock(f"2035-01-{day:02}T{hhmm}:00+08:00")

    def state(self):
        return next(c["state"] for c in self.town.json("checkin", "list") if c["id"] == self.id)

    def asked(self, count=1, number=ELDER):
        text = self.town.answer(number, count, "今天好吗")
        self.town.idle()  # it counts from when the daemon knows that it has left
        return text

    def nothing(self, *numbers):
        self.town.quiet()
        for n in numbers:
            self.assertEqual(self.town.sent_to(n), [], n)


class Well(Alone):
    def test_one_text_a_day_and_one_thank_you(self):
        self.nothing(ELDER)
        self.at("09:00")
        text = self.asked()
        self.assertTrue(fits(text), text)
        self.assertIn("平安请回1", text)
        self.assertIn("居民1", text)
        self.town.restart()
        self.assertEqual(self.state(), "asked")
        self.assertIn("放心", self.town.say(ELDER, "1"))
        self.assertEqual(self.town.say(ELDER, "平安"), "")  # once a day
        self.assertEqual(self.state(), "well")
        self.at("20:00")
        self.nothing(BUDDY, OFFICER, WORKER)
        self.at("09:00", 9)
        self.asked(2)
        self.assertEqual(self.state(), "asked")
        answered = self.town.events("checkin.answered")
        self.assertEqual([(e["body"]["plan"], e["body"]["by"]) for e in answered], [(self.id, "person")])

    def test_any_text_or_ring_counts(self):
        for day, act in ((8, lambda: self.town.say(ELDER, "楼道灯又坏了")), (9, lambda: self.town.say(ELDER, "挺好的，别惦记")),
                         (10, lambda: self.town.sim.ring(ELDER, rings=1)), (11, lambda: self.town.say(ELDER, "1 3"))):
            with self.subTest(day):
                self.at("09:00", day)
                self.asked(day - 7)
                act()
                wait_for(lambda: self.state() == "well", "counts as an answer")
                self.at("11:00", day)
                self.nothing(BUDDY)

    def test_a_text_that_was_written_before_is_no_answer(self):
        self.at("09:00")
        self.asked()
        self.town.hear(ELDER, "昨天的菜很好吃", scts="2035-01-08T08:00:00+08:00")
        self.assertEqual(self.state(), "asked")

    def test_the_call_for_help_is_no_good_news(self):
        self.at("09:00")
        self.asked()
        self.assertIn("120", self.town.say(ELDER, "头晕得厉害"))
        self.town.told(OFFICER, "头晕")
        self.assertEqual(self.state(), "help")
        self.at("11:00")
        self.nothing(BUDDY)

    def test_holidays_are_days_like_any_other_and_weekdays_are_kept(self):
        self.town.ok("checkin", "remove", self.id)
        self.id = self.add(ELDER, "--days", "mon-fri")
        self.at("09:00", 12)
        self.asked()
        self.at("12:00", 13)  # a Saturday
        self.town.quiet()
        self.assertEqual(len(self.town.sent_to(ELDER, "今天好吗")), 1)

    def test_beside_an_open_question(self):
        """The check-in comes on top of an invitation, which is open again afterwards."""
        self.town.series()
        self.town.ok("checkin", "pause", self.id, "--until", "2035-01-10")
        self.at("15:00", 9)
        self.town.answer(ELDER, 1, "议事会")
        self.at("09:00", 10)
        self.asked()
        self.assertIn("放心", self.town.say(ELDER, "1"))
        self.assertEqual(self.state(), "well")
        self.assertIn("来开会", self.town.say(ELDER, "1"))

    def test_a_late_answer_still_counts(self):
        self.at("09:00")
        self.asked()
        self.at("10:00")
        self.town.answer(BUDDY)
        self.at("10:20")
        self.town.say(ELDER, "1")
        self.assertEqual(self.state(), "well")
        back = self.town.answer(BUDDY, 2)
        self.assertIn("不用再去", back)
        self.at("13:00")
        self.nothing(OFFICER, WORKER)


class Silence(Alone):
    def silent(self):
        self.at("09:00")
        self.asked()
        self.at("10:00")
        return self.town.answer(BUDDY)

    def test_the_neighbour_then_officers_and_the_grid_worker(self):
        text = self.silent()
        for fact in ("居民1", ELDER, "3栋", "2单元", "201", f"平安 {self.id}"):
            self.assertIn(fact, text)
        self.nothing(OFFICER, WORKER)
        self.at("11:00")
        for who in (OFFICER, WORKER):
            alarm = self.town.told(who, "没有回平安")
            for fact in ("居民1", ELDER, "3栋", "201", "结对邻居"):
                self.assertIn(fact, alarm)
        self.nothing(OTHER_WORKER, SECRETARY)
        row = self.town.json("checkin", "list")[0]
        self.assertEqual(row["state"], "called")
        case = self.town.case(row["case"])
        self.assertEqual((case["category"], case["urgent"]), ("elderly", True))
        self.at("11:10")
        self.town.told(SECRETARY, "无人接")  # the ladder, as for every call for help
        self.assertIn("由您处理", self.town.say(WORKER, f"确认 {row['case']}"))
        self.town.told(OFFICER, "由陈师傅处理")
        # and at last the old lady herself
        self.town.say(ELDER, "手机没电了，我没事")
        self.assertIn("刚才有回音", self.town.told(OFFICER, "更正"))
        self.assertEqual(self.state(), "well")
        self.assertEqual(self.town.case(row["case"])["state"], "in_progress", "a person settles it")

    def test_the_neighbour_has_looked(self):
        for i, words in enumerate(("平安", "去看过了，没事", f"平安 {self.id}", "没事，刚见到他", "她挺好的")):
            with self.subTest(words):
                day = 8 + i
                self.at("09:00", day)
                self.asked(1 + i)
                self.at("10:00", day)
                self.town.answer(BUDDY, i + 1, "没回平安")
                self.assertIn("谢谢您去看居民1", self.town.say(BUDDY, words))
                self.assertEqual(self.state(), "well")
        self.at("14:00", 12)
        self.nothing(OFFICER)
        by = [e["body"]["by"] for e in self.town.events("checkin.answered")]
        self.assertEqual(set(by), {"buddy"})

    def test_got_it_is_no_news(self):
        self.silent()
        for words in ("收到", "好的，马上去"):
            self.town.say(BUDDY, words)
            self.assertEqual(self.state(), "buddy", words)
        self.at("11:00")
        self.town.told(OFFICER, "没有回平安")

    def test_the_neighbour_finds_her_lying(self):
        self.silent()
        self.assertIn("120", self.town.say(BUDDY, "她摔倒了起不来"))
        alarm = self.town.told(OFFICER, "摔倒")
        for fact in ("居民1", BUDDY, "201"):
            self.assertIn(fact, alarm)
        self.assertEqual(self.state(), "help")
        self.at("12:00")
        self.assertEqual(len(self.town.sent_to(OFFICER, "没有回平安")), 0)

    def test_the_neighbour_takes_it_back(self):
        self.silent()
        self.town.say(BUDDY, "平安")
        self.assertTrue(self.town.say(BUDDY, "撤销"))
        self.assertEqual(self.state(), "buddy")
        self.at("10:10")
        self.town.told(OFFICER, "没有回平安")

    def test_somebody_else_cannot_answer(self):
        self.silent()
        self.town.say(OTHER, "平安")
        self.town.say(OTHER, f"平安 {self.id}")
        self.assertEqual(self.state(), "buddy")

    def test_across_a_crash(self):
        self.at("09:00")
        self.asked()
        self.town.kill()
        self.at("10:05")
        self.town.start()
        self.town.answer(BUDDY)
        self.town.kill()
        self.at("11:10")
        self.town.start()
        self.town.told(OFFICER, "没有回平安")
        self.town.restart()
        self.town.quiet()
        self.assertEqual(len(self.town.sent_to(BUDDY)), 1)
        self.assertEqual(len(self.town.cases("没有回平安")), 1)

    def test_two_silent_people_of_one_neighbour(self):
        second = self.add(OTHER, *self.buddy)
        self.at("09:00")
        self.asked(number=OTHER)
        self.asked()
        self.at("10:00")
        self.town.answer(BUDDY, 2, "没回平安")
        self.assertIn("平安", self.town.say(BUDDY, "平安"))
        self.assertEqual(self.state(), "buddy", "which of the two?")
        self.town.say(BUDDY, f"平安 {second}")
        self.assertEqual([c["state"] for c in self.town.json("checkin", "list")], ["buddy", "well"])
        self.town.say(BUDDY, "平安")
        self.assertEqual(self.state(), "well")

    def test_removed_and_paused(self):
        self.silent()
        self.town.ok("checkin", "remove", self.id)
        self.at("12:00")
        self.nothing(OFFICER)
        self.id = self.add(ELDER, *self.buddy)
        self.town.ok("checkin", "pause", self.id, "--until", "2035-01-11")
        self.at("12:00", 10)
        self.town.quiet()
        self.assertEqual(len(self.town.sent_to(ELDER, "今天好吗")), 1)
        self.at("09:00", 11)
        self.asked(2)


class NoBuddy(Alone):
    buddy = ()

    def test_straight_to_the_officers(self):
        self.at("09:00")
        self.asked()
        self.at("10:00")
        alarm = self.town.told(OFFICER, "没有回平安")
        self.assertNotIn("结对", alarm)
        self.town.told(WORKER, "没有回平安")

    def test_a_calendar_that_cannot_be_read_stops_nobody_else(self):
        with sqlite3.connect(self.town.dir / "yishi.db") as db:
            db.execute("ALTER TABLE series RENAME TO series_gone")
        self.at("09:00")
        self.asked()
        self.assertIn("the schedule cannot be looked at yet", self.town.log())

    def test_opted_out_means_that_the_secretary_is_told(self):
        self.town.say(ELDER, "全停")
        self.at("09:00")
        wait_for(lambda: self.state() == "skipped", "skipped")
        chore = [c for c in self.town.json("todo", "list") if c["kind"] == "checkin"]
        self.assertIn("opted out", chore[0]["note"])
        self.at("12:00")
        self.nothing(OFFICER)
        self.assertEqual(self.town.sent_to(ELDER, "今天好吗"), [])

    def test_never_in_the_quiet_hours(self):
        self.town.kill()
        self.at("19:50")
        self.town.start()
        wait_for(lambda: self.state() == "skipped", "too late for today")
        self.nothing(ELDER)
        self.assertIn("not asked today", self.town.json("todo", "list")[0]["note"])
        self.at("02:00", 9)
        self.nothing(ELDER)
        self.at("09:30", 9)  # was busy elsewhere: half an hour late
        self.asked()

    def test_what_is_wrong_is_said(self):
        for args, code in ((("add", "--person", OTHER, "--at", "20:00"), 65), (("add", "--person", OTHER, "--at", "22:00"), 65),
                           (("add", "--person", OTHER), 64), (("add", "--person", "99999", "--at", "09:00"), 1),
                           (("add", "--person", ELDER, "--at", "09:00"), 65), (("add", "--person", OTHER, "--at", "9点"), 64),
                           (("add", "--person", OTHER, "--at", "09:00", "--buddy", OTHER), 64), (("show", "77"), 1),
                           (("remove", "77"), 1), (("pause", "77", "--off"), 1), (("pause", self.id), 64)):
            with self.subTest(args):
                done = self.town.run("checkin", *args)
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertTrue(done.stderr.strip())

    def test_show(self):
        self.at("09:00")
        self.asked()
        self.town.say(ELDER, "1")
        row = self.town.json("checkin", "show", self.id)[0]
        self.assertEqual(row["days_past"], [{"day": "2035-01-08", "state": "well"}])
        self.assertIn("2035-01-08", self.town.ok("checkin", "show", self.id))

    def test_who_is_forgotten_is_asked_no_more(self):
        person = next(p for p in self.town.json("person", "list") if ELDER in p["numbers"])
        self.at("09:00")
        self.asked()
        self.town.ok("person", "forget", person["id"], "--yes")
        self.at("12:00")
        self.nothing(OFFICER)
        self.assertEqual(self.town.json("checkin", "list"), [])


if __name__ == "__main__":
    unittest.main()
