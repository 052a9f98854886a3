"""Every verb, by the examples of its own help, in surroundings in which nothing is as it should be: one line that says what, where and
what to do, and the status that scripts rely on. And the few things that are not the same for all verbs."""
import concurrent.futures
import functools
import os
import re
import shlex
import subprocess
import unittest

from clibox import Box
from harness import BIN, Tool, environment
from test_cli_frame import verbs

# they do not end by themselves, or answer with a certificate, whatever is the matter
WAITS = {"broadcast watch", "phone", "top", "modem test", "modem console", "modem trace", "sensor watch"}
ALONE = {"help", "pdu", "rules", "phone", "page", "modem", "sensor"}     # nouns that ask neither configuration nor database, or not at once


@functools.cache
def examples():
    """(verb, arguments): the first simple command of each verb's example that gets nothing by a pipe."""
    found = {}
    for words in verbs():
        for line in Tool().ok(*words, "--help").split("Example:")[1].splitlines():
            if line.strip().startswith("yishi ") and "--follow" not in line and " ".join(words) not in WAITS:
                found.setdefault(" ".join(words), shlex.split(re.split(r" [|>] ", line.strip())[0])[1:])
    return list(found.items())


def as_nobody(box, *args):
    """As a user who is in no group of the gateway."""
    root = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.getuid() == 0 else []
    return subprocess.run(root + [BIN / "yishi", "-c", box.config, *args], capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, env=environment(**box.env))


class EveryVerb(unittest.TestCase):
    def sentence(self, done, args):
        """One line; what is to be done stands behind a semicolon or a colon, or is a command between ` `."""
        lines = done.stderr.splitlines()
        self.assertEqual((len(lines), done.stderr[:7]), (1, "yishi: "), (args, done.stderr))
        self.assertRegex(done.stderr, r"[;:] .", args)
        return lines[0]

    def each(self, box, todo, check):
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            for (verb, args), done in zip(todo, pool.map(lambda t: box.run(*t[1]), todo)):
                with self.subTest(" ".join(args)):
                    check(verb, args, done)

    def test_nothing_is_there(self):
        def check(verb, args, done):
            self.assertIn(done.returncode, (0, 1, 65, 66, 69, 73))
            if done.returncode not in (0, 69) and args[0] != "status":
                self.sentence(done, args)
                self.assertEqual(done.stdout, "")
        with Box(gateway="language = en") as box:
            os.chdir(box.dir)
            self.addCleanup(os.chdir, "/")
            self.each(box, examples(), check)

    def test_the_database_is_none(self):
        def check(verb, args, done):
            self.assertEqual(done.returncode, 69)
            self.assertIn("put the youngest backup in its place", self.sentence(done, args))
        with Box(gateway="language = en") as box:
            box.write("yishi.db", b"this is no database" * 100)
            # the last one of each noun stands for it
            self.each(box, [e for e in {a[0]: (v, a) for v, a in examples()}.values() if e[1][0] not in ALONE], check)


class Surroundings(unittest.TestCase):
    def test_who_is_not_permitted(self):
        with Box(gateway="language = en") as box:
            box.ok("case", "new", "--text", "x")
            os.chmod(box.dir, 0o755)
            db = box.dir / "yishi.db"
            for mode, folder, names in ((0o600, 0o755, db), (0o644, 0o755, db), (0o666, 0o755, box.dir)):
                db.chmod(mode)
                if os.getuid() != 0 and mode == 0o666:
                    box.dir.chmod(0o555)
                    self.addCleanup(box.dir.chmod, 0o755)
                for args in (("case", "list"), ("case", "new", "--text", "y"), ("status",), ("db", "check")):
                    done = as_nobody(box, *args)
                    self.assertEqual(done.returncode, 77, (oct(mode), args, done.stderr))
                    self.assertIn(f"{names} is not for you to write; let whoever installed the gateway", done.stderr)
            box.config.chmod(0o000)
            done = as_nobody(box, "case", "list")
            self.assertEqual((done.returncode, "let whoever installed" in done.stderr), (77, True), done.stderr)
            box.config.chmod(0o644)

    def test_what_cannot_be_written_or_read(self):
        with Box(gateway="language = en") as box:
            box.people()
            box.ok("meeting", "series", "add", "--grid", "KS-03", "--rrule", "FREQ=WEEKLY;BYDAY=FR", "--at", "15:00", "--place", "3号议事点")
            for args in (("db", "backup", "/proc/x.db"), ("report", "month", "--html", "--output", "/proc/x.html"),
                         ("meeting", "poster", "next", "--output", "/proc/x.html")):
                done = box.run(*args)
                self.assertEqual((done.returncode, len(done.stderr.splitlines())), (73, 1), (args, done.stderr))
                self.assertIn("/proc/x", done.stderr)
            for args in (("person", "import", "no.csv"), ("grid", "import", "no.csv"), ("faq", "import", "no.csv"), ("db", "check", "no.db"),
                         ("broadcast", "new", "--to", "all", "--text-file", "no.txt"), ("message", "send", "--to", "13800138001", "--text-file", "no.txt")):
                done = box.run(*args)
                self.assertEqual((done.returncode, len(done.stderr.splitlines())), (66, 1), (args, done.stderr))
                self.assertIn(args[-1], done.stderr)

    def test_a_grid_that_was_mistyped_is_no_empty_list(self):
        with Box(gateway="language = en") as box:
            box.people()
            for noun in (("case", "list"), ("person", "list"), ("task", "list"), ("points", "list"), ("meeting", "list")):
                self.assertEqual(box.run(*noun, "--grid", "KS-03").returncode, 0, noun)
                done = box.run(*noun, "--grid", "KS-O3")
                self.assertEqual((done.returncode, "there is no grid KS-O3; `yishi grid list`" in done.stderr), (65, True), noun)


if __name__ == "__main__":
    unittest.main()
