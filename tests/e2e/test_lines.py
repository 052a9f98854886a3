"""Which text leaves by which line and when: quotas that slide, roles, answers by the line that was asked, turns of
broadcasts, shares of work, and lines that die in the middle."""
import time
import unittest

from daemon_site import DaemonSite
from harness import wait_for

LONG = "明天上午九点在社区活动室召开议事会，讨论三号楼门前的积水、路灯和停车问题，请各户派一人参加。" * 4  # three parts
SENT = ("sent", "delivered")
OUT = "state IN ('sent', 'delivered')"


class Lines(DaemonSite):
    """`lines`: a dict of keys for each modem."""

    def __init__(self, lines, **kw):
        self.lines = lines
        super().__init__(modems=len(lines), **kw)

    def write_config(self):
        text = ["[gateway]"] + [f"{k} = {v}" for k, v in self.gateway.items() if v is not None]
        for i, keys in enumerate(self.lines):
            if keys is not None:
                keys = {"device": self.sim.device(i), "hourly_quota": 0, "daily_quota": 0, **keys}
                text += ["", f"[modem m{i}]"] + [f"{k} = {v}" for k, v in keys.items()]
        self.config.write_text("\n".join(text) + "\n", encoding="utf-8")

    def broadcast(self, count, text="通知", first=0, **columns):
        """A broadcast as the tool queues it; returns its id."""
        values = {"audience": "all", "text": text, "state": "queued", "segments": 1, "recipients": count, "at_utc": 0,
                  "created_by": "shell:0", "created_utc": 0}
        id = self.write(f"INSERT INTO broadcast ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})", *values.values())
        for i in range(count):
            self.queue(f"+86139{first + i:08}", text, broadcast=id, **columns)
        return id

    def done(self, where="1"):
        return self.value(f"SELECT count(*) FROM message_out WHERE {OUT} AND {where}")

    def wait_done(self, count, where="1", seconds=120):
        wait_for(lambda: self.done(where) >= count, f"{count} texts with {where} are out, {self.done(where)} are", seconds)

    def settle(self):
        """All that may leave now has left: twice in a row the daemon has looked and nothing has moved."""
        before = -1
        while before != (now := self.done()):
            before = now
            self.control("wake")
            wait_for(lambda: not self.rows("SELECT 1 FROM message_out WHERE state = 'sending'"), "nothing is under way")
            time.sleep(0.3)

    def by(self, id):
        return self.value("SELECT modem FROM message_out WHERE id = ?", id)


class Quotas(unittest.TestCase):
    def test_the_window_slides(self):
        with Lines([{"hourly_quota": 10}], now="2026-11-20T09:50:00+08:00", gateway={"test_clock": "yes"}) as site:
            site.broadcast(30)
            site.settle()
            self.assertEqual(site.done(), 8, "four fifths")
            # the clock's hour changes, and nothing comes back: the last 60 minutes count
            for at in ("10:00:01", "10:49:59"):
                site.set_clock(f"2026-11-20T{at}+08:00")
                site.settle()
                self.assertEqual(site.done(), 8, at)
            # a restart forgets nothing
            site.restart()
            site.settle()
            self.assertEqual(site.done(), 8)
            site.set_clock("2026-11-20T10:51:30+08:00")
            site.settle()
            self.assertEqual(site.done(), 16)

    def test_the_day(self):
        with Lines([{"daily_quota": 5}], now="2026-11-20T09:50:00+08:00", gateway={"test_clock": "yes"}) as site:
            site.broadcast(9)
            site.settle()
            self.assertEqual(site.done(), 4)
            for at, want in (("20T23:59:00", 4), ("21T00:10:00", 4), ("21T09:49:00", 4), ("21T09:52:00", 8)):
                site.set_clock(f"2026-11-{at}+08:00")
                site.settle()
                self.assertEqual(site.done(), want, at)

    def test_a_flood_of_broadcasts_leaves_something_to_replies(self):
        with Lines([{"hourly_quota": 40}]) as site:
            site.broadcast(60)
            site.settle()
            self.assertEqual(site.done(), 32)  # 40 less a fifth for replies
            for i in range(20):
                site.queue("+8613800138001", f"答复{i}", "reply")
            site.settle()
            self.assertEqual(site.done("class = 'reply'"), 8)
            alarm = [site.queue("+8613800138002", f"求助{i}", "alarm") for i in range(3)]
            site.control("wake")
            for id in alarm:
                site.wait_out(id, *SENT)

    def test_each_line_has_its_own_and_a_text_of_three_parts_counts_three(self):
        with Lines([{"hourly_quota": 10}, {"hourly_quota": 5}]) as site:
            for i in range(12):
                site.queue(f"+86138001382{i:02}", LONG)
            site.settle()
            used = dict(site.rows("SELECT line, sum(segments) FROM airtime GROUP BY line"))
            self.assertEqual(sorted(used.values()), [3, 6])
            self.assertTrue(all(line.isdigit() and len(line) >= 18 for line in used), f"counted by ICCID: {used}")
            self.assertEqual(site.done(), 3)

    def test_jitter_holds_bulk_texts_apart_and_nothing_else(self):
        with Lines([{"jitter": "30d"}]) as site:
            site.broadcast(3)
            site.control("wake")
            site.wait_done(1)
            ids = [site.queue("+8613800138001", f"答复{i}", "reply") for i in range(3)]
            site.control("wake")
            for id in ids:
                site.wait_out(id, *SENT)
            site.settle()
            self.assertEqual(site.done("class = 'broadcast'"), 1)


