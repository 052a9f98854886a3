"""Texts in a burst: the next one is chosen and its AT+CMGS out before the last one is on disk, and still nothing is lost, left half, or
sent twice, whatever is cancelled, comes between, cannot be written, or falls silent meanwhile."""
import os
import pathlib
import random
import re
import signal
import time
import unittest

from daemon_site import DaemonSite
from harness import ROOT, wait_for

NUMBER = "+8613800138001"
LONG = "居民议事会通知，" * 60  # 480 units: 8 parts
WAITS = "SELECT count(*) FROM message_out WHERE state IN ('queued', 'sending')"
LEFT = "SELECT count(*) FROM message_out WHERE state IN ('sent', 'delivered')"


class Site(DaemonSite):
    """With `row`, the generic row has these keys: {"send.silence": "2s"}."""

    def __init__(self, row=None, **kw):
        super().__init__(**kw)
        self.row = row

    def write_config(self):
        super().write_config()
        if not self.row:
            return
        data = self.dir / "data"
        (data / "at_commands" / "modems").mkdir(parents=True, exist_ok=True)
        for name in os.listdir(ROOT):
            if name != "at_commands":
                (data / name).symlink_to(pathlib.Path(ROOT) / name)
        for path in (pathlib.Path(ROOT) / "at_commands" / "modems").iterdir():
            text = path.read_text(encoding="utf-8")
            for key, value in self.row.items() if path.name == "generic.modem" else ():
                text = re.sub(f"^{re.escape(key)} = .*$", f"{key} = {value}", text, flags=re.M)
            (data / "at_commands" / "modems" / path.name).write_text(text, encoding="utf-8")
        self.env["YISHI_DATA"] = str(data)

    def burst(self, count, kind="broadcast", text="通知"):
        ids = [self.queue(f"+86139{i:08}", f"{text}{i}", kind) for i in range(count)]
        self.control("wake")
        return ids

    def written(self, modem=0):
        """What the daemon wrote from the first submit on, one write a line."""
        lines = [line.split(" > ", 1)[1] for line in self.sim.log(modem).splitlines() if " > " in line]
        first = next((i for i, line in enumerate(lines) if "+CMGS=" in line), len(lines))
        return lines[first:]

    def settled(self, seconds=120):
        self.wait_value(WAITS, 0, seconds=seconds)

    def check_each_once(self, test, ids):
        sent = {s["number"]: s for s in self.sim.sent()}
        for id in ids:
            number, text, state = self.rows("SELECT number, text, state FROM message_out WHERE id = ?", id)[0]
            test.assertIn(state, ("sent", "delivered"), (id, number))
            test.assertIn(number, sent)
            test.assertEqual((sent[number]["text"], sent[number]["copies"]), (text, 1))
        test.assertEqual(self.value("SELECT count(*) FROM part_out WHERE state = 'sending'"), 0)
        test.assertEqual(self.value("SELECT count(*) FROM event WHERE kind = 'message.sent'"), len(ids))


class Steady(unittest.TestCase):
    def test_one_line_a_part_and_the_link_held_open(self):
        with Site(modem={"reports": "no"}) as site:
            ids = site.burst(60)
            site.sim.wait_sent(60)
            site.settled()
            lines = [line for line in site.written() if line.startswith("AT")]
            self.assertEqual(sum("+CMGS=" in line for line in lines), 60)
            self.assertLessEqual(len(lines), 63, lines)
            self.assertEqual(site.sim.log().count("> AT+CMMS=2"), 1)
            site.check_each_once(self, ids)

    def test_a_link_that_falls_back_is_held_again_for_each_burst(self):
        with Site(row={"send.cmms": "1"}, modem={"reports": "no"}) as site:
            for round in (1, 2):
                site.burst(6, text=f"第{round}次")
                site.wait_value(LEFT, 6 * round)
                wait_for(lambda: site.live() == "ready", "nothing is to be done")
                self.assertEqual(site.sim.log().count("> AT+CMMS=1"), round)

    def test_a_modem_that_does_not_know_it_is_asked_once(self):
        with Site(modem={"reports": "no"}) as site:
            site.sim.fault("refuse", -1, text="+CMMS")
            ids = site.burst(10)
            site.settled()
            self.assertEqual(site.sim.log().count("> AT+CMMS="), 1)
            site.check_each_once(self, ids)

    def test_asked_for_its_format_in_the_line_of_the_submit(self):
        with Site(profile="quectel-ec2x", modem={"reports": "no"}) as site:
            site.sim.fault("text_mode", after=5)
            ids = site.burst(20)
            site.settled()
            self.assertEqual(sum("+CMGS=" in line and "+CMGF?" not in line for line in site.written()), 0)
            site.check_each_once(self, ids)

    def test_a_modem_that_takes_one_command_a_line(self):
        with Site(profile="quectel-ec2x", modem={"reports": "no"}) as site:
            site.sim.answer("+CMGF?;+CMGS", final="ERROR")
            ids = site.burst(10)
            site.settled()
            lines = [line for line in site.written() if "+CMGS=" in line]
            self.assertEqual(sum("+CMGF?" in line for line in lines), 1, lines)
            site.check_each_once(self, ids)

    def test_two_lines_never_hold_one_text(self):
        with Site(modems=2, air_ms=20, modem={"reports": "no"}) as site:
            ids = site.burst(40)
            site.settled()
            site.check_each_once(self, ids)
            for modem in (0, 1):
                self.assertFalse([line for line in site.written(modem) if "\\x1b" in line.lower()], "one was chosen by both")


