"""What tests of the fencing programs share: a host of their own with the programs in place, simulated chassis, credentials, and calls
as clusters make them."""

import itertools
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

SKIPPED = 77
NEEDED = ["cmake", "ip", "mount", "stonith", "tini", "unshare"]
PLUGINS = Path("/usr/lib/stonith/plugins/external")  # fixed in cluster-glue when it is built
INSIDE = "HAVC_CHASSIS_HOST"
FOLDER = Path("/run/fencing")
STAGE = FOLDER / "stage"
PROGRAMS = Path(os.environ.get("HAVC_BUILD", "build/dev")).resolve() / "bin"  # those that are not installed
RESET_FAILED = 5  # S_RESETFAIL of stonith/stonith.h: what `stonith -T` makes of any failure
PATIENCE = 100  # seconds; for what never takes that long
COUNTER = itertools.count()

# libstonith sleeps a second when a plugin says nothing: what a plugin took itself is known only beside it.
TIMED = """#!/usr/bin/python3 -ISB
import os, sys, time
begin = time.monotonic()
child = os.fork()
if not child:
    os.execv({program!r}, [{program!r}, *sys.argv[1:]])
code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
with open(os.environ.get("HAVC_TIMES", "/dev/null"), "a") as file:
    file.write(f"{{time.monotonic() - begin}} {{code}} {{' '.join(sys.argv[1:])}}\\n")
sys.exit(code)
"""


def skip(reason):
    print(f"skipped: {reason}", file=sys.stderr)
    sys.exit(SKIPPED)


def run(*words, **more):
    more.setdefault("input", "")
    return subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, check=False, **more)


def checked(*words, **more):
    result = run(*words, **more)
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(words)}: exit {result.returncode}: {result.stderr}")
    return result.stdout


def enter(*needed, timed=True, installs=True):
    """Goes on in a host of this test alone, with its own processes, network (only lo), mounts and /run; everything ends with it.
    HAVC_BUILD is a build folder with everything built, which is installed there with `installs`. Ends with 77 where that cannot be done."""
    if INSIDE not in os.environ:
        if os.geteuid() != 0:
            skip("namespaces need root")
        missing = [program for program in [*NEEDED, *needed] if not shutil.which(program)]
        if missing or not PLUGINS.is_dir():
            skip("not installed: " + ", ".join(missing or [str(PLUGINS)]))
        if not PROGRAMS.is_dir():
            skip(f"not built: {PROGRAMS}")
        os.environ[INSIDE] = "1"
        namespaces = ["--mount", "--net", "--pid", "--ipc", "--fork", "--kill-child"]
        os.execvp("unshare", ["unshare", *namespaces, "--", "tini", "--", sys.executable, os.path.abspath(sys.argv[0]), *sys.argv[1:]])
    checked("mount", "--make-rprivate", "/")
    checked("mount", "-t", "proc", "proc", "/proc")
    checked("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run")
    checked("ip", "link", "set", "lo", "up")
    STAGE.mkdir(parents=True)
    if installs:
        install(timed)


def lay_over(upper, lower):
    checked("mount", "-t", "overlay", "overlay", "-o", f"lowerdir={upper}:{lower}", str(lower))


def install(timed):
    """Puts the programs where clusters look for them; with `timed`, what takes their time between cluster-glue and them."""
    checked("cmake", "--install", str(PROGRAMS.parent), env={**os.environ, "DESTDIR": str(STAGE)})
    lay_over(STAGE / "usr", Path("/usr"))
    plugins = installed("external")
    if timed:
        wrappers = FOLDER / "timed"
        wrappers.mkdir()
        for plugin in plugins.iterdir():
            wrapper = wrappers / plugin.name
            wrapper.write_text(TIMED.format(program=str(plugin)))
            wrapper.chmod(0o755)
        plugins = wrappers
    if STAGE / PLUGINS.relative_to("/") != plugins:
        lay_over(plugins, PLUGINS)


def installed(name):
    """Where it was installed; the prefix is the build's."""
    return next(STAGE.rglob(name))


