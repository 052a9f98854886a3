"""What holds for every verb: help with an example, exit statuses, one-line errors, languages, terminal or not, colour."""
import json
import os
import pty
import re
import select
import sqlite3
import subprocess
import unicodedata
import unittest

from clibox import Box
from harness import BIN, ROOT, Tool, environment


def verbs():
    """Every `noun verb` as `yishi help NOUN` lists them."""
    tool, found = Tool(), []
    nouns = sorted({line.split()[0] for line in tool.ok("help").splitlines() if re.match(r"  [a-z]+ ", line) and "yishi" not in line.split()[0]})
    for noun in nouns:
        for line in tool.ok("help", noun).splitlines():
            if re.match(rf"  {noun}( |$)", line):
                words = re.split(r"  +", line.strip())[0].split()
                found.append([w for w in words if re.fullmatch(r"[a-z][a-z0-9]*", w)])
    return found


def on_terminal(*args, config=None, env=None, answer=None, width=200):
    """Runs yishi on a pseudo-terminal; what it showed, and its exit status."""
    argv = [str(BIN / "yishi")] + (["-c", str(config)] if config else []) + [str(a) for a in args]
    master, slave = pty.openpty()
    variables = environment(TERM="xterm", **(env or {}))
    variables.pop("NO_COLOR", None)
    if env and "NO_COLOR" in env:
        variables["NO_COLOR"] = env["NO_COLOR"]
    done = subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=slave, env=variables, start_new_session=True)
    os.close(slave)
    if answer is not None:
        os.write(master, answer.encode())
    shown = b""
    while True:
        ready, _, _ = select.select([master], [], [], 60)
        try:
            part = os.read(master, 65536) if ready else b""
        except OSError:
            part = b""
        if not part:
            break
        shown += part
    os.close(master)
    return shown.decode("utf-8", "replace"), done.wait(60)


class Help(unittest.TestCase):
    def test_of_every_verb(self):
        """An example whose options exist, and lines of 80 columns in both languages."""
        all_verbs = verbs()
        self.assertGreater(len(all_verbs), 40)
        for words in all_verbs:
            with self.subTest(" ".join(words)):
                english, chinese = (Tool().ok(*words, "--help", env={"LC_ALL": language}) for language in ("en_US.UTF-8", "zh_CN.UTF-8"))
                options, example = english.split("Options:")[1].split("Example:")
                self.assertIn("yishi " + words[0], example)
                known = set(re.findall(r"^  (--[a-z-]+)", options, re.M))
                for line in example.splitlines():
                    if f"yishi {' '.join(words)}" in line:
                        self.assertLessEqual(set(re.findall(r" (--[a-z-]+)", line)), known, line)
                for text in (english, chinese):
                    for line in text.rsplit("\n\n", 1)[0].splitlines():  # examples are typed as they stand
                        wide = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
                        self.assertLessEqual(wide, 80, line)

    def test_help_by_role_in_both_languages(self):
        self.assertIn("For the installer", Tool().ok("help"))
        self.assertLess(len(Tool().ok("help").splitlines()), 80)
        for role in ("secretary", "staff", "installer", "helper"):
            lines = [line for line in Tool().ok("help", role).splitlines() if line.startswith("  ")]
            self.assertGreater(len(lines), 5, role)
            self.assertIn(f"yishi help {role}", Tool().ok("help"))
        chinese = Tool().ok("help", env={"LC_ALL": "zh_CN.UTF-8"})
        self.assertIn("安装维护人员", chinese)
        for line in chinese.splitlines():
            if line.startswith("  ") and not line.startswith("  yishi"):
                self.assertRegex(line, "[\u4e00-\u9fff]", "no Chinese in this line")

    def test_wrong_words(self):
        for args in (("nonsense",), ("case", "nonsense"), ("case",), (), ("help", "nonsense"), ("status", "--nonsense"), ("status", "extra")):
            with self.subTest(args):
                self.assertEqual(Tool().run(*args).returncode, 64)

    def test_version(self):
        self.assertRegex(Tool().ok("--version"), r"^yishi \d+\.\d+")


