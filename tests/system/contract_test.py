#!/usr/bin/python3
"""The installed agent and the tools that use it: ocf-tester, crmsh, pcs, cluster-glue; and what a healthy monitor is made of. Runs on a private
host that has the staged build laid over /usr: private-host --stage DIR -- contract_test.py GUESTS"""

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
AGENT = "/usr/lib/ocf/resource.d/havc/LibvirtQemu"
NEEDED = ["ocf-tester", "crm", "pcs", "stonith", "xmllint", "strace", "virsh", "man", "groff"]
GUESTS = Path(sys.argv.pop()) if len(sys.argv) > 1 else Path()
FOLDER = Path("/run/contract")

DOMAIN = """<domain type='qemu'>
  <name>{name}</name><uuid>{uuid}</uuid><memory unit='MiB'>16</memory><vcpu>1</vcpu>
  <os><type machine='pc'>hvm</type></os><features><acpi/></features>
  <devices>
    <disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='{image}'/><target dev='vda' bus='virtio'/><readonly/></disk>
    <controller type='usb' model='none'/><memballoon model='none'/>
  </devices>
</domain>
"""


def write_domain(name, kind="obedient", uuid="6f1d3c1e-2b0a-4d0e-9a51-0d6f3a7b9c01"):
    path = FOLDER / f"{name}.xml"
    path.write_text(DOMAIN.format(name=name, kind=kind, uuid=uuid, image=GUESTS / f"{kind}.img"))
    return path


def environment(config, **more):
    values = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "OCF_ROOT": "/usr/lib/ocf", "OCF_RA_VERSION_MAJOR": "1", "OCF_RESOURCE_INSTANCE": "vm1"}
    if config:
        values["OCF_RESKEY_config"] = str(config)
    values.update({f"OCF_RESKEY_{name}": value for name, value in more.items()})
    return values


def agent(action, config, wrapper=(), more=None, **parameters):
    """`more`: variables of the environment besides the parameters."""
    begin = time.monotonic()
    result = subprocess.run([*wrapper, AGENT, *([action] if action else [])], env={**environment(config, **parameters), **(more or {})},
                            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=150)
    result.seconds = time.monotonic() - begin
    result.reasons = re.findall(r"^ocf-exit-reason:(.*)$", result.stderr, re.MULTILINE)
    return result


def awaited(path, last="\n"):
    """The content of a file that a process writes which outlives the agent, once it ends with `last`."""
    end = time.monotonic() + 30
    while not path.exists() or not path.read_text().endswith(last):
        assert time.monotonic() < end, f"{last!r} is not written to {path}"
        time.sleep(0.05)
    return path.read_text()


def libvirtd():
    return int(Path("/run/libvirtd.pid").read_text())


