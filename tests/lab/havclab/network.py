"""The lab's network: a bridge in a namespace of its own, and a cable from it to every host.

No address, interface or namespace name of the lab appears in the machine's own network namespace. Hardware addresses
are fixed, as on real hardware: a bridge without one takes its lowest port's, so that switching a host off and on would
change the chassis' address under its neighbours' feet, and nobody would reach it until their ARP entries expired.
"""

import os

from havclab.processes import run
from havclab.state import CHASSIS_ADDRESS, PINGED_ADDRESS


def make_switch(lab):
    """The bridge, and on it the address at which the chassis listens, and one more that can be pinged."""
    _make_namespace(lab.namespace("switch"))
    _ip(lab, "switch", f"""
        link set lo up
        link add switch address {_hardware_address(100)} type bridge forward_delay 0
        addr add {CHASSIS_ADDRESS}/24 dev switch
        addr add {PINGED_ADDRESS}/32 dev switch
        link set switch up""")


def add_address(lab, address):
    """One more address behind the switch, that hosts can reach; nothing happens if it is there."""
    _ip(lab, "switch", f"addr replace {address}/32 dev switch")


def plug(host):
    """A network namespace for a host that is being switched on, and its cable (pulled out if the host is cut)."""
    lab = host.lab
    remove(host)
    _make_namespace(lab.namespace(host.name))
    _ip(lab, "switch", f"""
        link add {host.name} type veth peer name eth0 address {_hardware_address(host.number)} netns {lab.namespace(host.name)}
        link set {host.name} master switch {'down' if host.is_cut else 'up'}""")
    _ip(lab, host.name, f"""
        link set lo up
        addr add {host.address}/24 dev eth0
        link set eth0 up""")


def remove(host):
    """The end of the host's network; nothing happens without one."""
    if host.name in ports(host.lab):
        _ip(host.lab, "switch", f"link del {host.name}")
    remove_namespace(host.lab.namespace(host.name))


def set_cable(host):
    """Pulls the host's cable out of the switch or puts it back, as its mark says."""
    if host.name in ports(host.lab):
        _ip(host.lab, "switch", f"link set {host.name} {'down' if host.is_cut else 'up'}")


def ports(lab):
    """The names of the interfaces in the switch's namespace; none without a switch."""
    if not is_namespace(lab.namespace("switch")):
        return []
    listing = run("nsenter", f"--net={lab.namespace('switch')}", "ip", "-o", "link", "show")
    return [line.split(": ")[1].split("@")[0] for line in listing.splitlines()]


def remove_namespace(path):
    """Lets go of a network namespace; it ends with its last process."""
    if not path.exists():
        return
    if is_namespace(path):
        run("umount", str(path))
    path.unlink()


def is_namespace(path):
    """True when a namespace is bound to this file; a crash may leave the bare file."""
    return path.exists() and os.stat(path).st_dev != os.stat(path.parent).st_dev


def _hardware_address(number):
    return f"02:00:0a:63:00:{number:02x}"  # locally administered


def _make_namespace(path):
    path.parent.mkdir(exist_ok=True)
    path.touch()
    run("unshare", f"--net={path}", "true")


def _ip(lab, name, commands):
    batch = "".join(line.strip() + "\n" for line in commands.strip().splitlines())
    run("nsenter", f"--net={lab.namespace(name)}", "ip", "-batch", "-", text=batch, what=f"network of {name}")
