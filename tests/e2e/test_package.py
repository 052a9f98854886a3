"""The Debian package without building one: what its scripts remove, and that its parts say what the rest of the tree says.
scripts/check-deb builds and installs it."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from harness import ROOT

DEBIAN = ROOT / "scripts/debian"


def script(name, root, *arguments):
    """A maintainer script as dpkg runs it, in a system of its own; one that would leave that is not run."""
    text = re.sub(r"<<-'END'\n.*?\tEND\n|^\s*(#|echo ).*", "", (DEBIAN / f"yishi.{name}").read_text(encoding="utf-8"), flags=re.M | re.S)
    assert not re.search(r"(?<![\w}])/(etc|var|usr|lib|home)\b", text.replace("/run/udev", "")), text
    done = subprocess.run(["sh", DEBIAN / f"yishi.{name}", *arguments], capture_output=True, text=True, check=False,
                          env=dict(os.environ, DPKG_ROOT=str(root)))
    assert done.returncode == 0, done.stderr
    return done.stdout


class MaintainerScripts(unittest.TestCase):
    def test_purge_takes_the_gateways_own_and_nothing_else(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            own = [root / "etc/yishi/yishi.conf", root / "var/lib/yishi/yishi.db", root / "var/lib/yishi/yishi.private.db"]
            others = [root / "var/backups/yishi/yishi-20261101-031000.db", root / "etc/hosts", root / "var/lib/other/x"]
            for path in own + others:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("x", encoding="utf-8")
            for call in (["remove"], ["upgrade", "0.6.0"], ["failed-upgrade", "0.4.0"], ["abort-install"]):
                self.assertEqual(script("postrm", root, *call), "")
            self.assertTrue(all(path.exists() for path in own + others))
            self.assertIn("/var/backups/yishi", script("postrm", root, "purge"))
            self.assertEqual({path for path in root.rglob("*") if path.is_file()}, set(others))
            self.assertFalse(any(path.parent.exists() for path in own))

    def test_what_comes_next_is_told_until_there_is_a_configuration(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for words in ("yishi modem probe --write", "systemctl start yishi", "yishi modem test"):
                self.assertIn(words, script("postinst", root, "configure", ""))
            self.assertEqual(script("postinst", root, "abort-upgrade", "0.4.0"), "")
            (root / "etc/yishi").mkdir(parents=True)
            (root / "etc/yishi/yishi.conf").write_text("", encoding="utf-8")
            self.assertEqual(script("postinst", root, "configure", "0.4.0"), "")


class Lists(unittest.TestCase):
    def test_the_packages_that_are_needed_stand_in_one_place(self):
        printed = {group: subprocess.run(["scripts/install-deps", "--print", group], cwd=ROOT, capture_output=True, text=True,
                                         check=True).stdout.split() for group in ("build", "test", "deb")}
        libraries = re.search(r"^PKGS := (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)[1].split()
        self.assertGreaterEqual(len([name for name in printed["build"] if name.endswith("-dev")]), len(set(libraries) - {"icu-uc"}))
        self.assertIn("lintian", printed["deb"])
        self.assertNotIn("lintian", printed["build"] + printed["test"])
        self.assertIn("Build-Depends: @BUILD@\n", (DEBIAN / "control").read_text(encoding="utf-8"))


if __name__ == "__main__":
    unittest.main()
