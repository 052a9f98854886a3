"""Lists of people as they come: every coding and separator, dirty cells, duplicates, twice; what the messages say is what happened."""
import csv
import io
import time
import unittest

from clibox import Box

# A list as a secretary has it: a title, columns of her own, numbers in every form, cells that a spreadsheet spoiled.
LIST = """矿山社区居民名册,,,,,,,,,
序号,姓名,手机号码(必填),备注,所属网格,楼号,单元,房间号,是否同意,同意日期
1,李　明,+86 138-0013-8001,独居,三网格,３栋,2单元,501室,是,2026/11/1
2,张三,008613800138002,,KS-03,3,2,502,不同意,
3,"王五
（户主）",１３８００１３８００３,,KS-03,3,2,503,,
4,赵六,1.38E+10,,KS-03,,,,,
5,钱七,13800138005.0,,,,,,,
6,孙八,0714-6543210,,KS-03,,,,是,2031-01-01
7,周九,0714-6543210,,KS-03,,,,是,2026年3月5日
8,李明,13800138001,,KS-03,3,2,502,是,
9,老伴,13800138001,,KS-03,3,2,501,是,
10,吴十,######,,,,,,,
11,郑一,6543210,,,,,,,
12,冯二,"13800138006,13800138006",,KS-03,4,,,是,昨天
13,陈三,‭13800138007‬,,KS-03,4,,,是,
14,李明,13800138001 13800138008,,,,,,,
"""
WRONG = {7: "digits are lost", 8: "make the column Text", 9: "in the future", 11: "room 501 → 502", 13: "too narrow", 14: "area code",
         15: "no date; write it as 2026-11-01"}


def wrong(done):
    """The lines that were told, with what was told."""
    return {int(line.split(".csv:")[1].split(":")[0]): line for line in done.stderr.splitlines()[1:]}


class Dirty(unittest.TestCase):
    def test_what_the_messages_say(self):
        with Box() as box:
            box.ok("grid", "import", "-", stdin=box.GRIDS)
            forms = [("gb.csv", LIST.encode("gb18030")), ("bom.csv", LIST.encode("utf-8-sig").replace(b"\n", b"\r\n")),
                     ("semi.csv", LIST.replace(",", ";").replace("6;1", "6,1").encode()), ("tabs.csv", LIST.replace(",", "\t").replace("6\t1", "6,1").encode("utf-16"))]
            dry = box.run("person", "import", box.write(*forms[0]), "--dry-run", "--csv")
            self.assertEqual(dry.returncode, 65)
            self.assertEqual(box.json("person", "list"), [])
            self.assertEqual([e for e in box.json("events") if e["kind"] == "person.changed"], [])
            would = [(int(r["line"]), r["fate"], r["name"], r["changes"]) for r in csv.DictReader(io.StringIO(dry.stdout))]
            self.assertEqual(would, [(3, "new", "李明", ""), (4, "new", "张三", ""), (5, "new", "王五 （户主）", ""), (10, "new", "周九", ""),
                                     (11, "unchanged", "李明", ""), (12, "new", "老伴", ""), (16, "new", "陈三", ""), (17, "changed", "李明", "another phone")])
            before = None
            for name, data in forms:
                with self.subTest(name):
                    done = box.run("person", "import", box.write(name, data), "--consent", "登记", "--consent-date", "2026-10-01")
                    self.assertEqual(done.returncode, 65)
                    self.assertIn("序号, 备注", done.stderr.splitlines()[0])
                    told = wrong(done)
                    self.assertEqual(list(told), list(WRONG))
                    for line, words in WRONG.items():
                        self.assertIn(words, told[line])
                    self.assertIn("7 rows with errors", done.stdout)
                    self.assertIn("0 added, 0 updated, 8 unchanged" if before else "6 added, 1 updated, 1 unchanged", done.stdout)
                    people = box.json("person", "list")
                    self.assertEqual(before or people, people)
                    before = people
            self.assertIn("1 without consent", done.stdout)
            self.assertIn("1 fixed lines", done.stdout)
            self.assertIn("2 rows name somebody who stands in an earlier row", done.stdout)
            self.assertEqual([(p["name"], p["numbers"], p["building"], p["room"], (p["consent_date"] or "never")[:10]) for p in before],
                             [("李明", ["+8613800138001", "+8613800138008"], "3", "501", "2026-11-01"), ("张三", ["+8613800138002"], "3", "502", "never"),
                              ("王五 （户主）", ["+8613800138003"], "3", "503", "2026-10-01"), ("周九", ["+867146543210"], "", "", "2026-03-05"),
                              ("老伴", ["+8613800138001"], "3", "501", "2026-10-01"), ("陈三", ["+8613800138007"], "4", "", "2026-10-01")])
            imported = [e["body"] for e in box.json("events") if e["kind"] == "person.changed"]
            self.assertEqual([(b["added"], b["updated"]) for b in imported], [(6, 1)])

            # changes of a later list, and what somebody does not agree to any more
            later = "phone;name;room;consent;roles\n13800138001;李明;502;no;volunteer\n13800138002;;;yes;\n"
            dry = box.run("person", "import", "-", "--dry-run", "--json", stdin=later)
            self.assertIn("roles, consent", dry.stdout)
            self.assertIn("501 → 502", dry.stdout)
            done = box.json("person", "import", "-", stdin=later)[-1]
            self.assertEqual(done, {"added": 0, "updated": 2, "unchanged": 0, "errors": 0, "without_consent": 1, "withdrawn": 1, "merged": 0,
                                    "shared": 1, "landlines": 0, "dry_run": False})
            row = box.json("person", "show", before[0]["id"])[0]
            self.assertEqual((row["consent"], row["room"], row["roles"]), (None, "502", ["volunteer"]))

            # one number for everybody who has none
            crowd = "name,phone\n" + "".join(f"无号{c},13800138099\n" for c in "甲乙丙丁戊己")
            done = box.run("person", "import", box.write("crowd.csv", crowd))
            self.assertEqual([line.split(".csv:")[1][0] for line in done.stderr.splitlines()], ["6", "7"])
            self.assertIn("0 added, 0 updated, 4 unchanged, 2 rows with errors", box.run("person", "import", box.dir / "crowd.csv").stdout)

            # a quotation mark that is not closed until the next one, far below
            swallowed = 'phone,name\n13800138101,"甲\n13800138102,乙\n13800138103,"丙"\n13800138104,丁\n'
            done = box.run("person", "import", box.write("q.csv", swallowed))
            self.assertEqual(done.returncode, 65)
            self.assertIn("q.csv:2: a quotation mark opens here", done.stderr)
            for name, data, words in (("x.csv", b"PK\3\4 a workbook", "Excel workbook"), ("h.csv", b"a,b\n1,2\n", "no column phone"),
                                      ("t.csv", b"13800138001,x\n", "no column phone")):
                done = box.run("person", "import", box.write(name, data))
                self.assertEqual((done.returncode, words in done.stderr), (65, True), done.stderr)
            self.assertEqual(box.run("person", "import", "-", "--consent-date", "1.11.", stdin="").returncode, 64)


