"""The rules from outside: accuracy over the corpora, and the `yishi rules` verbs."""
import importlib.util
import json
import os
import pathlib
import tempfile
import unittest
from importlib.machinery import SourceFileLoader

import harness

CORPUS = harness.ROOT / "tests" / "corpus"
os.environ.setdefault("YISHI_DATA", str(harness.ROOT))


def load_score():
    loader = SourceFileLoader("score", str(CORPUS / "score"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("score", loader))
    loader.exec_module(module)
    return module


score = load_score()
score.program = lambda: str(harness.BIN / "yishi")


class Accuracy(unittest.TestCase):
    def test_all_corpora(self):
        # what was written after the rules may hold what nobody thought of
        floors = {"dev.jsonl": (0.97, 1.0)}
        for path, s in score.scores(sorted(CORPUS.glob("*.jsonl"))):
            with self.subTest(path.name):
                self.check(path.name, s, *floors.get(path.name, (0.95, 0.97)))

    def check(self, name, s, floor, critical_floor):
        critical = s.critical()
        print(f"{name}: all {100 * s.share():.1f} %, critical {100 * s.share(critical):.1f} %")
        for intent, indices in sorted(s.by_intent().items()):
            print(f"    {intent:16} {100 * s.share(indices):5.1f} % of {len(indices)}")
        wrong = [f"{s.lines[i]['id']} {s.lines[i]['text']!r}: {score.show(s.found[i])}" for i in s.wrong()]
        self.assertGreaterEqual(s.share(), floor, "\n".join(wrong))
        self.assertGreaterEqual(s.share(critical), critical_floor, "\n".join(wrong))


class Verbs(unittest.TestCase):
    def setUp(self):
        self.tool = harness.Tool()

    def explain(self, *args, stdin=None):
        done = self.tool.run("rules", "explain", *args, stdin=stdin)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_shape(self):
        answer, = self.explain("1 楼道灯坏了")
        self.assertEqual(list(answer), ["text", "normalized", "intents"])
        self.assertEqual(answer["text"], "1 楼道灯坏了")
        self.assertEqual([i["intent"] for i in answer["intents"]], ["attend", "complaint"])
        for intent in answer["intents"]:
            self.assertEqual(list(intent), ["intent", "rule", "args"])
            self.assertTrue(intent["rule"])
        self.assertEqual(answer["intents"][1]["args"], {"category": "lighting", "place": "楼道", "text": "楼道灯坏了"})

    def test_types_of_arguments(self):
        staff = ["--role", "grid_worker"]
        self.assertEqual(self.explain("核实 23 不属实", *staff)[0]["intents"][0]["args"], {"number": 23, "valid": False})
        self.assertEqual(self.explain("延 23 2", *staff)[0]["intents"][0]["args"], {"number": 23, "days": 2})
        self.assertEqual(self.explain("来3个")[0]["intents"][0]["args"], {"people": 3})
        self.assertEqual(self.explain("签到 0192")[0]["intents"][0]["args"], {"code": "0192"})
        self.assertEqual(self.explain("代 13912345678 报名")[0]["intents"][0]["args"]["for"], "+8613912345678")
        self.assertEqual(self.explain("3", "--asked", "rating")[0]["intents"][0]["args"]["rating"], "fair")
        self.assertEqual(self.explain("三栋漏水")[0]["intents"][0]["args"]["building"], "3")
        self.assertIs(self.explain("匿名举报 有人偷电")[0]["intents"][0]["args"]["anonymous"], True)

    def test_a_line_in_a_line_out(self):
        lines = ["1", "", "退订", "?", "  ", "\x1b[2J", "a\tb"]
        answers = self.explain("-", stdin="\n".join(lines) + "\n")
        self.assertEqual([a["text"] for a in answers], lines)
        self.assertEqual(answers[1]["intents"], [{"intent": "unknown", "rule": "", "args": {}}])

    def test_bytes_that_are_no_text(self):
        done = self.tool.run("rules", "explain", "-", stdin=b"\xff\xfe 1\n2\n")
        self.assertEqual(done.returncode, 0)
        self.assertEqual(len([json.loads(line) for line in done.stdout.splitlines()]), 2)

    def test_misuse(self):
        self.assertEqual(self.tool.run("rules", "explain", "--asked", "weather", "1").returncode, 64)
        self.assertEqual(self.tool.run("rules", "explain", "--role", "king", "1").returncode, 64)

    def test_check_and_list(self):
        done = self.tool.run("rules", "check")
        self.assertEqual(done.returncode, 0, done.stderr)
        rules = [json.loads(line) for line in self.tool.run("rules", "list", "--json").stdout.splitlines()]
        self.assertGreater(len(rules), 100)
        self.assertEqual(sorted(rules, key=lambda r: -r["priority"]), rules)

    def test_a_helper_s_own_file(self):
        with tempfile.TemporaryDirectory() as folder:
            mine = pathlib.Path(folder) / "mine.rules"
            mine.write_text("[mine/tea]\nintent: activity\npriority: 600\npattern: 喝茶\nsample: 喝茶\n", encoding="utf-8")
            self.assertEqual(self.explain("喝茶", "--file", mine)[0]["intents"][0]["rule"], "mine/tea")
            self.assertEqual(self.tool.run("rules", "check", "--file", mine).returncode, 0)
            mine.write_text("[mine/tea]\nintent: activity\npattern: 喝茶\nsample: 喝酒\n", encoding="utf-8")
            wrong = self.tool.run("rules", "check", "--file", mine)
            self.assertEqual(wrong.returncode, 65)
            self.assertIn("mine.rules:4:", wrong.stderr)
            mine.write_text("[mine/tea]\nintent: tea\n", encoding="utf-8")
            broken = self.tool.run("rules", "check", "--file", mine)
            self.assertEqual(broken.returncode, 65)
            self.assertIn("mine.rules:2:", broken.stderr)


if __name__ == "__main__":
    unittest.main()
