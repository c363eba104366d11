"""Two hosts beside each other, guests on them, and the staged agent run there as Pacemaker would: what drop_in_test.py, stall_sweep.py, soak.py
and crowd_test.py share. They run as `private-host --stage DIR -- PROGRAM`, whose own host only watches: it sees every process of the two."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from xml.sax.saxutils import escape

SKIPPED = 77
PRIVATE_HOST = Path(__file__).resolve().parent / "private-host"
AGENTS = "/usr/lib/ocf/resource.d"
OURS = f"{AGENTS}/havc/LibvirtQemu"
THEIRS = f"{AGENTS}/heartbeat/VirtualDomain"
SOCKET = "/run/libvirt/libvirt-sock"
PORT = 16509  # libvirt's own for TCP
PATIENCE = 120  # seconds; the machine may be loaded

DOMAIN = """<domain type='qemu'>
  <name>{name}</name>
  <uuid>{uuid}</uuid>
  <memory unit='MiB'>{memory}</memory><vcpu>1</vcpu>
  <os><type machine='pc'>hvm</type></os><features><acpi/></features>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='{image}'/><target dev='vda' bus='virtio'/><readonly/></disk>
    <controller type='usb' model='none'/>
    <serial type='file'><source path='{console}' append='on'/></serial>
    <memballoon model='none'/>
  </devices>
</domain>
"""


def until(condition, what, seconds=PATIENCE):
    """Waits until condition() is true, and returns what it is."""
    end = time.monotonic() + seconds
    while not (result := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.02)
    return result


class Host:
    """A private host beside ours, in the same network; its libvirtd listens on TCP, too."""

    def __init__(self, name, address):
        self.name, self.address = name, address
        self.process = subprocess.Popen([sys.executable, PRIVATE_HOST, "--same-network", "--name", name, "--tcp", f"{address}:{PORT}", "--",
                                         "sh", "-c", "mount -t tmpfs tmpfs /tmp && mkdir /run/ready; exec sleep infinity"], stdin=subprocess.DEVNULL)
        self.init = until(self._child, "unshare")
        self.root = Path(f"/proc/{self.init}/root")
        self.enter = ["nsenter", "-t", str(self.init), "-m", "-p", "-u", "-i", "--"]
        until((self.root / "run/ready").exists, f"host {name}")
        self.namespace = os.readlink(f"/proc/{self.init}/ns/pid")

    def _child(self):
        if self.process.poll() is not None:
            raise AssertionError("a private host does not start")
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0]) if children else None

    @property
    def socket(self):
        return f"{self.root}{SOCKET}"

    def run(self, *words, seconds=PATIENCE, **options):
        return subprocess.run([*self.enter, *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds,
                              check=False, **options)

    def virsh(self, *words):
        return self.run("virsh", "-q", *words)

    def processes(self):
        """Everything that runs there, as {pid here: its name}."""
        found = {}
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and os.readlink(entry / "ns/pid") == self.namespace:
                    found[int(entry.name)] = (entry / "comm").read_text().strip()
            except OSError:
                continue
        return found

    def qemus(self, guest):
        """The pids, as seen here, of the guest's QEMUs on that host that are no zombies."""
        found = []
        for pid, name in self.processes().items():
            try:
                words = Path(f"/proc/{pid}/cmdline").read_text(errors="replace").split("\0")
            except OSError:
                continue
            if name.startswith("qemu-system") and guest.uuid in words:
                found.append(pid)
        return found

    def state(self, guest):
        """libvirt's word for it, or nothing when it is not active there."""
        result = self.virsh("domstate", guest.uuid)
        word = result.stdout.strip()
        return None if result.returncode != 0 or word == "shut off" else word

    def libvirtd(self):
        return [pid for pid, name in self.processes().items() if name == "libvirtd"][0]

    def end(self):
        self.process.kill()  # unshare heeds nothing less; its namespaces, and all in them, end with it
        self.process.wait()


class Guest:
    """A boot sector of tests/lab/guests; `instance` is the resource that runs it."""

    def __init__(self, folder, name, number, image, memory=16):
        self.name, self.uuid = name, f"6f1d3c1e-2b0a-4d0e-9a51-{number:012x}"
        self.instance = f"vm{number}"
        self.config, self.console = folder / f"{self.instance}.xml", folder / f"{self.instance}.console"
        self.xml = DOMAIN.format(name=escape(name), uuid=self.uuid, image=image, console=self.console, memory=memory)
        self.config.write_text(self.xml)

    @contextlib.contextmanager
    def without_config(self):
        """The file is not there meanwhile."""
        away = self.config.rename(self.config.with_suffix(".away"))
        try:
            yield
        finally:
            away.rename(self.config)

    def forget_console(self):
        self.console.write_text("")

    def wait_until_ready(self):
        until(lambda: "ready" in self.console.read_text(), f"the boot of {self.name}")


