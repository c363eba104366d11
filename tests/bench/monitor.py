"""What a monitor of a healthy VM costs, beside the agents people use today, with 1, 50 and 200 guests on one host of the lab.
This file runs twice: in tests/bench/run, which calls bench(), and as a program on the host."""

import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
from agents import OURS, PATH, PEER, call, configure, run_once, say, wait_until  # noqa: E402

RUNS = 50
GUESTS = (1, 50, 200)
GUEST_MIB = 40  # measured: 31, a software-emulated QEMU with 16 MiB of its own
LEAST_RATIO = 40  # to VirtualDomain's CPU
MINE, DEEP, THEIRS, PLAIN = "LibvirtQemu", "LibvirtQemu, depth 10", "VirtualDomain", "VirtualDomain, no utilization"
BARE, EMPTY = "a C program that asks libvirt", "an empty C program"
NO_UTILIZATION = {f"OCF_RESKEY_autoset_utilization_{name}": "false" for name in ("cpu", "host_memory", "hv_memory")}
CALLS = {
    MINE: lambda guest: call(OURS, "monitor", guest),
    DEEP: lambda guest: call(OURS, "monitor", guest, {"OCF_CHECK_LEVEL": "10"}),
    THEIRS: lambda guest: call(PEER, "monitor", guest),
    PLAIN: lambda guest: call(PEER, "monitor", guest, NO_UTILIZATION),
    BARE: lambda guest: (["/srv/havc/bench/bare", guest], {"PATH": PATH}),
    EMPTY: lambda guest: (["/srv/havc/bench/empty"], {"PATH": PATH}),
}


def guest_names(count):
    return [f"vm{number}" for number in range(1, count + 1)]


# --- on the host ---

def start(guest):
    run_once(*call(OURS, "start", guest))
    console = Path(f"/srv/havc/console/{guest}.log")
    wait_until(lambda: console.exists() and "asleep" in console.read_text(), f"{guest} has booted")


class Daemon:
    """libvirtd: what it does for an agent is not in the agent's own CPU."""

    def __init__(self):
        self._tasks = Path(f"/proc/{Path('/run/libvirtd.pid').read_text().strip()}/task")

    def cpu_ms(self):
        return sum(int((task / "schedstat").read_text().split()[0]) for task in self._tasks.iterdir()) / 1e6


def count_processes(words, settings):
    with tempfile.TemporaryDirectory() as folder:  # a file a process: in one stream, calls of several would tear each other's lines
        subprocess.run(["strace", "-ff", "-qq", "-o", f"{folder}/trace", "-e", "trace=execve,clone,clone3,fork,vfork", *words],
                       env=settings, check=True, capture_output=True)
        trace = "\n".join(path.read_text() for path in Path(folder).iterdir())
    return {"execs": len(re.findall(r"execve\(.* = 0$", trace, re.MULTILINE)),
            "clones": len(re.findall(r"(?:clone3?|v?fork)\(.* = \d+", trace))}


def measure(guests, runs):
    """All agents by turns, so that the machine's other work meets all of them; each turn another guest."""
    rows = {}
    for name, made in CALLS.items():
        run_once(*made(guests[0]))  # caches of files
        rows[name] = count_processes(*made(guests[0]))
    samples = {name: [] for name in CALLS}
    daemon = Daemon()
    for turn in range(runs):
        guest = guests[turn * 7 % len(guests)]
        for name, made in CALLS.items():
            before = daemon.cpu_ms()
            cost = run_once(*made(guest))
            time.sleep(0.005)  # libvirtd takes leave of a client after the client has gone
            samples[name].append((*cost, daemon.cpu_ms() - before))
    for name, row in rows.items():
        cpu, wall, libvirtd = zip(*samples[name])
        row |= {"cpu_ms": statistics.median(cpu), "least_cpu_ms": min(cpu), "wall_ms": statistics.median(wall),
                "libvirtd_ms": statistics.median(libvirtd)}
    return rows


def inside(runs):
    results, running = {}, 0
    for count in GUESTS:
        guests = guest_names(count)
        begin = time.monotonic()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(start, guests[running:]))
        say(f"guests that run: {count}; the last {count - running} took {time.monotonic() - begin:.0f} s to start")
        configure(guests[running:])
        running = count
        results[count] = measure(guests, runs)
        say(f"beside {count}: {runs} monitors of each agent measured")
    print(json.dumps(results))


# --- in tests/bench/run ---

def check_memory():
    lines = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
    free, needed = int(lines["MemAvailable"].split()[0]) // 1024, 512 + GUESTS[-1] * GUEST_MIB
    if free < needed:
        raise SystemExit(f"the monitor part starts {GUESTS[-1]} guests: it needs {needed} MiB of memory, and {free} are available. "
                         "Free some, or leave the part out with --only.")


def bench(runs, say):
    """{"runs": number, "guests": {count: {agent: {what: value}}}}"""
    from one_host import one_host  # the host, which runs this file, too, does not have the lab
    check_memory()
    with one_host("monitor", say) as host:
        host.compile("bare.c", "-lvirt")
        host.compile("empty.c")
        host.define(guest_names(GUESTS[-1]), "sleeping")
        return {"runs": runs, "guests": host.run("monitor.py", runs, say=say, seconds=1200)}


def table(results):
    lines = [f"monitor of a healthy VM, one host with so many guests, medians of {results['runs']} runs by turns\n",
             f"{'guests':8}{'agent':32}{'CPU ms':>8}{'ratio':>8}{'wall ms':>9}{'execs':>7}{'clones':>8}{'libvirtd ms':>13}"]
    for count, agents in results["guests"].items():
        base = agents[MINE]["cpu_ms"]
        for name, row in agents.items():
            lines.append(f"{count:8}{name:32}{row['cpu_ms']:8.2f}{row['cpu_ms'] / base:8.1f}{row['wall_ms']:9.2f}{row['execs']:7}"
                         f"{row['clones']:8}{row['libvirtd_ms']:13.2f}")
    return "\n".join(lines)


def goals(results):
    found = []
    for count, agents in results["guests"].items():
        mine, theirs, bare = (agents[name]["cpu_ms"] for name in (MINE, THEIRS, BARE))
        where = f"monitor, {count} guest{'s' * (count != '1')}: "
        found.append((f"{where}VirtualDomain takes at least {LEAST_RATIO} times the CPU", f"{theirs / mine:.1f} times",
                      theirs / mine >= LEAST_RATIO))
        found.append((f"{where}less CPU than {BARE}", f"{mine:.2f} ms to {bare:.2f}", mine < bare))
    return found


if __name__ == "__main__":
    inside(int(sys.argv[1]))
