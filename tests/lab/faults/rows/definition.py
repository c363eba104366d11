"""Faults of a guest's definition: deleted, corrupt, missing on one host, or another one of the same name."""

from faults.fault import Fault
from faults.system import MONITOR_INTERVAL, START_TIMEOUT, STOP_TIMEOUT

LOCAL = "/etc/havc-vm"  # where an administrator keeps definitions who has no shared file system
THREE_MONITORS = 3 * MONITOR_INTERVAL + 2


def _file(stage, name):
    return stage.lab.shared / "xml" / f"{name}.xml"


def _is_on(stage, host, name="vm1"):
    """libvirt's own word."""
    return name in stage.run(host, "virsh", "--quiet", "list", "--name").split()


def _goes_on_unharmed(stage):
    """For three monitors: the guest counts, and the cluster knows that it runs, and where."""
    stage.hold(THREE_MONITORS)
    stage.demand("vm1 runs on while its definition is unusable", stage.counts("vm1"))
    stage.demand("the cluster knows that vm1 runs on its host", stage.host_of("vm1") == stage.victim)


def _stopped(stage):
    """The cluster stops vm1; whoever says that it did must be right."""
    stage.retire("vm1")
    stage.crm("resource", "stop", stage.system.unit("vm1"))
    stage.expect("vm1 is stopped when the cluster has stopped it", lambda: not stage.counts("vm1") and not _is_on(stage, stage.victim), STOP_TIMEOUT + 15)


def _told_of_start(stage):
    return any("vm1 start" in failure for failure in stage.told().failures)


def deleted(stage):
    stage.start_pair()
    file = _file(stage, "vm1")
    text = file.read_text()
    file.unlink()
    _goes_on_unharmed(stage)
    _stopped(stage)
    stage.crm("resource", "start", stage.system.unit("vm1"))
    stage.expect("the operator is told that vm1 cannot be started", lambda: _told_of_start(stage), START_TIMEOUT)
    file.write_text(text)
    stage.crm("resource", "cleanup", "vm1")
    stage.expect("vm1 runs again when its definition is back", lambda: stage.host_of("vm1") and stage.counts("vm1"), START_TIMEOUT)
    stage.settle()


def corrupted(stage):
    stage.start_pair()
    file = _file(stage, "vm1")
    text = file.read_text()
    file.write_bytes(b"\x00\xff<domain><name>" + bytes(range(128, 256)) * 8)
    _goes_on_unharmed(stage)
    file.write_text(text)
    stage.crm("resource", "cleanup", "vm1")
    stage.settle()
    stage.demand("the cluster knows that vm1 runs on its host", stage.host_of("vm1") == stage.victim)


def _with_local_definition(stage):
    """vm1's definition lies on its host and the controller's, and not where the cluster would send it first."""
    stage.guest("vm1", stage.victim, config=f"{LOCAL}/vm1.xml")
    stage.guest("vm2", stage.other)
    for host in (stage.victim, stage.dc):
        stage.run(host, "install", "-D", "/srv/havc/xml/vm1.xml", f"{LOCAL}/vm1.xml")
    stage.start(f"location vm1-next {stage.system.unit('vm1')} 25: {stage.other}\n")


def missing_and_killed(stage):
    _with_local_definition(stage)
    stage.kill(stage.victim)
    stage.expect("vm1 runs where its definition is", lambda: stage.host_of("vm1") == stage.dc and stage.counts("vm1"), 90)
    stage.settle()


def missing_and_standby(stage):
    _with_local_definition(stage)
    stage.crm("node", "standby", stage.victim)
    stage.expect("vm1 runs on another host alone", lambda: stage.host_of("vm1") not in (None, stage.victim) and stage.counts("vm1"), 90)
    stage.settle()
    stage.demand("vm1 is on no host of which the cluster does not know", [host for host in (stage.victim, stage.other, stage.dc) if _is_on(stage, host)]
                 == [stage.host_of("vm1")])


def _define_stale(stage, host, change):
    """A persistent definition of vm1's name, forgotten on a host: another machine, which would print elsewhere."""
    text = _file(stage, "vm1").read_text().replace("/vm1.log", "/forgotten.log")
    (stage.lab.shared / "forgotten.xml").write_text(change(text))
    stage.run(host, "virsh", "define", "/srv/havc/forgotten.xml")
    stage.require("the definition is there", lambda: "vm1" in stage.run(host, "virsh", "--quiet", "list", "--all", "--name"), 10)


def _forgotten_never_ran(stage):
    stage.demand("the forgotten machine of the same name was never started", not (stage.lab.shared / "console/forgotten.log").exists())


def stale_same(stage):
    stage.start_pair()
    _define_stale(stage, stage.other, lambda text: text)
    stage.move("vm1", stage.other)
    stage.expect("vm1 runs where it was sent", lambda: stage.host_of("vm1") == stage.other and stage.counts("vm1"), 90)
    stage.settle()
    stage.kill(stage.other)
    stage.expect("vm1 runs elsewhere", lambda: stage.host_of("vm1") not in (None, stage.other) and stage.counts("vm1"), 90)
    stage.settle()
    _forgotten_never_ran(stage)


def stale_other(stage):
    stage.start_pair()
    other_uuid = "11111111-2222-4333-8444-555555555555"
    uuid = _file(stage, "vm1").read_text().partition("<uuid>")[2].partition("</uuid>")[0]
    _define_stale(stage, stage.other, lambda text: text.replace(uuid, other_uuid))
    stage.crm("configure", "location", "vm1-next", stage.system.unit("vm1"), "25:", stage.other)
    stage.kill(stage.victim)
    stage.expect("vm1 runs elsewhere", lambda: stage.host_of("vm1") not in (None, stage.victim) and stage.counts("vm1"), 90)
    stage.settle()
    _forgotten_never_ran(stage)
    stage.demand("another machine's definition is still there, or somebody was told",
                 other_uuid in stage.run(stage.other, "virsh", "--quiet", "list", "--all", "--uuid") or _told_of_start(stage))


FAULTS = (
    Fault("definition-deleted", "the guest's definition is deleted while it runs", "the guest goes on, is stopped when asked, and a start says what is missing",
          deleted, essential=True),
    Fault("definition-corrupted", "garbage is written over the guest's definition while it runs", "the guest goes on", corrupted),
    Fault("definition-missing-killed", "the definition lies on two of three hosts, and the guest's host loses its power", "the guest runs on the host that has it",
          missing_and_killed, interrupted=1),
    Fault("definition-missing-standby", "the definition lies on two of three hosts, and the guest's host goes to standby", "the guest runs on one of the others",
          missing_and_standby),
    Fault("definition-stale", "a forgotten definition of the same machine is on the host that the guest moves to, which then loses its power",
          "the guest moves, and runs elsewhere after that", stale_same, interrupted=2),
    Fault("definition-stale-other", "another machine of the same name is defined on the host that is to take over", "the guest runs, the other machine never",
          stale_other, interrupted=1),
)
