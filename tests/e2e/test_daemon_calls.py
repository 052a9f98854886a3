"""Calls: whoever rings is noted once, nobody is ever answered, and a call that rang long enough is rejected."""
import json
import pathlib
import re
import shutil
import tempfile
import time
import unittest

from daemon_site import DaemonSite
from harness import ROOT, wait_for

PROFILES = ["generic-gsm", "quectel-ec2x", "simcom-7600", "simcom-a76xx", "huawei-e1xx", "zte-mf", "air780epv", "ml307", "wavecom-q2"]


def caller(i):
    return f"+861380013{8000 + i}"


def calls(site):
    """(modem, number) of each call that was noted."""
    return sorted((body["modem"], body["number"]) for body in
                  (json.loads(text) for text, in site.rows("SELECT body FROM event WHERE kind = 'call.missed'")))


def wait_calls(site, *want, seconds=60):
    wait_for(lambda: calls(site) == sorted(want), f"calls {sorted(want)}, noted are {calls(site)}", seconds)


def typed(site, modem=0):
    """The command lines that the modem got."""
    log = site.sim.log(modem)
    text = log if isinstance(log, str) else "\n".join(map(str, log))
    return re.findall(r"> (AT[^\\\n]*)", text)


class Noted(unittest.TestCase):
    def test_every_family_tells_of_one_call(self):
        """Three rings, with the number before, behind or only on request, and one, several or no ends."""
        with DaemonSite(modems=len(PROFILES), profile=",".join(PROFILES)) as site:
            for i in range(len(PROFILES)):
                site.sim.ring(caller(i), modem=i, rings=5, ring_ms=1000)
            wait_calls(site, *((f"m{i}", caller(i)) for i in range(len(PROFILES))))
            time.sleep(1.5)  # what is said behind the end is no further call
            self.assertEqual(len(calls(site)), len(PROFILES))
            for i in range(len(PROFILES)):
                self.assertFalse([t for t in typed(site, i) if re.match(r"AT(A|D)\b|ATD", t)], PROFILES[i])

    def test_the_line_with_the_number_in_every_form(self):
        with DaemonSite(modems=5) as site:
            for form in range(1, 5):
                site.sim.fault("clip_form", form, modem=form)
            for i in range(5):
                site.sim.ring(caller(i), modem=i, rings=3, ring_ms=200)
            wait_calls(site, *((f"m{i}", caller(i)) for i in range(5)))

    def test_a_number_that_comes_late_or_not_at_all(self):
        with DaemonSite(modems=3) as site:
            site.sim.fault("clip_late", 3, modem=0)
            site.sim.fault("no_clip", 1, modem=1)  # then it is asked for
            for i in range(3):
                site.sim.ring(caller(i) if i < 2 else "", modem=i, rings=5, ring_ms=1000)
            wait_calls(site, ("m0", caller(0)), ("m1", caller(1)), ("m2", ""))
            self.assertIn("AT+CLCC", typed(site, 1))

    def test_an_end_that_nobody_tells(self):
        """Then silence is one, or another caller."""
        with DaemonSite(modems=2, faults=["no_end"]) as site:
            site.sim.ring(caller(1), rings=3, ring_ms=200, modem=0)
            site.sim.ring(caller(1), rings=2, ring_ms=200, modem=1, wait=True)
            time.sleep(1)
            site.sim.ring(caller(2), rings=2, ring_ms=200, modem=1)
            wait_calls(site, ("m0", caller(1)), ("m1", caller(1)), ("m1", caller(2)))

    def test_a_second_caller_while_one_rings(self):
        with DaemonSite() as site:
            site.sim.ring(caller(1), rings=4, ring_ms=500)
            time.sleep(0.7)
            site.sim.ring(caller(2), rings=1, ring_ms=500)
            wait_calls(site, ("m0", caller(1)), ("m0", caller(2)))

    def test_while_a_text_is_in_the_air_and_while_texts_are_read(self):
        with DaemonSite(air_ms=2500, store="SM:10") as site:
            id = site.queue(caller(9), "停水通知")
            site.control("wake")
            site.wait_out(id, "sending")
            site.sim.ring(caller(1), rings=3, ring_ms=200)
            wait_calls(site, ("m0", caller(1)))
            site.wait_out(id, "sent", "delivered")
            for i in range(60):
                site.text(caller(100 + i), "10")
            site.sim.ring(caller(2), rings=3, ring_ms=100)
            wait_calls(site, ("m0", caller(1)), ("m0", caller(2)))
            site.wait_value("SELECT count(*) FROM message_in WHERE kind = 'text'", 60)
            site.sim.wait_state(queue=0, used=0)

    def test_over_the_loss_of_its_port(self):
        with DaemonSite() as site:
            site.sim.ring(caller(1), rings=1, ring_ms=5000)
            wait_for(lambda: "+CLIP" in str(site.sim.log()), "it rings")
            site.text(caller(2), "7")
            site.answer(caller(2))  # what was said before it has been heard, too
            site.sim.replug(ms=500)
            wait_calls(site, ("m0", caller(1)))


