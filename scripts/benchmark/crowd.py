"""A broadcast to a whole district: how long the preview and the queueing take, and whether memory grows with the audience.

The tool is measured as a secretary runs it, from the first instruction to the exit, on a box whose phones stand in no order.
Each queueing is into an outbox that holds all those before it."""
import contextlib
import json
import os
import pathlib
import random
import re
import sqlite3
import subprocess
import tempfile
import time

import harness
from benchmark import scale_box
from benchmark.table import Row, Target

REPEAT = 5
TEXT = "明天上午九点到下午五点全小区停水,请提前蓄水,给您带来不便敬请谅解。如有困难请回复本短信,网格员上门帮助。矿山社区居委会"
SMALL = 1000


def fill(path, count):
    """`count` people who get it; of a hundred more in each thousand ten have said stop, ten never agreed, the others share a phone."""
    db = sqlite3.connect(path, isolation_level=None)
    with contextlib.closing(db):
        db.execute("BEGIN")
        scale_box.put(db, "grid", "code, name, parent", [("KS", "矿山街道", None)] + [(scale_box.grid(i), f"{i + 1}网格", "KS") for i in range(20)])
        more = count // 10
        scale_box.put(db, "household", "id, grid, building, room", ((i + 1, scale_box.grid(i % 20), str(i % 400), str(i)) for i in range(count + more)))
        scale_box.put(db, "person", "id, name, household, consent_source, consent_utc, created_utc, changed_utc",
                      ((i + 1, f"居民{i + 1}", i + 1, None if i >= count and i % 10 == 1 else "上门登记", 1, 1, 1) for i in range(count + more)))
        places = list(range(count + more))
        random.Random(count).shuffle(places)
        scale_box.put(db, "phone", "number, opted_out",
                      ((scale_box.number(n), "broadcasts" if i >= count and i % 10 == 0 else "no") for i, n in enumerate(places)))
        scale_box.put(db, "person_phone", "person, number, position",
                      ((i + 1, scale_box.number(places[i if i < count or i % 10 < 2 else i - count]), 0) for i in range(count + more)))
        db.execute("COMMIT")


class Box(harness.Tool):
    def __init__(self, folder, count):
        super().__init__(folder / "yishi.conf")
        self.db = folder / "yishi.db"
        self.config.write_text("[gateway]\nname = 矿山街道\nnumber = +8613800000000\ndatabase = yishi.db\napproval_above = 0\n"
                               "quiet_hours = none\n[modem front]\ndevice = /dev/null\nhourly_quota = 0\ndaily_quota = 0\n", encoding="utf-8")
        self.ok("grid", "import", "-", stdin="code,name,parent\n")
        fill(self.db, count)

    def begin(self, *args):
        return subprocess.Popen([str(harness.BIN / "yishi"), "-c", str(self.config), *args], env=harness.environment(), stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL)

    def seconds(self, *args):
        begun = time.monotonic()
        if self.begin(*args).wait():
            raise harness.Failed(f"yishi {' '.join(args)}")
        return time.monotonic() - begun

    def memory(self, *args):
        """The most that it had, in MB; looked at so often that the run is of no use as a time."""
        p, most = self.begin(*args), 0
        while p.poll() is None:
            with contextlib.suppress(OSError, TypeError):
                most = int(re.search(r"^VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{p.pid}/status").read_text(), re.M)[1])
            time.sleep(0.0005)
        return most / 1024

    def queued(self):
        """Texts of the last broadcast, and the phones that they go to."""
        with contextlib.closing(sqlite3.connect(self.db)) as db:
            return db.execute("SELECT count(*), count(DISTINCT number) FROM message_out WHERE broadcast = (SELECT max(id) FROM broadcast)").fetchone()


TO_ALL = ("--to", "all", "--text", TEXT)


def one_size(count):
    with tempfile.TemporaryDirectory(prefix="yishi-crowd-") as folder:
        box = Box(pathlib.Path(folder), count)
        commands = {"preview": ("broadcast", "preview", *TO_ALL), "explain": ("broadcast", "preview", *TO_ALL, "--explain", "--csv"),
                    "queue": ("broadcast", "new", *TO_ALL, "--yes")}
        found = {key: min(box.seconds(*args) for _ in range(REPEAT)) for key, args in commands.items()}
        if box.queued() != (count, count):
            raise harness.Failed(f"{box.queued()} of {count} are queued")
        return found | {f"{key} memory": box.memory(*args) for key, args in commands.items()}


def crowd(_, count):
    """A broadcast to `count` people: previewed, told person by person, queued."""
    few, many = one_size(SMALL), one_size(count)
    most = max(v for k, v in many.items() if k.endswith("memory"))
    return many | {"memory": most, "growth": most - max(v for k, v in few.items() if k.endswith("memory"))}


def rows():
    yield Row("queue", "a broadcast to 100,000 people: queued, s", 2, Target("≤", 1))
    yield Row("preview", "… previewed, s", 2, Target("≤", 2))
    yield Row("explain", "… told person by person, who and why not, s", 2)
    yield Row("memory", "… the most memory of the three, MB", 1, Target("≤", 32))
    yield Row("growth", "… more than for 1,000 people: MB", 1, Target("≤", 8))
    for key in ("preview", "explain", "queue"):
        yield Row(f"{key} memory", f"    {key}: MB", 1, minor=True)


# ------------------------------------------------------------------------------------------- what watch foretells

def foretold(count, beside):
    """The worst error of `yishi broadcast watch` from a tenth to nine tenths of the way, in per cent of the whole, while another
    broadcast of `beside` texts shares the modem."""
    with harness.Site(modem={"hourly_quota": "0", "daily_quota": "0"}, gateway={"approval_above": "0"}, air_ms=300, reply_ms=20) as site:
        phones = "".join(f"{scale_box.number(i)[3:]}\n" for i in range(count))
        (site.dir / "all.csv").write_text("phone\n" + phones)
        (site.dir / "some.csv").write_text("phone\n" + "".join(phones.splitlines(True)[:beside]))
        begun = time.monotonic()
        site.ok("broadcast", "new", "--to", f"file:{site.dir}/all.csv", "--text", "停水", "--yes")
        if beside:
            site.ok("broadcast", "new", "--to", f"file:{site.dir}/some.csv", "--text", "开会", "--yes")
        watch = subprocess.Popen([str(harness.BIN / "yishi"), "-c", str(site.config), "broadcast", "watch", "1", "--json"], env=harness.environment(**site.env),
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        seen = [(time.monotonic() - begun, json.loads(line)) for line in watch.stdout]
        watch.wait()
        whole = seen[-1][0]
        said = [(at, row["seconds_left"]) for at, row in seen if 0.1 * count < count - row["queued"] < 0.9 * count]
        if len(said) < 10 or any(left is None for _, left in said):
            raise harness.Failed(f"nothing was foretold: {said}")
        if os.environ.get("FORECAST_VERBOSE"):
            print("\n".join(f"{at:6.1f} s: {left} s left, {at + left - whole:+.1f} s off" for at, left in said[::5]))
        return max(abs(at + left - whole) for at, left in said) / whole * 100


def forecast(_, count):
    """A broadcast goes out and is watched: how far off is what is foretold?"""
    return {"alone": foretold(count, 0), "shared": foretold(count, count // 3)}


def forecast_rows():
    yield Row("alone", "watching a broadcast: the forecast is off by % of the whole, at the most", 1, Target("≤", 5))
    yield Row("shared", "… while a smaller one shares the modem", 1, Target("≤", 5))
