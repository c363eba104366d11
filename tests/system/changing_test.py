#!/usr/bin/python3
"""havc apply, stop and remove as they are called, by a real ssh to nodes that are models: their files are a folder's, their libvirt runs what a file
names, and their cluster is a CIB in a file that is at once as crm_simulate says it would become. usage: changing_test.py HAVC TEMPLATES"""

import fcntl
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
import ssh_nodes  # noqa: E402

HAVC, TEMPLATES = sys.argv[1], Path(sys.argv[2])
LOCK = Path("/var/lib/havc/applied/.lock")
NODES = {"n1": 11, "n2": 12}
WEB = "WEB-01_intranet"
CLUSTER = """
ping_hosts = ["192.168.4.1"]

[zones.intranet]
ranges = ["192.168.4.0/24"]
bridge = "br0"
folders = ["/srv/vm"]

[nodes]
n1 = { address = "127.0.0.11", cpus = 8, memory = 8192 }
n2 = { address = "127.0.0.12", cpus = 8, memory = 8192 }

[chassis.chassis]
type = "fence_ibmbc"
address = "192.168.3.5"
"""
VM = 'name = "WEB-01"\nhost = "web-01.example.org"\naddress = "192.168.4.11"\nmemory = {}\n'
STATE = "".join(f'<node_state id="{number}" uname="{name}" in_ccm="true" crmd="online" join="member" expected="member" crm-debug-origin="test">'
                f'<transient_attributes id="{number}"><instance_attributes id="status-{number}"><nvpair id="status-{number}-pingd" name="pingd" '
                f'value="1000"/></instance_attributes></transient_attributes><lrm id="{number}"><lrm_resources/></lrm></node_state>'
                for number, name in enumerate(NODES, 1))
CIB = ('<cib crm_feature_set="3.16.1" validate-with="pacemaker-3.8" epoch="1" num_updates="0" admin_epoch="0" have-quorum="1" dc-uuid="1">'
       '<configuration><crm_config><cluster_property_set id="o"><nvpair id="o-dc" name="dc-version" value="2.1.5"/>'
       '<nvpair id="o-i" name="cluster-infrastructure" value="corosync"/></cluster_property_set></crm_config>'
       '<nodes><node id="1" uname="n1"/><node id="2" uname="n2"/></nodes><resources/><constraints/></configuration>'
       f"<status>{STATE}</status></cib>")
CIBADMIN = "#!/bin/sh\nCIB_file={cib} exec cibadmin_of_pacemaker \"$@\"\n"
# While there is a file "still", nothing begins and nothing ends.
CRM_MON = """#!/bin/sh
echo asked >>{folder}/asked
if [ -e {folder}/still ]; then exec /usr/sbin/crm_mon "$@" --xml-file {folder}/was.xml; fi
/usr/sbin/crm_simulate --simulate --xml-file {folder}/cib.xml --save-output {folder}/now.xml >/dev/null || exit 1
cp {folder}/now.xml {folder}/was.xml
exec /usr/sbin/crm_mon "$@" --xml-file {folder}/now.xml
"""
NODE = """#!/usr/bin/python3
import hashlib, json, sys
from pathlib import Path
here = Path(__file__).resolve().parent.parent
disk = here / "disk"
def folder(path):
    files = [file for file in (disk / path[1:]).rglob("*") if file.is_file()]
    return {"value": {"path": path, "exists": True, "file_system": "ext4", "local": True, "files": [
        {"path": str(file.relative_to(disk / path[1:])), "kind": "regular", "size": file.stat().st_size, "mode": 0o600,
         "sha256": {"value": hashlib.sha256(file.read_bytes()).hexdigest()}} for file in files]}}
def libvirt():
    if (here / "hangs").exists():
        return {"unknown": "no answer in time"}
    names = (here / "runs").read_text().split() if (here / "runs").exists() else []
    return {"value": {"version": "9.0.0", "qemu": "7.2.0", "domains": [{"seen": {"identity": {"name": name}, "state": "running"}} for name in names]}}
asked = json.load(sys.stdin)
if sys.argv[2] == "report":
    with open(here / "questions", "a") as questions:
        questions.write(json.dumps(asked) + "\\n")
    print(json.dumps({"schema": "havc.node/1", "host": here.name, "havc": "0", "kernel": "0", "began": 0, "ended": 0, "libvirt": libvirt(),
                      "domains": folder("/etc/havc/libvirt"), "inventory": folder("/var/lib/havc/inventory")}))
    sys.exit(0)
receipts = []
for file in asked.get("files", []):
    path = disk / file["path"][1:]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(file["content"])
    receipts.append({"path": file["path"], "outcome": "written", "problem": ""})
for path in asked.get("remove", []):
    (disk / path[1:]).unlink(missing_ok=True)
    receipts.append({"path": path, "outcome": "removed", "problem": ""})
print(json.dumps({"schema": "havc.receipts/1", "receipts": receipts}))
"""
CAT = '#!/bin/sh\nexec /bin/cat "{folder}/disk$1"\n'


