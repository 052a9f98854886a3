"""Every fault that the emulator can play, on several families, and the whole life of every family, against the daemon:
no text lost, none answered twice, none sent twice, and the line ready again."""
import concurrent.futures
import subprocess
import unittest

from faults import FAULTS, FaultSite, Ledger
from harness import BIN, environment, wait_for
from simmodem import SimModem

# By the book; one that counts from 0, storms and lists badly; one that wants every message acknowledged.
FAMILIES = ("generic-gsm", "huawei-e1xx", "ml307")
SITES = 4  # for each family: a fault has to wait now and then, and sites can do so together

# Ten slots wherever the daemon may decide to keep texts.
FAMILY_STORES = {
    "generic-gsm": "SM:10,ME:10", "quectel-ec2x": "ME:10,MT:10,SM:10", "simcom-7600": "SM:10,ME:10,MT:10",
    "simcom-a76xx": "SM:10,ME:10,MT:10", "huawei-e1xx": "SM:10,ME:10", "zte-mf": "SM:10,ME:10", "air780epv": "SM:10,ME:10",
    "ml307": "ME:10,MT:10", "wavecom-q2": "SM:10",
}


def emulator_help():
    return subprocess.run([str(BIN / "yishi-simmodem"), "--help"], capture_output=True, text=True, check=True, env=environment()).stdout


def side_by_side(calls):
    """Runs them all at once; what was wrong, by name."""
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        running = {pool.submit(call): name for name, call in calls.items()}
        wrong = []
        for done in concurrent.futures.as_completed(running):
            wrong += [f"{running[done]}: {w}" for w in done.result()]
        return wrong


def play(site, name):
    """What was wrong with one fault."""
    wrong = []
    try:
        site.play(name, FAULTS[name])
    except (AssertionError, OSError) as e:
        wrong.append(str(e)[:500])
    return [f"{name}: {w}" for w in wrong + site.ledger.check()]


def last(site):
    """The same when what had an unknown outcome was repeated."""
    try:
        site.ledger.wait_settled(90, repeats=True)
    except AssertionError as e:
        return [str(e)]
    return site.ledger.check()


def play_all(profile, names):
    wrong, names = [], list(names)
    while names:
        with FaultSite(profile=profile) as site:
            site.start()
            site.ledger = Ledger(site)
            found = []
            while names and not found:  # after a mistake the next one deserves a site without a past
                found = play(site, names.pop(0))
            if not found:
                found = last(site)
            if found:
                wrong.append("\n    ".join(found) + "\n" + site.log()[-1200:])
    return wrong


class Case(unittest.TestCase):
    def none_wrong(self, calls):
        wrong = side_by_side(calls)
        if wrong:
            self.fail("\n\n".join(wrong))


class Faults(Case):
    def test_the_table_has_them_all(self):
        with SimModem() as sim:
            known = {f["name"] for f in sim.do("faults")["faults"]}
        self.assertEqual(known, set(FAULTS))
        listed = emulator_help().split("\nFaults")[1].split("\n\n")[0].splitlines()[1:]
        self.assertEqual({line.split()[0] for line in listed}, known)

    def test_every_fault_is_healed(self):
        calls = {}
        for profile in FAMILIES:
            names = [n for n, f in FAULTS.items() if not f.site and (not f.profiles or profile in f.profiles)]
            for k in range(SITES):
                calls[f"{profile} {k}"] = lambda p=profile, n=names[k::SITES]: play_all(p, n)
        self.none_wrong(calls)


class Dead(Case):
    """What no daemon can heal: it is noticed, and nothing is lost when a person has helped."""

    def test_firmware_without_texts(self):
        with FaultSite(faults=["no_sms"]) as site:
            site.start(ready=False)
            ledger = site.ledger = Ledger(site)
            wait_for(site.live, "the daemon is up")
            ledger.out()
            wait_for(lambda: "failed" in site.log() or "{format}" in site.log(), "it is noticed: " + site.log())
            site.sim.fault("no_sms", 0)
            ledger.into()
            ledger.wait_settled(90)
            self.assertEqual(ledger.check(), [])

    def test_worn_flash(self):
        """A modem that restarts no more: the ladder does not wear it further, and another stick takes over its work."""
        with FaultSite() as site:
            site.start()
            ledger = site.ledger = Ledger(site)
            site.sim.fault("cfun_limit", 0)
            site.sim.fault("hang", 5000)
            ledger.out()
            site.control("wake")
            ledger.wait_settled(120)
            self.assertEqual(ledger.check(), [])


class Life(Case):
    def test_every_family_has_a_life(self):
        listed = emulator_help().split("\nProfiles\n")[1].split("\n\n")[0].splitlines()
        self.assertEqual({line.split()[0] for line in listed}, set(FAMILY_STORES))

    def life(self, profile):
        """Boot, PIN, texts in through ten slots and out with reports, a call that nobody answers, a crash, a store that is
        full, another port."""
        wrong = []
        with FaultSite(profile=profile, store=FAMILY_STORES[profile], pin="1234", boot=True, ttys=True, redeliver_ms=200,
                       modem={"pin_file": "pin"}) as site:
            (site.dir / "pin").write_text("1234\n", encoding="ascii")
            ledger = site.ledger = Ledger(site)
            for _ in range(15):  # before anybody listens: the store is full, the rest waits in the network
                ledger.into()
            site.start()
            for _ in range(20):
                ledger.out()
            for _ in range(5):
                ledger.into()
            site.control("wake")
            ledger.wait_settled(90)
            site.wait_value("SELECT count(*) FROM message_out WHERE class = 'broadcast' AND state <> 'delivered'", 0)
            ledger.ring()
            wait_for(lambda: site.value("SELECT count(*) FROM event WHERE kind = 'call.missed'") == 1, "the call is noted")
            site.sim.fault("crash", 600)
            ledger.into()
            ledger.out()
            ledger.lost |= ledger.numbers()
            site.control("wake")
            ledger.wait_settled(90)
            site.sim.replug(ms=300)
            ledger.into()
            ledger.out("reply")
            site.control("wake")
            ledger.wait_settled(90)
            site.ready()
            wrong += ledger.check()
            used = sum(s["used"] for s in site.sim.wait_state(used=0)["stores"].values())
            wrong += [f"{used} slots are not freed"] if used else []
        return wrong

    def test_whole_lives(self):
        def guarded(profile):
            try:
                return self.life(profile)
            except (AssertionError, OSError) as e:
                return [str(e)[:700]]
        self.none_wrong({p: lambda p=p: guarded(p) for p in FAMILY_STORES})


if __name__ == "__main__":
    unittest.main()
