#!/usr/bin/python3
"""The installed fence agents as Pacemaker, pcs and the fence-agents' own test suite call them: what is read from standard input, what is
honoured, what is said. What can go wrong with the chassis is fencing_scenarios_test.py's matter.

HAVC_BUILD is a build folder with everything built. Exits with 77 where a host of its own cannot be made.
"""

import ctypes
import os
import socket
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
from chassis_host import FOLDER, Chassis, checked, configuration, installed, main, run  # noqa: E402

SCHEMAS = [Path("/usr/share/cluster/relaxng/metadata.rng"), Path("/usr/share/pcs/data/ocf-1.0.rng")]
AGENTS = ("fence_ibmbc", "fence_ibmfx")
SLACK = 10  # seconds that a loaded machine may add; without an end they would be a hundred
# What the suite's delay-check sends besides, to every agent.
SUITES_OWN = {"login": "test", "passwd": "test", "ipaddr": "test", "port": "test", "managed": "test", "devices": "test",
              "session_url": "http://test", "email": "test@example.com", "ping_targets": "localhost"}


def lines(**values):
    return "".join(f"{name}={value}\n" for name, value in values.items())


class Delay(unittest.TestCase):
    """Ends a race of two nodes that fence each other: nothing may come before it, and nothing may make it shorter."""

    def timed(self, *words, **more):
        begin = time.monotonic()
        result = run("fence_ibmbc", *words, **more)
        return result, time.monotonic() - begin

    def test_it_is_kept_though_nothing_else_is_right(self):
        result, seconds = self.timed(input=lines(**SUITES_OWN, delay=10))
        self.assertEqual((result.returncode, result.stderr.count("\n")), (1, 1), result.stderr)
        self.assertGreaterEqual(seconds, 10)

    def test_it_is_kept_as_an_option(self):
        result, seconds = self.timed("--delay", "10", "-l", "test", "-p", "test", "-a", "test", "-n", "test")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertGreaterEqual(seconds, 10)

    def test_nothing_is_sent_before(self):
        chassis = Chassis("--community", "secret", "--latency", "100", "--bay", "3=node1")
        self.addCleanup(chassis.end)
        conf = configuration("defVersion 1\ndefCommunity secret\n")
        packets = []
        look = threading.Timer(2.5, lambda: packets.append(chassis.packets()))
        look.start()
        result, seconds = self.timed(input=lines(action="off", plug=3, ip=chassis.address, snmp_conf_path=conf, delay=4))
        look.join()
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertGreaterEqual(seconds, 4)
        self.assertEqual((packets, chassis.bay(3)[0]), ([0], "0"))

    def test_no_name_is_looked_up_before(self):
        servers = FOLDER / "resolv.conf"
        servers.write_text("nameserver 127.0.0.1\n")
        checked("mount", "--bind", str(servers), "/etc/resolv.conf")
        self.addCleanup(checked, "umount", "/etc/resolv.conf")
        conf = configuration("defVersion 1\ndefCommunity secret\n")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind(("127.0.0.1", 53))
            server.settimeout(60)
            asked = []
            listener = threading.Thread(target=lambda: (server.recv(2048), asked.append(time.monotonic())))
            begin = time.monotonic()
            listener.start()
            result, _ = self.timed(input=lines(action="off", plug=3, ip="amm1.example.com", snmp_conf_path=conf, delay=3, power_timeout=5))
            listener.join()
        self.assertEqual(result.returncode, 1)
        self.assertIn("no name server", result.stderr)
        self.assertGreaterEqual(asked[0] - begin, 3)

    def test_questions_are_not_delayed(self):
        chassis = Chassis("--community", "secret", "--bay", "3=node1")
        self.addCleanup(chassis.end)
        conf = configuration("defVersion 1\ndefCommunity secret\n")
        for action in ("status", "monitor", "list", "list-status"):
            result, seconds = self.timed(input=lines(action=action, plug=3, ip=chassis.address, snmp_conf_path=conf, delay=30))
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertLess(seconds, 30)


