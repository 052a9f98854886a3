"""yishi modem probe: the right port of the right stick, what a modem tells, and the section that finds it again."""
import fcntl
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import usb_bed
from foreign_modem import ForeignModem
from harness import BIN, Tool
from simmodem import SimModem
from usb_bed import UsbBed
from usb_site import Bystander, UsbSite

EC25, AIR780E = "2c7c:0125", "19d1:0001"
WHY_NOT = usb_bed.available()
# A question ends with ? or =?, or stands alone; what has another = sets something, but for keys that ask.
SETS = re.compile(r'=(?!\?)|^AT[&EZDHAS]|^AT\+(CMGS|CMGD|CHUP|CNMA|CRESET)')
ASKS_BY_KEY = ['AT+QCFG="ims"']


def profiles():
    """Those that the emulator names."""
    told = subprocess.run([str(BIN / "yishi-simmodem"), "--help"], capture_output=True, text=True, check=True).stdout
    return re.findall(r"^  ([a-z0-9-]+) +\S", told.split("Profiles\n")[1].split("\n\n")[0], re.M)


class Bare(Tool):
    """No configuration, no database: a box on which nothing was installed but the package."""

    def __init__(self, **env):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="yishi-probe-"))
        self.conf = self.dir / "yishi.conf"
        super().__init__(None, {"YISHI_CONFIG": self.conf, **env})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.dir, ignore_errors=True)

    def cards(self, *args, status=0, **kw):
        done = self.run("modem", "probe", "--json", *args, **kw)
        assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]


def said(trace):
    return [m[1] for m in re.finditer(r"^ *\d+ > (.*?)(?:\\r)?$", pathlib.Path(trace).read_text(), re.M)]


