"""yishi person and yishi grid: imports of dirty lists, twice, in every coding; lists in three forms; exit statuses."""
import csv
import io
import unittest

from clibox import Box


class Grids(unittest.TestCase):
    def test_tree_and_subtree(self):
        with Box() as box:
            box.people()
            self.assertEqual([g["code"] for g in box.json("grid", "list")], ["KS", "KS-03", "KS-03-2", "KS-04"])
            self.assertEqual([g["code"] for g in box.json("grid", "list", "KS-03")], ["KS-03", "KS-03-2"])
            self.assertEqual(box.json("grid", "list", "nowhere"), [])

    def test_a_grid_cannot_lie_in_itself(self):
        with Box() as box:
            done = box.run("grid", "import", "-", stdin="code,name,parent\nA,,B\nB,,A\nC,,C\nD,,A\n")
            self.assertEqual(done.returncode, 65)
            self.assertIn("-:3:", done.stderr)
            self.assertIn("-:4:", done.stderr)
            self.assertEqual({g["code"] for g in box.json("grid", "list")}, {"A", "B", "D"})

    def test_a_parent_that_comes_later(self):
        with Box() as box:
            box.ok("grid", "import", "-", stdin="编码,名称,上级\r\nX-1,一网格,X\r\nX,某社区,\r\n")
            rows = {g["code"]: g for g in box.json("grid", "list")}
            self.assertEqual((rows["X"]["name"], rows["X"]["parent"], rows["X-1"]["parent"]), ("某社区", None, "X"))