class Roles(unittest.TestCase):
    def test_a_line_for_alarms_sends_nothing_else(self):
        with Lines([{"roles": "receive alarms"}, {"roles": "receive"}]) as site:
            others = [site.queue("+8613800138001", kind, kind) for kind in ("reply", "reminder", "broadcast")]
            alarm = site.queue("+8613800138001", "求助", "alarm")
            site.control("wake")
            site.wait_out(alarm, *SENT)
            self.assertEqual(site.by(alarm), "m0")
            site.settle()
            self.assertEqual([site.out(id) for id in others], ["queued"] * 3)

    def test_an_alarm_goes_by_whatever_works(self):
        with Lines([{}, {"roles": "alarms"}, {"roles": "receive"}]) as site:
            site.sim.replug(ms=600000, modem=0)
            wait_for(lambda: site.control("status")["modems_up"] == 2, "m0 is gone")
            alarm = site.queue("+8613800138001", "求助", "alarm", prefer="m0")
            site.control("wake")
            site.wait_out(alarm, *SENT)
            self.assertEqual(site.by(alarm), "m1")


class Rings(unittest.TestCase):
    """Phones that are rung because of an alarm of a sensor."""
    FIRST, SECOND = "+8613800138001", "+8613800138002"

    def test_a_ring_comes_behind_its_text_and_leaves_a_line_to_texts(self):
        with Lines([{}, {}], gateway={"ring": "yes"}) as site:
            now = site.today()
            dials = lambda: [site.sim.state(i)["dials"] for i in (0, 1)]
            site.write("INSERT INTO sensor_alarm (number, kind, severity, subject, since_utc, begun_utc, rung_utc, waiting) VALUES"
                       " (1, 'state', 2, 'box.door', ?1, ?1, ?2, 1)", now, 2 ** 62)
            held = site.queue(self.FIRST, "告警C1", "alarm", not_before=now + 3600, dedupe=f"sensor:1:rung 1:{self.FIRST}")
            rung = lambda number: site.rows("SELECT state, result FROM sensor_ring WHERE number = ?", number)[0]
            for number in (self.FIRST, self.SECOND):
                site.write("INSERT INTO sensor_ring (alarm, number, utc) VALUES (1, ?, ?)", number, now)
                site.control("wake")
                site.aware()
                self.assertEqual(rung(self.FIRST)[0], "queued")
            wait_for(lambda: rung(self.SECOND)[0] == "ringing" and sum(dials()) == 1, "the second is rung, the text of the first has not left")
            line = dials().index(1)
            site.write("UPDATE message_out SET next_try_utc = 0 WHERE id = ?", held)
            site.control("wake")
            site.wait_out(held, *SENT)
            # the other line took it; and is not rung with while it is the last for texts
            self.assertEqual(site.by(held), f"m{1 - line}")
            site.control("wake")
            self.assertEqual((rung(self.FIRST)[0], rung(self.SECOND)[0]), ("queued", "ringing"))
            # a text that came in meanwhile, and of which nothing was said, is seen at once behind the call
            site.sim.fault("lose_cmti", count=1, modem=line)
            site.text(self.SECOND, "帮助", modem=line)
            site.sim.do("hangup", modem=line)
            site.answer(self.SECOND)
            wait_for(lambda: rung(self.FIRST)[0] == "ringing" and sum(dials()) == 2, "the first is rung behind its text")
            # somebody looks after it
            site.ok("sensor", "ack", "1")
            wait_for(lambda: rung(self.FIRST)[0] == "done", "the ring is over")
            self.assertEqual((rung(self.FIRST)[1], rung(self.SECOND)[1]), ("called off", "over"))
            self.assertFalse(any(site.sim.state(i)["call"] for i in (0, 1)))


