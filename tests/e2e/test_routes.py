"""Routes as data, deadlines in working time, and what happens when they pass: reminded, told to the level above, listed on Monday."""
import pathlib
import shutil
import tempfile
import unittest

from harness import ROOT, wait_for
from town import OTHER_WORKER, SECRETARY, WORKER, Town, case_number, resident

CHIEF, WATER = "+8613800139015", "+8613800139016"  # a worker of the community above the grids; a department


class Data(unittest.TestCase):
    def setUp(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="yishi-data-"))
        self.addCleanup(shutil.rmtree, folder, True)
        self.data = folder / "data"
        self.data.mkdir()
        shutil.copytree(ROOT / "rules", self.data / "rules")
        (self.data / "at_commands").mkdir()
        shutil.copytree(ROOT / "at_commands" / "modems", self.data / "at_commands" / "modems")
        self.routes = self.data / "rules" / "cases.routes"

    def town(self, **kw):
        town = Town(**kw)
        town.env["YISHI_DATA"] = self.data
        town.__enter__()
        self.addCleanup(town.__exit__, None, None, None)
        town.ok("person", "add", "--name", "水务", "--phone", WATER, "--grid", "KS", "--role", "department")
        return town

    def test_a_grid_has_its_own(self):
        self.routes.write_text("water | KS-04 | department 水务 > secretary | 2 4 8 |\n* | * | worker | 8 16 40 | deliberate\n", encoding="utf-8")
        town = self.town()
        town.ok("person", "add", "--name", "周大姐", "--phone", "+8613800138099", "--grid", "KS-04", "--building", "9", "--role", "resident")
        here, there = (case_number(town.say(who, "3 水管漏水了")) for who in (resident(1), "+8613800138099"))
        self.assertEqual((town.case(here)["assignee"], town.case(here)["due"]), ("陈师傅", "2035-01-09T09:00:00+08:00"))
        self.assertEqual((town.case(there)["assignee"], town.case(there)["due"]), ("水务", "2035-01-08T12:00:00+08:00"))
        # nobody is left but the secretary
        town.say(WATER, f"退 {there} 是用户内管")
        self.assertEqual((town.case(there)["state"], town.case(there)["assignee"]), ("received", None))

    def test_where_nobody_is_it_stays_received(self):
        self.routes.write_text("* | * | department 燃气 > expert > agenda | 8 16 40 | deliberate\n", encoding="utf-8")
        town = self.town()
        n = case_number(town.say(resident(1), "3 水管漏水了"))
        self.assertEqual((town.case(n)["state"], town.case(n)["assignee"]), ("received", None))

    def test_a_mistake_is_told_with_its_line_and_the_old_ones_stay(self):
        town = self.town()
        self.routes.write_text("# ours\nwater | * | everybody | 8 16 40 |\n* | * | secretary | 8 16 40 |\n", encoding="utf-8")
        check = town.run("rules", "check")
        self.assertEqual(check.returncode, 65)
        self.assertIn("cases.routes:2:", check.stderr)
        town.daemon.send_signal(1)
        wait_for(lambda: town.events("rule.rejected"), "the new routes are refused")
        n = case_number(town.say(resident(1), "3 水管漏水了"))
        self.assertEqual(town.case(n)["assignee"], "陈师傅")

    def test_the_least_busy_of_two_workers(self):
        town = self.town()
        town.ok("person", "add", "--name", "小何", "--phone", CHIEF, "--grid", "KS-03", "--role", "grid_worker")
        numbers = [case_number(town.say(resident(20 + i), words)) for i, words in enumerate(
            ("3 5栋楼道灯不亮", "3 6栋下水道堵了", "3 7栋电梯坏了", "3 8栋垃圾没人收"))]
        self.assertEqual(sorted(town.case(n)["assignee"] for n in numbers), ["小何", "小何", "陈师傅", "陈师傅"])

    def test_the_desk_opens_one_as_a_text_does(self):
        town = self.town()
        n = town.json("case", "new", "--text", "3栋水管漏水", "--from", resident(1))[0]["number"]
        self.assertEqual((town.case(n)["assignee"], town.case(n)["due"]), ("陈师傅", "2035-01-09T09:00:00+08:00"))
        self.assertIn(f"第{n}号", town.told(WORKER, "交办"))
        town.ok("case", "return", n, "--note", "不归网格")
        self.assertEqual(town.case(n)["assignee"], "水务")


