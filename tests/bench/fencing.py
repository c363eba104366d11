"""What fencing costs: our plugin, our fence agent and Debian's fence_ibmblade against the same simulated chassis, in a network of
their own. tests/bench/run calls bench(), which starts this file anew in namespaces; started so, it prints JSON."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent.parent
STAGE = ROOT / "build/stage"
os.environ["HAVC_BUILD"] = str(ROOT / "build/release")
sys.path.insert(0, str(ROOT / "tests/system"))
import chassis_host  # noqa: E402
from chassis_host import FOLDER, Chassis, Community, User, configuration  # noqa: E402

BAY, HOST = 3, "node3"
ON, OFF = "1", "0"
VERSIONS = {"v1": Community(), "v3": User()}
# What is asked: the fence agents' action, the plugin's, and how the bay must read afterwards. Switching takes seconds a run.
ACTIONS = {"device": ("monitor", ["status"], ON),
           "host": ("status", ["query", HOST], ON),
           "list": ("list", ["gethosts"], ON),
           "off": ("off", ["off", HOST], OFF),
           "reboot": ("reboot", ["reset", HOST], ON)}
SWITCHING = ("off", "reboot")
RUNS = 50
PEER = "fence_ibmblade"
LIMITS = {"v1": 5, "v3": 10}  # ms of CPU for the state of the device, at which the project aims
MOST_PACKETS = 16  # for a list of 14 bays over SNMPv1


class Plugin:
    """external/ibmbc, called as libstonith does."""

    name = "external/ibmbc"
    path = STAGE / "usr/lib/stonith/plugins/external/ibmbc"

    def call(self, action, chassis, version):
        settings = {"mgmt_address": chassis.address, "snmp_conf_path": str(self.folders[version]), "no_softoff": "1"}
        return [str(self.path), *ACTIONS[action][1]], settings, ""

    def __init__(self, folders):
        self.folders = folders


class Agent:
    """A fence agent with its parameters on standard input. PCMK_service is not set: for Pacemaker, fence_ibmblade waits without end."""

    def __init__(self, name, path, plug, credentials):
        self.name, self.path, self.plug, self.credentials = name, path, plug, credentials

    def call(self, action, chassis, version):
        ip, port = chassis.address.rsplit(":", 1)
        settings = {"action": ACTIONS[action][0], "ip": ip, "ipport": port, "plug": self.plug, **self.credentials[version]}
        return [str(self.path)], {}, "".join(f"{key}={value}\n" for key, value in settings.items())


class Bare:
    """The floor that no program of this kind can be below: one that does nothing, and net-snmp's own that asks once."""

    def __init__(self, name, words):
        self.name, self.path, self.words = name, Path(words[0]), words

    def call(self, action, chassis, version):
        credentials = VERSIONS[version]
        options = ["-v1", "-c", credentials.name] if version == "v1" else \
            ["-v3", "-u", credentials.name, "-l", "authPriv", "-a", credentials.auth, "-A", credentials.password, "-x", credentials.priv,
             "-X", credentials.priv_password]
        more = [*options, "-m", "", "-Oqn", chassis.address, ".1.3.6.1.2.1.1.1.0"] if self.path.name == "snmpget" else []
        return [*self.words, *more], {}, ""


def nothing():
    """A C program that does nothing."""
    path = FOLDER / "nothing"
    subprocess.run(["cc", "-O2", "-xc", "-", "-o", str(path)], input="int main(void) { return 0; }\n", text=True, check=True)
    return path


def run_once(call):
    """CPU of the process and of all its children that it waited for, and wall time, in milliseconds. Nothing but the child is
    in the figure: no fork of this large process, no reader of its output."""
    words, settings, text = call
    with tempfile.TemporaryFile(dir=FOLDER) as said, tempfile.TemporaryFile(dir=FOLDER) as asked:
        asked.write(text.encode())
        asked.seek(0)
        places = [(os.POSIX_SPAWN_DUP2, asked.fileno(), 0), (os.POSIX_SPAWN_DUP2, said.fileno(), 1),
                  (os.POSIX_SPAWN_DUP2, said.fileno(), 2)]
        begin = time.monotonic()
        pid = os.posix_spawn(words[0], words, {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **settings}, file_actions=places)
        _, status, usage = os.wait4(pid, 0)
        wall = time.monotonic() - begin
        said.seek(0)
        if status != 0:
            raise RuntimeError(f"{' '.join(words)}: exit {os.waitstatus_to_exitcode(status)}: {said.read().decode()}")
    return 1000 * (usage.ru_utime + usage.ru_stime), 1000 * wall


def run_checked(call, action, chassis):
    """One run; what it did to the chassis is looked at, and undone."""
    result = run_once(call)
    state, _ = chassis.bay(BAY)
    if state != ACTIONS[action][2]:
        raise RuntimeError(f"{call[0]}: bay {BAY} reads {state} after {action}")
    chassis.control(f"bay {BAY} state=on")
    return result


