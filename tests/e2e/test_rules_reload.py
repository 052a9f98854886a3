"""Rules and reply texts are data: edited while the daemon runs, and never the worse for a mistake."""
import pathlib
import shutil
import signal
import tempfile
import unittest

from harness import ROOT, wait_for
from town import MONDAY, Town, case_number, resident


class Reload(unittest.TestCase):
    def setUp(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="yishi-data-"))
        self.addCleanup(shutil.rmtree, folder, True)
        self.data = folder / "data"
        self.data.mkdir()
        shutil.copytree(ROOT / "rules", self.data / "rules")
        (self.data / "at_commands").mkdir()
        shutil.copytree(ROOT / "at_commands" / "modems", self.data / "at_commands" / "modems")
        self.own = folder / "own.rules"
        self.own.write_text("# rules of this place\n", encoding="utf-8")
        self.town = Town(now=MONDAY, extra_config=f"\n[rules]\nfiles = {self.own}\n")
        self.town.env["YISHI_DATA"] = self.data
        self.town.__enter__()
        self.addCleanup(self.town.__exit__, None, None, None)
        self.town.series()

    def edit(self, path, text):
        """As an editor does: a new file takes the old one's place."""
        part = path.with_suffix(".part")
        part.write_text(text, encoding="utf-8")
        part.replace(path)

    def hang_up(self):
        self.town.daemon.send_signal(signal.SIGHUP)

    def eventually(self, number, text, wanted):
        """Reloading takes its moment: asks again until the answer is as wanted."""
        last = []

        def right():
            self.town.later(minutes=2)
            last.append(self.town.say(number, text))
            return wanted(last[-1])
        wait_for(right, f"{text!r} is answered otherwise; last: {last[-1:]}")
        return last[-1]

    def rejections(self):
        return [e["body"] for e in self.town.events("rule.rejected")]

    WHEN = "[own/when]\nintent: agenda\npriority: 950\npattern: ^咕噜{}$\nsample: 咕噜{}\n"

    def test_a_reply_text(self):
        path = self.data / "rules" / "replies.zh"
        texts = path.read_text(encoding="utf-8")
        self.assertIn("不客气", self.town.say(resident(1), "谢谢"))
        self.edit(path, texts.replace("thanks = 不客气", "thanks = 甭客气"))
        self.hang_up()
        for i in range(2, 40):  # one courtesy a day for each
            reply = self.town.say(resident(i), "谢谢")
            if "甭客气" in reply:
                break
        self.assertIn("甭客气", reply)

    def test_a_bad_reply_text_keeps_the_old_ones(self):
        path = self.data / "rules" / "replies.zh"
        texts = path.read_text(encoding="utf-8")
        broken = texts.replace("thanks = 不客气", "thanks = {nobody knows this}甭客气")
        line = broken[:broken.index("{nobody")].count("\n") + 1
        self.edit(path, broken)
        self.hang_up()
        body = wait_for(self.rejections, "the file is refused")[-1]
        self.assertTrue(body["file"].endswith("replies.zh"), body)
        self.assertEqual(body["line"], line, body)
        self.assertIn("不客气", self.town.say(resident(1), "谢谢"))

    def test_a_rule_of_ones_own(self):
        who = resident(3)
        case_number(self.town.say(who, "咕噜阿嘎"))  # nobody knows what that is
        self.edit(self.own, self.WHEN.format("阿嘎", "阿嘎"))
        self.hang_up()
        self.eventually(who, "咕噜阿嘎", lambda reply: "1月12日" in reply)

    def test_a_bad_rule_keeps_the_old_ones_and_says_where(self):
        who = resident(4)
        self.edit(self.own, self.WHEN.format("哇啦", "哇啦"))
        self.hang_up()
        self.eventually(who, "咕噜哇啦", lambda reply: "1月12日" in reply)
        for text, line in (("[own/x]\nintent: complaint\npattern: 咕(噜\n", 3), ("[own/x]\nintent: nonsense\n", 2),
                           ("[own/x]\nintent: complaint\nwhatever: 1\n", 3), ("no section\n", 1)):
            with self.subTest(text):
                before = len(self.rejections())
                self.edit(self.own, text)
                self.hang_up()
                body = wait_for(lambda: self.rejections()[before:], "the file is refused")[-1]
                self.assertTrue(body["file"].endswith("own.rules"), body)
                self.assertEqual(body["line"], line, body)
                self.assertRegex(body["reason"], "[一-龥]", "secretaries read it in the site's language")
                self.town.later(minutes=2)
                self.assertIn("1月12日", self.town.say(resident(5), "咕噜哇啦"), "the old rules are in force")
                self.assertIn(f"own.rules:{line}", self.town.log())
        self.edit(self.own, self.WHEN.format("唧唧", "唧唧"))
        self.hang_up()
        self.eventually(who, "咕噜唧唧", lambda reply: "1月12日" in reply)

    def test_texts_while_it_reloads(self):
        for i in range(10):
            self.edit(self.own, self.WHEN.format(f"{i}", f"{i}"))
            self.hang_up()
            self.assertTrue(self.town.say(resident(6), "7"))
        self.assertEqual(self.rejections(), [])

    def test_it_does_not_start_on_a_bad_file(self):
        self.town.kill(signal.SIGTERM)
        self.own.write_text("[own/x]\nintent: nonsense\n", encoding="utf-8")
        self.town.start(ready=False)
        self.assertEqual(self.town.daemon.wait(60), 78)
        self.town.daemon = None
        self.assertIn("own.rules:2", self.town.log())


if __name__ == "__main__":
    unittest.main()
