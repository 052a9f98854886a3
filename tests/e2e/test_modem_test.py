"""yishi modem test: each planted fault is named with its remedy; the certificate; a port that the gateway lends and gets back, with
what arrived meanwhile."""
import fcntl
import json
import os
import re
import signal
import subprocess
import time
import unittest
import xml.etree.ElementTree as ElementTree

import usb_bed
from harness import BIN, ROOT, Site, environment, wait_for
from usb_bed import UsbBed

BOX = ["disk", "rights", "config", "duty", "sensors", "backup"]  # steps without the modem
LINE = ["port", "modem", "sim", "lock", "settings", "stores", "smsc", "network", "signal", "self", "phone", "call", "power", "usb", "clock"]
OWN = "yishi-self-test "


def skip(*steps):
    return [word for step in steps for word in ("--skip", step)]


def answer(command, *lines, final="OK", **kw):
    return ("answer", {"command": command, "lines": list(lines), "final": final, **kw})


def fault(name, value=1, **kw):
    return ("fault", {"name": name, "value": value, **kw})


# What is planted, what is found (step, finding), a word of the remedy.
SELF, PHONE = skip("phone"), ["--to", "+8613900000001"]
PLANTED = [
    ("no SIM", [fault("pin", text="NOT INSERTED")], "sim", "sim.absent", "put the SIM in", []),
    ("PIN", [fault("pin", text="SIM PIN")], "sim", "sim.pin", "pin_file", []),
    ("last PIN", [fault("pin", text="SIM PIN"), answer("+QPINC", '+QPINC: "SC",1,10')], "sim", "sim.last", "Do not guess", []),
    ("PUK", [fault("pin", text="SIM PUK")], "sim", "sim.puk", "PUK stands on the card", []),
    ("SIM lock", [fault("pin", text="PH-NET PIN")], "sim", "lock.locked", "unlock it", []),
    ("no network", [fault("registration", 2)], "network", "network.searching", "antenna", []),
    ("denied", [fault("registration", 3)], "network", "network.denied", "Ask the operator", []),
    ("roaming", [fault("registration", 5)], "network", "network.roams", "roaming = no in [modem m7]", []),
    ("radio off", [fault("registration", 0), answer("+CFUN?", "+CFUN: 4")], "network", "network.radio", "AT+CFUN=1", []),
    ("weak", [fault("signal", 7)], "signal", "signal.weak", "antenna higher", []),
    ("hopeless", [fault("signal", 2)], "signal", "signal.poor", "MAIN", []),
    ("no centre", [fault("smsc_empty")], "smsc", "smsc.empty", "smsc in [modem m11]", []),
    ("wrong centre", [fault("smsc_wrong")], "self", "send.", "operator", SELF),
    ("full", [answer("+CPMS?", '+CPMS: "ME",50,50,"ME",50,50,"ME",50,50')], "stores", "stores.full", "Start the gateway", []),
    ("no credit", [fault("cms", 8)], "self", "send.credit", "Top up", SELF),
    ("nothing arrives", [fault("deaf")], "self", "self.missing", "number of this SIM", SELF),
    ("no reports, and not ready at once", [fault("report_none", -1), answer("+CMGS=", final="+CMS ERROR: 604", count=1)], "phone", "phone.unreported", "reports = no", PHONE + skip("self")),
    ("not ready", [answer("+CMGS=", final="+CMS ERROR: 604")], "self", "send.busy", "while it starts", SELF),
    ("not announced", [fault("lose_cmti", -1)], "self", "self.unannounced", "looks every minute", SELF + ["--wait", "2s"]),
    ("not deleted", [fault("delete_lies", -1)], "self", "self.kept", "a worn one", SELF + ["--wait", "10s"]),
    ("another's number", [("sim", {"iccid": "89860000000012345999", "number": "+8613800000999"})], "self", "self.elsewhere", "which phone rings", SELF + ["--wait", "2s"]),
    ("starts anew", [fault("self_reset", after=1)], "self", "send.restart", "its own power supply", SELF),
    ("not confirmed", [fault("report_status", 1)], "phone", "phone.forwarded", "has the text come", PHONE + skip("self") + ["--wait", "10s"]),
    ("centre not taken", [answer("+CSCA=")], "smsc", "smsc.refused", "take smsc out of [modem m", []),
    ("data alone", [fault("creg", 3), answer("+QCFG", final="ERROR"), answer("+CIREG", final="ERROR")], "network", "network.data", "VoLTE", []),
    ("a common IMEI", [answer("+CGSN", "000000000000000")], "modem", "modem.nameless", "use another model", []),
    ("hours apart", [("nitz", {"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 8 * 3600))})],
     "clock", "clock.zone", "If the network is wrong, leave the box", []),
    ("phone off", [fault("report_status", 70)], "phone", "phone.failed", "is the phone on", PHONE + skip("self")),
    ("silent", [fault("hang", 600000)], "port", "port.silent", "another port of the stick", []),
    ("no texts", [fault("no_sms")], "settings", "settings.none", "variants of this model without SMS", []),
    ("unheard", [fault("silent_unsent")], "self", "send.unheard", "Do not send it again", SELF),
    ("unheard, but gone", [fault("silent_sent")], "self", "self.unheard", "firmware", SELF),
    ("brown-out", [fault("brownout")], "self", "send.brownout", "its own power supply", SELF),
    ("3.3 V", [answer("+CBC", "+CBC: 0,20,3310")], "power", "power.under", "its own power supply", []),
    ("complains", [("answer", {"command": "+CSQ", "lines": ["+CSQ: 20,99"], "then": ["UNDER-VOLTAGE WARNING"], "then_ms": 1})],
     "power", "power.under", "its own power supply", SELF),
    ("wrong time", [("nitz", {"time": "2026-01-02T03:04:05+08:00"})], "clock", "clock.wrong", "timedatectl", []),
    ("no voice", [answer("+CLIP=1", final="ERROR")], "call", "call.clip", "Residents cannot answer by ringing", []),
    ("nobody rings", [], "call", "call.nobody", "VoLTE", []),
    ("busy", [], "port", "port.held", "End that program", []),
]


class Planted(unittest.TestCase):
    """Each on a modem of its own, without a daemon. What a fault does not touch passes."""

    @classmethod
    def setUpClass(cls):
        cls.site = Site(start=False, modems=len(PLANTED), profile="quectel-ec2x", gateway={"number": None})
        cls.site.__enter__()
        cls.addClassCleanup(cls.site.__exit__, None, None, None)
        numbers = [m["number"] for m in cls.site.sim.do("state")["modems"]]
        config = (cls.site.dir / "yishi.conf").read_text()
        for i, number in enumerate(numbers):
            centre = "smsc = +8613800100500\n" * (PLANTED[i][0] == "centre not taken")
            config = config.replace(f"[modem m{i}]\n", f"[modem m{i}]\nnumber = {number}\n{centre}")
        (cls.site.dir / "yishi.conf").write_text(config)
        port = os.open(cls.site.sim.device(len(PLANTED) - 1), os.O_RDWR | os.O_NOCTTY)
        cls.addClassCleanup(os.close, port)
        fcntl.flock(port, fcntl.LOCK_EX)
        running = []
        for i, (_, planted, _, _, _, options) in enumerate(PLANTED):
            for request, fields in planted:
                cls.site.sim.do(request, modem=i, **fields)
            argv = [BIN / "yishi", "-c", cls.site.config, "modem", "test", f"m{i}", "--json", *options, *skip(*BOX)]
            argv += [] if "--wait" in options else ["--wait", "700ms"]
            if not options:
                argv += skip("self", "phone", *([] if PLANTED[i][2] == "call" else ["call"]))
            else:
                argv += skip("call")
            running.append(subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()))
            if len(running) % 4 == 0:  # two cores
                running[-4].wait()
        cls.found = []
        for process in running:
            out, err = process.communicate()
            cls.found.append((process.returncode, [json.loads(line) for line in out.decode().splitlines()], err.decode()))

    def test_each_is_named_with_its_remedy(self):
        for i, ((what, _, step, finding, remedy, _), (status, rows, err)) in enumerate(zip(PLANTED, self.found)):
            with self.subTest(what):
                self.assertEqual(status, 1, err)
                self.assertEqual(rows[-1]["step"], "all")
                named = [r for r in rows if r["verdict"] in ("fail", "warn")][:-1] or rows[:-1]
                hit = [r for r in rows if r["step"] == step and r["finding"].startswith(finding)]
                self.assertEqual(len(hit), 1, [(r["step"], r["finding"]) for r in rows])
                self.assertIn(remedy, hit[0]["remedy"])
                self.assertNotIn("{{", hit[0]["words"] + hit[0]["remedy"])
                self.assertFalse(re.search(r"  |\[modem \]|:\s*$", hit[0]["words"] + "|" + hit[0]["remedy"]), hit[0])
                others = {r["step"] for r in named} - {step, "power", "self", "all"}
                self.assertEqual(others, set(), [(r["step"], r["finding"]) for r in named])
                self.assertEqual([r["modem"] for r in rows], [f"m{i}"] * len(rows))

    def test_what_hangs_on_it_is_not_tested_and_says_why(self):
        rows = {r["step"]: r for r in self.found[0][1]}
        for step in ("lock", "settings", "network"):
            self.assertEqual((rows[step]["verdict"], rows[step]["finding"], rows[step]["words"]), ("skip", "needs", "not tested, because of: SIM"))
        self.assertEqual((rows["signal"]["finding"], rows["signal"]["words"]), ("needs", "not tested, because of: mobile network"))

    def test_a_brown_out_is_a_matter_of_the_supply(self):
        rows = {r["step"]: r for r in self.found[[p[0] for p in PLANTED].index("brown-out")][1]}
        self.assertEqual((rows["power"]["finding"], rows["power"]["verdict"]), ("power.brownout", "fail"))

    def test_no_try_of_a_pin_is_spent_and_no_text_goes_twice(self):
        for i, (what, *_) in enumerate(PLANTED):
            log = self.site.sim.do("log", modem=i)["log"]
            self.assertNotIn("+CPIN=", log, what)
            self.assertLessEqual(len(re.findall("> [0-9A-F]{40}", log)), 1, what)

    def test_the_figures(self):
        by = {p[0]: {r["step"]: r for r in f[1]} for p, f in zip(PLANTED, self.found)}
        self.assertEqual(by["weak"]["signal"]["words"], "-99 dBm: weak")
        self.assertRegex(by["busy"]["port"]["words"], r"/modem\d+ is in use by \S+ \(pid \d+\)$")
        self.assertIn("139****0001", by["phone off"]["phone"]["words"])
        self.assertNotIn("13900000001", json.dumps(by["phone off"]))
        self.assertIn("+CMS ERROR: 8", by["no credit"]["self"]["words"])
        self.assertIn("3 tries left", by["PIN"]["sim"]["words"])
        self.assertEqual(by["not ready"]["power"]["finding"], "power.idle", "nothing left")
        self.assertRegex(by["nobody rings"]["modem"]["words"], r"Quectel.* EC25.*, firmware \S+, IMEI \d{15}$")


class Certificate(unittest.TestCase):
    def test_kept_and_printed(self):
        with Site(start=False, now="2026-11-18T10:00:00+08:00", gateway={"backup_dir": "/dev/shm", "metrics_file": "/nonexistent/m"}) as site:
            site.registry()
            page, text = site.dir / "c.html", site.dir / "c.txt"
            done = site.run("modem", "test", *PHONE, "--wait", "300ms", "--output", page)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertLessEqual(max(map(len, done.stdout.splitlines())), 80)
            for words in ("Certificate of acceptance no. 1", "2026-11-18 10:00", "IMEI", "89860000000012345000", "139****0001 has it",
                          "back after 0 s, delivery report after 0 s", "nobody has the role installer", "passed with remarks", "0 s from the", "/nonexistent"):
                self.assertIn(words, done.stdout)
            self.assertNotIn("13900000001", done.stdout + page.read_text())
            sent = site.sim.sent()
            self.assertEqual([s["number"] for s in sent], ["+8613800000000", "+8613900000001"])
            self.assertTrue(sent[0]["text"].startswith(OWN))
            self.assertEqual(site.sim.do("state")["modems"][0]["stores"]["ME"]["used"], 0, "its own text and reports are gone")
            tree = ElementTree.fromstring(page.read_text().split("\n", 1)[1])
            self.assertEqual(len(tree.findall(".//tr[@class='pass']")) + len(tree.findall(".//tr[@class='warn']")) +
                             len(tree.findall(".//tr[@class='skip']")), len(LINE) + len(BOX))
            self.assertIn("Installed by:", "".join(tree.itertext()))
            site.ok("modem", "test", "--show", "last", "--output", page, "--language", "zh")
            site.ok("modem", "test", "--show", 1, "--output", text)
            values = json.loads(site.ok("modem", "test", "--show", 1, "--values"))
            self.assertEqual((values["certificate"], len(values["steps"])), (1, len(LINE) + len(BOX)))
            self.assertEqual(text.read_text(), done.stdout)
            chinese = "".join(ElementTree.fromstring(page.read_text().split("\n", 1)[1]).find("body").itertext())
            for words in ("短信线路验收证书", "第 1 号", "自发自收", "合格，有要注意的地方", "没有安装员", "安装人：", "没有这个文件"):
                self.assertIn(words, chinese)
            self.assertFalse(set(re.findall(r"[A-Za-z]{5,}", chinese)) - set(re.findall(r"[A-Za-z]{5,}", " ".join(
                ["Emulated Modems modem ICCID yishi person phone roles installer CHINA MOBILE VoLTE Mbit dialout check yishid gateway metrics nonexistent", str(site.dir)]))))
            self.assertEqual([(c["certificate"], c["verdict"], c["modem"]) for c in site.json("modem", "test", "--list")], [(1, "warn", "m0")])
            self.assertEqual(site.run("modem", "test", "--show", 9).returncode, 1)
            self.assertRegex(site.ok("modem", "show", "m0"), r"last acceptance test +2026-11-18 10:00\nits certificate +1\nits verdict +passed with")
            event = site.json("events")[-1]
            self.assertEqual((event["kind"], event["body"]["certificate"], event["body"]["failed"], event["body"]["warned"]),
                             ("modem.tested", 1, "", "call config duty"))
            self.assertEqual(site.run("modem", "test", "--skip", "nonsense").returncode, 64)
            self.assertEqual(site.run("modem", "test", "other").returncode, 1)
            wrong = site.run("modem", "test", site.dir / "yishi.conf", "--json", *skip(*BOX))
            self.assertIn('"port.error"', wrong.stdout)

    def test_each_finding_has_its_words_and_each_row_is_found(self):
        sources = "".join(p.read_text(encoding="utf-8") for p in sorted((ROOT / "src/cli").glob("modem_test*.c")) if "words" not in p.name)
        rows = re.findall(r'^    \{"([a-z.]+)", (PASS|SKIP|WARN|FAIL),', (ROOT / "src/cli/modem_test_words.c").read_text(encoding="utf-8"), re.M)
        self.assertEqual({key for key, _ in rows}, set(re.findall(r'"((?:[a-z]+\.[a-z]+)|needs|skipped|vanished)"', sources)))
        self.assertEqual(len(rows), len({key for key, _ in rows}))

    def test_words_have_the_same_figures_in_both_languages(self):
        po = (ROOT / "src/po/zh_CN.po").read_text(encoding="utf-8")
        figures = lambda s: sorted(re.findall(r"\{\{[#^/]?(\w+)\}\}", s))  # noqa: E731
        pairs = [(a, b) for a, b in re.findall(r'^msgid "(.*)"\nmsgstr "(.*)"$', po, re.M) if "{{" in a and "{{names}}" not in a]
        self.assertGreater(len(pairs), 50)
        for english, chinese in pairs:
            self.assertEqual(figures(english), figures(chinese), english)


@unittest.skipIf(usb_bed.available(), usb_bed.available())
class Usb(unittest.TestCase):
    def test_socket_hub_and_sleep(self):
        """Found by its VID:PID, and by its SIM when there are two of them; what its socket is like."""
        cases = (({"speed": "12", "power/control": "auto"}, "a0", ["usb.hub", "usb.sleep", "usb.slow"]),
                 ({"speed": "480", "power/control": "on"}, "e0", ["usb.ok"]))
        for more, hub, wanted in cases:
            with UsbBed() as bed, Site(start=False, modems=2, profile="quectel-ec2x") as site:
                bed.plug("1-1.1", "2c7c:0125", {2: ("ttyUSB0", os.path.realpath(site.sim.device(1)))})
                bed.plug("2-1.2", "2c7c:0125", {2: ("ttyUSB2", os.path.realpath(site.sim.device()))}, more=more, hub=hub)
                config = (site.dir / "yishi.conf").read_text().partition("[modem m1]")[0]
                (site.dir / "yishi.conf").write_text(config.replace(site.sim.device(), "usb:2c7c:0125\niccid = 89860000000012345000") +
                                                     "\n[cabinet box]\nconnection = tcp:127.0.0.1:1\nmap = xy-md02\ntimeout = 200ms\n")
                done = site.run("modem", "test", "--json", *skip("self", "phone", "call", "config", "duty", "backup"), env=bed.environment)
                rows = [json.loads(line) for line in done.stdout.splitlines()]
                self.assertEqual([r["finding"] for r in rows if r["step"] == "usb"], wanted, done.stderr + done.stdout)
                self.assertEqual([r["finding"] for r in rows if r["step"] in ("port", "sim")], ["port.ok", "sim.ok"])
                silent = [r for r in rows if r["step"] == "sensors"]
                self.assertEqual([r["finding"] for r in silent], ["sensors.silent"])
                self.assertIn("A and B", silent[0]["remedy"])


class Lent(unittest.TestCase):
    def begin(self, site, name, *options):
        """A test that runs; returns when it waits for somebody to ring."""
        argv = [BIN / "yishi", "-c", site.config, "modem", "test", name, "--json", *skip("phone", *BOX), *options]
        modem = int(name[1:])
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(**site.env))
        wait_for(lambda: process.poll() is not None or OWN in str(site.sim.sent()) and
                 site.sim.do("log", modem=modem)["log"].split("+CMGS=")[-1].count("+CLIP=1"), "the test waits for a call")
        return process

    def test_what_arrives_meanwhile_reaches_the_gateway(self):
        numbers = {"number": None}
        cabinet = "\n[cabinet box]\nconnection = tcp:127.0.0.1:1\nmap = xy-md02\ntimeout = 200ms\npoll = 1s\n"
        with Site(modems=2, profile="generic-gsm,ml307", gateway=numbers, start=False, extra_config=cabinet) as site:
            config = (site.dir / "yishi.conf").read_text()
            for i in range(2):
                config = config.replace(f"[modem m{i}]\n", f"[modem m{i}]\nnumber = +861380000000{i}\n")
            (site.dir / "yishi.conf").write_text(config)
            site.registry()
            site.sim.do("answer", modem=1, command="+CNMI=?", lines=["+CNMI: (0-2),(2),(0,2),(0-1),(0,1)"])
            site.start()
            process = self.begin(site, "m0", "--wait", "60s")
            site.text("+8613800138001", "1 3", modem=0)
            site.sim.do("ring", modem=0, **{"from": "+8613800138002"}, rings=2, ring_ms=50)
            out, err = process.communicate()
            rows = {r["step"]: r for r in map(json.loads, out.decode().splitlines())}
            self.assertEqual((process.returncode, rows["call"]["finding"], rows["port"]["figures"]["borrowed"]), (0, "call.ok", True), err)
            self.assertEqual(rows["call"]["words"], "138****8002 rang and was seen")
            # the other one gives texts at once and stores none: what is not its own is handed on, and acknowledged
            process = subprocess.Popen([BIN / "yishi", "-c", site.config, "modem", "test", "m1", "--json",
                                        *skip("phone", "call", *(s for s in BOX if s != "sensors")),
                                        "--wait", "2s"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(**site.env))
            log = lambda: site.sim.do("log", modem=1)["log"].partition("AT+CMGS=")[2]  # noqa: E731
            wait_for(lambda: "+CNMA" in log(), "its own text is back, a report is waited for")
            site.text("+8613800138003", "1 4", modem=1)
            out, err = process.communicate()
            rows = {r["step"]: r for r in map(json.loads, out.decode().splitlines())}
            self.assertEqual((rows["self"]["finding"], rows["sensors"]["finding"]), ("self.report", "sensors.silent"), rows)
            self.assertIn("cannot be reached in the network", rows["sensors"]["words"], "as the gateway knows it")
            self.assertEqual(log().split("AT+CPMS")[0].count("+CMT: "), 2)
            site.answer("+8613800138001")
            site.answer("+8613800138002")
            site.answer("+8613800138003")
            self.assertEqual(sorted(m["number"][-4:] for m in site.json("message", "list") if m["direction"] == "in"),
                             ["8001", "8002", "8003"])
            wait_for(lambda: site.modems_up() == 2, "both work again")
            self.assertEqual(site.sim.do("state")["modems"][1]["redelivered"], 0, "what was handed on was acknowledged")

    def test_ctrl_c_gives_the_port_back(self):
        with Site(gateway={"number": "+8613800000000"}) as site:
            process = self.begin(site, "m0", "--wait", "60s")
            process.send_signal(signal.SIGINT)
            out, err = process.communicate()
            self.assertEqual((process.returncode, out, b"is given back" in err), (-signal.SIGINT, b"", True), err)
            wait_for(site.modems_up, "the daemon has its port again")
            # … and the installer asks it how it is
            site.registry("phone,name,grid,building,unit,room,roles,language\n13800138004,周工,KS,,,,installer,zh\n"
                          "13800138005,Bob,KS,,,,installer,en\n")
            site.text("+8613800138004", "自检")
            self.assertRegex(site.answer("+8613800138004", contains="自检"), r"^自检：m0正常-\d+dBm。待发0，.*盘余[\d.]+[GM]，时钟正常。$")
            site.text("+8613800138005", "Selftest")
            self.assertRegex(site.answer("+8613800138005", contains="Self"), r"^Self-test: m0 ok -\d+ dBm\. Queue 0, .*clock right\.$")
            site.text("+8613800138004", "SELFTEST")  # in the language of the question, all of it
            self.assertRegex(site.answer("+8613800138004", contains="Self"), r"^Self-test: m0 ok -\d+ dBm\. Queue 0, .*clock right\.$")
            site.text("+8613800138006", "自检")  # nobody's business
            self.assertNotIn("dBm", site.answer("+8613800138006"))


if __name__ == "__main__":
    unittest.main()
