#!/usr/bin/python3
"""The templates, examples and samples of xml/ as those read them who will: libvirt's and Pacemaker's schemas, the scheduler, Corosync,
firewalld's reader, the fencing programs. Nothing of the machine is asked or changed; no root is needed."""

import configparser
import importlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "xml"
BUILD = Path(os.environ.get("HAVC_BUILD", "build/dev")).resolve() / "bin"
NEEDED = ["cibadmin", "corosync", "crm_diff", "crm_simulate", "crm_verify", "unshare", "virt-xml-validate"]
SKIPPED = 77
PATIENCE = 100  # seconds; for what never takes that long
TEMPLATES = sorted(path.name for path in (ROOT / "templates").iterdir())
PIECES = [name for name in TEMPLATES if name not in ("domain.xml", "constraint.xml")] + ["constraint.xml"]  # after its resource
MACRO = re.compile(r"%\{(\w+)\}")
GUEST = "WEB-01_intranet"


def read(path):
    return (ROOT / path).read_text()


def values(**changes):
    lines = (line for line in read("examples/values").splitlines() if line and not line.startswith("#"))
    return {**dict(line.split("=", 1) for line in lines), **changes}


def run(*words, **more):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=PATIENCE, check=False, **more)


def fill(name, known):
    """As the operator's command does."""
    result = run(BUILD / "fill_template", ROOT / "templates" / name, *(f"{key}={value}" for key, value in known.items()))
    if result.returncode:
        raise AssertionError(result.stderr)
    return result.stdout


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="havc-templates-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def libvirt(self, text, schema):
        return run("virt-xml-validate", self.write(f"{schema}.xml", text), schema)

    def cibadmin(self, path, *words, **more):
        return run("cibadmin", *words, env={**os.environ, "CIB_file": str(path)}, **more)

    def cluster(self, *pieces):
        """A configuration of three nodes with these pieces, loaded as the README says."""
        made = run("cibadmin", "--empty")
        self.assertEqual(made.returncode, 0, made.stderr)
        path = self.write("cib.xml", made.stdout)
        for text in (NODES, *pieces):
            self.load(path, text)
        return path

    def load(self, path, piece):
        loaded = self.cibadmin(path, "--modify", "--allow-create", "--xml-file", self.write("piece.xml", piece))
        self.assertEqual(loaded.returncode, 0, loaded.stdout + loaded.stderr)

    def live(self, path, reached, memory=65536):
        """The same with all nodes online, these of which reach the network with so many points."""
        tree = ElementTree.parse(path)
        root = tree.getroot()
        root.set("have-quorum", "1")
        for each in root.iterfind(".//node/utilization/nvpair[@name='memory']"):
            each.set("value", str(memory))
        status = root.find("status")
        for number in (1, 2, 3):
            state = ElementTree.SubElement(status, "node_state", id=str(number), uname=f"node{number}", in_ccm="true", crmd="online",
                                           join="member", expected="member")
            attributes = ElementTree.SubElement(ElementTree.SubElement(state, "transient_attributes", id=str(number)),
                                                "instance_attributes", id=f"status-{number}")
            if number in reached:
                ElementTree.SubElement(attributes, "nvpair", id=f"status-{number}-pingd", name="pingd", value=str(reached[number]))
        tree.write(self.folder / "live.xml")
        return self.folder / "live.xml"


NODES = "<cib><configuration><nodes>" + "".join(
    f'<node id="{n}" uname="node{n}"><utilization id="node{n}-utilization"><nvpair id="node{n}-cpu" name="cpu" value="32"/>'
    f'<nvpair id="node{n}-memory" name="memory" value="65536"/></utilization></node>' for n in (1, 2, 3)) + "</nodes></configuration></cib>"


