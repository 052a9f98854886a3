"""What the daemon costs while nothing happens: wake-ups and memory, on both emulators at once."""
import contextlib
import os
import re
import time
import unittest

from daemon_site import DaemonSite
from foreign_modem import ForeignModem
from harness import wait_for

NUMBER = "+8613800138001"
SECONDS = 100
# Voluntary context switches of all threads, for each modem. At rest it is 2 or 3; a loaded machine cuts the replies of a
# sweep into more pieces. What polls once a second has 60.
PER_MINUTE = 15


class ForeignSite(DaemonSite):
    """A site whose modem takes one command a line."""

    def __enter__(self):
        # a name of its own: in /dev/pts every terminal of this machine comes and goes
        self.sim = ForeignModem(link=str(self.dir / "foreign"))
        self.sim.device = lambda _i: self.sim.path
        self.write_config()
        self.start()
        return self


class Idle(unittest.TestCase):
    def test_nothing_polls(self):
        with contextlib.ExitStack() as stack:
            sites = {"announced": DaemonSite(), "three modems": DaemonSite(modems=3), "one command a line": ForeignSite()}
            for site in sites.values():
                site.env["YISHI_DEBUG"] = "1"
                stack.enter_context(site)
            for i in range(4):
                sites["announced"].text(f"+861380013800{i + 1}", "7")
            for i in range(4):
                sites["announced"].answer(f"+861380013800{i + 1}")
            # the first look of each, with which the start is over
            for site in sites.values():
                wait_for(lambda s=site: s.log().count("reading -> ready") >= 2 * s.modem_count, "it has looked around")
            time.sleep(10)
            before = {name: site.switches() for name, site in sites.items()}
            time.sleep(SECONDS)
            rates = {name: (site.switches() - before[name]) * 60 / SECONDS / site.modem_count for name, site in sites.items()}
            print(rates)
            for name, rate in rates.items():
                self.assertLessEqual(rate, PER_MINUTE, name)

    def test_memory(self):
        with DaemonSite(start=False) as site:
            site.start()
            site.text(NUMBER, "7")
            site.answer(NUMBER)
            with open(f"/proc/{site.daemon.pid}/smaps_rollup", encoding="ascii") as f:
                private = sum(int(m) for m in re.findall(r"^Private_(?:Clean|Dirty):\s+(\d+)", f.read(), re.M))
            if "asan" not in os.environ.get("YISHI_BUILD", "") and "san" not in os.environ.get("YISHI_BUILD", ""):
                self.assertLess(private, 20000)


if __name__ == "__main__":
    unittest.main()
