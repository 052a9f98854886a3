"""Sticks that come, go, change their names and their places: the daemon finds its modems by what they are."""
import os
import re
import threading
import time
import unittest

import usb_bed
from daemon_site import DaemonSite
from harness import wait_for
from usb_bed import UsbBed

EC25 = "2c7c:0125"  # its row: AT on if02 and if03, not on if00 and if01
AIR780E = "19d1:0001"  # AT on if02 and if06; all serial numbers are equal
HUAWEI_DISK = "12d1:1446"
WHY_NOT = usb_bed.available()


class Bystander:
    """A serial port on which nobody speaks AT: silent, or saying the same again and again."""

    def __init__(self, says=b""):
        self.master, self.slave = os.openpty()
        self.path, self.says, self.heard = os.ttyname(self.slave), says, b""
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self.run)
        os.set_blocking(self.master, False)
        self.thread.start()

    def run(self):
        while not self.ending.wait(0.05):
            try:
                self.heard += os.read(self.master, 4096)
            except BlockingIOError:
                pass
            try:
                if self.says:
                    os.write(self.master, self.says)
            except BlockingIOError:
                pass

    def close(self):
        self.ending.set()
        self.thread.join()
        os.close(self.master)
        os.close(self.slave)


class UsbSite(DaemonSite):
    """`devices`: what the configuration says for each line; None: imei: of the emulated modem of that number."""

    def __init__(self, bed, devices, lines=(), **kw):
        super().__init__(modems=kw.pop("modems", len(devices)), start=False, **kw)
        self.bed, self.devices, self.lines = bed, devices, lines
        self.env.update(bed.environment)

    def write_config(self):
        text = "[gateway]\n" + "".join(f"{k} = {v}\n" for k, v in self.gateway.items() if v is not None)
        for i, device in enumerate(self.devices):
            text += f"\n[modem m{i}]\ndevice = {device or 'imei:' + self.imei(i)}\nhourly_quota = 0\ndaily_quota = 0\n"
            text += self.lines[i] if i < len(self.lines) else ""
        (self.dir / "yishi.conf").write_text(text, encoding="utf-8")

    def run_daemon(self):
        self.start(ready=False)
        wait_for(lambda: self.live_states() is not None, "the daemon is up")

    def imei(self, modem):
        return self.sim.state(modem)["imei"]

    def iccid(self, modem):
        return self.sim.state(modem)["iccid"]

    def link(self, modem, name=None):
        return os.path.join(self.sim.directory, name or f"modem{modem}")

    def live_states(self):
        try:
            return {m["name"]: m for m in self.control("status")["modems"]}
        except OSError:
            return None

    def line(self, name):
        return (self.live_states() or {}).get(name, {})

    def wait_on(self, name, modem, seconds=60):
        """The line works, and with this modem."""
        imei = self.imei(modem)
        wait_for(lambda: self.line(name).get("state") in ("ready", "reading", "sending") and self.line(name)["imei"] == imei,
                 f"{name} works with modem {modem}: {self.live_states()}", seconds)

    def wait_lost(self, name):
        wait_for(lambda: self.line(name).get("state") == "lost", f"{name} is lost: {self.line(name)}")

    def pull(self, socket, modem, name, ms=200):
        """The stick is pulled out; its modem will be behind another link when it is plugged in again."""
        self.bed.unplug(socket)
        self.sim.replug(ms=ms, modem=modem, name=name)
        wait_for(lambda: os.path.exists(self.link(modem, name)), "the modem is ready to be plugged in")


@unittest.skipIf(WHY_NOT, WHY_NOT)
class Sticks(unittest.TestCase):
    def setUp(self):
        self.bed = self.enterContext(UsbBed())

    def site(self, devices, **kw):
        return self.enterContext(UsbSite(self.bed, devices, **kw))

    def bystander(self, says=b""):
        b = Bystander(says)
        self.addCleanup(b.close)
        return b

    def test_appears_after_the_start_and_comes_back_under_another_name(self):
        site = self.site([None])
        site.run_daemon()
        site.wait_lost("m0")
        self.bed.plug("1-1", EC25, {2: ("ttyUSB2", site.link(0))})
        site.wait_on("m0", 0)
        site.pull("1-1", 0, "again")
        site.wait_lost("m0")
        self.bed.plug("1-1", EC25, {2: ("ttyUSB7", site.link(0, "again"))})
        site.wait_on("m0", 0)
        # a text goes out and one comes in over the new name
        site.wait_out(site.queue("+8613800138001", "hello"), "sent")


if __name__ == "__main__":
    unittest.main()
