#!/usr/bin/python3
"""Cabinets and people at random: values wander over limits and flap, units fall silent, adapters vanish, the clock jumps, the modem
loses its network, staff acknowledge and settle, limits change, the power fails. cabinet_books.py knows from the slaves alone what
has to follow; after every act the daemon's alarms have to be those.

usage: cabinet_soak.py [--minutes N] [--acts N] [--seed N]
The seed is printed first: the same seed does the same things in the same order.
"""
import argparse
import copy
import datetime
import fcntl
import os
import random
import shutil
import sys
import termios
import time

from cabinet_books import Books, Limits, Model
from harness import Failed, wait_for
from modbus_slaves import Slaves
from neighbours import Neighbours
from simmodem import SimError
from town import OFFICER, OTHER_WORKER, SECRETARY, STRANGER, WORKER, resident

FITTER, SECOND = "+8613800150007", "+8613800150008"
STAFF = (OFFICER, WORKER, OTHER_WORKER, SECRETARY, FITTER, SECOND)
QUIET = "20:30-08:00"
SILENCE_S = 120
STEPS = (5, 20, 40, 60, 61, 90, 130, 300, 900, 1800, 3600, 5 * 3600, 11 * 3600)
DEAD = ("silent", "garbage", "wrong unit", "short")

# bus, unit, {sensor: (kind of register, address, values that it takes)}; what is an alarm is Limits' and may change
CABINETS = {
    "box": ("wire", 1, {"heat": ("input", 1, (235, 499, 500, 501, 520, 550, 551, 573)), "cold": ("input", 2, (30, 49, 50, 51, 80))}),
    "door": ("wire", 2, {"open": ("discrete", 0, (0, 1)), "water": ("input", 1, (50, 99, 100, 101, 500, 799, 800, 801))}),
    "shed": ("wire", 3, {"level": ("input", 1, (100, 400, 401))}),
    "pump": ("host", 1, {"volt": ("input", 1, (1970, 1980, 1985, 2300, 2480, 2510, 2540))}),
    "far": ("host", 7, {"heat": ("input", 1, (200, 300, 310)), "door": ("discrete", 3, (0, 1))}),
}
LIMITS = {
    "box.heat": (Limits(high=55, clear=50, hold=60, severity="urgent"), Limits(high=52, hold=30, severity="warning")),
    "box.cold": (Limits(low=5), Limits(low=4, hold=10, severity="urgent")),
    "door.open": (Limits(states=(1,), armed="20:00-07:00", severity="urgent"), Limits(states=(1,), severity="warning")),
    "door.water": (Limits(high=80, low=10, hold=120), Limits(high=70, clear=60, low=10, hold=5)),
    "shed.level": (Limits(high=40, severity="notice"),),
    "pump.volt": (Limits(high=253, low=198, clear=248, hold=60), Limits(high=250, low=190)),
    "far.heat": (Limits(high=30, hold=300, severity="urgent"), Limits(high=29, clear=25, hold=60)),
    "far.door": (Limits(states=(1,), armed="22:00-06:00"),),
}


