#!/usr/bin/python3
"""What stops `havc apply` half way, on a lab: a full disk, ssh that hangs, somebody else's change, Ctrl-C. Each time it
says what is wrong and what is left, and the next apply finishes. Exits with 77 when the machine cannot have a lab."""

import os
import re
import subprocess
import sys
import unittest
from functools import partial
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import staged_lab  # noqa: E402 (the path comes first)
from havclab import cluster, guests, life, power, proof  # noqa: E402
from havclab.state import Lab  # noqa: E402

LAB = Lab(f"apply-{os.getpid()}")
HOSTS = ("n1", "n2", "n3")
SECONDS = 240  # of an apply here, with a busy machine
on = partial(staged_lab.on, LAB)

CLUSTER = """\
ping_hosts = ["10.99.0.100", "10.99.0.101"]

[defaults]
memory = 16

[zones.intranet]
ranges = ["192.168.4.0/24"]
bridge = "br0"
folders = ["/srv/havc/images/intranet"]

[nodes]
n1 = { address = "10.99.0.1", cpus = 64, memory = 2048 }
n2 = { address = "10.99.0.2", cpus = 64, memory = 2048 }
n3 = { address = "10.99.0.3", cpus = 64, memory = 2048 }

[chassis.chassis]
type = "fence_ibmbc"
address = "chassis"
"""


def write(path, text):
    on("n1", "sh", "-c", 'mkdir -p "$(dirname "$1")" && cat >"$1" <<END\n' + text + "END", "sh", path)


def add(number):
    """A VM in the inventory of n1, with an image."""
    image = LAB.shared / "images/intranet"
    image.mkdir(exist_ok=True)
    (image / f"WEB-{number}_intranet.raw").write_bytes((LAB.shared / "images/counting.img").read_bytes())
    write(f"/etc/havc/vms/WEB-{number}.toml",
          f'name = "WEB-{number}"\nhost = "web-{number}.example.org"\naddress = "192.168.4.1{number}"\n')


def setUpModule():
    try:
        life.up(LAB, staged_lab.plan(), staged_lab.say)
        write("/etc/havc/cluster.toml", CLUSTER)
        on("n1", "sh", "-c", "mkdir -p /etc/havc/templates && cp /srv/havc/templates/*.xml /etc/havc/templates/")
    except BaseException:
        life.down(LAB)
        raise


def tearDownModule():
    life.down(LAB)


def havc(*words, host="n1", seconds=SECONDS):
    """What it says on both outputs, and its exit code."""
    result = power.run_in(LAB.host(host), "havc", *words, seconds=seconds)
    staged_lab.say(f"havc {' '.join(words)}: {result.returncode}")
    return result.stdout + result.stderr, result.returncode


def definition(number, host):
    return LAB.host(host).disk / f"etc/havc/libvirt/WEB-{number}_intranet.xml"


def known(number):
    return f'"WEB-{number}_intranet"' in on("n1", "cibadmin", "--query", "--scope", "resources")