def count_execs(call):
    words, settings, text = call
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:  # a file a process
        subprocess.run(["strace", "-ff", "-qq", "-o", f"{folder}/trace", "-e", "trace=execve", "--", *words], check=True, text=True,
                       env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **settings}, input=text, capture_output=True)
        return sum(path.read_text().count(" = 0\n") for path in Path(folder).iterdir())


def measure(programs, action, version, chassis, runs):
    """All programs by turns, so that the machine's other work meets all of them. The first runs count packets."""
    calls = {program.name: program.call(action, chassis, version) for program in programs}
    rows = {}
    for name, call in calls.items():
        before = chassis.packets()
        run_checked(call, action, chassis)
        rows[name] = {"packets": chassis.packets() - before, "execs": count_execs(call)}
        chassis.control(f"bay {BAY} state=on")
    times = {name: [] for name in calls}
    for turn in range(runs):
        for name, call in calls.items():
            if name != PEER or turn < max(3, runs // 5):  # it takes long
                times[name].append(run_checked(call, action, chassis))
    for name, measured in times.items():
        cpu = [each[0] for each in measured]
        rows[name] |= {"runs": len(measured), "cpu_ms": statistics.median(cpu), "least_cpu_ms": min(cpu),
                       "wall_ms": statistics.median(each[1] for each in measured)}
    return rows


def inside(runs):
    """The part that runs in namespaces; prints JSON."""
    bays = [word for number in range(1, 15) for word in ("--bay", f"{number}=node{number}")]
    chassis = Chassis("--community", VERSIONS["v1"].name, "--user", VERSIONS["v3"].option(), *bays)
    folders = {version: configuration(credentials.conf()) for version, credentials in VERSIONS.items()}
    programs = [Plugin(folders),
                Agent("fence_ibmbc", STAGE / "usr/sbin/fence_ibmbc", HOST,
                      {version: {"snmp_conf_path": folder} for version, folder in folders.items()}),
                Agent(PEER, Path("/usr/sbin") / PEER, str(BAY),
                      {version: credentials.parameters() for version, credentials in VERSIONS.items()})]
    floor = [Bare("an empty C program", [str(nothing())]), Bare("snmpget of one object", ["/usr/bin/snmpget"])]
    found = [program for program in programs if program.path.exists()]
    results = {"missing": [program.name for program in programs if program not in found], "rows": []}
    for action in ACTIONS:
        for version in VERSIONS:
            some = found + floor if action == "device" else found
            for name, row in measure(some, action, version, chassis, max(3, runs // 10) if action in SWITCHING else runs).items():
                results["rows"].append({"action": action, "version": version, "program": name, **row})
    chassis.end()
    print(json.dumps(results))


def bench(runs, say):
    """{"runs": number, "missing": [program], "rows": [{...}]}"""
    if not Plugin.path.exists():
        raise SystemExit("the release build is not staged: run packaging/stage")
    say(f"{len(ACTIONS)} actions over {' and '.join(VERSIONS)}, {runs} runs each: some minutes")
    result = subprocess.run([sys.executable, __file__, str(runs)], stdout=subprocess.PIPE, text=True, check=False)
    if result.returncode != 0:
        raise SystemExit(f"the fencing part ended with {result.returncode}")
    return {"runs": runs, **json.loads(result.stdout)}


def table(results):
    rows, runs = results["rows"], results["runs"]
    lines = [f"fencing in one simulated chassis of 14 bays, medians of {runs} runs (off and reboot: {max(3, runs // 10)}; {PEER}: a fifth)\n",
             f"{'what':8}{'SNMP':6}{'program':24}{'CPU ms':>8}{'ratio':>8}{'wall ms':>9}{'execs':>7}{'packets':>9}"]
    for row in rows:
        base = next(each["cpu_ms"] for each in rows
                    if (each["action"], each["version"], each["program"]) == (row["action"], row["version"], Plugin.name))
        lines.append(f"{row['action']:8}{row['version']:6}{row['program']:24}{row['cpu_ms']:8.2f}{row['cpu_ms'] / base:8.1f}"
                     f"{row['wall_ms']:9.1f}{row['execs']:7}{row['packets']:9}")
    lines += [f"{name} is not there: left out" for name in results["missing"]]
    return "\n".join(lines)


def goals(results):
    found = []
    for row in results["rows"]:
        if row["program"] in (PEER, "an empty C program", "snmpget of one object"):
            continue
        what, limit = f"{row['program']}, {{}} over SNMP{row['version']}", LIMITS[row["version"]]
        if row["action"] == "device":
            found.append((f"{what.format('state of the chassis')}: at most {limit} ms of CPU", f"{row['cpu_ms']:.2f} ms", row["cpu_ms"] <= limit))
        elif row["action"] == "list" and row["version"] == "v1":
            found.append((f"{what.format('list of 14 bays')}: at most {MOST_PACKETS} packets", str(row["packets"]), row["packets"] <= MOST_PACKETS))
    return found


if __name__ == "__main__":
    chassis_host.enter(installs=False)
    inside(int(sys.argv[1]))
