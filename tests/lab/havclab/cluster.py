"""What the cluster of a lab looks like, as Pacemaker itself reports it, and waiting until it looks as wanted."""

import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field

from havclab import power
from havclab.state import LabError

_POLL_SECONDS = 0.2


@dataclass
class View:
    """The cluster as seen from one host."""

    quorate: bool = False
    dc: str = ""
    online: set = field(default_factory=set)
    offline: set = field(default_factory=set)  # safely down: left or fenced, no doubt about it
    running: dict = field(default_factory=dict)  # resource → hosts it is active on


def look(lab, host=None):
    """The view of `host`, or of the first host that is on, connected and has a view; None when nobody answers."""
    candidates = [host] if host else [each for each in lab.members() if power.is_on(each) and not each.is_cut]
    views = []
    for each in candidates:
        view = _view_of(each)
        if view is not None and view.quorate and view.dc:
            return view
        views.append(view)
    return next((view for view in views if view is not None), None)


def _view_of(host):
    try:
        result = power.run_in(host, "crm_mon", "--one-shot", "--output-as=xml", seconds=10)
    except LabError:
        return None  # it was switched off meanwhile
    if result.returncode != 0:
        return None
    try:
        root = ElementTree.fromstring(result.stdout)
    except ElementTree.ParseError:
        return None
    dc = root.find("./summary/current_dc")
    hosts_of_nodes = {each.node: each.name for each in host.lab.hosts()}
    view = View()
    if dc is not None and dc.get("present") == "true":
        view.dc = dc.get("name", "")
        view.quorate = dc.get("with_quorum") == "true"
    for node in root.findall("./nodes/node"):
        if node.get("unclean") == "true" or node.get("pending") == "true":
            continue
        (view.online if node.get("online") == "true" else view.offline).add(hosts_of_nodes.get(node.get("name"), node.get("name")))
    for resource in root.iter("resource"):
        hosts = view.running.setdefault(resource.get("id").split(":")[0], set())
        if resource.get("active") == "true" and resource.get("failed") != "true":
            hosts.update(hosts_of_nodes.get(node.get("name"), node.get("name")) for node in resource.findall("node"))
    return view


def wait(description, condition, seconds):
    """Waits until `condition()` is true. `description` is what did not come about, for the complaint."""
    deadline = time.monotonic() + seconds
    while True:
        if condition():
            return
        if time.monotonic() > deadline:
            raise LabError(f"not within {seconds:g} s: {description}")
        time.sleep(_POLL_SECONDS)


def quorate(lab):
    """The hosts that are on and connected form a cluster that has quorum."""
    hosts = [each for each in lab.members() if power.is_on(each) and not each.is_cut]
    return bool(hosts) and any("Quorate:          Yes" in power.run_in(each, "corosync-quorumtool", "-s").stdout
                               for each in hosts)


def has_dc(lab):
    view = look(lab)
    return view is not None and bool(view.dc)


def online(lab, names):
    """All of these hosts are members, and each sees that itself: a host that was switched off and on within the
    token timeout still looks online to the others, while its own Pacemaker does not even run."""
    views = [_view_of(lab.host(name)) for name in names]
    return all(view and view.quorate and set(names) <= view.online for view in views)


def offline(lab, names):
    """Safely down in Pacemaker's eyes: fenced, or left in order. A host that is only lost is not."""
    view = look(lab)
    return view is not None and view.quorate and set(names) <= view.offline


def running(lab, resource, host_name=None):
    """The resource runs on exactly one host (this one, if named), and the cluster is in touch with that host."""
    view = look(lab)
    hosts = view.running.get(resource, set()) if view else set()
    return len(hosts) == 1 and hosts <= view.online and (host_name is None or host_name in hosts)


def stopped(lab, resource):
    """Somebody with quorum knows the resource and says that it runs nowhere."""
    view = look(lab)
    return view is not None and view.quorate and view.running.get(resource) == set()


def idle(lab):
    """Pacemaker has nothing left to do."""
    hosts = [each for each in lab.members() if power.is_on(each) and not each.is_cut]
    host = next((each for each in hosts if _view_of(each) is not None), None)  # one that boots cannot tell
    return host is not None and power.run_in(host, "crm_resource", "--wait", "--timeout=10", seconds=15).returncode == 0


def action_seconds(lab, resources, action):
    """How long the longest of the last actions of this name took for these resources, as Pacemaker measured; None when none is known."""
    found = []
    for host in (each for each in lab.members() if power.is_on(each) and not each.is_cut):
        result = power.run_in(host, "cibadmin", "--query", "--scope", "status")
        if result.returncode == 0:
            for resource in ElementTree.fromstring(result.stdout).iter("lrm_resource"):
                if resource.get("id") in resources:
                    found += [each for each in resource.iter("lrm_rsc_op") if each.get("operation") == action and each.get("rc-code") != "193"]
            break
    return max((int(each.get("exec-time", "0")) / 1000 for each in found), default=None)


def libvirt_answers(host):
    try:
        return power.run_in(host, "virsh", "--quiet", "list", seconds=5).returncode == 0
    except LabError:
        return False  # it is off
