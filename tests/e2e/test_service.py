"""The units: their score, their sense, and the gateway at work under them, started by a real systemd."""
import ctypes
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import systemd_bed
from harness import BIN, BUILD, ROOT, environment, wait_for
from simmodem import SimModem

WHY_NOT = systemd_bed.available()
UNITS = ("yishi.service", "yishi-root.socket", "yishi-root@.service")
CONFIG = """[gateway]
name = 矿山社区
number = +8613800000000
answer_budget = 0
merge_window = 0
quiet_hours = none
[modem front]
device = {device}
"""


def install(folder):
    subprocess.run(["make", "-s", "install", f"DESTDIR={folder}", f"BUILD={BUILD}", "-o", "all"], cwd=ROOT, check=True, capture_output=True, text=True)


@unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not installed")
class Units(unittest.TestCase):
    def test_score_and_sense(self):
        with tempfile.TemporaryDirectory() as d:
            folder = pathlib.Path(d)
            for unit in UNITS:
                subprocess.run(["scripts/install-text", f"scripts/{unit}", str(folder / unit), "644"], cwd=ROOT, check=True,
                               env={**os.environ, "PREFIX": str(folder), "SYSCONFDIR": "/etc"})
            for program in (folder / "bin/yishid", folder / "libexec/yishi/yishi-root"):
                program.parent.mkdir(parents=True)
                program.symlink_to(BIN / program.name)
            for unit, limit in (("yishi.service", 2.0), ("yishi-root@.service", 2.0)):
                done = subprocess.run(["systemd-analyze", "security", "--offline=yes", "--no-pager", str(folder / unit)], capture_output=True, text=True,
                                      check=True)
                score = float(re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout).group(1))
                print(unit, score)
                self.assertLess(score, limit, done.stdout)
            done = subprocess.run(["systemd-analyze", "verify", "--man=no", *[str(folder / u) for u in UNITS]], capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""))


def deny_machine_code():
    """As MemoryDenyWriteExecute= does, by the kernel's own prctl(PR_SET_MDWE); inherited. Linux 6.3 and later."""
    if ctypes.CDLL(None, use_errno=True).prctl(65, 1, 0, 0, 0) != 0:
        os._exit(75)


class WithoutMachineCode(unittest.TestCase):
    def test_every_sample_is_read_as_before(self):
        def rules(**kw):
            return subprocess.run([BIN / "yishi", "rules", "check"], capture_output=True, text=True, check=False, env=environment(), **kw)
        with tempfile.TemporaryDirectory() as d:
            config = pathlib.Path(d, "yishi.conf")
            config.write_text("[gateway]\nname = x\ndatabase = x.db\n", encoding="utf-8")
            done = subprocess.run([BIN / "yishid", "-c", config, "--check"], capture_output=True, text=True, check=False, env=environment(),
                                  preexec_fn=deny_machine_code)
            if done.returncode == 75:
                self.skipTest("this kernel has no PR_SET_MDWE")
            self.assertIn("(without JIT)", done.stdout)
        plain, denied = rules(), rules(preexec_fn=deny_machine_code)
        self.assertEqual(plain.returncode, 0)
        self.assertEqual((denied.returncode, denied.stdout, denied.stderr), (0, plain.stdout, plain.stderr))


