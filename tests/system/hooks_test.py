#!/usr/bin/python3
"""What the agent does beside the domain, with real libvirt, QEMU and CIB tools: hooks and monitor scripts that misbehave, utilization attributes, the
ordering of systemd's units, the definition that is written back. Runs on a private host that has the staged build laid over /usr and a second
host beside it: private-host --stage DIR --beside 16511 -- hooks_test.py GUESTS"""

import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

SKIPPED = 77
DEGRADED = 190
AGENT = "/usr/lib/ocf/resource.d/havc/LibvirtQemu"
NEEDED = ["cibadmin", "crm_resource", "strace", "virsh"]
GUESTS = Path(sys.argv.pop()) if len(sys.argv) > 1 else Path()
FOLDER = Path("/run/hooks")
BIN = FOLDER / "bin"  # programs that stand for those of the system
CIB = FOLDER / "cib.xml"
CALLS = FOLDER / "calls"
DROP_IN = Path("/run/systemd/system/resource-agents-deps.target.d/99-havc-libvirt.conf")
TARGET = "127.0.0.1:16511"  # as qemu+tcp://TARGET/system

DOMAIN = f"""<domain type='qemu'>
  <name>vm1</name><uuid>6f1d3c1e-2b0a-4d0e-9a51-0d6f3a7b9c01</uuid><memory unit='MiB'>16</memory><vcpu current='1'>2</vcpu>
  <os><type machine='pc'>hvm</type></os><features><acpi/></features>
  <devices>
    <disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='{GUESTS / "obedient.img"}'/><target dev='vda' bus='virtio'/><readonly/></disk>
    <controller type='usb' model='none'/><memballoon model='none'/>
  </devices>
</domain>
"""
CONFIGURATION = """<cib crm_feature_set="3.0.14" validate-with="pacemaker-3.0" epoch="1" num_updates="0" admin_epoch="0">
  <configuration><crm_config/><nodes/><resources><group id="g"><primitive id="vm1" class="ocf" provider="havc" type="LibvirtQemu">
    <utilization id="ours"><nvpair id="ours-disk" name="disk" value="7"/><nvpair id="odd" name="hv_memory" value="1"/></utilization>
  </primitive></group></resources><constraints/></configuration><status/></cib>
"""


def program(name, body, folder=BIN):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text("#!/bin/sh\n" + body + "\n")
    path.chmod(0o755)
    return str(path)


def recorder(name, then="exit 0"):
    return program(name, f'echo "{name} $*" >>{CALLS}\n{then}')


def agent(action, wrapper=(), **more):
    values = {"PATH": f"{BIN}:/usr/sbin:/usr/bin:/sbin:/bin", "OCF_ROOT": "/usr/lib/ocf", "OCF_RA_VERSION_MAJOR": "1", "OCF_RESOURCE_INSTANCE": "vm1",
              "CIB_file": str(CIB), "HA_RSCTMP": "/run/resource-agents", "OCF_RESKEY_config": str(FOLDER / "vm1.xml"),
              **{f"OCF_RESKEY_{name}": str(value) for name, value in more.items()}}
    begin = time.monotonic()
    result = subprocess.run([*wrapper, AGENT, action], env=values, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=150, check=False)
    result.seconds = time.monotonic() - begin
    result.reasons = re.findall(r"^ocf-exit-reason:(.*)$", result.stderr, re.MULTILINE)
    return result


def monitor(**more):
    return agent("monitor", CRM_meta_interval="10000", CRM_meta_timeout="20000", **more)


def virsh(*words):
    return subprocess.run(["virsh", "-q", *words], capture_output=True, text=True, timeout=60, check=True).stdout


def utilization():
    pairs = ElementTree.parse(CIB).find(".//primitive[@id='vm1']").iter("nvpair")
    return {pair.get("name"): pair.get("value") for pair in pairs}


def calls():
    lines = CALLS.read_text().splitlines() if CALLS.exists() else []
    CALLS.unlink(missing_ok=True)
    return lines


class Case(unittest.TestCase):
    def setUp(self):
        FOLDER.mkdir()
        BIN.mkdir()
        (FOLDER / "vm1.xml").write_text(DOMAIN)
        CIB.write_text(CONFIGURATION)
        self.addCleanup(shutil.rmtree, FOLDER)
        self.addCleanup(shutil.rmtree, "/run/resource-agents", ignore_errors=True)
        self.addCleanup(shutil.rmtree, "/run/systemd", ignore_errors=True)
        self.addCleanup(lambda: subprocess.run(["virsh", "-q", "destroy", "vm1"], capture_output=True, check=False))

    def done(self, action, **more):
        result = agent(action, **more)
        self.assertEqual((result.returncode, result.reasons), (0, []), result.stderr)
        return result


