"""The polling of cabinets: Modbus units of pymodbus on RS-485 buses (pseudo-terminals) and TCP ports, the daemon, the database, the tool."""
import collections
import fcntl
import json
import logging
import os
import pathlib
import pty
import shutil
import subprocess
import tempfile
import termios
import unittest

from harness import BIN, Site, environment, wait_for

try:
    from modbus_slaves import Slaves
except ImportError:
    Slaves = None

NOW, LATER, LAST = "2026-11-20T10:00:00+08:00", "2026-11-20T11:00:00+08:00", "2026-11-20T11:30:00+08:00"
T = 1795140000


class Cabinets(Site):
    """A site of cabinets alone, on a clock that stands still."""

    def __init__(self, sections, **kw):
        super().__init__(now=NOW, modems=0, extra_config=sections, **kw)

    def __enter__(self):
        self.write_config()
        if self.start_now:
            self.start()
        return self

    def start(self, ready=True):
        super().start(False)
        wait_for(lambda: self.daemon.poll() is not None or self.answers(), "the daemon answers")

    def answers(self):
        try:
            return self.control("status")["ok"]
        except (OSError, ValueError):
            return False

    def configure(self, sections):
        """Another configuration; the daemon has taken it up, or refused it, when this returns."""
        self.extra_config, seen = sections, len(self.log())
        self.write_config()
        wait_for(lambda: "read again" in self.log()[seen:] or "stays" in self.log()[seen:], "the configuration was read")

    def fault(self, name):
        """Why it has no data, "" it has; None: it was never asked."""
        self.control("sensors")  # it is written now
        found = self.look("SELECT fault FROM sensor WHERE name = ?", name)
        return found[0][0] if found else None

    def wait_fault(self, name, fault):
        wait_for(lambda: self.fault(name) == fault, lambda: f"{name} has fault {fault!r}: {self.look('SELECT * FROM sensor')}")

    def sensors(self):
        return {s["name"]: s for s in self.json("sensor", "list")}


def cabinet(name, connection, unit=1, more="", **keys):
    keys = {"connection": connection, "unit": unit, "map": "xy-md02", "poll": "200ms", "timeout": "60ms", **keys}
    return f"[cabinet {name}]\n" + "".join(f"{k} = {v}\n" for k, v in keys.items() if v is not None) + more


def more_asked(unit, count=2):
    """It is asked so many times more."""
    before = len(unit.asked)
    wait_for(lambda: len(unit.asked) >= before + count, f"unit is asked {count} times more, not {len(unit.asked) - before}")


