"""What the cluster itself has to carry: the CIB, and the operations of its executors, for hundreds of guests on 24 hosts. The
configuration is what pcs and crmsh write; Pacemaker's real scheduler decides; controller.py stands in for the controllers.
Everything is a file in a folder of its own: no daemon runs, no agent is asked for more than its meta-data."""

import bz2
import os
import re
import statistics
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from controller import Agent, Controller

ROOT = Path(__file__).resolve().parent.parent.parent
STAGE = ROOT / "build/stage"
RUNS = 3
HOSTS = 24
IN_A_CHASSIS = 14
GUESTS = (50, 100, 200, 400, 800)
USUAL = 400
OURS, THEIRS = "LibvirtQemu", "VirtualDomain + MailTo"
FIRST = "vm001"
EMAIL = "admin@example.org"
MESSAGE = 128 * 1024  # bytes; a message of Pacemaker 2 may not be larger, when compressed, unless PCMK_ipc_buffer says so

PARAMETERS = f"config=/srv/vm/{FIRST}.xml migration_transport=tls"
MAIL = f"email={EMAIL}"
SUBJECT = f"[SYSTEM:HA][VM:{FIRST}]"  # what ours says without being told

# The operations that pcs adds are those that the agents advertise; crmsh takes what one types, here the same for both.
PCS = {
    OURS: [f"resource create {FIRST} ocf:havc:LibvirtQemu {PARAMETERS} {MAIL} meta allow-migrate=true"],
    THEIRS: [f"resource create {FIRST} ocf:heartbeat:VirtualDomain hypervisor=qemu:///system {PARAMETERS} meta allow-migrate=true "
             f"--group {FIRST}-group",
             f"resource create {FIRST}-mail ocf:heartbeat:MailTo {MAIL} subject='{SUBJECT}' --group {FIRST}-group"],
}
_TYPED = ("op start timeout=120s op stop timeout=120s op monitor interval=10s timeout=30s op migrate_to timeout=600s "
          "op migrate_from timeout=120s meta allow-migrate=true")
CRMSH = {
    OURS: f"primitive {FIRST} ocf:havc:LibvirtQemu params {PARAMETERS} {MAIL} {_TYPED}\n",
    THEIRS: f"primitive {FIRST} ocf:heartbeat:VirtualDomain params hypervisor=qemu:///system {PARAMETERS} {_TYPED}\n"
            f"primitive {FIRST}-mail ocf:heartbeat:MailTo params {MAIL} subject='{SUBJECT}' "
            "op start timeout=30s op stop timeout=30s op monitor interval=10s timeout=30s\n"
            f"group {FIRST}-group {FIRST} {FIRST}-mail\n",
}
AGENTS = {"LibvirtQemu": "havc", "VirtualDomain": "heartbeat", "MailTo": "heartbeat"}
TOP = {OURS: FIRST, THEIRS: f"{FIRST}-group"}  # what an administrator moves
NO_AGENT = Agent("<resource-agent/>")  # fencing devices: two in a cluster
# VirtualDomain writes these into the configuration itself, at the first monitor, unless told not to.
UTILIZATION = {"cpu": "2", "host_memory": "4096", "hv_memory": "4096"}


def run(*words, **more):
    result = subprocess.run(words, capture_output=True, text=True, check=False, **more)
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(words)}: exit {result.returncode}: {result.stderr or result.stdout}")
    return result.stdout


class Builder:
    """Has one guest of each kind written by the tools that administrators use, with the staged agents in place of the machine's."""

    def __init__(self, folder):
        self.folder = folder

    def _inside(self, script, name):
        """Runs a script where /usr has the stage; returns the configuration that it wrote."""
        path = self.folder / f"{name}.xml"
        (self.folder / f"{name}.sh").write_text(
            f"set -e\nmount --make-rprivate /\nmount -t overlay overlay -o lowerdir={STAGE}/usr:/usr /usr\n"
            f"export HOME={self.folder} CIB_file={path} OCF_ROOT=/usr/lib/ocf\ncd {self.folder}\ncibadmin --empty >{path}\n"
            f"pcs -f {path} property set stonith-enabled=false --force >&2\n{script}")  # the one guest alone shall be valid
        said = run("unshare", "--mount", "--", "sh", str(self.folder / f"{name}.sh"))
        return said, ElementTree.parse(path).find("configuration/resources")

    def guest(self, way, system):
        if way == "pcs":
            script = "".join(f"pcs -f $CIB_file {command} >&2\n" for command in PCS[system])
        else:
            (self.folder / "typed").write_text(CRMSH[system])
            script = "crm configure load update typed >&2\n"
        _, resources = self._inside(script, "guest")
        utilize(resources)
        return "".join(compact(each) for each in resources)

    def agents(self):
        end = "<!-- end -->"
        script = "".join(f"/usr/lib/ocf/resource.d/{provider}/{name} meta-data\necho '{end}'\n" for name, provider in AGENTS.items())
        said, _ = self._inside(script, "metadata")
        return {name: Agent(text.strip()) for name, text in zip(AGENTS, said.split(end))} | {"fence_ibmblade": NO_AGENT}


