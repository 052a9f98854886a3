"""The scripts for the usual jobs, run by a plain POSIX shell as cron would."""
import os
import pathlib
import re
import subprocess
import unittest

from clibox import Box
from harness import BIN, ROOT, environment

SCRIPTS = sorted((ROOT / "scripts").glob("*.sh"))


def run(box, name, *args, path="", stdin="", **env):
    """In a shell that knows nothing beyond POSIX (dash), with a short PATH; `path` comes first in it."""
    env = environment(**{**box.env, "YISHI_CONFIG": box.config, "PATH": f"{path}:{BIN}:/usr/bin:/bin", **env})
    return subprocess.run(["dash", ROOT / "scripts" / name] + [str(a) for a in args], cwd=box.dir, env=env, input=stdin, capture_output=True,
                          text=True, check=False, timeout=120)


class Scripts(unittest.TestCase):
    def test_help_in_both_languages_and_the_habits_of_the_house(self):
        self.assertGreaterEqual(len(SCRIPTS), 5)
        with Box() as box:
            for script in SCRIPTS:
                text = script.read_text(encoding="utf-8")
                self.assertTrue(text.startswith("#!/bin/sh\n") and "\nset -eu\n" in text and os.access(script, os.X_OK), script)
                done = run(box, script.name, "--help")
                self.assertEqual((done.returncode, done.stderr), (0, ""), script)
                self.assertRegex(done.stdout, "Exit status: .*\n(?:.*\n)?退出状态：")
                self.assertNotIn("set -eu", done.stdout)
                for language, word in (("en_US.UTF-8", "usage: "), ("zh_CN.UTF-8", "用法：")):
                    wrong = run(box, script.name, "--nonsense", "a", "b", "c", "d", "e", LC_ALL=language)
                    self.assertEqual((wrong.returncode, wrong.stdout), (64, ""), script)
                    self.assertIn(word, wrong.stderr)

    def test_import(self):
        with Box() as box:
            box.ok("grid", "import", box.write("g.csv", Box.GRIDS))
            people = box.write("p.csv", "手机,姓名,网格\n13800138001,王秀英,KS-03\n12345,错号,KS-03\n")
            self.assertEqual(run(box, "import-people.sh", people).returncode, 1)  # nobody was asked, nothing was done
            self.assertEqual(box.json("person", "list"), [])
            done = run(box, "import-people.sh", people, "上门登记", "--yes")
            self.assertEqual((done.returncode, len(box.json("person", "list"))), (65, 1), done.stderr)
            self.assertIn("3", (box.dir / "p.csv.errors").read_text())
            people.write_text("手机,姓名,网格\n13800138001,王秀英,KS-03\n13800138002,改好了,KS-03\n")
            self.assertEqual(run(box, "import-people.sh", people, "上门登记", "--yes").returncode, 0)
            self.assertEqual(len(box.json("person", "list")), 2)
            self.assertFalse((box.dir / "p.csv.errors").exists())
            self.assertEqual(run(box, "import-people.sh", "nowhere.csv").returncode, 66)

    def test_fridays_paper(self):
        with Box() as box:
            box.people()
            box.ok("meeting", "series", "add", "--grid", "KS-03", "--rrule", "FREQ=WEEKLY;BYDAY=FR", "--at", "15:00", "--place", "3号议事点")
            done = run(box, "print-friday.sh", "next", "paper")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(sorted(p.name for p in (box.dir / "paper").iterdir()), ["agenda.html", "poster.html", "script.txt", "signin.html"])
            self.assertIn("3号议事点", (box.dir / "paper/poster.html").read_text(encoding="utf-8"))
            self.assertEqual(run(box, "print-friday.sh", "99", "other").returncode, 1)
            self.assertFalse(list((box.dir / "other").glob("*.html")))
            self.assertEqual(run(box, "print-friday.sh", "next", box.config).returncode, 73)
            # a printer and a browser of our own: what they are given
            bin = box.dir / "bin"
            bin.mkdir()
            for name, body in (("chromium", 'for a; do case $a in --print-to-pdf=*) echo pdf > "${a#*=}" ;; esac; done'), ("lp", 'echo "$@"')):
                (bin / name).write_text(f"#!/bin/sh\n{body}\n")
                (bin / name).chmod(0o755)
            done = run(box, "print-friday.sh", "--printer", "office", "next", "paper", path=bin)
            self.assertEqual((done.returncode, done.stdout.count("-d office paper/")), (0, 3), done.stderr)

    def test_backup_and_rotation(self):
        with Box() as box:
            box.people()
            folder = box.dir / "stick"
            folder.mkdir()
            old = [f"yishi-2026{m:02d}{d:02d}-031000.db" for m in range(1, 11) for d in (1, 9, 20)]
            for name in old + ["yishi-notes.txt"]:
                (folder / name).write_text("x")
            self.assertEqual(run(box, "nightly-backup.sh", folder, 3, 4).returncode, 0)
            left = sorted(p.name for p in folder.iterdir())
            fresh = [n for n in left if n not in old and n != "yishi-notes.txt"]
            self.assertEqual(len(fresh), 1)
            self.assertEqual([n for n in left if n in old], [f"yishi-2026{m:02d}01-031000.db" for m in (7, 8, 9, 10)] + old[-2:])
            self.assertEqual((box.run("db", "check", folder / fresh[0]).returncode, (folder / fresh[0]).stat().st_mode & 0o777), (0, 0o660))
            (folder / fresh[0]).rename(folder / "yishi-20261031-031000.db")  # of an earlier second than the next one
            # somebody else is at it; a copy that is not sound removes nothing
            (folder / ".lock").mkdir()
            self.assertEqual(run(box, "nightly-backup.sh", folder, 1, 0).returncode, 75)
            (folder / ".lock").rmdir()
            bin = box.dir / "bin"
            bin.mkdir()
            (bin / "yishi").write_text(f'#!/bin/sh\n{BIN}/yishi "$@" || exit\n[ "$2" != backup ] || '
                                       'dd if=/dev/zero of="$3" bs=4096 seek=3 count=40 conv=notrunc 2>/dev/null\n')
            (bin / "yishi").chmod(0o755)
            before = {p.name for p in folder.iterdir()}
            done = run(box, "nightly-backup.sh", folder, 1, 0, path=bin)
            self.assertEqual(done.returncode, 65, done.stderr)
            after = {p.name for p in folder.iterdir()}
            self.assertTrue(before < after and all(n.endswith(".bad") for n in after - before), after - before)
            self.assertEqual(run(box, "nightly-backup.sh", "/proc/nowhere").returncode, 73)
            for name, status in (("nowhere.db", 66), (box.config, 65)):
                self.assertEqual(box.run("db", "check", name).returncode, status)

    def test_morning_page(self):
        with Box() as box:
            box.people()
            box.ok("case", "new", "--text", "灯坏了", "--category", "lighting", "--from", "13800138001")
            box.set_clock("2027-01-05T08:00:00+08:00")
            for language, word in (("en_US.UTF-8", "== overdue cases"), ("zh_CN.UTF-8", "== 逾期的诉求")):
                done = run(box, "morning-page.sh", LC_ALL=language)
                self.assertEqual(done.returncode, 69)  # no daemon
                self.assertIn(word, done.stdout)
            self.assertEqual(run(box, "morning-page.sh", "page.txt").returncode, 69)
            self.assertRegex((box.dir / "page.txt").read_text(encoding="utf-8"), "overdue")
            self.assertEqual(run(box, "morning-page.sh", "/proc/nowhere").returncode, 73)
            self.assertEqual(run(box, "morning-page.sh", YISHI_CONFIG="/nowhere.conf").returncode, 78)


if __name__ == "__main__":
    unittest.main()