class Templates(Case):
    def test_become_the_examples(self):
        for name in TEMPLATES:
            if not MACRO.search(read(f"templates/{name}")):
                continue
            example = ROOT / "examples" / name
            if os.environ.get("HAVC_ACCEPT") == "1":
                example.write_text(fill(name, values()))
            with self.subTest(name):
                self.assertEqual(fill(name, values()), example.read_text())

    def test_use_the_macros_of_the_readme_and_no_others(self):
        told = set(re.findall(r"^\| `([A-Z0-9_]+)` \|", read("README.md"), re.MULTILINE))
        used = {macro for name in TEMPLATES for macro in MACRO.findall(read(f"templates/{name}"))}
        self.assertEqual(told, set(values()))
        offered = {"UUID_SUFFIX", "IP_ADDRESS", "IP_ADDRESS_V6", "NETWORK_ZONE", "NETWORK_VLAN"}  # for whoever writes another template
        self.assertEqual(used, told - offered)

    def test_give_the_cluster_no_comment_to_keep(self):
        loaded = self.cluster(*(fill(name, values()) for name in PIECES))
        self.assertNotIn("<!--", loaded.read_text())

    def test_keep_strange_values_as_they_are(self):
        image = """/srv/R&D "x" <'y'>/--/ä.raw"""
        text = fill("domain.xml", values(VM_IMAGE=image))
        self.assertEqual(ElementTree.fromstring(text).find(".//source[@file]").get("file"), image)
        self.assertEqual(self.libvirt(text, "domain").returncode, 0)

    def test_do_without_the_optional_macros(self):
        known = values(PREFERRED_NODE_2="", EMAIL="")
        constraint, resource = fill("constraint.xml", known), fill("resource.xml", known)
        self.assertEqual(len(ElementTree.fromstring(constraint).findall(".//rsc_location")), 2)
        self.assertIsNone(ElementTree.fromstring(resource).find(".//nvpair[@name='email']"))
        self.cluster(resource, constraint)


class Domain(Case):
    def test_is_valid_for_libvirt(self):
        result = self.libvirt(read("examples/domain.xml"), "domain")
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_is_not_valid_with_an_error_in_it(self):
        self.assertNotEqual(self.libvirt(read("examples/domain.xml").replace("enospace", "enospc"), "domain").returncode, 0)

    def test_has_the_numbers_of_its_resource(self):
        domain, resource = (ElementTree.fromstring(read(f"examples/{name}.xml")) for name in ("domain", "resource"))
        for element, name in (("vcpu", "cpu"), ("memory", "memory")):
            self.assertEqual(domain.find(element).text, resource.find(f".//utilization/nvpair[@name='{name}']").get("value"))


class Cluster(Case):
    made = None

    def whole(self):
        if not Cluster.made:
            Cluster.made = self.cluster(*(fill(name, values()) for name in PIECES)).read_text()
        return self.write("cib.xml", Cluster.made)

    def node_of_the_guest(self, **more):
        """Where the scheduler starts it; None for nowhere."""
        result = run("crm_simulate", "--run", "--output-as=xml", "--xml-file", self.live(self.whole(), **more),
                     env={**os.environ, "CIB_shadow_dir": str(self.folder)})
        self.assertEqual(result.returncode, 0, result.stderr)
        actions = ElementTree.fromstring(result.stdout).find("actions")
        self.assertIsNotNone(actions.find("rsc_action[@resource='chassis1:0'][@action='start']"), result.stdout)
        start = actions.find(f"rsc_action[@resource='{GUEST}'][@action='start']")
        return None if start is None else start.get("node")

    def test_is_valid_for_pacemaker_without_a_warning(self):
        result = run("crm_verify", "-V", "-x", self.live(self.whole(), {1: 1000}))
        self.assertEqual((result.returncode, result.stdout + result.stderr), (0, ""))

    def test_has_fence_devices_of_each_kind(self):
        kinds = ("external/ibmbc", "external/ibmfx", "fence_ibmbc", "fence_ibmfx")
        path = self.cluster(*(fill("stonith.xml", values(CHASSIS=f"chassis{n}", STONITH_TYPE=kind)) for n, kind in enumerate(kinds)))
        result = run("crm_verify", "-V", "-x", self.live(path, {}))
        self.assertEqual((result.returncode, result.stdout + result.stderr), (0, ""))

    def test_refuses_a_guest_whose_name_is_no_identifier(self):
        with self.assertRaisesRegex(AssertionError, "does not conform to the configured schema"):
            self.cluster(fill("resource.xml", values(VM_FQN="1-WEB_intranet")))

    def test_is_changed_at_once_or_not_at_all_when_somebody_else_was_faster(self):
        old = self.write("old.xml", self.cluster().read_text())
        new = self.write("new.xml", old.read_text())
        for name in ("resource.xml", "constraint.xml"):
            self.load(new, fill(name, values()))
        overtaken = self.write("overtaken.xml", old.read_text())
        self.load(overtaken, fill("ping.xml", values()))
        # An operation has ended meanwhile, which changes no configuration.
        busy = self.write("busy.xml", re.sub(r'(<cib [^>]*num_updates=")\d+', r"\g<1>4711", old.read_text()))
        self.assertIn("4711", busy.read_text())
        line = next(line for line in read("README.md").splitlines() if "cibadmin --patch" in line)

        def load(cib):
            live = line.replace("old.xml", str(old)).replace("new.xml", str(new)).replace("cibadmin", f"CIB_file={cib} cibadmin")
            return run("bash", "-c", live).returncode

        self.assertEqual(load(busy), 0)
        self.assertIn(f'rsc="{GUEST}"', busy.read_text())
        self.assertNotEqual(load(overtaken), 0)
        self.assertNotIn(GUEST, overtaken.read_text())

    def test_starts_the_guest_on_its_preferred_node(self):
        self.assertEqual(self.node_of_the_guest(reached={1: 1000, 2: 1000, 3: 1000}), "node1")

    def test_starts_it_on_the_second_choice_when_the_first_has_lost_the_network(self):
        self.assertEqual(self.node_of_the_guest(reached={1: 0, 2: 500, 3: 1000}), "node2")

    def test_starts_it_nowhere_before_the_network_is_known(self):
        self.assertIsNone(self.node_of_the_guest(reached={}))

    def test_starts_it_nowhere_without_room_for_its_memory(self):
        self.assertIsNone(self.node_of_the_guest(reached={1: 1000, 2: 1000, 3: 1000}, memory=4095))


