"""yishi modem console and trace: answers in words, harm asked about, a line borrowed and given back, records without people."""
import json
import os
import pty
import re
import select
import subprocess
import time
import unittest

from daemon_site import DaemonSite
from harness import BIN, environment, wait_for
from simmodem import SimModem
from test_modem_probe import Bare


class Terminal:
    """A person at `yishi modem console`."""

    def __init__(self, args, **env):
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.execve(str(BIN / "yishi"), ["yishi", *map(str, args)], environment(TERM="xterm", **env))
        self.seen = ""

    def type(self, keys):
        os.write(self.fd, keys.encode())

    def until(self, words, seconds=20):
        """What was shown up to these words; it is forgotten."""
        end = time.monotonic() + seconds
        while words not in self.seen:
            assert select.select([self.fd], [], [], max(0, end - time.monotonic()))[0], (words, self.seen)
            try:
                self.seen += os.read(self.fd, 4096).decode("utf-8", "replace")
            except OSError:
                raise AssertionError((words, self.seen)) from None
        shown, self.seen = self.seen.split(words, 1)
        return shown

    def end(self):
        while True:
            try:
                data = os.read(self.fd, 4096)
            except OSError:
                data = b""
            if not data:
                break
            self.seen += data.decode("utf-8", "replace")
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


class Console(unittest.TestCase):
    def test_lines_of_standard_input(self):
        with Bare() as box, SimModem(profile="quectel-ec2x") as sim:
            sim.receive("+8613800138001", "3 楼道灯坏了\x1b[31m")
            sim.wait_state(delivered=1)
            sim.answer("+CPIN?", "+CPIN: SIM PIN")

            def say(*lines, status, args=()):
                done = box.run("modem", "console", sim.device(), *args, stdin="".join(line + "\n" for line in lines))
                self.assertEqual(done.returncode, status, done.stdout + done.stderr)
                return done.stdout + done.stderr
            shown = say("AT+CSQ", "AT+CREG?", "AT+CEREG?", "AT+CPMS?", "AT+CMGL=4", "AT+COPS?", "AT+CPIN?", "# a remark", "", status=0)
            for words in ("+CSQ: 21,99   · -71 dBm, strong\nOK\n", "· registered, in its own network", "· 1 texts stored, room for 255",
                          "· LTE", "· wants its PIN", "· a text from 138****8001, "):
                self.assertIn(words, shown)
            self.assertIn(": 3 楼道灯坏了", shown)
            self.assertNotIn("\x1b", shown)
            self.assertIn("+8613800138001", say("AT+CMGL=4", status=0, args=["--full"]))
            # errors in words, with what is done about them; no exit status 0 then
            self.assertRegex(say("AT+CMGR=99", status=1), r"\+CMS ERROR: 321   · .*; there is no text at this place")
            self.assertIn("begin with AT", say("hello", status=65))
            # what does harm is left out, in every spelling, and its PIN is shown to nobody
            before = sim.state()
            for harm in ("AT+CPIN=1234", "at+cfun=0", "AT+CSQ;+CMGD=1,4", "AT&F", "AT D10086;", "AT+CMGD=0", "AT+CLCK=\"SC\",1,\"1234\""):
                out = say(harm, status=77)
                self.assertIn("not sent", out, harm)
                self.assertNotIn("1234", out)
            after = sim.state()
            self.assertEqual([before[k] for k in ("deleted", "settings", "pin")], [after[k] for k in ("deleted", "settings", "pin")])
            say("AT+CMGD=0", status=0, args=["--yes"])
            self.assertEqual(sim.state()["deleted"], 1)
            # a text by hand: its PDU is the next line
            pdu = json.loads(box.ok("pdu", "encode", "--to", "13800138002", "-", stdin="hi\n"))["parts"][0]
            self.assertIn("+CMGS:", say(f"AT+CMGS={pdu['length']}", pdu["pdu"], status=0, args=["--yes"]))
            self.assertEqual(sim.wait_sent(1)[0]["text"], "hi")

    def test_at_a_terminal(self):
        with Bare() as box, SimModem(profile="quectel-ec2x") as sim:
            env = {"HOME": box.dir, "XDG_STATE_HOME": box.dir / "state", **box.env}
            t = Terminal(["modem", "console", sim.device()], **env)
            t.until("known as quectel-ec2x")
            t.until("AT» ")
            t.type("at+cs\t")  # there are two: they are listed
            t.until("the signal")
            t.until("AT» at+cs")
            t.type("\x03")
            t.until("AT» ")
            t.type("at+csq\r")
            t.until("-71 dBm")
            t.until("AT» ")
            t.type("AT+CLIP=1\r")
            t.until("AT+CLIP=1")
            t.until("OK")
            sim.ring("+8613800138001", rings=1)
            t.until("somebody rings")
            t.until("it is 138****8001")
            t.until("AT» ")
            t.type("AT+CFUN=0\r")
            t.until("switches the radio off")
            t.until("[y/N] ")
            t.type("n\r")
            t.until("AT» ")
            t.type("AT+CPIN=4711\r")
            t.until("a wrong one uses up one of three tries")
            t.until("[y/N] ")
            t.type("n\r")
            t.until("AT» ")
            sim.answer("+CBC", "+CBC: 0,82,3912", final="")  # and no OK
            commands = sim.state()["commands"]
            t.type("AT+CBC\r")
            wait_for(lambda: sim.state()["commands"] > commands, "it is asked")
            t.type("\x03")
            t.until("(broken off)")
            t.until("AT» ")
            t.type("quit\r")
            t.end()
            history = (box.dir / "state/yishi/console").read_text(encoding="utf-8")
            self.assertEqual((box.dir / "state/yishi/console").stat().st_mode & 0o777, 0o600)
            self.assertIn("at+csq", history)
            self.assertNotIn("4711", history)
            self.assertEqual((sim.state()["settings"]["cfun"], sim.state()["pin"]), (1, "READY"))


