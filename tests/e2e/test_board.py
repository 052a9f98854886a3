"""The read-only board on the local network: what is on it and what never is; what is not a look is refused; news without a
reload; strangers on the network cannot hold the gateway up."""
import http.client
import json
import re
import shutil
import socket
import subprocess
import threading
import unittest
import xml.etree.ElementTree as ElementTree

from harness import Site, wait_for

DISPUTE, PRIVATE, MARKUP = "张家和李家为院墙吵架", "我和老伴吵架心里难受", "路灯坏了<script>alert(1)</script> 13912345678"
HEADERS = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer"}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def overhear(listener, port, asked):
    """Passes connections on, and says when somebody asks for news."""
    def pass_on(source, sink):
        try:
            while data := source.recv(65536):
                if b"If-None-Match" in data:
                    asked.set()
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass
    while True:
        try:
            near = listener.accept()[0]
        except OSError:
            return
        far = socket.create_connection(("127.0.0.1", port))
        for pair in ((near, far), (far, near)):
            threading.Thread(target=pass_on, args=pair, daemon=True).start()


class Board(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.port = free_port()
        cls.site = cls.enterClassContext(Site(gateway={"board": f"127.0.0.1:{cls.port}"}))
        site = cls.site
        site.registry()
        site.ok("meeting", "series", "add", "--grid", "KS-03", "--rrule", "FREQ=WEEKLY;BYDAY=FR", "--at", "15:00", "--place", "3号议事点")
        for text, category in ((MARKUP, "lighting"), (DISPUTE, "dispute")):
            number = site.json("case", "new", "--text", text, "--category", category, "--grid", "KS-03", "--from", "13800138001")[0]["number"]
            site.ok("meeting", "agenda", 1, "--add", number)
        site.text("+8613800138002", "调解 " + PRIVATE)
        site.answer("+8613800138002")
        site.idle()

    def get(self, path, method="GET", **headers):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            c.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
            r = c.getresponse()
            return r.status, dict(r.getheaders()), r.read().decode()
        finally:
            c.close()

    def test_what_is_on_it_and_what_never_is(self):
        for path, lang, words in (("/", "zh-CN", ("下次会议", "邻里纠纷", "正在办", "通信模块正常", "1/1", "138 0000 0000", "3号议事点")),
                                  ("/en", "en", ("Next meeting", "A dispute between neighbours", "all is well"))):
            status, headers, page = self.get(path)
            self.assertEqual((status, headers["Content-Type"]), (200, "text/html; charset=utf-8"))
            for name, value in HEADERS.items():
                self.assertEqual(headers[name], value)
            self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
            self.assertNotIn("unsafe-eval", headers["Content-Security-Policy"])
            tree = ElementTree.fromstring(page.split("\n", 1)[1])
            self.assertEqual(tree.get("lang"), lang)
            text = "".join(tree.find("body").itertext())
            for word in words:
                self.assertIn(word, text)
            self.assertIn("<script>alert(1)</script> 139****5678", text, "as text")
            self.assertEqual([s.get("src") for s in tree.iter("script")], ["/board.js"])
            self.assertEqual([e.tag for e in tree.iter() if any(a.startswith("on") for a in e.attrib)], [])
            # for screen readers: one main heading, sections that have names, rows and columns that have heads, a picture in words
            self.assertEqual(len(list(tree.iter("h1"))), 1)
            ids = {e.get("id") for e in tree.iter()}
            self.assertTrue(all(s.get("aria-labelledby") in ids for s in tree.iter("section")))
            self.assertTrue(all(th.get("scope") for th in tree.iter("th")))
            for secret in (DISPUTE, "张家", PRIVATE, "老伴", "王秀英", "李建国", "13912345678", "13800138"):
                self.assertNotIn(secret, page)
        status, _, text = self.get("/board.json")
        board = json.loads(text)
        items = [i["text"] for i in board["meeting"]["items"]]
        self.assertEqual((status, board["cases"]["open"], board["modems_up"], board["meeting"]["place"]), (200, len(items), 1, "3号议事点"),
                         "a private matter is not counted")
        self.assertEqual(items[:2], ["路灯坏了<script>alert(1)</script> 139****5678", ""])
        self.assertNotIn(PRIVATE, text)

    def test_what_is_not_a_look_is_refused(self):
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE"):
            status, headers, _ = self.get("/", method)
            self.assertEqual((status, headers.get("Allow")), (405, "GET, HEAD"), method)
        status, headers, body = self.get("/", "HEAD")
        self.assertEqual((status, body), (200, ""))
        self.assertGreater(int(headers["Content-Length"]), 3000)
        for path in ("/x", "/../yishi.conf", "/board.js/..", "//", "/%2e%2e/yishi.db"):
            self.assertEqual(self.get(path)[0], 404, path)
        self.assertIn(self.get("/", X_Long="x" * 20000)[0], (413, 431))
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as s:
            s.sendall(b"\x16\x03\x01\x02\x00 nonsense\r\n\r\n")
            s.shutdown(socket.SHUT_WR)
            self.assertNotIn(b" 200 ", s.recv(4096))

    def test_news_come_without_a_reload(self):
        status, headers, part = self.get("/live?zh")
        self.assertEqual(status, 200)
        self.assertNotIn("<html", part)
        self.assertIn("<b>0</b> 户", part)
        self.assertEqual(self.get("/", If_None_Match=headers["ETag"])[0], 304)
        changed = []
        waits = threading.Thread(target=lambda: changed.append(self.get("/live?zh", If_None_Match=headers["ETag"])))
        waits.start()
        self.site.text("+8613800138001", "1")
        self.site.answer("+8613800138001")
        waits.join(60)
        self.assertEqual(changed[0][0], 200)
        self.assertIn("<b>1</b> 户 <b>1</b> 人", changed[0][2])
        self.assertNotEqual(changed[0][1]["ETag"], headers["ETag"])

    def test_a_crowd_and_the_silent_hold_nobody_up(self):
        silent = []
        for _ in range(40):
            s = socket.create_connection(("127.0.0.1", self.port), timeout=60)
            try:
                s.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            except OSError:  # more than one address may have
                pass
            silent.append(s)
        self.site.text("+8613800138003", "AGENDA")
        self.assertIn("3号议事点", str(self.site.answer("+8613800138003")))
        for s in silent:
            s.close()
        wait_for(lambda: self.answers(), "the board is there again")

    def answers(self):
        try:
            return self.get("/")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    @unittest.skipUnless(shutil.which("chromium"), "chromium is not installed")
    def test_a_browser_shows_the_news(self):
        asked, listener = threading.Event(), socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=overhear, args=(listener, self.port, asked), daemon=True).start()
        self.addCleanup(listener.close)
        browser = subprocess.Popen(["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={self.site.dir}/chrome", "--dump-dom",
                                    # time stands still while an answer is waited for: the second one comes at 200 ms
                                    "--virtual-time-budget=350", f"http://127.0.0.1:{listener.getsockname()[1]}/en"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.assertTrue(asked.wait(60), "the browser waits for news")
        number = self.site.json("case", "new", "--text", "电梯坏了", "--category", "elevator", "--grid", "KS-03")[0]["number"]
        self.site.ok("meeting", "agenda", 1, "--add", number)
        dom = browser.communicate(timeout=60)[0]
        self.assertIn("电梯坏了", dom)
        self.assertRegex(dom, r"updated [0-9]{1,2}:[0-9]{2}")

    def waiter(self):
        """A connection that waits for news; the request was read when the next one on another is answered."""
        s = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.addCleanup(s.close)
        tag = self.get("/live?zh")[1]["ETag"]
        s.sendall(f"GET /live?zh HTTP/1.1\r\nHost: x\r\nIf-None-Match: {tag}\r\n\r\n".encode())
        self.get("/board.js")
        return s

    def test_z_it_goes_when_the_configuration_says_so_and_with_the_daemon(self):
        address = self.site.gateway["board"]
        waits = self.waiter()
        self.site.gateway["board"] = None
        self.site.write_config()
        wait_for(lambda: not self.answers(), "the board is closed")
        while waits.recv(4096):  # whoever waited is let go
            pass
        self.assertIn("is closed", self.site.log())
        self.assertEqual(self.site.modems_up(), 1)
        self.site.gateway["board"] = address
        self.site.write_config()
        wait_for(self.answers, "the board is open again")
        self.waiter()
        self.assertEqual(self.site.kill(15), 0)


if __name__ == "__main__":
    unittest.main()
