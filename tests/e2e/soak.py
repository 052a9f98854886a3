#!/usr/bin/python3
"""Random faults in random order while texts go both ways, and then the books:

    every text that the network delivered is in the inbox once and has one answer;
    every text that the network took was wanted, and left once, unless the daemon repeated it knowingly (no broadcast);
    each line is ready again, and nothing waits.

usage: soak.py [--minutes N] [--seed N] [--profile NAME[,NAME…]]
The seed is printed first: the same seed plays the same faults again.
"""
import argparse
import random
import sys
import time

from faults import FAULTS, FaultSite, Ledger
from harness import Failed

NOT_HERE = {"cfun_limit", "no_sms"}  # no daemon heals them
TRANSIENT = (17, 38, 41, 42, 47, 314, 331, 332, 500)  # of +CMS ERROR
AT_ONCE = {"hang": (500, 5000), "crash": (100, 3000), "replug": (50, 3000), "sim_lost": (100, 3000), "flood": (1, 16), "mr": (0, 255)}


class Soak:
    def __init__(self, site, seed):
        self.site, self.dice = site, random.Random(seed)
        self.ledgers = [Ledger(site, modem) for modem in range(site.modem_count)]
        self.on, self.played = [], 0  # [(when to lift, name, modem)]

    def say(self, *words):
        print(f"{time.monotonic() - self.began:7.1f}", *words, flush=True)

    def strike(self):
        """One fault on one modem, for some seconds."""
        dice, name = self.dice, self.dice.choice(sorted(set(FAULTS) - NOT_HERE))
        modem, fault = dice.randrange(self.site.modem_count), FAULTS[name]
        value, count, text = fault.value, fault.count, fault.text
        if name == "cms":
            value, count = dice.choice(TRANSIENT), dice.randint(1, 3)
        elif name in AT_ONCE:
            value = dice.randint(*AT_ONCE[name])
        elif name == "pin":
            text = dice.choice(("NOT INSERTED", "SIM PUK"))
        elif name == "crash":
            text = dice.choice(("", "silent"))
        after = dice.randint(1, 4) if dice.random() < 0.3 else None
        self.say(f"modem {modem}: {name} {value} {text or ''}", f"after {after} texts" if after else "")
        self.site.sim.fault(name, value, count=count, text=text, after=after, modem=modem)
        self.played += 1
        self.on.append((time.monotonic() + dice.uniform(0.3, 4), name, modem))

    def lift(self, all_of_them=False):
        now = time.monotonic()
        for when, name, modem in [f for f in self.on if all_of_them or f[0] <= now]:
            self.site.lift(name, modem)
            self.on.remove((when, name, modem))

    def texts(self):
        ledger = self.dice.choice(self.ledgers)
        for _ in range(self.dice.randint(0, 3)):
            ledger.into(delay_ms=self.dice.randint(0, 300))
        for _ in range(self.dice.randint(0, 3)):
            ledger.out(self.dice.choice(("reply", "broadcast", "broadcast")))
        if self.dice.random() < 0.1 and not self.site.sim.state(ledger.modem)["call"]:
            self.ring(ledger)
        self.site.control("wake")

    def ring(self, ledger):
        from simmodem import SimError
        try:
            ledger.ring(rings=self.dice.randint(1, 4), ring_ms=150)
        except SimError:
            ledger.number()  # no network at present: the caller hears so

    def run(self, seconds):
        self.began = time.monotonic()
        while time.monotonic() - self.began < seconds:
            if self.dice.random() < 0.5 and len(self.on) < 3:
                self.strike()
            self.texts()
            self.lift()
            time.sleep(self.dice.uniform(0.05, 0.8))
        self.lift(all_of_them=True)
        for name in set(FAULTS) - NOT_HERE:  # also what waits for the middle of a burst
            for modem in range(self.site.modem_count):
                self.site.lift(name, modem)
        self.say(f"{self.played} faults; now it has to become quiet")
        return self.finish()

    def finish(self, seconds=150):
        """Nothing is to wait any more; pauses before another try, minutes in life, are cut short."""
        end = time.monotonic() + seconds
        while True:
            open_ = [s for s in (ledger.settled(repeats=True) for ledger in self.ledgers) if s is not True]
            if not open_:
                break
            if time.monotonic() > end:
                return [f"not settled: {open_}"]
            self.site.write("UPDATE message_out SET next_try_utc = 0 WHERE state = 'queued'")
            self.site.control("wake")
            time.sleep(0.5)
        try:
            self.site.ready()
        except Failed as e:
            return [str(e)]
        return self.books()

    def books(self):
        for ledger in self.ledgers:
            ledger.lost = ledger.numbers() | set(ledger.rang)
        together = Ledger(self.site)
        for ledger in self.ledgers:
            together.came.update(ledger.came)
            together.left.update(ledger.left)
            together.lost |= ledger.lost
        wrong = together.check(calls=False)
        wanted = {(number, text) for number, text, _ in together.left.values()}
        replies = set(self.site.rows("SELECT number, text FROM message_out"))
        wrong += [f"nobody wanted {s['number']}: {s['text']}" for s in self.site.sim.sent()
                  if (s["number"], s["text"]) not in wanted | replies]
        return wrong


def soak(seconds, seed, profiles, log=True):
    """What was wrong after so many seconds."""
    with FaultSite(profile=",".join(profiles), modems=len(profiles)) as site:
        site.start()
        run = Soak(site, seed)
        if not log:
            run.say = lambda *words: None
        wrong = run.run(seconds)
        states = dict(site.rows("SELECT state, count(*) FROM message_out GROUP BY state"))
        if log:
            print("texts that left, by state:", states, " texts that came:", sum(len(x.came) for x in run.ledgers))
        return [f"seed {seed}: {w}" for w in wrong] + ([site.log()[-3000:]] if wrong else [])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--profile", default="quectel-ec2x,huawei-e1xx", help="one modem for each")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10 ** 6)
    print("seed", seed, flush=True)
    wrong = soak(options.minutes * 60, seed, options.profile.split(","))
    print("\n".join(wrong) or "the books agree")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
