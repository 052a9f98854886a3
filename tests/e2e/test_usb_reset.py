"""Resets from outside when AT is dead: a stick is unbound and bound, or its power is cut."""
import os
import pathlib
import re
import shutil
import unittest

import usb_bed
from harness import ROOT, wait_for
from root_helper import RootHelper
from usb_bed import UsbBed
from usb_site import UsbSite

WHY_NOT = usb_bed.available()



class HurriedSite(UsbSite):
    """Its generic row loses patience sooner than modems do."""

    def __enter__(self):
        super().__enter__()
        data, source = self.dir / "data", pathlib.Path(os.environ.get("YISHI_DATA", ROOT))
        shutil.copytree(source / "at_commands" / "modems", data / "at_commands" / "modems")
        (data / "rules").symlink_to(source / "rules")
        row = data / "at_commands" / "modems" / "generic.modem"
        text = row.read_text(encoding="utf-8")
        for key, value in {"boot_max": "1s", "reset": "AT+CFUN=1,1 | 1s | stays"}.items():
            text = re.sub(rf"^{key} = .*$", f"{key} = {value}", text, flags=re.M)
        row.write_text(text, encoding="utf-8")
        self.env["YISHI_DATA"] = str(data)
        return self

    def dies(self):
        self.sim.fault("hang", 600000)
        self.queue("+8613800138001", "hello")
        self.control("wake")


@unittest.skipIf(WHY_NOT, WHY_NOT)
class Resets(unittest.TestCase):
    NO_ROW = "1782:4d10"

    @unittest.skipIf(os.getuid() != 0, "only root can be somebody with fewer rights")
    def test_rebind(self):
        """By a daemon that may not do it himself: he asks yishi-root."""
        with UsbBed() as bed, HurriedSite(bed, [None]) as site, \
                RootHelper(site.dir / "root.sock", "-u", "root", "-c", str(site.config), **site.env) as helper:
            bed.plug("1-1", self.NO_ROW, {0: ("ttyUSB0", site.link(0))})
            os.chmod(f"{bed.root}/sys/bus/usb/devices/1-1/authorized", 0o444)
            site.env["YISHI_ROOT_SOCKET"] = helper.path
            site.launch = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
            site.run_daemon()
            site.wait_on("m0", 0)
            site.dies()
            wait_for(lambda: bed.attribute("1-1", "authorized") == "0", "the stick is unbound", 120)
            self.assertEqual(site.value("SELECT count(*) FROM event WHERE kind = 'modem.reset' AND body LIKE '%rebind%'"), 1)
            # nothing holds the port meanwhile
            fds = [os.readlink(f) for f in pathlib.Path(f"/proc/{site.daemon.pid}/fd").iterdir() if f.is_symlink()]
            self.assertNotIn(os.path.realpath(site.link(0)), fds)
            bed.unplug("1-1")
            site.sim.fault("hang", 0)
            bed.plug("1-1", self.NO_ROW, {0: ("ttyUSB4", site.link(0))})
            site.wait_on("m0", 0)
            # the test pulled the stick out before it was authorized again
            self.assertRegex(wait_for(lambda: helper.said, "the helper ends"), r"rebind 1-1, for uid 0: (ok|failed No such file)")

    def test_power(self):
        with UsbBed() as bed, HurriedSite(bed, [None]) as site:
            tool = site.dir / "bin" / "uhubctl"
            tool.parent.mkdir()
            tool.write_text('#!/bin/sh\necho "$@" "PATH=$PATH" "HOME=$HOME" >> "$0.log"\n', encoding="ascii")
            tool.chmod(0o755)
            site.env["PATH"] = f"{tool.parent}:{os.environ['PATH']}"
            bed.do(do="hub", socket="1-1", number=3)
            bed.plug("1-1.2", self.NO_ROW, {0: ("ttyUSB0", site.link(0))}, authorized=False)
            site.run_daemon()
            site.wait_on("m0", 0)
            site.dies()
            called = wait_for(lambda: (log := tool.with_suffix(".log")).exists() and log.read_text().strip(), "the hub is switched", 120)
            self.assertEqual(called, "-l 1-1 -p 2 -a cycle -d 10 -N PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=")
            site.sim.fault("hang", 0)
            bed.unplug("1-1.2")
            bed.plug("1-1.2", self.NO_ROW, {0: ("ttyUSB0", site.link(0))})
            site.wait_on("m0", 0)


if __name__ == "__main__":
    unittest.main()
