#!/usr/bin/python3
"""What the Debian packages in the folder HAVC_PACKAGES hold and want is as the files beside this one say (HAVC_ACCEPT=1 rewrites them; review
the diff); lintian has nothing to say. With HAVC_PACKAGES_AGAIN, packages of the same source built elsewhere are the same to the byte."""

import hashlib
import os
import re
import subprocess
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGES = Path(os.environ["HAVC_PACKAGES"])
AGAIN = os.environ.get("HAVC_PACKAGES_AGAIN")
FIELDS = ("Package", "Architecture", "Multi-Arch", "Provides", "Pre-Depends", "Depends", "Recommends", "Suggests")
LAB = "/usr/share/havc-lab/"  # it grows; that all of it is there is told by its programs
PAGES = re.compile(r"/usr/share/man/man1/havc-(?!chassis|lab).*")  # one for each of havc's commands, which grow, too


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def packages():
    return sorted(path for path in PACKAGES.glob("*.deb") if "-dbgsym" not in path.name)


def timeless(text):
    """Without what is another with each version, machine or library."""
    version, triplet = output("dpkg-deb", "-f", str(packages()[0]), "Version").strip(), output("dpkg-architecture", "-qDEB_HOST_MULTIARCH").strip()
    text = text.replace(triplet, "@TRIPLET@").replace(output("dpkg", "--print-architecture").strip(), "@ARCH@")
    return re.sub(r" \(>= [^)]*\)", "", text.replace(version, "@VERSION@"))


def contents(package):
    """Mode, owner and path of each file; without folders."""
    lines = []
    for line in output("dpkg-deb", "--contents", str(package)).splitlines():
        mode, owner, _, _, _, path = line.split(None, 5)
        path = path.removeprefix(".")
        if not mode.startswith("d") and not PAGES.fullmatch(path) and path.count("/") <= (LAB.count("/") if path.startswith(LAB) else 99):
            lines.append(f"{mode} {owner} {path}")
    return sorted(lines, key=lambda line: line.split()[2])


def relations(package):
    lines = [f"{name}: {value}" for name in FIELDS if (value := output("dpkg-deb", "-f", str(package), name).strip())]
    members = subprocess.run(f"dpkg-deb --ctrl-tarfile '{package}' | tar --list", shell=True, capture_output=True, text=True, check=True).stdout
    scripts = sorted(name.removeprefix("./") for name in members.split() if name not in ("./", "./control", "./md5sums"))
    return lines + [f"Scripts: {' '.join(scripts) or 'none'}"]


class Contents(unittest.TestCase):
    maxDiff = None

    def assert_golden(self, name, text):
        golden = HERE / name
        if os.environ.get("HAVC_ACCEPT"):
            golden.write_text(text)
        self.assertEqual(text, golden.read_text())

    def test_each_package_has_its_files(self):
        text = "\n".join(f"== {path.name.partition('_')[0]}\n" + "\n".join(contents(path)) + "\n" for path in packages())
        self.assert_golden("contents.txt", timeless(text))

    def test_each_command_of_havc_has_its_page(self):
        listed = output("dpkg-deb", "--contents", str(next(path for path in packages() if path.name.startswith("havc_"))))
        self.assertIn("/usr/share/man/man1/havc-check.1.gz", listed)

    def test_each_package_wants_what_it_needs(self):
        self.assert_golden("relations.txt", timeless("\n".join("\n".join(relations(path)) + "\n" for path in packages())))

    def test_lintian_has_nothing_to_say(self):
        changes = next(PACKAGES.glob("*.changes"))
        said = subprocess.run(["lintian", "--allow-root", "--profile", "debian", "--pedantic", "--fail-on", "none", str(changes)], capture_output=True, text=True, check=True)
        self.assertEqual(said.stdout, "")

    @unittest.skipUnless(AGAIN, "HAVC_PACKAGES_AGAIN is not set")
    def test_the_same_source_gives_the_same_packages_elsewhere(self):
        def sums(folder):
            return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for pattern in ("*.deb", "*.dsc", "*.tar.xz") for path in folder.glob(pattern)}

        first = sums(PACKAGES)
        self.assertGreaterEqual(len(first), 7)
        self.assertEqual(first, sums(Path(AGAIN)))


if __name__ == "__main__":
    unittest.main(verbosity=2)
