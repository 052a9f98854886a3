"""The operator's side of a line: roaming, service centre, network time, why it is refused, and what a SIM's credit is.
The first look into an idle modem comes some seconds after it is ready; tests that need one share a site where they can."""
import json
import unittest

from harness import Site, wait_for

PEOPLE = ("phone,name,grid,building,unit,room,roles,language\n"
          "13800138001,王秀英,KS-03,3,2,501,resident,zh\n"
          "13800138007,钱师傅,KS,,,,installer,zh\n")
INSTALLER, RESIDENT = "+8613800138007", "+8613800138001"


class OperatorSite(Site):
    def __init__(self, **kw):
        kw.setdefault("now", "2026-11-20T10:00:00+08:00")
        super().__init__(**kw)

    def start(self, ready=True):
        if not (self.dir / "people.csv").exists():
            self.registry(people=PEOPLE)
        super().start(ready)

    def show(self, name="m0"):
        return self.json("modem", "show", name)[0]

    def wait_show(self, key, want, seconds=90):
        return wait_for(lambda: self.show()[key] == want, f"{key} = {want}: {self.show()}", seconds, 0.2)

    def alarms(self):
        return {a["alarm"]: a for a in json.loads(self.run("status", "--json").stdout)["line_alarms"]}

    def at(self, clock):
        self.set_clock(f"2026-11-20T{clock}:00+08:00")

    def peek(self):
        """A look into the modem now, not some seconds after it is ready: a domain that is lost makes it look."""
        self.sim.do("urc", text="+CREG: 2")

    def send(self, text, number=RESIDENT):
        return self.json("message", "send", "--to", number, "--text", text)

    def asked(self, command, modem=0):
        return self.sim.log(modem).count("> " + command)


