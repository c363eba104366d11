"""How long guests are away when the host that runs all of them loses its power, beside the agents people use today: on the lab's
three hosts, both systems with the configuration and the settings of the fault matrix. What the surviving hosts had to do for it,
too; and whether controller.py, on which the part "cib" rests, writes the records that real controllers write."""

import copy
import os
import re
import statistics
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import replace
from pathlib import Path

import cib

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/lab"))
from faults import system as systems  # noqa: E402
from faults.stage import Stage  # noqa: E402
from havclab import cluster, life, power, processes  # noqa: E402
from havclab.state import Lab, LabError  # noqa: E402

SIMULATOR = ROOT / "build/release/bin/havc-chassis-simulator"
RUNS = 3
GUESTS = 30
PATIENCE = 400  # seconds; for the slowest system on a loaded machine
# Those that the agents advertise; the longer of two where VirtualDomain and LibvirtQemu differ. The matrix has shorter ones, because
# some of its faults last three monitors.
OPERATIONS = ("op start timeout=120s interval=0 op stop timeout=120s interval=0 op monitor timeout=30s interval=10s "
              "op migrate_to timeout=600s interval=0 op migrate_from timeout=120s interval=0")
OUR_OPERATIONS = "op monitor timeout=60s interval=60s OCF_CHECK_LEVEL=10"
_TICKS = os.sysconf("SC_CLK_TCK")
_RESULT = re.compile(r"Result of (?P<operation>[a-z_]+) operation for \S+ on (?P<host>\S+): (?P<result>.*)")
_FENCED = re.compile(r"Peer (?P<host>\S+) was terminated \([a-z]+\)")


def retimed(system):
    """The matrix' system with the operations that are used here."""
    def vm(name, parameters):
        text = system.vm(name, parameters)
        if systems.OPERATIONS not in text:
            raise ValueError(f"no operations to replace in: {text}")
        return text.replace(systems.OPERATIONS, OPERATIONS).replace(systems.OUR_OPERATIONS, OUR_OPERATIONS)
    return replace(system, vm=vm)


class PatientStage(Stage):
    """The matrix' stage for many guests on a loaded machine: nothing is judged by how long the beginning takes."""

    def require(self, what, condition, seconds):
        super().require(what, condition, max(seconds, PATIENCE))


def machine_cpu():
    """CPU seconds that the whole machine has been busy, whoever kept it so."""
    user, nice, kernel, _, _, *interrupts = map(int, Path("/proc/stat").read_text().split("\n")[0].split()[1:8])
    return (user + nice + kernel + sum(interrupts)) / _TICKS


def cpu_of(host):
    """CPU seconds of all that a host has run: its QEMUs, and everything else with what has ended since."""
    spent = Counter()
    pid1 = processes.Process.read(host.pid1_file)
    for process in processes.in_namespace("pid", os.stat(f"/proc/{pid1.pid}/ns/pid").st_ino):
        try:
            name, _, rest = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")
        except (FileNotFoundError, ProcessLookupError):
            continue  # its parent has its time
        fields = rest.split()
        spent["qemu" if "(qemu-system" in name else "rest"] += sum(map(int, fields[11:15])) / _TICKS
    return spent


def log_path(host):
    return host.disk / "var/log/pacemaker/pacemaker.log"


def log_of(host, offset=0):
    with open(log_path(host), "rb") as file:
        file.seek(offset)
        return file.read().decode(errors="replace")


def operations(text):
    """{operation: how many} that a host's controller saw the end of; of recurring ones the first."""
    counts = Counter()
    for match in _RESULT.finditer(text):
        is_probe = match["operation"] == "monitor" and match["result"].startswith("not running")
        counts["probe" if is_probe else match["operation"]] += 1
    return dict(counts)


class Survivors:
    """The hosts that stay, from now on."""

    def __init__(self, lab, lost):
        self._hosts = [host for host in lab.hosts() if host.name != lost]
        self._cpu = {host.name: cpu_of(host) for host in self._hosts}
        self._machine = machine_cpu()
        self._logs = {host.name: log_path(host).stat().st_size for host in self._hosts}

    def cpu(self):
        spent = Counter()
        for host in self._hosts:
            spent.update(cpu_of(host))
            spent.subtract(self._cpu[host.name])
        return {**spent, "machine": machine_cpu() - self._machine}

    def log(self):
        return "".join(log_of(host, self._logs[host.name]) for host in self._hosts)


def counting_again(stage, names, is_fenced):
    """Seconds from now until each guest prints, and until the host is fenced: ({guest: seconds}, seconds)"""
    consoles = {name: stage.lab.shared / "console" / f"{name}.log" for name in names}
    sizes = {name: path.stat().st_size for name, path in consoles.items()}
    begin, found, fenced = time.monotonic(), {}, None
    while len(found) < len(names) or fenced is None:
        now = time.monotonic() - begin
        if now > PATIENCE:
            raise LabError(f"after {PATIENCE} s, {len(found)} of {len(names)} guests count again; fenced: {fenced}")
        found |= {name: now for name, path in consoles.items() if name not in found and path.stat().st_size > sizes[name]}
        if fenced is None and is_fenced():
            fenced = now
        time.sleep(0.05)
    return found, fenced


