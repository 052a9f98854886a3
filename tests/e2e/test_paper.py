"""The installer's paper in hw/*.md: what it says of modems, alarms and commands is what the programs say."""
import json
import re
import shlex
import subprocess
import unittest

from harness import BIN, ROOT, Site, environment

PAPER = {p.name: p.read_text(encoding="utf-8") for p in sorted((ROOT / "hw").glob("*.md"))}
WORDS = {language: dict(re.findall(r"^alarm\.([a-z0-9.-]+) = (.*)$", (ROOT / f"rules/replies.{language}").read_text(encoding="utf-8"), re.M))
         for language in ("zh", "en")}
WORDS_OF_FAULTS = {language: dict(re.findall(r"^fault\.([a-z.]+) = (.*)$", (ROOT / f"rules/replies.{language}").read_text(encoding="utf-8"), re.M))
                   for language in ("zh", "en")}


def cells(text):
    """Rows of all tables, without their heads."""
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in text.splitlines() if line.startswith("| `")]


class Modems(unittest.TestCase):
    def test_each_usb_id_of_the_rows_is_in_the_list_and_no_other(self):
        rows = {}
        for path in (ROOT / "at_commands/modems").glob("*.modem"):
            keys = dict(re.findall(r"^([a-z_.]+) = (.*)$", path.read_text(encoding="utf-8"), re.M))
            for usb in keys.get("match.usb", "").split():
                rows[usb] = (path.stem, keys.get("at_if", ""))
        listed = {usb.strip("`"): (row, ports) for usb, _, row, ports in cells(PAPER["MODEMS.md"])}
        self.assertGreater(len(rows), 40)
        self.assertEqual({usb: (row, re.sub("[^0-9 ]", "", ports).strip()) for usb, (row, ports) in listed.items()}, rows)
        named = PAPER["MODEMS.md"][PAPER["MODEMS.md"].index("by name only"):].splitlines()[0]
        for path in (ROOT / "at_commands/modems").glob("*.modem"):
            if path.stem not in ("generic", "qualcomm") and path.stem not in {row for row, _ in rows.values()}:
                self.assertIn(path.stem, named)


class Parts(unittest.TestCase):
    def test_each_map_has_its_wiring(self):
        text = PAPER["WIRING.md"]
        maps = {cell.strip() for line in text[text.index("## 9."):text.index("## 10.")].splitlines() if line.startswith("| ")
                for cell in line.split(" | ")[1].split()}
        for path in (ROOT / "hw/cabinets").glob("*.map"):
            self.assertIn(f"`{path.stem}`", maps)


class Faults(unittest.TestCase):
    def test_each_alarm_has_its_row_in_its_own_words(self):
        table = re.search(r"#define ALARM_KINDS\(X\)(.*?)\n\n", (ROOT / "src/daemon/alarm.h").read_text(encoding="utf-8"), re.S)[1]
        keys = re.findall(r'\bX\([A-Z0-9_]+, "([a-z0-9-]+)"', table)
        self.assertGreater(len(keys), 30)
        rows = {re.match(r"`([a-z0-9-]+)`", row[0])[1]: row for row in cells(PAPER["FAULTS.md"].partition("## 6.")[0])}
        for key in keys:
            with self.subTest(key):
                self.assertEqual(rows[key][0], f"`{key}` <br> {WORDS['zh'][key]} <br> {WORDS['en'][key]}")
                self.assertEqual(len(rows[key]), 3)
                self.assertNotEqual(rows[key][2].strip("— "), "")

    def test_each_finding_of_the_acceptance_test_and_each_fault_of_a_sensor_is_there(self):
        source = (ROOT / "src/cli/modem_test_words.c").read_text(encoding="utf-8")
        findings = re.findall(r'\{"([a-z.]+)",\s*(?:WARN|FAIL),', source)
        self.assertGreater(len(findings), 60)
        text = PAPER["FAULTS.md"]
        steps = {row[0].split()[0].strip("`—"): row[1] for row in
                 [line.strip("| ").split(" | ") for line in text[text.index("## 8."):text.index("## 9.")].splitlines() if line.startswith("| ")]}
        for finding in findings:
            with self.subTest(finding):
                step, _, rest = finding.rpartition(".")
                self.assertIn(f"`{rest}`", steps[step])
        codes = re.findall(r'\{"([a-z-]+)", N_', (ROOT / "src/cli/modem_trouble.c").read_text(encoding="utf-8"))
        self.assertGreater(len(codes), 15)
        for code in codes:
            self.assertIn(f"`{code}`", text[text.index("## 9."):])
        for key in (key for key in WORDS_OF_FAULTS["zh"] if not key.endswith(".do")):
            with self.subTest(key):
                self.assertIn(f"| `{key}` <br> {WORDS_OF_FAULTS['zh'][key]} <br> {WORDS_OF_FAULTS['en'][key]} |", text)


