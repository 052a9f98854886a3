"""A SIM that is closed: its PIN is given once, written down before, and never when it might be the last try."""
import json
import re
import unittest

from daemon_site import DaemonSite
from harness import wait_for


class Pin(unittest.TestCase):
    def start_refused(self, site, alarm):
        site.start(ready=False)
        wait_for(lambda: site.live() == "pin", "the PIN is wanted")
        wait_for(lambda: "SIM: " in site.log(), "it says why")

    def given(self, site, pin):
        return len(re.findall(rf'> AT\+CPIN="?{pin}', site.sim.log()))

    def blocked(self, site):
        return site.control("status")["modems"][0]["blocked"]

    def test_the_right_pin(self):
        with DaemonSite(pin="1234", start=False, modem={"pin_file": "pin"}) as site:
            (site.dir / "pin").write_text("1234\n")
            site.start()
            self.assertEqual(site.value("SELECT count(*) FROM sim_pin"), 0)
            self.assertEqual(self.given(site, "1234"), 1)

    def test_a_wrong_pin_is_given_once_in_a_lifetime(self):
        with DaemonSite(pin="1234", start=False, modem={"pin_file": "pin"}) as site:
            (site.dir / "pin").write_text("9999\n")
            for _ in range(3):
                self.start_refused(site, "pin-refused")
                site.kill()
            self.assertEqual(self.given(site, "9999"), 1)
            self.assertEqual(site.value("SELECT count(*) FROM sim_pin"), 1)
            self.assertNotIn("9999", json.dumps(site.rows("SELECT * FROM sim_pin")))
            (site.dir / "pin").write_text("1234\n")
            site.start()
            self.assertEqual(site.value("SELECT count(*) FROM sim_pin"), 0)

    def test_another_pin_is_taken_without_a_restart(self):
        with DaemonSite(pin="1234", start=False, modem={"pin_file": "pin"}) as site:
            (site.dir / "pin").write_text("9999\n")
            self.start_refused(site, "pin-refused")
            self.assertIn("refused", self.blocked(site))
            (site.dir / "pin").write_text("1234\n")
            wait_for(lambda: site.live() == "ready", "it is open", 120)
            self.assertEqual(self.given(site, "9999"), 1)

    def test_the_last_try_is_left_to_people(self):
        with DaemonSite(pin="1234", start=False, modem={"pin_file": "pin"}) as site:
            for pin in ("9999", "8888", "7777"):
                (site.dir / "pin").write_text(pin + "\n")
                self.start_refused(site, "pin-refused")
                site.kill()
            self.assertEqual((self.given(site, "9999"), self.given(site, "8888"), self.given(site, "7777")), (1, 1, 0))
            # nor the right one
            (site.dir / "pin").write_text("1234\n")
            self.start_refused(site, "pin-last")
            self.assertIn("only one try", self.blocked(site))
            self.assertEqual(self.given(site, "1234"), 0)

    def test_every_make_counts_in_its_own_words(self):
        for profile in ("quectel-ec2x", "huawei-e1xx", "simcom-7600", "zte-mf"):
            with self.subTest(profile), DaemonSite(profile=profile, pin="1234", start=False, modem={"pin_file": "pin"}) as site:
                for pin in ("9999", "8888", "7777"):
                    (site.dir / "pin").write_text(pin + "\n")
                    self.start_refused(site, "pin-refused")
                    last = self.blocked(site)
                    site.kill()
                self.assertIn("only one try", last)
                self.assertEqual((self.given(site, "9999"), self.given(site, "8888"), self.given(site, "7777")), (1, 1, 0))

    def test_silence_counts_as_a_try(self):
        with DaemonSite(pin="1234", start=False, modem={"pin_file": "pin"}) as site:
            (site.dir / "pin").write_text("9999\n")
            site.sim.do("answer", command="+CPIN=", lines=[], final="")
            self.start_refused(site, "pin-refused")
            self.assertIn("counts as a try", self.blocked(site))
            site.kill()
            self.start_refused(site, "pin-refused")
            self.assertEqual(self.given(site, "9999"), 1)

    def test_two_of_three_where_nobody_counts(self):
        with DaemonSite(pin="1234", start=False, modem={"pin_file": "pin"}) as site:
            site.sim.fault("refuse", text="+CPINR")
            for pin in ("9999", "8888", "1234"):
                (site.dir / "pin").write_text(pin + "\n")
                self.start_refused(site, "pin-refused")
                last = self.blocked(site)
                site.kill()
            self.assertEqual((self.given(site, "9999"), self.given(site, "8888"), self.given(site, "1234")), (1, 1, 0))
            self.assertIn("two PINs", last)

    def test_no_pin_at_all(self):
        with DaemonSite(pin="1234", start=False) as site:
            self.start_refused(site, "pin-needed")
            self.assertNotIn("AT+CPIN=", site.sim.log())
            self.assertIn("no pin_file", self.blocked(site))

    def test_the_puk_is_nobodys_business(self):
        with DaemonSite(pin="1234", start=False, modem={"pin_file": "pin"}) as site:
            (site.dir / "pin").write_text("1234\n")
            site.sim.fault("pin", text="SIM PUK")
            self.start_refused(site, "puk")
            self.assertNotIn("AT+CPIN=", site.sim.log())
            self.assertIn("PUK", self.blocked(site))
            wait_for(lambda: site.value("SELECT count(*) FROM line_alarm WHERE kind = 'puk' AND over_utc IS NULL"), "it is told")


if __name__ == "__main__":
    unittest.main()
