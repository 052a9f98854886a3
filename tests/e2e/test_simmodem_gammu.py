"""gammu, a program of other people, uses the emulated modem as its phone: identify, read, send, delete."""

import os
import shutil
import subprocess
import unittest

from simmodem import SimModem

ALICE = "+8613800138001"


@unittest.skipUnless(shutil.which("gammu"), "gammu is not installed")
class Gammu(unittest.TestCase):
    profile = "generic-gsm"

    def setUp(self):
        self.sim = SimModem(profile=self.profile, store="SM:10")
        self.addCleanup(self.sim.stop)
        self.sim.start()
        self.config = os.path.join(self.sim.directory, "gammurc")
        with open(self.config, "w", encoding="utf-8") as f:
            f.write("[gammu]\ndevice = %s\nconnection = at115200\n" % self.sim.device())

    def gammu(self, *args, ok=True):
        done = subprocess.run(["gammu", "-c", self.config, *args], capture_output=True, stdin=subprocess.DEVNULL, check=False,
                              timeout=120, env={**os.environ, "LC_ALL": "C.UTF-8"})
        text = done.stdout.decode("utf-8", "replace")
        if ok:
            self.assertEqual(done.returncode, 0, text + done.stderr.decode("utf-8", "replace") + self.sim.log()[-3000:])
        return text

    def test_identify(self):
        state = self.sim.state()
        text = self.gammu("identify")
        self.assertIn(state["imei"], text)
        self.assertIn("SIM IMSI", text)

    def test_read_and_delete(self):
        texts = ["3 楼道灯坏了", "hello [world] €", "表情 😀 也行"]
        for t in texts:
            self.sim.receive(ALICE, t)
        self.sim.receive("10086", "很长的一条短信" * 15)
        shown = self.gammu("geteachsms")
        for t in texts + ["很长的一条短信" * 15]:
            self.assertIn(t, shown)
        self.assertIn('Remote number        : "%s"' % ALICE, shown)
        self.assertIn("5 SMS parts in 4 SMS sequences", shown)
        self.assertIn(texts[0], self.gammu("getsms", "1", "1"))
        self.gammu("deletesms", "1", "1")
        self.assertEqual(self.sim.state()["stores"]["SM"]["used"], 4)

    def test_send(self):
        self.gammu("sendsms", "TEXT", ALICE, "-unicode", "-report", "-text", "你好,世界")
        self.gammu("sendsms", "TEXT", ALICE, "-len", "400", "-autolen", "400", "-text", "a long one " * 30)
        sent = self.sim.wait_sent(2)
        self.assertEqual([(s["number"], s["text"], s["segments"], s["report"]) for s in sent],
                         [(ALICE, "你好,世界", 1, True), (ALICE, ("a long one " * 30), 3, False)])

    def test_refused(self):
        self.sim.fault("cms", 38)
        self.gammu("sendsms", "TEXT", ALICE, "-text", "no", ok=False)
        self.assertEqual(self.sim.sent(), [])


class GammuOnQuectel(Gammu):
    profile = "quectel-ec2x"

    test_send = test_refused = test_read_and_delete = None


if __name__ == "__main__":
    unittest.main()
