"""What tests of faults share: rows with short times, a ledger of what went in and out, and a table that says for every
fault of the emulator what is to come of it.

A fault is armed, texts come in and leave meanwhile, and then
    every text that the network delivered is in the inbox once and answered once,
    no text left more often than its class allows (a broadcast once, an answer twice when its first outcome was lost),
    every text is settled, and the line is ready again.
"""
import concurrent.futures
import dataclasses
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from daemon_site import DaemonSite
from harness import BIN, ROOT, Failed, environment, wait_for

# The rows' own times are those of real networks; nobody here is that slow.
SHORT = {"send.prompt": "1500ms", "send.result": "6s", "cmgl_max": "3s", "boot_max": "20s", "poll": "2s", "poll_slow": "2s"}


def data_with_short_times():
    """A data folder as the daemon reads it, whose rows wait less."""
    data = pathlib.Path(tempfile.mkdtemp(prefix="yishi-data-"))
    rows = data / "at_commands" / "modems"
    rows.mkdir(parents=True)
    for entry in ROOT.iterdir():
        if entry.name not in ("at_commands", "build", ".git"):
            (data / entry.name).symlink_to(entry)
    for path in (ROOT / "at_commands" / "modems").glob("*.modem"):
        text = path.read_text(encoding="utf-8")
        for key, value in SHORT.items():
            text = re.sub(rf"^({re.escape(key)} *=).*$", rf"\1 {value}", text, flags=re.M)
        text = re.sub(r"^(gap *=) *[1-9].*$", r"\1 5ms", text, flags=re.M)
        text = re.sub(r"^(reset *=.*\|) *\d+s *\|", r"\1 10s |", text, flags=re.M)
        (rows / path.name).write_text(text, encoding="utf-8")
    return data


@dataclasses.dataclass
class Fault:
    value: object = 1
    text: str = None
    count: int = None
    after: int = None      # texts that leave first
    into: int = 2          # texts that come in meanwhile
    out: int = 3           # … and leave
    lift: bool = False     # work cannot go on before it is lifted
    seen: str = None       # … and until then the line is "not ready"
    twice: bool = False    # a text that leaves may have been taken by the network without our knowing
    urgent: bool = False   # only answers leave: others are not tried again within a minute
    calls: int = 0         # somebody rings meanwhile
    profiles: tuple = ()   # only these; () all
    site: str = ""         # the test that plays it, since it cannot be lifted
    before: object = None  # what else is to be done first, with the site
    check: object = None   # … and looked at last
    spoils: bool = True    # at least one occasion must have come


def settings_are_ours(site):
    wait_for(lambda: site.sim.state()["settings"]["cmgf"] == 0 and not site.sim.state()["settings"]["echo"], "our settings")


def odd_forms(site, _):
    """The two oddest (all are known to tests of at_commands): met at the next look, and they confuse nobody."""
    def met():
        return site.sim.state()["faults"].get("reg_form", {}).get("spoilt", 0)
    for form in (5, 6):
        before = met()
        site.sim.fault("reg_form", form)
        wait_for(lambda b=before: met() > b, f"form {form} is met")
        site.ready()
    site.sim.fault("reg_form", 0)


def delivered(site, ids):
    for id in ids:
        site.wait_out(id, "delivered")


