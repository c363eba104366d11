"""The command line of the lab: one function a command, each returning the exit code.

Exit codes: 0 done (for `on`: whatever the command returns), 1 a wait, a power change or a proof failed,
125 the lab itself cannot do it.
"""

import argparse
import os
import signal
import sys
import time

from havclab import chassis, cluster, guests, life, packages, power, proof
from havclab.state import ROOT, Lab, LabError

LAB_FAILED = 125


def main(arguments):
    options = make_parser().parse_args(arguments)
    try:
        return options.run(Lab(options.id), options)
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return LAB_FAILED
    except OSError as error:
        print(f"lab: {error}; is lab '{options.id}' being ended?", file=sys.stderr)
        return LAB_FAILED
    except KeyboardInterrupt:
        print("lab: interrupted", file=sys.stderr)
        return 130


class Progress:
    """Lines of what happened, with the seconds since the beginning."""

    def __init__(self):
        self._begin = time.monotonic()

    def __call__(self, text):
        print(f"[{time.monotonic() - self._begin:6.2f} s] {text}", flush=True)


def up(lab, options):
    life.check_machine()
    say = Progress()
    if lab.path.exists():
        raise LabError(f"lab '{lab}' exists already: end it with 'lab down --id {lab}', or use another --id")
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt)
    options.simulator = options.simulator or packages.simulator(lab, options.packages, options.stage)
    try:
        life.up(lab, options, say)
    except BaseException:
        # No second Ctrl-C may leave half a lab behind.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if options.keep_failed:
            say(f"kept as it is for a look; end it with 'lab down --id {lab}'")
        else:
            life.down(lab)
        raise
    return 0


def down(lab, _):
    life.down(lab)
    return 0


def status(lab, _):
    if not lab.is_up:
        print(f"lab '{lab}' is not up")
        others = sorted(path.name for path in ROOT.iterdir()) if ROOT.exists() else []
        if others:
            print(f"other labs: {', '.join(others)}")
        return 1
    view = cluster.look(lab)
    print(f"lab '{lab}' in {lab.path}; chassis simulator {'runs' if chassis.is_running(lab) else 'does not run'}")
    for host in lab.hosts():
        words = ["on" if power.is_on(host) else "off", "cable pulled" if host.is_cut else "connected"]
        if view:
            words.append("online" if host.name in view.online else "not online")
            words += ["DC"] if view.dc == host.name else []
            words += [name for name, hosts in sorted(view.running.items()) if host.name in hosts]
        print(f"  {host.name}  {host.address}  {', '.join(words)}")
    if view is None:
        print("  no host answers for the cluster")
    elif not view.quorate:
        print("  the cluster has no quorum")
    return 0


def on(lab, options):
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        raise LabError("'lab on HOST' needs a command, for example 'lab on n1 crm_mon -1'")
    line = power.entry(lab.host(options.host), command)
    sys.stdout.flush()
    os.execvp(line[0], line)


def cut(lab, options):
    power.cut(lab.host(options.host))
    return 0


def heal(lab, options):
    power.heal(lab.host(options.host))
    return 0


def kill(lab, options):
    power.off(lab.host(options.host))
    return 0


def set_power(lab, options):
    host = lab.host(options.host)
    try:
        (power.on if options.state == "on" else power.off)(host)
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    return 0


def hang(lab, options):
    power.hang(lab.host(options.host), options.daemon)
    return 0


def thaw(lab, options):
    power.thaw(lab.host(options.host), options.daemon)
    return 0


def wait(lab, options):
    condition, arguments = options.condition, options.arguments
    if condition == "ready":
        life.await_ready(lab, lambda text: None)
        return 0
    hosts = arguments or [host.name for host in lab.hosts()]
    conditions = {
        "quorate": lambda: cluster.quorate(lab),
        "dc": lambda: cluster.has_dc(lab),
        "idle": lambda: cluster.idle(lab),
        "online": lambda: cluster.online(lab, hosts),
        "offline": lambda: cluster.offline(lab, arguments),
        "off": lambda: not any(power.is_on(lab.host(name)) for name in arguments),
        "libvirt": lambda: all(cluster.libvirt_answers(lab.host(name)) for name in hosts),
        "running": lambda: cluster.running(lab, *arguments[:2]),
        "stopped": lambda: cluster.stopped(lab, arguments[0]),
        "prints": _prints(lab, arguments) if condition == "prints" else None,
    }
    if condition in ("offline", "off", "running", "stopped", "prints") and not arguments:
        raise LabError(f"'lab wait {condition}' needs a name")
    for name in arguments if condition in ("online", "offline", "off", "libvirt") else arguments[1:2] * (condition == "running"):
        lab.host(name)
    begin = time.monotonic()
    try:
        cluster.wait(" ".join([condition, *arguments]), conditions[condition], options.timeout)
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    print(f"{time.monotonic() - begin:.2f}")
    return 0


def guest(lab, options):
    if options.define:
        guests.define_on(lab.host(options.define), options.name, options.kind)
    else:
        print(guests.define(lab, options.name, options.kind))
    return 0