class Import(unittest.TestCase):
    def test_fields_of_the_interface(self):
        with Box() as box:
            row = box.people().json("person", "list")[1]
            self.assertEqual(list(row)[:11], "id numbers name grid building unit room roles language consent opted_out".split())
            self.assertEqual(row["numbers"], ["+8613800138002"])
            self.assertEqual(row["roles"], ["resident", "volunteer"])
            self.assertEqual((row["building"], row["unit"], row["room"], row["language"]), ("3", "1", "202", "zh"))
            self.assertEqual((row["consent"], row["opted_out"]), ("上门登记 2026-11-01", "no"))

    def test_twice_changes_nothing(self):
        with Box() as box:
            box.people()
            before = box.json("person", "list")
            box.set_clock("2026-11-19T10:00:00+08:00")
            self.assertIn("0 added, 0 updated, 4 unchanged", box.ok("person", "import", box.dir / "people.csv", "--consent", "再次"))
            self.assertEqual(box.json("person", "list"), before)

    def test_every_coding_and_header(self):
        text = "手机,姓名,网格,楼栋,单元,房号,角色,语言,同意\r\n１３８ ００１３ ８００１,王秀英,KS-03,3栋,2单元,501室,网格员、志愿者,中文,同意\r\n"
        for name, data in (("utf8", text.encode()), ("bom", text.encode("utf-8-sig")), ("gb18030", text.encode("gb18030")),
                           ("utf16", text.encode("utf-16")), ("tabs", text.replace(",", "\t").encode())):
            with self.subTest(name), Box() as box:
                box.ok("grid", "import", "-", stdin=box.GRIDS)
                box.ok("person", "import", box.write("p.csv", data))
                row = box.json("person", "list")[0]
                self.assertEqual((row["numbers"], row["name"], row["building"], row["unit"], row["room"], row["language"]),
                                 (["+8613800138001"], "王秀英", "3", "2", "501", "zh"))
                self.assertEqual(row["roles"], ["volunteer", "grid_worker"])
                self.assertEqual(row["consent"], "list")

    def test_dirty_rows_are_told_and_the_others_taken(self):
        rows = ["phone,name,grid,building,unit,room,roles,language",
                "1.38E+10,科学计数,KS-03,,,,,",         # 2: what a spreadsheet makes of a number
                "13800138001,甲,KS-99,,,,,",             # 3: no such grid
                "13800138002,乙,KS-03,,,,国王,",         # 4: no such role
                ",,KS-03,,,,,",                          # 5: nobody
                "",                                      # 6
                "13800138003,\"丙\n换行\",KS-03,,,,,",   # 7, 8
                "1380013800,丁,KS-03,,,,,",              # 9: a digit is missing
                "13800138004,戊,KS-03,,,,,fr",           # 10
                "\"13800138005 0714-6543210\",己,KS-03,3号楼,,,居民,zh,多余,的,列",  # 11
                "13800138006"]                           # 12: a short row
        with Box() as box:
            box.ok("grid", "import", "-", stdin=box.GRIDS)
            done = box.run("person", "import", box.write("dirty.csv", "\n".join(rows)))
            self.assertEqual(done.returncode, 65)
            wrong = [int(line.split("dirty.csv:")[1].split(":")[0]) for line in done.stderr.splitlines()]
            self.assertEqual(wrong, [2, 3, 4, 5, 9, 10])
            self.assertIn("3 without consent", done.stdout)
            people = box.json("person", "list")
            self.assertEqual([p["name"] for p in people], ["丙换行", "己", ""])
            self.assertEqual(people[1]["numbers"], ["+8613800138005", "+867146543210"])

    def test_what_is_no_list(self):
        with Box() as box:
            for name, data, status in (("empty.csv", b"", 65), ("zero.csv", b"phone,na\0me\n", 65), ("head.csv", b"13800138001,x\n", 65),
                                       ("quote.csv", b'phone,name\n13800138001,"never closed\n', 65), ("bin.csv", bytes(range(1, 256)), 65)):
                with self.subTest(name):
                    done = box.run("person", "import", box.write(name, data))
                    self.assertEqual(done.returncode, status, done.stderr)
            self.assertEqual(box.run("person", "import", box.dir / "missing.csv").returncode, 66)
            self.assertEqual(box.json("person", "list"), [])

    def test_a_shared_phone_and_several_phones(self):
        with Box() as box:
            box.ok("grid", "import", "-", stdin=box.GRIDS)
            couple = "phone,name,grid\n13800138001,甲,KS\n13800138001,乙,KS\n13800138001 13800138002,甲,KS\n"
            box.ok("person", "import", box.write("c.csv", couple))
            self.assertEqual([(p["name"], p["numbers"]) for p in box.json("person", "list")],
                             [("甲", ["+8613800138001", "+8613800138002"]), ("乙", ["+8613800138001"])])

    def test_the_date_of_a_consent(self):
        today = "2026-11-18T10:00:00+08:00"
        rows = ["手机,姓名,网格,楼栋,单元,房号,角色,语言,同意",
                "13800138001,甲,KS-03,,,,,,", "13800138002,乙,KS-03,,,,,,入户 2026年3月5日", "13800138003,丙,KS-03,,,,,,微信群2026/9/30签字",
                "13800138004,丁,KS-03,,,,,,2026.02.31 表格", "13800138005,戊,KS-03,,,,,,2031-01-01 以后", "13800138006,己,KS-03,,,,,,编号 12026-11-011",
                "13800138007,庚,KS-03,,,,,,不同意", "13800138008,辛,KS-03,,,,,,同意"]
        with Box() as box:
            box.set_clock(today)
            box.people(people="\n".join(rows) + "\n")
            dates = {p["name"]: (p["consent_date"] or "never")[:10] for p in box.json("person", "list")}
            self.assertEqual(dates, {"甲": "2026-11-01", "乙": "2026-03-05", "丙": "2026-09-30", "丁": "2026-11-18", "戊": "2026-11-18",
                                     "己": "2026-11-18", "庚": "never", "辛": "2026-11-01"})
            new = box.json("person", "add", "--name", "壬", "--phone", "13800138009", "--consent", "楼栋会 2026-10-02")[0]["id"]
            self.assertEqual(box.json("person", "show", new)[0]["consent_date"][:10], "2026-10-02")
            box.ok("person", "edit", new, "--consent", "电话里说的")
            self.assertEqual(box.json("person", "show", new)[0]["consent_date"][:10], "2026-11-18")
            self.assertIn("2026-11-18", box.ok("person", "show", new))


