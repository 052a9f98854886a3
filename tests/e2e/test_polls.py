"""Polls by text: asked, voted on, changed, closed, counted, told; and everything that goes wrong with them."""
import datetime
import sqlite3
import unittest

from harness import wait_for
from town import STRANGER, Town, fits, resident


class Polling(unittest.TestCase):
    """One town for the class; each poll has residents of its own."""
    gateway = {}

    @classmethod
    def setUpClass(cls):
        cls.town = Town(gateway=cls.gateway).__enter__()
        cls.addClassCleanup(cls.town.__exit__, None, None, None)

    def tag(self, poll):
        """What tells a poll from the others, in its question."""
        return f"广场{'甲乙丙丁戊己庚辛壬癸'[poll % 10]}{'东南西北'[poll // 10]}座"

    def poll(self, *voters, closes="+2h", question=None, more=()):
        question = question or self.tag(len(self.town.json("poll", "list", "--limit", "0")) + 1) + "，同意吗？"
        to = [a for v in voters for a in ("--to", v if ":" in v else f"number:{v}")]
        return self.town.json("poll", "new", "--question", question, *to, "--closes", closes, *more)[0]["id"]

    def shown(self, poll):
        return self.town.json("poll", "show", str(poll))[0]

    def votes(self, poll):
        return [o["votes"] for o in self.shown(poll)["options"]]

    def asked(self, number, poll):
        def found():
            return [m for m in self.town.rows(number, "--out") if self.shown(poll)["question"] in m["text"] and m["answers"] is None
                    and "前请回" in m["text"] and m["state"] in ("sent", "delivered")]
        return wait_for(found, f"{number} is asked poll {poll}")[0]["text"]

    def closed(self, poll):
        wait_for(lambda: self.shown(poll)["state"] == "closed", f"poll {poll} is closed")
        return self.shown(poll)

    def say(self, number, text, *facts):
        reply = self.town.say(number, text)
        for fact in facts:
            self.assertIn(fact, reply, f"in the answer to {text!r}")
        self.assertTrue(fits(reply), reply)
        return reply


