"""Alarms of lines: told once to installers, by whichever line works, kept over restarts, and all-clear when they end."""
import json
import unittest

from harness import Site, wait_for

PEOPLE = ("phone,name,grid,building,unit,room,roles,language\n"
          "13800138007,钱师傅,KS,,,,installer,zh\n"
          "13800138009,赵书记,KS,,,,secretary,zh\n")
INSTALLER, SECRETARY = "+8613800138007", "+8613800138009"


class AlarmSite(Site):
    def __init__(self, people=PEOPLE, **kw):
        self.people = people
        kw.setdefault("now", "2026-11-20T10:00:00+08:00")
        super().__init__(**kw)

    def start(self, ready=True):
        if not (self.dir / "people.csv").exists():
            self.registry(people=self.people)
        super().start(ready)

    def status(self):
        done = self.run("status", "--json")
        return done.returncode, json.loads(done.stdout)

    def modem_state(self, name):
        return next(m["state"] for m in self.json("modem", "list") if m["name"] == name)

    def events(self, kind):
        return [e for e in self.json("events") if e["kind"] == kind]

    def lost(self, times):
        """Waits until a modem is missed, and until the daemon has done with it: what comes behind that may set the clock."""
        wait_for(lambda: self.log().count("there is no") >= times, "the modem is lost")
        self.status()

    def at(self, clock):
        self.set_clock(f"2026-11-20T{clock}:00+08:00")


class Alarms(unittest.TestCase):
    def test_a_modem_is_lost_and_comes_back(self):
        with AlarmSite(modems=2) as site:
            self.assertEqual(site.status()[1]["alarms"], 0)
            site.sim.replug(ms=20000, modem=0)
            site.lost(1)
            site.at("10:01")
            self.assertEqual(site.events("modem.alarm"), [])  # not for so short
            site.at("10:04")
            text = site.answer(INSTALLER, contains="m0")
            self.assertIn("找不到", text)
            self.assertIn("USB", text)  # the remedy
            self.assertEqual(site.sent_to(SECRETARY), [])
            self.assertEqual(site.sim.sent()[0]["modem"], 1)
            rc, status = site.status()
            self.assertEqual((rc, status["alarms"], status["calls_for_help"]), (1, 1, 0))
            alarm = status["line_alarms"][0]
            self.assertEqual((alarm["modem"], alarm["alarm"], alarm["severity"]), ("m0", "lost", "warning"))
            self.assertIn("m0", site.run("status").stdout)
            site.kill(15)  # SIGTERM
            site.start(ready=False)
            wait_for(lambda: site.modem_state("m0") == "ready", "m0 is back")
            site.at("10:06")
            over = site.answer(INSTALLER, 2, contains="m0")
            self.assertIn("恢复", over)
            self.assertEqual(site.status()[1]["alarms"], 0)
            # again within the hour: written down, and told when the hour is over and it still is so
            seen = site.log().count("there is no")
            site.sim.replug(ms=3600000, modem=0)
            site.lost(seen + 1)
            site.at("10:10")
            wait_for(lambda: len(site.events("modem.alarm")) == 2, "the second alarm")
            self.assertEqual(site.status()[1]["alarms"], 1)
            site.idle()
            self.assertEqual(len(site.sent_to(INSTALLER)), 2)
            site.at("11:10")
            self.assertIn("10:0", site.answer(INSTALLER, 3))  # since when
            self.assertEqual(len(site.events("modem.clear")), 1)

    def test_nights_and_what_ended_before_it_was_told(self):
        """A line stops, another one sends: that waits for the morning; and then the all-clear says it all."""
        with AlarmSite(modems=2, gateway={"quiet_hours": "20:30-08:00", "language": "en"}, now="2026-11-20T23:00:00+08:00") as site:
            site.sim.fault("smsc_empty", 1, modem=0)
            site.restart()
            site.at("23:05")
            event = wait_for(lambda: site.events("modem.alarm"), "the alarm")[0]["body"]
            self.assertEqual((event["modem"], event["alarm"], event["severity"]), ("m0", "smsc-missing", "warning"))
            wait_for(lambda: len(site.json("message", "list")) == 1, "its text waits")
            self.assertEqual(site.sent_to(INSTALLER), [])
            site.sim.fault("smsc_empty", 0, modem=0)
            site.restart()
            site.at("23:06")
            wait_for(lambda: site.status()[1]["alarms"] == 0, "over when the settings are read again")
            site.set_clock("2026-11-21T08:01:00+08:00")
            text = site.answer(INSTALLER)
            self.assertIn("well again", text)
            self.assertIn("20/11 23:0" if "20/11" in text else "11/20 23:0", text)
            site.idle()
            self.assertEqual(len(site.sent_to(INSTALLER)), 1)

    def test_the_only_line_is_urgent_and_secretaries_stand_in(self):
        people = PEOPLE.replace("installer", "volunteer")
        with AlarmSite(people=people, gateway={"quiet_hours": "20:30-08:00"}, now="2026-11-20T23:00:00+08:00") as site:
            site.sim.fault("smsc_empty", 1)
            site.restart()
            site.at("23:05")
            self.assertEqual(wait_for(lambda: site.events("modem.alarm"), "the alarm")[0]["body"]["severity"], "urgent")
            text = wait_for(lambda: site.json("message", "list"), "a text to the secretary")[0]
            self.assertEqual(text["number"], SECRETARY)
            site.sim.fault("smsc_empty", 0)
            site.restart()
            site.at("23:06")
            wait_for(lambda: site.status()[1]["alarms"] == 0, "it is over")


class Words(unittest.TestCase):
    def test_every_kind_has_its_words(self):
        """alarm.KEY and alarm.KEY.do stand in both languages, and fit into two texts."""
        import pathlib
        import re
        root = pathlib.Path(__file__).resolve().parent.parent.parent
        kinds = re.findall(r'X\([A-Z0-9_]+, "([a-z0-9-]+)"', (root / "src/daemon/alarm.h").read_text())
        self.assertGreater(len(kinds), 25)
        for language, limit in (("zh", 134), ("en", 306)):
            replies = dict(line.split(" = ", 1) for line in (root / f"rules/replies.{language}").read_text().splitlines()
                           if " = " in line and not line.startswith("#"))
            for kind in kinds:
                whole = replies[f"alarm.{kind}"] + replies[f"alarm.{kind}.do"]
                self.assertLess(len(whole) + 70, limit, kind)
            self.assertIn("{remedy}", replies["alarm.text"])


if __name__ == "__main__":
    unittest.main()
