"""USB sticks that do not exist: a process with a umockdev testbed, whose sysfs, /dev and uevents the daemon sees when
it is started with UsbBed.environment. Their serial ports are links to pseudo-terminals of the emulated modem.

    with UsbBed() as bed:
        bed.plug("1-1", "2c7c:0125", {2: ("ttyUSB2", "/tmp/…/modem0")})
        bed.unplug("1-1")
"""
import json
import os
import subprocess
import sys

PRELOAD = "libumockdev-preload.so.0"


def available():
    """None, or the sentence why these tests cannot run here."""
    done = subprocess.run(["umockdev-wrapper", sys.executable, "-c",
                           "import gi; gi.require_version('UMockdev', '1.0'); from gi.repository import UMockdev"],
                          capture_output=True, text=True, check=False) if _in_path("umockdev-wrapper") else None
    return None if done and done.returncode == 0 else "umockdev is not installed; scripts/install-deps installs it"


def _in_path(program):
    return any(os.access(os.path.join(d, program), os.X_OK) for d in os.environ.get("PATH", "").split(":"))


class UsbBed:
    def __enter__(self):
        self.process = subprocess.Popen(["umockdev-wrapper", sys.executable, __file__], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.root = json.loads(self.process.stdout.readline())["root"]
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()

    @property
    def environment(self):
        """For the daemon. The sanitizer would like to be the first of the libraries; it works as the second too."""
        asan = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0"]))
        return {"LD_PRELOAD": PRELOAD, "UMOCKDEV_DIR": self.root, "ASAN_OPTIONS": asan}

    def do(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def plug(self, socket, usb_id, ports, **kw):
        """`ports`: interface number → (name of the tty, path that it leads to)."""
        self.do(do="plug", socket=socket, id=usb_id, ports=[[i, *p] for i, p in ports.items()], **kw)

    def plug_disk(self, socket, usb_id):
        self.do(do="plug", socket=socket, id=usb_id, ports=[], driver="usb-storage")

    def unplug(self, socket):
        self.do(do="unplug", socket=socket)

    def attribute(self, socket, name):
        """What stands in the stick's sysfs attribute now."""
        with open(os.path.join(self.root, "sys/bus/usb/devices", socket, name), encoding="ascii") as f:
            return f.read().strip()


# ---------------------------------------------------------------------------------------- the process with the testbed

class Bed:
    def __init__(self, umockdev):
        self.bed = umockdev.Testbed.new()
        self.root = self.bed.get_root_dir()
        self.sticks, self.number = {}, 1
        os.makedirs(os.path.join(self.root, "dev"), exist_ok=True)

    def add(self, made, subsystem, name, parent, attributes, properties):
        pairs = [[str(x) for pair in d.items() for x in pair] for d in (attributes, properties)]
        path = self.bed.add_device(subsystem, name, parent, *pairs)
        made.append(path)
        return path

    def interface(self, made, stick, socket, number, usb_class, driver):
        path = self.add(made, "usb", f"{socket}:1.{number}", stick,
                        {"bInterfaceNumber": f"{number:02x}", "bInterfaceClass": usb_class}, {"DEVTYPE": "usb_interface"})
        self.bed.set_attribute_link(path, "driver", f"../../../bus/usb/drivers/{driver}")
        return path

    def hub(self, socket, number):
        self.add([], "usb", socket, None, {"busnum": 1, "devnum": number}, {"DEVTYPE": "usb_device"})
        os.makedirs(os.path.join(self.root, "dev/bus/usb/001"))
        with open(os.path.join(self.root, f"dev/bus/usb/001/{number:03}"), "w", encoding="ascii"):
            pass

    def plug(self, socket, id, ports, serial="000000000001", driver="option", authorized=True, more=None, hub=None):
        """`more`: further attributes; `hub`: the bmAttributes of the hub that it hangs on."""
        made, links = [], []
        self.number += 1
        attributes = {"idVendor": id[:4], "idProduct": id[5:], "bcdDevice": "0318", "devnum": self.number, "busnum": 1,
                      "serial": serial, **({"authorized": 1} if authorized else {}), **(more or {})}
        above = self.add(made, "usb", socket.rpartition(".")[0], None, {"bmAttributes": hub}, {"DEVTYPE": "usb_device"}) if hub else None
        stick = self.add(made, "usb", socket, above, attributes, {"DEVTYPE": "usb_device"})
        if not ports:
            self.interface(made, stick, socket, 0, "08", driver)
        for number, tty, target in ports:
            link = os.path.join(self.root, "dev", tty)
            os.symlink(target, link)
            links.append(link)
            parent = self.interface(made, stick, socket, number, "ff", driver)
            self.add(made, "tty", tty, parent, {"dev": f"188:{self.number * 16 + number}"}, {"DEVNAME": f"/dev/{tty}", "MAJOR": 188, "MINOR": self.number * 16 + number})
        self.sticks[socket] = made, links

    def unplug(self, socket):
        made, links = self.sticks.pop(socket)
        for link in links:
            os.unlink(link)
        for path in reversed(made):
            self.bed.uevent(path, "remove")
            self.bed.remove_device(path)

    def noise(self, subsystem):
        """A device that is none of ours comes and goes."""
        path = self.bed.add_device(subsystem, f"{subsystem}0", None, [], [])
        self.bed.uevent(path, "remove")
        self.bed.remove_device(path)


def serve():
    import gi
    gi.require_version("UMockdev", "1.0")
    from gi.repository import UMockdev
    bed = Bed(UMockdev)
    print(json.dumps({"root": bed.root}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        getattr(bed, request.pop("do"))(**request)
        print("{}", flush=True)


if __name__ == "__main__":
    serve()