class Voting(Polling):
    def test_a_poll_from_question_to_result(self):
        voters = [resident(i) for i in (1, 2, 3)]
        poll = self.poll(*voters, more=("--quorum", "50%", "--tell", "voters"))
        text = self.asked(voters[0], poll)
        self.assertTrue(fits(text), text)
        for fact in (self.tag(poll), "1赞成 2反对 3弃权", "1月8日周一12:"):
            self.assertIn(fact, text)
        self.asked(voters[2], poll)
        self.say(voters[0], "1", self.tag(poll), "1“赞成”", "12:")
        self.say(voters[1], "反对", self.tag(poll), "2“反对”")
        self.assertEqual(self.votes(poll), [1, 1, 0])
        self.say(voters[1], "投1", "改好了", "赞成")
        self.town.later(hours=3)
        done = self.closed(poll)
        self.assertEqual((done["voted"], done["needed"], done["quorate"], done["winner"]), (2, 2, True, "赞成"))
        self.assertEqual(self.votes(poll), [2, 0, 0])
        self.assertIn("赞成2票 反对0票 弃权0票", self.town.told(voters[0], "结果"))
        self.assertEqual(len([e for e in self.town.events("poll.closed") if e["body"]["poll"] == poll]), 1)
        self.assertFalse([m for m in self.town.rows(voters[2], "--out") if "结果" in m["text"]], "did not vote, is not told")
        with sqlite3.connect(self.town.dir / "yishi.db") as db:
            db.execute("UPDATE poll SET phones = 77 WHERE id = ?", (poll,))
        self.assertEqual(self.shown(poll)["phones"], 77, "one that is over is not counted again")
        table = self.town.ok("poll", "show", str(poll))
        self.assertIn("██", table)
        self.assertIn("赞成", table)

    def test_options_of_their_own_by_digit_and_by_word(self):
        voters = [resident(i) for i in (4, 5, 6, 7)]
        poll = self.poll(*voters, question="垃圾房放哪里？", more=("--option", "东侧", "--option", "西侧"))
        for v in voters:
            self.asked(v, poll)
        self.say(voters[0], "西侧", "2“西侧”")
        self.say(voters[1], "我觉得东侧好", "1“东侧”")
        self.say(voters[2], "反对", "1东侧 2西侧")  # what it is against nobody can tell
        self.say(voters[2], "3", "只有1到2", "1东侧 2西侧")
        self.say(voters[2], "２", "2“西侧”")
        self.assertEqual(self.votes(poll), [1, 2])
        self.assertIn("9", self.town.say(voters[3], "0"))  # the menu is the menu
        self.assertEqual(self.votes(poll), [1, 2])
        self.say(voters[3], "1", "1“东侧”")

    def test_a_digit_soon_after_changes_the_vote_and_undo_takes_it_back(self):
        who = resident(8)
        poll = self.poll(who)
        self.asked(who, poll)
        self.say(who, "1", "赞成")
        self.say(who, "2", "改好了", "反对")
        self.assertEqual(self.votes(poll), [0, 1, 0])
        self.say(who, "撤销", "撤销")
        self.assertEqual(self.votes(poll), [1, 0, 0])
        self.say(who, "错了", "撤销")
        self.assertEqual(self.votes(poll), [0, 0, 0])
        self.say(who, "投3", "弃权")
        self.town.later(minutes=31)
        for words, meant in (("改成2", "反对"), ("我改投赞成", "赞成"), ("改投反对", "反对")):
            self.say(who, words, "改好了", meant)

    def test_who_was_not_asked_is_told(self):
        poll = self.poll(resident(9))
        self.asked(resident(9), poll)
        for who in (STRANGER, resident(10)):
            self.say(who, "投1", "不包括")
            self.say(who, f"第{poll}号表决投1", "不包括")
        self.assertEqual(self.votes(poll), [0, 0, 0])

    def test_who_opted_out_is_not_asked_and_may_vote(self):
        who = resident(11)
        self.town.say(who, "退订")
        poll = self.poll(who, resident(12))
        self.asked(resident(12), poll)
        self.assertFalse([m for m in self.town.rows(who, "--out") if self.tag(poll) in m["text"]])
        self.say(who, f"表决{poll} 投2", "反对")
        self.assertEqual(self.votes(poll), [0, 1, 0])

    def test_two_polls_are_asked_one_after_the_other(self):
        who = resident(13)
        first = self.poll(who, closes="+2h")
        self.asked(who, first)
        second = self.poll(who, closes="+3h", question="楼道刷白，同意吗？")
        self.town.quiet()
        self.assertFalse([m for m in self.town.rows(who, "--out") if "楼道刷白" in m["text"]], "waits")
        self.say(who, "1", self.tag(first))
        self.asked(who, second)
        self.say(who, "2", "楼道刷白")
        self.say(who, f"第{first}号表决投2", self.tag(first), "改好了")
        self.assertEqual((self.votes(first), self.votes(second)), ([0, 1, 0], [0, 1, 0]))

    def test_a_vote_and_a_complaint_in_one_text(self):
        for i, (text, votes) in enumerate((("投1，另外4栋楼道灯坏了", [1, 0, 0]), ("2。5栋电梯停了", [0, 1, 0]),
                                           ("3 6栋下水道堵了", [0, 0, 0]), ("同意，谢谢", [1, 0, 0]))):
            who = resident(20 + i)
            poll = self.poll(who)
            self.asked(who, poll)
            cases = len(self.town.cases())
            reply = self.town.say(who, text)
            self.assertEqual(self.votes(poll), votes, reply)
            self.assertEqual(len(self.town.cases()), cases + ("栋" in text), reply)

    def test_a_command_beats_the_question(self):
        who = resident(15)
        poll = self.poll(who)
        self.asked(who, poll)
        self.say(who, "3 4栋电梯停了", "电梯")
        self.assertEqual(self.votes(poll), [0, 0, 0])
        self.say(who, "1", self.tag(poll))

    def test_a_question_in_between_gives_the_poll_back(self):
        who = resident(16)
        poll = self.poll(who)
        self.asked(who, poll)
        self.town.say(who, "4")  # "what do you propose?"
        self.say(who, "在门口装个快递柜", "快递柜")
        self.say(who, "1", self.tag(poll), "赞成")

    def test_english(self):
        who = resident(37)
        poll = self.poll(who, question="A bench at the gate?")
        wait_for(lambda: [m for m in self.town.rows(who, "--out") if "A bench" in m["text"]], "is asked")
        self.town.quiet()
        self.assertIn('2 "Against"', self.town.say(who, "against"))
        self.assertEqual(self.votes(poll), [0, 1, 0])

    def test_bad_polls_are_refused(self):
        def new(*args):
            return self.town.run("poll", "new", *args)
        good = ("--question", "同意吗？", "--to", f"number:{resident(1)}", "--closes", "+2h")
        for wrong in (("--option", "只有一个"), ("--option", "a", "--option", "a"), ("--quorum", "150%"), ("--meeting", "999"),
                      ("--case", "999"), ("--tell", "me"), ("--to", "grid:NOWHERE"),
                      tuple(x for i in range(9) for x in ("--option", str(i)))):
            with self.subTest(wrong):
                self.assertNotEqual(new(*good, *wrong).returncode, 0)
        self.assertNotEqual(new("--question", "长" * 120 + "？", *good[2:]).returncode, 0)
        self.assertNotEqual(new(*good[:4], "--closes", "2020-01-01 10:00").returncode, 0)


