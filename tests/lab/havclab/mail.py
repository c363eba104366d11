"""The mail server of a lab: a real SMTP server beside the chassis, at CHASSIS_ADDRESS port 25, which keeps what it gets. The hosts
have msmtp as their sendmail program, which knows no other server."""

import email
import shutil
import signal
import socket
import subprocess
import sys

from havclab import cluster
from havclab.processes import CLEAN_ENVIRONMENT, Process
from havclab.state import CHASSIS_ADDRESS, LabError

_PORT = 25
# As the package's default, with the lab's server. Without a timeout: msmtp's default, and a host's.
SENDMAIL_CONFIGURATION = f"account default\nhost {CHASSIS_ADDRESS}\nport {_PORT}\nfrom root@example.org\n"


def start(lab):
    """Starts the server and returns when it answers."""
    folder = lab.path / "mail"
    folder.mkdir(exist_ok=True)
    with open(folder / "server.log", "ab") as log:
        child = subprocess.Popen(
            ["nsenter", f"--net={lab.namespace('switch')}", sys.executable, "-m", "aiosmtpd", "--nosetuid",
             "--listen", f"{CHASSIS_ADDRESS}:{_PORT}", "--class", "aiosmtpd.handlers.Mailbox", str(folder / "box")],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True, env=CLEAN_ENVIRONMENT)
    Process.of(child.pid).record(_pid_file(lab))

    def listens():
        if child.poll() is not None:
            raise LabError(f"the mail server ended with exit code {child.returncode}: see {folder / 'server.log'}")
        with open(f"/proc/{child.pid}/net/tcp", encoding="ascii") as file:
            address = socket.inet_aton(CHASSIS_ADDRESS)[::-1].hex().upper()
            return any(line.split()[1] == f"{address}:{_PORT:04X}" for line in file.readlines()[1:])

    cluster.wait("the mail server listens", listens, 15)


def stop(lab):
    """Ends the server and forgets its mails; nothing happens without one."""
    process = Process.read(_pid_file(lab))
    if process is not None and not process.kill(10):
        raise LabError(f"the mail server (process {process.pid}) does not die")
    _pid_file(lab).unlink(missing_ok=True)
    shutil.rmtree(lab.path / "mail/box", ignore_errors=True)


def hang(lab):
    """The server stands still: connections are made (by the kernel), and nobody answers."""
    Process.read(_pid_file(lab)).send(signal.SIGSTOP)


def thaw(lab):
    Process.read(_pid_file(lab)).send(signal.SIGCONT)


def subjects(lab):
    """The subjects of the mails that arrived, in the order of arrival."""
    new = lab.path / "mail/box/new"
    files = sorted(new.iterdir(), key=lambda path: path.stat().st_mtime_ns) if new.is_dir() else []
    return [str(email.message_from_bytes(path.read_bytes()).get("Subject", "")) for path in files]


def _pid_file(lab):
    return lab.path / "mail/server.pid"
