#!/usr/bin/python3
"""Converting a running cluster, as agents/CONVERTING.md says, block by block: VirtualDomain alone, in a group with MailTo, and HAVC-II's
agent (a stand-in that starts, moves and ends a machine as that one did). Guests count meanwhile; monitors run every two seconds.
HAVC_STAGE is the DESTDIR tree of the build, HAVC_SIMULATOR the chassis simulator. Exits with 77 when the machine cannot have a lab."""

import os
import re
import sys
import unittest
import xml.etree.ElementTree as ElementTree
from functools import partial
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import staged_lab  # noqa: E402 (the path comes first)
from havclab import cluster, guests, life, mail, manual, power, proof, story  # noqa: E402
from havclab.state import Lab, LabError, write_file  # noqa: E402

MANUAL = Path(__file__).resolve().parents[2] / "agents/CONVERTING.md"
LAB = Lab(f"convert-{os.getpid()}")
PLAN = staged_lab.plan()
on = partial(staged_lab.on, LAB)
CALLER = "n1"
CONVERTED = ("vm1", "vm2", "vm3")
VMS = (*CONVERTED, "vm4")  # the last keeps the name of HAVC-II's agent
MONITOR_SECONDS = 2
AGENTS = "/usr/lib/ocf/resource.d"
HAVC2_AGENT = f"{AGENTS}/custom/LibvirtQemu"

# What HAVC-II's agent does to libvirt, without its care: a transient domain, client-managed migration, no trace of its own.
_TEXTS = '<longdesc lang="en">-</longdesc><shortdesc lang="en">-</shortdesc>'
_PARAMETERS = "".join(f'<parameter name="{name}">{_TEXTS}<content type="string"/></parameter>' for name in ("config", "migration_transport", "email"))
_ACTIONS = "".join(f'<action name="{name}" timeout="60" interval="0"/>' for name in ("start", "stop", "monitor", "migrate_to", "migrate_from", "meta-data"))
STAND_IN = f"""#!/bin/sh
name=$(sed -n 's,.*<name>\\(.*\\)</name>.*,\\1,p' "$OCF_RESKEY_config" 2>/dev/null)
state() {{ virsh --quiet domstate "$name" 2>/dev/null; }}
case $1 in
  meta-data) echo '<resource-agent name="LibvirtQemu"><version>1.0</version>{_TEXTS}<parameters>{_PARAMETERS}</parameters>'
    echo '<actions>{_ACTIONS}</actions></resource-agent>' ;;
  start) [ "$(state)" = running ] || virsh --quiet create "$OCF_RESKEY_config" ;;
  stop) [ -z "$(state)" ] || virsh --quiet destroy "$name" ;;
  monitor|migrate_from) [ "$(state)" = running ] || exit 7 ;;
  migrate_to) virsh --quiet migrate --live "$name" "qemu+tcp://$OCF_RESKEY_CRM_meta_migrate_target/system" ;;
  *) exit 3 ;;
esac
"""

OPERATIONS = (f"op start timeout=60s interval=0 op stop timeout=60s interval=0 op monitor timeout=30s interval={MONITOR_SECONDS}s "
              "op migrate_to timeout=120s interval=0 op migrate_from timeout=60s interval=0 meta allow-migrate=true")


def configuration(config):
    """What the cluster was before: VirtualDomain, its group, and what HAVC-II had."""
    return f"""
primitive chassis stonith:external/ibmbc params mgmt_address=chassis snmp_conf_path=/etc/havc/chassis no_softoff=0 op monitor interval=21600s timeout=60s
clone chassis-clone chassis meta globally-unique=false
primitive vm1 ocf:heartbeat:VirtualDomain params config={config["vm1"]} hypervisor="qemu:///system" migration_transport=tcp {OPERATIONS}
primitive vm2 ocf:heartbeat:VirtualDomain params config={config["vm2"]} hypervisor="qemu:///system" migration_transport=tcp {OPERATIONS}
primitive vm2-mail ocf:heartbeat:MailTo params email="admin@example.org,ops@example.org" subject="vm2 says" op monitor timeout=10s interval=10s
group vm2-group vm2 vm2-mail meta priority=5
primitive vm3 ocf:custom:LibvirtQemu params config={config["vm3"]} migration_transport=tcp email=admin@example.org {OPERATIONS}
primitive vm4 ocf:custom:LibvirtQemu params config={config["vm4"]} migration_transport=tcp email=admin@example.org {OPERATIONS}
location vm2-begins-on-n2 vm2-group 50: n2
order vm1-before-vm2 Mandatory: vm1 vm2-group
tag all vm1 vm2-group
rsc_defaults resource-stickiness=100
"""


