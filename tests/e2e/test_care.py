"""The box looks after itself: measurements, texts about its health, nightly copies, what a full disk means, an end in order."""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import unittest

from clibox import Box
from daemon_site import DaemonSite
from harness import wait_for

PEOPLE = ("phone,name,grid,building,unit,room,roles,language\n"
          "13800138007,钱师傅,KS,,,,installer,zh\n"
          "13800138009,赵书记,KS,,,,secretary,zh\n"
          "13800138001,王秀英,KS-03,3,2,501,resident,zh\n")
INSTALLER, RESIDENT = "+8613800138007", "+8613800138001"
SAMPLE = re.compile(r'([a-z_]+)(?:\{([a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\["\\n])*")*)\})? (-?\d+(?:\.\d+)?)\Z')


def measured(text):
    """Strictly as the exposition format 0.0.4 has it, each family in one piece; {(name, labels): value}."""
    families, found, name = {}, {}, None
    for line in text.split("\n")[:-1]:
        if line.startswith("# HELP "):
            name = line.split(" ")[2]
            assert name not in families and len(line.split(" ", 3)[3]) > 3, line
            families[name] = None
        elif line.startswith("# TYPE "):
            _, _, of, kind = line.split(" ")
            assert of == name and families[name] is None and kind in ("gauge", "counter"), line
            assert (kind == "counter") == name.endswith("_total"), line
            families[name] = kind
        else:
            parts = SAMPLE.match(line)
            assert parts and parts[1] == name and families[name], line
            key = (parts[1], parts[2] or "")
            assert key not in found, line
            found[key] = float(parts[3])
    assert text.endswith("\n") and all(f.startswith("yishi_") for f in families)
    return found


def damage(path):
    """Garbage over some pages in the middle."""
    with open(path, "r+b") as f:
        for page in range(20, 120, 10):
            f.seek(4096 * page)
            f.write(b"Z" * 8192)


class CareSite(DaemonSite):
    folder = ""

    def __init__(self, **kw):
        kw.setdefault("now", "2026-11-20T10:00:00+08:00")  # a Friday
        kw["gateway"] = {"test_clock": "yes", **kw.get("gateway", {})}
        super().__init__(start=False, **kw)

    def look(self, sql, *values):
        db = sqlite3.connect(self.dir / self.folder / "yishi.db", timeout=60)
        try:
            return db.execute(sql, values).fetchall()
        finally:
            db.close()

    def at(self, time):
        self.set_clock(f"2026-11-{time}:00+08:00")

    def measured(self):
        """The file as it is written when the configuration is read again."""
        seen = self.log().count("were read again")
        self.daemon.send_signal(signal.SIGHUP)
        wait_for(lambda: self.log().count("were read again") > seen, "the configuration is read again")
        return measured((self.dir / "yishi.prom").read_text(encoding="utf-8"))

    def tries(self, n):
        return wait_for(lambda: (lambda got: got if len(got) == n else None)(self.look("SELECT result FROM backup ORDER BY id")), f"{n} copies were tried")

    def installers(self):
        """Texts to the installer that are there now, once nothing waits."""
        self.idle()
        return [s["text"] for s in self.sent_to(INSTALLER)]