class CabinetTown(Neighbours):
    """Neighbours with installers, people on duty, one RS-485 bus and one TCP host."""

    def __init__(self, **kw):
        self.slaves = Slaves()
        self.host = self.slaves.tcp()
        self.wire, self.used, self.left_out = None, {name: l[0] for name, l in LIMITS.items()}, None
        # what ASan keeps of freed memory is no leak
        super().__init__(start=False, **kw)
        self.env["ASAN_OPTIONS"] = "quarantine_size_mb=1"

    def __enter__(self):
        self.wire = self.slaves.rtu(self.dir / "rs485")
        return super().__enter__()

    def __exit__(self, *what):
        super().__exit__(*what)
        self.slaves.stop()

    def settle(self):
        super().settle()
        rows = ["phone,name,grid,building,unit,room,roles,language", f"{FITTER},钱师傅,KS,,,,installer,zh",
                f"{SECOND},Ann Fitter,KS,,,,installer,en"]
        self.registry(people="\n".join(rows) + "\n")
        for who in (OFFICER, WORKER):
            self.ok("duty", "add", "--grid", "KS-03", "--person", who)

    def bus_of(self, cabinet):
        return getattr(self, CABINETS[cabinet][0])

    def unit_of(self, cabinet):
        return self.bus_of(cabinet).unit(CABINETS[cabinet][1])

    def sections(self):
        """The configuration of the cabinets with the limits that are in use."""
        lines = []
        for cabinet, (bus, unit, sensors) in CABINETS.items():
            if cabinet == self.left_out:
                continue
            where = f"rtu:{self.dir / 'rs485'},9600,8N1" if bus == "wire" else f"tcp:127.0.0.1:{self.host.port}"
            lines += [f"[cabinet {cabinet}]", f"connection = {where}", f"unit = {unit}", "poll = 100ms", "timeout = 60ms",
                      f"place = {cabinet}间", "grid = KS-03", f"silence = {SILENCE_S}s"]
            for sensor, (kind, address, _) in sensors.items():
                lines += [f"[sensor {cabinet}.{sensor}]", f"register = {kind}:{address}",
                          *(("type = bit",) if kind == "discrete" else ("type = int16", "scale = 0.1")), *self.used[f"{cabinet}.{sensor}"].lines()]
        return "\n".join(["", *lines, ""])

    def configure(self):
        """The daemon has taken the configuration up when this returns."""
        self.extra_config, seen = self.sections(), len(self.log())
        self.write_config()
        wait_for(lambda: "read again" in self.log()[seen:] or "stays" in self.log()[seen:], "the configuration was read")
        if "stays" in self.log()[seen:]:
            raise Failed(f"refused: {self.log()[seen:]}")


