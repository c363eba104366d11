"""Faults of libvirtd: it dies, hangs, or restarts in the middle of an action."""

from faults.fault import Fault
from faults.system import MONITOR_TIMEOUT


def hung(stage):
    stage.guest("vm1", stage.victim)
    stage.guest("vm2", stage.other)
    stage.start()
    stage.hang(stage.victim, "libvirtd")
    stage.hold(3 * MONITOR_TIMEOUT)
    stage.thaw(stage.victim, "libvirtd")
    stage.settle()


FAULTS = (
    Fault("libvirtd-hung", "libvirtd hangs for three monitor timeouts", "the guests go on", hung, essential=True),
)
