#!/usr/bin/python3
"""The installed plugins through cluster-glue's own `stonith`, against the chassis simulator.

HAVC_BUILD is a build folder with everything built. Exits with 77 where a host of its own cannot be made.
"""

import re
import shutil
import socket
import stat
import sys
import time
import unittest
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True
from chassis_host import FOLDER, PLUGINS, RESET_FAILED, Chassis, checked, configuration, main, run  # noqa: E402
from odd_agent import COUNTER, ENTRY, GENERAL_ERROR, GET, NEXT, NULL, OCTETS, STATE, TICKS, OddAgent, encoded, integer  # noqa: E402


class Installed(unittest.TestCase):
    """What needs no chassis."""

    def test_plugins_are_what_cluster_glue_accepts(self):
        for plugin in ("ibmbc", "ibmfx"):
            mode = (PLUGINS / plugin).stat().st_mode
            self.assertTrue(stat.S_ISREG(mode))
            self.assertEqual(stat.S_IMODE(mode), 0o755)
            self.assertIn(f"external/{plugin}\n", run("stonith", "-L").stdout)

    def test_names_are_the_two_required_ones(self):
        for plugin in ("ibmbc", "ibmfx"):
            result = run("stonith", "-t", f"external/{plugin}", "-n")
            self.assertEqual((result.returncode, result.stdout.strip()), (0, "mgmt_address  snmp_conf_path"), result.stderr)

    def test_metadata_is_well_formed_and_complete(self):
        for plugin in ("ibmbc", "ibmfx"):
            result = run("stonith", "-t", f"external/{plugin}", "-m")
            self.assertEqual(result.returncode, 0, result.stderr)
            text = re.sub(r"<!DOCTYPE[^>]*>", "", result.stdout)
            names = [each.get("name") for each in ElementTree.fromstring(text).iter("parameter")]
            self.assertEqual(names[:8], ["mgmt_address", "snmp_conf_path", "no_softoff", "soft_timeout", "deadline", "host_map",
                                         "verify", "escalate"])
            self.assertIn("password_script", names)


