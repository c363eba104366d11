"""The agents that are compared, called as Pacemaker calls them, and what one call costs. Runs on a host of the lab, where nothing
of the machine's folders is to be seen: the standard library and this folder's files alone."""

import os
import subprocess
import sys
import tempfile
import time

PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
OURS = "/usr/lib/ocf/resource.d/havc/LibvirtQemu"
PEER = "/usr/lib/ocf/resource.d/heartbeat/VirtualDomain"


def config(guest):
    return f"/srv/havc/xml/{guest}.xml"


def call(agent, action, guest, extra=(), timeout=120):
    """Words and environment of one call. `timeout`: the operation's, in seconds."""
    provider, kind = agent.split("/")[-2:]
    interval = {"OCF_RESKEY_CRM_meta_interval": "10000"} if action == "monitor" else {}
    settings = {"PATH": PATH, "OCF_ROOT": "/usr/lib/ocf", "OCF_RA_VERSION_MAJOR": "1", "OCF_RA_VERSION_MINOR": "1",
                "OCF_RESOURCE_INSTANCE": guest, "OCF_RESOURCE_TYPE": kind, "OCF_RESOURCE_PROVIDER": provider,
                "OCF_RESKEY_config": config(guest), "OCF_RESKEY_hypervisor": "qemu:///system",
                "OCF_RESKEY_CRM_meta_timeout": str(1000 * timeout), "HA_LOGFACILITY": "daemon", **interval, **dict(extra)}
    return [agent, action], settings


class Spawned:
    """One program that runs: begun without a fork of this larger process, its output in a file that nobody needs to read meanwhile."""

    def __init__(self, words, settings):
        self._words, self._said = words, tempfile.TemporaryFile()
        places = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0), (os.POSIX_SPAWN_DUP2, self._said.fileno(), 1),
                  (os.POSIX_SPAWN_DUP2, self._said.fileno(), 2)]
        self.begin = time.monotonic()
        self.pid = os.posix_spawn(words[0], words, settings, file_actions=places)

    def end(self):
        """Waits for its end; returns CPU (its own, and that of all children it waited for) and wall time, in milliseconds."""
        _, status, usage = os.wait4(self.pid, 0)
        wall = time.monotonic() - self.begin
        with self._said:
            if status != 0:
                self._said.seek(0)
                raise RuntimeError(f"{' '.join(self._words)}: exit {os.waitstatus_to_exitcode(status)}: "
                                   f"{self._said.read().decode(errors='replace')}")
        return 1000 * (usage.ru_utime + usage.ru_stime), 1000 * wall


def run_once(words, settings):
    return Spawned(words, settings).end()


def ask(*words):
    return subprocess.run(words, env={"PATH": PATH}, check=True, capture_output=True, text=True).stdout


def configure(guests):
    """As VirtualDomain has left them: it asks the cluster for a guest's utilization at each monitor, and finds it as it should be."""
    nvpairs = {"cpu": 1, "host_memory": 16, "hv_memory": 16}
    text = ""
    for guest in guests:
        pairs = "".join(f'<nvpair id="{guest}-{name}" name="{name}" value="{value}"/>' for name, value in nvpairs.items())
        text += (f'<primitive id="{guest}" class="ocf" provider="heartbeat" type="VirtualDomain"><utilization id="{guest}-utilization">'
                 f"{pairs}</utilization></primitive>")
    ask("cibadmin", "--modify", "--allow-create", "--scope", "resources", "--xml-text", f"<resources>{text}</resources>")


def say(text):
    """Progress; one_host passes it on."""
    print(text, file=sys.stderr, flush=True)


def wait_until(condition, what, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"not within {seconds} s: {what}")
        time.sleep(0.02)
