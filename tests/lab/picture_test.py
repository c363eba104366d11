#!/usr/bin/python3
"""The picture of the demonstration: it says what the terminal said, and a reader's browser fetches nothing for it."""

import subprocess
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

HERE = Path(__file__).resolve().parent
SVG = "{http://www.w3.org/2000/svg}"


def lines(svg):
    return ["".join(each.itertext()) for each in ElementTree.fromstring(svg).iter(f"{SVG}text")]


class Picture(unittest.TestCase):
    def test_text_stays_the_same_text(self):
        said = ["[  0.1 s] chapter 1: <'vm1'> & co.", "boot      counts", "  indented"]
        drawn = subprocess.run([HERE / "picture"], input="\n".join(said) + "\n\n", capture_output=True, text=True, check=True).stdout
        self.assertEqual(lines(drawn), ["# ./demo", *said])

    def test_the_kept_one_ends_with_the_proof_and_fetches_nothing(self):
        svg = (HERE / "demo.svg").read_text(encoding="utf-8")
        self.assertEqual(lines(svg)[-1], "no two boots overlap, and no count was lost or repeated")
        self.assertEqual(svg.count("http"), 1)  # the name of SVG itself
        self.assertNotIn("url(", svg)
        self.assertLess(len(svg), 60_000)


if __name__ == "__main__":
    unittest.main(verbosity=2)
