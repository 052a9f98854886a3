"""Every row of at_commands/modems has a recorded exchange beside it, and the daemon goes through it as the row says. A new
row and its trace are found by themselves."""
import unittest

from daemon_site import DaemonSite
from harness import ROOT, wait_for
from row_player import RowPlayer

MODEMS = ROOT / "at_commands" / "modems"
PARENTS = {"qualcomm"}  # no modem bears the name: their children show what they say


class RowSite(DaemonSite):
    """All rows at once: a line for each."""

    def __init__(self, names):
        super().__init__(modems=len(names), start=False)
        self.names = names

    def __enter__(self):
        self.players = {name: RowPlayer(MODEMS / f"{name}.trace", MODEMS / "generic.trace") for name in self.names}
        self.sim = self
        try:
            self.write_config()
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def device(self, i):
        return self.players[self.names[i]].path

    def stop(self):
        for player in self.players.values():
            player.stop()

    def status(self, name):
        return self.control("status")["modems"][self.names.index(name)]


class Rows(unittest.TestCase):
    def test_every_row_has_its_exchange(self):
        rows = {p.stem for p in MODEMS.glob("*.modem")} - PARENTS
        self.assertEqual(rows, {p.stem for p in MODEMS.glob("*.trace")})

    def test_every_exchange_is_gone_through(self):
        names = sorted(p.stem for p in MODEMS.glob("*.trace"))
        with RowSite(names) as site:
            for player in site.players.values():
                player.speak()
            for name, player in site.players.items():
                with self.subTest(name):
                    self.assertEqual(site.status(name)["row"], name)
                    for expected in player.trace.expected:
                        what, _, rest = expected.partition(" ")
                        if what == "text":
                            number, _, words = rest.partition(" ")
                            wait_for(lambda n=number, w=words: site.value(
                                "SELECT count(*) FROM message_in WHERE number = ? AND text = ?", n, w) == 1, f"{name}: {expected}")
                        elif what == "never":
                            self.assertNotIn(rest.upper(), player.said)
                        else:
                            self.assertEqual(what, "ready")
                    wait_for(lambda p=player: set(p.trace.asked) <= set(p.said), "all that stands in the trace is said, not "
                             f"{sorted(set(player.trace.asked) - set(player.said))}", 30)


if __name__ == "__main__":
    unittest.main()
