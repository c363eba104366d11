#!/usr/bin/python3
"""What `havc health` and `havc status` cost on a whole cluster: 24 real sshd on one loopback, and on each 'node' the staged havc, which asks a real
libvirtd with guests. Pacemaker's answers come of its own crm_mon, on the CIB of 400 machines that run; its daemons and corosync are not there. All nodes
share this machine's processors; of a cluster each node has its own."""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/bench"))
sys.path.insert(0, str(ROOT / "tests/system"))
import cib  # noqa: E402
import plan  # noqa: E402
import ssh_nodes  # noqa: E402
from reach import cpu_of_others, end_connections  # noqa: E402

RUNS = 5
GUESTS = 17  # on each node, of 400
GOAL = 3.0  # s
COMMANDS = {"health": ("health", "--timeout", "60"), "status": ("status", "--timeout", "60")}
UNHEARD = ("node-not-reached", "libvirt-silent", "did not answer", "Permission denied")  # then it has measured something else
DOMAIN = ("<domain type='qemu'><name>{name}</name><memory unit='MiB'>8</memory><vcpu>1</vcpu><os><type arch='x86_64' machine='pc'>hvm</type></os>"
          "<devices><emulator>/usr/bin/qemu-system-x86_64</emulator></devices></domain>")


def address(number):
    return f"127.0.0.{10 + number}"


def prepare(folder):
    """The inventory, with the addresses of this loopback, and the CIB of its machines."""
    config = plan.inventory(folder / "inventory", plan.MACHINES)
    empty, new = folder / "empty.xml", folder / "new.xml"
    empty.write_text(plan.empty_cluster())
    plan.Havc().plan(config, empty, "--save-cib", str(new))
    running = plan.running(new)
    text = (config / "cluster.toml").read_text()
    for number in range(cib.HOSTS, 0, -1):
        text = text.replace(f'"10.0.1.{number}"', f'"{address(number)}"')
    (config / "cluster.toml").write_text(text)
    return config, running


def start_guests():
    for number in range(GUESTS):
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as definition:
            definition.write(DOMAIN.format(name=f"guest{number:02}"))
            definition.flush()
            subprocess.run(["virsh", "--quiet", "create", "--paused", definition.name], check=True)


def start_nodes(folder, running):
    nodes = []
    for number in range(1, cib.HOSTS + 1):
        node = ssh_nodes.Node(cib.host(number), 10 + number, folder)
        node.program("crm_mon", f'#!/bin/sh\nexec /usr/sbin/crm_mon "$@" --xml-file {running}\n')
        node.program("cibadmin", f"#!/bin/sh\nexec cat {running}\n")
        nodes.append(node)
    return nodes


def once(config, words):
    others, begin = cpu_of_others(), time.monotonic()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(["havc", *words, "--json", "--config", str(config)], capture_output=True, text=True, timeout=120, check=False)
    wall, now = time.monotonic() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    unheard = [line.strip() for line in (done.stdout + done.stderr).splitlines() if any(code in line for code in UNHEARD)]
    if not done.stdout.startswith("{") or unheard:
        raise RuntimeError(f"havc {words[0]}: exit {done.returncode}: {(unheard or [done.stderr])[0][:500]}")
    own = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    return {"wall": wall, "cpu": own, "others": cpu_of_others() / 1000 - others / 1000}


def measure(folder, runs):
    """Runs where the host's libvirtd, /run and network are private (tests/system/private-host)."""
    ssh_nodes.furnish("/root")
    config, running = folder / "inventory", folder / "new.running"
    start_guests()
    start_nodes(folder / "nodes", running)
    control = Path("/run/havc/ssh")
    results = {}
    for name, words in COMMANDS.items():
        end_connections(control)
        cold = once(config, words)
        results[name] = {"cold": cold, "warm": [once(config, words) for _ in range(runs)]}
    end_connections(control)
    return results


def bench(runs, say):
    with tempfile.TemporaryDirectory(prefix="havc-bench-") as name:
        folder = Path(name)
        say(f"{plan.MACHINES} machines on {cib.HOSTS} nodes")
        prepare(folder)
        say(f"{cib.HOSTS} sshd")
        done = subprocess.run([str(ROOT / "tests/system/private-host"), "--stage", str(cib.STAGE), "--", sys.executable, __file__, name, str(runs)],
                              check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1]) | {"load": os.getloadavg()[0]}


def _median(each, key):
    return statistics.median(one[key] for one in each["warm"])


def table(results):
    lines = [f"{plan.MACHINES} machines, {cib.HOSTS} nodes, {GUESTS} guests on each; medians", "",
             f"{'':10}{'wall s':>9}{'worst':>9}{'cold':>9}{'CPU here':>10}{'of the rest':>13}"]
    for name in COMMANDS:
        each = results[name]
        worst = max(one["wall"] for one in each["warm"])
        lines.append(f"{name:10}{_median(each, 'wall'):9.2f}{worst:9.2f}{each['cold']['wall']:9.2f}{_median(each, 'cpu'):10.2f}{_median(each, 'others'):13.2f}")
    lines.append(f"\nThe machine's load was {results['load']:.0f}, on {os.cpu_count()} processors.")
    return "\n".join(lines)


def goals(results):
    wall = _median(results["health"], "wall")
    return [(f"health of {cib.HOSTS} nodes over open connections: under {GOAL:.0f} s", f"{wall:.2f} s", wall < GOAL)]


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]))))
