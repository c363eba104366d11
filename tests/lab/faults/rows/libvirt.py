"""Faults of libvirtd: it dies, hangs, or restarts in the middle of an action."""

import time

from faults.fault import Fault
from faults.system import MIGRATE_TIMEOUT, MONITOR_INTERVAL, MONITOR_TIMEOUT, STOP_TIMEOUT

_ASKED_SECONDS = 3  # after these an agent that stops a guest has asked it
_SLOW_HOOK = """#!/bin/sh
# A host whose hooks take their time, as those that set up networks do. QEMU runs, and libvirt is not done yet.
[ "$1/$2" = vm1/started ] || exit 0
touch /run/hook-of-vm1
sleep 8
"""


def killed(stage):
    stage.start_pair()
    stage.end(stage.victim, "libvirtd")
    stage.hold(4 * MONITOR_INTERVAL)
    stage.libvirtd_starts(stage.victim)
    stage.settle()
    stage.demand("vm1 is still on its host", stage.host_of("vm1") == stage.victim)


def hung(stage):
    stage.start_pair()
    stage.hang(stage.victim, "libvirtd")
    stage.hold(3 * MONITOR_TIMEOUT)
    stage.thaw(stage.victim, "libvirtd")
    stage.settle()


def hung_at_standby(stage):
    stage.start_pair()
    stage.hang(stage.victim, "libvirtd")
    begin = time.monotonic()
    stage.crm("node", "standby", stage.victim)
    stage.expect("vm1 runs elsewhere", lambda: stage.host_of("vm1") not in (None, stage.victim) and stage.counts("vm1"),
                 MIGRATE_TIMEOUT + 2 * STOP_TIMEOUT)
    stage.note(f"runs elsewhere after {time.monotonic() - begin:.0f} s")
    if not stage.fenced(stage.victim):
        stage.thaw(stage.victim, "libvirtd")
    stage.settle()


def restarted_at_start(stage):
    """An upgrade of libvirt meets a start half-way."""
    for name in ("vm1", "vm2"):
        stage.guest(name, stage.victim)
    stage.start()
    stage.stop("vm1")
    stage.require("'vm1' is stopped", lambda: stage.is_stopped("vm1"), STOP_TIMEOUT)
    stage.program(stage.victim, "/etc/libvirt/hooks/qemu", _SLOW_HOOK)
    stage.restart_libvirtd(stage.victim)  # it looks for hooks when it starts
    stage.crm("resource", "start", stage.system.unit("vm1"))
    stage.require("'vm1' is half-way through its start", lambda: stage.exists(stage.victim, "/run/hook-of-vm1"), 30)
    stage.restart_libvirtd(stage.victim)
    stage.settle()


def restarted_at_stop(stage):
    stage.guest("vm1", stage.victim, kind="deaf")
    stage.guest("vm2", stage.other)
    stage.start()
    stage.retire("vm1")
    begin = time.monotonic()
    stage.stop("vm1")
    stage.require("'vm1' is being stopped", lambda: stage.acts(stage.victim, "stop"), 30)
    stage.hold(_ASKED_SECONDS)
    stage.require("'vm1' is still there when libvirtd restarts", lambda: stage.emulators("vm1"), 0)
    stage.restart_libvirtd(stage.victim)
    stage.expect("vm1 is stopped", lambda: stage.is_stopped("vm1"), 2 * STOP_TIMEOUT)
    stage.note(f"stopped after {time.monotonic() - begin:.0f} s")
    stage.settle()


FAULTS = (
    Fault("libvirtd-killed", "libvirtd is dead for four monitor intervals", "the guests go on", killed),
    Fault("libvirtd-hung", "libvirtd hangs for three monitor timeouts", "the guests go on", hung, essential=True),
    Fault("libvirtd-hung-standby", "libvirtd hangs while its host is put into standby", "the guest runs elsewhere, without fencing", hung_at_standby,
          interrupted=1),
    Fault("libvirtd-restarted-start", "libvirtd restarts while one of two guests starts", "both run, without fencing",
          restarted_at_start, interrupted=1),
    Fault("libvirtd-restarted-stop", "libvirtd restarts while a guest is stopped that does not obey", "it is stopped in time, without fencing",
          restarted_at_stop),
)