class WithChassis(unittest.TestCase):
    def setUp(self):
        self.chassis = Chassis("--community", "secret", "--latency", "200", "--bay", "3=Node1", "--bay", "5=node2")
        self.addCleanup(self.chassis.end)
        self.conf = configuration("defVersion 1\ndefCommunity secret\n")

    def stonith(self, *words, plugin="ibmbc", conf=None, **more):
        parameters = {"mgmt_address": self.chassis.address, "snmp_conf_path": conf or self.conf, **more}
        assignments = [f"{name}={value}" for name, value in parameters.items()]
        return run("stonith", "-t", f"external/{plugin}", *assignments, *words)

    def assert_succeeds(self, result):
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertNotIn("external/", result.stderr)  # fenced shows every line as a warning

    def assert_refused(self, result, code, words):
        self.assertEqual(result.returncode, code, result.stderr)
        reasons = [line for line in result.stderr.splitlines() if line.startswith("external/")]
        self.assertEqual(len(reasons), 1, result.stderr)
        self.assertIn(words, reasons[0])

    def test_hosts_are_listed_by_their_labels(self):
        result = self.stonith("-l")
        self.assert_succeeds(result)
        self.assertEqual(result.stdout.split(), ["Node1", "node2"])

    def test_values_may_be_given_in_order(self):
        for third in ("", " 0", " 1"):  # the last two as HAVC-II wanted them
            result = run("stonith", "-t", "external/ibmbc", "-p", f"{self.chassis.address} {self.conf}{third}", "-l")
            self.assert_succeeds(result)
            self.assertEqual(result.stdout.split(), ["Node1", "node2"])

    def test_status_is_that_of_the_device(self):
        self.assert_succeeds(self.stonith("-S"))

    def test_off_on_and_reset_are_read_back(self):
        for action, state, commands in (("off", "0", 1), ("on", "1", 2), ("reset", "1", 4)):
            self.assert_succeeds(self.stonith("-T", action, "NODE1"))
            self.assertEqual(self.chassis.bay(3), (state, commands))
        self.assertEqual(self.chassis.bay(5), ("1", 0))

    def test_a_host_in_no_bay_is_refused_and_nothing_changes(self):
        for action in ("off", "on", "reset"):
            self.assert_refused(self.stonith("-T", action, "node9"), RESET_FAILED, "no bay of this chassis is host 'node9'")
        self.assertEqual((self.chassis.bay(3), self.chassis.bay(5)), (("1", 0), ("1", 0)))

    def test_another_kind_of_chassis_is_refused_and_nothing_changes(self):
        self.assert_refused(self.stonith("-S", plugin="ibmfx"), 1, "is not an IBM Flex System chassis")
        self.assert_refused(self.stonith("-T", "off", "node1", plugin="ibmfx"), RESET_FAILED, "is not an IBM Flex System chassis")
        self.assertEqual(self.chassis.bay(3), ("1", 0))

    def test_a_state_that_nobody_knows_is_not_off(self):
        self.chassis.control("bay 3 state=255")
        self.assert_refused(self.stonith("-T", "off", "node1", deadline="5"), RESET_FAILED, "timed out")

    def test_a_community_without_write_access_is_told_from_silence(self):
        self.chassis.end()
        self.chassis = Chassis("--read-only-community", "secret", "--bay", "3=node1")
        self.addCleanup(self.chassis.end)
        begin = time.monotonic()
        self.assert_refused(self.stonith("-T", "off", "node1"), RESET_FAILED, "write access")
        self.assertLess(time.monotonic() - begin, 6)
        self.assertEqual(self.chassis.bay(3), ("1", 0))

    def test_a_dead_chassis_is_a_failure_within_the_deadline(self):
        self.chassis.process.stdin.close()
        self.chassis.process.wait(timeout=30)
        # More than our own time: 1 s for a reader in libstonith that sleeps, the rest for a busy machine.
        for words, code, most in ((["-S"], 1, 5), (["-l"], 255, 5), (["-T", "reset", "node1"], RESET_FAILED, 2.5)):
            begin = time.monotonic()
            self.assert_refused(self.stonith(*words, deadline="5"), code, "timed out: no answer from")
            self.assertLess(time.monotonic() - begin, most + 3)

    @unittest.skipUnless(shutil.which("fence_legacy"), "fence_legacy, a part of pacemaker, is not installed")
    def test_pacemaker_reaches_the_plugin(self):
        def fence(action, code):
            names = {"plugin": "external/ibmbc", "action": action, "nodename": "NODE1",
                     "mgmt_address": self.chassis.address, "snmp_conf_path": self.conf, "no_softoff": "1"}
            result = run("fence_legacy", input="".join(f"{name}={value}\n" for name, value in names.items()))
            self.assertEqual(result.returncode, code, result.stderr)
            return result

        self.assertIn("Node1", fence("list", 0).stdout.split())
        fence("monitor", 0)
        fence("reboot", 0)
        self.assertEqual(self.chassis.bay(3), ("1", 2))
        fence("off", 0)
        self.assertEqual(self.chassis.bay(3), ("0", 3))
        self.chassis.control("bay 3 label=other")
        self.assertIn("no bay of this chassis is host 'NODE1'", fence("off", 1).stderr)

    def test_a_silent_name_server_is_a_failure_within_the_deadline(self):
        servers = FOLDER / "resolv.conf"
        servers.write_text("nameserver 127.0.0.1\n")
        checked("mount", "--bind", str(servers), "/etc/resolv.conf")
        self.addCleanup(checked, "umount", "/etc/resolv.conf")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
            silent.bind(("127.0.0.1", 53))
            begin = time.monotonic()
            self.assert_refused(self.stonith("-S", mgmt_address="amm1.example.com", deadline="5"), 1, "timed out: no name server")
            self.assert_succeeds(self.stonith("-S", mgmt_address=f"amm1.example.com,{self.chassis.address}", deadline="5"))
            self.assertLess(time.monotonic() - begin, 12)

    def test_a_user_of_snmpv3_works_and_a_wrong_password_is_told(self):
        self.chassis.end()
        self.chassis = Chassis("--user", "admin:SHA:authpass1:AES:privpass1", "--latency", "0", "--bay", "3=node1")
        self.addCleanup(self.chassis.end)
        text = ("defVersion 3\ndefSecurityName admin\ndefSecurityLevel authPriv\ndefAuthType SHA\n"
                "defAuthPassphrase {}\ndefPrivType AES\ndefPrivPassphrase privpass1\n")
        wrong = configuration(text.format("otherpass"))
        self.assert_refused(self.stonith("-T", "off", "node1", conf=wrong), RESET_FAILED, "defAuthPassphrase")
        self.assertEqual(self.chassis.bay(3), ("1", 0))
        self.assert_succeeds(self.stonith("-T", "off", "node1", conf=configuration(text.format("authpass1"))))
        self.assertEqual(self.chassis.bay(3)[0], "0")


