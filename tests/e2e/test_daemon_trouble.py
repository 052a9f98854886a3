"""What goes wrong with modems: silence, resets, ports that vanish, SIMs that are closed, slots that cannot be freed."""
import signal
import unittest

from daemon_site import DaemonSite
from harness import wait_for

NUMBER = "+8613800138001"
OTHER = "+8613800138002"


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
        with DaemonSite(start=False, profile="huawei-e1xx") as site:  # whose row waits least
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
            wait_for(lambda: site.live(), "it is up")
            site.wait_value("SELECT count(*) FROM message_in", 1)
            self.assertEqual(site.sim.sent(), [])
            site.sim.fault("registration", 1)
            site.answer(NUMBER)

    def test_the_end_does_not_wait_for_a_port_that_is_gone(self):
        with DaemonSite(air_ms=60000) as site:
            id = site.queue(NUMBER, "收到")
            site.control("wake")
            site.wait_out(id, "sending")
            wait_for(lambda: "AT+CMGS=" in site.sim.log(), "it is with the modem")
            site.daemon.send_signal(signal.SIGTERM)
            wait_for(lambda: "stopping" in site.log(), "it was told")
            site.sim.stop()
            self.assertEqual(site.daemon.wait(30), 0)
            self.assertEqual(site.out(id), "uncertain")

    def test_the_end_does_not_wait_for_ever_for_an_answer(self):
        with DaemonSite(air_ms=600000) as site:
            id = site.queue(NUMBER, "收到")
            site.control("wake")
            site.wait_out(id, "sending")
            site.daemon.send_signal(signal.SIGTERM)
            self.assertEqual(site.daemon.wait(90), 0)
            self.assertIn(site.out(id), ("uncertain", "queued"))


if __name__ == "__main__":
    unittest.main()
