"""Faults of one guest: its QEMU dies or stands still, it does not obey, it goes away by itself; and what an agent leans on: mail, scripts."""

import signal
import time

from faults.fault import Fault
from faults.system import MONITOR_TIMEOUT, STOP_TIMEOUT
from havclab import mail

_PROMPTLY = 8  # seconds for an action of a guest that obeys, on a loaded machine, too; less than MailTo's timeout
_SCRIPT = "/usr/local/bin/check-service"
_HANGING_SCRIPT = """#!/bin/sh
[ ! -e /run/service-hangs ] || exec sleep 1000000
"""


def qemu_killed(stage):
    _strike(stage, signal.SIGKILL)


def qemu_stopped(stage):
    _strike(stage, signal.SIGSTOP)


def _strike(stage, number):
    stage.guest("vm1", stage.victim)
    stage.guest("vm2", stage.victim)
    stage.start()
    struck = stage.signal_guest("vm1", number)
    stage.expect("vm1 runs again", lambda: not struck.is_alive and stage.counts("vm1"), 60)
    stage.settle(30)


def deaf(stage):
    stage.guest("vm1", stage.victim, kind="deaf")
    stage.guest("vm2", stage.victim)
    stage.start()
    _stop(stage, "vm1", STOP_TIMEOUT)
    stage.settle()


def powers_off(stage):
    """The button is pressed by somebody else than the cluster."""
    stage.guest("vm1", stage.victim)
    stage.guest("vm2", stage.victim)
    stage.start()
    begin = time.monotonic()
    stage.run(stage.victim, "virsh", "shutdown", "vm1")
    stage.require("vm1 is off", lambda: not stage.emulators("vm1"), 10)
    stage.expect("vm1 runs again", lambda: stage.emulators("vm1") and stage.counts("vm1"), 60)
    stage.note(f"runs again after {time.monotonic() - begin:.0f} s")
    stage.settle()


def mail_hangs(stage):
    stage.start_pair()
    mail.hang(stage.lab)
    stage.move("vm2", stage.dc)
    stage.expect(f"vm2 runs on {stage.dc}", lambda: stage.host_of("vm2") == stage.dc, 60)
    _stop(stage, "vm1", _PROMPTLY)
    stage.crm("resource", "start", stage.system.unit("vm1"))
    stage.expect("vm1 is started", lambda: stage.host_of("vm1") and stage.counts("vm1"), 60)
    stage.settle(30)
    _judge_seconds(stage, "vm1", "start", _PROMPTLY)
    stage.demand("no action failed", not stage.told().failures)
    mail.thaw(stage.lab)


def script_hangs(stage):
    """On one host only: what it asks there does not answer."""
    stage.guest("vm1", stage.victim, monitor_scripts=_SCRIPT)
    stage.guest("vm2", stage.victim)
    for host in stage.lab.hosts():
        stage.program(host.name, _SCRIPT, _HANGING_SCRIPT)
    stage.start()
    stage.run(stage.victim, "touch", "/run/service-hangs")
    stage.expect("vm1 runs elsewhere", lambda: stage.host_of("vm1") not in (None, stage.victim) and stage.counts("vm1"),
                 3 * MONITOR_TIMEOUT + STOP_TIMEOUT + 60)
    stage.settle()
    stage.demand("the operator is told which script hangs", any("check-service" in each for each in stage.told().failures))


def _stop(stage, guest, seconds):
    """Stops the guest through the cluster; the action must be through within so many seconds."""
    stage.retire(guest)
    stage.stop(guest)
    stage.expect(f"{guest} is stopped", lambda: stage.is_stopped(guest), 2 * STOP_TIMEOUT)
    _judge_seconds(stage, guest, "stop", seconds)


def _judge_seconds(stage, guest, action, most):
    took = stage.action_seconds(guest, action)
    stage.demand(f"the {action} of {guest} came through", took is not None)
    if took is not None:
        stage.note(f"the {action} took {took:.1f} s")
        stage.demand(f"the {action} takes less than {most} s", took < most)


FAULTS = (
    Fault("qemu-killed", "a guest's QEMU dies", "it runs again", qemu_killed, interrupted=1, essential=True),
    Fault("qemu-stopped", "a guest's QEMU is stopped and never continued", "it runs again", qemu_stopped, interrupted=1),
    Fault("guest-deaf", "a guest that ignores ACPI is to be stopped", f"it is stopped within the timeout of {STOP_TIMEOUT} s, without fencing", deaf),
    Fault("guest-powers-off", "a guest powers itself off", "it runs again", powers_off, interrupted=1),
    Fault("mail-hangs", "the mail server accepts mails and never answers, while guests stop, start and migrate",
          "nothing fails or waits for it", mail_hangs, essential=True),
    Fault("script-hangs", "a monitor script hangs on one host", "the guest runs elsewhere, without fencing, and the script is named", script_hangs,
          interrupted=1),
)