class Ending(Polling):
    def test_late_votes_hear_so_and_are_not_counted(self):
        who, early = resident(1), resident(2)
        poll = self.poll(who, early)
        self.asked(who, poll)
        self.say(early, "1", "赞成")
        self.town.later(hours=2, minutes=1)
        self.closed(poll)
        for text in ("1", "投1"):
            self.say(who, text, self.tag(poll), "已经截止", "没能算上")
        self.say(early, f"第{poll}号表决投2", "已经截止")
        self.assertEqual(self.votes(poll), [1, 0, 0])
        self.say(early, "撤销")
        self.assertEqual(self.votes(poll), [1, 0, 0], "what was counted stays")

    def test_cancelled(self):
        voters = resident(3), resident(4)
        poll = self.poll(*voters)
        self.asked(voters[0], poll)
        self.say(voters[1], "1", "赞成")
        self.town.ok("poll", "cancel", str(poll), "--note", "改为开会表决")
        self.assertIn("改为开会表决", self.town.told(voters[0], "取消"))
        self.town.told(voters[1], "取消")
        self.say(voters[0], "1", "已经取消")
        self.assertNotEqual(self.town.run("poll", "cancel", str(poll)).returncode, 0)
        self.assertNotEqual(self.town.run("poll", "extend", str(poll), "--closes", "+9h").returncode, 0)

    def test_extended_before_the_close(self):
        who = resident(5)
        poll = self.poll(who, resident(6))
        self.asked(who, poll)
        self.say(resident(6), "2", "反对")
        self.assertNotEqual(self.town.run("poll", "extend", str(poll), "--closes", "+1h").returncode, 0)
        self.town.ok("poll", "extend", str(poll), "--closes", "+6h")
        self.town.later(hours=3)
        self.town.quiet()
        self.assertEqual(self.shown(poll)["state"], "open")
        self.say(who, "1", self.tag(poll), "赞成")
        self.assertEqual(self.votes(poll), [1, 1, 0], "no vote is lost")

    def test_closed_by_hand(self):
        who = resident(7)
        poll = self.poll(who)
        self.asked(who, poll)
        self.say(who, "1")
        self.assertNotEqual(self.town.run("poll", "close", str(poll)).returncode, 0, "asks first")
        self.town.ok("poll", "close", str(poll), "--yes")
        self.assertEqual(self.closed(poll)["voted"], 1)

    def test_too_few_votes(self):
        voters = [resident(i) for i in (8, 9, 10)]
        poll = self.poll(*voters, more=("--quorum", "2", "--tell", "asked"))
        self.asked(voters[2], poll)
        self.say(voters[0], "1")
        self.town.later(hours=2, minutes=1)
        done = self.closed(poll)
        self.assertEqual((done["quorate"], done["winner"]), (False, None))
        self.assertIn("没有达到法定票数", self.town.told(voters[1], "法定票数"))

    def test_supporters_of_the_case_hear_the_result(self):
        raised, supports, votes = resident(11), resident(12), resident(13)
        self.town.say(raised, "4 门口装一个凉亭")
        number = self.town.cases("凉亭")[0]["number"]
        self.town.say(supports, f"5 {number}")
        poll = self.poll(votes, more=("--case", str(number)))
        self.asked(votes, poll)
        self.say(votes, "1")
        self.town.later(hours=2, minutes=1)
        self.closed(poll)
        for who in (raised, supports):
            self.assertIn("赞成1票", self.town.told(who, self.tag(poll)))

    def test_who_is_silent_is_reminded_once(self):
        silent, votes = resident(14), resident(15)
        poll = self.poll(silent, votes, closes="+9h")  # until 19:00
        self.asked(silent, poll)
        self.say(votes, "1")
        self.town.later(hours=7)
        self.assertIn(self.tag(poll), self.town.told(silent, "还没投票"))
        self.town.later(hours=1)
        self.town.quiet()
        for who, count in ((silent, 1), (votes, 0)):
            self.assertEqual(len([m for m in self.town.rows(who, "--out") if "还没投票" in m["text"]]), count)
        self.say(silent, "2", "反对")