class Between(unittest.TestCase):
    def test_an_alarm_goes_before_the_next_part(self):
        with Site(air_ms=250) as site:
            long = site.queue(NUMBER, LONG)
            others = [site.queue(f"+86139{i:08}", "通知") for i in range(3)]
            site.control("wake")
            begun = "SELECT count(*) FROM part_out WHERE message = ?"
            wait_for(lambda: site.value(begun, long) >= 2, "it is under way")
            alarm = site.queue("+8613800138009", "有人求助", "alarm")
            site.control("wake")
            before = site.value(begun, long)
            parts = wait_for(lambda: site.rows(f"SELECT ({begun}) FROM message_out WHERE id = ? AND state IN ('sent', 'delivered')",
                                               long, alarm), "the alarm has left", every=0.005)
            self.assertLessEqual(parts[0][0], before + 1)
            site.settled()
            self.assertTrue(all(s["complete"] and s["copies"] == 1 for s in site.sim.sent()))
            self.assertEqual(len(site.sim.sent()), 2 + len(others))

    def test_what_was_chosen_and_is_cancelled_meanwhile_is_not_sent(self):
        # with reports the disk comes before the line: they are in one breath with the answer
        for reports in ("no", "yes"):
            with self.subTest(reports=reports), Site(start=False, air_ms=500, modem={"reports": reports}) as site:
                site.start()
                site.kill(signal.SIGTERM)
                one, two, three = [site.queue(f"+86139{i:08}", f"通知{i}") for i in range(3)]
                # in the very transaction that writes what became of the first
                site.write(f"CREATE TRIGGER too_late AFTER UPDATE OF state ON part_out WHEN new.state IN ('sent', 'delivered') BEGIN"
                           f" UPDATE message_out SET state = 'cancelled' WHERE id = {two} AND state = 'queued'; END")
                site.start()
                site.wait_out(one, "sent", "delivered", seconds=30)
                site.wait_out(three, "sent", "delivered", seconds=30)
                self.assertEqual(site.out(two), "cancelled")
                self.assertEqual(site.rows("SELECT * FROM part_out WHERE message = ?", two), [])
                self.assertEqual([s["number"] for s in site.sim.sent()], ["+8613900000000", "+8613900000002"])
                if reports == "no":
                    self.assertTrue(any("\\x1b" in line.lower() for line in site.written()), site.written())

    def test_outcomes_that_cannot_be_written_are_not_forgotten(self):
        with Site(air_ms=20) as site:
            site.write("CREATE TRIGGER full BEFORE UPDATE OF state ON part_out WHEN new.state IN ('sent', 'delivered')"
                       " BEGIN SELECT RAISE(ABORT, 'full'); END")
            ids = site.burst(10)
            site.sim.wait_sent(1)
            time.sleep(2.5)
            self.assertEqual(len(site.sim.sent()), 1)
            self.assertEqual(site.value("SELECT count(*) FROM part_out WHERE state = 'sending'"), 1)
            site.write("DROP TRIGGER full")
            site.settled()
            site.check_each_once(self, ids)

    def test_nothing_is_begun_that_cannot_be_written(self):
        with Site() as site:
            site.write("CREATE TRIGGER full BEFORE INSERT ON part_out BEGIN SELECT RAISE(ABORT, 'full'); END")
            ids = site.burst(5)
            wait_for(lambda: "cannot be written" in site.log(), "it is said")
            time.sleep(1.5)
            self.assertEqual(site.sim.sent(), [])
            self.assertEqual(site.value(WAITS.replace("IN ('queued', 'sending')", "= 'queued'")), 5)
            site.write("DROP TRIGGER full")
            site.settled()
            site.check_each_once(self, ids)

    def test_killed_in_the_middle_of_a_burst(self):
        seed = int(os.environ.get("YISHI_SEED", random.randrange(1 << 30)))
        print(f"seed {seed}", flush=True)
        dice = random.Random(seed)
        with Site(air_ms=25, reply_ms=4, link_ms=0, start=False) as site:
            site.start()
            ids = [site.queue(f"+86139{i:08}", f"通知{i}，" * dice.choice([1, 1, 30])) for i in range(60)]
            for _ in range(int(os.environ.get("YISHI_CRASH_ROUNDS", "12"))):
                before = site.sim.last()
                site.control("wake")
                if site.value(WAITS):
                    wait_for(lambda: site.sim.last() > before or not site.value(WAITS), "one more is on its way", every=0.002)
                time.sleep(dice.uniform(0, 0.08))
                site.kill(signal.SIGKILL)
                site.start()
            site.settled()
            for id in ids:
                number, state, segments = site.rows("SELECT number, state, segments FROM message_out WHERE id = ?", id)[0]
                seen = [s for s in site.sim.sent() if s["number"] == number]
                self.assertLessEqual(sum(s["seen"] for s in seen), segments, (number, state, seen))
                if state in ("sent", "delivered"):
                    self.assertTrue(seen and seen[0]["complete"], (number, state, seen))
                else:
                    self.assertEqual(state, "uncertain", number)
            self.assertEqual(site.value("SELECT count(*) FROM part_out WHERE state = 'sending'"), 0)


