"""`yishi pdu decode` and `encode` as scripts see them, and a second decoder, written from 3GPP TS 23.038 and 23.040
alone, that reads back what `encode` makes: 2,000 texts of every script, default and national alphabets."""
import json
import random
import unittest

from harness import Tool

DEFAULT = ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
           "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà")
TURKISH = ("@£$¥€éùıòÇ\nĞğ\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bŞşßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
           "İABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§çabcdefghijklmnopqrstuvwxyzäöñüà")
PORTUGUESE = ("@£$¥êéúíóç\nÔô\rÁáΔ_ªÇÀ∞^\\€Ó|\x1bÂâÊÉ !\"#º%&'()*+,-./0123456789:;<=>?"
              "ÍABCDEFGHIJKLMNOPQRSTUVWXYZÃÕÚÜ§~abcdefghijklmnopqrstuvwxyzãõ`üà")


def block(base, first, last):
    return "".join(chr(base + i) for i in range(first, last + 1))


def hindi():
    """A.3.6: the Devanagari block in order, with the basic signs in between."""
    b = 0x900
    return (block(b, 1, 3) + block(b, 5, 0xB) + "\n" + block(b, 0xC, 0xD) + "\r" + block(b, 0xE, 0x1A) + "\x1b"
            + block(b, 0x1B, 0x1E) + " !" + block(b, 0x1F, 0x24) + ")(" + block(b, 0x25, 0x26) + "," + chr(b + 0x27) + "."
            + chr(b + 0x28) + "0123456789:;" + block(b, 0x29, 0x2B) + "?" + block(b, 0x2C, 0x39) + block(b, 0x3C, 0x4D)
            + chr(b + 0x50) + "abcdefghijklmnopqrstuvwxyz" + "".join(chr(b + i) for i in (0x72, 0x7B, 0x7C, 0x7E, 0x7F)))