class Inventory(Case):
    """What golden_inventory makes of the inventory beside this file."""

    def rendered(self, pattern):
        return [path.read_text() for path in sorted((Path(__file__).parent / "inventory").glob(pattern))]

    def test_has_definitions_that_are_valid_for_libvirt(self):
        definitions = self.rendered("*.domain.xml")
        self.assertEqual(len(definitions), 4)
        for text in definitions:
            result = self.libvirt(text, "domain")
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_has_pieces_that_are_valid_for_pacemaker(self):
        path = self.cluster(*self.rendered("cluster.cib-*.xml"), *self.rendered("*_*.cib-*.xml"))
        result = run("crm_verify", "-V", "-x", self.live(path, {1: 1000}))
        self.assertEqual((result.returncode, result.stdout + result.stderr), (0, ""))
        tags = {tag.get("id"): [each.get("id") for each in tag] for tag in ElementTree.parse(path).iter("tag")}
        self.assertEqual(tags, {"development": ["R.AND-D_dmz"], "web": ["R.AND-D_dmz"]})

    def test_keeps_what_xml_takes_amiss(self):
        values = "{urn:havc:inventory:1}value"
        domain, resource = (ElementTree.fromstring(self.rendered(f"R.AND-D_dmz.{name}.xml")[0]) for name in ("domain", "cib-1"))
        self.assertEqual([each.text for each in domain.iter(values)],
                         ["""R&D <"labs"> 'north'""", "%{VM_FQN} is not a macro here, Zürich"])
        self.assertEqual(resource.find(".//nvpair[@name='email']").get("value"), '"R&D" <r-and-d@example.org>')


class Imported(Case):
    """What golden_importer makes of other systems' folders."""

    def test_has_definitions_that_are_valid_for_libvirt(self):
        definitions = sorted((Path(__file__).parent / "importer").glob("*.domain.xml"))
        self.assertEqual(len(definitions), 3)
        for path in definitions:
            result = self.libvirt(path.read_text(), "domain")
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)


class Agents(Case):
    """The golden descriptions lie beside this file."""

    def described(self, name):
        return ElementTree.parse(Path(__file__).with_name(name)).getroot()

    def parameters(self, name):
        return {each.get("name") for each in ElementTree.fromstring(read(f"examples/{name}")).findall(".//primitive/instance_attributes/nvpair")}

    def known(self, name):
        return {each.get("name") for each in self.described(name).iter("parameter")}

    def test_know_the_parameters(self):
        self.assertLessEqual(self.parameters("resource.xml"), self.known("LibvirtQemu.xml"))
        for description in ("fence_ibmbc.xml", "fence_ibmfx.xml", "stonith_parameters.xml"):
            self.assertLessEqual(self.parameters("stonith.xml"), self.known(description))

    def test_advise_the_times(self):
        advised = {(each.get("name"), int(each.get("depth", "0"))): (each.get("timeout"), each.get("interval", "0"))
                   for each in self.described("LibvirtQemu.xml").iter("action")}
        operations = ElementTree.fromstring(read("examples/resource.xml")).findall(".//op")
        self.assertEqual(len(operations), 6)
        for each in operations:
            level = each.find("instance_attributes/nvpair[@name='OCF_CHECK_LEVEL']")
            depth = 0 if level is None else int(level.get("value"))
            self.assertEqual((each.get("timeout"), each.get("interval")), advised[each.get("name"), depth])


class Corosync(Case):
    def corosync(self, text):
        """`corosync -t` on a host called node1 that has no network; the key is not the machine's."""
        key = self.folder / "key"
        key.write_bytes(os.urandom(256))
        conf = self.write("corosync.conf", text.replace("totem {", f"totem {{\n  keyfile: {key}", 1))
        return run("unshare", "--map-root-user", "--net", "--uts", "sh", "-c", 'hostname node1 && exec corosync -t -c "$1"', "sh", conf)

    def test_takes_the_configuration(self):
        result = self.corosync(read("corosync/corosync.conf"))
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_does_not_take_a_node_that_lacks_a_link(self):
        self.assertNotEqual(self.corosync(read("corosync/corosync.conf").replace("    ring1_addr: 192.168.3.12\n", "")).returncode, 0)


