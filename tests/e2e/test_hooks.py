"""Programs that run at events: their surroundings, their ends, what is tried again, what a crash leaves, how people see it; and the
stream that is followed."""
import json
import os
import pathlib
import signal
import subprocess
import unittest

from clibox import Box
from daemon_site import DaemonSite
from harness import BIN, environment, wait_for

PROGRAM = """#!/usr/bin/python3
import json, os, signal, sys, time
here = {here!r}
event = json.load(sys.stdin)
def note(name, **more):
    with open(here + "/" + name, "a") as f:
        f.write(json.dumps(dict(event, **more)) + "\\n")
word = open(here + "/word").read().strip() if os.path.exists(here + "/word") else ""
if word == "look":
    fds = sorted(int(f) for f in os.listdir("/proc/self/fd"))
    note("seen", cwd=os.getcwd(), env=dict(os.environ), fds=fds, group=os.getpgrp() == os.getpid(), argv=sys.argv,
         masked=bool(signal.pthread_sigmask(signal.SIG_BLOCK, [])), pipe=signal.getsignal(signal.SIGPIPE) == signal.SIG_IGN)
elif word == "stay":
    note("begun", pid=os.getpid())
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(600)
else:
    note("seen")
    if word == "chatter":
        print("\\x1b[2J" + "x" * 30000)
        print("no room\\x07 in the cupboard")
sys.stdout.flush()
if word.isdigit():
    sys.exit(int(word))
"""


class HookSite(DaemonSite):
    def __init__(self, hooks="case.opened = {p}\n", settings="retry_after = 100ms\ntime_limit = 5s\ntries = 3\n", **kw):
        super().__init__(**kw)
        self.program = self.dir / "program"
        self.program.write_text(PROGRAM.format(here=str(self.dir)))
        self.program.chmod(0o755)
        self.extra_config = "\n[hooks]\n" + settings + hooks.format(p=self.program)

    def word(self, word):
        (self.dir / "word.new").write_text(word)
        (self.dir / "word.new").replace(self.dir / "word")

    def lines(self, name="seen"):
        path = self.dir / name
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def raise_case(self, text="灯坏了"):
        self.ok("case", "new", "--text", text, "--category", "lighting")

    def wait_lines(self, count, name="seen"):
        return wait_for(lambda: (got := self.lines(name)) and len(got) >= count and got, f"{count} lines: {self.lines(name)}")


