"""What system tests of the staged agent share: calling it as Pacemaker does, guests, the private host's libvirtd, waiting. For a host made by
private-host; nothing here is for the machine itself."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

AGENT = "/usr/lib/ocf/resource.d/havc/LibvirtQemu"
FOLDER = Path("/run/states")
CONSOLE = FOLDER / "console"
RUN_STATES = Path("/run/libvirt/qemu")
PATIENCE = 60  # seconds; for what takes one or two on an idle machine
REASON_ROOM = 128
SKIPPED = 77

DOMAIN = """<domain type='qemu'>
  <name>vm1</name><uuid>6f1d3c1e-2b0a-4d0e-9a51-0d6f3a7b9c01</uuid><memory unit='MiB'>{memory}</memory><vcpu>1</vcpu>
  <os><type machine='pc'>hvm</type>{boot}</os><features><acpi/></features>
  {settings}
  <devices>
    {devices}
    <controller type='usb' model='none'/><memballoon model='none'/>
  </devices>
</domain>
"""
BOOT_DISK = ("<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='{image}'/><target dev='vda' bus='virtio'/><readonly/>"
             "<boot order='1'/></disk>")
SERIAL_TO_FILE = f"<serial type='file'><source path='{CONSOLE}' append='on'/></serial>"


def define(settings="", devices="", memory=16, boot=""):
    """Writes the resource's definition and returns its path."""
    path = FOLDER / "vm1.xml"
    path.write_text(DOMAIN.format(settings=settings, devices=devices, memory=memory, boot=boot))
    return path


def define_boot_sector(image, settings="", devices=""):
    return define(settings, BOOT_DISK.format(image=image) + SERIAL_TO_FILE + devices)


class Answer:
    """What the agent answered: its exit code, its reason, all that it wrote, and how long that took."""

    def __init__(self, words, environment):
        begin = time.monotonic()
        result = subprocess.run([AGENT, *words], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=150, check=False)
        self.seconds = time.monotonic() - begin
        self.code = result.returncode
        self.text = result.stderr
        reasons = re.findall(r"^ocf-exit-reason:(.*)$", result.stderr, re.MULTILINE)
        self.reason = reasons[-1] if reasons else ""
        if len(reasons) > 1 or len(self.reason.encode()) > REASON_ROOM:
            raise AssertionError(f"more than one reason, or one that is too long: {result.stderr}")

    def __repr__(self):
        return f"{self.code} '{self.reason}' after {self.seconds:.1f} s: {self.text}"


def agent(action, level=0, timeout=60, interval=0, **parameters):
    """Calls the agent. An interval makes a monitor a recurring one; without it, it is a probe."""
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "OCF_ROOT": "/usr/lib/ocf", "OCF_RA_VERSION_MAJOR": "1", "OCF_RA_VERSION_MINOR": "1",
                   "OCF_RESOURCE_INSTANCE": "vm1", "OCF_RESKEY_config": str(FOLDER / "vm1.xml"),
                   "OCF_RESKEY_CRM_meta_timeout": str(timeout * 1000), "OCF_CHECK_LEVEL": str(level),
                   "OCF_RESKEY_CRM_meta_interval": str(interval * 1000)}
    environment.update({f"OCF_RESKEY_{name}": str(value) for name, value in parameters.items()})
    return Answer([action], environment)


def monitor(level=0, **more):
    return agent("monitor", level, interval=10, **more)


def probe(level=0, **more):
    return agent("monitor", level, **more)


def wait_until(condition, what):
    end = time.monotonic() + PATIENCE
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {PATIENCE} s")
        time.sleep(0.05)


def virsh(*words, check=True):
    return subprocess.run(["virsh", "-q", *words], capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL, check=check).stdout.strip()


def state():
    """libvirt's word for the domain's state, with the reason: "paused (I/O error)"; empty without a domain."""
    return virsh("domstate", "--reason", "vm1", check=False)


def console():
    return CONSOLE.read_text(errors="replace") if CONSOLE.exists() else ""


def wait_until_ready():
    wait_until(lambda: re.search(r"\n\w+\s", console()), "the guest boots")


def qemu_pids():
    """All QEMUs of this host, whether libvirt knows them or not."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and b"qemu-system" in (folder / "cmdline").read_bytes().split(b"\0")[0]:
                found.append(int(folder.name))
        except OSError:
            pass  # has ended
    return found


def qemu_pid():
    pids = qemu_pids()
    if len(pids) != 1:
        raise AssertionError(f"not one QEMU: {pids}")
    return pids[0]


def stop_process(pid):
    os.kill(pid, signal.SIGSTOP)
    wait_until(lambda: re.search(r"^State:\s*T", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE), "the process stops")


class Stopped:
    """A process that SIGSTOP holds for as long as the block lasts."""

    def __init__(self, pid):
        self.pid = pid

    def __enter__(self):
        stop_process(self.pid)

    def __exit__(self, *error):
        os.kill(self.pid, signal.SIGCONT)


def libvirtd_pid():
    return int(Path("/run/libvirtd.pid").read_text())


def end_libvirtd(how=signal.SIGTERM):
    pid = libvirtd_pid()
    os.kill(pid, how)
    wait_until(lambda: not Path(f"/proc/{pid}").exists(), "libvirtd ends")


def start_libvirtd():
    subprocess.run(["libvirtd", "-d"], check=True, stdin=subprocess.DEVNULL, timeout=PATIENCE)
    wait_until(lambda: subprocess.run(["virsh", "-q", "uri"], capture_output=True, check=False, timeout=PATIENCE).returncode == 0, "libvirtd starts")


def clean():
    """Ends every guest and brings libvirtd back: for the next test."""
    try:
        os.kill(libvirtd_pid(), signal.SIGCONT)
    except (OSError, ValueError):
        start_libvirtd()
    for pid in qemu_pids():
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not qemu_pids(), "all guests end")
    wait_until(lambda: not virsh("list", "--name"), "libvirt notices")
    virsh("undefine", "vm1", "--managed-save", check=False)
    for file in FOLDER.glob("*"):
        file.unlink()


class Test(unittest.TestCase):
    """A test that may leave behind whatever it likes."""

    def setUp(self):
        FOLDER.mkdir(exist_ok=True)
        self.addCleanup(clean)

    def assert_answer(self, answer, code, *words):
        """The code, and all of these words in the reason; without words there must be no reason."""
        self.assertEqual(answer.code, code, answer)
        for word in words:
            self.assertIn(word, answer.reason, answer)
        if not words:
            self.assertEqual(answer.reason, "", answer)

    def assert_stops(self, **parameters):
        self.assert_answer(agent("stop", **parameters), 0)
        self.assertEqual(qemu_pids(), [])
        self.assertEqual(virsh("list", "--all", "--name"), "")
        self.assertEqual(probe().code, 7)


def run_tests(programs, files):
    """Runs all tests of the caller's file, or skips for want of a program or a file."""
    missing = [program for program in programs if not shutil.which(program)] + [str(file) for file in [Path(AGENT), *files] if not file.exists()]
    if missing:
        print("skipped: not there: " + ", ".join(missing), file=sys.stderr)
        sys.exit(SKIPPED)
    unittest.main(verbosity=2, warnings="ignore")