class Soak:
    def __init__(self, town, seed, log=None):
        self.town, self.dice, self.log, self.done = town, random.Random(seed), log, []
        self.raw, self.odd = {}, {}  # what the registers hold; cabinet: its fault
        self.wire_there, self.host_there, self.network = True, True, True
        self.model = Model({c: [f"{c}.{s}" for s in x[2]] for c, x in CABINETS.items()}, town.used, SILENCE_S)
        self.books = Books(town, self.model, STAFF, QUIET)
        self.began, self.stamp = time.monotonic(), 0
        for cabinet, (_, _, sensors) in CABINETS.items():
            for sensor, (kind, address, values) in sensors.items():
                self.put(cabinet, sensor, 0 if kind == "discrete" else {"pump.volt": 2300, "shed.level": 100}.get(f"{cabinet}.{sensor}", values[0]))
        self.put("box", "cold", 80)
        self.put("door", "water", 500)

    def now(self):
        return int(self.town.now().timestamp())

    def put(self, cabinet, sensor, value):
        kind, address, _ = CABINETS[cabinet][2][sensor]
        self.raw[f"{cabinet}.{sensor}"] = value
        if self.odd.get(f"{cabinet}.{sensor}") != "gone":
            getattr(self.town.unit_of(cabinet), kind)(address, value)

    # ---- what is true now
    def dead(self, cabinet):
        """It says nothing that is an answer."""
        there = self.wire_there if CABINETS[cabinet][0] == "wire" else self.host_there
        return not there or self.odd.get(cabinet) in DEAD

    def truth(self, cabinet):
        """{sensor: its value in tenths or None}; None: the cabinet is dead."""
        if self.dead(cabinet):
            return None
        refuses = isinstance(self.odd.get(cabinet), tuple)
        return {f"{cabinet}.{s}": None if refuses or self.odd.get(f"{cabinet}.{s}") == "gone" else self.raw[f"{cabinet}.{s}"]
                if kind == "discrete" else self.raw[f"{cabinet}.{s}"] / 10 for s, (kind, _, _) in CABINETS[cabinet][2].items()}

    def polled(self):
        return [c for c in CABINETS if c != self.town.left_out]

    # ---- the daemon has read everything since what was done, and acted on it
    def settled(self):
        town, before = self.town, {c: len(self.town.unit_of(c).asked) for c in CABINETS}
        town.aware()
        for c in self.polled():
            if not self.dead(c):
                wait_for(lambda c=c: self.alive() and len(town.unit_of(c).asked) >= before[c] + 8, lambda c=c: f"{c} is polled")
        wait_for(lambda: self.alive() and not self.stale(), lambda: f"what is shown is true: {self.stale()}", seconds=30)
        now = self.now()
        for c in self.polled():
            self.model.feed(c, self.truth(c), now)
        wait_for(lambda: self.alive() and not self.books.alarms(), lambda: f"the alarms are those: {self.books.alarms()}", seconds=20)
        self.answered()
        self.books.collect()

    def stale(self):
        """What the daemon believes and is not so."""
        self.town.control("sensors")  # it is written now
        rows = {n: (f, v, s) for n, f, v, s in self.town.look("SELECT name, fault, value, seen_utc FROM sensor")}
        wrong, now = [], self.now()
        for c in self.polled():
            true = self.truth(c)
            for name in self.model.cabinets[c]:
                fault, value, seen = rows.get(name, ("unread", None, None))
                want = true and true[name]
                if (want is None) != (fault != "") or fault == "unread":
                    wrong.append((name, fault, value, "but", want))
                elif want is not None and (abs(value - want) > 1e-6 or seen != now):
                    wrong.append((name, value, seen, "but", want, now))
        return wrong

    def alive(self):
        if self.town.daemon.poll() is not None:
            raise Failed(f"yishid ended with {self.town.daemon.returncode}")
        return True

    # ---- acts: each changes one thing
    def value(self):
        cabinet = self.dice.choice(sorted(CABINETS))
        sensor = self.dice.choice(sorted(CABINETS[cabinet][2]))
        value = self.dice.choice(CABINETS[cabinet][2][sensor][2])
        self.put(cabinet, sensor, value)
        return f"{cabinet}.{sensor} = {value}"

    def flap(self):
        """One value comes and goes, with a minute between."""
        cabinet, sensor = self.dice.choice((("door", "open"), ("box", "cold"), ("pump", "volt")))
        values = CABINETS[cabinet][2][sensor][2]
        for i in range(self.dice.randint(3, 5)):
            self.put(cabinet, sensor, values[0] if i % 2 else values[-1])
            self.settled()
            self.pass_time(self.dice.choice((20, 61)))
            self.settled()
        return f"{cabinet}.{sensor} flaps"

    def trouble(self):
        cabinet = self.dice.choice(sorted(CABINETS))
        fault = self.dice.choice((*DEAD, ("exception", 4)))
        if self.odd.pop(cabinet, None) is None:
            self.odd[cabinet] = fault
        self.town.unit_of(cabinet).fault = self.odd.get(cabinet)
        if cabinet not in self.odd:
            self.hurry()
        return f"{cabinet}: {self.odd.get(cabinet)}"

    def register_gone(self):
        cabinet, sensor = self.dice.choice((("box", "cold"), ("door", "water"), ("far", "heat")))
        name = f"{cabinet}.{sensor}"
        if self.odd.pop(name, None):
            self.put(cabinet, sensor, self.raw[name])
        else:
            self.odd[name] = "gone"
            del self.town.unit_of(cabinet).blocks["ir"].values[CABINETS[cabinet][2][sensor][1]]
        return f"{name}: {self.odd.get(name, 'back')}"

    def bus(self):
        if self.dice.random() < 0.5:
            self.wire_there = not self.wire_there
            self.town.wire.come_back() if self.wire_there else self.town.wire.vanish()
        elif self.host_there and self.dice.random() < 0.3:
            self.town.host.hang_up()
            return "host hangs up"
        else:
            self.host_there = not self.host_there
            self.town.host.listen() if self.host_there else self.town.host.close()
        self.hurry()
        return f"wire {self.wire_there}, host {self.host_there}"

    def hurry(self):
        """Who worked on the wires asks at once, too; units that are dead are asked ever more rarely."""
        self.town.gateway["retention_readings"] = f"{self.dice.randint(400, 900)}d"
        self.town.configure()

    def pass_time(self, seconds):
        self.books.collect()
        self.town.set_clock((self.town.now() + datetime.timedelta(seconds=seconds)).isoformat())

    def clock(self):
        step = self.dice.choice(STEPS)
        self.pass_time(step)
        return f"+{step} s"

    def clock_back(self):
        if any(self.dead(c) for c in CABINETS):
            return "the clock stays"  # when silence begins anew depends on when it is asked next
        step = self.dice.choice((30, 600, 7200))
        self.pass_time(-step)
        self.settled()
        if self.dice.random() < 0.7:
            self.pass_time(step)
        return f"-{step} s"

    def limits(self):
        if self.dice.random() < 0.3:
            self.town.left_out = None if self.town.left_out else self.dice.choice(sorted(CABINETS))
            if self.town.left_out:
                self.model.leave_out(self.town.left_out, self.now())
        else:
            name = self.dice.choice(sorted(LIMITS))
            self.town.used[name] = self.dice.choice(LIMITS[name])
        self.town.configure()
        return f"limits; without {self.town.left_out}"

    def acknowledge(self):
        standing = self.town.look("SELECT a.number, t.number FROM sensor_alarm a JOIN sensor_alarm_told t ON t.alarm = a.number"
                                  " WHERE ended_utc IS NULL AND acked_utc IS NULL ORDER BY 1, 2")
        number, who = self.dice.choice(standing) if standing else (self.dice.randint(1, 30), OFFICER)
        kind = self.dice.random()
        if kind < 0.5:
            self.say(who, f"确认 C{number}", f"ack c{number}")
            if self.dice.random() < 0.3:
                self.say(who, f"确认C{number}")
        elif kind < 0.65:
            self.say(self.dice.choice((STRANGER, resident(3), resident(38))), f"确认 C{number}")
        elif kind < 0.8:
            self.say(self.dice.choice(STAFF), f"确认 C{number + 50}", "确认", "ack 9", "确认 C0")
        else:
            self.verb("sensor", "ack", f"C{number}")
        return f"ack C{number}"

    def work(self):
        case = self.town.look("SELECT m.number, p.number FROM sensor_alarm a JOIN matter m ON m.number = a.matter JOIN person_phone p ON"
                              " p.person = m.assignee WHERE m.state IN ('assigned', 'in_progress') ORDER BY 1")
        if not case:
            return "no case"
        number, who = self.dice.choice(case)
        self.say(who, f"办结 {number} 已加风扇", f"接 {number}")
        return f"work on {number}"

    def resident(self):
        self.stamp += 1
        self.say(resident(self.dice.randint(1, 35)), f"3栋{self.stamp}楼道灯不亮", f"自检{self.stamp}", "1", "2", "3栋水管漏水")
        return "a resident texts"

    def selftest(self):
        self.say(self.dice.choice((FITTER, SECOND, STRANGER)), "自检")
        return "self-test"

    def say(self, who, *words):
        try:
            self.stamp += 1
            at = self.town.now() + datetime.timedelta(seconds=self.stamp % 3600)
            self.town.text(who, self.dice.choice(words), scts=at.isoformat())
            self.books.texts_in += 1
        except SimError:
            pass  # no network carries it
        self.answered()

    def answered(self):
        """What came in is acted on, and what may leave has left; a phone that is rung is not answered."""
        if self.network:
            wait_for(lambda: self.alive() and (not self.books.waits() or self.hang_up()), lambda: f"it is acted on: {self.books.waits()}",
                     seconds=120)

    def hang_up(self):
        if self.town.sim.state()["call"]:
            try:
                self.town.sim.do("hangup")
            except SimError:
                pass  # it was over

    def verb(self, *args):
        done = self.town.run(*args)
        if done.returncode not in (0, 1, 64, 65, 69, 75) or "runtime error" in done.stderr or "Sanitizer" in done.stderr:
            self.books.wrong.append(f"yishi {' '.join(args)}: exit {done.returncode} {done.stderr[-1500:]}")
        return done

    def loan(self):
        name = self.dice.choice(sorted(LIMITS))
        if self.dice.random() < 0.3 and self.network:
            self.verb("modem", "probe", "--json")
            return "probe"
        self.verb("sensor", "read", name, "--json")
        return f"read {name}"

    def modem(self):
        if not self.network:
            self.network = True
            self.town.sim.fault("registration", -1)
            self.ready()
            return "network is back"
        what = self.dice.choice(("registration", "replug", "crash"))
        if what == "registration":
            self.town.sim.fault("registration", 2)
            self.network = False
        elif what == "replug":
            self.town.sim.replug(ms=200)
        else:
            self.town.sim.fault("crash", 300)
        if self.network:
            time.sleep(0.5)
            self.ready()
        return what

    def ready(self):
        up = ("ready", "reading", "draining", "sending")
        wait_for(lambda: self.alive() and self.town.control("status")["modems"][0]["state"] in up,
                 lambda: f"the line is ready: {self.town.control('status')}", seconds=120)

    def power(self):
        """Killed: in peace, or in the very moment in which something changes."""
        if not self.network:
            self.modem()
            self.settled()
        if not (self.wire_there and self.host_there):
            return "no power cut while a bus is away"
        self.town.control("sensors")
        what, before = "power", copy.deepcopy(self.model)
        if self.dice.random() < 0.5:
            what += ", " + self.dice.choice((self.value, self.clock))()
            time.sleep(self.dice.uniform(0, 0.25))
        self.books.life_over()
        self.town.kill()
        self.books.collect()
        for c in self.polled():
            self.model.feed(c, self.truth(c), self.now())
        self.model = self.books.model = self.model.as_found(before, self.books.found())
        self.model.restart()
        self.reopen_wire()
        self.town.start()
        self.books.life_begins()
        for c in self.polled():
            if self.dead(c):  # asked once, once more after a second, and then it counts
                asked = len(self.town.unit_of(c).asked)
                wait_for(lambda c=c, n=asked: self.alive() and len(self.town.unit_of(c).asked) >= n + 3, f"{c} is asked again")
        return what

    def reopen_wire(self):
        """As a real port, the terminal is free when its last user is gone; here the slave keeps it open."""
        fcntl.ioctl(self.town.wire.slave, termios.TIOCNXCL)

    ACTS = (("value", 30), ("clock", 24), ("trouble", 8), ("acknowledge", 8), ("register_gone", 4), ("bus", 4), ("limits", 4), ("work", 3),
            ("resident", 4), ("selftest", 1), ("loan", 2), ("modem", 3), ("power", 3), ("flap", 2), ("clock_back", 2))

    def act(self):
        name = self.dice.choices([a for a, _ in self.ACTS], [w for _, w in self.ACTS])[0]
        self.done.append(f"{self.town.now():%d %H:%M:%S} {name}")
        said = getattr(self, name)()
        self.done[-1] = f"{self.done[-1]} {said}"
        if self.log:
            self.log(f"{time.monotonic() - self.began:7.1f} {self.done[-1]}")
        self.settled()

    def run(self, seconds=None, acts=None):
        self.settled()
        self.books.life_begins()
        while (acts is None or len(self.done) < acts) and (seconds is None or time.monotonic() - self.began < seconds):
            self.act()
        if not self.network:
            self.modem()
        self.settled()
        self.books.life_over()
        # the morning comes: what waited for it is told
        morning = (self.town.now() + datetime.timedelta(days=1)).replace(hour=9, minute=0, second=0)
        self.pass_time((morning - self.town.now()).total_seconds())
        self.settled()
        return self.books.look()


