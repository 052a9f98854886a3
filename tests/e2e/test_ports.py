"""Ports that are no USB sticks: paths that vanish, and globs of [gateway] modem_ports. No udev is needed."""
import json
import os
import pathlib
import unittest

from harness import wait_for
from usb_site import Bystander, UsbSite


class Plain:
    """In the place of a UsbBed."""
    environment = {}


class Ports(unittest.TestCase):
    def site(self, devices, **kw):
        site = self.enterContext(UsbSite(Plain, devices, **kw))
        site.ports = site.dir / "ports"
        site.gateway["modem_ports"] = f"{site.dir}/ports/tty*"
        site.write_config()
        return site

    def plug(self, site, name, target):
        site.ports.mkdir(exist_ok=True)
        (site.ports / name).symlink_to(target)

    def test_folder_and_port_come_after_the_start(self):
        site = self.site([None, None])
        site.run_daemon()
        site.wait_lost("m0")
        site.wait_lost("m1")
        silent = Bystander()
        self.addCleanup(silent.close)
        self.plug(site, "ttyA", silent.path)
        self.plug(site, "ttyB", site.link(1))
        self.plug(site, "ttyC", site.link(0))
        self.plug(site, "other", site.link(0))  # not among them
        site.wait_on("m0", 0)
        site.wait_on("m1", 1)

    def test_a_path_that_is_gone_is_found_by_its_modem(self):
        site = self.site([])
        site.devices = [str(site.ports / "ttyX")]
        site.write_config()
        self.plug(site, "ttyX", site.link(0))
        site.run_daemon()
        site.wait_on("m0", 0)
        (site.ports / "ttyX").unlink()
        site.sim.replug(ms=50, modem=0, name="again")
        site.wait_lost("m0")
        self.plug(site, "ttyY", wait_for(lambda: os.path.exists(site.link(0, "again")) and site.link(0, "again"), "it is back"))
        site.wait_on("m0", 0)
        # the daemon remembers, also when it was away
        site.kill(15)
        site.run_daemon()
        site.wait_on("m0", 0)

    def test_paths_that_were_swapped(self):
        site = self.site([], modems=2)
        site.devices = [str(site.ports / "ttyA"), str(site.ports / "ttyB")]
        site.write_config()
        self.plug(site, "ttyA", site.link(0))
        self.plug(site, "ttyB", site.link(1))
        site.run_daemon()
        site.wait_on("m0", 0)
        site.wait_on("m1", 1)
        site.kill(15)
        for name, modem in (("ttyA", 1), ("ttyB", 0)):
            (site.ports / name).unlink()
            self.plug(site, name, site.link(modem))
        site.run_daemon()
        site.wait_on("m0", 0)
        site.wait_on("m1", 1)
        # what the configuration says anew is meant: nothing is remembered against it
        site.kill(15)
        self.plug(site, "ttyC", site.link(1))
        self.plug(site, "ttyD", site.link(0))
        site.devices = [str(site.ports / "ttyC"), str(site.ports / "ttyD")]
        site.write_config()
        site.run_daemon()
        site.wait_on("m0", 1)
        site.wait_on("m1", 0)

    def test_a_stranger_in_its_place_is_its_new_modem(self):
        site = self.site([], modems=2)
        site.devices = [str(site.ports / "ttyA")]
        site.write_config()
        self.plug(site, "ttyA", site.link(0))
        site.run_daemon()
        site.wait_on("m0", 0)
        (site.ports / "ttyA").unlink()
        site.sim.replug(ms=50, modem=0, name="broken")
        site.wait_lost("m0")
        self.plug(site, "ttyA", site.link(1))
        site.wait_on("m0", 1)

    def test_ports_are_looked_for_when_the_configuration_names_them(self):
        site = self.site([None])
        pattern = site.gateway.pop("modem_ports")
        site.write_config()
        cabinet = Bystander()
        self.addCleanup(cabinet.close)
        self.plug(site, "ttyA", cabinet.path)
        self.plug(site, "ttyB", site.link(0))
        site.run_daemon()
        site.wait_lost("m0")
        site.gateway["modem_ports"] = pattern
        site.lines = [f"\n[cabinet box]\nconnection = rtu:{site.ports}/ttyA,9600,8N1\nunit = 1\nmap = xy-md02\n"]
        site.write_config()
        site.wait_on("m0", 0)
        self.assertNotIn(b"AT", cabinet.heard)  # Modbus alone

    def test_a_lock_file_is_honoured(self):
        site = self.site([], modems=1)
        lock = pathlib.Path(f"/var/lock/LCK..{os.path.basename(os.path.realpath(site.link(0)))}")
        try:
            lock.write_text(f"{os.getpid():10}\n", encoding="ascii")
        except OSError as e:
            self.skipTest(f"{lock}: {e}")
        self.addCleanup(lock.unlink, missing_ok=True)
        site.devices = [site.link(0)]
        site.write_config()
        site.run_daemon()
        wait_for(lambda: f"held by python3 (pid {os.getpid()})" in site.log(), "who holds it is said")
        lock.unlink()
        site.wait_on("m0", 0)

    def test_a_pipe_in_the_place_of_a_lock_file_stops_nobody(self):
        site = self.site([], modems=1)
        lock = f"/var/lock/LCK..{os.path.basename(os.path.realpath(site.link(0)))}"
        try:
            os.mkfifo(lock)
        except OSError as e:
            self.skipTest(f"{lock}: {e}")
        self.addCleanup(os.unlink, lock)
        site.devices = [site.link(0)]
        site.write_config()
        site.run_daemon()
        site.wait_on("m0", 0)

    def test_who_waits_for_a_port_is_told_which_it_is(self):
        site = self.site([None], air_ms=3000)
        self.plug(site, "ttyA", site.link(0))
        site.run_daemon()
        site.wait_on("m0", 0)
        site.queue("+8613800138000", "通知")
        site.control("wake")
        wait_for(lambda: site.line("m0")["state"] == "sending", "a text is with the modem")
        with site.connect() as stream:
            stream.write("hold m0\n")
            stream.flush()
            answer = json.loads(stream.readline())  # when the text has left
            self.assertEqual((answer["ok"], answer["device"]), (True, str(site.ports / "ttyA")))

    def test_one_sentence_for_a_wrong_device(self):
        site = self.site([])
        for wrong, says in (("ttyUSB0", "wants a path"), ("imei:123", "15 digits"), ("usb:12:34", "usb:2c7c:0125")):
            site.devices = [wrong]
            site.write_config()
            done = site.run_check()
            self.assertEqual(done.returncode, 78)
            self.assertIn(says, done.stderr)
            self.assertEqual(len(done.stderr.splitlines()), 1)


if __name__ == "__main__":
    unittest.main()
