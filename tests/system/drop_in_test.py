#!/usr/bin/python3
"""LibvirtQemu beside Debian's VirtualDomain, on the same libvirtd: what must be the same, and what was wrong there and must be right here.
private-host --stage DIR -- drop_in_test.py GUESTS

Each row of the two tables is one scene, played with each agent and a guest of its own; what it shows is compared with what is written beside it."""

import concurrent.futures
import os
import re
import signal
import socket
import subprocess
import sys
import unittest
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

sys.dont_write_bytecode = True
import hosts  # noqa: E402
from hosts import OURS, THEIRS, agent  # noqa: E402

GUESTS = sys.argv.pop(1) if len(sys.argv) > 1 else ""
LANES = 6
# As its ocft cases have it: no cluster is here whose CIB could be written.
QUIET = {f"autoset_utilization_{name}": "false" for name in ("cpu", "host_memory", "hv_memory")}


class Scene:
    """One agent with one guest on the first host."""

    def __init__(self, stage, program, number, name=None):
        self.stage, self.program, self.number = stage, program, number
        self.host, self.other = stage.hosts
        self.guest = stage.guest(name or f"scene{number}", number)
        self.folder = stage.folder / f"scene{number}"
        self.folder.mkdir()

    def named(self, name):
        self.guest = self.stage.guest(name, self.number)
        return self

    def define(self, xml):
        self.guest.xml = xml
        self.guest.config.write_text(xml)

    def act(self, action, **parameters):
        return agent(action, self.guest, parameters.pop("host", self.host), self.program,
                     **{"timeout": 60, "hypervisor": "qemu:///system", **QUIET, **parameters})

    def code(self, action, **parameters):
        """The exit code, or "killed" when it did not end in time."""
        result = self.act(action, **parameters)
        return "killed" if result.killed else result.returncode

    def start(self):
        """By the agent, which must succeed: the scene begins after it."""
        if (code := self.code("start")) != 0:
            raise AssertionError(f"{self.program} does not start the guest: {code}")
        self.guest.wait_until_ready()

    def create(self, host=None):
        """Behind the agents' backs."""
        copy = self.folder / "created.xml"
        copy.write_text(self.guest.xml)
        result = (host or self.host).virsh("create", copy)
        if result.returncode != 0:
            raise AssertionError(result.stderr)
        self.guest.wait_until_ready()

    def runs(self):
        return len(self.host.qemus(self.guest)) == 1

    def dead_socket(self):
        """What a libvirtd that is down leaves behind."""
        path = self.folder / "dead"
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
        listener.close()
        return path

    def deaf_socket(self):
        """What a libvirtd that hangs looks like."""
        self.deaf = socket.socket(socket.AF_UNIX)
        self.deaf.bind(str(self.folder / "deaf"))
        self.deaf.listen(64)
        return self.folder / "deaf"

    def program_first(self, name, text):
        """Puts a program of that name before all others in PATH."""
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o755)
        return {"PATH": f"{self.folder}:/usr/sbin:/usr/bin:/sbin:/bin"}

    def how_it_ended(self):
        """libvirt's word in the log of its QEMU: "shutdown", "destroyed", …"""
        log = self.host.root / f"var/log/libvirt/qemu/{self.guest.name}.log"
        return re.findall(r"shutting down, reason=(\w+)", log.read_text())[-1]

    def end(self):
        for host in self.stage.hosts:
            host.virsh("destroy", self.guest.uuid)
            host.virsh("undefine", "--nvram", "--managed-save", self.guest.uuid)


# ---- What must be the same: the nine cases that VirtualDomain brings along for ocft.


def case(*steps, **parameters):
    return lambda scene: [scene.code(step, **parameters) for step in ("stop", *steps)][-1]


