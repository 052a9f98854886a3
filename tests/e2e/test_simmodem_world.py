"""The emulated modem once more: several ports, the world around it, and the faults that came later."""
import os
import time
import unittest

from simmodem import SimError, SimModem
from test_simmodem import ALICE, LENGTH, SUBMIT, Case, Terminal


def until(condition, what, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.02)


class Ports(unittest.TestCase):
    def test_all_ports_of_a_stick(self):
        with SimModem(profile="quectel-ec2x", ttys=True) as sim:
            paths = {(t["kind"], t["interface"]): t["device"] for t in sim.state()["ttys"]}
            self.assertEqual(set(paths), {("d", 0), ("n", 1), ("a", 2), ("a", 3)})
            self.assertEqual(paths["a", 2], sim.device())
            with Terminal(sim.device()) as at, Terminal(paths["a", 3]) as second, Terminal(paths["d", 0]) as diagnosis:
                diagnosis.write("AT\r")
                self.assertNotIn("OK", diagnosis.until("~", "\n"))
                at.at("ATE0")
                self.assertEqual(second.at("AT+CGSN"), at.at("AT+CGSN"))
                at.at("AT+CNMI=2,1,0,0,0")
                sim.receive(ALICE, "x")
                at.until("+CMTI")
                self.assertTrue(second.silent(0.1))
                at.until("\r\n")
                at.at('AT+QURCCFG="urcport","usbmodem"')
                sim.receive(ALICE, "x")
                second.until("+CMTI")
                self.assertTrue(at.silent(0.1))

    def test_they_vanish_together(self):
        with SimModem(profile="simcom-7600", ttys=True) as sim:
            paths = [t["device"] for t in sim.state()["ttys"]]
            sim.replug(ms=100, name="stick")
            until(lambda: os.path.exists(os.path.join(sim.directory, "stick-if03")), "it comes back")
            self.assertFalse([p for p in paths if os.path.lexists(p)])

    def test_codes_elsewhere(self):
        with SimModem(profile="simcom-7600", faults=["urc_elsewhere"]) as sim, Terminal(sim.device()) as t:
            t.at("ATE0;+CNMI=2,1,0,0,0")
            sim.receive(ALICE, "x")
            self.assertTrue(t.silent())
            t.at("AT+CATR=0")
            sim.receive(ALICE, "x")
            t.until("+CMTI")


class Announcing(Case):
    def test_mode_0_keeps_what_it_would_say(self):
        self.at("AT+CNMI=0,1,0,0,0")
        self.sim.receive(ALICE, "x")
        self.sim.wait_state(delivered=1)
        self.assertTrue(self.terminal.silent())
        self.terminal.write("AT+CNMI=2,1,0,0,0\r")
        self.terminal.until('+CMTI: "SM",1')

    def test_reports_where_they_are_wished(self):
        self.at("AT+CNMI=2,1,0,2,0")
        self.terminal.submit()
        self.terminal.until('+CDSI: "SR",1')
        self.sim.fault("report_store", text="SM")
        self.terminal.submit()
        self.terminal.until('+CDSI: "SM",1')

    def test_reports_that_come_twice_and_still_trying(self):
        self.at("AT+CNMI=2,1,0,1,0")
        self.sim.fault("report_trying", 1)
        self.sim.fault("report_twice", 1)
        self.sim.fault("report_number", True)
        self.terminal.submit()
        statuses = []
        for _ in range(3):
            self.terminal.until("+CDS: ")
            self.terminal.until("\r\n")
            pdu = self.terminal.until("\r\n").strip()
            statuses.append(pdu[-2:])
            self.assertIn("3108108300F1"[:10], pdu)  # 13800138001 without 86
        self.assertEqual(statuses, ["30", "00", "00"])