def place(host, path, text):
    """A program of HAVC-II on a host's own disk."""
    on(host, "sh", "-c", 'mkdir -p "$(dirname "$1")" && printf %s "$2" >"$1" && chmod 755 "$1"', "sh", path, text)


def setUpModule():
    try:
        life.up(LAB, PLAN, staged_lab.say)
        mail.start(LAB)
        for host in LAB.hosts():
            place(host.name, HAVC2_AGENT, STAND_IN)
        write_file(LAB.shared / "before.crm", configuration({vm: guests.define(LAB, vm, "counting") for vm in VMS}))
        story.crm(LAB, "configure", "load", "update", "/srv/havc/before.crm")
        for vm in VMS:
            cluster.wait(f"'{vm}' runs", lambda vm=vm: cluster.running(LAB, vm), 120)
            story.await_counting(LAB, vm)
        cluster.wait("the mail beside vm2 runs", lambda: cluster.running(LAB, "vm2-mail"), 60)
        cluster.wait("the cluster has nothing left to do", lambda: cluster.idle(LAB), 60)
    except BaseException:
        life.down(LAB)
        raise


def tearDownModule():
    mail.stop(LAB)
    life.down(LAB)


class Manual:
    """The blocks of the document, by section, each as it is run."""

    blocks = manual.blocks(MANUAL, "agents/CONVERTING.md")

    @classmethod
    def section(cls, title):
        found = [block for block in cls.blocks if block.section == title]
        if not found:
            raise LabError(f"agents/CONVERTING.md has no block below '{title}'")
        return found

    @classmethod
    def run(cls, *blocks):
        return [manual.run(LAB, block) for block in blocks]


EVERY_HOST = Manual.section("On every host")
LOOK, CHANGE, REFRESH, FORESEE, TAKE_OVER = Manual.section("The swap")
PLUGIN = Manual.section("HAVC-II: the packages alone")
BACK = Manual.section("The way back")


def planned(output):
    """The actions that crm_simulate's summary has."""
    found = re.findall(r"^Transition Summary:\n((?:  .*\n)*)", output, re.MULTILINE)
    if not found:
        raise LabError(f"no summary in {output}")
    return [" ".join(line.replace("*", "").split()[:2]) for line in found[0].splitlines()]


def deeds():
    """What the hosts' controllers have started, stopped or moved, and whom they have fenced."""
    logs = [on(host.name, "cat", "/var/log/pacemaker/pacemaker.log") for host in LAB.hosts()]
    return sorted(deed for log in logs for deed in re.findall(r"Result of ((?:start|stop|migrate_to|migrate_from) operation for \S+ on \w+)", log)
                  + re.findall(r"Operation '(?:off|reboot)'.* targeting \S+", log))


def agent_of(vm):
    primitive = ElementTree.fromstring(on(CALLER, "cibadmin", "--query", "--xpath", f"//primitive[@id='{vm}']"))
    return f"{primitive.get('provider')}:{primitive.get('type')}"


def monitored_by(vm):
    """The agent whose recurring monitor succeeds, by the executor's record, not by the configuration."""
    status = ElementTree.fromstring(on(CALLER, "cibadmin", "--query", "--scope", "status"))
    return {f"{each.get('provider')}:{each.get('type')}" for each in status.iter("lrm_resource") if each.get("id") == vm
            for operation in each if operation.get("operation") == "monitor" and operation.get("interval") == f"{MONITOR_SECONDS}000"
            and operation.get("rc-code") == "0"}


