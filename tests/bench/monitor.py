"""What a monitor of a healthy VM costs, beside the agents people use today, in one run on one host of the lab. This file runs
twice: in tests/bench/run, which calls bench(), and as a program on the host, where nothing else of the bench lies."""

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent.parent
RUNS = 50
VM = "vm1"
CONFIG = f"/srv/havc/xml/{VM}.xml"
AGENTS = {
    "LibvirtQemu": ("/usr/lib/ocf/resource.d/havc/LibvirtQemu", {}),
    "LibvirtQemu, depth 10": ("/usr/lib/ocf/resource.d/havc/LibvirtQemu", {"OCF_CHECK_LEVEL": "10"}),
    "VirtualDomain": ("/usr/lib/ocf/resource.d/heartbeat/VirtualDomain", {}),
    "VirtualDomain, no utilization": ("/usr/lib/ocf/resource.d/heartbeat/VirtualDomain",
                                      {f"OCF_RESKEY_autoset_utilization_{name}": "false"
                                       for name in ("cpu", "host_memory", "hv_memory")}),
}


def environment(extra):
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "OCF_ROOT": "/usr/lib/ocf", "OCF_RA_VERSION_MAJOR": "1", "OCF_RA_VERSION_MINOR": "1",
            "OCF_RESOURCE_INSTANCE": VM, "OCF_RESOURCE_TYPE": "VirtualDomain", "OCF_RESOURCE_PROVIDER": "heartbeat",
            "OCF_RESKEY_config": CONFIG, "OCF_RESKEY_hypervisor": "qemu:///system", "OCF_RESKEY_CRM_meta_timeout": "30000",
            "OCF_RESKEY_CRM_meta_interval": "10000", "HA_LOGFACILITY": "daemon", **extra}


def measure(agent, extra, runs):
    """Runs inside the host: one agent, many monitors. Returns CPU and wall in milliseconds, execs and clones a run."""
    env = environment(extra)
    command = [agent, "monitor"]
    for _ in range(3):  # caches of files and of the dynamic linker
        subprocess.run(command, env=env, check=True, capture_output=True)
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    for _ in range(runs):
        subprocess.run(command, env=env, check=True, capture_output=True)
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - begin
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    with tempfile.TemporaryDirectory() as folder:  # a file a process: in one stream, calls of several would tear each other's lines
        subprocess.run(["strace", "-ff", "-qq", "-o", f"{folder}/trace", "-e", "trace=execve,clone,clone3,fork,vfork", *command], env=env,
                       check=True, capture_output=True)
        trace = "\n".join(path.read_text() for path in Path(folder).iterdir())
    return {"cpu_ms": 1000 * cpu / runs, "wall_ms": 1000 * wall / runs,
            "execs": len(re.findall(r"execve\(.* = 0$", trace, re.MULTILINE)),
            "clones": len(re.findall(r"(?:clone3?|v?fork)\(.* = \d+", trace))}


def inside(runs):
    """The part that runs on the lab's host; prints JSON."""
    mine = AGENTS["LibvirtQemu"][0]
    subprocess.run([mine, "start"], env=environment({}), check=True, stdout=subprocess.DEVNULL)
    print(json.dumps({name: measure(agent, extra, runs) for name, (agent, extra) in AGENTS.items()}))


def bench(runs, say):
    """{"runs": number, "agents": {agent: {what: value}}}"""
    sys.path.insert(0, str(ROOT / "tests/lab"))
    from havclab import guests, life, power  # the host, which runs this file, too, does not have them
    from havclab.state import Lab
    lab = Lab(f"bench-{os.getpid()}")
    try:
        life.up(lab, life.Plan(hosts=1, stage=str(ROOT / "build/stage"), wait=True), say)
        guests.define(lab, VM, "counting")
        shutil.copy(__file__, lab.shared / "bench.py")  # a host sees little of the machine's folders
        result = power.run_in(lab.hosts()[0], "/usr/bin/python3", "/srv/havc/bench.py", str(runs), seconds=600)
    finally:
        life.down(lab)
    if result.returncode != 0:
        raise RuntimeError(result.stderr)
    return {"runs": runs, "agents": json.loads(result.stdout)}


def table(results):
    base = results["agents"]["LibvirtQemu"]["cpu_ms"]
    lines = [f"monitor of one healthy VM, {results['runs']} runs each\n",
             f"{'agent':32}{'CPU ms':>8}{'ratio':>8}{'wall ms':>9}{'execs':>7}{'clones':>8}"]
    for name, row in results["agents"].items():
        lines.append(f"{name:32}{row['cpu_ms']:8.2f}{row['cpu_ms'] / base:8.1f}{row['wall_ms']:9.2f}{row['execs']:7}{row['clones']:8}")
    return "\n".join(lines)


def goals(results):
    agents = results["agents"]
    ratio = agents["VirtualDomain"]["cpu_ms"] / agents["LibvirtQemu"]["cpu_ms"]
    return [("monitor: VirtualDomain takes at least 40 times the CPU", f"{ratio:.0f} times", ratio >= 40)]


if __name__ == "__main__":
    inside(int(sys.argv[1]))
