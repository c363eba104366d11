#!/usr/bin/python3
"""havc console, vnc, monitor, top and virsh, by a real ssh to nodes whose Pacemaker and libvirt are recordings: who is asked, what reaches the program
on the node where the VM runs, and which exit code comes back. usage: reach_test.py HAVC RECORDINGS"""

import json
import os
import pty
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
import ssh_nodes  # noqa: E402

HAVC, RECORDINGS = sys.argv[1], Path(sys.argv[2])
VM, DOMAIN = "WEB-01", "WEB-01_intranet"  # of the recordings: on n1
TIMEOUT = "60"  # seconds; the machine may be busy

CLUSTER = """
ping_hosts = ["192.168.4.1"]

[zones.intranet]
ranges = ["192.168.4.0/24"]
bridge = "br0"
folders = ["/srv/vm"]

[nodes.n1]
address = "127.0.0.11"

[nodes.n2]
address = "127.0.0.12"
"""
TELLS = "#!/bin/sh\nexec cat {}\n"
# Writes its words down, and is what the test wants it to be.
NOTES = """#!/usr/bin/python3
import json, os, sys
from pathlib import Path
here = Path(__file__).resolve().parent.parent
with open(here / "calls", "a") as calls:
    calls.write(json.dumps([sys.argv[1:], os.isatty(0)]) + "\\n")
print((here / "says").read_text(), end="")
sys.exit(int((here / "exits").read_text()))
"""


