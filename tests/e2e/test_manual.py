"""The manual and the completion of bash: made from the tables, looked at by mandoc, man and bash themselves."""
import os
import pathlib
import pty
import re
import select
import subprocess
import tempfile
import unittest

from clibox import Box
from harness import BIN, BUILD, ROOT, Tool, environment

PAGES = {language: sorted((BUILD / "man" / language).glob("*.[1-8]")) for language in ("en", "zh")}


class Manual(unittest.TestCase):
    def test_mandoc_and_man_have_nothing_to_say(self):
        self.assertEqual([p.name for p in PAGES["en"]], [p.name for p in PAGES["zh"]])
        self.assertGreater(len(PAGES["en"]), 30)
        every = [p for pages in PAGES.values() for p in pages]
        done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning"] + every, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        named = subprocess.run(["lexgrog"] + every, capture_output=True, text=True, check=False, env=environment(LC_ALL="C.UTF-8"))
        self.assertEqual((named.returncode, named.stdout.count("\n")), (0, len(every)))  # whatis(1) finds each
        self.assertIn('"yishi.conf - yishi 和 yishid 的配置文件"', named.stdout)
        for page in ("yishi.1", "yishi-events.7"):
            for language, pages in PAGES.items():
                path = BUILD / "man" / language / page
                shown = subprocess.run(["man", "-l", "--warnings", path], capture_output=True, text=True, check=False,
                                       env=environment(MANWIDTH="80", LC_ALL="C.UTF-8"))
                self.assertEqual(shown.stderr, "", path)

    def test_every_command_option_key_and_event_is_in_it(self):
        for language in ("en", "zh"):
            text = {p.name: re.sub(r"\\[:&]", "", p.read_text(encoding="utf-8")).replace("\\-", "-") for p in PAGES[language]}
            nouns = re.findall(r"^  ([a-z]+) ", Tool().ok("help"), re.M)
            for noun in set(nouns) - {"yishi"}:
                page = text[f"yishi-{noun}.1"]
                for line in Tool().ok("help", noun).splitlines():
                    if re.match(rf"  {noun}( |$)", line):
                        self.assertIn(re.split(r"  +", line.strip())[0].strip(), page)
            kinds = [line.split()[0] for line in Tool().ok("help", "events").splitlines() if re.match(r"[a-z]+\.[a-z]", line)]
            self.assertGreater(len(kinds), 40)
            for kind in kinds:
                self.assertIn(f'.B "{kind}"', text["yishi-events.7"])
            with Box(sections="[modem front]\ndevice = /dev/null\n[hooks]\n") as box:
                keys = subprocess.run([BIN / "yishid", "-c", box.config, "--check"], capture_output=True, text=True, check=False, env=environment(**box.env)).stdout
            for key in re.findall(r"^([a-z_]+) = ", keys, re.M):
                self.assertIn(f'.BI "{key} ="', text["yishi.conf.5"])
            for program, page in (("yishid", "yishid.8"), ("yishi-simmodem", "yishi-simmodem.1")):
                usage = subprocess.run([BIN / program, "--help"], capture_output=True, text=True, check=True, env=environment()).stdout
                for option in set(re.findall(r"^  .*?(--[a-z]+[a-z-]*)", usage, re.M)):
                    self.assertIn(option, text[page])


