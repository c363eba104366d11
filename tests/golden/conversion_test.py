#!/usr/bin/python3
"""What xml/convert/to-havc.xsl makes of a cluster's configuration (conversion_before.xml), against the files beside this one. HAVC_ACCEPT=1
rewrites them; review the diff. Pacemaker's schema reads the result. Whether a cluster takes it without stopping anything is the lab's to tell."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

HERE = Path(__file__).resolve().parent
STYLESHEET = HERE.parents[1] / "xml/convert/to-havc.xsl"
NEEDED = ["cibadmin", "crm_diff", "xsltproc"]
SKIPPED = 77


def run(*words, **more):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=100, check=False, **more)


def convert(names=""):
    return run("xsltproc", "--stringparam", "names", names, STYLESHEET, HERE / "conversion_before.xml")


def primitives(text):
    return {each.get("id"): f"{each.get('provider')}:{each.get('type')}" for each in ElementTree.fromstring(text).iter("primitive")}


class Conversion(unittest.TestCase):
    maxDiff = None

    def assert_golden(self, name, text):
        path = HERE / name
        if os.environ.get("HAVC_ACCEPT") == "1":
            path.write_text(text)
        self.assertEqual(text, path.read_text())

    def test_of_everything_is_the_golden_one(self):
        result = convert()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assert_golden("conversion_after.xml", result.stdout)
        self.assert_golden("conversion_told.txt", result.stderr)

    def test_of_some_leaves_the_others_alone(self):
        result = convert("alone  mailing-group")
        before, after = primitives((HERE / "conversion_before.xml").read_text()), primitives(result.stdout)
        gone = {"mailing-mail", "mailing-mail2"}
        self.assertEqual(set(before) - set(after), gone)
        self.assertEqual({name for name in after if after[name] != before[name]}, {"alone", "mailing"})
        self.assertEqual({line.split()[0] for line in result.stderr.splitlines()}, {"alone", "mailing"} | gone)

    def test_of_a_name_that_nobody_has_is_refused(self):
        for name in ("alone nobody", "mailing-mail"):
            result = convert(name)
            self.assertNotEqual(result.returncode, 0)
            self.assertIn(f"no machine of VirtualDomain or HAVC-II is called {name.split()[-1]}", result.stderr)
            self.assertEqual(result.stdout, "")

    def test_is_a_patch_that_pacemaker_takes(self):
        with tempfile.TemporaryDirectory(prefix="havc-conversion-") as folder:
            before, after = Path(folder, "before.xml"), Path(folder, "after.xml")
            shutil.copy(HERE / "conversion_before.xml", before)
            after.write_text(convert().stdout)
            change = run("crm_diff", "--original", before, "--new", after)
            patched = run("cibadmin", "--patch", "--xml-pipe", input=change.stdout, env={**os.environ, "CIB_file": str(before)})
            self.assertEqual(patched.returncode, 0, patched.stdout + patched.stderr)
            self.assertEqual(primitives(before.read_text()), primitives(after.read_text()))


if __name__ == "__main__":
    missing = [program for program in NEEDED if not shutil.which(program)]
    if missing:
        print(f"skipped: missing programs: {' '.join(missing)}")
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)
