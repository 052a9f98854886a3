"""The bench runs: a few texts each way, yishi alone. What it measures is no matter of tests."""
import json
import os
import subprocess
import sys
import unittest

from harness import BUILD, ROOT, environment


class Bench(unittest.TestCase):
    def bench(self, *options):
        done = subprocess.run([sys.executable, "-B", str(ROOT / "scripts/bench"), str(BUILD), *options], capture_output=True, text=True,
                              env=environment(), cwd=os.path.sep, timeout=300, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_a_quick_run_gives_figures(self):
        words = ("zero", "answer")
        out = self.bench("--quick", "--gateway", "yishi", "--only", ",".join(words), "--json", "-")
        results = json.loads(out[out.index("\n{") + 1:])["results"]
        for word in words:
            self.assertTrue(results[word]["yishi"], word)
        self.assertGreater(results["zero"]["yishi"]["rate"], 0)

    def test_the_list_tells_every_scenario(self):
        out = self.bench("--list")
        for word in ("air", "modems", "silent", "renamed"):
            self.assertIn(f"\n{word} ", "\n" + out)


if __name__ == "__main__":
    unittest.main()
