"""The whole life of every family that the emulator knows, against the daemon."""
import unittest

from faults import Case, FaultSite, Ledger, emulator_help
from harness import wait_for

# Ten slots wherever the daemon may decide to keep texts.
FAMILY_STORES = {
    "generic-gsm": "SM:10,ME:10", "quectel-ec2x": "ME:10,MT:10,SM:10", "simcom-7600": "SM:10,ME:10,MT:10",
    "simcom-a76xx": "SM:10,ME:10,MT:10", "huawei-e1xx": "SM:10,ME:10", "zte-mf": "SM:10,ME:10", "air780epv": "SM:10,ME:10",
    "ml307": "ME:10,MT:10", "wavecom-q2": "SM:10", "quectel-ec200": "ME:10,MT:10,SM:10", "quectel-m95": "SM:10",
    "sim800": "SM:10,ME:10,MT:10", "telit-le910": "ME:10,SM:10", "cinterion-ehs6": "ME:10,SM:10,MT:10", "fibocom-l610": "ME:10,SM:10",
    "mbm-f5521": "ME:10,SM:10", "novatel-e371": "ME:10,SM:10", "ublox-sara": "ME:10,SM:10",
}


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
