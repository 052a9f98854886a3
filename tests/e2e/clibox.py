"""A database and a configuration in a folder of their own, for tests of the tool that need no daemon."""
import pathlib
import shutil
import tempfile

from harness import Tool

NOW = "2026-11-18T10:00:00+08:00"  # a Wednesday


class Box(Tool):
    GRIDS = "code,name,parent\nKS,矿山社区,\nKS-03,三网格,KS\nKS-03-2,三网格2栋,KS-03\nKS-04,四网格,KS\n"
    PEOPLE = ("phone,name,grid,building,unit,room,roles,language\n"
              "13800138001,王秀英,KS-03,3,2,501,resident,zh\n"
              "13800138002,李建国,KS-03,3,1,202,resident volunteer,zh\n"
              "13800138003,John Smith,KS-04,5,1,302,resident,en\n"
              "13800138009,赵书记,KS,,,,secretary duty_officer,zh\n")

    def __init__(self, gateway="", sections="[modem front]\ndevice = /dev/null\n", now=NOW):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="yishi-cli-"))
        super().__init__(self.dir / "yishi.conf", {"YISHI_CLOCK": self.dir / "clock"})
        self.set_clock(now)
        self.write("yishi.conf", "[gateway]\nname = 矿山社区\nnumber = +8613800000000\ndatabase = yishi.db\n"
                   f"test_clock = yes\n{gateway}\n{sections}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.dir, ignore_errors=True)

    def set_clock(self, now):
        (self.dir / "clock").write_text(now + "\n", encoding="utf-8")

    def write(self, name, content):
        path = self.dir / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def people(self, grids=GRIDS, people=PEOPLE, consent="上门登记 2026-11-01"):
        self.ok("grid", "import", self.write("grids.csv", grids))
        self.ok("person", "import", self.write("people.csv", people), *(["--consent", consent] if consent else []))
        return self
