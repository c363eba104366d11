"""Nodes that are reached by a real ssh and sshd, without machines: addresses of one loopback, in namespaces of their own, each with programs of its
own. For system tests and benchmarks."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

SKIPPED = 77
PATIENCE = 60
SSHD = "/usr/sbin/sshd"
_INSIDE = "HAVC_SSH_NODES_INSIDE"
_HOME = Path("/root")
KEYS = _HOME / ".ssh"


def skip(why):
    print(f"skipped: {why}", file=sys.stderr)
    sys.exit(SKIPPED)


def enter():
    """Begins this script again where it has a loopback, /root and /run of its own, and where all processes end with it."""
    if os.environ.get(_INSIDE):
        return furnish("/root", "/run")
    if os.geteuid() != 0:
        skip("namespaces need root")
    missing = [program for program in (SSHD, "ssh", "ssh-keygen", "unshare", "ip") if not shutil.which(program)]
    if missing:
        skip("not there: " + ", ".join(missing))
    words = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", sys.executable, *sys.argv]
    os.execvpe(words[0], words, {**os.environ, _INSIDE: "1"})


def _run(*words):
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL, timeout=PATIENCE)


def furnish(*folders):
    """Makes this place one for Node: `folders` become private, of which /root has to be one wherever it is the machine's."""
    for folder in folders:
        _run("mount", "-t", "tmpfs", "-o", "mode=0700" if folder == "/root" else "mode=0755", "tmpfs", folder)
    _run("ip", "link", "set", "lo", "up")
    Path("/run/sshd").mkdir()
    KEYS.mkdir(mode=0o700)
    _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(KEYS / "id_ed25519"))
    _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/run/sshd/host")
    (KEYS / "authorized_keys").write_bytes((KEYS / "id_ed25519.pub").read_bytes())


class Node:
    """An sshd. What `programs` has is found first there, before those of the machine."""

    def __init__(self, name, number, folder):
        self.name, self.address, self.folder = name, f"127.0.0.{number}", Path(folder) / name
        self.programs = self.folder / "bin"
        self.programs.mkdir(parents=True)
        with open(KEYS / "known_hosts", "a", encoding="ascii") as known:
            known.write(f"{self.address} {Path('/run/sshd/host.pub').read_text()}")
        self.start()

    def start(self):
        config, pid = self.folder / "sshd_config", self.folder / "pid"
        pid.unlink(missing_ok=True)
        config.write_text(f"ListenAddress {self.address}\nHostKey /run/sshd/host\nPidFile {pid}\nStrictModes no\nUsePAM no\n"
                          "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\nPrintMotd no\nPrintLastLog no\n"
                          f"SetEnv PATH={self.programs}:/usr/bin:/bin\n")
        _run(SSHD, "-f", str(config), "-E", str(self.folder / "log"))
        wait_until(lambda: pid.exists() and pid.read_text().strip(), "sshd starts")
        self.pid = int(pid.read_text())

    def program(self, name, text):
        path = self.programs / name
        path.write_text(text)
        path.chmod(0o755)


def wait_until(condition, what):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {PATIENCE} s")
        time.sleep(0.02)
