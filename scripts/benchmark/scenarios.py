"""What is measured. One table drives the run, the printed table and --json: SCENARIOS below.

A scenario is run for each gateway that is named in its `counts`, which says how many texts (or times) it takes there;
it returns {key: figure}, and its rows say what the keys mean. Times come from the emulator's journal."""
import json
import random
import statistics
import time

import harness
from benchmark import crowd, faults, journal, machine, quiet, scale, unattended
from benchmark.gateways import number
from benchmark.table import Row, Scenario, Target

AIR = {"air_ms": 300, "reply_ms": 20, "link_ms": 0}  # a part's air is 300 ms, whether or not the link is held


# ---------------------------------------------------------------------------------------------------- sending

def wait_sent(g, count):
    """Until `count` texts are sent; asks rarely, so as not to disturb."""
    while True:
        done = sum(m["submitted"] for m in g.sim.do("state")["modems"])
        if done >= count:
            time.sleep(0.1)  # the last answer leaves
            return
        time.sleep(0.1)


def send_burst(make, modems, texts, **sim):
    """`texts` through each modem; the bursts of all, the usage and the memory meanwhile."""
    options = {"people": modems * texts} if make.name == "yishi" else {}
    with make(modems=modems, **options, **sim) as g:
        for i in range(modems):
            journal.take(g.sim, i)
        own = sum(m["own_ms"] for m in g.sim.do("state")["modems"])
        before = machine.usage(g.pids())
        g.broadcast(modems * texts)
        wait_sent(g, modems * texts)
        used = machine.usage(g.pids()).since(before)
        own = sum(m["own_ms"] for m in g.sim.do("state")["modems"]) - own
        twice = sum(s["copies"] > 1 for s in g.sim.sent())
        if twice:
            raise harness.Failed(f"{twice} texts were sent twice")
        bursts = [journal.burst(entries) for entries in (journal.take(g.sim, i) for i in range(modems)) if any(map(journal.is_submit, entries))]
        return bursts, used, own


def outbound(make, count, **sim):
    (b,), used, own = send_burst(make, 1, count, **sim)
    return {"rate": b.texts / b.wall_us * 1e6, "ratio": b.wall_us / b.busy_us, "nominal": b.wall_us / 1000 / own if own else None,
            "gap": statistics.median(b.gaps_us) / 1000, "idle": (b.wall_us - b.busy_us) / 1000 / b.texts,
            "cpu": used.cpu * 1000 / count, "lines": b.lines / b.texts, "switches": used.switches / count}


def zero_latency(make, count):
    """A broadcast through a modem that answers at once."""
    return outbound(make, count)


def on_the_air(make, count):
    """A broadcast through a modem that takes 20 ms for each answer and 300 ms to send."""
    return outbound(make, count, **AIR)


def link_held(make, count):
    """The same with a network where a link that is held (AT+CMMS) saves three fifths of the air time."""
    return outbound(make, count, air_ms=300, reply_ms=20)


def many_modems(make, count):
    """`count` texts for each of 1, 2, 4 and 16 such modems, one broadcast."""
    figures, one = {}, None
    for modems in (1, 2, 4, 16):
        bursts, used, _ = send_burst(make, modems, count, **AIR)
        wall = max(b.end_us for b in bursts) - min(b.begin_us for b in bursts)
        busy = statistics.mean(b.busy_us for b in bursts)
        rate = sum(b.texts for b in bursts) / wall * 1e6
        one = one or rate
        figures |= {f"speedup{modems}": rate / one, f"ratio{modems}": wall / busy, f"cpu{modems}": used.cpu * 1000 / (modems * count)}
    return figures


