#!/usr/bin/python3
"""The README, followed word for word on a lab: by somebody who uses crmsh, then by somebody who uses pcs, with a VM that runs in libvirt
before. What it promises is asked of the VM's console and of the cluster. HAVC_STAGE is the DESTDIR tree of the build, HAVC_SIMULATOR the
chassis simulator. Exits with 77 when the machine cannot have a lab."""

import os
import sys
import unittest
from functools import partial
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import staged_lab  # noqa: E402 (the path comes first)
from havclab import cluster, guests, life, manual, proof, story  # noqa: E402
from havclab.state import Lab  # noqa: E402

README = Path(__file__).resolve().parents[2] / "README.md"
LAB = Lab(f"readme-{os.getpid()}")
PLAN = staged_lab.plan()
VM, CHASSIS, FIRST, SECOND, FENCED = "vm1", "chassis", "n1", "n2", "n3"
on = partial(staged_lab.on, LAB)


def setUpModule():
    try:
        life.up(LAB, PLAN, staged_lab.say)
        # What the reader has: a VM in libvirt on one host. What the reader has not: anything of the README's making.
        guests.define_on(LAB.host(FIRST), VM, "counting")
        for host in LAB.hosts():
            on(host.name, "rm", "-r", "/etc/havc")
    except BaseException:
        life.down(LAB)
        raise


def tearDownModule():
    life.down(LAB)


def pid1(host):
    """What changes when the host is switched off."""
    return LAB.host(host).pid1_file.read_text()


def boots():
    return proof.examine(*guests.evidence(LAB, VM))


class Reader(unittest.TestCase):
    """Checks what is so after each section that somebody would look at."""

    def follow(self, tool):
        story.await_counting(LAB, VM)
        fenced_before, boots_before = pid1(FENCED), len(boots().boots)
        after = {"A first fence device": self.fence_device, "Live migration": self.moved, "Out of the cluster again": self.libvirts_own}
        every = [block for block in manual.blocks(README, "README.md") if block.tool in (None, tool)]
        self.assertEqual({block.section for block in every}, {*after, "A first VM"})
        for block, following in zip(every, [*every[1:], None]):
            staged_lab.say(f"{block} on {' '.join(block.hosts)}: {block.section}")
            manual.run(LAB, block)
            if following is None or following.section != block.section:
                after.get(block.section, lambda: None)()
        story.await_counting(LAB, VM)
        self.assertNotEqual(pid1(FENCED), fenced_before, "the host that was to be fenced was never off")
        return len(boots().boots) - boots_before

    def fence_device(self):
        self.assertTrue(cluster.running(LAB, CHASSIS))

    def moved(self):
        """Live, and the cluster watches: monitors of both depths are recorded for it."""
        view = boots()
        self.assertTrue(view.proven, view.faults)
        self.assertEqual(view.boots[-1].hosts, [FIRST, SECOND])
        self.assertTrue(cluster.running(LAB, VM, SECOND))
        for interval in ("10000", "60000"):
            here = f"//node_state[@uname='{SECOND}']//lrm_resource[@id='{VM}']/lrm_rsc_op[@operation='monitor'][@interval='{interval}']"
            self.assertIn('rc-code="0"', on(FIRST, "cibadmin", "--query", "--xpath", here))
        # Also a host without the definition can tell whose VM came, which another started.
        self.assertIn("/etc/havc/libvirt/vm1.xml", on(SECOND, "virsh", "metadata", VM, "urn:havc:domain:1"))
        self.assertNotIn("<rsc_location", on(FIRST, "cibadmin", "--query"))

    def libvirts_own(self):
        self.assertNotIn(f'id="{VM}"', on(FIRST, "cibadmin", "--query", "--scope", "resources"))
        self.assertIn(VM, on(FIRST, "virsh", "list", "--persistent", "--name"))

    def forget(self):
        """A cluster as the next reader finds it."""
        on(FIRST, "cibadmin", "--delete", "--xml-text", f'<primitive id="{CHASSIS}"/>')
        cluster.wait("nothing is configured", lambda: cluster.idle(LAB) and not cluster.running(LAB, CHASSIS), 60)
        for host in LAB.hosts():
            on(host.name, "rm", "-r", "/etc/havc")

    def test_1_with_crmsh(self):
        # The boot that came into the cluster and moved, and the one that libvirt started at the end.
        self.assertEqual(self.follow("crmsh"), 1)
        self.forget()

    def test_2_with_pcs(self):
        self.assertEqual(self.follow("pcs"), 1)

    def test_3_no_guest_ran_twice(self):
        view = boots()
        self.assertTrue(view.proven, view.faults)


if __name__ == "__main__":
    staged_lab.main("pcs", failfast=True)
