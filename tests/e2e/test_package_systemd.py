"""The built package under a real systemd: an upgrade while the gateway works, a stop that is kept, removal, purge. Only where
`make deb` was run; scripts/check-deb does the same without systemd in a bare Debian, from an older release."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import systemd_bed
from harness import ROOT, wait_for
from simmodem import SimModem

BUILT = sorted((ROOT / "build").glob("yishi_*.deb"))
WHY_NOT = systemd_bed.available() or (None if BUILT and shutil.which("dpkg-deb") else "there is no build/yishi_*.deb: make deb")
CONFIG = ("[gateway]\nname = 矿山社区\nnumber = +8613800000000\ndatabase = /var/lib/yishi/yishi.db\nquiet_hours = none\n"
          "[modem front]\ndevice = {}\n")


def older(folder, package):
    """The same with a lower version."""
    tree = pathlib.Path(folder, "tree")
    subprocess.run(["dpkg-deb", "-R", package, tree], check=True)
    control = tree / "DEBIAN/control"
    control.write_text(control.read_text(encoding="utf-8").replace("\nVersion: ", "\nVersion: 0.0~"), encoding="utf-8")
    subprocess.run(["dpkg-deb", "-b", "--root-owner-group", tree, pathlib.Path(folder, "older.deb")], check=True, capture_output=True)
    shutil.rmtree(tree)
    return pathlib.Path(folder, "older.deb")


@unittest.skipIf(WHY_NOT, WHY_NOT)
class UnderSystemd(unittest.TestCase):
    def test_upgrade_stop_removal_purge(self):
        with tempfile.TemporaryDirectory() as d, SimModem() as sim:
            device = os.path.realpath(sim.device(0))
            os.chmod(device, 0o666)
            files = pathlib.Path(d, "var/tmp")
            files.mkdir(parents=True)
            older(files, BUILT[-1])
            shutil.copy(BUILT[-1], files / "new.deb")
            with systemd_bed.SystemdBed(d) as bed:
                self.play(bed, sim, device)

    def ready(self, bed):
        wait_for(lambda: json.loads(bed.run("yishi", "status", "--json", check=False) or "{}").get("modems_up") == 1, bed.said)

    def active(self, bed, *units):
        return bed.run("systemctl", "is-active", *units, check=False).split()

    def play(self, bed, sim, device):
        bed.path("/usr/sbin/policy-rc.d").unlink(missing_ok=True)  # of machines on which packages start nothing
        for unit in ("yishi.service", "yishi-root.socket", "yishi-root@.service"):  # alone, not with the whole of a machine's start
            folder = bed.path(f"/run/systemd/system/{unit}.d")
            folder.mkdir()
            (folder / "test.conf").write_text("[Unit]\nDefaultDependencies=no\n", encoding="ascii")
        bed.run("dpkg", "-i", "/var/tmp/older.deb")
        self.assertEqual(self.active(bed, "yishi.service", "yishi-root.socket"), ["inactive", "active"])  # there is no configuration yet
        config = CONFIG.format(device)
        bed.path("/etc/yishi/yishi.conf").write_text(config, encoding="utf-8")
        bed.run("chgrp", "yishi", "/etc/yishi/yishi.conf")
        bed.run("systemctl", "start", "yishi")
        self.ready(bed)
        sim.receive("+8613800138001", "3栋楼道灯坏了")
        wait_for(lambda: "lighting" in bed.run("yishi", "case", "list", "--json", check=False), "the text is a case")
        first = bed.show("yishi", "MainPID")["MainPID"]

        bed.run("dpkg", "-i", "/var/tmp/new.deb")
        self.ready(bed)
        self.assertNotEqual(bed.show("yishi", "MainPID")["MainPID"], first)
        self.assertEqual(bed.path("/etc/yishi/yishi.conf").read_text(encoding="utf-8"), config)
        self.assertIn("lighting", bed.run("yishi", "case", "list", "--json"))

        bed.run("systemctl", "disable", "--now", "yishi")
        bed.run("dpkg", "-i", "/var/tmp/new.deb")
        self.assertEqual(self.active(bed, "yishi"), ["inactive"])
        bed.run("systemctl", "enable", "--now", "yishi")
        self.ready(bed)

        bed.run("dpkg", "-r", "yishi")
        self.assertEqual(self.active(bed, "yishi.service", "yishi-root.socket"), ["inactive", "inactive"])
        self.assertTrue(bed.path("/etc/yishi/yishi.conf").exists() and bed.path("/var/lib/yishi/yishi.db").exists())
        bed.run("dpkg", "-P", "yishi")
        left = bed.run("sh", "-c", "ls -d /etc/yishi /var/lib/yishi /var/backups/yishi; find /etc/systemd /lib/systemd /usr/share -name '*yishi*'", check=False)
        self.assertEqual(left, "")


if __name__ == "__main__":
    unittest.main()
