"""Nobody takes a call for help: the next, then all are called, until somebody does (PARTICIPATION section 5)."""
import json
import unittest

from harness import wait_for
from town import OFFICER, OTHER_WORKER, SECRETARY, STRANGER, WORKER, Town, case_number, fits, resident

ZHOU, WU, CHIEF, FAR = OFFICER, "+8613800139013", "+8613800139014", "+8613800139024"


class Ladder(unittest.TestCase):
    """Without a list: the officers of the nearest grid, then those above, then all."""
    people = (f"{ZHOU},值班老周,KS-03,,,,duty_officer,zh", f"{CHIEF},值班总机,KS,,,,duty_officer,zh",
              f"{FAR},远处老郑,KS-04,,,,duty_officer,zh", f"{WORKER},陈师傅,KS-03,,,,grid_worker,zh",
              f"{OTHER_WORKER},孙师傅,KS-04,,,,grid_worker,zh", f"{SECRETARY},赵书记,KS,,,,secretary,zh")
    lists = ()

    def setUp(self):
        rows = [f"{resident(i)},居民{i},KS-03,3,1,{i}01,resident,zh" for i in range(1, 6)]
        self.town = Town(gateway={"quiet_hours": "20:30-08:00"}, now=getattr(self, "now", "2035-01-08T10:00:00+08:00"))
        self.town.settle = lambda: self.town.registry(people="phone,name,grid,building,unit,room,roles,language\n" + "".join(
            p + "\n" for p in (*rows, *self.people)))
        self.town.__enter__()
        self.addCleanup(self.town.__exit__, None, None, None)
        for args in self.lists:
            self.town.ok("duty", "add", *args)

    def call(self, number=resident(1), text="9 救命，我摔倒了  起不来"):
        return case_number(self.town.say(number, text))

    def heard(self, number, contains="", count=1):
        return self.town.answer(number, count, contains)

    def nothing(self, *numbers, contains=""):
        self.town.quiet()
        for n in numbers:
            self.assertEqual(self.town.sent_to(n, contains), [], n)

    def calls(self):
        return self.town.json("duty", "calls")

    def raised(self):
        return [(e["body"]["step"], e["body"]["recipients"]) for e in self.town.events("duty.raised")]


class Nobody(Ladder):
    def test_all_the_way_up(self):
        n = self.call()
        alarm = self.heard(ZHOU, resident(1))
        self.assertIn(f"确认 {n}", alarm)
        self.nothing(CHIEF, SECRETARY, WORKER, FAR)
        self.town.later(minutes=9)
        self.nothing(CHIEF)
        self.town.later(minutes=1)
        again = self.heard(CHIEF, resident(1))
        for fact in ("无人接", "居民1", "KS-03", "3栋", "101", "9 救命，我摔倒了  起不来", f"确认 {n}"):
            self.assertIn(fact, again)
        self.nothing(SECRETARY, WORKER, FAR)
        self.town.later(minutes=10)
        for who in (SECRETARY, WORKER):
            self.heard(who, "无人接")
        self.heard(ZHOU, "无人接")
        self.heard(CHIEF, "无人接", 2)
        self.town.later(minutes=20)
        self.heard(SECRETARY, "无人接", 2)
        self.town.later(minutes=20)
        wait_for(lambda: [c for c in self.town.json("todo", "list") if c["kind"] == "duty"], "the chore")
        self.town.later(hours=3)
        self.nothing(FAR, OTHER_WORKER)
        self.assertEqual(len(self.town.sent_to(SECRETARY, "无人接")), 2)
        self.assertEqual(self.raised(), [(1, 1), (2, 4), (3, 4), (4, 0)])
        self.assertEqual([(c["case"], c["waiting"], c["seconds"]) for c in self.calls()], [(n, False, None)])

    def test_it_climbs_across_a_crash(self):
        self.call()
        self.heard(ZHOU)
        self.town.kill()
        self.town.later(minutes=11)
        self.town.start()
        self.heard(CHIEF, "无人接")
        self.town.kill()
        self.town.start()
        self.nothing(SECRETARY)
        self.assertEqual(len(self.town.sent_to(CHIEF)), 1)

    def test_a_box_that_was_off_for_an_hour_calls_all_at_once(self):
        self.call()
        self.heard(ZHOU)
        self.town.kill()
        self.town.later(minutes=70)
        self.town.start()
        for who in (CHIEF, SECRETARY, WORKER, ZHOU):
            self.heard(who, "无人接")
        self.assertEqual(self.raised(), [(2, 4)])

    def test_the_clock_is_set(self):
        self.call()
        self.heard(ZHOU)
        self.town.set_clock("1999-06-01T00:00:00+08:00")
        wait_for(lambda: self.town.events("clock.implausible"), "the clock is mistrusted")
        self.nothing(CHIEF)
        self.town.set_clock("1999-06-01T00:11:00+08:00")
        self.heard(CHIEF, "无人接")
        self.town.set_clock("2035-01-08T10:15:00+08:00")
        self.heard(SECRETARY, "无人接")
        self.assertEqual(len(self.town.sent_to(CHIEF)), 1 if not self.town.sent_to(SECRETARY) else len(self.town.sent_to(CHIEF)))


