"""Who comes and who came: codes by text and at the desk, late answers, doors to knock at; kinds of meetings with people and days of their own."""
import unittest

from test_meeting_agenda import MeetingTown
from test_meetings_in_time import COMES, DECLINES, ELSEWHERE, ENGLISH, LATE, OPTED_OUT, SILENT, Calendar
from town import STRANGER, WORKER, fits

ROOMLESS = "赵奶奶"


class Case(unittest.TestCase):
    def town(self, kind=MeetingTown, **kw):
        town = kind(**kw)
        town.__enter__()
        self.addCleanup(town.__exit__, None, None, None)
        return town


class Attendance(Case):
    def attended(self, town):
        return [e["body"]["number"] for e in town.events("meeting.attended")]

    def test_by_text_within_its_window(self):
        town = self.town()
        code = town.meeting()["code"]
        town.at("2035-01-12T12:00")
        reply = town.say(COMES, f"签到 {code}")
        self.assertIn("前一小时", reply)
        self.assertTrue(fits(reply), reply)
        self.assertEqual(self.attended(town), [])
        town.at("2035-01-12T14:30")
        self.assertIn("签到成功", town.say(COMES, f"签到 {code}"))
        self.assertIn("签到成功", town.say(COMES, f"签到 {code}"), "twice does no harm")
        self.assertIn("签到成功", town.say(ELSEWHERE, f"签到{code}"), "who holds the code stands at the door")
        wrong = f"{(int(code) + 1) % 10000:04}"
        if wrong not in [m["code"] for m in town.json("meeting", "list", "--limit", "0")]:
            self.assertIn("没有对上", town.say(SILENT, f"签到 {wrong}"))
        self.assertIn("签到成功", town.say(STRANGER, f"签到 {code}"), "a walk-in without an invitation")
        self.assertEqual(self.attended(town), [COMES, ELSEWHERE, STRANGER], "an event each, once")
        town.at("2035-01-12T16:20")
        self.assertIn("签到成功", town.say(LATE, f"签到 {code}"), "meetings run over")
        town.at("2035-01-12T17:00")
        reply = town.say(DECLINES, f"签到 {code}")
        self.assertIn("补记", reply)
        self.assertTrue(fits(reply), reply)
        town.ok("meeting", "attend", 1, DECLINES, "--here")
        self.assertEqual(town.meeting()["attended"], 5)

    def test_of_a_cancelled_meeting(self):
        town = self.town()
        code = town.meeting()["code"]
        town.ok("meeting", "cancel", 1)
        town.at("2035-01-12T14:50")
        self.assertIn("取消了", town.say(COMES, f"签到 {code}"))
        self.assertIn("cancelled", town.refused("meeting", "attend", 1, COMES))

    def test_at_the_desk(self):
        town = self.town()
        (town.dir / "old.csv").write_text(f"phone,name,grid,building\n13800138050,{ROOMLESS},KS-03,3\n", encoding="utf-8")
        town.ok("person", "import", town.dir / "old.csv")
        person = next(p["id"] for p in town.json("person", "list", "--limit", "0") if p["name"] == ROOMLESS)
        town.at("2035-01-12T14:40")
        town.say(COMES, "1 3")
        self.assertIn(town.meeting()["code"], town.ok("meeting", "attend", 1, "--code"))
        self.assertEqual(town.json("meeting", "attend", 1, "--code")[0]["code"], town.meeting()["code"])
        town.ok("meeting", "attend", 1, COMES, person, "陈师傅", "--here")
        town.ok("meeting", "attend", 1, ROOMLESS, "--here")
        town.ok("meeting", "attend", 1, "--guests", 4)
        meeting = town.meeting()
        self.assertEqual((meeting["attended"], meeting["guests"], meeting["heads"]), (3, 4, 9), "three with COMES")
        self.assertEqual(len(self.attended(town)), 3, "the same person twice")
        roll = [r for r in town.json("meeting", "show", 1, "--answers") if r["attended"]]
        self.assertEqual({(r["name"], r["people"], r["invited"]) for r in roll}, {("居民", 3, True), (ROOMLESS, 1, False), ("陈师傅", 1, False)})
        self.assertIn("nobody is called", town.refused("meeting", "attend", 1, "无此人", "--here"))
        self.assertIn("no person 999", town.refused("meeting", "attend", 1, "999", "--here"))
        self.assertIn("several people", town.refused("meeting", "attend", 1, "居民", "--here"))
        self.assertEqual(town.run("meeting", "attend", 1).returncode, 64)
        self.assertEqual(town.run("meeting", "attend", 1, COMES, "--no", "--here").returncode, 64)

    def test_one_wrong_name_and_nobody_is_noted(self):
        town = self.town()
        town.at("2035-01-12T14:40")
        town.refused("meeting", "attend", 1, COMES, "无此人", "--here")
        self.assertEqual(town.meeting()["attended"], 0)