class Network(Case):
    def interfaces(self):
        """Name → options."""
        found, options = {}, None
        for line in read("network/interfaces").splitlines():
            words = line.split("#")[0].split()
            if words[:1] == ["iface"]:
                options = found.setdefault(words[1], {})
            elif line.startswith("  ") and words:
                options[words[0]] = " ".join(words[1:])
        return found

    def test_has_what_its_interfaces_stand_on(self):
        found = self.interfaces()
        self.assertEqual(set(re.findall(r"^auto (\S+)", read("network/interfaces"), re.MULTILINE)), set(found))
        below = {options[key] for options in found.values() for key in ("vlan-raw-device", "bridge_ports") if key in options}
        self.assertEqual(below, {"bond0", "bond0.4", "bond0.5", "bond0.6"})
        self.assertLessEqual(below, set(found))

    def test_fits_the_other_samples(self):
        found, known = self.interfaces(), values()
        self.assertEqual(found[known["NETWORK_BRIDGE"]]["bridge_ports"], f"bond0.{known['NETWORK_VLAN']}")
        self.assertIn(known["ADMIN_INTERFACE"], found)
        addresses = {options["address"].split("/")[0] for options in found.values() if "address" in options}
        node1 = re.search(r"name: node1\n.*?\}", read("corosync/corosync.conf"), re.DOTALL)[0]
        self.assertEqual(addresses, set(re.findall(r"ring\d_addr: (\S+)", node1)))

    def test_has_a_network_that_is_valid_for_libvirt(self):
        result = self.libvirt(read("network/libvirt-network.xml"), "network")
        self.assertEqual(result.returncode, 0, result.stderr)


class Snmp(Case):
    def chassis(self, *access):
        process = subprocess.Popen([BUILD / "havc-chassis-simulator", "--until-eof", *access], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.wait, PATIENCE)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stdin.close)
        return re.match(r"listening udp6?:(.*)$", process.stdout.readline())[1]

    def off(self, version, *access):
        """What an off would do, and a command that is really sent, with this sample in the place the README names."""
        conf = self.folder / "chassis"
        conf.mkdir()
        shutil.copy(ROOT / f"snmp/{version}/snmp.conf", conf)
        (conf / "snmp.conf").chmod(0o600)
        agent = [BUILD / "fence_ibmbc", f"--ip={self.chassis(*access)}", f"--snmp-conf-path={conf}", "-n", "node1"]
        for more in (["-o", "off", "--explain"], ["-o", "off"]):
            result = run(*agent, *more)
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        result = run(*agent, "-o", "status")
        self.assertIn("OFF", result.stdout)
        self.assertEqual(result.stderr, "")

    def test_v1_may_write(self):
        self.off("v1", "--community", "change-this-community")

    def test_v3_signs_and_encrypts(self):
        self.off("v3", "--user", "fence:SHA:change-this-login-password:AES:change-this-privacy-password")


class Firewall(Case):
    def firewalld(self):
        from firewall.core.io.service import service_reader
        folder = ROOT / "firewall/firewalld"
        return {path.stem: service_reader(path.name, str(folder)) for path in folder.iterdir()}

    def test_services_are_read_by_firewalld(self):
        ports = {name: service.ports for name, service in self.firewalld().items()}
        self.assertEqual(ports, {"havc-corosync": [("5405-5412", "udp")], "havc-libvirt": [("16514", "tcp")],
                                 "havc-migration": [("49152-49215", "tcp")], "havc-snmp": [("161", "udp")]})

    def test_profiles_of_ufw_say_the_same(self):
        ufw = configparser.ConfigParser(interpolation=None)
        ufw.read(ROOT / "firewall/ufw/havc")
        same = {name: {"title": service.short, "description": service.description, "ports": f"{service.ports[0][0].replace('-', ':')}/{service.ports[0][1]}"}
                for name, service in self.firewalld().items()}
        self.assertEqual({name: dict(ufw[name]) for name in ufw.sections()}, same)


def main():
    missing = [program for program in NEEDED if not shutil.which(program)]
    try:
        importlib.import_module("firewall.core.io.service")
    except ImportError:
        missing.append("python3-firewall")
    if missing:
        print("skipped: not installed: " + ", ".join(missing), file=sys.stderr)
        return SKIPPED
    return 0 if unittest.main(exit=False).result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
