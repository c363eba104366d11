"""What `havc plan` and `havc status` cost for a whole cluster: hundreds of machines in the inventory, 24 nodes, and the CIB with its status. Twice:
everything is new, and all of it runs and ten machines change. Beside them crm_simulate and crm_mon alone, which they have to run: what is above is ours.
No daemon runs and no node is asked: files and Pacemaker's own tools alone."""

import json
import os
import re
import statistics
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import cib
from controller import Agent, Controller

RUNS = 5
MACHINES = 400
CHANGED = 10
TEMPLATES = cib.ROOT / "xml/templates"
METADATA = cib.ROOT / "tests/golden/LibvirtQemu.xml"  # what the controller records of reloads
WALL, STATUS_WALL, MEMORY = 3.0, 1.0, 200  # s, s, MiB: the goals
PEERS = {"plan": "crm_simulate", "status": "crm_mon"}  # what each has to run
MEBIBYTE = 1024  # KiB, in which maxrss is


def cluster_file():
    text = ('ping_hosts = ["10.0.0.1", "10.0.0.2"]\n[defaults]\nemail = "ops@example.org"\n'
            '[zones.prod]\nranges = ["10.1.0.0/16"]\nbridge = "br0"\nfolders = ["/srv/vm"]\n')
    for number in range(1, cib.HOSTS + 1):
        text += f'[nodes.{cib.host(number)}]\naddress = "10.0.1.{number}"\ncpus = 64\nmemory = 262144\n'
    for number in (1, 2):
        text += f'[chassis.chassis{number}]\ntype = "external/ibmbc"\naddress = "10.0.2.{number}"\nsnmp_conf_path = "/etc/havc/chassis"\n'
    return text


def machine_file(number, memory):
    nodes = [cib.host(1 + (number + each) % cib.HOSTS) for each in (0, 1)]
    return (f'name = "VM-{number:03}"\nhost = "vm-{number:03}.example.org"\naddress = "10.1.{number // 200}.{1 + number % 200}"\n'
            f'cpus = 2\nmemory = {memory}\nnodes = {json.dumps(nodes)}\ntags = ["{"web" if number % 2 else "db"}"]\n')


def inventory(folder, machines):
    (folder / "vms").mkdir(parents=True)
    (folder / "cluster.toml").write_text(cluster_file())
    (folder / "templates").symlink_to(TEMPLATES)
    for number in range(1, machines + 1):
        (folder / f"vms/VM-{number:03}.toml").write_text(machine_file(number, 4096))
    return folder


def empty_cluster():
    """Every host a member that reaches the network; nothing is configured."""
    root = cib.cluster("", 0)
    for name in ("resources", "rsc_defaults/meta_attributes"):
        for each in list(root.find(f"configuration/{name}")):
            root.find(f"configuration/{name}").remove(each)
    for state in root.iter("node_state"):
        number = state.get("id")
        attributes = ElementTree.SubElement(ElementTree.SubElement(state, "transient_attributes", {"id": number}),
                                            "instance_attributes", {"id": f"status-{number}"})
        ElementTree.SubElement(attributes, "nvpair", {"id": f"status-{number}-pingd", "name": "pingd", "value": "1000"})
    return cib.compact(root)


class Measure:
    """CPU, wall time and memory of a program with all that it runs; and its own apart from theirs."""

    def __init__(self, *words, expected=(0,), environment=None):
        begin = time.monotonic()
        with tempfile.TemporaryFile("w+") as said:
            child = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=said, env=environment)
            self.own_memory = peak(child.pid)
            # It has ended, and is still there to be read: fields 14 and 15 of proc(5)'s stat are its own time.
            fields = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()
            self.own_cpu = sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            said.seek(0)
            if child.returncode not in expected:
                raise RuntimeError(f"{' '.join(words)}: exit {child.returncode}: {said.read()[:500]}")
        self.wall = time.monotonic() - begin
        self.cpu = usage.ru_utime + usage.ru_stime
        self.memory = usage.ru_maxrss / MEBIBYTE  # of the greatest of them


def peak(process):
    """MiB of the process without its children until it ends; what it takes in its last hundredth of a second may be missing."""
    most = 0
    while os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
        most = max(most, int(found[1]) if found else 0)
        time.sleep(0.01)
    return most / MEBIBYTE


def medians(measure, runs):
    all_of_them = [measure() for _ in range(runs)]
    return {name: statistics.median(getattr(each, name) for each in all_of_them) for name in ("wall", "cpu", "own_cpu", "memory", "own_memory")}