class Rejected(unittest.TestCase):
    def test_not_before_it_rang_for_its_time(self):
        with DaemonSite() as site:  # 9 s
            site.sim.ring(caller(1), rings=3, ring_ms=500)
            wait_calls(site, ("m0", caller(1)))
            self.assertNotIn("AT+CHUP", typed(site))

    def test_then_by_what_works(self):
        """The second way when it rings on after the first; and a caller who withholds the number is known to do so."""
        with DaemonSite(modems=3, modem={"ring_for": "1s"}) as site:
            site.sim.do("answer", command="+CHUP", final="ERROR", modem=1)
            for i in range(3):
                site.sim.ring(caller(i) if i < 2 else "", modem=i, rings=60, ring_ms=600)
            wait_for(lambda: all("AT+CHUP" in typed(site, i) for i in range(3)), "all are rejected")
            wait_for(lambda: "ATH" in typed(site, 1), "the other way is tried")
            wait_calls(site, ("m0", caller(0)), ("m1", caller(1)), ("m2", ""))
            self.assertNotIn("ATH", typed(site, 0))

    def test_by_a_modem_whose_ath_does_nothing_by_itself(self):
        with DaemonSite(profile="simcom-7600", modem={"ring_for": "1s"}) as site:
            site.sim.do("answer", command="+CHUP", final="ERROR")
            site.sim.ring(caller(1), rings=60, ring_ms=600)
            wait_for(lambda: "ATH" in typed(site), "the other way is tried")
            wait_calls(site, ("m0", caller(1)), seconds=40)

    def test_nobody_is_rejected_unknown(self):
        with DaemonSite(faults=["no_clip"], modem={"ring_for": "1s"}) as site:
            site.sim.do("answer", command="+CLCC", final="ERROR")
            site.sim.ring(caller(1), rings=10, ring_ms=600)
            wait_calls(site, ("m0", ""))
            self.assertNotIn("AT+CHUP", typed(site))

    def test_it_may_ring_on(self):
        with DaemonSite(modem={"ring_for": "0"}) as site:
            site.sim.ring(caller(1), rings=8, ring_ms=500)
            wait_calls(site, ("m0", caller(1)))
            self.assertNotIn("AT+CHUP", typed(site))

    def test_what_picks_up_by_itself_is_ended_at_once(self):
        with DaemonSite() as site:
            site.sim.ring(caller(1), rings=60, ring_ms=600)
            wait_for(lambda: "+CLIP" in str(site.sim.log()), "it rings")
            site.sim.do("urc", text="VOICE CALL: BEGIN")
            wait_for(lambda: "AT+CHUP" in typed(site), "it is ended")
            wait_calls(site, ("m0", caller(1)))
            self.assertIn("ATS0=0", typed(site))


class NoVoice(unittest.TestCase):
    def test_a_model_without_voice_says_so_once(self):
        data = pathlib.Path(tempfile.mkdtemp(prefix="yishi-data-"))
        try:
            rows = data / "at_commands" / "modems"
            rows.mkdir(parents=True)
            for entry in ROOT.iterdir():
                if entry.name not in ("at_commands", "build", ".git"):
                    (data / entry.name).symlink_to(entry)
            for path in (ROOT / "at_commands" / "modems").glob("*.modem"):
                text = path.read_text(encoding="utf-8")
                (rows / path.name).write_text(re.sub(r"^voice =.*$", "voice = none", text, flags=re.M), encoding="utf-8")
            with DaemonSite(start=False) as site:
                site.env["YISHI_DATA"] = str(data)
                site.start()
                self.assertIs(site.control("status")["modems"][0]["calls"], False)
                site.sim.ring(caller(1), rings=3, ring_ms=200)
                site.text(caller(2), "7")
                site.answer(caller(2))
                site.restart()
                self.assertEqual(calls(site), [])
                self.assertEqual(site.log().count("has no voice"), 2)  # once in each life
        finally:
            shutil.rmtree(data)


if __name__ == "__main__":
    unittest.main()
