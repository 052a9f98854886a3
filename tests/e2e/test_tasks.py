"""Tasks: the first who text 8 NUMBER get them, the others wait in order (PARTICIPATION section 8)."""
import unittest

from harness import wait_for
from neighbours import ELSEWHERE, HELPER, SECOND, THIRD, VOLUNTEERS, Neighbours
from town import STRANGER, WORKER, fits, resident


class Tasks(unittest.TestCase):
    """One town; each test has tasks of its own."""

    @classmethod
    def setUpClass(cls):
        cls.town = Neighbours().__enter__()
        cls.addClassCleanup(cls.town.__exit__, None, None, None)

    def say(self, number, text, *facts):
        reply = self.town.say(number, text)
        self.assertTrue(fits(reply), f"{len(reply)} units: {reply}")
        for fact in facts:
            self.assertIn(fact, reply, f"in the answer to {text!r}")
        return reply

    def test_volunteers_of_the_grid_are_told_and_nobody_else(self):
        n = self.town.offer("--starts", "fri 09:00", "--place", "3栋", text="擦楼道扶手")
        for number in VOLUNTEERS[:9]:
            self.assertTrue(fits(self.town.told(number, f"任务{n}号")))
        self.assertFalse(self.town.sent_to(ELSEWHERE, f"任务{n}号"))
        self.assertFalse(self.town.sent_to(resident(1), f"任务{n}号"))

    def test_first_come_first_served_then_the_list(self):
        n = self.town.offer("--starts", "fri 09:00")
        self.say(HELPER, f"8 {n}", f"{n}号任务归您", "清理楼道", "1月12日", f"退{n}")
        self.say(SECOND, f"接{n}", "已满", "第1位")
        self.say(THIRD, f"抢 {n}", "第2位")
        self.assertEqual(self.town.places(n), {HELPER: "taken", SECOND: "waiting", THIRD: "waiting"})

    def test_given_back_goes_to_the_first_of_the_list(self):
        n = self.town.offer(text="搬桌子")
        self.say(HELPER, f"8 {n}")
        self.say(SECOND, f"8 {n}", "第1位")
        self.say(THIRD, f"8 {n}", "第2位")
        self.say(HELPER, f"退 {n}", "已退掉")
        self.assertIn("搬桌子", self.town.told(SECOND, f"有空位了，{n}号"))
        self.assertEqual(self.town.places(n), {HELPER: "back", SECOND: "taken", THIRD: "waiting"})
        self.say(HELPER, f"8 {n}", "第2位")  # who comes back stands at the end
        self.say(HELPER, f"退 {n}", "已退掉")

    def test_done_is_confirmed_at_the_desk(self):
        n = self.town.offer("--points", "3", "--wanted", "2", text="扫雪")
        self.say(HELPER, f"8 {n}")
        self.say(SECOND, f"8 {n}")
        self.say(HELPER, f"到了 {n}", "到了")
        self.say(HELPER, f"完成 {n}", "记为完成", "确认")
        self.say(HELPER, f"完成 {n}", "早已")
        self.say(HELPER, f"8 {n}", "已经做完")
        self.say(HELPER, f"退 {n}", "已经做完")
        wait_for(lambda: [c for c in self.town.chores("task") if c["number"] == HELPER], "the secretary hears")
        self.town.ok("task", "confirm", str(n))
        self.assertEqual(self.town.places(n), {HELPER: "confirmed", SECOND: "taken"})
        self.assertFalse([c for c in self.town.chores("task") if c["number"] == HELPER])
        done = [e["body"] for e in self.town.events("task.done") if e["body"]["task"] == n]
        self.assertEqual([(b["number"], b["points"]) for b in done], [(HELPER, 3)])
        self.assertEqual(self.town.task(n)["state"], "open")
        self.town.ok("task", "confirm", str(n), "--to", SECOND)  # who forgot to say so
        self.assertEqual(self.town.task(n)["state"], "done")
        self.assertNotEqual(self.town.run("task", "confirm", str(n)).returncode, 0)
        self.say(THIRD, f"8 {n}", "已经办完")

    def test_twice_cancelled_unknown(self):
        n = self.town.offer()
        self.say(HELPER, f"8 {n}", "归您")
        self.say(HELPER, f"8 {n}", "已经有您")
        self.say(SECOND, f"退 {n}", "没有接")
        self.town.ok("task", "cancel", str(n), "--note", "下雨")
        self.assertIn("下雨", self.town.told(HELPER, f"第{n}号清理楼道取消了"))
        self.say(SECOND, f"8 {n}", "取消了")
        self.say(HELPER, f"完成 {n}", "取消了")
        self.say(SECOND, "8 99999", "没有查到第99999号")

    def test_a_cases_number_is_no_task_and_a_tasks_number_no_case(self):
        self.say(resident(2), "3 楼道灯坏了")
        case = self.town.cases("楼道灯坏了")[-1]["number"]
        self.say(HELPER, f"8 {case}", f"第{case}号", "不是任务")
        n = self.town.offer(text="浇花")
        self.say(resident(2), f"6 {n}", f"{n}号任务：浇花", "还差1人")
        self.say(resident(2), f"5 {n}", f"{n}号任务：浇花")
        self.assertNotIn(n, [c["number"] for c in self.town.json("case", "list", "--limit", "0")])
        self.say(WORKER, f"延 {n} 2", "不是诉求")
        self.assertNotEqual(self.town.run("case", "reopen", str(n)).returncode, 0)

    def test_who_is_no_volunteer_hears_how_to_become_one(self):
        n = self.town.offer()
        self.say(resident(3), f"8 {n}", "志愿者", "书记")
        self.assertTrue([c for c in self.town.chores("volunteer") if c["number"] == resident(3)])
        self.say(resident(3), "撤销", "已撤销")
        self.assertFalse([c for c in self.town.chores("volunteer") if c["number"] == resident(3)])
        self.say(STRANGER, f"8 {n}", "志愿者")
        self.assertEqual(self.town.places(n), {})

    def test_another_grids_volunteer(self):
        n = self.town.offer()
        self.say(ELSEWHERE, f"8 {n}", "别的网格", "KS-03")

    def test_staff_take_tasks_too(self):
        n = self.town.offer(text="贴春联")
        self.town.registry(people=f"phone,name,grid,building,unit,room,roles,language\n{WORKER},陈师傅,KS-03,,,,grid_worker volunteer,zh\n")
        self.say(WORKER, f"接 {n}", f"{n}号任务归您")
        self.say(WORKER, f"退 {n}", "已退掉")
        self.say(WORKER, f"接 {n}", "归您")
        self.say(WORKER, f"办结 {n}", "记为完成")

    def test_undo_of_each_step(self):
        n = self.town.offer(text="量血压")
        self.say(HELPER, f"8 {n}", "归您")
        self.say(HELPER, "撤销", "已撤销")
        self.assertEqual(self.town.places(n), {})
        self.say(HELPER, f"8 {n}")
        self.say(HELPER, f"退 {n}")
        self.say(HELPER, "撤销", "已撤销")
        self.assertEqual(self.town.places(n), {HELPER: "taken"})
        self.say(HELPER, f"到了 {n}")
        self.say(HELPER, "撤销")
        self.assertEqual(self.town.places(n), {HELPER: "taken"})
        self.say(HELPER, f"完成 {n}")
        self.say(HELPER, "撤销")
        self.assertEqual(self.town.places(n), {HELPER: "taken"})

    def test_undo_never_takes_a_place_from_somebody(self):
        n = self.town.offer(text="送米")
        self.say(HELPER, f"8 {n}")
        self.say(SECOND, f"8 {n}", "第1位")
        self.say(HELPER, f"退 {n}")
        self.say(HELPER, "撤销", "不能自动撤销")
        self.assertEqual(self.town.places(n), {HELPER: "back", SECOND: "taken"})

    def test_given_at_the_desk(self):
        n = self.town.offer(text="发传单")
        self.town.ok("task", "give", str(n), THIRD)
        self.assertIn("发传单", self.town.told(THIRD, "社区请您来"))
        self.assertNotEqual(self.town.run("task", "give", str(n), HELPER).returncode, 0)
        self.assertEqual(self.town.places(n), {THIRD: "taken"})


