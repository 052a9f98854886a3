"""A second emulated modem, written from 3GPP TS 27.005 alone and sharing nothing with yishi-simmodem: what one of them
believes wrongly, the other shows. It knows few commands, answers ERROR to all others, and can be made nasty by a seed.
"""
import os
import pty
import random
import re
import select
import threading
import time
import tty

GSM = ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
       "¿abcdefghijklmnopqrstuvwxyzäöñüà")


def swap(digits):
    digits += "F" if len(digits) % 2 else ""
    return "".join(digits[i + 1] + digits[i] for i in range(0, len(digits), 2))


def address(number):
    digits = number.lstrip("+")
    return f"{len(digits):02X}{'91' if number.startswith('+') else '81'}{swap(digits)}"


def stamp(t):
    when = time.gmtime(t + 8 * 3600)
    return swap(time.strftime("%y%m%d%H%M%S", when)) + "23"  # +8 h = 32 quarters


def deliver(number, text, t, concat=None):
    """A DELIVER in UCS-2; `concat` is (reference, parts, part)."""
    body = text.encode("utf-16-be")
    udh = bytes([5, 0, 3, concat[0], concat[1], concat[2]]) if concat else b""
    first = "44" if concat else "04"
    return f"00{first}{address(number)}0008{stamp(t)}{len(udh + body):02X}{(udh + body).hex().upper()}"


