"""Modbus slaves of pymodbus for the tests: units on RS-485 buses (pseudo-terminals) and behind TCP ports, in one thread of the test.

    slaves = Slaves()                       # addCleanup(slaves.stop)
    bus = slaves.rtu(folder / "rs485")      # a link that leads to a pseudo-terminal: connection = rtu:LINK,9600,8N1
    tcp = slaves.tcp()                      # connection = tcp:127.0.0.1:{tcp.port}; slaves.tcp("::1")
    bytes_over_tcp = slaves.serial_server() # connection = rtutcp:127.0.0.1:{port}: RTU frames over TCP
    u = bus.unit(1)                         # made at the first call; other addresses are silent, as on a wire
    u.input(1, 235, 546)                    # input registers 1 and 2; holding(), coil(), discrete() likewise
    u.holding(8, *words(230.2, "CDAB"))     # a float32 in the order of .map files; words(-3, "ABCD", ">q") an int64
    u.fault = "silent"                      # one of FAULTS ("crc" on RTU alone), or ("exception", 4), ("late", seconds) or
                                            # ("late", {address: seconds}); None: well again
    u.asked                                 # [(function, address, count), …] so far, faulty or not
    bus.vanish(); bus.come_back()           # the adapter is pulled out, and is another pseudo-terminal under the same link
    tcp.hang_up(); tcp.close(); tcp.listen()    # connections are cut; the port refuses; it is there again
    bus.baud = 19200                        # what arrives at another speed is noise (pseudo-terminals know no parity)
    tcp.any_unit = True                     # as many hosts: unit 1 answers to every address
    bus.log                                 # what went over the wire: [("<", bytes), (">", bytes)]

A register that was never set is refused with exception 02, as parts do. What requests and answers look like is pymodbus' doing (framers,
requests, data blocks); only the wire and the faults are ours."""
import contextlib
import logging
import functools
import os
import pathlib
import select
import socket
import struct
import termios
import threading
import time
import tty

from pymodbus.datastore import ModbusSlaveContext, ModbusSparseDataBlock
from pymodbus.factory import ServerDecoder
from pymodbus.framer.rtu_framer import ModbusRtuFramer
from pymodbus.framer.socket_framer import ModbusSocketFramer
from pymodbus.utilities import computeCRC

logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
FAULTS = ("silent", "garbage", "crc", "wrong unit", "short", "wrong length")
SPEEDS = {1200: termios.B1200, 2400: termios.B2400, 4800: termios.B4800, 9600: termios.B9600, 19200: termios.B19200, 38400: termios.B38400,
          115200: termios.B115200}


def words(value, order="ABCD", form=">f"):
    raw = struct.pack(form, value)
    pairs = [raw[i:i + 2] for i in range(0, len(raw), 2)]
    if order in ("CDAB", "DCBA"):
        pairs.reverse()
    if order in ("BADC", "DCBA"):
        pairs = [p[::-1] for p in pairs]
    return [struct.unpack(">H", p)[0] for p in pairs]


# Descriptors are opened and closed by the test and read by the thread: a number that was closed may be another file's a moment later.
WIRES = threading.RLock()


def on_the_wires(f):
    @functools.wraps(f)
    def locked(*args, **kw):
        with WIRES:
            return f(*args, **kw)
    return locked


class Unit:
    def __init__(self):
        self.blocks = {k: ModbusSparseDataBlock({}) for k in ("co", "di", "hr", "ir")}
        self.context = ModbusSlaveContext(zero_mode=True, **self.blocks)
        self.fault, self.asked = None, []

    def put(self, block, address, values):
        self.blocks[block].values.update({address + i: v for i, v in enumerate(values)})
        return self

    def coil(self, address, *values):
        return self.put("co", address, [bool(v) for v in values])

    def discrete(self, address, *values):
        return self.put("di", address, [bool(v) for v in values])

    def holding(self, address, *values):
        return self.put("hr", address, [v & 0xFFFF for v in values])

    def input(self, address, *values):
        return self.put("ir", address, [v & 0xFFFF for v in values])


