"""smstools' smsd, a gateway of other people, runs on the emulated modem: it sends a file and stores what comes in."""

import os
import pathlib
import shutil
import signal
import subprocess
import time
import unittest

from simmodem import SimModem

ALICE = "+8613800138001"
FOLDERS = ("outgoing", "checked", "failed", "incoming", "sent", "report")


@unittest.skipUnless(shutil.which("smsd"), "smstools is not installed")
class Smsd(unittest.TestCase):
    def setUp(self):
        self.sim = SimModem(store="SM:10")
        self.addCleanup(self.sim.stop)
        self.sim.start()
        self.dir = pathlib.Path(self.sim.directory)
        lines = ["devices = GSM1", "delaytime = 1", "autosplit = 3", "stats_interval = 0", "receive_before_send = no"]
        lines += ["%s = %s" % (name, self.dir / name) for name in FOLDERS]
        lines += ["%s = %s" % (name, self.dir / ("smsd." + name)) for name in ("logfile", "infofile", "pidfile")]
        lines += ["[GSM1]", "device = %s" % self.sim.device(), "incoming = yes", "baudrate = 115200"]
        for name in FOLDERS:
            (self.dir / name).mkdir()
        (self.dir / "smsd.conf").write_text("\n".join(lines) + "\n", encoding="ascii")
        self.smsd = subprocess.Popen(["smsd", "-c%s" % (self.dir / "smsd.conf"), "-t"], stdin=subprocess.DEVNULL,
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        self.addCleanup(self.end)

    def end(self):
        os.killpg(self.smsd.pid, signal.SIGKILL)
        self.smsd.wait()

    def test_sends_and_receives(self):
        (self.dir / "new").write_text("To: %s\nAlphabet: UTF-8\n\n你好 from smsd" % ALICE[1:], encoding="utf-8")
        (self.dir / "new").rename(self.dir / "outgoing" / "new")
        sent = self.sim.wait_sent(1, timeout=120)[0]
        self.assertEqual((sent["number"], sent["text"]), (ALICE, "你好 from smsd"))
        self.sim.receive(ALICE, "hello there")
        end = time.monotonic() + 120
        while not (found := list((self.dir / "incoming").iterdir())) or b"hello" not in found[0].read_bytes():
            self.assertLess(time.monotonic(), end, "smsd stores what came in")
            time.sleep(0.05)
        self.sim.wait_state(used=0)


if __name__ == "__main__":
    unittest.main()
