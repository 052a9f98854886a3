"""`yishi report` on a box whose every figure is known: denominators, sums, time zone, what is private, what is given away."""
import csv
import html.parser
import io
import json
import re
import sqlite3
import unittest
import xml.dom.minidom
from datetime import datetime

from clibox import Box

HOUR, DAY = 3600, 86400


def at(text):
    return int(datetime.fromisoformat(text + "+08:00").timestamp())


def fill(db):
    """November: 13 raised. 1-6 settled and rated good, 7 fair, 8 bad and open again, 9 settled late and silent, 10 merged,
    11 rejected, 12 private, 14 in no grid. 13 was raised a second before November and settled in it."""
    def case(number, state, opened, *, grid="KS-03", category="water", kind="case", origin="complaint", private=0, text="水管漏水", due=None,
             resolved=None, human=None, reopened=0, merged=None, journal=()):
        db.execute("INSERT INTO matter (number, kind, state, category, text, grid, building, unit, room, private, origin, opened_utc, changed_utc,"
                   " due_utc, resolved_utc, first_human_utc, reopened, merged_into) VALUES (?,?,?,?,?,?,'3','2','501',?,?,?,?,?,?,?,?,?)",
                   (number, kind, state, category, text, grid, private, origin, opened, opened + DAY, due, resolved, human, reopened, merged))
        for entry in journal:
            db.execute("INSERT INTO journal (matter, utc, actor, channel, entry) VALUES (?,?,'daemon','timer',?)", (number, opened + 3 * DAY, entry))
    begin = at("2026-11-02T09:00:00")
    for n in range(1, 8):
        case(n, "closed", begin + n * DAY, due=begin + (n + 5) * DAY, resolved=begin + (n + 2) * DAY, human=begin + n * DAY + HOUR,
             text="我是王秀英，电话13800138001，3栋水管漏水" if n == 1 else "水管漏水",
             journal=("asked", "rated bad", "rated good" if n < 7 else "rated fair"))
    case(8, "in_progress", begin, due=begin + DAY, human=begin + HOUR, reopened=1, journal=("asked", "overdue", "rated bad"))
    case(9, "resolved", begin, due=begin + DAY, resolved=begin + 2 * DAY, human=begin + HOUR, journal=("asked",))
    case(10, "merged", begin, merged=1)
    case(11, "rejected", begin, category="dispute", text="楼上李建国吵")
    case(12, "received", begin, grid="KS-03-2", private=1, text="心里难受")
    case(13, "resolved", at("2026-10-31T23:59:59"), resolved=begin)
    case(14, "received", at("2026-11-01T00:00:00"), grid=None, category="other", text="有件事")
    case(15, "closed", begin, kind="task")
    case(16, "received", begin, origin="quarantine")
    # a meeting: ten were asked, five said yes and came but one, one walked in, two left no name; one of three decisions is done
    db.execute("INSERT INTO meeting (id, grid, place, starts_utc, ends_utc, state, code, guests) VALUES (1,'KS-03','3号点',?,?,'held','4827',2)",
               (at("2026-11-06T15:00:00"), at("2026-11-06T16:00:00")))
    for i in range(10):
        db.execute("INSERT INTO invitation VALUES (1, ?, NULL, ?)", (f"+861390000000{i}", begin))
    for i in range(6):
        came = at("2026-11-06T15:00:00") if i != 4 else None
        db.execute("INSERT INTO rsvp (meeting, number, answer, people, channel, changed_utc, attended_utc) VALUES (1,?,'yes',1,'text',?,?)",
                   (f"+861390000000{i}" if i < 5 else "+8613900000099", begin if i < 5 else came, came))
    for n, decision in ((1, "adopted"), (8, "assigned"), (9, "postponed"), (14, "adopted")):
        db.execute("INSERT INTO agenda_item (meeting, matter, decision) VALUES (1, ?, ?)", (n, decision))


class Page(html.parser.HTMLParser):
    """Tags that do not close each other, and the text."""
    VOID = {"meta", "link", "br", "img", "rect", "line", "path", "circle"}

    def __init__(self, page):
        super().__init__()
        self.open, self.text = [], []
        self.feed(page)
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag, tag

    def handle_data(self, data):
        self.text.append(data)


