#!/usr/bin/python3
"""The installed fencing programs against simulated modules, in each way that clusters call them. A row of fencing_table.py says how the
modules stand before, what is asked, and what must have come of it: exit code, words of the one-line reason, the bays' states, how many
commands reached them, and how long the program's own process took.

HAVC_BUILD is a build folder with everything built. Exits with 77 where a host of its own cannot be made.
"""

import re
import sys
import unittest
from contextlib import ExitStack

sys.dont_write_bytecode = True
from chassis_host import PROGRAMS, Chassis, Proxy, checked, main  # noqa: E402
from fencing_table import AT_DEADLINE, BYSTANDER, ELSEWHERE, EVERY_WAY, ON, ROWS  # noqa: E402
from fencing_ways import WAYS, Request, failure  # noqa: E402

TOLERANCE = 1  # second


class Scenarios(unittest.TestCase):
    def check(self, wanted, way):
        with ExitStack() as ends:
            modules = []
            for each in wanted.modules:
                modules.append(Chassis(*each.options))
                ends.callback(modules[-1].end)
                for command in each.tell:
                    modules[-1].control(command)
            peers = modules
            if wanted.proxy:
                peers = [Proxy(wanted.proxy, [each.address for each in modules])]
                ends.callback(peers[0].end)
            request = Request(wanted.action, wanted.host, tuple(each.address for each in peers), wanted.credentials, wanted.deadline,
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
        seen = f"{answer}\n{chassis.control('dump')}{chassis.control('log')}"
        for bay, state in wanted.states.items():
            self.assertEqual(chassis.bay(bay)[0], state, seen)
        for bay, commands in wanted.commands.items():
            self.assertEqual(chassis.bay(bay)[1], commands, seen)
        self.assertEqual(chassis.bay(BYSTANDER), (ON, 0), seen)


class Table(unittest.TestCase):
    def test_every_scenario_of_the_simulators_has_a_row(self):
        known = set(re.findall(r"^([a-z0-9][a-z0-9-]+)", checked(str(PROGRAMS / "havc-chassis-simulator"), "--list-scenarios"), re.MULTILINE))
        used = {each.what for each in ROWS} | {each.proxy for each in ROWS} | {each.scenario for row in ROWS for each in row.modules}
        self.assertGreater(len(known), 50)
        self.assertEqual(known - used - ELSEWHERE, set())


class Packets(unittest.TestCase):
    def test_14_bays_are_listed_with_16_packets_at_most(self):
        for way in EVERY_WAY:
            chassis = Chassis("--community", "secret", "--scenario", "full-chassis")
            self.addCleanup(chassis.end)
            answer = WAYS[way](Request("list", "", (chassis.address,)))
            self.assertEqual((answer.code, answer.out.count("\n")), (0, 14), answer)
            self.assertLessEqual(chassis.packets(), 16)


def add_tests():
    for each in ROWS:
        for way in each.ways:
            name = re.sub(r"\W+", "_", f"test_{each.what}_by_{way}")
            assert not hasattr(Scenarios, name), name
            def test(self, each=each, way=way):
                self.check(each, way)
            test.seconds = each.deadline
            setattr(Scenarios, name, test)


add_tests()

if __name__ == "__main__":
    main(threads=20)