class Bus:
    """What RTU and TCP have in common: bytes of a master in, bytes of a unit out."""

    def __init__(self):
        self.units, self.log, self.any_unit = {}, [], False

    def unit(self, address):
        return self.units.setdefault(address, Unit())

    def answer(self, framer, data, send):
        self.log.append(("<", data))
        try:
            framer.processIncomingPacket(data, lambda request: self.execute(framer, request, send), list(self.units), single=self.any_unit)
        except Exception as noise:  # pylint: disable=broad-except
            self.log.append(("!", repr(noise).encode()))
            framer.resetFrame()

    def execute(self, framer, request, send):
        unit = self.units[1 if self.any_unit else request.unit_id]
        unit.asked.append((request.function_code, getattr(request, "address", None), getattr(request, "count", None)))
        fault = unit.fault
        if fault == "silent":
            return
        if isinstance(fault, tuple) and fault[0] == "exception":
            response = request.doException(fault[1])
        else:
            response = request.execute(unit.context)
        response.transaction_id, response.unit_id = request.transaction_id, request.unit_id
        raw = framer.buildPacket(response)
        seconds = fault[1] if isinstance(fault, tuple) and fault[0] == "late" else None
        if isinstance(seconds, dict):
            seconds = seconds.get(request.address)
        if seconds:
            def late():
                with contextlib.suppress(OSError):  # the master may have hung up meanwhile
                    send(raw)
            threading.Timer(seconds, late).start()
            return
        if fault == "echo":  # of the adapter, below register 256
            asked = struct.pack(">BBHH", request.unit_id, request.function_code, request.address, request.count)
            raw = asked + struct.pack(">H", computeCRC(asked)) + raw
        send(self.spoil(raw, fault, framer))

    def spoil(self, raw, fault, framer):
        rtu = isinstance(framer, ModbusRtuFramer)
        if fault == "garbage":
            return bytes((i * 37 + 11) & 0xFF for i in range(40))
        if fault == "crc":
            return raw[:-1] + bytes([raw[-1] ^ 0x55])
        if fault == "short":
            return raw[:len(raw) // 2]
        if fault == "wrong unit":
            if not rtu:
                return bytes([raw[0] ^ 0x55]) + raw[1:]  # another transaction
            body = bytes([raw[0] + 1]) + raw[1:-2]
            return body + struct.pack(">H", computeCRC(body))
        if fault == "wrong length":
            at = 2 if rtu else 8
            return raw[:at] + bytes([raw[at] + 2]) + raw[at + 1:]
        return raw


class Rtu(Bus):
    def __init__(self, link, baud):
        super().__init__()
        self.link, self.baud, self.master, self.slave = str(link), baud, None, None
        self.framer = ModbusRtuFramer(ServerDecoder())
        self.last = 0.0
        self.come_back()

    @on_the_wires
    def come_back(self):
        self.master, self.slave = os.openpty()
        tty.setraw(self.slave)
        self.framer.resetFrame()
        if os.path.islink(self.link):
            os.unlink(self.link)
        os.symlink(os.ttyname(self.slave), self.link)

    @on_the_wires
    def vanish(self):
        master, self.master = self.master, None
        pathlib.Path(self.link).unlink(missing_ok=True)
        os.close(self.slave)
        os.close(master)

    def sources(self):
        return [self.master] if self.master is not None else []

    def receive(self, fd):
        data = os.read(fd, 512)
        speed = termios.tcgetattr(self.slave)[4]
        if speed != SPEEDS[self.baud]:
            self.log.append(("?", data))
            return
        # half a request that was left lying is no part of the next one
        if time.monotonic() - self.last > 0.3:
            self.framer.resetFrame()
        self.last = time.monotonic()
        self.answer(self.framer, data, self.send)

    @on_the_wires
    def send(self, raw):
        self.log.append((">", raw))
        if self.master is not None:
            os.write(self.master, raw)


class Tcp(Bus):
    def __init__(self, host, framer):
        super().__init__()
        self.framer = framer
        self.host, self.port, self.server, self.peers = host, 0, None, {}
        self.listen()

    @on_the_wires
    def listen(self):
        self.server = socket.create_server((self.host, self.port), family=socket.AF_INET6 if ":" in self.host else socket.AF_INET)
        self.port = self.server.getsockname()[1]

    @on_the_wires
    def hang_up(self):
        peers, self.peers = self.peers, {}
        for s, _ in peers.values():
            s.close()

    @on_the_wires
    def close(self):
        server, self.server = self.server, None
        server.shutdown(socket.SHUT_RDWR)  # the other thread may be waiting for it
        server.close()
        self.hang_up()

    def sources(self):
        return ([self.server.fileno()] if self.server else []) + list(self.peers)

    def receive(self, fd):
        if self.server and fd == self.server.fileno():
            s, _ = self.server.accept()
            self.peers[s.fileno()] = (s, self.framer(ServerDecoder()))
            return
        s, framer = self.peers[fd]
        data = s.recv(512)
        if not data:
            del self.peers[fd]
            s.close()
            return

        def send(raw):
            self.log.append((">", raw))
            s.sendall(raw)
        self.answer(framer, data, send)


class Slaves:
    def __init__(self):
        self.buses, self.running = [], True
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def rtu(self, link, baud=9600):
        self.buses.append(Rtu(link, baud))
        return self.buses[-1]

    def tcp(self, host="127.0.0.1", framer=ModbusSocketFramer):
        self.buses.append(Tcp(host, framer))
        return self.buses[-1]

    def serial_server(self):
        return self.tcp(framer=ModbusRtuFramer)

    def serve(self):
        while self.running:
            owner = {fd: b for b in list(self.buses) for fd in b.sources()}
            try:
                ready, _, _ = select.select(list(owner), [], [], 0.05)
                with WIRES:
                    for fd in ready:
                        if fd in owner[fd].sources():
                            owner[fd].receive(fd)
            except (OSError, termios.error, ValueError, KeyError):
                continue  # what was closed meanwhile

    def stop(self):
        self.running = False
        self.thread.join()
        for b in self.buses:
            if isinstance(b, Tcp) and b.server:
                b.close()
            elif isinstance(b, Rtu) and b.master is not None:
                b.vanish()
