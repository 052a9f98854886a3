"""A neighbourhood that talks to its gateway: for tests that hold conversations.

    with Town() as town:
        town.series()
        reply = town.say(WANG, "1 3")

Monday 8 January 2035, 10:00 is when most of it happens: every answer depends on the clock file alone.
"""
import datetime
import re
import sys

from harness import Site, wait_for

MONDAY = "2035-01-08T10:00:00+08:00"
WORKER, OTHER_WORKER, OFFICER, SECRETARY, MEDIATOR = (f"+861380013900{i}" for i in range(1, 6))
STRANGER = "+8613912340001"


def resident(i):
    """The number of one of the forty residents of KS-03; the last five speak English."""
    return f"+86138001380{i:02}"


WANG = resident(1)


def units(text):
    return len(text.encode("utf-16-le")) // 2


def fits(text, most=70):
    """Chinese replies are one segment (the menu two)."""
    return units(text) <= most


class Town(Site):
    def __init__(self, now=MONDAY, gateway=None, **kw):
        super().__init__(now=now, gateway={"answer_budget": "0", **(gateway or {})}, **kw)
        self.stamp = 0

    def __enter__(self):
        super().__enter__()
        try:
            self.settle()
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def settle(self):
        rows = ["phone,name,grid,building,unit,room,roles,language"]
        rows += [f"{resident(i)},居民{i},KS-03,{3 + i // 10},{1 + i % 2},{i % 6 + 1}01,resident,{'en' if i > 35 else 'zh'}"
                 for i in range(1, 41)]
        rows += [f"{WORKER},陈师傅,KS-03,,,,grid_worker,zh", f"{OTHER_WORKER},孙师傅,KS-04,,,,grid_worker,zh",
                 f"{OFFICER},值班老周,KS-03,,,,duty_officer,zh", f"{SECRETARY},赵书记,KS,,,,secretary,zh",
                 f"{MEDIATOR},钱老师,KS-03,,,,mediator,zh"]
        self.registry(people="\n".join(rows) + "\n")

    def series(self, grid="KS-03", at="15:00", place="3号议事点", rrule="FREQ=WEEKLY;BYDAY=FR"):
        self.ok("meeting", "series", "add", "--grid", grid, "--rrule", rrule, "--at", at, "--place", place)

    # ---- time
    def now(self):
        return datetime.datetime.fromisoformat(self.clock_file.read_text().strip())

    def later(self, **kw):
        self.set_clock((self.now() + datetime.timedelta(**kw)).isoformat())

    # ---- texts
    def rows(self, number=None, *more):
        return self.json("message", "list", "--limit", "0", "--muted", *(("--number", number) if number else ()), *more)

    def acted_on(self, number, text, **kw):
        """Lets somebody text; the id of the text once the gateway has acted on it."""
        before = self.look("SELECT coalesce(max(id), 0) FROM message_in")[0][0]
        self.stamp += 1  # no phone sends two texts in one second: that would be a text delivered twice
        at = self.now() + datetime.timedelta(seconds=self.stamp % 50)
        self.text(number, text, **{"scts": at.isoformat(), **kw})
        return wait_for(lambda: self.look("SELECT id FROM message_in WHERE id > ? AND number = ? AND state = 'done'", before, number),
                        f"{text!r} of {number} is acted on")[0][0]

    def hear(self, number, text, **kw):
        """The same; the row of the text."""
        heard = self.acted_on(number, text, **kw)
        return next(m for m in self.rows(number, "--in") if m["id"] == heard)

    def say(self, number, text, **kw):
        """The answer to a text, "" for none."""
        heard = self.acted_on(number, text, **kw)
        wait_for(lambda: not self.look("SELECT 1 FROM message_out WHERE answers = ? AND number = ? AND state IN ('queued', 'sending')",
                                       heard, number), f"the answer to {text!r} has left")
        found = [m for m in self.rows(number, "--out") if m["answers"] == heard]
        if len(found) > 1:
            raise AssertionError(f"{len(found)} answers to {text!r}: {found}")
        return found[0]["text"] if found else ""

    def told(self, number, contains, count=1):
        """A text that nobody asked for: the last of `count`."""
        return self.answer(number, count, contains)

    def quiet(self):
        """Waits until nothing more is going out now; quiet hours and pauses hold nothing here."""
        self.idle()

    # ---- what the secretary sees
    def case(self, number):
        return next(c for c in self.json("case", "list", "--limit", "0") if c["number"] == number)

    def cases(self, contains=""):
        return [c for c in self.json("case", "list", "--limit", "0") if contains in c["text"]]

    def meeting(self, index=0):
        return self.json("meeting", "list", "--limit", "0")[index]

    def events(self, kind=None):
        return [e for e in self.json("events") if kind in (None, e["kind"])]


def case_number(reply):
    """The number in "第23号" or "no. 23"."""
    found = re.search(r"第(\d+)号|no\. ?(\d+)", reply)
    if not found:
        raise AssertionError(f"no number in {reply!r}")
    return int(found.group(1) or found.group(2))
