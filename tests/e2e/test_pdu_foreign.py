"""PDUs from other implementations' test suites, and one for every position of the national tables, every coding
scheme and every kind of validity, with the fields that they must give: foreign_pdus.jsonl beside this file."""
import json
import os
import subprocess
import unittest

from harness import BUILD

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "foreign_pdus.jsonl")


def rows():
    with open(TABLE, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def decode(pdus, options=()):
    return subprocess.run([str(BUILD / "bin" / "yishi"), "pdu", "decode", *options, "-"], input="\n".join(pdus) + "\n",
                          capture_output=True, text=True, encoding="utf-8", timeout=120)


class ForeignPdus(unittest.TestCase):
    def compare(self, options):
        table = [r for r in rows() if r.get("options", []) == options]
        self.assertTrue(table)
        done = decode([r["pdu"] for r in table], options)
        answers = [json.loads(line) for line in done.stdout.split("\n")[:-1]]
        self.assertEqual(len(answers), len(table))
        for row, answer in zip(table, answers):
            with self.subTest(source=row["source"], pdu=row["pdu"]):
                if row.get("error"):
                    self.assertEqual(list(answer), ["error"])
                else:
                    self.assertEqual({k: answer.get(k, "absent") for k in row["expect"]}, row["expect"])
        self.assertEqual(done.returncode, 65 if any(r.get("error") for r in table) else 0)

    def test_with_the_service_centre(self):
        self.compare([])

    def test_without_the_service_centre(self):
        self.compare(["--no-smsc"])

    def test_lower_case_blanks_and_line_ends_do_not_matter(self):
        good = [r for r in rows() if "expect" in r and "options" not in r][::7]
        done = decode([" " + r["pdu"].lower() + "\t\r" for r in good])
        self.assertEqual(done.returncode, 0)
        for row, line in zip(good, done.stdout.split("\n")):
            answer = json.loads(line)
            self.assertEqual({k: answer.get(k, "absent") for k in row["expect"]}, row["expect"])

    def test_every_line_has_its_answer(self):
        good = rows()[0]["pdu"]
        lines = ["", "zz", "0" * 10000, "A" * (1 << 20), good, "\0", "0", " "]
        done = decode(lines)
        answers = [json.loads(line) for line in done.stdout.split("\n")[:-1]]
        self.assertEqual(["error" in a for a in answers], [True] * 4 + [False] + [True] * 3)
        self.assertEqual(done.returncode, 65)


if __name__ == "__main__":
    unittest.main()
