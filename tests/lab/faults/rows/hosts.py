"""Faults of whole hosts: power, network, clock, and coming back."""

from datetime import datetime

from faults.fault import Fault
from faults.system import HOSTS, MONITOR_INTERVAL
from havclab import cluster, network
from havclab.state import write_file

_MANY = 30  # guests
_LONG_FIRMWARE_SECONDS = 600
_BLINK_SECONDS = 1.5  # half of the token
_PINGED = "10.99.0.200"  # beyond the cluster's switches: a router, say
_CLOCK_FILE = "/etc/havc-lab-clock"
_HOUR = 3600


def killed(stage):
    stage.start_pair()
    stage.kill(stage.victim)
    _expect_elsewhere(stage, "vm1")
    stage.settle()


def cut(stage):
    stage.start_pair()
    stage.cut(stage.victim)
    stage.require("the others miss the host", lambda: _is_missed(stage, stage.victim), 20)
    _expect_elsewhere(stage, "vm1")
    stage.demand(f"{stage.victim} was switched off", stage.fenced(stage.victim))
    stage.heal(stage.victim)
    stage.settle()


def _is_missed(stage, host):
    view = cluster.look(stage.lab)
    return view is not None and host not in view.online


def cut_briefly(stage):
    stage.start_pair()
    stage.cut(stage.victim, loses=False)
    stage.hold(_BLINK_SECONDS)
    stage.heal(stage.victim)
    stage.hold(2 * MONITOR_INTERVAL)
    stage.demand("vm1 is still on its host", stage.host_of("vm1") == stage.victim)
    stage.settle()


def comes_back(stage):
    stage.start_pair()
    stage.kill(stage.victim)
    _expect_elsewhere(stage, "vm1")
    refuge = stage.host_of("vm1")
    stage.expect(f"{stage.victim} is a member again", lambda: cluster.online(stage.lab, HOSTS), 120)
    stage.settle()
    stage.hold(2 * MONITOR_INTERVAL)
    stage.demand("vm1 stays where it is", stage.host_of("vm1") == refuge)
    stage.demand("vm2 stays where it is", stage.host_of("vm2") == stage.other)
    losses = [host for _, host in stage.watch.power_losses]
    stage.demand(f"{stage.victim} lost its power once: {losses}", losses == [stage.victim])


def loses_switches(stage):
    network.add_address(stage.lab, _PINGED)
    stage.guest("vm1", stage.victim)
    stage.guest("vm2", stage.other)
    vm = stage.system.unit("vm1")
    stage.start(f"primitive ping ocf:pacemaker:ping params host_list={_PINGED} dampen=1s attempts=2 timeout=1 "
                "op start timeout=60s interval=0 op monitor timeout=60s interval=5s\n"
                "clone ping-clone ping\n"
                f"location vm1-needs-network {vm} rule -inf: not_defined pingd or pingd lt 1\n")
    stage.demand("vm1 is on its host before the fault", stage.host_of("vm1") == stage.victim)
    stage.run(stage.victim, "ip", "route", "add", "unreachable", f"{_PINGED}/32")
    _expect_elsewhere(stage, "vm1")
    stage.run(stage.victim, "ip", "route", "del", "unreachable", f"{_PINGED}/32")
    stage.settle()


def _expect_elsewhere(stage, guest):
    stage.expect(f"{guest} runs elsewhere", lambda: stage.host_of(guest) not in (None, stage.victim) and stage.counts(guest), 90)


def _clocks():
    """All that Pacemaker starts sees the clock of a file, which does not exist yet."""
    clock = {"LD_PRELOAD": "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "FAKETIME_TIMESTAMP_FILE": _CLOCK_FILE,
             "DONT_FAKE_MONOTONIC": "1", "FAKETIME_NO_CACHE": "1"}
    return {host: clock for host in HOSTS}