class Contract(unittest.TestCase):
    def setUp(self):
        FOLDER.mkdir(exist_ok=True)
        self.config = write_domain("vm1")
        self.addCleanup(lambda: subprocess.run(["virsh", "-q", "destroy", "vm1"], capture_output=True, check=False))

    def test_ocf_tester_passes(self):
        result = subprocess.run(["ocf-tester", "-n", "vm1", "-o", f"config={self.config}", AGENT], capture_output=True, text=True,
                                timeout=170, check=False)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("passed all tests", result.stdout)

    def test_crmsh_and_pcs_print_every_parameter(self):
        metadata = ElementTree.fromstring(agent("meta-data", None).stdout)
        names = [parameter.get("name") for parameter in metadata.iter("parameter")]
        self.assertGreaterEqual(len(names), 9)
        for command in (["crm", "ra", "info", "ocf:havc:LibvirtQemu"], ["pcs", "resource", "describe", "--full", "ocf:havc:LibvirtQemu"]):
            text = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
            for name in names:
                self.assertRegex(text, rf"(?m)^\s*{name}\b", f"{command[0]} does not print it")

    def test_cluster_glue_binds_two_values_by_position(self):
        text = subprocess.run(["stonith", "-t", "external/ibmbc", "-n"], capture_output=True, text=True, timeout=60, check=True).stdout
        self.assertEqual(text.split(), ["mgmt_address", "snmp_conf_path"])

    def test_a_healthy_monitor_is_one_process_without_thread_and_libvirt(self):
        self.assertEqual(agent("start", self.config).returncode, 0)
        log = FOLDER / "silent"
        trace = agent("monitor", self.config, CRM_meta_interval="10000", more={"HA_LOGFILE": str(log), "HA_DEBUGLOG": str(log), "HA_LOGFACILITY": "daemon"},
                      wrapper=["strace", "-f", "-qq", "-e", "trace=execve,clone,clone3,fork,vfork,openat,connect"])
        self.assertEqual(trace.returncode, 0, trace.stderr)
        self.assertEqual(len(re.findall(r"execve\(.* = 0", trace.stderr)), 1)
        self.assertEqual(re.findall(r".*(?:clone|fork)\(.*", trace.stderr), [])
        self.assertEqual(re.findall(r".*lib(?:virt|xml2|icu)[^/]*\.so.*", trace.stderr), [])
        self.assertEqual(re.findall(r".*connect\(.*libvirt.*", trace.stderr), [])
        self.assertEqual(re.findall(rf'.*"{FOLDER}.*', trace.stderr), [], "the common path touches files outside of /run/libvirt and notes")

    def test_with_libvirtd_hung_monitor_answers_and_stop_ends_the_guest(self):
        self.assertEqual(agent("start", self.config).returncode, 0)
        pid = int(Path("/run/libvirt/qemu/vm1.pid").read_text())
        os.kill(libvirtd(), signal.SIGSTOP)
        try:
            monitor = agent("monitor", self.config, CRM_meta_interval="10000", CRM_meta_timeout="30000")
            self.assertEqual((monitor.returncode, monitor.reasons), (0, []))
            self.assertLess(monitor.seconds, 1)
            stop = agent("stop", self.config, CRM_meta_timeout="30000")
            self.assertEqual(stop.returncode, 0, stop.stderr)
            self.assertLess(stop.seconds, 30)
            self.assertFalse(Path(f"/proc/{pid}").exists(), "the guest still runs")
            self.assertEqual(agent("monitor", self.config, CRM_meta_timeout="30000").returncode, 7)
        finally:
            os.kill(libvirtd(), signal.SIGCONT)

    def test_bad_calls_have_one_reason_and_the_right_code(self):
        self.assertEqual(agent("", self.config).returncode, 2)
        self.assertEqual(agent("promote", self.config).returncode, 3)
        self.assertEqual(agent("monitor", self.config, more={"OCF_RESOURCE_INSTANCE": ""}).returncode, 2)
        for action in ("start", "stop", "monitor", "migrate_to", "migrate_from", "validate-all"):
            result = agent(action, None)
            self.assertEqual((result.returncode, len(result.reasons)), (6, 1), result.stderr)
        for config, code in (("/nonexistent/vm1.xml", 5), ("relative.xml", 6)):
            result = agent("start", config)
            self.assertEqual((result.returncode, len(result.reasons)), (code, 1), result.stderr)
        self.assertEqual(subprocess.run(["virsh", "-q", "list", "--all"], capture_output=True, text=True, check=True).stdout.strip(), "")

    def test_a_start_and_a_stop_send_one_mail_each(self):
        mails = FOLDER / "mails"
        program = FOLDER / "sendmail"
        program.write_text(f"#!/bin/sh\nexec cat >>{mails}\n")
        program.chmod(0o755)
        mail = {"email": "ops@example.org", "email_route": str(program)}
        for action, count, event in (("start", 1, "START"), ("start", 1, "START"), ("stop", 2, "STOP (graceful)")):
            self.assertEqual(agent(action, self.config, **mail).returncode, 0)
            end = time.monotonic() + 30
            while not mails.exists() or mails.read_text().count("Subject: ") < count:
                self.assertLess(time.monotonic(), end, "no mail")
                time.sleep(0.05)
            last = mails.read_text().replace("\n ", " ").split("Subject: ")[-1]
            self.assertEqual(mails.read_text().count("Subject: "), count)
            self.assertIn(f" {event} on ", last)
            self.assertIn("[SYSTEM:HA][VM:vm1]", last)

    def test_logs_go_to_files_and_a_file_system_that_hangs_delays_nothing(self):
        log = FOLDER / "log"
        sinks = {"HA_LOGFILE": str(log), "HA_DEBUGLOG": str(log) + ".debug", "HA_debug": "1"}
        missing = str(FOLDER / ("long" * 40) / "vm1.xml")
        result = agent("start", missing, more=sinks)
        self.assertEqual((result.returncode, result.stderr.count("\n")), (5, 1), result.stderr)
        lines = awaited(log)
        self.assertRegex(lines, r"^\w{3} \d\d \d\d:\d\d:\d\d  LibvirtQemu\(vm1\)\[\d+\]:    ERROR: cannot read '" + missing)
        self.assertNotIn(missing, result.reasons[0])
        self.assertRegex(awaited(Path(str(log) + ".debug")), r"^LibvirtQemu\(vm1\)\[\d+\]:\t\w{3} \d\d \d\d:\d\d:\d\d ERROR: ")
        image, folder = FOLDER / "image", FOLDER / "frozen"
        folder.mkdir()
        for command in (["truncate", "-s", "8M", image], ["mkfs.ext4", "-q", image], ["mount", "-o", "loop", image, folder], ["fsfreeze", "-f", folder]):
            subprocess.run(command, check=True, timeout=60)
        try:
            result = agent("start", missing, more={"HA_LOGFILE": str(folder / "log")})
            self.assertEqual((result.returncode, len(result.reasons)), (5, 1))
            self.assertLess(result.seconds, 5)
        finally:
            subprocess.run(["fsfreeze", "-u", folder], check=True, timeout=60)
        self.assertIn("ERROR: cannot read", awaited(folder / "log"))
        # The writer still holds the file for a moment.
        subprocess.run(["umount", "--lazy", folder], check=True, timeout=60)

    def test_the_manual_page_is_clean_and_has_every_parameter(self):
        page = "/usr/share/man/man7/ocf_havc_LibvirtQemu.7"
        result = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z", page], capture_output=True, text=True, timeout=60, check=True)
        self.assertEqual(result.stderr, "")
        text = subprocess.run(["man", "-l", "-P", "cat", page], capture_output=True, text=True, timeout=60, check=True).stdout
        for parameter in ElementTree.fromstring(agent("meta-data", None).stdout).iter("parameter"):
            self.assertRegex(text, rf"(?m)^ +{parameter.get('name')}\b")

    def test_validation_is_silent_or_lists_all_that_is_wrong(self):
        # As Debian installs it, libvirt-guests would suspend the cluster's guests, which is worth a warning.
        calm = FOLDER / "libvirt-guests"
        calm.write_text("ON_BOOT=ignore\nON_SHUTDOWN=shutdown\n")
        subprocess.run(["mount", "--bind", calm, "/etc/default/libvirt-guests"], check=True, timeout=60)
        for level in ("0", "10"):
            result = agent("validate-all", self.config, more={"OCF_CHECK_LEVEL": level})
            self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
        broken = {"monitor_scripts": "/nonexistent/a /nonexistent/b"}
        result = agent("validate-all", self.config, more={"OCF_CHECK_LEVEL": "10"}, **broken)
        self.assertEqual((result.returncode, len(result.reasons)), (5, 1), result.stderr)
        for script in broken["monitor_scripts"].split():
            self.assertRegex(result.stderr, rf"(?m)^ERROR: monitor_scripts: cannot run '{script}'")
        self.assertEqual(agent("validate-all", self.config, **broken).returncode, 0, "level 0 looks at the node")
        # Each wrong parameter is named, not the first alone.
        result = agent("validate-all", self.config, wake_guest="perhaps", paused_grace="-1")
        self.assertEqual(result.returncode, 6)
        for name in ("wake_guest", "paused_grace"):
            self.assertRegex(result.stderr, rf"(?m)^ERROR: parameter '{name}' is ")

    def test_pcs_validates_through_the_agent(self):
        command = ["crm_resource", "--validate=10", "--class", "ocf", "--provider", "havc", "--agent", "LibvirtQemu", "--option", f"config={self.config}"]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertNotIn("ocf-exit-reason", result.stdout + result.stderr)

    def test_a_trace_shows_each_call_to_libvirt_and_no_secret(self):
        more = {"OCF_RESOURCE_TYPE": "LibvirtQemu", "HA_VARLIB": str(FOLDER), "OCF_RESKEY_trace_ra": "1", "MY_SECRET": "xyzzy", "OCF_RESKEY_passwd": "xyzzy"}
        self.assertEqual(agent("start", self.config, more=more).returncode, 0)
        [path] = (FOLDER / "trace_ra/LibvirtQemu").glob("vm1.start.2*")
        trace = awaited(path, "start ends with exit code 0\n")
        for words in (f"OCF_RESKEY_config={self.config}", "> libvirt: create", "< libvirt: create: done after"):
            self.assertIn(words, trace)
        self.assertNotIn("xyzzy", trace)
        # As crm_resource --force-stop -VV: the reason stays the last line.
        traced = agent("migrate_to", self.config, more={"OCF_TRACE_RA": "1", "OCF_TRACE_FILE": "/dev/stderr"})
        self.assertIn("migrate_to ends with exit code 1", traced.stderr)
        self.assertTrue(traced.stderr.splitlines()[-1].startswith("ocf-exit-reason:"), traced.stderr)

    def test_odd_names_start_run_and_stop(self):
        for name in ("my vm", "it's", "a,b,,c", "R&amp;D", "büro-€"):
            with self.subTest(name=name):
                path = FOLDER / "odd.xml"
                path.write_text(DOMAIN.format(name=name, uuid="6f1d3c1e-2b0a-4d0e-9a51-0d6f3a7b9c02", image=GUESTS / "obedient.img"))
                self.assertEqual(agent("start", path).returncode, 0)
                trace = agent("monitor", path, CRM_meta_interval="10000", wrapper=["strace", "-f", "-qq", "-e", "trace=openat"])
                self.assertEqual(trace.returncode, 0)
                self.assertEqual(re.findall(r".*libvirt[^/]*\.so.*", trace.stderr), [], "not by the fast path")
                self.assertEqual(agent("stop", path, force_stop="1").returncode, 0)
                self.assertEqual(agent("monitor", path).returncode, 7)

    def test_metadata_is_valid_for_its_own_document_type_and_for_ocf(self):
        (FOLDER / "metadata.xml").write_text(agent("meta-data", None).stdout)
        subprocess.run(["xmllint", "--noout", "--valid", str(FOLDER / "metadata.xml")], check=True, timeout=60)
        schema = Path("/usr/share/pcs/data/ocf-1.1.rng")
        for each in (schema, Path("/usr/lib/pcs/data/ocf-1.1.rng")):
            if each.exists():
                subprocess.run(["xmllint", "--noout", "--relaxng", str(each), str(FOLDER / "metadata.xml")], check=True, timeout=60)


if __name__ == "__main__":
    missing = [program for program in NEEDED if not shutil.which(program)]
    if missing or not Path(AGENT).exists():
        print("skipped: not installed: " + ", ".join(missing or [AGENT]), file=sys.stderr)
        sys.exit(SKIPPED)
    unittest.main(verbosity=2, warnings="ignore")
