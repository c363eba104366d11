#!/usr/bin/python3
"""What clusters' tools make of the fence agents' descriptions of themselves: fence-agents' style sheets, Pacemaker, crmsh and pcs.
The schemas, and what is read from standard input, are fence_agent_test.py's matter.

HAVC_BUILD is a build folder with everything built. Exits with 77 where a host of its own cannot be made.
"""

import re
import shutil
import sys
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

sys.dont_write_bytecode = True
from chassis_host import FOLDER, Chassis, Community, checked, configuration, installed, lay_over, main, run  # noqa: E402

AGENTS = ("fence_ibmbc", "fence_ibmfx")
CLUSTER = Path("/usr/share/cluster/relaxng")  # of fence-agents
PCS_SCHEMA = Path("/usr/share/pcs/data/ocf-1.0.rng")


def prepare():
    """Pacemaker looks into /usr/sbin alone."""
    sbin = installed("fence_ibmbc").parent
    if sbin.parent.name != "usr":
        lay_over(sbin, Path("/usr/sbin"))


def metadata(agent):
    return checked(agent, "-o", "metadata")


def parameters(text):
    return {each.get("name"): each for each in ElementTree.fromstring(text).iter("parameter")}


class Texts(unittest.TestCase):
    @unittest.skipUnless(shutil.which("xsltproc"), "xsltproc is not installed")
    def test_the_style_sheets_of_fence_agents_work(self):
        for agent in AGENTS:
            path = FOLDER / f"{agent}.sheet.xml"
            path.write_text(metadata(agent))
            ElementTree.fromstring(re.sub(r"rha:", "rha-", checked("xsltproc", str(CLUSTER / "fence2rng.xsl"), str(path))))
            self.assertIn(".SH STDIN PARAMETERS", checked("xsltproc", str(CLUSTER / "fence2man.xsl"), str(path)))

    def test_the_address_alone_is_required(self):
        for agent in AGENTS:
            rows = parameters(metadata(agent))
            self.assertEqual([name for name, row in rows.items() if row.get("required") == "1"], ["ip"])
            self.assertEqual([name for name, row in rows.items() if row.get("deprecated") == "1"],
                             ["ipaddr", "mgmt_address", "power_timeout", "login", "passwd", "passwd_script", "port", "debug"])
            for name in ("nodename", "explain"):
                self.assertNotIn(name, rows)

    def test_pacemaker_knows_the_agents(self):
        agents = run("stonith_admin", "--list-installed").stdout.split()
        for agent in AGENTS:
            self.assertIn(agent, agents)
            for words in (("stonith_admin", "--metadata", "-a", agent), ("crm_resource", "--show-metadata", f"stonith:{agent}")):
                rows = parameters(checked(*words))
                self.assertEqual(list(rows), list(parameters(metadata(agent))))

    @unittest.skipUnless(shutil.which("crm"), "crmsh is not installed")
    def test_crmsh_describes_the_agents(self):
        for agent in AGENTS:
            text = checked("crm", "ra", "info", f"stonith:{agent}")
            self.assertRegex(text, r"(?m)^snmp_conf_path ")
            # crmsh wants a name that obsoletes another neither, so that the old one is enough.
            self.assertNotRegex(text, r"(?m)^(plug|action|deadline|ipaddr)\*")

    @unittest.skipUnless(shutil.which("pcs"), "pcs is not installed")
    def test_pcs_describes_the_agents(self):
        for agent in AGENTS:
            text = checked("pcs", "stonith", "describe", agent)
            self.assertRegex(text, r"(?m)^ *ip \(required\)")
            self.assertEqual(re.findall(r"(?m)^ *(\w+) \(required\)", text), ["ip"])
            self.assertIn("host_map", text)

    @unittest.skipUnless(shutil.which("pcs"), "pcs is not installed")
    def test_pacemaker_and_pcs_describe_the_plugins(self):
        for plugin in ("ibmbc", "ibmfx"):
            path = FOLDER / f"{plugin}.xml"
            path.write_text(checked("crm_resource", "--show-metadata", f"stonith:external/{plugin}"))
            self.assertIn("password_script", parameters(re.sub(r"<!DOCTYPE[^>]*>", "", path.read_text())))
            checked("xmllint", "--noout", "--nonet", "--relaxng", str(PCS_SCHEMA), str(path))
            text = checked("pcs", "stonith", "describe", f"external/{plugin}")
            self.assertEqual(re.findall(r"(?m)^ *(\w+) \(required\)", text), ["mgmt_address", "snmp_conf_path"])

    def test_manual_pages_are_pages(self):
        for name in ("ibmbc", "ibmfx", *AGENTS):
            page = installed(f"{name}.8")
            result = run("groff", "-man", "-Tascii", "-ww", "-z", str(page))
            self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_both_faces_are_one_file(self):
        for plugin in ("ibmbc", "ibmfx"):
            self.assertTrue(installed(f"fence_{plugin}").samefile(installed("external") / plugin))


class Calls(unittest.TestCase):
    def test_actions_work_from_standard_input_and_by_short_and_long_options(self):
        chassis = Chassis("--community", "secret", "--latency", "200", "--bay", "3=node1")
        self.addCleanup(chassis.end)
        conf = configuration(Community().conf())

        def by_input(action):
            return run("fence_ibmbc", input=f"action={action}\nipaddr={chassis.address}\nsnmp_conf_path={conf}\nport=3\n")

        def by_letters(action):
            return run("fence_ibmbc", "-o", action, "-a", chassis.address, "-n", "node1", "--snmp-conf-path", str(conf))

        def by_words(action):
            return run("fence_ibmbc", f"--action={action}", f"--ip={chassis.address}", f"--snmp-conf-path={conf}", "--plug=NODE1")

        for call in (by_input, by_letters, by_words):
            for action, code in (("on", 0), ("status", 0), ("off", 0), ("status", 2), ("reboot", 0), ("list", 0), ("monitor", 0),
                                 ("list-status", 0), ("validate-all", 0)):
                with self.subTest(f"{call.__name__} {action}"):
                    result = call(action)
                    self.assertEqual((result.returncode, result.stderr), (code, ""))


if __name__ == "__main__":
    main("fence_ibmblade", "stonith_admin", "xmllint", timed=False, prepare=prepare)
