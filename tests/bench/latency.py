"""How long a stop takes once the guest has powered off, and a start beyond what libvirt itself needs, on one host of the lab.
This file runs twice: in tests/bench/run, which calls bench(), and as a program on the host."""

import ctypes
import json
import os
import select
import statistics
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
from agents import OURS, PATH, PEER, Spawned, ask, call, config, configure, run_once, say, wait_until  # noqa: E402

RUNS = 20
GUEST = "vm1"
CONSOLE = Path(f"/srv/havc/console/{GUEST}.log")
PIDFILE = Path(f"/run/libvirt/qemu/{GUEST}.pid")
MOST_AFTER_POWEROFF = 50  # ms
MINE, THEIRS, BARE = "LibvirtQemu", "VirtualDomain", "virsh create"
AGENTS = {MINE: OURS, THEIRS: PEER}
STOPS = {"after_poweroff_ms": "guest's power-off to end of stop", "qemu_ms": "  of it, until QEMU's end",
         "libvirt_ms": "  from there to libvirt's", "after_libvirt_ms": "  from there to the stop's"}


# --- on the host ---

def virsh(*words):
    return ["/usr/bin/virsh", "--connect", "qemu:///system", "--quiet", *words], {"PATH": PATH}


def count_in_console(word):
    return CONSOLE.read_text().count(word) if CONSOLE.exists() else 0


def start(system):
    """One start; returns its wall time in ms. The guest has booted when this returns."""
    boots = count_in_console("ready")
    words = call(AGENTS[system], "start", GUEST) if system in AGENTS else virsh("create", config(GUEST))
    _, wall = run_once(*words)
    wait_until(lambda: count_in_console("ready") > boots, "the guest has booted")
    return wall


class ConsoleWatch:
    """Readable when the guest has printed: inotify of its console file."""

    IN_MODIFY = 2

    def __init__(self):
        libc = ctypes.CDLL(None, use_errno=True)
        self.number = libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
        if self.number < 0 or libc.inotify_add_watch(self.number, bytes(CONSOLE), self.IN_MODIFY) < 0:
            raise OSError(ctypes.get_errno(), "inotify")

    def drain(self):
        os.read(self.number, 65536)


