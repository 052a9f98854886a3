"""What goes wrong with a modem, and how long until texts leave again. Ten texts are queued; the fault strikes when three
have left. A text that the network got twice went twice to a resident."""
import math
import time

import harness
from benchmark import journal
from benchmark.table import Row, Target

QUEUED = 10
STRIKES_AT = 3
LIMIT_S = 300  # nobody is waited for longer
SENT = (Row("twice", "… texts sent twice", 0, Target("≤", 0)), Row("lost", "… of ten texts never left", 0, minor=True))


def submitted(g):
    return g.sim.state()["submitted"]


def wait(condition, seconds=LIMIT_S, every=0.05):
    """Seconds until condition() is true; None when it never was."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        if condition():
            return time.monotonic() - begun
        time.sleep(every)
    return None


def strike_when_three_left(g):
    g.put(0, QUEUED)
    if wait(lambda: submitted(g) >= STRIKES_AT, every=0.02) is None:
        raise harness.Failed("the first texts do not leave")


def left(g):
    """What the network got of the ten, once none is left to come (or nobody waits any longer)."""
    wait(lambda: len({s["number"] for s in g.sim.sent()}) >= QUEUED, LIMIT_S - 240 if not submitted(g) else 60, every=0.5)
    time.sleep(3)  # a second copy of the last one
    sent = g.sim.sent()
    return {"twice": sum(s["copies"] > 1 for s in {s["number"]: s for s in sent}.values()),
            "lost": QUEUED - len({s["number"] for s in sent})}


def until_next(g, before, since):
    """Seconds from `since` until the network takes a text beyond `before`; infinite: not within the limit."""
    if wait(lambda: submitted(g) > before, LIMIT_S - (time.monotonic() - since)) is None:
        return math.inf
    return time.monotonic() - since


def silent(make, seconds):
    """The modem neither hears nor says anything for 60 s."""
    with make(patient=True, air_ms=300, reply_ms=20) as g:
        strike_when_three_left(g)
        said = g.remarks()
        g.sim.fault("hang", seconds * 1000)
        begun, before = time.monotonic(), submitted(g)
        noticed = wait(lambda: g.remarks() > said, seconds) if said is not None else None
        back = until_next(g, before, begun)
        return {"noticed": noticed, "back": back, **left(g)}


def silent_idle(make, seconds):
    """The same for ever, with nothing queued."""
    with make(patient=True) as g:
        time.sleep(min(60, seconds))  # the looks of the first minute are frequent
        said = g.remarks()
        g.sim.fault("hang", 3600000)
        return {"noticed": wait(lambda: g.remarks() > said, seconds, 0.5)}


def self_reset(make, boot_s):
    """The modem resets itself between two texts: silent for 8 s, then with the settings of its maker."""
    with make(patient=True, air_ms=300, reply_ms=20) as g:
        g.put(0, STRIKES_AT)
        wait(lambda: submitted(g) >= STRIKES_AT)
        time.sleep(0.5)
        before = submitted(g)
        g.sim.fault("crash", boot_s * 1000)
        g.put(STRIKES_AT, QUEUED - STRIKES_AT)
        back = until_next(g, before, time.monotonic() + boot_s)
        return {"back": back, **left(g)}


def settings_lost(make, seconds):
    """Text mode, echo, other stores, no +CNMI: nothing says so, nothing is queued."""
    with make(receive=True, patient=True) as g:
        good = g.sim.state()["settings"]
        time.sleep(min(60, seconds))
        g.sim.fault("self_reset")
        right = wait(lambda: all(g.sim.state()["settings"][k] == good[k] for k in ("echo", "cmgf", "cnmi", "cpms")), seconds, 0.5)
        return {"idle": right}


def struck_in_submit(g, **fault):
    """The third text reaches the network, its answer not the gateway; seconds until the network has the next one."""
    g.put(0, 2)
    wait(lambda: submitted(g) >= 2)
    before = submitted(g)
    g.sim.fault("silent_sent", 1, count=1)
    if fault:
        g.sim.do("fault", **fault)
    g.put(2, QUEUED - 2)
    wait(lambda: submitted(g) > before, every=0.005)
    return {"back": until_next(g, before + 1, time.monotonic()), **left(g)}


def unanswered(make, _):
    """The network took the text; the modem's answer to AT+CMGS never comes."""
    with make(patient=True, air_ms=300, reply_ms=20) as g:
        return struck_in_submit(g)


def mid_submit(make, boot_s):
    """The network took the text; the modem resets itself instead of answering, and boots for 8 s."""
    with make(patient=True, air_ms=300, reply_ms=20) as g:
        return struck_in_submit(g, name="crash", value=boot_s * 1000, after=1)


def unplugged(make, _):
    """The network took the text; the port vanishes for two seconds instead of an answer."""
    with make(patient=True, air_ms=300, reply_ms=20, restart_ms=2000) as g:
        g.put(0, 2)
        wait(lambda: submitted(g) >= 2)
        before = submitted(g)
        g.sim.fault("brownout_sent", 1)
        g.put(2, QUEUED - 2)
        wait(lambda: submitted(g) > before, every=0.005)
        return {"back": until_next(g, before + 1, time.monotonic() + 2), **left(g)}


def killed(make, _):
    """The program is killed while a text is in the air, and started again a second later."""
    with make(patient=True, air_ms=3000, reply_ms=20) as g:
        journal.take(g.sim)
        g.put(0, QUEUED)
        typed = []
        wait(lambda: typed.extend(e for e in journal.take(g.sim) if e.kind == "p") or len(typed) >= 2, every=0.02)
        g.kill()
        time.sleep(4)
        before = submitted(g)
        g.restart()
        back = until_next(g, before, time.monotonic())
        return {"back": back, **left(g)}


def renamed(make, _):
    """The stick vanishes for two seconds and comes back as another port."""
    options = {"ports": "modem*"} if make.name == "yishi" else {}
    with make(patient=True, air_ms=300, reply_ms=20, **options) as g:
        strike_when_three_left(g)
        before = submitted(g)
        g.sim.replug(2000, name="modem9")
        back = until_next(g, before + 1, time.monotonic() + 2)
        return {"back": back, **left(g)}