class Input(unittest.TestCase):
    def setUp(self):
        self.chassis = Chassis("--community", "secret", "--latency", "100", "--bay", "3=node1", "--bay", "5=node2", "--bay", "6=node3,state=off")
        self.addCleanup(self.chassis.end)
        self.conf = configuration("defVersion 1\ndefCommunity secret\n")

    def call(self, text, code=0, **values):
        result = run("fence_ibmbc", input=text + lines(**{"ip": self.chassis.address, "snmp_conf_path": self.conf, **values}))
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(result.stderr.count("\n"), 0 if code != 1 else 1, result.stderr)
        return result.stdout

    def test_unknown_names_comments_and_blanks_are_ignored_silently(self):
        self.call("# comment\n\n   \nmanaged=1\npcmk_host_map=n1:3\nno equals sign\naction=off\nplug=3\n")
        self.assertEqual(self.chassis.bay(3), ("0", 1))

    def test_the_last_of_several_counts(self):
        self.call("action=off\nplug=3\naction=status\nplug=5\n")
        self.assertEqual((self.chassis.bay(3), self.chassis.bay(5)), (("1", 0), ("1", 0)))

    def test_a_pair_of_quotes_and_dashes_in_names_do_not_matter(self):
        self.call(f'action="off"\nplug="5"\nsnmp-conf-path="{self.conf}"\n', snmp_conf_path=self.conf)
        self.assertEqual(self.chassis.bay(5), ("0", 1))

    def test_old_names_work(self):
        host, port = self.chassis.address.rsplit(":", 1)
        result = run("fence_ibmbc", input=lines(action="off", ipaddr=host, ipport=port, port=3, snmp_conf_path=self.conf, login="", passwd=""))
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(self.chassis.bay(3), ("0", 1))

    def test_the_node_is_the_plug_when_none_is_given(self):
        self.call("action=off\nnodename=NODE2\n")
        self.assertEqual(self.chassis.bay(5), ("0", 1))

    def test_several_plugs_are_all_switched(self):
        self.call("action=off\nnodename=whatever\nplug=3,5\n")
        self.assertEqual((self.chassis.bay(3)[0], self.chassis.bay(5)[0]), ("0", "0"))

    def test_reboot_is_the_default(self):
        self.call("plug=3\n")
        self.assertEqual(self.chassis.bay(3), ("1", 2))

    def test_status_tells_on_off_and_unknown(self):
        self.chassis.control("bay 5 state=255")
        for plug, code in ((3, 0), (6, 2), (5, 1)):
            self.call("action=status\n", code, plug=plug)

    def test_list_status_tells_each(self):
        self.chassis.control("bay 5 state=255")
        self.assertEqual(self.call("action=list-status\n"), "3,node1,ON\n5,node2,UNKNOWN\n6,node3,OFF\n")
        self.assertEqual(self.call("action=list-status\nseparator=|\n").split("\n")[0], "3|node1|ON")

    def test_validation_finds_what_is_wrong_and_switches_nothing(self):
        self.call("action=validate-all\n", plug=3)
        self.call("action=validate-all\n", 1, host_map="nonsense")
        self.call("action=validate-all\n", 1, host_map="node9:99")
        self.assertEqual(self.chassis.bay(3), ("1", 0))

    def test_an_unknown_action_is_a_failure(self):
        self.call("action=enable\n", 1, plug=3)


class HangingFiles(unittest.TestCase):
    """A FUSE file system whose server never answers: it holds who looks at it in a sleep that ends with a kill alone."""

    def setUp(self):
        try:
            server = os.open("/dev/fuse", os.O_RDWR)
        except OSError as error:
            self.skipTest(str(error))
        self.addCleanup(os.close, server)
        self.folder = FOLDER / f"hanging-{server}"
        self.folder.mkdir()
        options = f"fd={server},rootmode=40000,user_id=0,group_id=0"
        if ctypes.CDLL(None).mount(b"hanging", bytes(self.folder), b"fuse", 0, options.encode()) != 0:
            self.skipTest("no FUSE here")
        self.addCleanup(checked, "umount", "-l", str(self.folder))

    def check(self, program, *words, **more):
        begin = time.monotonic()
        result = run(program, *words, **more)
        seconds = time.monotonic() - begin
        self.assertEqual((result.returncode, result.stderr.count("\n")), (1, 1), result.stderr)
        self.assertIn("timed out", result.stderr)
        self.assertTrue(5 <= seconds < 6 + SLACK, seconds)

    def test_an_agent_ends_at_its_deadline(self):
        self.check("fence_ibmbc", input=lines(action="off", plug=3, ip="127.0.0.1", snmp_conf_path=self.folder, deadline=5))

    def test_an_agent_whose_program_for_the_password_hangs_does_too(self):
        self.check("fence_ibmbc", input=lines(action="off", plug=3, ip="127.0.0.1", username="admin", password_script=self.folder / "tell", deadline=5))

    def test_a_plugin_does_too(self):
        self.check(str(installed("external") / "ibmbc"), "off", "node1",
                   env={**os.environ, "mgmt_address": "127.0.0.1", "snmp_conf_path": str(self.folder), "deadline": "5"})


class FullOutput(unittest.TestCase):
    def test_an_answer_that_cannot_be_written_is_a_failure_and_said(self):
        for words in (("fence_ibmbc", "-o", "metadata"), (str(installed("external") / "ibmbc"), "getconfignames")):
            with open("/dev/full", "w", encoding="ascii") as full:
                result = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
            self.assertEqual(result.returncode, 1, words)
            self.assertRegex(result.stderr, r"^\S*ibmbc: cannot write the answer to standard output\n$")


class Metadata(unittest.TestCase):
    def test_both_schemas_accept_it(self):
        for agent in AGENTS:
            for words in (["-o", "metadata"], ["-o", "manpage"], ["--action", "meta-data"]):
                result = run(agent, *words)
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                path = FOLDER / "metadata.xml"
                path.write_text(result.stdout)
                for schema in SCHEMAS:
                    checked("xmllint", "--noout", "--nonet", "--relaxng", str(schema), str(path))

    def test_it_is_given_on_standard_input_too(self):
        for agent in AGENTS:
            self.assertEqual(run(agent, input="action=metadata\n").stdout, run(agent, "-o", "metadata").stdout)


if __name__ == "__main__":
    main("xmllint", "fence_ibmblade", "pcs", threads=8)  # the last two bring the schemas
