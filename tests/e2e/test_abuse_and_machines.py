"""Bad input, machines and people who overdo it: PARTICIPATION sections 3 and 9, from outside."""
import json
import re
import unittest

from harness import wait_for
from town import OFFICER, STRANGER, WORKER, Town, case_number, fits, resident

MACHINES = ("10086", "106575001234", "95533", "12306", "96110", "TAOBAO", "4008123123")
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u202a-\u202e\u2066-\u2069]")


def semi_octets(digits):
    digits += "F" * (len(digits) % 2)
    return "".join(digits[i + 1] + digits[i] for i in range(0, len(digits), 2))


def deliver(number, payload, dcs=0x04, pid=0, udh="", stamp="35018001000023"):
    """A raw SMS-DELIVER of octets (TS 23.040 9.2.2.1)."""
    digits = number.lstrip("+")
    head = bytes.fromhex(udh)
    head = bytes([len(head)]) + head if head else b""
    data = head + payload
    return (f"00{0x44 if head else 0x04:02X}{len(digits):02X}{0x91 if number.startswith('+') else 0x81:02X}"
            f"{semi_octets(digits)}{pid:02X}{dcs:02X}{stamp}{len(data):02X}{data.hex().upper()}")


class Case(unittest.TestCase):
    config = {}

    @classmethod
    def setUpClass(cls):
        cls.town = Town(gateway=cls.config).__enter__()
        cls.addClassCleanup(cls.town.__exit__, None, None, None)
        cls.town.series()

    def alive(self):
        self.assertTrue(self.town.say(WORKER, "7"))


class Machines(Case):
    def test_machines_are_kept_and_never_answered(self):
        def sent():  # staff hear that the operator warns; that is no answer
            return len([s for s in self.town.sim.sent() if "话费快用完" not in s["text"]])
        yes = self.town.meeting()["yes"]
        for i, number in enumerate(MACHINES):
            for text in ("1", "3 楼道灯坏了", "您的话费余额不足10元", "退订回T", "救命"):
                with self.subTest(number=number, text=text):
                    so_far = sent()
                    before = len([m for m in self.town.rows(None, "--in") if m["text"] == text])
                    self.town.stamp += 1
                    self.town.text(number, text, scts=f"2035-01-08T09:{i:02}:{self.town.stamp % 60:02}+08:00")
                    wait_for(lambda: len([m for m in self.town.rows(None, "--in")
                                          if m["text"] == text and m["state"] == "done"]) > before, "it is kept")
                    self.assertEqual(sent(), so_far)
        self.alive()
        self.assertEqual({s["number"] for s in self.town.sim.sent()} & set(MACHINES), set())
        self.assertEqual(self.town.meeting()["yes"], yes)

    def test_the_box_does_not_talk_to_itself(self):
        self.assertEqual(self.town.say("+8613800000000", "1"), "")
        self.assertEqual(self.town.sent_to("+8613800000000"), [])

    def test_data_is_recorded_and_never_answered(self):
        sent = len(self.town.sim.sent())
        push = bytes.fromhex("0106246170706C69636174696F6E2F766E642E7761702E6D6D732D6D657373616765")
        pdus = [deliver(resident(1), push, udh="05040B8423F0"),                            # WAP push, an MMS notification
                deliver(resident(2), b"BEGIN:VCARD\r\nEND:VCARD", udh="050423F40000"),     # vCard
                deliver(resident(3), b"\x00\xff\xfe\x01\x02"),                              # 8-bit, no port
                deliver(resident(4), "1".encode("utf-16-be"), dcs=0x08, pid=0x40),         # silent
                deliver(resident(5), bytes(range(60)), dcs=0xF6, pid=0x7F),                # SIM data download
                deliver(resident(6), "1".encode("utf-16-be"), dcs=0x08, udh="050401230000")]  # a text for a port
        for pdu in pdus:
            self.town.sim.receive_pdu(pdu)
        wait_for(lambda: len([m for m in self.town.rows(None, "--in") if m["kind"] == "data"]) >= len(pdus), "all are recorded")
        self.town.quiet()
        self.assertEqual(len(self.town.sim.sent()), sent)
        self.alive()

    def test_lying_octets_are_quarantined_and_become_a_case(self):
        self.town.sim.receive_pdu("00040D91683108108300F70008530180010000" + "23FF4E00")
        wait_for(lambda: json.loads(self.town.run("status", "--json").stdout)["quarantine"], "it is in quarantine")
        self.assertTrue([c for c in self.town.cases() if "+8613800138007" in c["text"] or "无法读取" in c["text"]])
        self.assertTrue(self.town.say(resident(7), "1"), "and the phone is heard again")

    def test_a_flash_text(self):
        for i, number in enumerate((resident(8), "10010")):
            sent = len(self.town.sent_to(number))
            self.town.text(number, "今晚停水吗", **{"class": 0}, scts=f"2035-01-08T09:50:{i:02}+08:00")
            wait_for(lambda: [m for m in self.town.rows(None, "--in") if m["text"] == "今晚停水吗" and m["state"] == "done"],
                     "it is kept")
        self.town.quiet()
        self.assertEqual(self.town.sent_to("10010"), [])
        self.assertLessEqual(len(self.town.sent_to(resident(8))) - sent, 1)


