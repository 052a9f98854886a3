"""Alarms of sensors among people: told to those on duty, acknowledged by text, told again, rung, over; over a crash, at night."""
import os
import unittest

from harness import Site, wait_for

try:
    from modbus_slaves import Slaves
except ImportError as missing:
    raise unittest.SkipTest(f"python3-pymodbus is not installed: {missing}") from missing

ZHOU, WU, FITTER, CHIEF, ENGLISH = "+8613800139013", "+8613800139014", "+8613800138007", "+8613800138009", "+8613800138003"
PEOPLE = ("phone,name,grid,building,unit,room,roles,language\n"
          "13800139013,值班老周,KS,,,,duty_officer,zh\n"
          "13800139014,John Wu,KS,,,,duty_officer,en\n"
          "13800138007,钱师傅,KS,,,,installer,zh\n"
          "13800138001,王秀英,KS-03,3,2,501,resident,zh\n"
          "13800138009,赵书记,KS,,,,secretary,zh\n")

CABINET = """
[cabinet pump]
connection = tcp:127.0.0.1:{port}
unit = 1
poll = 150ms
place = 3号泵房
silence = 2m
[sensor pump.temperature]
register = input:1
type = int16
scale = 0.1
unit = °C
high = 55
clear = 50
hold = 60s
severity = {severity}
text = 机柜温度
[sensor pump.door]
register = discrete:0
type = bit
alarm = 1
armed = 20:00-07:00
severity = urgent
{words}
"""


class SensorSite(Site):
    def __init__(self, severity="urgent", words="text = 柜门打开", **kw):
        self.slaves = Slaves()
        self.bus = self.slaves.tcp()
        self.unit = self.bus.unit(1).input(1, 235).discrete(0, 0)
        kw.setdefault("now", "2026-11-20T10:00:00+08:00")
        kw.setdefault("extra_config", CABINET.format(port=self.bus.port, severity=severity, words=words))
        super().__init__(**kw)

    def __exit__(self, *args):
        super().__exit__(*args)
        self.slaves.stop()

    def start(self, ready=True):
        if not (self.dir / "people.csv").exists():
            self.registry(people=PEOPLE)
            for number in ("13800139013", "13800139014"):
                self.ok("duty", "add", "--person", number, "--grid", "KS")
        super().start(ready)
        self.read()

    def start_without_data(self):
        super().start()

    def read(self):
        """Every sensor has been read twice: what was read has been acted on."""
        before = len(self.unit.asked)
        wait_for(lambda: len(self.unit.asked) >= before + 5, "the cabinet is polled")

    def at(self, clock):
        self.set_clock(f"{clock}+08:00" if "T" in clock else f"2026-11-20T{clock}+08:00")
        self.aware()
        self.read()

    def degrees(self, value):
        self.unit.input(1, int(value * 10))
        self.read()

    def door(self, is_open):
        self.unit.discrete(0, is_open)
        self.read()

    def alarms(self, standing=True):
        return self.look("SELECT number, kind, flaps, acked_name FROM sensor_alarm" + (" WHERE ended_utc IS NULL" if standing else ""))

    def heard(self, number, count=1, contains="告警"):
        return self.answer(number, count, contains)

    def nothing(self, *numbers):
        self.idle()
        return {n: len(self.sent_to(n)) for n in numbers}


