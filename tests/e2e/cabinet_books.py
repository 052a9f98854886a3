"""What has to follow from what the slaves of cabinet_soak.py tell, kept apart from the daemon: Model says which alarms there have to be
(the words of civic/sensor_watch.h in another language), Books look whether the database and the network's journal agree."""
import collections
import copy
import dataclasses
import datetime
import pathlib
import re
import time

FLAPS, FLAPS_S, CALM_S, SETTLE_S = 3, 3600, 1800, 60
RSS_GROWS_KB = 24 * 1024
NOT_URGENT = {"fault", "silent"}


def local(utc):
    return datetime.datetime.fromtimestamp(utc, datetime.timezone(datetime.timedelta(hours=8)))


def within(window, utc):
    """window: "20:00-07:00", ends the next day when it is earlier."""
    minute = local(utc).hour * 60 + local(utc).minute
    begin, end = (int(t[:2]) * 60 + int(t[3:]) for t in window.split("-"))
    return begin <= minute < end if begin < end else minute >= begin or minute < end


@dataclasses.dataclass(frozen=True)
class Limits:
    high: float = None
    low: float = None
    clear: float = None
    hold: int = 0
    states: tuple = ()
    armed: str = "00:00-24:00"
    severity: str = "warning"

    def lines(self):
        keys = {"high": self.high, "low": self.low, "clear": self.clear, "hold": f"{self.hold}s", "severity": self.severity, "armed": self.armed,
                "alarm": " ".join(map(str, self.states)) or None}
        return [f"{k} = {v}" for k, v in keys.items() if v is not None]

    def beyond(self, value):
        if value in self.states:
            return "state"
        if self.high is not None and value > self.high + 1e-9:
            return "high"
        return "low" if self.low is not None and value < self.low - 1e-9 else None

    def inside(self, value):
        margins = [abs(limit - self.clear) for limit, ok in ((self.high, (self.high or 0) > (self.clear or 0)), (self.low, True))
                   if limit is not None and ok] if self.clear is not None else []
        m = min(margins, default=0)
        return not self.beyond(value) and not (self.high is not None and value > self.high - m + 1e-9) and not (
            self.low is not None and value < self.low + m - 1e-9)


class Watch:
    """One sensor's limits."""

    def __init__(self):
        self.alarm, self.flaps, self.since, self.inside, self.begun = None, False, None, None, []

    def often(self, now):
        self.begun = [now] + self.begun[:FLAPS - 1]
        return len(self.begun) == FLAPS and now - self.begun[-1] < FLAPS_S

    def clamp(self, now):
        self.since = min(self.since, now) if self.since is not None else None
        self.inside = min(self.inside, now) if self.inside is not None else None
        self.begun = [min(b, now) for b in self.begun]

    def feed(self, value, limits, now, model, name):
        self.clamp(now)
        if value is None:
            return
        side, inside = limits.beyond(value), limits.inside(value)
        if not within(limits.armed, now):
            side, inside = None, inside or not self.alarm
        if not self.alarm:
            self.since = (self.since if self.since is not None else now) if side else None
            if side and now - self.since >= limits.hold:
                self.flaps = self.often(now)
                self.alarm, self.inside = model.begin(name, side, limits.severity, now, self.flaps), None
        elif side:
            if not self.flaps and self.inside is not None and self.often(now):
                self.flaps = self.alarm["flaps"] = True
            self.inside = None
        elif inside:
            self.inside = self.inside if self.inside is not None else now
            if now - self.inside >= (CALM_S if self.flaps else max(limits.hold, SETTLE_S)):
                self.alarm["ended"], self.alarm, self.flaps, self.inside, self.since = now, None, False, None, None

    def lost(self):
        self.inside = None
        if not self.alarm:
            self.since = None

    def restart(self):
        """What an earlier life wrote down is known, and no more."""
        begun = [self.alarm["begun"]] if self.alarm else []
        self.since = self.inside = None
        self.begun = begun


class Silence:
    def __init__(self):
        self.alarm, self.since = None, None

    def feed(self, good, after, now, begin):
        if good:
            self.since = None
            if self.alarm:
                self.alarm["ended"], self.alarm = now, None
            return False
        self.since = min(self.since, now) if self.since is not None else now
        if not self.alarm and now - self.since >= after:
            self.alarm = begin()
            return True
        return False

    def restart(self):
        self.since = None


