"""SIGKILL at any moment, with texts going in and out: nothing is lost, each text gets its answer, and what may have gone
out is not repeated blindly. YISHI_SEED repeats a run."""
import os
import random
import time
import unittest

from daemon_site import DaemonSite
from harness import wait_for

ROUNDS = int(os.environ.get("YISHI_CRASH_ROUNDS", "12"))
IN, OUT = 40, 40


class Crash(unittest.TestCase):
    def test_killed_at_any_moment(self):
        seed = int(os.environ.get("YISHI_SEED", random.randrange(1 << 30)))
        print(f"seed {seed}", flush=True)
        dice = random.Random(seed)
        with DaemonSite(store="SM:10", air_ms=40, reply_ms=3, start=False) as site:
            site.start()
            bulk = [site.queue(f"+86139000001{i:02}", f"通知{i}，" * dice.choice([1, 30])) for i in range(OUT)]
            texts = list(range(IN))
            for k in range(ROUNDS):
                for _ in range(dice.randrange(1, 6)):
                    if texts:
                        site.text(f"+86138000001{texts[0]:02}", f"7 第{texts.pop(0)}条")
                time.sleep(dice.uniform(0, 2.0))
                site.kill()
                site.start(ready=False)
            for i in texts:
                site.text(f"+86138000001{i:02}", f"7 第{i}条")
            wait_for(lambda: site.value("SELECT count(*) FROM message_in WHERE state = 'done'") >= IN, "all texts are in", 240, 0.2)
            wait_for(lambda: site.value("SELECT count(*) FROM message_out WHERE state IN ('queued', 'sending')"
                                        " OR (class = 'reply' AND state = 'uncertain' AND NOT repeated)") == 0,
                     "nothing waits, and uncertain replies have had their repetition", 360, 0.2)
            self.check(site, bulk)

    def check(self, site, bulk):
        self.assertEqual(site.value("SELECT count(*) FROM message_in WHERE kind = 'text'"), IN)
        self.assertEqual(site.rows("SELECT i.id FROM message_in i WHERE (SELECT count(*) FROM message_out WHERE answers = i.id) <> 1"), [])
        sent = site.sim.sent()
        # what the network saw of each broadcast: every part at most once, all of them unless one is uncertain
        for id in bulk:
            number, state, segments = site.rows("SELECT number, state, segments FROM message_out WHERE id = ?", id)[0]
            seen = [s for s in sent if s["number"] == number]
            self.assertLessEqual(sum(s["seen"] for s in seen), segments, (number, state, seen))
            self.assertTrue(all(s["copies"] <= 1 for s in seen), (number, seen))
            if state in ("sent", "delivered"):
                self.assertTrue(seen and seen[0]["complete"], (number, state, seen))
            else:
                self.assertEqual(state, "uncertain", number)
        # each reply at least once; twice only when it was uncertain
        for number, repeated in site.rows("SELECT number, repeated FROM message_out WHERE class = 'reply'"):
            copies = sum(s["number"] == number for s in sent)
            self.assertTrue(1 <= copies <= (2 if repeated else 1), (number, repeated, copies))
        site.sim.wait_state(queue=0, used=0)


if __name__ == "__main__":
    unittest.main()
