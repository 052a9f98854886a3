"""`yishi top` on a pseudo-terminal, read by a terminal emulator that is not ours (pyte)."""
import fcntl
import os
import pty
import select
import signal
import sqlite3
import struct
import subprocess
import termios
import time
import unittest

from clibox import Box
from harness import BIN, environment

try:
    import pyte
except ImportError:
    pyte = None


class Terminal:
    """The tool on a terminal of so many columns and rows; what pyte makes of its output."""

    def __init__(self, box, *args, columns=80, rows=24, term="xterm-256color"):
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.master, self.slave = pty.openpty()
        self.size(columns, rows)
        self.before = termios.tcgetattr(self.slave)
        self.bytes = b""
        env = {**environment(), **{k: str(v) for k, v in box.env.items()}, "TERM": term, "LC_ALL": "zh_CN.UTF-8"}
        env.pop("NO_COLOR", None)
        self.process = subprocess.Popen([BIN / "yishi", "-c", box.config, *args], stdin=self.slave, stdout=self.slave, stderr=self.slave,
                                        env=env, start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.master)
        os.close(self.slave)

    def size(self, columns, rows):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    def read(self, seconds):
        """Whatever is painted within that time; the count of bytes."""
        count = 0
        while select.select([self.master], [], [], seconds)[0]:
            try:
                more = os.read(self.master, 65536)
            except OSError:  # nobody has the other end any more
                break
            self.stream.feed(more)
            self.bytes += more
            count += len(more)
        return count

    def shows(self, *words, seconds=15):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(0.05)
            text = "\n".join(self.screen.display).replace(" ", "")
            if all(w in text for w in words):
                return
        raise AssertionError(f"{words} not shown:\n" + "\n".join(self.screen.display))

    def type(self, keys):
        os.write(self.master, keys)

    def ended(self):
        self.read(0.3)
        status = self.process.wait(10)
        self.read(0.1)
        return status

    def restored(self):
        return termios.tcgetattr(self.slave) == self.before and self.bytes.rindex(b"\x1b[?1049l") > self.bytes.rindex(b"\x1b[?1049h")


@unittest.skipUnless(pyte, "python3-pyte is not installed")
class Top(unittest.TestCase):
    def box(self):
        box = Box().people()
        box.ok("case", "new", "--text", "3栋2单元楼道灯坏了\x1b[31m", "--from", "13800138001")
        return box

    def test_follows_resizes_and_gives_the_terminal_back(self):
        with self.box() as box, Terminal(box, "top") as t:
            t.shows("矿山社区", "楼道灯坏了", "待发")
            self.assertNotIn("\x1b[31m坏", "".join(t.screen.display))
            self.assertTrue(t.screen.cursor.hidden)

            # nothing happens: nothing is painted, but for the clock now and then
            t.read(0.5)
            self.assertEqual(t.read(1.0), 0)

            # another program writes: it is shown at once, and only what changed is sent
            for text in ("明天停水八点到十二点", "后天来水"):  # twice, and sooner than the clock is painted
                box.ok("message", "send", "--to", "13800138002", "--text", text)
                t.shows(text[:4], "138****8002", seconds=3)
            self.assertNotIn("13800138002", "".join(t.screen.display).replace(" ", ""))
            t.read(0.6)
            with sqlite3.connect(box.dir / "yishi.db") as db:
                db.execute("UPDATE message_out SET state = 'failed'")
            t.shows("失败")
            self.assertLess(t.read(0.4), 2000)

            # smaller, larger: whole lines, no wide character cut in half, nothing wrapped
            for columns, rows in ((60, 10), (30, 5), (20, 2), (200, 50), (81, 24)):
                t.size(columns, rows)
                t.process.send_signal(signal.SIGWINCH)
                t.shows("矿山社区")
                t.read(0.3)
                self.assertTrue(t.screen.display[0].startswith("矿"), t.screen.display)
                if rows > 9:
                    self.assertIn("楼道灯", "".join(t.screen.display).replace(" ", ""))
            t.type(b"q")
            self.assertEqual(t.ended(), 0)
            self.assertTrue(t.restored())
            self.assertFalse(t.screen.cursor.hidden)

    def test_signals_restore_the_terminal(self):
        with self.box() as box:
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                with self.subTest(number), Terminal(box, "top") as t:
                    t.shows("矿山社区")
                    t.process.send_signal(number)
                    self.assertEqual(t.ended(), -number)
                    self.assertTrue(t.restored())

    def test_one_page_where_nothing_can_be_painted(self):
        with self.box() as box, Terminal(box, "top", term="dumb") as t:
            self.assertEqual(t.ended(), 0)
            self.assertNotIn(b"\x1b", t.bytes)
            self.assertIn("楼道灯坏了".encode(), t.bytes)
            plain = box.run("top")
            self.assertEqual(plain.returncode, 0, plain.stderr)
            self.assertIn("楼道灯坏了", plain.stdout)
            self.assertNotIn("\x1b", plain.stdout)


if __name__ == "__main__":
    unittest.main()
