"""Beginning and end of a lab. `down` works from what exists, not from what should: it is complete also after half
an `up`, an interrupted one, or a crash."""

import os
import shlex
import shutil
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields
from pathlib import Path

from havclab import chassis, cluster, disk, guests, network, packages, power, processes, ssh
from havclab.processes import run
from havclab.state import ROOT, TESTS_LAB, Host, LabError, host_names

_SCRATCH_SIZE = "2g"  # a limit, not a reservation; three hosts with a release build use about 30 MB
_PLUGINS = "usr/lib/stonith/plugins/external"

_NEEDED = {
    "as": "binutils", "ld": "binutils", "corosync": "corosync", "crm_mon": "pacemaker-cli-utils", "ip": "iproute2",
    "libvirtd": "libvirt-daemon", "nsenter": "util-linux", "pacemakerd": "pacemaker",
    "qemu-system-x86_64": "qemu-system-x86", "ssh-keygen": "openssh-client", "sshd": "openssh-server", "tini": "tini", "unshare": "util-linux", "virsh": "libvirt-clients",
}


@dataclass
class Plan:
    """What a lab shall be like; the options of "lab up"."""

    hosts: int = 3
    stage: str = None
    packages: str = None
    token: int = 3000
    simulator: str = None
    simulator_options: str = ""
    face: str = "amm"
    env: list = field(default_factory=list)  # pairs
    property: list = field(default_factory=list)  # pairs
    remote: list = field(default_factory=list)  # HOST or HOST=NODE: runs pacemaker-remoted alone
    wait: bool = False

    @classmethod
    def of(cls, options):
        """From any object that has some of these as attributes."""
        return cls(**{each.name: getattr(options, each.name) for each in fields(cls) if hasattr(options, each.name)})


def up(lab, options, say):
    """Makes a lab as `options` (a Plan, or what has its attributes) say. The caller ends it with `down` when this raises."""
    options = Plan.of(options)
    daemon = remoted() if options.remote else None
    settings = {"id": lab.id, "hosts": host_names(options.hosts), "token": options.token, "remote": _remote(options),
                "environment": dict(options.env), "properties": _properties(options.property)}
    _make_scratch(lab)
    if options.packages:
        say(f"installed by dpkg, for all hosts: {', '.join(packages.install(lab, options.packages))}")
    else:
        _copy_stage(lab, options.stage)
    if daemon:
        (lab.path / "stage/usr/sbin").mkdir(parents=True, exist_ok=True)
        shutil.copy(daemon, lab.path / "stage/usr/sbin/pacemaker-remoted")
    lab.save_settings(settings)
    guests.make_storage(lab)
    ssh.make_keys(lab)
    say(f"scratch directory {lab.path}, guests assembled")
    network.make_switch(lab)
    hosts = lab.hosts()
    for host in hosts:
        disk.make(host, settings)
    with ThreadPoolExecutor(len(hosts)) as pool:
        list(pool.map(power.on, hosts))
    say(f"hosts {', '.join(map(str, hosts))} are on")
    if options.simulator:
        chassis.start(lab, str(Path(options.simulator).resolve()),
                      ["--face", options.face, *shlex.split(options.simulator_options)])
        say("the chassis listens on the lab's network")
    if options.wait:
        await_ready(lab, say)


def await_ready(lab, say):
    """Waits until everything that was switched on works together."""
    cluster.wait("the cluster has quorum", lambda: cluster.quorate(lab), 60)
    say("the cluster is quorate")
    cluster.wait("the cluster has elected a controller (DC)", lambda: cluster.has_dc(lab), 90)
    say(f"{cluster.look(lab).dc} is the cluster's controller")
    # Remote hosts are no members: Pacemaker connects to them when it may start resources, which takes a fence device.
    names = [host.name for host in lab.members()]
    cluster.wait("all hosts are online in Pacemaker", lambda: cluster.online(lab, names), 90)
    say("all hosts are online")
    for host in lab.hosts():
        cluster.wait(f"libvirtd answers on {host}", lambda host=host: cluster.libvirt_answers(host), 60)
    say("libvirtd answers everywhere")