class Bare8(unittest.TestCase):
    def test_takes_the_only_one_or_lists(self):
        with Neighbours() as town:
            self.assertIn("没有等人接", town.say(HELPER, "8"))
            one = town.offer(text="扫落叶")
            town.told(HELPER, f"任务{one}号")
            self.assertIn(f"{one}号任务归您", town.say(HELPER, "8"))
            two, three = town.offer(text="修车棚"), town.offer(text="挂灯笼")
            town.told(SECOND, f"任务{three}号")
            town.told(SECOND, f"任务{two}号")
            listed = town.say(SECOND, "8")
            self.assertTrue(all(f"{n}号" in listed for n in (two, three)), listed)
            self.assertIn(f"{two}号任务归您", town.say(SECOND, f"8 {two}"))


class InTime(unittest.TestCase):
    """A week of one task."""

    def test_reminded_and_too_late(self):
        with Neighbours() as town:
            n = town.offer("--starts", "2035-01-10 15:00", "--ends", "2035-01-10 17:00")
            town.say(HELPER, f"8 {n}")
            self.assertIn("才开始", town.say(HELPER, f"完成 {n}"))
            town.set_clock("2035-01-09T15:01:00+08:00")
            self.assertIn("1月10日", town.told(HELPER, "提醒：您接的"))
            town.say(SECOND, f"8 {n}")
            town.set_clock("2035-01-10T15:05:00+08:00")
            self.assertIn("已经开始", town.say(THIRD, f"8 {n}"))
            town.set_clock("2035-01-10T17:01:00+08:00")
            wait_for(lambda: town.task(n)["state"] == "done", "it is over")
            self.assertEqual(len(town.sent_to(HELPER, "提醒：您接的")), 1)

    def test_a_place_that_becomes_free_at_night_waits_for_the_morning(self):
        with Neighbours(gateway={"quiet_hours": "20:30-08:00"}) as town:
            late = town.offer("--starts", "2035-01-09 15:00", text="下午的活")
            early = town.offer("--starts", "2035-01-09 07:00", text="清早的活")
            for n in (late, early):
                town.say(HELPER, f"8 {n}")
                town.say(SECOND, f"8 {n}")
            town.set_clock("2035-01-08T22:00:00+08:00")
            town.say(HELPER, f"退 {late}")
            town.say(HELPER, f"退 {early}")
            town.told(SECOND, "清早的活")  # it would be too late in the morning
            self.assertEqual([m["state"] for m in town.rows(SECOND, "--out") if f"有空位了，{late}号" in m["text"]], ["queued"])
            town.set_clock("2035-01-09T08:01:00+08:00")
            town.told(SECOND, f"有空位了，{late}号")

    def test_published_again_when_nobody_waits(self):
        with Neighbours() as town:
            n = town.offer(text="陪诊")
            town.told(SECOND, f"任务{n}号")
            town.say(HELPER, f"8 {n}")
            town.say(HELPER, f"退 {n}")
            self.assertEqual(len(set(m["id"] for m in wait_for(
                lambda: [m for m in town.rows(SECOND, "--out") if f"任务{n}号" in m["text"]][1:] and
                [m for m in town.rows(SECOND, "--out") if f"任务{n}号" in m["text"]], "it is published again"))), 2)

    def test_a_large_publication_waits_for_a_second_person(self):
        with Neighbours(gateway={"approval_above": "5"}) as town:
            n = town.offer()
            wait_for(lambda: town.task(n)["broadcast"], "it is published")
            self.assertEqual(town.json("broadcast", "list")[0]["state"], "waiting")
            self.assertIn(f"{n}号任务归您", town.say(HELPER, f"8 {n}"))

    def test_killed_in_between(self):
        with Neighbours() as town:
            n = town.offer("--wanted", "1")
            town.told(THIRD, f"任务{n}号")
            town.say(HELPER, f"8 {n}")
            town.say(SECOND, f"8 {n}")
            town.text(HELPER, f"退 {n}")
            town.kill()
            town.start()
            town.told(SECOND, f"有空位了，{n}号")
            town.quiet()
            self.assertEqual(town.places(n), {HELPER: "back", SECOND: "taken"})
            self.assertEqual(len(town.sent_to(SECOND, "有空位了")), 1)
            self.assertEqual(len([e for e in town.events("task.taken") if e["body"]["number"] == SECOND]), 1)