class Ugly(Case):
    def test_empty_and_blank_texts(self):
        for i, text in enumerate(("", " ", "　　", "\n", "\u200b")):
            with self.subTest(repr(text)):
                cases = len(self.town.cases())
                reply = self.town.say(resident(1 + i), text)
                self.assertTrue(fits(reply))
                self.assertLessEqual(len(self.town.cases()), cases + (text == "\u200b"))
        self.alive()

    def test_control_characters_reach_nobody_raw(self):
        words = "\x1b[2J\x1b]0;pwned\x07灯坏了\x08\x9b31m\u202egnp.exe\r\n`reboot` $(reboot) <b>&\"'"
        replies = [self.town.say(resident(10), f"3 {words}"), self.town.say(resident(11), f"4 {words}")]
        n = case_number(replies[0])
        replies += [self.town.say(resident(10), f"6 {n}"), self.town.say(resident(10), f"登记 \x1b[31m王\x07五 3栋1单元101")]
        for reply in replies:
            self.assertTrue(reply)
            self.assertNotRegex(reply, RAW)
        self.town.set_clock("2035-01-09T15:00:00+08:00")
        self.assertNotRegex(self.town.told(resident(12), "1月12日"), RAW)
        self.town.quiet()
        self.town.set_clock("2035-01-09T16:00:00+08:00")
        meeting = self.town.meeting()["id"]
        for args in (["message", "list"], ["message", "list", "--json"], ["message", "list", "--csv"], ["case", "list"],
                     ["case", "show", n], ["case", "list", "--json"], ["meeting", "agenda", meeting], ["events"], ["status"],
                     ["person", "list"], ["meeting", "show", meeting, "--answers"], ["meeting", "export"]):
            shown = self.town.run(*args).stdout.replace("\r\n", "\n")
            self.assertNotRegex(shown, RAW, args)
        for value in (v for m in self.town.rows() for v in m.values() if isinstance(v, str)):
            self.assertNotRegex(value, RAW)
        self.assertNotRegex(self.town.log(), RAW)

    def test_hostile_shapes_are_answered_in_time(self):
        shapes = ["(" * 900, "3" * 900, "3 " * 400, "栋" * 900, "1栋" * 300, "不" * 900 + "来", "灯" + "坏" * 800, "a" * 3000,
                  "楼道灯坏了，" * 100, "9 " + "9" * 500, "\ud7a3" * 300, "é̂̂̂" * 200, "5 99999999999999999999", "1 99999999999",
                  "6 -1", "8 0", "5 0", "1 0", "登记" + "王" * 500, "13912345678" * 40]
        for i, text in enumerate(shapes):
            with self.subTest(text[:20]):
                reply = self.town.say(resident(13 + i), text)
                self.assertTrue(reply)
                self.assertTrue(fits(reply) or reply.isascii() and len(reply) <= 160, reply)
        self.assertLess(max((m["people"] for m in self.town.json("meeting", "list", "--limit", "0")), default=0), 1000)

    def test_parts_in_any_order_are_one_text(self):
        text = "3 " + "二号楼东边的围墙裂了一条很长的缝，" * 12
        self.assertGreater(len(text), 134)
        reply = self.town.say(resident(33), text, order=[4, 1, 3, 2], duplicate=[1], ref=77)
        case = self.town.case(case_number(reply))
        self.assertIn("围墙裂了", case["text"])
        rows = self.town.rows(resident(33), "--in")
        self.assertEqual([(m["segments"], m["missing"], m["text"]) for m in rows], [(4, 0, text)])

    def test_interleaved_senders_with_one_reference(self):
        a, b = "甲" * 100 + "路灯", "乙" * 100 + "电梯"
        for number, text, part in ((resident(34), a, 2), (resident(35), b, 2), (resident(34), a, 1), (resident(35), b, 1)):
            self.town.text(number, text, ref=5, drop=[3 - part], scts="2035-01-08T10:20:00+08:00")
        for number, text in ((resident(34), a), (resident(35), b)):
            rows = wait_for(lambda: self.town.rows(number, "--in"), "both parts are one text")
            self.assertEqual([m["text"] for m in rows], [text])


