#!/usr/bin/python3
"""What can go wrong between a cluster and a chassis, one row each: the installed programs against simulated modules, in each way that
clusters call them. A row says how the modules stand before, what is asked, and what must have come of it: exit code, words of the
one-line reason, the bays' states, how many commands reached them, and how long the program's own process took.

HAVC_BUILD is a build folder with everything built. Exits with 77 where a host of its own cannot be made.
"""

import re
import sys
import unittest
from contextlib import ExitStack
from dataclasses import dataclass, field

sys.dont_write_bytecode = True
from chassis_host import Chassis, Community, User, main  # noqa: E402
from fencing_ways import WAYS, Request, failure  # noqa: E402

ON, OFF, STANDBY, HIBERNATE, UNKNOWN = "1", "0", "3", "4", "255"
AT_DEADLINE = "at the deadline"
TOLERANCE = 1  # second
BYSTANDER = 7  # a bay of another host in every module: nothing may ever happen to it


@dataclass(frozen=True)
class Module:
    """A management module: how it is started, what it is told then, and how its bays must stand in the end."""

    options: tuple
    tell: tuple
    states: dict  # of bays
    commands: dict  # that bays accepted


def module(*bays, options=(), access=("--community", "secret"), tell=(), states=None, commands=None):
    words = [word for bay in [*bays, f"{BYSTANDER}=node{BYSTANDER}"] for word in ("--bay", bay)]
    return Module((*access, "--latency", "200", *words, *options), tell, states or {}, commands or {})


@dataclass(frozen=True)
class Row:
    what: str
    modules: tuple
    reason: tuple = ()  # words of it; none: it succeeds silently
    action: str = "off"
    host: str = "node1"
    code: int = 0  # of success
    takes: object = None  # AT_DEADLINE, or seconds at most
    says: str = ""  # pattern of the whole standard output
    credentials: object = Community()
    deadline: int = 8
    kind: str = "ibmbc"
    more: dict = field(default_factory=dict)
    ways: tuple = ("stonith", "stdin")


def row(what, modules, reason="", **more):
    return Row(what, modules if isinstance(modules, tuple) else (modules,), tuple(filter(None, reason.split("; "))), **more)


FLEX = ("--face", "cmm")
HARD = {"no_softoff": "1"}
AGENT = ("stdin", "options")
ALICE = User()
WEAK = User("weak", auth="MD5", priv="DES")
AS_ALICE = ("--user", ALICE.option())
EVERY_WAY = tuple(WAYS)

USUAL = [
    row("off", module("3=node1", states={3: OFF}), ways=EVERY_WAY),
    row("on", module("3=node1,state=off", states={3: ON}, commands={3: 1}), action="on", ways=EVERY_WAY),
    row("reboot", module("3=node1", states={3: ON}, commands={3: 2}), action="reboot", ways=EVERY_WAY),
    row("off of what is off", module("3=node1,state=off", states={3: OFF}), ways=EVERY_WAY),
    row("monitor", module("3=node1", commands={3: 0}), action="monitor", host="", ways=EVERY_WAY),
    row("status on", module("3=node1", commands={3: 0}), action="status", says=r".*\bON\n", ways=AGENT),
    row("status off", module("3=node1,state=off", commands={3: 0}), action="status", code=2, says=r".*\bOFF\n", ways=AGENT),
    row("list", module("3=node1", "5=node2"), action="list", host="", says=r"3,node1\n5,node2\n7,node7\n", ways=AGENT),
    row("gethosts", module("3=node1", "5=node2"), action="list", host="", says=r"node1\nnode2\nnode7\n", ways=("stonith",)),
    row("a host of two bays", module("3=node1", "4=node1", states={3: OFF, 4: OFF}), ways=EVERY_WAY),
]

STATES = [
    row("unknown before off", module("3=node1", tell=("bay 3 state=255",), states={3: UNKNOWN}), "timed out; bay 3 (node1); unknown",
        takes=AT_DEADLINE),
    row("standby", module("3=node1,state=standby", states={3: OFF}, commands={3: 1})),
    row("hibernation", module("3=node1,state=hibernate", states={3: OFF}, commands={3: 1})),
    row("off ignored twice", module("3=node1,ignore=2", states={3: OFF}, commands={3: 3}), deadline=30, more=HARD),
    row("off ignored for ever", module("3=node1,ignore=99", states={3: ON}), "timed out; bay 3 (node1)", takes=AT_DEADLINE),
    row("soft off ignored", module("3=node1,softoff=ignore", states={3: OFF}, commands={3: 2}), ways=("stonith",), deadline=12),
    row("soft off refused", module("3=node1,softoff=refuse", states={3: OFF}, commands={3: 1}), ways=("stonith",), takes=5),
    row("a blade that needs 5 s", module("3=node1,latency=5000", states={3: OFF}), deadline=12, more=HARD),
]

IDENTITY = [
    row("two bays of one label, one empty", module("3=node1", "4=node1,exists=0", states={3: ON}, commands={3: 0, 4: 0}), "empty"),
    row("two bays of one label that lie apart", module("3=node1", "5=node1", commands={3: 0, 5: 0}), "node1"),
    row("a host in no bay", module("3=node2", commands={3: 0}), "node1"),
]

