"""Plays the modem of a recorded exchange (at_commands/trace.h) to the daemon: what stands in the trace is answered as it
was recorded, in its order and the last answer again and again; what only generic.trace knows, as there; a setting that
nobody knows is OK, any other command ERROR.

Records before the first command come when the port is opened. Remarks are what is expected:

    ! ready                          the session is; the records behind it come then, unasked
    ! text +8613800138001 来         this text is in the inbox
    ! never AT+CFUN=1,1              is not said
"""
import os
import pty
import re
import select
import threading
import tty

ESCAPES = {"r": "\r", "n": "\n", "t": "\t", "\\": "\\"}


def unescape(field):
    return re.sub(r"\\(x[0-9a-fA-F]{2}|.)", lambda m: chr(int(m[1][1:], 16)) if m[1][0] == "x" else ESCAPES[m[1]], field)


def read_trace(path):
    """[(kind, text)]"""
    records = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            kind, field = re.match(r"\s*\d+ ([><!]) ?(.*)$", line).groups()
            records.append((kind, unescape(field) if kind != "!" else field))
    return records


def key_of(command):
    return "\x1a" if command.endswith("\x1a") else command.strip("\r\x1b ").upper()


class Trace:
    def __init__(self, path):
        self.answers, self.first, self.later, self.expected, self.asked = {}, [], [], [], []
        into, ready = self.first, False
        for kind, text in read_trace(path):
            if kind == ">":
                key = key_of(text)
                into = []
                self.answers.setdefault(key, []).append(into)
                self.asked.append(key)
            elif kind == "<":
                into.append(text)
            else:
                self.expected.append(text)
                if text == "ready":
                    ready = True
                    into = self.later
        assert ready, f"{path}: has no line `! ready`"

    def answer(self, key):
        """None when it does not stand here."""
        replies = self.answers.get(key)
        if not replies:
            return None
        return "".join(replies.pop(0) if len(replies) > 1 else replies[0])


class RowPlayer:
    def __init__(self, trace, generic):
        self.trace, self.generic = Trace(trace), Trace(generic)
        self.said, self.input, self.greeted = [], "", False
        self.master, self.keep = pty.openpty()
        tty.setraw(self.keep)
        self.path = os.ttyname(self.keep)
        self.running = True
        self.thread = threading.Thread(target=self.loop, daemon=True)
        self.thread.start()

    def stop(self):
        self.running = False
        self.thread.join(10)
        os.close(self.master)
        os.close(self.keep)

    def loop(self):
        while self.running:
            if select.select([self.master], [], [], 0.1)[0]:
                for c in os.read(self.master, 4096).decode("latin-1"):
                    self.input += c
                    if c in "\r\x1a":
                        self.command(self.input)
                        self.input = ""

    def write(self, text):
        os.write(self.master, text.encode("latin-1"))

    def command(self, line):
        if not self.greeted:
            self.greeted = True
            self.write("".join(self.trace.first))
        key = key_of(line)
        if not key:
            return
        self.said.append(key)
        for known in (self.trace, self.generic):
            answer = known.answer(key)
            if answer is not None:
                self.write(answer)
                return
        setting = "=" in key and not key.endswith("?") and ";" not in key
        self.write("\r\nOK\r\n" if setting or re.fullmatch(r"AT[A-Z&]*\d*", key) else "\r\nERROR\r\n")

    def speak(self):
        """What comes unasked once it is ready."""
        self.write("".join(self.trace.later))