class Cluster(unittest.TestCase):
    maxDiff = None

    def assert_undisturbed(self, before):
        """The same deeds as before, and every guest still in its first boot, with no count lost."""
        self.assertEqual(deeds(), before)
        self.assert_proven(hosts_each=1)

    def assert_proven(self, hosts_each):
        for vm in VMS:
            story.await_counting(LAB, vm)
            view = proof.examine(*guests.evidence(LAB, vm))
            self.assertTrue(view.proven, view.faults)
            self.assertEqual([len(boot.hosts) for boot in view.boots], [hosts_each], vm)

    def assert_agents(self, **agents):
        for vm, agent in agents.items():
            self.assertEqual(agent_of(vm), agent)
            cluster.wait(f"'{vm}' is monitored by {agent}", lambda vm=vm, agent=agent: monitored_by(vm) == {agent}, 60)

    def take_over(self):
        self.assertEqual(planned(Manual.run(FORESEE)[0]), [])
        Manual.run(TAKE_OVER)

    def swap(self, tries=3):
        """As the document says, again when something was written into the CIB meanwhile; a late answer of a host is enough for that."""
        self.assertEqual(planned(Manual.run(LOOK)[0]), [])
        try:
            Manual.run(CHANGE)
        except LabError as refused:
            if tries == 1 or not re.search(r"Update was older|Application of update diff failed", str(refused)):
                raise
            self.swap(tries - 1)

    def test_1_the_plan_changes_nothing_and_the_new_agent_could_run_every_machine_everywhere(self):
        configured = on(CALLER, "cibadmin", "--query", "--scope", "configuration")
        told = Manual.run(*EVERY_HOST)[0]
        self.assertEqual(told.count("returned 0 (ok)"), len(CONVERTED) * len(LAB.hosts()), told)
        self.assertEqual(on(CALLER, "cibadmin", "--query", "--scope", "configuration"), configured)

    def test_2_a_swap_without_maintenance_mode_would_restart_the_machines(self):
        told = on(CALLER, "crm_simulate", "--simulate", "--xml-file", "/root/convert/new.xml")
        self.assertLessEqual({f"Restart {vm}" for vm in CONVERTED}, set(planned(told)))

    def test_3_the_swap_disturbs_nobody(self):
        before, mails = deeds(), mail.subjects(LAB)
        self.assertIn(f"start operation for vm1 on {story.host_of(LAB, 'vm1')}", before)  # it would be seen
        self.swap()
        self.assertLessEqual({f"Restart {vm}" for vm in CONVERTED}, set(planned(Manual.run(FORESEE)[0])), "too early, and nobody is told")
        self.find_them_again()
        self.take_over()
        self.assert_agents(vm1="havc:LibvirtQemu", vm2="havc:LibvirtQemu", vm3="havc:LibvirtQemu", vm4="custom:LibvirtQemu")
        self.assert_undisturbed(before)
        self.assertEqual(mail.subjects(LAB), mails)
        configured = on(CALLER, "crm", "configure", "show")
        for line in ("location vm2-begins-on-n2 vm2 50: n2", "order vm1-before-vm2 Mandatory: vm1 vm2", "tag all vm1 vm2"):
            self.assertRegex(configured, f"(?m)^{line}$")
        self.assertRegex(configured, r'email="admin@example.org,ops@example.org" email_subject="vm2 says"')
        self.assertNotRegex(configured, r"vm2-group|vm2-mail")

    def find_them_again(self):
        """First with an agent that is missing where vm1 runs: the document's check must say so."""
        host, agent = story.host_of(LAB, "vm1"), f"{AGENTS}/havc/LibvirtQemu"
        on(host, "mv", agent, f"{agent}.away")
        with self.assertRaisesRegex(LabError, f"< resource vm1 is running on: {host}"):
            Manual.run(REFRESH)
        self.assertIn("Start vm1", planned(Manual.run(FORESEE)[0]))
        on(host, "mv", f"{agent}.away", agent)
        Manual.run(REFRESH)

    def test_4_the_way_back_disturbs_nobody_and_can_be_gone_again(self):
        before = deeds()
        story.crm(LAB, "resource", "meta", "vm1", "set", "priority", "7")  # a later change, which must stay
        Manual.run(*BACK)
        Manual.run(REFRESH)
        self.take_over()
        self.assert_agents(vm1="heartbeat:VirtualDomain", vm2="heartbeat:VirtualDomain", vm3="custom:LibvirtQemu")
        self.assertIn("vm2-group", on(CALLER, "crm", "configure", "show"))
        self.assertIn('name="priority" value="7"', on(CALLER, "cibadmin", "--query", "--xpath", "//primitive[@id='vm1']"))
        self.swap()
        Manual.run(REFRESH)
        self.take_over()
        self.assert_agents(vm1="havc:LibvirtQemu", vm2="havc:LibvirtQemu", vm3="havc:LibvirtQemu")
        self.assert_undisturbed(before)

    def test_5_the_packages_take_the_place_of_havc2_without_a_change_of_the_configuration(self):
        before, configured = deeds(), on(CALLER, "cibadmin", "--query", "--xpath", "//primitive[@id='vm4']")
        on(CALLER, "crm_attribute", "--name", "maintenance-mode", "--update", "true")
        on(CALLER, "crm_resource", "--wait")
        for host in LAB.hosts():  # as dpkg does it: a link, renamed over HAVC-II's file
            on(host.name, "ln", "-s", "../havc/LibvirtQemu", f"{HAVC2_AGENT}.new")
            on(host.name, "mv", "-T", f"{HAVC2_AGENT}.new", HAVC2_AGENT)
        self.take_over()
        self.assert_agents(vm4="custom:LibvirtQemu")
        self.assertEqual(on(CALLER, "cibadmin", "--query", "--xpath", "//primitive[@id='vm4']"), configured)
        self.assert_undisturbed(before)
        self.assertEqual(Manual.run(*PLUGIN)[0].split(), ["n1", "n2", "n3"] * len(LAB.hosts()))

    def test_6_the_definition_of_what_was_converted_may_vanish(self):
        before, host, path = deeds(), story.host_of(LAB, "vm1"), LAB.shared / "xml/vm1.xml"
        cluster.wait("a monitor has taken note of vm1", lambda: on(host, "sh", "-c", "ls /run/resource-agents/havc-vm1.note || true"), 30)
        path.rename(f"{path}.away")
        self.addCleanup(lambda: Path(f"{path}.away").rename(path))
        self.assertIn("(ok)", on(host, "crm_resource", "--force-check", "--resource", "vm1"))
        self.assert_undisturbed(before)

    def test_7_what_was_converted_moves_and_stops(self):
        for vm in VMS:
            story.migrate(LAB, vm)
        self.assert_proven(hosts_each=2)
        for subject in ("vm2 says", "[VM:vm4]"):  # neither VirtualDomain nor the stand-in mails
            cluster.wait(f"a mail says '{subject}'", lambda subject=subject: any(subject in each for each in mail.subjects(LAB)), 30)
        for vm in reversed(VMS):  # vm2 before vm1, on which it depends
            story.stop(LAB, vm)
            boot = proof.examine(*guests.evidence(LAB, vm)).boots[-1]
            self.assertTrue(boot.powered_off, f"{vm} was not asked to shut down")

    def test_8_the_plugin_fences_with_havc2s_parameters(self):
        before = LAB.host("n3").pid1_file.read_text()
        result = power.run_in(LAB.host(CALLER), "stonith_admin", "--reboot", "n3", "--timeout", "60", seconds=90)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("Operation 'reboot' targeting n3", deeds())  # that nobody was fenced before is told by the same words
        self.assertNotEqual(LAB.host("n3").pid1_file.read_text(), before)


if __name__ == "__main__":
    staged_lab.main("xsltproc", failfast=True)
