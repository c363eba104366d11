"""Faults of file systems: full, frozen, hanging."""

from faults.fault import Fault
from faults.system import HOSTS, MONITOR_TIMEOUT
from havclab.state import write_file

_LASTING = 3 * MONITOR_TIMEOUT
_MEBIBYTES = 4  # of a volume that runs full; a guest's disk is larger, and sparse


def paused_by_enospc(stage):
    for host in HOSTS:
        stage.run(host, "sh", "-c", f"mkdir /srv/volume && mount -t tmpfs -o size={_MEBIBYTES}m volume /srv/volume && "
                                    "truncate -s 64M /srv/volume/vm1.disk /srv/volume/vm2.disk")
    stage.guest("vm1", stage.victim, kind="recording", edit=_with_disk("/srv/volume/vm1.disk"), ours={"io_error_action": "resume"})
    stage.guest("vm2", stage.victim, kind="recording", edit=_with_disk("/srv/volume/vm2.disk"))
    stage.start()
    home = stage.victim
    _fill(stage, home, "/srv/volume")
    for guest in ("vm1", "vm2"):
        stage.require(f"'{guest}' is paused", lambda guest=guest: not stage.counts(guest), 20)
    stage.require("'vm2' is paused by an I/O error", lambda: "I/O error" in stage.run(home, "virsh", "domstate", "--reason", "vm2"), 10)
    stage.hold(30)
    for guest in ("vm1", "vm2"):
        stage.demand(f"the operator is told that '{guest}' is paused, and of which disk", _told_of(stage, guest, "vdb"))
    stage.run(home, "rm", "/srv/volume/ballast")
    stage.expect("'vm1', which may be resumed, goes on by itself", lambda: stage.counts("vm1"), 20)
    stage.demand("'vm2', which waits for the operator, was left alone", not stage.counts("vm2"))
    stage.run(home, "virsh", "resume", "vm2")
    stage.settle(45)
    _demand_untouched(stage, {"vm1": home, "vm2": home})


def images_frozen(stage):
    homes = _guests_on_filer(stage)
    stage.freeze_folder("/srv/filer", *HOSTS)
    stage.require("all guests wait for their disks", lambda: not any(stage.counts(guest) for guest in homes), 20)
    stage.hold(_LASTING)
    stage.thaw_folder("/srv/filer", *HOSTS)
    stage.settle()
    _demand_untouched(stage, homes)


def config_hangs(stage):
    stage.mirror("/srv/havc/xml", "/srv/definitions", *HOSTS)
    stage.guest("vm1", stage.victim, config="/srv/definitions/vm1.xml")
    stage.guest("vm2", stage.other, config="/srv/definitions/vm2.xml")
    _hangs_on_victim(stage, "/srv/definitions", lambda: None)


def script_hangs(stage):
    write_file(stage.lab.shared / "scripts/healthy", "#!/bin/sh\nexit 0\n", mode=0o755)
    stage.mirror("/srv/havc/scripts", "/srv/scripts", *HOSTS)
    stage.guest("vm1", stage.victim, monitor_scripts="/srv/scripts/healthy")
    stage.guest("vm2", stage.other, monitor_scripts="/srv/scripts/healthy")
    _hangs_on_victim(stage, "/srv/scripts", lambda: stage.demand("the operator is told of 'vm1'", _told_of(stage, "vm1", "")))


def _hangs_on_victim(stage, folder, look):
    """vm1 is on the victim, where the folder hangs, vm2 elsewhere; `look` is for what must be so before it answers again."""
    stage.start()
    homes = {"vm1": stage.victim, "vm2": stage.other}
    stage.freeze_folder(folder, stage.victim)
    stage.hold(_LASTING)
    look()
    stage.thaw_folder(folder, stage.victim)
    stage.settle()
    _demand_untouched(stage, homes)


def credentials_hang(stage):
    stage.guest("vm1", stage.victim)
    stage.guest("vm2", stage.other)
    stage.run(stage.other, "cp", "-a", "/etc/havc/chassis", "/root/chassis")
    stage.mirror("/root/chassis", "/etc/havc/chassis", stage.other)
    stage.start(f"location chassis-begins-on-{stage.other} chassis inf: {stage.other}\n")
    stage.require(f"'chassis' runs on {stage.other}", lambda: stage.host_of("chassis") == stage.other, 30)
    stage.freeze_folder("/etc/havc/chassis", stage.other)
    stage.kill(stage.victim)
    seconds = stage.expect("'vm1' runs elsewhere", lambda: stage.host_of("vm1") not in (None, stage.victim) and stage.counts("vm1"), 180)
    if seconds is not None:
        stage.note(f"'vm1' ran elsewhere after {seconds:.0f} s")
    stage.thaw_folder("/etc/havc/chassis", stage.other)
    stage.settle()


