"""What a gateway costs while nothing happens."""
import time

from benchmark import machine


START_S = 90  # the looks of the first minutes become rarer


def watched(g, seconds):
    time.sleep(START_S if seconds > 10 else 0)
    before = machine.usage(g.pids())
    time.sleep(seconds)
    used = machine.usage(g.pids()).since(before)
    return {"switches": used.switches * 60 / used.seconds / g.modems, "core": used.cpu * 100 / used.seconds / g.modems}


def idle(make, seconds):
    """One modem, nothing to do."""
    with make(receive=True) as g:
        return watched(g, seconds)


def idle_many(make, seconds):
    """16 modems and 10,000 people; the memory with one modem too."""
    figures = {}
    for modems in (1, 16):
        with make(receive=True, modems=modems, people=10000) as g:
            got = watched(g, seconds if modems == 16 else 1)
            figures |= {"mb1": machine.private_mb(g.pids())} if modems == 1 else {**got, "mb": machine.private_mb(g.pids())}
    return figures
