"""Plays the matrix: one lab a system, one fault after the other, and writes what was seen after each of them."""

import argparse
import os
import shutil
import signal
import sys
import time
from pathlib import Path

from faults import report
from faults import system as systems
from faults.fault import play
from faults.rows import FAULTS
from faults.stage import Stage
from havclab import life
from havclab.state import Lab, LabError

ROOT = Path(__file__).resolve().parents[3]
BUILD = ROOT / "build" if (ROOT / "packaging").is_dir() else None  # none: it runs from a package, and all of havc is installed
STAGE = os.environ.get("HAVC_STAGE", BUILD and BUILD / "stage")
SIMULATOR = os.environ.get("HAVC_SIMULATOR", BUILD / "release/bin/havc-chassis-simulator" if BUILD else "/usr/bin/havc-chassis-simulator")


def main(arguments):
    options = make_parser().parse_args(arguments)
    faults = [fault for fault in FAULTS if (fault.essential if options.essential else options.only is None or fault.name in options.only)]
    if options.list:
        print("\n".join(f"{fault.name:28}{fault.text}: {fault.expected}" for fault in faults))
        return 0
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    names = options.system or list(systems.SYSTEMS)
    results = report.update(options.out, FAULTS, lambda known: None if options.resume else _forget(known, faults, names))
    try:
        life.check_machine()
    except LabError as reason:
        print(f"skipped: {reason}")
        return 77
    try:
        for name in names:
            rest = [fault for fault in faults if (fault.name, name) not in results or results[fault.name, name]["error"]]
            if rest:
                _play_system(systems.SYSTEMS[name], rest, options)
        results = report.read(options.out)
    except LabError as error:
        print(f"matrix: {error}", file=sys.stderr)
        return 125
    except KeyboardInterrupt:
        print(f"matrix: interrupted; go on with --resume --out {options.out}", file=sys.stderr)
        return 130
    print("\n".join(report.summary(FAULTS, results)))
    print(f"table: {options.out.with_suffix('.md')}, with all that was seen: {options.out}")
    return 0 if not options.check or all(results[fault.name, "havc"]["as_expected"] for fault in faults) else 1


def _forget(results, faults, names):
    for fault in faults:
        for name in names:
            results.pop((fault.name, name), None)


def _play_system(system, faults, options):
    lab = Lab(f"{options.id}-{system.name}")
    begin = time.monotonic()
    plan = life.Plan(hosts=len(systems.HOSTS), stage=options.stage and str(options.stage), property=systems.PROPERTIES)
    try:
        life.up(lab, plan, lambda text: None)
        for number, fault in enumerate(faults, 1):
            began = time.monotonic()
            stage = Stage(lab, system, str(options.simulator), lambda text: print(f"    {text}", flush=True))
            outcome = play(fault, stage)
            seen = {(fault.name, system.name): outcome.as_json() | {"took": round(time.monotonic() - began, 1)}}
            report.update(options.out, FAULTS, lambda known, seen=seen: known.update(seen))
            _tell(f"[{time.monotonic() - begin:6.0f} s] {system.name} {number}/{len(faults)} {fault.name}", outcome, time.monotonic() - began)
            if options.keep_logs:
                _keep_logs(lab, options.out.with_suffix(".logs") / f"{fault.name}-{system.name}")
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # no second Ctrl-C may leave half a lab behind
        life.down(lab)
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _tell(head, outcome, took):
    verdict = "could not be played: " + outcome.error if outcome.error else "as expected" if outcome.as_expected else "NOT as expected"
    print(f"{head}: {verdict} ({took:.0f} s)", flush=True)
    details = {"ran twice": outcome.twice, "fenced needlessly": outcome.needless, "interrupted": outcome.interrupted, "down": outcome.down,
               "missed": outcome.misses, "proof": outcome.proof, "noted": outcome.notes,
               "told": outcome.told_in_short if outcome.told_in_short != "nothing" else ""}
    for what, value in details.items():
        if value:
            print(f"      {what}: {value}", flush=True)


def _keep_logs(lab, folder):
    """The hosts' logs, for who wants to know why; the next fault throws them away."""
    shutil.rmtree(folder, ignore_errors=True)
    for host in lab.hosts():
        shutil.copytree(host.disk / "var/log", folder / host.name, dirs_exist_ok=True, ignore_dangling_symlinks=True)
    shutil.copytree(lab.shared / "console", folder / "console", dirs_exist_ok=True)
    if (lab.chassis / "simulator.log").exists():
        shutil.copy(lab.chassis / "simulator.log", folder)


def _interrupt(*_):
    raise KeyboardInterrupt


def _names(text):
    names = text.split(",")
    unknown = sorted(set(names) - {fault.name for fault in FAULTS})
    if unknown:
        raise argparse.ArgumentTypeError(f"no fault {', '.join(unknown)}: --list shows them")
    return names


def make_parser():
    parser = argparse.ArgumentParser(prog="matrix", description="What a cluster does when things break: our agents, and those people use today.")
    parser.add_argument("--list", action="store_true", help="the faults")
    parser.add_argument("--only", type=_names, metavar="FAULT[,FAULT...]", help="these alone")
    parser.add_argument("--essential", action="store_true", help="the few that every test run plays")
    parser.add_argument("--system", action="append", choices=systems.SYSTEMS, help="this system only (default: both)")
    parser.add_argument("--resume", action="store_true", help="play what --out has no outcome of yet")
    parser.add_argument("--check", action="store_true", help="exit with 1 unless all is as expected with havc")
    parser.add_argument("--keep-logs", action="store_true", help="the hosts' logs of each row, beside --out")
    parser.add_argument("--out", type=Path, default=(BUILD or Path.cwd()) / "matrix.json", metavar="FILE.json", help="the outcomes; FILE.md is the table")
    parser.add_argument("--id", default="matrix", help="prefix of the labs' ids")
    parser.add_argument("--stage", default=STAGE, help="what packaging/stage made (default: build/stage, or what is installed)")
    parser.add_argument("--simulator", default=SIMULATOR, help="the chassis simulator")
    return parser
