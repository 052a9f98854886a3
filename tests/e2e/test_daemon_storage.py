"""Stores: whatever their size, their name and their ways, each text is taken once, and every slot is freed."""
import re
import time
import unittest

from daemon_site import DaemonSite
from harness import wait_for
from test_daemon_calls import typed


def resident(i):
    return f"+861380013{8000 + i}"


class Store(unittest.TestCase):
    def answered(self, site, count):
        """Each of `count` people is answered once, and the stores are empty."""
        wait_for(lambda: site.value("SELECT count(*) FROM message_in WHERE kind = 'text'") >= count, f"{count} texts are in", 120)
        site.wait_settled()
        self.assertEqual(site.value("SELECT count(*) FROM message_in WHERE kind = 'text'"), count)
        for i in range(count):
            self.assertEqual(len(site.sent_to(resident(i))), 1, resident(i))
        site.sim.wait_state(queue=0, used=0)

    def flood(self, count=40, **kw):
        with DaemonSite(**kw) as site:
            for i in range(count):
                site.text(resident(i), "7")
            self.answered(site, count)
            return typed(site)

    def test_many_deletes_in_a_line(self):
        lines = self.flood(store="SM:20")
        self.assertTrue([t for t in lines if re.match(r"AT\+CMGD=\d+;\+CMGD=\d+", t)])
        self.assertLess(len([t for t in lines if "+CMGD" in t]), 20)

    def test_one_by_one_where_a_line_takes_one(self):
        """An error to a line of several, and it is not tried for ever."""
        with DaemonSite(start=False, store="SM:20") as site:
            for n in (5, 10, 15, 18, 19, 20):
                site.sim.do("answer", command=f"+CMGD={n};", final="ERROR")
            site.start()
            for i in range(60):
                site.text(resident(i), "7")
            self.answered(site, 60)

    def test_a_modem_that_hears_only_the_first_of_a_line(self):
        """It says OK and frees one slot: the others are seen again, known, and freed one by one."""
        with DaemonSite(store="SM:20") as site:
            site.sim.fault("delete_lies", 30)
            for i in range(40):
                site.text(resident(i), "7")
            self.answered(site, 40)

    def test_slots_that_move_up(self):
        """Huawei: behind a delete the next message has its number."""
        lines = self.flood(profile="huawei-e1xx", store="SM:20", faults=["index_shifts"])
        self.assertFalse([t for t in lines if re.match(r"AT\+CMGD=\d+;", t)])

    def test_announced_in_another_store_than_is_read(self):
        self.flood(profile="quectel-ec2x", faults=["wrong_memory"])

    def test_an_announcement_that_lies(self):
        """It names a slot in which nothing is: the text is found all the same."""
        with DaemonSite(faults=["lose_cmti=3"]) as site:
            for i in range(3):
                site.text(resident(i), "7")
                site.sim.do("urc", text='+CMTI: "SM",17')
            self.answered(site, 3)

    def test_a_listing_that_hangs(self):
        with DaemonSite(profile="huawei-e1xx", store="SM:10") as site:
            site.sim.fault("cmgl_hangs", 1)
            for i in range(6):
                site.text(resident(i), "7")
            self.answered(site, 6)

    def test_no_room_on_the_sim(self):
        """A store of capacity 0 is never chosen, though the modem takes it."""
        with DaemonSite(profile="ml307", store="SM:0,ME:10,MT:10") as site:
            for i in range(20):
                site.text(resident(i), "7")
            self.answered(site, 20)
            self.assertGreater(site.control("status")["modems"][0]["storage_size"], 0)

    def test_full_of_parts_whose_rest_is_still_in_the_network(self):
        """Ten slots hold parts that cannot be joined yet; five whole texts wait behind them."""
        long = "停水通知，" * 30
        with DaemonSite(store="SM:10", start=False) as site:
            for i in range(5):
                site.text(resident(50 + i), long, ref=i + 1, drop=[3])
            for i in range(5):
                site.text(resident(i), "7")
            site.start()
            for i in range(5):
                site.answer(resident(i))
            self.assertEqual(site.value("SELECT count(*) FROM pdu_in WHERE message IS NULL AND kind = 'deliver'"), 10)
            site.restart()
            for i in range(5):
                site.text(resident(50 + i), long, ref=i + 1, drop=[1, 2])
            site.wait_value("SELECT count(*) FROM message_in WHERE parts = 3 AND missing = 0", 5)
            site.sim.wait_state(queue=0, used=0)

    def test_texts_wait_while_the_program_is_down_and_are_taken_by_age(self):
        with DaemonSite(store="SM:50", start=False) as site:
            order = [7, 3, 9, 1, 5]
            for n in order:
                site.text(resident(n), "7", scts=f"2026-11-20T10:{n:02d}:00+08:00")
            site.start()
            site.wait_value("SELECT count(*) FROM message_in", 5)
            self.assertEqual([number for number, in site.rows("SELECT number FROM message_in ORDER BY id")],
                             [resident(n) for n in sorted(order)])

    def test_the_sim_is_noted_with_what_was_read(self):
        """The phone's store survives a change of the SIM: who asks later can tell by which SIM a text was read."""
        with DaemonSite(profile="quectel-ec2x") as site:
            site.text(resident(0), "7")
            site.answer(resident(0))
            old = site.value("SELECT line FROM pdu_in WHERE kind = 'deliver'")
            site.kill(15)
            site.text(resident(1), "7")
            new = "89860000000012349997"
            site.sim.do("sim", iccid=new, number="+8613800000097")
            site.start()
            site.answer(resident(1))
            self.assertEqual(site.rows("SELECT line FROM pdu_in WHERE kind = 'deliver' ORDER BY id"), [(old,), (new,)])
            self.assertNotEqual(old, new)

    def test_text_mode_in_the_middle_is_no_bad_slot(self):
        with DaemonSite(store="SM:10") as site:
            for i in range(3):
                site.sim.fault("text_mode", 1)
                site.text(resident(i), "7")
                site.answer(resident(i))
            self.answered(site, 3)
            self.assertEqual(site.value("SELECT count(*) FROM pdu_in WHERE kind = 'quarantine'"), 0)

    def test_tries_of_a_bad_slot_outlive_a_restart(self):
        with DaemonSite(store="SM:10") as site:
            site.sim.fault("short_pdu", -1)
            site.text(resident(1), "7")
            wait_for(lambda: "AT+CMGR=1" in typed(site), "it is read")
            site.wait_value("SELECT count(*) FROM bad_slot", 1)
            site.kill(9)
            self.assertGreaterEqual(site.value("SELECT max(rounds) FROM bad_slot"), 1)
            site.start()
            site.wait_value("SELECT count(*) FROM pdu_in WHERE kind = 'quarantine'", 1)
            site.sim.wait_state(queue=0, used=0)
            site.wait_value("SELECT count(*) FROM bad_slot", 0)


