"""Delivery reports: each finds its text, whatever its form, its way and its time; none is no failure."""
import datetime
import unittest

from daemon_site import DaemonSite
from harness import wait_for

NUMBER = "+8613800138001"
ZONE = datetime.timezone(datetime.timedelta(hours=8))


def swap(digits):
    digits += "F" if len(digits) % 2 else ""
    return "".join(digits[i + 1] + digits[i] for i in range(0, len(digits), 2))


def stamp(when):
    return swap(when.astimezone(ZONE).strftime("%y%m%d%H%M%S")) + "23"


def report_pdu(number, mr, st=0, when=None):
    """A STATUS-REPORT by hand, 3GPP TS 23.040 9.2.2.3: `when` the centre got the text."""
    when = when or datetime.datetime.now(ZONE)
    digits = number.lstrip("+")
    address = f"{len(digits):02X}{'91' if number.startswith('+') else 'A1'}{swap(digits)}"
    return f"0006{mr:02X}{address}{stamp(when)}{stamp(when)}{st:02X}"


def queue(site, number, text, **columns):
    """As the tool does it: the outbox has odd numbers."""
    id = site.value("SELECT coalesce(max(id), -1) + 2 FROM message_out")
    return site.queue(number, text, id=id, **columns)


def reference(site, id):
    return site.value("SELECT mr FROM part_out WHERE message = ?", id)


def forms(site):
    """How often which kind of report came."""
    log = str(site.sim.log())
    return {name: log.count(name) for name in ("+CDS:", "+CDSI:")}


class Ways(unittest.TestCase):
    def one(self, way, refuse=(), **kw):
        with DaemonSite(start=False, **kw) as site:
            for command in refuse:
                site.sim.do("answer", command=command, final="ERROR")
            site.start()
            ids = [queue(site, f"+861380013800{i}", "停水通知") for i in range(3)]
            site.control("wake")
            for id in ids:
                site.wait_out(id, "delivered")
            self.assertGreaterEqual(forms(site)[way], 3)
            self.assertEqual(site.value("SELECT count(*) FROM report_unmatched"), 0)
            site.sim.wait_state(queue=0, used=0)

    def test_said_at_once(self):
        self.one("+CDS:")

    def test_said_with_a_comma(self):
        self.one("+CDS:", profile="zte-mf")

    def test_stored_and_announced_wherever_they_lie(self):
        for store in ("SR", "SM", "ME"):
            with self.subTest(store=store):
                self.one("+CDSI:", profile="quectel-ec2x", faults=[f"report_store={store}"],
                         refuse=["+CNMI=1,1,0,1,0", "+CNMI=2,1,0,1,0"])

    def test_stored_and_not_announced(self):
        with DaemonSite(start=False, profile="quectel-ec2x", faults=["lose_cmti=-1"]) as site:
            for command in ("+CNMI=1,1,0,1,0", "+CNMI=2,1,0,1,0"):
                site.sim.do("answer", command=command, final="ERROR")
            site.start()
            id = queue(site, NUMBER, "停水通知")
            site.control("wake")
            site.wait_out(id, "sent", "delivered")
            site.restart()  # at the latest then
            site.wait_out(id, "delivered")
            site.sim.wait_state(queue=0, used=0)


class Matched(unittest.TestCase):
    def test_six_hundred_texts_use_each_reference_more_than_twice(self):
        """Reports come late, twice, without the country code, and in the meantime references begin again."""
        with DaemonSite(report_ms=2000, faults=["report_twice=-1", "report_number"]) as site:
            count = 600
            for i in range(count):
                queue(site, f"+86139000{i:05d}", "notice")
            site.control("wake")
            site.wait_value("SELECT count(*) FROM message_out WHERE state = 'delivered'", count, seconds=180)
            self.assertEqual(site.value("SELECT count(*) FROM report_unmatched"), 0)
            most = site.value("SELECT max(n) FROM (SELECT count(*) AS n FROM part_out GROUP BY mr)")
            self.assertGreaterEqual(most, 2)
            wait_for(lambda: site.value("SELECT count(*) FROM pdu_in WHERE kind = 'status-report'") >= count, "all are kept")

    def test_the_same_phone_and_the_same_reference(self):
        """The centre's stamp tells which of two it was: the modem says 7 each time."""
        with DaemonSite(faults=["report_none=-1"]) as site:
            ids = []
            for day in range(2):
                site.sim.fault("mr", 7)
                ids.append(queue(site, NUMBER, f"notice {day}"))
                site.control("wake")
                site.wait_out(ids[-1], "sent")
            self.assertEqual([reference(site, id) for id in ids], [7, 7])
            hour = datetime.timedelta(hours=1)
            now = datetime.datetime.now(ZONE)
            site.write("UPDATE part_out SET started_utc = started_utc - 3600, sent_utc = sent_utc - 3600 WHERE message = ?", ids[0])
            site.sim.receive_pdu(report_pdu(NUMBER, 7, when=now - hour))
            site.wait_out(ids[0], "delivered")
            self.assertEqual(site.out(ids[1]), "sent")
            site.sim.receive_pdu(report_pdu("13800138001", 7, when=now))
            site.wait_out(ids[1], "delivered")

    def test_over_a_restart_and_days_later(self):
        with DaemonSite(now="2026-11-20T10:00:00+08:00", gateway={"test_clock": "yes"}, faults=["report_none=-1"]) as site:
            id = queue(site, NUMBER, "停水通知", created_utc=1763604000)
            site.control("wake")
            site.wait_out(id, "sent")
            site.kill(9)
            site.set_clock("2026-11-23T18:00:00+08:00")
            site.start()
            sent = datetime.datetime.fromisoformat("2026-11-20T10:00:00+08:00")
            site.sim.receive_pdu(report_pdu("13800138001", reference(site, id), when=sent))
            site.wait_out(id, "delivered")

    def test_a_sim_that_moved_takes_its_reports_along(self):
        """Two sticks, and the SIM of the one is put into the other."""
        with DaemonSite(modems=2, faults=["report_none=-1"]) as site:
            ids = [queue(site, f"+861380013802{i}", "notice") for i in range(6)]
            site.control("wake")
            for id in ids:
                site.wait_out(id, "sent")
            lines = dict(site.rows("SELECT modem, line FROM part_out"))
            self.assertGreaterEqual(len(lines), 1)
            modem, line = next(iter(lines.items()))
            here, there = int(modem[1:]), 1 - int(modem[1:])
            mine = [id for id, in site.rows("SELECT message FROM part_out WHERE line = ?", line)]
            site.sim.do("sim", modem=here, iccid="89860000000012349998", number="+8613800000098")
            site.sim.do("sim", modem=there, iccid=line, number="+8613800000099")
            site.restart()
            wait_for(lambda: site.rows("SELECT iccid FROM line WHERE name = ?", f"m{there}") == [(line,)], "the SIM is known")
            for id in mine:
                number = site.value("SELECT number FROM message_out WHERE id = ?", id)
                site.sim.receive_pdu(report_pdu(number[3:], reference(site, id)), modem=there)
            for id in mine:
                site.wait_out(id, "delivered")
            self.assertEqual(site.value("SELECT count(*) FROM report_unmatched"), 0)

    def test_what_fits_nothing_is_kept(self):
        with DaemonSite() as site:
            pdu = report_pdu("13800138099", 200)
            site.sim.receive_pdu(pdu)
            site.wait_value("SELECT count(*) FROM report_unmatched WHERE mr = 200 AND st = 0", 1)
            site.sim.receive_pdu(pdu)  # redelivered
            tables = {row["table"]: row["rows"] for row in site.json("db", "stats") if "table" in row}
            self.assertEqual(tables.get("report_unmatched"), 1)
            site.sim.wait_state(queue=0, used=0)


