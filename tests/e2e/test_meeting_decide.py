"""What a meeting decides: what follows for the case, who hears it and when, and how it is corrected; projects followed until done."""
import unittest

from harness import wait_for
from test_meeting_agenda import MeetingTown
from test_meetings_in_time import COMES, DECLINES, ELSEWHERE, ENGLISH, LATE, OPTED_OUT, SILENT
from town import WORKER, case_number, fits, units

DURING = "2035-01-12T15:30"


class Case(unittest.TestCase):
    def town(self, **kw):
        town = MeetingTown(**kw)
        town.__enter__()
        self.addCleanup(town.__exit__, None, None, None)
        return town

    def decide(self, town, number, what, *more, meeting=1):
        return town.json("meeting", "decide", meeting, number, what, *more)[0]

    def close(self, town, *more, meeting=1):
        return town.json("meeting", "minutes", meeting, "--close", *more)[0]

    def results(self, town, number):
        return [s["text"] for s in town.sent_to(number, "议事会：")]


class Decided(Case):
    def test_adopted_followed_and_reported_back(self):
        town = self.town()
        n = town.propose(COMES, "装充电车棚")
        for who in (DECLINES, OPTED_OUT):
            town.say(who, f"5 {n}")
        town.say(OPTED_OUT, "退订")  # broadcasts; this is a matter of his own
        town.at(DURING)
        done = self.decide(town, n, "adopted", "--who", "陈师傅", "--until", "2035-02-10")
        self.assertEqual((done["decision"], done["who"], done["until"][:10]), ("adopted", "陈师傅", "2035-02-10"))
        case = town.case(n)
        self.assertEqual((case["state"], case["due"][:10]), ("assigned", "2035-02-10"))
        town.settled()
        self.assertEqual(self.results(town, COMES), [], "not before the minutes are closed")
        self.assertNotIn("民生项目", town.say(COMES, f"6 {n}"))
        self.close(town)
        for who in (COMES, DECLINES, OPTED_OUT):
            text = town.told(who, "民生项目")
            for words in (f"第{n}号", "1月12日", "陈师傅", "2月10日"):
                self.assertIn(words, text)
        self.assertIn("民生项目", town.say(COMES, f"6 {n}"))
        self.assertEqual([(p["case"], p["state"]) for p in town.json("meeting", "projects")], [(n, "in_hand")])
        self.assertEqual(town.json("meeting", "agenda", 2, "--review"), [], "nothing new to report")
        self.assertNotIn(n, town.numbers(1), "it is decided")
        town.at("2035-01-15T10:00")
        town.ok("case", "resolve", n, "--note", "车棚已装好")
        review = town.json("meeting", "agenda", 2, "--review")
        self.assertEqual([(p["case"], p["state"]) for p in review], [(n, "done")])
        self.assertIn("done", town.ok("meeting", "agenda", 2))
        town.at("2035-01-19T15:01")
        self.assertEqual(town.json("meeting", "agenda", 3, "--review"), [], "reported back once")
        kinds = [(e["body"]["case"], e["body"]["decision"], e["body"]["former"]) for e in town.events("meeting.decided")]
        self.assertEqual(kinds, [(n, "adopted", "")])

    def test_a_late_project_is_looked_back_at(self):
        town = self.town()
        n = town.propose(COMES, "装充电车棚")
        town.at(DURING)
        self.decide(town, n, "adopted", "--who", "某某电力公司", "--until", "2035-01-17", "--note", "三号楼北侧")
        self.close(town)
        self.assertEqual(town.case(n)["state"], "verified", "a firm outside the registry: nobody is assigned")
        self.assertIn("某某电力公司", town.told(COMES, "民生项目"))
        town.at("2035-01-19T10:00")
        self.assertEqual([(p["case"], p["state"]) for p in town.json("meeting", "agenda", 2, "--review")], [(n, "late")])

    def test_assigned_to_somebody_with_a_deadline(self):
        town = self.town()
        n = town.propose(COMES, "路口画停车线")
        town.at(DURING)
        self.assertEqual(town.run("meeting", "decide", 1, n, "assigned").returncode, 64, "to whom?")
        self.assertIn("nobody is called", town.refused("meeting", "decide", 1, n, "assigned", "--who", "无此人"))
        self.assertIn("nobody in the registry", town.refused("meeting", "decide", 1, n, "assigned", "--who", "13999999999"))
        self.decide(town, n, "assigned", "--who", WORKER, "--until", "2035-01-20")
        self.assertEqual((town.case(n)["state"], town.case(n)["due"][:10]), ("assigned", "2035-01-20"))
        self.close(town)
        self.assertIn("陈师傅", town.told(COMES, "交陈师傅办理"))

    def test_declined_hurts_only_when_it_is_sure(self):
        town = self.town()
        n = town.propose(COMES, "消防通道画车位")
        town.at(DURING)
        self.assertEqual(town.run("meeting", "decide", 1, n, "declined").returncode, 64, "not without a reason")
        self.decide(town, n, "declined", "--note", "消防通道不能占用")
        town.settled()
        self.assertEqual(town.case(n)["state"], "received")
        self.close(town)
        self.assertIn("消防通道不能占用", town.told(COMES, "没有采纳"))
        town.settled()
        self.assertEqual(town.case(n)["state"], "rejected")
        self.assertEqual(len(town.sent_to(COMES, "消防通道不能占用")), 1, "told once, not as news of the case again")
        self.assertEqual([i["decision"] for i in town.agenda()], ["declined"], "it stays in the minutes")
        self.assertIn("没有采纳", town.say(COMES, f"6 {n}"))

    def test_corrected_until_the_minutes_are_closed(self):
        town = self.town()
        n = town.propose(COMES, "装充电车棚")
        self.assertIn("not begun", town.refused("meeting", "decide", 1, n, "adopted"))
        town.at(DURING)
        self.decide(town, n, "adopted", "--who", "陈师傅", "--until", "2035-02-10")
        self.decide(town, n, "postponed", "--note", "等报价")
        self.assertEqual((town.case(n)["state"], town.case(n)["due"]), ("received", None), "as it was before")
        self.decide(town, n, "vote", "--until", "2035-01-20")
        poll = town.json("poll", "list")[-1] if town.run("poll", "list").returncode == 0 else None
        self.decide(town, n, "postponed")
        if poll:
            self.assertEqual(next(p for p in town.json("poll", "list") if p["id"] == poll["id"])["state"], "cancelled")
        self.assertEqual([e["body"]["former"] for e in town.events("meeting.decided")], ["", "adopted", "postponed", "vote"])
        self.close(town)
        self.assertIn("下次会再议", town.told(COMES, "议事会："))
        self.assertIn("closed", town.refused("meeting", "decide", 1, n, "adopted"))
        self.assertIn("closed", town.refused("meeting", "minutes", 1, "--close"))
        self.assertIn("closed", town.refused("meeting", "agenda", 1, "--move", n, 1))
        self.assertIn(n, town.numbers(1), "postponed: on the next agenda")
        self.assertIn("decided", town.ok("case", "show", n))

    def test_a_worker_who_went_on_is_not_thrown_back(self):
        town = self.town()
        n = town.propose(COMES, "装充电车棚")
        town.at(DURING)
        self.decide(town, n, "assigned", "--who", "陈师傅")
        town.say(WORKER, f"接 {n}")
        self.assertEqual(town.case(n)["state"], "in_progress")
        self.decide(town, n, "postponed")
        self.assertEqual(town.case(n)["state"], "in_progress")

    def test_what_was_not_reached_comes_again(self):
        town = self.town()
        first, second = town.propose(COMES, "装充电车棚"), town.propose(COMES, "开老年食堂")
        town.at(DURING)
        self.decide(town, first, "adopted")
        minutes = self.close(town)
        self.assertEqual({i["case"]: i["decision"] for i in minutes["items"]}, {first: "adopted", second: "postponed"})
        text = town.told(COMES, "议事会：")
        self.assertIn("下次会再议", text)
        self.assertIn("民生项目", text)
        self.assertEqual(town.numbers(1), [second])

    def test_alike_items_are_decided_together(self):
        town = self.town()
        first, second = town.propose(COMES, "楼下装一个晾衣架"), town.propose(DECLINES, "楼下装个晾衣架吧")
        town.at(DURING)
        self.decide(town, first, "adopted", "--who", "陈师傅")
        self.close(town)
        for who in (COMES, DECLINES):
            self.assertIn("民生项目", town.told(who, "议事会："))
        self.assertEqual({town.case(n)["state"] for n in (first, second)}, {"assigned"})

    def test_wrong_item_wrong_word(self):
        town = self.town()
        n = town.propose(ELSEWHERE, "四网格装路灯")
        town.at(DURING)
        self.assertIn("--add", town.refused("meeting", "decide", 1, n, "adopted"))
        self.assertIn("no decision", town.refused("meeting", "decide", 1, n, "maybe"))
        self.assertIn("no meeting 99", town.refused("meeting", "decide", 99, n, "adopted"))
        self.assertIn("past", town.refused("meeting", "decide", 1, n, "adopted", "--until", "2034-01-01"))
        town.ok("meeting", "cancel", 2)
        self.assertIn("cancelled", town.refused("meeting", "decide", 2, n, "postponed"))
        self.assertIn("not begun", town.refused("meeting", "minutes", 3, "--close"))
        self.assertEqual(town.run("meeting", "minutes", 1, "--tell", "all").returncode, 64)


