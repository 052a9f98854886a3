"""What the tests with USB sticks share: a site whose daemon lives in a UsbBed, and ports on which nobody speaks AT."""
import os
import subprocess
import threading

from daemon_site import DaemonSite
from harness import BIN, environment, wait_for


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
        super().__init__(modems=kw.pop("modems", max(1, len(devices))), start=False, **kw)
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

    def run_check(self):
        return subprocess.run([str(BIN / "yishid"), "-c", str(self.config), "--check"], capture_output=True, text=True,
                              env=environment(**self.env), check=False)

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