class Model:
    def __init__(self, cabinets, used, silence_s):
        self.cabinets, self.used, self.silence_s, self.alarms = cabinets, used, silence_s, []
        self.watch = collections.defaultdict(Watch)
        self.silence = collections.defaultdict(Silence)

    def __deepcopy__(self, memo):
        other = Model(self.cabinets, self.used, self.silence_s)
        other.alarms, other.watch, other.silence = copy.deepcopy((self.alarms, self.watch, self.silence), memo)
        return other

    def begin(self, subject, kind, severity, now, flaps=False):
        self.alarms.append({"subject": subject, "kind": kind, "severity": severity, "begun": now, "ended": None, "flaps": flaps})
        return self.alarms[-1]

    def feed(self, cabinet, values, now):
        """A round of polls: {sensor: value or None}; None: the cabinet is dead."""
        whole = self.silence[cabinet]
        whole.feed(values is not None, self.silence_s, now, lambda: self.begin(cabinet, "silent", "warning", now))
        for name in self.cabinets[cabinet]:
            value = values and values[name]
            own = self.silence[name]
            if values is not None and own.feed(value is not None, self.silence_s, now, lambda n=name: self.begin(n, "fault", "warning", now)):
                self.watch[name].lost()
            self.watch[name].feed(value, self.used[name], now, self, name)

    def leave_out(self, cabinet, now):
        for name in (cabinet, *self.cabinets[cabinet]):
            for known in (self.watch, self.silence):
                one = known.pop(name, None)
                if one and one.alarm:
                    one.alarm["ended"] = now

    def rows(self):
        return collections.Counter((a["subject"], a["kind"], a["severity"], a["begun"], a["ended"], a["flaps"]) for a in self.alarms)

    def restart(self):
        for one in (*self.watch.values(), *self.silence.values()):
            one.restart()

    def as_found(self, before, found):
        """After a kill in the middle of it: each cabinet has got as far as what it wrote down says, and not between."""
        result = copy.deepcopy(self)
        for cabinet, names in self.cabinets.items():
            mine = lambda rows, names=(cabinet, *names): {k: n for k, n in rows.items() if k[0] in names}
            if mine(self.rows()) == mine(found) or mine(before.rows()) != mine(found):
                continue
            fresh = copy.deepcopy(before)
            for name in (cabinet, *names):
                result.alarms = [a for a in result.alarms if a["subject"] != name] + [a for a in fresh.alarms if a["subject"] == name]
                result.watch[name], result.silence[name] = fresh.watch[name], fresh.silence[name]
        return result