class Told(Case):
    def test_one_text_for_several_items(self):
        town = self.town()
        numbers = [town.propose(COMES, w) for w in ("装充电车棚和雨棚", "开老年食堂送餐", "周末广场放电影", "门口装快递柜子", "每月义诊量血压",
                                                    "花坛种一排桂花")]
        town.at(DURING)
        for n in numbers:
            self.decide(town, n, "adopted", "--who", "陈师傅", "--until", "2035-02-10")
        self.close(town)
        text = town.told(COMES, "议事会：")
        town.settled()
        self.assertEqual(len(self.results(town, COMES)), 1)
        self.assertLessEqual(units(text), 134, text)
        self.assertRegex(text, "另有[1-5]件")

    def test_everybody_if_wished(self):
        town = self.town()
        n = town.propose(COMES, "装充电车棚")
        town.at("2035-01-09T15:00")
        town.say(OPTED_OUT, "退订")
        town.say(LATE, "全停")
        town.at(DURING)
        self.decide(town, n, "adopted", "--who", "陈师傅")
        self.close(town, "--tell", "all")
        for who in (COMES, DECLINES, SILENT):
            self.assertIn("民生项目", town.told(who, "议事会："))
        self.assertIn("adopted as a project", town.told(ENGLISH, "project"))
        town.settled()
        for who in (OPTED_OUT, LATE, ELSEWHERE):
            self.assertEqual(self.results(town, who), [])

    def test_who_wants_no_texts_at_all(self):
        town = self.town()
        n = town.propose(COMES, "装充电车棚")
        town.say(DECLINES, f"5 {n}")
        town.say(COMES, "全停")
        town.at(DURING)
        self.decide(town, n, "adopted")
        self.close(town)
        town.told(DECLINES, "民生项目")
        town.settled()
        self.assertEqual(self.results(town, COMES), [])

    def test_a_crash_in_between(self):
        town = self.town()
        n = town.propose(COMES, "装充电车棚")
        town.say(DECLINES, f"5 {n}")
        town.at(DURING)
        self.decide(town, n, "adopted")
        town.kill()
        self.close(town)
        town.start()
        for who in (COMES, DECLINES):
            town.told(who, "民生项目")
        for _ in range(2):
            town.kill()
            town.start()
        town.at("2035-01-12T15:40")
        self.assertEqual([len(self.results(town, who)) for who in (COMES, DECLINES)], [1, 1])

    def test_at_night_it_waits(self):
        town = self.town(gateway={"quiet_hours": "20:30-08:00"})
        n = town.propose(COMES, "装充电车棚")
        town.at(DURING)
        self.decide(town, n, "adopted")
        town.set_clock("2035-01-12T22:00:00+08:00")
        self.close(town)
        town.say(WORKER, "6 9999")
        self.assertEqual(self.results(town, COMES), [])
        town.set_clock("2035-01-13T08:01:00+08:00")
        town.told(COMES, "民生项目")

    def test_minutes_that_nobody_closed(self):
        town = self.town()
        n, other = town.propose(COMES, "装充电车棚"), town.propose(DECLINES, "开老年食堂")
        town.at(DURING)
        self.decide(town, n, "adopted")
        town.at("2035-01-13T15:59")
        self.assertEqual(self.results(town, COMES), [])
        town.at("2035-01-13T16:01")
        self.assertIn("民生项目", town.told(COMES, "议事会："))
        self.assertIn("下次会再议", town.told(DECLINES, "议事会："))
        self.assertIn(other, town.numbers(1))
        town.at("2035-01-20T16:01")  # a meeting at which nobody noted anything says nothing
        self.assertEqual(len(self.results(town, DECLINES)), 1)

    def test_a_dispute_is_told_without_words(self):
        town = self.town()
        n = town.propose(COMES, "老张家跟老李家抢车位骂人请大家评理")
        town.ok("meeting", "agenda", 1)
        town.kill()
        import sqlite3
        with sqlite3.connect(town.dir / "yishi.db") as db:
            db.execute("UPDATE matter SET category = 'dispute' WHERE number = ?", (n,))
        db.close()
        town.start()
        town.at(DURING)
        self.decide(town, n, "postponed")
        self.close(town, "--tell", "all")
        text = town.told(COMES, "议事会：")
        self.assertNotIn("老张", text)
        self.assertNotIn("老张", town.ok("meeting", "minutes", 1))