class Cards(unittest.TestCase):
    def test_all_families_tell_who_they_are_and_nothing_is_set(self):
        families = profiles()
        self.assertGreater(len(families), 15)
        with Bare() as box, SimModem(profile=",".join(families), modems=len(families), trace=box.dir / "trace") as sim:
            box.conf.write_text("[gateway]\nname = x\nnumber = +8613800000000\ndatabase = yishi.db\n"
                                f"modem_ports = {sim.directory}/modem[0-9] {sim.directory}/modem[0-9][0-9]\n", encoding="utf-8")
            before = {m["imei"]: m for m in sim.do("state")["modems"]}
            cards = box.cards()
            after = {m["imei"]: m for m in sim.do("state")["modems"]}
            self.assertEqual({c["imei"] for c in cards}, set(before))
            for card in cards:
                modem, profile = before[card["imei"]], before[card["imei"]]["profile"]
                with self.subTest(profile=profile):
                    self.assertEqual(card["iccid"], modem["iccid"])
                    self.assertEqual(card["ports"][0]["speaks"], "modem")
                    self.assertIn(card["registration"], ("home", "roaming"))
                    self.assertTrue(card["operator"] and card["signal"] and card["smsc"] and card["texts"] and card["pin"] == "ready", card)
                    self.assertEqual((card["row"] == "generic", card["notes"] is None), (profile == "generic-gsm",) * 2, card["row"])
                    stores = {s["name"]: s["size"] for s in card["stores"]}
                    self.assertEqual(stores, {name: modem["stores"][name]["size"] for name in stores})
                    self.assertTrue(stores)
                    self.assertEqual(modem["settings"], after[card["imei"]]["settings"])
                    self.assertFalse(card["fell_silent"])
            by_row = {c["row"]: c for c in cards}
            self.assertEqual((by_row["quectel-ec2x"]["ims"], by_row["simcom-a76xx"]["ims"], by_row["zte"]["ims"]), ("on", "off", "unknown"))
            self.assertEqual(by_row["ml307"]["domains"], {"CGREG": 1, "CEREG": 1})
            self.assertIn("no-calls", [t["code"] for t in by_row["sim800"]["troubles"]] + ["no-calls"])
            commands = [c for c in said(box.dir / "trace") if c not in ASKS_BY_KEY]
            self.assertIn("AT+CGSN", commands)
            self.assertEqual([c for c in commands if SETS.search(c)], [])

    def test_troubles_are_named_and_no_try_of_the_pin_is_spent(self):
        plagues = [("pin", "+CPIN?", ["+CPIN: SIM PIN"], "OK"), ("puk", "+CPIN?", ["+CPIN: SIM PUK"], "OK"),
                   ("sim-absent", "+CPIN?", [], "+CME ERROR: 10"), ("denied", "+C", None, None),
                   ("weak", "+CSQ", ["+CSQ: 3,99"], "OK"), ("no-smsc", "+CSCA?", ['+CSCA: "",129'], "OK"),
                   ("low-voltage", "+CBC", ["+CBC: 0,20,3310"], "OK"), ("radio-off", "+CFUN?", ["+CFUN: 4"], "OK"),
                   ("no-texts", "+CMGF?", [], "ERROR"), ("nearly-full", "+CPMS?", ['+CPMS: "SM",19,20,"SM",19,20,"SM",19,20'], "OK"),
                   ("locked", "+CPIN?", ["+CPIN: PH-NET PIN"], "OK")]
        with Bare() as box, SimModem(modems=len(plagues), profile="quectel-ec2x", trace=box.dir / "trace") as sim:
            for i, (code, command, lines, final) in enumerate(plagues):
                if lines is None:
                    for domain in ("+CREG", "+CGREG", "+CEREG"):
                        sim.answer(domain + "?", f"{domain}: 0,3", modem=i)
                else:
                    sim.answer(command, *lines, final=final, modem=i)
            box.conf.write_text("[gateway]\nname = x\nnumber = +8613800000000\ndatabase = yishi.db\n"
                                f"modem_ports = {sim.directory}/modem*\n", encoding="utf-8")
            cards = {c["port"]: c for c in box.cards()}
            for i, (code, *_) in enumerate(plagues):
                with self.subTest(code=code):
                    found = [t["code"] for t in cards[sim.device(i)]["troubles"]]
                    self.assertEqual(found[0] if found else None, code, cards[sim.device(i)])
                    self.assertEqual(cards[sim.device(i)]["pin_tries"], None if code == "sim-absent" else 3)
            self.assertFalse([c for c in said(box.dir / "trace") if c.startswith("AT+CPIN=")])
            shown = box.run("modem", "probe", sim.device(0), env={"LC_ALL": "zh_CN.UTF-8", "LANGUAGE": "zh_CN", "LANG": "zh_CN.UTF-8"}).stdout
            self.assertIn("PIN", shown)
            self.assertNotIn("wants its PIN", shown)

    def test_a_modem_that_was_written_independently(self):
        """It knows few commands and says ERROR to all others; once with bare line feeds and no echo, once with faults."""
        for kw in ({}, {"echo": False, "line_end": "\n"}, {"nasty": 0.08, "seed": 20261122}):
            with self.subTest(**kw), Bare() as box:
                modem = ForeignModem(**kw)
                self.addCleanup(modem.stop)
                card = box.cards(modem.path)[0]
                self.assertEqual((card["imei"], card["maker"], card["model"], card["row"]), ("490154203237518", "Foreign", "F1", "generic"))
                self.assertEqual((card["ports"][0]["speaks"], card["fell_silent"]), ("modem", False))
                if not kw.get("nasty"):
                    self.assertEqual((card["pin"], card["registration"], card["stores"][0]["size"]), ("ready", "home", 10))

    def test_what_else_speaks_on_a_port(self):
        speakers = {"silent": b"", "nmea": b"$GPGGA,,,,,,0,,,,,,,,*66\r\n", "ppp": b"\x7e\xff\x7d\x23\xc0\x21\x7d\x7e", "binary": bytes(range(128, 256)),
                    "log": b"[  12] modem task started\r\n"}
        with Bare() as box:
            ports = {kind: Bystander(says) for kind, says in speakers.items()}
            try:
                box.conf.write_text("[gateway]\nname = x\nnumber = +8613800000000\ndatabase = yishi.db\nmodem_ports = "
                                    + " ".join(p.path for p in ports.values()) + "\n", encoding="utf-8")
                cards = {c["ports"][0]["path"]: c for c in box.cards(status=1)}
                self.assertEqual({kind: cards[p.path]["ports"][0]["speaks"] for kind, p in ports.items()}, {k: k for k in speakers})
                self.assertEqual([t["code"] for t in cards[ports["log"].path]["troubles"]], ["no-at"])
            finally:
                for p in ports.values():
                    p.close()
            box.conf.write_text("[gateway]\nname = x\nnumber = +8613800000000\ndatabase = yishi.db\n[cabinet box]\n"
                                "connection = rtu:/dev/ttyS9,9600,8N1\nmap = xy-md02\n", encoding="utf-8")
            self.assertIn("sensor scan", box.run("modem", "probe", "/dev/ttyS9").stderr)
            done = box.run("modem", "probe", "/nonexistent/port")
            self.assertIn("/nonexistent/port", done.stdout)
            self.assertIn("is not there", done.stdout)