class Commands(unittest.TestCase):
    def test_commands_and_options_are_known(self):
        said = set()
        for text in PAPER.values():
            said |= {c.strip() for c in re.findall(r"`((?:yishi|yishid) [^`]*)`", text)}
            said |= {c.split("#")[0].strip() for c in re.findall(r"^    ((?:yishi|yishid) .*)$", text, re.M)}
        self.assertGreater(len(said), 15)
        helps = {}
        for command in sorted(said):
            words = shlex.split(command)
            verb = tuple(words[:1] + [w for w in words[1:3] if re.fullmatch("[a-z]+", w)])
            if verb not in helps:
                path = BIN / verb[0]
                done = subprocess.run([path, *verb[1:], "--help"], capture_output=True, text=True, check=False, env=environment(LC_ALL="C.UTF-8"))
                helps[verb] = done.stdout if done.returncode == 0 else ""
            with self.subTest(command):
                self.assertNotEqual(helps[verb], "")
                for option in (w for w in words if w.startswith("--")):
                    self.assertIn(option, helps[verb])

    def test_the_pages_find_each_other(self):
        for name, text in PAPER.items():
            for target in re.findall(r"\]\(([A-Z-]+\.md)\)", text):
                self.assertIn(target, PAPER, name)
            self.assertLess(max(len(line) for line in text.splitlines() if not line.startswith("|")), 200, name)


class FirstHour(unittest.TestCase):
    """The page is played from the probe to the certificate, on a box without a configuration."""

    def test_from_the_probe_to_the_certificate(self):
        text = PAPER["FIRST-HOUR.md"]
        lines = re.findall(r"^    ((?:yishi|yishid|systemctl) .*?)(?:\s+#.*)?$", text[:text.index("## 6.")], re.M)
        self.assertGreater(len(lines), 7)
        with Site(start=False, profile="quectel-ec2x", number="+8613800138000", report_ms=100) as site:
            site.config.unlink()
            for line in lines:
                words = shlex.split(line)
                with self.subTest(line):
                    if words[0] == "systemctl":
                        site.start()
                        continue
                    if words[1:3] == ["modem", "probe"]:
                        words.append(site.sim.device(0))
                    if words[1:3] == ["modem", "test"]:
                        site.sim.ring("+8613800138001", rings=40, ring_ms=500)
                    argv = [BIN / words[0], "-c", site.config] + [site.dir / w if w.endswith(".html") else w for w in words[1:]]
                    done = subprocess.run(argv, capture_output=True, text=True, check=False, env=environment(**site.env), stdin=subprocess.DEVNULL)
                    self.assertIn(done.returncode, (0, 1) if words[1:3] == ["modem", "test"] else (0,), done.stdout + done.stderr)
                    if "--write" in words:  # only the place of the database is a test's own
                        config = site.config.read_text(encoding="utf-8")
                        site.config.write_text(re.sub("^database = .*", "database = yishi.db", config, flags=re.M), encoding="utf-8")
                    if words[1:3] == ["modem", "test"]:
                        bad = [row for row in site.json("modem", "test", "--show", "last") if row["verdict"] == "fail"]
                        self.assertEqual(bad, [], done.stdout)
            self.assertIn("</html>", (site.dir / "certificate.html").read_text(encoding="utf-8"))


if __name__ == "__main__":
    unittest.main()