class Install(unittest.TestCase):
    def test_all_of_it_is_installed(self):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(["make", "-s", "install", f"DESTDIR={folder}", f"BUILD={BUILD}", "-o", "all"], cwd=ROOT, capture_output=True,
                                  text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            top = pathlib.Path(folder, "usr/local")
            for name in ("bin/yishi", "bin/yishid", "bin/yishi-simmodem", "share/man/man5/yishi.conf.5", "share/man/zh_CN/man8/yishid.8",
                         "share/bash-completion/completions/yishi", "share/yishi/scripts/nightly-backup.sh", "lib/systemd/system/yishi.service",
                         "lib/sysusers.d/yishi.conf", "lib/tmpfiles.d/yishi.conf", "lib/udev/rules.d/90-yishi.rules", "libexec/yishi/yishi-root",
                         "lib/systemd/system/yishi-root.socket", "lib/systemd/system/yishi-root@.service", "share/locale/zh_CN/LC_MESSAGES/yishi.mo", "etc/yishi/yishi.conf"):
                self.assertTrue((top / name).is_file(), name)
            for own, there in (("rules/*.rules", "rules"), ("at_commands/modems/*.modem", "at_commands/modems"), ("src/page/templates/*", "pages"),
                               ("scripts/*.sh", "scripts")):
                self.assertEqual({p.name for p in ROOT.glob(own)} - {p.name for p in (top / "share/yishi" / there).iterdir()}, set())
            self.assertTrue(os.access(top / "share/yishi/scripts/nightly-backup.sh", os.X_OK))
            self.assertEqual(len(list((top / "share/man").rglob("*.[1-8]"))), len(PAGES["en"]) + len(PAGES["zh"]))
            # somewhere else: what names a place names that one
            done = subprocess.run(["scripts/install-text", "scripts/yishi.service", f"{folder}/unit", "644"], cwd=ROOT, check=False,
                                  env=dict(os.environ, PREFIX="/opt/y", SYSCONFDIR="/etc"))
            unit = pathlib.Path(folder, "unit").read_text(encoding="utf-8")
            self.assertIn("ExecStart=/opt/y/bin/yishid -c /etc/yishi/yishi.conf -f", unit)
            self.assertNotIn("/usr/local", unit)


class Completion(unittest.TestCase):
    """A real bash, once with the package bash-completion and once without."""

    FILE = BUILD / "share/bash-completion/completions/yishi"
    LIBRARY = pathlib.Path("/usr/share/bash-completion/bash_completion")

    def complete(self, lines, library, **env):
        """What bash offers for each line, as if Tab were struck at its end."""
        script = [f". {self.LIBRARY}"] if library else []
        script += [f". {self.FILE}", "compopt() { :; }"]
        for line in lines:
            # bash cuts the line at COMP_WORDBREAKS, which read -a does not: so it is cut here alike
            words = re.findall(r"[:=]+|[^\s:=]+", line)
            if line.endswith(" "):
                words.append("")
            quoted = " ".join("'" + w + "'" for w in words)
            script.append(f"COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; COMP_LINE='{line}'; COMP_POINT={len(line)}; COMPREPLY=(); "
                          '_yishi 2>&1; printf "%s " "${COMPREPLY[@]}"; echo')
        done = subprocess.run(["bash", "--norc", "-c", "\n".join(script)], capture_output=True, text=True, check=False,
                              env=environment(PATH=f"{BIN}:/usr/bin:/bin", LC_ALL="C.UTF-8", **env))
        self.assertEqual(done.stderr, "")
        return [set(line.split()) for line in done.stdout.splitlines()]

    def test_nouns_verbs_options_and_values(self):
        with Box() as box, tempfile.TemporaryDirectory() as folder:
            box.people()
            (pathlib.Path(folder) / "note.txt").write_text("x")
            asked = [("yishi ca", {"case"}), ("yishi case resol", {"resolve"}), ("yishi case list --state in", {"in_progress"}),
                     ("yishi case list --gr", {"--grid"}), (f"yishi -c {box.config} case list --grid KS-0", {"KS-03", "KS-03-2", "KS-04"}),
                     ("yishi meeting ser", {"series"}), ("yishi events --kind case.op", {"case.opened"}),
                     ("yishi hook test hook", {"hook.failed"}), (f"yishi broadcast new --text-file {folder}/no", {f"{folder}/note.txt"}),
                     ("yishi help broad", {"broadcast"}), ("yishi nonsense ", set()), ("yishi --ver", {"--version"}),
                     ("yishi message list --state sen", {"sending", "sent"}),
                     ("yishi poll list --state c", {"closed", "cancelled"}), ("yishi meeting poster next --sheet s", {"signin", "script"}),
                     ("yishi meeting poster next --language ", {"zh", "en"})]
            for library in (True, False):
                for (line, wanted), got in zip(asked, self.complete([line for line, _ in asked], library, **box.env)):
                    self.assertEqual(got, wanted, (library, line))
                # behind a colon only what follows it is replaced
                self.assertEqual(self.complete(["yishi broadcast new --to role:sec"], library)[0], {"secretary"})
                self.assertEqual(self.complete(["yishi broadcast new --to=role:sec"], library)[0], {"secretary"})
                self.assertEqual(self.complete([f"yishi -c {box.config} broadcast new --to grid:KS-04"], library, **box.env)[0], {"KS-04"})

    def test_a_person_strikes_tab(self):
        for library in (True, False):
            rc = (f". {self.LIBRARY}\n" if library else "") + f". {self.FILE}\nPS1='ready> '\nbind 'set enable-bracketed-paste off'\n"
            with tempfile.NamedTemporaryFile("w", suffix=".sh") as file:
                file.write(rc)
                file.flush()
                pid, master = pty.fork()
                if pid == 0:
                    env = environment(PATH=f"{BIN}:/usr/bin:/bin", LC_ALL="C.UTF-8", TERM="dumb", HOME="/nonexistent")
                    os.execve("/bin/bash", ["bash", "--rcfile", file.name, "-i"], env)
                try:
                    self.talk(master, None, "ready> ")
                    for typed, shown in (("yishi cas\t", "yishi case "), ("sho\t", "show "), ("\x15yishi broadcast new --to role:secr\t", "role:secretary")):
                        self.talk(master, typed, shown)
                finally:
                    os.close(master)
                    os.waitpid(pid, 0)

    def talk(self, master, typed, wanted):
        """Types, and waits until what bash shows holds `wanted`."""
        if typed:
            os.write(master, typed.encode())
        shown = ""
        while wanted not in shown:
            self.assertTrue(select.select([master], [], [], 60)[0], f"{typed!r}: {wanted!r} is not in {shown!r}")
            shown += os.read(master, 4096).decode("utf-8", "replace")

    def test_shellcheck_finds_nothing(self):
        done = subprocess.run(["shellcheck", "-s", "bash", self.FILE], capture_output=True, text=True, check=False)
        self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    unittest.main()