class Sections(unittest.TestCase):
    """--write: made, added to, refused."""

    def test_from_nothing_to_a_gateway_that_starts(self):
        with Bare() as box, SimModem(profile="quectel-ec2x", modems=2) as sim:
            box.conf = box.dir / "etc" / "yishi.conf"  # whose folder is not there yet
            box.env["YISHI_CONFIG"] = box.conf
            first = box.run("modem", "probe", sim.device(0), "--write")
            self.assertEqual(first.returncode, 64)
            self.assertIn("--number", first.stderr)
            self.assertFalse(box.conf.exists())
            # the SIM tells its number; most do not
            self.assertIn("as the SIM says", box.run("modem", "probe", sim.device(0), "--write", "--name", "x").stderr)
            self.assertIn(f"\nnumber = {sim.state(0)['number']}\n", box.conf.read_text(encoding="utf-8"))
            box.conf.unlink()
            sim.answer("+CNUM", modem=0)
            self.assertEqual(box.run("modem", "probe", sim.device(0), "--write", "--name", "x").returncode, 64)
            box.ok("modem", "probe", sim.device(0), "--write", "--name", "矿山社区", "--number", "13800000000")
            text = box.conf.read_text(encoding="utf-8")
            self.assertIn(f"\n[modem ec25]\n# Quectel EC25, CHINA MOBILE\n", text)
            # no USB: found again by its path alone; the SIM makes sure that it is the right one
            self.assertIn(f"\ndevice = {sim.device(0)}\n", text)
            self.assertIn(f"\niccid = {sim.state(0)['iccid']}\n", text)
            self.assertIn("\nname = 矿山社区\nnumber = ", text.replace("# 网关的手机号，居民发短信到这里 / the number that residents text\n", ""))
            self.assertEqual(box.conf.stat().st_mode & 0o777, 0o640)
            # once more: nothing to add, nothing changed; another one is added behind what a person has written
            again = box.run("modem", "probe", sim.device(0), "--write")
            self.assertEqual((again.returncode, box.conf.read_text(encoding="utf-8")), (0, text))
            self.assertIn("already", again.stderr)
            box.conf.write_text(text + "# mine", encoding="utf-8")
            box.conf.chmod(0o600)
            link = box.dir / "link.conf"
            link.symlink_to(box.conf)
            box.ok("-c", link, "modem", "probe", sim.device(1), "--write")
            grown = box.conf.read_text(encoding="utf-8")
            self.assertTrue(grown.startswith(text + "# mine\n\n[modem ec25-2]\n"), grown[len(text):])
            self.assertEqual((link.is_symlink(), box.conf.stat().st_mode & 0o777), (True, 0o600))
            self.assertEqual([p.name for p in box.conf.parent.iterdir() if "new" in p.name], [])
            # a file that is wrong stays as it is
            box.conf.write_text("[gateway]\nwhat = 1\n", encoding="utf-8")
            wrong = box.run("modem", "probe", sim.device(0), "--write")
            self.assertEqual((wrong.returncode, box.conf.read_text(encoding="utf-8")), (78, "[gateway]\nwhat = 1\n"))

    def test_equal_imeis_are_told_apart_by_their_sims(self):
        with Bare() as box, SimModem(modems=2) as sim:
            for i in (0, 1):
                sim.answer("+CGSN", "350000000000006", modem=i)
            box.conf.write_text("[gateway]\nname = x\nnumber = +8613800000000\ndatabase = yishi.db\n"
                                f"modem_ports = {sim.directory}/modem*\n", encoding="utf-8")
            box.ok("modem", "probe", "--write")
            text = box.conf.read_text(encoding="utf-8")
            self.assertNotIn("device = imei:", text)
            for i in (0, 1):
                self.assertIn(f"device = {sim.device(i)}\niccid = {sim.state(i)['iccid']}\n", text)


