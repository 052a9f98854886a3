"""yishi-root: what it does, for whom, and what it refuses. (A daemon that asks it: test_usb_reset.)"""
import os
import pathlib
import subprocess
import tempfile
import unittest

import usb_bed
from harness import BIN
from root_helper import RootHelper
from usb_bed import UsbBed

WHY_NOT = usb_bed.available()
ME = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()


class Asked(unittest.TestCase):
    def test_by_hand_it_says_how_it_is_meant(self):
        done = subprocess.run([BIN / "yishi-root"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 64)
        self.assertIn("yishi-root.socket", done.stderr)

    def test_the_clock_and_what_is_no_request(self):
        with tempfile.TemporaryDirectory() as d, RootHelper(d + "/s", "-u", ME) as helper:
            self.assertRegex(helper.ask("clock 1999-01-01T00:00:00Z"), "^refused (that time was before|the clock is kept)")
            # neither kept by anything nor ours to set here: the kernel refuses, or says that something keeps it
            self.assertRegex(helper.ask("clock 2027-03-01T00:00:00Z"), "^(failed Operation not permitted|refused the clock is kept)")
            for wrong in ("reboot", "rebind", "rebind /etc/passwd", "power 1-1 2", "clock soon", "x" * 500):
                self.assertRegex(helper.ask(wrong), "^refused ", wrong)
            self.assertEqual(helper.ask(b""), "")

    @unittest.skipIf(os.getuid() != 0, "only root can be somebody else")
    def test_strangers_are_refused(self):
        with tempfile.TemporaryDirectory() as d:
            os.chmod(d, 0o755)
            with RootHelper(d + "/s", "-u", "daemon") as helper:
                os.chmod(d + "/s", 0o666)
                ask = "import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.sendall(b'rebind 1-1\\n'); print(s.recv(200).decode())"
                for user, answer in (("nobody", "refused only the gateway may ask"), ("daemon", "refused nothing sits there")):
                    done = subprocess.run(["setpriv", "--reuid", user, "--clear-groups", "/usr/bin/python3", "-c", ask, d + "/s"],
                                          capture_output=True, text=True, check=True)
                    self.assertEqual(done.stdout.strip(), answer)


@unittest.skipIf(WHY_NOT, WHY_NOT)
class Sticks(unittest.TestCase):
    MODEM, METER, KEYBOARD = "2c7c:0125", "1a86:7523", "046d:c31c"

    def test_only_a_stick_of_the_configuration(self):
        with UsbBed() as bed, tempfile.TemporaryDirectory() as d:
            folder = pathlib.Path(d)
            (folder / "bin").mkdir()
            tool = folder / "bin" / "uhubctl"
            tool.write_text('#!/bin/sh\necho "$@" >> "$0.log"\n', encoding="ascii")
            tool.chmod(0o755)
            config = folder / "yishi.conf"
            bed.do(do="hub", socket="1-1", number=3)
            bed.plug("1-1.2", self.MODEM, {0: ("ttyUSB0", "/dev/null")})
            bed.plug("1-3", self.METER, {0: ("ttyUSB1", "/dev/null")}, driver="ch341-uart")
            bed.plug("1-4", self.KEYBOARD, {})
            with RootHelper(folder / "s", "-u", ME, "-c", str(config), PATH=f"{tool.parent}:/usr/bin:/bin", **bed.environment) as helper:
                self.assertEqual(helper.ask("rebind 1-1.2"), "refused the configuration cannot be read")
                config.write_text("[gateway]\nname = x\n", encoding="utf-8")
                self.assertEqual(helper.ask("rebind 1-1.2"), "refused no modem of the configuration sits there")
                config.write_text("[gateway]\nname = x\n[modem m]\ndevice = imei:860000000000001\n", encoding="utf-8")
                for socket_, why in (("1-3", "what sits there is no modem"), ("1-4", "what sits there is no modem"),
                                     ("1-1", "nothing sits there"), ("1-9", "nothing sits there")):
                    self.assertEqual(helper.ask(f"power {socket_}"), f"refused {why}")
                self.assertFalse(tool.with_suffix(".log").exists())
                self.assertEqual(helper.ask("power 1-1.2"), "ok")
                self.assertEqual(tool.with_suffix(".log").read_text(encoding="ascii").strip(), "-l 1-1 -p 2 -a cycle -d 10 -N")
                tool.unlink()
                self.assertRegex(helper.ask("power 1-1.2"), "^unable ")
                self.assertEqual(bed.attribute("1-1.2", "authorized"), "1")
                self.assertEqual(helper.ask("rebind 1-1.2"), "ok")
                self.assertEqual(bed.attribute("1-3", "authorized"), "1")


if __name__ == "__main__":
    unittest.main()
