"""Processes of a lab: recorded with their start time, so that a reused process id is never taken for one of ours,
and found again by the network namespace they live in, which nobody else is in."""

import os
import select
import signal
import subprocess
import time

from havclab.state import LabError

# A clean environment: what the lab's user has in theirs must not change what the hosts do.
CLEAN_ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
}


class Process:
    """One process by id and start time (clock ticks since the machine's boot, /proc/PID/stat field 22)."""

    def __init__(self, pid, start):
        self.pid = pid
        self.start = start

    @classmethod
    def of(cls, pid):
        """The process that has this id now, or None."""
        start = _start_time(pid)
        return None if start is None else cls(pid, start)

    @classmethod
    def read(cls, path):
        """The process recorded in a file, or None without one. It may have ended long ago."""
        try:
            pid, start = path.read_text().split()
        except FileNotFoundError:
            return None
        return cls(int(pid), int(start))

    def record(self, path):
        path.write_text(f"{self.pid} {self.start}\n")

    @property
    def is_alive(self):
        """False once it has ended, also while its parent has not noticed (a zombie)."""
        return _start_time(self.pid) == self.start

    @property
    def name(self):
        """The first 15 bytes of its program's name, which is what the kernel keeps; None when it has ended."""
        try:
            with open(f"/proc/{self.pid}/comm", encoding="utf-8", errors="replace") as file:
                return file.read().strip()
        except (FileNotFoundError, ProcessLookupError):
            return None

    @property
    def arguments(self):
        """Its command line; empty when it has ended. Reading it waits for a process that waits in a page fault."""
        try:
            with open(f"/proc/{self.pid}/cmdline", encoding="utf-8", errors="replace") as file:
                return file.read().split("\0")[:-1]
        except (FileNotFoundError, ProcessLookupError):
            return []

    def send(self, number):
        """Sends a signal to this very process; nothing happens when it has ended."""
        with _PidFd(self) as fd:
            if fd is not None:
                _send(fd, number)

    def kill(self, seconds):
        """SIGKILLs it and waits; False when it still is there after so many seconds."""
        with _PidFd(self) as fd:
            if fd is None:
                return True
            _send(fd, signal.SIGKILL)
            return _ended(fd, seconds)

    def wait(self, seconds):
        """Waits for its end; False when it still is there."""
        with _PidFd(self) as fd:
            return fd is None or _ended(fd, seconds)


class _PidFd:
    """Opens a process so that it cannot be confused with a later one of the same id; None when it has ended."""

    def __init__(self, process):
        self._process = process
        self._fd = None

    def __enter__(self):
        try:
            self._fd = os.pidfd_open(self._process.pid)
        except ProcessLookupError:
            return None
        # The start time is compared after opening: from here on the descriptor is that process.
        return self._fd if self._process.is_alive else None

    def __exit__(self, *_):
        if self._fd is not None:
            os.close(self._fd)


def in_namespace(kind, number):
    """Processes whose namespace of this kind ("net", "pid") has this inode number."""
    wanted = f"{kind}:[{number}]"
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            if os.readlink(f"/proc/{entry}/ns/{kind}") != wanted:
                continue
        except OSError:
            continue  # it ended meanwhile, or it is a zombie
        process = Process.of(int(entry))
        if process is not None:
            found.append(process)
    return found


def end_all_in_network(namespace_file, seconds=30):
    """Kills whatever runs in a network namespace of the lab. Raises when something refuses to die."""
    number = os.stat(namespace_file).st_ino
    deadline = time.monotonic() + seconds
    while True:
        rest = [process for process in in_namespace("net", number) if process.pid != os.getpid()]
        if not rest:
            return
        if time.monotonic() > deadline:
            raise LabError(f"still running after SIGKILL: process {', '.join(str(process.pid) for process in rest)}; "
                           "look at its kernel stack in /proc/PID/stack, then repeat the command")
        for process in rest:
            process.send(signal.SIGKILL)
        for process in rest:
            process.wait(1)


def run(*command, text=None, what=None):
    """Runs a program to its end; returns what it printed. Raises LabError with its own words when it fails."""
    result = subprocess.run(command, input=text, capture_output=True, text=True, env=CLEAN_ENVIRONMENT, cwd="/",
                            check=False)
    if result.returncode != 0:
        words = (result.stderr or result.stdout).strip() or f"exit code {result.returncode}"
        raise LabError(f"{what or ' '.join(command)} failed: {words}")
    return result.stdout


def _start_time(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else int(fields[19])


def _send(fd, number):
    try:
        signal.pidfd_send_signal(fd, number)
    except ProcessLookupError:
        pass  # it ended between opening and sending


def _ended(fd, seconds):
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(seconds * 1000))
