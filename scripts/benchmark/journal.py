"""The emulator's journal, read: who waited for whom, to the microsecond.

A modem is busy from the moment it takes up a line until its answer or prompt leaves, and from the Ctrl-Z of a PDU until
the answer to that leaves: these are its own delays, as they really were. All other time of a burst it waits for the
gateway."""
import dataclasses
import statistics


@dataclasses.dataclass(frozen=True)
class Entry:
    us: int
    kind: str  # c command, > prompt, p payload, a answer, u unsolicited, d a message is stored
    words: str


def take(sim, modem=0):
    """The entries since the last time, oldest first."""
    entries = []
    for line in sim.do("journal", modem=modem)["journal"].splitlines():
        us, kind, words = (line.split(" ", 2) + [""])[:3]
        entries.append(Entry(int(us), kind, words.strip()))
    return entries


def is_submit(entry):
    return entry.kind == "c" and "+CMGS=" in entry.words.upper()


@dataclasses.dataclass
class Burst:
    """From the first AT+CMGS to the answer of the last one."""
    begin_us: int
    end_us: int
    busy_us: int
    lines: int
    texts: int
    gaps_us: list  # between an answer and the next AT+CMGS

    @property
    def wall_us(self):
        return self.end_us - self.begin_us


def burst(entries):
    first = next(i for i, e in enumerate(entries) if is_submit(e))
    last = max(i for i, e in enumerate(entries) if e.kind == "a" and e.words.startswith("+CMGS"))
    busy, lines, texts, gaps, since, answered = 0, 0, 0, [], None, None
    for e in entries[first:last + 1]:
        if e.kind in "cp":
            lines += e.kind == "c"
            if is_submit(e) and answered is not None:
                gaps.append(e.us - answered)
            if since is None:
                since = e.us
        elif e.kind in "a>" and since is not None:
            busy += e.us - since
            since = None
            if e.kind == "a" and e.words.startswith("+CMGS"):
                texts += 1
                answered = e.us
    return Burst(entries[first].us, entries[last].us, busy, lines, texts, gaps)


def first_after(entries, us, match):
    """The first entry from `us` on for which match(entry) is true; None."""
    return next((e for e in entries if e.us >= us and match(e)), None)


def median_max(values):
    return statistics.median(values), max(values)
