"""The clock of a box that nothing keeps is set by the mobile network's, through a stand-in for yishi-root that sets the
clock of the test."""
import json
import unittest

from harness import wait_for
from root_helper import RootSocket
from test_operator import OperatorSite


class StandIn(RootSocket):
    """Gives each request the same answer; a clock that it grants is set."""

    def __init__(self, site):
        super().__init__(site.dir / "root.sock")
        self.site, self.asked, self.says = site, [], "ok"

    def answer(self, peer):
        request = peer.recv(200).decode()
        if self.says == "ok":
            self.site.set_clock(request.removeprefix("clock ").strip())
        peer.sendall(self.says.encode() + b"\n")
        self.asked.append(request)


class ClockSet(unittest.TestCase):
    def test_the_network_sets_it(self):
        with OperatorSite(profile="huawei-e1xx", start=False) as site, StandIn(site) as root:
            site.env["YISHI_ROOT_SOCKET"] = root.path
            site.start()

            def tell(time, ahead):
                wait_for(lambda: site.sim.do("nitz", time=f"2026-11-20T{time}+08:00") and site.show()["network_ahead"] == ahead, f"{ahead} s ahead", every=0.3)

            # a minute is nothing, and whole hours are more likely another zone than a clock that is off
            tell("10:01:00", 60)
            tell("13:00:10", 3 * 3600 + 10)
            wait_for(lambda: "clock.implausible" in [e["kind"] for e in site.json("events")], "the clock is not trusted")
            self.assertEqual(root.asked, [])
            # an hour and a quarter without power
            site.sim.do("nitz", time="2026-11-20T11:15:05+08:00")
            wait_for(lambda: root.asked, "the helper is asked")
            self.assertEqual(root.asked, ["clock 2026-11-20T11:15:05+08:00\n"])
            event = wait_for(lambda: [e for e in site.json("events") if e["kind"] == "clock.set"], "it is told")[0]
            self.assertEqual((event["body"]["to"] - event["body"]["from"], event["body"]["witness"]), (4505, 1))
            wait_for(lambda: json.loads(site.run("status", "--json").stdout)["clock_ok"], "and trusted")

    def test_refused(self):
        with OperatorSite(profile="huawei-e1xx", start=False) as site, StandIn(site) as root:
            root.says = "refused the clock is kept by \x1b[2Jtime synchronisation"
            site.env["YISHI_ROOT_SOCKET"] = root.path
            site.start()
            site.sim.do("nitz", time="2026-11-20T11:15:05+08:00")
            wait_for(lambda: "it is not set: the clock is kept by" in site.log(), "the refusal is said")
            self.assertNotIn("\x1b", site.log())
            site.sim.do("nitz", time="2026-11-20T11:16:05+08:00")
            wait_for(lambda: site.show()["network_ahead"] == 4565, "it is known")
            self.assertEqual(len(root.asked), 1)  # not again at once
            self.assertEqual([e for e in site.json("events") if e["kind"] == "clock.set"], [])


if __name__ == "__main__":
    unittest.main()