class Hooks(Case):
    def test_a_start_is_refused_in_the_hooks_words_and_nothing_is_made(self):
        hook = program("hook", f'echo "$1 $OCF_RESOURCE_INSTANCE" >{CALLS}; echo "it runs at site B" >&2; exit 3')
        result = agent("start", pre_start_hook=hook)
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.reasons, [f"pre_start_hook '{hook}' exits with 3: it runs at site B"])
        self.assertEqual(calls(), ["vm1 vm1"])
        self.assertEqual(virsh("list", "--all").strip(), "")

    def test_a_hook_runs_only_for_a_start_that_starts(self):
        hook = {"pre_start_hook": recorder("hook"), "pre_migrate_hook": recorder("leave")}
        self.assertEqual(agent("monitor", **hook).returncode, 7)
        self.assertEqual(calls(), [])
        self.done("start", **hook)
        self.assertEqual(calls(), ["hook vm1"])
        for action in ("start", "monitor", "validate-all", "reload-agent"):
            self.done(action, **hook)
        self.assertEqual(monitor(**hook).returncode, 0)
        self.done("stop", **hook)
        self.assertEqual(calls(), [])

    def test_a_hook_that_hangs_and_ignores_signals_refuses_in_time(self):
        hook = program("hook", "trap '' TERM INT HUP\necho asking the storage\nwhile :; do sleep 1; done")
        result = agent("start", pre_start_hook=hook, CRM_meta_timeout="10000")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertLess(result.seconds, 10)
        self.assertIn("timed out and was killed: asking the storage", result.stderr)
        self.assertEqual(virsh("list", "--all").strip(), "")

    def test_a_hook_that_is_missing_refuses(self):
        result = agent("start", pre_start_hook="/nonexistent/hook")
        self.assertEqual(result.returncode, 1)
        self.assertIn("cannot run '/nonexistent/hook'", result.reasons[0])

    def test_a_migration_is_refused_in_the_hooks_words_and_the_machine_stays(self):
        self.done("start")
        hook = program("hook", 'echo "no light on the link to $2"; exit 1')
        pid = Path("/run/libvirt/qemu/vm1.pid").read_text()
        result = agent("migrate_to", pre_migrate_hook=hook, migration_transport="tcp", CRM_meta_migrate_target=TARGET, CRM_meta_timeout="60000")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertEqual(result.reasons, [f"pre_migrate_hook '{hook}' exits with 1: no light on the link to {TARGET}"])
        self.assertEqual(monitor().returncode, 0)
        self.assertEqual(Path("/run/libvirt/qemu/vm1.pid").read_text(), pid)


class Scripts(Case):
    def setUp(self):
        super().setUp()
        self.done("start")

    def reason(self, script, **more):
        result = monitor(monitor_scripts=script, **more)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertEqual(len(result.reasons), 1)
        self.assertLess(result.seconds, 20)
        return result.reasons[0]

    def test_the_output_of_a_script_is_the_reason(self):
        self.assertIn("exits with 2: 502 from the proxy", self.reason(program("check", "echo 502 from the proxy; exit 2")))

    def test_a_script_that_hangs_with_a_child_is_killed_with_it(self):
        script = program("check", f"trap '' TERM\nsleep 1000 & echo $! >{FOLDER}/child\necho waiting\nwait")
        self.assertIn("timed out", self.reason(script, monitor_script_timeout=2))
        # Killed at once; when the kernel and its new parent are done with it is up to them.
        child = Path("/proc", (FOLDER / "child").read_text().strip())
        patience = time.monotonic() + 30
        while child.exists():
            self.assertLess(time.monotonic(), patience, "the child lives on")
            time.sleep(0.1)

    def test_a_script_that_leaves_a_child_with_its_output_does_not_hold_the_monitor(self):
        script = program("check", f"sleep 1000 & echo $! >{FOLDER}/child\nexit 0")
        result = monitor(monitor_scripts=script)
        os.kill(int((FOLDER / "child").read_text()), signal.SIGKILL)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertLess(result.seconds, 9)

    def test_a_script_that_floods_its_output_is_read_and_cut(self):
        reason = self.reason(program("check", "head -c 50000000 /dev/zero | tr '\\0' x; exit 1"))
        self.assertLessEqual(len(reason), 128)

    def test_a_script_on_a_file_system_that_hangs_says_nothing_of_the_guest(self):
        monitor_scripts = f"{self.hanging_folder()}/check"
        result = monitor(monitor_scripts=monitor_scripts, monitor_script_timeout=2)
        self.assertEqual(result.returncode, DEGRADED, result.stderr)
        self.assertIn(f"the file system of '{monitor_scripts}' does not answer", result.reasons[0])
        self.assertLess(result.seconds, 15)
        # The others are asked.
        self.assertIn("no answer", self.reason(f"{monitor_scripts} {program('check', 'echo no answer; exit 1')}", monitor_script_timeout=2))

    def hanging_folder(self):
        """A FUSE file system whose server never answers: it holds who looks at it in a sleep that ends with a kill alone."""
        try:
            server = os.open("/dev/fuse", os.O_RDWR)
        except OSError as error:
            self.skipTest(str(error))
        self.addCleanup(os.close, server)
        folder = FOLDER / "hanging"
        folder.mkdir()
        options = f"fd={server},rootmode=40000,user_id=0,group_id=0"
        if ctypes.CDLL(None).mount(b"hanging", bytes(folder), b"fuse", 0, options.encode()) != 0:
            self.skipTest("no FUSE here")
        self.addCleanup(subprocess.run, ["umount", "-l", str(folder)], check=True)
        return folder

    def test_scripts_that_are_missing_or_no_programs_fail_the_monitor(self):
        self.assertIn("No such file", self.reason("/nonexistent/check"))
        (FOLDER / "text").write_text("words")
        self.assertIn("Permission denied", self.reason(FOLDER / "text"))

    def test_start_waits_until_the_scripts_are_content(self):
        script = program("check", f"echo x >>{CALLS}; test $(wc -l <{CALLS}) -ge 3")
        self.done("start", monitor_scripts=script)
        self.assertEqual(len(calls()), 3)


