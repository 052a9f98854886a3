"""What goes wrong with modems: silence, resets, ports that vanish, SIMs that are closed, slots that cannot be freed."""
import json
import os
import re
import signal
import time
import unittest

from daemon_site import DaemonSite
from harness import wait_for

NUMBER = "+8613800138001"
OTHER = "+8613800138002"


def live(site):
    """What the modem's session is at; "" while the daemon is not up."""
    try:
        return site.control("status")["modems"][0]["state"]
    except OSError:
        return ""


class Trouble(unittest.TestCase):
    def works(self, site, number=NUMBER):
        before = len(site.sent_to(number))
        site.text(number, f"7 第{before}次")
        site.answer(number, before + 1, seconds=120)

    def test_settings_that_fell_back_are_set_again(self):
        with DaemonSite() as site:
            self.works(site)
            site.sim.fault("self_reset", count=1)
            self.works(site, OTHER)
            settings = site.sim.state()["settings"]
            self.assertEqual(settings.get("cmgf", 0), 0, settings)

    def test_the_port_comes_back(self):
        with DaemonSite() as site:
            self.works(site)
            site.sim.replug(ms=500)
            wait_for(lambda: site.value("SELECT count(*) FROM event WHERE kind = 'modem.lost'") == 1, "it is missed")
            self.works(site)
            self.assertEqual(site.value("SELECT count(*) FROM event WHERE kind = 'modem.up'"), 2)

    def test_a_silent_modem(self):
        with DaemonSite() as site:
            self.works(site)
            site.sim.fault("hang", 12000, count=1)
            id = site.queue(NUMBER, "收到", "reply")
            site.control("wake")
            site.wait_out(id, "sent", "delivered", seconds=120)
            self.assertEqual(len(site.sent_to(NUMBER, "收到")), 2)  # the first answer begins so too
            self.works(site, OTHER)

    def test_no_prompt(self):
        with DaemonSite() as site:
            site.sim.fault("no_prompt", count=1)
            site.text(NUMBER, "7")
            site.answer(NUMBER, seconds=120)
            self.assertEqual(len(site.sent_to(NUMBER)), 1)

    def test_slots_that_are_not_freed_are_not_read_twice(self):
        with DaemonSite() as site:
            site.sim.fault("delete_fails", count=2)
            site.text(NUMBER, "7")
            site.answer(NUMBER)
            site.sim.wait_state(used=0, timeout=120)
            self.assertEqual(site.value("SELECT count(*) FROM message_in"), 1)
            self.assertEqual(len(site.sent_to(NUMBER)), 1)

    def test_a_shortened_pdu_is_read_again(self):
        with DaemonSite() as site:
            site.sim.fault("short_pdu", count=1)
            site.text(NUMBER, "7")
            site.answer(NUMBER)
            self.assertEqual(site.value("SELECT count(*) FROM pdu_in WHERE kind = 'quarantine'"), 0)

    def test_another_memory_is_honoured(self):
        with DaemonSite(faults=["wrong_memory"]) as site:
            self.works(site)
            site.sim.wait_state(used=0)

    def test_a_listing_that_hangs(self):
        with DaemonSite(start=False) as site:
            site.text(NUMBER, "7")
            site.sim.fault("cmgl_hangs", count=1)
            site.start()
            site.answer(NUMBER, seconds=240)

    def test_every_profile(self):
        for profile in ("quectel-ec2x", "simcom-7600", "simcom-a76xx", "huawei-e1xx", "zte-mf", "air780epv", "ml307", "wavecom-q2"):
            with self.subTest(profile), DaemonSite(profile=profile) as site:
                self.works(site)
                self.works(site)

    def test_restart_finds_what_came_meanwhile(self):
        with DaemonSite() as site:
            self.works(site)
            self.assertEqual(site.kill(signal.SIGTERM), 0)
            site.text(OTHER, "7")
            site.start()
            site.answer(OTHER)

    def test_unregistered_reads_and_does_not_send(self):
        with DaemonSite(start=False) as site:
            site.text(NUMBER, "7")
            site.sim.fault("registration", 2)
            site.start(ready=False)
            wait_for(lambda: live(site), "it is up")
            site.wait_value("SELECT count(*) FROM message_in", 1)
            self.assertEqual(site.sim.sent(), [])
            site.sim.fault("registration", 1)
            site.answer(NUMBER)