def read_submit(pdu):
    """{number, text, udh, length} of a SUBMIT with its SMSC part; raises when it is none."""
    raw = bytes.fromhex(pdu)
    smsc = raw[0]
    p = 1 + smsc
    first = raw[p]
    assert first & 3 == 1, "no SUBMIT"
    digits, kind = raw[p + 2], raw[p + 3]
    count = (digits + 1) // 2
    number = "".join(f"{b & 15:X}{b >> 4:X}" for b in raw[p + 4:p + 4 + count])[:digits]
    number = ("+" if kind & 0x70 == 0x10 else "") + number
    p += 4 + count
    dcs = raw[p + 1]
    p += 2 + {0: 0, 1: 7, 2: 1, 3: 7}[first >> 3 & 3]
    udl, ud = raw[p], raw[p + 1:]
    skip = ud[0] + 1 if first & 0x40 else 0
    if dcs & 0x0C == 8:
        assert udl == len(ud), "TP-UDL lies"
        text = ud[skip:].decode("utf-16-be", "surrogatepass")
    else:
        bits = "".join(f"{b:08b}"[::-1] for b in ud)
        septets = [int(bits[i * 7:i * 7 + 7][::-1], 2) for i in range(udl)]
        text = "".join(GSM[s] for s in septets[(skip * 8 + 6) // 7:])
    return {"number": number, "text": text, "udh": ud[:skip].hex(), "length": len(raw) - 1 - smsc, "mr": None, "report": bool(first & 0x20)}


def status_report(number, mr, t, status=0):
    """A STATUS-REPORT: the centre got the text at `t`, and it arrived three seconds later."""
    return f"0006{mr:02X}{address(number)}{stamp(t)}{stamp(t + 3)}{status:02X}"


class ForeignModem:
    def __init__(self, slots=10, seed=1, nasty=0.0, echo=True, line_end="\r\n", first_index=1, link=None):
        self.slots, self.random, self.nasty = {}, random.Random(seed), nasty
        self.size, self.echo, self.end, self.first = slots, echo, line_end, first_index
        self.reports, self.reported = [], 0
        self.caller, self.rings, self.next_ring, self.rejected = None, 0, 0, 0
        self.network, self.sent, self.deleted, self.lost_cmti, self.errors = [], [], 0, 0, 0
        self.pdu_mode, self.cnmi, self.cmee, self.mr = False, [0, 0, 0, 0, 0], 0, 0
        self.prompt_length, self.input = None, b""
        self.lock, self.running = threading.RLock(), True
        self.master, slave = pty.openpty()
        tty.setraw(slave)
        self.path, self.keep = os.ttyname(slave), slave
        if link:
            os.symlink(self.path, link)
            self.path = link
        self.thread = threading.Thread(target=self.loop, daemon=True)
        self.thread.start()

    def stop(self):
        self.running = False
        self.thread.join(10)
        os.close(self.master)
        os.close(self.keep)

    # ---- the network's side
    def receive(self, number, text, t=None, concat=None):
        with self.lock:
            self.network.append(deliver(number, text, t if t is not None else time.time(), concat))

    def drained(self):
        with self.lock:
            return not self.network and not self.slots

    def refuses(self, weight=1.0):
        """Only while texts come in: one that is refused again and again waits for minutes."""
        return bool(self.network or self.slots) and self.chance(weight)

    def chance(self, weight=1.0):
        return self.random.random() < self.nasty * weight

    def arrive(self):
        while self.network and len(self.slots) < self.size:
            index = next(i for i in range(self.first, self.first + self.size) if i not in self.slots)
            self.slots[index] = [0, self.network.pop(0)]
            if self.cnmi[1] == 1:
                if self.chance():
                    self.lost_cmti += 1
                else:
                    self.say(f'+CMTI: "SM",{index}')

    def ring(self, number, rings):
        """Somebody rings; this modem has no +CLIP, but says who when it is asked."""
        with self.lock:
            self.caller, self.rings, self.next_ring = number, rings, time.time()

    def ringing(self):
        if self.caller is None or time.time() < self.next_ring:
            return
        if self.rings == 0:
            self.caller = None
            return self.say("NO CARRIER")
        self.rings, self.next_ring = self.rings - 1, time.time() + 1
        self.say("RING")

    def report(self):
        """Reports come in any order, in the national form as well, now and then twice."""
        now = time.time()
        for due in [r for r in self.reports if r[0] <= now]:
            self.reports.remove(due)
            self.write(f"{self.end}+CDS: {len(due[1]) // 2 - 1}{self.end}{due[1]}{self.end}")
            self.reported += 1

    def delete(self, indices):
        """A line of several stops at the first that fails; those before it are free, and at once the next text is there."""
        for index in indices:
            if self.chance(0.5):
                self.arrive()
                return self.fail(320)
            if self.slots.pop(index, None):
                self.deleted += 1
        return self.say("OK")

    # ---- the line
    def loop(self):
        while self.running:
            ready, _, _ = select.select([self.master], [], [], 0.01)
            with self.lock:
                if ready:
                    try:
                        self.input += os.read(self.master, 4096)
                    except OSError:
                        pass
                    self.take()
                if self.prompt_length is None:
                    self.arrive()
                    self.report()
                    self.ringing()

    def write(self, text):
        data = text.encode("latin-1")
        step = 3 if self.chance() else len(data)
        for i in range(0, len(data), max(1, step)):
            os.write(self.master, data[i:i + step])

    def say(self, *lines):
        for line in lines:
            self.write(f"{self.end}{line}{self.end}")

    def fail(self, code):
        self.errors += 1
        self.say(f"+CMS ERROR: {code}" if self.cmee == 1 else "ERROR")

    def take(self):
        while self.input:
            if self.prompt_length is not None:
                escape, end = self.input.find(b"\x1b"), self.input.find(b"\x1a")
                if escape >= 0 and (end < 0 or escape < end):
                    self.input, self.prompt_length = self.input[escape + 1:], None
                    self.say("OK")
                elif end >= 0:
                    pdu, self.input = self.input[:end].decode("latin-1").strip(), self.input[end + 1:]
                    self.submit(pdu)
                else:
                    return
                continue
            if self.input[0] in b"\x1b\x1a\n":
                self.input = self.input[1:]
                continue
            end = self.input.find(b"\r")
            if end < 0:
                return
            line, self.input = self.input[:end].decode("latin-1"), self.input[end + 1:]
            if self.echo:
                self.write(line + "\r")
            if line.strip():
                self.command(line.strip())

    def submit(self, pdu):
        length, self.prompt_length = self.prompt_length, None
        if self.refuses(0.5):
            return self.fail(self.random.choice([38, 42, 331]))
        try:
            message = read_submit(pdu)
        except (AssertionError, ValueError, IndexError, KeyError):
            return self.fail(304)
        if message["length"] != length:
            return self.fail(304)
        self.mr = (self.mr + 1) % 256
        self.sent.append(message)
        if message["report"] and self.cnmi[3] == 1:
            number = message["number"][3:] if message["number"].startswith("+86") and self.random.random() < 0.5 else message["number"]
            for _ in range(2 if self.chance() else 1):
                self.reports.append((time.time() + self.random.random() * 3, status_report(number, self.mr, time.time())))
        if self.chance():
            self.say("RING")
        self.say(f"+CMGS: {self.mr}", "OK")

    def command(self, line):
        upper = line.upper()
        if self.chance() and "CMGS" not in upper:
            self.say("+CREG: 1")
        if upper in ("AT", "ATE1", "ATE0", "ATZ", "AT&F", "ATV1", "AT&C0"):
            if upper.startswith("ATE"):
                self.echo = upper.endswith("1")
            return self.say("OK")
        simple = {"AT+CGMI": "Foreign", "AT+CGMM": "F1", "AT+CGMR": "0.9", "AT+CGSN": "490154203237518", "AT+CIMI": "460001234567890",
                  "AT+CPIN?": "+CPIN: READY", "AT+CREG?": "+CREG: 0,1", "AT+CSQ": "+CSQ: 20,99", "AT+CFUN?": "+CFUN: 1",
                  "AT+CMGF?": f"+CMGF: {0 if self.pdu_mode else 1}", "AT+COPS?": '+COPS: 0,0,"FOREIGN"',
                  "AT+CSCA?": '+CSCA: "+8613800714500",145', "AT+CNMI?": "+CNMI: " + ",".join(map(str, self.cnmi)),
                  "AT+CNMI=?": "+CNMI: (0-2),(0-1),(0),(0-1),(0)", "AT+CPMS=?": '+CPMS: ("SM"),("SM"),("SM")',
                  "AT+CPMS?": f'+CPMS: "SM",{len(self.slots)},{self.size},"SM",{len(self.slots)},{self.size},"SM",{len(self.slots)},{self.size}'}
        if upper in simple:
            return self.say(simple[upper], "OK")
        if upper == "AT+CLCC":
            return self.say(*([f'+CLCC: 1,1,4,0,0,"{self.caller}",145'] if self.caller else []), "OK")
        if upper == "ATH":
            self.rejected += self.caller is not None
            self.caller = None
            return self.say("OK")
        if (found := re.fullmatch(r"AT\+CMEE=([012])", upper)):
            self.cmee = int(found[1])
            return self.say("OK")
        if (found := re.fullmatch(r"AT\+CMGF=([01])", upper)):
            self.pdu_mode = found[1] == "0"
            return self.say("OK")
        if (found := re.fullmatch(r"AT\+CNMI=([\d,]+)", upper)):
            values = ([int(v) for v in found[1].split(",") if v] + [0] * 5)[:5]
            if values[1] > 1 or values[2] or values[3] > 1 or values[4]:
                return self.fail(303)
            self.cnmi = values
            return self.say("OK")
        if re.fullmatch(r'AT\+CPMS="SM"(,"SM"(,"SM")?)?', upper):
            return self.say(f"+CPMS: {len(self.slots)},{self.size},{len(self.slots)},{self.size},{len(self.slots)},{self.size}", "OK")
        if not self.pdu_mode and upper.startswith(("AT+CMGL", "AT+CMGR", "AT+CMGS")):
            return self.fail(302)
        if (found := re.fullmatch(r"AT\+CMGL(=[0-4])?", upper)):
            for index, (status, pdu) in sorted(self.slots.items()):
                if (found[1] or "=0") in ("=4", f"={status}"):
                    self.say(f"+CMGL: {index},{status},,{len(pdu) // 2 - 1}")
                    self.write(pdu + self.end)
                    self.slots[index][0] = 1
            return self.say("OK")
        if (found := re.fullmatch(r"AT\+CMGR=(\d+)", upper)):
            slot = self.slots.get(int(found[1]))
            if not slot:
                return self.fail(321)
            self.say(f"+CMGR: {slot[0]},,{len(slot[1]) // 2 - 1}")
            self.write(slot[1] + self.end)
            slot[0] = 1
            return self.say("OK")
        if re.fullmatch(r"AT\+CMGD=\d+(,0)?(;\+CMGD=\d+)*", upper):
            return self.delete([int(index) for index in re.findall(r"=(\d+)", upper)])
        if (found := re.fullmatch(r"AT\+CMGS=(\d+)", upper)):
            if self.refuses(0.3):
                return self.fail(332)
            self.prompt_length = int(found[1])
            return self.write("\r\n> ")
        return self.say("ERROR")