# One line for each fault of `yishi-simmodem --help`; test_faults.py refuses a fault that is not here.
FAULTS = {
    # the line
    "bytewise": Fault(3),
    "char_ms": Fault(1, before=lambda s: s.sim.fault("bytewise", 7), check=lambda s, _: s.sim.fault("bytewise", 0), spoils=False),
    "crcrlf": Fault(spoils=False),
    "lf_only": Fault(spoils=False),
    "urc_inside": Fault(text="^RSSI:20"),
    "urc_hold": Fault(spoils=False),
    "urc_elsewhere": Fault(spoils=False),
    "lose_byte": Fault(2, twice=True),
    "duplicate_line": Fault(2),
    "garbage": Fault(2),
    "flood": Fault(8),
    "noise": Fault(20, spoils=False),
    "prompt_bare": Fault(spoils=False),
    "no_prompt": Fault(1),
    "prompt_error": Fault(1, urgent=True),
    "prompt_stuck": Fault(),
    "echo_pdu": Fault(spoils=False),
    "late": Fault(300, count=5),
    "slow": Fault(300, text="+CMGD"),
    "hang": Fault(4000, twice=True),
    "refuse": Fault(text="+CSQ", spoils=False),
    "text_errors": Fault(urgent=True, before=lambda s: s.sim.fault("cms", 38, count=1), spoils=False),
    "bare_errors": Fault(urgent=True, before=lambda s: s.sim.fault("delete_fails", 1), spoils=False),
    # power
    "self_reset": Fault(twice=True, check=lambda s, _: settings_are_ours(s)),
    "crash": Fault(800, after=1, twice=True, check=lambda s, _: settings_are_ours(s), spoils=False),
    "boot_ms": Fault(700, twice=True, before=lambda s: s.sim.replug(ms=200), spoils=False),
    "text_mode": Fault(after=1, twice=True, spoils=False, check=lambda s, _: settings_are_ours(s)),
    "replug": Fault(500, twice=True),
    "brownout": Fault(1, twice=True),
    "brownout_sent": Fault(1, twice=True),
    "cfun_limit": Fault(site="test_worn_flash"),
    # sending
    "cms": Fault(38, urgent=True),
    "error_sent": Fault(1, twice=True),
    "error_unsent": Fault(1, urgent=True, twice=True),
    "no_ok": Fault(1),
    "silent_sent": Fault(1, twice=True),
    "silent_unsent": Fault(1, twice=True),
    "detach": Fault(1, urgent=True, twice=True),
    "mr": Fault(254, out=4, check=delivered),
    "mr_stuck": Fault(spoils=False),
    # network and SIM
    "registration": Fault(2, lift=True, seen="not ready", spoils=False),
    "creg": Fault(0, spoils=False),
    "cereg": Fault(0, spoils=False, profiles=("generic-gsm", "quectel-ec2x", "simcom-7600", "huawei-e1xx")),
    "reg_form": Fault(2, check=odd_forms, spoils=False, profiles=("generic-gsm", "huawei-e1xx")),
    "flaps": Fault(1500, twice=True),
    "deaf": Fault(lift=True, into=1, spoils=False),
    "signal": Fault(3, spoils=False),
    "pin": Fault(text="NOT INSERTED", lift=True, seen="not ready"),
    "sim_lost": Fault(1500, urgent=True),
    "smsc_empty": Fault(urgent=True, lift=True, spoils=False),
    "smsc_wrong": Fault(urgent=True, lift=True, spoils=False),
    "no_time": Fault(spoils=False),
    "time_off": Fault(7200, before=lambda s: s.sim.do("nitz"), spoils=False),
    "ussd": Fault(text="silent", spoils=False),
    # stores and what arrives
    "lose_cmti": Fault(2),
    "wrong_memory": Fault(spoils=False),
    "store_full": Fault(lift=True, spoils=False),
    "short_pdu": Fault(1),
    "no_pdu": Fault(1),
    "delete_fails": Fault(2),
    "delete_lies": Fault(1),
    "index_shifts": Fault(into=4),
    "cmgl_hangs": Fault(1, before=lambda s: s.sim.fault("lose_cmti", 2), spoils=False),
    "duplicate": Fault(2),
    "ack_late": Fault(1, spoils=False),
    "no_sms": Fault(site="test_firmware_without_texts"),
    # status reports
    "report_none": Fault(2),
    "report_first": Fault(2, check=delivered),
    "report_late": Fault(700, check=delivered),
    "report_status": Fault(70, count=1),
    "report_trying": Fault(2, check=delivered),
    "report_twice": Fault(2, check=delivered),
    "report_number": Fault(check=delivered, spoils=False),
    "report_store": Fault(text="ME", check=delivered, spoils=False),
    # calls
    "no_clip": Fault(calls=1, into=0, out=0, spoils=False),
    "clip_late": Fault(1, calls=1, into=0, out=0, spoils=False),
    "clip_form": Fault(2, calls=1, into=0, out=0, spoils=False),
    "no_end": Fault(calls=1, into=0, out=0, spoils=False),
}