class Night(Polling):
    gateway = {"quiet_hours": "20:30-08:00"}

    def test_nobody_is_asked_at_night(self):
        self.town.set_clock("2035-01-08T21:30:00+08:00")
        who = resident(1)
        poll = self.poll(who, closes="2035-01-09 18:00")
        self.town.quiet()
        self.assertFalse([m for m in self.town.rows(who, "--out") if self.tag(poll) in m["text"]])
        self.town.set_clock("2035-01-09T08:05:00+08:00")
        self.asked(who, poll)
        self.say(who, "1", "赞成")


class Households(Polling):
    def home(self, poll):
        return {v["number"]: (v["voted"] is not None, v["household_voted"])
                for v in self.town.json("poll", "show", str(poll), "--voters")}

    def test_one_household_one_vote_the_last(self):
        people = self.town.json("person", "list", "--limit", "0")
        rooms = {}
        for p in people:
            if p["room"]:
                rooms.setdefault((p["building"], p["unit"], p["room"]), []).append(p["numbers"][0])
        first, second = next(v for v in rooms.values() if len(v) >= 2)[:2]
        poll = self.poll(first, second, more=("--household",))
        self.assertIn("一户一票", self.asked(first, poll))
        self.asked(second, poll)
        self.assertEqual(self.shown(poll)["voters"], 1)
        self.say(first, "1", "赞成")
        self.say(second, "2", "您家选2“反对”", "代替")
        self.assertIn(second[-4:], self.town.told(first, "代替您先前的一票"))
        self.assertEqual((self.votes(poll), self.shown(poll)["voted"]), ([0, 1, 0], 1))
        self.say(first, "撤销", "不能自动撤销")  # somebody else voted since
        self.say(second, "撤销", "撤销")
        self.assertEqual(self.votes(poll), [1, 0, 0], "the first vote is back")
        self.assertEqual(self.home(poll)[second], (False, True))


class Secret(Polling):
    def test_nobody_reads_who_chose_what(self):
        voters = resident(1), resident(2)
        poll = self.poll(*voters, more=("--secret", "--option", "甲方案", "--option", "乙方案", "--tell", "voters"))
        self.assertIn("不记名", self.asked(voters[0], poll))
        self.asked(voters[1], poll)
        for who, words in zip(voters, ("乙方案", "1")):
            self.town.text(who, words, scts=self.town.now().isoformat())
            wait_for(lambda w=who: [m for m in self.town.rows(w, "--out") if m["text"] == "***"
                                    and m["state"] in ("sent", "delivered")], "the vote is read back")
        self.assertTrue(any("2“乙方案”" in s["text"] for s in self.town.sent_to(voters[0])), "the phone hears what it chose")
        self.assertEqual(self.votes(poll), [None, None])
        self.assertEqual(self.shown(poll)["voted"], 2)
        lists = [self.town.ok(*v, "--json") for v in (("message", "list", "--limit", "0"), ("events",),
                                                      ("poll", "show", str(poll), "--voters"))]
        for word in ("乙方案”", "poll/", '"option": 2', '"option":2'):
            self.assertNotIn(word, "".join(lists))
        for file in ("yishi.db", "yishi.db-wal"):  # nor does the file that secretaries' tools open hold it
            self.assertNotIn("2“乙方案”".encode(), (self.town.dir / file).read_bytes())
        with sqlite3.connect(self.town.dir / "yishi.private.db") as db:
            self.assertEqual(sorted(db.execute("SELECT option FROM ballot WHERE poll = ?", (poll,))), [(1,), (2,)])
        self.town.later(hours=2, minutes=1)
        self.closed(poll)
        self.assertEqual(self.votes(poll), [1, 1])
        self.town.told(voters[0], "结果")
        self.town.later(minutes=1)
        with sqlite3.connect(self.town.dir / "yishi.private.db") as db:
            wait_for(lambda: not list(db.execute("SELECT option FROM ballot WHERE poll = ?", (poll,))), "the ballots are deleted")

    def test_changed_and_taken_back(self):
        who = resident(3)
        poll = self.poll(who, more=("--secret",))
        self.asked(who, poll)
        for n, words in enumerate(("1", "投2", "撤销", "投3"), 1):
            self.town.stamp += 1
            self.town.text(who, words, scts=(self.town.now() + datetime.timedelta(seconds=n)).isoformat())
            wait_for(lambda n=n: len([m for m in self.town.rows(who, "--out") if m["kind"] == "reply"
                                      and m["state"] in ("sent", "delivered")]) == n, f"answer {n}")
        self.town.ok("poll", "close", str(poll), "--yes")
        self.closed(poll)
        self.assertEqual(self.votes(poll), [0, 0, 1])


