"""Power and health of the hosts: on, off, the cable, a daemon that hangs, and a way in.

"Off" is said only when it was seen: PID 1 of a host ends after everything else in its process namespace has,
so a dead PID 1 is the proof.
"""

import os
import signal
import subprocess
import time

from havclab import disk, mirror, network, processes
from havclab.processes import CLEAN_ENVIRONMENT, Process
from havclab.state import LabError

_START_SECONDS = 60  # generous: mounting takes 0.1 s on an idle machine


def is_on(host):
    pid1 = Process.read(host.pid1_file)
    return pid1 is not None and pid1.is_alive


def on(host):
    """Switches a host on and returns when its PID 1 runs; its services need longer. Nothing happens if it is on."""
    with host.lock():
        if is_on(host):
            return
        # Asked under the host's lock, which "lab down" takes after it has left that mark.
        if host.lab.ending.exists():
            raise LabError(f"lab '{host.lab}' is being ended: host '{host}' stays off")
        _clear(host)
        network.plug(host)
        with open(host.boot_log, "ab") as log:
            keeper = subprocess.Popen(
                ["env", "--default-signal",  # whatever the lab's caller ignores, the hosts do not
                 "nsenter", f"--net={host.lab.namespace(host.name)}", "unshare", "--mount", "--uts", "--ipc", "--pid",
                 "--fork", "--kill-child", str(disk.init_program(host)), str(host.lab.path), host.name],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True,
                env={**CLEAN_ENVIRONMENT, "TERM": "dumb"})
        Process.of(keeper.pid).record(host.keeper_file)
        _await_pid1(host, keeper)


def off(host):
    """Cuts the power. Returns only when everything that ran on the host is verifiably gone."""
    with host.lock():
        _clear(host)


def hang(host, daemon):
    """Stops every process of that name on the host, as if it hung; returns how many."""
    return _signal_daemon(host, daemon, signal.SIGSTOP)


def thaw(host, daemon):
    return _signal_daemon(host, daemon, signal.SIGCONT)


def daemons(host, name):
    """The processes of that name on the host."""
    return [process for process in _processes(host) if process.name == name[:15]]  # the kernel keeps 15 bytes


def agent_acts(host, action):
    """An agent of virtual machines is at that action on the host."""
    ends = [f"/{agent}\0{action}\0".encode() for agent in ("LibvirtQemu", "VirtualDomain")]
    return any(words.endswith(tuple(ends)) for words in map(_arguments, _processes(host)))


def emulator(host, guest_name):
    """The QEMU of that guest on the host, or None."""
    wanted = f"guest={guest_name.replace(',', ',,')},".encode()
    return next((process for process in daemons(host, "qemu-system-x86_64") if wanted in _arguments(process)), None)


def cut(host):
    """Pulls the network cable. It stays out until `heal`, also when the host is switched off and on."""
    with host.lock():
        host.cut_mark.touch()
        network.set_cable(host)


def heal(host):
    with host.lock():
        host.cut_mark.unlink(missing_ok=True)
        network.set_cable(host)


def entry(host, command):
    """The command line that runs `command` inside the host; its exit code is the command's."""
    pid1 = Process.read(host.pid1_file)
    if pid1 is None or not pid1.is_alive:
        raise LabError(f"host '{host}' is off: switch it on with 'lab power {host} on'")
    environment = [f"{name}={value}" for name, value in
                   {**CLEAN_ENVIRONMENT, "TERM": os.environ.get("TERM", "dumb"),
                    **host.lab.settings()["environment"]}.items()]
    return ["nsenter", "-t", str(pid1.pid), "--mount", "--uts", "--ipc", "--net", "--pid", "--wd", "--",
            "env", "-i", *environment, *command]


def run_in(host, *command, seconds=30):
    """Runs a command inside the host; returns its result with captured text. A hung command is killed (code 124)."""
    bounded = ["timeout", "--kill-after=2", f"{seconds:g}", *command]
    try:
        return subprocess.run(entry(host, bounded), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=seconds + 10, check=False)
    except subprocess.TimeoutExpired as hung:
        return subprocess.CompletedProcess(hung.cmd, 124, "", f"no answer within {seconds} s")


def _clear(host):
    """Ends what runs of the host and removes what it leaves: processes, network."""
    mirror.end_all(host)
    for file, what in ((host.pid1_file, "PID 1"), (host.keeper_file, "its keeper")):
        process = Process.read(file)
        if process is not None and not process.kill(30):
            raise LabError(f"host '{host}' does not die: process {process.pid} ({what}) still runs 30 s after SIGKILL; "
                           f"look at /proc/{process.pid}/stack")
    namespace = host.lab.namespace(host.name)
    if network.is_namespace(namespace):
        processes.end_all_in_network(namespace)
    network.remove(host)
    host.pid1_file.unlink(missing_ok=True)
    host.keeper_file.unlink(missing_ok=True)


def _await_pid1(host, keeper):
    """Waits until the host's init has become tini: from then on the host can be entered."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        pid1 = Process.read(host.pid1_file)
        if pid1 is not None and pid1.name == "tini":
            return
        if keeper.poll() is not None:
            break
        time.sleep(0.01)
    said = host.boot_log.read_text(errors="replace").strip().splitlines()[-5:]
    raise LabError(f"host '{host}' did not start: " + ("; ".join(said) or "it said nothing")
                   + f" (its boot log is {host.boot_log})")


def _processes(host):
    pid1 = Process.read(host.pid1_file)
    if pid1 is None or not pid1.is_alive:
        raise LabError(f"host '{host}' is off")
    return processes.in_namespace("pid", os.stat(f"/proc/{pid1.pid}/ns/pid").st_ino)


def _arguments(process):
    try:
        with open(f"/proc/{process.pid}/cmdline", "rb") as file:
            return file.read()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def _signal_daemon(host, daemon, number):
    found = daemons(host, daemon)
    if not found:
        raise LabError(f"no process named '{daemon}' runs on host '{host}'")
    for process in found:
        process.send(number)
    return len(found)
