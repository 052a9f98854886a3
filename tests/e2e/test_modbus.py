"""Modbus against foreign peers: slaves of pymodbus (RTU on a pseudo-terminal, TCP) and of npm's modbus-serial, mbpoll as a second master."""
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tty
import unittest

from clibox import Box
from harness import BIN, wait_for
from modbus_slaves import FAULTS, Slaves, words
from test_cabinets import Cabinets, cabinet

HERE = pathlib.Path(__file__).resolve().parent
ENGLISH = {"LC_ALL": "en_US.UTF-8", "LANGUAGE": "en"}
ORDERS = ("ABCD", "CDAB", "BADC", "DCBA")
NUMBERS = [("int16", ">h", -205), ("uint16", ">H", 65331), ("int32", ">i", -70000), ("uint32", ">I", 4000000000), ("float32", ">f", 230.25),
           ("int64", ">q", -5000000000), ("uint64", ">Q", 5000000000), ("float64", ">d", -0.125)]


def rows():
    """(sensor, register, type, value) of every type in every byte order, and the words that a slave must hold for them."""
    at, sensors, held = 0, [], {}
    for kind, form, value in NUMBERS:
        for order in ORDERS:
            if form in (">h", ">H") and order in ("CDAB", "DCBA"):
                continue  # one register has no order of words
            name = f"{kind}-{order}".lower()
            sensors.append((name, f"holding:{at}", f"{kind} {order}", value))
            for w in words(value, order, form):
                held[at] = w
                at += 1
    return sensors, held


SENSORS, HELD = rows()
BITS = [("coil", "00001", [1, 0, 1]), ("discrete", "10011", [0, 1, 1])]


def configuration(connection):
    text = f"[cabinet all]\nconnection = {connection}\nunit = 1\ntimeout = 1s\n"
    for name, register, kind, _ in SENSORS:
        text += f"[sensor all.{name}]\nregister = {register}\ntype = {kind}\n"
    for name, first, bits in BITS:
        for i in range(len(bits)):
            text += f"[sensor all.{name}{i}]\nregister = {int(first) + i:05}\n"
    return text + "[sensor all.cold]\nregister = 30003\ntype = int16\nscale = 0.1\noffset = 5\nunit = °C\n"


def expected():
    return {**{name: value for name, _, _, value in SENSORS}, **{f"{name}{i}": b for name, _, bits in BITS for i, b in enumerate(bits)}, "cold": -15.5}


def mbpoll(*args):
    done = subprocess.run(["mbpoll", "-1", "-q", "-a", "1", *map(str, args)], capture_output=True, text=True, timeout=20, check=False)
    if done.returncode:
        raise AssertionError(f"mbpoll {args}: {done.stdout}{done.stderr}")
    return [float(v.split()[0]) for v in re.findall(r"^\[\d+\]:\s*(\S.*)$", done.stdout, re.M)]