def clock_steps(stage):
    for host in HOSTS:
        _spare_python(stage, host)
    stage.start_pair()
    for offset in (_HOUR, -_HOUR):
        _set_clock(stage, stage.victim, offset)
        stage.hold(4 * MONITOR_INTERVAL)
    stage.demand("vm1 is still on its host", stage.host_of("vm1") == stage.victim)
    stage.settle()
    failures = stage.told().failures
    stage.demand(f"no action failed: {failures}", not failures)


def _spare_python(stage, host):
    """Below libfaketime 0.9.10 each time.sleep() of Python fails with EINVAL, without any step: nothing that a clock does to a
    fence agent."""
    stage.run(host, "sh", "-c", """python=$(readlink -f /usr/bin/python3) && rm /usr/bin/python3 &&
        printf '#!/bin/sh\\nunset LD_PRELOAD\\nexec %s "$@"\\n' "$python" >/usr/bin/python3 && chmod 755 /usr/bin/python3""")


def _set_clock(stage, host, offset):
    """Returns when a daemon of the host's Pacemaker was seen to write with the new clock."""
    stage.run(host, "sh", "-c", f"echo {offset:+d} >{_CLOCK_FILE}.new && mv {_CLOCK_FILE}.new {_CLOCK_FILE}")
    stage.run(host, "attrd_updater", "--name", "clock", "--update", str(offset))
    stage.require(f"Pacemaker on {host} sees its clock {offset:+d} s off", lambda: _sees(stage, host, offset), 20)


def _sees(stage, host, offset):
    """A line about the attribute in the log of the host bears the stepped time."""
    text = (stage.lab.host(host).disk / "var/log/pacemaker/pacemaker.log").read_text(errors="replace")
    now = datetime.now()
    stamps = [datetime.strptime(f"{now.year} {line[:15]}", "%Y %b %d %H:%M:%S") for line in text.splitlines() if "attrd" in line and " clock[" in line]
    return any(abs((stamp - now).total_seconds() - offset) < _HOUR / 4 for stamp in stamps)


def many_killed(stage):
    names = [f"vm{number}" for number in range(1, _MANY + 1)]
    for name in names:
        stage.guest(name, stage.victim)
    stage.start()
    # As long as a real host: what has not begun to start elsewhere would return to this one.
    write_file(stage.lab.host(stage.victim).disk / "etc/havc-lab-firmware", f"{_LONG_FIRMWARE_SECONDS}\n")
    sights = stage.watch.guests
    before = {name: len(sights[name].silences) for name in names}
    stage.kill(stage.victim)
    # A silence that has ended: with so many guests on a busy machine, hardly ever all print within the same moment.
    stage.expect(f"all {_MANY} guests run again", lambda: all(len(sights[name].silences) > before[name] for name in names), 300)
    stage.settle(180)
    view = cluster.look(stage.lab)
    stage.demand("all run elsewhere", view is not None and all(view.running.get(name) and stage.victim not in view.running[name] for name in names))
    stage.note(f"the last of {_MANY} was silent for {max(sum(sights[name].silences[before[name]:]) for name in names):.0f} s")


FAULTS = (
    Fault("host-killed", "a host loses its power", "its guests run elsewhere", killed, interrupted=1),
    Fault("host-cut", "a host loses the network; its guests run on until its power is taken", "they run elsewhere, after that", cut,
          interrupted=1, essential=True),
    Fault("host-cut-briefly", "a host loses the network for 1.5 s, less than the token", "nothing happens", cut_briefly),
    Fault("host-comes-back", "a host that was fenced comes back", "the guests stay where they are", comes_back, interrupted=1),
    Fault("host-loses-switches", "a host loses the switches that it pings, but not the cluster", "its guests migrate away", loses_switches),
    Fault("clock-step", "the clock of a host's Pacemaker and agents (libvirtd and QEMU keep theirs) steps an hour forward, then two back",
          "nothing happens", clock_steps, environment=_clocks),
    Fault("host-killed-30-guests", "a host with 30 guests loses its power", "all of them run elsewhere", many_killed, interrupted=_MANY),
)