# What the service may not do, tried from inside it: a line for each, the errno or "done".
COMMON = """
import ctypes, errno, json, mmap, os, socket
libc = ctypes.CDLL(None, use_errno=True)
def attempt(f):
    try:
        return f() or "done"
    except OSError as e:
        return errno.errorcode[e.errno]
def call(name, *args):
    if getattr(libc, name)(*args) < 0:
        raise OSError(ctypes.get_errno(), name)
def machine_code():
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC).close()
def open_(path):
    os.close(os.open(path, os.O_RDWR))
def write(path):
    open(path, "w").close()
"""
TRIES = COMMON + """
def ask(request):
    with socket.socket(socket.AF_UNIX) as s:
        s.connect("/run/yishi-root.sock")
        s.sendall(request)
        return s.recv(200).decode()
tried = {
    "a serial port": lambda: open_("/dev/t188"),
    "a modem's port": lambda: open_("/dev/t166"),
    "another device": lambda: open_("/dev/t189"),
    "code of its own": machine_code,
    "the programs": lambda: write("/usr/local/bin/x"),
    "the configuration": lambda: write("/usr/local/etc/yishi/x"),
    "its own folder": lambda: write("/var/lib/yishi/x"),
    "the backups": lambda: write("/var/backups/yishi/x"),
    "raw packets": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close(),
    "udev": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 15).close(),
    "a namespace": lambda: call("unshare", 0x10000000),
    "the clock": lambda: call("settimeofday", ctypes.byref((ctypes.c_long * 2)(0, 0)), None),
    "a file for another user": lambda: os.chmod("/var/lib/yishi/x", 0o4755),
    "processes of others": lambda: os.listdir("/proc/1") and None,
    "help": lambda: ask(b"clock 1999-01-01T00:00:00Z\\n"),
    "no help": lambda: ask(b"rebind 9-9\\n"),
}
json.dump({what: attempt(f) for what, f in tried.items()}, open("/var/lib/yishi/tried", "w"))
"""
# The same for yishi-root. A nonsense time is looked at by the kernel only when the service may set one.
ROOT_TRIES = COMMON + """
tried = {
    "the clock": lambda: call("clock_settime", 0, ctypes.byref((ctypes.c_long * 2)(0, -1))),
    "who keeps it": lambda: call("adjtimex", ctypes.byref((ctypes.c_long * 64)())),
    "a hub": lambda: open_("/dev/t189"),
    "a stick": lambda: write("/sys/devices/authorized"),
    "the kernel": lambda: write("/sys/kernel/x"),
    "a serial port": lambda: open_("/dev/t188"),
    "code of its own": machine_code,
    "the programs": lambda: write("/usr/local/bin/x"),
    "the database": lambda: write("/var/lib/yishi/x"),
    "the network": lambda: socket.socket(socket.AF_INET).close(),
    "another user": lambda: call("setuid", 1),
    "what others may not read": lambda: open("/var/lib/yishi/yishi.db").close(),
}
print(json.dumps({what: attempt(f) for what, f in tried.items()}))
"""
ROOT_MAY = {"the clock": "EINVAL", "who keeps it": "done", "a hub": "ENXIO", "a stick": "done"}
ROOT_MAY_NOT = {"the kernel": "EROFS", "a serial port": "EPERM", "code of its own": "EPERM", "the programs": "EROFS", "the database": "EACCES",
                "the network": "EAFNOSUPPORT", "another user": "EPERM", "what others may not read": "EACCES"}
MAY = {"its own folder": "done", "the backups": "done", "udev": "done", "a serial port": "ENXIO", "a modem's port": "ENXIO"}
MAY_NOT = {"another device": "EPERM", "code of its own": "EPERM", "the programs": "EROFS", "the configuration": "EROFS", "raw packets": "EAFNOSUPPORT",
           "a namespace": "EPERM", "the clock": "EPERM", "a file for another user": "EPERM", "processes of others": "ENOENT"}


