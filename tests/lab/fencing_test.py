#!/usr/bin/python3
"""Fencing by real Pacemaker daemons, asked by stonith_admin as by an administrator: through cluster-glue's plugin and through the fence
agent, with a chassis that works, has lost a blade, is slow, or whose first module is dead. HAVC_STAGE is the DESTDIR tree of the build,
HAVC_SIMULATOR the chassis simulator. One lab serves all. Exits with 77 when the machine cannot have a lab."""

import os
import sys
import unittest
from functools import partial
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import staged_lab  # noqa: E402 (the path comes first)
from havclab import chassis, cluster, life, power, story  # noqa: E402
from havclab.state import CHASSIS_ADDRESS, NETWORK, Lab, write_file  # noqa: E402

LAB = Lab(f"fence-{os.getpid()}")
PLAN = staged_lab.plan()
VICTIM, BAY, CALLER = "n3", 3, "n1"
boot = partial(staged_lab.boot, LAB, VICTIM)
DEAD_ADDRESS = f"{NETWORK}.101"  # nobody's
DEADLINE = 20  # seconds of the device; Pacemaker gives it 5 more, too few for another try

def setUpModule():
    try:
        life.up(LAB, PLAN, staged_lab.say)
    except BaseException:
        life.down(LAB)
        raise


def tearDownModule():
    life.down(LAB)


def stonith_admin(*words, seconds=60):
    return power.run_in(LAB.host(CALLER), "stonith_admin", *words, seconds=seconds)


class Faces:
    """What must come of it, whichever face Pacemaker sees."""

    kind = address = deadline = more = None  # the device's type and its parameters' names
    device = "chassis"

    @classmethod
    def setUpClass(cls):
        write_file(LAB.shared / "device.crm", f"primitive {cls.device} {cls.kind} params {cls.address}={CHASSIS_ADDRESS} "
                   f"snmp_conf_path=/etc/havc/chassis {cls.deadline}={DEADLINE} {cls.more} op monitor interval=600s timeout=20s\n")
        story.crm(LAB, "configure", "load", "update", "/srv/havc/device.crm")
        cluster.wait("the fencing device runs", lambda: cluster.running(LAB, cls.device), 60)

    @classmethod
    def tearDownClass(cls):
        story.crm(LAB, "--force", "configure", "delete", cls.device)

    def set(self, parameter, value):
        story.crm(LAB, "resource", "param", self.device, "set", parameter, value)
        cluster.wait("the cluster has nothing left to do", lambda: cluster.idle(LAB), 60)
        cluster.wait(f"'{self.device}' runs", lambda: cluster.running(LAB, self.device), 60)

    def tell(self, command, back):
        chassis.tell(LAB, command)
        self.addCleanup(chassis.tell, LAB, back)

    def setUp(self):
        cluster.wait("all hosts are members", lambda: cluster.online(LAB, [each.name for each in LAB.hosts()]), 120)

    def assert_rebooted(self, before, result):
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertNotEqual(boot(), before)

    def reboot(self, seconds=60):
        return stonith_admin("--reboot", VICTIM, "--timeout", str(DEADLINE + 5), seconds=seconds)

    def test_1_the_device_can_fence_every_host(self):
        for each in LAB.hosts():
            self.assertRegex(stonith_admin("--list", each.name).stdout, rf"(?m)^\s*{self.device}$")

    def test_2_off_and_on(self):
        result = stonith_admin("--fence", VICTIM, "--timeout", str(DEADLINE + 5))
        self.assertEqual((result.returncode, power.is_on(LAB.host(VICTIM))), (0, False), result.stdout + result.stderr)
        result = stonith_admin("--unfence", VICTIM, "--timeout", str(DEADLINE + 5))
        self.assertEqual((result.returncode, power.is_on(LAB.host(VICTIM))), (0, True), result.stdout + result.stderr)

    def test_3_a_blade_that_the_module_has_lost_stays_unfenced(self):
        before = boot()
        self.tell(f"bay {BAY} state=255", f"bay {BAY} state=on")
        result = self.reboot(90)
        self.assertNotEqual(result.returncode, 0, result.stdout)
        self.assertEqual(boot(), before, "it was switched off all the same")
        history = stonith_admin("--history", VICTIM, "--verbose").stdout
        self.assertRegex(history, rf"failed to reboot( node)? {VICTIM}|reboot of {VICTIM}.*failed|was not able to reboot")
        self.assertIn(VICTIM, cluster.look(LAB).online)

    def test_4_a_slow_module_and_a_dead_one_before_it(self):
        before = boot()
        self.set(self.address, f"{DEAD_ADDRESS},{CHASSIS_ADDRESS}")
        self.addCleanup(self.set, self.address, CHASSIS_ADDRESS)
        self.tell("delay 1000", "delay 0")
        self.assert_rebooted(before, self.reboot())


class Plugin(Faces, unittest.TestCase):
    kind, address, deadline, more = "stonith:external/ibmbc", "mgmt_address", "deadline", ""


class Agent(Faces, unittest.TestCase):
    kind, address, deadline, more = "stonith:fence_ibmbc", "ip", "power_timeout", 'pcmk_host_map="n1:1;n2:2;n3:3"'

    def test_0_its_metadata_and_validation_are_pacemakers(self):
        metadata = stonith_admin("--metadata", "--agent", "fence_ibmbc")
        self.assertEqual(metadata.returncode, 0, metadata.stderr)
        self.assertIn('name="ip"', metadata.stdout)
        options = ["--option", f"ip={CHASSIS_ADDRESS}", "--option", "snmp_conf_path=/etc/havc/chassis", "--option", "plug=3"]
        right = stonith_admin("--validate", "--agent", "fence_ibmbc", *options)
        self.assertEqual(right.returncode, 0, right.stdout + right.stderr)
        wrong = stonith_admin("--validate", "--agent", "fence_ibmbc", *options, "--option", "host_map=nonsense")
        self.assertNotEqual(wrong.returncode, 0, wrong.stdout + wrong.stderr)


if __name__ == "__main__":
    staged_lab.main()