EXTENSION = {0x0A: "\f", 0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[", 0x3D: "~", 0x3E: "]", 0x40: "|", 0x65: "€"}


def hindi_shift():
    digits = block(0x900, 0x64, 0x6F) + block(0x900, 0x51, 0x54) + block(0x900, 0x58, 0x63) + "\u0970\u0971"
    free = [i for i in range(0x19, 0x3B) if i not in (0x1B, 0x28, 0x29, 0x2F)]
    table = dict(enumerate("@£$¥¿\"¤%&'\f*+")) | {0xE: "-", 0xF: "/"} | dict(enumerate("<=>¡^¡_#*", 0x10))
    return EXTENSION | table | dict(zip(free, digits)) | {c: chr(c) for c in range(0x41, 0x5B)}


LOCKING = {0: DEFAULT, 1: TURKISH, 3: PORTUGUESE, 6: hindi()}
SINGLE = {
    0: EXTENSION,
    1: EXTENSION | dict(zip((0x47, 0x49, 0x53, 0x63, 0x67, 0x69, 0x73), "ĞİŞçğış")),
    2: EXTENSION | dict(zip((0x09, 0x41, 0x49, 0x4F, 0x55, 0x61, 0x69, 0x6F, 0x75), "çÁÍÓÚáíóú")),
    3: EXTENSION | dict(zip((5, 9, 0xB, 0xC, 0xE, 0xF, 0x12, 0x13, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1F, 0x41, 0x49, 0x4F, 0x55,
                             0x5B, 0x5C, 0x61, 0x69, 0x6F, 0x75, 0x7B, 0x7C, 0x7F), "êçÔôÁáΦΓΩΠΨΣΘÊÀÍÓÚÃÕÂíóúãõâ")),
    6: hindi_shift(),
}


class Submit:
    """A SUBMIT as the standard lays it out; what is wrong raises."""

    def __init__(self, hexed, length):
        raw = bytes.fromhex(hexed)
        assert raw[0] == 0, "no service centre was given"
        p = raw[1:]
        assert len(p) == length, "the length is that of the TPDU"
        first, digits, self.toa = p[0], p[2], p[3]
        assert first & 3 == 1, "TP-MTI"
        nibbles = "".join(f"{b & 15:x}{b >> 4:x}" for b in p[4:4 + (digits + 1) // 2])
        self.number = nibbles[:digits]
        assert nibbles[digits:] in ("", "f")
        self.report = bool(first & 0x20)
        rest = p[4 + (digits + 1) // 2:]
        assert first & 0x18 == 0, "no validity was asked for"
        self.pid, self.dcs, udl, ud = rest[0], rest[1], rest[2], rest[3:]
        self.elements, header = {}, 0
        if first & 0x40:
            header = ud[0] + 1
            at = 1
            while at < header:
                self.elements[ud[at]] = ud[at + 2:at + 2 + ud[at + 1]]
                at += 2 + ud[at + 1]
            assert at == header
        assert len(ud) <= 140
        if self.dcs == 8:
            assert udl == len(ud)
            self.units = ud[header:]
        else:
            assert self.dcs == 0 and len(ud) == (udl * 7 + 7) // 8
            bits = int.from_bytes(ud, "little")
            skip = -(-header * 8 // 7)
            self.units = self.septets([bits >> 7 * i & 127 for i in range(skip, udl)]).encode("utf-16-be", "surrogatepass")

    def septets(self, septets):
        base = LOCKING[self.elements.get(0x25, b"\0")[0]]
        shift = SINGLE[self.elements.get(0x24, b"\0")[0]]
        text, i = "", 0
        while i < len(septets):
            if septets[i] == 0x1B:
                text += shift[septets[i + 1]]
                i += 1
            else:
                text += base[septets[i]]
            i += 1
        return text

    def place(self):
        if 8 in self.elements:
            e = self.elements[8]
            return e[0] << 8 | e[1], e[3], e[2]
        if 0 in self.elements:
            e = self.elements[0]
            return e[0], e[2], e[1]
        return None, 1, 1


def join(parts):
    """The text of an `encode` line, after checking that its parts are numbered through."""
    submits = [Submit(p["pdu"], p["length"]) for p in parts]
    places = [s.place() for s in submits]
    assert [p[1] for p in places] == list(range(1, len(parts) + 1)), places
    assert len({(p[0], p[2]) for p in places}) == 1 and places[0][2] == len(parts), places
    for s in submits[:-1]:
        s.units.decode("utf-16-be")  # no pair is cut: each part stands alone
    return b"".join(s.units for s in submits).decode("utf-16-be"), submits


SCRIPTS = [(0x20, 0x7E), (0x4E00, 0x9FFF), (0x3041, 0x30FF), (0xAC00, 0xD7A3), (0x400, 0x4FF), (0x5D0, 0x5EA), (0x621, 0x6FF),
           (0x900, 0x97F), (0x980, 0x9FF), (0xE01, 0xE5B), (0x370, 0x3FF), (0xA1, 0x24F), (0x1F300, 0x1F6FF), (0x20000, 0x203FF),
           (0xFF01, 0xFFEE), (0x2010, 0x206F), (0x10000, 0x10FFFD), (1, 0x1F)]


def any_text(r):
    kind = r.randrange(8)
    n = r.choice((0, 1, 10, 70, 71, 160, 161, 300, r.randrange(1200)))
    if kind == 0:
        return "".join(r.choice(DEFAULT.replace("\x1b", "") + "^{}[~]|€\\\f") for _ in range(n))
    if kind == 1:
        return "".join(r.choice(TURKISH.replace("\x1b", "") + "ĞİŞ[]") for _ in range(n))
    if kind == 2:
        return "".join(r.choice(hindi().replace("\x1b", "") + "@०१२।") for _ in range(n))
    ranges = [r.choice(SCRIPTS) for _ in range(r.choice((1, 1, 2, 5)))]
    return "".join(chr(r.randint(*r.choice(ranges))) for _ in range(n))


class Decode(unittest.TestCase):
    tool = Tool()

    def decode(self, *lines, options=(), status=0):
        done = self.tool.run("pdu", "decode", *options, "-", stdin="".join(f"{line}\n" for line in lines))
        self.assertEqual(done.returncode, status, done.stderr)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(len(answers), len(lines))
        return answers

    def test_fields_of_a_deliver(self):
        line = "0891683108100005F0440D91683119325476F8000862110251000023080500030A02014E2D"
        self.assertEqual(self.decode(line), [{
            "type": "deliver", "smsc": "+8613800100500", "number": "+8613912345678", "text": "中", "alphabet": "ucs2",
            "dcs": 8, "pid": 0, "scts": "2026-11-20T15:00:00+08:00", "udh": "0500030a0201", "concat_ref": 10,
            "part": 1, "parts": 2, "class": None, "port": None}])
        self.assertEqual(self.decode(line[18:].lower(), options=["--no-smsc"])[0]["smsc"], None)

    def test_fields_of_a_report_and_a_submit(self):
        report, = self.decode("0006D60D91683119325476F8621102510000236211025100210A46", options=["--incoming"])
        self.assertEqual(report, {"type": "status-report", "smsc": None, "reference": 214, "number": "+8613912345678",
                                  "scts": "2026-11-20T15:00:00+08:00", "done": "2026-11-20T15:00:12-05:00", "status": 70})
        for pdu, validity in (("0031070581 0180F6 00 00 AA 00", 4 * 1440), ("0039070581 0180F6 00 00 62110251000023 00",
                              "2026-11-20T15:00:00+08:00"), ("0021070581 0180F6 00 00 00", None)):
            for way in ([], ["--outgoing"]):
                submit, = self.decode(pdu.replace(" ", ""), options=way)
                self.assertEqual((submit["type"], submit["reference"], submit["number"], submit["validity"],
                                  submit["report_requested"]), ("submit", 7, "10086", validity, True))

    def test_payloads(self):
        head = "0044 0581 0180F6 00 04 62110251000023".replace(" ", "")
        binary, = self.decode(head + "0B06050423F4000001020304")
        self.assertNotIn("text", binary)
        self.assertEqual((binary["data"], binary["alphabet"], binary["port"]), ("01020304", "8bit", 9204))
        flash, = self.decode("0004058101 80F600 10 62110251000023 01 41".replace(" ", ""))
        self.assertEqual((flash["class"], flash["text"], flash["alphabet"]), (0, "A", "gsm7"))
        half, = self.decode("00040581 0180F60008 62110251000023 04 4E2D D83D".replace(" ", ""))
        self.assertEqual(half["text"], "中\ufffd")  # half a pair: its other half is in the next part
        broken, = self.decode("00040581 0180F60008 62001251000023 02 4E2D".replace(" ", ""))
        self.assertEqual((broken["scts"], broken["scts_raw"], broken["text"]), (None, "62001251000023", "中"))

    def test_bad_lines_are_told_and_passed(self):
        good = "00040581" "0180F60000621102510000230141"
        answers = self.decode("", good, "zz", good[:-2], "  " + good + " \r", good + "00", status=65)
        self.assertEqual(["error" in a for a in answers], [True, False, True, True, False, True])
        self.assertEqual(self.decode(good, status=0)[0]["text"], "A")
        self.assertEqual(self.decode(), [])
        self.assertEqual(self.decode(good, options=["--outgoing"], status=65)[0].keys(), {"error"})
        for bad in (["pdu", "decode"], ["pdu", "decode", "--incoming", "--outgoing", "-"], ["pdu", "decode", "--what", "-"]):
            self.assertEqual(self.tool.run(*bad).returncode, 64)
        self.assertEqual(self.tool.run("pdu", "decode", "/nowhere/at/all").returncode, 66)

    def test_a_national_text(self):
        # Turkish locking and single shift: header, fill bits, text
        made = self.tool.run("pdu", "encode", "--to", "10086", "--language", "tr", "-", stdin="ş" * 100 + "\n").stdout
        pdu = json.loads(made)["parts"][0]["pdu"]
        decoded, = self.decode(pdu)
        self.assertEqual(decoded["text"], "ş" * 100)


class Encode(unittest.TestCase):
    tool = Tool()

    def encode(self, texts, *options, status=0, to="+8613800138000"):
        lines = "".join(json.dumps(t, ensure_ascii=bool(i % 2)) + "\n" for i, t in enumerate(texts))
        done = self.tool.run("pdu", "encode", "--to", to, *options, "--json-in", "-", stdin=lines)
        self.assertEqual(done.returncode, status, done.stderr)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(len(answers), len(texts))
        return answers

    def test_2000_texts_are_read_by_another_decoder(self):
        seed = 20261122
        r = random.Random(seed)
        texts = [any_text(r) for _ in range(2000)]
        for options in ([], ["--language", "tr,es,pt,hi", "--reference", "77"], ["--alphabet", "ucs2", "--reference", "40000"]):
            for text, answer in zip(texts, self.encode(texts, *options)):
                back, submits = join(answer["parts"])
                self.assertEqual(back, text, f"seed {seed}, {options}")
                self.assertEqual(answer["alphabet"], "ucs2" if submits[0].dcs == 8 else "gsm7")
                if len(submits) > 1:
                    self.assertEqual(submits[0].place()[0], int(options[-1]) if "--reference" in options else 0)

    def test_a_language_saves_parts_or_is_not_used(self):
        r = random.Random(7)
        texts = [any_text(r) for _ in range(400)]
        used = 0
        for plain, national in zip(self.encode(texts), self.encode(texts, "--language", "tr,pt,hi")):
            submits = join(national["parts"])[1]
            if submits[0].elements.keys() & {0x24, 0x25}:
                used += 1
                self.assertLess(len(national["parts"]), len(plain["parts"]))
            else:
                self.assertEqual(len(national["parts"]), len(plain["parts"]))
        self.assertGreater(used, 20)

    def test_numbers_and_flags(self):
        for to, toa, digits in (("+8613800138000", 0x91, "8613800138000"), ("13800138000", 0x91, "8613800138000"),
                                ("0086 138 0013 8000", 0x91, "8613800138000"), ("10086", 0x81, "10086"),
                                ("+12025550123", 0x91, "12025550123")):
            submit = join(self.encode(["x"], to=to)[0]["parts"])[1][0]
            self.assertEqual((submit.toa, submit.number, submit.report), (toa, digits, False))
        self.assertTrue(join(self.encode(["x"], "--report")[0]["parts"])[1][0].report)

    def test_plain_lines(self):
        done = self.tool.run("pdu", "encode", "--to", "10086", "-", stdin="周五 \"15:00\"\r\n\nlast".encode())
        self.assertEqual(done.returncode, 0)
        self.assertEqual([join(json.loads(line)["parts"])[0] for line in done.stdout.splitlines()],
                         ["周五 \"15:00\"", "", "last"])
        bad = self.tool.run("pdu", "encode", "--to", "10086", "-", stdin=b"\xff\xfe\nok\n")
        self.assertEqual(bad.returncode, 65)
        self.assertEqual(["error" in json.loads(line) for line in bad.stdout.splitlines()], [True, False])

    def test_what_cannot_be_said(self):
        self.assertIn("error", self.encode(["好"], "--alphabet", "gsm7", status=65)[0])
        self.assertIn("error", self.encode(["a" * 39016], status=65)[0])
        self.assertEqual(len(self.encode(["a" * 39015])[0]["parts"]), 255)
        for args in (["-"], ["--to", "社区", "-"], ["--to", "10086", "--alphabet", "gbk", "-"], ["--to", "10086", "--language", "zh", "-"],
                     ["--to", "10086", "--reference", "65536", "-"], ["--to", "10086", "--reference", "-1", "-"], ["--to", "10086"]):
            self.assertEqual(self.tool.run("pdu", "encode", *args, stdin="x\n").returncode, 64, args)
        self.assertEqual(self.tool.run("pdu", "encode", "--to", "10086", "--json-in", "-", stdin="{\n").returncode, 65)


if __name__ == "__main__":
    unittest.main()
