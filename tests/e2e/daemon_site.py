"""What the tests of the daemon share: a Site whose state is read from its database and its control socket."""
import datetime
import os
import pathlib
import re
import time

from harness import Site, wait_for


class DaemonSite(Site):
    def __init__(self, **kw):
        kw["gateway"] = {"answer_budget": "0", "test_clock": None, **kw.get("gateway", {})}
        super().__init__(**kw)
        for name in ("YISHI_DATA", "YISHI_DEBUG"):
            if os.environ.get(name):
                self.env[name] = os.environ[name]

    def live(self):
        """What the first modem's session is at; "" while the daemon is not up."""
        try:
            return self.control("status")["modems"][0]["state"]
        except OSError:
            return ""

    def rows(self, sql, *values):
        return self.look(sql, *values)

    def value(self, sql, *values):
        return self.rows(sql, *values)[0][0]

    def today(self):
        """Not 1970: what is old enough is emptied at night."""
        local = self.clock_file and datetime.datetime.fromisoformat(self.clock_file.read_text().strip())
        return int(local.timestamp() if local else time.time())

    def queue(self, number, text, kind="broadcast", not_before=0, **columns):
        """Puts a text into the outbox as the tool does."""
        priority = ["alarm", "reply", "reminder", "broadcast"].index(kind)
        alphabet, limit = ("gsm7", 160) if re.fullmatch(r"[ -~]*", text) else ("ucs2", 70)
        part = 153 if alphabet == "gsm7" else 67
        segments = 1 if len(text) <= limit else -(-len(text) // part)
        row = {"number": number, "text": text, "class": kind, "priority": priority, "alphabet": alphabet, "segments": segments,
               "created_utc": not_before or self.today(), "next_try_utc": not_before, "quiet": 0, **columns}
        return self.write(f"INSERT INTO message_out ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", *row.values())

    def out(self, id):
        return self.value("SELECT state FROM message_out WHERE id = ?", id)

    def wait_out(self, id, *states, seconds=90):
        return wait_for(lambda: self.out(id) in states and self.out(id), f"text {id} is {' or '.join(states)}: "
                        f"{self.rows('SELECT * FROM message_out WHERE id = ?', id)}", seconds)

    def wait_value(self, sql, want, *values, seconds=90):
        return wait_for(lambda: self.value(sql, *values) == want, f"{sql} = {want}, is {self.value(sql, *values)}", seconds)

    def wait_settled(self, seconds=180):
        wait_for(lambda: self.value("SELECT count(*) FROM message_out WHERE state IN ('queued', 'sending')") == 0 and
                 self.value("SELECT count(*) FROM message_in WHERE state = 'stored'") == 0, "nothing waits", seconds, 0.1)

    def switches(self):
        """Voluntary context switches of all threads so far."""
        total = 0
        for status in pathlib.Path(f"/proc/{self.daemon.pid}/task").glob("*/status"):
            total += int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)", status.read_text(), re.M).group(1))
        return total
