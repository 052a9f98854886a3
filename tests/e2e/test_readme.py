"""The secretary's page of the README is played from top to bottom, as it stands."""
import re
import shlex
import unittest

from harness import ROOT, Site

THURSDAY = "2026-11-26T10:00:00+08:00"
LATER = {"Friday": "2026-11-27T10:00:00+08:00", "Meeting": "2026-11-27T15:10:00+08:00",
         "Afterwards": "2026-11-27T18:00:00+08:00"}


class Secretary(unittest.TestCase):
    def test_the_page_is_played(self):
        text = (ROOT / "README.md").read_text(encoding="utf-8")
        page = text[text.index("## For the secretary"):text.index("## For the installer")]
        lines = re.findall(r"^(?:    (yishi .*?)(?:\s+# .*)?|\*\*(\w+) .*)$", page, re.M)
        self.assertGreater(len(lines), 30)
        with Site(now=THURSDAY) as site:
            site.registry()  # the files of the page: grids.csv, people.csv
            (site.dir / "note.txt").write_text("{name}您好，周五下午三点议事会，3号议事点。来请回1。\n", encoding="utf-8")
            for words in ("3栋2单元楼道灯坏了", "建议垃圾房早晚各收一次"):
                site.ok("case", "new", "--text", words, "--from", "13800138001", "--deliberate")
            for command, heading in lines:
                if heading in LATER:
                    site.set_clock(LATER[heading])
                    site.aware()
                if command:
                    words = [str(site.dir / w) if re.search(r"\.(csv|txt|html)$", w) else w for w in shlex.split(command)[1:]]
                    done = site.run(*words)
                    with self.subTest(command):
                        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            for name in ("poster", "signin", "agenda", "results", "month"):
                self.assertIn("</html>", (site.dir / f"{name}.html").read_text(encoding="utf-8"))


if __name__ == "__main__":
    unittest.main()
