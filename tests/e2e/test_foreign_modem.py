"""The daemon against a modem that was written independently of it, with faults drawn by a seed."""
import collections
import os
import unittest

from foreign_modem import ForeignModem
from harness import Site, wait_for


class ForeignSite(Site):
    """A site whose only modem is the foreign one."""

    def __init__(self, foreign, **kw):
        super().__init__(modems=1, **kw)
        self.foreign = foreign

    def __enter__(self):
        self.sim = self.foreign
        self.foreign.device = lambda _i: self.foreign.path
        self.write_config()
        self.start()
        return self


def join(sent):
    """Texts by number, parts put together."""
    texts, waiting = collections.defaultdict(list), {}
    for message in sent:
        udh = bytes.fromhex(message["udh"])
        if len(udh) < 6:
            texts[message["number"]].append(message["text"])
            continue
        key = (message["number"], udh[3])
        waiting.setdefault(key, {})[udh[5]] = message["text"]
        if len(waiting[key]) == udh[4]:
            parts = waiting.pop(key)
            texts[message["number"]].append("".join(parts[i] for i in sorted(parts)))
    assert not waiting, f"parts that were never completed: {waiting}"
    return texts


class ForeignModemTest(unittest.TestCase):
    def flood(self, nasty, seed, **kw):
        """200 texts of 200 people through a 10-slot store: each answered exactly once, none lost, the store drained."""
        print(f"seed {seed}")
        modem = ForeignModem(slots=10, seed=seed, nasty=nasty, **kw)
        # the box has one meeting series in one grid: an unregistered number may say that it comes
        with ForeignSite(modem) as site:
            site.ok("grid", "import", "-", stdin="code,name,parent\nKS,矿山社区,\nKS-03,三网格,KS\n")
            numbers = [f"+861390000{i:04d}" for i in range(200)]
            for i, number in enumerate(numbers):
                site.text(number, f"3 {i % 30}栋路灯坏了" if i % 2 else "0")
            wait_for(lambda: len(join_quietly(modem.sent)) >= 200, "200 people are answered", 240)
            wait_for(modem.drained, "the store is drained", 120)
            wait_for(lambda: not modem.reports, "all reports are told", 60)
            wait_for(lambda: len(site.json("message", "list", "--state", "delivered", "--limit", "0")) >= len(numbers),
                     "each answer is reported", 60)
            site.kill(15)
            answers = join(modem.sent)
            self.assertEqual(sorted(answers), numbers)
            self.assertEqual({n: len(t) for n, t in answers.items() if len(t) != 1}, {}, "answered more than once")
            if nasty:
                self.assertGreater(modem.errors + modem.lost_cmti, 0)
            self.assertGreaterEqual(modem.reported, len(numbers))

    def test_people_who_ring(self):
        """RING alone, the number only when it is asked for, no +CHUP: noted once each, and rejected by ATH."""
        modem = ForeignModem()
        with ForeignSite(modem, modem={"ring_for": "4s"}) as site:
            modem.ring("+8613900000001", 5)
            wait_for(lambda: modem.caller is None, "it is over")
            wait_for(lambda: len(site.json("message", "list", "--in")) == 1, "it is noted")
            modem.ring("+8613900000002", 60)
            wait_for(lambda: modem.rejected == 2 or modem.caller is None, "it is rejected")
            wait_for(lambda: len(site.json("message", "list", "--in")) == 2, "it is noted, too")
            self.assertEqual([m["number"] for m in site.json("message", "list", "--in")], ["+8613900000001", "+8613900000002"])

    def test_200_texts_through_10_slots(self):
        self.flood(0.0, 1)

    def test_200_texts_with_faults(self):
        self.flood(0.08, int(os.environ.get("YISHI_SEED", "20261122")))

    def test_0_based_slots_and_bare_line_feeds(self):
        self.flood(0.03, 7, first_index=0, line_end="\n", echo=False)


def join_quietly(sent):
    try:
        return join(sent)
    except AssertionError:
        return {}


if __name__ == "__main__":
    unittest.main()
