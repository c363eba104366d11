"""Folders that a host sees through FUSE, and that can stop answering: a bindfs on the host mirrors another folder, and stops.

Whoever then touches the folder sleeps in the kernel until the server goes on or ends; so a host's servers are ended
first when its power is cut, whatever state they are in.
"""

import os
import signal

from havclab import processes
from havclab.processes import Process
from havclab.state import LabError

_SERVER = "bindfs"


def mount_command(source, folder):
    """What to run on the host: makes `folder` there, a mirror of `source`."""
    return ["sh", "-c", 'mkdir -p "$2" && exec bindfs -o nonempty "$1" "$2"', "mirror", source, folder]


def freeze(host, folder):
    """The folder answers no more."""
    _server_of(host, folder).send(signal.SIGSTOP)


def thaw(host, folder):
    """It answers again, also what was asked meanwhile."""
    _server_of(host, folder).send(signal.SIGCONT)


def end_all(host):
    """Ends the host's servers; what waits for them gets errors. Their end is waited for by who ends the host."""
    for server in _servers(host):
        server.kill(5)


def _servers(host):
    pid1 = Process.read(host.pid1_file)
    if pid1 is None or not pid1.is_alive:
        return []
    inode = os.stat(f"/proc/{pid1.pid}/ns/pid").st_ino
    return [process for process in processes.in_namespace("pid", inode) if process.name == _SERVER]


def _server_of(host, folder):
    # Only servers are asked for their arguments: those of a process that waits for a frozen folder may never be told.
    for server in _servers(host):
        if server.arguments[-1:] == [folder]:
            return server
    raise LabError(f"host '{host}' has no mirror '{folder}'")