class OnePerson(unittest.TestCase):
    def test_add_edit_show_mute_forget(self):
        with Box() as box:
            box.people()
            new = box.json("person", "add", "--name", "新人", "--phone", "138 0013 8077", "--grid", "KS-03", "--building", "9栋")[0]["id"]
            box.ok("person", "edit", new, "--roles", "志愿者", "--consent", "社区", "--language", "en")
            row = box.json("person", "show", new)[0]
            self.assertEqual((row["building"], row["roles"], row["consent"], row["language"]), ("9", ["volunteer"], "社区", "en"))
            box.ok("person", "mute", "13800138077")
            self.assertTrue(box.json("person", "show", new)[0]["muted"])
            box.ok("person", "mute", "13800138077", "--off")
            self.assertFalse(box.json("person", "show", new)[0]["muted"])
            self.assertEqual(box.run("person", "forget", new).returncode, 1)  # nobody to ask, no --yes
            box.ok("person", "forget", new, "--yes")
            self.assertEqual(box.run("person", "show", new).returncode, 1)
            self.assertEqual(box.run("person", "edit", new, "--name", "x").returncode, 1)
            self.assertNotIn("新人", box.ok("person", "list", "--full"))

    def test_refused(self):
        with Box() as box:
            box.people()
            for args, status in ((("add",), 64), (("add", "--name", "x", "--grid", "nowhere"), 65), (("add", "--phone", "12"), 64),
                                 (("edit", "abc"), 64), (("show", "999"), 1), (("list", "--role", "king"), 64), (("show",), 64),
                                 (("list", "--limit", "-1"), 64), (("list", "--json", "--csv"), 64), (("list", "extra"), 64)):
                with self.subTest(args):
                    done = box.run("person", *args)
                    self.assertEqual(done.returncode, status, done.stderr)
                    self.assertEqual(len(done.stderr.splitlines()), 1)

    def test_filters(self):
        with Box() as box:
            box.people()
            box.ok("person", "add", "--name", "没同意", "--phone", "13800138055")
            names = lambda *args: [p["name"] for p in box.json("person", "list", *args)]
            self.assertEqual(names("--grid", "KS-03"), ["王秀英", "李建国"])
            self.assertEqual(len(names("--grid", "KS")), 4)
            self.assertEqual(names("--role", "网格员"), [])
            self.assertEqual(names("--role", "secretary"), ["赵书记"])
            self.assertEqual(names("--find", "8003"), ["John Smith"])
            self.assertEqual(names("--no-consent"), ["没同意"])


class Forms(unittest.TestCase):
    def test_csv_and_short_numbers(self):
        with Box() as box:
            box.people()
            box.ok("person", "add", "--name", '=cmd|"/c calc"!A1, "x"', "--phone", "13800138055")
            rows = list(csv.DictReader(io.StringIO(box.ok("person", "list", "--csv"))))
            self.assertEqual(rows[0]["numbers"], "+8613800138001")
            self.assertEqual(rows[-1]["name"], '\'=cmd|"/c calc"!A1, "x"')
            table = box.ok("person", "list")
            self.assertIn("138****8001", table)
            self.assertNotIn("13800138001", table)
            self.assertIn("+8613800138001", box.ok("person", "list", "--full"))

    def test_hostile_names(self):
        with Box() as box:
            box.ok("person", "add", "--name", "a\x1b[31mb\u202ec\nd\x07", "--phone", "13800138055")
            for form in ((), ("--json",), ("--csv",)):
                raw = box.ok("person", "list", *form)
                for bad in ("\x1b", "\u202e", "\x07", "\\u001b", "\\n"):
                    self.assertNotIn(bad, raw)


if __name__ == "__main__":
    unittest.main()
