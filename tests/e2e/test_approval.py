"""A large broadcast and its second person, from outside: the code on the secretary's phone, wrong, late, by somebody else, twice,
with the daemon down and killed in between."""
import re
import signal
import unittest

from harness import wait_for
from town import SECRETARY, WANG, WORKER, Town, resident

COLLEAGUE = "+8613800139006"


class Approval(unittest.TestCase):
    def town(self, **kw):
        return Town(gateway={"approval_above": "5", **kw.pop("gateway", {})}, **kw)

    def make(self, town, *more):
        made = town.json("broadcast", "new", "--to", "grid:KS-03", "--text", "明天停水", "--yes", *more)[0]
        self.assertEqual(made["state"], "waiting")
        return made["id"]

    def code(self, town, id, number=SECRETARY, count=1):
        text = town.told(number, f"群发{id}号待批", count)
        self.assertIn("明天停水", text)
        return re.search(r"回(\d{6})$", text).group(1)

    def state(self, town, id):
        return town.json("broadcast", "show", id)[0]["state"]

    def sent(self, town):
        return len([s for s in town.sim.sent() if s["text"] == "明天停水"])

    @staticmethod
    def wrong(code, by=1):
        return f"{(int(code) + by) % 1000000:06}"

    def test_the_secretary_texts_the_code_back(self):
        with self.town() as town:
            town.ok("person", "add", "--name", "钱秘书", "--phone", COLLEAGUE, "--grid", "KS", "--role", "secretary")
            id = self.make(town)
            code, other = self.code(town, id), self.code(town, id, COLLEAGUE)
            shown = town.json("broadcast", "show", id)[0]
            self.assertTrue(shown["asked"] and shown["code_until"] == "2035-01-08T10:10:00+08:00")
            self.assertIn("texts back the code by 2035-01-08T10:10", town.run("broadcast", "show", id).stderr)
            # the code is nowhere that the first person looks
            for args in (("message", "list", "--limit", "0"), ("message", "list", "--number", SECRETARY, "--full"), ("events",),
                         ("broadcast", "show", str(id)), ("status",)):
                for text in (town.ok(*args), town.ok(*args, "--json")):
                    self.assertNotIn(code, text, args)
            self.assertNotIn(code, town.log())
            self.assertIn("******", town.ok("message", "list", "--number", SECRETARY, "--json"))
            # others cannot
            for number in (WANG, WORKER):
                self.assertIn("转给社区书记", town.say(number, code))
            self.assertIn("还可以试2次", town.say(SECRETARY, other))
            self.assertEqual((self.state(town, id), self.sent(town)), ("waiting", 0))
            self.assertIn(f"第{id}号群发已批准", town.say(SECRETARY, f"验证码{code}"))
            town.quiet()
            recipients = town.json("broadcast", "show", id)[0]["recipients"]
            self.assertEqual(self.sent(town), recipients)
            person = next(p["id"] for p in town.json("person", "list", "--limit", "0") if p["name"] == "赵书记")
            self.assertEqual([(e["actor"], e["body"]["broadcast"]) for e in town.events("broadcast.queued")], [(f"person:{person}", id)])
            # twice, by both
            self.assertIn("已经批准过", town.say(COLLEAGUE, other))
            self.assertIn("已经批准过", town.say(SECRETARY, code))
            self.assertEqual((self.sent(town), len(town.events("broadcast.queued"))), (recipients, 1))

    def test_wrong_codes(self):
        with self.town() as town:
            id = self.make(town)
            code = self.code(town, id)
            self.assertIn("还可以试2次", town.say(SECRETARY, self.wrong(code)))
            self.assertIn("还可以试1次", town.say(SECRETARY, f"同意{self.wrong(code, 2)}"))
            self.assertIn("作废", town.say(SECRETARY, self.wrong(code, 3)))
            self.assertIn("作废", town.say(SECRETARY, code))
            self.assertEqual(self.state(town, id), "waiting")
            self.assertIn("sends fresh ones", town.run("broadcast", "show", id).stderr)
            self.assertEqual([(t["kind"], t["note"]) for t in town.json("todo", "list")], [("approval", f"broadcast {id}")])
            town.ok("broadcast", "resume", id)
            fresh = self.code(town, id, count=2)
            self.assertIn("已批准", town.say(SECRETARY, fresh))

    def test_a_late_code_and_no_code_at_all(self):
        with self.town() as town:
            self.assertIn("转给社区书记", town.say(SECRETARY, "482716"))
            id = self.make(town)
            code = self.code(town, id)
            town.later(minutes=11)
            self.assertIn("******", town.say(SECRETARY, code))  # the list's copy of the answer
            fresh = self.code(town, id, count=2)
            self.assertEqual(self.state(town, id), "waiting")
            self.assertIn("已批准", town.say(SECRETARY, fresh))

    def test_quiet_hours_hold_the_code(self):
        with self.town(now="2035-01-08T22:00:00+08:00", gateway={"quiet_hours": "20:30-08:00"}) as town:
            id = self.make(town)
            self.assertIn("not texted yet", town.run("broadcast", "show", id).stderr)
            urgent = self.make(town, "--override-quiet-hours")
            self.assertIn("已批准", town.say(SECRETARY, self.code(town, urgent)))
            self.assertEqual(town.sent_to(SECRETARY, f"群发{id}号"), [])
            town.set_clock("2035-01-09T08:00:00+08:00")
            town.restart()
            self.assertIn("已批准", town.say(SECRETARY, self.code(town, id)))

    def test_a_large_poll_is_asked_after_the_code(self):
        def poll(closes, count, *more):
            to = [a for i in range(1, count + 1) for a in ("--to", f"number:{resident(i)}")]
            return town.json("poll", "new", "--question", f"{closes}前修路，同意吗？", *to, "--closes", closes, *more)[0]

        def shown(made):
            return town.json("poll", "show", made["id"])[0]

        def asked():
            return town.json("broadcast", "show", large["broadcast"])[0]["sent"]
        with self.town() as town:
            self.assertIsNone(poll("+1h", 5)["broadcast"])
            town.told(resident(5), "+1h前修路")
            large, dropped, late = poll("+3h", 6), poll("+4h", 6), poll("+2h", 6)
            self.assertIn(f"broadcast resume {large['broadcast']} --approve", town.run("poll", "show", large["id"]).stderr)
            code = re.search(r"回(\d{6})$", town.told(SECRETARY, f"群发{large['broadcast']}号待批"))[1]
            self.assertEqual((shown(large)["state"], shown(large)["voters"], asked()), ("planned", 0, 0))
            town.ok("broadcast", "cancel", dropped["broadcast"])
            wait_for(lambda: shown(dropped)["state"] == "cancelled", "who refuses the broadcast refuses the poll")
            self.assertIn(f"第{large['broadcast']}号群发已批准，发给6人", town.say(SECRETARY, code))
            self.assertIn("赞成", town.told(resident(6), "+3h前修路"))
            wait_for(lambda: asked() == 1, "one is asked: the others still have the small poll's question")
            self.assertIn("已停下", town.say(SECRETARY, "撤销"))
            town.say(resident(1), "1")
            town.quiet()
            self.assertEqual((town.json("broadcast", "show", large["broadcast"])[0]["state"], asked()), ("paused", 1))
            town.ok("broadcast", "resume", large["broadcast"])
            town.told(resident(1), "+3h前修路")
            town.later(hours=2, minutes=5)
            wait_for(lambda: shown(late)["state"] == "cancelled", "too late for anybody to approve it")
            self.assertEqual(shown(late)["phones"], 0)
            town.later(hours=1)
            closed = wait_for(lambda: shown(large)["state"] == "closed" and shown(large), "it closes")
            self.assertEqual((closed["phones"], town.json("broadcast", "show", large["broadcast"])[0]["state"]), (6, "done"))

    def test_made_while_the_daemon_is_down_and_killed_in_between(self):
        with self.town() as town:
            town.kill(signal.SIGKILL)
            id = self.make(town)
            self.assertIn("not texted yet", town.run("broadcast", "show", id).stderr)
            town.later(hours=1)
            town.start()
            code = self.code(town, id)  # its ten minutes begin now
            town.kill(signal.SIGKILL)
            town.start()
            self.assertEqual(len(town.sent_to(SECRETARY, "待批")), 1)
            before = len(town.rows(SECRETARY, "--in"))
            town.text(SECRETARY, code, scts=town.now().isoformat())
            wait_for(lambda: len(town.rows(SECRETARY, "--in")) > before, "the code is stored")
            town.kill(signal.SIGKILL)
            town.start()
            town.told(SECRETARY, "已批准")
            wait_for(lambda: self.state(town, id) == "done", "it has gone out")
            recipients = town.json("broadcast", "show", id)[0]["recipients"]
            self.assertLessEqual(self.sent(town), recipients)
            self.assertEqual(len(town.events("broadcast.queued")), 1)
            for i in range(1, 41):
                self.assertLessEqual(len(town.sent_to(resident(i), "明天停水")), 1)


if __name__ == "__main__":
    unittest.main()
