#!/usr/bin/python3
"""A fencing program that is killed at any moment leaves nothing behind: no file, process or socket, and the next one works. Pacemaker
kills the whole process group, without a warning.

HAVC_BUILD is a build folder with everything built. Exits with 77 where a host of its own cannot be made.
"""

import os
import re
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
from chassis_host import FOLDER, PATIENCE, PROGRAMS, Chassis, Community, User, checked, configuration, main, run  # noqa: E402

HERE = FOLDER / "here"  # working directory and home
BUILT = FOLDER / "built"
WATCHED = ["/tmp", "/run", "/var/lib/snmp", "/var/tmp", "/dev/shm", "/etc/snmp"]
ALICE = User()
# What makes something that outlives a process, or takes it away from others.
LASTING = r"O_CREAT|O_TMPFILE|O_TRUNC|^\d+ +(mkdir|mknod|rename|link|symlink|unlink|rmdir|truncate|chmod|chown)\w*\(|bind\(\d+, \{sa_family=AF_UNIX"

MOMENTS = {
    "before it has asked anything": lambda chassis: True,
    "after its first request": lambda chassis: chassis.packets() >= 1,
    "while it looks for the host": lambda chassis: chassis.packets() >= 5,
    "after its command": lambda chassis: chassis.bay(3)[1] >= 1,
    "between its readings of off": lambda chassis: chassis.bay(3)[0] == "0",
}


def make_private():
    """Folders that nobody else writes to. What was built stays in sight, even in /tmp."""
    built = PROGRAMS.parent
    BUILT.mkdir()
    checked("mount", "--bind", str(built), str(BUILT))
    for folder in WATCHED:
        if folder != "/run" and Path(folder).is_dir():
            checked("mount", "-t", "tmpfs", "tmpfs", folder)
    built.mkdir(parents=True, exist_ok=True)
    checked("mount", "--bind", str(BUILT), str(built))
    HERE.mkdir()
    os.chdir(HERE)
    os.environ["HOME"] = str(HERE)


def files():
    found = set()
    for top in WATCHED:
        for folder, folders, names in os.walk(top):
            # Where others build and test at the same time.
            folders[:] = [name for name in folders if Path(folder, name) not in (BUILT, PROGRAMS.parent)]
            for path in [folder, *(os.path.join(folder, name) for name in names)]:
                status = os.lstat(path)
                found.add((path, status.st_ino, status.st_size, status.st_mtime_ns))
    return found


def processes():
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            found.add((folder.name, (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()))
        except OSError:
            pass  # has ended
    return found


def sockets():
    """All of this host that have an address or listen; the numbers are the kernel's own."""
    found = set()
    for kind in ("udp", "udp6", "tcp", "tcp6"):
        found |= {(kind, line.split()[1]) for line in Path(f"/proc/net/{kind}").read_text().splitlines()[1:]}
    return found | {("unix", line.split()[7]) for line in Path("/proc/net/unix").read_text().splitlines()[1:] if len(line.split()) > 7}


def everything():
    return files() | processes() | sockets()


def wait_until(condition, what):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"not within {PATIENCE} s: {what}"
        time.sleep(0.002)


def by_stonith(address, credentials):
    """The command line, and what it gets on standard input."""
    conf = configuration(credentials.conf())
    return ["stonith", "-t", "external/ibmbc", f"mgmt_address={address}", f"snmp_conf_path={conf}", "no_softoff=1", "-T", "off", "node1"], ""


def by_agent(address, credentials):
    settings = {"action": "off", "nodename": "node1", "plug": "node1", "ip": address, **credentials.parameters()}
    return ["fence_ibmbc"], "".join(f"{name}={value}\n" for name, value in settings.items())


class Killed(unittest.TestCase):
    def check(self, way, credentials, access):
        for moment, reached in MOMENTS.items():
            with self.subTest(moment):
                chassis = Chassis(*access, "--latency", "100", "--bay", "3=node1", "--bay", "7=node7")
                self.addCleanup(chassis.end)
                words, text = way(chassis.address, credentials)
                before = everything()
                self.kill(words, text, lambda: reached(chassis), moment)
                wait_until(lambda: processes() <= before, "killed processes go")
                self.assertEqual(everything(), before)
                result = run(*words, input=text)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertEqual((chassis.bay(3)[0], chassis.bay(7)), ("0", ("1", 0)))
                self.assertEqual(everything(), before)
                chassis.end()

    def kill(self, words, text, reached, moment):
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                   start_new_session=True)
        process.stdin.write(text)
        process.stdin.close()
        wait_until(lambda: reached() or process.poll() is not None, moment)
        os.killpg(process.pid, signal.SIGKILL)
        output = process.stdout.read()
        process.wait(timeout=PATIENCE)
        process.stdout.close()
        self.assertEqual(process.returncode, -signal.SIGKILL, f"it had ended before: {output}")

    def test_in_snmpv1_through_cluster_glue(self):
        self.check(by_stonith, Community(), ("--community", "secret"))

    def test_in_snmpv3_through_cluster_glue(self):
        self.check(by_stonith, ALICE, ("--user", ALICE.option()))

    def test_in_snmpv1_as_a_fence_agent(self):
        self.check(by_agent, Community(), ("--community", "secret"))

    def test_in_snmpv3_as_a_fence_agent(self):
        self.check(by_agent, ALICE, ("--user", ALICE.option()))


class Traced(unittest.TestCase):
    def test_nothing_that_lasts_is_made_in_a_whole_operation(self):
        chassis = Chassis("--user", ALICE.option(), "--latency", "100", "--bay", "3=node1")
        self.addCleanup(chassis.end)
        words, text = by_stonith(chassis.address, ALICE)
        trace = FOLDER / "trace"
        result = run("strace", "-f", "-qq", "-o", str(trace), "-e", "trace=%file,%desc,bind", *words, input=text,
                     env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
        self.assertEqual(result.returncode, 0, result.stderr)
        lines = trace.read_text().splitlines()
        self.assertTrue(any("snmp.conf" in line for line in lines), "the program itself was not traced")
        lasting = [line for line in lines if re.search(LASTING, line) and "/dev/null" not in line]
        self.assertEqual(lasting, [])


if __name__ == "__main__":
    main("strace", threads=1, prepare=make_private)
