#!/usr/bin/python3
"""havc on a node whose file systems misbehave: one that hangs holds no report, one that is full damages no file.

HAVC_PROGRAM is the program. Exits with 77 where mounts cannot be made.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

PROGRAM = os.environ["HAVC_PROGRAM"]
LIMIT = 2  # s, of a report
ROOM = 30  # s, for a machine that is busy


def ask(*command, **words):
    result = subprocess.run([PROGRAM, "node", *command], input=json.dumps(words), capture_output=True, text=True, timeout=120)
    return result.returncode, json.loads(result.stdout)


def parcel_file(name, content):
    return {"path": f"/etc/havc/libvirt/{name}", "content": content, "sha256": hashlib.sha256(content.encode()).hexdigest(), "mode": 0o600}


class Node(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def hang(self):
        """A file system through FUSE, whose server is stopped."""
        source, mount = self.folder / "source", self.folder / "mount"
        source.mkdir()
        mount.mkdir()
        (source / "a.raw").write_bytes(b"QFI\xfb")
        server = subprocess.Popen(["bindfs", "-f", source, mount])
        self.addCleanup(server.wait, 60)
        self.addCleanup(subprocess.run, ["umount", mount], check=True)
        self.addCleanup(server.send_signal, signal.SIGCONT)
        while not mount.is_mount():
            self.assertIsNone(server.poll())
            time.sleep(0.01)
        server.send_signal(signal.SIGSTOP)
        return str(mount)

    @unittest.skipUnless(shutil.which("bindfs"), "bindfs is not installed")
    def test_a_mount_that_hangs_is_not_known_and_holds_nobody(self):
        mount = self.hang()
        begin = time.monotonic()
        code, report = ask("report", schema="havc.question/1", limit=LIMIT * 1000, folders=[mount, "/"], images=[mount + "/a.raw", PROGRAM])
        self.assertLess(time.monotonic() - begin, LIMIT + ROOM)
        self.assertEqual(code, 0)
        hung, root = report["mounts"]
        self.assertEqual(hung["mounted_on"], mount)
        self.assertEqual(hung["space"], {"unknown": "no answer in time"})
        self.assertIn("value", root["space"])
        images = {each["path"]: each["facts"] for each in report["images"]}
        self.assertEqual(images[mount + "/a.raw"], {"unknown": "no answer in time"})
        self.assertEqual(images[PROGRAM]["value"]["format"], "raw")

    def test_a_full_disk_damages_nothing(self):
        target = self.folder / "etc/havc/libvirt"
        target.mkdir(parents=True)
        (self.folder / "run").mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", target], check=True)
        self.addCleanup(subprocess.run, ["umount", target], check=True)
        (target / "a.xml").write_text("old")
        files = [parcel_file("a.xml", "x" * 20000), parcel_file("b.xml", "y" * 50000)]
        code, answer = ask("receive", "--root", str(self.folder), schema="havc.parcel/1", files=files, remove=[])
        self.assertEqual(code, 1)
        first, second = answer["receipts"]
        self.assertEqual(first["problem"], "left as it was, because of another file")
        self.assertEqual(second["problem"], f"cannot write a file into '{target}': No space left on device")
        self.assertEqual([each.name for each in target.iterdir()], ["a.xml"])
        self.assertEqual((target / "a.xml").read_text(), "old")


if __name__ == "__main__":
    if os.environ.get("HAVC_OWN_MOUNTS") != "1":
        if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], check=False).returncode != 0:
            print("skipped: mounts need root")
            sys.exit(77)
        os.environ["HAVC_OWN_MOUNTS"] = "1"
        os.execvp("unshare", ["unshare", "-m", sys.executable, *sys.argv])
    unittest.main(verbosity=2)