class Process:
    """A program of the chassis that says where it listens, and ends with its standard input."""

    def __init__(self, program, *arguments):
        self.control_path = str(FOLDER / f"control-{next(COUNTER)}")
        self.process = subprocess.Popen([str(PROGRAMS / program), "--until-eof", "--control", self.control_path, *map(str, arguments)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        found = re.match(r"listening udp6?:(.*)$", line)
        assert found, line
        self.address = found.group(1)

    def control(self, command):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(self.control_path)
            connection.sendall(command.encode() + b"\n")
            reply = b""
            while not re.search(rb"^(ok|error:.*)\n", reply, re.MULTILINE):
                part = connection.recv(65536)
                assert part, reply
                reply += part
        assert not reply.startswith(b"error:"), f"{command}: {reply}"
        return reply.decode()

    def end(self):
        if self.process.stdout.closed:
            return
        self.process.stdin.close()
        self.process.stdout.read()
        self.process.wait(timeout=PATIENCE)
        self.process.stdout.close()


class Chassis(Process):
    """One management module on this host's loopback."""

    def __init__(self, *arguments):
        super().__init__("havc-chassis-simulator", *arguments)

    def bay(self, number):
        """(state, commands accepted)"""
        found = re.search(rf"^bay {number} .*\bstate=(\S+) .*\baccepted=(\d+)", self.control("dump"), re.MULTILINE)
        return found.group(1), int(found.group(2))

    def packets(self):
        """Requests that have arrived."""
        return int(re.search(r"\bpackets=(\d+)", self.control("dump")).group(1))


class Proxy(Process):
    """What networks do to packets between a program and modules, by the name of a scenario."""

    def __init__(self, scenario, modules):
        super().__init__("havc-chassis-proxy", *(word for each in modules for word in ("--backend", each)), "--scenario", scenario)


@dataclass(frozen=True)
class Community:
    """Credentials of SNMPv1."""

    name: str = "secret"

    def conf(self):
        return f"defVersion 1\ndefCommunity {self.name}\n"

    def parameters(self):
        return {"snmp_version": "1", "community": self.name}


@dataclass(frozen=True)
class User:
    """Credentials of SNMPv3."""

    name: str = "admin"
    auth: str = "SHA"
    password: str = "authpass1"
    priv: str = "AES"
    priv_password: str = "privpass1"

    def conf(self):
        return (f"defVersion 3\ndefSecurityName {self.name}\ndefSecurityLevel authPriv\ndefAuthType {self.auth}\n"
                f"defAuthPassphrase {self.password}\ndefPrivType {self.priv}\ndefPrivPassphrase {self.priv_password}\n")

    def parameters(self):
        return {"snmp_version": "3", "username": self.name, "snmp_sec_level": "authPriv", "snmp_auth_prot": self.auth,
                "password": self.password, "snmp_priv_prot": self.priv, "snmp_priv_passwd": self.priv_password}

    def option(self):
        """As the simulator knows the user."""
        return ":".join((self.name, self.auth, self.password, self.priv, self.priv_password))


def configuration(text):
    """A folder with this snmp.conf."""
    folder = FOLDER / f"conf-{next(COUNTER)}"
    folder.mkdir()
    path = folder / "snmp.conf"
    path.write_text(text)
    path.chmod(0o600)
    return folder


def run_side_by_side(threads=4):
    """Each test of the caller's file on a thread, those that are known to be long first: they wait for deadlines, mostly."""
    suites = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    tests = sorted((test for suite in suites for test in suite), key=lambda test: -getattr(getattr(test, test.id().split(".")[-1]), "seconds", 0))

    def one(test):
        result = unittest.TestResult()
        begin = time.monotonic()
        test.run(result)
        return test, result, time.monotonic() - begin

    with ThreadPoolExecutor(threads) as pool:
        results = list(pool.map(one, tests))
    for test, result, seconds in results:
        word = "ok" if result.wasSuccessful() and result.testsRun else "FAILED"
        print(f"{test.id()}: {'skipped' if result.skipped else word} ({seconds:.1f} s)")
        for _, report in result.failures + result.errors:
            print(report)
    return 0 if tests and all(result.wasSuccessful() for _, result, _ in results) else 1


def main(*needed, threads=4, timed=True, prepare=lambda: None, after=lambda: None):
    enter(*needed, timed=timed)
    prepare()
    if len(sys.argv) == 1:
        failed = run_side_by_side(threads)
    else:
        failed = not unittest.main(exit=False).result.wasSuccessful()
    after()
    sys.exit(failed)