class Changing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory(dir="/run")))
        cls.nodes = {name: ssh_nodes.Node(name, number, cls.folder) for name, number in NODES.items()}
        for node in cls.nodes.values():
            node.program("cibadmin", CIBADMIN.format(cib=cls.folder / "cib.xml").replace("cibadmin_of_pacemaker", "/usr/sbin/cibadmin"))
            node.program("crm_mon", CRM_MON.format(folder=cls.folder))
            node.program("havc", NODE)
            node.program("cat", CAT.format(folder=node.folder))

    def setUp(self):
        subprocess.run(["rm", "-rf", "/var/lib/havc", str(self.folder / "inventory")], check=True)
        self.cib = self.folder / "cib.xml"
        self.cib.write_text(CIB)
        self.file = self.folder / "inventory/vms/WEB-01.toml"
        self.file.parent.mkdir(parents=True)
        (self.folder / "inventory/cluster.toml").write_text(CLUSTER)
        (self.folder / "inventory/templates").symlink_to(TEMPLATES)
        self.file.write_text(VM.format(1024))
        for node in self.nodes.values():
            subprocess.run(["rm", "-rf", *(str(node.folder / name) for name in ("disk", "runs", "hangs", "questions"))], check=True)
        (self.folder / "still").unlink(missing_ok=True)

    def words(self, *words):
        return [HAVC, *words, "--config", str(self.folder / "inventory"), *(("--timeout", "60") if words[0] == "plan" else ())]

    def havc(self, *words, code=0):
        done = subprocess.run(self.words(*words), capture_output=True, text=True, check=False, timeout=300, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, code, done)
        return done

    def begin(self, *words):
        return subprocess.Popen(self.words(*words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def applied(self):
        self.havc("apply", "--yes")
        self.assertIn(f'id="{WEB}"', self.cib.read_text())

    def digest(self):
        disks = {str(path): path.read_bytes() for node in self.nodes.values() for path in (node.folder / "disk").rglob("*") if path.is_file()}
        return hashlib.sha256(self.cib.read_bytes() + repr(sorted(disks.items())).encode()).digest()

    def questions(self, name="n1"):
        file = self.nodes[name].folder / "questions"
        return [json.loads(line) for line in file.read_text().splitlines()]

    def runs(self, node, *names):
        (self.nodes[node].folder / "runs").write_text("\n".join(names))

    def test_a_second_apply_does_nothing_and_asks_each_node_once(self):
        self.applied()
        before = self.digest()
        for node in self.nodes.values():
            (node.folder / "questions").unlink()
        self.assertEqual(self.havc("apply").stdout, "nothing to do\n")
        self.assertEqual(self.digest(), before)
        for name in NODES:
            asked = self.questions(name)
            self.assertEqual([(each["files"], each["libvirt"]) for each in asked], [(True, True)])

    def test_apply_shows_what_plan_shows(self):
        self.applied()
        self.file.write_text(VM.format(2048))
        planned = self.havc("plan", code=2).stdout
        self.assertIn("memory 1024 -> 2048 MiB", planned)
        applied = self.havc("apply", code=1)  # nobody can be asked
        self.assertEqual(applied.stdout, planned)
        self.assertIn("--yes", applied.stderr)

    def test_a_libvirt_that_hangs_hides_no_file(self):
        self.applied()
        (self.nodes["n2"].folder / "hangs").touch()
        self.assertEqual(self.havc("apply").stdout, "nothing to do\n")
        self.file.write_text(VM.format(2048))
        said = self.havc("plan", code=2).stdout
        self.assertIn("n1: 1 changed file\n", said)
        self.assertIn("n2: 1 changed file\n", said)
        self.assertIn("libvirt on 'n2' does not say what runs there", said)

    def test_what_is_applied_is_read_once_the_lock_is_had(self):
        self.applied()
        with open(LOCK, "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            waiting = self.begin("apply")
            descriptors = Path(f"/proc/{waiting.pid}/fd")
            ssh_nodes.wait_until(lambda: waiting.poll() is not None or any(reads(each) == str(LOCK) for each in descriptors.iterdir()), "it waits")
            self.file.write_text(VM.format(4096))
        out, err = waiting.communicate(timeout=ssh_nodes.PATIENCE)
        self.assertIn("memory 1024 -> 4096 MiB", out, err)

    def test_who_holds_the_lock_too_long_is_told(self):
        self.applied()
        with open(LOCK, "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assertIn("another havc on this machine is changing the cluster", self.havc("apply", code=1).stderr)

    def test_what_also_runs_elsewhere_has_not_stopped(self):
        self.applied()
        other = self.beside()
        said = self.havc("stop", "WEB-01", "--yes", code=3).stderr
        self.assertIn(f"{WEB} still runs on {other}", said)
        self.assertIn(f"virsh shutdown {WEB}, on {other}", said)
        self.havc("apply", code=3)
        self.runs(other)
        self.havc("apply")

    def test_what_also_runs_elsewhere_is_not_removed(self):
        self.applied()
        other = self.beside()
        said = self.havc("remove", "WEB-01", "--yes", code=3).stderr
        self.assertIn(f"{WEB} still runs on {other}", said)
        self.assertIn("not removed: call 'havc remove' again", said)
        self.assertTrue(self.file.exists())
        self.assertIn(f'id="{WEB}"', self.cib.read_text())
        self.runs(other)
        self.havc("remove", "WEB-01", "--yes")
        self.assertFalse(self.file.exists())
        self.assertNotIn(f'id="{WEB}"', self.cib.read_text())

    def test_what_runs_twice_is_a_problem_of_plan_and_apply(self):
        self.applied()
        other = self.beside(twice=True)
        self.assertIn(f"attention: {WEB} is duplicate", self.havc("apply", code=3).stderr)
        self.file.write_text(VM.format(2048))
        self.assertIn(f"'{WEB}' is duplicate: active on", self.havc("plan", code=1).stdout)
        self.assertIn(f"'{WEB}' is duplicate: active on", self.havc("apply", "--yes", code=1).stderr)
        self.runs(other)
        self.havc("apply", "--yes")

    def test_what_an_interrupted_start_has_left_is_waited_for(self):
        self.applied()
        self.havc("stop", "WEB-01", "--yes")
        (self.folder / "still").touch()
        began = self.begin("start", "WEB-01", "--yes")
        ssh_nodes.wait_until(lambda: began.poll() is not None or 'value="Stopped"' not in self.cib.read_text(), "the configuration is changed")
        began.send_signal(signal.SIGINT)
        said = began.communicate(timeout=ssh_nodes.PATIENCE)[1]
        self.assertEqual(began.returncode, 130, said)
        self.assertEqual(self.placed(), "")
        (self.folder / "asked").unlink()
        before = self.digest()
        waiting = self.begin("apply")
        # For the plan, at the beginning, and then because it waits.
        ssh_nodes.wait_until(lambda: waiting.poll() is not None or len(self.asked()) > 2, "it waits")
        self.assertIsNone(waiting.poll())
        (self.folder / "still").unlink()
        out, err = waiting.communicate(timeout=ssh_nodes.PATIENCE)
        self.assertEqual((waiting.returncode, out), (0, ""), err)
        self.assertIn("1 of 1 virtual machines are as wanted", err)
        self.assertNotEqual(self.placed(), "")
        self.assertEqual(self.digest(), before)

    def asked(self):
        file = self.folder / "asked"
        return file.read_text().splitlines() if file.exists() else []

    def test_what_is_told_after_ctrl_c_is_what_does_the_rest(self):
        self.applied()
        for words, remedy in ((("stop", "WEB-01"), "'havc apply' does the rest"), (("remove", "WEB-01"), "call 'havc remove' again")):
            (self.folder / "still").touch()
            began = self.begin(*words, "--yes")
            ssh_nodes.wait_until(lambda: began.poll() is not None or 'value="Stopped"' in self.cib.read_text(), "the configuration is changed")
            began.send_signal(signal.SIGINT)
            said = began.communicate(timeout=ssh_nodes.PATIENCE)[1]
            self.assertEqual(began.returncode, 130, said)
            self.assertIn(remedy, said)
            self.assertEqual(said.count("again") + said.count("does the rest"), remedy.count("again") + 1, said)
            (self.folder / "still").unlink()
            self.havc(*(("apply", "--yes") if words[0] == "stop" else (*words, "--yes")))
            if words[0] == "stop":
                self.havc("start", "WEB-01", "--yes")
        self.assertFalse(self.file.exists())

    def placed(self):
        out = subprocess.run(["crm_mon", "--xml-file", str(self.folder / "was.xml"), "--output-as=xml"], capture_output=True, text=True, check=True).stdout
        return next((node.get("name") for node in ElementTree.fromstring(out).iterfind(f".//resource[@id='{WEB}']/node")), "")

    def beside(self, twice=False):
        """It also runs where Pacemaker does not know of it; gives that node."""
        here = self.placed()
        other = {"n1": "n2", "n2": "n1"}[here]
        self.runs(here, *([WEB] if twice else []))
        self.runs(other, WEB)
        return other


def reads(link):
    try:
        return os.readlink(link)
    except OSError:
        return ""  # closed meanwhile


if __name__ == "__main__":
    ssh_nodes.enter()
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/var/lib"], check=True)
    unittest.main(argv=sys.argv[:1], verbosity=2, warnings="ignore")