class World(Case):
    def test_time_of_the_network(self):
        self.at("AT+CTZR=2")
        self.sim.do("nitz", time="2026-11-20T15:00:00+08:00")
        self.terminal.until('+CTZE: "+32",0,"2026/11/20,')
        self.assertIn('+CCLK: "26/11/20,15:00:0', self.at("AT+CCLK?"))
        self.sim.fault("no_time", True)
        self.assertIn('+CCLK: "80/01/06', self.at("AT+CCLK?"))

    def test_codes(self):
        self.sim.do("ussd", code="*100#", text="余额12.30元")
        self.at('AT+CUSD=1,"*100#",15')
        self.terminal.until('+CUSD: 0,"4F59989D00310032002E003300305143",72')
        for how, wanted in (("refused", "+CME ERROR: 3"), ("busy", "+CME ERROR: 14"), ("timeout", "+CUSD: 5")):
            self.sim.fault("ussd", text=how, count=1)
            self.at('AT+CMEE=1;+CUSD=1,"*100#",15', wanted)
            self.terminal.got = b""

    def test_a_robot_answers(self):
        self.receive_set()
        self.sim.do("robot", number=ALICE, match="1234", text="余额12.30元", ms=10)
        self.terminal.submit()
        self.terminal.until('+CMTI: "SM",1')

    def test_another_answer(self):
        self.sim.answer("+CCLK?", '+CCLK: "99"', then=["^RSSI:9"], then_ms=10)
        self.assertIn('+CCLK: "99"', self.at("AT+CCLK?"))
        self.terminal.until("^RSSI:9")
        self.sim.answer("+CCLK?", final="+CME ERROR: 100", count=1)
        self.assertIn("100", self.at("AT+CCLK?", "100\r\n"))
        self.sim.answer_as_before("+CCLK?")
        self.assertIn("+CCLK: \"", self.at("AT+CCLK?"))
        with self.assertRaises(SimError):
            self.sim.do("answer")

    def test_another_sim(self):
        self.sim.do("sim", iccid="89860000000000000777", number="+8613800000077", pin="4321")
        self.assertIn("SIM PIN", self.at("AT+CPIN?"))
        self.at("AT+CPIN=4321")
        self.assertIn("89860000000000000777", self.at("AT+CCID"))

    def test_a_second_caller(self):
        self.at("AT+CLIP=1;+CCWA=1")
        self.sim.ring(ALICE, rings=50, ring_ms=50)
        self.terminal.until("+CLIP")
        self.sim.ring("+8613800138002")
        self.terminal.until('+CCWA: "+8613800138002",145,1')

    def test_centre_that_is_empty_or_wrong(self):
        self.at("AT+CMEE=1")
        for fault, code in (("smsc_empty", "330"), ("smsc_wrong", "38")):
            self.sim.fault(fault, True)
            if code == "330":
                self.assertIn(code, self.at("AT+CMGS=%d" % LENGTH, "ERROR: 330"))
            else:
                self.terminal.submit("ERROR: 38")
            self.terminal.until("\r\n")
            self.at('AT+CSCA="+8613800000500",145')
            self.assertIn("+CMGS: ", self.terminal.submit())

    def test_registration_by_domain_and_form(self):
        self.sim.fault("creg", 0)
        self.assertIn("+CREG: 0,0", self.at("AT+CREG?"))
        self.assertIn("+CEREG: 0,1", self.at("AT+CEREG?"))
        self.sim.fault("creg", -1)
        self.sim.fault("reg_form", 2)
        self.assertIn('+CREG: 0,"1"', self.at("AT+CREG?"))
        self.sim.fault("reg_form", 0)
        self.at("AT+CREG=1")
        self.sim.fault("flaps", 60)
        self.terminal.until("+CREG: 2")
        self.terminal.until("+CREG: 1")
        self.sim.fault("flaps", 0)

    def test_deaf_until_it_registers_anew(self):
        self.receive_set()
        self.sim.fault("deaf", True)
        self.sim.receive(ALICE, "x")
        self.assertEqual((self.sim.state()["queue"], self.sim.state()["registration"]), (1, 1))
        self.at("AT+COPS=0")
        self.terminal.until("+CMTI")


class Power(Case):
    options = {"profile": "quectel-ec2x", "store": "ME:3", "restart_ms": 50}

    def test_crash(self):
        self.receive_set()
        self.sim.fault("crash", 300)
        self.terminal.write("AT\r")
        self.terminal.until("RDY")
        self.terminal.until("+QIND: PB DONE\r\n")
        self.assertEqual(self.terminal.at("AT", "OK\r\n")[:2], "AT", "the echo is back")
        self.sim.fault("crash", 50, text="silent")
        until(lambda: self.sim.state()["resets"] == 3, "it has crashed")
        self.assertTrue(self.terminal.silent())

    def test_in_the_middle_of_a_burst(self):
        self.sim.fault("text_mode", after=2)
        for wanted in (0, 1):
            self.terminal.submit()
            self.assertEqual(self.sim.state()["settings"]["cmgf"], wanted)

    def test_brownouts(self):
        for fault, count in (("brownout", 0), ("brownout_sent", 1)):
            self.sim.fault(fault, 1)
            before = len(self.sim.sent())
            with Terminal(self.sim.device()) as t:
                t.at("AT+CMGS=%d" % LENGTH, "> ")
                t.write(SUBMIT + "\x1a")
                until(lambda t=t: self.sim.state()["port"] and self.sim.state()["faults"][fault]["spoilt"] == 1, "it went away and came back")
            self.assertEqual(len(self.sim.sent()) - before, count)
            until(lambda: os.path.exists(self.sim.device()), "the port is back")

    def test_flash_wears_out(self):
        self.sim.fault("cfun_limit", 2)
        for _ in range(2):
            self.at("AT+CFUN=1")
        self.terminal.write("AT+CFUN=1\r")
        self.assertTrue(self.terminal.silent())
        self.assertEqual(self.sim.state()["power"], 3)

    def test_sim_without_contact(self):
        self.at("AT+CMEE=1")
        self.sim.fault("sim_lost", 200)
        self.terminal.until("+QSIMSTAT: 1,0")
        self.assertIn("10", self.at("AT+CPIN?", "ERROR: 10"))
        self.terminal.until("+QSIMSTAT: 1,1")

    def test_a_prompt_nobody_asked_for(self):
        self.sim.fault("prompt_stuck")
        self.terminal.write("AT\r")
        self.assertTrue(self.terminal.silent())
        self.terminal.write("\x1b")
        self.terminal.until("OK\r\n")
        self.at("AT")


