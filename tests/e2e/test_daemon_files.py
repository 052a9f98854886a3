"""The files: configuration, rules, a second daemon on the same database."""
import json
import signal
import subprocess
import unittest

from daemon_site import DaemonSite
from harness import BIN, environment, wait_for

NUMBER = "+8613800138001"


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

    def sending(self, site):
        id = site.queue(NUMBER, "通知")
        site.control("wake")
        wait_for(lambda: "sending" in [m["state"] for m in site.control("status")["modems"]], "a text is with the modem")
        return id

    def test_a_modem_that_is_new_while_the_program_ends_does_not_keep_it(self):
        with DaemonSite(modems=1, air_ms=4000) as site:
            id = self.sending(site)
            site.daemon.send_signal(signal.SIGTERM)
            wait_for(lambda: "stopping" in site.log(), "it is ending")
            with open(site.config, "a", encoding="utf-8") as f:
                f.write("\n[modem late]\ndevice = /dev/yishi-none\n")
            site.daemon.send_signal(signal.SIGHUP)
            self.assertEqual(site.daemon.wait(60), 0)
            self.assertIn(site.out(id), ("sent", "delivered"))

    def test_a_modem_that_is_taken_out_in_mid_air(self):
        with DaemonSite(modems=1, air_ms=4000) as site:
            id = self.sending(site)
            text = site.config.read_text(encoding="utf-8")
            site.config.write_text(text.replace("[modem m0]", "[modem m1]"), encoding="utf-8")
            site.wait_out(id, "uncertain")  # nobody heard the answer
            wait_for(lambda: site.control("status")["modems"][0]["name"] == "m1" and site.modems_up() == 1, "the new one is up")
            site.sim.wait_sent(1)
            other = site.queue(NUMBER, "再通知")
            site.control("wake")
            site.wait_out(other, "sent", "delivered")
            self.assertEqual(site.kill(15), 0)

    def test_check(self):
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

    def test_the_tool_migrates_nothing_under_an_older_daemon(self):
        with DaemonSite() as site:
            site.write("PRAGMA user_version = 4")
            done = subprocess.run([BIN / "yishi", "-c", site.config, "case", "list"], capture_output=True, text=True, check=False,
                                  env=environment(**site.env))
            self.assertEqual((done.returncode, done.stdout), (69, ""))
            self.assertIn("systemctl restart yishi", done.stderr)
            self.assertEqual(list(site.dir.glob("*.before-*")), [])
            site.write("PRAGMA user_version = 5")

    def test_a_second_daemon_is_refused(self):
        with DaemonSite() as site:
            first = site.daemon
            site.start(ready=False)
            self.assertEqual(site.daemon.wait(60), 69)
            site.daemon = first
            self.assertEqual(site.modems_up(), 1)


if __name__ == "__main__":
    unittest.main()
