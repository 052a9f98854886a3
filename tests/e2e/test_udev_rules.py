"""The rules for udev, worked out by udev itself on sticks that do not exist."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import usb_bed
from harness import BIN, BUILD, environment
from usb_bed import UsbBed



def available():
    if os.getuid() != 0 or not shutil.which("udevadm"):
        return "wants root and udevadm"
    spaces = subprocess.run(["unshare", "-m", "true"], capture_output=True, text=True, check=False)  # not to be had in a chroot
    return spaces.stderr.strip() or None


WHY_NOT = usb_bed.available() or available()
CONFIG = """[gateway]
name = x
[modem front]
device = imei:860000000000001
[cabinet pump]
connection = rtu:/dev/serial/by-id/usb-1a86_7523_A1-if00-port0,9600,8N1
"""
# udev in a /dev and a /run of its own, with what brltty does to adapters and an installer to a stick that is not ours
RUN = """set -e
mkdir "$1/dev"; cp -a /dev/null /dev/zero /dev/urandom "$1/dev"
mount --bind "$1/dev" /dev
mount -t tmpfs t /run
mkdir -p /run/udev
cp -r "$1/rules" /run/udev/rules.d
shift
for device in "$@"; do echo "== $device"; udevadm test --action=add "$device" 2>&1; done
"""
BRLTTY = 'SUBSYSTEM=="usb", ATTR{idVendor}=="1a86", ENV{BRLTTY_BRAILLE_DRIVER}="bm", ENV{SYSTEMD_WANTS}+="brltty-device@x.service"\n'
LOCAL = 'SUBSYSTEMS=="usb", ATTRS{idVendor}=="19d2", ENV{ID_YISHI}="0"\n'


@unittest.skipIf(WHY_NOT, WHY_NOT)
class Rules(unittest.TestCase):
    def test_what_is_bound_and_what_is_not(self):
        with UsbBed() as bed, tempfile.TemporaryDirectory() as d:
            nowhere = d + "/none"
            bed.plug("1-1.2", "2c7c:0125", {2: ("ttyUSB2", nowhere)})
            bed.plug("1-3", "1a86:7523", {0: ("ttyUSB7", nowhere)}, serial="A1", driver="ch341-uart")
            bed.plug("1-4", "1a86:7523", {0: ("ttyUSB8", nowhere)}, serial="B2", driver="ch341-uart")
            bed.plug("1-5", "19d2:0031", {3: ("ttyUSB9", nowhere)})
            bed.plug("1-6", "2ecc:3012", {})
            folder = pathlib.Path(d)
            (folder / "yishi.conf").write_text(CONFIG, encoding="utf-8")
            (folder / "rules").mkdir()
            rules = (BUILD / "90-yishi.rules").read_text(encoding="utf-8")
            rules = rules.replace("/usr/local/libexec/yishi", str(BIN)).replace("/usr/local/etc/yishi", d)
            for name, text in (("90-yishi.rules", rules), ("85-brltty.rules", BRLTTY), ("80-local.rules", LOCAL)):
                (folder / "rules" / name).write_text(text, encoding="utf-8")
            sticks = [f"/sys/devices/{s}" for s in ("1-1.2", "1-3", "1-4", "1-5", "1-6")] + [f"/sys/class/tty/ttyUSB{n}" for n in (2, 7, 8, 9)]
            said = subprocess.run(["unshare", "-m", "sh", "-c", RUN, "run", d, *sticks], capture_output=True, text=True, check=True,
                                  env=environment(**bed.environment)).stdout
            self.assertIsNone(re.search(r"(?i)90-yishi.rules:\d+.*(invalid|unknown|unexpected|conflicting|ignoring)", said))
            of = {}
            for part in re.split("^== (?=/)", said, flags=re.M)[1:]:
                device, text = part.split("\n", 1)
                of[device.rsplit("/", 1)[1]] = dict(re.findall(r"^([A-Z_]+)=(.*)$", text, re.M)) | {"run": re.findall(r"^run: '(.*)'$", text, re.M)}
            self.assertEqual({k: v.get("ID_YISHI") for k, v in of.items()},
                             {"1-1.2": "1", "1-3": "1", "1-4": None, "1-5": "0", "1-6": "1", "ttyUSB2": "1", "ttyUSB7": "1", "ttyUSB8": None, "ttyUSB9": "0"})
            self.assertEqual((of["1-1.2"]["ID_MM_DEVICE_IGNORE"], of["1-1.2"]["ID_YISHI_MODEM"]), ("1", "quectel-ec2x"))
            self.assertNotIn("ID_MM_DEVICE_IGNORE", of["1-5"])
            # brltty may have whatever is not ours
            self.assertEqual((of["1-3"].get("SYSTEMD_WANTS"), of["1-4"].get("SYSTEMD_WANTS")), (None, "brltty-device@x.service"))
            self.assertIn("/dev/yishi/1-1.2-if02", of["ttyUSB2"]["DEVLINKS"].split())
            self.assertIn("/dev/yishi/1-3-if00", of["ttyUSB7"]["DEVLINKS"].split())
            self.assertNotIn("yishi", of["ttyUSB8"]["DEVLINKS"] + of["ttyUSB9"]["DEVLINKS"])
            self.assertEqual((of["ttyUSB2"]["ID_MM_PORT_IGNORE"], of["ttyUSB9"].get("ID_MM_PORT_IGNORE")), ("1", None))
            self.assertTrue([r for r in of["1-6"]["run"] if "echo 2ecc 3012 ff" in r], of["1-6"])
            self.assertEqual([r for k, v in of.items() if k != "1-6" for r in v["run"] if "new_id" in r], [])


if __name__ == "__main__":
    unittest.main()
