"""Faults of the chassis, while a host is to be fenced. The host is cut off: its guest runs on it until it is switched off."""

from faults.fault import Fault

_SLOW_MS = 4000  # an answer; OpenHPI waits 15 s for a BladeCenter
_DEAD_SECONDS = 40
_FAILOVER_SECONDS = 6
_UNKNOWN_SECONDS = 45
_FENCED_WITHIN = 150  # once the module works again; Pacemaker may be in the middle of a try of 60 s


def slow(stage):
    stage.start_pair()
    stage.chassis(f"delay {_SLOW_MS}")
    stage.cut(stage.victim)
    _end(stage)


def dead(stage):
    stage.start_pair()
    stage.chassis("silent on")
    stage.cut(stage.victim)
    _hold_without_start(stage, _DEAD_SECONDS)
    stage.chassis("silent off")
    _end(stage)


def fails_over(stage):
    stage.start_pair()
    stage.cut(stage.victim)
    stage.require("the module was told to switch the host", lambda: _commands(stage), 60)
    stage.stop_chassis()
    stage.hold(_FAILOVER_SECONDS)
    stage.start_chassis()
    _end(stage)


def unknown(stage):
    stage.start_pair()
    stage.chassis(f"bay {_bay(stage)} state=unknown")
    stage.cut(stage.victim)
    _hold_without_start(stage, _UNKNOWN_SECONDS)
    stage.chassis(f"bay {_bay(stage)} state=on")
    _end(stage)


def _bay(stage):
    return stage.lab.host(stage.victim).number


def _commands(stage):
    """The SETs that the victim's bay got."""
    return [line for line in stage.chassis("log").splitlines() if f" bay={_bay(stage)} " in line]


def _hold_without_start(stage, seconds):
    """The fault lasts, and the guest goes on where it is: nobody has taken the host's power."""
    stage.hold(seconds)
    boots = stage.reboots(stage.proofs())
    stage.demand("vm1 still runs on the host that is cut off", stage.counts("vm1") and not stage.fenced(stage.victim))
    stage.demand("vm1 was not started elsewhere while its host was on", boots["vm1"] == 0)


def _end(stage):
    took = stage.expect("vm1 runs elsewhere", lambda: stage.host_of("vm1") not in (None, stage.victim) and stage.counts("vm1"), _FENCED_WITHIN)
    stage.demand(f"{stage.victim} was switched off", stage.fenced(stage.victim))
    if took:
        stage.note(f"vm1 ran elsewhere {took:.0f} s later")
    stage.heal(stage.victim)
    stage.settle()


FAULTS = (
    Fault("chassis-slow", "the chassis takes 4 s for each answer while a host is fenced", "its guests run elsewhere", slow, interrupted=1,
          essential=True),
    Fault("chassis-dead", "the chassis is dead for 40 s while a host is to be fenced", "its guests wait, and run elsewhere after that", dead,
          interrupted=1),
    Fault("chassis-failover", "the chassis' module dies in the middle of a fencing, and another has its address 6 s later",
          "its guests run elsewhere", fails_over, interrupted=1),
    Fault("chassis-bay-unknown", "the chassis has lost sight of a host (state 255) that is cut off with a guest running", "the guest is not "
          "started elsewhere until the host is switched off", unknown, interrupted=1, essential=True),
)
