"""What a box costs that nobody looks after: wear of its flash, wake-ups with cabinets, exposure of its units."""
import pathlib
import random
import re
import shutil
import subprocess
import tempfile
import threading
import time

import harness
from benchmark import machine, quiet
from benchmark.gateways import number

DAY_S = 86400
CABINETS = 4     # of two sensors each: temperature and humidity
TEXTS_A_DAY = 100


def written(pids):
    """Bytes that the processes had the kernel write to disks."""
    return sum(int(re.search(r"^write_bytes: (\d+)", pathlib.Path(f"/proc/{pid}/io").read_text(), re.M)[1]) for pid in pids)


def flash(make, seconds):
    """One modem, four cabinets; then the same with texts that are answered."""
    from modbus_slaves import Slaves
    slaves, dice, ended = Slaves(), random.Random(7), threading.Event()
    buses = [slaves.tcp() for _ in range(CABINETS)]
    rooms = [bus.unit(1) for bus in buses]
    sections = "".join(f"[cabinet room{i}]\nconnection = tcp:127.0.0.1:{bus.port}\nunit = 1\nmap = xy-md02\npoll = 10s\n" for i, bus in enumerate(buses))

    def weather():
        """Slow, with a last digit that never stands still."""
        while True:
            for i, unit in enumerate(rooms):
                unit.input(1, 200 + 10 * i + dice.randrange(3), 500 + dice.randrange(5))
            if ended.wait(5):
                break
    thread = threading.Thread(target=weather, daemon=True)
    thread.start()
    try:
        with make(receive=True, sections=sections) as g:
            time.sleep(quiet.START_S if seconds > 10 else 0)
            before, used = written(g.pids()), machine.usage(g.pids())
            time.sleep(seconds)
            idle, cost = written(g.pids()) - before, machine.usage(g.pids()).since(used)
            count, before = min(20, seconds), written(g.pids())
            for i in range(count):
                g.sim.receive(number(i), f"{i + 1}号楼楼道灯坏了")
                g.sim.wait_sent(i + 1, timeout=60)
                time.sleep(1.5)  # a text of its own, with all that follows
            a_text = (written(g.pids()) - before) / count
            day = idle / cost.seconds * DAY_S
            return {"idle": day / 1e6, "text": a_text / 1e3, "day": (day + TEXTS_A_DAY * a_text) / 1e6,
                    "switches": cost.switches * 60 / cost.seconds, "core": cost.cpu * 100 / cost.seconds, "mb": machine.private_mb(g.pids())}
    finally:
        ended.set()
        thread.join()
        slaves.stop()


def hardening(_make, _count):
    """systemd-analyze security of the units as they are installed; 0 is none."""
    figures, root = {}, harness.ROOT
    with tempfile.TemporaryDirectory() as folder:
        for key, unit in (("main", "yishi.service"), ("root", "yishi-root@.service")):
            to = pathlib.Path(folder) / unit
            subprocess.run([root / "scripts/install-text", root / "scripts" / unit, to, "644"], check=True,
                           env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PREFIX": "/usr", "SYSCONFDIR": "/etc"})
            done = subprocess.run([shutil.which("systemd-analyze") or "systemd-analyze", "security", "--offline=yes", "--no-pager", to],
                                  capture_output=True, text=True, check=True)
            figures[key] = float(re.search(r"exposure level for \S+: ([0-9.]+)", done.stdout)[1])
    return figures
