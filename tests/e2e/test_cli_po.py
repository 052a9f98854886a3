"""The Chinese catalogue is complete: every message of the sources is in it, translated, with the same placeholders."""
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PO = ROOT / "src/po/zh_CN.po"
FOLDERS = ["src/base", "at_commands", "src/sms", "rules", "hw", "src/civic", "src/page", "src/store", "src/cli", "src/daemon", "src/manual"]
SOURCES = sorted(f for folder in FOLDERS for f in (ROOT / folder).glob("*.[ch]")) + [ROOT / "src/simmodem/options.c"]
XGETTEXT = ["xgettext", "-L", "C", "--from-code=UTF-8", "--no-wrap", "--no-location"]
# Every function that translates a sentence which it is given, by the place of that argument.
KEYWORDS = ["_", "N_", "gettext", "ngettext:1,2", "err_set:4", "warn:1", "refuse:2"]
SPECIAL = {
    "src/base/event_kinds.h": ["X:4"],  # the sentences of the table of events
    "src/base/metric_kinds.h": ["X:5"],  # … and of measurements
    "at_commands/error_table.c": ["CMS:3"],  # what a text can be refused with
    "src/base/config.c": ["fail:2"],
    "at_commands/modem_files.c": ["fail:3"],
    "hw/cabinet.c": ["wrong:5"],
    "hw/map_files.c": ["fail:3"],
    "src/sms/tpdu_decode.c": ["bad:2", "take:3", "take_octet:3", "take_time:3"],
    "rules/rule_file.c": ["FAIL:2"],
}


def sentences(sources, keywords):
    """What xgettext finds; formats such as "%s: %s" have nothing to translate."""
    with tempfile.TemporaryDirectory() as folder:
        pot = pathlib.Path(folder) / "yishi.pot"
        subprocess.run(XGETTEXT + ["-k" + k for k in keywords] + ["--force-po", "-o", str(pot)] + [str(s) for s in sources],
                       check=True, capture_output=True)
        found = entries(pot.read_text(encoding="utf-8"))
    return {m: v for m, v in found.items() if re.search("[A-Za-z]", PLACEHOLDER.sub("", m.replace("\\n", "")))}


PLACEHOLDER = re.compile(r"%(?:[-+ 0]*)(?:\d+|\*)?(?:\.\d+|\.\*)?(?:ll|l|z)?[a-z]")


def entries(text):
    """msgid → (list of msgstr, flags); obsolete entries are left out."""
    found = {}
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if not line.startswith("#~")]
        flags = " ".join(line for line in lines if line.startswith("#,"))
        key, strings, into = None, [], None
        for line in lines:
            start = re.match(r'(msgid|msgid_plural|msgstr(?:\[\d\])?) "(.*)"$', line)
            if start:
                into = start.group(1)
                if into == "msgid":
                    key = start.group(2)
                elif into.startswith("msgstr"):
                    strings.append(start.group(2))
            elif line.startswith('"') and into:
                if into == "msgid":
                    key += line[1:-1]
                elif into.startswith("msgstr"):
                    strings[-1] += line[1:-1]
        if key:
            found[key] = (strings, flags)
    return found


@unittest.skipUnless(shutil.which("xgettext"), "gettext is not installed")
class Catalogue(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.wanted = sentences(SOURCES, KEYWORDS)
        for name, keywords in SPECIAL.items():
            cls.wanted.update(sentences([ROOT / name], keywords))
        cls.have = entries(PO.read_text(encoding="utf-8"))

    def test_sources_have_messages(self):
        self.assertGreater(len(self.wanted), 600)

    def test_each_folder_is_read(self):
        for sentence in ("is not UTF-8 text; save the file as UTF-8", "[%s] %s is set twice; keep one", "not hexadecimal",
                         "the message reference", "there is no intent '%s'", "has no [modem NAME] with keys", "write yes or no",
                         "cannot be opened: %s", "no data folder; set $YISHI_DATA", "has ]] without [["):
            self.assertIn(sentence, self.wanted)

    def test_nothing_is_missing(self):
        self.assertEqual([m for m in self.wanted if m not in self.have], [])

    def test_nothing_is_untranslated_or_fuzzy(self):
        bad = [m for m, (strings, flags) in self.have.items() if m in self.wanted and ("fuzzy" in flags or not all(strings))]
        self.assertEqual(bad, [])

    def test_placeholders_agree(self):
        for message, (strings, _) in self.have.items():
            for s in strings:
                self.assertEqual(PLACEHOLDER.findall(message), PLACEHOLDER.findall(s), message)

    def test_the_catalogue_compiles(self):
        subprocess.run(["msgfmt", "--check", "-o", "/dev/null", str(PO)], check=True, capture_output=True)


class Signs(unittest.TestCase):
    """Chinese sentences have full-width signs. What a machine reads keeps its own: columns, rtu:串口,9600,8N1, patterns."""

    FILES = [PO, ROOT / "rules/replies.zh", ROOT / "scripts/yishi.conf.example", *(ROOT / "hw").glob("*.md"), *(ROOT / "hw/cabinets").glob("*.map"),
             *(ROOT / "src/page/templates").iterdir(), *(ROOT / "src/manual/pages").glob("*.zh"), *(ROOT / "at_commands/modems").glob("*.modem")]
    MACHINES = re.compile(r"^(?:define|pattern:|unless:|words|msgid|\.BI|#balance_pattern) .*$|\[sensor .*$|(?:[\w/ ]+,){2,}[\w/ ]+|\[,[\u4e00-\u9fff]+|\d \w+/\w+(?:, \d \w+/\w+)+", re.M)
    HALF = re.compile(r"[\u4e00-\u9fff](?:[,;()?!]|:(?=\s*(?:[A-Za-z%{`]|$)))|[,;(][\u4e00-\u9fff]", re.M)

    def test_chinese_sentences_have_full_width_signs(self):
        self.assertEqual(len(self.HALF.findall("错,就(这样)吗?对;错: %s")), 6)
        for path in self.FILES:
            text = self.MACHINES.sub("", path.read_text(encoding="utf-8"))
            self.assertEqual([line for line in text.splitlines() if self.HALF.search(line)], [], path.name)


if __name__ == "__main__":
    unittest.main()
