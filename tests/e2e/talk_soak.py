#!/usr/bin/python3
"""A neighbourhood talks at random: sentences of every corpus, numbers that may exist, garbage, rings; the secretary works at the
desk, the clock jumps, the power fails. Then talk_books.py looks whether the books agree.

usage: talk_soak.py [--minutes N] [--seed N]
The seed is printed first: the same seed says the same things in the same order.
"""
import argparse
import datetime
import json
import os
import pathlib
import random
import shutil
import sys
import time

from harness import ROOT, Failed, wait_for
from neighbours import VOLUNTEERS, Neighbours
from simmodem import SimError
from talk_books import Books
from town import MEDIATOR, OFFICER, OTHER_WORKER, SECRETARY, STRANGER, WORKER, resident

LAWYER, DOCTOR, WATER, HEAD = (f"+861380015000{i}" for i in range(1, 5))
STRANGERS = [STRANGER] + [f"+86139123400{i:02}" for i in range(10, 14)]
ODD_SENDERS = ["10086", "95588", "106550001234", "+8651288880001", "KSCOM"]
STAFF = [WORKER, OTHER_WORKER, OFFICER, SECRETARY, MEDIATOR, LAWYER, DOCTOR, WATER, HEAD]
QUIET = "20:30-08:00"

# What each side says with a number in it; {n} is one that may exist, {m} another, {k} a small one, {c} six digits.
CODES = (
    "1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "1 {k}", "2 {k}", "3 {n}", "5 {n}", "附议{n}", "6 {n}", "7 {n}", "8 {n}",
    "8 {n} {k}人", "到 {n}", "退 {n}", "完成 {n}", "报名 {n}", "{n}", "{k}", "{c}", "{n} {k}", "进度 {n}", "查{n}",
    "撤回", "撤销 {n}", "没修好 {n}", "赞成", "反对", "弃权", "T", "TD", "TD ALL", "别再发任何短信给我",
    "恢复", "START", "HELP", "STOP", "帮助", "忘记我", "是", "不是", "重发", "积分", "活动", "招聘", "招工",
    "菜单", "English", "中文", "3 {k}栋{k}单元{k}01 水管漏水", "3 楼道灯不亮了", "4 装个充电棚",
    "代 {phone} 3 家里停电", "帮我妈 {phone} 报修 马桶堵了", "代 {phone} 1", "不认识",
    "问律师 房东不退押金", "问医生 血压高怎么办", "谢谢", "好的")
STAFF_CODES = (
    "接 {n}", "办结 {n} 已修", "退 {n} 不归我", "转 {n} 水务", "上报 {n}", "吹哨 {n} 水务", "合并 {n} {m}",
    "不予受理 {n} 家事", "延期 {n} {k}天", "属实 {n}", "不属实 {n}", "拆分 {n}", "答 {n} 找物业",
    "{n} 可以起诉", "{c}", "待办", "确认 {n}", "催 {n}", "发通知 明天停水", "任务 打扫楼道 {k}人",
    "发布 {n}", "今晚不在", "休息{k}天", "我来", "{n}号修好了", "处理 {n}", "取消 {n}", "1", "2")
# … and what each side says to what was said before, so that things get on.
ANSWERS = {"rating": ("1", "1", "2", "3", "修好了", "没修好，还是老样子", "2 还在漏"), "poll": ("1", "2", "3", "赞成", "反对", "投2"),
           "invitation": ("1", "2", "1 3", "来2个", "不去"), "checkin": ("1", "平安", "2"), "verify": ("1", "2", "是的"),
           "text": ("3栋楼道灯不亮", "小广场装个凉亭", "3栋"), "code": ("123456", "算了")}
WORK = ("接 {n}", "接 {n}", "接 {n}", "办结 {n} 已修好", "办结 {n} 已修好", "办结", "退 {n} 不归我", "延 {n} 2", "上报 {n}", "转 {n} 水务",
        "核实 {n} 属实", "核实 {n} 不属实", "合并 {n} {m}", "不予受理 {n} 重复", "{n}还差一个零件", "我的单")
CLAIMED = ("到 {n}", "完成 {n}", "完成 {n}", "退 {n}", "签到", "8 {n} 2", "我的任务")
STILL = ("还在漏", "又坏了", "根本没修好", "灯还是不亮")
CLOCK_STEPS = (60, 60, 300, 300, 900, 900, 3600, 3 * 3600, 10 * 3600, 86400, 3 * 86400)
OPEN = "('received', 'verified', 'assigned', 'in_progress')"


