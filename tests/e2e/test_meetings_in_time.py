"""Weeks of meetings by moving the clock file: PARTICIPATION section 6, the quiet hours and the clock guard."""
import unittest

from harness import wait_for
from town import WORKER, Town, case_number, fits, resident

COMES, DECLINES, SILENT, LATE, NO_CONSENT, OPTED_OUT, ELSEWHERE = (resident(i) for i in range(1, 8))
ENGLISH = resident(36)


class Calendar(Town):
    """Few people, so that each one's texts can be counted."""

    def settle(self):
        row = "{},居民,{},3,2,501,resident,{}\n".format
        self.registry(people="phone,name,grid,building,unit,room,roles,language\n" +
                      "".join(row(n, "KS-03", "zh") for n in (COMES, DECLINES, SILENT, LATE, OPTED_OUT)) +
                      row(ENGLISH, "KS-03", "en") + row(ELSEWHERE, "KS-04", "zh") +
                      f"{WORKER},陈师傅,KS-04,,,,grid_worker,zh\n")
        (self.dir / "more.csv").write_text("phone,name,grid,building\n" + f"{NO_CONSENT},无名,KS-03,3\n", encoding="utf-8")
        self.ok("person", "import", self.dir / "more.csv")

    def at(self, local):
        """Moves the clock; returns once the daemon has done all that is due then."""
        self.set_clock(f"{local}:00+08:00")
        self.say(WORKER, f"6 {self.stamp + 9000}")  # acted on, so the calendar was looked at as well
        self.settled()

    def settled(self):
        self.idle()

    def unasked(self):
        """How many texts about meetings each number got that answer nothing."""
        count = {}
        for m in self.rows(None, "--out"):
            if m["answers"] is None and m["kind"] == "reminder" and m["state"] != "cancelled":
                count[m["number"]] = count.get(m["number"], 0) + 1
        return count

    def step(self, local):
        """Who is texted unasked when it becomes `local`."""
        before = self.unasked()
        self.at(local)
        return {n for n, c in self.unasked().items() if c != before.get(n, 0)}


class Base(unittest.TestCase):
    def town(self, now="2035-01-08T10:00:00+08:00", **kw):
        town = Calendar(now=now, **kw)
        town.__enter__()
        self.addCleanup(town.__exit__, None, None, None)
        return town


class Month(Base):
    def test_a_month(self):
        town = self.town(gateway={"quiet_hours": "20:30-08:00"})
        town.ok("meeting", "series", "add", "--grid", "KS-03", "--rrule", "FREQ=WEEKLY;BYDAY=FR", "--at", "15:00",
                "--place", "3号议事点", "--except", "2035-01-26")
        starts = [m["starts"][:10] for m in town.json("meeting", "list", "--limit", "0")]
        self.assertEqual(starts[:3], ["2035-01-12", "2035-01-19", "2035-02-02"], "not on the 26th of January")
        n = case_number(town.say(SILENT, "3 楼道灯不亮"))
        town.say(OPTED_OUT, "退订")
        week = [("2035-01-09", "2035-01-11", "2035-01-12"), ("2035-01-16", "2035-01-18", "2035-01-19"),
                ("2035-01-30", "2035-02-01", "2035-02-02"), ("2035-02-06", "2035-02-08", "2035-02-09")]
        asked = {COMES, DECLINES, SILENT, LATE, ENGLISH}
        for i, (tuesday, thursday, friday) in enumerate(week):
            with self.subTest(friday):
                self.assertEqual(town.step(f"{tuesday}T14:58"), set(), "too early")
                self.assertEqual(town.step(f"{tuesday}T15:00"), asked)
                if i == 0:
                    self.check_invitation(town, n)
                self.assertEqual(town.step(f"{tuesday}T15:20"), set(), "once")
                town.say(COMES, "1 2")
                town.say(DECLINES, "2")
                town.say(ENGLISH, "yes")
                self.assertEqual(town.step(f"{thursday}T14:58"), set())
                silent = {SILENT} if i < 3 else set()  # three meetings without a word: no second reminder
                self.assertEqual(town.step(f"{thursday}T15:00"), {LATE} | silent)
                town.say(LATE, "来")
                self.assertEqual(town.step(f"{friday}T12:58"), set())
                self.assertEqual(town.step(f"{friday}T13:00"), {COMES, LATE, ENGLISH})
                code = next(m for m in town.json("meeting", "list", "--limit", "0") if m["starts"].startswith(friday))["code"]
                self.assertIn(code, town.sent_to(COMES)[-1]["text"])
                self.assertEqual(town.step(f"{friday}T15:01"), set(), "never after the start")
                self.assertEqual(town.step(f"{friday}T16:01"), set())
                meeting = next(m for m in town.json("meeting", "list", "--limit", "0") if m["starts"].startswith(friday))
                self.assertEqual((meeting["state"], meeting["yes"], meeting["no"], meeting["people"], meeting["unanswered"]),
                                 ("held", 3, 1, 4, 1))
        self.check_all(town)

    def check_invitation(self, town, case):
        text = town.sent_to(COMES)[-1]["text"]
        for fact in ("1月12日", "周五", "15:00", "3号议事点", f"{case}楼道灯", "1", "2", "TD"):
            self.assertIn(fact, text)
        self.assertIn("Fri 12 Jan", town.sent_to(ENGLISH)[-1]["text"])
        self.assertEqual(town.meeting()["agenda_items"], 1)
        self.assertTrue(town.events("meeting.invited"))

    def check_all(self, town):
        meetings = {m["id"]: m for m in town.json("meeting", "list", "--limit", "0")}
        for m in town.rows(None, "--out"):
            if m["meeting"] and m["answers"] is None:
                self.assertLessEqual(m["not_after"], meetings[m["meeting"]]["starts"])
                self.assertLess(m["sent"], meetings[m["meeting"]]["starts"])
                self.assertTrue(m["number"] == ENGLISH or fits(m["text"]), m["text"])
        for number in (NO_CONSENT, OPTED_OUT, ELSEWHERE):
            self.assertEqual([s["text"] for s in town.sent_to(number, "议事会")], [])


