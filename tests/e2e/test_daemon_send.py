"""Texts out: order, parts, reports, errors by their class, and what is not known is not repeated blindly."""
import json
import re
import time
import unittest

from daemon_site import DaemonSite
from harness import wait_for

NUMBER = "+8613800138001"
LONG = "居民议事会通知，" * 20  # 160 units: 3 parts


def parts_of(site, id):
    return site.rows("SELECT part, state, attempts FROM part_out WHERE message = ? ORDER BY part", id)


class Send(unittest.TestCase):
    def test_a_text_is_sent_and_its_report_is_found(self):
        with DaemonSite() as site:
            id = site.queue(NUMBER, "停水通知")
            site.control("wake")
            site.wait_out(id, "delivered")
            self.assertEqual(site.sent_to(NUMBER)[0]["text"], "停水通知")

    def test_without_a_report_it_stays_sent(self):
        with DaemonSite(faults=["report_none=-1"]) as site:
            id = site.queue(NUMBER, "停水通知")
            site.control("wake")
            site.wait_out(id, "sent")
            sent = site.sent_to(NUMBER)[0]
            site.sim.report(sent["id"], 70)  # validity expired
            site.wait_out(id, "failed")

    def test_report_before_the_answer(self):
        with DaemonSite(faults=["report_first"]) as site:
            id = site.queue(NUMBER, "停水通知")
            site.control("wake")
            site.wait_out(id, "delivered")

    def test_parts_stay_together_and_urgent_ones_go_first(self):
        with DaemonSite(start=False) as site:
            site.start()
            site.kill(15)
            low = [site.queue(f"+861380013801{i}", LONG, "broadcast") for i in range(3)]
            reply = site.queue(NUMBER, "收到", "reply")
            alarm = site.queue(NUMBER, "有人求助", "alarm")
            site.start()
            for id in low + [reply, alarm]:
                site.wait_out(id, "sent", "delivered")
            sent = site.sim.sent()
            self.assertEqual([s["text"] for s in sent], ["有人求助", "收到", LONG, LONG, LONG])
            self.assertEqual([s["segments"] for s in sent[2:]], [3, 3, 3])
            self.assertTrue(all(s["complete"] and s["copies"] == 1 for s in sent), sent)

    def test_a_passing_error_is_tried_again(self):
        with DaemonSite() as site:
            site.sim.fault("cms", 38, count=1)
            id = site.queue(NUMBER, "收到", "reply")
            site.control("wake")
            site.wait_out(id, "sent", "delivered")
            self.assertEqual(len(site.sent_to(NUMBER)), 1)
            self.assertEqual(parts_of(site, id)[0][2], 2)

    def test_a_broadcast_takes_the_long_steps(self):
        with DaemonSite() as site:
            site.sim.fault("cms", 38, count=1)
            id = site.queue(NUMBER, "通知")
            site.control("wake")
            site.wait_value("SELECT attempts FROM message_out WHERE id = ?", 1, id)
            self.assertEqual(site.out(id), "queued")
            wait = site.value("SELECT next_try_utc FROM message_out WHERE id = ?", id) - time.time()
            self.assertTrue(50 <= wait <= 61, wait)

    def test_a_permanent_error_fails_at_once(self):
        with DaemonSite() as site:
            site.sim.fault("cms", 1, count=1)
            id = site.queue(NUMBER, "收到", "reply")
            site.control("wake")
            site.wait_out(id, "failed")
            site.wait_value("SELECT count(*) FROM event WHERE kind = 'message.failed'", 1)

    def test_already_there_counts_as_sent(self):
        with DaemonSite() as site:
            site.sim.fault("cms", 197, count=1)
            id = site.queue(NUMBER, "收到", "reply")
            site.control("wake")
            site.wait_out(id, "sent")
            self.assertEqual(parts_of(site, id), [(1, "sent", 1)])

    def test_answer_without_ok_is_sent(self):
        with DaemonSite() as site:
            site.sim.fault("no_ok", count=1)
            id = site.queue(NUMBER, "收到", "reply")
            site.control("wake")
            site.wait_out(id, "sent", "delivered")
            self.assertEqual(len(site.sent_to(NUMBER)), 1)

    def test_text_mode_is_noticed_before_anything_is_sent(self):
        with DaemonSite() as site:
            for i in range(3):
                site.sim.fault("text_mode")
                id = site.queue(NUMBER, f"收到{i}", "reply")
                site.control("wake")
                site.wait_out(id, "sent", "delivered")
            self.assertEqual([(s["number"], s["text"]) for s in site.sim.sent()], [(NUMBER, f"收到{i}") for i in range(3)])

    def test_what_is_no_pdu_to_the_modem_is_tried_again_when_its_settings_are_known(self):
        for code in (303, 304, 305):
            with self.subTest(code), DaemonSite() as site:
                site.sim.fault("cms", code, count=1)
                ids = [site.queue(NUMBER, f"通知{i}", "broadcast") for i in range(3)]
                site.control("wake")
                for id in ids:
                    site.wait_out(id, "sent", "delivered")
                self.assertEqual(len(site.sent_to(NUMBER)), 3)
        with DaemonSite() as site:
            site.sim.fault("cms", 305, count=2)
            id = site.queue(NUMBER, "收到", "reply")
            site.control("wake")
            site.wait_out(id, "failed")

    def test_one_command_a_part(self):
        with DaemonSite(modem={"reports": "no"}) as site:
            for i in range(50):
                site.queue(NUMBER, f"通知{i}")
            site.control("wake")
            site.sim.wait_sent(50)
            sent = re.findall(r"> AT\+CMGS=", site.sim.log())
            asked = re.findall(r"> AT\+CMGF\?", site.sim.log())
            self.assertEqual(len(sent), 50)
            self.assertLess(len(asked), 10)

    def test_too_late_is_expired(self):
        with DaemonSite() as site:
            id = site.queue(NUMBER, "通知", not_after_utc=int(time.time()) - 5)
            site.control("wake")
            site.wait_out(id, "expired")
            self.assertEqual(site.sim.sent(), [])

    def test_validity_ends_with_not_after(self):
        with DaemonSite() as site:
            id = site.queue(NUMBER, "通知", not_after_utc=int(time.time()) + 2 * 3600 + 30)
            site.control("wake")
            site.wait_out(id, "sent", "delivered")
            self.assertTrue(60 <= site.sim.sent()[0]["validity_minutes"] <= 120, site.sim.sent())

    def test_quotas_keep_a_fifth_for_replies_and_never_block_an_alarm(self):
        with DaemonSite(modem={"hourly_quota": "10", "daily_quota": "0"}) as site:
            bulk = [site.queue(f"+86138001381{i:02}", "通知") for i in range(12)]
            site.control("wake")
            site.wait_value("SELECT count(*) FROM message_out WHERE state IN ('sent', 'delivered')", 8)
            replies = [site.queue(NUMBER, f"收到{i}", "reply") for i in range(3)]
            alarm = site.queue(NUMBER, "求助", "alarm")
            site.control("wake")
            site.wait_out(alarm, "sent", "delivered")
            site.wait_value("SELECT count(*) FROM message_out WHERE class = 'reply' AND state IN ('sent', 'delivered')", 1)
            time.sleep(1)
            states = [site.out(id) for id in bulk]
            self.assertEqual(states.count("queued"), 4, states)
            self.assertEqual(sum(site.out(id) == "queued" for id in replies), 2)

    def test_quiet_hours_hold_what_may_wait(self):
        with DaemonSite(now="2026-11-20T21:00:00+08:00", gateway={"test_clock": "yes", "quiet_hours": "20:30-08:00"}) as site:
            waits = site.queue(NUMBER, "通知", quiet=1)
            goes = site.queue(NUMBER, "收到", "reply")
            site.control("wake")
            site.wait_out(goes, "sent", "delivered")
            self.assertEqual(site.out(waits), "queued")
            site.set_clock("2026-11-21T08:00:01+08:00")
            site.wait_out(waits, "sent", "delivered")

    def test_two_lines_share_the_work(self):
        with DaemonSite(modems=2, air_ms=50) as site:
            ids = [site.queue(f"+86138001382{i:02}", LONG) for i in range(10)]
            site.control("wake")
            for id in ids:
                site.wait_out(id, "sent", "delivered")
            sent = site.sim.sent()
            self.assertEqual(len(sent), 10)
            self.assertEqual({s["modem"] for s in sent}, {0, 1})
            self.assertTrue(all(s["complete"] and s["copies"] == 1 for s in sent), sent)