class Network(unittest.TestCase):
    def test_roaming(self):
        """Abroad nothing but alarms leaves where `roaming = no`; at home all that waited does."""
        with OperatorSite(modem={"roaming": "no"}) as site:
            self.assertEqual(site.show()["registration"], "home")
            site.sim.fault("registration", 5)
            site.wait_show("registration", "roaming")
            site.send("可以等")
            site.at("10:03")
            text = site.answer(INSTALLER, contains="漫游")
            self.assertIn("m0", text)
            self.assertIn("roaming", site.alarms())
            self.assertEqual(site.sent_to(RESIDENT), [])
            site.sim.fault("registration", 1)
            self.assertEqual(site.answer(RESIDENT), "可以等")
            site.at("10:14")
            site.answer(INSTALLER, contains="恢复")
            self.assertEqual([h["value"] for h in site.show()["history"] if h["what"] == "registration"], ["home", "roaming", "home"])

    def test_refused_by_the_network_and_why(self):
        """+CREG 3 is told with the words of its cause, once, by the other line."""
        with OperatorSite(modems=2) as site:
            site.sim.do("answer", command="+CEER", lines=["+CEER: 5,3"], final="OK", modem=0)
            site.sim.fault("registration", 3, modem=0)
            site.wait_show("registration", "denied")
            wait_for(lambda: site.show()["cause"] == "5,3", "the cause")
            site.at("10:02")
            text = site.answer(INSTALLER)
            self.assertIn("拒绝", text)
            self.assertIn("非法用户", text)
            site.sim.fault("registration", 1, modem=0)
            site.wait_show("state", "ready")
            site.at("10:05")
            site.answer(INSTALLER, contains="恢复")
            self.assertEqual(site.alarms(), {})
            self.assertEqual(site.show()["cause"], "")

    def test_the_service_centre(self):
        """One that is missing is told; one that is configured is written when it is another, and not again."""
        with OperatorSite(faults=["smsc_empty"], modem={"smsc": "+8613800100500"}) as site:
            self.assertEqual(site.sim.state()["csca"], "+8613800100500")
            self.assertEqual(site.asked("AT+CSCA="), 1)
            self.assertEqual(site.show()["smsc"], "+8613800100500")
            site.send("好")
            self.assertEqual(site.answer(RESIDENT), "好")
            site.restart()
            self.assertEqual(site.asked("AT+CSCA="), 1)
            self.assertEqual(site.alarms(), {})
            # it gets lost while all is quiet: the modem says 330, and is asked and set again
            site.sim.do("answer", command="+CSCA?", lines=['+CSCA: "",129'], final="OK", count=1)
            site.sim.fault("cms", 330, count=1)
            site.send("又好")
            wait_for(lambda: site.asked("AT+CSCA=") == 2, "it is set again")
            site.at("10:10")
            self.assertEqual(site.answer(RESIDENT, 2), "又好")
        with OperatorSite(faults=["smsc_empty"]) as site:
            site.at("10:01")
            wait_for(lambda: "smsc-missing" in site.alarms(), "the alarm")
            self.assertEqual(site.asked("AT+CSCA="), 0)

    def test_network_time(self):
        """A box that is three hours behind sends nothing unsolicited and says so; when it is set all goes on.
        One that was in 2099 is trusted as soon as the network says that it is right now."""
        with OperatorSite(profile="huawei-e1xx", start=False) as site:
            site.registry(people=PEOPLE)
            site.write("INSERT INTO event (utc, kind, actor, body) VALUES (4070908800, 'case.overdue', 'daemon', '{}')")
            site.start()

            def ok():
                return json.loads(site.run("status", "--json").stdout)["clock_ok"]

            def tell(time, ahead):  # until the news that the clock was set has settled
                wait_for(lambda: site.sim.do("nitz", time=f"2026-11-20T{time}+08:00") and site.show()["network_ahead"] == ahead,
                         f"{ahead} s ahead", every=0.3)
            self.assertEqual([e["kind"] for e in site.json("events") if e["kind"].startswith("clock.")][:1], ["clock.implausible"])
            tell("10:00:20", 20)
            wait_for(ok, "it is trusted")
            tell("13:00:00", 3 * 3600)
            wait_for(lambda: not ok(), "the clock is not trusted")
            self.assertEqual([e["kind"] for e in site.json("events")].count("clock.implausible"), 2)
            site.text(RESIDENT, "7")  # who asks gets an answer all the same
            site.answer(RESIDENT)
            site.at("13:00")
            wait_for(ok, "it is trusted again")
            tell("13:00:01", 1)
            # ten minutes are no reason to stop, and one to tell
            tell("13:10:00", 600)
            self.assertTrue(ok())
            # nonsense is no time
            for line in ("^NWTIME: 80/01/06,00:00:00+32,00", "^NWTIME: 26/13/40,99:99:99+32,00", "^NWTIME:", "+CTZV: +32"):
                site.sim.do("urc", text=line)
            site.send("在")
            site.answer(RESIDENT, 2)
            self.assertEqual(site.show()["network_ahead"], 600)
            site.at("13:02")
            site.answer(INSTALLER, contains="时钟")


