#!/usr/bin/python3
"""Packages on a host of the lab: dpkg installs them, and a guest and its fencing run; an upgrade disturbs no monitor and no guest;
what the cluster needs is not removed.
HAVC_OLD and HAVC_NEW are folders with packages of two versions. Exits with 77 when the machine cannot have a lab."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lab"))

from havclab import cluster, guests, life, packages, power, proof, story  # noqa: E402 (the path comes first)
from havclab.state import CHASSIS_ADDRESS, Lab, LabError, write_file  # noqa: E402

VM = "vm1"
LAB = Lab(f"package-{os.getpid()}")
OLD, NEW = (Path(os.environ[name]) for name in ("HAVC_OLD", "HAVC_NEW"))
AGENT = "/usr/lib/ocf/resource.d/havc/LibvirtQemu"
PATIENCE = 300  # the machine may be loaded

CHASSIS = f"ip={CHASSIS_ADDRESS} snmp_conf_path=/etc/havc/chassis"

CONFIGURATION = f"""primitive chassis stonith:fence_ibmbc params {CHASSIS} op monitor interval=60s timeout=60s
primitive plugin stonith:external/ibmbc params {story.PLUGIN_PARAMETERS} op monitor interval=60s timeout=60s
primitive {VM} ocf:havc:LibvirtQemu \\
  params config=/srv/havc/xml/{VM}.xml \\
  op start timeout=120s interval=0 op stop timeout=120s interval=0 \\
  op monitor timeout=60s interval=1s \\
  op monitor timeout=60s interval=2s OCF_CHECK_LEVEL=10
"""

# One monitor after the other until the file 'enough' is there; a line each: its exit code and, if that is not 0, what it said.
MONITORS = f"""
export OCF_ROOT=/usr/lib/ocf OCF_RA_VERSION_MAJOR=1 OCF_RESOURCE_INSTANCE={VM} OCF_RESKEY_config=/srv/havc/xml/{VM}.xml
export OCF_RESKEY_CRM_meta_timeout=60000 OCF_RESKEY_CRM_meta_interval=1000 OCF_CHECK_LEVEL=$1
while [ ! -e /tmp/enough ]; do
  said=$({AGENT} monitor 2>&1) && echo 0 || echo "$? $said"
done >>/tmp/monitors.$1
"""


def on(*command, expect=0, seconds=PATIENCE):
    result = power.run_in(LAB.host("n1"), *command, seconds=seconds)
    if result.returncode != expect:
        raise AssertionError(f"{' '.join(command)}: exit code {result.returncode}, not {expect}: {result.stdout}{result.stderr}")
    return result.stdout + result.stderr


def dpkg(*arguments, expect=0):
    return on("dpkg", "--no-triggers", *arguments, expect=expect)


def package(folder, name):
    """Where the host sees that package; the library's name has the version in it."""
    found = [path for path in folder.glob(f"{name}_*.deb") if "-dbgsym" not in path.name]
    assert len(found) == 1, f"{name} in {folder}: {found}"
    copy = LAB.shared / "packages" / found[0].name
    copy.parent.mkdir(exist_ok=True)
    shutil.copy(found[0], copy)
    return f"/srv/havc/packages/{copy.name}"


def library(folder):
    return package(folder, "libhavc*")


def monitors(level):
    return on("cat", f"/tmp/monitors.{level}").splitlines()


def await_monitors(count):
    """Waits until each loop has done so many more."""
    goals = {level: len(monitors(level)) + count for level in (0, 10)}
    cluster.wait(f"{count} more monitors of each depth", lambda: all(len(monitors(level)) >= goal for level, goal in goals.items()), PATIENCE)


def setUpModule():
    try:
        life.check_machine()
    except LabError as error:
        print(error, file=sys.stderr)
        sys.exit(77)
    unittest.addModuleCleanup(life.down, LAB)
    life.up(LAB, life.Plan(hosts=1, packages=OLD, simulator=packages.simulator(LAB, OLD), wait=True),
            lambda text: print(f"  {text}", file=sys.stderr))


