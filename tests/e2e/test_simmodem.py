"""The emulated modem as a terminal sees it: commands, stores, announcements, calls, and everything that can go wrong."""

import errno
import json
import os
import select
import subprocess
import time
import tty
import unittest

from simmodem import BUILD, SimError, SimModem

ALICE = "+8613800138001"
# A SUBMIT to ALICE with report request: "1234", GSM 7 bit.
SUBMIT = "0031000D91683108108300F10000AD0431D98C06"
LENGTH = len(SUBMIT) // 2 - 1


class Terminal:
    """A program that talks to the modem, byte by byte and without any knowledge of ours."""

    def __init__(self, path):
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self.fd)
        self.got = b""
        self.reads = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.fd)

    def write(self, data):
        os.write(self.fd, data.encode() if isinstance(data, str) else data)

    def until(self, *wanted, seconds=30):
        """Everything up to the first of the wanted strings, which must come."""
        end = time.monotonic() + seconds
        while True:
            found = [self.got.find(w.encode()) + len(w.encode()) for w in wanted if w.encode() in self.got]
            if found:
                at = min(found)
                text, self.got = self.got[:at], self.got[at:]
                return text.decode("latin-1")
            if not select.select([self.fd], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError("none of %r came, but %r" % (wanted, self.got))
            piece = os.read(self.fd, 4096)
            self.reads.append(piece)
            self.got += piece

    def at(self, command, *wanted):
        self.write(command + "\r")
        return self.until(*(wanted or ("\r\nOK\r\n", "ERROR")))

    def silent(self, seconds=0.3):
        """Nothing comes (the only place where time passes on purpose)."""
        return not self.got and not select.select([self.fd], [], [], seconds)[0]

    def submit(self, *wanted, pdu=SUBMIT):
        self.at("AT+CMGS=%d" % (len(pdu) // 2 - 1 - int(pdu[:2], 16)), "> ")
        self.write(pdu + "\x1a")
        return self.until(*(wanted or ("\r\nOK\r\n", "ERROR")))


class Case(unittest.TestCase):
    options = {}

    def setUp(self):
        self.sim = SimModem(**{"store": "SM:3", **self.options})
        self.addCleanup(self.stop)
        self.sim.start()
        self.terminal = Terminal(self.sim.device())
        self.addCleanup(self.terminal.__exit__)
        self.terminal.at("ATE0")
        self.at = self.terminal.at

    def stop(self):
        status = self.sim.stop()
        self.assertEqual(status, 0, "the emulator ends with 0, also under the sanitizers")

    def receive_set(self):
        self.at("AT+CNMI=2,1,0,1,0")


class Commands(Case):
    def test_echo_and_forms(self):
        self.assertEqual(self.at("AT"), "\r\nOK\r\n")
        self.assertEqual(self.at("at+cmgf=0;+cmee=1"), "\r\nOK\r\n")
        self.assertEqual(self.at("AT+CMGF?"), "\r\n+CMGF: 0\r\n\r\nOK\r\n")
        self.assertIn("AT\r\r\nOK\r\n", self.at("ATE1", "OK\r\n") and self.at("AT"))
        self.at("ATE0V0", "0\r")
        self.assertEqual(self.at("AT", "0\r"), "0\r")

    def test_unknown_follows_cmee(self):
        self.at("AT+CMEE=0")
        self.assertEqual(self.at("AT+NONSENSE", "R\r\n"), "\r\nERROR\r\n")
        self.at("AT+CMEE=1")
        self.assertEqual(self.at("AT+NONSENSE", "0\r\n"), "\r\n+CME ERROR: 100\r\n")

    def test_a_line_stops_at_the_first_error(self):
        self.at("AT+CMGF=9;+CMEE=2")
        self.assertEqual(self.sim.state()["settings"]["cmee"], 0)

    def test_imei_has_its_check_digit(self):
        imei = self.sim.state()["imei"]
        doubled = [sum(divmod(int(d) * (1 + i % 2), 10)) for i, d in enumerate(imei)]
        self.assertEqual((len(imei), sum(doubled) % 10), (15, 0))

    def test_no_line_hurts(self):
        for line in ("AT+CMGS=", "AT+CPMS=\"", "AT+CNMI=,,,,,,,,,,,,,,,,,,,,", "AT+CMGL=99", "AT" + "+" * 3000, "AT+CPIN=", "AT;;;",
                     "AT+CMGR=-1", "AT+CMGD=1,9", "AT+CMGS=9999", "ATS3=999", "AT\xff\x00"):
            self.terminal.write(line.encode("latin-1") + b"\r\x1b")
        self.terminal.write("\r")
        self.assertTrue(self.sim.state()["commands"] > 0)
        self.terminal.got = b""
        self.at("AT+CGSN", self.sim.state()["imei"])


class Receiving(Case):
    def test_announced_listed_read_deleted(self):
        self.receive_set()
        self.sim.receive(ALICE, "3 楼道灯坏了")
        self.terminal.until('+CMTI: "SM",1\r\n')
        listed = self.at("AT+CMGL=4")
        self.assertIn("+CMGL: 1,0,,", listed)
        self.assertIn("697C9053706F574F4E86", listed)
        self.assertIn("+CMGL: 1,1,,", self.at("AT+CMGL=4"), "listed once means read")
        self.assertIn("+CMGR: 1,,", self.at("AT+CMGR=1"))
        self.at("AT+CMGD=1")
        self.assertEqual(self.at("AT+CMGR=1"), "\r\nOK\r\n")
        self.assertEqual(self.sim.state()["stores"]["SM"]["used"], 0)

    def test_full_store_and_redelivery(self):
        self.receive_set()
        for i in range(8):
            self.sim.receive(ALICE, "text %d" % i)
        state = self.sim.wait_state(delivered=3)
        self.assertEqual((state["stores"]["SM"]["used"], state["queue"]), (3, 5))
        seen = set()
        while len(seen) < 8:
            for row in self.at("AT+CMGL=4").split("\r\n"):
                if row.startswith("00") or row.startswith("08"):
                    seen.add(row)
            for slot in (1, 2, 3):
                self.at("AT+CMGD=%d" % slot)
        state = self.sim.wait_state(queue=0, used=0)
        self.assertEqual((state["delivered"], state["redelivered"], state["deleted"]), (8, 5, 8))

    def test_parts_order_drop_duplicate(self):
        self.at("AT+CPMS=\"ME\",\"ME\",\"ME\"")
        answer = self.sim.receive(ALICE, "很长" * 80, ref=513, ref16=True, order=[3, 1, 2], drop=2, duplicate=[3])
        self.assertEqual(answer["parts"], 3)
        self.sim.wait_state(delivered=3)
        rows = [r for r in self.at("AT+CMGL=4").split("\r\n") if r.startswith("08")]


        self.assertEqual([r[r.index("060804") + 12:][:2] for r in rows], ["03", "03", "01"])

    def test_direct_and_acknowledged(self):
        self.at("AT+CSMS=1;+CNMI=2,2,0,0,0")
        self.sim.receive(ALICE, "one")
        self.sim.receive(ALICE, "two")
        self.terminal.until("+CMT: ,", "\n")
        self.terminal.until("\r\n")
        self.assertEqual(self.sim.state()["queue"], 1, "the second waits for +CNMA")
        self.at("AT+CNMA=0")
        self.terminal.until("+CMT: ,")
        self.terminal.until("\r\n")
        self.terminal.until("\r\n")
        self.at("AT+CNMA")
        self.assertIn("340", self.at("AT+CNMA", "340\r\n"))
        self.assertEqual(self.sim.state()["acknowledged"], 2)

    def test_class_2_is_stored_even_when_direct(self):
        self.at("AT+CNMI=2,2,0,0,0")
        self.sim.receive(ALICE, "to the SIM", **{"class": 2})
        self.terminal.until('+CMTI: "SM",1')

    def test_lost_announcement_and_wrong_memory(self):
        self.receive_set()
        self.sim.fault("lose_cmti", 1)
        self.sim.receive(ALICE, "silent")
        self.sim.wait_state(delivered=1)
        self.assertTrue(self.terminal.silent())
        self.sim.fault("wrong_memory", True)
        self.sim.receive(ALICE, "elsewhere")
        self.terminal.until('+CMTI: "ME",1')

    def test_raw_pdu_and_bad_requests(self):
        self.receive_set()
        self.sim.receive_pdu("0891683108000005F0040D91683108108300F10008621122214584230E00330020697C9053706F574F4E86")
        self.terminal.until("+CMTI")
        for bad in ({"pdu": "zz"}, {"text": "x"}, {"from": ALICE, "text": "x", "modem": 7}, {"from": ALICE, "text": "x", "scts": "soon"}):
            with self.assertRaises(SimError):
                self.sim.do("receive", **bad)
        with self.assertRaises(SimError):
            self.sim.do("nonsense")


class Sending(Case):
    def test_submit_is_counted_and_reported(self):
        self.receive_set()
        self.assertEqual(self.terminal.submit(), "\r\n+CMGS: 0\r\n\r\nOK\r\n")
        self.terminal.until("+CDS: ")
        sent = self.sim.wait_sent(1)[0]
        self.assertEqual((sent["number"], sent["text"], sent["segments"], sent["validity_minutes"], sent["report"], sent["mr"]),
                         (ALICE, "1234", 1, 7 * 24 * 60, True, [0]))
        self.terminal.until("\r\n")
        self.terminal.submit()
        self.assertEqual([s["copies"] for s in self.sim.sent()], [1, 2])

    def test_wrong_length_is_refused(self):
        self.at("AT+CMGS=%d" % (LENGTH - 1), "> ")
        self.terminal.write(SUBMIT + "\x1a")
        self.assertIn("+CMS ERROR: 304", self.terminal.until("304\r\n"))
        self.assertEqual(self.sim.sent(), [])

    def test_escape_gives_up(self):
        self.at("AT+CMGS=23", "> ")
        self.terminal.write("00\x1b")
        self.terminal.until("OK\r\n")
        self.assertEqual(self.sim.sent(), [])

    def test_text_mode_swallows_a_pdu(self):
        self.sim.fault("text_mode")
        self.at("AT+CMGS=%d" % LENGTH, "> ")
        self.terminal.write(SUBMIT + "\x1a")
        self.assertTrue(self.terminal.silent())
        self.assertEqual(self.at("AT"), "\r\nOK\r\n")
        self.assertEqual(self.sim.sent(), [])

    def test_text_mode_sends_text(self):
        self.at("AT+CMGF=1")
        self.at('AT+CMGS="%s"' % ALICE, "> ")
        self.terminal.write("hello\x1a")
        self.terminal.until("+CMGS: 0")
        self.assertEqual(self.sim.wait_sent(1)[0]["text"], "hello")

    def test_outcomes(self):
        for fault, value, wanted, count in (("cms", 38, "+CMS ERROR: 38", 0), ("error_sent", 1, "\r\nERROR\r\n", 1),
                                            ("no_ok", 1, "+CMGS: ", 1), ("silent_sent", 1, None, 1),
                                            ("silent_unsent", 1, None, 0), ("prompt_error", 1, None, 0)):
            with self.subTest(fault):
                self.sim.reset()
                self.sim.fault(fault, value)
                if fault == "prompt_error":
                    self.assertEqual(self.at("AT+CMGS=23"), "\r\nERROR")
                    self.terminal.until("\r\n")
                elif wanted:
                    self.terminal.submit(wanted)
                    self.terminal.until("\n") if wanted[-1] != "\n" else None
                else:
                    self.terminal.at("AT+CMGS=%d" % LENGTH, "> ")
                    self.terminal.write(SUBMIT + "\x1a")
                    self.assertTrue(self.terminal.silent())
                if count:
                    self.sim.wait_sent(1)
                self.assertEqual(len(self.sim.sent()), count)
                self.terminal.submit("+CMGS: ")
                self.terminal.until("OK\r\n")

    def test_report_before_the_answer(self):
        self.receive_set()
        self.sim.fault("report_first", 1)
        text = self.terminal.submit("OK\r\n")
        self.assertLess(text.index("+CDS: "), text.index("+CMGS: "))

    def test_written_then_sent_from_the_store(self):
        self.at("AT+CMGW=%d" % LENGTH, "> ")
        self.terminal.write(SUBMIT + "\x1a")
        self.terminal.until("+CMGW: 1")
        self.terminal.until("OK\r\n")
        self.assertIn("+CMSS: 0", self.at("AT+CMSS=1"))
        self.assertEqual(self.sim.wait_sent(1)[0]["text"], "1234")

    def test_time_on_the_air_and_cmms(self):
        self.sim.stop()
        self.sim = SimModem(air_ms=400)
        self.sim.start()
        with Terminal(self.sim.device()) as t:
            t.at("ATE0;+CMMS=2")
            begun = time.monotonic()
            t.submit()
            self.assertGreater(time.monotonic() - begun, 0.39)
            t.submit()
        self.assertEqual(len(self.sim.wait_sent(2)), 2)


class TwoModems(Case):
    options = {"modems": 2, "number": "+8613800000000," + ALICE}

    def test_sim_to_sim(self):
        with Terminal(self.sim.device(1)) as other:
            other.at("ATE0;+CNMI=2,1,0,0,0")
            self.terminal.submit()
            other.until('+CMTI: "SM",1')
            self.assertIn("0D91683108000000F0", other.at("AT+CMGR=1"), "from the first SIM's number")

    def test_faults_of_one(self):
        self.sim.fault("registration", 2, modem=1)
        self.assertEqual(self.at("AT+CREG?"), "\r\n+CREG: 0,1\r\n\r\nOK\r\n")
        with Terminal(self.sim.device(1)) as other:
            self.assertIn("+CREG: 0,2", other.at("AT+CREG?"))


class Calls(Case):
    def test_ring_with_number(self):
        self.at("AT+CLIP=1;+CRC=1")
        self.sim.ring(ALICE, rings=2, ring_ms=20)
        text = self.terminal.until("NO CARRIER\r\n")
        self.assertEqual(text.count("+CRING: VOICE"), 2)
        self.assertEqual(text.count('+CLIP: "%s",145' % ALICE), 2)

    def test_withheld(self):
        self.at("AT+CLIP=1")
        self.sim.ring("", rings=1, ring_ms=20)
        self.assertIn('+CLIP: "",128,,,,1', self.terminal.until("NO CARRIER"))

    def test_reject(self):
        events = self.sim.connect()
        self.addCleanup(events.close)
        events.write('{"do":"subscribe"}\n')
        events.flush()
        events.readline()
        self.sim.ring(ALICE, rings=100, ring_ms=50)
        self.terminal.until("RING")
        self.assertIn('+CLCC: 1,1,4,0,0,"%s",145' % ALICE, self.at("AT+CLCC"))
        self.at("AT+CHUP")
        event = json.loads(events.readline())
        self.assertEqual((event["event"], event["rejected"], event["from"]), ("call_end", True, ALICE))


class Line(Case):
    def test_line_ends_and_noise(self):
        self.sim.fault("crcrlf", True)
        self.assertEqual(self.at("AT", "K\r\r\n"), "\r\r\nOK\r\r\n")
        self.sim.fault("crcrlf", False)
        self.sim.fault("urc_inside", text="^RSSI:20", count=1)
        self.assertEqual(self.at("AT+CMGF?"), "\r\n+CMGF: 0\r\n\r\n^RSSI:20\r\n\r\nOK\r\n")
        self.sim.fault("duplicate_line", 1)
        self.assertEqual(self.at("AT+CMGF?"), "\r\n+CMGF: 0\r\n+CMGF: 0\r\n\r\nOK\r\n")
        self.sim.fault("lose_byte", 1)
        self.assertEqual(len(self.at("AT+CMGF?", "K\r\n", "O\r\n", "OK\n")), 17)
        self.sim.fault("prompt_bare", True)
        self.assertEqual(self.at("AT+CMGS=23", ">"), "\r\n>")
        self.terminal.write("\x1b")
        self.terminal.until("OK\r\n")

    def test_bytewise(self):
        self.sim.fault("bytewise", 1)
        self.sim.fault("char_ms", 1)
        self.terminal.reads.clear()
        self.at("AT+CGSN")
        self.assertGreater(len(self.terminal.reads), 5)

    def test_announcements_come_inside_an_answer(self):
        self.receive_set()
        self.sim.fault("urc_hold", True)
        self.sim.receive(ALICE, "x")
        self.sim.wait_state(delivered=1)
        text = self.at("AT+CMGL=4")
        self.assertLess(text.index("+CMGL: 1"), text.index("+CMTI"))
        self.assertLess(text.index("+CMTI"), text.index("\r\n0891"))

    def test_hang_swallows(self):
        self.sim.fault("hang", 400)
        self.terminal.write("AT\r")
        self.assertTrue(self.terminal.silent(0.1))
        deadline = time.monotonic() + 30
        while True:
            self.terminal.write("AT\r")
            if select.select([self.terminal.fd], [], [], 0.2)[0]:
                break
            self.assertLess(time.monotonic(), deadline)
        self.terminal.until("OK")

    def test_a_text_that_came_during_a_hang(self):
        self.receive_set()
        self.sim.fault("hang", 200)
        self.sim.receive(ALICE, "x")
        self.assertEqual(self.sim.state()["queue"], 1)
        self.terminal.until('+CMTI: "SM",1')

    def test_self_reset_falls_back(self):
        self.receive_set()
        self.at('AT+CPMS="ME","ME","ME"')
        self.sim.fault("self_reset")
        settings = self.sim.state()["settings"]
        self.assertEqual((settings["echo"], settings["cmgf"], settings["cnmi"], settings["cpms"]),
                         (True, 1, [0, 0, 0, 0, 0], ["SM", "SM", "SM"]))

    def test_port_vanishes_and_comes_back_under_another_name(self):
        before = os.readlink(self.sim.device())
        self.sim.replug(ms=100, name="modem7")
        with self.assertRaises((OSError, AssertionError)):
            while True:
                data = os.read(self.terminal.fd, 100) if select.select([self.terminal.fd], [], [], 30)[0] else self.fail("no hang-up")
                if not data:
                    raise OSError(errno.EIO, "end of file")
        path = os.path.join(self.sim.directory, "modem7")
        deadline = time.monotonic() + 30
        while not os.path.exists(path):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        self.assertFalse(os.path.lexists(self.sim.device()))
        self.assertTrue(before)
        with Terminal(path) as again:
            again.at("AT", "AT\r\r\nOK\r\n")

    def test_restart_by_command(self):
        self.terminal.write("AT+CFUN=1,1\r")
        self.terminal.until("OK\r\n")
        deadline = time.monotonic() + 30
        while self.sim.state()["resets"] < 2:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        with Terminal(self.sim.device()) as again:
            again.at("AT", "OK\r\n")


class Pin(Case):
    options = {"pin": "1234"}

    def test_pin_then_puk(self):
        self.at("AT+CMEE=1")
        self.assertIn("+CPIN: SIM PIN", self.at("AT+CPIN?"))
        self.assertIn("311", self.at("AT+CMGF=0", "311\r\n"))
        self.assertIn("16", self.at("AT+CPIN=0000", "16\r\n"))
        self.assertIn("SIM PIN,2,3", self.at("AT+CPINR"))
        self.at("AT+CPIN=0000", "16\r\n")
        self.at("AT+CPIN=0000", "12\r\n")
        self.assertIn("SIM PUK", self.at("AT+CPIN?"))
        self.at('AT+CPIN="12345678","4321"')
        self.assertIn("READY", self.at("AT+CPIN?"))
        self.assertEqual(self.sim.state()["registration"], 1)


class Profiles(unittest.TestCase):
    def test_all_start_and_answer(self):
        """Every profile comes up, receives into its own store, and speaks its dialect."""
        with open(os.devnull) as null:
            text = subprocess.run([os.path.join(BUILD, "bin", "yishi-simmodem"), "--help"], stdin=null, capture_output=True, text=True,
                                  check=True).stdout
        names = [line.split()[0] for line in text.split("\nProfiles\n")[1].split("\n\n")[0].splitlines()]
        self.assertIn("air780epv", names)
        self.assertGreaterEqual(len(names), 9)
        for name in names:
            with self.subTest(name), SimModem(profile=name) as sim, Terminal(sim.device()) as t:
                t.at("ATE0", "OK", "ERROR")
                t.at("AT+CMGF=0", "OK", "ERROR")
                while "OK" not in t.at("AT+CMGF=0", "OK", "ERROR"):
                    time.sleep(0.05)  # SMS Ready is still to come
                t.at("AT+CPMS?", "OK")
                mode = 2 if name not in ("huawei-e1xx", "zte-mf", "novatel-e371") else 1
                t.at("AT+CNMI=%d,1,0,0,%d" % (mode, name == "cinterion-ehs6"), "OK")
                sim.receive(ALICE, "测试")
                t.until("+CMTI: ")
                self.assertEqual(sim.wait_state(delivered=1)["delivered"], 1)

    def dialect(self, profile, command, wanted):
        with SimModem(profile=profile) as sim, Terminal(sim.device()) as t:
            t.at("ATE0;+CMEE=1", "OK", "ERROR")
            self.assertIn(wanted, t.at(command, wanted))

    def test_dialects(self):
        for profile, command, wanted in (("huawei-e1xx", "AT+CNMI=2,1,0,0,0", "303"), ("huawei-e1xx", "AT+FOO", "COMMAND NOT SUPPORT"),
                                         ("air780epv", "AT+CEREG?", "+CGREG: 0,1"), ("air780epv", "AT+CMGR=99", "nvalid memory index"),
                                         ("ml307", "AT+CREG?", "ERROR"), ("ml307", "AT+CMGF?", "+CMGF: 1"),
                                         ("quectel-ec2x", "AT+CMGR=3", "321"), ("zte-mf", "ATI", "+ZUSIMR:2"),
                                         ("simcom-7600", "AT+CGSN", "+CGSN: "), ("wavecom-q2", "AT+CPMS=?", '(("SM","BM","SR"),("SM"))')):
            with self.subTest(profile=profile, command=command):
                self.dialect(profile, command, wanted)

    def test_missed_acknowledgement_stops_a_quectel(self):
        with SimModem(profile="quectel-ec2x", ack_ms=50) as sim, Terminal(sim.device()) as t:
            t.at("ATE0;+CSMS=1;+CNMI=2,2,0,1,0")
            sim.receive(ALICE, "x")
            t.until("+CMT: ")
            sim.wait_state(delivered=2)
            self.assertEqual(sim.state()["settings"]["cnmi"][1:4], [0, 0, 0])


class Process(unittest.TestCase):
    BINARY = os.path.join(BUILD, "bin", "yishi-simmodem")

    def test_script_and_client(self):
        with SimModem() as sim:
            run = lambda *a: subprocess.run([self.BINARY, "--control", sim.socket_path, *a], capture_output=True, text=True, check=False)
            done = run("--do", '{"do":"receive","from":"+8613800138001","text":"1"}')
            self.assertEqual((done.returncode, json.loads(done.stdout)["ok"]), (0, True))
            self.assertEqual(run("--do", '{"do":"nonsense"}').returncode, 1)
        self.assertEqual(subprocess.run([self.BINARY, "--control", sim.socket_path, "--do", "{}"], capture_output=True, check=False).returncode, 69)

    def test_script(self):
        lines = ['{"do":"receive","from":"10086","text":"hi"}', '{"do":"sleep","ms":20}', '{"do":"state"}', '{"do":"quit"}']
        with SimModem() as sim:
            other = os.path.join(sim.directory, "second")
            done = subprocess.run([self.BINARY, "--dir", other, "--script", "-"], input="\n".join(lines), capture_output=True,
                                  text=True, check=True, timeout=60)
        rows = done.stdout.splitlines()
        self.assertTrue(rows[0].startswith("ready "))
        self.assertEqual([json.loads(r)["ok"] for r in rows[1:]], [True] * 4)

    def test_usage_errors(self):
        for args in (["--modems", "0"], ["--profile", "nokia"], ["--fault", "bogus"], ["--store", "XX"], ["stray"], ["--bogus"], ["--fault", "pin=OPEN"]):
            with self.subTest(args), SimModem() as sim:
                done = subprocess.run([self.BINARY, "--dir", os.path.join(sim.directory, "x"), *args], capture_output=True, text=True,
                                      check=False, timeout=60)
                self.assertEqual((done.returncode, done.stderr.count("\n")), (64, 1))

    def test_idle_costs_nothing(self):
        """Nobody polls: no wake-up while nothing happens."""
        with SimModem(modems=4) as sim:
            def switches():
                with open("/proc/%d/status" % sim.process.pid, encoding="ascii") as f:
                    return sum(int(line.split()[1]) for line in f if "voluntary_ctxt_switches" in line and not line.startswith("non"))
            sim.state()
            time.sleep(0.3)
            before = switches()
            time.sleep(1.5)
            self.assertLessEqual(switches() - before, 1)


if __name__ == "__main__":
    unittest.main()