class Alarms(unittest.TestCase):
    def test_a_life(self):
        """Held, told, told again to the next, acknowledged by text, over; its case with it."""
        with SensorSite(gateway={"ring": "no"}) as site:
            # as on a full disk, rows of sensors are not written
            site.write("CREATE TRIGGER full BEFORE UPDATE ON sensor BEGIN SELECT RAISE(ABORT, 'full'); END")
            site.degrees(56)
            site.at("10:00:50")
            site.degrees(54)  # interrupted
            site.degrees(57.3)
            site.at("10:01:30")
            self.assertEqual(site.alarms(), [])
            site.at("10:01:55")
            text = site.heard(ZHOU)
            for part in ("C1", "3号泵房", "机柜温度", "57.3", "55", "10:00", "确认 C1"):
                self.assertIn(part, text)
            # a new state has its own value beside it, not the old one
            (shown,) = [s for s in site.json("sensor", "list") if s["name"] == "pump.temperature"]
            self.assertEqual((shown["state"], shown["value"]), ("high", 57.3))
            site.write("DROP TRIGGER full")
            self.assertEqual(site.nothing(WU, FITTER, CHIEF), {WU: 0, FITTER: 1, CHIEF: 0})
            self.assertIn("交办", site.sent_to(FITTER)[0]["text"])  # the case, and no second text about the alarm
            (event,) = [e["body"] for e in site.json("events") if e["kind"] == "sensor.alarm"]
            self.assertEqual((event["sensor"], event["value"], event["limit"], event["severity"], event["recipients"]),
                             ("pump.temperature", 57.3, 55.0, "urgent", 1))
            (case,) = [c for c in site.json("case", "list") if c["number"] == event["case"]]
            self.assertEqual((case["assignee"], case["state"]), ("钱师傅", "assigned"))
            # killed at once; told again after five minutes, and the next after five more: nobody twice for one occasion
            site.kill()
            site.start()
            site.degrees(58)
            self.assertEqual(site.nothing(ZHOU), {ZHOU: 1})
            site.at("10:07:00")
            self.assertIn("还没有人确认", site.heard(ZHOU, 2))
            site.at("10:12:10")
            text = site.heard(WU, contains="ACK C1")
            self.assertIn("NOBODY ACKNOWLEDGED", text)
            self.assertNotIn("°", text)
            # wrong codes, and who may not
            site.text(WU, "ack c9")
            self.assertIn("ACK C1", site.answer(WU, 2))
            site.text(WU, "ack 7")  # neither a case nor an alarm
            self.assertIn("ACK C1", site.answer(WU, 3))
            site.text(WU, "ACK C1")
            self.assertIn("is yours; others who were told: 1", site.answer(WU, 4))
            self.assertIn("John Wu", site.heard(ZHOU, 3))
            site.text(ZHOU, "确认 C1")
            self.assertIn("John Wu", site.heard(ZHOU, 4))
            self.assertEqual([a[3] for a in site.alarms()], ["John Wu"])
            site.at("12:00:00")
            self.assertEqual(site.nothing(ZHOU, WU), {ZHOU: 4, WU: 4})
            # between limit and clear nothing ends
            site.degrees(52)
            site.at("12:05:00")
            self.assertEqual(len(site.alarms()), 1)
            site.degrees(49.9)
            site.at("12:07:00")
            self.assertIn("恢复正常", site.heard(ZHOU, 5))
            self.assertIn("is over", site.answer(WU, 5))
            self.assertEqual(site.alarms(), [])
            (case,) = [c for c in site.json("case", "list") if c["number"] == event["case"]]
            self.assertEqual(case["state"], "closed")
            self.assertIn("恢复正常", site.ok("case", "show", case["number"]))
            site.text(ZHOU, "确认 C1")
            self.assertIn("不用再处理", site.heard(ZHOU, 6))
            # within the hour it is an alarm of its own, and the same case: its installer knows of that, …
            cases = lambda: site.look("SELECT number, state FROM matter")
            site.degrees(58)
            site.at("12:09:00")
            self.assertIn("58", site.heard(ZHOU, contains="C2"))
            self.assertEqual(cases(), [(event["case"], "in_progress")])
            site.idle()
            self.assertEqual((len(site.sent_to(FITTER, "交办")), [a[0] for a in site.alarms()]), (1, [2]))
            # … and hears of it once more when they had settled it
            site.text(FITTER, f"办结 {event['case']} 换了风扇")
            wait_for(lambda: cases()[0][1] == "resolved", "it is settled")
            site.degrees(40)
            site.at("12:12:00")
            site.heard(ZHOU, contains="C2恢复正常")
            site.degrees(58)
            site.at("12:14:00")
            site.heard(FITTER, 2, contains="交办")
            self.assertEqual(cases(), [(event["case"], "assigned")])
            site.degrees(40)
            site.at("12:16:00")
            wait_for(lambda: cases() == [(event["case"], "closed")], "it is over")
            site.at("13:17:00")
            site.degrees(58)
            site.at("13:19:00")
            site.heard(ZHOU, contains="C4")
            self.assertEqual(len(cases()), 2)

    def test_a_night(self):
        """A warning waits for the morning and is seen meanwhile; an open door wakes people, rings them, and is acknowledged at the desk."""
        with SensorSite(severity="warning", gateway={"quiet_hours": "20:30-08:00"}, now="2026-11-20T19:00:00+08:00") as site:
            site.door(True)  # by day it is a door
            site.at("19:30:00")
            self.assertEqual(site.alarms(), [])
            site.door(False)
            site.at("23:00:00")
            site.degrees(60)
            site.at("23:01:10")
            self.assertEqual([a[:2] for a in site.alarms()], [(1, "high")])
            site.door(True)
            text = site.heard(ZHOU)
            self.assertIn("C2", text)
            self.assertIn("柜门打开", text)
            wait_for(lambda: site.look("SELECT value FROM sensor WHERE name = 'pump.door'") == [(1,)], "the value that people heard of is written")
            # nobody: told again and rung, then the next one; only once each
            site.at("23:06:10")
            self.assertIn("还没有人确认", site.heard(ZHOU, 2))
            self.rung(site, 1)
            site.at("23:11:20")
            site.heard(WU, contains="ACK C2")
            site.text(WU, "1")  # a text that comes in while a phone is rung is answered
            self.rung(site, 2)
            self.assertEqual(site.look("SELECT state, result FROM sensor_ring"), [("done", "over")] * 2)
            done = site.run("status")
            self.assertEqual(done.returncode, 1)
            self.assertIn("C2 3号泵房 柜门打开", done.stdout)
            self.assertIn("C1 3号泵房 机柜温度 60.0 °C; nobody", done.stdout)
            self.assertEqual(site.run("sensor", "ack", "C9").returncode, 1)
            site.ok("sensor", "ack", "C2")
            self.assertEqual(site.run("sensor", "ack", "2").returncode, 1)
            site.heard(ZHOU, 3, contains="")
            self.assertIn("社区", site.sent_to(ZHOU)[-1]["text"])
            self.assertIn("the office", site.answer(WU, contains="the office"))
            site.kill()  # in the middle of everything
            site.start()
            site.at("23:59:00")
            site.door(False)
            site.set_clock("2026-11-21T00:00:10+08:00")
            site.read()
            site.at("2026-11-21T00:01:20")
            self.assertIn("恢复正常", site.heard(ZHOU, 4, contains=""))  # what was urgent ends at night as well
            rows = {r["number"]: r for r in site.json("sensor", "alarms", "--all")}
            self.assertEqual((rows["C2"]["ended"] is not None, rows["C1"]["ended"], rows["C1"]["value"]), (True, None, "60.0 °C"))
            self.assertIn("is over already", site.run("sensor", "ack", "2").stderr)
            self.assertEqual(site.sent_to(ZHOU, "C1"), [])
            site.set_clock("2026-11-21T08:00:30+08:00")
            self.assertIn("60", site.heard(ZHOU, contains="C1"))
            self.assertEqual(site.sim.state()["dials"], 2)
            # nobody is told of an end whose beginning never left: it says it all
            self.assertEqual(len(site.sent_to(ZHOU)), 5)
            # the installer has settled the case, though it is still hot: nobody is told again
            site.text(FITTER, "办结 1 已加风扇")
            wait_for(lambda: site.look("SELECT 1 FROM matter WHERE number = 1 AND state = 'resolved'"), "the case is settled")
            site.at("2026-11-21T12:00:00")
            self.assertEqual(site.nothing(ZHOU), {ZHOU: 5})
            self.assertEqual([a[0] for a in site.alarms()], [1])

    def rung(self, site, count):
        wait_for(lambda: site.sim.state()["dials"] == count and site.sim.state()["call"], f"{count} calls")
        site.sim.do("hangup")
        wait_for(lambda: not site.look("SELECT 1 FROM sensor_ring WHERE state <> 'done'"), "it is over")

    def test_silence_and_flapping(self):
        """One alarm for a cabinet that tells nothing, to installers; a door that comes and goes is told of three times, not fifty."""
        with SensorSite(words="", gateway={"quiet_hours": "none", "ring": "no"}, now="2026-11-20T21:00:00+08:00") as site:
            site.unit.fault = "silent"
            # a single poll in vain is no silence yet: the two minutes begin when the daemon takes note
            wait_for(lambda: site.look("SELECT 1 FROM event WHERE kind = 'cabinet.lost'"), "it is missed")
            site.set_clock("2026-11-20T21:01:50+08:00")
            site.aware()
            self.assertEqual(site.alarms(), [])
            site.set_clock("2026-11-20T21:02:30+08:00")
            text = site.heard(FITTER)
            for part in ("C1", "3号泵房", "没有应答", "确认 C1"):
                self.assertIn(part, text)
            self.assertEqual([a[:2] for a in site.alarms()], [(1, "silent")])
            site.kill()
            site.start_without_data()
            site.unit.fault = None
            wait_for(lambda: not site.alarms(), "data are back")
            self.assertIn("又有数据", site.heard(FITTER, 2))
            # one register is gone: a fault of that sensor alone
            del site.unit.blocks["ir"].values[1]
            site.at("21:03:00")
            site.at("21:05:30")
            self.assertIn("机柜温度没有数据，设备拒绝读取", site.heard(FITTER, contains="C2"))
            site.unit.input(1, 235)
            wait_for(lambda: not site.alarms(), "it is read again")
            self.assertEqual([e["body"]["fault"] for e in site.json("events") if e["kind"] == "sensor.fault"], ["timeout", "exception"])
            minute = 6
            for _ in range(4):
                site.at(f"21:{minute:02}:00")
                site.door(True)
                site.at(f"21:{minute:02}:20")
                site.door(False)
                minute += 1
            wait_for(lambda: [a[2] for a in site.alarms()] == [1], "it is seen to come and go")
            site.at("21:40:00")
            self.assertIn("door 1", site.heard(ZHOU, contains="反复出现"))  # no register, when nobody gave it words
            self.assertLessEqual(len(site.sent_to(ZHOU)), 4)
            # what was read before the clock leapt is not taken for the last that was read
            site.set_clock("2026-11-20T21:55:00+08:00")
            wait_for(lambda: site.look("SELECT 1 FROM sensor WHERE name = 'pump.temperature' AND seen_utc >= strftime('%s', '2026-11-20 13:55:00') + 0"),
                     "the reading is written down")
            site.at("22:11:00")
            self.assertIn("恢复正常", site.heard(ZHOU, contains="恢复正常"))
            self.assertEqual(site.sim.state()["dials"], 0)  # [gateway] ring = no


if __name__ == "__main__":
    unittest.main()
