"""yishi-root behind a socket, as systemd would start it: one process for each connection, which is its standard input.
It runs without the right to set the clock of this machine."""
import os
import shutil
import socket
import subprocess
import threading

from harness import BIN, environment


class RootSocket:
    """One connection after the other is handed to answer()."""

    def __init__(self, path):
        self.path = str(path)

    def __enter__(self):
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(self.path)
        self.server.listen()
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.server.close()

    def serve(self):
        while True:
            try:
                peer, _ = self.server.accept()
            except OSError:
                return
            with peer:
                self.answer(peer)


class RootHelper(RootSocket):
    def __init__(self, path, *args, **env):
        super().__init__(path)
        self.env = env
        self.command = [str(BIN / "yishi-root"), *args]
        if os.getuid() == 0:
            self.command = [shutil.which("setpriv"), "--bounding-set", "-sys_time"] + self.command
        self.said, self.asked = "", 0

    def answer(self, peer):
        done = subprocess.run(self.command, stdin=peer, capture_output=True, text=True, env=environment(**self.env), check=False)
        self.said += done.stderr
        self.asked += 1

    def ask(self, request):
        """The answer, without its line end."""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(60)
            s.connect(self.path)
            s.sendall(request if isinstance(request, bytes) else request.encode() + b"\n")
            s.shutdown(socket.SHUT_WR)
            return s.makefile(encoding="utf-8").read().rstrip("\n")