class Long(Case):
    def test_the_longest_text_there_is(self):
        text = "3 路灯坏了。" + "长" * (255 * 67 - 8)
        reply = self.town.say(resident(1), text)
        self.assertTrue(fits(reply), reply)
        row = self.town.rows(resident(1), "--in")[0]
        self.assertEqual((row["segments"], row["text"]), (255, text))
        self.assertEqual(len(self.town.sent_to(resident(1))), 1)

    def test_a_missing_part_is_waited_for_a_day(self):
        text = "3 井盖破了，" + "快来" * 70
        self.town.text(resident(2), text, drop=[2], ref=9, scts="2035-01-08T10:00:00+08:00")
        self.alive()
        self.town.set_clock("2035-01-09T09:55:00+08:00")
        self.alive()
        self.assertEqual(self.town.rows(resident(2), "--in"), [])
        self.town.set_clock("2035-01-09T10:05:00+08:00")
        self.town.answer(resident(2))
        row = self.town.rows(resident(2), "--in")[0]
        self.assertEqual((row["missing"], row["state"]), (1, "done"))
        self.assertIn("井盖破了", row["text"])


class Budget(Case):
    config = {"answer_budget": "5", "merge_window": "0"}
    TROUBLES = ("电梯停了", "垃圾没人收", "树倒了", "停车位被占", "狗叫了一夜", "下水道堵了", "路上有坑", "门禁坏了")

    def test_all_are_kept_and_answers_stop_after_one_notice(self):
        who = resident(1)
        answers = [self.town.say(who, f"3 {t}") for t in self.TROUBLES]
        self.assertEqual([bool(a) for a in answers], [True] * 6 + [False] * 2)
        for a in answers[:5]:
            case_number(a)
        self.assertIn("120", answers[5])
        self.assertEqual(len([c for c in self.town.cases() if c["reporter"] == "居民1"]), len(self.TROUBLES))
        self.assertTrue(self.town.say(resident(2), "7"), "others are answered")
        self.assertIn("120", self.town.say(who, "9"))
        self.town.later(minutes=61)
        self.assertTrue(self.town.say(who, "6"), "an hour later")

    def test_staff_are_exempt(self):
        self.assertTrue(all(self.town.say(WORKER, text) for text in ("7", "0", "6 1", "7", "0", "6 1", "7", "0")))

    def test_a_loop_with_an_answering_machine_is_cut(self):
        who, words = resident(3), "您好，我正在开车，稍后给您回复"
        answers = [bool(self.town.say(who, words)) for _ in range(4)]
        self.assertEqual(answers, [True, True, False, False])
        self.assertTrue(self.town.say(who, "1"), "a command is answered")
        self.assertIn("120", self.town.say(who, "救命"))

    def test_commands_are_no_loop(self):
        self.assertTrue(all(self.town.say(resident(4), "1") for _ in range(4)))

    def test_muted_by_the_secretary(self):
        who = resident(5)
        self.town.say(who, "3 你们这群骗子")
        self.town.ok("person", "mute", who)
        cases = len(self.town.cases())
        self.assertEqual(self.town.say(who, "3 骂人的话"), "")
        self.assertEqual(self.town.say(who, "1"), "")
        self.assertEqual(len(self.town.cases()), cases)
        self.assertNotIn("骂人的话", self.town.ok("message", "list", "--limit", "0"))
        self.assertIn("骂人的话", self.town.ok("message", "list", "--limit", "0", "--muted"))
        self.assertIn("120", self.town.say(who, "9"))
        self.town.told(OFFICER, who)

    def test_a_stranger_cannot_fill_the_list(self):
        for i in range(25):
            self.town.say(STRANGER, f"随便说点什么{chr(0x4e00 + 37 * i)}{chr(0x5e00 + 91 * i)}")
        self.assertLessEqual(len([c for c in self.town.cases("随便说点什么")]), 20)
        self.assertEqual(len(self.town.rows(STRANGER, "--in")), 25, "all is kept")


del Case

if __name__ == "__main__":
    unittest.main()