class Books:
    def __init__(self, town, model, staff, quiet):
        self.town, self.model, self.staff, self.quiet = town, model, staff, quiet
        self.wrong, self.sent, self.texts_in, self.last = [], [], 0, 0
        self.acked, self.rss, self.lives, self.life = {}, None, [], None

    def now(self):
        return int(self.town.now().timestamp())

    # ---- while it runs
    def found(self):
        return collections.Counter((s, k, ("notice", "warning", "urgent")[v], b, e, bool(f)) for s, k, v, b, e, f in self.town.look(
            "SELECT subject, kind, severity, begun_utc, ended_utc, flaps FROM sensor_alarm"))

    def alarms(self):
        """Which alarms there are and are not to be, and the other way round."""
        want, are = self.model.rows(), self.found()
        return {"missing": list(want - are), "without cause": list(are - want)} if want != are else None

    def waits(self):
        now = self.now()
        came = self.town.look("SELECT count(*) FROM message_in WHERE kind <> 'call'")[0][0]
        if came < self.texts_in:
            return f"{came} of {self.texts_in} texts are in"
        stored = self.town.look("SELECT id, text FROM message_in WHERE state = 'stored' LIMIT 3")
        night = within(self.quiet, now)
        return stored or self.town.look("SELECT id, class, number, text, attempts, reason FROM message_out WHERE state IN ('queued', 'sending') AND"
                                        " not_before_utc <= ?1 AND next_try_utc <= ?1 AND (quiet = 0 OR ?2 = 0) LIMIT 3", now, night) or None

    def collect(self):
        """What left since, and what the clock shows; who has acknowledged."""
        for s in self.town.sim.sent(since=self.last):
            if s.get("complete", True):
                self.sent.append((s["number"], s["text"], self.now()))
            self.last = max(self.last, s["id"])
        for number, in self.town.look("SELECT number FROM sensor_alarm WHERE acked_utc IS NOT NULL OR ended_utc IS NOT NULL"):
            self.acked.setdefault(number, len(self.sent))

    def life_begins(self):
        self.life = (time.monotonic(), self.kb())

    def life_over(self):
        began, kb = self.life
        self.lives.append(time.monotonic() - began)
        if self.lives[-1] > 20 and self.kb() - kb > RSS_GROWS_KB:
            self.wrong.append(f"the daemon grew from {kb} to {self.kb()} KB in {self.lives[-1]:.0f} s")

    def kb(self):
        status = pathlib.Path(f"/proc/{self.town.daemon.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"VmRSS:\s*(\d+)", status)[1])

    # ---- afterwards
    def look(self):
        looks = (self.told, self.nights, self.after, self.cases, self.rings, self.inbox, self.readings, self.journal, self.shown)
        return self.wrong + [f"{look.__name__}: {w}" for look in looks for w in look() or ()]

    def told(self):
        """Each occasion once to each phone, those of staff alone; and nothing left that nobody wanted."""
        for dedupe, times in self.town.look("SELECT dedupe, count(*) FROM message_out WHERE dedupe GLOB 'sensor:*' GROUP BY 1 HAVING count(*) > 1"):
            yield f"{dedupe} {times} times"
        wanted = collections.Counter()
        for number, text, tries in self.town.look("SELECT number, text, max(1, attempts) FROM message_out WHERE dedupe GLOB 'sensor:*'"):
            wanted[number, text] += tries
        left = collections.Counter((n, t) for n, t, _ in self.sent)
        for (number, text), times in left.items():
            if re.search(r"】告警C\d+|[Aa]larm C\d+|ALARM C\d+", text):
                if number not in self.staff:
                    yield f"{number} is no staff and was told {text}"
                if (number, text) in wanted and times > wanted[number, text]:
                    yield f"{number} was told {times} times: {text}"
        for alarm, severity, number, occasion, state in self.town.look(
                "SELECT a.number, a.severity, o.number, substr(o.dedupe, 8), o.state FROM message_out o JOIN sensor_alarm a ON o.dedupe GLOB"
                " 'sensor:' || a.number || ':*'"):
            if severity == 0:
                yield f"notice {alarm} was told {number}: {occasion}"
            if state not in ("sent", "delivered", "cancelled", "expired"):
                yield f"C{alarm} {occasion} is {state}"
        for alarm, in self.town.look("SELECT number FROM sensor_alarm WHERE severity > 0 AND number NOT IN (SELECT alarm FROM sensor_alarm_told)"):
            yield f"C{alarm} was told nobody"
        for alarm, number in self.town.look(
                "SELECT t.alarm, t.number FROM sensor_alarm_told t WHERE NOT EXISTS (SELECT 1 FROM message_out o WHERE o.number = t.number"
                " AND o.dedupe GLOB 'sensor:' || t.alarm || ':*')"):
            yield f"C{alarm}: {number} counts as told and has no text"

    def of(self, text):
        found = re.search(r"C(\d+)", text)
        return int(found[1]) if found else None

    def nights(self):
        mild = {n for n, k, s in self.town.look("SELECT number, kind, severity FROM sensor_alarm") if k in NOT_URGENT or s < 2}
        own = set(self.town.look("SELECT number, text FROM message_out WHERE dedupe GLOB 'sensor:*'"))
        for number, text, at in self.sent:
            if (number, text) in own and self.of(text) in mild and within(self.quiet, at):
                yield f"at {local(at):%H:%M} {number} was told {text}"

    def after(self):
        """Nobody is reminded of what somebody looks after, or what is over."""
        own = set(self.town.look("SELECT number, text FROM message_out WHERE dedupe GLOB 'sensor:*'"))
        for alarm, mark in self.acked.items():
            for number, text, at in self.sent[mark:]:
                if (number, text) in own and self.of(text) == alarm and ("还没有人确认" in text or "NOBODY" in text):
                    yield f"C{alarm} was over or taken, and {number} was told at {local(at):%d %H:%M} {text}"
        for alarm, number in self.town.look("SELECT number, acked_number FROM sensor_alarm WHERE acked_number <> ''"):
            if number not in self.staff:
                yield f"C{alarm} was acknowledged by {number}"

    def cases(self):
        """Each alarm has one, and what comes back within the hour that of the one before."""
        before, standing = {}, collections.Counter()
        rows = self.town.look("SELECT a.number, subject, a.kind, severity, begun_utc, ended_utc, a.matter, m.state FROM sensor_alarm a"
                              " LEFT JOIN matter m ON m.number = a.matter ORDER BY 1")
        for alarm, subject, kind, severity, begun, ended, case, state in rows:
            standing[case] += ended is None
            if (state is None) != (severity == 0):
                yield f"C{alarm}: case {state}"
            last, case_before = before.get((subject, kind), (None, None))
            if severity and case_before and (begun - last <= FLAPS_S) != (case == case_before):
                yield f"C{alarm} began {begun - last} s after the one before it, whose case was {case_before}, and has {case}"
            before[subject, kind] = ended if ended is not None else float("inf"), case
        for alarm, *_, case, state in rows:
            if case and (standing[case] > 1 or not standing[case] and state not in ("closed", "resolved")):
                yield f"C{alarm}: its case is {state}, {standing[case]} alarms of it stand"
        of_alarms = self.town.look("SELECT (SELECT count(*) FROM matter WHERE origin = 'sensor'), (SELECT count(DISTINCT matter) FROM sensor_alarm)")
        if of_alarms[0][0] != of_alarms[0][1]:
            yield f"{of_alarms} cases and alarms"

    def rings(self):
        for ring in self.town.look("SELECT r.* FROM sensor_ring r JOIN sensor_alarm a ON a.number = r.alarm WHERE r.state IN ('ringing', 'done') AND"
                                   " r.utc > max(coalesce(acked_utc, r.utc), coalesce(ended_utc, r.utc))"):
            yield f"rung afterwards: {ring}"
        for ring in self.town.look("SELECT alarm, number, count(*) FROM sensor_ring GROUP BY 1, 2 HAVING count(*) > 3"):
            yield f"rung too often: {ring}"

    def inbox(self):
        count, done, kinds = self.town.look("SELECT count(*), sum(state = 'done'), count(DISTINCT number || sent_utc) FROM message_in WHERE kind <> 'call'")[0]
        if count and not count == done == kinds == self.texts_in or not count and self.texts_in:
            yield f"{self.texts_in} texts came, {count} are in the inbox, {done} done, {kinds} different ones"

    def readings(self):
        lived = sum(self.lives)
        for name, kept, most in self.town.look("SELECT name, sum(data_s + dark_s), max(data_s + dark_s) FROM reading JOIN sensor ON id = sensor"
                                               " WHERE step = 60 GROUP BY 1"):
            if kept > lived + 60 + 5 * len(self.lives):
                yield f"{name} has {kept} s of {lived:.0f} s"
            if name.startswith("shed") and kept < 0.5 * lived - 5 * len(self.lives):
                yield f"{name} has {kept} s alone of {lived:.0f} s"
        for row in self.town.look("SELECT h.utc, h.sensor, h.data_s + h.dark_s, sum(m.data_s + m.dark_s) FROM reading h JOIN reading m ON m.sensor ="
                                  " h.sensor AND m.step = 60 AND m.utc >= h.utc AND m.utc < h.utc + 3600 WHERE h.step = 3600 AND h.utc + 3600 <="
                                  " (SELECT max(utc) FROM reading WHERE step = 3600) GROUP BY 1, 2 HAVING sum(m.count) <> h.count"):
            yield f"an hour is not the sum of its minutes: {row}"
        for row in self.town.look("SELECT * FROM reading WHERE low > mean + 1e-6 OR mean > high + 1e-6 OR (count > 0) <> (low IS NOT NULL)"):
            yield f"{row}"

    def journal(self):
        log = self.town.log()
        for line in log.splitlines():
            if re.search(r"Sanitizer|runtime error:|cannot be|corrupt|malformed|constraint|not written|No such (table|column)", line):
                yield line

    def shown(self):
        """`yishi sensor list` shows as fresh what is, and nothing else."""
        known = dict(self.town.look("SELECT name, fault FROM sensor"))
        for s in self.town.json("sensor", "list", "--limit", "0"):
            if (s["value"] is not None) != (known[s["name"]] == "") or (s["state"] == "no_data") != (s["value"] is None):
                yield f"{s}"
