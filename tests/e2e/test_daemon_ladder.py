"""The ladder of resets: how soon trouble is noticed, what is done about it and what is not, how soon service is back."""
import json
import os
import pathlib
import re
import shutil
import time
import unittest

from daemon_site import DaemonSite
from harness import ROOT, wait_for

NUMBER = "+8613800138001"
OTHER = "+8613800138002"


class LadderSite(DaemonSite):
    """A site whose generic row is in more of a hurry than modems are."""

    def __init__(self, row, **kw):
        super().__init__(start=False, **kw)
        self.row = row

    def __enter__(self):
        super().__enter__()
        data = self.dir / "data"
        modems = data / "at_commands" / "modems"
        shutil.copytree(pathlib.Path(os.environ.get("YISHI_DATA", ROOT)) / "at_commands" / "modems", modems)
        (data / "rules").symlink_to(pathlib.Path(os.environ.get("YISHI_DATA", ROOT)) / "rules")
        text = (modems / "generic.modem").read_text(encoding="utf-8")
        for key, value in self.row.items():
            text = re.sub(rf"^{re.escape(key)} = .*$", f"{key} = {value}", text, flags=re.M)
        text = text.replace("retry 10", "retry 1")
        (modems / "generic.modem").write_text(text, encoding="utf-8")
        self.env["YISHI_DATA"] = str(data)
        return self

    def said(self, command):
        return len(re.findall(rf"> .*{re.escape(command)}\\r", self.sim.log()))

    def works(self, number=NUMBER):
        before = len(self.sent_to(number))
        self.text(number, f"7 第{before}次")
        self.answer(number, before + 1, seconds=120)

    def alarmed(self, kind):
        return self.value("SELECT count(*) FROM line_alarm WHERE kind = ? AND over_utc IS NULL", kind)