class Applying(unittest.TestCase):
    def finished(self, *numbers):
        """The next apply does the rest, and the one after it nothing."""
        said, code = havc("apply", "--yes")
        self.assertEqual(code, 0, said)
        for number in numbers:
            self.assertTrue(cluster.running(LAB, f"WEB-{number}_intranet"), number)
            self.assertEqual(len({definition(number, host).read_bytes() for host in HOSTS}), 1)
        self.assertEqual(havc("apply", "--yes"), ("nothing to do\n", 0))

    def test_1_from_nothing(self):
        for number in (10, 11):
            add(number)
        said, code = havc("apply", "--dry-run")
        self.assertEqual(code, 2, said)
        self.assertFalse(known(10))
        self.finished(10, 11)

    def test_2_a_tampered_file_is_found_and_put_right(self):
        definition(10, "n2").write_text(definition(10, "n2").read_text().replace("<vcpu>1<", "<vcpu>4<"))
        said, code = havc("sync", "--check")
        self.assertEqual(code, 2, said)
        self.assertRegex(said, r"n2 .*WEB-10_intranet\.xml .*differs .*20\d\d-")
        self.finished(10)
        self.assertEqual(havc("sync", "--check")[1], 0)

    def test_3_a_full_disk_stops_it_before_the_cluster_is_changed(self):
        folder = "/etc/havc/libvirt"
        on("n3", "sh", "-c", f"mount -t tmpfs -o size=8k none {folder} && head -c 8k /dev/zero >{folder}/filler || true")
        self.addCleanup(power.run_in, LAB.host("n3"), "umount", folder)
        add(12)
        said, code = havc("apply", "--yes")
        self.assertEqual(code, 1, said)
        self.assertIn("n3", said)
        self.assertIn("No space left", said)
        self.assertIn("was not changed", said)
        self.assertFalse(known(12))
        on("n3", "umount", folder)
        self.finished(12)

    def test_4_ssh_that_hangs_stops_it_before_the_cluster_is_changed(self):
        add(13)
        power.hang(LAB.host("n2"), "sshd")
        try:
            said, code = havc("apply", "--yes")
            self.assertEqual(code, 1, said)
            self.assertIn("'n2' is online in the cluster", said)
            self.assertIn("--without-node n2", said)
            self.assertFalse(known(13))
        finally:
            power.thaw(LAB.host("n2"), "sshd")
        self.finished(13)

    def test_5_somebody_else_is_faster(self):
        """While a plan waits for an answer, another one changes the configuration."""
        add(14)
        asked = subprocess.Popen(power.entry(LAB.host("n1"), ["script", "-qec", "havc apply", "/dev/null"]), stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said = b""
        while b"[y/N]" not in said:
            piece = os.read(asked.stdout.fileno(), 4096)
            self.assertTrue(piece, said)
            said += piece
        on("n1", "crm_attribute", "--type", "crm_config", "--name", "cluster-delay", "--update", "61s")
        rest = asked.communicate(b"y\n", timeout=SECONDS)[0].decode()
        self.assertNotEqual(asked.returncode, 0, rest)
        self.assertIn("changed meanwhile", rest)
        self.assertIn("crm_attribute", rest)
        self.assertFalse(known(14))
        self.finished(14)

    def test_6_ctrl_c_while_it_waits(self):
        add(15)
        command = ["sh", "-c", "echo $$ >/run/apply.pid; exec havc apply --yes"]
        apply = subprocess.Popen(power.entry(LAB.host("n1"), command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        cluster.wait("the configuration is changed", lambda: known(15), SECONDS)
        on("n1", "sh", "-c", "kill -INT $(cat /run/apply.pid)")
        said = apply.communicate(timeout=SECONDS)[0]
        self.assertEqual(apply.returncode, 130, said)
        self.assertIn("interrupted", said)
        self.finished(15)

    def test_7_verbs(self):
        said, code = havc("stop", "WEB-10", "--yes")
        self.assertEqual(code, 0, said)
        self.assertTrue(cluster.stopped(LAB, "WEB-10_intranet"))
        self.assertEqual(havc("start", "WEB-10", "--yes")[1], 0)
        self.assertTrue(cluster.running(LAB, "WEB-10_intranet"))
        boots = len(self.verdict(11).boots)
        said, code = havc("restart", "WEB-11", "--yes")
        self.assertEqual(code, 0, said)
        self.assertEqual(len(self.verdict(11).boots), boots + 1)
        self.assertEqual(havc("disable", "WEB-12", "--yes")[1], 0)
        self.assertFalse(known(12))
        self.assertEqual(havc("enable", "WEB-12", "--yes")[1], 0)
        self.assertTrue(cluster.running(LAB, "WEB-12_intranet"))

    def test_8_move(self):
        boots = len(self.verdict(13).boots)
        where = re.search(r'<node name="(n\d)"', on("n1", "crm_mon", "--output-as=xml", "--resource", "WEB-13_intranet")).group(1)
        there = next(host for host in HOSTS if host != where)
        said, code = havc("move", "WEB-13", there, "--yes")
        self.assertEqual(code, 0, said)
        self.assertIn("(live)", said)
        self.assertTrue(cluster.running(LAB, "WEB-13_intranet", there))
        self.assertNotIn("havc-move", on("n1", "cibadmin", "--query"))
        self.assertEqual(len(self.verdict(13).boots), boots)

    def test_9_remove_and_rollback(self):
        image = LAB.shared / "images/intranet/WEB-14_intranet.raw"
        before = image.read_bytes()
        said, code = havc("remove", "WEB-14", "--yes")
        self.assertEqual(code, 0, said)
        self.assertIn("WEB-14_intranet.raw", said)
        self.assertFalse(known(14))
        self.assertFalse(any(definition(14, host).exists() for host in HOSTS))
        self.assertEqual(image.read_bytes(), before)
        said, code = havc("rollback", "--yes")
        self.assertEqual(code, 0, said)
        self.assertTrue(cluster.running(LAB, "WEB-14_intranet"))
        self.assertEqual(havc("apply", "--yes"), ("nothing to do\n", 0))

    def test_a_what_runs_behind_the_cluster_s_back_is_not_started_a_second_time(self):
        self.assertEqual(havc("stop", "WEB-15", "--yes")[1], 0)
        on("n3", "virsh", "create", "/etc/havc/libvirt/WEB-15_intranet.xml")
        said, code = havc("start", "WEB-15", "--yes")
        self.assertEqual(code, 1, said)
        self.assertIn("'WEB-15_intranet' is foreign: runs on n3", said)
        self.assertFalse(cluster.running(LAB, "WEB-15_intranet"))
        said, code = havc("restart", "WEB-14", "--dry-run")
        self.assertEqual((said, code), ("WEB-14: stopped and started\n", 2))
        on("n3", "virsh", "destroy", "WEB-15_intranet")
        self.assertEqual(havc("start", "WEB-15", "--yes")[1], 0)

    def verdict(self, number):
        return proof.examine(*guests.evidence(LAB, f"WEB-{number}_intranet"))

    def test_b_nothing_ran_twice(self):
        faults = {number: view.faults for number in range(10, 16) if not (view := self.verdict(number)).proven}
        self.assertEqual(faults, {})


if __name__ == "__main__":
    staged_lab.main("ssh", "script")
