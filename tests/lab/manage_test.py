#!/usr/bin/python3
"""tools/havc/MANAGING.md, word for word on a lab: from an empty inventory to sixty running VMs on three hosts. What it promises is asked of
the hosts' libvirts and of the cluster; that no VM ran twice, of the VMs' consoles. Exits with 77 when the machine cannot have a lab."""

import hashlib
import os
import sys
import time
import unittest
import xml.etree.ElementTree as ElementTree
from functools import partial
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import staged_lab  # noqa: E402 (the path comes first)
from havclab import cluster, guests, life, manual, proof  # noqa: E402
from havclab.state import Lab  # noqa: E402

NAME = "tools/havc/MANAGING.md"
DOCUMENT = Path(__file__).resolve().parents[2] / NAME
LAB = Lab(f"manage-{os.getpid()}")
HOSTS = ("n1", "n2", "n3")
IMPORTED = "OLD-1"  # what the reader has in libvirt, on the second host, shut down
CHANGED = [f"WEB-{number}_intranet" for number in range(10, 20)]
REMOVED = "WEB-50_intranet"
TAMPERED = "WEB-20_intranet"
VMS = sorted([f"WEB-{number:02}_intranet" for number in range(1, 51)] + [f"MAIL-{number}_dmz" for number in range(1, 10)] +
             [f"{IMPORTED}_intranet"])
on = partial(staged_lab.on, LAB)


def setUpModule():
    try:
        life.up(LAB, staged_lab.plan(), staged_lab.say)
        guests.define_on(LAB.host("n2"), IMPORTED, "counting")
        on("n2", "virsh", "destroy", IMPORTED)
        (LAB.shared / "console" / f"{IMPORTED}.log").unlink()  # of a life that is over
        (LAB.host("n2").console / f"{IMPORTED}.log").unlink()
    except BaseException:
        life.down(LAB)
        raise


def tearDownModule():
    life.down(LAB)


def placed():
    """VM → the hosts whose libvirt runs it."""
    found = {}
    for host in HOSTS:
        for name in on(host, "virsh", "list", "--name").split():
            found.setdefault(name, []).append(host)
    return found


def configuration():
    return ElementTree.fromstring(on("n1", "cibadmin", "--query"))


def epoch():
    """Of the configuration: its number grows with each change that is none of the status."""
    cib = configuration()
    return cib.get("admin_epoch"), cib.get("epoch")


def definitions(host):
    """File → its bytes, of all definitions on a host."""
    folder = LAB.host(host).disk / "etc/havc/libvirt"
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.xml"))}


def console(name):
    """The console of a VM that was imported has the name that it had before."""
    return IMPORTED if name == f"{IMPORTED}_intranet" else name


def verdict(name):
    return proof.examine(*guests.evidence(LAB, console(name)))


class Reader(unittest.TestCase):
    """Follows the document, and looks after each section whether what it says is so."""

    def setUp(self):
        self.booted = {host: staged_lab.boot(LAB, host) for host in HOSTS}
        self.images = {}

    def test_1_follow(self):
        after = {"Sixty VMs": self.sixty, "Changes": self.changes, "When a node's files are not what they should be": self.same_everywhere,
                 "A VM that is no longer needed": self.undone}
        every = manual.blocks(DOCUMENT, NAME)
        self.assertLessEqual(set(after), {block.section for block in every})
        for block, following in zip(every, [*every[1:], None]):
            self.run_block(block)
            if following is None or following.section != block.section:
                after.get(block.section, lambda: None)()
        self.assertEqual(self.booted, {host: staged_lab.boot(LAB, host) for host in HOSTS}, "a host was off meanwhile")

    def run_block(self, block):
        watched = {"havc apply\n": self.nothing_changes, "havc remove WEB-50": self.removal}
        begin = time.monotonic()
        inner = next((function for words, function in watched.items() if block.text.startswith(words)), lambda run: run())
        inner(lambda: manual.run(LAB, block))
        staged_lab.say(f"{block} [{time.monotonic() - begin:5.1f} s] {block.text.splitlines()[0]}")

    def nothing_changes(self, run):
        before = epoch(), {host: definitions(host) for host in HOSTS}
        run()
        self.assertEqual(before, (epoch(), {host: definitions(host) for host in HOSTS}))

    def sixty(self):
        self.assertEqual({name: len(hosts) for name, hosts in placed().items()}, {name: 1 for name in VMS})
        self.assertEqual(cluster.look(LAB).running["chassis"], set(HOSTS))
        self.same_everywhere()
        on_each = [len([name for name, hosts in placed().items() if hosts == [host]]) for host in HOSTS]
        self.assertGreater(min(on_each), 10, "nearly all VMs are on one host")

    def changes(self):
        where = placed()
        for name in CHANGED:
            domain = ElementTree.fromstring(on(where[name][0], "virsh", "dumpxml", name))
            self.assertEqual((domain.findtext("vcpu"), int(domain.findtext("memory")) // 1024), ("2", 24), name)
            self.assertEqual(len(verdict(name).boots), 2, name)
        moved = verdict("MAIL-1_dmz")
        self.assertEqual([boot.hosts for boot in moved.boots], [["n2", "n3"]], "it was restarted, or did not move")
        self.assertNotIn("cli-", on("n1", "cibadmin", "--query", "--scope", "constraints"))
        untouched = set(VMS) - set(CHANGED) - {"WEB-30_intranet"}
        self.assertEqual({name: len(verdict(name).boots) for name in untouched}, {name: 1 for name in untouched})

    def same_everywhere(self):
        first = definitions("n1")
        self.assertEqual(sorted(first), [f"{name}.xml" for name in VMS])
        for host in HOSTS[1:]:
            self.assertEqual(definitions(host), first, host)
        self.assertIn(b"<vcpu>1</vcpu>", first[f"{TAMPERED}.xml"])

    def removal(self, run):
        image = LAB.shared / "images/intranet" / f"{REMOVED}.raw"
        before = hashlib.sha256(image.read_bytes()).digest(), image.stat().st_mtime_ns
        run()
        self.assertEqual(before, (hashlib.sha256(image.read_bytes()).digest(), image.stat().st_mtime_ns))
        self.assertNotIn(REMOVED, placed())
        self.assertNotIn(f'"{REMOVED}', on("n1", "cibadmin", "--query", "--scope", "configuration"))
        for host in HOSTS:
            self.assertNotIn(f"{REMOVED}.xml", definitions(host))
        self.assertTrue(verdict(REMOVED).boots[-1].powered_off, "it was not asked to shut down")

    def undone(self):
        self.assertEqual(sorted(placed()), VMS)
        self.same_everywhere()

    def test_2_no_vm_ran_twice(self):
        faults = {name: view.faults for name in VMS if not (view := verdict(name)).proven}
        self.assertEqual(faults, {})


if __name__ == "__main__":
    staged_lab.main(failfast=True)
