#!/usr/bin/python3
"""What stops `havc apply` half way, on a lab: a full disk, ssh that hangs, a host without power, somebody else's change,
Ctrl-C. Each time it says what is wrong and what is left, and the next apply finishes. Exits with 77 when the machine
cannot have a lab."""

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


def apply_in_background():
    return subprocess.Popen(power.entry(LAB.host("n1"), ["havc", "apply", "--yes"]), stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def end_of(apply):
    said = apply.communicate(timeout=SECONDS)[0]
    staged_lab.say(f"havc apply: {apply.returncode}: {said}")
    return said, apply.returncode


def copy(host):
    """The inventory's copy on that host, by path."""
    folder = LAB.host(host).disk / "var/lib/havc/inventory"
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


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
        for host in HOSTS[1:]:
            self.assertEqual(copy(host), copy("n1"))
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

    def test_b_a_host_loses_power_while_it_gets_its_files(self):
        add(16)
        # Another one brings files at the moment, so that this one's wait.
        on("n3", "sh", "-c", "setsid flock /run/havc-receive.lock sleep 600 >/dev/null 2>&1 </dev/null &")
        cluster.wait("the lock is taken", lambda: power.daemons(LAB.host("n3"), "sleep"), SECONDS)
        apply = apply_in_background()
        cluster.wait("files are on their way", lambda: definition(16, "n2").exists(), SECONDS)
        cluster.wait("n3 is about to take them", lambda: power.daemons(LAB.host("n3"), "havc"), SECONDS)
        power.off(LAB.host("n3"))
        said, code = end_of(apply)
        self.assertEqual(code, 1, said)
        self.assertRegex(said, r"files were not brought to n3: .*'?n3'?.*; the configuration of the cluster was not changed")
        self.assertIn("--without-node n3", said)
        self.assertFalse(known(16))
        self.back("n3")
        self.finished(16)

    def test_c_a_host_loses_power_while_vms_start_on_it(self):
        """They start elsewhere, once it has been fenced; the apply waits for that."""
        numbers = range(20, 26)
        for number in numbers:
            add(number)
        power.hang(LAB.host("n3"), "libvirtd")  # so that what starts there is still at it
        apply = apply_in_background()
        cluster.wait("a VM starts on n3", lambda: power.agent_acts(LAB.host("n3"), "start"), SECONDS)
        power.off(LAB.host("n3"))
        said, code = end_of(apply)
        self.assertEqual(code, 0, said)
        for number in numbers:
            self.assertTrue(cluster.running(LAB, f"WEB-{number}_intranet"), number)
        self.back("n3")
        self.finished(*numbers)

    def test_d_a_host_that_is_away_gets_its_files_later(self):
        power.cut(LAB.host("n3"))
        power.off(LAB.host("n3"))
        cluster.wait("n3 has been fenced", lambda: cluster.offline(LAB, ["n3"]) and cluster.idle(LAB), SECONDS)
        add(17)
        said, code = havc("apply", "--yes")
        self.assertEqual(code, 3, said)
        self.assertRegex(said, r"n3: .*\(offline in the cluster\)")
        self.assertTrue(cluster.running(LAB, "WEB-17_intranet"))
        # It stays so, and saying that it is meant changes nothing of what is missing.
        for words in (["apply", "--yes"], ["apply", "--yes", "--without-node", "n3"]):
            said, code = havc(*words)
            self.assertEqual(code, 3, said)
            self.assertIn("n3", said)
        power.heal(LAB.host("n3"))
        self.back("n3")
        self.finished(17)

    def test_e_hosts_that_have_each_other_s_address_get_no_files(self):
        mine = CLUSTER.replace("10.99.0.2", "@").replace("10.99.0.3", "10.99.0.2").replace("@", "10.99.0.3")
        write("/etc/havc/cluster.toml", mine)
        before = copy("n2"), copy("n3")
        said, code = havc("apply", "--yes")
        self.assertEqual(code, 1, said)
        self.assertRegex(said, r"node 'n2' \(10\.99\.0\.3\) says that it is node 'n3'")
        self.assertIn("nothing was changed", said)
        self.assertEqual((copy("n2"), copy("n3")), before)
        said, code = havc("health", "--no-fencing")
        self.assertEqual(code, 2, said)
        self.assertRegex(said, r"n2.*'n3' answers")
        said, code = havc("status")
        self.assertNotRegex(said, "duplicate|foreign")
        write("/etc/havc/cluster.toml", CLUSTER)
        self.assertEqual(havc("apply", "--yes"), ("nothing to do\n", 0))

    def test_f_a_libvirt_that_hangs_holds_nobody(self):
        where, = cluster.look(LAB).running["WEB-11_intranet"]
        power.hang(LAB.host(where), "libvirtd")
        try:
            for words in (["virsh"], ["console"], ["monitor"], ["vnc"]):
                rest = {"virsh": ["domstate"], "monitor": ["info", "status"]}.get(words[0], [])
                said, code = havc(words[0], "--timeout", "10", "WEB-11", *rest, seconds=60)
                self.assertEqual(code, 1, said)
                self.assertRegex(said, f"libvirt on node '{where}' does not answer: .*; see 'systemctl")
        finally:
            power.thaw(LAB.host(where), "libvirtd")
        self.assertEqual(havc("virsh", "WEB-11", "domstate")[0].strip(), "running")

    def back(self, host):
        """What was switched off or fenced is a member again, and the cluster at rest."""
        cluster.wait(f"{host} is back", lambda: cluster.online(LAB, HOSTS) and cluster.idle(LAB), SECONDS)
        cluster.wait(f"libvirtd on {host} answers", lambda: cluster.libvirt_answers(LAB.host(host)), SECONDS)

    def verdict(self, number):
        return proof.examine(*guests.evidence(LAB, f"WEB-{number}_intranet"))

    def test_z_nothing_ran_twice(self):
        faults = {number: view.faults for number in (*range(10, 18), *range(20, 26)) if not (view := self.verdict(number)).proven}
        self.assertEqual(faults, {})


if __name__ == "__main__":
    staged_lab.main("ssh", "script")
