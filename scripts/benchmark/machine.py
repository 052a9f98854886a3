"""What a gateway costs, by the kernel's own accounts of its processes."""
import dataclasses
import os
import pathlib
import platform
import re
import time


def family(pid):
    """A process and its descendants."""
    parents = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            pass
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def _sum(pids, file, read):
    total = 0
    for pid in pids:
        for path in pathlib.Path(f"/proc/{pid}/task").glob(f"*/{file}"):
            try:
                total += read(path.read_text())
            except OSError:
                pass
    return total


@dataclasses.dataclass
class Usage:
    seconds: float  # when
    cpu: float      # seconds
    switches: int   # voluntary context switches: how often something was waited for

    def since(self, before):
        return Usage(self.seconds - before.seconds, self.cpu - before.cpu, self.switches - before.switches)


def usage(pids):
    return Usage(time.monotonic(),
                 _sum(pids, "schedstat", lambda text: int(text.split()[0])) / 1e9,
                 _sum(pids, "status", lambda text: int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)", text, re.M)[1])))


def private_mb(pids):
    total = 0
    for pid in pids:
        try:
            rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Private_"))
    return total / 1024


def description():
    cpu = re.search(r"^model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    return f"{os.cpu_count()} cores{' (' + cpu[1].strip() + ')' if cpu else ''}, Linux {platform.release().split('-')[0]}"
