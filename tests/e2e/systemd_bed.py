"""A systemd of its own as PID 1, in namespaces over an overlay of this machine, so that units really run: nothing of it is
left behind. Wants root.

    with SystemdBed(installed="/tmp/…/root") as bed:     # a DESTDIR is copied over the machine's files
        bed.run("systemctl", "start", "yishi")
"""
import os
import pathlib
import shutil
import subprocess
import tempfile

from harness import wait_for

# As in a container: what belongs to the kernel and to this machine is only read, devices are the harmless ones and the
# pseudo-terminals, the network is its own.
BOOT = r"""set -e
mount --make-rprivate /
mount -t tmpfs tmpfs "$1"
mkdir "$1/up" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/up,workdir=$1/work" "$1/root"
cp -a "$2"/* "$1/root"
cd "$1/root"
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs tmpfs sys/devices
mount -t tmpfs tmpfs dev
for d in null zero full random urandom tty; do cp -a "/dev/$d" dev/; chmod 666 "dev/$d"; done
mkdir dev/pts dev/shm
mount --rbind /dev/pts dev/pts
ln -s pts/ptmx dev/ptmx
mount -t tmpfs tmpfs run
mkdir -p run/lock run/systemd/system run/log/journal
rm -rf var/log/journal
printf '[Unit]\nDefaultDependencies=no\nAllowIsolate=yes\n' > run/systemd/system/nest.target
# not chroot: who lives in one gets no user namespace
mkdir old
pivot_root . old
umount -l old
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin container=nest /lib/systemd/systemd --system --unit=nest.target \
    --log-target=console --show-status=0
"""
SPACES = ["unshare", "-m", "-p", "-f", "-C", "-n", "-i", "-u", "--kill-child", "--mount-proc"]


def cgroups():
    """Where this machine's cgroups lie; None: nowhere."""
    mounts = [line.split() for line in pathlib.Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
    return next((pathlib.Path(m[1]) for m in mounts if m[2] == "cgroup2" and "rw" in m[3].split(",")), None)


def available():
    """None, or the sentence why these tests cannot run here. Not beside a systemd that runs this machine: it need not bear with ours."""
    if os.path.isdir("/run/systemd/system"):
        return "a systemd runs this machine; the tests of units run in a container"
    if os.getuid() != 0 or not os.path.exists("/lib/systemd/systemd") or not cgroups():
        return "wants root, systemd and cgroup2"
    script = 'mount -t tmpfs t /mnt && mkdir /mnt/u /mnt/w /mnt/r && mount -t overlay o -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w /mnt/r && mount -t cgroup2 c /mnt/u'
    done = subprocess.run([*SPACES, "sh", "-c", script], capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else "no namespaces to be had: " + done.stderr.strip()


class SystemdBed:
    def __init__(self, installed):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="yishi-nest-"))
        self.installed = installed
        self.cgroup = cgroups() / self.dir.name  # all its processes, and their end

    def __enter__(self):
        self.log = open(self.dir / "log", "wb+")
        os.mkdir(self.dir / "nest")
        self.cgroup.mkdir()
        enter = f'echo 0 > "{self.cgroup}/cgroup.procs" && exec "$@"'
        self.process = subprocess.Popen(["sh", "-c", enter, "sh", *SPACES, "bash", "-c", BOOT, "boot",
                                         str(self.dir / "nest"), str(self.installed)], stdout=self.log, stderr=self.log, start_new_session=True)
        try:
            wait_for(lambda: self.pid() and self.run("systemctl", "is-active", "nest.target", check=False) == "active", lambda: "systemd is up: " + self.said(), 20)
            self.run("systemctl", "start", "systemd-journald")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        (self.cgroup / "cgroup.kill").write_text("1", encoding="ascii")
        self.process.wait(60)
        self.log.close()
        wait_for(lambda: "populated 0" in (self.cgroup / "cgroup.events").read_text(encoding="ascii"), "all processes have ended")
        for folder, _, _ in os.walk(self.cgroup, topdown=False):
            os.rmdir(folder)
        shutil.rmtree(self.dir, ignore_errors=True)

    def pid(self):
        """That of the systemd, as this machine counts."""
        try:
            children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
            return int(children[0]) if children else None
        except OSError:
            return None

    @property
    def enter(self):
        return ["nsenter", "-t", str(self.pid()), "-m", "-p", "-C", "-n", "-i", "-u", "-r", "-w"]

    def path(self, name):
        """A file of the bed, seen from here."""
        return pathlib.Path(f"/proc/{self.pid()}/root{name}")

    def run(self, *command, check=True):
        done = subprocess.run(self.enter + list(command), capture_output=True, text=True, check=False,
                              timeout=120)
        if check and done.returncode:
            raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}\n{self.said()[-3000:]}")
        return done.stdout.strip()

    def said(self):
        """What systemd has said, and the services."""
        journal = subprocess.run(self.enter + ["journalctl", "--no-pager", "-o", "short", "-t", "systemd", "-t", "yishid", "-t", "yishi-root", "-t", "yishi"], capture_output=True, text=True, check=False).stdout if self.pid() else ""
        return (self.dir / "log").read_text(encoding="utf-8", errors="replace") + journal

    def show(self, unit, *names):
        lines = self.run("systemctl", "show", unit, *[f"-p{n}" for n in names]).splitlines()
        return dict(line.split("=", 1) for line in lines)
