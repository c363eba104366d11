#!/usr/bin/python3
"""Which blocks of a document are run, on which hosts, and what is an error: a mark that would be run nowhere, or silently not at all."""

import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
from havclab import manual  # noqa: E402

DOCUMENT = """# A product

## A first VM

Look:

<!-- lab-run: n1 -->

    crm configure primitive vm1 ocf:havc:LibvirtQemu \\
      params config=/etc/vm1.xml

    crm_resource --wait
And then, on all of them,

<!-- lab-run: every host -->

    true

A document may show how it is done:

    <!-- lab-run: n9 -->

    false

## Looking

<!-- lab-run: n1 n3, prints: vm1, and more -->

    crm_mon -1
"""


class Host:
    def __init__(self, name):
        self.name = name

    def __str__(self):
        return self.name


class Lab:
    def hosts(self):
        return [Host(name) for name in ("n1", "n2", "n3")]


class ManualTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder, self.calls, self.result = Path(folder.name), [], (0, "vm1, and more\n", "")
        self.addCleanup(mock.patch.stopall)
        mock.patch.object(manual.power, "run_in", self.run_in).start()

    def run_in(self, host, *command, seconds):
        self.calls.append((host.name, command))
        return subprocess.CompletedProcess(command, *self.result)

    def write(self, text):
        path = self.folder / "M.md"
        path.write_text(text)
        return path

    def blocks(self, text):
        return manual.blocks(self.write(text), "M.md")

    def assert_refused(self, text, words):
        with self.assertRaises(manual.ManualError) as refused:
            self.blocks(text)
        self.assertIn(words, str(refused.exception))

    def assert_failure(self, text, words):
        with self.assertRaises(manual.ManualError) as failure:
            manual.play(Lab(), self.write(text), "M.md")
        for each in words:
            self.assertIn(each, str(failure.exception))

    def test_blocks_are_found_with_line_section_hosts_and_their_very_words(self):
        first, second, third = self.blocks(DOCUMENT)
        self.assertEqual((first.document, first.line, first.section, first.hosts, first.prints), ("M.md", 9, "A first VM", ("n1",), None))
        self.assertEqual(first.text, "crm configure primitive vm1 ocf:havc:LibvirtQemu \\\n  params config=/etc/vm1.xml\n\n"
                                     "crm_resource --wait\n")
        self.assertEqual((second.hosts, third.hosts), ((manual.EVERY_HOST,), ("n1", "n3")))
        self.assertEqual((third.section, third.prints, str(third)), ("Looking", "vm1, and more", "M.md:29"))

    def test_a_block_ends_where_the_indentation_ends(self):
        self.assertEqual(self.blocks("<!-- lab-run: n1 -->\n\n    a\n   b\n    c\n")[0].text, "a\n")

    def test_a_document_without_marks_has_no_blocks(self):
        self.assertEqual(self.blocks("# A\n\n    true\n"), [])

    def test_a_mark_without_a_block_is_an_error(self):
        for below in ("", "\n\nText.\n", "\n    true\n", "\n\n\n    true\n", "\n\n"):
            self.assert_refused("# A\n\n<!-- lab-run: n1 -->" + below, "M.md:3: the mark wants an empty line")

    def test_an_empty_block_is_an_error(self):
        self.assert_refused("<!-- lab-run: n1 -->\n\n    \n    \n", "M.md:1: the mark wants")

    def test_a_mark_that_is_none_is_an_error(self):
        for mark in ("<!-- lab-run n1 -->", "<!-- lab-run: n1, with pcs or crmsh -->", "<!-- lab-run: n1, prints: a, with pcs --", "<!-- lab-run:n1 -->", "<!-- lab-run: -->", "<!--lab-run: n1-->", " <!-- lab-run: n1 -->",
                     "<!-- lab-run: n1, print: a -->", "<!-- lab-run: n1 --> on n1:"):
            self.assert_refused(f"{mark}\n\n    true\n", "M.md:1: ")

    def test_blocks_run_in_order_by_bash_on_their_hosts(self):
        self.assertEqual(manual.play(Lab(), self.write(DOCUMENT)), 3)
        self.assertEqual([name for name, _ in self.calls], ["n1", "n1", "n2", "n3", "n1", "n3"])
        self.assertEqual(self.calls[1][1], ("bash", "-euo", "pipefail", "-c", "true\n"))

    def test_who_uses_one_tool_goes_one_way(self):
        text = "".join(f"<!-- lab-run: n1{more} -->\n\n    true {more}\n" for more in ("", ", with crmsh", ", with pcs, prints: vm1"))
        path = self.write(text)
        self.assertEqual(manual.tools(path), ["crmsh", "pcs"])
        self.assertEqual((manual.blocks(path)[2].tool, manual.blocks(path)[2].prints), ("pcs", "vm1"))
        self.assertEqual([manual.play(Lab(), path, tool=tool) for tool in ("crmsh", "pcs", None)], [2, 2, 3])
        self.assertEqual([command[-1].strip() for _, command in self.calls[:4]], ["true", "true , with crmsh", "true", "true , with pcs, prints: vm1"])

    def test_nothing_runs_when_a_host_is_unknown(self):
        self.assert_failure(DOCUMENT.replace("n1 n3", "n1 n4"), ["M.md:29: no host 'n4'", "n1, n2, n3"])
        self.assertEqual(self.calls, [])

    def test_a_block_that_fails_is_told_with_its_line_and_output(self):
        self.result = (3, "some words\n", "and why\n")
        self.assert_failure(DOCUMENT, ["M.md:9: exit code 3 on n1", "crm_resource --wait", "some words", "and why"])
        self.assertEqual(len(self.calls), 1)

    def test_a_block_that_does_not_print_what_the_document_says_fails(self):
        self.result = (0, "vm2\n", "")
        self.assert_failure(DOCUMENT, ["M.md:29: 'vm1, and more' is not what n1 printed", "vm2"])

    def test_documents_with_marks_are_found(self):
        self.write(DOCUMENT)
        (self.folder / "other.md").write_text("# Nothing\n")
        self.assertEqual(manual.documents(self.folder), ["M.md"])

    def test_each_document_with_marks_can_be_run_and_a_test_does_so(self):
        root = Path(__file__).resolve().parents[2]
        tests = "".join(path.read_text() for path in root.glob("tests/lab/*_test.py") if path != Path(__file__))
        names = manual.documents(root)
        self.assertIn("README.md", names)
        for name in names:
            self.assertIn(f'"{name}"', tests)
            for block in manual.blocks(root / name, name):
                self.assertTrue(block.hosts == (manual.EVERY_HOST,) or all(re.fullmatch("n[1-9]", host) for host in block.hosts), str(block))


if __name__ == "__main__":
    unittest.main()