class Night(Ladder):
    now = "2035-01-08T23:50:00+08:00"

    def test_quiet_hours_do_not_bind_it(self):
        self.call()
        self.town.later(minutes=10)
        self.heard(CHIEF, "无人接")
        self.town.later(minutes=10)
        self.heard(SECRETARY, "无人接")
        self.town.say(SECRETARY, "收到")
        self.heard(resident(1), "已接到您的求助")


class Taken(Ladder):
    def test_got_it(self):
        """The others hear who it is, the caller that somebody comes; the seconds are measured; nobody else is called."""
        n = self.call()
        self.heard(ZHOU)
        self.town.later(minutes=10)
        self.heard(CHIEF)
        self.town.later(minutes=2)
        reply = self.town.say(CHIEF, f"确认 {n}")
        self.assertIn(resident(1), reply)
        self.assertIn(f"第{n}号求助由值班总机处理", self.heard(ZHOU, "处理"))
        coming = self.heard(resident(1), "已接到")
        self.assertTrue(fits(coming), coming)
        self.assertIn("120", coming)
        self.town.later(hours=1)
        self.nothing(SECRETARY, WORKER)
        body = self.town.events("duty.acknowledged")[0]["body"]
        self.assertEqual((body["case"], body["seconds"] // 60), (n, 12))
        call = self.calls()[0]
        self.assertEqual((call["by"], call["waiting"], call["seconds"] // 60), ("值班总机", False, 12))
        case = self.town.json("case", "show", n)[0]
        self.assertEqual((case["state"], case["assignee"]), ("in_progress", "值班总机"))
        self.assertIn("acknowledged", [j["entry"] for j in case["journal"]])

    def test_bare_words(self):
        for i, words in enumerate(("收到", "确认", "到了", "我到了", "OK", "接到")):
            with self.subTest(words):
                if i:
                    self.town.later(hours=1)
                n = self.call(resident(1 + i % 5))
                self.heard(ZHOU, resident(1 + i % 5), 1 + i // 5)
                if words == "接到":
                    words = f"接 {n}"
                reply = self.town.say(ZHOU, words)
                self.assertIn(f"第{n}号", reply)
                self.assertFalse([c for c in self.calls() if c["waiting"]], words)
                self.assertEqual(self.town.case(n)["state"], "in_progress")

    def test_several_calls_wait(self):
        a, b = self.call(resident(1)), self.call(resident(2))
        self.heard(ZHOU, resident(2))
        reply = self.town.say(ZHOU, "收到")
        for n in (a, b):
            self.assertIn(str(n), reply)
        self.assertEqual(sum(c["waiting"] for c in self.calls()), 2)
        self.town.say(ZHOU, f"确认 {b}")
        self.assertEqual([c["case"] for c in self.calls() if c["waiting"]], [a])
        self.town.say(ZHOU, "收到")
        self.assertFalse([c for c in self.calls() if c["waiting"]])

    def test_twice_and_by_two(self):
        n = self.call()
        self.heard(ZHOU)
        self.town.say(ZHOU, f"确认 {n}")
        self.assertIn("已经由您处理", self.town.say(ZHOU, f"确认 {n}"))
        self.assertIn("值班老周", self.town.say(CHIEF, f"确认 {n}"))
        self.town.quiet()
        self.assertEqual(len(self.town.sent_to(resident(1), "已接到")), 1)
        self.assertEqual(self.town.case(n)["assignee"], "值班老周")

    def test_any_staff_of_the_grid_may_and_nobody_else(self):
        n = self.call()
        self.assertNotIn("由您处理", self.town.say(resident(4), f"确认 {n}"))
        self.assertIn("不在您负责", self.town.say(OTHER_WORKER, f"确认 {n}"))
        self.assertTrue(self.calls()[0]["waiting"])
        self.assertIn("由您处理", self.town.say(WORKER, f"确认 {n}"))
        self.heard(ZHOU, "由陈师傅处理")

    def test_after_it_is_settled(self):
        n = self.call()
        self.heard(ZHOU)
        self.town.ok("case", "resolve", n, "--note", "误会")
        self.town.later(minutes=11)
        self.nothing(CHIEF)
        self.assertIn("不用再处理", self.town.say(ZHOU, f"确认 {n}"))

    def test_the_secretary_gives_it_to_somebody_at_the_desk(self):
        n = self.call()
        self.heard(ZHOU)
        worker = next(p for p in self.town.json("person", "list") if WORKER in p["numbers"])
        self.town.ok("case", "assign", n, worker["id"])
        self.heard(ZHOU, "由陈师傅处理")
        self.heard(resident(1), "已接到")
        self.town.later(minutes=30)
        self.nothing(CHIEF)

    def test_who_cannot_come_calls_the_next(self):
        n = self.call()
        self.heard(ZHOU)
        self.assertIn("下一位", self.town.say(ZHOU, "去不了"))
        self.heard(CHIEF, "无人接")
        self.assertTrue(self.calls()[0]["waiting"])
        self.town.say(CHIEF, f"确认 {n}")
        self.town.say(CHIEF, "撤销")
        self.heard(SECRETARY, "无人接")
        self.assertTrue(self.calls()[0]["waiting"])
        self.town.say(WORKER, f"接 {n}")
        self.assertFalse(self.calls()[0]["waiting"])

    def test_withdrawn(self):
        """All who heard of it hear the correction; nobody more is woken, a person looks after it."""
        n = self.call()
        self.heard(ZHOU)
        self.town.later(minutes=10)
        self.heard(CHIEF)
        self.town.say(resident(1), "撤销")
        for who in (ZHOU, CHIEF):
            self.assertIn("更正", self.heard(who, "更正"))
        self.town.later(hours=1)
        self.nothing(SECRETARY, WORKER)
        self.assertIn("duty", [c["kind"] for c in self.town.json("todo", "list")])
        self.assertEqual(self.town.case(n)["state"], "received")
        self.assertIn("由您处理", self.town.say(ZHOU, f"确认 {n}"))

    def test_who_calls_again_is_heard_by_all_and_waits_anew(self):
        n = self.call()
        self.heard(ZHOU)
        self.town.later(minutes=10)
        self.heard(CHIEF)
        self.assertEqual(self.call(text="9"), n)
        for who, count in ((ZHOU, 2), (CHIEF, 2)):
            self.heard(who, resident(1), count)
        self.town.say(CHIEF, f"确认 {n}")
        self.town.later(minutes=5)
        self.call(text="救命，还没人来")
        self.heard(CHIEF, "还没人来")
        self.town.later(minutes=10)
        self.assertTrue(self.calls()[0]["waiting"])
        self.assertEqual(self.calls()[0]["seconds"] // 60, 10, "the first answer is the one that is measured")

    def test_typed_in_at_the_desk(self):
        """Somebody rang the office: the officers are called as by a text."""
        out = self.town.json("case", "new", "--text", "3栋有人触电", "--urgent", "--grid", "KS-03", "--from", resident(2))
        n = out[0]["number"]
        self.assertIn("触电", self.heard(ZHOU, resident(2)))
        self.town.later(minutes=10)
        self.heard(CHIEF, "无人接")
        self.town.say(CHIEF, f"确认 {n}")
        self.heard(resident(2), "已接到")
        self.assertEqual(self.calls()[0]["by"], "值班总机")

    def test_a_stranger_calls(self):
        n = self.call(STRANGER, "救命，电梯里困住了")
        self.town.say(ZHOU, f"确认 {n}")
        self.heard(STRANGER, "已接到")


class Lists(Ladder):
    people = Ladder.people + (f"{WU},值班小吴,KS-03,,,,resident,zh",)
    lists = (("--grid", "KS-03", "--person", WU, "--hours", "08:00-20:00", "--days", "mon-fri"),
             ("--grid", "KS-03", "--person", ZHOU, "--hours", "08:00-20:00"),
             ("--grid", "KS-03", "--person", WORKER, "--hours", "20:00-08:00"))

    def order(self, grid="KS-03"):
        return [(p["order"], p["name"]) for p in self.town.json("duty", "now", grid)]

    def test_by_position(self):
        self.call()
        self.heard(WU)
        self.nothing(ZHOU, CHIEF, WORKER)
        self.town.later(minutes=10)
        self.heard(ZHOU, "无人接")
        self.nothing(CHIEF, WORKER)
        self.assertIn("由您处理", self.town.say(WU, "收到"))  # on the list is an officer

    def test_now(self):
        self.assertEqual(self.order(), [(1, "值班小吴"), (2, "值班老周"), (3, "陈师傅"), (4, "值班总机"), (5, "赵书记")])
        self.assertEqual(self.order("KS-04")[0], (1, "远处老郑"))
        self.town.set_clock("2035-01-07T10:00:00+08:00")  # a Sunday
        self.assertEqual(self.order()[:2], [(1, "值班老周"), (2, "值班小吴")])
        self.town.set_clock("2035-01-09T03:00:00+08:00")
        self.assertEqual(self.order()[0], (1, "陈师傅"))

    def test_who_is_absent_has_a_deputy(self):
        self.town.ok("duty", "absent", WU, "--until", "2035-01-10")
        self.assertEqual(self.order()[0], (1, "值班老周"))
        self.call()
        self.heard(ZHOU)
        self.nothing(WU)
        self.assertTrue(self.town.json("duty", "list")[0]["absent_until"])
        self.town.ok("duty", "absent", WU, "--back")
        self.assertEqual(self.order()[0], (1, "值班小吴"))
        self.assertEqual(self.town.run("duty", "absent", WU, "--back").returncode, 1)

    def test_when_all_are_absent_they_are_called_all_the_same(self):
        for who in (WU, ZHOU, WORKER, CHIEF, SECRETARY):
            self.town.ok("duty", "absent", who, "--until", "2035-01-10")
        self.call()
        self.heard(WU)

    def test_an_entry_is_removed(self):
        first = self.town.json("duty", "list", "--grid", "KS-03")[0]
        self.assertEqual((first["position"], first["days"], first["hours"], first["now"]), (1, "mon-fri", "08:00-20:00", True))
        self.town.ok("duty", "remove", first["id"])
        self.assertEqual(self.order()[0], (1, "值班老周"))
        self.assertEqual(self.town.run("duty", "remove", first["id"]).returncode, 1)

    def test_what_is_wrong_is_said(self):
        for args, code in ((("add", "--grid", "NO", "--person", WU), 65), (("add", "--grid", "KS-03"), 64),
                           (("add", "--grid", "KS-03", "--person", "999999"), 1),
                           (("add", "--grid", "KS-03", "--person", WU, "--hours", "soon"), 64),
                           (("add", "--grid", "KS-03", "--person", WU, "--days", "someday"), 64),
                           (("absent", WU), 64), (("absent", WU, "--until", "2001-01-01"), 64)):
            with self.subTest(args):
                done = self.town.run("duty", *args)
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertTrue(done.stderr.strip())


class Empty(Ladder):
    people = ()

    def test_a_list_ends_the_warning(self):
        self.assertTrue(json.loads(self.town.run("status", "--json").stdout)["duty_list_empty"])
        self.assertEqual(self.town.run("duty", "now").returncode, 1)
        self.town.ok("duty", "add", "--grid", "KS", "--person", resident(5))
        self.assertFalse(json.loads(self.town.run("status", "--json").stdout)["duty_list_empty"])
        self.call()
        self.heard(resident(5), resident(1))


if __name__ == "__main__":
    unittest.main()