def environment(guest, timeout=60, agent=OURS, **parameters):
    """As Pacemaker sets it. Parameters that are None are left out; names in capitals are variables of their own."""
    values = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "OCF_ROOT": "/usr/lib/ocf", "OCF_RA_VERSION_MAJOR": "1", "OCF_RA_VERSION_MINOR": "1",
              "OCF_RESOURCE_INSTANCE": guest.instance, "OCF_RESOURCE_TYPE": Path(agent).name, "HA_RSCTMP": "/run/resource-agents",
              "OCF_RESOURCE_PROVIDER": Path(agent).parent.name, "OCF_RESKEY_config": str(guest.config),
              "OCF_RESKEY_CRM_meta_timeout": str(1000 * timeout)}
    for name, value in parameters.items():
        name = name if name.isupper() else f"OCF_RESKEY_{name}"
        values.pop(name, None)
        if value is not None:
            values[name] = str(value)
    return values


# The agent sees another socket where libvirt's is, and no run state: then it must ask libvirt.
ELSEWHERE = """[ -z "$1" ] || mount --bind "$1" /run/libvirt/libvirt-sock || exit 99
[ -z "$2" ] || mount -t tmpfs none /run/libvirt/qemu || exit 99
shift 2; exec "$@"
"""


def agent(action, guest, host, program=OURS, timeout=60, socket_path=None, hide_run_state=False, wrapper=(), **parameters):
    """Runs one action. The result has .returncode, .stderr, .seconds, .reasons; killed means that Pacemaker would have killed it."""
    words = [*host.enter, "env", "-i", *(f"{name}={value}" for name, value in environment(guest, timeout, program, **parameters).items())]
    if socket_path or hide_run_state:
        words += ["unshare", "--mount", "sh", "-c", ELSEWHERE, "sh", str(socket_path or ""), "yes" if hide_run_state else ""]
    words += [*wrapper, program, action]
    begin = time.monotonic()
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0)
    killed = False
    try:
        _, errors = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        killed = True
        os.killpg(process.pid, signal.SIGKILL)
        _, errors = process.communicate()
    result = subprocess.CompletedProcess(words, process.returncode, "", errors)
    result.seconds, result.killed = time.monotonic() - begin, killed
    result.reasons = re.findall(r"^ocf-exit-reason:(.*)$", errors, re.MULTILINE)
    return result


class Stage:
    """The two hosts and a folder that both see; ends without a trace."""

    def __init__(self, images, proxies=0):
        # Not below /tmp, which is each host's own: what the agent leaves there shall be seen.
        self.folder = Path(tempfile.mkdtemp(prefix="havc-system-", dir="/var/tmp"))
        self.images = Path(shutil.copytree(images, self.folder / "images"))
        self.hosts = []
        # A migration goes to the target's host name, which must be found. Only our own /etc is changed.
        names = ["127.0.0.1 localhost"]
        names += [f"127.0.0.{10 + number} n{number} n{number}-mig" for number in (1, 2)]
        names += [f"127.0.1.{number} proxy{number}" for number in range(1, proxies + 1)]
        (self.folder / "hosts").write_text("\n".join(names) + "\n")
        subprocess.run(["mount", "--bind", str(self.folder / "hosts"), "/etc/hosts"], check=True)
        try:
            for number in (1, 2):
                self.hosts.append(Host(f"n{number}", f"127.0.0.{10 + number}"))
        except BaseException:
            self.end()
            raise

    def guest(self, name, number, kind="obedient", memory=16):
        return Guest(self.folder, name, number, self.images / f"{kind}.img", memory)

    def end(self):
        for host in self.hosts:
            host.end()
        subprocess.run(["umount", "/etc/hosts"], check=True)
        shutil.rmtree(self.folder)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


def skip_unless_installed(*programs):
    missing = [program for program in (*programs, OURS) if not shutil.which(program)]
    if missing:
        print("skipped: not installed: " + ", ".join(missing), file=sys.stderr)
        sys.exit(SKIPPED)