def utilize(resources):
    for primitive in resources.iter("primitive"):
        if primitive.get("type") == "VirtualDomain":
            name = f"{primitive.get('id')}-utilization"
            block = ElementTree.SubElement(primitive, "utilization", {"id": name})
            for key, value in UTILIZATION.items():
                ElementTree.SubElement(block, "nvpair", {"id": f"{name}-{key}", "name": key, "value": value})


def compact(element):
    """The text as it travels between the daemons: without what only makes it easier to read."""
    return re.sub(r">\s+<", "><", ElementTree.tostring(element, encoding="unicode")).replace(" />", "/>").strip()


def host(number):
    return f"host{number:02}"


def fencing():
    """One device for each chassis, the same text for both systems but for its name."""
    text = ""
    for first in range(1, HOSTS + 1, IN_A_CHASSIS):
        name = f"chassis{1 + first // IN_A_CHASSIS}"
        numbers = range(first, min(first + IN_A_CHASSIS, HOSTS + 1))
        bays = ";".join(f"{host(number)}:{number - first + 1}" for number in numbers)
        pairs = {"ip": f"10.0.0.{100 + first}", "community": "private", "snmp_version": "1", "pcmk_host_map": bays}
        block = f"{name}-instance_attributes"
        values = "".join(f'<nvpair id="{block}-{key}" name="{key}" value="{value}"/>' for key, value in pairs.items())
        text += (f'<primitive id="{name}" class="stonith" type="fence_ibmblade"><instance_attributes id="{block}">{values}</instance_attributes>'
                 f'<operations><op name="monitor" interval="60s" id="{name}-monitor-interval-60s"/></operations></primitive>')
    return text


def cluster(template, guests):
    """The CIB of a cluster that has just been switched on, every host a member, with nothing asked yet."""
    resources = fencing() + "".join(template.replace(FIRST, f"vm{number:03}") for number in range(1, guests + 1))
    nodes = "".join(f'<node id="{number}" uname="{host(number)}"/>' for number in range(1, HOSTS + 1))
    states = "".join(f'<node_state id="{number}" uname="{host(number)}" in_ccm="true" crmd="online" crm-debug-origin="do_update_resource" '
                     f'join="member" expected="member"><lrm id="{number}"><lrm_resources/></lrm></node_state>'
                     for number in range(1, HOSTS + 1))
    return ElementTree.fromstring(
        '<cib crm_feature_set="3.16.1" validate-with="pacemaker-3.9" epoch="800" num_updates="0" admin_epoch="0" have-quorum="1" dc-uuid="1">'
        '<configuration><crm_config><cluster_property_set id="cib-bootstrap-options">'
        '<nvpair id="cib-bootstrap-options-stonith-enabled" name="stonith-enabled" value="true"/></cluster_property_set></crm_config>'
        f'<nodes>{nodes}</nodes><resources>{resources}</resources><constraints/><rsc_defaults><meta_attributes id="rsc_defaults-options">'
        '<nvpair id="rsc_defaults-options-resource-stickiness" name="resource-stickiness" value="100"/></meta_attributes></rsc_defaults>'
        f'</configuration><status>{states}</status></cib>')