@unittest.skipIf(WHY_NOT, WHY_NOT)
class Runs(unittest.TestCase):
    def test_the_gateway_under_its_unit(self):
        with tempfile.TemporaryDirectory() as d, SimModem() as sim:
            install(d)
            os.makedirs(f"{d}/usr/local/etc/yishi", exist_ok=True)
            device = os.path.realpath(sim.device(0))
            os.chmod(device, 0o666)
            pathlib.Path(d, "usr/local/etc/yishi/yishi.conf").write_text(CONFIG.format(device=device), encoding="utf-8")
            with systemd_bed.SystemdBed(d) as bed:
                bed.run("systemd-sysusers", "/usr/local/lib/sysusers.d/yishi.conf")
                bed.run("systemd-tmpfiles", "--create", "/usr/local/lib/tmpfiles.d/yishi.conf")
                bed.run("sh", "-c", "chgrp yishi /usr/local/etc/yishi/yishi.conf; for n in 166 188 189; do mknod /dev/t$n c $n 250; "
                        "chown root:dialout /dev/t$n; chmod 660 /dev/t$n; done")
                self.prepare(bed)
                bed.run("systemctl", "start", "yishi")
                self.at_work(bed, sim)
                self.fenced_in(bed)
                self.watched(bed)

    def prepare(self, bed):
        """Alone, not with the whole of a machine's start; watched closely; and something tries what it may not."""
        bed.path("/var/lib/tries").write_text(TRIES, encoding="ascii")
        own = {"yishi.service": "[Service]\nWatchdogSec=3s\nRestartSec=100ms\nExecStartPre=/usr/bin/python3 -S /var/lib/tries\n"}
        for unit in UNITS:
            folder = bed.path(f"/run/systemd/system/{unit}.d")
            folder.mkdir()
            (folder / "test.conf").write_text("[Unit]\nDefaultDependencies=no\n" + own.get(unit, ""), encoding="ascii")
        unit = bed.path("/usr/local/lib/systemd/system/yishi-root@.service").read_text(encoding="utf-8")
        unit = re.sub(r"^(ExecStart|StandardInput|StandardOutput|Type)=.*\n", "", unit, flags=re.M) + \
            "Type=oneshot\nExecStart=/usr/bin/python3 -S /var/lib/root-tries\nStandardOutput=file:/run/root-tried\n"
        bed.path("/run/systemd/system/root-tries.service").write_text(unit.replace("[Unit]\n", "[Unit]\nDefaultDependencies=no\n"), encoding="utf-8")
        bed.path("/var/lib/root-tries").write_text(ROOT_TRIES, encoding="ascii")
        bed.run("systemctl", "daemon-reload")
        bed.run("systemctl", "start", "root-tries")

    def status(self, bed):
        return json.loads(bed.run("yishi", "status", "--json", check=False) or "{}")

    def ready(self, bed):
        wait_for(lambda: self.status(bed).get("modems_up") == 1, lambda: "the line is ready: " + bed.said()[-3000:])

    def at_work(self, bed, sim):
        self.ready(bed)
        sim.receive("+8613800138001", "7")
        self.assertTrue(sim.wait_sent(1)[0]["text"])
        wait_for(lambda: "1 条线路就绪，共 1 条" in bed.show("yishi", "StatusText")["StatusText"], lambda: bed.show("yishi", "StatusText"))
        bed.run("systemctl", "reload", "yishi")

        def journal():
            lines = [json.loads(line) for line in bed.run("journalctl", "-o", "json", "-t", "yishid").splitlines()]
            return {line["MESSAGE"]: line for line in lines}
        said = wait_for(lambda: any("were read again" in m for m in journal()) and journal(), lambda: bed.said()[-3000:], every=0.2)
        ready = next(m for m in said if ": ready (" in m)
        self.assertEqual((said[ready]["PRIORITY"], said[ready]["_SYSTEMD_UNIT"]), ("5", "yishi.service"))
        self.assertEqual(len([m for m in said if "without machine code" in m]), 1)

    def fenced_in(self, bed):
        tried = json.loads(bed.path("/var/lib/yishi/tried").read_text())
        self.assertRegex(tried.pop("help"), "^refused ")
        self.assertEqual(tried.pop("no help"), "refused nothing sits there\n")
        self.assertEqual(tried, {**MAY, **MAY_NOT})
        self.assertEqual(json.loads(bed.run("cat", "/run/root-tried")), {**ROOT_MAY, **ROOT_MAY_NOT})
        # a secretary is of its group and may not ask
        done = bed.run("setpriv", "--reuid", "nobody", "--regid", "yishi", "--clear-groups", "/usr/bin/python3", "-S", "-c",
                       "import socket\ntry:\n socket.socket(socket.AF_UNIX).connect('/run/yishi-root.sock')\nexcept OSError as e:\n print(e.errno)")
        self.assertEqual(done, "13")

    def watched(self, bed):
        """A loop that does not turn is found, and the gateway is there again."""
        first = bed.show("yishi", "MainPID")["MainPID"]
        bed.run("kill", "-STOP", first)
        wait_for(lambda: bed.show("yishi", "MainPID", "SubState") not in ({"MainPID": first, "SubState": "running"},) and
                 bed.show("yishi", "NRestarts")["NRestarts"] == "1", lambda: bed.said()[-3000:])
        self.ready(bed)


if __name__ == "__main__":
    unittest.main()