def sentences():
    """Every text of every corpus, without an order that a folder has."""
    found = set()
    for folder in (ROOT / "tests" / "corpus", ROOT.parent / "shared" / "corpus", pathlib.Path("/work/shared/corpus")):
        for path in sorted(folder.glob("*.jsonl")) if folder.is_dir() else ():
            for line in path.read_text(encoding="utf-8").splitlines():
                found.add(json.loads(line).get("text") or "")
    return sorted(found)


class TalkTown(Neighbours):
    """Neighbours with every role, and something of everything that recurs."""

    def settle(self):
        super().settle()
        rows = ["phone,name,grid,building,unit,room,roles,language",
                f"{LAWYER},张律师,KS-03,,,,expert,zh", f"{DOCTOR},吴医生,KS,,,,expert,zh", f"{WATER},水务,KS,,,,department,zh",
                f"{HEAD},孙楼长,KS-03,3,1,,resident building_head,zh"]
        self.registry(people="\n".join(rows) + "\n")
        self.series()
        self.series(rrule="FREQ=DAILY", at="09:30", place="凉亭")
        for grid, who in (("KS-03", OFFICER), ("KS-03", WORKER), ("KS", OTHER_WORKER)):
            self.ok("duty", "add", "--grid", grid, "--person", who)
        for i in range(1, 4):
            self.ok("checkin", "add", "--person", resident(i), "--buddy", resident(i + 10), "--at", f"{7 + i:02}:30", "--grace", "60")
        self.ok("faq", "set", "医保", "--words", "医疗保险 看病报销",
                "--zh", "医保请带身份证到社区二楼。", "--en", "Second floor.")
        self.ok("faq", "set", "老年证", "--zh", "老年证在一楼办。")
        self.ok("task", "roster", "add", "--text", "晚间巡逻", "--grid", "KS-03", "--rrule", "FREQ=DAILY", "--at", "19:00",
                "--points", "3", "--wanted", "2", *(a for v in VOLUNTEERS[:5] for a in ("--who", v)))
        self.ok("task", "roster", "add", "--kind", "activity", "--text", "合唱队", "--grid", "KS-03", "--rrule",
                "FREQ=WEEKLY;BYDAY=WE", "--at", "14:00", "--wanted", "5")
        for kind in ("task", "errand", "activity"):
            self.offer("--wanted", "2", "--starts", "+1d", "--points", "2", kind=kind)
        self.offer(kind="job", text="饭馆招洗碗工2名", grid=None)
        for i in range(5, 9):
            self.ok("points", "award", self.person(resident(i)), 10, "--note", "布置会场")
        for extra in ((), ("--household", "--secret"), ("--option", "周六", "--option", "周日")):
            self.ok("poll", "new", "--question", f"装充电棚{len(extra)}，同意吗？", "--to", "grid:KS-03",
                    "--closes", "+2d", *extra, "--yes")

    def person(self, number):
        return next(p["id"] for p in self.json("person", "list", "--limit", "0") if number in p["numbers"])


