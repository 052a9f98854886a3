"""A whole site for end-to-end tests: emulated modem, daemon, tool, database and clock in a folder of its own.

    with Site() as site:
        site.text("+8613800138001", "3 楼道灯坏了")
        answer = site.answer("+8613800138001")
"""
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("YISHI_BUILD", ROOT / "build")).resolve()
BIN = BUILD / "bin"
PATIENCE_S = 60  # on a loaded machine; nothing waits longer than it must


class Failed(AssertionError):
    pass


def wait_for(condition, what, seconds=PATIENCE_S, every=None):
    """The first true value of condition(); an error that says what did not happen (`what` may be asked for only then)."""
    end, pause = time.monotonic() + seconds, every or 0.03
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failed(f"not within {seconds} s: {what() if callable(what) else what}")
        time.sleep(pause)
        if not every:
            pause = min(pause * 1.3, 0.25)  # looking costs the one that is waited for


def environment(**extra):
    env = {k: v for k, v in os.environ.items() if not k.startswith("YISHI_") or k == "YISHI_BUILD"}
    env.update(YISHI_DATA=str(ROOT), LC_ALL="en_US.UTF-8", LANG="en_US.UTF-8", NO_COLOR="1", YISHI_ROOT_SOCKET="/nonexistent")
    env.update({k: str(v) for k, v in extra.items() if v is not None})
    return env