class Packages(unittest.TestCase):
    def test_1_what_the_packages_install_runs_a_guest_and_sees_the_chassis(self):
        self.assertEqual(on("dpkg", "--verify", *(path.name.partition("_")[0] for path in OLD.glob("*.deb"))), "")
        guests.define(LAB, VM, "counting")
        write_file(LAB.shared / "vm.crm", CONFIGURATION)
        story.crm(LAB, "configure", "load", "update", "/srv/havc/vm.crm")
        cluster.wait(f"'{VM}' runs", lambda: cluster.running(LAB, VM), PATIENCE)
        story.await_counting(LAB, VM, PATIENCE)
        for device in ("chassis", "plugin"):
            cluster.wait(f"'{device}' runs", lambda device=device: cluster.running(LAB, device), PATIENCE)
        self.assertIn("Status: ON", on("fence_ibmbc", f"--ip={CHASSIS_ADDRESS}", "--snmp-conf-path=/etc/havc/chassis", "-o", "status", "-n", "n1"))
        on("stonith", "-t", "external/ibmbc", *story.PLUGIN_PARAMETERS.split(), "-S")

    def test_2_no_monitor_fails_while_packages_are_upgraded(self):
        write_file(LAB.shared / "monitors", MONITORS)
        for level in ("0", "10"):
            on("sh", "-c", f"sh /srv/havc/monitors {level} >/dev/null 2>&1 </dev/null &")
        time.sleep(1)  # until the files are there
        await_monitors(10)
        # In any order and as slowly as one likes: the agent is the old one with its library, or the new one.
        dpkg("--remove", "havc-lab", "havc-compat")  # havc-lab wants the library of its version
        dpkg("--install", library(NEW))
        await_monitors(10)
        dpkg("--install", package(NEW, "resource-agents-havc"))
        dpkg("--install", package(NEW, "havc"))
        await_monitors(10)
        for folder in (OLD, NEW) * 3:
            dpkg("--force-downgrade", "--install", package(folder, "resource-agents-havc"))
        dpkg("--remove", package_name(library(OLD)))
        await_monitors(10)
        on("touch", "/tmp/enough")
        for level in (0, 10):
            seen = monitors(level)
            print(f"  {len(seen)} monitors of depth {level}", file=sys.stderr)
            self.assertGreaterEqual(len(seen), 40)
            self.assertEqual([line for line in seen if line != "0"], [])

    def test_3_the_cluster_saw_no_failure_and_the_guest_ran_on(self):
        self.assertNotIn("fail-count", on("crm_mon", "--one-shot", "--output-as=xml", "--failcounts"))
        verdict = proof.examine(guests.console_text(LAB, VM), guests.console_by_host(LAB, VM))
        self.assertEqual((verdict.faults, len(verdict.boots)), ([], 1))

    def test_4_a_new_agent_cannot_come_before_its_library(self):
        dpkg("--remove", "--force-depends", package_name(library(OLD)))
        said = dpkg("--install", package(OLD, "resource-agents-havc"), expect=1)
        self.assertIn("pre-dependency problem", said)
        self.assertEqual(on("dpkg-query", "-W", "-f", "${Status} ${Version}", "resource-agents-havc").split()[:3], ["install", "ok", "installed"])

    def test_5_what_the_cluster_runs_is_not_removed(self):
        said = dpkg("--remove", "resource-agents-havc", expect=1)
        self.assertIn(f"has resources of ocf:havc:LibvirtQemu: {VM}", said)
        self.assertIn("maintenance-mode=true", said)
        on("test", "-x", AGENT)
        said = dpkg("--remove", "fence-agents-havc", expect=1)
        self.assertIn("has resources of fence_ibmbc, fence_ibmfx or their plugins: chassis plugin", said)
        on("test", "-x", "/usr/sbin/fence_ibmbc")

    def test_6_a_cluster_that_does_not_answer_forbids_no_removal(self):
        power.hang(LAB.host("n1"), "pacemaker-based")
        try:
            begin = time.monotonic()
            dpkg("--remove", "fence-agents-havc")
            self.assertLess(time.monotonic() - begin, 60)
        finally:
            power.thaw(LAB.host("n1"), "pacemaker-based")

    def test_7_in_maintenance_mode_it_is_removed_with_a_warning(self):
        story.crm(LAB, "configure", "property", "maintenance-mode=true")
        self.assertIn("Warning: it is in maintenance-mode", dpkg("--remove", "resource-agents-havc"))
        on("test", "!", "-e", AGENT)


class Lacking(unittest.TestCase):
    """A lab whose hosts would have less than the packages promise, or more, does not begin."""

    def refused(self, folder):
        lab = Lab(f"{LAB}-lacking")
        self.addCleanup(life.down, lab)
        with self.assertRaises(LabError) as refusal:
            life.up(lab, life.Plan(hosts=1, packages=folder), lambda text: None)
        life.down(lab)
        return str(refusal.exception)

    def folder(self):
        made = tempfile.TemporaryDirectory()
        self.addCleanup(made.cleanup)
        return Path(made.name)

    def test_without_one_of_the_packages_that_others_need(self):
        for name, complaint in (("libhavc*", "resource-agents-havc pre-depends on libhavc"), ("fence-agents-havc", "havc-lab depends on fence-agents-havc"),
                                ("resource-agents-havc", "havc-compat depends on resource-agents-havc")):
            folder = self.folder()
            for path in OLD.glob("*.deb"):
                if not path.match(f"{name}_*"):
                    shutil.copy(path, folder)
            self.assertIn(complaint, self.refused(folder))

    def test_with_a_file_that_the_machine_has_from_elsewhere(self):
        folder = self.folder()
        write_file(folder / "tree/DEBIAN/control", "Package: havc-twice\nVersion: 1\nArchitecture: all\nMaintainer: nobody <nobody@example.org>\nDescription: none\n")
        write_file(folder / "tree/usr/bin/env", "")
        subprocess.run(["dpkg-deb", "--root-owner-group", "--build", folder / "tree", folder / "havc-twice_1_all.deb"], check=True, stdout=subprocess.DEVNULL)
        self.assertIn("has '/usr/bin/env' already", self.refused(folder))


def package_name(path):
    return Path(path).name.partition("_")[0]


if __name__ == "__main__":
    unittest.main(verbosity=2, failfast=True)
