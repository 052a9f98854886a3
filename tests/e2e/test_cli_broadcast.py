"""yishi broadcast without a daemon: who gets it and who does not, what is refused, queueing, decisions, the example script."""
import os
import pathlib
import shutil
import subprocess
import unittest

from clibox import Box
from harness import BIN, ROOT, environment

MODEM = "[modem front]\ndevice = /dev/null\nhourly_quota = {}\ndaily_quota = {}\n"


def box(hourly=0, daily=0, **kw):
    return Box(sections=MODEM.format(hourly, daily), **kw)


class Audience(unittest.TestCase):
    def test_unions_and_who_is_left_out(self):
        with box() as b:
            b.people()
            b.ok("person", "add", "--name", "没同意", "--phone", "13800138020", "--grid", "KS-03")
            b.ok("person", "add", "--name", "固定电话", "--phone", "07146543210", "--grid", "KS-03", "--consent", "x")
            b.ok("person", "add", "--name", "无电话", "--grid", "KS-03", "--consent", "x")
            b.ok("person", "add", "--name", "共用手机", "--phone", "13800138001", "--grid", "KS-03", "--consent", "x")
            b.ok("person", "mute", "13800138002")
            p = b.json("broadcast", "preview", "--to", "grid:KS-03", "--to", "role:志愿者 number:13800138001", "--text", "停水")[0]
            self.assertEqual((p["recipients"], p["no_consent"], p["landlines"], p["no_phone"], p["muted"]), (1, 1, 1, 1, 1))
            self.assertEqual(p["duplicates"], 3)  # the couple's phone, its number again, the volunteer again
            self.assertEqual((p["segments"], p["alphabet"], p["fits"]), (1, "ucs2", True))
            self.assertEqual(b.json("broadcast", "list"), [])

    def test_subtree_building_and_strangers(self):
        with box() as b:
            b.people()
            count = lambda *to: b.json("broadcast", "preview", *[x for t in to for x in ("--to", t)], "--text", "a")[0]["recipients"]
            self.assertEqual([count("all"), count("grid:KS"), count("grid:KS-03"), count("grid:KS-04"), count("building:KS/5")], [4, 4, 2, 1, 1])
            numbers = b.write("n.csv", "姓名,手机\n甲,13800138001\n生人,13800138088\n又一次,+86 138 0013 8088\n")
            self.assertEqual(count(f"file:{numbers}"), 2)
            self.assertEqual(count(f"file:{numbers}", "all"), 5)

    def test_refused(self):
        with box() as b:
            b.people()
            for args, status in ((("--text", "a"), 64), (("--to", "all"), 64), (("--to", "all", "--text", ""), 65),
                                 (("--to", "grid:NO", "--text", "a"), 65), (("--to", "role:king", "--text", "a"), 65),
                                 (("--to", "everyone", "--text", "a"), 65), (("--to", "yes:9", "--text", "a"), 65),
                                 (("--to", "file:/nowhere.csv", "--text", "a"), 66), (("--to", "grid:KS-03-2", "--text", "a"), 1),
                                 (("--to", "all", "--text", "a", "--at", "2026-11-17 09:00"), 64),
                                 (("--to", "all", "--text", "a", "--at", "fri 09:00", "--not-after", "fri 08:00"), 64),
                                 (("--to", "all", "--text", "x" * 40000), 65), (("--to", "all", "--text-file", "/nowhere"), 66)):
                with self.subTest(args):
                    done = b.run("broadcast", "new", "--yes", *args)
                    self.assertEqual(done.returncode, status, done.stderr)
                    self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
            bad = b.write("bad.csv", "phone\n13800138001\nabc\n")
            self.assertEqual(b.run("broadcast", "new", "--yes", "--to", f"file:{bad}", "--text", "a").returncode, 65)
            self.assertEqual(b.json("broadcast", "list"), [])


class InTime(unittest.TestCase):
    def crowd(self, b, count):
        b.ok("grid", "import", "-", stdin=b.GRIDS)
        b.ok("person", "import", b.write("c.csv", "phone,name\n" + "".join(f"139{i:08d},p{i}\n" for i in range(count))), "--consent", "x")

    def test_what_cannot_be_out_in_time_is_refused_and_told(self):
        with box(hourly=100, gateway="approval_above = 0") as b:
            self.crowd(b, 300)
            args = ("--to", "all", "--text", "停水")
            self.assertTrue(b.json("broadcast", "preview", *args)[0]["fits"])
            done = b.run("broadcast", "new", "--yes", *args, "--not-after", "+2h")
            self.assertEqual(done.returncode, 1)
            # 80 in any hour: a fifth is kept for replies and alarms
            self.assertIn("160 of 300", done.stderr)
            self.assertEqual(b.json("broadcast", "list"), [])
            b.ok("broadcast", "new", "--yes", *args, "--not-after", "+5h")
            self.assertRegex(b.ok("broadcast", "show", 1), r"not after +2026-11-18 ")
            # what waits in front counts: broadcasts take turns, so of a large one as many texts as the new one has itself
            front = lambda *to: b.json("broadcast", "preview", *to, "--text", "a")[0]
            self.assertEqual(front("--to", "number:13800138001")["finishes"], "2026-11-18T10:01:00+08:00")
            self.assertEqual(front("--to", "all")["starts"], "2026-11-18T10:00:00+08:00")
            self.assertGreater(front("--to", "all")["finishes"], "2026-11-18T17:00:00+08:00")

    def test_without_a_modem_nothing_is_promised(self):
        with Box(sections="") as b:
            b.people()
            done = b.run("broadcast", "preview", "--to", "all", "--text", "a", "--not-after", "+2h")
            self.assertEqual((done.returncode, done.stderr.strip()), (1, "yishi: no modem that sends is configured: when it is out, nobody can say"))
            self.assertIn("no modem that sends", b.run("broadcast", "new", "--yes", "--to", "all", "--text", "a", "--not-after", "+2h").stderr)
            b.ok("broadcast", "new", "--yes", "--to", "all", "--text", "a")

    def test_quiet_hours(self):
        with box(gateway="quiet_hours = 20:30-08:00\napproval_above = 0") as b:
            self.crowd(b, 30)
            args = ("--to", "all", "--text", "停水", "--at", "20:00")
            row = lambda *more: b.json("broadcast", "preview", "--to", "all", "--text", "停水", *more)[0]
            self.assertEqual(row("--at", "21:00")["starts"], "2026-11-19T08:00:00+08:00")
            self.assertEqual(row("--at", "21:00", "--override-quiet-hours")["starts"], "2026-11-18T21:00:00+08:00")
            self.assertEqual(row("--at", "20:29")["finishes"], "2026-11-19T08:01:00+08:00")
            self.assertEqual(b.run("broadcast", "new", "--yes", *args[:4], "--at", "21:00", "--not-after", "23:00").returncode, 1)
            b.ok("broadcast", "new", "--yes", *args[:4], "--at", "21:00", "--not-after", "23:00", "--override-quiet-hours")


