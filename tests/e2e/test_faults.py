"""Every fault that the emulator can play, on several families, against the daemon: no text lost, none answered twice, none
sent twice, and the line ready again."""
import unittest

from faults import FAULTS, Case, FaultSite, Ledger, emulator_help
from harness import wait_for
from simmodem import SimModem

# By the book; one that counts from 0, storms and lists badly; one that wants every message acknowledged.
FAMILIES = ("generic-gsm", "huawei-e1xx", "ml307")
SITES = 4  # for each family: a fault has to wait now and then, and sites can do so together


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
    """What no daemon can heal."""

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
        """A silence of some seconds is sat out: a restart or +CFUN would be this modem's last."""
        with FaultSite() as site:
            site.start()
            ledger = site.ledger = Ledger(site)
            site.sim.fault("cfun_limit", 0)
            site.sim.fault("hang", 5000)
            ledger.out()
            site.control("wake")
            ledger.lost |= ledger.numbers()
            ledger.wait_settled(120)
            self.assertEqual(ledger.check(), [])
            self.assertEqual(site.sim.state()["power"], 0)


if __name__ == "__main__":
    unittest.main()