class Credit(unittest.TestCase):
    def test_by_text(self):
        """Asked by text on this line, read as data, told when low; used up it stops broadcasts and nothing else."""
        with OperatorSite(modem={"balance": "sms:10086:YE", "balance_low": "20"}) as site:
            site.sim.do("robot", number="10086", match="YE", text="尊敬的客户，您的账户余额为15.60元，号码有效期至2026年11月25日。【中国移动】")
            site.peek()
            site.wait_show("balance", "15.60")
            self.assertEqual([s["text"] for s in site.sim.sent(number="10086")], ["YE"])
            text = site.answer(INSTALLER, contains="话费快用完")
            self.assertIn("15.60", text)
            site.answer(INSTALLER, contains="到期")
            self.assertEqual(set(site.alarms()), {"credit-low", "sim-expires"})
            read = [e["body"] for e in site.json("events") if e["kind"] == "balance.read"]
            self.assertEqual((len(read), read[0]["modem"], read[0]["amount"]), (1, "m0", 15.6))
            self.assertFalse(site.show()["bulk_stopped"])
            # used up: what somebody asks is answered, a broadcast waits
            site.text("10086", "尊敬的客户，您的号码已欠费2.30元，已停机。中国移动")
            self.assertIn("-2.30", site.answer(INSTALLER, contains="用完或"))
            self.assertEqual(site.sent_to(INSTALLER, "恢复"), [])  # used up is no better than low
            self.assertTrue(site.show()["bulk_stopped"])
            (site.dir / "note.txt").write_text("周末停水", encoding="utf-8")
            site.ok("broadcast", "new", "--to", "grid:KS-03", "--text-file", site.dir / "note.txt", "--yes")
            site.text(RESIDENT, "7")
            site.answer(RESIDENT)
            self.assertEqual(site.sent_to(RESIDENT, "停水"), [])
            site.restart()  # the stop is kept
            self.assertTrue(site.show()["bulk_stopped"])
            self.assertEqual(site.sent_to(RESIDENT, "停水"), [])
            # paid: it goes on
            site.text("10086", "尊敬的客户，您已成功充值50.00元，当前余额为47.70元。【中国移动】")
            site.answer(RESIDENT, contains="停水")
            site.at("10:01")
            wait_for(lambda: set(site.alarms()) == {"sim-expires"}, "the credit is well again")
            # who is no operator is not believed
            site.text("+8613800138055", "您的账户余额为0元，已停机")
            site.text("106575550000", "您的账户余额为0元，已停机")
            wait_for(lambda: len([m for m in site.json("message", "list") if "余额为0元" in m["text"] and m["state"] == "done"]) == 2,
                     "both are taken")
            self.assertEqual(site.show()["balance"], "47.70")
            self.assertFalse([s for s in site.sim.sent(number="10086") if s["text"] != "YE"])

    def test_validity_identity_and_proof(self):
        """The end of the SIM is told 30, 7 and 1 days before and when it has come, once each; who it belongs to; a text that arrives disproves a stop."""
        with OperatorSite(modem={"sim_expires": "2026-12-25"}) as site:
            def told(day, count):
                site.set_clock(f"2026-{day}T10:00:00+08:00")
                self.assertIn("2026-12-25", site.answer(INSTALLER, count, "到期"))

            site.aware()
            self.assertEqual(site.alarms(), {})
            told("11-26", 1)
            told("12-19", 2)
            site.restart()
            site.set_clock("2026-12-20T10:00:00+08:00")
            site.text("10086", "【中国移动】尊敬的客户，您的号码尚未完成实名登记，请于12月30日前到营业厅办理，逾期将停机。")
            self.assertIn("实名", site.answer(INSTALLER, contains="核验"))
            told("12-25", 3)
            # stopped, says the operator, and does not say when it is over
            site.text("10086", "尊敬的客户，您的号码因欠费已停机。中国移动")
            site.answer(INSTALLER, contains="用完或")
            site.set_clock("2026-12-25T10:00:30+08:00")
            site.send("到了吗")
            wait_for(lambda: site.look("SELECT 1 FROM message_out WHERE state = 'delivered' AND number = ?", RESIDENT), "it arrives")
            self.assertTrue(site.show()["bulk_stopped"])
            site.set_clock("2026-12-25T10:12:00+08:00")
            wait_for(lambda: "credit-out" not in site.alarms(), "it is not stopped")
            self.assertFalse(site.show()["bulk_stopped"])
            self.assertEqual(len(site.sent_to(INSTALLER, "2026-12-25")), 3)
            site.set_clock("2026-12-26T10:00:00+08:00")
            self.assertIn("2026-12-25", site.answer(INSTALLER, contains="已过期"))
            self.assertEqual(set(site.alarms()), {"sim-expired"})

    def ussd(self, profile, text, want, ucs2=False, **kw):
        with OperatorSite(profile=profile, modem={"balance": "ussd:*100#", **kw}) as site:
            site.sim.do("ussd", code="*100#", text=text, ucs2=ucs2, mode=0, ms=50)
            site.peek()
            site.wait_show("balance", want)
            self.assertEqual(site.show()["balances"][0]["source"], "ussd")
            self.assertEqual(site.asked('AT+CUSD=1'), 1)

    def test_by_ussd_in_words(self):
        self.ussd("generic-gsm", "Balance: 48.60 CNY", "48.60")

    def test_by_ussd_in_several_lines(self):
        self.ussd("simcom-7600", "Dear customer\nYour balance is 12.30\n*1# offers", "12.30")

    def test_by_ussd_in_ucs2(self):
        self.ussd("quectel-ec2x", "您的话费余额：12.30元", "12.30", ucs2=True)

    def test_by_ussd_packed(self):
        self.ussd("huawei-e1xx", "Your balance is 7.05", "7.05")

    def test_by_ussd_with_a_pattern_of_ones_own(self):
        self.ussd("generic-gsm", "Rest 3 of 9", "9.00", balance_pattern="of ([0-9]+)")

    def test_ussd_that_asks_back_is_ended(self):
        with OperatorSite(modem={"balance": "ussd:*100#"}) as site:
            site.sim.do("ussd", code="*100#", text="1 Balance 2 Topup", mode=1, ms=0)
            site.peek()
            wait_for(lambda: site.asked("AT+CUSD=2") == 1, "the menu is left", every=0.2)
            self.assertIsNone(site.show()["balance"])
            self.assertIn("told no credit", site.log())

    def test_ussd_that_is_refused(self):
        """Said in the log, tried again a day later, and after three times in `status`."""
        with OperatorSite(modem={"balance": "ussd:*100#"}) as site:
            site.sim.fault("ussd", text="refused")
            for day in range(20, 24):
                site.set_clock(f"2026-11-{day}T{10 + day - 20}:00:00+08:00")
                wait_for(lambda: site.peek() or site.asked("AT+CUSD=1") == day - 19, "it is asked again", every=0.3)
            alarm = wait_for(lambda: site.alarms().get("balance-unread"), "told that it cannot be read")
            self.assertEqual(alarm["severity"], "notice")
            self.assertEqual(site.sent_to(INSTALLER, "balance"), [])  # nobody is texted for that