class Families(unittest.TestCase):
    def dialect(self, profile, *steps, **options):
        with SimModem(profile=profile, **options) as sim, Terminal(sim.device()) as t:
            t.at("ATE0;+CMEE=1", "OK", "ERROR")
            for command, wanted in steps:
                self.assertIn(wanted, t.at(command, wanted))
                t.until("\r\n")

    def test_dialects(self):
        self.dialect("quectel-m95", ("AT+CSMS?", "+CSMS: 128"), ("AT+CEREG?", "ERROR"), ("AT+CMGS=20", "+CMS ERROR: 604"))
        self.dialect("telit-le910", ("AT#PCT", "#PCT: 3"))
        self.dialect("cinterion-ehs6", ("AT+CNMI=2,1,0,1,0", "303"), ("AT+CNMI=2,1,0,1,1", "OK"), ("AT^SPIC", "^SPIC: 3"))
        self.dialect("novatel-e371", ("AT+CSMS?", "+CSMS: @"), ("AT+CSMS=0", "ERROR"), ("AT+CNMA", "ERROR"))
        self.dialect("ublox-sara", ("AT+UPINCNT", "+UPINCNT: 3,3,10,10"))
        self.dialect("simcom-a76xx", ("AT+CREG?", "+CREG: 0,6"), ("AT+CEREG?", "+CEREG: 0,1"))
        for profile, command, answer in (("quectel-ec2x", "AT+QPINC?", '"SC",2,10'), ("simcom-7600", "AT+SPIC", "2,10,3,10"),
                                         ("huawei-e1xx", "AT^CPIN?", "SIM PIN,,10,2,10,3"), ("zte-mf", "AT+ZPINPUK=?", "2,10"),
                                         ("mbm-f5521", "AT*EPIN?", "2,10,3,10")):
            self.dialect(profile, ("AT+CPIN=0000", "ERROR"), (command, answer), pin="1234")

    def test_ath_where_it_does_nothing(self):
        with SimModem(profile="simcom-7600") as sim, Terminal(sim.device()) as t:
            t.at("ATE0")
            sim.ring(ALICE, rings=100, ring_ms=50)
            t.at("ATH")
            self.assertTrue(sim.state()["call"])
            t.at("AT+CVHU=0")
            t.at("ATH")
            self.assertFalse(sim.state()["call"])

    def test_lines_about_calls(self):
        for profile, switch, begin, end in (("quectel-ec2x", "AT^DSCI=1", "^DSCI: 1,1,4,0,+86", "^DSCI: 1,1,6,0,"),
                                            ("simcom-a76xx", "AT+CLCC=1", "+CLCC: 1,1,4,0,0,", "+CLCC: 1,1,6,0,0,")):
            with self.subTest(profile), SimModem(profile=profile) as sim, Terminal(sim.device()) as t:
                t.at("ATE0")
                t.at(switch)
                sim.ring(ALICE, rings=1, ring_ms=30)
                t.until(begin)
                t.until(end)

    def test_a_report_locks_a_novatel(self):
        with SimModem(profile="novatel-e371") as sim, Terminal(sim.device()) as t:
            t.at("ATE0;+CNMI=1,1,0,1,0")
            t.submit()
            t.until("+CDS: ")
            t.until("\r\n")
            t.until("\r\n")
            time.sleep(0.1)
            t.write("AT\r")
            self.assertTrue(t.silent())

    def test_not_before_sms_ready(self):
        with SimModem(profile="sim800", boot=True) as sim, Terminal(sim.device()) as t:
            self.assertIn("ERROR", t.at("AT+CMGF=0"))
            t.until("SMS Ready")
            until(lambda: "OK" in t.at("AT+CMGF=0", "OK", "ERROR"), "texts are possible")


if __name__ == "__main__":
    unittest.main()