class Answers(unittest.TestCase):
    def test_they_leave_by_the_line_that_was_asked(self):
        with Lines([{}, {}, {}]) as site:
            for n, i in enumerate((1, 0, 2, 1)):
                site.text(f"+861380013800{n}", "帮助", modem=i)
                site.answer(f"+861380013800{n}")
                self.assertEqual({s["modem"] for s in site.sent_to(f"+861380013800{n}")}, {i})

    def test_or_by_another_when_that_one_is_away(self):
        with Lines([{}, {}]) as site:
            id = site.queue("+8613800138001", "答复", "reply", prefer="m1", not_before=int(time.time()))
            site.control("wake")
            site.wait_out(id, *SENT)
            self.assertEqual(site.by(id), "m1")
            site.sim.replug(ms=600000, modem=1)
            wait_for(lambda: site.control("status")["modems_up"] == 1, "m1 is gone")
            ids = [site.queue("+8613800138001", "答复", "reply", prefer=name, not_before=int(time.time()))
                   for name in ("m1", "removed from the configuration")]
            site.control("wake")
            for id in ids:
                site.wait_out(id, *SENT)
                self.assertEqual(site.by(id), "m0")


    def test_or_when_it_falls_silent_over_them(self):
        with Lines([{}, {}]) as site:
            site.sim.fault("hang", 600000, modem=1)
            ids = [site.queue(f"+861380013800{i}", "答复", "reply", prefer="m1", not_before=int(time.time())) for i in range(2)]
            site.control("wake")
            for id in ids:
                site.wait_out(id, *SENT)
                self.assertEqual(site.by(id), "m0")


class Turns(unittest.TestCase):
    def test_a_small_broadcast_does_not_wait_for_a_large_one(self):
        with Lines([{}, {}], air_ms=20) as site:
            large = site.broadcast(400)
            site.control("wake")
            site.wait_done(5)
            small = site.broadcast(10, first=1000)
            site.control("wake")
            site.wait_done(10, f"broadcast = {small}")
            self.assertLess(site.done(f"broadcast = {large}"), 200)
            site.wait_value("SELECT state FROM broadcast WHERE id = ?", "done", small)
            site.wait_value("SELECT state FROM broadcast WHERE id = ?", "done", large)
            self.assertEqual(len({s["number"] for s in site.sim.sent()}), 410)

    def test_a_reply_passes_the_queue(self):
        with Lines([{}], air_ms=50) as site:
            site.broadcast(200)
            site.control("wake")
            site.wait_done(3)
            before = site.sim.last()
            site.text("+8613800138001", "帮助")
            site.answer("+8613800138001")
            numbers = [s["number"] for s in site.sim.sent(since=before)]
            self.assertLess(numbers.index("+8613800138001"), 10, numbers[:20])