class Uncertain(unittest.TestCase):
    def lose_the_answer(self, site, fault, id):
        """The port goes away in the middle of a submit."""
        site.sim.fault(fault, count=1)
        site.control("wake")
        wait_for(lambda: parts_of(site, id) and parts_of(site, id)[0][1] == "sending", "the submit is under way")
        time.sleep(0.5)
        site.sim.replug(ms=300)

    def test_a_broadcast_is_never_repeated(self):
        with DaemonSite(faults=["report_none=-1"]) as site:
            id = site.queue(NUMBER, "通知")
            self.lose_the_answer(site, "silent_sent", id)
            site.wait_out(id, "uncertain")
            wait_for(lambda: site.modems_up() == 1, "the modem is back")
            other = site.queue("+8613800138002", "通知二")
            site.control("wake")
            site.wait_out(other, "sent")
            time.sleep(17)
            self.assertEqual(site.out(id), "uncertain")
            self.assertEqual(sum(s["copies"] for s in site.sim.sent() if s["number"] == NUMBER), 1)

    def test_its_report_settles_it(self):
        with DaemonSite(faults=["report_none=-1"]) as site:
            id = site.queue(NUMBER, "通知")
            self.lose_the_answer(site, "silent_sent", id)
            site.wait_out(id, "uncertain")
            wait_for(lambda: site.modems_up() == 1, "the modem is back")
            site.sim.fault("report_none", 0)
            site.sim.report(site.sim.sent()[0]["id"])
            site.wait_out(id, "delivered")
            self.assertEqual(sum(s["copies"] for s in site.sim.sent() if s["number"] == NUMBER), 1)

    def test_a_reply_is_repeated_once(self):
        with DaemonSite(faults=["report_none=-1"]) as site:
            id = site.queue(NUMBER, "收到", "reply")
            self.lose_the_answer(site, "silent_unsent", id)
            site.wait_out(id, "uncertain", "sent")
            site.wait_out(id, "sent")
            self.assertEqual(sum(s["copies"] for s in site.sim.sent() if s["number"] == NUMBER), 1)

    def test_and_not_twice(self):
        with DaemonSite(faults=["report_none=-1"]) as site:
            id = site.queue(NUMBER, "收到", "reply")
            self.lose_the_answer(site, "silent_unsent", id)
            site.wait_out(id, "uncertain")
            self.lose_the_answer_again(site, id)
            site.wait_out(id, "uncertain")
            time.sleep(17)
            self.assertEqual(parts_of(site, id)[0][2], 2)
            self.assertEqual(site.sim.sent(), [])

    def lose_the_answer_again(self, site, id):
        site.sim.fault("silent_unsent", count=1)
        wait_for(lambda: parts_of(site, id)[0][1:] == ("sending", 2), "it is tried again")
        time.sleep(0.5)
        site.sim.replug(ms=300)


    def test_an_error_that_says_nothing_is_no_reason_to_send_a_broadcast_twice(self):
        for fault, value in (("error_sent", None), ("cms", 332), ("cms", 500)):
            with self.subTest(fault=fault, value=value), DaemonSite(faults=["report_none=-1"]) as site:
                site.sim.fault(fault, value, count=1)
                id = site.queue(NUMBER, "通知")
                site.control("wake")
                site.wait_out(id, "uncertain")
                self.assertEqual(parts_of(site, id), [(1, "uncertain", 1)])
                other = site.queue("+8613800138002", "通知二")
                site.control("wake")
                site.wait_out(other, "sent")

    def test_but_a_reply_is_tried_again(self):
        with DaemonSite(faults=["report_none=-1"]) as site:
            site.sim.fault("cms", 500, count=2)
            id = site.queue(NUMBER, "收到", "reply")
            site.control("wake")
            site.wait_out(id, "uncertain")
            site.wait_out(id, "sent")
            self.assertEqual(parts_of(site, id), [(1, "sent", 3)])

    def test_an_error_in_the_place_of_the_prompt_is_none_of_these(self):
        with DaemonSite() as site:
            site.sim.fault("prompt_error", count=1)
            id = site.queue(NUMBER, "通知")
            site.control("wake")
            site.wait_value("SELECT attempts FROM message_out WHERE id = ?", 1, id)
            self.assertEqual(site.out(id), "queued")

    def broadcast(self, site):
        id = site.write("INSERT INTO broadcast (audience, text, state, segments, recipients, at_utc, created_by, created_utc)"
                        " VALUES ('all', '通知', 'queued', 1, 1, 0, 'test', 0)")
        return id, site.queue(NUMBER, "通知", broadcast=id)

    def test_a_broadcast_whose_last_text_is_uncertain_is_done(self):
        with DaemonSite(faults=["report_none=-1"]) as site:
            broadcast, id = self.broadcast(site)
            self.lose_the_answer(site, "silent_sent", id)
            site.wait_out(id, "uncertain")
            site.wait_value("SELECT state FROM broadcast WHERE id = ?", "done", broadcast)
            site.wait_value("SELECT count(*) FROM event WHERE kind = 'broadcast.done'", 1)

    def test_a_report_behind_an_error_spares_the_second_try(self):
        with DaemonSite(faults=["report_none=-1"]) as site:
            site.sim.fault("error_sent", count=1)
            id = site.queue(NUMBER, "收到", "reply")
            site.control("wake")
            site.wait_value("SELECT attempts FROM message_out WHERE id = ?", 1, id)
            site.sim.report(site.sim.sent()[0]["id"])
            site.wait_out(id, "delivered")
            self.assertEqual(sum(s["copies"] for s in site.sim.sent()), 1)
            self.assertEqual(parts_of(site, id), [(1, "delivered", 1)])

    def test_a_report_while_the_answer_is_missing(self):
        with DaemonSite(faults=["report_none=-1"]) as site:
            id = site.queue(NUMBER, "收到", "reply")
            site.sim.fault("silent_sent", count=1)
            site.control("wake")
            site.sim.wait_sent(1)
            site.sim.report(site.sim.sent()[0]["id"])
            site.wait_value("SELECT report_st FROM part_out WHERE message = ?", 0, id)
            site.sim.replug(ms=300)
            site.wait_out(id, "delivered")
            wait_for(lambda: site.modems_up() == 1, "the modem is back")
            time.sleep(17)
            self.assertEqual(sum(s["copies"] for s in site.sim.sent()), 1)

    def test_a_modem_that_starts_anew_ends_the_exchange(self):
        with DaemonSite(profile="quectel-ec2x", faults=["report_none=-1"]) as site:
            bulk = site.queue(NUMBER, "通知")
            site.sim.fault("silent_sent", count=1)
            site.control("wake")
            site.sim.wait_sent(1)
            since = time.monotonic()
            site.sim.fault("self_reset")
            for line in ("RDY", "+CFUN: 1", "+CPIN: READY", "+QIND: SMS DONE"):
                site.sim.do("urc", text=line)
            site.wait_out(bulk, "uncertain")
            reply = site.queue("+8613800138002", "收到", "reply")
            site.control("wake")
            site.wait_out(reply, "sent")
            self.assertLess(time.monotonic() - since, 100)  # its answer would be waited for 130 s
            self.assertEqual(site.out(bulk), "uncertain")


class Control(unittest.TestCase):
    def test_status_hold_and_trace(self):
        with DaemonSite() as site:
            status = site.control("status")
            self.assertEqual((status["ok"], status["modems"][0]["name"], status["modems_up"]), (True, "m0", 1))
            self.assertEqual(site.control("nonsense")["ok"], False)
            self.assertEqual(site.control("hold", "nobody")["ok"], False)
            trace = site.control("trace", "m0", "on")
            self.assertTrue(trace["ok"], trace)
            with site.connect() as stream:
                stream.write('{"do":"hold","modem":"m0"}\n')
                stream.flush()
                self.assertTrue(json.loads(stream.readline())["ok"])
                wait_for(lambda: site.control("status")["modems"][0]["state"] == "held", "the port is lent")
                self.assertEqual(site.control("hold", "m0")["ok"], False)
            wait_for(lambda: site.modems_up() == 1, "the port is back when the client goes")
            with open(trace["file"], encoding="utf-8") as f:
                self.assertIn("AT+CMGF", f.read())


if __name__ == "__main__":
    unittest.main()