class LibvirtWatch:
    """Readable when libvirt says of any guest that it has come or gone; begun once, before the first."""

    def __init__(self):
        words, settings = virsh("event", "--event", "lifecycle", "--loop")
        self._virsh = subprocess.Popen(["/usr/bin/stdbuf", "-oL", *words], env=settings, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.number = self._virsh.stdout.fileno()
        os.set_blocking(self.number, False)

    def drain(self):
        """Whether a guest has gone, as libvirt says it when it has put everything away."""
        return b"Stopped" in os.read(self.number, 65536)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._virsh.kill()
        self._virsh.wait()


def stop(agent, libvirt):
    """One stop, watched from outside: the guest's last word, which it says right before it powers off; the end of QEMU; libvirt's end
    with the guest; and the end of the action. All in seconds of one clock."""
    farewells = count_in_console("off\n")
    qemu, console = os.pidfd_open(int(PIDFILE.read_text())), ConsoleWatch()
    with suppress(BlockingIOError):
        libvirt.drain()  # of earlier guests
    action = Spawned(*call(agent, "stop", GUEST))
    handle = os.pidfd_open(action.pid)
    poll, seen = select.poll(), {}
    for number in (console.number, libvirt.number, qemu, handle):
        poll.register(number, select.POLLIN)
    while not {"qemu", "libvirt", "action"} <= seen.keys():
        ready = [number for number, _ in poll.poll(150_000)]
        now = time.monotonic()
        if not ready:
            raise RuntimeError("the guest or its stop does not end")
        if console.number in ready:
            console.drain()
            if "qemu" not in seen:
                seen["poweroff"] = now
        if libvirt.number in ready and libvirt.drain():
            seen["libvirt"] = now
        for number, what in ((qemu, "qemu"), (handle, "action")):
            if number in ready:
                seen[what] = now
                poll.unregister(number)
    action.end()
    for number in (console.number, qemu, handle):
        os.close(number)
    if count_in_console("off\n") != farewells + 1:
        raise RuntimeError("the guest did not power off by itself")
    return {"after_poweroff_ms": 1000 * (seen["action"] - seen["poweroff"]), "qemu_ms": 1000 * (seen["qemu"] - seen["poweroff"]),
            "libvirt_ms": 1000 * (seen["libvirt"] - seen["qemu"]), "after_libvirt_ms": 1000 * (seen["action"] - seen["libvirt"])}


def end_quietly():
    """The end of a guest that nobody measures."""
    run_once(*virsh("destroy", GUEST))


def gone():
    return GUEST not in ask("virsh", "--connect", "qemu:///system", "--quiet", "list", "--all", "--name").split()


def inside(runs):
    starts, stops = {name: [] for name in (BARE, *AGENTS)}, {name: [] for name in AGENTS}
    configure([GUEST])
    begin = time.monotonic()
    with LibvirtWatch() as libvirt:
        for turn in range(-1, runs):  # the first is for the caches
            for name in starts:
                took = start(name)
                watched = stop(AGENTS[name], libvirt) if name in AGENTS else end_quietly()
                wait_until(gone, "libvirt has forgotten the guest")
                if turn >= 0:
                    starts[name].append(took)
                    stops.get(name, []).append(watched)
            if (turn + 1) % 5 == 0 and turn >= 0:
                say(f"{turn + 1} of {runs} turns, {time.monotonic() - begin:.0f} s")
    print(json.dumps({"start_ms": starts, "stop": stops}))


# --- in tests/bench/run ---

def bench(runs, say):
    """{"runs": number, "start_ms": {system: [ms]}, "stop": {agent: [{what: ms}]}}"""
    from one_host import one_host  # the host, which runs this file, too, does not have the lab
    with one_host("latency", say) as host:
        host.define([GUEST], "unhurried")
        return {"runs": runs, **host.run("latency.py", runs, say=say, seconds=1200)}


def table(results):
    lines = [f"one guest started and stopped by turns, {results['runs']} times each; wall time in ms\n",
             f"{'what':36}{'by':16}{'median':>9}{'worst':>9}{'beyond virsh create':>21}"]
    bare = statistics.median(results["start_ms"][BARE])
    for name, taken in results["start_ms"].items():
        beyond = f"{statistics.median(taken) - bare:21.1f}" if name != BARE else ""
        lines.append(f"{'start':36}{name:16}{statistics.median(taken):9.1f}{max(taken):9.1f}{beyond}")
    for what, text in STOPS.items():
        for name, watched in results["stop"].items():
            taken = [each[what] for each in watched]
            lines.append(f"{text:36}{name:16}{statistics.median(taken):9.1f}{max(taken):9.1f}")
    return "\n".join(lines)


def goals(results):
    def taken(name, what):
        numbers = [each[what] for each in results["stop"][name]]
        return f"{statistics.median(numbers):.0f} ms, at worst {max(numbers):.0f}", statistics.median(numbers) < MOST_AFTER_POWEROFF

    bare, mine, theirs = (statistics.median(results["start_ms"][name]) for name in (BARE, MINE, THEIRS))
    theirs_stop = f"; VirtualDomain {taken(THEIRS, 'after_poweroff_ms')[0]}"
    words, met = taken(MINE, "after_poweroff_ms")
    found = [(f"stop: ends within {MOST_AFTER_POWEROFF} ms of the guest's power-off", words + theirs_stop, met)]
    words, met = taken(MINE, "after_libvirt_ms")
    return [*found, (f"stop: ends within {MOST_AFTER_POWEROFF} ms of libvirt's own end", words, met),
            ("start: less beyond virsh create than VirtualDomain", f"{mine - bare:.0f} ms; VirtualDomain {theirs - bare:.0f} ms", mine < theirs)]


if __name__ == "__main__":
    inside(int(sys.argv[1]))
