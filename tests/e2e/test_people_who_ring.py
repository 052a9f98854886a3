"""A ring is enough: the gateway never picks up, and acts on who rang. PARTICIPATION section 4."""
import unittest

from harness import wait_for
from town import STRANGER, Town, case_number, fits, resident


class Rings(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.town = Town(gateway={"merge_window": "90s"}).__enter__()
        cls.addClassCleanup(cls.town.__exit__, None, None, None)
        cls.town.series()
        cls.town.set_clock("2035-01-09T15:00:00+08:00")
        cls.town.told(resident(40), "12 Jan")  # all are invited
        cls.town.quiet()

    def ring(self, number, **kw):
        """Rings and gives up; returns once that is acted on, with the answer or ""."""
        before = len(self.town.events("call.missed"))
        answered = len(self.town.rows(number, "--out")) if number else 0
        self.town.sim.ring(number, wait=True, **kw)
        wait_for(lambda: len(self.town.events("call.missed")) > before, "the call is recorded")
        self.town.quiet()
        fresh = (self.town.rows(number, "--out") if number else [])[answered:]
        self.assertLessEqual(len(fresh), 1, fresh)
        return fresh[0]["text"] if fresh else ""

    def yes(self):
        return self.town.meeting()["yes"]

    def test_a_ring_says_i_am_coming(self):
        yes = self.yes()
        reply = self.ring(resident(1))
        for fact in ("1月12日", "15:00", "3号议事点", self.town.meeting()["code"], "110", "120"):
            self.assertIn(fact, reply)
        self.assertTrue(fits(reply), reply)
        self.assertEqual(self.yes(), yes + 1)
        event = self.town.events("call.missed")[-1]["body"]
        self.assertEqual(event["number"], resident(1))

    def test_one_call_of_many_rings_is_one_call(self):
        before = len(self.town.events("call.missed"))
        self.ring(resident(2), rings=8)
        self.assertEqual(len(self.town.events("call.missed")), before + 1)
        self.assertEqual(len([m for m in self.town.rows(resident(2), "--in") if m["kind"] == "call"]), 1)

    def test_twice_within_ten_minutes_is_a_wish_to_talk(self):
        yes = self.yes()
        self.ring(resident(3))
        reply = self.ring(resident(3))
        self.assertNotIn("1月12日", reply)
        self.assertIn("120", reply)
        self.assertEqual(self.ring(resident(3)), "", "one text is enough")
        self.assertEqual(self.yes(), yes + 1, "and the first answer stands")

    def test_after_a_no_it_asks_and_changes_nothing(self):
        self.town.say(resident(4), "2")
        yes, no = self.yes(), self.town.meeting()["no"]
        reply = self.ring(resident(4))
        self.assertIn("1", reply)
        self.assertTrue(fits(reply), reply)
        self.assertEqual((self.yes(), self.town.meeting()["no"]), (yes, no))

    def test_unknown_landline_machine_and_withheld_are_recorded_only(self):
        for number in (STRANGER, "+867146512345", "10086", "95533", ""):
            with self.subTest(number):
                sent = len(self.town.sim.sent())
                self.assertEqual(self.ring(number), "")
                self.assertEqual(len(self.town.sim.sent()), sent)

    def test_who_has_texted_before_is_known(self):
        who = "+8613912340055"
        self.town.say(who, "3 栏杆松了")
        reply = self.ring(who)
        self.assertIn("120", reply)
        self.assertNotIn("1月12日", reply)

    def test_a_ring_while_another_question_is_open(self):
        who = resident(5)
        n = case_number(self.town.say(who, "3 储藏室进水了"))
        self.town.say(who, "1")
        self.town.ok("case", "resolve", n, "--note", "已抽干")
        self.town.told(who, "已抽干")
        self.ring(who)
        self.assertEqual(self.town.case(n)["state"], "resolved", "a ring rates nothing")

    def test_a_muted_phone_is_recorded_only(self):
        self.town.ok("person", "mute", resident(6))
        self.assertEqual(self.ring(resident(6)), "")

    def test_texts_still_come_in_while_it_rings(self):
        self.town.sim.ring(resident(7), rings=6, ring_ms=200)
        self.assertTrue(self.town.say(resident(8), "2"))
        wait_for(lambda: [m for m in self.town.rows(resident(7), "--in") if m["kind"] == "call"], "the call is recorded")
        self.town.quiet()

    def test_the_gateway_never_picks_up(self):
        self.ring(resident(9))
        self.assertNotRegex(str(self.town.sim.log()), r"\bATA\b")


class NoInvitation(unittest.TestCase):
    def test_a_ring_without_an_invitation_is_called_back(self):
        with Town() as town:
            town.sim.ring(resident(1), wait=True)
            reply = town.answer(resident(1))
            self.assertTrue(fits(reply))
            self.assertIn("120", reply)
            town.series()  # planned, nobody is invited yet: a ring is no answer to it
            town.sim.ring(resident(2), wait=True)
            town.answer(resident(2))
            self.assertEqual(town.meeting()["yes"], 0)

    def test_at_night_a_ring_is_kept_and_answered_in_the_morning(self):
        with Town(now="2035-01-08T23:00:00+08:00", gateway={"quiet_hours": "20:30-08:00"}) as town:
            town.sim.ring(resident(1), wait=True)
            wait_for(lambda: town.events("call.missed"), "the call is recorded")
            # somebody who rings is awake: whether it is answered now or in the morning, it is answered once
            town.set_clock("2035-01-09T08:00:00+08:00")
            town.answer(resident(1))
            town.quiet()
            self.assertEqual(len(town.sent_to(resident(1))), 1)


if __name__ == "__main__":
    unittest.main()