class Utilization(Case):
    AUTO = {"autoset_utilization_cpu": 1, "autoset_utilization_host_memory": 1}

    def test_start_and_changes_write_it_and_a_healthy_monitor_is_one_process(self):
        self.done("start", **self.AUTO)
        self.assertEqual(utilization(), {"disk": "7", "hv_memory": "1", "cpu": "1", "host_memory": "16"})
        trace = agent("monitor", wrapper=["strace", "-f", "-qq", "-e", "trace=execve,clone,clone3,fork,vfork"], CRM_meta_interval="10000", **self.AUTO)
        self.assertEqual(trace.returncode, 0)
        self.assertEqual(len(re.findall(r"execve\(.* = 0", trace.stderr)), 1)
        self.assertEqual(re.findall(r".*(?:clone|fork)\(.*", trace.stderr), [])
        virsh("setvcpus", "vm1", "2", "--live")
        self.assertEqual(monitor(**self.AUTO).returncode, 0)
        self.assertEqual(utilization()["cpu"], "2")
        get = ["crm_resource", "--resource", "vm1", "--utilization", "--get-parameter", "cpu"]
        value = subprocess.run(get, env={**os.environ, "CIB_file": str(CIB)}, capture_output=True, text=True, timeout=60, check=True).stdout
        self.assertEqual(value.strip(), "2")

    def test_what_is_right_already_is_not_written(self):
        self.done("start", **self.AUTO)
        before = CIB.read_bytes()
        self.done("start", **self.AUTO)
        self.done("reload-agent", **self.AUTO)
        self.assertEqual(CIB.read_bytes(), before)

    def test_reload_takes_attributes_away_and_leaves_others(self):
        self.done("start", **self.AUTO)
        self.done("reload-agent", autoset_utilization_cpu=1, unset_utilization_host_memory=1, unset_utilization_hv_memory=1)
        self.assertEqual(utilization(), {"disk": "7", "cpu": "1"})

    def test_without_the_parameters_the_cib_is_not_looked_at(self):
        recorder("cibadmin")
        self.done("start")
        self.done("reload-agent")
        self.assertEqual(calls(), [])

    def test_cib_tools_that_fail_or_hang_change_no_result(self):
        recorder("cibadmin", "echo 'Transport endpoint is not connected' >&2; exit 107")
        self.assertIn("Transport endpoint", self.done("start", **self.AUTO).stderr)
        recorder("cibadmin", "sleep 1000")
        result = self.done("start", CRM_meta_timeout="20000", **self.AUTO)
        self.assertLess(result.seconds, 18)
        calls()
        self.assertEqual(monitor(**self.AUTO).returncode, 0)
        self.assertEqual(calls(), [], "a monitor tries again at once")
        self.done("stop", **self.AUTO)


