"""The agenda of a meeting: its order, what the secretary changes, when it is fixed, where it goes when a meeting does not take place."""
import unittest

from harness import wait_for
from test_meetings_in_time import COMES, DECLINES, ELSEWHERE, ENGLISH, LATE, OPTED_OUT, SILENT, Calendar
from town import case_number, fits


class MeetingTown(Calendar):
    def __init__(self, now="2035-01-08T10:00:00+08:00", **kw):
        super().__init__(now=now, **kw)

    def settle(self):
        super().settle()
        self.series()

    def agenda(self, index=0, *more):
        return self.json("meeting", "agenda", self.meeting(index)["id"], *more)

    def numbers(self, index=0):
        return [i["case"] for i in self.agenda(index)]

    def propose(self, who, words):
        return case_number(self.say(who, f"4 {words}"))

    def refused(self, *args):
        done = self.run(*args)
        if done.returncode == 0:
            raise AssertionError(f"{args} was not refused: {done.stdout}")
        return done.stderr


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.town = MeetingTown()
        cls.town.__enter__()
        cls.addClassCleanup(cls.town.__exit__, None, None, None)


class Order(Case):
    """One town; each test cares for its own items."""

    def test_supporters_then_age(self):
        town = self.town
        old, young, liked = (town.propose(COMES, w) for w in ("装充电车棚", "周末放电影", "开老年食堂"))
        for who in (DECLINES, SILENT):
            town.say(who, f"5 {liked}")
        order = [n for n in town.numbers() if n in (old, young, liked)]
        self.assertEqual(order, [liked, old, young])
        item = next(i for i in town.agenda() if i["case"] == liked)
        self.assertEqual((item["supporters"], item["title"], item["alike"]), (3, "开老年食堂", []))
        self.assertEqual([i["position"] for i in town.agenda()], list(range(1, len(town.agenda()) + 1)))

    def test_the_secretary_puts_an_item_where_it_belongs(self):
        town = self.town
        numbers = [town.propose(LATE, w) for w in ("修凉亭座椅", "种一排桂花", "门口装快递柜")]
        meeting = town.meeting()["id"]
        moved = town.json("meeting", "agenda", meeting, "--move", numbers[2], 1)
        self.assertEqual((moved[0]["case"], moved[0]["position"]), (numbers[2], 1))
        town.ok("meeting", "agenda", meeting, "--move", numbers[1], 1)
        self.assertEqual(town.numbers()[:2], [numbers[1], numbers[2]], "who had the place goes one further")
        for who in (COMES, DECLINES, SILENT):
            town.say(who, f"5 {numbers[0]}")
        self.assertEqual(town.numbers()[:2], [numbers[1], numbers[2]], "supporters do not push it away")
        self.assertIn("not on the agenda", town.refused("meeting", "agenda", meeting, "--move", 9999, 1))
        self.assertIn("POSITION", town.refused("meeting", "agenda", meeting, "--move", numbers[0]))
        self.assertEqual(town.run("meeting", "agenda", meeting, "--move", numbers[0], 0).returncode, 64)
        self.assertEqual(town.run("meeting", "agenda", meeting, "--add", numbers[0], "--drop", numbers[1]).returncode, 64)

    def test_alike_items_are_one(self):
        town = self.town
        first, second = town.propose(COMES, "楼下装一个晾衣架"), town.propose(DECLINES, "楼下装个晾衣架吧")
        town.say(SILENT, f"5 {second}")
        town.say(COMES, f"5 {second}")
        item = next(i for i in town.agenda() if i["case"] in (first, second))
        self.assertEqual((item["alike"], item["supporters"]), ([first if item["case"] == second else second], 3), "each phone once")
        table = town.ok("meeting", "agenda", town.meeting()["id"])
        self.assertIn("楼下装一个晾衣架", table)
        self.assertIn("楼下装个晾衣架吧", table)
        town.ok("meeting", "agenda", town.meeting()["id"], "--apart", second)
        self.assertTrue({first, second} <= set(town.numbers()))
        town.ok("meeting", "agenda", town.meeting()["id"], "--merge", second, first)
        self.assertEqual(town.case(second)["state"], "merged")
        self.assertNotIn(second, town.numbers())

    def test_dropped_with_a_reason(self):
        town = self.town
        n = town.propose(OPTED_OUT, "广场上养几只孔雀")
        meeting = town.meeting()["id"]
        self.assertIn(n, town.numbers(1))
        self.assertEqual(town.run("meeting", "agenda", meeting, "--drop", n).returncode, 64, "not without a reason")
        town.ok("meeting", "agenda", meeting, "--drop", n, "--note", "噪音太大")
        text = town.told(OPTED_OUT, "没有列入")
        for words in (f"第{n}号", "1月12日", "噪音太大"):
            self.assertIn(words, text)
        self.assertTrue(fits(text), text)
        self.assertNotIn(n, town.numbers())
        self.assertNotIn(n, town.numbers(1), "it does not come back by itself")
        self.assertEqual([(d["case"], d["note"]) for d in town.agenda(0, "--dropped")], [(n, "噪音太大")])
        self.assertEqual(town.case(n)["state"], "received", "the case goes on")
        self.assertIn("not on the agenda", town.refused("meeting", "agenda", meeting, "--drop", n, "--note", "又来"))
        town.ok("meeting", "agenda", meeting, "--add", n)
        self.assertIn(n, town.numbers())
        self.assertIn("agenda: added", town.ok("case", "show", n))

    def test_what_must_not_come_on_it(self):
        town = self.town
        known = {c["number"] for c in town.json("case", "list", "--limit", "0")}
        town.text(SILENT, "调解 我和婆婆天天吵架")
        private = wait_for(lambda: {c["number"] for c in town.json("case", "list", "--limit", "0")} - known, "the private case").pop()
        meeting = town.meeting()["id"]
        self.assertNotIn(private, town.numbers())
        self.assertIn("private", town.refused("meeting", "agenda", meeting, "--add", private))
        self.assertIn("not there", town.refused("meeting", "agenda", meeting, "--add", 9999))
        elsewhere = town.propose(ELSEWHERE, "四网格装路灯")
        self.assertNotIn(elsewhere, town.numbers(), "of another grid")

    def test_a_dispute_has_no_words(self):
        town = self.town
        town.ok("case", "new", "--text", "老张家跟老李家抢车位骂人", "--category", "dispute", "--grid", "KS-03")
        n = town.cases()[-1]["number"]
        self.assertNotIn(n, town.numbers(), "not by itself")
        town.ok("meeting", "agenda", town.meeting()["id"], "--add", n)
        item = next(i for i in town.agenda() if i["case"] == n)
        self.assertEqual((item["title"], item["text"]), ("dispute", ""))
        self.assertNotIn("老张", town.ok("meeting", "agenda", town.meeting()["id"]))

    def test_status_tells_the_meeting(self):
        n = self.town.propose(COMES, "给门卫室换空调")
        reply = self.town.say(COMES, f"6 {n}")
        self.assertIn("列入1月12日议题", reply)
        self.assertTrue(fits(reply), reply)