def list_guests(lab, _):
    for console in guests.consoles(lab):
        text = console.read_text(encoding="ascii", errors="replace")
        print(f"{console.stem}\t{console}\t{text.count(chr(10))} lines\t{text.rstrip().rpartition(chr(10))[2]}")
    return 0


def prove(lab, options):
    verdict = proof.examine(*guests.evidence(lab, options.name))
    print("\n".join(proof.table(verdict)))
    for fault in verdict.faults[:20]:
        print(f"FAULT {fault}")
    boots = "1 boot" if len(verdict.boots) == 1 else f"{len(verdict.boots)} boots"
    print(f"proven: {boots}, no count lost or repeated, no two at once" if verdict.proven else "NOT PROVEN")
    return 0 if verdict.proven else 1


def _prints(lab, arguments):
    """The guest has printed at least so many lines (default 1) since now."""
    if not arguments:
        return None
    name, lines = arguments[0], int(arguments[1]) if len(arguments) > 1 else 1
    path = lab.shared / "console" / f"{name}.log"

    def count():
        return path.read_bytes().count(b"\n") if path.exists() else 0

    goal = count() + lines
    return lambda: count() >= goal


def _interrupt(*_):
    raise KeyboardInterrupt


def _pair(text):
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError(f"'{text}' is not NAME=VALUE")
    return name, value


def make_parser():
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--id", default=os.environ.get("HAVC_LAB_ID", "lab"),
                        help="which lab (default: $HAVC_LAB_ID, or 'lab')")
    parser = argparse.ArgumentParser(prog="lab", description="Real Pacemaker hosts on one machine.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name, function, text):
        made = commands.add_parser(name, parents=[common], help=text, description=text)
        made.set_defaults(run=function)
        return made

    made = command("up", up, "make a lab")
    made.add_argument("--hosts", type=int, default=3, choices=range(1, 10), metavar="1..9", help="how many")
    product = made.add_mutually_exclusive_group()
    product.add_argument("--stage", metavar="DIR", help="a DESTDIR tree of 'cmake --install', laid over each host's /usr")
    product.add_argument("--packages", metavar="DIR", help="the Debian packages there are installed on each host, by dpkg")
    made.add_argument("--token", type=int, default=3000, metavar="MS", help="corosync token (10000 for sanitizer builds)")
    made.add_argument("--simulator", metavar="PROGRAM", help="the chassis simulator to start (default: that of the stage or the packages, or what is installed)")
    made.add_argument("--face", default="amm", help="the face the simulator shows (default: amm)")
    made.add_argument("--simulator-options", default="", metavar="TEXT", help="more for its command line")
    made.add_argument("--env", type=_pair, action="append", default=[], metavar="NAME=VALUE",
                      help="for all that Pacemaker and 'lab on' start")
    made.add_argument("--property", type=_pair, action="append", default=[], metavar="NAME=VALUE",
                      help="a cluster property to begin with")
    made.add_argument("--remote", action="append", default=[], metavar="HOST[=NODE]",
                      help="a Pacemaker Remote host, which the cluster calls NODE (default: HOST)")
    made.add_argument("--keep-failed", action="store_true", help="do not clean up when it fails")
    made.add_argument("--wait", action="store_true", help="return when the cluster and libvirt work")
    command("down", down, "end a lab and remove every trace of it")
    command("status", status, "show the hosts")
    made = command("on", on, "run a command on a host; its exit code is the command's")
    made.add_argument("host")
    made.add_argument("command", nargs=argparse.REMAINDER)
    for name, function, text in (("cut", cut, "pull a host's network cable"), ("heal", heal, "put the cable back"),
                                 ("kill", kill, "cut a host's power: everything on it ends at once")):
        command(name, function, text).add_argument("host")
    made = command("power", set_power, "switch a host; exit code 0 only when it is verified")
    made.add_argument("host")
    made.add_argument("state", choices=("on", "off"))
    for name, function, text in (("hang", hang, "stop a daemon as if it hung"), ("thaw", thaw, "let it go on")):
        made = command(name, function, text)
        made.add_argument("host")
        made.add_argument("daemon", help="for example libvirtd")
    made = command("wait", wait, "wait until something is so; prints the seconds it took")
    made.add_argument("--timeout", type=float, default=60, metavar="SECONDS", help="for how long")
    conditions = ("ready", "quorate", "dc", "idle", "online", "offline", "off", "libvirt", "running", "stopped", "prints")
    made.add_argument("condition", choices=conditions, metavar="CONDITION", help="one of " + ", ".join(conditions))
    made.add_argument("arguments", nargs="*", metavar="NAME",
                      help="hosts (online, offline, off, libvirt); RESOURCE [HOST] (running, stopped); GUEST [LINES] (prints)")
    made = command("guest", guest, "write the domain XML of a guest; prints its path on the hosts")
    made.add_argument("name")
    made.add_argument("--define", metavar="HOST", help="instead: define it in the libvirt of this host, and start it, as if there were no cluster")
    made.add_argument("--kind", default="counting", choices=guests.KINDS, metavar="KIND", help=f"what it does: {', '.join(guests.KINDS)} (default: counting)")
    command("guests", list_guests, "list the guests' consoles")
    command("proof", prove, "prove from its console that a counting guest never ran twice").add_argument("name")
    return parser
