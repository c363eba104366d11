"""The systems that are compared, as an administrator writes them into 'crm configure', under the same cluster settings: the
same operations with the same times, the same chassis, the same mail. What differs is what the agents are."""

from dataclasses import dataclass
from typing import Callable

from havclab.state import CHASSIS_ADDRESS
from havclab.story import PLUGIN_PARAMETERS

# freeze: a host that is cut off keeps its guests until the chassis takes the power away, the harder case.
# load-threshold: Pacemaker works more slowly on a loaded host, and each host of a lab takes the load of the whole machine for its own.
PROPERTIES = [("no-quorum-policy", "freeze"), ("load-threshold", "0%")]
HOSTS = ("n1", "n2", "n3")
MONITOR_INTERVAL = 5
MONITOR_TIMEOUT = 15  # seconds; short, because some faults last three of them
START_TIMEOUT = 40
STOP_TIMEOUT = 40
MIGRATE_TIMEOUT = 60
FENCE_TIMEOUT = 60  # Pacemaker's default
OPERATIONS = (f"op start timeout={START_TIMEOUT}s interval=0 op stop timeout={STOP_TIMEOUT}s interval=0 op monitor timeout={MONITOR_TIMEOUT}s interval={MONITOR_INTERVAL}s "
              f"op migrate_to timeout={MIGRATE_TIMEOUT}s interval=0 op migrate_from timeout=40s interval=0")
# What the agent advertises beyond that: the look that asks libvirt, too.
OUR_OPERATIONS = f'op monitor timeout={MONITOR_TIMEOUT}s interval={4 * MONITOR_INTERVAL}s OCF_CHECK_LEVEL=10'
META = "meta allow-migrate=true"
DEFAULTS = "rsc_defaults resource-stickiness=100"
MAIL = "admin@example.org"


@dataclass(frozen=True)
class System:
    """One of the compared: how a VM and the fencing device are configured. `unit` is the resource that an administrator moves,
    stops and places; the primitive of the VM itself has the VM's name in both."""

    name: str
    title: str
    vm: Callable  # (name, parameters) -> text
    unit: Callable  # (VM's name) -> resource
    fencing: Callable  # () -> text
    fencing_parameters: dict  # what a fault may want to change, by a neutral name


def _parameters(values):
    return " ".join(f'{name}="{value}"' for name, value in values.items())


def _our_vm(name, parameters):
    values = _parameters({"migration_transport": "tcp", "email": MAIL, **parameters})
    return f"primitive {name} ocf:havc:LibvirtQemu params {values} {OPERATIONS} {OUR_OPERATIONS} {META}\n"


def _their_vm(name, parameters):
    values = _parameters({"hypervisor": "qemu:///system", "migration_transport": "tcp", **parameters})
    return (f"primitive {name} ocf:heartbeat:VirtualDomain params {values} {OPERATIONS} {META}\n"
            f'primitive {name}-mail ocf:heartbeat:MailTo params email="{MAIL}" '
            "op start timeout=10s interval=0 op stop timeout=10s interval=0 op monitor timeout=10s interval=10s\n"
            f"group {name}-group {name} {name}-mail\n")  # allow-migrate here would have MailTo asked to migrate, which it cannot


def _our_fencing():
    return f"primitive chassis stonith:external/ibmbc params {PLUGIN_PARAMETERS} op monitor interval=60s timeout=20s\n"


def _their_fencing():
    plugs = ";".join(f"{host}:{host[1:]}" for host in HOSTS)
    return (f'primitive chassis stonith:fence_ibmblade params ip={CHASSIS_ADDRESS} snmp_version=1 community=havc '
            f'pcmk_host_map="{plugs}" op monitor interval=60s timeout=20s\n')


SYSTEMS = {system.name: system for system in (
    System("havc", "LibvirtQemu, ibmbc", _our_vm, lambda vm: vm, _our_fencing, {"address": "mgmt_address"}),
    System("heartbeat", "VirtualDomain and MailTo in a group, fence_ibmblade", _their_vm, lambda vm: f"{vm}-group", _their_fencing,
           {"address": "ip"}),
)}


def placement(system, vm, host):
    """Where the VM begins; weaker than stickiness, so that it stays where a fault has sent it."""
    return f"location {vm}-begins-on-{host} {system.unit(vm)} 50: {host}\n"
