"""A foreign peer: what `yishi pdu encode` makes, libgammu reads; what libgammu makes, `yishi pdu decode` reads."""
import datetime
import json
import random
import unittest

import gammu

from harness import Tool

# libgammu knows the default alphabet and its extension; it writes ` and other signs as their nearest relative.
GSM = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡§¿ÄÖÑÜäöñüàabcxyzABCXYZ"
EXTENSION = "^{}\\[~]|€"
CHINESE = [(0x4E00, 0x9FA5), (0x3001, 0x3011), (0xFF01, 0xFF5E)]
EMOJI = [(0x1F300, 0x1F5FF), (0x20000, 0x200FF)]


def from_ranges(r, ranges, n):
    return "".join(chr(r.randint(*r.choice(ranges))) for _ in range(n))


def texts(seed, count):
    """Texts of all lengths up to a dozen parts."""
    r = random.Random(seed)
    for i in range(count):
        n = r.choice((1, 5, 69, 70, 71, 134, 135, 159, 160, 161, 306, 307, r.randrange(1, 800)))
        yield (lambda: "".join(r.choice(GSM) for _ in range(n)),
               lambda: "".join(r.choice(GSM + EXTENSION * 3) for _ in range(n)),
               lambda: from_ranges(r, CHINESE, n),
               lambda: from_ranges(r, CHINESE + EMOJI, n))[i % 4]()


class Foreign(unittest.TestCase):
    tool = Tool()

    def lines(self, *args, stdin):
        done = self.tool.run("pdu", *args, "-", stdin=stdin)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_gammu_reads_what_we_encode(self):
        wanted = list(texts(1, 500))
        stdin = "".join(json.dumps(t) + "\n" for t in wanted)
        for reference in (7, 4711):
            answers = self.lines("encode", "--to", "+8613800138000", "--reference", str(reference), "--json-in", stdin=stdin)
            self.assertEqual(len(answers), len(wanted))
            for text, answer in zip(wanted, answers):
                self.check_one(text, answer, reference)

    def check_one(self, text, answer, reference):
        got = ""
        for i, part in enumerate(answer["parts"], 1):
            sms = gammu.DecodePDU(bytes.fromhex(part["pdu"]), True)
            self.assertEqual((sms["Type"], sms["Number"]), ("Submit", "+8613800138000"))
            self.assertEqual(sms["Coding"], {"ucs2": "Unicode_No_Compression", "gsm7": "Default_No_Compression"}[answer["alphabet"]])
            if len(answer["parts"]) > 1:
                udh = sms["UDH"]
                self.assertEqual((udh["PartNumber"], udh["AllParts"]), (i, len(answer["parts"])))
                self.assertEqual(udh["ID16bit"] if reference > 255 else udh["ID8bit"], reference)
            got += sms["Text"].partition("\0")[0]  # libgammu counts an escape pair twice: NUL and rubbish follow
        self.assertEqual(got, text)

    def test_we_read_what_gammu_encodes(self):
        wanted, pdus, owners = list(texts(2, 500)), [], []
        for i, text in enumerate(wanted):
            unicode = any(c not in GSM + EXTENSION for c in text)
            entries = [{"ID": "ConcatenatedTextLong", "Buffer": text}]
            for sms in gammu.EncodeSMS({"Class": -1, "Unicode": unicode, "Entries": entries}):
                sms |= {"Number": "+8613912345678", "SMSC": {"Number": "+8613800100500"}, "Type": "Deliver",
                        "DateTime": datetime.datetime(2026, 11, 20, 15, 0, 0)}
                pdus.append(gammu.EncodePDU(sms, "Deliver").hex().upper())
                owners.append(i)
        parts = [[] for _ in wanted]
        for owner, answer in zip(owners, self.lines("decode", stdin="\n".join(pdus) + "\n")):
            self.assertEqual((answer["type"], answer["number"], answer["smsc"]), ("deliver", "+8613912345678", "+8613800100500"))
            self.assertTrue(answer["scts"].startswith("2026-11-20T15:00:00"), answer["scts"])
            parts[owner].append(answer)
        for text, answers in zip(wanted, parts):
            if len(answers) > 1:
                self.assertEqual([a["part"] for a in answers], list(range(1, len(answers) + 1)))
                self.assertEqual({a["parts"] for a in answers}, {len(answers)})
                self.assertEqual(len({a["concat_ref"] for a in answers}), 1)
            # libgammu may cut a surrogate pair: the halves meet when the parts are joined, not in one part's text
            if not any(ord(c) > 0xFFFF for c in text):
                self.assertEqual("".join(a["text"] for a in answers), text)
            else:
                self.assertEqual("".join(a["text"] for a in answers).replace("\ufffd", ""),
                                 self.without_cut_pairs(text, answers))

    @staticmethod
    def without_cut_pairs(text, answers):
        """The text less the characters that a part's end cut: where one part ends and the next begins in U+FFFD."""
        cut, at = set(), 0
        for a in answers[:-1]:
            at += len(a["text"].encode("utf-16-le")) // 2
            if a["text"].endswith("\ufffd"):
                cut.add(at)
        kept, at = "", 0
        for c in text:
            width = 2 if ord(c) > 0xFFFF else 1
            if width == 1 or at + 1 not in cut:
                kept += c
            at += width
        return kept

    def test_classes_and_senders(self):
        base = {"SMSC": {"Number": "+8613800100500"}, "Text": "12306 {ok}", "Coding": "Default_No_Compression",
                "Type": "Deliver", "Folder": 1, "State": "UnRead"}
        for number in ("10086", "106900001234", "+12025550123", "+8613800138000"):
            for klass in (-1, 0, 1, 2, 3):
                pdu = gammu.EncodePDU(base | {"Number": number, "Class": klass}, "Deliver").hex()
                answer, = self.lines("decode", stdin=pdu + "\n")
                self.assertEqual((answer["number"], answer["text"], answer["class"]),
                                 (number, base["Text"], None if klass < 0 else klass))


if __name__ == "__main__":
    unittest.main()
