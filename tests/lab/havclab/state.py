"""Where a lab keeps its things: one size-limited tmpfs with everything in it, so that ending a lab is one umount.

Knows paths, the lab's settings and locks; starts and ends nothing.
"""

import fcntl
import json
import os
import re
from contextlib import contextmanager
from pathlib import Path

ROOT = Path("/run/havc-lab")
TESTS_LAB = Path(__file__).resolve().parent.parent
NETWORK = "10.99.0"
CHASSIS_ADDRESS = f"{NETWORK}.100"
PINGED_ADDRESS = f"{NETWORK}.101"  # a second switch, for all that hosts see


class LabError(Exception):
    """Something the user of the lab must know; the text says what to do."""


class Lab:
    """One lab by its run id. Cheap to make; it may or may not be up."""

    def __init__(self, run_id):
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,30}", run_id):
            raise LabError(f"'{run_id}' is no run id: use up to 31 of a-z, 0-9 and '-'")
        self.id = run_id
        self.path = ROOT / run_id

    def __str__(self):
        return self.id

    @property
    def is_up(self):
        return self.settings_file.exists() and not self.ending.exists()

    @property
    def settings_file(self):
        return self.path / "lab.json"

    @property
    def ending(self):
        """Exists from the moment the lab is being ended: nothing may be started any more."""
        return self.path / "ending"

    @property
    def shared(self):
        """The shared storage; every host sees it as /srv/havc."""
        return self.path / "shared"

    @property
    def chassis(self):
        return self.path / "chassis"

    def namespace(self, name):
        """The file that holds a network namespace of the lab: "switch" or a host's name."""
        return self.path / "netns" / name

    def require_up(self):
        if not self.is_up:
            raise LabError(f"lab '{self.id}' is not up: start it with 'lab up --id {self.id}'")

    def settings(self):
        self.require_up()
        return json.loads(self.settings_file.read_text())

    def save_settings(self, settings):
        write_file(self.settings_file, json.dumps(settings, indent=1) + "\n")

    def hosts(self):
        return [Host(self, name) for name in self.settings()["hosts"]]

    def members(self):
        """The hosts that run the cluster's own daemons; the others are Pacemaker Remote hosts."""
        return [host for host in self.hosts() if not host.is_remote]

    def host(self, name):
        names = self.settings()["hosts"]
        if name not in names:
            raise LabError(f"lab '{self.id}' has no host '{name}': its hosts are {', '.join(names)}")
        return Host(self, name)


class Host:
    """The paths of one host. `disk` survives power cuts, as a real host's disk does."""

    def __init__(self, lab, name):
        self.lab = lab
        self.name = name
        self.path = lab.path / "hosts" / name
        self.disk = self.path / "disk"
        self.console = self.path / "console"
        self.boot_log = self.path / "boot.log"
        self.cut_mark = self.path / "cut"
        self.pid1_file = self.path / "pid1"
        self.keeper_file = self.path / "keeper"

    def __str__(self):
        return self.name

    @property
    def number(self):
        return int(self.name[1:])

    @property
    def address(self):
        return f"{NETWORK}.{self.number}"

    @property
    def is_remote(self):
        return self.name in self.lab.settings()["remote"]

    @property
    def node(self):
        """What the cluster calls it."""
        return self.lab.settings()["remote"].get(self.name, self.name)

    @property
    def is_cut(self):
        return self.cut_mark.exists()

    @contextmanager
    def lock(self):
        """Power and cable of a host are changed by one process at a time."""
        with open(self.path / "lock", "w", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def host_names(count):
    return [f"n{number}" for number in range(1, count + 1)]


def write_file(path, text, mode=0o644):
    """Writes a file so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    new.write_text(text)
    os.chmod(new, mode)
    os.replace(new, path)
