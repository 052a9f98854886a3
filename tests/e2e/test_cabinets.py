"""The polling of cabinets: Modbus units of pymodbus on RS-485 buses (pseudo-terminals) and TCP ports, the daemon, the database, the tool."""
import datetime
import json
import time
import unittest

from harness import Site, wait_for
from modbus_slaves import Slaves

NOW = "2026-11-20T10:00:00+08:00"


class Cabinets(Site):
    """A site of cabinets alone, on a clock that stands still."""

    def __init__(self, sections, now=NOW, **kw):
        super().__init__(now=now, modems=0, extra_config=sections, **kw)

    def __enter__(self):
        self.write_config()
        if self.start_now:
            self.start()
        return self

    def start(self, ready=True):
        super().start(False)
        wait_for(lambda: self.daemon.poll() is not None or self.answers(), "the daemon answers")

    def answers(self):
        try:
            return self.control("status")["ok"]
        except (OSError, ValueError):
            return False

    def fault(self, name):
        found = self.look("SELECT fault FROM sensor WHERE name = ?", name)
        return found[0][0] if found else None

    def value(self, name):
        found = self.look("SELECT value FROM sensor WHERE name = ?", name)
        return found[0][0] if found else None

    def wait_fault(self, name, fault, seconds=30):
        wait_for(lambda: self.fault(name) == fault, lambda: f"{name} has fault {fault!r}: {self.look('SELECT * FROM sensor')}", seconds)


def cabinet(name, connection, unit=1, poll="200ms", more="", **keys):
    keys = {"connection": connection, "unit": unit, "map": "xy-md02", "poll": poll, "timeout": "100ms", **keys}
    return f"[cabinet {name}]\n" + "".join(f"{k} = {v}\n" for k, v in keys.items() if v is not None) + more


class Smoke(unittest.TestCase):
    def setUp(self):
        self.slaves = Slaves()
        self.addCleanup(self.slaves.stop)

    def test_smoke(self):
        with Cabinets("", start=False) as site:
            bus = self.slaves.rtu(site.dir / "rs485")
            bus.unit(1).input(1, 235, 546)
            bus.unit(2).input(1, 199, 446)
            site.extra_config = "".join(cabinet(n, f"rtu:{site.dir}/rs485,9600,8N1", u) for n, u in (("box", 1), ("pump", 2), ("dead", 3)))
            site.write_config()
            site.start()
            site.restart()