class Talk:
    def __init__(self, town, seed, log=print):
        self.town, self.dice, self.log = town, random.Random(seed), log
        self.corpus = sentences()
        self.people = [resident(i) for i in range(1, 41)] + VOLUNTEERS + STRANGERS
        self.said, self.refused, self.wrong, self.highest = {}, 0, [], 30
        self.books = Books(town, {}, (), (), QUIET)
        self.open, self.last = [], None
        self.muted = set()  # phones that the desk muted at some time
        self.back = []  # [(from, to)]: what the clock showed while it was wrong

    # ---- texts and rings
    def words(self, staff):
        dice = self.dice
        kind = dice.random()
        if kind < 0.45:
            return dice.choice(self.corpus)
        if kind < 0.85:
            return dice.choice(STAFF_CODES if staff and dice.random() < 0.8 else CODES).format(
                n=self.number(), m=self.number(), k=dice.randint(0, 9), c=f"{dice.randrange(10 ** 6):06}", phone=dice.choice(self.people))
        return dice.choice((self.garbage, self.controls, self.long, lambda: "", lambda: " ", lambda: "9" * dice.randint(1, 60),
                            lambda: "救命 " + dice.choice(self.corpus),
                            lambda: dice.choice(self.corpus) + "，" + dice.choice(self.corpus),
                            lambda: f"3 {10 ** dice.randint(3, 22)}", lambda: f"接 -{self.number()}"))()

    def number(self):
        if self.open and self.dice.random() < 0.5:
            return self.dice.choice(self.open)
        return self.dice.randint(1, self.highest) if self.dice.random() < 0.95 else self.dice.choice((0, 9999, 2 ** 31, 2 ** 63, 10 ** 20))

    def garbage(self):
        def one():
            while True:
                c = chr(self.dice.randrange(*self.dice.choice(((32, 127), (0xa0, 0xd7ff), (0x1f300, 0x1f9ff)))))
                if c.isprintable():
                    return c
        return "".join(one() for _ in range(self.dice.randint(1, 80)))

    def controls(self):
        odd = "\x01\a\b\t\n\r\x1a\x1b\x7f\x85\u200b\u202e\ufeff31"
        return "".join(self.dice.choice(odd) for _ in range(self.dice.randint(1, 40)))

    def long(self):
        return self.dice.choice(("水管漏水 ", "abc ", "３楼 ", "🏚")) * self.dice.randint(30, 250)

    # ---- what follows from what was said
    def follow(self):
        self.dice.choice((self.answer, self.answer, self.work, self.work, self.claim, self.claimed, self.take_back, self.code,
                          self.still, self.leave, self.confide))()

    def pick(self, sql, *args):
        rows = self.books.rows(sql, *args)
        return self.dice.choice(rows) if rows else None

    def answer(self):
        asked = self.pick("SELECT number, kind FROM question WHERE expires_utc > ? ORDER BY number", int(self.town.now().timestamp()))
        if asked:
            self.send(asked[0], self.dice.choice(ANSWERS[asked[1]]))

    def work(self):
        case = self.pick("SELECT pp.number, m.number FROM matter m JOIN person_phone pp ON pp.person = m.assignee"
                         f" WHERE m.state IN {OPEN} ORDER BY m.number")
        if case:
            self.send(case[0], self.dice.choice(WORK).format(n=case[1], m=self.number()))

    def claim(self):
        """Several want the same within a second."""
        offer = self.pick("SELECT number FROM offer WHERE state = 'open' ORDER BY number")
        for who in self.dice.sample(VOLUNTEERS, self.dice.randint(1, 4)) if offer else ():
            self.send(who, f"8 {offer[0]}")

    def claimed(self):
        claim = self.pick("SELECT number, offer FROM claim WHERE state IN ('asked', 'waiting', 'taken', 'there') ORDER BY offer, number")
        if claim:
            self.send(claim[0], self.dice.choice(CLAIMED).format(n=claim[1]))

    def take_back(self):
        if self.last:
            self.send(self.last, self.dice.choice(("撤销", "错了", "UNDO")))

    def code(self):
        sent = self.pick("SELECT number, secret FROM message_out WHERE length(secret) = 6 ORDER BY id DESC LIMIT 4")
        if sent:
            self.send(*sent)

    def leave(self):
        """Who waits for news wants none any more, or again."""
        case = self.pick(f"SELECT number_from FROM matter WHERE state IN {OPEN} AND number_from <> '' ORDER BY number")
        if case:
            self.send(case[0], self.dice.choice(("全停", "全停", "TD", "START")))

    def confide(self):
        words = self.dice.choice(("心里难受，{}夜睡不着了", "调解 {}邻居天天敲门骂人"))
        self.send(self.dice.choice(self.people), words.format(self.dice.randrange(10 ** 5, 10 ** 6)))

    def still(self):
        case = self.pick("SELECT number_from FROM matter WHERE state IN ('resolved', 'closed') AND number_from <> '' UNION ALL"
                         " SELECT s.number FROM supporter s JOIN matter m ON m.number = s.matter WHERE m.state = 'resolved'")
        if case:
            self.send(case[0], self.dice.choice(STILL))

    def text(self):
        dice, staff = self.dice, self.dice.random() < 0.3
        sender = dice.choice(STAFF) if staff else dice.choice(ODD_SENDERS) if dice.random() < 0.03 else dice.choice(self.people)
        self.send(sender, self.words(staff))

    def send(self, sender, words):
        key = (sender, words, self.town.now().isoformat())
        if key in self.said:
            return  # the network does not have the same text twice in one second
        try:
            self.town.text(sender, words, scts=self.town.now().isoformat())
            self.said[key], self.last = True, sender
        except SimError:
            self.refused += 1  # no network would carry it

    def ring(self):
        try:
            self.town.sim.ring(self.dice.choice(self.people + STAFF + ODD_SENDERS[3:4] + [""]), rings=self.dice.randint(1, 3), ring_ms=60)
        except SimError:
            self.refused += 1  # somebody is ringing already

    # ---- the desk
    def desk(self):
        dice, n, m = self.dice, str(self.number()), str(self.number())
        meeting, poll, phone = str(dice.randint(1, 12)), str(dice.randint(1, 6)), dice.choice(self.people)
        who = str(dice.randint(1, 60))
        verbs = (
            ("case", "assign", n, who), ("case", "note", n, "--note", "已联系"), ("case", "resolve", n, "--note", "已修"),
            ("case", "return", n, "--note", "不归网格"), ("case", "merge", n, m), ("case", "split", n, phone), ("case", "escalate", n),
            ("case", "escalate", n, "--to", "12345", "--ref", "7"), ("case", "extend", n, "3"), ("case", "verify", n),
            ("case", "reopen", n, "--note", "又坏了"), ("case", "reject", n, "--note", "家事"), ("case", "deliberate", n),
            ("case", "new", "--text", "3栋水管漏水", "--from", phone),
            ("case", "new", "--text", "有人触电", "--urgent", "--grid", "KS-03"),
            ("meeting", "agenda", meeting, "--add", n), ("meeting", "agenda", meeting, "--move", n, "1"),
            ("meeting", "agenda", meeting, "--drop", n, "--note", "已在办"), ("meeting", "agenda", meeting, "--merge", n, m),
            ("meeting", "agenda", meeting, "--apart", n), ("meeting", "agenda", meeting, "--freeze"),
            ("meeting", "agenda", meeting, "--thaw"),
            ("meeting", "attend", meeting, phone, "--here"), ("meeting", "attend", meeting, phone, "--no"),
            ("meeting", "attend", meeting, "--guests", "3"),
            ("meeting", "decide", meeting, n, "adopted", "--who", "陈师傅", "--until", "+9d"),
            ("meeting", "decide", meeting, n, "assigned", "--who", "陈师傅"),
            ("meeting", "decide", meeting, n, "vote", "--until", "+1d"),
            ("meeting", "decide", meeting, n, "postponed"), ("meeting", "decide", meeting, n, "declined", "--note", "没有地方"),
            ("meeting", "minutes", meeting, "--close"), ("meeting", "minutes", meeting, "--close", "--tell", "all"),
            ("meeting", "cancel", meeting, "--note", "下雪"), ("meeting", "move", meeting, "--at", "+2d"),
            ("poll", "close", poll, "--yes"), ("poll", "cancel", poll, "--note", "改期"), ("poll", "extend", poll, "--closes", "+1d"),
            ("poll", "new", "--question", f"修路{m}，同意吗？", "--to", "building:KS-03/3",
             "--closes", "+1d", "--household", "--yes"),
            ("task", "new", "--text", "清理楼道", "--grid", "KS-03", "--wanted", "2", "--points", "1"), ("task", "confirm", n),
            ("task", "cancel", n, "--note", "下雨"), ("task", "give", n, phone), ("job", "publish", n), ("job", "cancel", n),
            ("activity", "give", n, phone), ("activity", "cancel", n, "--note", "停电"), ("points", "award", who, "3", "--note", "x"),
            ("points", "redeem", who, str(dice.randint(1, 12)), "--note", "一袋米"), ("points", "redeem", who, "--code", "123456"),
            ("points", "reverse", str(dice.randint(1, 30)), "--note", "记错"), ("consult", "answer", n, "--text", "周三来社区"),
            ("consult", "pass", n, "--to", who), ("consult", "close", n),
            ("duty", "absent", who, "--until", "+1d"), ("duty", "absent", who, "--back"),
            ("checkin", "pause", str(dice.randint(1, 3)), "--until", "+2d"), ("todo", "done", m), ("person", "mute", phone),
            ("person", "mute", phone, "--off"), ("message", "send", "--to", phone, "--text", f"请到社区 {m}"),
            ("broadcast", "new", "--to", "building:KS-03/4", "--text", f"明天停水 {n}{m}", "--yes"), ("broadcast", "cancel", m))
        self.verb(*dice.choice(verbs))

    def verb(self, *args):
        if args[:2] == ("person", "mute"):
            self.muted.add(args[2])
        done = self.town.run(*args)
        if done.returncode not in (0, 1, 64, 65, 69, 75, 77) or "runtime error" in done.stderr or "Sanitizer" in done.stderr:
            self.wrong.append(f"yishi {' '.join(args)}: exit {done.returncode} {done.stderr[-1500:]}")

    # ---- time and power
    def clock(self):
        if self.dice.random() < 0.1:
            return self.clock_back()
        step = datetime.timedelta(seconds=self.dice.choice(CLOCK_STEPS) + self.dice.randrange(50))
        self.town.set_clock((self.town.now() + step).isoformat())

    def clock_back(self):
        """Somebody sets the clock wrongly, and texts come in meanwhile."""
        now = self.town.now()
        then = now - datetime.timedelta(seconds=self.dice.choice((90, 1800, 20 * 3600)))
        self.town.set_clock(then.isoformat())
        for _ in range(self.dice.randint(0, 3)):
            self.text()
        time.sleep(0.2)
        self.town.set_clock(now.isoformat())
        self.back.append((int(then.timestamp()), int(now.timestamp())))

    def power(self):
        self.alive()
        self.town.kill()
        for _ in range(self.dice.randint(0, 4)):
            self.text()
        self.town.start()

    def alive(self):
        if self.town.daemon.poll() is not None:
            raise Failed(f"yishid ended with {self.town.daemon.returncode}")

    def run(self, seconds):
        began, last = time.monotonic(), 0
        acts = ((self.text, 35), (self.follow, 35), (self.ring, 4), (self.desk, 16), (self.clock, 12), (self.settled, 6), (self.power, 1.5))
        while time.monotonic() - began < seconds:
            act = self.dice.choices([a for a, _ in acts], [w for _, w in acts])[0]
            act()
            self.alive()
            if time.monotonic() - last > 3:
                self.highest, last = self.matters() + 3, time.monotonic()
                self.open = [n for n, in self.books.rows(f"SELECT number FROM matter WHERE state IN {OPEN} AND kind <> 'task'")]
        self.settled()
        return self.wrong + Books(self.town, self.said, self.back, self.muted, QUIET).look()

    def matters(self):
        return max([c["number"] for noun in ("case", "task", "job", "activity")
                    for c in self.town.json(noun, "list", "--limit", "0")] + [20])

    def settled(self):
        """What came in has been acted on, and what may leave now has left."""
        books = Books(self.town, self.said, self.back, self.muted, QUIET)
        wait_for(lambda: not self.alive() and books.waits() is None,
                 lambda: f"it does not become quiet: {books.waits()}", seconds=180, every=0.1)


def talk(seconds, seed, log=None):
    """What was wrong after so many seconds."""
    dice = random.Random(seed)
    gateway = {"quiet_hours": QUIET, "approval_above": "0", "answer_budget": dice.choice(("0", "0", None)),
               "merge_window": dice.choice(("0", None))}
    with TalkTown(gateway=gateway) as town:
        run = Talk(town, seed)
        wrong = []
        try:
            wrong = run.run(seconds)
        except Failed as e:
            wrong = run.wrong + [str(e)]
        if log:
            log(f"{len(run.said)} texts, {run.refused} that no network carries, until {town.now():%d %b %H:%M}")
        if wrong and os.environ.get("YISHI_KEEP"):
            shutil.copytree(town.dir, os.environ["YISHI_KEEP"], dirs_exist_ok=True, ignore=lambda d, names: [
                n for n in names if not n.endswith((".db", "-wal", "-shm", ".log", ".conf"))])
        return [f"seed {seed}: {w}" for w in wrong] + ([town.log()[-3000:]] if wrong else [])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10 ** 6)
    print("seed", seed, flush=True)
    wrong = talk(options.minutes * 60, seed, log=print)
    print("\n".join(wrong) or "the books agree")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