def soak(seed, seconds=None, acts=None, log=None):
    """What was wrong after so many seconds, or acts."""
    gateway = {"quiet_hours": QUIET, "ring": random.Random(seed).choice(("yes", "no"))}
    with CabinetTown(gateway=gateway) as town:
        town.extra_config = town.sections()
        town.write_config()
        run = Soak(town, seed, log)
        town.start()
        wrong = []
        try:
            wrong = run.run(seconds, acts)
        except Failed as e:
            wrong = run.books.wrong + [str(e)]
        if log:
            log(f"{len(run.done)} acts, {len(run.model.alarms)} alarms, {len(run.books.sent)} texts left, until {town.now():%d %b %H:%M}")
        if wrong and os.environ.get("YISHI_KEEP"):
            shutil.copytree(town.dir, os.environ["YISHI_KEEP"], dirs_exist_ok=True, ignore=lambda d, names: [
                n for n in names if not n.endswith((".db", "-wal", "-shm", ".log", ".conf"))])
        return [f"seed {seed}: {w}" for w in wrong] + (["\n".join(run.done[-12:]), town.log()[-3000:]] if wrong else [])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--minutes", type=float, default=None)
    parser.add_argument("--acts", type=int, default=None)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10 ** 6)
    print("seed", seed, flush=True)
    minutes = options.minutes if options.minutes or options.acts else 5
    wrong = soak(seed, minutes and minutes * 60, options.acts, log=lambda line: print(line, flush=True))
    print("\n".join(wrong) or "the books agree")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