def raw_client(count=2000, modems=1):
    """Texts a second that the emulator takes from a client which does nothing else: what the bench itself allows."""
    import os
    from simmodem import SimModem
    pdu = b"0011000D91683108108300F10008A7045468597D\x1a"
    with SimModem(modems=modems) as sim:
        sim.do("journal", on=True)
        fds = [os.open(sim.device(i), os.O_RDWR | os.O_NOCTTY) for i in range(modems)]

        def expect(fd, end):
            got = b""
            while end not in got:
                got += os.read(fd, 4096)
        for fd in fds:
            for line in (b"ATE0\r", b"AT+CMGF=0\r"):
                os.write(fd, line)
                expect(fd, b"OK\r\n")
        begun = time.monotonic()
        for _ in range(count // modems):
            for fd in fds:
                os.write(fd, b"AT+CMGS=19\r")
            for fd in fds:
                expect(fd, b"> ")
                os.write(fd, pdu)
            for fd in fds:
                expect(fd, b"OK\r\n")
        seconds = time.monotonic() - begun
        for fd in fds:
            os.close(fd)
        sent = sum(m["submitted"] for m in sim.do("state")["modems"])
        if sent != count // modems * modems:
            raise harness.Failed(f"the raw client sent {sent}")
        return count // modems * modems / seconds


def latency(make, count):
    """An idle daemon gets one text: from the hand-over of the row or file until AT+CMGS is at the modem."""
    pauses, waits = random.Random(7), []
    with make() as g:
        for i in range(count + 1):
            time.sleep(0.4 + pauses.random() * 0.6)
            journal.take(g.sim)
            done = g.put(i, 1)
            g.sim.wait_sent(i + 1, timeout=60)
            waits.append((journal.first_after(journal.take(g.sim), 0, journal.is_submit).us - done) / 1000)
    middle, worst = journal.median_max(waits[1:])
    return {"median": middle, "max": worst}


# -------------------------------------------------------------------------------------------------- receiving

def is_read(entry):
    return entry.kind == "c" and ("+CMGR" in entry.words or "+CMGL" in entry.words)


def receive_at_once(sim, count):
    """All of them reach the network in one moment; the microsecond before."""
    with sim.connect() as stream:
        lines = "".join(json.dumps({"do": "receive", "from": number(i), "text": f"3 {i % 30 + 1}栋楼道灯坏了"}) + "\n" for i in range(count))
        begun = time.monotonic_ns() // 1000
        stream.write(lines)
        stream.flush()
        for _ in range(count):
            stream.readline()
    return begun


def inbound(make, count, **sim):
    """From the moment when `count` texts wait in the network, 50 slots, until the last one is deleted."""
    with make(receive=True, send=False, **sim) as g:
        journal.take(g.sim)
        lines = g.sim.state()["commands"]
        before = machine.usage(g.pids())
        begun = receive_at_once(g.sim, count)
        g.sim.wait_state(queue=0, used=0, delivered=count, timeout=300)
        time.sleep(0.2)
        used = machine.usage(g.pids()).since(before)
        lines = g.sim.state()["commands"] - lines
        ended = max(e.us for e in journal.take(g.sim) if e.kind == "c" and "+CMGD" in e.words)
        return {"seconds": (ended - begun) / 1e6, "lines": lines / count, "cpu": used.cpu * 1000 / count, "switches": used.switches / count}


def inbound_slow(make, count):
    """The same with a modem that takes 20 ms for each answer."""
    return inbound(make, count, reply_ms=20)


def answering(make, count):
    """A text comes to an idle daemon: until it is read, and until AT+CMGS of the answer is there."""
    pauses, heard, answered = random.Random(7), [], []
    with make(receive=True) as g:
        for i in range(count + 1):
            time.sleep(0.4 + pauses.random() * 0.6)
            journal.take(g.sim)
            g.sim.receive(number(i), "0")
            g.sim.wait_state(deleted=i + 1, timeout=60)
            if make.name == "yishi":
                g.sim.wait_sent(i + 1, timeout=60)
            entries = journal.take(g.sim)
            begun = journal.first_after(entries, 0, lambda e: e.kind == "d").us
            heard.append((journal.first_after(entries, begun, is_read).us - begun) / 1000)
            sent = journal.first_after(entries, begun, journal.is_submit)
            if sent:
                answered.append((sent.us - begun) / 1000)
    figures = dict(zip(("read", "read_max"), journal.median_max(heard[1:])))
    if answered:
        figures |= dict(zip(("answer", "answer_max"), journal.median_max(answered[1:])))
    return figures


# ------------------------------------------------------------------------------------------------------ rows

def everyone(yishi, gammu, smstools):
    return {"yishi": yishi, "gammu-smsd": gammu, "smstools": smstools}


COST = (Row("cpu", "… CPU ms a text"), Row("lines", "… AT lines a text"), Row("switches", "… wake-ups a text", 1))

SCENARIOS = (
    Scenario("zero", zero_latency, everyone(400, 8, 400), (
        Row("rate", "outbound, zero-latency modem: texts/s", 1, Target("≥", 2, of_peer=True), True), *COST)),
    Scenario("air", on_the_air, everyone(100, 12, 60), (
        Row("ratio", "outbound, 300 ms air, 20 ms reply: wall over the modem's own delays", 4, Target("≤", 1.005)),
        Row("rate", "… texts/s", 2, more_is_better=True, minor=True),
        Row("idle", "… the modem waits, a text: ms", 2),
        Row("gap", "… from its answer to the next AT+CMGS, median: ms", 2, minor=True),
        Row("cpu", "… CPU ms a text", 2, Target("≤", 1.5)), *COST[1:])),
    Scenario("link", link_held, everyone(40, 6, 15), (
        Row("rate", "the same where a held link saves three fifths of the air: texts/s", 2, more_is_better=True),
        Row("ratio", "… wall over the modem's own delays", 4, minor=True))),
    Scenario("modems", many_modems, {"yishi": 40}, (
        Row("speedup2", "2 modems at 300 ms air: times as fast as one", 2, more_is_better=True),
        Row("speedup4", "4 modems: times as fast as one", 2, more_is_better=True),
        Row("speedup16", "16 modems: times as fast as one", 2, Target("≥", 15.5), True),
        Row("ratio16", "… wall over a modem's own delays", 4, Target("≤", 1.02)),
        Row("cpu16", "… CPU ms a text"))),
    Scenario("latency", latency, everyone(20, 20, 20), (
        Row("median", "idle, queued until AT+CMGS, median: ms", 1, Target("≤", 3)), Row("max", "… the longest", 1))),
    Scenario("inbound", inbound, everyone(200, 200, 200), (
        Row("seconds", "200 inbound through 50 slots, zero latency: s"), *COST)),
    Scenario("slow-inbound", inbound_slow, everyone(200, 200, 200), (
        Row("seconds", "200 inbound through 50 slots, 20 ms reply: s", 2, Target("≤", 0.25, of_peer=True)), *COST)),
    Scenario("answer", answering, everyone(20, 20, 20), (
        Row("read", "idle, a text in the store until it is read, median: ms", 1), Row("read_max", "… the longest", 1, minor=True),
        Row("answer", "… until AT+CMGS of its answer, median: ms", 1, Target("≤", 10)), Row("answer_max", "… the longest", 1, minor=True))),
    Scenario("scale", scale.scale, {"yishi": 50_000}, tuple(scale.rows()), 20_000),
    Scenario("broadcast", crowd.crowd, {"yishi": 100_000}, tuple(crowd.rows()), 3000),
    Scenario("forecast", crowd.forecast, {"yishi": 300}, tuple(crowd.forecast_rows()), 60, True),
    Scenario("idle", quiet.idle, everyone(120, 10, 120), (
        Row("switches", "idle: wake-ups a minute for each modem", 1, Target("≤", 5)),
        Row("core", "… % of a core", 3, Target("≤", 0.1))), 10, True),
    Scenario("many-idle", quiet.idle_many, {"yishi": 120}, (
        Row("switches", "16 modems idle: wake-ups a minute for each", 1, Target("≤", 5)),
        Row("core", "… % of a core for each", 3, Target("≤", 0.1)),
        Row("mb", "… private memory, with 10,000 people: MB", 1, Target("≤", 20)),
        Row("mb1", "… with one modem: MB", 1, minor=True)), 10, True),
    Scenario("flash", unattended.flash, {"yishi": 900}, (
        Row("idle", "one modem, 8 sensors polled each 10 s: MB written to flash a day", 1, Target("≤", 25)),
        Row("text", "… KB for a text that is answered", 0), Row("day", "… MB a day with 100 such texts", 1, Target("≤", 100)),
        Row("switches", "… wake-ups a minute", 1), Row("core", "… % of a core", 3, Target("≤", 0.5)),
        Row("mb", "… private memory: MB", 1, Target("≤", 25))), 5, True),
    Scenario("hardening", unattended.hardening, {"yishi": 1}, (
        Row("main", "systemd-analyze security, yishi.service", 1, Target("≤", 2)),
        Row("root", "… yishi-root@.service, which has a right of root's", 1, Target("≤", 2))), 1),
    Scenario("silent", faults.silent, everyone(60, 60, 60), (
        Row("noticed", "silent for 60 s with work queued: noticed after s", 1, Target("≤", 20)),
        Row("back", "… s from then until a text leaves again", 1), *faults.SENT), 8, True),
    Scenario("idle-silent", faults.silent_idle, {"yishi": 400}, (
        Row("noticed", "silent, nothing queued: noticed after s", 0, Target("≤", 360)),), 8, True),
    Scenario("reset", faults.self_reset, everyone(8, 8, 8), (
        Row("back", "resets itself between texts, 8 s boot: s from its end until a text leaves", 1, Target("≤", 3)), *faults.SENT), 2, True),
    Scenario("settings", faults.settings_lost, {"yishi": 330}, (
        Row("idle", "settings lost without a word, idle: s until they are right again", 0, Target("≤", 300)),), 5, True),
    Scenario("mid-submit", faults.mid_submit, everyone(8, 8, 8), (
        Row("back", "resets itself in mid-submit, the text had left: s until the next leaves", 1), *faults.SENT), 2, True),
    Scenario("unplugged", faults.unplugged, everyone(1, 1, 1), (
        Row("back", "the port vanishes in mid-submit, the text had left: s from its return until the next leaves", 1), *faults.SENT), 1, True),
    Scenario("unanswered", faults.unanswered, everyone(1, 1, 1), (
        Row("back", "the answer is lost, the text had left: s until the next leaves", 1), *faults.SENT), 1, True),
    Scenario("killed", faults.killed, everyone(1, 1, 1), (
        Row("back", "SIGKILL during air time, started again: s until the next leaves", 1), *faults.SENT), 1, True),
    Scenario("renamed", faults.renamed, everyone(1, 1, 1), (
        Row("back", "USB back under another name: s from then until a text leaves", 1, Target("≤", 5)), *faults.SENT), 1, True),
)