class Life(unittest.TestCase):
    def test_queue_pause_resume_cancel(self):
        with box() as b:
            b.people()
            note = b.write("note.txt", "周五15:00开会\n")
            made = b.json("broadcast", "new", "--to", "grid:KS-03", "--text-file", note, "--at", "fri 09:00", "--not-after", "fri 14:30")[0]
            self.assertEqual((made["state"], made["recipients"]), ("queued", 2))
            row = b.json("broadcast", "list")[0]
            self.assertEqual({k: row[k] for k in "id state recipients segments sent delivered failed uncertain".split()},
                             {"id": 1, "state": "queued", "recipients": 2, "segments": 1, "sent": 0, "delivered": 0, "failed": 0, "uncertain": 0})
            self.assertEqual(row["at"], "2026-11-20T09:00:00+08:00")
            texts = b.json("message", "list", "--out")
            self.assertEqual({(m["number"], m["text"], m["state"], m["not_after"]) for m in texts},
                             {(n, "周五15:00开会", "queued", "2026-11-20T14:30:00+08:00") for n in ("+8613800138001", "+8613800138002")})
            for verb, state, status in (("resume", "queued", 1), ("pause", "paused", 0), ("pause", "paused", 1), ("resume", "queued", 0),
                                        ("retry", "queued", 0), ("cancel", "cancelled", 0), ("cancel", "cancelled", 1), ("resume", "cancelled", 1)):
                self.assertEqual(b.run("broadcast", verb, 1).returncode, status, verb)
                self.assertEqual(b.json("broadcast", "show", 1)[0]["state"], state)
            b.ok("broadcast", "new", "--to", "all", "--text", "a")
            done = b.run("broadcast", "watch", 2)
            self.assertEqual((done.returncode, len(done.stderr.splitlines())), (69, 1))
            self.assertIn("it alone sends", done.stderr)
            self.assertEqual({r["state"] for r in b.json("broadcast", "show", 1, "--recipients")}, {"cancelled"})
            self.assertEqual(b.run("broadcast", "watch", 1).returncode, 1)
            for verb in ("show", "watch"):
                done = b.run("broadcast", verb, 7)
                self.assertEqual((done.returncode, done.stderr.count("\n")), (1, 1), done.stderr)

    def test_a_large_one_waits_for_a_second_person(self):
        with box(gateway="approval_above = 1") as b:
            b.people()
            self.assertEqual(b.json("broadcast", "new", "--to", "all", "--text", "a")[0]["state"], "waiting")
            self.assertEqual(b.run("broadcast", "resume", 1, "--approve").returncode, 77)
            self.assertEqual(b.run("broadcast", "watch", 1).returncode, 75)
            self.assertEqual(b.json("broadcast", "list")[0]["state"], "waiting")
            if os.getuid() == 0:  # the other user, who may not reach the build
                tool = shutil.copy(BIN / "yishi", b.dir / "yishi")
                for path in b.dir.iterdir():
                    path.chmod(0o666)
                os.chmod(tool, 0o755)
                b.dir.chmod(0o777)
                done = subprocess.run([str(tool), "-c", str(b.config), "broadcast", "resume", "1", "--approve"],
                                      env=environment(**b.env), user=65534, capture_output=True, check=False)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(b.json("broadcast", "list")[0]["state"], "queued")

    def test_standard_input_and_bom(self):
        with box() as b:
            b.people()
            b.ok("broadcast", "new", "--to", "number:13800138001", "--text-file", "-", stdin="\ufeff第一行\r\n第二行\r\n\r\n")
            self.assertEqual(b.json("message", "list")[0]["text"], "第一行  第二行")

    def test_the_example_script(self):
        with box() as b:
            b.people()
            note = b.write("note.txt", "周五开会\n")
            env = environment(**b.env, YISHI_CONFIG=b.config, PATH=f"{BIN}:{os.environ['PATH']}")
            script = pathlib.Path(ROOT) / "scripts/broadcast-reminder.sh"
            done = subprocess.run(["sh", str(script), "grid:KS-03", str(note), "fri 09:00", "fri 14:30"], env=env, capture_output=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(b.json("broadcast", "list")[0]["recipients"], 2)
            self.assertEqual(subprocess.run(["sh", str(script)], env=env, capture_output=True, check=False).returncode, 64)
            done = subprocess.run(["sh", str(script), "grid:NO", str(note)], env=env, capture_output=True, check=False)
            self.assertEqual(done.returncode, 65)


if __name__ == "__main__":
    unittest.main()