class Weeks(unittest.TestCase):
    def test_a_week_of_a_box(self):
        with CareSite(modems=2, gateway={"metrics_file": "yishi.prom", "backup_dir": "stick"}) as site:
            site.registry(people=PEOPLE)
            site.start()
            self.assertEqual((site.dir / "yishi.prom").stat().st_mode & 0o777, 0o644)
            site.text(RESIDENT, "楼道灯坏了")
            site.answer(RESIDENT)
            site.text(RESIDENT, "调解 丈夫赌博欠债天天打闹")
            site.answer(RESIDENT, 2)
            now = site.measured()
            self.assertEqual(now["yishi_texts_received_total", 'line="m0"'] + now["yishi_texts_received_total", 'line="m1"'], 2)
            self.assertGreaterEqual(now["yishi_texts_sent_total", 'class="reply"'], 1)
            self.assertEqual([now["yishi_line_up", f'line="m{i}"'] for i in range(2)], [1, 1])
            self.assertEqual((now["yishi_line_signal_dbm", 'line="m0"'], now["yishi_clock_plausible", ""]), (-71, 1))
            self.assertGreater(now["yishi_disk_free_bytes", ""], 0)
            self.assertNotIn(("yishi_backup_last_ok", ""), now)

            # the stick is not there: said in the morning, and not made on the disk beneath
            site.at("21T02:10")
            self.assertEqual(site.tries(1), [("absent",)])
            self.assertFalse((site.dir / "stick").exists())
            site.at("21T07:30")
            self.assertEqual(site.installers(), [])
            site.at("21T08:01")
            self.assertIn("备份", site.answer(INSTALLER))
            # it is there
            other = pathlib.Path(tempfile.mkdtemp(dir="/dev/shm"))
            self.addCleanup(shutil.rmtree, other)
            (site.dir / "stick").symlink_to(other)
            (site.dir / "stick/photo.jpg").touch()
            site.at("22T02:10")
            self.assertEqual(site.tries(2)[1], ("ok",))
            copies = {p.name: p for p in (site.dir / "stick").iterdir()}
            self.assertEqual(sorted(copies), ["photo.jpg", "yishi-20261122-021000.db", "yishi-20261122-021000.private.db"])
            self.assertEqual(copies["yishi-20261122-021000.private.db"].stat().st_mode & 0o777, 0o600)
            site.ok("db", "check", copies["yishi-20261122-021000.db"])
            listed = site.json("db", "list")
            self.assertEqual([(c["result"], c["there"], c["private"]) for c in listed], [("ok", True, True), ("absent", False, False)])
            self.assertEqual(site.measured()["yishi_backup_last_ok", ""], 1)

            # Monday: once, over restarts and a clock that is set back; nothing of the night before
            site.at("23T09:59")
            self.assertEqual(len(site.installers()), 1)
            site.at("23T10:00")
            week = site.answer(INSTALLER, 2)
            self.assertRegex(week, "周报：线路2/2，最弱信号-71dBm，收2发[0-9]+.*备份.*运行")
            self.assertLessEqual(len(week.encode("utf-16-le")) // 2, 70)
            site.restart()
            site.at("23T10:30")
            site.at("22T09:00")
            site.at("23T11:00")
            self.assertEqual(len(site.installers()), 2)

            # what changed is told once a day, all in one text, by another line than the one that it is about
            site.kill(signal.SIGKILL)
            site.write("INSERT INTO box_note (utc, kind, line, detail) VALUES (?, 'sim', 'm0', '5001')", site.today())
            site.start()
            site.at("23T11:30")
            change = site.answer(INSTALLER, 3)
            self.assertTrue("m0换了SIM卡" in change and "意外中断" in change, change)
            self.assertEqual([s["modem"] for s in site.sent_to(INSTALLER, "变动")][-1], 1)
            site.write("INSERT INTO box_note (utc, kind) VALUES (?, 'power')", site.today())
            site.at("23T19:00")
            self.assertEqual(len(site.installers()), 3)
            site.at("24T08:05")  # … and 20 hours later
            self.assertIn("断电", site.answer(INSTALLER, 4))

            # three days without a copy
            (site.dir / "stick").unlink()
            (site.dir / "stick").mkdir()  # the place where it was mounted, on the database's own disk
            for i, day in enumerate(("25T02:09", "26T02:12")):
                site.at(day)
                site.tries(3 + i)
            self.assertEqual(list((site.dir / "stick").iterdir()), [])
            self.assertIn("三天没有备份", site.answer(INSTALLER, contains="三天"))
            self.assertEqual(json.loads(site.run("status", "--json").stdout)["line_alarms"][0]["alarm"], "backup-old")
            site.kill(signal.SIGTERM)
            self.assertFalse((site.dir / "yishi.prom").exists())


    def test_a_damaged_database(self):
        with CareSite(gateway={"backup_dir": "copies"}) as site:
            site.registry(people=PEOPLE)
            (site.dir / "copies").mkdir()
            site.start()
            site.at("21T02:10")
            self.assertEqual(site.tries(1), [("ok",)])
            with sqlite3.connect(site.dir / "yishi.db") as db:
                page, = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'redemption_open'").fetchone()
                db.execute("PRAGMA wal_checkpoint (TRUNCATE)")
            with open(site.dir / "yishi.db", "r+b") as file:  # an index that nobody asks
                file.seek((page - 1) * 4096)
                file.write(b"Z" * 4096)
            site.at("22T02:10")
            self.assertEqual(site.tries(2)[1], ("unsound",))
            told = site.answer(INSTALLER, contains="数据库损坏")
            self.assertIn("yishi db restore", told)
            # the sound copy stays, of the other nothing does
            self.assertEqual([p.name for p in (site.dir / "copies").iterdir()], ["yishi-20261121-021000.db"])
            site.kill(signal.SIGTERM)
            site.ok("db", "restore", "latest", "--yes")
            site.start()
            self.assertEqual(json.loads(site.run("status", "--json").stdout)["line_alarms"], [])


class Copies(unittest.TestCase):
    def test_restore(self):
        with Box(gateway="backup_dir = copies") as box:
            box.people()
            box.ok("db", "backup")
            first = "yishi-20261118-100000.db"
            self.assertEqual([(c["file"], c["result"], c["there"]) for c in box.json("db", "list")], [(first, "ok", True)])
            box.set_clock("2026-11-18T10:00:05+08:00")
            box.ok("person", "add", "--phone", "13800138077", "--name", "后来", "--grid", "KS-03", "--consent", "x")
            # while a daemon runs nothing is put back
            with socket.socket(socket.AF_UNIX) as daemon:
                daemon.bind(str(box.dir / "yishi.sock"))
                daemon.listen()

                def answer():
                    with daemon.accept()[0] as peer:
                        peer.recv(100)
                        peer.send(b'{"ok":true}\n')
                thread = threading.Thread(target=answer)
                thread.start()
                self.assertEqual(box.run("db", "restore", "latest", "--yes").returncode, 75)
                thread.join()
            os.unlink(box.dir / "yishi.sock")
            self.assertEqual(box.run("db", "restore", "latest").returncode, 1)  # nobody said yes
            self.assertEqual(box.run("db", "restore", "yishi-20250101-000000.db", "--yes").returncode, 66)
            self.assertEqual(box.run("db", "restore", box.write("letter.txt", "Dear all"), "--yes").returncode, 65)
            self.assertEqual(len(box.json("person", "list")), 5)
            # a copy that is not sound is not put back, and a database that is not sound is put aside
            bad = box.dir / "copies/yishi-20261118-095900.db"
            shutil.copy(box.dir / "copies" / first, bad)
            damage(bad)
            self.assertEqual(box.run("db", "restore", bad.name, "--yes").returncode, 65)
            self.assertEqual(len(box.json("person", "list")), 5)
            damage(box.dir / "yishi.db")
            self.assertNotEqual(box.run("db", "check").returncode, 0)
            said = box.ok("db", "restore", "latest", "--yes")
            self.assertIn("yishi.db.replaced-20261118-100005", said)
            box.ok("db", "check")
            self.assertEqual(len(box.json("person", "list")), 4)
            self.assertTrue((box.dir / "yishi.db.replaced-20261118-100005").exists())
            status = json.loads(box.run("status", "--json").stdout)
            # the copy could not know of itself; what was put back does
            self.assertEqual((status["backup"] is not None, [c["file"] for c in box.json("db", "list") if c["result"] == "ok"]), (True, [first]))
            # the alarm about old copies that one made elsewhere brings with it is over
            own = box.dir / "own.db"
            shutil.copy(box.dir / "copies" / first, own)
            with sqlite3.connect(own) as db:
                db.execute("INSERT INTO line_alarm (line, kind, severity, since_utc, on_utc) VALUES ('', 'backup-old', 'warning', 1, 1)")
            os.utime(own, times=(1794967100, 1794967100))  # a hundred seconds ago, as the clock has it
            box.set_clock("2026-11-18T10:00:10+08:00")
            box.ok("db", "restore", own, "--yes")
            self.assertEqual(json.loads(box.run("status", "--json").stdout)["line_alarms"], [])
            self.assertGreater(status["disk_total"], status["disk_free"])
            self.assertIn("installer", box.run("status").stdout)


def tmpfs(path):
    """A small disk; None where this user may not have one."""
    path.mkdir()
    return subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "none", path], capture_output=True, check=False).returncode == 0