class There(unittest.TestCase):
    def test_and_back(self):
        """Python's csv reads our export and writes a list; what comes back changes nothing."""
        rows = [["phone", "name", "grid", "building", "unit", "room", "roles", "language", "consent", "consent_date", "expertise", "verify"],
                ["13800138001 07146543210", '王"二" 小,=x', "KS-03", "3", "2", "501", "resident volunteer", "zh", "微信,群\"签\"", "2026-03-05", "", ""],
                ["+447700900123", "=HYPERLINK(1)", "KS", "", "", "", "expert", "en", "", "", "law health", "yes"],
                ["", "无号", "KS-04", "1", "", "", "", "", "", "", "", "no"],
                ["13800138002", "-1", "KS-04", "", "", "", "", "", "y", "", "", ""], ["13800138003", "", "", "", "", "", "", "", "", "", "", ""]]
        with Box() as box, Box() as other:
            for b in box, other:
                b.ok("grid", "import", "-", stdin=b.GRIDS)
            written = io.StringIO()
            csv.writer(written, quoting=csv.QUOTE_ALL).writerows(rows)
            self.assertIn("5 added", box.ok("person", "import", box.write("w.csv", written.getvalue())))
            with_text = box.json("person", "add", "--name", "自己登记的", "--phone", "13800138044")[0]["id"]
            export = box.ok("person", "export")
            read = list(csv.DictReader(io.StringIO(export)))
            self.assertEqual([(r["name"].removeprefix("'"), r["numbers"], r["consent_date"][:10]) for r in read[:2]],
                             [('王"二" 小,=x', "+8613800138001 +867146543210", "2026-03-05"), ("=HYPERLINK(1)", "+447700900123", "")])
            self.assertIn("0 added, 0 updated, 6 unchanged, 0 rows with errors", box.ok("person", "import", box.write("e.csv", export)))
            other.ok("person", "import", other.write("e.csv", export))
            self.assertEqual(other.json("person", "list"), box.json("person", "list"))
            self.assertEqual(other.ok("person", "export"), export)
            again = io.StringIO()
            csv.writer(again, delimiter=";").writerows([list(read[0])] + [list(r.values()) for r in read])
            self.assertIn("0 added, 0 updated, 6 unchanged", box.ok("person", "import", "-", stdin=again.getvalue()))
            self.assertTrue(with_text)

    def test_ten_thousand_rows(self):
        lines = ["phone,name,grid,building,unit,room,roles,language"]
        lines += [f"139{i:08d},居民{i},KS-0{3 + i % 2},{i % 40},{i % 5},{i % 600},resident,zh" for i in range(10000)]
        with Box() as box:
            box.ok("grid", "import", "-", stdin=box.GRIDS)
            begun = time.monotonic()
            self.assertIn("10000 added", box.ok("person", "import", box.write("big.csv", "\n".join(lines)), "--consent", "x"))
            self.assertIn("0 added, 0 updated, 10000 unchanged", box.ok("person", "import", box.dir / "big.csv"))
            self.assertLess(time.monotonic() - begun, 60)  # a second on a quiet machine; guards against quadratic growth
            self.assertEqual(len(box.json("person", "list", "--limit", "7")), 7)


if __name__ == "__main__":
    unittest.main()