SAME = {
    "check base env": (case("start"), 0),
    "check base env: invalid 'OCF_RESKEY_config'": (lambda scene: [scene.code("stop"), scene.code("start", config="/no_such_file")][-1], 5),
    "check base env: unset 'OCF_RESKEY_config'": (lambda scene: [scene.code("stop"), scene.code("start", config=None)][-1], 6),
    "normal stop": (case("start", "stop"), 0),
    "double start": (case("start", "start"), 0),
    "double stop": (case("stop"), 0),
    "monitor when running": (case("start", "monitor"), 0),
    "monitor when not running": (case("monitor"), 7),
    "unimplemented command": (case("no_cmd"), 3),
}


# ---- What was wrong.


def without_definition(action, **parameters):
    def play(scene):
        scene.start()
        with scene.guest.without_config():
            code = scene.code(action, **parameters)
        return code, scene.runs()
    return play


def reason_names_the_file(scene):
    reasons = scene.act("start", config="/no_such_file").reasons
    return "/no_such_file" in reasons[-1]  # Pacemaker shows the last


def recurring_monitor_without_definition(scene):
    scene.start()
    with scene.guest.without_config():
        result = scene.act("monitor", CRM_meta_interval="10000")
    return result.returncode, len(result.reasons)


def changed(change, *actions):
    """Plays with the definition written differently, while the guest runs."""
    def play(scene):
        scene.define(change(scene.guest.xml))
        scene.create()
        return [scene.code(action) for action in actions] + [scene.runs()]
    return play


def on_one_line(xml):
    return re.sub(r">\s+<", "><", xml)


def comment_after_name(xml):
    return xml.replace("</name>", "</name> <!-- the web server -->")


def second_name(xml):
    return xml.replace("</uuid>", "</uuid><metadata><a:owner xmlns:a='urn:example'>\n<name>web team</name>\n</a:owner></metadata>")


def named(name, *actions):
    def play(scene):
        scene.named(f"{name}{scene.number}")
        scene.create()
        return [scene.code(action) for action in actions]
    return play


def another_guest_looks_alike(scene):
    """libvirtd is down, "a.1" does not run, "ax1" does."""
    other = scene.stage.guest(f"web{scene.number}x1", scene.number + 5000)
    scene.named(f"web{scene.number}.1")
    mine, scene.guest = scene.guest, other
    scene.create()
    scene.guest = mine
    try:
        return scene.code("monitor", socket_path=scene.dead_socket(), CRM_meta_interval="10000")
    finally:
        scene.host.virsh("destroy", other.uuid)


def shutdown_by_agent_only(scene):
    """The guest has no guest agent, and would obey the power button."""
    scene.start()
    scene.act("stop", shutdown_mode="agent", timeout=30)
    return scene.how_it_ended()


def stale_definition(scene):
    """An inactive definition with an nvram file is in the way."""
    nvram, firmware = scene.folder / "nvram", scene.folder / "firmware"
    nvram.write_bytes(bytes(1 << 16))
    firmware.write_bytes(Path("/usr/share/seabios/bios-256k.bin").read_bytes())
    loader = f"<loader readonly='yes' type='pflash'>{firmware}</loader><nvram>{nvram}</nvram></os>"
    stale = scene.folder / "stale.xml"
    stale.write_text(scene.guest.xml.replace("</os>", loader))
    if (result := scene.host.virsh("define", stale)).returncode != 0:
        raise AssertionError(result.stderr)
    codes = [scene.code("start"), scene.code("stop", force_stop="1")]
    left = scene.guest.name in scene.host.virsh("list", "--all", "--name").stdout.split()
    return codes, "definition stays" if left else "definition dropped", "nvram stays" if nvram.exists() else "nvram lost"


def save_through(uri):
    """A stop that saves, with another default of libvirt's clients than the resource's hypervisor."""
    def play(scene):
        scene.start()
        scene.act("stop", snapshot=scene.folder, LIBVIRT_DEFAULT_URI=uri)
        return (scene.folder / f"{scene.guest.name}.state").exists()
    return play