class FullDisk(unittest.TestCase):
    def test_a_full_disk(self):
        with CareSite(gateway={"database": "disk/yishi.db", "backup_dir": "disk/copies"}) as site:
            site.folder, disk = "disk", site.dir / "disk"
            if not tmpfs(disk):
                self.skipTest("mounting needs root")
            try:
                self.fill_and_clear(site, disk)
            finally:
                if site.daemon:
                    site.kill(signal.SIGTERM)
                subprocess.run(["umount", "-l", disk], check=True)

    def fill_and_clear(self, site, disk):
        site.gateway["control_socket"] = site.dir / "yishi.sock"
        site.write_config()
        site.registry(people=PEOPLE)
        (disk / "copies").mkdir()
        for day in "12":
            shutil.copy(disk / "yishi.db", disk / f"copies/yishi-2026111{day}-020000.db")
        site.start()
        self.assertEqual((disk / "yishi.db.reserve").stat().st_blocks * 512, 3 << 20)  # an eighth of a small disk
        with open(disk / "filler", "wb", buffering=0) as filler:
            try:
                while filler.write(b"x" * 4096):
                    pass
            except OSError:
                pass
        for i in range(25):  # more than the modem's first memory holds, were they not read
            site.text(RESIDENT, f"{i + 1}号楼楼道灯坏了，" + "请快一点来修，" * 5)
        # told, out of the reserve; old copies of ours have gone, the youngest has not
        self.assertIn("磁盘已满", site.answer(INSTALLER))
        self.assertFalse((disk / "yishi.db.reserve").exists())
        self.assertEqual([p.name for p in (disk / "copies").iterdir()], ["yishi-20261112-020000.db"])
        self.assertEqual(json.loads(site.run("status", "--json").stdout)["line_alarms"][0]["alarm"], "disk-full")
        # somebody makes room
        (disk / "filler").unlink()
        wait_for(lambda: site.look("SELECT count(*) FROM message_in WHERE number = ? AND state = 'done'", RESIDENT) == [(25,)], "all texts are in")
        wait_for(lambda: site.sim.state()["stores"]["ME"]["used"] == 0, "the modem's memory is empty")
        self.assertEqual(site.look("SELECT number FROM message_in GROUP BY number, text HAVING count(*) > 1"), [])

    def test_an_end_that_cannot_be_written(self):
        with CareSite() as site:
            site.start()
            site.write("CREATE TRIGGER full BEFORE UPDATE OF state ON part_out WHEN new.state IN ('sent', 'delivered')"
                       " BEGIN SELECT RAISE(ABORT, 'full'); END")
            id = site.queue(RESIDENT, "通知")
            site.control("wake")
            site.sim.wait_sent(1)
            wait_for(lambda: "cannot be written" in site.log(), "the outcome is not written")
            self.assertEqual(site.kill(signal.SIGTERM), 0)
            site.write("DROP TRIGGER full")
            site.start()
            self.assertEqual(site.wait_out(id, "uncertain"), "uncertain")  # a broadcast, so not again
            self.assertEqual(len(site.sim.sent()), 1)


class Format(unittest.TestCase):
    def test_every_measurement_is_in_the_manual(self):
        names = re.findall(r'^\s*X\(\w+, \w+, "(\w+)"', pathlib.Path(__file__).parent.parent.parent.joinpath("src/base/metric_kinds.h").read_text(), re.M)
        from harness import BUILD  # the pages are made by the build
        for language in ("en", "zh"):
            page = (BUILD / "man" / language / "yishi-metrics.7").read_text(encoding="utf-8")
            self.assertEqual([n for n in names if n not in page], [])
        self.assertGreater(len(names), 20)

    def test_the_parser_is_strict(self):
        good = "# HELP yishi_a what\n# TYPE yishi_a gauge\nyishi_a{line=\"a\\\"b\"} 1\n"
        measured(good)
        for wrong in (good[:-1], good.replace("gauge", "counter"), good.replace("TYPE yishi_a", "TYPE yishi_b"), good.replace(' 1', ''),
                      good + good, good.replace('\\"', '"'), good + "yishi_a{line=\"a\\\"b\"} 2\n"):
            self.assertRaises(AssertionError, measured, wrong)


if __name__ == "__main__":
    unittest.main()
