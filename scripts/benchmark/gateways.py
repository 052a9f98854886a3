"""The programs that are compared, behind one face: each on emulated modems of its own, in a folder of its own.

Every one is tuned as far as its manual allows; what that is stands in its configuration below."""
import contextlib
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time

import harness
from benchmark import machine
from daemon_site import DaemonSite
from simmodem import SimModem

NUMBER = "+86139{:08d}"


def number(i):
    return NUMBER.format(i)


def text(i):
    return f"周五15点议事会请参加,回1参加2不来。{i}"


class Gateway:
    """`receive`, `send`: what the modems are for; `patient`: it need not be fast, so nothing has to spin; further options
    are the emulator's."""
    name = ""
    package = ""  # of Debian

    @classmethod
    def version(cls):
        done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", cls.package], capture_output=True, text=True, check=False)
        return f"{cls.name} {done.stdout.strip()}" if cls.package and done.stdout else cls.name

    def __init__(self, modems=1, receive=False, send=True, patient=False, **sim):
        self.modems, self.receive, self.send, self.patient = modems, receive, send, patient
        self.sim_options = {"store": "SM:50", **sim}
        self.sim, self.process = None, None

    @classmethod
    def missing(cls):
        """Why it cannot run here, as a sentence; "" when it can."""
        return ""

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"bench-{self.name}-"))
        try:
            self.sim = SimModem(modems=self.modems, dir=str(self.folder), **self.sim_options).start()
            self.sim.do("journal", on=True)
            self.configure()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        with contextlib.suppress(Exception):
            self.kill()
        if self.sim:
            self.sim.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def configure(self):
        """Writes what the program reads."""

    def start(self):
        """Starts it and waits until it is through with its preparations."""
        commands = self.sim.state()["commands"]
        self.process = subprocess.Popen(self.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder)
        self.sim.wait_state(commands=commands + 2, timeout=60)
        self.settle()

    def restart(self):
        """Starts it again, without waiting."""
        self.process = subprocess.Popen(self.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder)

    def command(self):
        raise NotImplementedError

    def settle(self):
        """Waits until nothing was said to the first modem for two seconds (a program that always polls: five in all)."""
        end, last, quiet = time.monotonic() + 5, -1, time.monotonic()
        while time.monotonic() < end and time.monotonic() - quiet < 2:
            now = self.sim.state()["commands"]
            if now != last:
                last, quiet = now, time.monotonic()
            time.sleep(0.1)

    def kill(self):
        """SIGKILL, to all of it at once."""
        if self.process:
            for pid in reversed(self.pids()):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def pids(self):
        return machine.family(self.process.pid)

    def put(self, first, count):
        """Queues one text to each of number(first) … ; the monotonic microsecond at which the last one was handed over."""
        raise NotImplementedError

    def broadcast(self, count):
        """Queues `count` texts as people would."""
        self.put(0, count)

    def remarks(self):
        """How often it has complained so far, in a way that a person can see; None: it has none."""
        return None


class Yishi(Gateway):
    name = "yishi"

    def __init__(self, people=0, ports=None, sections="", **options):
        """`people` in the registry; `ports`: where a modem may come back, a glob in the folder of the modems; `sections`: more of
        the configuration."""
        super().__init__(**options)
        self.people, self.ports, self.sections = people, ports, sections

    @classmethod
    def missing(cls):
        return "" if (harness.BIN / "yishid").exists() else f"yishi is not built in {harness.BUILD}."

    def __enter__(self):
        roles = " ".join(word for word, on in (("receive", self.receive or not self.send), ("send", self.send)) if on)
        self.site = DaemonSite(modems=self.modems, modem={"reports": "no", "roles": roles}, gateway={"approval_above": "0"},
                               start=False, extra_config=self.sections, **self.sim_options)
        if self.ports:
            self.site.gateway["modem_ports"] = self.site.dir / self.ports
        try:
            self.site.__enter__()
            self.sim, self.folder = self.site.sim, self.site.dir
            self.sim.do("journal", on=True)
            if self.people:
                self.registry(self.people)
            self.start()
        except BaseException:
            self.site.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_):
        with contextlib.suppress(Exception):
            self.kill()
        self.site.__exit__(None, None, None)

    def registry(self, count):
        self.site.registry(people="phone,name,grid,building,unit,room,roles,language\n" + "".join(
            f"{number(i)},居民{i},KS-03,{i // 60 + 1},{i // 15 % 4 + 1},{i % 15 + 101},resident,zh\n" for i in range(count)))

    def start(self):
        self.site.start()
        self.process = self.site.daemon
        self.settle()

    def restart(self):
        self.site.start(ready=False)
        self.process = self.site.daemon

    def kill(self):
        if self.site.daemon:
            self.site.kill()
        self.process = None

    def put(self, first, count):
        row = {"class": "broadcast", "priority": 3, "alphabet": "ucs2", "segments": 1, "created_utc": 0, "next_try_utc": 0, "quiet": 0}
        db = sqlite3.connect(self.folder / "yishi.db", timeout=60)
        with self.site.connect() as wake, contextlib.closing(db):
            db.executemany(f"INSERT INTO message_out (number, text, {', '.join(row)}) VALUES (?, ?, {', '.join('?' * len(row))})",
                           [(number(i), text(i), *row.values()) for i in range(first, first + count)])
            db.commit()
            done = time.monotonic_ns() // 1000
            wake.write("wake\n")
            wake.flush()
            wake.readline()
        return done

    def remarks(self):
        return len(re.findall(r" (?:WARNING|ERROR) ", self.site.log())) + (self.site.live() not in ("ready", "sending", "reading"))

    def broadcast(self, count):
        self.site.ok("broadcast", "new", "--to", "grid:KS-03", "--text-file", "-", "--yes", stdin=text(1))


