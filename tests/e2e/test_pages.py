"""Meetings on paper: each sheet well formed, escaped and complete in both languages; templates of one's own; Mustache against
pystache; sheets counted by a browser where one is installed."""
import json
import pathlib
import random
import re
import shutil
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

from clibox import Box

SHEETS = ["poster", "signin", "agenda", "minutes", "results"]
EVIL = "<script>alert(1)</script>&\"'{{phone}}\u202e翻转\x1b[31m 联系13912345678 "
STREET = "张家和李家为院墙吵架"
PEOPLE = ("phone,name,grid,building,unit,room,roles,language\n"
          "13800138001,王秀英,KS-03,3,2,501,resident,zh\n13800138002,李建国<b>,KS-03,10,1,202,resident,zh\n"
          "13800138003,John Smith,KS-03,3,1,302,resident,en\n13800138009,赵书记,KS,,,,secretary duty_officer,zh\n")


def parsed(page):
    """The page as an element tree: it is XML as well as HTML."""
    if not page.startswith("<!DOCTYPE html>\n"):
        raise AssertionError(page[:80])
    return ElementTree.fromstring(page.split("\n", 1)[1])


def words_of(tree):
    return " ".join("".join(tree.find("body").itertext()).split())


class MeetingBox(Box):
    """Three items, one of them a dispute and one as long and as evil as a text can be."""

    def __init__(self, **kw):
        super().__init__(now="2026-11-18T10:00:00+08:00", **kw)
        self.people(people=PEOPLE)
        self.ok("meeting", "series", "add", "--grid", "KS-03", "--rrule", "FREQ=WEEKLY;BYDAY=FR", "--at", "15:00",
                "--place", "3号议事点")
        for number, (text, category) in enumerate((("3栋楼道灯坏了", "lighting"), (STREET, "dispute"), (EVIL + "很长" * 300, "noise")), 1):
            self.ok("case", "new", "--text", text, "--category", category, "--grid", "KS-03", "--from", "13800138001")
            self.ok("meeting", "agenda", 1, "--add", number)

    def page(self, sheet, *options, meeting="1"):
        return self.ok("meeting", "poster", meeting, "--sheet", sheet, *options)