def run_full(stage):
    stage.guest("vm1", stage.victim)
    stage.guest("vm2", stage.victim)
    stage.guest("vm3", stage.other)
    stage.start()
    home = stage.victim
    _fill(stage, home, "/run")
    stage.hold(2 * MONITOR_TIMEOUT)
    _demand_untouched(stage, {"vm1": home, "vm2": home, "vm3": stage.other})
    stage.retire("vm1")
    stage.crm("resource", "stop", stage.system.unit("vm1"))
    stage.expect("'vm1' is stopped", lambda: _is_stopped(stage, "vm1", home), 60)
    stage.crm("resource", "start", stage.system.unit("vm1"))
    stage.expect("'vm1' is started again, on whichever host", lambda: stage.host_of("vm1") is not None and stage.counts("vm1"), 90)
    stage.demand("the operator is told that 'vm1' could not be started there", stage.host_of("vm1") == home or _told_of(stage, "vm1", "start"))
    stage.run(home, "rm", "/run/ballast")
    stage.settle()
    _demand_untouched(stage, {"vm2": home, "vm3": stage.other})


def _guests_on_filer(stage):
    """A guest a host, all with their disks on a mirror that is the host's own; {guest: host}"""
    stage.mirror("/srv/havc/images", "/srv/filer", *HOSTS)
    homes = {f"vm{number}": host for number, host in enumerate((stage.victim, stage.other, stage.dc), 1)}
    for guest, host in homes.items():
        with open(stage.lab.shared / f"images/{guest}.disk", "wb") as disk:
            disk.truncate(64 << 20)
        with_disk = _with_disk(f"/srv/filer/{guest}.disk")
        stage.guest(guest, host, kind="recording", edit=lambda text, with_disk=with_disk: with_disk(text.replace("/srv/havc/images/", "/srv/filer/")))
    stage.start()
    return homes


def _with_disk(path):
    """The edit that gives a guest a second disk, with QEMU's own answer to errors: a full disk pauses it. SeaBIOS knows only disks
    that it might boot from."""
    disk = (f"<boot order='1'/></disk><disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='{path}'/>"
            "<target dev='vdb' bus='virtio'/><boot order='2'/></disk>")
    return lambda text: text.replace("</disk>", disk, 1)


def _fill(stage, host, folder):
    """To the last byte."""
    stage.run(host, "sh", "-c", f"cat /dev/zero >{folder}/ballast", check=False)
    left = stage.run(host, "stat", "--file-system", "--format=%f", folder).strip()
    stage.require(f"{folder} on {host} is full ({left} blocks are left)", lambda: left == "0", 0)


def _is_stopped(stage, guest, host):
    return stage.host_of(guest) is None and guest not in stage.run(host, "virsh", "list", "--name").split()


def _told_of(stage, guest, word):
    told = stage.told()
    return any(guest in line and word in line for line in told.failures + told.mails + told.log)


def _demand_untouched(stage, homes):
    """Each guest is still where it was, and was never booted anew."""
    reboots = stage.reboots(stage.proofs())
    for guest, host in homes.items():
        stage.demand(f"'{guest}' is still on {host}", stage.host_of(guest) == host)
        stage.demand(f"'{guest}' was not rebooted", reboots[guest] == 0)


FAULTS = (
    Fault("disk-full", "the file system of two guests' disks is full, then has space", "they are paused, the operator is told, and they go on",
          paused_by_enospc, interrupted=2),
    Fault("images-frozen", "the shared storage of all disks stops answering for three monitor timeouts", "the guests wait and go on",
          images_frozen, interrupted=3),
    Fault("config-hangs", "the file system of the definitions hangs on one host for three monitor timeouts", "the guests go on", config_hangs),
    Fault("script-file-hangs", "the file system of a monitor script hangs on one host for three monitor timeouts", "the guests go on", script_hangs),
    Fault("credentials-hang", "the file system of snmp.conf hangs on the host that is to fence a dead one", "another host fences; the guest runs elsewhere",
          credentials_hang, interrupted=1),
    Fault("run-full", "/run is full on one host; a guest is to be stopped there, and started", "it is stopped, and runs again; the others go on", run_full),
)