class Frozen(unittest.TestCase):
    def town(self, **kw):
        town = MeetingTown(**kw)
        town.__enter__()
        self.addCleanup(town.__exit__, None, None, None)
        return town

    def test_with_the_reminder(self):
        town = self.town()
        early = town.propose(COMES, "装充电车棚")
        town.at("2035-01-09T15:00")
        middle = town.propose(LATE, "开老年食堂")
        self.assertIsNone(town.meeting()["frozen"])
        town.at("2035-01-11T15:00")
        self.assertIn("开老年食堂", town.sent_to(SILENT, "提醒")[-1]["text"])
        self.assertTrue(town.meeting()["frozen"])
        reply = town.say(DECLINES, "4 周末放电影")
        late = case_number(reply)
        self.assertIn("1月19日", reply)
        self.assertTrue(fits(reply), reply)
        self.assertEqual(set(town.numbers()), {early, middle})
        self.assertIn(late, town.numbers(1))
        self.assertIn("列入1月19日议题", town.say(DECLINES, f"6 {late}"))
        meeting = town.meeting()["id"]
        town.ok("meeting", "agenda", meeting, "--add", late)
        self.assertEqual(town.numbers()[-1], late, "the secretary can")
        self.assertIn("frozen already", town.refused("meeting", "agenda", meeting, "--freeze"))
        town.ok("meeting", "agenda", meeting, "--thaw")
        more = town.propose(SILENT, "种一排桂花")
        self.assertIn(more, town.numbers())
        town.at("2035-01-12T13:00")
        self.assertIsNone(town.meeting()["frozen"], "what the secretary opened stays open")
        self.assertEqual([e["body"]["change"] for e in town.events("meeting.agenda")], ["frozen", "added", "thawed"])
        self.assertIn("not frozen", town.refused("meeting", "agenda", meeting, "--thaw"))

    def test_a_meeting_planned_late_is_not_fixed_at_once(self):
        town = self.town(now="2035-01-12T10:00:00+08:00")
        town.at("2035-01-12T10:01")
        n = town.propose(COMES, "装充电车棚")
        self.assertIn(n, town.numbers())
        town.at("2035-01-12T13:00")
        self.assertTrue(town.meeting()["frozen"])

    def test_a_cancelled_meetings_agenda_goes_to_the_next(self):
        town = self.town()
        first, second = town.propose(COMES, "装充电车棚"), town.propose(LATE, "开老年食堂")
        town.ok("meeting", "agenda", town.meeting()["id"], "--move", second, 1)
        town.at("2035-01-09T15:00")
        town.say(COMES, "1")
        town.say(OPTED_OUT, "退订")
        town.ok("meeting", "cancel", town.meeting()["id"], "--note", "下大雪")
        town.told(COMES, "下大雪")
        town.at("2035-01-09T15:05")
        self.assertEqual([len(town.sent_to(n, "取消")) for n in (COMES, SILENT, OPTED_OUT, ELSEWHERE)], [1, 1, 0, 0])
        self.assertEqual(town.numbers(1), [second, first], "as the secretary had arranged it")
        self.assertIn("列入1月19日议题", town.say(COMES, f"6 {first}"))

    def test_moved(self):
        town = self.town()
        n = town.propose(COMES, "装充电车棚")
        town.at("2035-01-09T15:00")
        town.say(COMES, "1 2")
        town.say(DECLINES, "2")
        old = town.meeting()["id"]
        town.ok("meeting", "move", old, "--at", "2035-01-13 10:00", "--note", "会场停电")
        for who in (COMES, DECLINES, SILENT):
            text = town.told(who, "会场停电")
            self.assertIn("1月13日", text)
            self.assertTrue(fits(text), text)
        self.assertIn("moved to Sat 13 Jan", town.told(ENGLISH, "moved"))
        town.restart()
        town.at("2035-01-09T15:05")
        self.assertEqual(len(town.sent_to(COMES, "会场停电")), 1, "once")
        new = next(m for m in town.json("meeting", "list", "--limit", "0") if m["moved_from"] == old)
        self.assertEqual((new["yes"], new["no"], new["people"], new["state"]), (1, 0, 2, "invited"))
        self.assertEqual([i["case"] for i in town.json("meeting", "agenda", new["id"])], [n])
        self.assertIn("1月13日", town.say(DECLINES, "1"), "the question is open again")
        before = len(town.sent_to(SILENT, "提醒"))
        town.at("2035-01-12T10:00")
        self.assertEqual(len(town.sent_to(SILENT, "提醒")), before + 1, "reminded for the new time")
        town.at("2035-01-13T08:00")
        self.assertIn("1月13日", town.sent_to(COMES, "您报了名")[-1]["text"])
        self.assertIn("held or cancelled", town.refused("meeting", "move", old, "--at", "2035-01-14 10:00"))
        self.assertEqual(town.run("meeting", "move", new["id"], "--at", "2035-01-02 10:00").returncode, 64)

    def test_moved_back_and_to_another_room(self):
        town = self.town()
        town.at("2035-01-09T15:00")
        town.say(COMES, "1 2")
        away = town.json("meeting", "move", 1, "--at", "2035-01-13 10:00")[0]["id"]
        self.assertIn("meets at that time", town.refused("meeting", "move", away, "--at", "2035-01-19 15:00"))
        back = town.json("meeting", "move", away, "--at", "2035-01-12 15:00")[0]["id"]
        room = town.json("meeting", "move", back, "--at", "2035-01-12 15:00", "--place", "社区二楼")[0]["id"]
        town.at("2035-01-09T15:10")
        coming = [m for m in town.json("meeting", "list", "--limit", "0") if m["state"] in ("invited", "planned")]
        self.assertEqual([(m["id"], m["starts"][:10], m["place"], m["people"]) for m in coming][0], (room, "2035-01-12", "社区二楼", 2))
        self.assertEqual([m["starts"][:10] for m in coming[1:3]], ["2035-01-19", "2035-01-26"])
        self.assertIn("社区二楼", town.told(COMES, "社区二楼"))


if __name__ == "__main__":
    unittest.main()
