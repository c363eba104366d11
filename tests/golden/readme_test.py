#!/usr/bin/python3
"""What README.md quotes is so: the reasons are those that the programs give, the timeouts those that the agent advertises, the links lead
somewhere. (Its commands are run by tests/lab/readme_test.py.)"""

import re
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def section(heading):
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", README, re.DOTALL | re.MULTILINE)
    if not found:
        raise AssertionError(f"README.md has no section '{heading}'")
    return found[1]


def quoted(table_of):
    """The reasons of the first column, each as the pieces between what differs from case to case."""
    rows = re.findall(r"^\| `([^`]+)` \|", table_of, re.MULTILINE)
    return {row: [piece.strip() for piece in row.split("…") if re.search(r"\w", piece)] for row in rows}


def in_order(pieces, line):
    position = 0
    for piece in pieces:
        position = line.find(piece, position)
        if position < 0:
            return False
        position += len(piece)
    return True


def literals(folders):
    """The texts of the sources, those that the compiler joins joined."""
    for folder in folders:
        for path in (ROOT / folder).glob("*.cc"):
            for run in re.findall(r'"(?:\\.|[^"\\\n])*"(?:\s*"(?:\\.|[^"\\\n])*")*', path.read_text(encoding="utf-8")):
                yield "".join(re.findall(r'"((?:\\.|[^"\\\n])*)"', run))


class ReadmeTest(unittest.TestCase):
    def test_the_agents_reasons_are_in_the_list_of_all(self):
        agents, _ = section("What the reasons mean").split("Fencing says")
        given = [line.strip() for line in (ROOT / "tests/golden/reasons.txt").read_text(encoding="utf-8").splitlines() if line.startswith("  ")]
        rows = quoted(agents)
        self.assertGreater(len(rows), 10)
        for row, pieces in rows.items():
            self.assertTrue(any(in_order(pieces, line) for line in given), f"no reason of the agent is: {row}")

    def test_the_reasons_of_fencing_are_in_its_sources(self):
        _, fencing = section("What the reasons mean").split("Fencing says")
        texts = list(literals(["lib/power", "lib/snmp"]))
        rows = quoted(fencing)
        self.assertGreater(len(rows), 3)
        for row, pieces in rows.items():
            for piece in (part for piece in pieces for part in piece.split("; ") if part):
                self.assertTrue(any(piece in text for text in texts), f"'{piece}' of '{row}' is no text of fencing")

    def test_timeouts_and_intervals_are_those_that_the_agent_advertises(self):
        told = {}
        for operation, times in re.findall(r"^\| ([a-z_]+(?:, `OCF_CHECK_LEVEL=10`)?) \| ([^|]*) \|", section("Operations and their timeouts"), re.MULTILINE):
            told[operation.replace(", `OCF_CHECK_LEVEL=10`", " 10")] = re.findall(r"\d+s", times)
        advertised = {}
        for action in ElementTree.parse(ROOT / "tests/golden/LibvirtQemu.xml").getroot().iter("action"):
            depth = action.get("depth", "0")
            name = action.get("name") + (f" {depth}" if depth != "0" else "")
            advertised[name] = [action.get("timeout"), *filter(None, [action.get("interval")])]
        self.assertGreaterEqual(told.keys(), {"start", "stop", "monitor", "monitor 10", "migrate_to", "migrate_from"})
        for operation in told.keys() & advertised.keys():
            self.assertEqual(told[operation], advertised[operation], operation)
        typed = re.findall(r"op (\w+) timeout=(\w+) interval=(\w+)(?: OCF_CHECK_LEVEL=(10))?", section("A first VM"))
        self.assertEqual({name + (f" {level}" if level else ""): [timeout, interval] if interval != "0" else [timeout]
                          for name, timeout, interval, level in typed},
                         {name: times for name, times in advertised.items() if name in told})

    def test_versions_are_the_projects(self):
        version = re.search(r"project\(havc VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text(encoding="utf-8"))[1]
        told = re.findall(r"(?:libhavc|version )(\d+\.\d+\.\d+)", README)
        self.assertGreater(len(told), 2)
        self.assertEqual(set(told), {version})

    def test_links_lead_somewhere(self):
        anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in re.findall(r"^#+ (.*)", README, re.MULTILINE)}
        links = re.findall(r"\]\(([^)]+)\)", README)
        self.assertGreater(len(links), 10)
        for link in links:
            known = link[1:] in anchors if link.startswith("#") else (ROOT / link).exists()
            self.assertTrue(known or link.startswith("https://"), f"{link} is not there")


if __name__ == "__main__":
    unittest.main()
