"""The stage on which a fault plays: a lab whose hosts are as new, one of the systems on it, guests, and the hands that break
things. All that a fault breaks is mended when the stage is left: by throwing the hosts' disks away."""

import shutil
import signal
import time

from faults import system as systems
from faults import told
from faults.watch import Watch
from havclab import chassis, cluster, disk, guests, life, mail, mirror, power, proof, story
from havclab.state import LabError, write_file

_POLL_SECONDS = 0.2
_START_SECONDS = 5  # more for each guest, on a machine that has much to do
_MAILS_SECONDS = 5  # the mails of the guests' start are nothing that the fault tells
FIRMWARE_SECONDS = 25  # a host that was fenced is back in the cluster after these and some; real ones take minutes


class CannotInject(Exception):
    """The fault could not be brought about: nothing is known of the system."""


class Stage:
    """What the rows of the matrix are written with. Hosts are named by what becomes of them: `victim` and `other` are not the
    cluster's controller, `dc` is."""

    def __init__(self, lab, system, simulator, say):
        self.lab, self.system, self.say = lab, system, say
        self._simulator = simulator
        self._pending = []  # texts for crm configure, of guests that wait for start()
        self._said = told.Mark()
        self._boots_before = {}
        self.watch = None
        self.lost = set()  # hosts that the fault took from the cluster: fencing them is right
        self.misses = []  # what should have come about, and did not
        self.notes = []
        self.dc = self.victim = self.other = None

    # Before the fault: hosts, guests, configuration

    def prepare(self, environment=None):
        """Switches everything off, gives the hosts new disks and the chassis and the mail server new lives, and waits for a
        cluster. `environment`: {host: {name: value}} for all that Pacemaker starts there."""
        chassis.stop(self.lab)
        mail.stop(self.lab)
        for host in self.lab.hosts():
            power.off(host)
            host.cut_mark.unlink(missing_ok=True)
        for folder in guests.FOLDERS:
            shutil.rmtree(self.lab.shared / folder, ignore_errors=True)
        guests.make_storage(self.lab)
        settings = self.lab.settings()
        for host in self.lab.hosts():
            for folder in (host.disk, host.console):
                shutil.rmtree(folder, ignore_errors=True)
            more = (environment or {}).get(host.name, {})
            disk.make(host, {**settings, "environment": {**settings["environment"], **more}})
        chassis.start(self.lab, self._simulator, ["--face", "amm"])
        mail.start(self.lab)
        for host in self.lab.hosts():
            power.on(host)
        life.await_ready(self.lab, lambda text: None)
        for host in self.lab.hosts():
            write_file(host.disk / "etc/havc-lab-firmware", f"{FIRMWARE_SECONDS}\n")
        self.dc = cluster.look(self.lab).dc
        self.victim, self.other = (host.name for host in self.lab.hosts() if host.name != self.dc)

    def guest(self, name, host, kind="counting", config=None, placed=True, edit=None, ours=None, **parameters):
        """One more VM for start(): its definition lies on shared storage, or where `config` says (then the fault puts it there);
        `edit` changes the text of the definition. `parameters` are for both systems, which share VirtualDomain's names; `ours` for LibvirtQemu alone."""
        path = guests.define(self.lab, name, kind)
        if edit:
            file = self.lab.shared / "xml" / f"{name}.xml"
            write_file(file, edit(file.read_text()))
        values = {"config": config or path, **parameters, **((ours or {}) if self.system.name == "havc" else {})}
        text = self.system.vm(name, values)
        self._pending.append((name, text + (systems.placement(self.system, name, host) if placed else "")))

    def start(self, more="", counting=True):
        """Configures fencing and the guests, waits until all count, and begins to watch. `more`: text for crm configure."""
        names = [name for name, _ in self._pending]
        text = self.system.fencing() + systems.DEFAULTS + "\n" + "".join(text for _, text in self._pending) + more
        write_file(self.lab.shared / "matrix.crm", text)
        story.crm(self.lab, "configure", "load", "update", "/srv/havc/matrix.crm")
        self.require("the fencing device runs", lambda: cluster.running(self.lab, "chassis"), 60)
        for name in names:
            self.require(f"'{name}' runs", lambda name=name: cluster.running(self.lab, name), 120 + _START_SECONDS * len(names))
            if counting:
                story.await_counting(self.lab, name)
        self.require("the cluster has nothing left to do", lambda: cluster.idle(self.lab), 60 + _START_SECONDS * len(names))
        self._await(lambda: len(mail.subjects(self.lab)) >= len(names), _MAILS_SECONDS)
        self._said = told.mark(self.lab)
        self._boots_before = {name: len(verdict.boots) for name, verdict in self.proofs(names).items()} if counting else {}
        self.watch = Watch(self.lab, names if counting else [])
        self.watch.start()

    def start_pair(self):
        """What most faults need: vm1, whose host suffers, and vm2 elsewhere, which nothing may happen to."""
        self.guest("vm1", self.victim)
        self.guest("vm2", self.other)
        self.start()

    # The fault

    def run(self, host, *command, seconds=30, check=True):
        """A command on a host; returns its output."""
        result = power.run_in(self.lab.host(host), *command, seconds=seconds)
        if check and result.returncode != 0:
            raise CannotInject(f"'{' '.join(command)}' on {host} ended with {result.returncode}: {(result.stderr or result.stdout).strip()}")
        return result.stdout

    def crm(self, *words):
        return story.crm(self.lab, *words)

    def kill(self, host):
        """Power failure. The cable comes out first: a machine without power ends its connections without a word to the others."""
        self.lost.add(host)
        power.cut(self.lab.host(host))
        power.off(self.lab.host(host))
        power.heal(self.lab.host(host))

    def cut(self, host, loses=True):
        """Pulls the network cable. `loses`: for so long that the cluster must take the host for lost."""
        if loses:
            self.lost.add(host)
        power.cut(self.lab.host(host))

    def heal(self, host):
        power.heal(self.lab.host(host))

    def hang(self, host, daemon):
        power.hang(self.lab.host(host), daemon)

    def thaw(self, host, daemon):
        power.thaw(self.lab.host(host), daemon)

    def restart_libvirtd(self, host):
        """As 'systemctl restart' does."""
        self.end(host, "libvirtd", signal.SIGTERM)
        self.libvirtd_starts(host)

    def mirror(self, source, folder, *hosts):
        """Lets these hosts see `source` at `folder` through a file system that can freeze; its own on each."""
        for host in hosts:
            self.run(host, *mirror.mount_command(source, folder))

    def freeze_folder(self, folder, *hosts):
        """The mirror at `folder` answers no more on these hosts."""
        for host in hosts:
            mirror.freeze(self.lab.host(host), folder)

    def thaw_folder(self, folder, *hosts):
        for host in hosts:
            mirror.thaw(self.lab.host(host), folder)

    def end(self, host, daemon, number=signal.SIGKILL):
        """Ends every process of that name on the host, and returns when they are gone."""
        found = power.daemons(self.lab.host(host), daemon)
        self.require(f"'{daemon}' runs on {host}", lambda: found, 0)
        for process in found:
            process.send(number)
        self.require(f"'{daemon}' on {host} ends", lambda: not any(process.is_alive for process in found), 60)

    def libvirtd_starts(self, host):
        """As systemd starts it; returns when it answers, or when the host was fenced meanwhile, whose boot starts it, too."""
        if self.fenced(host):
            return
        try:
            self.run(host, "libvirtd", "-d", "-l", check=False)
        except LabError:  # it is being fenced at this moment
            self.require(f"{host} is fenced", lambda: self.fenced(host), 5)
        self.require(f"libvirtd on {host} answers", lambda: self.fenced(host) or cluster.libvirt_answers(self.lab.host(host)), 60)

    def signal_guest(self, guest, number):
        """Sends a signal to the guest's QEMU, where it runs."""
        found = [process for process in (power.emulator(host, guest) for host in self.lab.hosts() if power.is_on(host)) if process]
        self.require(f"'{guest}' has one QEMU", lambda: len(found) == 1, 0)
        found[0].send(number)
        return found[0]

    def emulators(self, guest):
        """The hosts on which a QEMU of the guest exists, whatever the cluster believes."""
        return [host.name for host in self.lab.hosts() if power.is_on(host) and power.emulator(host, guest)]

    def chassis(self, command):
        """A line for the chassis simulator; returns its answer."""
        return chassis.tell(self.lab, command)

    def stop_chassis(self):
        """The module dies at once."""
        chassis.stop(self.lab)

    def start_chassis(self):
        """Another module takes over the address: it knows the bays as they are."""
        states = [word for host in self.lab.hosts() if not power.is_on(host) for word in ("--do", f"bay {host.number} state=off")]
        chassis.start(self.lab, self._simulator, ["--face", "amm", *states])

    def program(self, host, path, text):
        """Puts a program on the host's own disk: from inside, since a mounted overlay may not see what is changed below it."""
        write_file(self.lab.shared / "program", text)
        self.run(host, "install", "-D", "-m", "755", "/srv/havc/program", path)

    def exists(self, host, path):
        return power.run_in(self.lab.host(host), "test", "-e", path).returncode == 0

    def hold(self, seconds):
        """The fault lasts."""
        time.sleep(seconds)

    def host_of(self, guest):
        """Where the cluster has the guest, or None: nowhere, or on several hosts."""
        view = cluster.look(self.lab)
        hosts = view.running.get(guest, set()) if view else set()
        return next(iter(hosts)) if len(hosts) == 1 else None

    def action_seconds(self, guest, action):
        """How long the guest's last action of this name took, or that of the mail beside it; None when none is known."""
        return cluster.action_seconds(self.lab, (guest, f"{guest}-mail"), action)

    def acts(self, host, action):
        """An agent is at this action on the host ("start", "stop", "migrate_to")."""
        return power.agent_acts(self.lab.host(host), action)

    def stop(self, guest):
        """Asks the cluster to stop the guest; returns at once."""
        self.crm("resource", "stop", self.system.unit(guest))

    def is_stopped(self, guest):
        """The cluster says so, and no host has a QEMU of it."""
        return cluster.stopped(self.lab, guest) and not self.emulators(guest)

    def move(self, guest, host):
        """Asks the cluster to migrate the guest; returns at once."""
        self.crm("resource", "move", self.system.unit(guest), host)

    def require(self, what, condition, seconds):
        """Waits for what the fault needs to be brought about."""
        if not self._await(condition, seconds):
            raise CannotInject(f"not within {seconds} s: {what}")

    # What should come of it

    def expect(self, what, condition, seconds):
        """Waits for what should come about; it is written down when it does not. Returns the seconds it took, or None."""
        begin = time.monotonic()
        if self._await(condition, seconds):
            return time.monotonic() - begin
        self.misses.append(f"not within {seconds} s: {what}")
        return None

    def demand(self, what, is_so):
        """What must be so now."""
        if not is_so:
            self.misses.append(f"not so: {what}")

    def note(self, text):
        """Something measured that the table shall show."""
        self.notes.append(text)

    def retire(self, guest):
        """The guest is stopped on purpose from now on."""
        self.watch.retire(guest)

    def counts(self, guest):
        return self.watch.counts_now(guest)

    def fenced(self, host):
        """The host's power was cut at least once since the fault began."""
        return any(name == host for _, name in self.watch.power_losses)

    def settle(self, seconds=90):
        """Waits until every guest that was not stopped on purpose counts and the cluster has nothing left to do, and still
        so after its next monitors. What is not so by then, the judgement will find."""
        def settled():
            waiting = [name for name, sight in self.watch.guests.items() if sight.retired_at is None and not self.watch.counts_now(name)]
            return not waiting and cluster.idle(self.lab)

        def lastingly():
            if not settled():
                return False
            time.sleep(systems.MONITOR_INTERVAL + 1)
            return settled()
        return self._await(lastingly, seconds)

    @staticmethod
    def _await(condition, seconds):
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_SECONDS)
        return True

    # Afterwards

    def proofs(self, names=None):
        """{guest: verdict of its console}"""
        return {name: proof.examine(*guests.evidence(self.lab, name))
                for name in names or self.watch.guests}

    def reboots(self, verdicts):
        """{guest: boots since the fault began}"""
        return {name: len(verdict.boots) - self._boots_before.get(name, 0) for name, verdict in verdicts.items()}

    def told(self):
        return told.ask(self.lab, self._said)