def restore_with_failing_script(scene):
    scene.start()
    scene.host.virsh("save", scene.guest.name, scene.folder / f"{scene.guest.name}.state")
    return scene.code("start", snapshot=scene.folder, monitor_scripts="/bin/false", timeout=15)


def overlay(scene):
    """A definition whose path has two dots, and a backing file."""
    backing = scene.folder / "backing.qcow2"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", backing, "1M"], check=True)
    config = scene.folder / "web.v2.xml"
    config.write_text(scene.guest.xml)
    result = scene.act("start", config=config, backingfile=backing)
    return result.returncode, bool(re.search(r"/web\.qcow2", result.stderr)), any("backingfile" in reason for reason in result.reasons)


def with_libvirt_down(action, running=True, **parameters):
    def play(scene):
        if running:
            scene.start()
        code = scene.code(action, socket_path=scene.dead_socket(), **{"timeout": 12, **parameters})
        return code, scene.runs()
    return play


def with_libvirt_hung(action):
    def play(scene):
        scene.start()
        code = scene.code(action, socket_path=scene.deaf_socket(), timeout=20)
        return code, scene.runs()
    return play


# virsh whose destroy is taken at once and done a little later, as when libvirtd is busy. Counts what it is asked.
LAZY_VIRSH = """#!/bin/sh
echo "$*" >>{calls}
case " $* " in
*" destroy "*) (sleep 3; exec /usr/bin/virsh "$@") >/dev/null 2>&1 & exit 0 ;;
esac
exec /usr/bin/virsh "$@"
"""


def calls_after_destroy(scene):
    """How many programs are started to look at the state, in the three seconds after a destroy."""
    scene.start()
    calls = scene.folder / "calls"
    calls.write_text("")
    scene.act("stop", force_stop="1", **scene.program_first("virsh", LAZY_VIRSH.format(calls=calls)))
    asked = calls.read_text().partition(" destroy ")[2]
    return "busy" if asked.count(" domstate ") > 10 else "waits"


def standing_qemu(scene):
    """QEMU answers neither libvirt nor SIGTERM."""
    scene.start()
    os.kill(scene.host.qemus(scene.guest)[0], signal.SIGSTOP)
    return scene.code("stop", timeout=25), scene.runs()


def paused_guest(scene):
    """A paused guest cannot hear the power button."""
    scene.start()
    scene.host.virsh("suspend", scene.guest.name)
    result = scene.act("stop", timeout=20)
    return result.returncode, "at once" if result.seconds < 8 else "after all of the grace"


def cib_calls(scene):
    """Accesses to the CIB of one monitor, with default parameters."""
    calls = scene.folder / "calls"
    calls.write_text("")
    scene.start()
    stub = scene.program_first("crm_resource", f"#!/bin/sh\necho $* >>{calls}\n")
    scene.act("monitor", CRM_meta_interval="10000", **stub, **dict.fromkeys(QUIET))
    return len(calls.read_text().splitlines())


def default_of_autoset(scene):
    text = scene.act("meta-data", wrapper=["sh", "-c", f'"$@" >{scene.folder}/meta', "sh"]) and (scene.folder / "meta").read_text()
    found = re.findall(r'name="autoset_utilization_\w+".*?<content type="boolean" default="(\w*)"', text, re.DOTALL)
    return ["on" if value in ("1", "true") else "off" for value in found]


def config_after(action):
    def play(scene):
        scene.start()
        before = scene.guest.config.read_text(), scene.guest.config.stat().st_ino
        scene.act(action, save_config_on_stop="1", CRM_meta_interval="10000" if action == "monitor" else None)
        after = scene.guest.config.read_text(), scene.guest.config.stat().st_ino
        if before[0] == after[0]:
            return "as the administrator wrote it"
        return "replaced" if before[1] != after[1] else "overwritten in place"
    return play


def never_arrives(scene):
    return scene.code("migrate_from", timeout=20, CRM_meta_migrate_source="n2")


# These move guests, and some occupy ports: one after another.