class Show(unittest.TestCase):
    def test_all_that_is_known(self):
        """While the daemon runs and when it does not, for scripts and in both languages."""
        with OperatorSite() as site:
            site.sim.fault("signal", 5)
            site.peek()
            site.wait_show("signal", "weak")
            site.text(RESIDENT, "7")
            site.answer(RESIDENT)
            wait_for(lambda: any(h["what"] == "signal" and h["value"] == "weak" for h in site.show()["history"]) and
                     site.show()["last_out"], "it is written down")
            live = site.show()
            self.assertEqual((live["registration"], live["cell"], live["smsc"], live["technology"]),
                             ("home", "1816/1A2D2B5", "+8613800000500", "LTE"))
            self.assertEqual(live["registration_since"], "2026-11-20T10:00:00+08:00")
            self.assertEqual((live["network_ahead"], live["resets_today"], live["alarms"], live["balance"]), (0, 0, [], None))
            self.assertEqual((live["last_in"], live["last_out"]), ("2026-11-20T10:00:00+08:00",) * 2)
            self.assertTrue(live["evidence"])
            zh = site.ok("modem", "show", "m0", env={"LC_ALL": "zh_CN.UTF-8"})
            for word in ("本网", "信号", "弱", "短信中心", "1小时已发", "规则依据"):
                self.assertIn(word, zh)
            self.assertIn("in its own network", site.ok("modem", "show", "m0"))
            site.kill(15)  # SIGTERM
            down = site.show()
            self.assertEqual(down["state"], "down")
            for key in ("registration", "smsc", "operator", "technology", "iccid", "network_ahead", "last_out"):
                self.assertEqual(down[key], live[key], key)
            self.assertEqual(site.run("modem", "show", "m9").returncode, 1)

    def test_what_the_configuration_may_say(self):
        import subprocess
        from harness import BIN, environment
        bad = {"smsc = 13800100500": "+8613800100500", "balance = *100#": "ussd:CODE", "balance = sms:10086": "sms:NUMBER",
               "balance = ussd:10086": "", "roaming = perhaps": "yes or no", "balance_low = few": "a number",
               "balance_pattern = 余额[0-9]+元": "group", "balance_pattern = 余额([0-9+元": "pattern"}
        with OperatorSite(start=False) as site:
            for line, word in bad.items():
                site.extra_config = f"[modem x]\ndevice = /dev/null\n{line}\n"
                site.write_config()
                done = subprocess.run([BIN / "yishid", "-c", site.config, "--check"], capture_output=True, text=True, check=False,
                                      env=environment(**site.env), stdin=subprocess.DEVNULL)
                if word:
                    self.assertNotEqual(done.returncode, 0, line)
                    self.assertIn(word, done.stderr, line)
                else:
                    self.assertNotIn("wants", done.stderr, line)


if __name__ == "__main__":
    unittest.main()