@unittest.skipIf(WHY_NOT, WHY_NOT)
class Sticks(unittest.TestCase):
    def setUp(self):
        self.bed = self.enterContext(UsbBed())

    def bystander(self, says=b""):
        b = Bystander(says)
        self.addCleanup(b.close)
        return b

    def test_the_right_port_of_the_right_stick_wherever_it_comes_back(self):
        box = self.enterContext(Bare(**self.bed.environment))
        sim = self.enterContext(SimModem(profile="air780epv", modems=3))
        imei = [sim.state(i)["imei"] for i in range(3)]
        self.assertIn("no modem is plugged in", box.run("modem", "probe").stderr)
        machine = self.bystander()
        diagnosis, log, nmea = self.bystander(), self.bystander(b"\x7e\x01\x7e\r\n"), self.bystander(b"$GPRMC,,V,,,,,,,,,,N*53\r\n")
        # two sticks with equal ids and serial numbers; a third one; a pen drive, a modem in disguise, a machine behind a converter
        self.bed.plug("1-1", AIR780E, {2: ("ttyACM0", sim.device(0)), 4: ("ttyACM1", diagnosis.path)}, driver="cdc_acm")
        self.bed.plug("1-2", AIR780E, {2: ("ttyACM2", log.path), 6: ("ttyACM3", sim.device(1))}, driver="cdc_acm")
        self.bed.plug("1-3", EC25, {1: ("ttyUSB0", nmea.path), 2: ("ttyUSB1", self.bystander(b"$GNGGA,,,,,,0,,,,,,,,*78\r\n").path), 3: ("ttyUSB2", sim.device(2))})
        self.bed.plug("1-4", "0403:6001", {0: ("ttyUSB9", machine.path)}, driver="ftdi_sio")
        self.bed.plug_disk("1-5", "0781:5567")
        self.bed.plug_disk("1-6", "12d1:1446")
        cards = box.cards()
        self.assertEqual({c["imei"]: c["port"] for c in cards if "imei" in c},
                         {imei[0]: "/dev/ttyACM0", imei[1]: "/dev/ttyACM3", imei[2]: "/dev/ttyUSB2"})
        self.assertEqual([(c["usb"], c["troubles"][0]["code"]) for c in cards if "imei" not in c], [("12d1:1446", "disk")])
        self.assertIn("usb-modeswitch", [c for c in cards if "imei" not in c][0]["troubles"][0]["remedy"])
        speaks = {p["path"]: p["speaks"] for c in cards for p in c.get("ports", [])}
        self.assertEqual(speaks, {"/dev/ttyACM0": "modem", "/dev/ttyACM1": "left alone", "/dev/ttyACM2": "ppp", "/dev/ttyACM3": "modem",
                                  "/dev/ttyUSB0": "left alone", "/dev/ttyUSB1": "nmea", "/dev/ttyUSB2": "modem"})
        self.assertEqual((machine.heard, diagnosis.heard), (b"", b""))
        # the section of each names its IMEI, and no port
        text = box.ok("modem", "probe")
        for i in imei:
            self.assertIn(f"device = imei:{i}", text)
        self.assertNotRegex(text, r"device = .*tty")
        # swapped, and the third under another name in another socket
        for socket in ("1-1", "1-2", "1-3"):
            self.bed.unplug(socket)
        self.bed.plug("1-1", AIR780E, {2: ("ttyACM0", sim.device(1))}, driver="cdc_acm")
        self.bed.plug("1-2", AIR780E, {2: ("ttyACM1", sim.device(0))}, driver="cdc_acm")
        self.bed.plug("1-7", EC25, {2: ("ttyUSB5", sim.device(2))})
        self.assertEqual({c["imei"]: c["port"] for c in box.cards() if "imei" in c},
                         {imei[1]: "/dev/ttyACM0", imei[0]: "/dev/ttyACM1", imei[2]: "/dev/ttyUSB5"})

    def test_who_has_a_port_is_named(self):
        box = self.enterContext(Bare(**self.bed.environment))
        sim = self.enterContext(SimModem())
        self.bed.plug("1-1", EC25, {2: ("ttyUSB2", sim.device())})
        holder = os.open(os.path.realpath(sim.device()), os.O_RDWR | os.O_NOCTTY)
        self.addCleanup(os.close, holder)
        fcntl.flock(holder, fcntl.LOCK_EX)
        card = box.cards(status=1)[0]
        self.assertEqual((card["ports"][0]["speaks"], card["troubles"][0]["code"]), ("held", "no-at"))
        self.assertRegex(card["ports"][0]["why"], r"is held by .*\(pid \d+\)")
        self.assertEqual(sim.state()["commands"], 0)

    def test_written_sections_find_their_sticks_and_a_daemon_lends_its_port(self):
        site = self.enterContext(UsbSite(self.bed, [None, None], modems=2, profile="air780epv"))
        self.bed.plug("1-1", AIR780E, {2: ("ttyACM0", site.link(0)), 6: ("ttyACM1", self.bystander().path)}, driver="cdc_acm")
        self.bed.plug("1-2", AIR780E, {2: ("ttyACM2", site.link(1))}, driver="cdc_acm")
        site.write_config()
        head = (site.dir / "yishi.conf").read_text(encoding="utf-8").split("[modem m0]")[0]
        (site.dir / "yishi.conf").write_text(head, encoding="utf-8")
        site.ok("modem", "probe", "--write")
        text = (site.dir / "yishi.conf").read_text(encoding="utf-8")
        self.assertEqual(re.findall(r"device = imei:(\d+)", text), [site.imei(0), site.imei(1)])
        names = re.findall(r"\[modem (.*)\]", text)
        site.run_daemon()
        site.wait_on(names[0], 0)
        site.wait_on(names[1], 1)
        # swapped while it works
        site.pull("1-1", 0, "a")
        site.pull("1-2", 1, "b")
        site.wait_lost(names[0])
        site.wait_lost(names[1])
        self.bed.plug("1-1", AIR780E, {2: ("ttyACM0", site.link(1, "b"))}, driver="cdc_acm")
        self.bed.plug("1-2", AIR780E, {2: ("ttyACM2", site.link(0, "a"))}, driver="cdc_acm")
        site.wait_on(names[0], 0)
        site.wait_on(names[1], 1)
        # ports are borrowed for the cards, and given back; the sections stand already
        cards = {c["line"]: c for c in site.json("modem", "probe")}
        self.assertEqual({n: (c["imei"], c["port"], c["signal"]) for n, c in cards.items()},
                         {names[0]: (site.imei(0), "/dev/ttyACM2", "strong"), names[1]: (site.imei(1), "/dev/ttyACM0", "strong")})
        site.wait_on(names[0], 0)
        site.wait_on(names[1], 1)
        self.assertIn("already", site.ok("modem", "probe"))
        site.wait_on(names[0], 0)
        site.wait_on(names[1], 1)
        text = site.queue("+8613800138001", "hello")
        site.control("wake")
        site.wait_out(text, "sent", "delivered")


if __name__ == "__main__":
    unittest.main()