class Sheets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = box = MeetingBox()
        cls.addClassCleanup(shutil.rmtree, box.dir, True)
        box.ok("meeting", "attend", 1, 13800138001, "--people", 2)
        box.ok("meeting", "attend", 1, 13800138002)
        box.ok("meeting", "attend", 1, 13800138003, "--no")
        cls.before = {(s, lang): box.page(s, "--language", lang) for s in SHEETS[:4] for lang in ("zh", "en")}
        cls.script = {lang: box.page("script", "--language", lang) for lang in ("zh", "en")}
        cls.calendar = box.ok("meeting", "export", "next")
        cls.too_early = box.run("meeting", "poster", "next", "--sheet", "results")
        cls.everybody = box.page("signin", "--everybody", "--full")
        cls.blank = box.page("signin", "--blank")
        cls.a3 = box.page("poster", "--paper", "a3", meeting="next")
        box.set_clock("2026-11-20T15:30:00+08:00")
        box.ok("meeting", "attend", 1, 13800138001, "--here")
        box.ok("meeting", "decide", 1, 1, "adopted", "--who", "陈师傅", "--until", "2026-12-20")
        box.ok("meeting", "decide", 1, 2, "postponed", "--note", "张家不同意")
        box.ok("meeting", "decide", 1, 3, "vote", "--until", "2026-12-05")
        box.ok("meeting", "minutes", 1, "--close")
        box.set_clock("2026-11-20T17:00:00+08:00")
        box.ok("case", "resolve", 1, "--note", "换了灯泡")
        cls.next_agenda = box.page("agenda", "--language", "zh", meeting="next")
        box.ok("meeting", "move", 2, "--at", "2026-11-28 15:00", "--place", "社区花园")
        cls.moved = [box.page(s, "--language", "zh", meeting=2) for s in ("poster", "script")]
        box.write("values.json", box.page("poster", "--values"))
        cls.tried = box.ok("page", "render", box.write("try.html", "{{#items}}{{number}}{{^-}},{{/-}}{{/items}}"), box.dir / "values.json")
        cls.after = {(s, lang): box.page(s, "--language", lang, meeting="last") for s in SHEETS[2:] for lang in ("zh", "en")}

    def pages(self):
        return {**self.before, **{("after",) + k: v for k, v in self.after.items()}, "a3": self.a3, "blank": self.blank,
                "everybody": self.everybody}.items()

    def test_every_page_is_whole_and_harmless(self):
        for key, page in self.pages():
            with self.subTest(key):
                tree = parsed(page)
                self.assertEqual({e.tag for e in tree.iter()} & {"script", "img", "link", "a", "iframe", "form"}, set())
                self.assertNotIn("http", page.replace("http-equiv", ""))
                self.assertIn("default-src 'none'", page)
                self.assertNotIn("{{", words_of(tree).replace("{{phone}}", ""), "a template's tag is left")
                self.assertFalse(re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page))
                self.assertNotIn("13912345678", page, "somebody's number")
                self.assertNotIn("张家", page, "neither names nor addresses of a dispute")
                self.assertEqual(tree.get("lang"), "en" if "en" in key else "zh-CN" if isinstance(key, tuple) else tree.get("lang"))
                style = tree.find("head/style").text
                for rule in ("@page", "A3 portrait" if key == "a3" else "A4 portrait", "line-break: strict", "hanging-punctuation",
                             "Noto Sans CJK SC", "Microsoft YaHei"):
                    self.assertIn(rule, style)

    def test_no_language_is_mixed_up(self):
        for (sheet, lang), page in self.before.items():
            found = set(re.findall("[\u4e00-\u9fff]+", re.sub("<style>.*?</style>", "", page, flags=re.S)))
            if lang == "en":
                ours = "矿山社区 号议事点 栋楼道灯坏了 王秀英 李建国 三网格 翻转 联系 签到".split()
                self.assertEqual([w for w in found if w not in ours and not w.startswith("很长")], [], sheet)

    def test_poster(self):
        words = words_of(parsed(self.before["poster", "zh"]))
        for w in ("矿山社区", "居民议事会", "11月20日 星期五", "下午3:00", "3号议事点", "138 0000 0000", "3栋楼道灯坏了", "纠纷", "alert(1)</script>&",
                  "{{phone}}", "5 1"):
            self.assertIn(w, words)
        self.assertEqual([e.text for e in parsed(self.before["poster", "zh"]).iter("span") if e.get("class") == "key"],
                         list("12") + list("1234567890"))
        for number in "123":
            self.assertIn(f'<td class="n">{number}</td>', self.before["poster", "zh"])
        english = words_of(parsed(self.before["poster", "en"]))
        for w in ("Residents' meeting", "Friday, 20 November", "3:00 pm", "Dispute", "Text one digit"):
            self.assertIn(w.lower(), english.lower())

    def test_sign_in_sheet(self):
        page = self.before["signin", "zh"]
        words = words_of(parsed(page))
        self.assertIn("138****8001", words)
        self.assertNotIn("John", words, "he does not come")
        self.assertIn("2-501", words)
        self.assertRegex(words, "签到 [0-9]{4}")
        self.assertLess(words.index("3栋"), words.index("10栋"), "in the order of the buildings")
        everybody = words_of(parsed(self.everybody))
        self.assertIn("John Smith", everybody)
        self.assertIn("+8613800138001", everybody)
        self.assertNotIn("王秀英", self.blank)
        self.assertGreater(self.blank.count("<tr>"), 20)

    def test_agenda_minutes_and_results(self):
        agenda = words_of(parsed(self.before["agenda", "zh"]))
        for w in ("报名 2 户，不来 1 户", "签到码", "采纳为民生项目", "谁来办", "何时办完", "主持人", "139****5678"):
            self.assertIn(w, agenda)
        self.assertEqual(self.before["agenda", "zh"].count('class="ticked"'), 0)
        self.assertEqual(self.after["agenda", "zh"].count('class="ticked"'), 3)
        self.assertIn("草稿", self.before["minutes", "zh"])
        minutes = words_of(parsed(self.after["minutes", "zh"]))
        self.assertNotIn("草稿", minutes)
        for w in ("2 人（签到 1 户", "决定：采纳", "陈师傅负责", "12月20日前办完", "短信表决（12月5日截止）：正在投票", "3栋 王秀英"):
            self.assertIn(w, minutes)
        self.assertNotIn("8001", minutes)
        results = words_of(parsed(self.after["results", "zh"]))
        for w in ("议事结果公告", "采纳", "陈师傅", "下次再议", "到会 2 人", "138 0000 0000"):
            self.assertIn(w, results)
        self.assertNotIn("王秀英", results)
        self.assertIn("陈师傅 sees to it", words_of(parsed(self.after["results", "en"])))
        self.assertEqual(self.too_early.returncode, 1)
        self.assertIn("meeting minutes 1 --close", self.too_early.stderr)

    def test_what_was_adopted_is_looked_back_at(self):
        words = words_of(parsed(self.next_agenda))
        self.assertIn("回头看：以前采纳的 13栋楼道灯坏了已完成（11月20日）", words)

    def test_a_meeting_that_was_moved_says_where_to(self):
        poster, script = self.moved
        self.assertIn("会议改期", poster)
        self.assertIn("改到11月28日 星期六 下午3:00，社区花园。", words_of(parsed(poster)))
        self.assertIn("原定十一月二十七日，星期五，下午三点的会议改期，改到十一月二十八日，星期六，下午三点。", script)

    def test_values_are_what_a_template_is_tried_with(self):
        self.assertEqual(self.tried, "1,2,3,")

    def test_script_is_read_aloud(self):
        zh, en = self.script["zh"], self.script["en"]
        for w in ("十一月二十日，星期五，下午三点", "三号议事点", "这次商量三件事", "第一件，三栋楼道灯坏了", "幺三八，零零零零，零零零零", "再说一遍"):
            self.assertIn(w, zh)
        for w in ("Friday, November the twentieth, at three o'clock in the afternoon", "three matters", "one three eight, zero zero zero zero"):
            self.assertIn(w, en)
        for text in (zh, en):
            self.assertFalse(re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e<]{2}", text))
            self.assertNotIn("13912345678", text)
        self.assertNotIn("0000", zh)

    def test_calendar_has_the_agenda(self):
        text = self.calendar.replace("\r\n ", "")
        self.assertEqual(text.count("BEGIN:VEVENT"), 1)
        self.assertIn("DTSTART:20261120T070000Z", text)
        self.assertIn("3栋楼道灯坏了", text)
        self.assertNotIn("张家", text)

    def test_refusals(self):
        refuse = lambda *a: (lambda d: (d.returncode, d.stderr))(self.box.run("meeting", "poster", *a))
        for args, status, words in ((("1", "--sheet", "flag"), 64, "no sheet flag"), (("1", "--paper", "a5"), 64, "a4 or a3"),
                                    (("9",), 1, "no meeting 9"), (("1", "--blank"), 64, "--sheet signin"),
                                    (("1", "--output", "/nowhere/x.html"), 73, "/nowhere/x.html")):
            code, said = refuse(*args)
            self.assertEqual((code, words in said), (status, True), said)

    @unittest.skipUnless(shutil.which("chromium"), "chromium is not installed")
    def test_a_browser_prints_it_on_the_sheets_it_should(self):
        for name, page, sheets in (("poster", self.before["poster", "zh"], 1), ("poster", self.before["poster", "en"], 1),
                                   ("a3", self.a3, 1), ("blank", self.blank, 1), ("results", self.after["results", "zh"], 1)):
            html, pdf = self.box.write(f"{name}.html", page), self.box.dir / f"{name}.pdf"
            subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={self.box.dir}/chrome",
                            f"--print-to-pdf={pdf}", html.as_uri()], capture_output=True, timeout=60, check=False)
            content = pdf.read_bytes()
            self.assertEqual(len(re.findall(rb"/Type\s*/Page\b(?!s)", content)), sheets, name)
            width = float(re.search(rb"/MediaBox\s*\[\s*0 0 ([0-9.]+)", content)[1])
            self.assertAlmostEqual(width, 842 if name == "a3" else 595, delta=1)