class Timing(Polling):
    def text(self, who, words, **ago):
        self.town.stamp += 1
        self.town.text(who, words, scts=(self.town.now() - datetime.timedelta(**ago)).isoformat())

    def test_sent_before_the_close_and_heard_after_it(self):
        who = resident(1)
        poll = self.poll(who)
        self.asked(who, poll)
        self.town.kill()
        self.text(who, "2", seconds=1)  # lies in the modem
        self.town.later(hours=2, minutes=1)
        self.town.start()
        self.closed(poll)
        self.assertIn("已经截止", self.town.told(who, "已经截止"))
        self.assertEqual(self.votes(poll), [0, 0, 0], "what was closed is not opened again, and that is said")

    def test_votes_in_the_same_second(self):
        voters = [resident(i) for i in range(2, 22)]
        poll = self.poll(*voters)
        for v in voters:
            self.asked(v, poll)
        for i, v in enumerate(voters):
            self.town.text(v, str(i % 3 + 1), scts=self.town.now().isoformat())
        wait_for(lambda: self.shown(poll)["voted"] == 20, "all are counted")
        self.assertEqual(self.votes(poll), [7, 7, 6])

    def test_the_same_text_twice_is_one_vote(self):
        who = resident(22)
        poll = self.poll(who)
        self.asked(who, poll)
        at = self.town.now().isoformat()
        for _ in range(2):
            self.town.text(who, "1", scts=at)
        self.town.told(who, "记下了")
        self.town.quiet()
        self.assertEqual(len([m for m in self.town.rows(who, "--out") if "记下了" in m["text"]]), 1)
        self.assertEqual(self.votes(poll), [1, 0, 0])

    def test_killed_between_text_and_answer(self):
        who = resident(23)
        poll = self.poll(who)
        self.asked(who, poll)
        self.text(who, "1")
        self.town.kill()
        self.town.start()
        wait_for(lambda: self.shown(poll)["voted"] == 1, "the vote is taken after the crash")
        self.town.told(who, "记下了")
        self.town.quiet()
        self.assertEqual(len([e for e in self.town.events("vote.cast") if e["body"]["poll"] == poll]), 1)


class Crashes(Polling):
    def test_a_crash_around_the_close_counts_once(self):
        voters = [resident(i) for i in (1, 2)]
        poll = self.poll(*voters, more=("--tell", "voters"))
        self.asked(voters[0], poll)
        self.say(voters[0], "1")
        self.town.kill()
        self.town.later(hours=2, minutes=1)
        self.town.start()
        self.closed(poll)
        self.town.told(voters[0], "结果")
        self.town.kill()
        self.town.start()
        self.town.quiet()
        self.assertEqual(self.votes(poll), [1, 0, 0])
        self.assertEqual(len(self.town.events("poll.closed")), 1)
        self.assertEqual(len([m for m in self.town.rows(voters[0], "--out") if "结果" in m["text"]]), 1)


if __name__ == "__main__":
    unittest.main()