class Rush(unittest.TestCase):
    """A thousand volunteers, two places, one second."""
    MANY = 1000

    def test_two_get_it_and_the_others_stand_in_order(self):
        people = [f"+8613700{i:06}" for i in range(self.MANY)]
        with Neighbours(gateway={"approval_above": "0"}, modem={"hourly_quota": 0, "daily_quota": 0}) as town:
            rows = ["phone,name,grid,building,unit,room,roles,language"]
            rows += [f"{p},义工,KS-03,1,1,{i},volunteer,zh" for i, p in enumerate(people)]
            town.registry(people="\n".join(rows) + "\n")
            n = town.offer("--wanted", "2", "--quietly")
            for p in people:
                town.text(p, f"8 {n}")
            wait_for(lambda: town.task(n)["waiting"] == self.MANY - 2, "all have claimed", seconds=120)
            heard = [m["number"] for m in town.json("message", "list", "--in", "--limit", "0")]
            claims = town.json("task", "show", str(n), "--people")
            self.assertEqual([c["number"] for c in claims], heard)
            self.assertEqual([c["state"] for c in claims], ["taken"] * 2 + ["waiting"] * (self.MANY - 2))

            def answers():
                out = {m["number"]: m["text"] for m in town.json("message", "list", "--out", "--limit", "0") if m["answers"]}
                return out if len(out) == self.MANY else None
            out = wait_for(answers, "all are answered", seconds=120)
            for c in claims[:2]:
                self.assertIn(f"{n}号任务归您", out[c["number"]])
            for line, c in enumerate(claims[2:], 1):
                self.assertIn(f"您排在第{line}位", out[c["number"]])


if __name__ == "__main__":
    unittest.main()