class Language(unittest.TestCase):
    ASK = ("case", "show", "9")

    def said(self, box, **env):
        base = {"LC_ALL": "", "LANG": "", "LC_MESSAGES": "", "LANGUAGE": ""}  # empty is as good as unset
        return box.run(*self.ASK, env={**base, **env}).stderr

    def test_environment_then_configuration_then_chinese(self):
        with Box() as zh, Box(gateway="language = en") as en:
            self.assertIn("没有 9 号诉求", self.said(zh))
            self.assertIn("there is no case 9", self.said(en))
            self.assertIn("there is no case 9", self.said(zh, LANG="en_US.UTF-8"))
            self.assertIn("没有 9 号诉求", self.said(en, LANG="zh_CN.UTF-8"))
            self.assertIn("没有 9 号诉求", self.said(en, LC_ALL="zh_CN.GB18030", LANG="en_US.UTF-8"))
            self.assertIn("there is no case 9", self.said(en, LANG="C.UTF-8"))

    CHINESE = {"LC_ALL": "zh_CN.UTF-8"}

    def test_libraries_speak_it_too(self):
        with Box() as box:
            def said(*args, **kw):
                return box.run(*args, env=self.CHINESE, **kw)
            self.assertIn("不是重复规则", said("meeting", "series", "add", "--grid", "KS", "--place", "居委会", "--at", "15:00",
                                       "--rrule", "FREQ=BOGUS").stderr)
            rules = box.write("own.rules", "[own/x]\nintent: nonsense\n")
            self.assertIn("没有“nonsense”这个意图", said("rules", "check", "--file", str(rules)).stderr)
            self.assertIn("PDU 在首字节中间就结束了", said("pdu", "decode", "-", stdin="00\n").stdout)
            box.ok("person", "list")
            with sqlite3.connect(box.dir / "yishi.db") as db:
                db.execute("INSERT INTO line_alarm (line, kind, severity, since_utc, on_utc, detail) VALUES ('front', 'lost', 'warning', 1, 1, 'ttyUSB2')")
            self.assertIn("! front：找不到通信模块（ttyUSB2）。请", said("status").stdout)
            (box.dir / "yishi.db").write_bytes(b"no database " * 100)
            self.assertIn("该文件不是数据库", said("case", "list").stderr)
            self.assertIn("没有这个文件", Tool("/nonexistent/yishi.conf").run("case", "list", env=self.CHINESE).stderr)

    def daemon_check(self, config, **env):
        base = {"LC_ALL": "", "LANG": "", "LC_MESSAGES": "", "LANGUAGE": ""}
        return subprocess.run([BIN / "yishid", "-c", config, "--check"], capture_output=True, text=True, timeout=60, check=False,
                              env=environment(**{**base, **env}))

    def test_the_daemon_checks_in_it(self):
        conf = "[gateway]\ndatabase = yishi.db\n"
        with Box() as box:
            path = box.dir / "other.conf"
            path.write_text(conf, encoding="utf-8")
            self.assertIn("收不到也发不出短信", self.daemon_check(path).stderr)
            (box.dir / "yishi.db").symlink_to("unplugged/yishi.db")
            done = self.daemon_check(path)
            self.assertTrue(done.returncode and "指向的文件不存在" in done.stderr, done.stderr)
            (box.dir / "yishi.db").unlink()
            self.assertIn("nothing is received or sent", self.daemon_check(path, LANG="en_US.UTF-8").stderr)
            path.write_text(conf + "language = en\n", encoding="utf-8")
            self.assertIn("nothing is received or sent", self.daemon_check(path).stderr)
            path.write_text(conf + "colour = red\n", encoding="utf-8")
            wrong = self.daemon_check(path)
            self.assertIn(f"{path}:3: [gateway] colour 不是这个小节的键", wrong.stderr)
            self.assertEqual(wrong.returncode, 78)

    def test_json_is_the_same_in_both(self):
        with Box() as box:
            box.ok("case", "new", "--text", "灯坏了", "--category", "lighting")
            self.assertEqual(box.ok("case", "list", "--json", env={"LC_ALL": "zh_CN.UTF-8"}), box.ok("case", "list", "--json"))
            self.assertEqual(box.ok("case", "list", "--csv", env={"LC_ALL": "zh_CN.UTF-8"}), box.ok("case", "list", "--csv"))
            self.assertIn("照明", box.ok("case", "list", env={"LC_ALL": "zh_CN.UTF-8"}))


