#!/usr/bin/python3
"""The RPM packages in the folder HAVC_RPMS, installed into a root of their own by rpm, with their scriptlets: files lie where SUSE and RHEL want them, and
what the cluster runs is not removed. A cibadmin of ours says what the cluster has."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
RPMS = Path(os.environ["HAVC_RPMS"])
AGAIN = os.environ.get("HAVC_RPMS_AGAIN")
PROGRAMS = ("sh", "env", "timeout", "sed", "tr", "grep", "cat")  # of the scriptlets
CIBADMIN = """#!/bin/sh
case "$*" in
  *maintenance-mode*) cat /cluster/maintenance ;;
  *custom*) cat /cluster/custom ;;
  *LibvirtQemu*) cat /cluster/agent ;;
  *fence_ibmbc*) cat /cluster/fencing ;;
esac
"""
RESOURCE = """<xpath-query>
  <primitive id="vm1" class="ocf" provider="havc" type="LibvirtQemu"/>
  <primitive class="ocf" id="vm2" provider="havc" type="LibvirtQemu">
</xpath-query>
"""
DEVICE = '<primitive id="chassis1" class="stonith" type="fence_ibmbc"/>\n'
MAINTENANCE = '<nvpair id="options-maintenance-mode" name="maintenance-mode" value="true"/>\n'


def binary(name):
    return next(path for path in RPMS.glob("*.rpm") if re.match(rf"{name}-\d", path.name))


def files(package):
    return set(subprocess.run(["rpm", "-qpl", str(package)], capture_output=True, text=True, check=True).stdout.split())


def expanded(*definitions):
    words = [word for definition in ("havc_version 1.0", "_libdir /usr/lib64", *definitions) for word in ("--define", definition)]
    return subprocess.run(["rpmspec", "-P", *words, str(SOURCE / "packaging/rpm/havc.spec")], capture_output=True, text=True, check=True).stdout


class Root:
    """A folder that is a root with a shell and nothing else, and a cluster that answers."""

    def __init__(self):
        self.path = Path(tempfile.mkdtemp(prefix="havc-rpm-"))
        for name in PROGRAMS:
            self._copy(Path(shutil.which(name)), self.path / "bin" / name)
        (self.path / "dev").mkdir()
        (self.path / "dev/null").touch()  # no device: where a test may not make one, a file does as well
        self.cluster = self.path / "cluster"
        self.cluster.mkdir()
        self.say()
        cibadmin = self.path / "bin/cibadmin"
        cibadmin.write_text(CIBADMIN)
        cibadmin.chmod(0o755)

    def _copy(self, program, target):
        target.parent.mkdir(exist_ok=True)
        shutil.copy(program, target)
        for library in re.findall(r"(/\S+) \(", subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=True).stdout):
            place = self.path / library[1:]
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library, place)

    def say(self, agent="", custom="", fencing="", maintenance=""):
        for name, text in (("agent", agent), ("custom", custom), ("fencing", fencing), ("maintenance", maintenance)):
            (self.cluster / name).write_text(text)

    def rpm(self, *words):
        environment = os.environ | {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}
        done = subprocess.run(["rpm", "--root", str(self.path), "--dbpath", "/var/lib/rpm", *map(str, words)], capture_output=True, text=True,
                              env=environment, timeout=240)
        done.stderr = re.sub(r"^rpm: .*\n", "", done.stderr, flags=re.MULTILINE)  # Debian's would rather have alien used
        return done

    def has(self, path):
        return os.path.lexists(self.path / path.lstrip("/"))


class Layout(unittest.TestCase):
    def test_plugins_lie_where_suse_has_them(self):
        held = files(binary("fence-agents-havc"))
        self.assertLessEqual({"/usr/lib64/stonith/plugins/external/ibmbc", "/usr/lib64/stonith/plugins/external/ibmfx", "/usr/sbin/fence_ibmbc",
                              "/usr/sbin/fence_ibmfx"}, held)
        self.assertIn("/usr/lib64/stonith/plugins/external/ibmbc", expanded("suse_version 1600"))

    def test_rhel_has_no_plugins(self):
        for release in ("rhel 9", "rhel 10"):
            listed = expanded(release).partition("%files -n fence-agents-havc")[2]
            self.assertIn("/usr/sbin/fence_ibmbc", listed)
            self.assertNotRegex(listed, "stonith|man8/ibm")

    def test_the_adapter_is_in_a_folder_of_the_version(self):
        self.assertTrue(any(re.fullmatch(r"/usr/lib64/havc/[0-9.]+/libhavc-libvirt\.so", path) for path in files(binary("libhavc0"))))

    def test_rpmlint_has_nothing_to_say_beyond_what_is_explained(self):
        config = SOURCE / "packaging/rpm/rpmlint.toml"
        done = subprocess.run(["rpmlint", "-c", str(config), *map(str, sorted(RPMS.glob("*.rpm")))], capture_output=True, text=True, timeout=240)
        self.assertEqual(re.findall(r"^\S+: [EW]: .*", done.stdout, re.MULTILINE), [])
        self.assertIn("7 packages", done.stdout)

    @unittest.skipUnless(AGAIN, "HAVC_RPMS_AGAIN is not set")
    def test_the_same_source_gives_the_same_packages_again(self):
        names = sorted(path.name for path in RPMS.glob("*.rpm"))
        self.assertGreaterEqual(len(names), 7)
        self.assertEqual([name for name in names if (RPMS / name).read_bytes() != (Path(AGAIN) / name).read_bytes()], [])


class Removal(unittest.TestCase):
    AGENT = "/usr/lib/ocf/resource.d/havc/LibvirtQemu"

    def setUp(self):
        self.root = Root()
        self.addCleanup(shutil.rmtree, self.root.path)
        self.packages = [binary(name) for name in ("libhavc0", "resource-agents-havc", "havc-compat", "fence-agents-havc")]
        done = self.root.rpm("-i", "--nodeps", *self.packages)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(self.root.has(self.AGENT))

    def library(self):
        return list(self.root.path.glob("usr/lib64/havc/*/libhavc.so"))

    def test_an_agent_with_resources_stays_and_they_are_named(self):
        self.root.say(agent=RESOURCE)
        done = self.root.rpm("-e", "--nodeps", "resource-agents-havc")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("resources of ocf:havc:LibvirtQemu: vm1 vm2", done.stderr)
        self.assertTrue(self.root.has(self.AGENT))

    def test_its_library_stays_with_it(self):
        self.root.say(agent=RESOURCE)
        done = self.root.rpm("-e", "havc-compat", "resource-agents-havc", "libhavc0")
        self.assertNotEqual(done.returncode, 0)
        self.assertTrue(self.root.has(self.AGENT))
        self.assertTrue(self.library())

    def test_an_agent_stays_with_its_name_of_havc2(self):
        self.root.say(custom=RESOURCE)
        done = self.root.rpm("-e", "havc-compat", "resource-agents-havc", "libhavc0")
        self.assertNotEqual(done.returncode, 0)
        self.assertTrue(self.root.has("/usr/lib/ocf/resource.d/custom/LibvirtQemu") and self.root.has(self.AGENT) and self.library())

    def test_a_file_of_havc2_keeps_no_agent(self):
        self.assertEqual(self.root.rpm("-e", "havc-compat").returncode, 0)
        (self.root.path / "usr/lib/ocf/resource.d/custom").mkdir(exist_ok=True)
        (self.root.path / "usr/lib/ocf/resource.d/custom/LibvirtQemu").write_text("#!/bin/sh\n")
        done = self.root.rpm("-e", "resource-agents-havc", "libhavc0")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_a_fence_agent_with_devices_stays(self):
        self.root.say(fencing=DEVICE)
        done = self.root.rpm("-e", "fence-agents-havc")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("chassis1", done.stderr)
        self.assertTrue(self.root.has("/usr/sbin/fence_ibmbc"))

    def test_in_maintenance_all_of_it_goes_with_a_warning(self):
        self.root.say(agent=RESOURCE, fencing=DEVICE, maintenance=MAINTENANCE)
        done = self.root.rpm("-e", "havc-compat", "resource-agents-havc", "libhavc0", "fence-agents-havc")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Warning: it is in maintenance-mode", done.stderr)
        self.assertFalse(self.root.has(self.AGENT) or self.library() or self.root.has("/usr/sbin/fence_ibmbc"))

    def test_without_resources_all_of_it_goes_silently(self):
        done = self.root.rpm("-e", "havc-compat", "resource-agents-havc", "libhavc0", "fence-agents-havc")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertFalse(self.root.has("/usr/lib64/havc") or self.root.has("/usr/lib/ocf/resource.d/havc"))

    def test_an_upgrade_asks_nothing(self):
        self.root.say(agent=RESOURCE, fencing=DEVICE)
        done = self.root.rpm("-U", "--force", "--nodeps", *self.packages)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(self.root.has(self.AGENT) and self.library())


if __name__ == "__main__":
    unittest.main(verbosity=2)
