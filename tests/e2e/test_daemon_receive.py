"""Texts in: none lost, none twice, the store drained, whatever the modem and the network do."""
import time
import unittest

from daemon_site import DaemonSite
from harness import wait_for


def resident(i):
    return f"+861380013{8000 + i}"


def answered(site):
    """{number of answers: how many texts} over all texts of people."""
    return dict(site.rows("SELECT n, count(*) FROM (SELECT (SELECT count(*) FROM message_out WHERE answers = i.id) AS n"
                          " FROM message_in i WHERE kind = 'text' AND machine = 0) GROUP BY n"))


class Receive(unittest.TestCase):
    def test_receive_and_reply(self):
        with DaemonSite(store="SM:10") as site:
            site.text(resident(1), "7")
            site.answer(resident(1))
            site.wait_settled()
            self.assertEqual(answered(site), {1: 1})
            site.sim.wait_state(queue=0, used=0)

    def test_two_hundred_through_ten_slots(self):
        with DaemonSite(store="SM:10") as site:
            for i in range(200):
                site.text(resident(i), f"7 第{i}条")
            wait_for(lambda: site.value("SELECT count(*) FROM message_in") == 200, "200 texts are in", 180, 0.2)
            site.wait_settled()
            self.assertEqual(answered(site), {1: 200})
            for i in range(200):
                self.assertEqual(len(site.sent_to(resident(i))), 1, resident(i))
            site.sim.wait_state(queue=0, used=0)

    def test_parts_in_any_order_over_a_restart(self):
        text = "楼道灯坏了，" * 30  # 180 units: 3 parts
        with DaemonSite() as site:
            site.text(resident(1), text, ref=7, order=[3, 1], drop=[2])
            site.wait_value("SELECT count(*) FROM pdu_in WHERE kind = 'deliver'", 2)
            # another sender with the same reference in between
            site.text(resident(2), text + "二", ref=7, order=[2, 3, 1])
            site.wait_value("SELECT count(*) FROM message_in", 1)
            site.restart()
            site.text(resident(1), text, ref=7, order=[2], drop=[1, 3])
            site.wait_value("SELECT count(*) FROM message_in", 2)
            self.assertEqual(site.rows("SELECT text, parts, missing FROM message_in WHERE number = ?", resident(1)),
                             [(text, 3, 0)])
            self.assertEqual(site.rows("SELECT text FROM message_in WHERE number = ?", resident(2)), [(text + "二",)])
            site.sim.wait_state(queue=0, used=0)

    def test_missing_part_is_delivered_after_a_day(self):
        text = "停水" * 60
        now = "2026-11-20T10:00:00+08:00"
        with DaemonSite(now=now, gateway={"test_clock": "yes"}) as site:
            site.text(resident(1), text, ref=9, drop=[1])
            site.wait_value("SELECT count(*) FROM pdu_in", 1)
            site.set_clock("2026-11-21T09:59:00+08:00")
            time.sleep(0.5)
            self.assertEqual(site.value("SELECT count(*) FROM message_in"), 0)
            site.set_clock("2026-11-21T10:00:30+08:00")
            site.wait_value("SELECT count(*) FROM message_in", 1)
            (got, missing), = site.rows("SELECT text, missing FROM message_in")
            self.assertEqual(missing, 1)
            self.assertTrue(got.endswith("停水"), got)

    def test_redelivery_is_no_second_text(self):
        with DaemonSite() as site:
            site.text(resident(1), "7", scts="2026-11-20T10:00:00+08:00")
            site.answer(resident(1))
            site.text(resident(1), "7", scts="2026-11-20T10:00:00+08:00")
            site.text(resident(2), "7")
            site.answer(resident(2))
            site.wait_settled()
            self.assertEqual(site.value("SELECT count(*) FROM message_in WHERE number = ?", resident(1)), 1)
            self.assertEqual(len(site.sent_to(resident(1))), 1)
            site.sim.wait_state(queue=0, used=0)

    def test_unreadable_bytes_go_into_quarantine_and_free_their_slot(self):
        with DaemonSite(store="SM:10") as site:
            for pdu in ["0891683108000005F0040D91683108108300F1000062112221059023FF", "00FF", "07911326040000F0040B91"]:
                site.sim.receive_pdu(pdu)
            site.wait_value("SELECT count(*) FROM pdu_in WHERE kind = 'quarantine'", 3)
            site.text(resident(1), "7")
            site.answer(resident(1))
            site.sim.wait_state(queue=0, used=0)
            wait_for(lambda: site.value("SELECT count(*) FROM matter WHERE origin = 'quarantine'") >= 1, "a case is open")
            wait_for(lambda: site.value("SELECT count(*) FROM event WHERE kind = 'modem.alarm' AND body LIKE '%quarantine%'") == 1,
                     "an alarm says so")

    def test_a_read_that_is_cut_off_now_and_then_loses_no_text(self):
        """Several reads in a row give half of what they announce: the slot is read again in later rounds."""
        with DaemonSite(store="SM:10") as site:
            for i in range(24):
                if i % 4 == 0:
                    site.sim.fault("short_pdu", 1 + i % 3 + i % 2)
                if i % 12 == 0:
                    site.sim.fault("short_pdu", 4)  # two whole rounds
                site.text(resident(i), f"7 第{i}条")
                site.answer(resident(i))
            site.wait_settled()
            self.assertEqual(answered(site), {1: 24})
            self.assertEqual(site.value("SELECT count(*) FROM pdu_in WHERE kind = 'quarantine'"), 0)
            site.sim.wait_state(queue=0, used=0)

    def test_a_slot_that_is_never_read_whole_blocks_nothing_and_is_freed_in_the_end(self):
        with DaemonSite(store="SM:10") as site:
            site.sim.fault("short_pdu", -1)
            site.text(resident(1), "7")
            site.wait_value("SELECT count(*) FROM pdu_in WHERE kind = 'quarantine'", 1)
            self.assertGreaterEqual(str(site.sim.log()).count("AT+CMGR="), 3)  # a round reads it once at least
            site.sim.fault("short_pdu", 0)
            site.text(resident(2), "7")
            site.answer(resident(2))
            site.wait_settled()
            site.sim.wait_state(queue=0, used=0)

    def test_a_delete_that_fails_is_tried_ever_more_rarely(self):
        with DaemonSite(store="SM:10") as site:
            site.sim.fault("delete_fails", -1)
            start = time.monotonic()
            for i in range(4):
                site.text(resident(i), f"7 第{i}条")
                site.answer(resident(i))
            time.sleep(12)
            tries, seconds = str(site.sim.log()).count("AT+CMGD="), time.monotonic() - start
            self.assertGreaterEqual(tries, 4)
            self.assertLessEqual(tries, 4 * (1 + seconds / 2))  # the first pause is two seconds
            self.assertLessEqual(tries, 4 * 6)
            site.sim.fault("delete_fails", 0)
            site.sim.wait_state(queue=0, used=0, timeout=120)
            site.wait_settled()
            self.assertEqual(answered(site), {1: 4})

    def test_data_and_machines_get_no_answer(self):
        with DaemonSite() as site:
            site.sim.receive("10086", "您的余额不足")
            site.sim.receive("106581234567", "验证码 1234")
            site.sim.receive("+8613800000000", "1")  # the box's own number
            site.text(resident(1), "7")
            site.answer(resident(1))
            site.wait_value("SELECT count(*) FROM message_in", 4)
            site.wait_settled()
            self.assertEqual({s["number"] for s in site.sim.sent()}, {resident(1)})
            self.assertEqual(site.value("SELECT count(*) FROM message_in WHERE machine = 1"), 3)

    def test_what_only_the_phone_is_meant_to_see_is_no_text(self):
        """Message waiting (TS 23.038 clause 4) and message type 0 (TS 23.040 9.2.3.9): kept as data, nobody is answered."""
        sender, stamp = "0D9168318310{:02d}00F1", "62112221059023"
        ucs2 = "0037"  # 7
        cases = [  # pid, dcs, length and user data, kind
            ("00", "C8", "0100", "data"),              # discard, and it carries an @
            ("00", "CB", "0137", "data"),              # discard, although there is a 7
            ("40", "00", "0137", "data"),              # type 0
            ("40", "08", "02" + ucs2, "data"),
            ("00", "D8", "00", "data"),                # to be stored, but nothing is there
            ("00", "D9", "0120", "data"),              # a blank
            ("00", "D8", "0137", "text"),              # to be stored, with a text
            ("00", "E8", "02" + ucs2, "text"),
        ]
        with DaemonSite() as site:
            for i, (pid, dcs, user_data, _) in enumerate(cases):
                site.sim.receive_pdu("0004" + sender.format(80 + i) + pid + dcs + stamp + user_data)
            site.sim.receive_pdu("000405810180F600D8" + stamp + "0137")  # 10086, a machine
            site.wait_value("SELECT count(*) FROM message_in", len(cases) + 1)
            site.text(resident(1), "7")
            site.answer(resident(1))
            site.wait_settled()
            kinds = [kind for kind, in site.rows("SELECT kind FROM message_in ORDER BY id LIMIT ?", len(cases) + 1)]
            self.assertEqual(sorted(kinds), sorted([case[3] for case in cases] + ["data"]))
            self.assertEqual(site.value("SELECT count(*) FROM message_out o JOIN message_in i ON i.id = o.answers"
                                        " WHERE i.kind = 'data'"), 0)
            self.assertEqual(site.value("SELECT count(*) FROM matter"), 0)
            self.assertEqual(len(site.sim.sent()), 3)
            site.sim.wait_state(queue=0, used=0)

    def test_a_lost_announcement_is_swept(self):
        with DaemonSite(faults=["lose_cmti"]) as site:
            site.text(resident(1), "7")
            site.answer(resident(1), seconds=120)

    def test_a_call_is_one_call(self):
        with DaemonSite() as site:
            site.sim.ring(resident(5), rings=4, ring_ms=200)
            wait_for(lambda: site.value("SELECT count(*) FROM event WHERE kind = 'call.missed'") == 1, "a missed call")
            site.text(resident(1), "7")
            site.answer(resident(1))
            self.assertEqual(site.value("SELECT count(*) FROM event WHERE kind = 'call.missed'"), 1)

    def test_bytes_cut_anywhere(self):
        with DaemonSite(faults=["bytewise=1"]) as site:
            for i in range(5):
                site.text(resident(i), f"7 第{i}条")
            for i in range(5):
                site.answer(resident(i))
            site.wait_settled()
            self.assertEqual(answered(site), {1: 5})


if __name__ == "__main__":
    unittest.main()