class Ledger:
    """What the outside world texted and what we asked to be sent, each with a number of its own."""

    def __init__(self, site, modem=0):
        self.site, self.modem, self.count = site, modem, 0
        self.came, self.left, self.rang = {}, {}, []
        self.lost = set()  # numbers whose texts' outcome may have been lost

    def number(self):
        self.count += 1
        return f"+86138{self.modem:03d}{self.count:05d}"

    def into(self, **kw):
        number = self.number()
        self.came[number] = f"7 第{self.count}次"
        self.site.text(number, self.came[number], modem=self.modem, **kw)
        return number

    def out(self, kind="broadcast", text=None):
        number = self.number()
        text = text or f"停水通知{self.count}"
        self.left[self.site.queue(number, text, kind)] = (number, text, kind)

    def numbers(self):
        return set(self.came) | {number for number, _, _ in self.left.values()}

    def ring(self, **kw):
        number = self.number()
        self.site.sim.ring(number, modem=self.modem, **{"rings": 3, "ring_ms": 80, **kw})
        self.rang.append(number)

    def settled(self, repeats=False):
        """True, or what waits. `repeats`: answers whose outcome is unknown have to be repeated too (after 15 s)."""
        site = self.site
        texts = dict(site.rows("SELECT number, count(*) FROM message_in WHERE state <> 'stored' GROUP BY number"))
        waits = [n for n in self.came if not texts.get(n)]
        open_ = site.rows("SELECT id, number, class, state FROM message_out WHERE state IN ('queued', 'sending')"
                          + " OR (state = 'uncertain' AND class <> 'broadcast' AND NOT repeated)" * repeats)
        return not waits and not open_ or (waits, open_)

    def wait_settled(self, seconds, repeats=False):
        wait_for(lambda: self.settled(repeats) is True, lambda: f"settled; waits: {self.settled(repeats)}", seconds, 0.1)

    def both_books(self):
        """The daemon's and the network's, of one moment: an answer whose outcome is unknown may be repeated at any time."""
        def outbox():
            return self.site.rows("SELECT id, number, text, class, state, repeated,"
                                  " (SELECT max(report_st) FROM part_out WHERE message = id) FROM message_out")
        before = None
        while (now := outbox()) != before:
            before, sent = now, self.site.sim.sent()
        return now, sent

    def check(self, calls=True):
        """What is wrong with the books. A text may leave twice only when the daemon repeated it knowingly, which it does with
        no broadcast; an outcome may be unknown only of texts that met a fault which hides it."""
        site, wrong, copies = self.site, [], {}
        outbox, sent = self.both_books()
        for s in sent:
            if s["complete"]:
                copies[s["number"], s["text"]] = copies.get((s["number"], s["text"]), 0) + 1
        came = dict(site.rows("SELECT number, count(*) FROM message_in GROUP BY number"))
        answers = {}
        for id, number, text, kind, state, repeated, reported in outbox:
            if number in self.came or number in self.rang:
                answers[number] = answers.get(number, 0) + 1
            elif id not in self.left:
                continue
            n, what = copies.get((number, text), 0), f"text {id} ({kind}) to {number} is {state}"
            least = 1 if state in ("sent", "delivered") else 0
            refused = state in ("failed", "expired") and not repeated and reported is None
            most = 0 if refused else 2 if repeated and kind != "broadcast" else 1
            if not least <= n <= most:
                wrong.append(f"{what} and left {n} times{', repeated' * repeated}")
            if state == "uncertain" and number not in self.lost:
                wrong.append(what)
        for number in self.came:
            if came.get(number) != 1 or answers.get(number) != 1:
                wrong.append(f"{number}: {came.get(number)} times in the inbox, {answers.get(number)} answers")
        rang = [n for (n,) in site.rows("SELECT json_extract(body, '$.number') FROM event WHERE kind = 'call.missed'")]
        if calls and sorted(rang) != sorted(self.rang) and (len(rang) != len(self.rang) or "" not in rang):
            wrong.append(f"{self.rang} rang, {rang} were noted")
        return wrong