def with_state(value):
    """Every state is `value`."""
    return lambda kind, asked, found: [(name, value if name[:-1] == ENTRY + (STATE,) else old) for name, old in found]


def in_readings(change):
    """What reads a bay is answered by `change` of the bindings; the table and the chassis as they are."""
    return lambda kind, asked, found: change(found) if kind == GET and len(found) == 5 else found


class WithOddAgent(unittest.TestCase):
    """No answer but a whole and right one is ever "off", although this agent's blades read off in the right ones."""

    ODD = {
        "a counter": with_state(integer(0, COUNTER)),
        "time": with_state(integer(0, TICKS)),
        "a text": with_state(encoded(OCTETS, b"0")),
        "an empty text": with_state(encoded(OCTETS, b"")),
        "nothing": with_state(encoded(NULL, b"")),
        "no length": with_state(encoded(0x02, b"")),
        "a negative number": with_state(integer(-1)),
        "a state of no meaning": with_state(integer(2)),
        "one object too few": in_readings(lambda found: found[:2] + found[3:]),
        "one object too many": in_readings(lambda found: found + found[2:3]),
        "objects in another order": in_readings(lambda found: found[::-1]),
        "no object": in_readings(lambda found: []),
        "another row": in_readings(lambda found: [(name[:-1] + (5,), value) for name, value in found]),
        "another column": in_readings(lambda found: [(name[:-2] + (5, 3), value) for name, value in found]),
        "an error with values": in_readings(lambda found: (GENERAL_ERROR, 3, found)),
        "a walk that stands still": lambda kind, asked, found:
            [(name, value) for name, (_, value) in zip(asked, found)] if kind == NEXT else found,
        "a walk backwards": lambda kind, asked, found:
            [(name[:-1] + (1,), value) for name, (_, value) in zip(asked, found)] if kind == NEXT else found,
    }

    def off(self, mend):
        agent = OddAgent(mend)
        parameters = {"mgmt_address": agent.address, "snmp_conf_path": str(self.conf), "deadline": "5", "no_softoff": "1"}
        return run(str(PLUGINS / "ibmbc"), "off", "node1", env=parameters)

    def setUp(self):
        self.conf = configuration("defVersion 1\ndefCommunity secret\n")

    def test_a_right_answer_is_believed(self):
        result = self.off(lambda kind, asked, found: found)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))

    def test_an_odd_answer_is_a_failure_with_one_reason(self):
        with ThreadPoolExecutor(len(self.ODD)) as threads:
            results = dict(zip(self.ODD, threads.map(self.off, self.ODD.values())))
        for what, result in results.items():
            with self.subTest(what):
                self.assertEqual((result.returncode, result.stdout, result.stderr.count("\n")), (1, "", 1), result.stderr)


if __name__ == "__main__":
    main(timed=False)
