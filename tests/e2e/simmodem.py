"""The emulated modem as end-to-end tests use it: a process of its own, spoken to over its control socket.

    with SimModem(profile="huawei-e1xx", store="SM:10") as sim:
        … sim.device(0) is the path to open …
        sim.receive("+8613800138001", "1")
        answer = sim.wait_sent(1)[0]["text"]

Requests and their fields are those of `yishi-simmodem --help`; what is refused raises SimError.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile

BUILD = os.environ.get("YISHI_BUILD", "build")


class SimError(Exception):
    """A request that the emulator answered with ok: false; .answer is the whole answer."""

    def __init__(self, answer):
        super().__init__(answer.get("error", str(answer)))
        self.answer = answer


class SimModem:
    def __init__(self, profile="generic-gsm", modems=1, store=None, dir=None, faults=(), clock=None,
                 build=None, **options):
        """`store` such as "SM:10"; `faults` such as ["crcrlf", "cms=38"]; `clock` a file with the time ($YISHI_CLOCK);
        further options by their name with _ for -: air_ms=50, pin="1234", number="+86…,+86…", boot=True."""
        self.own_directory = dir is None
        self.directory = dir or tempfile.mkdtemp(prefix="yishi-sim-")
        self.socket_path = os.path.join(self.directory, "control.sock")
        self.process = None
        self.connection = None
        self.environment = dict(os.environ)
        self.environment.pop("YISHI_CLOCK", None)
        if clock:
            self.environment["YISHI_CLOCK"] = str(clock)
        self.command = [os.path.join(build or BUILD, "bin", "yishi-simmodem"), "--dir", self.directory,
                        "--control", self.socket_path, "--modems", str(modems), "--profile", profile]
        if store:
            self.command += ["--store", store]
        for fault in faults:
            self.command += ["--fault", fault]
        for name, value in options.items():
            self.command.append("--" + name.replace("_", "-"))
            if value is not True:
                self.command.append(str(value))

    def start(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, env=self.environment, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("ready "):
            self.process.wait()
            raise RuntimeError("the emulator does not start: %r" % line)
        self.connection = self.connect()
        return self

    def connect(self):
        """A further connection, as a file of lines."""
        s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        s.connect(self.socket_path)
        stream = s.makefile("rw", encoding="utf-8", newline="\n")
        s.close()
        return stream

    def stop(self):
        """Ends it; returns its exit status."""
        status = None
        if self.connection:
            self.connection.close()
            self.connection = None
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            try:
                status = self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                status = self.process.wait()
            self.process.stdout.close()
            self.process = None
        if self.own_directory:
            shutil.rmtree(self.directory, ignore_errors=True)
        return status

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def device(self, modem=0):
        return os.path.join(self.directory, "modem%d" % modem)

    def do(self, request, **fields):
        """One request; the answer as a dict."""
        fields["do"] = request
        self.connection.write(json.dumps({k: v for k, v in fields.items() if v is not None}, ensure_ascii=False) + "\n")
        self.connection.flush()
        line = self.connection.readline()
        if not line:
            raise RuntimeError("the emulator is gone")
        answer = json.loads(line)
        if not answer.get("ok"):
            raise SimError(answer)
        return answer

    def receive(self, sender, text, modem=0, **fields):
        return self.do("receive", **{"from": sender, "text": text, "modem": modem}, **fields)

    def receive_pdu(self, pdu, modem=0):
        return self.do("receive", pdu=pdu, modem=modem)

    def ring(self, caller="", modem=0, rings=2, ring_ms=100, **fields):
        return self.do("ring", **{"from": caller, "modem": modem, "rings": rings, "ring_ms": ring_ms}, **fields)

    def sent(self, since=0, **fields):
        return self.do("sent", since=since, **fields)["sent"]

    def last(self):
        """The id of the newest text, for `since`."""
        return self.do("state")["last"]

    def wait_sent(self, count=1, since=0, timeout=60, **fields):
        return self.do("wait_sent", count=count, since=since, timeout_ms=int(timeout * 1000), **fields)["sent"]

    def fault(self, name, value=None, count=None, modem=None, text=None, after=None):
        """`after`: strikes only when so many more texts went out."""
        return self.do("fault", name=name, value=value, count=count, modem=modem, text=text, after=after)

    def answer(self, command, *lines, final="OK", then=(), modem=0, **fields):
        """Every command line that begins so (without AT) is answered with these lines, and lines of its own come later."""
        return self.do("answer", command=command, lines=list(lines), final=final, then=list(then), modem=modem, **fields)

    def answer_as_before(self, command, modem=0):
        return self.do("answer", command=command, modem=modem)

    def state(self, modem=0):
        return self.do("state")["modems"][modem]

    def wait_state(self, modem=0, timeout=60, **bounds):
        return self.do("wait_state", modem=modem, timeout_ms=int(timeout * 1000), **bounds)["state"]

    def replug(self, ms=200, modem=0, name=None):
        return self.do("replug", ms=ms, modem=modem, name=name)

    def report(self, sent_id, status=0, part=1):
        return self.do("report", id=sent_id, status=status, part=part)

    def reset(self):
        return self.do("reset")

    def log(self, modem=0):
        return self.do("log", modem=modem)["log"]
