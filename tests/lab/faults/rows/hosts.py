"""Faults of whole hosts: power, network, and coming back."""

from faults.fault import Fault


def killed(stage):
    stage.guest("vm1", stage.victim)
    stage.guest("vm2", stage.other)
    stage.start()
    stage.kill(stage.victim)
    stage.expect("vm1 runs elsewhere", lambda: stage.host_of("vm1") not in (None, stage.victim) and stage.counts("vm1"), 90)
    stage.settle()


FAULTS = (
    Fault("host-killed", "a host loses its power", "its guests run elsewhere", killed, interrupted=1),
)
