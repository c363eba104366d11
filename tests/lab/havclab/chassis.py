"""The chassis: a simulator that listens on the lab's network and really switches the hosts, by the hook program.

The simulator runs outside of the hosts, with the switch's network; the hook is tests/lab/chassis-hook.
"""

import socket
import subprocess
from pathlib import Path

from havclab import cluster
from havclab.processes import CLEAN_ENVIRONMENT, Process
from havclab.state import CHASSIS_ADDRESS, TESTS_LAB, LabError

_SNMP_PORT = 161
_SAMPLE_USER = "fence:SHA:change-this-login-password:AES:change-this-privacy-password"  # xml/snmp/v3/snmp.conf fits as it is


def start(lab, program, options):
    """Starts the simulator with the hosts in bays 1, 2, … and waits until it listens. `options` are its own."""
    lab.chassis.mkdir(exist_ok=True)
    bays = [part for host in lab.hosts() for part in ("--bay", f"{host.number}={host.name}")]
    log_file = lab.chassis / "simulator.log"
    with open(log_file, "ab") as log:
        child = subprocess.Popen(
            ["nsenter", f"--net={lab.namespace('switch')}", program, "--listen", f"udp:{CHASSIS_ADDRESS}:{_SNMP_PORT}",
             "--community", "havc", "--user", _SAMPLE_USER, "--control", str(_control(lab)), "--hook", str(TESTS_LAB / "chassis-hook"), *bays, *options],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True,
            env={**CLEAN_ENVIRONMENT, "HAVC_LAB_ID": lab.id, **_library_path(Path(program))})
    process = Process.of(child.pid)
    process.record(pid_file(lab))

    def listens():
        if child.poll() is not None:
            raise LabError(f"the chassis simulator ended with exit code {child.returncode}; it said: {_tail(log_file)}")
        return _listens(child.pid)

    cluster.wait(f"the chassis simulator listens on {CHASSIS_ADDRESS}:{_SNMP_PORT}; it said: {_tail(log_file)}",
                 listens, 15)


def is_running(lab):
    process = Process.read(pid_file(lab))
    return process is not None and process.is_alive


def pid_file(lab):
    return lab.chassis / "simulator.pid"


def stop(lab):
    """Ends the simulator; nothing happens without one."""
    process = Process.read(pid_file(lab))
    if process is not None and not process.kill(10):
        raise LabError(f"the chassis simulator (process {process.pid}) does not die")
    pid_file(lab).unlink(missing_ok=True)


def tell(lab, command):
    """Gives the simulator a command of its control socket and returns the answer: "bay 3 state=255", "delay 2000", "dump"."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        connection.connect(str(_control(lab)))
        connection.sendall(command.encode() + b"\n")
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    if not answer.endswith("ok\n"):
        raise LabError(f"the chassis simulator does not do '{command}': {answer.strip()}")
    return answer


def _library_path(program):
    """A program in a tree that was not installed on this machine finds its library in that tree."""
    tree = program.resolve().parents[1]
    folders = [] if tree == Path("/usr") else [str(path) for pattern in ("lib*/havc/*", "lib/*/havc/*") for path in tree.glob(pattern)]
    return {"LD_LIBRARY_PATH": ":".join(folders)} if folders else {}


def _control(lab):
    return lab.chassis / "control"


def _listens(pid):
    """True when some socket in the process's network namespace is bound to the SNMP port."""
    try:
        with open(f"/proc/{pid}/net/udp", encoding="ascii") as file:
            return any(line.split()[1].endswith(f":{_SNMP_PORT:04X}") for line in file.readlines()[1:])
    except (FileNotFoundError, ProcessLookupError):
        return False


def _tail(path):
    lines = path.read_text(errors="replace").strip().splitlines()
    return "; ".join(lines[-3:]) or "nothing"
