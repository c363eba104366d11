"""Reads what counting guests printed and proves that no guest ran twice at once and none lost a beat.

Pure functions on text. The console of a guest is one file to which the QEMUs of all hosts append, so its order is
the order in which things happened. Every boot prints its own random nonce with a counter from zero.
"""

import re
from dataclasses import dataclass, field

_LINE = re.compile(r"([0-9a-f]{8}) ([0-9a-f]{8}|poweroff)")


@dataclass
class Boot:
    """One boot of the guest: from one count to another, so many lines, seen on these hosts in this order."""

    nonce: str
    first: int
    last: int
    lines: int = 1
    powered_off: bool = False
    hosts: list = field(default_factory=list)

    def next_lines(self):
        """What this boot may print next, each a whole line."""
        return [] if self.powered_off else [f"{self.nonce} {self.last + 1:08x}", f"{self.nonce} poweroff"]


@dataclass
class Verdict:
    """The boots in order of appearance, and everything that contradicts the proof."""

    boots: list
    faults: list

    @property
    def proven(self):
        return bool(self.boots) and not self.faults


def examine(console, consoles_by_host=None):
    """Judges the text of a shared console. `consoles_by_host` maps a host to what its own QEMUs printed there."""
    boots, faults, torn = [], [], None
    by_nonce = {}
    lines = console.split("\n")
    unfinished = lines.pop()  # "" when the text ends with a line end
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        match = _LINE.fullmatch(line)
        if not match:
            faults += _report_torn(torn)
            torn = (number, line, boots[-1] if boots else None)
            continue
        nonce, count = match.groups()
        boot = by_nonce.get(nonce)
        if torn and not (boot is None and _is_beginning(torn[1], torn[2])):
            faults += _report_torn(torn)
        torn = None
        if boot is None:
            boot = by_nonce[nonce] = Boot(nonce, -1, -1, 0)
            boots.append(boot)
        elif boot is not boots[-1]:
            faults.append(f"line {number}: boot {nonce} still prints after boot {boots[-1].nonce} began: they overlap")
        faults += _advance(boot, count, number)
    if torn and not _is_beginning(torn[1], torn[2]):
        faults += _report_torn(torn)
    if unfinished and not _is_beginning(unfinished, boots[-1] if boots else None):
        faults.append(f"the unfinished last line {unfinished!r} is nothing that the last boot would print")
    if not boots:
        faults.append("the guest printed no count: there is nothing to prove")
    if consoles_by_host is not None:
        faults += _attribute(lines, by_nonce, consoles_by_host)
    return Verdict(boots, faults)


def table(verdict):
    """The boots as lines of text under a heading."""
    rows = [("boot", "counts", "lines", "ended", "hosts")]
    for boot in verdict.boots:
        ended = "powered off" if boot.powered_off else "-"
        rows.append((boot.nonce, f"{boot.first}..{boot.last}", str(boot.lines), ended, " -> ".join(boot.hosts) or "?"))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]


def _advance(boot, count, number):
    """Enters one line into its boot; yields what is wrong with it."""
    if boot.powered_off:
        return [f"line {number}: boot {boot.nonce} prints after it powered off"]
    if count == "poweroff":
        boot.powered_off = True
        return [] if boot.lines else [f"line {number}: boot {boot.nonce} powered off before it counted"]
    value, expected = int(count, 16), boot.last + 1
    if boot.lines == 0:
        boot.first = value
    boot.lines += 1
    boot.last = max(boot.last, value)
    if value > expected:
        return [f"line {number}: boot {boot.nonce} lost count {expected} (it printed {value})"]
    if value < expected:
        return [f"line {number}: boot {boot.nonce} repeated count {value} (expected {expected})"]
    return []


def _is_beginning(text, boot):
    """True when `text` is the beginning of the boot's next line: what a power cut leaves."""
    return boot is not None and any(line.startswith(text) for line in boot.next_lines())


def _report_torn(torn):
    return [f"line {torn[0]}: {torn[1]!r} is no line of a guest: two boots wrote at once, or output was lost"] if torn else []


def _attribute(lines, by_nonce, consoles_by_host):
    """Finds the host of every line. A line that a migration cut in two has no host; one printed by two hosts is a fault."""
    faults, owners = [], {}
    for host in sorted(consoles_by_host):
        for line in consoles_by_host[host].split("\n"):
            if _LINE.fullmatch(line):
                owners.setdefault(line, []).append(host)
    for line in lines:
        hosts = owners.get(line, [])
        if len(hosts) > 1:
            faults.append(f"{line!r} was printed by {' and by '.join(hosts)}")
        match = _LINE.fullmatch(line)
        if match and len(hosts) == 1:
            boot = by_nonce[match.group(1)]
            if boot.hosts[-1:] != hosts:
                boot.hosts += hosts
    missing = set(owners) - set(lines)
    faults += [f"{line!r}, printed by {owners[line][0]}, is missing on the shared console" for line in sorted(missing)]
    return faults