class Simulation:
    """One cluster, through what happens to it. Every step ends with the scheduler's word that nothing is left to do."""

    def __init__(self, folder, cib, agents):
        self._folder, self.cib = folder, cib
        self._controller = Controller(cib, agents)
        run("crm_verify", "--xml-file", str(self._write("now")))

    def step(self):
        """Returns what the scheduler wants now, carried out: {operation: how many}, and the bytes by which the CIB differs."""
        before, after = self._write("before"), self._folder / "after.xml"
        done = self._controller.carry_out(self._schedule(before))
        after.write_text(compact(self.cib))
        if any(self._schedule(after).iter("synapse")):
            raise RuntimeError(f"the scheduler is not content after {done}")
        return done, difference(before, after)

    def lose(self, name):
        self._controller.lose(name)

    def join(self, name):
        self._controller.join(name)

    def scheduler_seconds(self, runs):
        """CPU of crm_simulate on what is now; the median."""
        path, measured = self._write("now"), []
        for _ in range(runs):
            with open(os.devnull, "wb") as nothing:
                child = subprocess.Popen(["crm_simulate", "--quiet", "--run", "--xml-file", str(path)], stdout=nothing)
                _, status, usage = os.wait4(child.pid, 0)
                child.returncode = os.waitstatus_to_exitcode(status)
            if child.returncode != 0:
                raise RuntimeError(f"crm_simulate: exit {child.returncode}")
            measured.append(usage.ru_utime + usage.ru_stime)
        return statistics.median(measured)

    def running(self):
        """{host: resources that the last operation there, monitors apart, has left running}"""
        found = {host(number): [] for number in range(1, HOSTS + 1)}
        for state in self.cib.iter("node_state"):
            for resource in state.iter("lrm_resource"):
                last = max((record for record in resource if record.get("interval") == "0"), key=lambda record: int(record.get("call-id")))
                if last.get("operation") in ("start", "migrate_from"):
                    found[state.get("uname")].append(resource.get("id"))
        return found

    def _write(self, name):
        path = self._folder / f"{name}.xml"
        path.write_text(compact(self.cib))
        return path

    def _schedule(self, path):
        graph = self._folder / "graph.xml"
        run("crm_simulate", "--quiet", "--run", "--xml-file", str(path), "--save-graph", str(graph))
        return ElementTree.parse(graph).getroot()


def difference(before, after):
    """Bytes of Pacemaker's own description of what changed: what its CIB managers send each other, in one piece."""
    result = subprocess.run(["crm_diff", "--original", str(before), "--new", str(after)], capture_output=True, text=True, check=False)
    if result.returncode not in (0, 1):  # 1: they differ
        raise RuntimeError(f"crm_diff: exit {result.returncode}: {result.stderr}")
    return len(re.sub(r">\s+<", "><", result.stdout).strip())


def is_guest(name):
    return re.fullmatch(r"vm\d+", name) is not None


def move(simulation, system):
    """Asks for the first guest on another host, as `pcs resource move` and `crm resource move` do."""
    where = next(name for name, resources in simulation.running().items() if FIRST in resources)
    target = next(name for name in simulation.running() if name != where)
    ElementTree.SubElement(simulation.cib.find("configuration/constraints"), "rsc_location",
                           {"id": f"cli-prefer-{TOP[system]}", "rsc": TOP[system], "role": "Started", "node": target, "score": "INFINITY"})


def recurring(resources):
    """Operations a minute once everything runs."""
    return sum(60 / int(op.get("interval").rstrip("s")) for primitive in resources.iter("primitive") if primitive.get("class") == "ocf"
               for op in primitive.iter("op") if op.get("name") == "monitor")


def measure(folder, template, agents, system, guests, runs):
    simulation = Simulation(folder, cluster(template, guests), agents)
    row = {"resources": len(list(simulation.cib.find("configuration/resources").iter("primitive"))),
           "configuration_bytes": len(compact(simulation.cib.find("configuration"))),
           "recurring_a_minute": recurring(simulation.cib.find("configuration/resources"))}
    row["start"], _ = simulation.step()
    text = compact(simulation.cib).encode()
    row |= {"cib_bytes": len(text), "bzip2_bytes": len(bz2.compress(text, 4))}  # 4: as Pacemaker does
    move(simulation, system)
    row["migration"], row["migration_bytes"] = simulation.step()
    running = simulation.running()
    lost = max((name for name, resources in running.items() if all(is_guest(each.split("-")[0]) for each in resources)),
               key=lambda name: len([each for each in running[name] if is_guest(each)]))
    row["lost_guests"] = len([each for each in running[lost] if is_guest(each)])
    simulation.lose(lost)
    row["scheduler_s"] = simulation.scheduler_seconds(runs)
    row["failure"], row["failure_bytes"] = simulation.step()
    simulation.join(lost)
    row["return"], row["return_bytes"] = simulation.step()
    return row