class Programs(unittest.TestCase):
    def test_surroundings_verdicts_and_what_people_see(self):
        with HookSite(gateway={"language": "en"}) as site:
            site.word("look")
            site.raise_case()
            got = site.wait_lines(1)[0]
            event = [e for e in site.json("events", "--kind", "case.opened")][0]
            self.assertEqual({k: got[k] for k in event}, event)
            self.assertEqual(got["env"].keys() - {"LC_CTYPE"}, {"PATH", "LANG", "TZ", "YISHI_CONFIG"})
            self.assertEqual((got["env"]["TZ"], got["env"]["YISHI_CONFIG"]), ("Asia/Shanghai", str(site.dir / "yishi.conf")))
            self.assertEqual((got["cwd"], got["group"], got["masked"], got["pipe"]), ("/", True, False, True))  # python ignores SIGPIPE itself
            self.assertLessEqual(len(got["fds"]), 4, got["fds"])  # three streams, and the folder it reads just now
            self.assertEqual(got["argv"], [str(site.program)])

            # an orderly refusal is final; it is seen, and it calls for nothing
            site.word("3")
            site.raise_case()
            site.wait_value("SELECT count(*) FROM hook_failure", 1)
            failure = site.json("hook", "failures")[0]
            self.assertEqual((failure["kind"], failure["tries"], failure["reason"]), ("case.opened", 1, "it ended with status 3"))
            self.assertEqual(site.json("events", "--kind", "hook.failed")[0]["body"],
                             {"hook": "case.opened", "program": str(site.program), "event": failure["event"], "tries": 1,
                              "reason": "it ended with status 3"})
            status = site.run("status")
            self.assertIn("yishi hook failures", status.stdout)
            self.assertEqual(json.loads(site.run("status", "--json").stdout)["alarms"], 1)

            # what asks for another try gets three, with pauses; the last line of its output says why
            site.word("75")
            site.raise_case()
            site.wait_value("SELECT count(*) FROM hook_failure", 2)
            self.assertEqual(site.json("hook", "failures")[1]["tries"], 3)
            site.word("chatter")
            site.ok("hook", "retry", "--all")
            site.wait_value("SELECT count(*) FROM hook_failure", 0)
            self.assertEqual(len(site.lines()), 1 + 1 + 3 + 2)
            wait_for(lambda: "no room" in site.log(), "the output is logged")
            self.assertNotIn("\x1b", site.log())
            self.assertNotIn("\x07", site.log())
            row = site.json("hook", "list")[0]
            self.assertEqual((row["state"], row["done"], row["failed"], row["event"]), ("idle", 3, 0, None))
            self.assertEqual(site.run("hook", "clear", "9").returncode, 1)
            self.assertEqual(site.run("hook", "retry").returncode, 64)

    def test_time_limit_missing_program_and_a_hook_on_failures(self):
        hooks = "case.opened = {p}\nhook.failed = {p}.second\ncase.opened = /nonexistent/program\n"
        with HookSite(hooks, settings="retry_after = 20ms\ntime_limit = 200ms\ntries = 1\n") as site:
            second = pathlib.Path(str(site.program) + ".second")
            second.write_text(f"#!/bin/sh\ncat >> {site.dir}/second\nexit 1\n")
            second.chmod(0o755)
            site.word("stay")
            site.raise_case()
            begun = site.wait_lines(1, "begun")[0]
            site.wait_value("SELECT count(*) FROM hook_failure", 4)  # both programs, and the second one about each
            self.assertEqual(site.value("SELECT count(*) FROM event WHERE kind = 'hook.failed'"), 2)  # not about itself
            reasons = " ".join(f["reason"] for f in site.json("hook", "failures"))
            self.assertIn("超过时限", reasons)
            self.assertIn("/nonexistent/program", reasons)
            # the whole group is gone, with the child that did not hear SIGTERM
            wait_for(lambda: not self.in_group(begun["pid"]), "the process group is gone")
            self.assertEqual(len(site.json("hook", "list")), 3)
            check = subprocess.run([BIN / "yishid", "-c", site.config, "--check"], capture_output=True, text=True, env=environment(**site.env), check=False)
            self.assertIn("/nonexistent/program", check.stderr)

    @staticmethod
    def in_group(group):
        done = subprocess.run(["ps", "-o", "pid=,stat=", "-g", str(group)], capture_output=True, text=True, check=False)
        return [line for line in done.stdout.splitlines() if "Z" not in line]

    def test_crash_restart_reload(self):
        with HookSite(settings="retry_after = 100ms\ntime_limit = 60s\n") as site:
            site.word("stay")
            site.raise_case("一")
            begun = site.wait_lines(1, "begun")[0]
            site.kill(signal.SIGKILL)
            os.killpg(begun["pid"], signal.SIGKILL)
            site.word("")
            site.raise_case("二")  # while nobody is there
            site.start()
            ids = [e["id"] for e in site.wait_lines(2)]
            self.assertEqual(ids, [begun["id"], ids[1]])  # in their order, and none is lost
            site.wait_value("SELECT done FROM hook", 2)
            # a polite end waits for what runs, then ends it, and it runs again
            site.word("stay")
            site.raise_case("三")
            third = site.wait_lines(2, "begun")[1]
            self.assertEqual(site.kill(signal.SIGTERM), 0)
            self.assertFalse(self.in_group(third["pid"]))
            self.assertEqual(site.value("SELECT tries FROM hook"), 0)
            site.word("")
            site.start()
            self.assertEqual(site.wait_lines(3)[2]["id"], third["id"])
            # a hook that is new begins now; one that is gone is forgotten
            site.wait_value("SELECT done FROM hook", 3)
            site.extra_config = site.extra_config.replace("case.opened", "case.changed")
            site.write_config()
            site.wait_value("SELECT count(*) FROM hook WHERE kind = 'case.changed'", 1)
            self.assertEqual(len(site.lines()), 3)
            site.ok("case", "escalate", "1")
            self.assertEqual(site.wait_lines(4)[3]["kind"], "case.changed")


class Test(unittest.TestCase):
    def test_a_program_is_tried_by_hand(self):
        with Box() as box:
            program = box.write("program", "#!/bin/sh\nread line\necho \"got $line\"\nexit $(cat " + str(box.dir / "code") + ")\n")
            program.chmod(0o755)
            box.write("code", "0")
            box.write("yishi.conf", (box.dir / "yishi.conf").read_text() + f"[hooks]\ncase.opened = {program}\n")
            self.assertEqual(box.run("hook", "test", "case.opened").returncode, 1)  # nothing of that kind yet
            box.ok("case", "new", "--text", "灯坏了")
            self.assertIn('"kind":"case.opened"', box.ok("hook", "test", "case.opened"))
            for code, status in (("75", 75), ("4", 1)):
                box.write("code", code)
                self.assertEqual(box.run("hook", "test", "case.opened").returncode, status)
            self.assertEqual(box.run("hook", "test", "case.opened", "--event", "99").returncode, 1)
            self.assertEqual(box.run("hook", "test", "case.open").returncode, 64)
            self.assertEqual(box.run("hook", "test", "case.changed").returncode, 1)
            self.assertEqual(box.json("hook", "list")[0]["state"], "new")


class Follow(unittest.TestCase):
    def test_it_waits_without_asking_and_ends_with_its_reader(self):
        with Box() as box:
            box.ok("case", "new", "--text", "一")
            last = box.json("events")[-1]["id"]
            child = subprocess.Popen([BIN / "yishi", "-c", box.config, "events", "--follow", "--json", "--since", str(last)],
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(**box.env))
            box.ok("case", "new", "--text", "二")
            first = json.loads(child.stdout.readline())
            self.assertEqual((first["id"] > last, first["kind"]), (True, "case.opened"))
            box.ok("case", "new", "--text", "三")  # each tool opens and closes the database: its log comes and goes
            self.assertEqual([json.loads(child.stdout.readline())["kind"]], ["case.opened"])
            child.stdout.close()
            self.assertEqual(child.wait(60), 0)  # at once, though nothing happens
            self.assertEqual(child.stderr.read(), b"")
            child.stderr.close()
            self.assertEqual(box.run("events", "--kind", "case.opend").returncode, 64)
            self.assertEqual(len(box.json("events", "--kind", "case")), 3)


if __name__ == "__main__":
    unittest.main()
