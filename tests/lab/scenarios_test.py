#!/usr/bin/python3
"""Scenarios on real Pacemaker hosts: HAVC_STAGE is the DESTDIR tree of the build, HAVC_SIMULATOR the chassis simulator. One lab
serves all of them; each leaves the VM running. Exits with 77 when the machine cannot have a lab."""

import os
import sys
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import staged_lab  # noqa: E402 (the path comes first)
from havclab import cluster, guests, life, power, proof, story  # noqa: E402
from havclab.state import Lab  # noqa: E402

VM = "vm1"
LAB = Lab(f"test-{os.getpid()}")


# freeze: the host that is cut off keeps its guest until the chassis takes the power away, the harder case.
PLAN = staged_lab.plan(property=[("no-quorum-policy", "freeze")])


def setUpModule():
    try:
        life.up(LAB, PLAN, staged_lab.say)
        story.start(LAB, VM)
    except BaseException:
        life.down(LAB)
        raise


def tearDownModule():
    life.down(LAB)


def agent(host, action, timeout=30, interval=0):
    """Runs an action of the VM's agent on a host as Pacemaker would; returns (exit code, stderr, seconds)."""
    begin = time.monotonic()
    result = power.run_in(LAB.host(host), "env", "OCF_ROOT=/usr/lib/ocf", "OCF_RA_VERSION_MAJOR=1", f"OCF_RESOURCE_INSTANCE={VM}",
                          f"OCF_RESKEY_config=/srv/havc/xml/{VM}.xml", f"OCF_RESKEY_CRM_meta_timeout={timeout * 1000}",
                          f"OCF_RESKEY_CRM_meta_interval={interval * 1000}",
                          "/usr/lib/ocf/resource.d/havc/LibvirtQemu", action, seconds=timeout + 10)
    return result.returncode, result.stderr, time.monotonic() - begin


def online():
    return {each.name for each in LAB.hosts() if power.is_on(each)}


class Scenarios(unittest.TestCase):
    def setUp(self):
        cluster.wait(f"'{VM}' runs before the scenario begins", lambda: cluster.running(LAB, VM), 120)
        story.await_counting(LAB, VM)  # a boot is known once it has printed

    def assert_proven(self):
        verdict = proof.examine(*guests.evidence(LAB, VM))
        self.assertEqual(verdict.faults, [])
        return verdict

    def test_1_start_monitor_stop(self):
        host = story.host_of(LAB, VM)
        self.assertEqual(agent(host, "monitor", interval=10)[0], 0)
        others = sorted({each.name for each in LAB.hosts()} - {host})
        self.assertEqual([agent(other, "monitor")[0] for other in others], [7, 7])
        story.stop(LAB, VM)
        self.assertEqual(agent(host, "monitor")[0], 7)
        boots = self.assert_proven().boots
        self.assertTrue(boots[-1].powered_off, "the guest was not asked to shut down")
        story.crm(LAB, "resource", "start", VM)
        cluster.wait("it runs again", lambda: cluster.running(LAB, VM), 60)

    def test_2_live_migration_loses_no_count(self):
        boots = len(self.assert_proven().boots)
        source, target, _ = story.migrate(LAB, VM)
        verdict = self.assert_proven()
        self.assertEqual(len(verdict.boots), boots, "the guest was rebooted")
        self.assertEqual(verdict.boots[-1].hosts[-2:], [source, target])
        self.assertEqual(agent(source, "monitor")[0], 7)
        self.assertEqual(agent(target, "monitor", interval=10)[0], 0)

    def test_3_hung_libvirtd_neither_fails_the_monitor_nor_fences(self):
        host = story.host_of(LAB, VM)
        hosts = online()
        power.hang(LAB.host(host), "libvirtd")
        try:
            code, errors, took = agent(host, "monitor", interval=10)
            self.assertEqual((code, errors), (0, ""))
            self.assertLess(took, 1)
            story.stop(LAB, VM)
            # Every process of the host is below its PID 1: nothing that calls itself this guest may be left.
            self.assertNotIn(f"guest={VM},", power.run_in(LAB.host(host), "ps", "ax", "-o", "args").stdout)
            self.assertEqual(online(), hosts, "a host was fenced")
        finally:
            power.thaw(LAB.host(host), "libvirtd")
        story.crm(LAB, "resource", "start", VM)
        cluster.wait("it runs again", lambda: cluster.running(LAB, VM), 90)
        self.assert_proven()

    def test_4_a_lost_host_is_fenced_and_its_guest_runs_elsewhere(self):
        lost, new, _, _ = story.lose_host(LAB, VM)
        self.assertNotEqual(lost, new)
        verdict = self.assert_proven()
        self.assertFalse(verdict.boots[-2].powered_off, "the guest did not run until its host was switched off")
        self.assertEqual(verdict.boots[-1].hosts, [new])
        story.rejoin(LAB, lost)
        cluster.wait("the cluster has nothing left to do", lambda: cluster.idle(LAB), 90)
        self.assert_proven()


if __name__ == "__main__":
    staged_lab.main()
