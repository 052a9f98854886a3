"""Points: what is done earns them, once and within limits; what is undone loses them; nobody spends those of somebody else."""
import re
import shutil
import signal
import sqlite3
import unittest

from clibox import Box
from harness import ROOT
from neighbours import HELPER, Neighbours
from town import Town, WANG, STRANGER, case_number, resident, wait_for

HUSBAND = resident(20)


class PointsTown(Town):
    def person(self, number):
        return next(p["id"] for p in self.json("person", "list") if number in p["numbers"])

    def points(self, number):
        return self.json("points", "show", self.person(number))[0]["points"]

    def earns(self, number, points):
        wait_for(lambda: self.points(number) == points, lambda: f"{points} points for {number}: {self.points(number)}")

    def settle_case(self, number, text):
        """Raised, settled and asked about: the case's number."""
        n = case_number(self.say(number, text))
        self.ok("case", "resolve", n, "--note", "已修")
        self.told(number, f"第{n}号")
        wait_for(lambda: self.sent_to(number, "修好了回1"), "it is asked about")
        return n


class Earned(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.town = PointsTown().__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.town.__exit__(None, None, None)

    def test_a_case_confirmed_and_reopened(self):
        town, reporter, neighbour = self.town, resident(3), resident(4)
        n = case_number(town.say(reporter, "3 楼道灯坏了三天了"))
        town.say(neighbour, f"5 {n}")
        town.ok("case", "resolve", n, "--note", "已修")
        town.told(reporter, "修好了回1")
        self.assertEqual(town.points(reporter), 0)
        town.say(reporter, "1")
        town.earns(reporter, 1)
        town.earns(neighbour, 1)
        self.assertRegex(town.say(reporter, "积分"), r"现有1分，本月得1分。最近：1月8日反映办好\+1")
        town.ok("case", "reopen", n, "--note", "又坏了")
        town.earns(reporter, 0)
        town.earns(neighbour, 0)
        rows = town.json("points", "list", "--person", town.person(reporter))
        self.assertEqual([r["points"] for r in rows], [1, -1])
        self.assertEqual(rows[1]["reverses"], rows[0]["id"])
        town.later(minutes=5)
        town.ok("case", "resolve", n, "--note", "再修")
        wait_for(lambda: len(town.sent_to(reporter, "修好了回1")) == 2, "it is asked about again")
        town.say(reporter, "1")
        town.earns(reporter, 1)

    def test_undo_of_a_rating_takes_them_back(self):
        town, reporter = self.town, resident(5)
        town.settle_case(reporter, "3 五栋门口井盖响")
        town.say(reporter, "1")
        town.earns(reporter, 1)
        town.say(reporter, "撤销")
        town.earns(reporter, 0)

    def test_a_stranger_is_told_how_to_register(self):
        self.assertIn("登记", self.town.say(STRANGER, "积分"))

    def test_a_shared_phone_says_whose(self):
        town = self.town
        wife = town.json("person", "add", "--name", "周阿姨", "--phone", HUSBAND, "--grid", "KS-03")[0]["id"]
        town.ok("points", "award", wife, 3, "--note", "布置会场")
        reply = town.say(HUSBAND, "积分")
        self.assertIn("周阿姨3分", reply)
        self.assertIn("居民20", reply)

    def test_english(self):
        self.assertIn("You have 0 points", self.town.say(resident(39), "my points"))

    def test_award_is_told_and_taken_back(self):
        town, who = self.town, resident(6)
        row = town.json("points", "award", town.person(who), 5, "--note", "帮忙布置会场")[0]["id"]
        self.assertIn("5分：帮忙布置会场，现有5分", town.told(who, "给您加了"))
        self.assertEqual(town.json("points", "reverse", row, "--note", "记错人")[0]["points"], 5)
        self.assertEqual(town.points(who), 0)
        self.assertEqual(town.run("points", "reverse", row).returncode, 1)
        self.assertEqual(town.run("points", "award", 99999, 5, "--note", "x").returncode, 1)
        self.assertEqual(town.run("points", "award", town.person(who), 5).returncode, 64)

    def test_spent_with_the_code_that_was_read_aloud(self):
        town, who = self.town, resident(7)
        person = town.person(who)
        town.ok("points", "award", person, 8, "--note", "x")
        self.assertEqual(town.run("points", "redeem", person, 9).returncode, 1)
        town.ok("points", "redeem", person, 5, "--note", "一袋米")
        text = town.told(who, "验证码")
        code = re.search(r"验证码(\d{6})", text)[1]
        self.assertNotIn(code, str(town.json("message", "list", "--number", who)))
        wrong = "000000" if code != "000000" else "111111"
        self.assertEqual(town.run("points", "redeem", person, "--code", wrong).returncode, 77)
        self.assertEqual(town.points(who), 8)
        town.ok("points", "redeem", person, "--code", code)
        self.assertEqual(town.points(who), 3)
        self.assertIn("还剩3分", town.told(who, "用了5分"))
        self.assertEqual(town.run("points", "redeem", person, "--code", code).returncode, 1)

    def test_three_wrong_codes_make_it_void(self):
        town, who = self.town, resident(8)
        person = town.person(who)
        town.ok("points", "award", person, 8, "--note", "x")
        town.ok("points", "redeem", person, 5)
        code = re.search(r"验证码(\d{6})", town.told(who, "验证码"))[1]
        for _ in range(3):
            town.run("points", "redeem", person, "--code", "12345")
        self.assertEqual(town.run("points", "redeem", person, "--code", code).returncode, 1)
        self.assertEqual(town.points(who), 8)

    def test_what_is_spent_is_not_taken_back(self):
        town, who = self.town, resident(9)
        person = town.person(who)
        row = town.json("points", "award", person, 4, "--note", "x")[0]["id"]
        town.ok("points", "redeem", person, 3)
        code = re.search(r"验证码(\d{6})", town.told(who, "验证码"))[1]
        town.ok("points", "redeem", person, "--code", code)
        self.assertEqual(town.json("points", "reverse", row)[0]["points"], 1)
        self.assertEqual(town.points(who), 0)

    def test_who_stopped_all_texts_gets_no_code(self):
        town, who = self.town, resident(10)
        person = town.person(who)
        town.ok("points", "award", person, 4, "--note", "x")
        town.say(who, "全停")
        self.assertEqual(town.run("points", "redeem", person, 2).returncode, 1)
        town.ok("points", "redeem", person, 2, "--yes")
        self.assertEqual(town.points(who), 2)

    def test_without_a_phone_the_desk_believes(self):
        town = self.town
        person = town.json("person", "add", "--name", "没有手机的大爷", "--grid", "KS-03")[0]["id"]
        town.ok("points", "award", person, 4, "--note", "x")
        self.assertEqual(town.run("points", "redeem", person, 2).returncode, 1)
        town.ok("points", "redeem", person, 2, "--yes")
        self.assertEqual(town.json("points", "show", person)[0]["points"], 2)


class InTime(unittest.TestCase):
    def test_a_meeting_attended_counts_once(self):
        with PointsTown(now="2035-01-08T10:00:00+08:00") as town:
            town.series()
            meeting = town.meeting()["id"]
            town.set_clock("2035-01-12T14:50:00+08:00")
            town.ok("meeting", "attend", meeting, WANG, "--here")
            town.earns(WANG, 2)
            town.ok("meeting", "attend", meeting, WANG, "--here")
            town.ok("meeting", "attend", meeting, STRANGER, "--here")
            town.quiet()
            self.assertEqual(town.points(WANG), 2)
            self.assertIn("本月得2分", town.say(WANG, "积分"))

    def test_limits_of_the_day_and_a_crash(self):
        with PointsTown() as town:
            for i, what in enumerate(("楼道灯坏了", "下水道堵了", "垃圾没人清")):
                town.settle_case(WANG, f"3 {what}")
                town.say(WANG, "1")
                if i == 0:
                    town.earns(WANG, 1)
                    town.restart(signal.SIGKILL)
                town.quiet()
            town.earns(WANG, 2)  # the third is beyond the day's limit
            town.later(days=1)
            town.settle_case(WANG, "3 电梯停了")
            town.say(WANG, "1")
            town.earns(WANG, 3)

    def test_an_old_code_is_no_code(self):
        with PointsTown() as town:
            person = town.person(WANG)
            town.ok("points", "award", person, 8, "--note", "x")
            town.ok("points", "redeem", person, 5)
            code = re.search(r"验证码(\d{6})", town.told(WANG, "验证码"))[1]
            town.later(minutes=11)
            self.assertEqual(town.run("points", "redeem", person, "--code", code).returncode, 1)
            self.assertEqual(town.points(WANG), 8)


class Others(unittest.TestCase):
    """What others do at the meeting and with tasks gives points as well."""

    def points(self, town, number):
        person = next(p["id"] for p in town.json("person", "list") if number in p["numbers"])
        return town.json("points", "show", person)[0]["points"]

    def earns(self, town, number, points):
        wait_for(lambda: self.points(town, number) == points, lambda: f"{points} points: {self.points(town, number)}")

    def test_a_task_done_counts_when_it_is_confirmed(self):
        with Neighbours() as town:
            n = town.offer(text="扫雪")
            town.say(HELPER, f"8 {n}")
            town.say(HELPER, f"完成 {n}")
            self.assertEqual(self.points(town, HELPER), 0)
            town.ok("task", "confirm", n)
            self.earns(town, HELPER, 3)
            heavy = town.offer("--points", "6", text="搬家具")
            town.say(HELPER, f"8 {heavy}")
            town.say(HELPER, f"完成 {heavy}")
            town.ok("task", "confirm", heavy)
            self.earns(town, HELPER, 6)  # the day's limit

    def test_adopted_and_corrected(self):
        with PointsTown() as town:
            town.series()
            n = case_number(town.say(WANG, "4 装充电车棚"))
            town.set_clock("2035-01-12T15:20:00+08:00")
            town.quiet()
            town.ok("meeting", "decide", 1, n, "adopted", "--who", "陈师傅", "--until", "2035-02-10")
            town.earns(WANG, 5)
            town.ok("meeting", "decide", 1, n, "declined", "--note", "没有地方")
            town.earns(WANG, 0)


class Desk(unittest.TestCase):
    def test_the_month_by_address_and_the_ledger_that_only_grows(self):
        with Box() as box:
            box.people()
            ids = {p["name"]: p["id"] for p in box.json("person", "list")}
            box.ok("points", "award", ids["李建国"], 30, "--note", "很多")
            box.ok("points", "award", ids["王秀英"], 2, "--note", "=SUM(A1)")
            box.ok("points", "award", ids["John Smith"], 5, "--note", "x")
            box.set_clock("2026-12-02T10:00:00+08:00")
            rows = box.json("points", "month", "2026-11")
            self.assertEqual([(r["name"], r["grid"], r["points"]) for r in rows],
                             [("李建国", "KS-03", 30), ("王秀英", "KS-03", 2), ("John Smith", "KS-04", 5)])
            self.assertEqual([r["earned"] for r in box.json("points", "month")], [0, 0, 0])
            for change in ("DELETE FROM point", "UPDATE point SET delta = 99", "UPDATE point SET note = 'x'"):
                with sqlite3.connect(box.dir / "yishi.db") as db, self.assertRaisesRegex(sqlite3.IntegrityError, "appended"):
                    db.execute(change)
            self.assertEqual(len(box.json("points", "month", "2026-11", "--grid", "KS-04")), 1)
            self.assertIn("grid,building", box.ok("points", "month", "2026-11", "--csv"))
            self.assertEqual(box.run("points", "month", "11").returncode, 64)
            self.assertEqual(box.run("points", "list", "--reason", "gift").returncode, 64)
            self.assertEqual(box.run("points", "award", ids["李建国"], 100000, "--note", "x").returncode, 64)
            self.assertEqual(box.run("points", "award", ids["李建国"], -3, "--note", "x").returncode, 64)

    def test_a_wrong_table_names_its_line(self):
        with Box() as box:
            data = box.dir / "data"
            shutil.copytree(ROOT / "rules", data / "rules", ignore=shutil.ignore_patterns("*.c", "*.h"))
            (data / "at_commands").symlink_to(ROOT / "at_commands")
            table = data / "rules/points.table"
            table.write_text("attended 2 2 10\nfame 5 - -\n", encoding="utf-8")
            done = box.run("rules", "check", env={"YISHI_DATA": str(data)})
            self.assertEqual(done.returncode, 65)
            self.assertIn("points.table:2: fame gives no points", done.stderr)


if __name__ == "__main__":
    unittest.main()