def fail_over(stage, names):
    """One power cut and what comes of it, until the lost host is a member again and nothing is left to do."""
    lab, lost = stage.lab, stage.victim
    elsewhere = [name for name in names if stage.host_of(name) != lost]
    if elsewhere:
        raise LabError(f"not on {lost} before its power is cut: {' '.join(elsewhere)}")
    configuration = power.run_in(lab.host(stage.dc), "cibadmin", "--query").stdout
    survivors = Survivors(lab, lost)
    stage.kill(lost)
    seconds, fenced = counting_again(stage, names, lambda: any(match["host"] == lost for match in _FENCED.finditer(survivors.log())))
    spent = survivors.cpu()
    cluster.wait("the lost host is a member again", lambda: cluster.online(lab, systems.HOSTS), PATIENCE)
    cluster.wait("the cluster has nothing left to do", lambda: cluster.idle(lab), PATIENCE)
    verdicts = stage.proofs(names)
    real, model = compare_with_model(configuration)
    times = sorted(seconds.values())
    return {"fenced_s": fenced, "first_s": times[0], "median_s": statistics.median(times), "last_s": times[-1],
            "qemu_cpu_s": spent["qemu"], "cpu_s": spent["rest"], "machine_cpu_s": spent["machine"],
            "operations": operations(survivors.log()),
            "return_operations": operations(log_of(lab.host(lost)).rpartition("Starting Pacemaker")[2]),
            "cib_bytes": real, "model_bytes": model, "not_proven": {name: verdict.faults[:3] for name, verdict in verdicts.items() if not verdict.proven}}


def compare_with_model(text):
    """Bytes of a real CIB's records, and of those that controller.py writes for the same cluster."""
    real = ElementTree.fromstring(text)
    model = copy.deepcopy(real)
    for records in model.iter("lrm_resources"):
        for each in list(records):
            records.remove(each)
    with tempfile.TemporaryDirectory(prefix="havc-bench-") as name:
        agents = cib.Builder(Path(name)).agents()
        agents["external/ibmbc"] = cib.NO_AGENT
        cib.Simulation(Path(name), model, agents).step()
    return tuple(sum(len(cib.compact(each)) for each in root.iter("lrm_resources")) for root in (real, model))


def bench(runs, say):
    """{"guests", "rows": [{"system", …}]}"""
    if not (ROOT / "build/stage/usr").is_dir():
        raise SystemExit("the release build is not staged: run packaging/stage")
    lab, rows = Lab(f"bench-failover-{os.getpid()}"), []
    names = [f"vm{number:02}" for number in range(1, GUESTS + 1)]
    try:
        life.check_machine()
        plan = life.Plan(hosts=len(systems.HOSTS), stage=str(ROOT / "build/stage"), property=systems.PROPERTIES)
        life.up(lab, plan, lambda text: None)
        for turn in range(runs):
            for name, system in systems.SYSTEMS.items():
                stage = PatientStage(lab, retimed(system), str(SIMULATOR), lambda text: None)
                stage.prepare()
                for guest in names:
                    stage.guest(guest, stage.victim)
                stage.start()
                stage.watch.stop()
                say(f"run {turn + 1} of {runs}, {name}: {GUESTS} guests count on {stage.victim}; its power is cut")
                rows.append({"system": name, **fail_over(stage, names)})
                say(f"run {turn + 1} of {runs}, {name}: the last guest counts elsewhere after {rows[-1]['last_s']:.1f} s")
    finally:
        life.down(lab)
    return {"guests": GUESTS, "settings": {"operations": OPERATIONS, "ours": OUR_OPERATIONS}, "rows": rows}


LINES = (("power cut -> host fenced, s", "fenced_s"), ("power cut -> first guest counts, s", "first_s"),
         ("power cut -> half of them count, s", "median_s"), ("power cut -> last guest counts, s", "last_s"),
         ("CPU of the survivors until then, s", "cpu_s"), ("  and of their QEMUs (emulation), s", "qemu_cpu_s"),
         ("  and of all that ran on the machine, s", "machine_cpu_s"))


def median(results, system, what):
    return statistics.median(row[what] for row in results["rows"] if row["system"] == system)


def table(results):
    names = list(dict.fromkeys(row["system"] for row in results["rows"]))
    runs = len([row for row in results["rows"] if row["system"] == names[0]])
    lines = [f"a host with {results['guests']} guests loses its power, medians of {runs} runs; both systems:", results["settings"]["operations"],
             f"{names[0]} moreover: {results['settings']['ours']}\n",
             f"{'what':40}" + "".join(f"{systems.SYSTEMS[name].title:>54}" for name in names)]
    for what, key in LINES:
        lines.append(f"{what:40}" + "".join(f"{median(results, name, key):54.1f}" for name in names))
    for what, key in (("operations of the survivors", "operations"), ("of the host that comes back", "return_operations")):
        for name in names:
            row = next(row for row in results["rows"] if row["system"] == name)
            lines.append(f"{what}, {name}: {sum(row[key].values())} ({cib.words(row[key])})")
    for row in results["rows"]:
        if row["not_proven"]:
            lines += [f"{row['system']}: NOT PROVEN that '{name}' never ran twice: {'; '.join(why)}" for name, why in row["not_proven"].items()]
    for name in names:
        row = next(row for row in results["rows"] if row["system"] == name)
        lines.append(f"{name}: the CIB's records, as real controllers wrote them: {row['cib_bytes']} bytes; by controller.py: {row['model_bytes']}")
    return "\n".join(lines)


def goals(results):
    ours, theirs = (median(results, name, "last_s") for name in systems.SYSTEMS)
    twice = sum(len(row["not_proven"]) for row in results["rows"] if row["system"] == "havc")
    return [(f"{results['guests']} guests of a host without power: the last counts again, not later than with VirtualDomain",
             f"{ours:.1f} s against {theirs:.1f} s", ours <= theirs),
            ("  and none of ours ran twice", f"{twice} without proof", twice == 0)]
