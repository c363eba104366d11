#!/usr/bin/python3
"""Many rounds of start, monitor, stop, and many migrations to and fro, with real QEMU: nothing fails, and nothing is left over.

    private-host --stage DIR -- soak.py GUESTS [--rounds N] [--migrations N] [--lanes N]

The full soak is --rounds 1000 --migrations 200."""

import argparse
import collections
import os
import re
import statistics
import sys
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True
import hosts  # noqa: E402
from hosts import agent, until  # noqa: E402

# What an action may leave behind: a file as long as a resource has been started once, however often.
LASTING = re.compile(r"/run/resource-agents/.*\.lock$|/var/log/libvirt/qemu/[^/]*\.log$")
WATCHED = ["run", "tmp", "dev/shm", "var/lib/libvirt", "var/cache/libvirt", "var/log/libvirt"]


def files(host):
    found = set()
    for folder in WATCHED:
        for path, _, names in os.walk(host.root / folder):
            shown = "/" + os.path.relpath(path, host.root)
            found |= {f"{shown}/{name}" for name in names}
    return {name for name in found if not LASTING.search(name)}


def libvirtd(host):
    process = Path(f"/proc/{host.libvirtd()}")
    status = dict(re.findall(r"^(\w+):\s+(\d+)", (process / "status").read_text(), re.MULTILINE))
    return {"descriptors": len(list((process / "fd").iterdir())), "threads": int(status["Threads"]), "resident KiB": int(status["VmRSS"])}


class Leftovers:
    """What a host consists of while no guest is there."""

    def __init__(self, host):
        self.host = host
        self.processes = collections.Counter(host.processes().values())
        self.files = files(host)
        self.domains = host.virsh("list", "--all", "--name").stdout.split()
        self.libvirtd = libvirtd(host)

    def differs_from(self, before):
        wrong = [f"{self.host.name}: {what}: {found}" for what, found in
                 (("processes", dict(self.processes - before.processes)), ("files", sorted(self.files - before.files)), ("domains", self.domains))
                 if found]
        for what, now in self.libvirtd.items():
            if now > before.libvirtd[what] and what != "resident KiB":  # libvirt's own caches grow a little: told, not judged
                wrong.append(f"{self.host.name}: libvirtd's {what}: {before.libvirtd[what]}, then {now}")
        return wrong


class Soak:
    def __init__(self, stage, options):
        self.stage, self.options = stage, options
        self.seconds = collections.defaultdict(list)
        self.failures = []
        self.lock = threading.Lock()

    def act(self, action, guest, host, expected=0, **parameters):
        result = agent(action, guest, host, timeout=120, **parameters)
        with self.lock:
            self.seconds[action].append(result.seconds)
            if result.returncode != expected or result.killed:
                self.failures.append(f"{action} of {guest.name} on {host.name}: {result.returncode}, not {expected}: {result.stderr}")
                print(f"FAILED {self.failures[-1]}", flush=True)

    def round(self, guest, number):
        """Every fifth stop is forced."""
        host = self.stage.hosts[number % 2]
        guest.forget_console()
        self.act("start", guest, host)
        guest.wait_until_ready()
        self.act("monitor", guest, host, CRM_meta_interval="10000")
        self.act("monitor", guest, host, CRM_meta_interval="60000", OCF_CHECK_LEVEL="10")
        self.act("stop", guest, host, force_stop="1" if number % 5 == 0 else None)
        self.act("monitor", guest, host, expected=7)

    def rounds(self, guest, count):
        for number in range(count):
            self.round(guest, number)

    def migrations(self, guest, count):
        here, there = self.stage.hosts
        guest.forget_console()
        self.act("start", guest, here)
        guest.wait_until_ready()
        for _ in range(count):
            self.act("migrate_to", guest, here, CRM_meta_migrate_target=there.name, migration_transport="tcp")
            self.act("migrate_from", guest, there, CRM_meta_migrate_source=here.name)
            self.act("stop", guest, here)
            self.act("monitor", guest, there, CRM_meta_interval="10000")
            here, there = there, here
        self.act("stop", guest, here)

    def in_lanes(self, work, kind, total, base):
        """Shares `total` among threads, each with a guest of its own."""
        lanes = self.options.lanes
        threads = []
        for lane in range(lanes):
            guest = self.stage.guest(f"soak{base + lane}", base + lane, kind)
            threads.append(threading.Thread(target=self.guarded, args=(work, guest, (total + lanes - 1 - lane) // lanes)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def guarded(self, work, guest, count):
        try:
            work(guest, count)
        except Exception as error:  # a thread that ends early must not look like success
            self.failures.append(f"{guest.name}: {error!r}")

    def snapshot(self):
        return [Leftovers(host) for host in self.stage.hosts]

    def run(self):
        # The first of everything makes what stays: threads of libvirtd, its folders, its logs.
        self.in_lanes(self.rounds, "obedient", 2 * self.options.lanes, 100)
        self.in_lanes(self.migrations, "obedient", 2 * self.options.lanes, 100)
        before = self.snapshot()
        self.in_lanes(self.rounds, "obedient", self.options.rounds, 100)
        self.in_lanes(self.migrations, "obedient", self.options.migrations, 100)
        # A process that ends takes a moment; one that leaks stays.
        try:
            until(lambda: not self.leftovers(before), "all is gone", 30)
        except AssertionError:
            self.failures += self.leftovers(before)
        self.tell(before)

    def leftovers(self, before):
        return [word for now, then in zip(self.snapshot(), before) for word in now.differs_from(then)]

    def tell(self, before):
        for action, seconds in self.seconds.items():
            print(f"{action:14}{len(seconds):6} runs, median {statistics.median(seconds):6.2f} s, most {max(seconds):6.2f} s")
        for now, then in zip(self.snapshot(), before):
            print(f"libvirtd of {now.host.name}: " + ", ".join(f"{what} {then.libvirtd[what]}, then {now.libvirtd[what]}" for what in now.libvirtd))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("guests")
    parser.add_argument("--rounds", type=int, default=16)
    parser.add_argument("--migrations", type=int, default=6)
    parser.add_argument("--lanes", type=int, default=2)
    options = parser.parse_args()
    hosts.skip_unless_installed("virsh", "nsenter")
    begin = time.monotonic()
    with hosts.Stage(options.guests) as stage:
        soak = Soak(stage, options)
        soak.run()
    for failure in soak.failures:
        print(f"FAILED {failure}")
    print(f"{options.rounds} rounds, {options.migrations} migrations in {time.monotonic() - begin:.0f} s, {len(soak.failures)} failures")
    return 1 if soak.failures else 0


if __name__ == "__main__":
    sys.exit(main())