class Says(unittest.TestCase):
    def shown(self, site, id):
        row, = site.json("message", "show", id)
        return row["state"], row["report"], row["report_status"], row["reason"]

    def test_the_classes_are_told_apart(self):
        with DaemonSite(faults=["report_none=-1"]) as site:
            want = {0: ("delivered", "arrived"), 31: ("delivered", "arrived"), 32: ("sent", "trying"), 63: ("sent", "trying"),
                    64: ("failed", "permanent"), 70: ("failed", "permanent"), 96: ("failed", "temporary"),
                    127: ("failed", "temporary")}
            ids = {st: queue(site, f"+8613900000{st:03d}", "notice") for st in want}
            site.control("wake")
            for id in ids.values():
                site.wait_out(id, "sent")
            for st, id in ids.items():
                site.sim.receive_pdu(report_pdu(f"13900000{st:03d}", reference(site, id), st))
            for st, id in ids.items():
                wait_for(lambda: self.shown(site, id)[2] == st, f"the report {st}: {self.shown(site, id)}")
                self.assertEqual(self.shown(site, id)[:2], want[st], st)
            self.assertIn("expired", self.shown(site, ids[70])[3])
            zh = site.ok("message", "show", ids[96], env={"LC_ALL": "zh_CN.UTF-8", "LANG": "zh_CN.UTF-8", "LANGUAGE": "zh_CN"})
            self.assertIn("暂时", zh)
            # the centre tried on and came through
            site.sim.receive_pdu(report_pdu("13900000032", reference(site, ids[32]), 0))
            site.wait_out(ids[32], "delivered")

    def test_none_comes_and_it_stays_sent(self):
        now = "2026-11-20T10:00:00+08:00"
        with DaemonSite(now=now, gateway={"test_clock": "yes"}, faults=["report_none=-1"]) as site:
            until = int(datetime.datetime.fromisoformat("2026-11-20T12:00:00+08:00").timestamp())
            bounded, open_end = queue(site, NUMBER, "notice", not_after_utc=until), queue(site, "+8613800138002", "notice")
            site.control("wake")
            site.wait_out(bounded, "sent")
            site.wait_out(open_end, "sent")
            site.set_clock("2026-11-20T12:30:00+08:00")
            wait_for(lambda: self.shown(site, bounded)[:2] == ("sent", "missing"), "the report is missing")
            self.assertEqual(self.shown(site, open_end)[:2], ("sent", None))
            site.set_clock("2026-11-23T12:30:00+08:00")
            wait_for(lambda: self.shown(site, open_end)[:2] == ("sent", "missing"), "the other one, too")
            # better late than never
            site.sim.receive_pdu(report_pdu(NUMBER, reference(site, bounded), when=datetime.datetime.fromisoformat(now)))
            site.wait_out(bounded, "delivered")
            self.assertEqual(self.shown(site, bounded)[1], "arrived")

    def test_who_asks_for_none_does_not_wait(self):
        now = "2026-11-20T10:00:00+08:00"
        with DaemonSite(now=now, gateway={"test_clock": "yes"}, modem={"reports": "no"}) as site:
            id = queue(site, NUMBER, "notice")
            site.control("wake")
            site.wait_out(id, "sent")
            site.set_clock("2026-11-23T12:30:00+08:00")
            wait_for(lambda: self.shown(site, id)[:2] == ("sent", "unasked"), "no report was asked for")


if __name__ == "__main__":
    unittest.main()