class Days(Base):
    def series(self, town, at="15:00", rrule="FREQ=WEEKLY;BYDAY=FR"):
        town.ok("meeting", "series", "add", "--grid", "KS-03", "--rrule", rrule, "--at", at, "--place", "3号议事点")

    def test_a_text_in_the_quiet_hours_goes_out_before_them(self):
        town = self.town(gateway={"quiet_hours": "20:30-08:00"})
        self.series(town, at="09:00", rrule="FREQ=WEEKLY;BYDAY=SA")
        town.at("2035-01-10T09:00")  # Saturday the 13th, three days before
        town.say(COMES, "1")
        self.assertEqual(town.step("2035-01-12T19:00"), {DECLINES, SILENT, LATE, OPTED_OUT, ENGLISH},
                         "the day before; the box looked late")
        self.assertEqual(town.step("2035-01-12T20:25"), {COMES}, "7:00 would be too early in the morning")
        self.assertEqual(town.step("2035-01-13T07:00"), set())
        self.assertEqual(town.step("2035-01-13T08:30"), set())

    def test_nothing_inside_the_quiet_hours(self):
        town = self.town(gateway={"quiet_hours": "20:30-08:00"}, now="2035-01-08T22:00:00+08:00")
        self.series(town, at="22:00", rrule="FREQ=WEEKLY;BYDAY=TH")
        town.at("2035-01-08T23:00")  # the invitation's moment is an hour ago, asleep
        self.assertEqual(town.unasked(), {})
        self.assertEqual(town.step("2035-01-09T08:00"), {COMES, DECLINES, SILENT, LATE, OPTED_OUT, ENGLISH})

    def test_a_cancelled_meeting_reminds_nobody(self):
        town = self.town()
        self.series(town)
        town.at("2035-01-09T15:00")
        town.say(COMES, "1")
        meeting = town.meeting()["id"]
        town.ok("meeting", "cancel", meeting, "--note", "下大雪")
        for number in (COMES, SILENT):
            self.assertIn("1月12日", town.told(number, "下大雪"))
        before = {n: len(town.sent_to(n, "提醒")) for n in (SILENT, COMES)}
        settings = town.log().count("the clock was set")
        for moment in ("2035-01-11T15:00", "2035-01-12T13:00", "2035-01-12T15:30"):
            town.at(moment)
        self.assertEqual(town.log().count("the clock was set"), settings + 3, "each is acted upon once")
        self.assertEqual({n: len(town.sent_to(n, "提醒")) for n in (SILENT, COMES)}, before)
        self.assertEqual(town.sent_to(COMES, "您报了名"), [])
        self.assertNotIn("1月12日", town.say(SILENT, "1"))

    def test_the_daemon_was_off_at_the_moment(self):
        town = self.town()
        self.series(town)
        town.at("2035-01-08T11:00")
        town.kill()
        town.set_clock("2035-01-10T09:00:00+08:00")
        town.start()
        everybody = {COMES, DECLINES, SILENT, LATE, OPTED_OUT, ENGLISH}
        town.at("2035-01-10T09:01")
        self.assertEqual(town.unasked(), dict.fromkeys(everybody, 1), "late, and once")
        town.restart()
        town.at("2035-01-10T09:02")
        self.assertEqual(town.unasked(), dict.fromkeys(everybody, 1), "not again")

    def test_a_series_that_comes_late_does_not_text_twice_in_a_row(self):
        town = self.town(now="2035-01-12T12:00:00+08:00")
        self.series(town)  # three hours before the start: invitation, and no reminder on its heels
        town.at("2035-01-12T12:01")
        once = town.unasked()
        self.assertLessEqual(max(once.values(), default=0), 1)
        town.at("2035-01-12T12:02")
        self.assertEqual(town.unasked(), once)

    def test_the_clock_set_back_then_right_again(self):
        town = self.town()
        self.series(town)
        town.at("2035-01-09T14:00")
        town.at("2034-12-26T15:00")
        wait_for(lambda: town.events("clock.implausible"), "the clock is mistrusted")
        self.assertEqual(town.unasked(), {})
        self.assertIn("1", town.say(SILENT, "3 楼道灯不亮"))  # who asks is answered
        town.at("2035-01-05T15:00")
        self.assertEqual(town.unasked(), {}, "still before what has been")
        self.assertEqual(len(town.events("clock.implausible")), 1, "said once")
        town.at("2035-01-09T15:00")
        self.assertTrue(town.events("clock.plausible"))
        self.assertEqual(set(town.unasked().values()), {1})
        self.assertEqual(len(town.unasked()), 6)

    def test_the_clock_set_forward_over_meetings(self):
        town = self.town()
        self.series(town)
        town.at("2035-01-09T15:00")
        first = town.unasked()
        self.assertEqual(len(first), 6)
        self.assertEqual(town.step("2035-01-29T10:00"), set(), "nothing about meetings that have been")
        states = {m["starts"][:10]: m["state"] for m in town.json("meeting", "list", "--limit", "0")}
        self.assertEqual((states["2035-01-12"], states["2035-01-19"], states["2035-01-26"]), ("held",) * 3)
        self.assertEqual(town.step("2035-01-30T15:00"), set(first), "the next one as ever")
        self.assertIn("2月2日", town.sent_to(COMES)[-1]["text"])

    def test_holidays_and_exceptions_added_later(self):
        town = self.town()
        self.series(town)
        town.at("2035-01-08T11:00")
        town.ok("meeting", "series", "except", "1", "2035-01-12")
        self.assertEqual(town.step("2035-01-09T15:00"), set())
        self.assertIn("1月19日", town.say(COMES, "1"))

    def test_one_question_at_a_time(self):
        town = self.town()
        self.series(town)
        n = case_number(town.say(COMES, "3 楼道灯不亮"))
        town.ok("case", "resolve", n, "--note", "已换灯泡")
        town.told(COMES, "已换灯泡")
        self.assertNotIn(COMES, town.step("2035-01-09T15:00"), "the question about the lamp is still open")
        town.say(COMES, "1")  # the lamp shines
        self.assertEqual(town.case(n)["state"], "closed")
        town.settled()
        self.assertIn("1月12日", town.told(COMES, "退订TD"))  # and now the invitation
        town.say(COMES, "1")
        self.assertEqual(town.meeting()["yes"], 1)

    def test_wrong_number_is_never_invited(self):
        town = self.town()
        self.series(town)
        town.say(SILENT, "打错了，我不住你们小区")
        self.assertNotIn(SILENT, town.step("2035-01-09T15:00"))

    def test_times_of_the_rounds_are_settings(self):
        town = self.town(gateway={"invite_before": "2d", "remind_before": "0", "last_call_before": "30m"})
        self.series(town)
        self.assertEqual(town.step("2035-01-09T15:00"), set())
        self.assertEqual(len(town.step("2035-01-10T15:00")), 6)
        town.say(COMES, "1")
        self.assertEqual(town.step("2035-01-11T15:00"), set())
        self.assertEqual(town.step("2035-01-12T13:00"), set())
        self.assertEqual(town.step("2035-01-12T14:30"), {COMES})


if __name__ == "__main__":
    unittest.main()
