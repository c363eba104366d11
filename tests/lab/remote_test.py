#!/usr/bin/python3
"""VMs on Pacemaker Remote hosts: two cluster hosts, and two that only run pacemaker-remoted, one of which the cluster calls by another
name than it has. HAVC_STAGE is the DESTDIR tree of the build, HAVC_SIMULATOR the chassis simulator. One lab serves all tests, in
their order: each begins on the remote host to which the one before has brought the VM. Exits with 77 when the machine cannot have a lab."""

import os
import signal
import sys
import unittest
import xml.etree.ElementTree as ElementTree
from functools import partial
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import staged_lab  # noqa: E402 (the path comes first)
from havclab import cluster, guests, life, mail, power, proof, story  # noqa: E402
from havclab.state import Lab, write_file  # noqa: E402

VM = "vm1"
REMOTE, RENAMED, NODE = "n3", "n4", "blade4"  # the host n4 is the cluster's node blade4
LAB = Lab(f"remote-{os.getpid()}")
PLAN = staged_lab.plan(hosts=4, remote=[REMOTE, f"{RENAMED}={NODE}"], property=[("no-quorum-policy", "freeze")])
on = partial(staged_lab.on, LAB, seconds=60)
boot = partial(staged_lab.boot, LAB)
FIRMWARE_SECONDS = 10  # a fenced host is back when its guests run elsewhere, not before

CONFIGURATION = f"""primitive chassis stonith:external/ibmbc \\
  params {story.PLUGIN_PARAMETERS} host_map="{NODE}:4" op monitor interval=60s timeout=20s
primitive {VM} ocf:havc:LibvirtQemu \\
  params config=/srv/havc/xml/{VM}.xml migration_transport=tcp email=ops@example.org \\
    autoset_utilization_cpu=true autoset_utilization_host_memory=true \\
  op start timeout=60s interval=0 op stop timeout=60s interval=0 \\
  op monitor timeout=30s interval=10s op monitor timeout=60s interval=15s OCF_CHECK_LEVEL=10 \\
  op migrate_to timeout=120s interval=0 op migrate_from timeout=60s interval=0 \\
  meta allow-migrate=true resource-stickiness=100
location first {VM} 10: {REMOTE}
location second {VM} 5: {NODE}
"""


def setUpModule():
    try:
        life.up(LAB, PLAN, staged_lab.say)
        mail.start(LAB)
        guests.define(LAB, VM, "counting")
        write_file(LAB.shared / "remote.crm", CONFIGURATION)
        story.crm(LAB, "configure", "load", "update", "/srv/havc/remote.crm")
        cluster.wait("Pacemaker is connected to the remote hosts", lambda: cluster.online(LAB, [REMOTE, RENAMED]), 60)
    except BaseException:
        tearDownModule()
        raise


def tearDownModule():
    mail.stop(LAB)
    life.down(LAB)


def member():
    return next(host for host in LAB.members() if power.is_on(host))


def settle():
    cluster.wait("the cluster has nothing left to do", lambda: cluster.idle(LAB), 90)


def await_vm(where=None):
    cluster.wait(f"'{VM}' runs" + (f" on {where}" if where else ""), lambda: cluster.running(LAB, VM, where), 90)
    story.await_counting(LAB, VM)


def move(host):
    story.crm(LAB, "resource", "move", VM, LAB.host(host).node)
    await_vm(host)
    story.crm(LAB, "resource", "clear", VM)
    settle()


def operations(host):
    """What the cluster knows of the VM's last operations on a host: {operation and interval: (exit code, reason)}."""
    status = ElementTree.fromstring(power.run_in(member(), "cibadmin", "--query", "--scope", "status").stdout)
    node = status.find(f"./node_state[@uname='{LAB.host(host).node}']")
    return {(each.get("operation"), int(each.get("interval"))): (int(each.get("rc-code")), each.get("exit-reason"))
            for each in node.findall(f".//lrm_resource[@id='{VM}']/lrm_rsc_op")}


def mails(word):
    return [subject.split(f"{word} ", 1)[1] for subject in mail.subjects(LAB) if f" {word} " in subject]


