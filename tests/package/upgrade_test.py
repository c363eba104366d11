#!/usr/bin/python3
"""Packages on a host of the lab: an upgrade disturbs no monitor and no guest, and what the cluster needs is not removed.
HAVC_OLD and HAVC_NEW are folders with packages of two versions. Exits with 77 when the machine cannot have a lab."""

import os
import shutil
import sys
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lab"))

from havclab import cluster, guests, life, power, proof, story  # noqa: E402 (the path comes first)
from havclab.state import Lab, LabError, write_file  # noqa: E402

VM = "vm1"
LAB = Lab(f"package-{os.getpid()}")
OLD, NEW = (Path(os.environ[name]) for name in ("HAVC_OLD", "HAVC_NEW"))
AGENT = "/usr/lib/ocf/resource.d/havc/LibvirtQemu"
PATIENCE = 300  # the machine may be loaded

CONFIGURATION = f"""primitive {VM} ocf:havc:LibvirtQemu \\
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
    life.up(LAB, life.Plan(hosts=1, property=[("stonith-enabled", "false"), ("no-quorum-policy", "ignore")], wait=True),
            lambda text: print(f"  {text}", file=sys.stderr))
    # The host's /usr is the machine's: so is what is known of its packages.
    shutil.copytree("/var/lib/dpkg", LAB.host("n1").disk / "var/lib/dpkg", symlinks=True)
    (LAB.host("n1").disk / "var/log/dpkg.log").touch()


class Packages(unittest.TestCase):
    def test_1_the_old_version_is_installed_and_runs_a_guest(self):
        dpkg("--install", library(OLD))
        dpkg("--install", package(OLD, "resource-agents-havc"), package(OLD, "fence-agents-havc"))
        guests.define(LAB, VM, "counting")
        write_file(LAB.shared / "vm.crm", CONFIGURATION)
        story.crm(LAB, "configure", "load", "update", "/srv/havc/vm.crm")
        cluster.wait(f"'{VM}' runs", lambda: cluster.running(LAB, VM), PATIENCE)
        story.await_counting(LAB, VM, PATIENCE)

    def test_2_no_monitor_fails_while_packages_are_upgraded(self):
        write_file(LAB.shared / "monitors", MONITORS)
        for level in ("0", "10"):
            on("sh", "-c", f"sh /srv/havc/monitors {level} >/dev/null 2>&1 </dev/null &")
        time.sleep(1)  # until the files are there
        await_monitors(10)
        # In any order and as slowly as one likes: the agent is the old one with its library, or the new one.
        dpkg("--install", library(NEW))
        await_monitors(10)
        dpkg("--install", package(NEW, "resource-agents-havc"))
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

    def test_6_what_the_cluster_does_not_use_is_removed_also_when_it_does_not_answer(self):
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


def package_name(path):
    return Path(path).name.partition("_")[0]


if __name__ == "__main__":
    unittest.main(verbosity=2, failfast=True)
