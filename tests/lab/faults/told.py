"""What an operator was told: failed actions with their reasons as crm_mon shows them, fencing as Pacemaker remembers it, mails, and
the agents' own warnings in the log."""

import html
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import asdict, dataclass, field

from havclab import mail, power
from havclab.state import LabError

_MOST_LINES = 12
# What Pacemaker's daemon writes when an agent says something on stderr, and what agents write themselves.
_WARNING = re.compile(r"(?:LibvirtQemu|VirtualDomain|MailTo)\(([^)]+)\)\S*:?\s+(?:\S+\s+\S+\s+)?(WARNING|ERROR|CRIT): (.*?)(?: \])?$")
# Pacemaker keeps the reasons of failed migrations in its log alone.
_MIGRATION = re.compile(r"Result of (migrate_to|migrate_from) operation for (\S+) on (\S+): [^(|]*\((.*)\) \| ")


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
        words += sorted({f"{target} was fenced" if status == "success" else f"fencing of {target} failed" for target, _, status in self.fencing})
        if self.mails:
            words.append(f"{len(self.mails)} mail{'s' if len(self.mails) > 1 else ''}")
        return "; ".join(words) or "nothing"


@dataclass(frozen=True)
class Mark:
    """What had been said already."""

    mails: int = 0
    logs: dict = field(default_factory=dict)  # path → bytes


def mark(lab):
    return Mark(len(mail.subjects(lab)), {path: path.stat().st_size for host in lab.hosts() for path in _logs(host)})


def ask(lab, since=Mark()):
    """Asks every host that is on; the fullest answer counts, since a host that was away remembers less."""
    told = Told(mails=mail.subjects(lab)[since.mails:])
    reasons = {f"{name} {action} on {node}": reason for host in lab.hosts() for action, name, node, reason in _found(_MIGRATION, host, since)}
    for host in (each for each in lab.hosts() if power.is_on(each)):
        failures, fencing = _failures(host, reasons), _fencing(host)
        told.failures = max(told.failures, failures, key=len)
        told.fencing = max(told.fencing, fencing, key=len)
    for host in lab.hosts():
        told.log += [line for line in _warnings(host, since) if line not in told.log]
    told.log = told.log[:_MOST_LINES]
    return told


def _xml(host, *command):
    try:
        result = power.run_in(host, *command, seconds=10)
        return ElementTree.fromstring(result.stdout) if result.returncode == 0 else None
    except (LabError, ElementTree.ParseError):
        return None  # it was switched off meanwhile, or is no member


def _failures(host, reasons):
    root = _xml(host, "crm_mon", "--one-shot", "--output-as=xml")
    return [] if root is None else [_describe(each, reasons) for each in root.iter("failure")]


def _describe(failure, reasons):
    what = failure.get("op_key") or failure.get("id") or "?"
    head = f"{re.sub(r'_(0|[0-9]+)$', '', what).replace('_', ' ', 1)} on {failure.get('node', '?')}"
    status = failure.get("status", "?")
    result = failure.get("exitstatus", "?") + ("" if status == "complete" else f" ({status})")
    # Pacemaker 2.1.5 escapes reasons twice in crm_mon's XML, and only there.
    return f"{head}: {html.unescape(failure.get('exitreason') or '') or reasons.get(head) or result}"


def _fencing(host):
    root = _xml(host, "stonith_admin", "--history", "*", "--output-as=xml")
    if root is None:
        return []
    return [(each.get("target"), each.get("action"), each.get("status")) for each in root.iter("fence_event")]


def _logs(host):
    paths = (host.disk / "var/log/pacemaker/pacemaker.log", host.disk / "var/log/syslog")
    return [path for path in paths if path.exists()]


def _warnings(host, since):
    return list(dict.fromkeys(f"{name} on {host}: {words}" for name, _, words in _found(_WARNING, host, since)))


def _found(pattern, host, since):
    """The groups of the pattern, in each line of the host's logs that has it."""
    for path in _logs(host):
        text = path.read_bytes()[since.logs.get(path, 0):].decode(errors="replace")
        yield from (match.groups() for match in map(pattern.search, text.splitlines()) if match)