class Late(unittest.TestCase):
    def town(self, **kw):
        town = Town(**kw).__enter__()
        self.addCleanup(town.__exit__, None, None, None)
        return town

    def entries(self, town, n):
        return [j["entry"] for j in town.json("case", "show", n)[0]["journal"]]

    def test_reminded_then_told_above_then_listed(self):
        town = self.town(gateway={"quiet_hours": "20:30-08:00"})
        town.ok("person", "add", "--name", "社区何", "--phone", CHIEF, "--grid", "KS", "--role", "grid_worker")
        n = case_number(town.say(resident(1), "3 3栋停水了"))  # 8 working hours: Tuesday 09:00
        town.set_clock("2035-01-09T09:00:05+08:00")
        self.assertIn(f"第{n}号", town.told(WORKER, "已过期限"))
        self.assertFalse(town.sent_to(SECRETARY, "督办"))
        self.assertEqual([c["number"] for c in town.json("case", "overdue")], [n])
        # eight working hours later the level above and the secretary; the level's own deadline begins
        town.set_clock("2035-01-10T08:31:00+08:00")
        for who in (SECRETARY, CHIEF):
            self.assertIn(f"第{n}号", town.told(who, "督办"))
        town.told(WORKER, "督办")
        shown = town.json("case", "show", n)[0]
        self.assertEqual((shown["level"], shown["state"], shown["assignee"]), (2, "assigned", "陈师傅"))
        self.assertEqual(town.json("case", "overdue"), [])
        self.assertEqual(self.entries(town, n), ["received", "assigned", "overdue", "supervised"])
        # nothing is told twice, and nothing by night
        town.quiet()
        self.assertEqual(len(town.sent_to(WORKER, "已过期限")), 1)
        town.set_clock("2035-01-13T03:00:00+08:00")
        self.assertEqual(len(town.sent_to(WORKER, "已过期限")), 1)
        town.set_clock("2035-01-15T08:30:05+08:00")  # Monday
        listed = town.told(SECRETARY, "本周督办")
        self.assertIn(f"{n}用水", listed)
        town.later(minutes=30)
        town.quiet()
        self.assertEqual(len(town.sent_to(SECRETARY, "本周督办")), 1)
        self.assertIn(town.case(n)["state"], ("assigned",), "nothing is closed for being old")

    def test_a_list_that_crashed_in_between(self):
        town = self.town()
        n = case_number(town.say(resident(1), "3 3栋停水了"))
        town.kill()
        town.set_clock("2035-01-15T09:00:00+08:00")
        town.start()
        self.assertIn(f"{n}用水", town.told(SECRETARY, "本周督办"))
        town.restart()
        town.quiet()
        self.assertEqual(len(town.sent_to(SECRETARY, "本周督办")), 1)

    def test_nobody_has_it_so_the_secretary_hears_at_once(self):
        town = self.town()
        n = case_number(town.say(resident(1), "昨夜梦见一匹白马"))
        town.set_clock("2035-01-12T14:31:00+08:00")  # 40 working hours
        self.assertIn(f"第{n}号", town.told(SECRETARY, "督办"))

    def test_holidays_count_for_nothing_and_a_working_saturday_counts(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="yishi-days-"))
        self.addCleanup(shutil.rmtree, folder, True)
        (folder / "days").write_text("# 春节\n2035-01-09 放假\n2035-01-10\n+2035-01-13 补班\n", encoding="utf-8")
        town = self.town(gateway={"holidays": str(folder / "days")})
        n = case_number(town.say(resident(1), "3 3栋停水了"))
        self.assertEqual(town.case(n)["due"], "2035-01-11T09:00:00+08:00")
        lamp = case_number(town.say(resident(2), "3 路灯不亮"))  # 24 hours: Monday 7.5, Thursday 9, Friday 7.5 more
        self.assertEqual(town.case(lamp)["due"], "2035-01-12T16:00:00+08:00")
        town.set_clock("2035-01-12T16:30:00+08:00")
        late = case_number(town.say(resident(3), "3 6栋水压低"))
        self.assertEqual(town.case(late)["due"], "2035-01-13T15:30:00+08:00")

    def test_settled_in_time_is_never_urged(self):
        town = self.town()
        n = case_number(town.say(resident(1), "3 3栋停水了"))
        town.say(WORKER, f"办结 {n} 已来水")
        town.set_clock("2035-01-15T09:00:00+08:00")
        town.quiet()
        self.assertFalse(town.sent_to(WORKER, "期限"))
        self.assertFalse(town.sent_to(SECRETARY, "督办"))

    def test_more_time_ends_the_urging(self):
        town = self.town()
        n = case_number(town.say(resident(1), "3 3栋停水了"))
        town.set_clock("2035-01-09T09:00:05+08:00")
        town.told(WORKER, "已过期限")
        town.say(WORKER, f"延 {n} 3")
        town.told(resident(1), "还要些时间")
        town.set_clock("2035-01-10T12:00:00+08:00")
        town.quiet()
        self.assertFalse(town.sent_to(SECRETARY, "督办"))
        self.assertNotIn("supervised", self.entries(town, n))
        self.assertNotIn(OTHER_WORKER, [s["number"] for s in town.sim.sent()])


if __name__ == "__main__":
    unittest.main()
