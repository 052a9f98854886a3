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
text = 柜门打开
"""


class SensorSite(Site):
    def __init__(self, severity="urgent", **kw):
        self.slaves = Slaves()
        self.bus = self.slaves.tcp()
        self.unit = self.bus.unit(1).input(1, 235).discrete(0, 0)
        kw.setdefault("now", "2026-11-20T10:00:00+08:00")
        kw.setdefault("extra_config", CABINET.format(port=self.bus.port, severity=severity))
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

    def read(self):
        """Every sensor has been read twice: what was read has been acted on."""
        before = len(self.unit.asked)
        wait_for(lambda: len(self.unit.asked) >= before + 5, "the cabinet is polled")

    def at(self, clock):
        self.set_clock(clock if "T" in clock else f"2026-11-20T{clock}+08:00")
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
        with SensorSite() as site:
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
            self.assertIn("C1", site.answer(WU, 2))
            site.text(WU, "ACK C1")
            self.assertIn("is yours", site.answer(WU, 3))
            self.assertIn("John Wu", site.heard(ZHOU, 3))
            site.text(ZHOU, "确认 C1")
            self.assertIn("John Wu", site.heard(ZHOU, 4))
            self.assertEqual([a[3] for a in site.alarms()], ["John Wu"])
            site.at("12:00:00")
            self.assertEqual(site.nothing(ZHOU, WU), {ZHOU: 4, WU: 3})
            # between limit and clear nothing ends
            site.degrees(52)
            site.at("12:05:00")
            self.assertEqual(len(site.alarms()), 1)
            site.degrees(49.9)
            site.at("12:07:00")
            self.assertIn("恢复正常", site.heard(ZHOU, 5))
            self.assertIn("is over", site.answer(WU, 4))
            self.assertEqual(site.alarms(), [])
            (case,) = [c for c in site.json("case", "list") if c["number"] == event["case"]]
            self.assertEqual(case["state"], "closed")
            self.assertIn("恢复正常", site.ok("case", "show", case["number"]))
            site.text(ZHOU, "确认 C1")
            self.assertIn("不用再处理", site.heard(ZHOU, 6))


if __name__ == "__main__":
    unittest.main()