class Ladder(unittest.TestCase):
    def test_silence_is_noticed_and_over_when_it_is_over(self):
        with DaemonSite() as site:
            site.sim.fault("hang", 25000)
            id = site.queue(NUMBER, "收到", "reply")
            site.control("wake")
            begun = time.monotonic()
            wait_for(lambda: "no answer any more" in site.log(), "it is noticed", 60)
            self.assertEqual(site.value("SELECT count(*) FROM event WHERE kind = 'modem.lost'"), 1)
            print(f"silence with work queued: noticed after {time.monotonic() - begun:.1f} s")
            site.wait_out(id, "sent", "delivered", seconds=120)
            print(f"25 s of silence: sent after {time.monotonic() - begun:.1f} s")
            self.assertEqual(site.value("SELECT count(*) FROM event WHERE kind = 'modem.reset'"), 0)
            self.assertEqual(site.value("SELECT count(*) FROM event WHERE kind = 'modem.up'"), 2)

    def test_a_crash_of_eight_seconds(self):
        for how in (None, "silent"):
            with self.subTest(how), DaemonSite(air_ms=300, reply_ms=20) as site:
                ids = [site.queue(NUMBER, f"通知第{i}号") for i in range(12)]
                site.sim.fault("crash", 8000, text=how, after=3)
                site.control("wake")
                wait_for(lambda: len(site.sim.sent()) >= 4, "it works")
                site.wait_settled()
                self.assertEqual(site.value("SELECT count(*) FROM event WHERE kind = 'modem.reset'"), 0)
                texts = [s["text"] for s in site.sim.sent()]
                self.assertEqual(len(texts), len(set(texts)), "none twice")
                lost = [i for i in ids if site.out(i) not in ("sent", "delivered", "uncertain")]
                self.assertEqual(lost, [])

    def test_settings_that_were_lost_without_a_word_are_noticed_while_nothing_is_to_be_done(self):
        with LadderSite({"poll": "2s", "poll_slow": "2s"}) as site:
            site.start()
            site.works()
            begun = time.monotonic()
            site.sim.fault("self_reset")
            wait_for(lambda: site.sim.state()["settings"].get("cmgf") == 0, "PDU mode is back")
            print(f"settings lost, looked for each 2 s: set again after {time.monotonic() - begun:.1f} s")
            wait_for(lambda: "not as it was left" in site.log(), "it was noticed by the look")
            site.works(OTHER)

    def test_a_dead_modem_is_reset_within_the_days_cap(self):
        with LadderSite({"boot_max": "3s", "reset": "AT+CFUN=1,1 | 3s | stays", "resets_per_day": "1"}) as site:
            site.start()
            site.sim.fault("hang", 600000)
            site.queue(NUMBER, "收到", "reply")
            site.control("wake")
            site.wait_value("SELECT count(*) FROM event WHERE kind = 'modem.reset'", 1)
            body = json.loads(site.value("SELECT body FROM event WHERE kind = 'modem.reset'"))
            self.assertEqual((body["step"], body["command"], body["modem"]), ("restart", "AT+CFUN=1,1", "m0"))
            wait_for(lambda: site.log().count("the port is closed and opened") >= 2, "all steps were taken", 300)
            # a restart of the program does not give another one
            site.kill()
            site.start(ready=False)
            wait_for(lambda: site.log().count("the port is closed and opened") >= 4, "again", 300)
            self.assertEqual(site.value("SELECT count(*) FROM event WHERE kind = 'modem.reset'"), 1)
            wait_for(lambda: site.alarmed("resets-used"), "people know")

    def test_a_reset_that_vanishes_and_comes_back(self):
        with LadderSite({"boot_max": "3s", "cfun_toggle": "no"}) as site:
            site.start()
            site.works()
            # it answers, and takes no settings: that is what only a restart heals
            site.sim.fault("refuse", text="+CPMS")
            site.sim.fault("self_reset")
            site.queue(NUMBER, "收到", "reply")
            site.control("wake")
            site.wait_value("SELECT count(*) FROM event WHERE kind = 'modem.reset'", 1)
            self.assertGreaterEqual(site.said("AT+CFUN=1,1"), 1)
            site.sim.fault("refuse", 0)
            site.works(OTHER)

    def test_without_a_network_it_registers_anew_and_is_not_reset(self):
        with LadderSite({"network_patience": "2s"}) as site:
            site.start()
            site.sim.fault("registration", 2)
            wait_for(lambda: site.said("AT+CFUN=4"), "the radio is switched", 120)
            self.assertGreaterEqual(site.said("AT+COPS=0"), 1)
            wait_for(lambda: site.said("AT+COPS=0") >= 3, "ever again", 120)
            self.assertEqual((site.said("AT+CFUN=4"), site.said("AT+CFUN=1,1")), (1, 0))
            site.sim.fault("registration", 1)
            site.works()

    def test_what_must_not_climb(self):
        with LadderSite({"network_patience": "1s", "boot_max": "2s"}) as site:
            site.sim.fault("registration", 3)
            site.start(ready=False)
            wait_for(lambda: site.live() == "registering", "it is refused")
            time.sleep(4)
            site.sim.fault("pin", text="NOT INSERTED")
            time.sleep(4)
            log = site.sim.log()
            for command in ("AT+COPS=0", "AT+CFUN=4", "AT+CFUN=1,1"):
                self.assertNotIn(command, log)
            self.assertEqual(site.value("SELECT count(*) FROM event WHERE kind = 'modem.reset'"), 0)

    def test_a_text_to_itself(self):
        with DaemonSite(now="2026-11-22T10:00:00+08:00", gateway={"test_clock": "yes"}, modem={"self_text": "1d"}) as site:
            site.wait_value("SELECT count(*) FROM self_text WHERE back_utc > 0", 1)
            # nobody's text: no event, no answer, nothing to be understood
            self.assertEqual(site.value("SELECT count(*) FROM event WHERE kind = 'message.received'"), 0)
            wait_for(lambda: site.rows("SELECT kind, state FROM message_in") == [("data", "done")], "it is put aside")
            self.assertEqual(len(site.sim.sent()), 1)

    def test_a_text_to_itself_that_does_not_come_back(self):
        number = "+8613800777777"  # somebody else's: it leaves, and never comes
        with DaemonSite(now="2026-11-22T10:00:00+08:00", gateway={"test_clock": "yes"},
                        modem={"self_text": "1d", "number": number}) as site:
            wait_for(lambda: len(site.sent_to(number)) == 1, "it texts itself")
            site.wait_value("SELECT count(*) FROM message_out WHERE state IN ('sent', 'delivered')", 1)
            site.kill(15)
            site.set_clock("2026-11-22T10:11:00+08:00")
            site.start()
            wait_for(lambda: "does not come back" in site.log(), "it is missed")
            wait_for(lambda: site.value("SELECT missed FROM self_text") == 1, "and noted")
            site.text(NUMBER, "7")
            site.answer(NUMBER)


if __name__ == "__main__":
    unittest.main()