class Troubles(Case):
    """Not only proposals: what residents report goes to the meeting, too."""

    def test_reported_by_three_given_to_a_department(self):
        town = self.town()
        (town.dir / "staff.csv").write_text("phone,name,grid,building,roles\n13800139009,水务所,KS,,department\n", encoding="utf-8")
        town.ok("person", "import", town.dir / "staff.csv")
        n = case_number(town.say(COMES, "3 3栋地下车库水管爆了，水漫得到处都是"))
        for who in (DECLINES, LATE):
            town.say(who, f"5 {n}")
        town.ok("case", "deliberate", n)
        self.assertEqual([(i["case"], i["supporters"]) for i in town.agenda()], [(n, 3)])
        self.assertIn("列入1月12日议题", town.say(LATE, f"6 {n}"))
        town.at(DURING)
        self.decide(town, n, "assigned", "--who", "水务所", "--until", "2035-01-20")
        self.assertIn(f"{n}", town.told("+8613800139009", "水"))
        self.assertEqual(town.case(n)["state"], "assigned")
        self.close(town)
        for who in (COMES, DECLINES, LATE):
            text = town.told(who, "交水务所办理")
            self.assertTrue(fits(text, 134), text)
        town.settled()
        self.assertEqual([len(self.results(town, who)) for who in (COMES, DECLINES, LATE)], [1, 1, 1])
        self.assertIn("水务所", town.ok("meeting", "minutes", 1, "--csv"))

    def test_taken_back_before_the_meeting(self):
        town = self.town()
        n = town.propose(COMES, "装充电车棚")
        self.assertEqual(town.numbers(), [n])
        town.say(COMES, "撤销")
        self.assertEqual(town.numbers(), [])
        kept = town.propose(COMES, "开老年食堂")
        town.ok("meeting", "agenda", 1, "--freeze")
        town.say(COMES, "撤销")
        self.assertNotIn(kept, town.numbers(), "also of an agenda that is fixed")
        self.assertEqual(town.meeting()["agenda_items"], 0)


