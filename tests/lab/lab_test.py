#!/usr/bin/python3
"""The lab itself: its hosts can be entered, switched and hung, its proof fails on a real double start, and it ends
without a trace. Needs nothing of havc. Skips with exit code 77 where the lab cannot run."""

import os
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from havclab import life, mirror, power  # noqa: E402
from havclab.state import ROOT, Lab, LabError  # noqa: E402

RUN_ID = f"selftest-{os.getpid()}"


def lab(*arguments, text=None, expect=0):
    """Runs a command of the lab; returns what it printed."""
    done = subprocess.run([HERE / "lab", arguments[0], "--id", RUN_ID, *arguments[1:]], input=text, capture_output=True,
                          text=True, check=False, timeout=200)
    if done.returncode != expect:
        raise AssertionError(f"lab {' '.join(arguments)}: exit code {done.returncode}, not {expect}: {done.stdout}{done.stderr}")
    return done.stdout


def traces():
    """Mount namespaces that know this lab, and its directory."""
    found = [str(ROOT / RUN_ID)] if (ROOT / RUN_ID).exists() else []
    for path in Path("/proc").glob("[0-9]*/mountinfo"):
        try:
            if f"/{RUN_ID}" in path.read_text():
                found.append(str(path))
        except OSError:
            pass  # it ended meanwhile
    return found


def await_no_traces(seconds=10):
    deadline = time.monotonic() + seconds
    while traces() and time.monotonic() < deadline:
        time.sleep(0.05)
    return traces()


