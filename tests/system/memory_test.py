#!/usr/bin/python3
"""One run of each action under valgrind's memcheck, with everything that it starts: no invalid access, no use of what was never set, nothing lost.
private-host --stage DIR -- memory_test.py GUESTS"""

import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
import hosts  # noqa: E402
from hosts import agent, until  # noqa: E402

GUESTS = sys.argv.pop(1) if len(sys.argv) == 2 else ""
FOUND = 55  # the exit code when memcheck has something to say
MEMCHECK = ["valgrind", "--quiet", f"--error-exitcode={FOUND}", "--trace-children=yes", "--leak-check=full", "--errors-for-leak-kinds=definite",
            "--show-leak-kinds=definite", "--num-callers=25"]
HERE = Path(__file__).resolve().parent
PIDFD_OPEN = 434


def serve(path):
    """Opens and signals pidfds for pidfd_for_valgrind.cc."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(path)
    listener.listen(64)
    while True:
        client, _ = listener.accept()
        data, descriptors, _, _ = socket.recv_fds(client, 16, 1)
        call, number = struct.unpack("=qq", data)
        opened = []
        try:
            if call == PIDFD_OPEN:
                opened = [os.pidfd_open(number)]
            else:
                signal.pidfd_send_signal(descriptors[0], number)
            answer = 0
        except OSError as error:
            answer = -error.errno
        socket.send_fds(client, [struct.pack("=q", answer)], opened)
        for descriptor in (*opened, *descriptors):
            os.close(descriptor)
        client.close()


class Memory(unittest.TestCase):
    def check(self, action, host, code=0, **parameters):
        with self.subTest(action=action, host=host.name, **parameters):
            result = agent(action, self.guest, host, timeout=300, wrapper=self.memcheck, PIDFD_SERVER="/run/pidfd", **parameters)
            self.assertEqual((result.returncode, "== " in result.stderr), (code, False), result.stderr)

    def serve_pidfds(self, host, program):
        server = subprocess.Popen([*host.enter, "/usr/bin/python3", program, "--serve", "/run/pidfd"], stdin=subprocess.DEVNULL)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        until((host.root / "run/pidfd").exists, "the server of pidfds")

    def check_that_errors_are_found(self, folder, host):
        """By a program that frees twice, started as the agent is."""
        (folder / "bad.cc").write_text("#include <cstdlib>\nint main() { volatile auto p = malloc(1); free(p); free(p); }\n")
        subprocess.run(["g++", "-w", "-o", folder / "bad", folder / "bad.cc"], check=True)
        result = agent("start", self.guest, host, program=str(folder / "bad"), wrapper=self.memcheck, PIDFD_SERVER="/run/pidfd")
        self.assertEqual(result.returncode, FOUND)

    def test_every_action(self):
        with hosts.Stage(GUESTS) as stage:
            self.guest = stage.guest("vm1", 1)
            shim = stage.folder / "pidfd.so"
            subprocess.run(["g++", "-shared", "-fPIC", "-O1", "-o", shim, HERE / "pidfd_for_valgrind.cc"], check=True)
            # Only what valgrind runs may have it, not valgrind's own first process.
            known = shutil.copy(HERE / "valgrind.supp", stage.folder)
            self.memcheck = [*MEMCHECK, f"--suppressions={known}", "env", f"LD_PRELOAD={shim}"]
            shutil.copy(hosts.__file__, stage.folder)
            for host in stage.hosts:
                self.serve_pidfds(host, shutil.copy(__file__, stage.folder))
            here, there = stage.hosts
            self.check_that_errors_are_found(stage.folder, here)
            self.check("meta-data", here)
            self.check("usage", here)
            self.check("validate-all", here)
            self.check("validate-all", here, OCF_CHECK_LEVEL="10")
            self.check("reload-agent", here)
            self.check("start", here, code=6, config=None)
            self.check("monitor", here, code=7)
            self.check("start", here, monitor_scripts="/bin/true")
            self.guest.wait_until_ready()
            self.check("monitor", here, CRM_meta_interval="10000")
            self.check("monitor", here, CRM_meta_interval="10000", OCF_CHECK_LEVEL="10")
            self.check("monitor", here, hide_run_state=True)
            self.check("monitor", here, CRM_meta_interval="10000", monitor_scripts="/bin/false", code=1)
            self.check("migrate_to", here, CRM_meta_migrate_target="n2", migration_transport="tcp")
            self.check("migrate_from", there, CRM_meta_migrate_source="n1")
            self.check("stop", here)
            self.check("stop", there)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2])
    hosts.skip_unless_installed("virsh", "nsenter", "valgrind")
    unittest.main(verbosity=2, warnings="ignore")