class Minutes(Case):
    def test_on_paper_and_as_json(self):
        town = self.town()
        n, m = town.propose(COMES, "装充电车棚"), town.propose(DECLINES, "开老年食堂")
        town.at("2035-01-09T15:00")
        town.say(COMES, "1 3")
        town.at("2035-01-12T15:00")
        town.say(COMES, f"签到 {town.meeting()['code']}")
        town.ok("meeting", "attend", 1, "--guests", 4)
        self.decide(town, n, "adopted", "--who", "陈师傅", "--until", "2035-02-10", "--note", "先报价")
        self.decide(town, m, "vote", "--until", "2035-01-20")
        doc = town.json("meeting", "minutes", 1)[0]
        self.assertEqual((doc["attendance"]["heads"], doc["attendance"]["attended"], doc["attendance"]["guests"]), (7, 1, 4))
        self.assertEqual([(r["number"], r["people"]) for r in doc["roll"]], [(COMES, 3)])
        item = next(i for i in doc["items"] if i["case"] == n)
        self.assertEqual((item["decision"], item["who"], item["note"], item["until"][:10]), ("adopted", "陈师傅", "先报价", "2035-02-10"))
        vote = next(i for i in doc["items"] if i["case"] == m)["vote"]
        self.assertEqual([o["option"] for o in vote["options"]], ["赞成", "反对", "弃权"])
        self.assertIsNone(doc["closed"])
        paper = town.ok("meeting", "minutes", 1)
        for words in ("装充电车棚", "陈师傅", "2035-02-10", "先报价", "There were 7 people", "--close"):
            self.assertIn(words, paper)
        self.close(town)
        self.assertIn("Closed.", town.ok("meeting", "minutes", 1))
        self.assertIn("短信表决", town.told(DECLINES, "议事会："))

    def test_a_vote_comes_back_with_its_result(self):
        town = self.town()
        n = town.propose(COMES, "装充电车棚")
        town.at(DURING)
        self.decide(town, n, "vote", "--until", "2035-01-16 12:00")
        self.close(town)
        self.assertNotIn(n, town.numbers(1), "not while the vote goes on")
        town.at("2035-01-16T12:01")
        wait_for(lambda: n in town.numbers(1), "the item is on the next agenda")
        self.assertRegex(town.agenda(1)[0]["vote"], "赞成 0, 反对 0, 弃权 0")
        self.assertIn("短信表决：赞成 0 票", town.ok("meeting", "poster", town.meeting(1)["id"], "--sheet", "agenda", "--language", "zh"))


if __name__ == "__main__":
    unittest.main()