class Ordering(Case):
    def setUp(self):
        super().setUp()
        recorder("systemctl")

    def test_a_host_without_systemd_is_left_alone(self):
        self.done("start")
        self.assertEqual(calls(), [])
        self.assertFalse(Path("/run/systemd").exists())

    def test_systemd_learns_it_once_also_of_a_machine_that_ran_already(self):
        self.done("start")
        Path("/run/systemd/system").mkdir(parents=True)
        self.done("start")
        self.assertEqual(calls(), ["systemctl daemon-reload", "systemctl start --no-block virt-guest-shutdown.target"])
        self.assertIn("After=libvirtd.service\n", DROP_IN.read_text())
        self.assertEqual(DROP_IN.stat().st_mode & 0o777, 0o644)
        self.done("start")
        self.assertEqual(monitor().returncode, 0)
        self.assertEqual(calls(), [])

    @unittest.skipUnless(shutil.which("systemd-analyze"), "no systemd-analyze")
    def test_systemd_takes_the_drop_in(self):
        Path("/run/systemd/system").mkdir(parents=True)
        self.done("start")
        units = ["resource-agents-deps.target", "pacemaker.service", "libvirtd.service", "libvirt-guests.service"]
        result = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((result.returncode, re.findall(r".*(?:cycle|99-havc).*", result.stderr)), (0, []), result.stderr)

    def test_a_systemd_that_hangs_does_not_fail_a_start(self):
        Path("/run/systemd/system").mkdir(parents=True)
        recorder("systemctl", "sleep 1000")
        self.assertLess(self.done("start", CRM_meta_timeout="20000").seconds, 18)
        self.assertFalse(DROP_IN.exists())


class Saving(Case):
    SAVE = {"save_config_on_stop": 1}

    def config(self):
        return FOLDER / "vm1.xml"

    def test_a_changed_machine_is_written_back_and_others_are_not(self):
        self.config().chmod(0o640)
        self.done("start", **self.SAVE)
        self.done("stop", **self.SAVE)
        self.assertEqual(self.config().read_text(), DOMAIN)
        self.done("start", **self.SAVE)
        virsh("desc", "vm1", "--live", "changed by hand")
        self.assertEqual(monitor(**self.SAVE).returncode, 0)
        self.assertEqual(self.config().read_text(), DOMAIN, "a monitor writes")
        self.done("stop", **self.SAVE)
        self.assertIn("<description>changed by hand</description>", self.config().read_text())
        self.assertNotIn("urn:havc", self.config().read_text())
        self.assertEqual(self.config().stat().st_mode & 0o777, 0o640)
        self.done("start", **self.SAVE)
        self.done("stop", **self.SAVE)

    def test_csync2_gets_a_file_that_was_written(self):
        recorder("csync2")
        self.done("start", sync_config_on_stop=1)
        self.done("stop", sync_config_on_stop=1)
        self.assertEqual(calls(), [])
        self.done("start", sync_config_on_stop=1)
        virsh("desc", "vm1", "--live", "changed by hand")
        self.done("stop", sync_config_on_stop=1)
        self.assertEqual(calls(), [f"csync2 -x {self.config()}"])

    def test_csync2_that_hangs_or_is_missing_fails_no_stop(self):
        for then in ("sleep 1000", None):
            self.done("start", sync_config_on_stop=1)
            virsh("desc", "vm1", "--live", f"changed {then}")
            if then:
                recorder("csync2", then)
            else:
                (BIN / "csync2").unlink()
            result = self.done("stop", sync_config_on_stop=1, CRM_meta_timeout="30000")
            self.assertLess(result.seconds, 28)
            self.assertIn("is not distributed", result.stderr)

    def test_a_file_that_is_gone_is_not_made_and_fails_no_stop(self):
        self.done("start", **self.SAVE)
        virsh("desc", "vm1", "--live", "changed by hand")
        self.config().unlink()
        self.assertIn("is not saved", self.done("stop", **self.SAVE).stderr)
        self.assertFalse(self.config().exists())

    def test_a_libvirtd_that_hangs_costs_a_stop_a_moment(self):
        self.done("start", **self.SAVE)
        libvirtd = int(Path("/run/libvirtd.pid").read_text())
        os.kill(libvirtd, signal.SIGSTOP)
        try:
            result = self.done("stop", CRM_meta_timeout="30000", **self.SAVE)
            self.assertLess(result.seconds, 30)
        finally:
            os.kill(libvirtd, signal.SIGCONT)
        self.assertEqual(self.config().read_text(), DOMAIN)


if __name__ == "__main__":
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing or not Path(AGENT).exists():
        print("skipped: not installed: " + ", ".join(missing or [AGENT]), file=sys.stderr)
        sys.exit(SKIPPED)
    unittest.main(verbosity=2, warnings="ignore")
