"""The main story over the real daemon, the emulated modem and the tool: a trouble becomes an agenda item, is answered,
supported, invited to, settled and rated; a call for help arrives; a crash loses nothing and repeats nothing."""
import signal
import unittest

from harness import Site, wait_for

WANG, LI, JOHN, WORKER, BOSS = ("+8613800138001", "+8613800138002", "+8613800138003", "+8613800138008", "+8613800138009")
STRANGER = "+8613900139001"


class Story(unittest.TestCase):
    def test_from_trouble_to_rating(self):
        with Site(now="2026-11-16T10:00:00+08:00", gateway={"quiet_hours": "20:30-08:00"}) as site:
            site.registry()
            site.ok("meeting", "series", "add", "--grid", "KS-03", "--rrule", "FREQ=WEEKLY;BYDAY=FR", "--at", "15:00",
                    "--place", "3号议事点")
            site.text(WANG, "3 楼道灯坏了")
            self.assertIn("第1号", site.answer(WANG))
            site.text(LI, "4 在小广场装几个健身器材")
            self.assertIn("第2号", site.answer(LI))
            site.text(STRANGER, "5 2")
            self.assertIn("附议第2号", site.answer(STRANGER))
            case = site.json("case", "list", "--state", "open", "--grid", "KS-03")[0]
            self.assertEqual((case["number"], case["category"], case["building"], case["unit"], case["room"]),
                             (1, "lighting", "3", "2", "501"))

            # Three days ahead the invitation, to the people of the grid and to nobody else.
            site.set_clock("2026-11-17T15:00:05+08:00")
            invitation = site.answer(WANG, contains="回1")
            self.assertIn("11月20日周五15:00", invitation)
            self.assertIn("健身器材", invitation)
            self.assertIn("Come?", site.answer(JOHN))
            site.text(WANG, "1 2")
            self.assertIn("2人", site.answer(WANG, contains="签到码"))
            meeting = site.json("meeting", "list")[0]
            self.assertEqual((meeting["yes"], meeting["people"], meeting["agenda_items"]), (1, 2, 2))
            agenda = site.json("meeting", "agenda", meeting["id"])
            self.assertEqual([(a["position"], a["case"], a["supporters"]) for a in agenda], [(1, 2, 2), (2, 1, 1)])
            site.sim.ring(LI)
            self.assertIn("记下您来开会", site.answer(LI, contains="来电"))

            # A day ahead the reminder, to who is silent; two hours ahead the last call, to who comes.
            site.set_clock("2026-11-19T15:00:05+08:00")
            site.answer(JOHN, contains="Reminder")
            site.set_clock("2026-11-20T13:00:05+08:00")
            site.answer(WANG, contains="报了名")
            site.answer(LI, contains="报了名")
            self.assertFalse(site.sent_to(WANG, "提醒"))
            self.assertFalse(site.sent_to(JOHN, "Door code"))

            # Settled by the secretary's shell, rated by the resident, reopened.
            site.ok("case", "resolve", "1", "--note", "已换灯泡")
            self.assertIn("已换灯泡", site.answer(WANG, contains="修好了回1"))
            site.text(WANG, "2")
            self.assertIn("重办", site.answer(WANG, contains="对不起"))
            self.assertEqual(site.json("case", "show", "1")[0]["state"], "in_progress")
            site.idle()
            self.assertFalse([m for m in site.json("message", "list", "--limit", "0") if m["state"] == "failed"])

    def test_help_by_night(self):
        with Site(now="2026-11-16T23:30:00+08:00", gateway={"quiet_hours": "20:30-08:00"}) as site:
            site.registry()
            site.text(LI, "9 我摔倒了起不来")
            self.assertIn("120", site.answer(LI))
            alarm = site.answer(BOSS)
            for part in (LI, "李建国", "3栋", "1单元", "202", "我摔倒了起不来"):
                self.assertIn(part, alarm)
            site.text(LI, "撤销")
            site.answer(BOSS, contains="更正")

    def test_a_crash_repeats_nothing(self):
        with Site(now="2026-11-16T10:00:00+08:00", gateway={"answer_budget": 0}) as site:
            site.registry()
            for i in range(4):
                site.text(f"+861390013910{i}", f"4 主意{i}")
            site.restart(signal.SIGKILL)
            for i in range(4):
                site.answer(f"+861390013910{i}")
            site.idle()
            self.assertEqual(len(site.json("case", "list")), 4)
            for i in range(4):
                self.assertEqual(len({s["text"] for s in site.sent_to(f"+861390013910{i}")}), 1)

    def test_by_night_an_invitation_waits(self):
        with Site(now="2026-11-18T22:00:00+08:00", gateway={"quiet_hours": "20:30-08:00"}) as site:
            site.registry()
            site.ok("meeting", "series", "add", "--grid", "KS-03", "--rrule", "FREQ=WEEKLY;BYDAY=FR", "--at", "15:00",
                    "--place", "3号议事点")
            site.text(WANG, "7")
            site.answer(WANG, contains="议事会")
            self.assertEqual(site.json("meeting", "list")[0]["state"], "planned")
            site.set_clock("2026-11-19T08:00:05+08:00")
            site.answer(LI, contains="来请回1")
            wait_for(lambda: site.json("meeting", "list")[0]["state"] == "invited", "the meeting is invited to")


if __name__ == "__main__":
    unittest.main()