class OwnTemplates(unittest.TestCase):
    def test_words_and_pages_of_ones_own(self):
        with MeetingBox(gateway="pages = pages") as box:
            (box.dir / "pages").mkdir()
            words = box.write("pages/words.zh", "\ufeff# 我们的\r\nmeeting_name = 板凳会\r\n")
            box.write("pages/results.html~", "{{broken")
            self.assertIn("板凳会", box.page("poster", "--language", "zh"))
            self.assertIn("Residents", box.page("poster", "--language", "en"))
            self.assertEqual([(p["page"], p["file"]) for p in box.json("page", "list") if p["own"]], [("words.zh", str(words))])
            self.assertEqual(box.run("page", "check").returncode, 0)
            page = box.write("pages/poster.html", "<p>{{>meeting_name}}: {{#items}}{{numbr}} {{/items}}</p>\n")
            self.assertEqual(box.page("poster", "--language", "zh"), "<p>板凳会:    </p>\n")
            checked = box.run("page", "check")
            self.assertEqual(checked.returncode, 1)
            self.assertIn(f"{page}:1: {{{{numbr}}}} is on no shipped page", checked.stderr)
            page.write_text("<p>\n{{#items}}</p>\n", encoding="utf-8")
            for done in (box.run("meeting", "poster", 1), box.run("page", "check")):
                self.assertIn(done.returncode, (65, 78))
                self.assertEqual(done.stderr, f"yishi: {page}:2: {{{{#items}}}} is opened here and never closed\n")
            page.unlink()
            words.write_text("meeting_name = {{>nobody}}\n", encoding="utf-8")
            self.assertIn(f"{words}:1: {{{{>nobody}}}}", box.run("page", "check").stderr)


