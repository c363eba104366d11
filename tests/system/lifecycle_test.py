#!/usr/bin/python3
"""What start begins a guest from and what stop leaves behind, with real libvirtd and QEMU: saved memory, libvirt's own definitions and images,
TPM state, ways to ask for a shutdown, and what is in the way. Runs on a private host: private-host --stage DIR -- lifecycle_test.py GUESTS"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

SKIPPED = 77
AGENT = "/usr/lib/ocf/resource.d/havc/LibvirtQemu"
NEEDED = ["virsh", "swtpm", "swtpm_setup", "qemu-storage-daemon", "mkfs.ext4", "fsfreeze"]
GUESTS = Path(sys.argv.pop()) if len(sys.argv) > 1 else Path()
FOLDER = Path("/run/lifecycle")
IMAGES = FOLDER / "images"
IMAGE = IMAGES / "vm1.state"
CONSOLE = FOLDER / "console"
UUID = "7b1d3c1e-2b0a-4d0e-9a51-0d6f3a7b9c01"
PATIENCE = 60  # seconds for what takes milliseconds on an idle machine

DOMAIN = """<domain type='qemu'>
  <name>vm1</name>{uuid}<memory unit='MiB'>16</memory>
  <os><type machine='pc'>hvm</type>{os}</os><features><acpi/></features>
  <devices>
    {disk}
    <serial type='file'><source path='{console}' append='on'/></serial>
    <controller type='usb' model='none'/><memballoon model='none'/>{devices}
  </devices>
</domain>
"""
DISK = "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='{image}'/><target dev='vda' bus='virtio'/>{more}</disk>"


def disk(kind="counting", image=None, more="<readonly/>"):
    return DISK.format(image=image or GUESTS / f"{kind}.img", more=more)


def write_domain(devices="", uuid=UUID, disks=None, os_xml=""):
    path = FOLDER / "vm1.xml"
    path.write_text(DOMAIN.format(uuid=f"<uuid>{uuid}</uuid>" if uuid else "", disk=disks or disk(), console=CONSOLE, devices=devices, os=os_xml))
    return path


def agent(action, timeout=120, **parameters):
    values = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "OCF_ROOT": "/usr/lib/ocf", "OCF_RA_VERSION_MAJOR": "1", "OCF_RESOURCE_INSTANCE": "vm1",
              "OCF_RESKEY_config": str(FOLDER / "vm1.xml"), "OCF_RESKEY_CRM_meta_timeout": str(timeout * 1000)}
    values.update({f"OCF_RESKEY_{name}": str(value) for name, value in parameters.items()})
    begin = time.monotonic()
    result = subprocess.run([AGENT, action], env=values, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout + 60, check=False)
    result.seconds = time.monotonic() - begin
    result.reason = "\n".join(re.findall(r"^ocf-exit-reason:(.*)$", result.stderr, re.MULTILINE))
    return result


def virsh(*words):
    return subprocess.run(["virsh", "-q", *words], capture_output=True, text=True, timeout=PATIENCE, check=False)


def counts():
    """The guest's lines: what it drew at its boot, and how far it has counted."""
    return [(nonce, int(count, 16)) for nonce, count in re.findall(r"^([0-9A-Fa-f]{8}) ([0-9A-Fa-f]{8})\r?$", CONSOLE.read_text(), re.MULTILINE)]


def until(condition, what):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {PATIENCE} s: {what}")
        time.sleep(0.05)


def next_count():
    before = len(counts()) if CONSOLE.exists() else 0
    until(lambda: CONSOLE.exists() and len(counts()) > before + 1, "the guest counts")
    return counts()[-1]