def down(lab):
    """Ends a lab and removes every trace of it; nothing happens without one."""
    if not lab.path.exists():
        return
    if os.path.ismount(lab.path):
        lab.ending.touch()
        # The chassis first, with its hooks: nobody shall switch anything on any more. What was never recorded
        # is found by its network namespace.
        chassis.stop(lab)
        if network.is_namespace(lab.namespace("switch")):
            processes.end_all_in_network(lab.namespace("switch"))
        for host in _hosts_on_disk(lab):
            power.off(host)
        network.remove_namespace(lab.namespace("switch"))
        while os.path.ismount(lab.path):
            _unmount(lab.path)
    if any(lab.path.iterdir()):
        raise LabError(f"{lab.path} is not empty and not mounted: it is not the lab's; look and remove it by hand")
    lab.path.rmdir()
    if not any(ROOT.iterdir()):
        ROOT.rmdir()


def check_machine():
    """Complains at once, and about everything, when the lab cannot work here."""
    if os.geteuid() != 0:
        raise LabError("the lab makes namespaces and mounts: run it as root")
    path = processes.CLEAN_ENVIRONMENT["PATH"]
    missing = sorted({package for program, package in _NEEDED.items() if not shutil.which(program, path=path)})
    if missing:
        raise LabError(f"missing packages: {' '.join(missing)}; install them with packaging/install-dependencies")


def _properties(extra):
    # dc-deadtime: 20 s is for switches that are slow to forward; the lab's is not. All else stays as Pacemaker has it.
    return {"dc-deadtime": "1s", "stonith-enabled": "true", **dict(extra)}


def _remote(options):
    """Host → node, of the hosts that are only remote ones."""
    remote = {host: node or host for host, _, node in (text.partition("=") for text in options.remote)}
    names = host_names(options.hosts)
    unknown = sorted(set(remote) - set(names))
    if unknown or len(remote) == len(names):
        raise LabError(f"--remote: the hosts are {', '.join(names)}, and one at least has to be a member of the cluster")
    return remote


def remoted():
    """The daemon of Debian's pacemaker-remote, which cannot be installed beside pacemaker."""
    version = run("dpkg-query", "--show", "--showformat=${Version}", "pacemaker")
    program = TESTS_LAB.parent.parent / "build/pacemaker-remote" / version / "usr/sbin/pacemaker-remoted"
    if not program.exists():
        raise LabError(f"{program} is missing: in a clone, packaging/install-dependencies fetches it")
    return program


def _make_scratch(lab):
    try:
        lab.path.mkdir(parents=True, mode=0o755)
    except FileExistsError:
        raise LabError(f"lab '{lab}' exists already: end it with 'lab down --id {lab}', or use another --id") from None
    run("mount", "-t", "tmpfs", "-o", f"size={_SCRATCH_SIZE},mode=755,nosuid,nodev", "havc-lab", str(lab.path))
    run("mount", "--make-private", str(lab.path))
    # The layer that all hosts share: between the machine's and the host's own.
    for directory in ("etc", "usr", "var/lib/dpkg"):
        (lab.path / "stage" / directory).mkdir(parents=True)


def _copy_stage(lab, stage):
    """Installs a DESTDIR tree for all hosts. A copy: rebuilding it later does not change hosts that run."""
    if stage is None:
        return
    source = Path(stage) / "usr"
    if not source.is_dir():
        raise LabError(f"--stage '{stage}' has no usr/: give the DESTDIR of 'cmake --install'")
    shutil.copytree(source, lab.path / "stage/usr", symlinks=True, dirs_exist_ok=True)
    for plugin in (lab.path / "stage" / _PLUGINS).glob("*"):
        if plugin.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise LabError(f"'{stage}/{_PLUGINS}/{plugin.name}' is writable by its group or by others: "
                           "cluster-glue ignores such a plugin; install it with mode 0755")


def _hosts_on_disk(lab):
    """The hosts that were begun, also when the settings were never written."""
    directory = lab.path / "hosts"
    return [Host(lab, path.name) for path in sorted(directory.iterdir())] if directory.is_dir() else []


def _unmount(path, seconds=5):
    """Unmounts; when somebody has a file open there it is detached from the tree and freed when they close it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            run("umount", str(path))
            return
        except LabError:
            time.sleep(0.1)
    run("umount", "--lazy", str(path))