def bench(runs, say):
    """{"rows": [{"way", "system", "guests", …}]}"""
    if not (STAGE / "usr/lib/ocf").is_dir():
        raise SystemExit("the release build is not staged: run packaging/stage")
    rows = []
    with tempfile.TemporaryDirectory(prefix="havc-bench-") as name:
        builder = Builder(Path(name))
        agents = builder.agents()
        for way, sizes in (("pcs", GUESTS), ("crmsh", (USUAL,))):
            templates = {system: builder.guest(way, system) for system in (OURS, THEIRS)}
            for guests in sizes:
                for system, template in templates.items():
                    say(f"{system}, as {way} writes it: {guests} guests on {HOSTS} hosts")
                    rows.append({"way": way, "system": system, "guests": guests,
                                 **measure(Path(name), template, agents, system, guests, runs)})
    return {"hosts": HOSTS, "rows": rows}


def find(results, way, system, guests=USUAL):
    return next(row for row in results["rows"] if (row["way"], row["system"], row["guests"]) == (way, system, guests))


def total(counts):
    return sum(counts.values())


def words(counts):
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items(), key=lambda each: -each[1]))


LINES = (
    ("resources", lambda row: row["resources"]),
    ("configuration, bytes", lambda row: row["configuration_bytes"]),
    ("whole CIB after the start, bytes", lambda row: row["cib_bytes"]),
    ("  the same, bzip2", lambda row: row["bzip2_bytes"]),
    ("first start: operations", lambda row: total(row["start"])),
    ("  of them probes", lambda row: row["start"]["probe"]),
    ("recurring operations a minute", lambda row: row["recurring_a_minute"]),
    ("a host fails: operations", lambda row: total(row["failure"])),
    ("  CIB's difference, bytes", lambda row: row["failure_bytes"]),
    ("  scheduler's CPU, ms", lambda row: 1000 * row["scheduler_s"]),
    ("the host comes back: operations", lambda row: total(row["return"])),
    ("  CIB's difference, bytes", lambda row: row["return_bytes"]),
    ("a guest migrates: operations", lambda row: total(row["migration"])),
    ("  CIB's difference, bytes", lambda row: row["migration_bytes"]),
)
GROWTH = (("configuration kB", lambda row: row["configuration_bytes"] / 1000), ("CIB kB", lambda row: row["cib_bytes"] / 1000),
          ("bzip2 kB", lambda row: row["bzip2_bytes"] / 1000), ("operations: start", lambda row: total(row["start"])),
          ("failure", lambda row: total(row["failure"])), ("scheduler ms", lambda row: 1000 * row["scheduler_s"]))


def compare(results, way):
    ours, theirs = (find(results, way, system) for system in (OURS, THEIRS))
    lines = [f"{USUAL} guests on {results['hosts']} hosts, configured with {way}; 'ratio' is theirs to ours\n",
             f"{'what':36}{OURS:>14}{THEIRS:>26}{'ratio':>8}"]
    for what, value in LINES:
        lines.append(f"{what:36}{value(ours):14.0f}{value(theirs):26.0f}{value(theirs) / value(ours):8.2f}")
    for row in (ours, theirs):
        lines.append(f"{row['system']}, {row['lost_guests']} guests fail over: {words(row['failure'])}; "
                     f"a migration: {words(row['migration'])}")
    return lines


def table(results):
    lines = compare(results, "pcs") + [""] + compare(results, "crmsh") + [""]
    lines.append(f"growth on {results['hosts']} hosts, configured with pcs: ours / theirs\n")
    lines.append(f"{'guests':>6}" + "".join(f"{what:>20}" for what, _ in GROWTH))
    for guests in sorted({row["guests"] for row in results["rows"] if row["way"] == "pcs"}):
        ours, theirs = (find(results, "pcs", system, guests) for system in (OURS, THEIRS))
        lines.append(f"{guests:6}" + "".join(f"{f'{value(ours):.0f} / {value(theirs):.0f}':>20}" for _, value in GROWTH))
    for system in (OURS, THEIRS):
        rows = [row for row in results["rows"] if (row["way"], row["system"]) == ("pcs", system)]
        over = [row["guests"] for row in rows if row["bzip2_bytes"] > MESSAGE]
        lines.append(f"{system}: " + (f"from {min(over)} guests on the compressed CIB exceeds" if over else "the compressed CIB stays below")
                     + " Pacemaker 2's default message of 128 KiB")
    return "\n".join(lines)


def goals(results):
    ours, theirs = (find(results, "pcs", system) for system in (OURS, THEIRS))
    rows = []
    for what, value in (("bytes of CIB", lambda row: row["cib_bytes"]), ("operations of a failover", lambda row: total(row["failure"]))):
        rows.append((f"{what}, {USUAL} guests on {results['hosts']} hosts: below {THEIRS}",
                     f"{value(ours)} against {value(theirs)}", value(ours) < value(theirs)))
    return rows
