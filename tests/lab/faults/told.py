"""What an operator was told: failed actions with their reasons as crm_mon shows them, fencing as Pacemaker remembers it, mails, and
the agents' own warnings in the log."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import asdict, dataclass, field

from havclab import mail, power
from havclab.state import LabError

_MOST_LINES = 12
# What Pacemaker's daemon writes when an agent says something on stderr, and what agents write themselves.
_WARNING = re.compile(r"(?:LibvirtQemu|VirtualDomain|MailTo)\(([^)]+)\)\S*:?\s+(?:\S+\s+\S+\s+)?(WARNING|ERROR|CRIT): (.*)")


@dataclass
class Told:
    failures: list = field(default_factory=list)  # "vm1 monitor on n2: reason"
    fencing: list = field(default_factory=list)  # (target, action, status)
    mails: list = field(default_factory=list)  # subjects
    log: list = field(default_factory=list)

    def as_json(self):
        return asdict(self)

    def in_short(self):
        """The most telling, for a table."""
        words = list(dict.fromkeys(self.failures))[:1] or [f"log: {line}" for line in self.log[:1]]
        failed = sorted({f"fencing of {target} failed" for target, _, status in self.fencing if status != "success"})
        words += failed
        if self.mails:
            words.append(f"{len(self.mails)} mail{'s' if len(self.mails) > 1 else ''}")
        return "; ".join(words) or "nothing"


def ask(lab, mails_before=0):
    """Asks every host that is on; the fullest answer counts, since a host that was away remembers less."""
    told = Told(mails=mail.subjects(lab)[mails_before:])
    for host in (each for each in lab.hosts() if power.is_on(each)):
        failures, fencing = _failures(host), _fencing(host)
        told.failures = max(told.failures, failures, key=len)
        told.fencing = max(told.fencing, fencing, key=len)
    for host in lab.hosts():
        told.log += [line for line in _warnings(host) if line not in told.log]
    told.log = told.log[:_MOST_LINES]
    return told


def _xml(host, *command):
    try:
        result = power.run_in(host, *command, seconds=10)
        return ElementTree.fromstring(result.stdout) if result.returncode == 0 else None
    except (LabError, ElementTree.ParseError):
        return None  # it was switched off meanwhile, or is no member


def _failures(host):
    root = _xml(host, "crm_mon", "--one-shot", "--output-as=xml")
    return [] if root is None else [_describe(each) for each in root.iter("failure")]


def _describe(failure):
    what = failure.get("op_key") or failure.get("id") or "?"
    said = failure.get("exitreason") or f"{failure.get('exitstatus', '?')} ({failure.get('status', '?')})"
    return f"{re.sub(r'_(0|[0-9]+)$', '', what).replace('_', ' ', 1)} on {failure.get('node', '?')}: {said}"


def _fencing(host):
    root = _xml(host, "stonith_admin", "--history", "*", "--output-as=xml")
    if root is None:
        return []
    return [(each.get("target"), each.get("action"), each.get("status")) for each in root.iter("fence_event")]


def _warnings(host):
    found = []
    for path in (host.disk / "var/log/pacemaker/pacemaker.log", host.disk / "var/log/syslog"):
        if path.exists():
            for line in path.read_text(errors="replace").splitlines():
                match = _WARNING.search(line)
                if match:
                    found.append(f"{match.group(1)} on {host}: {match.group(3)}")
    return list(dict.fromkeys(found))
