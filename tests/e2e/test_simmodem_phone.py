"""`yishi phone` plays a script against the emulator; `scripts/demo` plays the whole gateway."""

import os
import subprocess
import threading
import unittest

from harness import BIN, BUILD, ROOT, environment
from simmodem import SimModem
from test_simmodem import ALICE, Terminal

# A SUBMIT to ALICE: "hello", GSM 7 bit.
ANSWER = "0001000D91683108108300F1000005E8329BFD06"


class Phone(unittest.TestCase):
    def setUp(self):
        self.sim = SimModem()
        self.addCleanup(self.sim.stop)
        self.sim.start()

    def phone(self, script, *args):
        return subprocess.run([str(BIN / "yishi"), "phone", "--control", self.sim.socket_path, *args], input=script, text=True,
                              capture_output=True, env=environment(), check=False, timeout=120)

    def answer(self):
        """The gateway's part: one text to ALICE."""
        with Terminal(self.sim.device()) as t:
            t.at("ATE0")
            t.submit(pdu=ANSWER)

    def test_text_is_sent_and_answer_waited_for(self):
        timer = threading.Timer(0.5, self.answer)
        timer.start()
        self.addCleanup(timer.join)
        done = self.phone("# a remark\n3 楼道灯坏了\n/wait hell\n/quit\nnever sent\n", "--from", "13800138001")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("a remark\n" + ALICE + " > 3 楼道灯坏了", done.stdout)
        self.assertIn(ALICE + " < hello", done.stdout)
        self.assertIn("5/160", done.stdout)
        state = self.sim.state()
        self.assertEqual(state["delivered"], 1)

    def test_what_came_before(self):
        self.answer()
        done = self.phone("/wait hell\n", "--after", "0")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_nothing_came(self):
        done = self.phone("hello\n/wait\n", "--patience", "1")
        self.assertEqual((done.returncode, done.stderr.count("\n")), (1, 1))
        self.answer()
        self.assertEqual(self.phone("/wait\n", "--patience", "1").returncode, 1, "an old text is no answer")

    def test_ring_and_another_number(self):
        with Terminal(self.sim.device()) as t:
            t.at("ATE0;+CLIP=1")
            done = self.phone("/from 13800138002\n/ring\n")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn('"+8613800138002"', t.until('",145'))

    def test_mistakes(self):
        for script in ("/nonsense\n", "/from x\n"):
            done = self.phone(script)
            self.assertEqual((done.returncode, done.stderr.count("\n")), (64, 1), script)
        self.sim.stop()
        done = self.phone("hello\n")
        self.assertEqual((done.returncode, done.stderr.count("\n")), (69, 1))


class Demo(unittest.TestCase):
    def test_conversation(self):
        done = subprocess.run([str(ROOT / "scripts" / "demo"), str(BUILD)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              env={**environment(), "TMPDIR": os.environ.get("TMPDIR", "/tmp")}, check=False, timeout=400)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for words in ("3 楼道灯坏了", "共2人", "单元门口装个扶手", "议题", "签到码", "15:00"):
            self.assertIn(words, done.stdout)


if __name__ == "__main__":
    unittest.main()
