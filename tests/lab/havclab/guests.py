"""Guests of one boot sector on the lab's shared storage: images, domain XML, and what they printed."""

import shutil
import uuid
from xml.sax.saxutils import escape

from havclab import power
from havclab.processes import run
from havclab.state import TESTS_LAB, LabError, write_file

KINDS = ("counting", "deaf", "large", "obedient", "recording", "restless", "sleeping", "unhurried")
# What a template of havc has in the place of a guest's own.
_MACROS = {"@NAME@": "%{VM_FQN}", "@UUID@": "%{VM_UUID}", "/srv/havc/images/@KIND@.img": "%{VM_IMAGE}", ">16<": ">%{VM_MEMORY}<", "<vcpu>1<": "<vcpu>%{VM_CPUS}<"}
_NAMESPACE = uuid.UUID("b6a9c5c2-3f0e-4e0e-8a3c-6d9d0f4a7e11")  # any constant does


FOLDERS = ("images", "xml", "console", "local", "templates")


def make_storage(lab):
    for directory in FOLDERS:
        (lab.shared / directory).mkdir(parents=True)
    run(str(TESTS_LAB / "guests/build"), str(lab.shared / "images"))
    write_file(lab.shared / "templates/domain.xml", _template())
    shutil.copy(TESTS_LAB / "guests/ping.xml", lab.shared / "templates")


def _template():
    """The guests' domain as a template for havc."""
    text = (TESTS_LAB / "guests/domain.xml").read_text()
    for place, macro in _MACROS.items():
        if text.count(place) < 1:
            raise LabError(f"guests/domain.xml has no {place}")
        text = text.replace(place, macro)
    return text


def define(lab, name, kind):
    """Writes the domain XML of a guest; returns its path as the hosts see it."""
    text = _xml(name, kind)
    lab.require_up()
    write_file(lab.shared / "xml" / f"{name}.xml", text)
    return f"/srv/havc/xml/{name}.xml"


def define_on(host, name, kind):
    """A guest as it was before the cluster: defined in the libvirt of one host, running there, its disk on shared storage."""
    write_file(host.disk / "root" / f"{name}.xml", _xml(name, kind))
    for command in (("define", f"/root/{name}.xml"), ("start", name)):
        result = power.run_in(host, "virsh", "--quiet", *command)
        if result.returncode != 0:
            raise LabError(f"virsh {' '.join(command)} failed on {host}: {result.stderr.strip()}")


def _xml(name, kind):
    if kind not in KINDS:
        raise LabError(f"no guest of kind '{kind}': there are {', '.join(KINDS)}")
    if "/" in name or name in ("", ".", ".."):
        raise LabError(f"'{name}' cannot be a guest's name in the lab: it is also a file's name")
    text = (TESTS_LAB / "guests/domain.xml").read_text()
    # In one-quoted attributes, too.
    values = {"NAME": escape(name, {"'": "&apos;"}), "UUID": str(uuid.uuid5(_NAMESPACE, name)), "KIND": kind}
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text


def consoles(lab):
    """The console files of all guests that ever printed something."""
    lab.require_up()
    return sorted((lab.shared / "console").glob("*.log"))


def console_text(lab, name):
    lab.require_up()
    path = lab.shared / "console" / f"{name}.log"
    if not path.exists():
        known = ", ".join(each.stem for each in consoles(lab)) or "none"
        raise LabError(f"guest '{name}' has no console in lab '{lab}' (guests that printed: {known})")
    return path.read_text(encoding="ascii", errors="replace")


def evidence(lab, name):
    """The shared console and what each host printed there, of a guest that may print meanwhile: the hosts' parts are read first,
    because whatever is in them is in the shared one already."""
    by_host = console_by_host(lab, name)
    return console_text(lab, name), by_host


def console_by_host(lab, name):
    """What the QEMUs of each host printed for this guest."""
    texts = {}
    for host in lab.hosts():
        path = host.console / f"{name}.log"
        if path.exists():
            texts[host.name] = path.read_text(encoding="ascii", errors="replace")
    return texts