class Tool:
    """Runs `yishi`; also without a site."""

    def __init__(self, config=None, env=None):
        self.config, self.env = config, env or {}

    def run(self, *args, stdin=None, env=None, binary=False):
        argv = [str(BIN / "yishi")] + (["-c", str(self.config)] if self.config else []) + [str(a) for a in args]
        data = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(argv, input=data if data is not None else b"", capture_output=True,
                              env=environment(**{**self.env, **(env or {})}), timeout=PATIENCE_S * 2, check=False)
        if not binary:
            done.stdout, done.stderr = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
        return done

    def ok(self, *args, **kw):
        done = self.run(*args, **kw)
        if done.returncode != 0:
            raise Failed(f"yishi {' '.join(map(str, args))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def json(self, *args, **kw):
        return [json.loads(line) for line in self.ok(*args, "--json", **kw).splitlines()]


class Site(Tool):
    CONFIG = {"name": "矿山社区", "number": "+8613800000000", "database": "yishi.db", "quiet_hours": "none",
              "test_clock": "yes", "merge_window": "0"}

    def __init__(self, now=None, modems=1, gateway=None, modem=None, extra_config="", start=True, **simmodem):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="yishi-e2e-"))
        self.clock_file = self.dir / "clock" if now else None
        super().__init__(self.dir / "yishi.conf")
        self.modem_count, self.modem_config, self.extra_config = modems, modem or {}, extra_config
        self.gateway = {**self.CONFIG, **(gateway or {})}
        if self.clock_file:
            self.set_clock(now)
            self.env["YISHI_CLOCK"] = self.clock_file
        self.simmodem_args, self.sim, self.daemon, self.start_now = simmodem, None, None, start
        self.log_path = self.dir / "yishid.log"
        self.launch = []  # what starts the daemon, such as setpriv

    def __enter__(self):
        from simmodem import SimModem  # beside this file
        try:
            self.sim = SimModem(modems=self.modem_count, dir=str(self.dir), clock=self.clock_file, **self.simmodem_args)
            self.sim.start()
            self.write_config()
            if self.start_now:
                self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind, value, trace):
        log = self.log()
        if self.daemon:
            self.kill(signal.SIGTERM)
        if self.sim:
            self.sim.stop()
        if kind and not issubclass(kind, SystemExit):
            print(f"--- yishid in {self.dir}\n{log[-6000:]}", flush=True)
        elif "AddressSanitizer" in log or "runtime error:" in log:
            raise Failed("sanitizer:\n" + log[-6000:])
        shutil.rmtree(self.dir, ignore_errors=True)

    def write_config(self):
        lines = ["[gateway]"] + [f"{k} = {v}" for k, v in self.gateway.items() if v is not None]
        for i in range(self.modem_count):
            lines += ["", f"[modem m{i}]", f"device = {self.sim.device(i)}"]
            lines += [f"{k} = {v}" for k, v in {"hourly_quota": 0, "daily_quota": 0, **self.modem_config}.items()]
        (self.dir / "yishi.conf").write_text("\n".join(lines) + "\n" + self.extra_config, encoding="utf-8")

    # ---- the daemon
    def start(self, ready=True):
        with open(self.log_path, "ab") as log:
            self.daemon = subprocess.Popen([*self.launch, str(BIN / "yishid"), "-c", str(self.config), "-f"], stdin=subprocess.DEVNULL,
                                           stdout=log, stderr=log, env=environment(**self.env))
        if ready:
            wait_for(lambda: self.daemon.poll() is not None or self.modems_up() >= self.modem_count, "the modems are ready")
            if self.daemon.poll() is not None:
                raise Failed(f"yishid ended with {self.daemon.returncode}\n{self.log()[-3000:]}")

    def kill(self, sig=signal.SIGKILL):
        self.daemon.send_signal(sig)
        try:
            code = self.daemon.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.daemon.kill()
            self.daemon.wait()
            raise
        self.daemon = None
        return code

    def restart(self, sig=signal.SIGTERM):
        self.kill(sig)
        self.start()

    def modems_up(self):
        try:
            return self.control("status").get("modems_up", 0)
        except (OSError, ValueError):  # not yet listening, or ending
            return 0

    def write(self, sql, *values):
        db = sqlite3.connect(self.dir / "yishi.db", timeout=60)
        try:
            with db:
                db.execute("PRAGMA foreign_keys = ON")
                return db.execute(sql, values).lastrowid
        finally:
            db.close()

    def look(self, sql, *values):
        """Rows of the database: for what is asked again and again until it is so. What a test says about the outcome it
        reads with the tool."""
        db = sqlite3.connect(self.dir / "yishi.db", timeout=60)
        try:
            return db.execute(sql, values).fetchall()
        finally:
            db.close()

    def log(self):
        return self.log_path.read_text(encoding="utf-8", errors="replace") if self.log_path.exists() else ""

    # ---- time
    def set_clock(self, rfc3339):
        part = self.clock_file.with_suffix(".new")
        part.write_text(rfc3339 + "\n")
        part.replace(self.clock_file)

    # ---- residents
    def text(self, number, text, **kw):
        return self.sim.receive(number, text, **kw)

    def sent_to(self, number, contains=""):
        return [s for s in self.sim.sent() if s["number"] == number and s.get("complete", True) and contains in s["text"]]

    def answer(self, number, count=1, contains="", seconds=PATIENCE_S):
        """Waits until `count` texts went to the number; returns the last one's text."""
        found = wait_for(lambda: (lambda got: got if len(got) >= count else None)(self.sent_to(number, contains)),
                         f"{count} text(s) to {number} with {contains!r}; sent: {self.sim.sent()}", seconds)
        return found[count - 1]["text"]

    def socket_path(self):
        return next(iter(self.dir.glob("yishi*.sock")), self.dir / "yishi.sock")

    def connect(self):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(60)
            s.connect(str(self.socket_path()))
            return s.makefile("rw", encoding="utf-8", newline="\n")

    def control(self, *words):
        with self.connect() as stream:
            stream.write(" ".join(words) + "\n")
            stream.flush()
            return json.loads(stream.readline())

    def aware(self):
        """The daemon, if there is one, has seen a clock that was set just now when it has answered."""
        try:
            for _ in range(2):
                self.control("status")
        except OSError:
            pass

    def idle(self):
        """Waits until nothing is stored unread and nothing waits to go out."""
        self.aware()
        wait_for(lambda: not self.look("SELECT 1 FROM message_out WHERE state IN ('queued', 'sending') LIMIT 1"), "the queue is empty")

    def registry(self, people=None, grids=None):
        """A small neighbourhood: KS with grid KS-03, and people of it."""
        (self.dir / "grids.csv").write_text(grids or "code,name,parent\nKS,矿山社区,\nKS-03,三网格,KS\nKS-04,四网格,KS\n", encoding="utf-8")
        (self.dir / "people.csv").write_text(people or (
            "phone,name,grid,building,unit,room,roles,language\n"
            "13800138001,王秀英,KS-03,3,2,501,resident,zh\n"
            "13800138002,李建国,KS-03,3,1,202,resident,zh\n"
            "13800138003,John Smith,KS-03,5,1,302,resident,en\n"
            "13800138008,陈师傅,KS-03,,,,grid_worker,zh\n"
            "13800138009,赵书记,KS,,,,secretary duty_officer,zh\n"), encoding="utf-8")
        self.ok("grid", "import", self.dir / "grids.csv")
        self.ok("person", "import", self.dir / "people.csv", "--consent", "上门登记 2026-11-01")
