"""The tool beside a running daemon: a queued text leaves at once, a broadcast is watched, held back and taken up again."""
import json
import subprocess
import unittest

from harness import BIN, Site, environment, wait_for
from test_cli_frame import on_terminal


class Live(unittest.TestCase):
    def test_a_text_and_a_broadcast_leave_at_once(self):
        with Site() as site:
            site.registry()
            site.ok("message", "send", "--to", "13800138001", "--text", "您的诉求已派单")
            self.assertIn("派单", site.answer("+8613800138001"))
            note = site.dir / "note.txt"
            note.write_text("周五15:00开会\n", encoding="utf-8")
            made = site.json("broadcast", "new", "--to", "grid:KS-03", "--text-file", note)[0]
            self.assertEqual((made["state"], made["recipients"]), ("queued", 4))
            done = site.run("broadcast", "watch", made["id"], "--json")
            self.assertEqual(done.returncode, 0, done.stderr)
            last = json.loads(done.stdout.splitlines()[-1])
            self.assertEqual((last["sent"], last["queued"], last["failed"], last["seconds_left"]), (4, 0, 0, None))
            self.assertEqual(site.answer("+8613800138002"), "周五15:00开会")
            wait_for(lambda: site.json("broadcast", "list")[0]["state"] == "done", "the broadcast is done")
            self.assertEqual([e["body"]["broadcast"] for e in site.json("events", "--kind", "broadcast.done")], [made["id"]])
            # nobody gets it twice
            self.assertEqual(len([s for s in site.sim.sent() if s["text"] == "周五15:00开会"]), 4)
            status = site.run("status", "--json")
            self.assertEqual(status.returncode, 0, status.stdout)
            self.assertEqual(json.loads(status.stdout)["modems_up"], 1)
            self.assertTrue(site.json("modem", "list")[0]["imei"])

    def test_queued_while_the_daemon_is_down(self):
        with Site(start=False) as site:
            site.registry()
            site.ok("broadcast", "new", "--to", "grid:KS-03", "--text", "停水")
            self.assertEqual(site.run("status").returncode, 69)
            site.start()
            self.assertEqual(site.answer("+8613800138001"), "停水")

    def test_paused_then_resumed_then_cancelled(self):
        with Site() as site:
            site.registry()
            site.ok("broadcast", "new", "--to", "grid:KS-03", "--text", "停水", "--at", "+1h")
            site.ok("broadcast", "pause", 1)
            self.assertEqual(site.run("broadcast", "watch", 1).returncode, 75)
            site.ok("broadcast", "resume", 1)
            site.ok("broadcast", "cancel", 1)
            self.assertEqual(site.json("broadcast", "show", 1)[0]["cancelled"], 4)
            self.assertEqual(site.sim.sent(), [])

    def test_the_bar_on_a_terminal(self):
        with Site() as site:
            site.registry()
            site.ok("broadcast", "new", "--to", "grid:KS-03", "--text", "停水")
            shown, status = on_terminal("broadcast", "watch", 1, config=site.config, env=site.env)
            self.assertEqual(status, 0, shown)
            self.assertIn("[##############################] 4/4", shown)

    def test_retry_repeats_nothing_that_arrived(self):
        with Site() as site:
            site.registry()
            site.ok("broadcast", "new", "--to", "number:13800138001", "--text", "停水")
            self.assertEqual(site.answer("+8613800138001"), "停水")
            self.assertEqual(site.run("broadcast", "retry", 1).returncode, 0)  # nothing failed: nothing is repeated
            wait_for(lambda: site.json("broadcast", "list")[0]["state"] == "done", "done again")
            self.assertEqual(len(site.sim.sent()), 1)

    def test_events_follow_what_happens(self):
        with Site() as site:
            site.registry()
            follower = subprocess.Popen([str(BIN / "yishi"), "-c", str(site.config), "events", "--follow", "--json", "--kind", "message"],
                                        env=environment(**site.env), stdout=subprocess.PIPE)
            try:
                site.text("+8613800138001", "3 楼道灯坏了")
                kinds = [json.loads(wait_for(follower.stdout.readline, "an event"))["kind"] for _ in range(2)]
                self.assertEqual(kinds, ["message.received", "message.sent"])
            finally:
                follower.kill()
                follower.wait()
                follower.stdout.close()
            incoming = site.json("message", "list", "--in")[0]
            answer = site.json("message", "list", "--out")[0]
            self.assertEqual(answer["answers"], incoming["id"])
            self.assertEqual(site.json("message", "show", incoming["id"])[0]["intents"][0]["intent"], "complaint")


if __name__ == "__main__":
    unittest.main()
