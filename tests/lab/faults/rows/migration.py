"""Faults in the middle of a live migration. The guest has 12 MiB of memory in use, and both systems are told to move 1 MiB a second:
so there is a middle, and it lasts."""

import re

from faults.fault import Fault
from faults.system import MIGRATE_TIMEOUT, START_TIMEOUT

SPEED = 1  # MiB/s
HALF_WAY = 4  # MiB of 12


def _moved(stage, host):
    """MiB of vm1's memory that have left the host, as its libvirt says."""
    told = stage.run(host, "virsh", "domjobinfo", "vm1", seconds=10, check=False)
    match = re.search(r"^Data processed:\s+([0-9.]+) (B|KiB|MiB)$", told, re.MULTILINE)
    return float(match[1]) * {"B": 2**-20, "KiB": 2**-10, "MiB": 1}[match[2]] if match else 0


def _begin(stage, kind="large"):
    """vm1 is on its way from the victim to the other host; vm2 is a neighbour on the source, vm3 on the target."""
    stage.guest("vm1", stage.victim, kind=kind, migration_speed=SPEED)
    stage.guest("vm2", stage.victim)
    stage.guest("vm3", stage.other)
    stage.start()
    _move(stage)


def _move(stage):
    stage.move("vm1", stage.other)
    stage.require("vm1's migration is half-way", lambda: _moved(stage, stage.victim) >= HALF_WAY, 40)


def _arrives(stage, seconds=90):
    stage.expect("vm1 runs where it was sent", lambda: stage.host_of("vm1") == stage.other and stage.counts("vm1"), seconds)
    stage.settle()


def source_restarted(stage):
    _begin(stage)
    stage.restart_libvirtd(stage.victim)
    _arrives(stage)


def target_restarted(stage):
    _begin(stage)
    stage.restart_libvirtd(stage.other)
    _arrives(stage)


def controller_killed(stage):
    _begin(stage)
    stage.kill(stage.dc)
    _arrives(stage)


def target_killed(stage):
    _begin(stage)
    stage.kill(stage.other)
    stage.expect("vm3 runs elsewhere", lambda: stage.host_of("vm3") not in (None, stage.other) and stage.counts("vm3"), 90)
    stage.settle()


def source_killed(stage):
    _begin(stage)
    stage.kill(stage.victim)
    stage.expect("vm1 runs elsewhere", lambda: stage.host_of("vm1") not in (None, stage.victim) and stage.counts("vm1"), 90)
    stage.settle()


def source_killed_target_hung(stage):
    _begin(stage)
    stage.hang(stage.other, "libvirtd")
    stage.kill(stage.victim)
    stage.require("vm1 counts no more", lambda: not stage.counts("vm1"), 10)
    # On the third host, or on its own when that is back.
    stage.expect("vm1 runs again, while libvirtd on its target hangs",
                 lambda: stage.host_of("vm1") not in (None, stage.other) and stage.counts("vm1"), 3 * START_TIMEOUT)
    if not stage.fenced(stage.other):
        stage.thaw(stage.other, "libvirtd")
    stage.settle()


def restless(stage):
    stage.guest("vm1", stage.victim, kind="restless", migration_speed=SPEED)
    stage.guest("vm2", stage.victim)
    stage.start()
    # What Pacemaker offers for a guest that must not be started anew because a migration failed.
    stage.run(stage.dc, "cibadmin", "--modify", "--xml-text", '<op id="vm1-migrate_to-0" on-fail="block"/>')
    _move(stage)
    stage.expect("the operator is told that the migration failed",
                 lambda: any("vm1 migrate" in failure for failure in stage.told().failures), MIGRATE_TIMEOUT + 15)
    stage.expect("vm1 is on its way no more after its time was up", lambda: _moved(stage, stage.victim) == 0, 10)
    stage.crm("resource", "clear", stage.system.unit("vm1"))
    stage.crm("resource", "cleanup", "vm1")
    stage.settle()
    stage.demand("vm1 is where it was", stage.host_of("vm1") == stage.victim)


FAULTS = (
    Fault("migration-source-libvirtd", "libvirtd on the source is restarted during a migration", "the guest goes on, and arrives", source_restarted),
    Fault("migration-target-libvirtd", "libvirtd on the target is restarted during a migration", "the guest goes on, and arrives", target_restarted),
    Fault("migration-dc-killed", "the cluster's controller loses its power during a migration between two others", "the guest goes on, and arrives",
          controller_killed),
    Fault("migration-target-killed", "the target of a migration loses its power half-way", "the guest goes on, or is started anew at once",
          target_killed, interrupted=2, essential=True),
    Fault("migration-source-killed", "the source of a migration loses its power half-way", "the guest is started anew", source_killed, interrupted=2),
    Fault("migration-two-faults", "the source of a migration loses its power half-way, and libvirtd on the target hangs", "the guest is started anew, "
          "and the target is not fenced", source_killed_target_hung, interrupted=2),
    Fault("migration-endless", "a guest changes its memory faster than a migration (on-fail=block) can move it", "the guest goes on on its source, and the "
          "operator is told", restless),
)