class Havc:
    """The staged program, with the staged libraries."""

    def __init__(self, program=None, libraries=None):
        self._program = program or cib.STAGE / "usr/bin/havc"
        libraries = libraries or next(iter(cib.STAGE.glob("usr/lib/*/havc/*")), None)
        if not self._program.is_file() or libraries is None:
            raise SystemExit("the release build is not staged: run packaging/stage")
        self._environment = {**os.environ, "LD_LIBRARY_PATH": str(libraries)}

    def plan(self, config, configuration, *more):
        return self._run("plan", (2,), config, configuration, *more)

    def status(self, config, configuration):
        return self._run("status", (0, 2), config, configuration)

    def _run(self, command, expected, config, configuration, *more):
        words = (str(self._program), command, "--config", str(config), "--cib", str(configuration), *more)
        return Measure(*words, expected=expected, environment=self._environment)


def running(path):
    """The configuration of a file, with the history that comes of carrying it out."""
    root = ElementTree.parse(path).getroot()
    agents = {each.get("type"): cib.NO_AGENT for each in root.iter("primitive")} | {"LibvirtQemu": Agent(METADATA.read_text())}
    graph = path.with_suffix(".graph")
    cib.run("crm_simulate", "--quiet", "--run", "--xml-file", str(path), "--save-graph", str(graph))
    Controller(root, agents).carry_out(ElementTree.parse(graph).getroot())
    after = path.with_suffix(".running")
    after.write_text(cib.compact(root))
    return after


def bench(runs, say, havc=None, machines=MACHINES):
    havc = havc or Havc()
    with tempfile.TemporaryDirectory(prefix="havc-bench-") as name:
        folder = Path(name)
        config = inventory(folder / "inventory", machines)
        empty, new = folder / "empty.xml", folder / "new.xml"
        empty.write_text(empty_cluster())
        rows = []
        say(f"{machines} machines are new")
        havc.plan(config, empty, "--save-cib", str(new))
        rows.append(row("everything is new", havc, config, empty, new, runs))
        say(f"{CHANGED} of {machines} machines change")
        there, changed = running(new), folder / "changed.xml"
        for number in range(1, CHANGED + 1):
            path = config / f"vms/VM-{number:03}.toml"
            path.write_text(machine_file(number, 8192))
        havc.plan(config, there, "--save-cib", str(changed))
        rows.append(row(f"{CHANGED} change", havc, config, there, changed, runs))
    return {"machines": machines, "hosts": cib.HOSTS, "rows": rows}


def row(name, havc, config, before, after, runs):
    return {"case": name, "cib_bytes": before.stat().st_size, "plan": medians(lambda: havc.plan(config, before), runs),
            "status": medians(lambda: havc.status(config, before), runs),
            "crm_simulate": medians(lambda: Measure("crm_simulate", "--quiet", "--run", "--xml-file", str(after)), runs),
            "crm_mon": medians(lambda: Measure("crm_mon", "--one-shot", "--xml-file", str(before)), runs), "load": os.getloadavg()[0]}


def table(results):
    lines = [f"havc of {results['machines']} machines on {results['hosts']} nodes; crm_simulate of the configuration that it plans and crm_mon, alone:", "",
             f"    {'':20} {'CIB, kB':>8} {'by':14} {'wall s':>7} {'CPU s':>7} {'own':>6} {'ratio':>6} {'MiB':>5} {'own':>5}"]
    for each in results["rows"]:
        for program in (*PEERS, *PEERS.values()):
            measured, peer = each[program], each[PEERS.get(program, program)]
            first = (each["case"], f"{each['cib_bytes'] // 1000:,}") if program == "plan" else ("", "")
            ratio = measured["cpu"] / peer["cpu"]
            lines.append(f"    {first[0]:20} {first[1]:>8} {program:14} {measured['wall']:7.2f} {measured['cpu']:7.2f} "
                         f"{measured['own_cpu']:6.2f} {ratio:6.2f} {measured['memory']:5.0f} {measured['own_memory']:5.0f}")
    lines.append(f"\nThe machine's load was {max(each['load'] for each in results['rows']):.0f}, on {os.cpu_count()} processors.")
    return "\n".join(lines)


def goals(results):
    return [goal for each in results["rows"] for goal in (
        (f"plan, {each['case']}: under {WALL:.0f} s", f"{each['plan']['wall']:.2f} s", each["plan"]["wall"] < WALL),
        (f"status, {each['case']}: under {STATUS_WALL:.0f} s", f"{each['status']['wall']:.2f} s", each["status"]["wall"] < STATUS_WALL),
        (f"plan, {each['case']}: under {MEMORY} MiB", f"{each['plan']['memory']:.0f} MiB", each["plan"]["memory"] < MEMORY),
        (f"plan, {each['case']}: under {MEMORY} MiB without Pacemaker's tools", f"{each['plan']['own_memory']:.0f} MiB", each["plan"]["own_memory"] < MEMORY))]