class Report(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = Box(now="2026-12-01T10:00:00+08:00").people()
        with sqlite3.connect(cls.box.dir / "yishi.db") as db:
            fill(db)

    @classmethod
    def tearDownClass(cls):
        cls.box.__exit__()

    def test_the_month_and_its_denominators(self):
        rows = self.box.json("report", "month", "last")
        whole = rows[0]
        known = {"period": "2026-11", "from": "2026-11-01T00:00:00+08:00", "to": "2026-12-01T00:00:00+08:00", "complete": True, "row": "whole",
                 "received": 13, "merged": 1, "private": 1, "settled": 8, "settled_of": 12, "settled_percent": 67, "open": 3, "open_of": 12,
                 "rejected": 1, "confirmed": 7, "confirmed_of": 8, "confirmed_percent": None, "answered": 8, "answered_of": 9,
                 "satisfied": 6, "satisfied_of": 8, "dissatisfied": 1, "rated_fair": 1, "overdue": 2, "overdue_of": 9, "reopened": 1,
                 "reopened_of": 9, "first_human_median_minutes": 60, "first_human_p90_minutes": None, "first_human_n": 9, "first_human_of": 12,
                 "settling_median_minutes": 2880, "settled_within": 9, "meetings_held": 1, "invited": 10, "invited_answered": 5, "said_yes": 5,
                 "attended": 7, "attended_of_yes": 4, "attended_of_yes_of": 5, "agenda_items": 4, "decided": 3, "decisions": 3,
                 "decisions_done": 1, "adopted": 2, "adopted_done": 1}
        self.assertEqual({k: whole[k] for k in known}, known)
        self.assertEqual(sum(r["received"] for r in rows[1:]), 13)
        self.assertEqual([r["from"][:10] for r in rows[1:]], ["2026-11-01", "2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23", "2026-11-30"])
        # python's csv reads the same
        read = list(csv.DictReader(io.StringIO(self.box.ok("report", "month", "2026-11", "--csv"))))
        self.assertEqual([(r["received"], r["settled_of"], r["confirmed_percent"]) for r in read[:1]], [("13", "12", "")])
        # in words: few have no percentage, nothing is no nought
        said = self.box.ok("report", "month", "last")
        self.assertRegex(said, r"settled +8 of 12 \(67 %\)")
        self.assertRegex(said, r"satisfied +6 of 8 ")
        self.assertRegex(self.box.ok("report", "month", "2026-10"), r"satisfied +no data")
        self.assertIn("no data", self.box.ok("report", "year", "2019"))
        self.assertEqual(self.box.run("report", "month", "13").returncode, 64)
        self.assertEqual(self.box.run("report", "month", "--grid", "NOPE").returncode, 65)

    def test_breakdowns_add_up_and_private_matters_stand_apart(self):
        rows = self.box.json("report", "grid", "2026-Q4")
        self.assertEqual(rows[0]["received"], 14)
        self.assertEqual(sum(r["received"] for r in rows[1:]), 14)
        by = {(r["row"], r["grid"]): r["received"] for r in rows[1:]}
        self.assertEqual((by["grid", "KS-03"], by["grid", None], by["private", None]), (12, 1, 1))
        rows = self.box.json("report", "category", "2026-11", "--grid", "KS-03")
        self.assertEqual({(r["row"], r["category"]): r["received"] for r in rows},
                         {("whole", None): 12, ("category", "water"): 10, ("category", "dispute"): 1, ("private", None): 1})

    def test_one_page(self):
        for verb in (("month", "last"), ("week", "2026-W45"), ("year", "2019")):
            page = self.box.ok("report", *verb, "--html")
            text = " ".join(Page(page).text)
            self.assertIn("矿山社区", text)
            self.assertNotIn("心里难受", page)
            self.assertNotRegex(page, r"(src|href)=|url\((?!#)|1380013800")
            ids = re.findall(r' id="([^"]+)"', page)
            self.assertEqual(len(ids), len(set(ids)))
            for svg in re.findall(r"<svg.*?</svg>", page, re.S):
                xml.dom.minidom.parseString(svg)
        self.assertIn("Nothing was raised", text)
        self.box.ok("report", "month", "last", "--html", "--output", self.box.dir / "m.html")
        self.assertIn("8 of 12", (self.box.dir / "m.html").read_text())
        self.assertEqual(self.box.run("report", "month", "--html", "--output", "/proc/no/m.html").returncode, 73)

    def test_open311_gives_nobody_away(self):
        made = self.box.ok("report", "open311")
        requests = {r["service_request_id"]: r for r in json.loads(made)}
        self.assertEqual(set(requests), {str(n) for n in (*range(1, 12), 13, 14)})
        for secret in ("王秀英", "李建国", "13800138001", "501", "心里难受"):
            self.assertNotIn(secret, made)
        first = requests["1"]
        self.assertEqual((first["status"], first["service_code"], first["description"], first["requested_datetime"]),
                         ("closed", "water", "我是…，电话…，3栋水管漏水", "2026-11-03T09:00:00+08:00"))
        self.assertEqual((requests["11"]["description"], requests["11"]["address"]), ("", ""))
        self.assertEqual(requests["8"]["status"], "open")
        read = xml.dom.minidom.parseString(self.box.ok("report", "open311", "--xml", "--status", "open"))
        self.assertEqual([e.firstChild.data for e in read.getElementsByTagName("service_request_id")], ["8", "14"])
        services = json.loads(self.box.ok("report", "open311", "services"))
        self.assertTrue({r["service_code"] for r in requests.values()} <= {s["service_code"] for s in services})
        self.assertEqual(len(self.box.json("report", "open311", "--limit", 2)), 2)

    def test_cells_for_a_study(self):
        done = self.box.run("report", "study")
        rows = list(csv.DictReader(io.StringIO(done.stdout)))
        self.assertEqual([(r["month"], r["grid"], r["category"], r["cases"], r["satisfied"]) for r in rows],
                         [("2026-11", "KS-03", "water", "10", "")])
        self.assertIn("3 cases", done.stderr)
        self.assertEqual(self.box.run("report", "study", "--k", 4).returncode, 64)

    def test_the_morning_page(self):
        status = json.loads(self.box.run("status", "--json").stdout)
        self.assertEqual(status["news"]["since"], "2026-11-30T17:30:00+08:00")
        self.assertEqual(status["overdue_by"], [{"person": None, "name": None, "count": 1}])
        self.assertEqual((status["first_human"]["median_minutes"], status["first_human"]["n"]), (60, 9))
        self.assertEqual(status["waiting"]["untaken"], 3)
        self.assertIn("nobody (1)", self.box.run("status").stdout)


if __name__ == "__main__":
    unittest.main()