class FaultSite(DaemonSite):
    """A site whose modem waits for nobody, and one fault after the other on it."""

    def __init__(self, **kw):
        super().__init__(start=False, **{"reply_ms": 1, "air_ms": 15, "ack_ms": 3000, "restart_ms": 400, **kw})
        self.data = None

    def __enter__(self):
        super().__enter__()
        self.data = data_with_short_times()
        self.env["YISHI_DATA"] = str(self.data)
        return self

    def __exit__(self, *what):
        super().__exit__(*what)
        if self.data:
            shutil.rmtree(self.data, ignore_errors=True)

    def ready(self, seconds=60):
        up = ("ready", "reading", "draining", "sending")
        wait_for(lambda: all(m["state"] in up for m in self.control("status")["modems"]),
                 lambda: f"the lines are ready again: {self.control('status')}", seconds)

    def play(self, name, fault, seconds=90):
        """One fault; raises what is wrong."""
        ledger = self.ledger
        self.ready()
        if fault.before:
            fault.before(self)
        self.sim.fault(name, fault.value, count=fault.count, text=fault.text, after=fault.after)
        self.work(ledger, fault)
        if fault.seen == "not ready":
            wait_for(lambda: self.live() not in ("ready", "reading", "sending", "draining"), "it is noticed", seconds)
        if fault.lift:
            self.lift(name)
        ledger.wait_settled(seconds)
        state = self.sim.state()["faults"].get(name, {})
        if fault.spoils and not state.get("spoilt"):
            raise Failed(f"{name} did not happen: {state}")
        self.lift(name)
        if fault.check:
            fault.check(self, [i for i in ledger.left if i > self.mark])
        self.ready()

    def lift(self, name, modem=0):
        if name == "pin":
            self.sim.fault("pin", text="READY", modem=modem)
        elif name in ("registration", "creg", "cereg"):
            self.sim.fault(name, -1, modem=modem)
        elif name not in ("hang", "crash", "self_reset", "text_mode", "replug", "mr", "flood", "sim_lost", "prompt_stuck"):
            self.sim.fault(name, 0, modem=modem)

    def work(self, ledger, fault):
        self.mark, before = max(ledger.left, default=0), set(ledger.numbers())
        for i in range(max(fault.into, fault.out)):
            if i < fault.into:
                ledger.into()
            if i < fault.out:
                ledger.out("reply" if i % 3 == 2 or fault.urgent else "broadcast")
        if fault.twice:
            ledger.lost |= ledger.numbers() - before
        self.control("wake")
        for _ in range(fault.calls):
            ledger.ring()
            wait_for(lambda: not self.sim.state()["call"], "the call ends")
            wait_for(lambda: self.value("SELECT count(*) FROM event WHERE kind = 'call.missed'") >= len(ledger.rang), "the call is noted", 40)


def emulator_help():
    return subprocess.run([str(BIN / "yishi-simmodem"), "--help"], capture_output=True, text=True, check=True, env=environment()).stdout


def side_by_side(calls):
    """Runs them all at once; what was wrong, by name."""
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        running = {pool.submit(call): name for name, call in calls.items()}
        wrong = []
        for done in concurrent.futures.as_completed(running):
            wrong += [f"{running[done]}: {w}" for w in done.result()]
        return wrong


class Case(unittest.TestCase):
    def none_wrong(self, calls):
        wrong = side_by_side(calls)
        if wrong:
            self.fail("\n\n".join(wrong))