class Gammu(Gateway):
    name = package = "gammu-smsd"

    @classmethod
    def missing(cls):
        return "" if shutil.which("gammu-smsd") else "gammu-smsd is not installed (apt-get install gammu-smsd): left out."

    def configure(self):
        for folder in ("inbox", "outbox", "sent", "error"):
            (self.folder / folder).mkdir()
        (self.folder / "rc").write_text(f"""[gammu]
device = {self.sim.device(0)}
connection = at115200
[smsd]
service = files
logfile = {self.folder}/log
inboxpath = {self.folder}/inbox/
outboxpath = {self.folder}/outbox/
sentsmspath = {self.folder}/sent/
errorsmspath = {self.folder}/error/
CommTimeout = 0
ReceiveFrequency = 0
StatusFrequency = 0
LoopSleep = {int(self.patient)}
CheckSecurity = 0
CheckBattery = 0
CheckSignal = 0
CheckNetwork = 0
ResetFrequency = 0
""")

    def command(self):
        return ["gammu-smsd", "-c", f"{self.folder}/rc"]

    def put(self, first, count):
        for i in range(first, first + count):
            (self.folder / "w").write_bytes(text(i).encode("utf-16-be"))
            done = time.monotonic_ns() // 1000
            (self.folder / "w").rename(self.folder / f"outbox/OUTA20260101_{i:06d}_00_{number(i)}_n.txtu")
        return done


class Smstools(Gateway):
    name = package = "smstools"
    PATH = "/usr/sbin/smsd"

    @classmethod
    def missing(cls):
        return "" if os.path.exists(cls.PATH) else "smstools is not installed (apt-get install smstools): left out."

    def configure(self):
        for folder in ("incoming", "outgoing", "checked", "sent", "failed"):
            (self.folder / folder).mkdir()
        names = [f"M{i}" for i in range(self.modems)]
        lines = f"""devices = {','.join(names)}
infofile = {self.folder}/info
pidfile = {self.folder}/pid
logfile = {self.folder}/log
loglevel = 4
incoming = {self.folder}/incoming
outgoing = {self.folder}/outgoing
checked = {self.folder}/checked
sent = {self.folder}/sent
failed = {self.folder}/failed
delaytime = 1
trust_outgoing = yes
notifier = yes
"""
        for i, name in enumerate(names):
            lines += f"""[{name}]
device = {self.sim.device(i)}
device_open_retries = -1
incoming = {'high' if self.receive else 'no'}
check_network = 0
check_memory_method = 31
poll_faster = 100
detect_unexpected_input = no
detect_message_routing = no
unexpected_input_is_trouble = no
"""
        (self.folder / "conf").write_text(lines)

    def command(self):
        return [self.PATH, "-t", f"-c{self.folder}/conf"]

    def put(self, first, count):
        for i in range(first, first + count):
            (self.folder / "w").write_bytes(f"To: {number(i)[1:]}\nAlphabet: UCS\n\n".encode() + text(i).encode("utf-16-be"))
            done = time.monotonic_ns() // 1000
            (self.folder / "w").rename(self.folder / f"outgoing/m{i:06d}")
        return done


ALL = (Yishi, Gammu, Smstools)
