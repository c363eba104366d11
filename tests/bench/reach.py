#!/usr/bin/python3
"""What it takes to reach every node of a large cluster: 24 real sshd on one loopback, `true` on all of them at once by lib/remote. Both sides share this
machine's processors; of a cluster each node has its own."""

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/system"))
import ssh_nodes  # noqa: E402

RUNS = 10
NODES = 24
WAYS = {"cold": "the first: 24 logins, connections stay open", "warm": "every later one", "single": "each time a new connection"}
GOAL = 1000  # ms
SOURCES = ["tests/bench/everywhere.cc", *(f"lib/remote/{name}.cc" for name in
                                          ("control_socket", "everywhere", "quoting", "session", "ssh", "ssh_failure"))]


def build(folder):
    """As released: optimized, without sanitizers."""
    program = folder / "everywhere"
    base = sorted(str(path) for path in (ROOT / "lib/base").glob("*.cc"))
    subprocess.run(["c++", "-std=c++20", "-O2", f"-I{ROOT}/lib", *(str(ROOT / name) for name in SOURCES), *base, "-lfmt", "-ldl", "-pthread", "-o",
                    str(program)], check=True)
    return program


def cpu_of_others():
    """Milliseconds of all processes in this namespace but this one: sshd, and what keeps the connections."""
    ticks = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                ticks += sum(int(word) for word in (entry / "stat").read_text().rpartition(") ")[2].split()[11:15])
            except OSError:
                pass  # has ended
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def cpu_of_children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (usage.ru_utime + usage.ru_stime) * 1000


def once(program, control, addresses):
    others, children = cpu_of_others(), cpu_of_children()
    wall = float(subprocess.run([program, control, *addresses], check=True, capture_output=True, text=True, timeout=120).stdout)
    return {"wall": wall, "cpu": cpu_of_children() - children, "others": cpu_of_others() - others}


def end_connections(control):
    for socket in control.glob("*"):
        subprocess.run(["ssh", "-S", str(socket), "-O", "exit", "node"], check=False, capture_output=True, timeout=60)
    shutil.rmtree(control, ignore_errors=True)


def measure(program, runs):
    with tempfile.TemporaryDirectory() as folder:
        addresses = [ssh_nodes.Node(f"n{number}", 10 + number, folder).address for number in range(1, NODES + 1)]
        control = Path("/run/havc/ssh")
        results = {way: [] for way in WAYS}
        for _ in range(runs):
            end_connections(control)
            results["cold"].append(once(program, str(control), addresses))
            results["warm"].append(once(program, str(control), addresses))
            results["single"].append(once(program, "", addresses))
        end_connections(control)
    return results


def bench(runs, say):
    with tempfile.TemporaryDirectory() as folder:
        program = build(Path(folder))
        say(f"{NODES} sshd")
        done = subprocess.run([__file__, str(program), str(runs)], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def _median(results, way, key):
    return statistics.median(each[key] for each in results[way])


def table(results):
    lines = [f"`true` on {NODES} nodes at once, ms; medians of {len(results['warm'])}", "",
             f"{'':50}{'wall':>8}{'worst':>8}{'CPU here':>10}{'of the rest':>13}"]
    for way, text in WAYS.items():
        worst = max(each["wall"] for each in results[way])
        lines.append(f"{text:50}{_median(results, way, 'wall'):8.0f}{worst:8.0f}{_median(results, way, 'cpu'):10.0f}{_median(results, way, 'others'):13.0f}")
    return "\n".join(lines)


def goals(results):
    wall = _median(results, "warm", "wall")
    return [(f"{NODES} nodes over open connections: less than {GOAL} ms", f"{wall:.0f} ms", wall < GOAL)]


if __name__ == "__main__":
    ssh_nodes.enter()
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