@unittest.skipUnless(shutil.which("mbpoll"), "mbpoll is not installed")
class Peers(unittest.TestCase):
    def setUp(self):
        self.slaves = Slaves()
        self.addCleanup(self.slaves.stop)
        self.box = self.enterContext(Box())
        self.box.env.update(ENGLISH)

    def fill(self, unit):
        for address, word in HELD.items():
            unit.holding(address, word)
        unit.coil(0, *BITS[0][2]).discrete(10, *BITS[1][2]).input(2, -205)

    def read(self, *args, status=0):
        done = self.box.run("sensor", "read", *args, "--json")
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return {r["sensor"].split(".", 1)[1]: r for r in map(json.loads, done.stdout.splitlines())}

    def check_all(self, connection):
        self.box.write("yishi.conf", (self.box.dir / "yishi.conf").read_text().split("[cabinet")[0] + configuration(connection))
        got = self.read("all")
        self.assertEqual({n: r["value"] for n, r in got.items()}, expected())
        return got

    def test_every_type_and_order_over_rtu_tcp_and_ipv6(self):
        rtu, tcp, tcp6, server = self.slaves.rtu(self.box.dir / "rs485"), self.slaves.tcp(), self.slaves.tcp("::1"), self.slaves.serial_server()
        buses = (rtu, tcp, tcp6, server)
        for bus in buses:
            self.fill(bus.unit(1))
        got = self.check_all(f"rtu:{self.box.dir}/rs485,9600,8N1")
        self.check_all(f"tcp:127.0.0.1:{tcp.port}")
        self.check_all(f"tcp:[::1]:{tcp6.port}")
        self.check_all(f"rtutcp:127.0.0.1:{server.port}")
        # neighbours are read in one request; nothing but reads was ever on the wire
        self.assertEqual([len([a for a in bus.unit(1).asked if a[0] == 3]) for bus in buses], [1] * 4)
        self.assertEqual({a[0] for bus in buses for a in bus.unit(1).asked}, {1, 2, 3, 4})
        self.assertEqual((got["cold"]["text"], got["cold"]["words"], got["cold"]["register"]), ("-15.5 °C", "FF33", "input:2"))
        # the second master reads the same registers
        place = {name: int(reg.split(":")[1]) + 1 for name, reg, _, _ in SENSORS}
        over = {"rtu": ("-m", "rtu", "-b", 9600, "-P", "none"), "tcp": ("-m", "tcp", "-p", tcp.port)}
        where = {"rtu": self.box.dir / "rs485", "tcp": "127.0.0.1"}
        for way in over:
            for name, options in (("float32-abcd", ("-t", "4:float", "-B")), ("float32-cdab", ("-t", "4:float")),
                                  ("int32-abcd", ("-t", "4:int", "-B")), ("uint16-abcd", ("-t", 4))):
                self.assertEqual(mbpoll(*over[way], *options, "-r", place[name], where[way])[0], got[name]["value"], (way, name))
        self.assertEqual(mbpoll(*over["rtu"], "-t", 0, "-r", 1, "-c", 3, where["rtu"]), BITS[0][2])
        self.assertEqual(mbpoll(*over["tcp"], "-t", 1, "-r", 11, "-c", 3, where["tcp"]), BITS[1][2])

    def test_faults_in_words_and_good_neighbours(self):
        bus, tcp, server = self.slaves.rtu(self.box.dir / "rs485"), self.slaves.tcp(), self.slaves.serial_server()
        one = {}
        for b, connection in ((bus, f"rtu:{self.box.dir}/rs485,9600,8N1"), (server, f"rtutcp:127.0.0.1:{server.port}"),
                              (tcp, f"tcp:127.0.0.1:{tcp.port}")):
            for unit in (1, 2):
                b.unit(unit).input(1, 235, 546)
            self.box.write("yishi.conf", (self.box.dir / "yishi.conf").read_text().split("[cabinet")[0] +
                           "".join(f"[cabinet u{u}]\nconnection = {connection}\nunit = {u}\ntimeout = 100ms\n[sensor u{u}.t]\nregister = input:1\n"
                                   for u in (1, 2)))
            for fault in FAULTS + (("exception", 0), ("exception", 4), ("exception", 6), ("exception", 11)):
                if fault == "crc" and b is tcp:
                    continue  # there is none
                b.unit(1).fault = fault
                done = self.box.run("sensor", "read", "--json")
                first, second = map(json.loads, done.stdout.splitlines())
                self.assertEqual((done.returncode, first["value"], first["ok"], second["value"]), (1, None, False, 235), (fault, done.stdout))
                one[(b, fault)] = first["fault"]
                if fault in ("silent", "garbage"):
                    self.assertIn({"silent": "u1: nothing answers at address 1", "garbage": "u1: answers are garbled"}[fault], done.stderr)
                    self.assertNotIn("u2:", done.stderr)
            b.unit(1).fault = None
            self.assertEqual([r["value"] for r in self.box.json("sensor", "read")], [235, 235])
        said = {f: one[(bus, f)] for f in FAULTS}
        self.assertEqual({said["silent"], said["short"]}, {"no answer"})
        self.assertEqual({said["garbage"], said["crc"], said["wrong unit"]}, {"a garbled answer"}, said)
        self.assertEqual((one[(tcp, "silent")], one[(tcp, "wrong unit")]), ("no answer", "a garbled answer"))
        self.assertEqual({f: one[(server, f)] for f in FAULTS}, said)
        for b in (bus, tcp, server):
            self.assertEqual([one[(b, ("exception", n))] for n in (0, 4, 6, 11)],
                             ["a garbled answer", "the device failed (04)", "the device is busy (06)", "behind the gateway nobody answers (11)"])
        # what the first says too late is not taken for the second's, nor does it hide that one
        tcp.unit(1).fault, tcp.unit(2).fault = ("late", 0.12), ("late", 0.05)
        self.assertEqual([json.loads(line)["value"] for line in self.box.run("sensor", "read", "--json").stdout.splitlines()], [None, 235])
        tcp.unit(1).fault = tcp.unit(2).fault = None
        self.box.write("yishi.conf", (self.box.dir / "yishi.conf").read_text().replace(f"tcp:127.0.0.1:{tcp.port}", f"rtu:{self.box.dir}/rs485"))
        bus.unit(1).fault, bus.unit(2).fault = ("late", 0.15), ("late", 0.08)
        first, second = map(json.loads, self.box.run("sensor", "read", "--json").stdout.splitlines())
        self.assertEqual((first["fault"], second["value"]), ("no answer", 235))
        bus.unit(1).fault = bus.unit(2).fault = None
        # nor is what it says too late of one register taken for the next one's
        self.box.write("yishi.conf", (self.box.dir / "yishi.conf").read_text().split("[cabinet")[0] + f"""[cabinet u3]
connection = rtu:{self.box.dir}/rs485
unit = 3
timeout = 300ms
""" + "".join(f"[sensor u3.r{at}]\nregister = input:{at}\n" for at in (0, 10, 20)))
        bus.unit(3).input(0, 100).input(10, 110).input(20, 120).fault = ("late", {10: 0.4, 20: 0.2})
        values = [json.loads(line)["value"] for line in self.box.run("sensor", "read", "--json").stdout.splitlines()]
        self.assertTrue(values[0] == 100 and values[2] in (120, None), values)  # None, or 110 in time: on a busy machine
        # one register that is missing does not hide its neighbours
        shown = self.read("--connection", f"rtu:{self.box.dir}/rs485,9600,8N1", "--map", "xy-md02", status=0)
        self.assertEqual(shown["humidity"]["value"], 54.6)
        del bus.unit(1).blocks["ir"].values[2]
        shown = self.read("--connection", f"rtu:{self.box.dir}/rs485,9600,8N1", "--map", "xy-md02", status=1)
        self.assertEqual((shown["temperature"]["value"], shown["humidity"]["fault"]), (23.5, "illegal data address (02)"))
        bus.unit(1).fault = "echo"
        done = self.box.run("sensor", "read", "--connection", f"rtu:{self.box.dir}/rs485", "--register", "input:1")
        self.assertEqual((done.returncode, "hears what it sends itself" in done.stderr), (1, True), done.stderr)
        bus.unit(1).fault = None
        # gone, and another port under the same link
        bus.vanish()
        done = self.box.run("sensor", "read", "--connection", f"rtu:{self.box.dir}/rs485", "--register", "input:1")
        self.assertEqual((done.returncode, "there is no such port" in done.stderr), (69, True), done.stderr)
        bus.come_back()
        self.assertEqual(self.read("--connection", f"rtu:{self.box.dir}/rs485", "--register", "30002")["register"]["value"], 235)
        tcp.close()
        done = self.box.run("sensor", "read", "--connection", f"tcp:127.0.0.1:{tcp.port}", "--register", "input:1")
        self.assertEqual((done.returncode, "nobody answers there" in done.stderr), (69, True), done.stderr)

    def test_scan_finds_names_and_writes(self):
        bus, link = self.slaves.rtu(self.box.dir / "rs485"), f"rtu:{self.box.dir}/rs485"
        bus.unit(1).input(1, 235, 546).holding(257, 1)
        bus.unit(2).holding(0x2000, *words(229.5), *words(1.5), *words(0.25)).holding(0x200E, *words(50.0)).holding(0x4000, *words(12.5))
        bus.unit(3).discrete(0, *[0] * 8)
        bus.unit(5).holding(0, 658, -101)
        bus.unit(6).fault = "garbage"
        bus.unit(7).holding(900, 1)  # answers, and is nothing that we know
        done = self.box.run("sensor", "scan", link, "--units", "1-8", "--timeout", "60ms", "--json")
        found = {r["unit"]: r for r in map(json.loads, done.stdout.splitlines())}
        self.assertEqual({u: r["map"] for u, r in found.items()},
                         {1: "xy-md02", 2: "ddsu666", 3: "di-8", 5: "th-humidity-first", 7: None}, done.stdout + done.stderr)
        self.assertRegex(done.stderr, "addresses: 8, line settings: 1; this takes 1 s at most")
        self.assertRegex(done.stderr, "something at address 6 answers, but garbled")
        self.assertEqual((found[1]["values"], found[2]["values"]["power"]), ({"temperature": 23.5, "humidity": 54.6}, 0.25))
        self.assertEqual(found[1]["stanza"].splitlines()[1:5],
                         ["[cabinet xy-md02-1]", f"connection = {link},9600,8N1", "unit = 1", "map = xy-md02"])
        self.assertEqual({a[0] for u in bus.units.values() for a in u.asked} - {1, 2, 3, 4}, set())
        # what it writes is a configuration that reads the same values; written twice it says so
        self.box.ok("sensor", "scan", link, "--units", "1-3", "--timeout", "60ms", "--write", "--name", "front")
        values = {r["sensor"]: r["value"] for r in self.box.json("sensor", "read")}
        self.assertEqual((values["front-1.temperature"], values["front-2.voltage"], values["front-3.in8"]), (23.5, 229.5, 0))
        done = self.box.run("sensor", "scan", "--cabinet", "front-1", "--units", "1", "--timeout", "60ms", "--write")
        self.assertEqual((done.returncode, "configuration already" in done.stderr, "front-1" in done.stdout), (1, True, True), done.stderr)
        # another speed: what is heard at the wrong one is noise
        bus.baud = 19200
        self.assertEqual(self.box.run("sensor", "scan", link, "--units", "1", "--timeout", "60ms").returncode, 1)
        again = self.box.json("sensor", "scan", link, "--units", "1", "--timeout", "60ms", "--baud", "4800,19200")
        self.assertEqual((again[0]["serial"], again[0]["map"]), ("19200,8N1", "xy-md02"))
        bus.baud, bus.unit(6).fault = 9600, "echo"
        done = self.box.run("sensor", "scan", link, "--units", "6", "--timeout", "1s")
        self.assertRegex(done.stderr, "hears what it sends itself")
        self.assertNotIn("garbled", done.stderr)
        # a host that answers to every address is one part
        tcp = self.slaves.tcp()
        tcp.unit(1).input(1, 235, 546).holding(257, 7)
        tcp.any_unit = True
        done = self.box.run("sensor", "scan", f"tcp:127.0.0.1:{tcp.port}", "--json")
        self.assertEqual([json.loads(line)["unit"] for line in done.stdout.splitlines()], [1], done.stderr)
        self.assertIn("answers to every address", done.stderr)
        for args, status in ((("--units", "0-3"), 64), (("--units", "5-300"), 64), (("--baud", "9601"), 64), (("--timeout", "1"), 64)):
            self.assertEqual(self.box.run("sensor", "scan", link, *args).returncode, status, args)
        self.assertEqual(self.box.run("sensor", "scan").returncode, 64)

    def test_arguments_that_are_wrong_are_usage(self):
        """What stands in no file is no fault of the configuration: 64, and the sentence names the option alone."""
        here = ("--connection", "tcp:127.0.0.1:1")
        for args, said in (
                (("read", *here, "--register", "99999"), "register wants a register"), (("read", *here, "--map", "nosuch"), "no map nosuch"),
                (("read", *here, "--register", "input:1", "--type", "float9"), "type float9 is unknown"),
                (("read", *here, "--register", "input:1", "--scale", "x"), "--scale wants a number"),
                (("read", *here, "--register", "input:1", "--scale", "0"), "leaves nothing"),
                (("read", *here, "--map", "xy-md02", "--unit", "300"), "1 to 255"),
                (("read", *here, "--map", "xy-md02", "--timeout", "1h"), "10ms to 10s"), (("read", "--connection", "x", "--map", "xy-md02"), "rtu:DEVICE"),
                (("read", "--register", "input:1"), "--register goes with --connection"), (("read", "box", *here, "--map", "xy-md02"), "not both"),
                (("scan", here[1], "--units", "5-"), "--units wants"), (("scan", here[1], "--name", "a.b"), "--name wants"),
                (("scan", here[1], "--cabinet", "box"), "not both"), (("scan", here[1], "--baud", "9600"), "no speed")):
            done = self.box.run("sensor", *args)
            self.assertEqual((done.returncode, said in done.stderr, "here]" in done.stderr), (64, True, False), f"{args}: {done.stderr}")

    def test_scan_borrows_from_the_daemon_which_takes_what_was_found(self):
        with Cabinets("", start=False) as site:
            bus, line = self.slaves.rtu(site.dir / "rs485"), f"rtu:{site.dir}/rs485,9600,8N1"
            for unit in (1, 2):
                bus.unit(unit).input(1, 235, 546).holding(257, unit)
            site.extra_config = cabinet("box", line)
            site.env.update(ENGLISH)
            site.write_config()
            site.start()
            site.wait_fault("box.humidity", "")
            before = len(bus.unit(1).asked)
            done = site.run("sensor", "scan", line, "--units", "1-2", "--timeout", "100ms", "--write", "--json")
            found = {r["unit"]: (r["map"], r["cabinet"]) for r in map(json.loads, done.stdout.splitlines())}
            self.assertEqual(found, {1: ("xy-md02", "box"), 2: ("xy-md02", None)}, done.stderr)
            site.wait_fault("xy-md02-2.humidity", "")
            self.assertEqual(site.look("SELECT value FROM sensor WHERE name = 'xy-md02-2.temperature'"), [(23.5,)])
            wait_for(lambda: len(bus.unit(1).asked) > before + 20, "the daemon reads on")

    def test_npm_server(self):
        folder = npm_server(self)
        values = {"holding": HELD, "coil": dict(enumerate(map(bool, BITS[0][2]))), "discrete": {10 + i: bool(b) for i, b in enumerate(BITS[1][2])},
                  "input": {2: 0xFF33}}
        port = free_port()
        self.box.write("values.json", json.dumps({"1": values}))
        far, near = os.openpty()
        self.addCleanup(os.close, near)
        self.addCleanup(os.close, far)
        tty.setraw(near)
        (self.box.dir / "npm485").symlink_to(os.ttyname(near))
        for way in (("tcp", port), ("rtu", far)):
            server = subprocess.Popen(["node", folder / "server.js", *map(str, way), self.box.dir / "values.json"], stdout=subprocess.PIPE, pass_fds=[far])
            self.addCleanup(server.stdout.close)
            self.addCleanup(server.wait)
            self.addCleanup(server.kill)
            self.assertEqual(server.stdout.readline(), b"ready\n")
        got = self.check_all(f"rtu:{self.box.dir}/npm485,9600,8N1")
        self.assertEqual({n: r["value"] for n, r in self.check_all(f"tcp:127.0.0.1:{port}").items()}, {n: r["value"] for n, r in got.items()})
        place = {name: int(reg.split(":")[1]) + 1 for name, reg, _, _ in SENSORS}
        for way in (("-m", "tcp", "-p", port, "127.0.0.1"), ("-m", "rtu", "-b", 9600, "-P", "none", self.box.dir / "npm485")):
            self.assertEqual(mbpoll("-t", "4:float", "-B", "-r", place["float32-abcd"], *way)[0], got["float32-abcd"]["value"])
        for bus in (f"tcp:127.0.0.1:{port}", f"rtu:{self.box.dir}/npm485"):
            self.assertEqual(self.read("--connection", bus, "--register", "input:900", status=1)["register"]["fault"], "illegal data address (02)")
        done = self.box.run("sensor", "read", "--connection", f"rtu:{self.box.dir}/npm485", "--unit", "2", "--register", "input:2", "--timeout", "100ms")
        self.assertEqual((done.returncode, "nothing answers at address 2" in done.stderr), (1, True), done.stderr)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


def npm_server(test):
    """modbus-serial installed under the build folder, once; without npm, node or a registry the test is skipped."""
    if not shutil.which("node") or not shutil.which("npm"):
        test.skipTest("node or npm is not installed")
    folder = BIN.parent / "modbus_npm"
    folder.mkdir(exist_ok=True)
    for name in ("package.json", "package-lock.json", "server.js"):
        shutil.copyfile(HERE / "modbus_npm" / name, folder / name)
    if not (folder / "node_modules/modbus-serial/package.json").exists():
        try:
            subprocess.run(["npm", "ci", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0", "--fetch-timeout=10000"],
                           cwd=folder, capture_output=True, timeout=60, check=True)
        except (subprocess.SubprocessError, OSError) as e:
            test.skipTest(f"npm cannot install modbus-serial here: {e}")
    shutil.copyfile(HERE / "modbus_npm" / "serialport.js", folder / "node_modules/serialport.js")
    return folder


if __name__ == "__main__":
    unittest.main()