class Pin(unittest.TestCase):
    def test_the_right_pin(self):
        with DaemonSite(pin="1234", start=False, modem={"pin_file": "pin"}) as site:
            (site.dir / "pin").write_text("1234\n")
            site.start()
            self.assertEqual(site.value("SELECT pin_tried FROM line"), None)

    def test_a_wrong_pin_is_given_once_in_a_lifetime(self):
        with DaemonSite(pin="1234", start=False, modem={"pin_file": "pin"}) as site:
            (site.dir / "pin").write_text("9999\n")
            for _ in range(3):
                site.start(ready=False)
                wait_for(lambda: live(site) == "pin", "the PIN is wanted")
                site.kill()
            self.assertEqual(len(re.findall(r'> AT\+CPIN="?9999', site.sim.log())), 1)
            self.assertIsNotNone(site.value("SELECT pin_tried FROM line"))
            (site.dir / "pin").write_text("1234\n")
            site.start()

    def test_no_pin_at_all(self):
        with DaemonSite(pin="1234", start=False) as site:
            site.start(ready=False)
            wait_for(lambda: live(site) == "pin", "the PIN is wanted")
            self.assertNotIn('AT+CPIN=', site.sim.log())


class Files(unittest.TestCase):
    def test_a_bad_configuration_keeps_the_old_one(self):
        with DaemonSite() as site:
            good = site.config.read_text(encoding="utf-8")
            site.config.write_text(good + "\nnonsense = 1\n", encoding="utf-8")
            wait_for(lambda: site.value("SELECT count(*) FROM event WHERE kind = 'config.rejected'") == 1, "it is refused")
            body = json.loads(site.value("SELECT body FROM event WHERE kind = 'config.rejected'"))
            self.assertTrue(body["file"].endswith("yishi.conf") and body["line"] > 0, body)
            site.config.write_text(good.replace("hourly_quota = 0", "hourly_quota = 7"), encoding="utf-8")
            wait_for(lambda: "read again" in site.log(), "the new one is taken")
            site.text(NUMBER, "7")
            site.answer(NUMBER)

    def test_a_bad_rule_file_keeps_the_old_rules(self):
        with DaemonSite(start=False) as site:
            extra = site.dir / "extra.rules"
            extra.write_text("# nothing yet\n")
            with open(site.config, "a", encoding="utf-8") as f:
                f.write(f"\n[rules]\nfiles = {extra}\n")
            site.start()
            extra.write_text("this is no rule\n")
            site.daemon.send_signal(signal.SIGHUP)
            wait_for(lambda: site.value("SELECT count(*) FROM event WHERE kind = 'rule.rejected'") == 1, "it is refused")
            site.text(NUMBER, "7")
            site.answer(NUMBER)

    def test_check(self):
        import subprocess
        from harness import BIN, environment
        with DaemonSite(start=False) as site:
            def check():
                return subprocess.run([BIN / "yishid", "-c", site.config, "--check"], capture_output=True, text=True, check=False,
                                      env=environment(**site.env))
            done = check()
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("hourly_quota = 0", done.stdout)
            site.start()
            site.kill(15)
            done = check()
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("call for help reaches nobody", done.stderr)
            site.write("PRAGMA user_version = 99")
            self.assertEqual(check().returncode, 69)
            with open(site.config, "a", encoding="utf-8") as f:
                f.write("\nnonsense = 1\n")
            self.assertEqual(check().returncode, 78)

    def test_a_second_daemon_is_refused(self):
        with DaemonSite() as site:
            first = site.daemon
            site.start(ready=False)
            self.assertEqual(site.daemon.wait(60), 69)
            site.daemon = first
            self.assertEqual(site.modems_up(), 1)


class Idle(unittest.TestCase):
    def test_nothing_polls(self):
        with DaemonSite() as site:
            for i in range(4):
                site.text(f"+861380013800{i + 1}", "7")
            for i in range(4):
                site.answer(f"+861380013800{i + 1}")
            # the looks of the first two minutes thin out; then it must be quiet
            wait_for(lambda: self.rate(site) <= 5, "at most 5 switches a minute", seconds=300, every=1)

    def rate(self, site, seconds=30):
        before = site.switches()
        time.sleep(seconds)
        return (site.switches() - before) * 60 / seconds

    def test_memory(self):
        with DaemonSite(start=False) as site:
            site.start()
            site.text(NUMBER, "7")
            site.answer(NUMBER)
            with open(f"/proc/{site.daemon.pid}/smaps_rollup", encoding="ascii") as f:
                private = sum(int(m) for m in re.findall(r"^Private_(?:Clean|Dirty):\s+(\d+)", f.read(), re.M))
            if "asan" not in os.environ.get("YISHI_BUILD", "") and "san" not in os.environ.get("YISHI_BUILD", ""):
                self.assertLess(private, 20000)


if __name__ == "__main__":
    unittest.main()
