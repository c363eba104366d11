"""The main job, told on a lab: a VM and its fencing are configured, the VM starts, moves alive, and survives the death of its
host. Each chapter does one thing, waits until it is so, and returns how long it took. The demonstration and the
scenario tests tell the same chapters."""

import time

from havclab import cluster, guests, power
from havclab.state import CHASSIS_ADDRESS, LabError, write_file

PLUGIN_PARAMETERS = f"mgmt_address={CHASSIS_ADDRESS} snmp_conf_path=/etc/havc/chassis"


def crm(lab, *words):
    """Runs crmsh on a host that is on and connected; on the next one where it fails: the first may be booting."""
    said = f"no host of lab '{lab}' is on and connected"
    for host in (each for each in lab.members() if power.is_on(each) and not each.is_cut):
        result = power.run_in(host, "crm", *words, seconds=60)
        if result.returncode == 0:
            return result.stdout
        said = f"crm {' '.join(words)} failed on {host}: {(result.stderr or result.stdout).strip()}"
    raise LabError(said)


def configuration(name, config, stop_timeout=60):
    """What an administrator types into 'crm configure' for a chassis and one VM."""
    return f"""primitive chassis stonith:external/ibmbc \\
  params {PLUGIN_PARAMETERS} \\
  op monitor interval=60s timeout=20s
primitive {name} ocf:havc:LibvirtQemu \\
  params config={config} migration_transport=tcp \\
  op start timeout=60s interval=0 op stop timeout={stop_timeout}s interval=0 \\
  op monitor timeout=30s interval=10s \\
  op migrate_to timeout=120s interval=0 op migrate_from timeout=60s interval=0 \\
  meta allow-migrate=true resource-stickiness=100
"""


def _took(begin):
    return time.monotonic() - begin


def host_of(lab, name):
    """The one host that the resource runs on."""
    view = cluster.look(lab)
    hosts = view.running.get(name, set()) if view else set()
    if len(hosts) != 1:
        raise LabError(f"'{name}' runs on {', '.join(sorted(hosts)) or 'no host'}, not on one")
    return next(iter(hosts))


def _lines(lab, name):
    path = lab.shared / "console" / f"{name}.log"
    return path.read_bytes().count(b"\n") if path.exists() else 0


def await_counting(lab, name, seconds=30):
    """Waits until the guest has printed on."""
    before = _lines(lab, name)
    cluster.wait(f"guest '{name}' counts on its console", lambda: _lines(lab, name) > before + 1, seconds)


def start(lab, name, kind="counting", stop_timeout=60):
    """Configures fencing and the VM, and waits until the guest counts."""
    begin = time.monotonic()
    config = guests.define(lab, name, kind)
    write_file(lab.shared / f"{name}.crm", configuration(name, config, stop_timeout))
    crm(lab, "configure", "load", "update", f"/srv/havc/{name}.crm")
    cluster.wait("the fencing device runs", lambda: cluster.running(lab, "chassis"), 60)
    cluster.wait(f"'{name}' runs", lambda: cluster.running(lab, name), 90)
    await_counting(lab, name)
    return _took(begin)


def stop(lab, name):
    """Stops the VM through the cluster and returns when the stop is through."""
    begin = time.monotonic()
    crm(lab, "resource", "stop", name)
    # A stop after a migration looks finished to crm_mon while it is pending: Pacemaker's own word counts.
    cluster.wait("the cluster has nothing left to do", lambda: cluster.idle(lab), 120)
    cluster.wait(f"'{name}' is stopped", lambda: cluster.stopped(lab, name), 60)
    return _took(begin)


def migrate(lab, name):
    """Moves the VM alive to another host. Returns (source, target, seconds)."""
    source = host_of(lab, name)
    target = next(each.name for each in lab.hosts() if each.name != source and power.is_on(each) and not each.is_cut)
    begin = time.monotonic()
    crm(lab, "resource", "move", name, target)
    cluster.wait(f"'{name}' runs on {target}", lambda: cluster.running(lab, name, target), 150)
    took = _took(begin)
    await_counting(lab, name)
    crm(lab, "resource", "clear", name)
    return source, target, took


def lose_host(lab, name, say=lambda text: None):
    """Cuts the VM's host off the network. Returns (lost host, new host, seconds to fenced, seconds to counting again)."""
    lost = host_of(lab, name)
    begin = time.monotonic()
    was_on = _boot_of(lab, lost)
    power.cut(lab.host(lost))
    say(f"{lost} is cut off the network, with '{name}' still running on it")
    cluster.wait(f"{lost} is fenced: its power was cut", lambda: _boot_of(lab, lost) != was_on, 120)
    fenced = _took(begin)
    say(f"{lost} was switched off through the chassis")
    cluster.wait(f"'{name}' runs on another host",
                 lambda: cluster.running(lab, name) and host_of(lab, name) != lost, 120)
    await_counting(lab, name)
    return lost, host_of(lab, name), fenced, _took(begin)


def rejoin(lab, lost):
    """Puts the cable back and waits until the fenced host is a member again."""
    begin = time.monotonic()
    power.heal(lab.host(lost))
    cluster.wait(f"{lost} is on again", lambda: power.is_on(lab.host(lost)), 120)
    cluster.wait(f"{lost} is a member again", lambda: cluster.online(lab, [each.name for each in lab.hosts()]), 120)
    return _took(begin)


def _boot_of(lab, name):
    """What changes when a host is switched off: the process that is its PID 1, or nothing."""
    host = lab.host(name)
    return host.pid1_file.read_text() if power.is_on(host) else None