class Lifecycle(unittest.TestCase):
    def setUp(self):
        shutil.rmtree(FOLDER, ignore_errors=True)
        IMAGES.mkdir(parents=True)
        write_domain()
        self.addCleanup(self.end_all)

    def end_all(self):
        virsh("destroy", "vm1")
        virsh("managedsave-remove", "vm1")
        virsh("undefine", "vm1", "--nvram")

    def succeed(self, action, **parameters):
        result = agent(action, **parameters)
        self.assertEqual((result.returncode, result.reason), (0, ""), result.stderr)
        return result

    def refuse(self, action, code, *words, **parameters):
        result = agent(action, **parameters)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertLessEqual(len(result.reason), 128)
        for word in words:
            self.assertIn(word, result.reason)
        return result

    def assertNothingLeft(self):
        self.assertEqual(virsh("list", "--all", "--name").stdout.strip(), "")

    # Saved by stop

    def test_a_saved_guest_goes_on_where_it_was(self):
        self.succeed("start", snapshot=IMAGES)
        before = next_count()
        self.succeed("stop", snapshot=IMAGES)
        self.assertEqual(IMAGE.stat().st_mode & 0o777, 0o600)
        self.assertEqual(os.listdir(IMAGES), ["vm1.state"])
        self.assertNothingLeft()
        self.succeed("stop", snapshot=IMAGES)
        self.assertEqual(agent("monitor", snapshot=IMAGES).returncode, 7)
        self.succeed("start", snapshot=IMAGES)
        after = next_count()
        self.assertEqual(after[0], before[0], "it has booted anew")
        self.assertGreater(after[1], before[1])
        self.assertEqual(os.listdir(IMAGES), [])
        self.succeed("monitor", snapshot=IMAGES, CRM_meta_interval=10000)

    def test_a_damaged_image_and_one_of_another_domain_are_named(self):
        self.succeed("start", snapshot=IMAGES)
        next_count()
        self.succeed("stop", snapshot=IMAGES)
        write_domain(uuid=UUID.replace("7b1d", "0000"))
        self.refuse("start", 1, "vm1.state", "remove it", snapshot=IMAGES)
        write_domain()
        IMAGE.write_bytes(b"LibvirtQemudPart" + IMAGE.read_bytes()[16:])
        self.refuse("start", 1, "vm1.state", "remove it", snapshot=IMAGES)
        IMAGE.write_bytes(b"nonsense")
        self.refuse("start", 1, "vm1.state", "remove it", snapshot=IMAGES)
        self.assertNothingLeft()
        IMAGE.unlink()
        self.succeed("start", snapshot=IMAGES)

    def test_without_space_the_guest_is_shut_down(self):
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", IMAGES], check=True)
        self.addCleanup(lambda: subprocess.run(["umount", IMAGES], check=True))
        self.succeed("start", snapshot=IMAGES)
        next_count()
        result = self.succeed("stop", snapshot=IMAGES)
        self.assertIn("MiB are free", result.stderr)
        self.assertEqual(os.listdir(IMAGES), [])
        self.assertIn("poweroff", CONSOLE.read_text())

    def test_a_save_that_fails_is_followed_by_a_shutdown(self):
        self.succeed("start", snapshot=IMAGES)
        next_count()
        (IMAGES / "vm1.state.part" / "in the way").mkdir(parents=True)
        result = self.succeed("stop", snapshot=IMAGES)
        self.assertIn("not saved", result.stderr)
        self.assertIn("poweroff", CONSOLE.read_text())

    def slow_folder(self, rate):
        """The folder of images on a file system that writes through, `rate` bytes a second."""
        (FOLDER / "slow.img").touch()
        with open(FOLDER / "disk", "wb") as file:
            file.truncate(64 << 20)
        subprocess.run(["mkfs.ext4", "-q", "-O", "^has_journal", FOLDER / "disk"], check=True)
        daemon = subprocess.Popen(["qemu-storage-daemon", "--object", f"throttle-group,id=slow,x-bps-write={rate},x-bps-write-max={rate}",
                                   "--blockdev", f"file,node-name=disk,filename={FOLDER}/disk",
                                   "--blockdev", "throttle,node-name=image,throttle-group=slow,file=disk",
                                   "--export", f"fuse,id=slow,node-name=image,mountpoint={FOLDER}/slow.img,writable=on,allow-other=off"],
                                  stdin=subprocess.DEVNULL)

        def end():  # what is still being written fails at once without the daemon
            daemon.kill()
            daemon.wait(PATIENCE)
            subprocess.run(["umount", "--lazy", IMAGES, FOLDER / "slow.img"], check=False)

        self.addCleanup(end)
        until(lambda: f" {FOLDER}/slow.img fuse" in Path("/proc/self/mounts").read_text() or daemon.poll() is not None, "the slow disk")
        mount = ["mount", "-o", "loop,sync", FOLDER / "slow.img", IMAGES]
        if daemon.poll() is not None or subprocess.run(mount, check=False).returncode != 0:
            self.skipTest("no FUSE or no loop devices on this machine")
        shutil.rmtree(IMAGES / "lost+found")

    def test_a_save_that_takes_too_long_is_aborted(self):
        self.slow_folder(rate=16384)
        self.succeed("start", snapshot=IMAGES)
        next_count()
        result = self.succeed("stop", snapshot=IMAGES, timeout=40)
        self.assertLess(result.seconds, 40)
        self.assertIn("not saved", result.stderr)
        self.assertNothingLeft()
        until(lambda: os.listdir(IMAGES) == [], "no part of an image stays")

    def test_a_folder_that_is_frozen_keeps_no_action_from_ending(self):
        """Who writes to a frozen file system hangs in the kernel, also who removes what is not there, and no signal ends that."""
        with open(FOLDER / "disk", "wb") as file:
            file.truncate(32 << 20)
        subprocess.run(["mkfs.ext4", "-q", FOLDER / "disk"], check=True)
        if subprocess.run(["mount", "-o", "loop", FOLDER / "disk", IMAGES], check=False).returncode != 0:
            self.skipTest("no loop devices on this machine")
        # What hung in libvirtd and in rm ends a moment after the thaw.
        self.addCleanup(lambda: until(lambda: subprocess.run(["umount", IMAGES], capture_output=True, check=False).returncode == 0, "umount"))
        subprocess.run(["fsfreeze", "-f", IMAGES], check=True)
        thaw = threading.Timer(PATIENCE, subprocess.run, (["fsfreeze", "-u", IMAGES],))  # else nothing could wait for what hangs
        self.addCleanup(lambda: (thaw.cancel(), subprocess.run(["fsfreeze", "-u", IMAGES], check=False)))
        thaw.start()
        self.succeed("start", snapshot=IMAGES)
        result = self.succeed("stop", snapshot=IMAGES, timeout=20)
        self.assertTrue(thaw.is_alive())
        self.assertLess(result.seconds, 20)

    def test_force_and_saving_exclude_each_other(self):
        both = {"snapshot": IMAGES, "force_stop": 1}
        for action in ("start", "validate-all"):
            self.refuse(action, 6, "exclude each other", **both)
        self.succeed("start")
        self.succeed("stop", **both)
        self.assertEqual(os.listdir(IMAGES), [])

    # libvirt's own definitions and images

    def persistent(self):
        return virsh("dominfo", "vm1").stdout.split("Persistent:")[1].split()[0]

    def test_a_definition_stays_and_is_renewed_and_goes(self):
        for uuid in (UUID, None):
            with self.subTest(uuid=uuid):
                write_domain(uuid=uuid)
                for _ in range(2):
                    self.succeed("start", domain_definition="persistent")
                    self.assertEqual(self.persistent(), "yes")
                    self.assertIn("urn:havc:domain:1", virsh("dumpxml", "vm1", "--inactive").stdout)
                    self.succeed("monitor", domain_definition="persistent", CRM_meta_interval=10000)
                    self.succeed("stop", domain_definition="persistent")
                    self.assertEqual(virsh("domstate", "vm1").stdout.strip(), "shut off")
                    self.assertEqual(agent("monitor", domain_definition="persistent").returncode, 7)
                identity = virsh("domuuid", "vm1").stdout
                self.succeed("start", domain_definition="persistent")
                self.assertEqual(virsh("domuuid", "vm1").stdout, identity)
                self.succeed("stop", domain_definition="persistent")
                self.succeed("start")
                self.assertEqual(self.persistent(), "no")
                self.succeed("stop")
                self.assertNothingLeft()

    def test_a_managed_save_image_waits_for_a_decision(self):
        for definition in ("transient", "persistent"):
            with self.subTest(definition=definition):
                self.succeed("start", domain_definition="persistent")
                before = next_count()
                self.assertEqual(virsh("managedsave", "vm1").returncode, 0)
                self.refuse("start", 1, "managed-save image", "managed_save_action", domain_definition=definition)
                self.succeed("start", domain_definition=definition, managed_save_action="restore")
                restored = next_count()
                self.assertEqual(restored[0], before[0], "it has booted anew")
                self.assertEqual(virsh("managedsave", "vm1").returncode, 0)
                self.succeed("start", domain_definition=definition, managed_save_action="discard")
                self.assertNotEqual(next_count()[0], before[0], "it goes on from the image")
                self.assertEqual(self.persistent(), "yes" if definition == "persistent" else "no")
                self.succeed("stop", domain_definition=definition)
                self.assertEqual(list(Path("/var/lib/libvirt/qemu/save").glob("*")), [])
                virsh("undefine", "vm1")

    # TPM

    def test_the_secrets_of_a_tpm_survive(self):
        states = Path("/var/lib/libvirt/swtpm") / UUID
        tpm = "<tpm model='tpm-crb'><backend type='emulator' version='2.0'{}/></tpm>"
        write_domain(tpm.format(""))
        self.refuse("start", 5, "TPM", "domain_definition=persistent")
        self.assertNothingLeft()
        self.succeed("start", domain_definition="persistent")
        state = next(states.rglob("*permall*"))
        content = state.read_bytes()
        self.succeed("stop", domain_definition="persistent")
        self.assertTrue(state.exists(), "stop lost the secrets")
        write_domain(tpm.format(" persistent_state='yes'"))
        self.succeed("start")  # drops the definition
        self.assertTrue(state.exists(), "dropping the definition lost the secrets")
        self.succeed("stop")
        self.assertTrue(state.exists(), "the end of a transient domain lost the secrets")
        self.assertEqual(len(state.read_bytes()), len(content))

    # Asking

    def test_a_way_that_is_refused_is_followed_by_the_next_at_once(self):
        write_domain("<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>")
        self.succeed("start")
        next_count()
        result = self.succeed("stop", shutdown_mode="agent,acpi")
        self.assertIn("agent", result.stderr)
        self.assertIn("poweroff", CONSOLE.read_text())
        self.assertLess(result.seconds, 30)

    # What is in the way

    def test_an_overlay_that_a_transient_disk_left_is_named(self):
        image = FOLDER / "scratch.img"
        shutil.copy(GUESTS / "counting.img", image)
        write_domain(disks=disk(image=image, more="<transient/>"))
        overlay = FOLDER / "scratch.img.TRANSIENT-vm1"
        overlay.touch()
        self.refuse("start", 1, str(overlay), "remove that file")
        overlay.unlink()
        self.succeed("start")

    def test_a_port_that_is_taken_is_tried_twice(self):
        with socket.create_server(("127.0.0.1", 5905)):
            write_domain("<graphics type='vnc' port='5905' autoport='no' listen='127.0.0.1'/>")
            # libvirt reads QEMU's last words from its log, which at times are not there yet.
            for _ in range(10):
                result = self.refuse("start", 1)
                if "in use" in result.reason:
                    break
            self.assertIn("in use", result.reason)
            self.assertIn("trying once more", result.stderr)

    def test_uefi_variables_that_others_do_not_see_are_warned_of(self):
        for name in ("code.fd", "vars.fd"):
            (FOLDER / name).write_bytes(bytes(1 << 18))
        write_domain(os_xml=f"<loader readonly='yes' type='pflash'>{FOLDER}/code.fd</loader><nvram>{FOLDER}/vars.fd</nvram>")
        result = self.succeed("start")
        self.assertIn("UEFI variables", result.stderr)
        self.succeed("stop", force_stop=1)
        self.assertTrue((FOLDER / "vars.fd").exists())

    def export(self):
        """A FUSE file system, which counts as a network's, with an image in it."""
        (FOLDER / "far.img").touch()
        shutil.copy(GUESTS / "counting.img", FOLDER / "image")
        daemon = subprocess.Popen(["qemu-storage-daemon", "--blockdev", f"file,node-name=image,filename={FOLDER}/image",
                                   "--export", f"fuse,id=far,node-name=image,mountpoint={FOLDER}/far.img,writable=on,allow-other=off"],
                                  stdin=subprocess.DEVNULL)

        def end():
            daemon.send_signal(signal.SIGCONT)
            daemon.terminate()
            daemon.wait(PATIENCE)

        self.addCleanup(end)
        until(lambda: f" {FOLDER}/far.img fuse" in Path("/proc/self/mounts").read_text() or daemon.poll() is not None, "the export")
        if daemon.poll() is not None:
            self.skipTest("no FUSE on this machine")
        (FOLDER / "link.img").symlink_to(FOLDER / "far.img")
        return daemon

    def test_a_disk_that_is_a_link_onto_network_storage_is_refused(self):
        self.export()
        write_domain(disks=disk(image=FOLDER / "link.img", more=""))
        self.refuse("start", 1, str(FOLDER / "link.img"), "network storage")
        self.assertNothingLeft()
        write_domain(disks=disk(image=FOLDER / "link.img"))  # nobody writes to it
        self.succeed("start")

    def test_storage_that_hangs_does_not_hang_the_start(self):
        daemon = self.export()
        write_domain(disks=disk(image=FOLDER / "link.img", more=""))
        daemon.send_signal(signal.SIGSTOP)
        result = self.refuse("start", 1, "does not answer", timeout=20)
        self.assertLess(result.seconds, 20)

    def test_a_qemu_in_uninterruptible_io_asks_for_fencing(self):
        """A QEMU that writes to a frozen file system survives SIGKILL until it is thawed."""
        frozen = FOLDER / "frozen"
        frozen.mkdir()
        with open(FOLDER / "disk", "wb") as file:
            file.truncate(32 << 20)
        subprocess.run(["mkfs.ext4", "-q", FOLDER / "disk"], check=True)
        if subprocess.run(["mount", "-o", "loop", FOLDER / "disk", frozen], check=False).returncode != 0:
            self.skipTest("no loop devices on this machine")
        qemu = subprocess.Popen(["qemu-system-x86_64", "-name", "guest=vm1", "-uuid", UUID, "-M", "pc,accel=tcg", "-m", "16", "-display", "none",
                                 "-monitor", "none", "-serial", f"file:{frozen}/console",
                                 "-drive", f"file={GUESTS}/counting.img,format=raw,read-only=on,if=virtio"], stdin=subprocess.DEVNULL)

        def end():
            subprocess.run(["fsfreeze", "-u", frozen], check=False)
            qemu.kill()
            qemu.wait(PATIENCE)
            subprocess.run(["umount", frozen], check=True)

        self.addCleanup(end)
        console = frozen / "console"
        until(lambda: console.exists() and console.stat().st_size > 0, "the guest prints")
        subprocess.run(["fsfreeze", "-f", frozen], check=True)
        states = lambda: {path.read_text().rpartition(")")[2].split()[0] for path in Path(f"/proc/{qemu.pid}/task").glob("*/stat")}  # noqa: E731
        until(lambda: "D" in states(), "QEMU hangs in the kernel")
        result = self.refuse("stop", 1, f"QEMU pid {qemu.pid}", "uninterruptible I/O", "fence this node", timeout=20)
        self.assertLess(result.seconds, 20)
        subprocess.run(["fsfreeze", "-u", frozen], check=True)
        qemu.wait(PATIENCE)
        self.succeed("stop")


if __name__ == "__main__":
    missing = [program for program in NEEDED if not shutil.which(program)]
    if missing or not Path(AGENT).exists():
        print("skipped: not installed: " + ", ".join(missing or [AGENT]), file=sys.stderr)
        sys.exit(SKIPPED)
    unittest.main(verbosity=2, warnings="ignore")