class Reach(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.nodes = {"n1": ssh_nodes.Node("n1", 11, cls.folder), "n2": ssh_nodes.Node("n2", 12, cls.folder)}
        cls.inventory = cls.folder / "inventory"
        (cls.inventory / "vms").mkdir(parents=True)
        (cls.inventory / "cluster.toml").write_text(CLUSTER)

    def setUp(self):
        for node in self.nodes.values():
            (node.folder / "calls").write_text("")
            self.virsh_is(node, "", 0)
            self.cluster_is(node, "started")
            self.node_says(node, libvirt={"value": {"version": "9.0.0"}})
            for name in ("virsh", "virt-top"):
                node.program(name, NOTES)

    @staticmethod
    def virsh_is(node, says, exits):
        (node.folder / "says").write_text(says)
        (node.folder / "exits").write_text(str(exits))

    @staticmethod
    def cluster_is(node, recording):
        node.program("crm_mon", TELLS.format(RECORDINGS / f"{recording}.xml"))
        node.program("cibadmin", TELLS.format(RECORDINGS / f"{recording}.cib"))

    @staticmethod
    def node_says(node, **what):
        node.program("havc", "#!/bin/sh\ncat >/dev/null\ncat <<'END'\n" + json.dumps({"schema": "havc.node/1", **what}) + "\nEND\n")

    def calls(self, name="n1"):
        return [json.loads(line) for line in (self.nodes[name].folder / "calls").read_text().splitlines()]

    def havc(self, *words, code=0, stdin=None):
        command, rest = words[0], words[1:]
        # Below, options stand before the VM: what follows it is another program's.
        options = ["--timeout", TIMEOUT, *(() if "--config" in rest else ("--config", str(self.inventory)))]
        done = subprocess.run([HAVC, command, *options, *rest], capture_output=True, text=True, check=False, timeout=200, input=stdin or "")
        self.assertEqual(done.returncode, code, done)
        return done

    def test_words_reach_virsh_as_they_are(self):
        words = ["$(reboot)", "a b", "'", '"', "*", "", "--option", "\\", ";", "\n"]
        self.havc("virsh", VM, "set-user-password", *words)
        self.assertEqual(self.calls(), [[["--connect", "qemu:///system", "set-user-password", DOMAIN, *words], False]])

    def test_exit_code_and_words_of_virsh_come_back(self):
        self.virsh_is(self.nodes["n1"], "said\n", 3)
        self.assertEqual(self.havc("virsh", VM, "domstate", code=3).stdout, "said\n")

    def test_who_cannot_tell_is_passed_over(self):
        self.nodes["n1"].program("crm_mon", "#!/bin/sh\necho broken >&2\nexit 1\n")
        self.havc("virsh", VM, "domstate")
        self.assertEqual(len(self.calls("n1")), 1)  # the VM is on n1 all the same

    def test_when_nobody_can_tell_each_says_why(self):
        self.nodes["n1"].program("crm_mon", "#!/bin/sh\necho broken >&2\nexit 1\n")
        self.nodes["n2"].program("cibadmin", "#!/bin/sh\necho down >&2\nexit 102\n")
        said = self.havc("virsh", VM, "domstate", code=1).stderr
        self.assertRegex(said, r"(?s)no node has told.*n1: 'crm_mon' on n1.*broken.*n2: 'cibadmin' on n2.*down")
        self.assertEqual(self.calls("n1") + self.calls("n2"), [])

    def test_the_node_to_ask_can_be_chosen(self):
        self.nodes["n1"].program("crm_mon", "#!/bin/sh\necho broken >&2\nexit 1\n")
        self.havc("virsh", "--ask", "n2", VM, "domstate")
        self.assertIn("n1: 'crm_mon'", self.havc("virsh", "--ask", "n1", VM, "domstate", code=1).stderr)

    def test_the_node_of_the_vm_can_be_told(self):
        for node in self.nodes.values():
            node.program("crm_mon", "#!/bin/sh\nexit 1\n")
        self.havc("virsh", "--on", "n2", DOMAIN, "domstate")
        self.assertEqual(self.calls("n2"), [[["--connect", "qemu:///system", "domstate", DOMAIN], False]])

    def test_a_vm_that_moves_is_not_guessed_at(self):
        for node in self.nodes.values():
            self.cluster_is(node, "migrating")
        self.assertIn("moves from", self.havc("console", VM, code=1).stderr)
        self.assertEqual(self.calls("n1") + self.calls("n2"), [])

    def test_no_other_cluster_is_asked_when_the_inventory_cannot_be_read(self):
        broken = self.folder / "broken"
        broken.mkdir()
        (broken / "cluster.toml").write_text("[nodes")
        self.assertIn("cluster.toml:1", self.havc("console", "--config", str(broken), VM, code=1).stderr)

    def test_a_vm_that_nobody_knows_is_told(self):
        self.assertIn("WEB-99", self.havc("console", "WEB-99", code=1).stderr)

    def test_a_file_tells_where_the_vm_is(self):
        for node in self.nodes.values():
            node.program("crm_mon", "#!/bin/sh\nexit 1\n")
        self.havc("virsh", "--cib", str(RECORDINGS / "started.cib"), VM, "domstate")
        self.assertEqual(len(self.calls("n1")), 1)

    def test_the_console_has_a_terminal_of_its_own(self):
        self.virsh_is(self.nodes["n1"], "login:", 5)
        words = [HAVC, "console", "--config", str(self.inventory), "--timeout", TIMEOUT, VM]
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(HAVC, words)
        said = b""
        try:
            while chunk := os.read(terminal, 1000):
                said += chunk
        except OSError:
            pass  # the end of a terminal
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 5, said)
        self.assertIn(b"login:", said)
        self.assertEqual(self.calls(), [[["--connect", "qemu:///system", "console", DOMAIN], True]])

    def test_top_is_on_the_vm_s_node(self):
        self.havc("top", VM)
        self.havc("top", "--on", "n2")
        self.assertEqual([self.calls("n1"), self.calls("n2")], [[[["--connect", "qemu:///system"], False]]] * 2)

    def refused(self, says):
        """All that talk to libvirt say why not, and start nothing."""
        for words in (["console", VM], ["virsh", VM, "domstate"], ["monitor", VM, "info", "status"], ["vnc", VM], ["top", VM], ["top", "--on", "n1"]):
            self.assertIn(says, self.havc(*words, code=1).stderr)
        self.assertEqual(self.calls(), [])

    def test_a_libvirt_that_does_not_answer_holds_nobody(self):
        self.node_says(self.nodes["n1"], libvirt={"unknown": "no answer within 2 s"})
        self.refused("libvirt on node 'n1' does not answer: no answer within 2 s; see 'systemctl")

    def test_another_node_at_that_address_is_told(self):
        self.node_says(self.nodes["n1"], name={"value": "n2"}, libvirt={"value": {"version": "9.0.0"}})
        self.refused("node 'n1' (127.0.0.11) says that it is node 'n2'")

    def test_a_screen_is_told_with_its_tunnel(self):
        self.virsh_is(self.nodes["n1"], "127.0.0.1:2\n\n", 0)
        self.assertEqual(self.havc("vnc", VM).stdout, "localhost:2    once this runs: ssh -N -L 5902:127.0.0.1:5902 127.0.0.11\n")
        item = json.loads(self.havc("vnc", "--json", VM).stdout)["items"][0]
        self.assertEqual([item["vm"], item["node"], item["port"], item["reachable"]], [DOMAIN, "n1", 5902, False])
        self.virsh_is(self.nodes["n1"], ":0\n", 0)
        self.assertEqual(self.havc("vnc", VM).stdout, "127.0.0.11:0\n")

    def test_a_vm_without_screen_is_told(self):
        self.virsh_is(self.nodes["n1"], "", 1)
        self.assertIn("has no VNC display", self.havc("vnc", VM, code=1).stderr)

    def test_the_monitor_has_one_command_or_many(self):
        self.virsh_is(self.nodes["n1"], "VM status: running\n", 0)
        self.assertEqual(self.havc("monitor", VM, "info", "status").stdout, "VM status: running\n")
        self.assertEqual(self.havc("monitor", VM, stdin="info block\n\ninfo 'a b'\nquit\ninfo never\n").stdout, "VM status: running\n" * 2)
        words = ["--connect", "qemu:///system", "qemu-monitor-command", "--hmp", "--domain", DOMAIN, "--cmd"]
        self.assertEqual([call[0] for call in self.calls()], [[*words, "info status"], [*words, "info block"], [*words, "info 'a b'"]])

    def test_the_monitor_ends_no_vm_by_mistake(self):
        self.assertIn("havc stop", self.havc("monitor", VM, "quit", code=1).stderr)
        self.assertEqual(self.calls(), [])

    def test_ssh_ends_with_a_havc_that_is_killed(self):
        self.nodes["n1"].program("crm_mon", f"#!/bin/sh\necho $$ >{self.folder}/hangs\nexec sleep 1000\n")
        words = [HAVC, "vnc", "--config", str(self.inventory), "--ask", "n1", "--timeout", TIMEOUT, VM]
        with subprocess.Popen(words, stdin=subprocess.DEVNULL) as havc:
            ssh_nodes.wait_until((self.folder / "hangs").exists, "crm_mon is asked")
            clients = [pid for pid in processes() if parent_of(pid) == havc.pid]
            self.assertTrue(clients)
            havc.send_signal(signal.SIGINT)
            self.assertEqual(havc.wait(ssh_nodes.PATIENCE), -signal.SIGINT)
        ssh_nodes.wait_until(lambda: not set(clients) & set(processes()), "ssh ends")


def parent_of(pid):
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[1])
    except OSError:
        return 0


def processes():
    """Those that run; one that has ended and that nobody collected does not."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "stat").read_text().rpartition(") ")[2][0] != "Z":
                found.append(int(entry.name))
        except OSError:
            pass  # has ended
    return found


if __name__ == "__main__":
    ssh_nodes.enter()
    unittest.main(argv=sys.argv[:1], verbosity=2, warnings="ignore")
