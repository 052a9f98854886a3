"""A week of a neighbourhood, played from outside: people text and ring, the secretary decides at the desk, the power fails.

At the end it is asked of the whole week: was a text lost, was one answered or sent twice, was anybody woken, does the
journal tell every step?"""
import collections
import datetime
import unittest

from harness import wait_for
from town import OFFICER, SECRETARY, WORKER, Town, case_number, fits, resident

WANG, LI, ZHANG = resident(1), resident(3), resident(5)           # of building 3, each sees the same burst pipe
PROPOSER, SECOND, THIRD, FAR = resident(11), resident(13), resident(15), resident(17)
HELPERS = [f"+86138001390{i}" for i in range(11, 15)]             # volunteers
OLD = resident(22)                                                # falls at night


class Week(Town):
    """A town that counts what it says."""

    def __init__(self, **kw):
        super().__init__(gateway={"quiet_hours": "20:30-08:00", "approval_above": "0", "merge_window": "0"}, **kw)
        self.said = 0

    def settle(self):
        super().settle()
        rows = ["phone,name,grid,building,unit,room,roles,language"]
        rows += [f"{n},志愿者{i},KS-03,3,1,{i + 1}09,resident volunteer,zh" for i, n in enumerate(HELPERS)]
        (self.dir / "more.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        self.ok("person", "import", self.dir / "more.csv", "--consent", "上门登记 2026-11-01")

    def acted_on(self, number, text, **kw):
        self.said += 1
        return super().acted_on(number, text, **kw)

    def at(self, day, time):
        """The clock goes on to that moment, no further than three hours at a time: nothing that is due in between is late."""
        goal = datetime.datetime.fromisoformat(f"2035-01-{day:02}T{time}:00+08:00")
        while self.now() < goal:
            self.set_clock(min(goal, self.now() + datetime.timedelta(hours=3)).isoformat())
            self.rest()

    def rest(self):
        """Until the daemon has looked at its schedule and all that may leave has left."""
        self.aware()
        before = len(self.rows())
        for _ in range(3):
            wait_for(lambda: not any(m["state"] in ("queued", "sending") and self.leaves_now(m) for m in self.rows()),
                 lambda: f"what is due has left: {[m for m in self.rows() if m['state'] in ('queued', 'sending')]} at {self.now()}")
        return before

    def leaves_now(self, m):
        held = m.get("not_before")
        return not self.night() and (not held or datetime.datetime.fromisoformat(held) <= self.now())

    def night(self):
        return not "08:00" <= self.now().strftime("%H:%M") < "20:30"

    def to(self, number, contains):
        """Waits for a text that is no answer; returns it."""
        return wait_for(lambda: [m for m in self.rows(number, "--out") if contains in m["text"] and m["state"] in ("sent", "delivered")],
                        lambda: f"{number} is told {contains!r}; was told {[m['text'] for m in self.rows(number, '--out')]}")[-1]["text"]

    def power_cut(self):
        self.kill()
        self.start()

    def journal(self, number):
        shown = self.json("case", "show", number)
        return [j["entry"] for line in shown for j in (line.get("journal") or ([line] if "entry" in line else []))]


class DayInTheLife(unittest.TestCase):
    maxDiff = None

    def in_order(self, found, *wanted):
        """Each of `wanted` is in `found`, in this order."""
        rest = iter(found)
        for entry in wanted:
            self.assertIn(entry, rest, f"{entry!r} is missing, or out of order, in {found}")

    def test_a_week(self):
        with Week() as town:
            self.town = town
            town.series()
            pipe = self.a_pipe_bursts()
            shed = self.a_proposal_is_made()
            self.people_are_invited(shed)
            self.a_call_at_night()
            self.the_meeting(shed)
            self.the_vote(shed)
            self.neighbours_act()
            self.looked_at_from_the_end(pipe, shed)

    def a_pipe_bursts(self):
        town = self.town
        n = case_number(town.say(WANG, "3栋2单元水管爆了,楼道里全是水"))
        self.assertIn(str(n), town.say(LI, "楼道里水哗哗的,好像管子裂了"))
        town.kill()                                               # the third neighbour's text meets a dead box
        town.said += 1
        town.text(ZHANG, "我们三栋水管漏水啦，都流到一楼了", scts="2035-01-08T10:00:40+08:00")
        town.start()
        self.assertIn(f"第{n}号", town.to(ZHANG, "收到"))
        case = town.case(n)
        self.assertEqual((len(town.cases()), case["supporters"], case["category"]), (1, 2, "water"))
        self.assertIn(f"第{n}号", town.to(WORKER, "交办"))
        town.later(minutes=5)
        town.say(WORKER, f"接 {n}")
        for who in (WANG, LI, ZHANG):
            town.to(who, "已有人在办")
        town.later(minutes=50)
        town.say(WORKER, f"办结 {n} 先堵上了")
        town.to(WANG, "修好了回1")
        town.later(minutes=20)
        self.assertIn("没有办好", town.say(WANG, "没修好，还在滴"))
        self.assertEqual((town.case(n)["state"], town.case(n)["reopened"]), ("in_progress", 1))
        town.power_cut()
        town.later(minutes=90)
        town.say(WORKER, f"{n}号修好了 整段换新管")                  # in loose words
        wait_for(lambda: sum("修好了回1" in m["text"] for m in town.rows(WANG, "--out")) == 2, "asked once more")
        town.rest()
        town.later(minutes=10)
        self.assertIn("谢谢", town.say(WANG, "1"))
        self.assertIn(town.case(n)["state"], ("confirmed", "closed"))
        for who in (LI, ZHANG):
            self.assertIn(f"第{n}号", town.to(who, "整段换新管"))
        return n

    def a_proposal_is_made(self):
        town = self.town
        n = case_number(town.say(PROPOSER, "4 希望在3栋门口装一个电动车充电棚"))
        town.say(SECOND, f"5 {n}")
        self.assertIn("3人", town.say(THIRD, f"附议{n}"))
        self.assertIn("没有", town.say(FAR, "5 999"))
        return n

    def people_are_invited(self, shed):
        town = self.town
        town.at(9, "15:30")                                       # Tuesday: three days before
        self.assertIn(f"{shed}希望", town.to(PROPOSER, "议题"))
        code = town.meeting()["code"]
        self.assertIn(code, town.say(PROPOSER, "1 2"))
        town.say(SECOND, "2")
        before = len(town.rows(THIRD, "--out"))
        town.sim.ring(THIRD)                                      # the gateway does not pick up, and understands
        wait_for(lambda: len(town.rows(THIRD, "--out")) > before, "the ring is answered")
        self.assertEqual((town.meeting()["yes"], town.meeting()["no"], town.meeting()["people"]), (2, 1, 3))
        town.power_cut()

    def a_call_at_night(self):
        town = self.town
        town.at(10, "23:40")
        n = case_number(town.say(OLD, "救命 我在3栋楼下摔倒了"))
        for number in ("110", "120"):
            self.assertIn(number, town.rows(OLD, "--out")[-1]["text"])
        self.assertIn("摔倒", town.to(OFFICER, f"第{n}号"))
        for minutes in (4, 4, 4):                                 # nobody answers: the next are called
            town.later(minutes=minutes)
        wait_for(lambda: [m for m in town.rows(SECRETARY, "--out") + town.rows(WORKER, "--out") if f"第{n}号" in m["text"] and "求助" in m["text"]],
                 "the ladder climbs")
        town.say(OFFICER, f"确认 {n}")
        town.later(minutes=40)
        town.say(OFFICER, f"办结 {n} 送到医院了")
        sleepers = [m for m in town.rows() if m["direction"] == "out" and (m["sent"] or "").startswith("2035-01-10T23") and m["number"] not in
                    (OLD, OFFICER, SECRETARY, WORKER)]
        self.assertEqual(sleepers, [])
        self.night_call = n

    def the_meeting(self, shed):
        town = self.town
        town.at(11, "15:30")                                      # Thursday: who has not answered
        town.to(FAR, "提醒")
        self.assertFalse(town.sent_to(PROPOSER, "提醒"), "who has answered is not reminded")
        town.at(12, "13:30")                                      # Friday, two hours before
        town.to(THIRD, "签到码")
        town.at(12, "15:00")
        code = town.meeting()["code"]
        self.assertIn("成功", town.say(PROPOSER, f"签到 {code}"))
        self.assertNotIn("成功", town.say(FAR, f"签到 {(int(code) + 1) % 10000:04}"))
        town.at(12, "15:40")
        town.ok("meeting", "decide", 1, shed, "vote", "--until", "2035-01-14T18:00:00+08:00")
        town.ok("meeting", "minutes", 1, "--close")

    def the_vote(self, shed):
        town = self.town
        town.at(12, "16:30")
        voters = [PROPOSER, SECOND, THIRD, FAR]
        for who in voters:
            town.to(who, "表决")
        for who, answer in zip(voters, ("1", "赞成", "1", "2")):
            self.assertTrue(town.say(who, answer), f"{answer} is answered")
        town.say(FAR, "1")                                        # changes the vote
        town.power_cut()
        town.at(14, "18:30")
        poll = town.json("poll", "list")[-1]
        self.assertEqual(poll["state"], "closed", poll)
        town.at(15, "09:00")
        for who in (PROPOSER, SECOND, THIRD):                     # who raised it and who has it too
            self.assertIn("赞成4票", town.to(who, "结果："))

    def neighbours_act(self):
        town = self.town
        made = town.json("task", "new", "--text", "周二下午清理楼道", "--grid", "KS-03", "--wanted", "2", "--starts", "2035-01-16T14:00:00+08:00")[0]["number"]
        for who in HELPERS:
            town.to(who, f"8 {made}")
        answers = [town.say(who, f"8 {made}") for who in HELPERS[:3]]
        self.assertIn("归您", answers[1])
        self.assertIn("第1位", answers[2])
        town.power_cut()
        town.say(HELPERS[0], f"退 {made}")
        town.to(HELPERS[2], "有您了")
        town.at(16, "14:05")
        for who in HELPERS[1:3]:
            town.say(who, f"到了 {made}")
            town.say(who, f"完成 {made}")

    def looked_at_from_the_end(self, pipe, shed):
        town = self.town
        town.rest()
        rows = town.rows()
        heard = [m for m in rows if m["direction"] == "in" and m["text"]]
        self.assertEqual(len(heard), town.said, "no text is lost, none is stored twice")
        self.assertEqual({m["state"] for m in heard}, {"done"})
        out = [m for m in rows if m["direction"] == "out"]
        answers = collections.Counter((m["answers"], m["number"]) for m in out if m["answers"])
        self.assertEqual([k for k, n in answers.items() if n > 1], [], "no text is answered twice")
        left = collections.Counter((s["number"], s["text"]) for s in town.sim.sent())
        queued = collections.Counter((m["number"], m["text"]) for m in out)
        self.assertEqual(left - queued, collections.Counter(), "nothing leaves twice, whenever the power fails")
        told = collections.Counter((m["number"], m["text"]) for m in out if not m["answers"])
        self.assertEqual([k for k, n in told.items() if n > 1 and "求助" not in k[1]], [], "nobody is told the same twice")
        texted = {m["number"]: m for m in out}
        for m in out:
            at = datetime.datetime.fromisoformat(m["sent"]) if m["sent"] else None
            if at and not m["answers"] and not "08:00" <= at.strftime("%H:%M") < "20:30":
                self.assertIn("求助", m["text"], f"{m['number']} is woken at {at}")
        self.assertEqual([m for m in out if m["state"] not in ("sent", "delivered")], [], "all of it arrived")
        self.assertTrue(all(fits(m["text"], 134) or m["number"] in (WORKER, SECRETARY, OFFICER) for m in texted.values()))
        self.in_order(town.journal(pipe), "received", "assigned", "supported", "supported", "taken", "resolved", "asked", "rated bad", "resolved",
                      "asked", "rated good", "closed")
        self.in_order(town.journal(shed), "received", "supported", "supported", "decided")
        self.in_order(town.journal(self.night_call), "received", "duty called")


if __name__ == "__main__":
    unittest.main()