class Surroundings(unittest.TestCase):
    def test_configuration_and_database(self):
        with Box() as box:
            self.assertEqual(Tool("/nowhere/yishi.conf").run("case", "list").returncode, 78)
            bad = box.write("bad.conf", "[gateway]\nnmae = x\n")
            done = Tool(bad).run("case", "list")
            self.assertEqual(done.returncode, 78)
            self.assertIn("bad.conf:2:", done.stderr)
            self.assertEqual(Tool(bad).run("help").returncode, 0)
            box.write("yishi.db", b"this is no database" * 100)
            self.assertEqual(box.run("case", "list").returncode, 69)
            self.assertEqual(len(box.run("case", "list").stderr.splitlines()), 1)

    def test_clock_variable_without_the_key(self):
        with Box() as box:
            box.write("yishi.conf", (box.dir / "yishi.conf").read_text().replace("test_clock = yes", ""))
            self.assertEqual(box.run("case", "list").returncode, 78)

    def test_config_from_the_environment_and_after_the_verb(self):
        with Box() as box:
            env = {**box.env, "YISHI_CONFIG": box.config}
            self.assertEqual(Tool(env=env).ok("case", "list", "--json"), "")
            self.assertEqual(Tool(env=box.env).ok("case", "list", "-c", box.config), "")

    def test_a_full_disk_is_told(self):
        with Box() as box, open("/dev/full", "wb") as full:
            box.ok("case", "new", "--text", "x")
            done = subprocess.run([str(BIN / "yishi"), "-c", str(box.config), "case", "list"], stdout=full, stderr=subprocess.PIPE,
                                  env=environment(**box.env), check=False)
            self.assertEqual(done.returncode, 74)

    def test_status_without_a_daemon(self):
        with Box() as box:
            done = box.run("status", "--json")
            self.assertEqual(done.returncode, 69)
            self.assertEqual(list(json.loads(done.stdout))[:17], "version uptime clock_ok modems_up modems queue queue_oldest uncertain quarantine "
                             "open_cases overdue next_meeting duty_list_empty alarms disk_free calls_for_help line_alarms".split())
            self.assertTrue(json.loads(done.stdout)["duty_list_empty"])
            self.assertEqual(box.json("modem", "list")[0]["state"], "down")
            self.assertEqual(list(box.json("modem", "list")[0])[:11], "name state imei iccid operator technology signal_dbm storage_used "
                             "storage_size sent received".split())
            self.assertEqual(box.json("modem", "show", "front")[0]["hourly_quota"], 120)
            self.assertEqual(box.run("modem", "show", "back").returncode, 1)


class Terminal(unittest.TestCase):
    def test_colour_and_alignment_only_there(self):
        with Box() as box:
            box.people()
            box.ok("case", "new", "--text", "楼道灯坏了", "--category", "lighting", "--from", "13800138001")
            shown, status = on_terminal("case", "list", config=box.config, env=box.env)
            self.assertEqual(status, 0)
            self.assertIn("\x1b[", shown)
            self.assertNotIn("\x1b[", on_terminal("case", "list", config=box.config, env={**box.env, "NO_COLOR": "1"})[0])
            self.assertNotIn("\x1b[", box.ok("case", "list"))

    def test_wide_characters_keep_columns(self):
        with Box() as box:
            box.people()
            lines = box.ok("person", "list").splitlines()
            import unicodedata
            column = lambda line: sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line[:line.index("KS")])
            self.assertEqual(len({column(line) for line in lines[1:]}), 1)

    def test_fifty_rows_on_a_terminal(self):
        with Box() as box:
            box.ok("person", "import", box.write("p.csv", "phone\n" + "".join(f"139{i:08d}\n" for i in range(60))))
            self.assertEqual(len(on_terminal("person", "list", config=box.config, env=box.env)[0].splitlines()), 51)
            self.assertEqual(len(on_terminal("person", "list", "--limit", "0", config=box.config, env=box.env)[0].splitlines()), 61)
            self.assertEqual(len(box.ok("person", "list").splitlines()), 61)

    def test_the_question_before_a_broadcast(self):
        with Box() as box:
            box.people()
            args = ("broadcast", "new", "--to", "all", "--text", "停水")
            shown, status = on_terminal(*args, config=box.config, env=box.env, answer="n\n")
            self.assertEqual((status, box.json("broadcast", "list")), (1, []))
            self.assertIn("Send it?", shown)
            self.assertEqual(on_terminal(*args, config=box.config, env=box.env, answer="y\n")[1], 0)
            self.assertEqual(on_terminal(*args, "--yes", config=box.config, env=box.env)[1], 0)
            self.assertEqual(len(box.json("broadcast", "list")), 2)

    def test_control_characters_never_reach_it(self):
        with Box() as box:
            box.ok("case", "new", "--text", "灯\x1b]0;x\x07坏\x9b31m了\u202e\r\nX", "--place", "\x1b[2J")
            for args in (("case", "list"), ("case", "show", "1"), ("events",)):
                shown = on_terminal(*args, config=box.config, env={**box.env, "NO_COLOR": "1"})[0]
                self.assertNotRegex(shown, "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]")


class Example(unittest.TestCase):
    def test_the_example_configuration_is_right(self):
        with Box() as box:
            text = (ROOT / "scripts/yishi.conf.example").read_text(encoding="utf-8")
            for name, content in (("as-is", text), ("all-keys", re.sub(r"(?m)^#(?=\[|[a-z_.]+ = )", "", text))):
                content = content.replace("/var/lib/yishi", str(box.dir)).replace("holidays = holidays.txt", "")
                done = Tool(box.write(name + ".conf", content)).run("modem", "list", "--json")
                self.assertEqual((done.returncode, json.loads(done.stdout)["name"]), (0, "front"), done.stderr)


if __name__ == "__main__":
    unittest.main()