def move(scene, **parameters):
    return scene.act("migrate_to", CRM_meta_migrate_target="n2", migration_transport="tcp", **parameters)


def node_in_migrate_uri(scene):
    """%n is the node's name, whatever else is made from it."""
    scene.start()
    return move(scene, migration_user="root", migration_network_suffix="-mig", migrateuri="tcp://%n-mig:49300", timeout=30).returncode


def almost_all_ports_taken(scene):
    """All but one of the 64 ports, on the target: libvirt there finds the one; a random choice has three tries."""
    taken = []
    for port in range(49152, 49215):
        for family, address in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
            listener = socket.socket(family)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listener.bind((address, port))
            listener.listen()
            taken.append(listener)
    try:
        codes = []
        for _ in range(3):
            scene.create()
            codes.append(move(scene, migration_network_suffix="-mig").returncode)
            scene.end()
        return codes == [0, 0, 0]
    finally:
        for listener in taken:
            listener.close()


def target_without_libvirt(scene):
    """What the reason says when the target cannot be reached."""
    scene.start()
    reasons = scene.act("migrate_to", CRM_meta_migrate_target="proxy2", migration_transport="tcp").reasons
    return "refused" in reasons[-1]


def transport_in_hypervisor(scene):
    scene.start()
    return move(scene, hypervisor="qemu+unix:///system").returncode


def hung_target(scene):
    scene.start()
    target = "proxy3" if scene.program == OURS else "proxy4"  # both scenes are played at the same time
    with socket.create_server((target, hosts.PORT)):
        result = scene.act("migrate_to", CRM_meta_migrate_target=target, migration_transport="tcp", timeout=20)
    return "killed" if result.killed else result.returncode, scene.runs()


@dataclass
class Row:
    play: Callable
    ours: Any
    theirs: Any
    alone: bool = False
    not_yet: str = ""  # what is missing on our side


WRONG = {
    "a probe while the definition cannot be read": Row(without_definition("monitor"), (0, True), (7, True)),
    "a stop while the definition cannot be read": Row(without_definition("stop"), (0, False), (0, True)),
    "a recurring monitor while the definition cannot be read": Row(recurring_monitor_without_definition, (0, 0), (1, 2)),
    "the last reason names the missing file": Row(reason_names_the_file, True, False),
    "a definition on one line": Row(changed(on_one_line, "monitor", "stop"), [0, 0, False], [7, 0, True]),
    "a comment behind the name": Row(changed(comment_after_name, "monitor", "stop"), [0, 0, False], [7, 0, True]),
    "a second <name> in the metadata": Row(changed(second_name, "monitor"), [0, True], [1, True]),
    "a name with a blank": Row(named("my server", "monitor", "stop"), [0, 0], [1, 1]),
    "a name with an ampersand, running": Row(named("R&D", "monitor"), [0], [7]),
    "a name that is a pattern for another one's": Row(another_guest_looks_alike, 7, 0),
    "shutdown_mode": Row(shutdown_by_agent_only, "destroyed", "shutdown"),
    "a stale definition with nvram": Row(stale_definition, ([0, 0], "definition dropped", "nvram stays"),
                                         ([0, 0], "definition stays", "nvram stays")),
    "save goes to the resource's hypervisor": Row(save_through("test:///default"), True, False),
    "a restored guest is monitored": Row(restore_with_failing_script, 1, 0),
    "an overlay for a path with two dots": Row(overlay, (6, False, True), (1, True, False)),
    "status with libvirt down": Row(with_libvirt_down("status"), (0, True), ("killed", True)),
    "stop of a running guest with libvirt down": Row(with_libvirt_down("stop", timeout=30), (0, False), (1, True)),
    "stop of an absent guest with libvirt down": Row(with_libvirt_down("stop", running=False, timeout=30), (0, False), (1, False)),
    "start of a running guest with libvirt down": Row(with_libvirt_down("start"), (0, True), ("killed", True)),
    "monitor with libvirt hung": Row(with_libvirt_hung("monitor"), (0, True), ("killed", True)),
    "stop with libvirt hung": Row(with_libvirt_hung("stop"), (0, False), ("killed", True)),
    "waiting after destroy": Row(calls_after_destroy, "waits", "busy"),
    "stop of a QEMU that stands still": Row(standing_qemu, (0, False), ("killed", True)),
    "stop of a paused guest": Row(paused_guest, (0, "at once"), (0, "after all of the grace")),
    "the CIB in a healthy monitor": Row(cib_calls, 0, 6),
    "autoset_utilization_* by default": Row(default_of_autoset, ["off"] * 3, ["on"] * 3),
    "the definition after a monitor with save_config_on_stop": Row(config_after("monitor"), "as the administrator wrote it", "overwritten in place"),
    "the definition after a stop with save_config_on_stop": Row(config_after("stop"), "replaced", "overwritten in place"),
    "migrate_from of a guest that never arrives": Row(never_arrives, 1, "killed"),
    "the reason says why the target was not reached": Row(target_without_libvirt, True, False),
    "%n in migrateuri with user and suffix": Row(node_in_migrate_uri, 0, 1, alone=True),
    "a hypervisor URI that has a transport": Row(transport_in_hypervisor, 0, 1, alone=True),
    "a target whose libvirt hangs": Row(hung_target, (1, True), ("killed", True)),
    "three migrations while one port is free": Row(almost_all_ports_taken, True, False, alone=True),
}