class Silence(unittest.TestCase):
    def test_a_late_answer_settles_it(self):
        with Site(row={"send.silence": "1500ms"}, air_ms=5000, link_ms=0, faults=["report_none=-1"]) as site:
            ids = [site.queue(f"+86139{i:08}", "通知") for i in range(2)]
            site.control("wake")
            site.wait_out(ids[0], "uncertain")
            site.settled()
            for id in ids:
                site.wait_out(id, "sent")
            site.check_each_once(self, ids)
            self.assertEqual(site.value("SELECT count(*) FROM event WHERE kind = 'modem.lost'"), 0)

    def test_others_do_not_wait_for_an_answer_that_never_comes(self):
        with Site(row={"send.silence": "1500ms"}, faults=["report_none=-1"]) as site:
            site.sim.fault("silent_sent", count=1)
            first = site.queue(NUMBER, "通知")
            second = site.queue("+8613800138002", "通知二")
            site.control("wake")
            site.wait_out(first, "uncertain")
            site.wait_out(second, "sent", seconds=60)
            self.assertEqual(site.out(first), "uncertain")
            self.assertEqual([s["copies"] for s in site.sim.sent()], [1, 1])

    def test_a_report_ends_the_wait(self):
        with Site(row={"send.silence": "10m", "send.result": "20m"}, faults=["report_none=-1"]) as site:
            site.sim.fault("silent_sent", count=1)
            first = site.queue(NUMBER, "收到", "reply")
            second = site.queue("+8613800138002", "通知二")
            site.control("wake")
            site.sim.wait_sent(1)
            site.sim.report(site.sim.sent()[0]["id"])
            site.wait_out(first, "delivered", seconds=60)
            site.wait_out(second, "sent", seconds=60)
            self.assertEqual(site.value("SELECT count(*) FROM event WHERE kind = 'message.sent'"), 2)
            self.assertEqual([s["copies"] for s in site.sim.sent()], [1, 1])

    def test_a_report_in_one_breath_with_its_answer_is_not_taken_for_another_ones(self):
        """The first text to that number never left; the reports of those behind it are theirs."""
        with Site(row={"send.silence": "1500ms"}) as site:
            site.sim.fault("silent_unsent", count=1)
            lost = site.queue(NUMBER, "通知")
            site.control("wake")
            site.wait_out(lost, "uncertain")
            for i in range(20):
                id = site.queue(NUMBER, f"通知{i}")
                site.control("wake")
                site.wait_out(id, "delivered")
            self.assertEqual(site.out(lost), "uncertain")

    def test_a_reset_without_a_word_swallows_nothing(self):
        """It falls back to text mode in the middle of a burst, and gives itself away by its echo."""
        with Site(modem={"reports": "no"}) as site:
            site.sim.fault("self_reset", after=8)
            ids = site.burst(30)
            site.settled()
            site.check_each_once(self, ids)

    def test_text_mode_without_a_word_swallows_one(self):
        with Site(row={"send.silence": "1500ms"}, modem={"reports": "no"}) as site:
            site.sim.fault("text_mode", after=8)
            site.burst(30)
            site.settled()
            self.assertLessEqual(site.value("SELECT count(*) FROM message_out WHERE state = 'uncertain'"), 1)
            self.assertEqual(site.value("SELECT count(*) FROM message_out WHERE state NOT IN ('uncertain', 'sent')"), 0)
            self.assertTrue(all(s["copies"] == 1 for s in site.sim.sent()))


if __name__ == "__main__":
    unittest.main()