@unittest.skipUnless(Slaves, "python3-pymodbus is not installed")
class Polling(unittest.TestCase):
    def setUp(self):
        logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="yishi-bus-"))
        self.addCleanup(shutil.rmtree, self.dir)
        self.slaves = Slaves()
        self.addCleanup(self.slaves.stop)

    def rtu(self, name="rs485"):
        return self.slaves.rtu(self.dir / name), f"rtu:{self.dir / name},9600,8N1"

    def tcp(self):
        tcp = self.slaves.tcp()
        return tcp, f"tcp:127.0.0.1:{tcp.port}"

    def test_values_faults_and_an_hour_away(self):
        bus, line = self.rtu()
        box, pump, dead, odd = (bus.unit(i) for i in (1, 2, 3, 4))
        for i, u in enumerate((box, pump, odd)):
            u.input(1, 235 + i, 546)
        dead.fault, odd.fault = "silent", "garbage"
        tcp, host = self.tcp()
        tcp.unit(7).input(1, 101, 302)
        sections = (cabinet("box", line, 1, "[sensor box.heat]\nregister = temperature\nlow = 10\nhigh = 23\n"
                                            "[sensor box.none]\nregister = input:9\ntype = uint16\n") +
                    cabinet("pump", line, 2) + cabinet("dead", line, 3) + cabinet("odd", line, 4) + cabinet("far", host, 7))
        with Cabinets(sections) as site:
            for name, fault in (("box.heat", ""), ("box.none", "exception"), ("pump.humidity", ""), ("dead.humidity", "timeout"),
                                ("odd.temperature", "garbage"), ("far.temperature", "")):
                site.wait_fault(name, fault)
            s = site.sensors()
            self.assertEqual((s["box.heat"]["value"], s["box.heat"]["state"], s["box.heat"]["low"], s["box.heat"]["high"], s["box.heat"]["unit"]),
                             (23.5, "high", 10, 23, "°C"))
            self.assertEqual((s["far.temperature"]["value"], s["far.humidity"]["shown"], s["far.humidity"]["state"]), (10.1, "30.2 %", "ok"))
            self.assertEqual((s["box.none"]["state"], s["box.none"]["reason"], s["box.none"]["value"]), ("no_data", "exception", None))
            self.assertIn("02", s["box.none"]["detail"])
            self.assertEqual((s["dead.humidity"]["reason"], s["dead.humidity"]["since"], s["dead.humidity"]["last_value"]), ("timeout", NOW, None))
            wait_for(lambda: {"dead", "odd"} == {b["cabinet"] for b in self.bodies(site, "cabinet.lost")}, "two are said to be lost, once")
            # seldom, while the others on the wire go on as ever
            seldom = len(dead.asked)
            more_asked(pump, 12)
            self.assertLessEqual(len(dead.asked), seldom + 4)

            # an hour without an answer: since when; then it is back by itself
            pump.fault = "silent"
            site.wait_fault("pump.humidity", "timeout")
            site.set_clock(LATER)
            dead.input(1, 50, 60).fault = None
            site.wait_fault("dead.humidity", "")
            s = site.sensors()
            self.assertEqual((s["pump.humidity"]["state"], s["pump.humidity"]["value"], s["pump.humidity"]["last_value"], s["pump.humidity"]["since"]),
                             ("no_data", None, 54.6, NOW))
            self.assertEqual((s["dead.humidity"]["value"], s["dead.humidity"]["since"]), (6, LATER))
            self.assertLess(s["pump.humidity"]["online"], 0.1)
            self.assertEqual([b["cabinet"] for b in self.bodies(site, "cabinet.up")], ["dead"])
            pump.fault = None
            site.wait_fault("pump.humidity", "")
            self.assertEqual(site.sensors()["pump.humidity"]["since"], LATER)
            status = json.loads(site.run("status", "--json").stdout)["sensors"]
            self.assertEqual([status[k] for k in ("total", "ok", "high", "low", "no_data")], [10, 6, 1, 0, 3])
            page = site.run("status").stdout
            self.assertIn("6 of 10 well", page)
            self.assertIn("box.heat 23.5 °C high", page)
            self.assertIn("sensors: 6 of 10 well", site.ok("top", "--once"))

            # killed: what was known is known; nothing that is old looks new
            before = site.look("SELECT name, fault, since_utc FROM sensor ORDER BY name")
            site.kill()
            s = site.sensors()
            self.assertEqual((s["box.heat"]["state"], s["box.heat"]["value"], s["box.heat"]["last_value"], s["box.heat"]["seen"][:19]),
                             ("no_data", None, 23.5, LATER[:19]))
            self.assertIn("yishid", s["box.heat"]["detail"])
            asked = len(box.asked)
            fcntl.ioctl(bus.slave, termios.TIOCNXCL)  # as a real port does when its last user is gone; here the slave is one
            site.start()
            wait_for(lambda: len(box.asked) > asked + 6, "it is asked again")
            site.ok("sensor", "list")
            self.assertEqual(site.look("SELECT name, fault, since_utc FROM sensor ORDER BY name"), before)
            # the hour that nobody lived through is no time with data; and no second is counted twice
            counted = dict(site.look("SELECT name, sum(data_s + dark_s) FROM reading JOIN sensor ON id = sensor WHERE step = 60 GROUP BY name"))
            self.assertLess(max(counted.values()), 600)

    @staticmethod
    def bodies(site, kind):
        return [json.loads(b) for (b,) in site.look("SELECT body FROM event WHERE kind = ? ORDER BY id", kind)]

    def test_ports_that_vanish_loans_and_reloads(self):
        bus, line = self.rtu()
        tcp, host = self.tcp()
        box, far = bus.unit(1).input(1, 235, 546), tcp.unit(1).input(1, 101, 302)
        bus.unit(2).input(1, 1, 1)
        both = cabinet("box", line) + cabinet("box2", line, 2) + cabinet("far", host)
        with Cabinets(both) as site:
            for name in ("box.humidity", "far.humidity"):
                site.wait_fault(name, "")
            # the adapter is pulled out and comes back as another terminal; the host goes and comes
            bus.vanish()
            tcp.close()
            site.wait_fault("box.humidity", "gone")
            site.wait_fault("far.humidity", "refused")
            self.assertEqual({s["reason"] for s in site.sensors().values()}, {"gone", "refused"})
            bus.come_back()
            tcp.listen()
            site.wait_fault("box.humidity", "")
            site.wait_fault("far.humidity", "")
            tcp.hang_up()  # as many do with connections that are idle: no news
            more_asked(far)
            self.assertEqual(site.fault("far.humidity"), "")

            # lent: the whole bus and no other; given back by dying
            with site.connect() as borrower:
                for order, ok in (("hold box2", True), ("hold box2", False), ("hold nobody", False)):
                    borrower.write(order + "\n")
                    borrower.flush()
                    answer = json.loads(borrower.readline())
                    self.assertEqual(answer["ok"], ok, answer)
                    if ok:
                        self.assertEqual(answer["device"], line)
                self.assertFalse(site.control("hold", "box")["ok"])
                rest = len(box.asked)
                more_asked(far, 5)
                self.assertEqual(len(box.asked), rest)
                site.wait_fault("box.humidity", "lent")
            more_asked(box)
            site.wait_fault("box.humidity", "")
            self.assertEqual(json.loads(site.ok("sensor", "read", "box.humidity", "--json").splitlines()[0])["value"], 54.6)
            more_asked(box)

            # another configuration: what stays keeps its state, what is wrong changes nothing
            since = dict(site.look("SELECT name, since_utc FROM sensor"))
            site.set_clock(LATER)
            site.configure(both.replace("poll = 200ms", "poll = 300ms") + cabinet("new", line, 3))
            bus.unit(3).input(1, 7, 7)
            site.wait_fault("new.humidity", "")
            more_asked(box)
            site.ok("sensor", "list")
            self.assertEqual(dict(site.look("SELECT name, since_utc FROM sensor WHERE name NOT GLOB 'new*'")), since)
            site.configure(both.replace("xy-md02", "nothing-like-it"))
            wait_for(lambda: self.bodies(site, "config.rejected"), "the configuration is refused")
            self.assertIn("nothing-like-it", self.bodies(site, "config.rejected")[0]["reason"])
            more_asked(bus.unit(3))
            site.configure(cabinet("far", host))
            rest = len(box.asked)
            more_asked(far, 4)
            self.assertLessEqual(len(box.asked), rest + 1)
            self.assertEqual(set(site.sensors()), {"far.temperature", "far.humidity"})
            self.assertEqual(site.look("SELECT DISTINCT fault FROM sensor WHERE name GLOB 'box*'"), [("unread",)])

    def test_many_hosts_of_which_most_are_dead(self):
        """Thirty-two cabinets on hosts of their own. What dead ones do to those that answer is compared with what they do alone."""
        hosts = [self.tcp() for _ in range(8)]
        for i, (tcp, _) in enumerate(hosts):
            for unit in range(4):
                tcp.unit(unit + 1).input(1, 10 * i + unit, 500)
        sections = "".join(cabinet(f"c{i}-{k}", host, k, poll="400ms", timeout="200ms") for i, (_, host) in enumerate(hosts) for k in range(1, 5))
        with Cabinets(sections) as site:
            wait_for(lambda: len(site.look("SELECT 1 FROM sensor WHERE fault = ''")) == 64, "64 sensors have values")
            self.assertEqual([site.look("SELECT round(value, 6) FROM sensor WHERE name = ?", f"c{i}-{k}.temperature")[0][0] for i in (0, 7) for k in (1, 4)],
                             [0, 0.3, 7, 7.3])
            well = hosts[0][0].unit(1)
            for tcp, _ in hosts[2:]:
                for unit in tcp.units.values():
                    unit.fault = "silent"
            asked = {id(u): len(u.asked) for tcp, _ in hosts for u in tcp.units.values()}
            wait_for(lambda: len(site.look("SELECT 1 FROM sensor WHERE fault = 'timeout'")) == 48, "48 have none")
            begun, seldom = len(well.asked), collections.Counter()
            more_asked(well, 12)
            for tcp, _ in hosts[2:]:
                for unit in tcp.units.values():
                    self.assertGreater(len(unit.asked), asked[id(unit)])  # none is forgotten
                    seldom[len(unit.asked) - asked[id(unit)]] += 1
            self.assertLess(max(seldom), len(well.asked) - begun)
            self.assertEqual(site.fault("c1-4.humidity"), "")

    def test_what_is_wrong_is_found_before_the_start(self):
        line = "tcp:127.0.0.1:1"
        bad = [("no such map", cabinet("box", line, map="xy-md99"), "map", "xy-md99"),
               ("no connection", cabinet("box", None), "unit", "connection"),
               ("no such row", cabinet("box", line, more="[sensor box.a]\nregister = temprature\n"), "register", "temprature"),
               ("two speeds", cabinet("a", "rtu:/dev/ttyS9,9600,8N1") + cabinet("box", "rtu:/dev/ttyS9,19200,8N1", 2), "connection = rtu:/dev/ttyS9,19200", "another speed"),
               ("too fast", cabinet("box", line, poll="5ms"), "poll", "100ms"),
               ("too patient", cabinet("box", line, timeout="1m"), "timeout", "10s"),
               ("two framings", cabinet("a", line) + cabinet("box", "rtu" + line, 2), "connection = rtutcp", "another speed"),
               ("one unit twice", cabinet("a", line) + cabinet("box", line), "unit", "same wire")]
        with Cabinets("", start=False) as site:
            for what, sections, key, word in bad:
                site.extra_config = sections
                site.write_config()
                done = subprocess.run([BIN / "yishid", "-c", site.config, "--check"], capture_output=True, text=True, env=environment(**site.env), check=False)
                self.assertEqual(done.returncode, 78, what + done.stderr)
                number = next(n for n, text in reversed(list(enumerate(site.config.read_text().splitlines(), 1))) if text.startswith(key))
                self.assertIn(f"yishi.conf:{number}:", done.stderr, what)
                self.assertIn(word, done.stderr, what)


