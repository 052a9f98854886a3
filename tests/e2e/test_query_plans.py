"""Every statement of the store finds its rows by an index when a table is one that grows for as long as the box stands.

The statements are read out of the sources as the preprocessor leaves them; SQLite says how it would run each (without
statistics that does not depend on how much there is). A partial index is a short list by design, so going through
one is no offence."""
import re
import sqlite3
import subprocess
import unittest

from harness import ROOT, Site

GROWS = ("message_in", "message_out", "part_out", "pdu_in", "matter", "supporter", "journal", "event", "person", "person_phone", "phone",
         "household", "reading", "action", "invitation", "rsvp", "poll_voter", "point", "offer", "claim")

# A piece of the statement, and why it may go through a whole table.
ALLOWED = {
    "WHERE p.forgotten_utc IS NULL AND true ON CONFLICT": "the audience is everybody",
    "WHERE p.forgotten_utc IS NULL AND NOT EXISTS (SELECT 1 FROM person_role": "who has no role is nowhere listed as such",
    "AND p.changed_utc >= ?5 AND (?6 = 0 OR p.id = ?6) ORDER BY p.id LIMIT": "a list of people, from the first until it is long enough",
    "FROM matter m LEFT JOIN person rp ON rp.id = m.reporter LEFT JOIN person ap ON ap.id = m.assignee WHERE true AND":
        "a list of cases, from the newest until it is long enough",
    "LEFT JOIN person ap ON ap.id = m.assignee WHERE ?8 <> 0 AND": "all cases",
    "UPDATE pdu_in SET pdu = '', sender = ''": "the same, and the table holds three months",
    "UPDATE message_out SET text = replace(text, substr": "the same",
    "UPDATE message_out SET text = '' WHERE state NOT IN": "the same",
    "UPDATE journal SET actor = replace(actor, ?1": "the same",
    "UPDATE event SET body = replace(body, ?1": "somebody's data is erased on request, which happens once",
    "JOIN household h ON h.id = w.household WHERE ?1 = 0 AND": "a list of points, from the newest until it is long enough",
    "LEFT JOIN person p ON p.id = m.reporter WHERE (?1 IS NULL OR o.flavour = ?1)": "a list of tasks, from the newest until it is long enough",
    "FROM point WHERE utc < ?2 GROUP BY person": "the balances of everybody, a monthly list",
    "SELECT p.name FROM person p WHERE p.name <> ''": "the names that an export leaves out",
    "FROM message_in m WHERE true AND": "a list of texts, from the newest until it is long enough",
}
LITERALS = re.compile(r'"(?:\\.|[^"\\\n])*"(?:\s*"(?:\\.|[^"\\\n])*")*')
STATEMENT = re.compile(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE|REPLACE)\b")


def statements(path):
    """The string literals of a source that are SQL, with line markers, macros and breaks out of the way."""
    done = subprocess.run(["cc", "-E", "-P", "-D_GNU_SOURCE", "-I", ROOT / "src", "-I", ROOT, path], capture_output=True, text=True, check=True)
    for found in LITERALS.findall(done.stdout):
        text = "".join(re.findall(r'"((?:\\.|[^"\\\n])*)"', found)).replace('\\"', '"').replace("\\n", "\n")
        if STATEMENT.match(text) and "%" not in text:
            yield text


def whole_tables(db, sql):
    """What of GROWS is gone through from end to end, with the line that says so."""
    names = dict.fromkeys(GROWS) | {alias: table for table in GROWS for alias in re.findall(rf"\b{table}\s+(?:AS\s+)?([a-z]+)\b", sql)}
    short = {name for name, in db.execute("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql LIKE '%WHERE%'")}
    values = 0  # a mark without a number is one more than the highest before it
    for mark in re.findall(r"\?(\d*)", sql):
        values = max(values, int(mark)) if mark else values + 1
    for _, _, _, line in db.execute("EXPLAIN QUERY PLAN " + sql, [None] * values):
        found = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?$", line)
        if found and found[1] in names and found[2] not in short:
            yield line


class QueryPlans(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with Site(start=False) as site:
            (site.dir / "grids.csv").write_text("code,name,parent\n")
            site.ok("grid", "import", site.dir / "grids.csv")
            cls.db = sqlite3.connect(":memory:")
            with sqlite3.connect(site.dir / "yishi.db") as made:
                made.backup(cls.db)
        for source in (ROOT / "src/store").glob("*.c"):
            for sql in re.findall(r'"(CREATE TEMP TABLE .*?)",?\n', re.sub(r'"\s*\n\s*"', "", source.read_text())):
                cls.db.execute(sql)

    def test_no_statement_goes_through_a_table_that_grows(self):
        offences, used, count = [], set(), 0
        for source in sorted(set((ROOT / "src/store").glob("*.c")) - {ROOT / "src/store/private.c"}):  # that has a file of its own
            for sql in statements(source):
                try:
                    lines = list(whole_tables(self.db, sql))
                except sqlite3.Error as e:
                    offences.append(f"{source.name}: {e}: {sql[:300]}")
                    continue
                count += 1
                excuse = next((piece for piece in ALLOWED if piece in sql), None)
                if lines and excuse:
                    used.add(excuse)
                elif lines:
                    offences.append(f"{source.name}: {'; '.join(lines)}\n    {' '.join(sql.split())[:700]}")
        self.assertGreater(count, 300)
        self.assertFalse(offences, f"{len(offences)}:\n" + "\n".join(offences))
        self.assertEqual(set(ALLOWED) - used, set(), "exceptions that nothing needs")

    def test_an_agenda_looks_at_its_own_grids(self):
        found = [sql for sql in statements(ROOT / "src/store/agenda.c") if "top(number)" in sql]
        self.assertEqual(len(found), 2)
        for sql in found:
            plan = [line for *_, line in self.db.execute("EXPLAIN QUERY PLAN " + sql, [None] * 2)]
            self.assertIn("SEARCH matter USING INDEX matter_deliberate (grid=?)", plan)
            self.assertNotIn("SCAN matter USING INDEX matter_deliberate", plan)

    def test_what_is_open_is_counted_in_an_index_alone(self):
        counts = {"board.c": "coalesce(due_utc, ?1) < ?1", "summary_rest.c": "SELECT count(*) FROM matter m WHERE m.due_utc", "matter.c": "sum(due_utc < ?)"}
        for source, piece in counts.items():
            with self.subTest(source):
                sql = next(sql for sql in statements(ROOT / "src/store" / source) if piece in sql)
                values = [None] * len(set(re.findall(r"\?\d*", sql)))
                plan = [line for *_, line in self.db.execute("EXPLAIN QUERY PLAN " + sql, values)]
                self.assertRegex("; ".join(plan), r"(SCAN|SEARCH) m(atter)? USING COVERING INDEX")


if __name__ == "__main__":
    unittest.main()
