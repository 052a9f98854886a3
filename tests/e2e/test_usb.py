"""Sticks that come, go, change their names and their places: the daemon finds its modems by what they are."""
import fcntl
import os
import random
import re
import time
import unittest

import usb_bed
from harness import wait_for
from usb_bed import UsbBed
from usb_site import Bystander, UsbSite

EC25 = "2c7c:0125"  # its row: AT on if02 and if03, not on if00 and if01
AIR780E = "19d1:0001"  # AT on if02 and if06; all serial numbers are equal
HUAWEI_DISK = "12d1:1446"
WHY_NOT = usb_bed.available()


@unittest.skipIf(WHY_NOT, WHY_NOT)
class Sticks(unittest.TestCase):
    def setUp(self):
        self.bed = self.enterContext(UsbBed())

    def site(self, devices, **kw):
        site = self.enterContext(UsbSite(self.bed, devices, **kw))
        self.addCleanup(self.tell, site)
        return site

    def tell(self, site):
        result = self._outcome.result
        if any(test is self for test, _ in result.failures + result.errors):
            print(f"--- yishid of {self.id()}\n{site.log()[-6000:]}", flush=True)

    def bystander(self, says=b""):
        b = Bystander(says)
        self.addCleanup(b.close)
        return b

    def test_appears_after_the_start_and_comes_back_under_another_name(self):
        site = self.site([None])
        site.run_daemon()
        site.wait_lost("m0")
        self.bed.plug("1-1", EC25, {2: ("ttyUSB2", site.link(0))})
        site.wait_on("m0", 0)
        site.pull("1-1", 0, "again")
        site.wait_lost("m0")
        self.bed.plug("1-1", EC25, {2: ("ttyUSB7", site.link(0, "again"))})
        site.wait_on("m0", 0)
        self.assertEqual(site.line("m0")["port"], "/dev/ttyUSB7")
        # a text goes out and one comes in over the new name
        text = site.queue("+8613800138001", "hello")
        site.control("wake")
        site.wait_out(text, "sent", "delivered")

    def test_check_says_what_is_not_plugged_in(self):
        site = self.site([f"usb:{EC25}"])
        self.assertIn(f"usb:{EC25}: no such stick is plugged in", site.run_check().stderr)
        self.bed.plug("1-1", EC25, {2: ("ttyUSB2", site.link(0))})
        self.assertNotIn("plugged in", site.run_check().stderr)

    def test_two_lines_by_imei_whatever_the_places(self):
        site = self.site([None, None])
        # the sticks are in the wrong order, and each has a first port that is no AT port
        self.bed.plug("1-1", EC25, {0: ("ttyUSB0", self.bystander(b"\x7e\x01\x02\x7e\r\n").path), 2: ("ttyUSB1", site.link(1))})
        self.bed.plug("1-2", EC25, {0: ("ttyUSB2", self.bystander().path), 2: ("ttyUSB3", site.link(0))})
        site.run_daemon()
        site.wait_on("m0", 0)
        site.wait_on("m1", 1)

    def test_equal_sticks_are_swapped(self):
        site = self.site([f"usb:{AIR780E}"] * 2)
        self.bed.plug("1-1", AIR780E, {2: ("ttyACM0", site.link(0))})
        self.bed.plug("1-2", AIR780E, {2: ("ttyACM1", site.link(1))})
        site.run_daemon()
        wait_for(lambda: site.modems_up() == 2, "both lines work")
        first = 0 if site.line("m0")["imei"] == site.imei(0) else 1
        site.pull("1-1", 0, "a")
        site.pull("1-2", 1, "b")
        site.wait_lost("m0")
        site.wait_lost("m1")
        self.bed.plug("1-1", AIR780E, {2: ("ttyACM0", site.link(1, "b"))})
        self.bed.plug("1-2", AIR780E, {2: ("ttyACM1", site.link(0, "a"))})
        site.wait_on("m0", first)
        site.wait_on("m1", 1 - first)

    def test_a_path_is_followed_and_its_neighbour_is_left_alone(self):
        site = self.site(["/dev/ttyUSB2"])
        self.bed.plug("1-1", EC25, {2: ("ttyUSB2", site.link(0))})
        site.run_daemon()
        site.wait_on("m0", 0)
        site.pull("1-1", 0, "a")
        site.wait_lost("m0")
        # something that is no modem: nothing may be written to it
        machine = self.bystander()
        self.bed.plug("1-4", "0403:6001", {0: ("ttyUSB9", machine.path)}, driver="ftdi_sio")
        self.bed.plug("1-3", EC25, {2: ("ttyUSB5", site.link(0, "a"))})
        site.wait_on("m0", 0)
        self.assertEqual(machine.heard, b"")
        # also after a restart, while the path leads nowhere
        site.kill(15)
        site.run_daemon()
        site.wait_on("m0", 0)
        self.assertEqual(machine.heard, b"")

    def test_ports_without_at_are_passed_over(self):
        site = self.site([f"usb:{EC25}"])
        silent, nmea = self.bystander(), self.bystander(b"$GPGGA,,,,,,0,,,,,,,,*66\r\n")
        # the two that the row recommends do not answer; the one that does is none of them
        self.bed.plug("1-1", EC25, {2: ("ttyUSB2", silent.path), 3: ("ttyUSB3", nmea.path), 4: ("ttyUSB4", site.link(0))})
        site.run_daemon()
        site.wait_on("m0", 0)
        self.assertIn(b"AT", silent.heard)
        self.assertNotIn("cannot be opened", site.log())

    def test_storage_mode_and_back(self):
        site = self.site([None])
        self.bed.plug("1-1", EC25, {2: ("ttyUSB2", site.link(0))})
        site.run_daemon()
        site.wait_on("m0", 0)
        site.pull("1-1", 0, "a")
        self.bed.plug_disk("1-1", HUAWEI_DISK)
        wait_for(lambda: "usb-modeswitch" in site.log(), "the remedy is said")
        self.bed.plug_disk("1-7", "0781:5567")  # a pen drive
        site.wait_lost("m0")
        self.bed.unplug("1-1")
        self.bed.plug("1-1", EC25, {2: ("ttyUSB3", site.link(0, "a"))})
        site.wait_on("m0", 0)
        self.assertEqual(site.log().count("usb-modeswitch"), 1)
        self.assertEqual(site.rows("SELECT * FROM event WHERE kind = 'modem.reset'"), [])

    def test_the_sim_decides(self):
        site = self.site([f"usb:{AIR780E}"] * 2)
        self.bed.plug("1-1", AIR780E, {2: ("ttyACM0", site.link(0))})
        self.bed.plug("1-2", AIR780E, {2: ("ttyACM1", site.link(1))})
        site.run_daemon()
        wait_for(lambda: site.modems_up() == 2, "both lines work")
        # as if the SIMs had been swapped: each line wants the one that is in the other's modem
        first = 0 if site.line("m0")["imei"] == site.imei(0) else 1
        site.lines = [f"iccid = {site.iccid(1 - first)}\n", f"iccid = {site.iccid(first)}\n"]
        site.write_config()
        site.wait_on("m0", 1 - first)
        site.wait_on("m1", first)

    def test_a_modem_with_another_sim_is_not_used(self):
        site = self.site([None], lines=["iccid = 89860000000000009999\n"])
        self.bed.plug("1-1", EC25, {2: ("ttyUSB2", site.link(0))})
        site.run_daemon()
        wait_for(lambda: site.rows("SELECT 1 FROM line_alarm WHERE line = 'm0' AND kind = 'sim-other'"), "the alarm is raised")
        site.wait_lost("m0")
        self.assertEqual(site.sim.state(0)["submitted"], 0)
        site.lines = [f"iccid = {site.iccid(0)}\n"]
        site.write_config()
        site.wait_on("m0", 0)
        site.wait_value("SELECT count(*) FROM line_alarm WHERE kind = 'sim-other' AND over_utc IS NULL", 0)

    def test_another_program_has_it(self):
        site = self.site([f"usb:{EC25}"])
        self.bed.plug("1-1", EC25, {2: ("ttyUSB2", site.link(0))})
        holder = os.open(os.path.realpath(site.link(0)), os.O_RDWR | os.O_NOCTTY)
        self.addCleanup(os.close, holder)
        fcntl.flock(holder, fcntl.LOCK_EX)
        site.run_daemon()
        wait_for(lambda: re.search(rf"/dev/ttyUSB2 is held by python3 \(pid {os.getpid()}\)", site.log()), "who holds it is said")
        fcntl.flock(holder, fcntl.LOCK_UN)
        site.wait_on("m0", 0)

    def test_a_port_that_vanishes_without_an_error(self):
        site = self.site([None])
        self.bed.plug("1-1", EC25, {2: ("ttyUSB2", site.link(0))})
        site.run_daemon()
        site.wait_on("m0", 0)
        self.bed.unplug("1-1")  # reading from it would go on
        site.wait_lost("m0")
        self.bed.plug("1-2", EC25, {2: ("ttyUSB3", site.link(0))})
        site.wait_on("m0", 0)
        self.assertEqual(site.line("m0")["port"], "/dev/ttyUSB3")

    def test_loose_contacts(self):
        site = self.site([None, None, f"usb:{AIR780E}"])
        site.run_daemon()
        kinds, dice, names, plugged = [EC25, EC25, AIR780E], random.Random(3), 0, {}
        for _ in range(25):
            modem = dice.randrange(3)
            if modem in plugged:
                site.bed.unplug(plugged.pop(modem))
                site.sim.replug(ms=1, modem=modem)
            else:
                names += 1
                plugged[modem] = f"1-{modem + 1}"
                self.bed.plug(plugged[modem], kinds[modem], {0: (f"ttyUSB{2 * names}", "/dev/null"), 2: (f"ttyUSB{2 * names + 1}", site.link(modem))})
            time.sleep(dice.choice([0, 0.1, 0.4]))
        for modem in range(3):
            if modem not in plugged:
                self.bed.plug(f"1-{modem + 1}", kinds[modem], {2: (f"ttyUSB{100 + modem}", site.link(modem))})
        for modem in range(3):
            site.wait_on(f"m{modem}", modem)

    def test_many_come_at_once(self):
        site = self.site([None] * 4)
        site.run_daemon()
        for i in range(4):
            self.bed.plug(f"1-{i + 1}", EC25, {2: (f"ttyUSB{i}", site.link(3 - i)), 3: (f"ttyUSB{10 + i}", self.bystander().path)})
        for i in range(4):
            site.wait_on(f"m{i}", i)

    def test_idle_costs_nothing(self):
        site = self.site([None])
        self.bed.plug("1-1", EC25, {2: ("ttyUSB2", site.link(0))})
        site.run_daemon()
        site.wait_on("m0", 0)
        wait_for(lambda: site.line("m0")["state"] == "ready", "it rests")
        time.sleep(3)
        before = site.switches()
        with open("/dev/null", "wb") as null:
            for _ in range(200):
                null.write(b"x")
                null.flush()
                time.sleep(0.01)
        # other devices come and go
        for name in ("input", "block"):
            self.bed.do(do="noise", subsystem=name)
        self.assertLess(site.switches() - before, 10)


if __name__ == "__main__":
    unittest.main()
