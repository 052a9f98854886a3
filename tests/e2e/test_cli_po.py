"""The Chinese catalogue is complete: every message of the sources is in it, translated, with the same placeholders."""
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PO = ROOT / "src/po/zh_CN.po"
SOURCES = sorted((ROOT / "src/cli").glob("*.c")) + [ROOT / "src/store/broadcast_audience.c", ROOT / "src/base/event_kinds.h"]
# X:4 are the sentences of the table of events
XGETTEXT = ["xgettext", "-L", "C", "--from-code=UTF-8", "-k_", "-kN_", "-kX:4", "-kngettext:1,2", "--no-wrap", "--no-location"]


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
        with tempfile.TemporaryDirectory() as folder:
            pot = pathlib.Path(folder) / "yishi.pot"
            subprocess.run(XGETTEXT + ["-o", str(pot)] + [str(s) for s in SOURCES], check=True, capture_output=True)
            cls.wanted = entries(pot.read_text(encoding="utf-8"))
        cls.have = entries(PO.read_text(encoding="utf-8"))

    def test_sources_have_messages(self):
        self.assertGreater(len(self.wanted), 300)

    def test_nothing_is_missing(self):
        self.assertEqual([m for m in self.wanted if m not in self.have], [])

    def test_nothing_is_untranslated_or_fuzzy(self):
        bad = [m for m, (strings, flags) in self.have.items() if m in self.wanted and ("fuzzy" in flags or not all(strings))]
        self.assertEqual(bad, [])

    def test_placeholders_agree(self):
        placeholder = re.compile(r"%(?:\.\d+|\.\*)?(?:ll|l|z)?[a-z]")
        for message, (strings, _) in self.have.items():
            for s in strings:
                self.assertEqual(placeholder.findall(message), placeholder.findall(s), message)

    def test_the_catalogue_compiles(self):
        subprocess.run(["msgfmt", "--check", "-o", "/dev/null", str(PO)], check=True, capture_output=True)


if __name__ == "__main__":
    unittest.main()