class TwoHosts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(lab, "down")
        lab("up", "--hosts", "2", "--wait")

    def test_a_command_on_a_host_gets_its_input_and_returns_its_exit_code(self):
        self.assertEqual(lab("on", "n2", "cat", text="hello\n"), "hello\n")
        lab("on", "n1", "sh", "-c", "exit 42", expect=42)
        self.assertEqual(lab("on", "n1", "hostname"), "n1\n")

    def test_a_host_cannot_write_what_is_the_machines(self):
        lab("on", "n1", "touch", "/trace-of-the-lab", expect=1)
        lab("on", "n1", "touch", "/etc/trace-of-the-lab", "/usr/trace-of-the-lab", "/var/trace-of-the-lab")
        self.assertFalse(any(Path(place, "trace-of-the-lab").exists() for place in ("/etc", "/usr", "/var")))

    def test_a_host_sees_no_device_and_no_socket_of_the_machine(self):
        devices = lab("on", "n1", "find", "/dev", "-type", "b").split()
        self.assertEqual(devices, [])
        self.assertEqual(lab("on", "n1", "sh", "-c", "ls -d /run/dbus /run/systemd /run/havc-lab 2>/dev/null; true"), "")

    def test_two_runs_of_one_guest_are_no_proof(self):
        path = lab("guest", "twice").strip()
        for host in ("n1", "n2"):
            lab("on", host, "virsh", "--quiet", "create", path)
        lab("wait", "prints", "twice", "8")
        self.assertIn("they overlap", lab("proof", "twice", expect=1))
        for host in ("n1", "n2"):
            lab("on", host, "virsh", "--quiet", "destroy", "twice")

    def test_one_run_and_a_migration_are_proven(self):
        path = lab("guest", "once").strip()
        lab("on", "n1", "virsh", "--quiet", "create", path)
        lab("wait", "prints", "once", "3")
        lab("on", "n1", "virsh", "--quiet", "migrate", "--live", "once", "qemu+tcp://n2/system")
        lab("wait", "prints", "once", "3")
        self.assertIn("n1 -> n2", lab("proof", "once"))
        lab("on", "n2", "virsh", "--quiet", "destroy", "once")

    def test_a_guest_can_be_there_before_the_cluster(self):
        self.assertEqual(lab("guest", "old", "--define", "n2"), "")
        lab("wait", "prints", "old", "3")
        self.assertIn("old", lab("on", "n2", "virsh", "list", "--persistent", "--state-running", "--name"))
        lab("guest", "old", "--define", "n2", expect=125)  # it runs already
        lab("on", "n2", "virsh", "--quiet", "destroy", "old")
        lab("on", "n2", "virsh", "--quiet", "undefine", "old")

    def test_a_hung_daemon_goes_on_after_the_thaw(self):
        lab("hang", "n1", "libvirtd")
        lab("on", "n1", "timeout", "1", "virsh", "list", expect=124)
        lab("thaw", "n1", "libvirtd")
        lab("wait", "libvirt", "n1")
        lab("hang", "n1", "no-such-daemon", expect=125)

    def test_a_frozen_file_system_holds_who_touches_it_and_goes_on_after_the_thaw(self):
        host = Lab(RUN_ID).host("n1")
        lab("on", "n1", *mirror.mount_command("/srv/havc/images", "/srv/mirror"))
        mirror.freeze(host, "/srv/mirror")
        lab("on", "n1", "timeout", "1", "cat", "/srv/mirror/deaf.img", expect=124)
        mirror.thaw(host, "/srv/mirror")
        lab("on", "n1", "cmp", "/srv/mirror/deaf.img", "/srv/havc/images/deaf.img")
        mirror.freeze(host, "/srv/mirror")
        lab("on", "n1", "sh", "-c", "cp /srv/mirror/deaf.img /srv/mirror/copy >/dev/null 2>&1 &")
        lab("power", "n1", "off")
        self.assertFalse(power.is_on(host))
        lab("power", "n1", "on")
        lab("wait", "libvirt", "n1")

    def test_power_is_switched_as_often_as_one_likes_and_the_host_comes_back_by_itself(self):
        lab("power", "n2", "off")
        lab("power", "n2", "off")
        lab("on", "n2", "true", expect=125)
        lab("power", "n2", "on")
        lab("power", "n2", "on")
        lab("wait", "online", "n2")

    def test_root_logs_in_on_every_host_by_name_also_after_a_power_cycle(self):
        lab("power", "n2", "off")
        lab("power", "n2", "on")
        lab("wait", "online", "n1", "n2")
        lab("wait", "libvirt", "n2")
        for source, target in (("n1", "n1"), ("n1", "n2"), ("n2", "n1")):
            self.assertEqual(lab("on", source, "ssh", target, "hostname"), f"{target}\n")
        lab("on", "n1", "scp", "-q", "/etc/hostname", "n2:/root/from")
        self.assertEqual(lab("on", "n2", "cat", "/root/from"), "n1\n")
        lab("on", "n1", "virsh", "--connect", "qemu+ssh://n2/system", "list")

    def test_a_host_whose_key_nobody_knows_is_refused(self):
        lab("on", "n1", "ssh", "-o", "UserKnownHostsFile=/dev/null", "n2", "true", expect=255)

    def test_switching_a_host_changes_nobodys_hardware_address(self):
        def addresses():
            chassis = subprocess.run(["nsenter", f"--net={Lab(RUN_ID).namespace('switch')}", "ip", "-br", "link", "show", "switch"],
                                     capture_output=True, text=True, check=True)
            return chassis.stdout.split()[2], lab("on", "n2", "ip", "-br", "link", "show", "eth0").split()[2]

        before = addresses()
        for _ in range(3):  # a random address would be the bridge's lowest now and then only
            lab("power", "n2", "off")
            lab("power", "n2", "on")
            self.assertEqual(addresses(), before)
        lab("wait", "online", "n1", "n2")

    def test_a_pulled_cable_stays_out_over_a_power_cycle(self):
        lab("cut", "n2")
        lab("power", "n2", "off")
        lab("power", "n2", "on")
        lab("on", "n2", "sh", "-c", "[ $(cat /sys/class/net/eth0/carrier) = 0 ]")
        lab("heal", "n2")
        lab("wait", "online", "n1", "n2")


class EndOfALab(unittest.TestCase):
    def tearDown(self):
        lab("down")

    def test_down_leaves_nothing_and_may_be_repeated(self):
        lab("up", "--hosts", "1")
        self.assertTrue(traces())
        lab("down")
        self.assertEqual(await_no_traces(), [])
        lab("down")

    def begin(self):
        """A lab that is being made, with its first host on."""
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's job in the background ignores it, and so would its children
        child = subprocess.Popen([HERE / "lab", "up", "--id", RUN_ID, "--wait"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(child.stdout.close)
        while "are on" not in child.stdout.readline():
            self.assertIsNone(child.poll())
        return child

    def test_an_interrupted_up_cleans_up(self):
        child = self.begin()
        child.send_signal(signal.SIGINT)
        self.assertEqual(child.wait(60), 130)
        self.assertEqual(await_no_traces(), [])

    def test_down_is_complete_after_a_crash_of_up(self):
        child = self.begin()
        child.kill()
        child.wait(60)
        lab("down")
        self.assertEqual(await_no_traces(), [])


if __name__ == "__main__":
    try:
        life.check_machine()
    except LabError as reason:
        print(f"skipped: {reason}", file=sys.stderr)
        sys.exit(77)
    unittest.main(verbosity=2)