class Direct(unittest.TestCase):
    """Texts that are shown and not stored (+CMT) wait for +CNMA."""

    def direct(self, **kw):
        kw.setdefault("profile", "ml307")
        site = DaemonSite(start=False, store="MT:10,ME:10,SM:10", **kw)
        return site

    def force(self, site):
        for mode in ("2,1,0,1,0", "2,1,0,0,0", "1,1,0,1,0", "1,1,0,0,0"):
            site.sim.do("answer", command=f"+CNMI={mode}", final="ERROR")

    def test_each_is_acknowledged_once_it_is_stored(self):
        with self.direct() as site:
            self.force(site)
            site.start()
            for i in range(5):
                site.text(resident(i), "7")
            long = "停水通知，" * 30
            site.text(resident(20), long)
            for i in range(5):
                site.answer(resident(i))
            site.wait_value("SELECT count(*) FROM message_in WHERE parts = 3 AND missing = 0", 1)
            self.assertEqual(site.value("SELECT count(*) FROM pdu_in WHERE slot = -1"), 8)
            self.assertEqual(len([t for t in typed(site) if "+CNMA" in t]), 8)

    def test_one_that_is_cut_off_is_sent_again(self):
        """No slot can be read once more; what is not acknowledged comes again."""
        with self.direct() as site:
            self.force(site)
            site.start()
            site.sim.do("urc", text="+CMT: ,27\n0891683108000005F0040D91683108108383F0000062112221059023")
            site.text(resident(1), "7")
            site.answer(resident(1))
            self.assertEqual(site.value("SELECT count(*) FROM pdu_in"), 1)
            self.assertEqual(len([t for t in typed(site) if "+CNMA" in t]), 1)

    def test_while_a_text_is_in_the_air_it_is_never_late(self):
        """The air takes longer than the network waits: no acknowledgement, and the text comes again."""
        with self.direct(air_ms=9500, ack_ms=6000) as site:
            self.force(site)
            site.start()
            id = site.queue(resident(30), "停水通知")
            site.control("wake")
            site.wait_out(id, "sending")
            site.text(resident(1), "7")
            site.wait_value("SELECT count(*) FROM message_in WHERE number = ?", 1, resident(1))
            site.answer(resident(1), seconds=90)
            self.assertEqual(site.value("SELECT count(*) FROM message_in WHERE number = ?", resident(1)), 1)
            late = [n for n in typed(site) if "+CNMA" in n]
            log = str(site.sim.log())
            self.assertNotIn("+CMS ERROR: 340", log)
            self.assertLessEqual(len(late), 2)

    def test_a_missed_acknowledgement_turns_reception_off_and_it_is_turned_on_again(self):
        """As Quectel's firmware does, which sets <mt> and <ds> to 0 then."""
        with DaemonSite(start=False, profile="quectel-ec2x", ack_ms=1500, air_ms=4000) as site:
            site.sim.do("answer", command="+CGMI", lines=["CMCC"])
            site.sim.do("answer", command="+CGMM", lines=["ML307R"])  # a row that wants acknowledgements
            for mode in ("2,1,0,1,0", "2,1,0,0,0"):
                site.sim.do("answer", command=f"+CNMI={mode}", final="ERROR")
            site.start()
            self.assertEqual(site.control("status")["modems"][0]["row"], "ml307")
            id = site.queue(resident(30), "停水通知")
            site.control("wake")
            site.wait_out(id, "sending")
            site.text(resident(1), "7")
            site.answer(resident(1), seconds=90)
            wait_for(lambda: typed(site).count("AT+CNMI=2,2,0,0,0") >= 2, "its settings are ours again")
            site.text(resident(2), "7")
            site.answer(resident(2), seconds=90)
            self.assertEqual(site.value("SELECT count(*) FROM message_in"), 2)


if __name__ == "__main__":
    unittest.main()