@unittest.skipUnless(Slaves, "python3-pymodbus is not installed")
class Watching(unittest.TestCase):
    def test_watch_list_and_history(self):
        logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
        slaves = Slaves()
        self.addCleanup(slaves.stop)
        tcp = slaves.tcp()
        unit = tcp.unit(1).input(1, 235, 546)
        with Cabinets(cabinet("泵房", f"tcp:127.0.0.1:{tcp.port}", poll="500ms")) as site:
            site.wait_fault("泵房.humidity", "")
            # the database follows at once while somebody watches, and one line a change is told
            with subprocess.Popen([BIN / "yishi", "-c", site.config, "sensor", "watch", "泵房.temperature", "--json"], stdout=subprocess.PIPE, text=True,
                                  env=environment(**site.env)) as tool:
                self.addCleanup(tool.kill)
                self.assertEqual(json.loads(tool.stdout.readline())["value"], 23.5)
                unit.input(1, 611)
                line = json.loads(tool.stdout.readline())
                self.assertEqual((line["value"], line["state"], line["name"]), (61.1, "high", "泵房.temperature"))
                unit.fault = "silent"
                line = json.loads(tool.stdout.readline())
                self.assertEqual((line["value"], line["state"]), (None, "no_data"))
                tool.terminate()
            unit.fault = None
            site.wait_fault("泵房.humidity", "")
            screen = self.screen(site, "sensor", "watch", "--for", "1s", TERM="xterm", LC_ALL="zh_CN.UTF-8", LANG="zh_CN.UTF-8", NO_COLOR="")
            for piece in ("泵房.temperature  ", "61.1 °C ! 过高", "≤ 55.0 °C", "\033[31m", "54.6 % 正常", "▄"):
                self.assertIn(piece, screen)
            self.assertNotIn("\033[31m", self.screen(site, "sensor", "watch", "--for", "300ms", TERM="xterm"))
            self.assertNotIn("\033", self.screen(site, "sensor", "watch", "--for", "300ms", TERM="dumb"))
            self.assertEqual([r["high"] for r in site.json("sensor", "history", "泵房.temperature", "--step", "minute")], [61.1])
            self.assertEqual(site.ok("sensor", "history", "泵房.temperature", "--csv").splitlines()[0], "time,step,low,mean,high,readings,data_s,dark_s")
            self.assertEqual(site.run("sensor", "history", "泵房.nothing").returncode, 1)
            self.assertEqual(site.run("sensor", "watch", "nothing").returncode, 1)
            self.assertEqual(len(site.json("sensor", "list", "--limit", "1")), 1)
            self.assertIn("没有数据" if site.kill() else "", site.ok("sensor", "list", env={"LC_ALL": "zh_CN.UTF-8", "LANG": "zh_CN.UTF-8"}))

    @staticmethod
    def screen(site, *args, **env):
        """What it paints on a terminal of 100 columns."""
        pid, fd = pty.fork()
        if pid == 0:
            os.execve(BIN / "yishi", ["yishi", "-c", str(site.config), *args], environment(**site.env, COLUMNS="100", **env))
        out = b""
        while True:
            try:
                got = os.read(fd, 65536)
            except OSError:
                break
            if not got:
                break
            out += got
        os.close(fd)
        os.waitpid(pid, 0)
        return out.decode("utf-8", "replace")


if __name__ == "__main__":
    unittest.main()
