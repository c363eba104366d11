#!/usr/bin/python3
"""The demonstration: tells the main job on a lab of three Pacemaker hosts, live, with measured times and a proof at the end.

usage: demo.py [--stage DIR | --packages DIR] [--simulator PROGRAM] [--keep] [--id RUNID]    (default: what is installed)
"""

import argparse
import signal
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

from havclab import cluster, guests, life, packages, proof, story  # noqa: E402 (the path comes first)
from havclab.state import Lab, LabError  # noqa: E402

VM = "vm1"


class Voice:
    """Says what happens, with the time since the beginning, and remembers the table of the end."""

    def __init__(self):
        self.begin = time.monotonic()
        self.rows = []

    def say(self, text):
        print(f"[{time.monotonic() - self.begin:6.1f} s] {text}", flush=True)

    def row(self, what, seconds):
        self.rows.append((what, f"{seconds:.1f} s"))

    def print_table(self):
        width = max(len(what) for what, _ in self.rows)
        print("\nWhat happened" + " " * (width - 13) + "  took")
        for what, seconds in self.rows:
            print(f"{what.ljust(width)}  {seconds:>6}")


def tell(lab, voice):
    say = voice.say
    say("chapter 1: fencing and a virtual machine are configured with 'crm configure'")
    took = story.start(lab, VM)
    source = story.host_of(lab, VM)
    say(f"the machine '{VM}' runs on {source}; its console: {last_line(lab)}")
    voice.row(f"configured; '{VM}' started on {source} and counts", took)

    say("chapter 2: the machine moves to another host while it counts")
    source, target, took = story.migrate(lab, VM)
    say(f"'{VM}' has moved from {source} to {target} without a reboot; its console: {last_line(lab)}")
    voice.row(f"live migration {source} -> {target}, through the cluster", took)

    say("chapter 3: its host is cut off the network")
    lost, new, fenced, recovered = story.lose_host(lab, VM, say)
    say(f"'{VM}' runs on {new}; its console: {last_line(lab)}")
    voice.row(f"{lost} cut off -> switched off through the chassis", fenced)
    voice.row(f"{lost} cut off -> '{VM}' counts on {new}", recovered)

    say("chapter 4: the cable is put back")
    took = story.rejoin(lab, lost)
    say(f"{lost}, switched on again by the chassis, is a member of the cluster")
    voice.row(f"cable of {lost} put back -> member again", took)
    cluster.wait("the cluster has nothing left to do", lambda: cluster.idle(lab), 60)
    story.await_counting(lab, VM)


def last_line(lab):
    lines = guests.console_text(lab, VM).split("\n")
    return f"boot and count {lines[-2]}" if len(lines) > 1 else "nothing yet"


def show_proof(lab):
    verdict = proof.examine(*guests.evidence(lab, VM))
    print(f"\nProof from the console of '{VM}': each boot prints a random number with a counter")
    print("\n".join(proof.table(verdict)))
    for fault in verdict.faults:
        print(f"FAULT {fault}")
    print("no two boots overlap, and no count was lost or repeated" if verdict.proven else "NOT PROVEN")
    return verdict.proven and len(verdict.boots) == 2


def farewell(lab):
    program = Path(sys.argv[0]).resolve().parent / "lab"
    shown = program.relative_to(Path.cwd()) if program.is_relative_to(Path.cwd()) else program
    option = "" if lab.id == "lab" else f" --id {lab.id}"
    print(f"""
The lab is left running. Look around:
  {shown} status{option}
  {shown} on{option} n1 crm_mon -1
  {shown} on{option} n1 crm configure show
  {shown} guests{option}
  {shown} cut{option} n2        (heal, kill, hang n2 libvirtd, …; see '{shown} --help')
End it with
  {shown} down{option}""")


def make_parser():
    parser = argparse.ArgumentParser(prog="demo")
    product = parser.add_mutually_exclusive_group()
    product.add_argument("--stage", help="a DESTDIR tree (default: what is installed on this machine)")
    product.add_argument("--packages", help="a folder of Debian packages, which dpkg installs on the hosts")
    parser.add_argument("--simulator", help="the chassis (default: that of the stage or the packages, or what is installed)")
    parser.add_argument("--keep", action="store_true", help="leave the lab running")
    parser.add_argument("--id", default="lab", help="which lab")
    return parser


def main():
    options = make_parser().parse_args()
    lab, voice = Lab(options.id), Voice()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    if lab.path.exists():
        print(f"demo: lab '{lab}' is up already; end it with 'tests/lab/lab down --id {lab}'", file=sys.stderr)
        return 1
    # freeze: the host that is cut off keeps its guest until the chassis takes the power away.
    plan = life.Plan(stage=options.stage, packages=options.packages, simulator=options.simulator or packages.simulator(lab, options.packages, options.stage),
                     property=[("no-quorum-policy", "freeze")], wait=True)
    keep = False
    try:
        life.check_machine()
        voice.say("three hosts and a chassis are switched on")
        begin = time.monotonic()
        life.up(lab, plan, lambda text: voice.say(f"  {text}"))
        voice.row("three hosts switched on -> one cluster", time.monotonic() - begin)
        tell(lab, voice)
        voice.print_table()
        proven = show_proof(lab)
        keep = options.keep
        return 0 if proven else 1
    except LabError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("demo: interrupted; cleaning up", file=sys.stderr)
        return 130
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # no second Ctrl-C may leave half a lab behind
        if keep:
            farewell(lab)
        else:
            life.down(lab)


if __name__ == "__main__":
    sys.exit(main())
