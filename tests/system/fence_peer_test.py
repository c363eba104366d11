#!/usr/bin/python3
"""Side by side with fence_ibmblade of the fence-agents, on the same simulated chassis: what each says, and what then is true. The peer's
mistakes are asserted, too: the day they are mended, a row here wants to be changed.

HAVC_BUILD is a build folder with everything built. Exits with 77 where a host of its own cannot be made.
"""

import os
import re
import sys
import time
import unittest
from dataclasses import dataclass

sys.dont_write_bytecode = True
from chassis_host import FOLDER, Chassis, main, run  # noqa: E402

ON, OFF, STANDBY, HIBERNATE, UNKNOWN = "1", "0", "3", "4", "255"
DONE, FAILED, IS_OFF = 0, 1, 2
WRITING = ("--community", "secret")


@dataclass(frozen=True)
class Side:
    """What an agent answers, words of what it says, and the bay's state afterwards."""

    code: int
    words: str
    state: str


@dataclass(frozen=True)
class Row:
    what: str
    peer: Side
    ours: Side
    tell: tuple = ()
    action: str = "off"
    access: tuple = WRITING
    deadline: int = 10


def nothing_said(state):
    return Side(DONE, "", state)


ROWS = [
    Row("a bay that is on", Side(DONE, "Powered OFF", OFF), nothing_said(OFF)),
    Row("reboot", Side(DONE, "Rebooted", ON), nothing_said(ON), action="reboot"),
    Row("a blade that the module has lost", Side(DONE, "Already OFF", UNKNOWN), Side(FAILED, "timed out", UNKNOWN), ("bay 3 state=255",)),
    Row("a blade that the module has lost", Side(IS_OFF, "OFF", UNKNOWN), Side(FAILED, "unknown", UNKNOWN), ("bay 3 state=255",), "status"),
    Row("a blade in standby", Side(DONE, "Already OFF", STANDBY), nothing_said(OFF), ("bay 3 state=3",)),
    Row("a blade in hibernation", Side(DONE, "Already OFF", HIBERNATE), nothing_said(OFF), ("bay 3 state=4",)),
    Row("an empty bay", Side(DONE, "Already OFF", OFF), Side(FAILED, "empty", OFF), ("bay 3 exists=0", "bay 3 state=0")),
    Row("a community that may read", Side(FAILED, "noSuchName", ON), Side(FAILED, "write access", ON), access=("--read-only-community", "secret")),
    Row("a module that hears nothing", Side(FAILED, "Timeout: No Response", ON), Side(FAILED, "timed out", ON), ("silent on",)),
    Row("the first two packets lost", Side(DONE, "Powered OFF", OFF), nothing_said(OFF), ("drop 2",), deadline=20),
    Row("the first six packets lost", Side(FAILED, "Timeout: No Response", ON), nothing_said(OFF), ("drop 6",), deadline=40),
    Row("each answer 3 s late", Side(DONE, "Powered OFF", OFF), nothing_said(OFF), ("delay 3000",), deadline=55),
    Row("each answer 7 s late", Side(FAILED, "Timeout: No Response", ON), nothing_said(OFF), ("delay 7000",), deadline=55),
]


def settings(program, chassis, action, deadline=10, community="secret"):
    """Both as Pacemaker starts them: parameters on standard input."""
    host, port = chassis.address.rsplit(":", 1)
    values = {"action": action, "ip": host, "ipport": port, "snmp_version": "1", "community": community, "plug": "3", "nodename": "node1"}
    if program == "fence_ibmbc":
        values["power_timeout"] = deadline
    return "".join(f"{name}={value}\n" for name, value in values.items())


class SideBySide(unittest.TestCase):
    TABLE = []

    def check(self, wanted, program, side):
        chassis = Chassis(*wanted.access, "--latency", "200", "--bay", "3=node1", "--bay", "7=node7")
        self.addCleanup(chassis.end)
        for command in wanted.tell:
            chassis.control(command)
        begin = time.monotonic()
        result = run(program, input=settings(program, chassis, wanted.action, wanted.deadline))
        seconds = time.monotonic() - begin
        said = " ".join((result.stdout + result.stderr).split())
        state, commands = chassis.bay(3)
        self.TABLE.append((f"{wanted.action}: {wanted.what}", program, result.returncode, state, commands, seconds, said))
        self.assertEqual((result.returncode, state), (side.code, side.state), said)
        self.assertIn(side.words, said)
        self.assertEqual(chassis.bay(7), (ON, 0))


def add_tests():
    for number, each in enumerate(ROWS):
        for program, side in (("fence_ibmblade", each.peer), ("fence_ibmbc", each.ours)):
            setattr(SideBySide, f"test_{number:02}_{program}_{each.what.replace(' ', '_')}",
                    lambda self, each=each, program=program, side=side: self.check(each, program, side))


add_tests()


class Secrets(unittest.TestCase):
    """What `ps` shows to every user of the machine. snmpget wipes its own words once it has read them: a moment is enough."""

    def commands(self, program):
        """The programs that were started with the secret among their words, and how many were started."""
        secret = f"secret-of-{program}"
        chassis = Chassis("--community", secret, "--bay", "3=node1")
        self.addCleanup(chassis.end)
        trace = FOLDER / f"trace-{program}"
        result = run("strace", "-f", "-qq", "-s", "1000", "-e", "trace=execve", "-o", str(trace), program,
                     input=settings(program, chassis, "status", community=secret), env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
        self.assertEqual(result.returncode, 0, result.stderr)
        started = [line for line in trace.read_text().splitlines() if line.endswith(" = 0")]
        return {re.search(r'execve\("([^"]*)"', line).group(1) for line in started if secret in line}, len(started)

    def test_the_peers_children_show_them(self):
        self.assertEqual(self.commands("fence_ibmblade")[0], {"/usr/bin/snmpget"})

    def test_ours_are_nowhere(self):
        self.assertEqual(self.commands("fence_ibmbc"), (set(), 1))


def print_table():
    print(f"\n{'':44} {'':14} exit state SETs  took  said")
    for what, program, code, state, commands, seconds, said in sorted(SideBySide.TABLE, key=lambda each: (each[0], each[1])):
        print(f"{what:44} {program:14} {code:4} {state:>5} {commands:4} {seconds:5.1f}  {said[:100]}")


if __name__ == "__main__":
    main("fence_ibmblade", "strace", threads=8, after=print_table)