class Answers(Case):
    def test_late(self):
        town = self.town()
        town.at("2035-01-09T15:00")
        town.at("2035-01-12T15:10")
        reply = town.say(SILENT, "1 2")
        self.assertIn("已经开始", reply)
        self.assertIn("1月12日", reply, "not next week's")
        self.assertTrue(fits(reply), reply)
        self.assertIn("1月12日", town.say(LATE, "2"))
        self.assertEqual((town.meeting()["yes"], town.meeting()["no"], town.meeting()["people"]), (1, 1, 2))
        town.at("2035-01-12T16:30")
        self.assertNotIn("1月12日", town.say(DECLINES, "1"), "it is over")
        self.assertEqual(town.meeting()["yes"], 1)

    def test_a_door_to_knock_at(self):
        town = self.town()
        town.at("2035-01-09T15:00")
        town.say(COMES, "1")
        town.text(DECLINES, "2")
        town.ok("person", "edit", next(p["id"] for p in town.json("person", "list", "--limit", "0") if SILENT in p["numbers"]), "--building", "7")
        town.at("2035-01-09T15:10")
        doors = town.json("meeting", "show", 1, "--unanswered")
        self.assertEqual({d["number"] for d in doors}, {SILENT, LATE, OPTED_OUT, ENGLISH})
        self.assertEqual([d["building"] for d in doors], ["3", "3", "3", "7"])
        paper = town.ok("meeting", "show", 1, "--unanswered", "--full")
        self.assertLess(paper.index("building 3"), paper.index("building 7"))
        self.assertLess(paper.index("building 7"), paper.index(SILENT[-4:]))
        self.assertNotIn(COMES, paper)

    def test_a_missed_call_is_a_yes(self):
        town = self.town()
        town.at("2035-01-09T15:00")
        town.sim.ring(SILENT)
        town.told(SILENT, "记下您来开会")
        self.assertEqual(town.meeting()["yes"], 1)
        self.assertNotIn(SILENT, {d["number"] for d in town.json("meeting", "show", 1, "--unanswered")})


class Kinds(Case):
    """Meetings of some people, on other days."""

    def test_of_grid_workers_on_the_fifteenth(self):
        town = self.town(Calendar)
        town.ok("meeting", "series", "add", "--grid", "KS-04", "--rrule", "FREQ=MONTHLY;BYMONTHDAY=15", "--at", "09:00", "--place", "社区二楼",
                "--title", "网格长例会", "--audience", "网格员 building_head")
        self.assertEqual(town.json("meeting", "series", "list")[0]["audience"], "grid_worker building_head")
        self.assertEqual([m["starts"][:10] for m in town.json("meeting", "list", "--limit", "0")], ["2035-01-15"])
        n = town.say(ELSEWHERE, "4 装充电车棚")
        self.assertNotIn("网格长", n)
        town.at("2035-01-12T09:00")
        self.assertIn("开网格长例会", town.told(WORKER, "社区二楼"))
        self.assertEqual(town.sent_to(ELSEWHERE, "社区二楼"), [], "a resident is not of them")
        self.assertIn("还没有安排", town.say(ELSEWHERE, "1"))
        self.assertIn("1月15日", town.say(WORKER, "1"))
        self.assertEqual(town.json("meeting", "agenda", 1), [], "residents' proposals are for residents' meetings")
        town.ok("meeting", "agenda", 1, "--add", 1)
        self.assertEqual(len(town.json("meeting", "agenda", 1)), 1)
        town.at("2035-01-15T09:30")
        town.json("meeting", "decide", 1, 1, "adopted")
        town.json("meeting", "minutes", 1, "--close")
        self.assertIn("网格长例会", town.told(ELSEWHERE, "民生项目"), "but who raised it hears of it")
        town.at("2035-01-20T10:00")
        self.assertEqual([m["starts"][:10] for m in town.json("meeting", "list", "--limit", "0")], ["2035-01-15", "2035-02-15"])
        bad = town.run("meeting", "series", "add", "--grid", "KS-04", "--rrule", "FREQ=WEEKLY", "--at", "09:00", "--place", "x", "--audience", "大王")
        self.assertEqual(bad.returncode, 64)

    def test_second_tuesday_and_last_day(self):
        town = self.town(Calendar)
        for rule in ("FREQ=MONTHLY;BYDAY=2TU", "FREQ=MONTHLY;BYMONTHDAY=-1"):
            town.ok("meeting", "series", "add", "--grid", "KS-03", "--rrule", rule, "--at", "15:00", "--place", "x")
        town.at("2035-01-31T16:00")
        self.assertEqual([m["starts"][:10] for m in town.json("meeting", "list", "--limit", "0")],
                         ["2035-01-09", "2035-01-31", "2035-02-13", "2035-02-28"])


if __name__ == "__main__":
    unittest.main()