class Shares(unittest.TestCase):
    def test_the_faster_line_does_more(self):
        with Lines([{}, {}]) as site:
            site.sim.fault("slow", 150, count=-1, modem=1, text="+CMGS")
            site.broadcast(60)
            site.control("wake")
            site.wait_done(60)
            counts = [len([s for s in site.sim.sent() if s["modem"] == i]) for i in (0, 1)]
            self.assertEqual(sum(counts), 60)
            self.assertGreater(counts[1], 0, counts)
            self.assertGreater(counts[0], 2 * counts[1], counts)

    def test_one_dies_in_the_middle_of_a_broadcast(self):
        with Lines([{}, {}, {}], air_ms=30) as site:
            site.broadcast(90)
            site.control("wake")
            site.wait_done(20)
            site.sim.replug(ms=600000, modem=1)
            wait_for(lambda: site.value("SELECT count(*) FROM message_out WHERE state IN ('queued', 'sending')") == 0,
                     "nothing waits")
            sent = site.sim.sent()
            self.assertEqual([s for s in sent if s["copies"] != 1], [])
            self.assertEqual(len({s["number"] for s in sent}), len(sent), "nobody gets it twice")
            uncertain = site.value("SELECT count(*) FROM message_out WHERE state = 'uncertain'")
            self.assertLessEqual(uncertain, 1, "what was in the air by the line that died")
            self.assertGreaterEqual(len(sent), 90 - uncertain)
            self.assertEqual(site.done() + uncertain, 90)

    def test_sixteen_lines_never_double(self):
        with Lines([{}] * 16, air_ms=20) as site:
            site.broadcast(160)
            site.broadcast(160, LONG, first=1000)
            site.control("wake")
            site.wait_done(320, seconds=240)
            sent = site.sim.sent()
            self.assertEqual([s for s in sent if s["copies"] != 1 or not s["complete"]], [])
            self.assertEqual(len(sent), 320)
            self.assertEqual(len({s["number"] for s in sent}), 320)
            self.assertEqual({s["modem"] for s in sent}, set(range(16)))
            # every part of a text by one line
            self.assertEqual(site.rows("SELECT message FROM part_out GROUP BY message HAVING count(DISTINCT line) > 1"), [])


class Begun(unittest.TestCase):
    """Parts have left by a line that goes away."""

    def begin(self, site, kind):
        id = site.queue("+8613800138001", LONG, kind, not_before=1795053600)
        site.control("wake")
        wait_for(lambda: site.rows("SELECT 1 FROM part_out WHERE part = 2"), "the second part is in the air")
        first = site.value("SELECT modem FROM part_out WHERE part = 2")
        site.sim.replug(ms=3600000, modem=int(first[1:]))
        site.wait_value("SELECT bound IS NOT NULL AND state = 'queued' FROM message_out WHERE id = ?", 1, id)
        return id, "m1" if first == "m0" else "m0"

    def test_a_reply_goes_out_anew_by_another_line(self):
        with Lines([{}, {}], now="2026-11-20T10:00:00+08:00", gateway={"test_clock": "yes"}, air_ms=1000) as site:
            id, other = self.begin(site, "reply")
            site.set_clock("2026-11-20T10:09:00+08:00")
            site.settle()
            self.assertEqual(site.out(id), "queued")
            site.set_clock("2026-11-20T10:15:00+08:00")
            site.control("wake")
            site.wait_out(id, *SENT)
            self.assertEqual(site.by(id), other)
            whole = [s for s in site.sim.sent() if s["complete"]]
            self.assertEqual([(s["modem"], s["text"]) for s in whole], [(int(other[1:]), LONG)])

    def test_a_broadcast_waits_and_then_fails_visibly(self):
        with Lines([{}, {}], now="2026-11-20T10:00:00+08:00", gateway={"test_clock": "yes"}, air_ms=1000) as site:
            id, _ = self.begin(site, "broadcast")
            site.set_clock("2026-11-20T20:00:00+08:00")
            site.settle()
            self.assertEqual(site.out(id), "queued")
            site.set_clock("2026-11-21T10:01:00+08:00")
            site.control("wake")
            site.wait_out(id, "failed")
            self.assertTrue(site.value("SELECT reason FROM message_out WHERE id = ?", id))
            self.assertEqual(site.value("SELECT count(*) FROM event WHERE kind = 'message.failed'"), 1)


if __name__ == "__main__":
    unittest.main()