class DropIn(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        """Plays all scenes, several at a time, and keeps what they show."""
        stage = cls.enterClassContext(hosts.Stage(GUESTS, proxies=4))
        cls.shown = {}
        plays = [((title, program), play) for title, (play, _) in SAME.items() for program in (OURS, THEIRS)]
        plays += [((title, program), row.play) for title, row in WRONG.items() for program in (OURS, THEIRS)
                  if not row.alone and not row.not_yet]
        alone = [((title, program), row.play) for title, row in WRONG.items() for program in (OURS, THEIRS) if row.alone and not row.not_yet]

        def run(numbered):
            number, (key, play) = numbered
            scene = Scene(stage, key[1], number)
            try:
                cls.shown[key] = play(scene)
            except Exception as error:  # the test of this row tells it
                cls.shown[key] = error
            finally:
                scene.end()

        wanted = [each for each in plays if cls.wanted(each[0][0])]
        with concurrent.futures.ThreadPoolExecutor(LANES) as pool:
            list(pool.map(run, enumerate(wanted, 1)))
        for numbered in enumerate([each for each in alone if cls.wanted(each[0][0])], 1000):
            run(numbered)

    @staticmethod
    def wanted(title):
        chosen = [word for word in sys.argv[1:] if not word.startswith("-")]
        return not chosen or any(word.endswith(method_name(title)) for word in chosen)

    def compare(self, title, program, expected):
        shown = self.shown[title, program]
        if isinstance(shown, Exception):
            raise shown
        self.assertEqual(shown, expected, f"{title}: {program}")


def method_name(title):
    return "test_" + re.sub(r"\W+", "_", title).strip("_")


def add_tests():
    def same(title, expected):
        def test(self):
            self.compare(title, OURS, expected)
            self.compare(title, THEIRS, expected)
        return test

    def better(title, row):
        def test(self):
            if row.not_yet:
                self.skipTest(row.not_yet)
            self.compare(title, OURS, row.ours)
            self.compare(title, THEIRS, row.theirs)
        return test

    for title, (_, expected) in SAME.items():
        setattr(DropIn, method_name(title), same(title, expected))
    for title, row in WRONG.items():
        setattr(DropIn, method_name(title), better(title, row))


if __name__ == "__main__":
    hosts.skip_unless_installed("virsh", "nsenter", "qemu-img", "xmllint", THEIRS)
    add_tests()
    unittest.main(verbosity=2, warnings="ignore")