class Foreign(unittest.TestCase):
    """Our templates against python3-pystache, on random templates without what implementations differ in."""
    DATA = {"a": "王<b>\"&'", "n": 3, "zero": 0, "empty": "", "no": False, "yes": True, "nil": None, "o": {"a": "inner", "x": {"y": "deep"}},
            "l": [{"a": "one", "l": ["x", "<"]}, {"n": 5}, {"a": "", "no": True}], "s": ["p", "q&"], "none": []}
    NAMES = ["a", "n", "o.a", "o.x.y", "o.gone.y", "gone", "zero", "empty"]
    SECTIONS = ["l", "o", "o.x", "yes", "no", "nil", "none", "empty", "zero", "gone", "a"]

    def piece(self, r, depth):
        kind = r.randrange(9 if depth < 4 else 5)
        if kind < 2:
            return r.choice(["text ", "{ }", "\n", "  ", "王\n", "\r\n", " | ", "<i>"])
        if kind < 4:
            name = r.choice(self.NAMES)
            return r.choice(["{{%s}}", "{{ %s }}", "{{{%s}}}", "{{& %s }}"]) % name
        if kind == 4:
            return r.choice(["{{! no\n no }}", "{{!.}}", "\n {{! alone }} \n", "\n  {{>leaf}}\n", "{{> leaf}}"])
        name = r.choice(self.SECTIONS)
        body = "".join(self.piece(r, depth + 1) for _ in range(r.randrange(4)))
        if kind == 8:
            return "{{#s}}(%s{{.}}{{{.}}}){{/s}}" % r.choice(["", "\n", " "])
        alone = r.choice(["", "\n", " \n", "\n  "])
        mark = r.choice("##^")
        return f"{alone}{{{{{mark}{name}}}}}{alone}{body}{alone}{{{{/{name}}}}}{alone}"

    def test_random_templates(self):
        try:
            import pystache
        except ImportError:
            self.skipTest("python3-pystache is not installed")
        seed = random.randrange(1 << 32)
        r = random.Random(seed)
        leaf = "[{{a}}\n{{#yes}}\n-{{n}}\n{{/yes}}\n]"
        theirs = pystache.Renderer(partials={"leaf": leaf}, escape=lambda s: s.replace("&", "&amp;").replace("<", "&lt;").replace(
            ">", "&gt;").replace('"', "&quot;").replace("'", "&#x27;"), string_encoding="utf-8", missing_tags="ignore")
        with tempfile.TemporaryDirectory() as folder:
            own, tool = pathlib.Path(folder), Box()
            self.addCleanup(shutil.rmtree, tool.dir, True)
            (tool.dir / "yishi.conf").write_text(f"[gateway]\ndatabase = yishi.db\ntest_clock = yes\npages = {own}\n")
            (own / "leaf").write_text(leaf, encoding="utf-8")
            data = tool.write("data.json", json.dumps(self.DATA))
            for i in range(8):
                # one run for many
                template = "\n".join(f"#{k}\n" + "".join(self.piece(r, 0) for _ in range(6)) + "\n" for k in range(20))
                # pystache leaves a line that holds a tag and blanks behind it
                template = re.sub("[ \t]+(?=\r?\n|$)", "", template)
                file = tool.dir / "t"
                file.write_bytes(template.encode())
                ours = tool.ok("page", "render", file, data, binary=True).decode()
                want = theirs.render(template, self.DATA)
                if ours != want:
                    pairs = [(o, w) for o, w in zip(ours.split("#"), want.split("#")) if o != w]
                    self.fail(f"seed {seed}, template {i}: ours, theirs {pairs[:1]} of\n{template}")


if __name__ == "__main__":
    unittest.main()