ACCESS = [
    row("a user of SHA and AES", module("3=node1", access=AS_ALICE, states={3: OFF}), credentials=ALICE, ways=EVERY_WAY),
    row("a user of MD5 and DES", module("3=node1", access=("--user", WEAK.option()), states={3: OFF}), credentials=WEAK),
    row("an unknown user", module("3=node1", access=AS_ALICE, commands={3: 0}), "user", credentials=User("bob"), takes=4),
    row("wrong authentication password", module("3=node1", access=AS_ALICE, commands={3: 0}), "password",
        credentials=User(password="otherpass"), takes=4),
    row("wrong privacy password", module("3=node1", access=AS_ALICE, commands={3: 0}), "timed out; Priv",
        credentials=User(priv_password="otherpass")),
    row("wrong privacy protocol", module("3=node1", access=AS_ALICE, commands={3: 0}), "timed out; Priv", credentials=User(priv="DES")),
    row("a user that may read", module("3=node1", access=("--read-only-user", ALICE.option()), states={3: ON}, commands={3: 0}),
        "write access", credentials=ALICE, takes=6),
    row("a community that may read", module("3=node1", access=("--read-only-community", "secret"), states={3: ON}, commands={3: 0}),
        "write access", takes=6),
    row("a bay that refuses", module("3=node1,refuse=1", states={3: ON}, commands={3: 0}), "write access", takes=6),
    row("wrong community", module("3=node1", access=("--community", "other"), commands={3: 0}), "timed out; no answer; community"),
]

NETWORK = [
    row("the first two packets lost", module("3=node1", tell=("drop 2",), states={3: OFF}), deadline=12, more=HARD),
    row("each answer 2 s late", module("3=node1", tell=("delay 2000",), states={3: OFF}), deadline=25, more=HARD),
    row("IPv6", module("3=node1", options=("--listen", "udp6:[::1]:0"), states={3: OFF}), ways=EVERY_WAY),
    row("the second of two addresses", (module("3=node1", tell=("silent on",), commands={3: 0}), module("3=node1", states={3: OFF})),
        deadline=20, more=HARD, ways=EVERY_WAY),
    row("silence at both addresses", (module("3=node1", tell=("silent on",)), module("3=node1", tell=("silent on",))), "timed out; no answer"),
    row("silence", module("3=node1", tell=("silent on",), commands={3: 0}), "timed out; no answer"),
]

KINDS = [
    row("a Flex System", module("3=node1", options=FLEX, states={3: OFF}), kind="ibmfx", ways=EVERY_WAY),
    row("a Flex System of Lenovo", module("3=node1", options=(*FLEX, "--sysdescr", "Lenovo Flex Chassis Management Module"), states={3: OFF}),
        kind="ibmfx"),
    row("a BladeCenter as a Flex System", module("3=node1", commands={3: 0}), "Flex System", kind="ibmfx"),
    row("a node in maintenance mode", module("3=node1,health=12", options=FLEX, states={3: OFF}), kind="ibmfx"),
]

ROWS = USUAL + STATES + IDENTITY + ACCESS + NETWORK + KINDS


class Scenarios(unittest.TestCase):
    def check(self, wanted, way):
        with ExitStack() as ends:
            modules = [Chassis(*each.options) for each in wanted.modules]
            for chassis, each in zip(modules, wanted.modules):
                ends.callback(chassis.end)
                for command in each.tell:
                    chassis.control(command)
            request = Request(wanted.action, wanted.host, tuple(each.address for each in modules), wanted.credentials, wanted.deadline,
                              wanted.kind, wanted.more)
            answer = WAYS[way](request)
            self.check_answer(wanted, way, request, answer)
            for chassis, each in zip(modules, wanted.modules):
                self.check_bays(chassis, each, answer)

    def check_answer(self, wanted, way, request, answer):
        self.assertEqual(answer.code, failure(way, wanted.action) if wanted.reason else wanted.code, answer)
        self.assertEqual(len(answer.reasons), 1 if wanted.reason else 0, answer)
        for words in wanted.reason:
            self.assertIn(words, answer.reasons[0], answer)
        self.assertRegex(answer.out, rf"^{wanted.says}$", answer)
        self.assertLess(answer.seconds, request.limit + TOLERANCE, answer)
        if wanted.takes == AT_DEADLINE:
            self.assertGreater(answer.seconds, request.limit - TOLERANCE, answer)
        elif wanted.takes:
            self.assertLess(answer.seconds, wanted.takes, answer)

    def check_bays(self, chassis, wanted, answer):
        for bay, state in wanted.states.items():
            self.assertEqual(chassis.bay(bay)[0], state, answer)
        for bay, commands in wanted.commands.items():
            self.assertEqual(chassis.bay(bay)[1], commands, answer)
        self.assertEqual(chassis.bay(BYSTANDER), (ON, 0), answer)


class Packets(unittest.TestCase):
    def test_14_bays_are_listed_with_16_packets_at_most(self):
        bays = [word for number in range(1, 15) for word in ("--bay", f"{number}=node{number}")]
        for way in ("stonith",):
            chassis = Chassis("--community", "secret", *bays)
            self.addCleanup(chassis.end)
            answer = WAYS[way](Request("list", "", (chassis.address,)))
            self.assertEqual((answer.code, answer.out.count("\n")), (0, 14), answer)
            self.assertLessEqual(chassis.packets(), 16)


def add_tests():
    for each in ROWS:
        for way in each.ways:
            name = re.sub(r"\W+", "_", f"test_{each.what}_by_{way}")
            assert not hasattr(Scenarios, name), name
            setattr(Scenarios, name, lambda self, each=each, way=way: self.check(each, way))


add_tests()

if __name__ == "__main__":
    main(threads=16)