class OnARemoteHost(unittest.TestCase):
    def setUp(self):
        cluster.wait("all hosts work", lambda: cluster.online(LAB, [host.name for host in LAB.hosts()]), 120)
        await_vm()
        settle()
        if story.host_of(LAB, VM) not in (REMOTE, RENAMED):
            move(REMOTE)
        self.host = story.host_of(LAB, VM)
        self.boots = len(self.proven().boots)

    def proven(self):
        verdict = proof.examine(*guests.evidence(LAB, VM))
        self.assertEqual(verdict.faults, [])
        return verdict

    def assert_not_rebooted(self):
        self.assertEqual(len(self.proven().boots), self.boots, "the guest was rebooted")

    def assert_recovered_after(self, loss):
        """The host that loses its guest is fenced, and the guest runs elsewhere before it is back."""
        write_file(LAB.host(self.host).disk / "etc/havc-lab-firmware", f"{FIRMWARE_SECONDS}\n")
        was = boot(self.host)
        loss(LAB.host(self.host))
        cluster.wait(f"{self.host} is fenced", lambda: boot(self.host) != was, 90)
        self.await_elsewhere()
        verdict = self.proven()
        self.assertEqual(len(verdict.boots), self.boots + 1)
        self.assertNotIn(self.host, verdict.boots[-1].hosts)

    def await_elsewhere(self):
        cluster.wait(f"the guest runs, not on {self.host}",
                     lambda: cluster.running(LAB, VM) and not cluster.running(LAB, VM, self.host), 90)
        story.await_counting(LAB, VM)

    def test_1_starts_there_with_mails_and_utilization_through_the_proxied_cib(self):
        cluster.wait("both monitors were run", lambda: {("monitor", 10000), ("monitor", 15000)} <= set(operations(REMOTE)), 40)
        self.assertEqual({code for code, _ in operations(REMOTE).values()}, {0})
        cluster.wait("the start is mailed", lambda: mails("START") == [f"on {REMOTE}"], 20)
        values = {each.get("name"): each.get("value") for each in ElementTree.fromstring(
            on(REMOTE, "cibadmin", "--query", "--xpath", f"//primitive[@id='{VM}']/utilization")).iter("nvpair")}
        self.assertEqual(values, {"cpu": "1", "host_memory": "16"})

    def test_2_moves_between_cluster_hosts_and_remote_ones_also_where_node_and_host_have_different_names(self):
        for target in ("n1", RENAMED, REMOTE):
            move(target)
        self.assert_not_rebooted()
        self.assertEqual(self.proven().boots[-1].hosts, [REMOTE, "n1", RENAMED, REMOTE])
        cluster.wait("the moves are mailed", lambda: mails("MIGRATE") == [
            f"(from {REMOTE}) on n1", f"(from n1) on {NODE}", f"(from {NODE}) on {REMOTE}"], 20)

    def test_3_a_stop_asks_the_guest_and_a_failed_start_says_why(self):
        story.stop(LAB, VM)
        self.assertTrue(self.proven().boots[-1].powered_off, "the guest was not asked to shut down")
        definition = LAB.shared / "xml" / f"{VM}.xml"
        definition.rename(definition.with_suffix(".away"))
        story.crm(LAB, "resource", "start", VM)
        cluster.wait("the start has failed", lambda: operations(REMOTE).get(("start", 0), (0,))[0] == 5, 60)
        settle()
        self.assertIn(f"cannot read '/srv/havc/xml/{VM}.xml'", operations(REMOTE)["start", 0][1])
        definition.with_suffix(".away").rename(definition)
        story.crm(LAB, "resource", "cleanup", VM)
        await_vm()

    def test_4_goes_on_when_the_host_of_its_hosts_connection_loses_its_power(self):
        members = {host.name for host in LAB.members()}
        holder = story.host_of(LAB, REMOTE)
        was = boot(REMOTE)
        # Else it may be back before the connection is made anew, and have it again.
        write_file(LAB.host(holder).disk / "etc/havc-lab-firmware", f"{FIRMWARE_SECONDS}\n")
        power.off(LAB.host(holder))
        cluster.wait("another host holds the connection", lambda: cluster.running(LAB, REMOTE, next(iter(members - {holder}))), 180)
        settle()
        story.await_counting(LAB, VM)
        self.assertEqual(story.host_of(LAB, VM), REMOTE)
        self.assert_not_rebooted()
        self.assertEqual(boot(REMOTE), was, f"{REMOTE} was fenced, too")

    def test_5_moves_alive_before_maintenance_and_its_host_is_not_fenced(self):
        was = boot(REMOTE)
        on(member().name, "crm_standby", "--node", REMOTE, "--update", "on")
        self.await_elsewhere()
        settle()
        story.crm(LAB, "resource", "stop", REMOTE)
        cluster.wait("the connection is stopped", lambda: cluster.stopped(LAB, REMOTE), 60)
        settle()
        for process in power.daemons(LAB.host(REMOTE), "pacemaker-remoted"):
            process.send(signal.SIGTERM)
        cluster.wait("pacemaker-remoted has ended", lambda: not power.daemons(LAB.host(REMOTE), "pacemaker-remoted"), 30)
        settle()
        self.assertEqual(boot(REMOTE), was, f"{REMOTE} was fenced")
        self.assert_not_rebooted()
        power.off(LAB.host(REMOTE))
        power.on(LAB.host(REMOTE))
        story.crm(LAB, "resource", "start", REMOTE)
        on(member().name, "crm_standby", "--node", REMOTE, "--delete")

    def test_6_runs_elsewhere_after_its_host_is_cut_off_and_fenced(self):
        self.assert_recovered_after(power.cut)
        power.heal(LAB.host(self.host))

    def test_7_runs_elsewhere_after_pacemaker_remoted_alone_is_killed_because_its_host_is_fenced_for_that(self):
        def kill(host):
            for process in power.daemons(host, "pacemaker-remoted"):
                self.assertTrue(process.kill(10))

        self.assert_recovered_after(kill)


if __name__ == "__main__":
    staged_lab.main(check=life.remoted)