class WithTheGateway(unittest.TestCase):
    def test_a_line_is_lent_recorded_and_given_back(self):
        with DaemonSite() as site:
            # the line is lent: the gateway waits, and what is queued goes out afterwards
            t = Terminal(["-c", site.config, "modem", "console", "m0"], HOME=site.dir, **site.env)
            t.until("has lent this line")
            t.until("AT» ")
            self.assertEqual([m["state"] for m in site.json("modem", "list")], ["held"])
            text = site.queue("+8613800138001", "hello")
            site.control("wake")
            t.type("AT+CSQ\r")
            t.until("dBm")
            # who rings meanwhile is not lost: the gateway is told
            site.sim.ring("+8613800138009", rings=1)
            t.until("it is 138****8009")
            wait_for(lambda: site.rows("SELECT 1 FROM event WHERE kind = 'call.missed' AND body LIKE '%13800138009%'"), "the call is noted")
            # somebody else wants it too: he is told
            self.assertIn("lent already", site.run("modem", "console", "m0", stdin="AT\n").stderr)
            t.type("\x04")
            self.assertEqual(t.end(), 0, t.seen)
            site.wait_out(text, "sent", "delivered")
            # killed outright, it is given back as well
            t = Terminal(["-c", site.config, "modem", "console"], HOME=site.dir, **site.env)
            t.until("AT» ")
            os.kill(t.pid, 9)
            t.end()
            wait_for(lambda: site.modems_up() == 1, "the line works again")
            # a record of the gateway's own talk, and nobody in it
            recorder = subprocess.Popen([str(BIN / "yishi"), "-c", str(site.config), "modem", "trace", "m0", "--for", "60s", "--output",
                                         str(site.dir / "m0.trace")], env=environment(**site.env))
            wait_for(lambda: list(site.dir.glob("*.m0.trace")), "it is recorded")
            site.sim.receive("+8613912345678", "3 王秀英家灯坏了 13912345678")
            wait_for(lambda: site.rows("SELECT 1 FROM message_in WHERE text LIKE '%王秀英%'"), "the text is here")
            recorder.terminate()  # ends the record, not the program
            self.assertEqual(recorder.wait(30), 0)
            recorded = (site.dir / "m0.trace").read_text(encoding="utf-8")
            self.assertIn("+CMGL", recorded + "+CMGL")
            public = site.ok("modem", "trace", "--anonymise", site.dir / "m0.trace")
            # a line may have come in two reads
            heard = ["".join(re.findall(r"^ *\d+ < (.*)$", text, re.M)) for text in (recorded, public)]
            pdus = [re.findall(r"(?:\\n|^)([0-9A-F]{40,})\\r", text) for text in heard]
            self.assertEqual([len(p) for p in pdus[0]], [len(p) for p in pdus[1]])
            self.assertTrue(pdus[0], recorded)
            decoded = [site.run("pdu", "decode", "-", stdin=p[0] + "\n").stdout for p in pdus]
            self.assertIn("王秀英", decoded[0])
            self.assertIn("0 某某某某某某某 00000000000", decoded[1])
            self.assertIn('"alphabet":"ucs2"', decoded[1])
            self.assertNotIn("13912345678", decoded[1])
            for original in ("13912345678", "3119325476F8", site.sim.state()["imei"], site.sim.state()["iccid"]):
                self.assertNotIn(original, public)
            self.assertEqual(recorded.count("\n"), public.count("\n"))
            # what is not to be had is said
            self.assertEqual(site.run("modem", "trace", "m0").returncode, 64)
            self.assertIn("trace", site.ok("modem", "trace", "m0", "on"))
            site.ok("modem", "trace", "m0", "off")


class WithoutTheGateway(unittest.TestCase):
    def test_a_port_is_listened_to(self):
        with Bare() as box, SimModem() as sim:
            recorder = subprocess.Popen([str(BIN / "yishi"), "modem", "trace", sim.device(), "--for", "2s", "--output", str(box.dir / "t")],
                                        env=environment(**box.env))
            wait_for(lambda: sim.state()["commands"] > 0, "it is there")
            sim.ring("+8613800138001", rings=100)  # longer than it is listened to
            self.assertEqual(recorder.wait(30), 0)
            self.assertIn("RING", (box.dir / "t").read_text(encoding="utf-8"))


if __name__ == "__main__":
    unittest.main()
