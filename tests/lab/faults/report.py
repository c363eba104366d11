"""The matrix as tables: JSON with all that was seen, one object a fault and system (the fields of fault.Outcome), and Markdown
for people. A row whose system did as well as ours looks as ours does."""

import fcntl
import json

from faults import system as systems
from havclab.state import write_file

_MOST_TOLD = 110


def read(path):
    """{(fault, system): outcome as JSON}; empty without a file."""
    if not path.exists():
        return {}
    return {(each["fault"], each["system"]): each for each in json.loads(path.read_text())["outcomes"]}


def update(path, faults, change):
    """Lets `change` work on the results that are there and writes them anew; returns them. Two programs, one a system, may share a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path.with_suffix(".lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        results = read(path)
        change(results)
        write(path, faults, results)
    return results


def write(path, faults, results):
    """Writes FILE.json and, beside it, FILE.md."""
    ordered = [results[fault.name, name] for fault in faults for name in systems.SYSTEMS if (fault.name, name) in results]
    write_file(path, json.dumps({"faults": {fault.name: {"text": fault.text, "expected": fault.expected} for fault in faults},
                                 "systems": {name: system.title for name, system in systems.SYSTEMS.items()},
                                 "outcomes": ordered}, indent=1) + "\n")
    write_file(path.with_suffix(".md"), markdown(faults, results))


def markdown(faults, results):
    lines = ["| fault, and what is expected | system | as expected | ran twice | fenced needlessly | interrupted | seconds | the operator was told |",
             "|---|---|---|---|---|---|---|---|"]
    for fault in faults:
        shown = [name for name in systems.SYSTEMS if (fault.name, name) in results]
        for number, name in enumerate(shown):
            head = f"**{fault.text}**: {fault.expected}" if number == 0 else ""
            lines.append(_row(head, name, results[fault.name, name]))
    lines += ["", *summary(faults, results)]
    return "\n".join(lines) + "\n"


def summary(faults, results):
    """A sentence a system: its sums."""
    lines = []
    for name, system in systems.SYSTEMS.items():
        seen = [results[fault.name, name] for fault in faults if (fault.name, name) in results]
        if seen:
            known = [each for each in seen if not each["error"]]
            lines.append(f"{name} ({system.title}): {sum(each['as_expected'] for each in known)} of {len(seen)} as expected; guests that ran twice: "
                         f"{sum(len(each['twice']) for each in known)}; needless fencings: {sum(len(each['needless']) for each in known)}; guests left "
                         f"down: {sum(len(each['down']) for each in known)}" + (f"; not played: {len(seen) - len(known)}" if known != seen else "") + ".  ")
    return lines


def _row(head, name, outcome):
    if outcome["error"]:
        return f"| {_cell(head)} | {name} | could not be played | | | | | {_cell(outcome['error'])} |"
    good = "yes" if outcome["as_expected"] else "**no**" + (f": {'; '.join(outcome['misses'])}" if outcome["misses"] else "")
    interrupted = f"{len(outcome['interrupted'])}" + (f", {len(outcome['down'])} for good" if outcome["down"] else "") if outcome["interrupted"] else "none"
    told = "; ".join([outcome["told_in_short"], *outcome["notes"]])
    cells = [head, name, good, _bold(", ".join(outcome["twice"])), _bold(", ".join(outcome["needless"])), interrupted,
             f"{outcome['seconds']:.0f}" if outcome["seconds"] else "", told if len(told) <= _MOST_TOLD else told[:_MOST_TOLD] + "…"]
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _bold(text):
    return f"**{text}**" if text else "no"


def _cell(text):
    return text.replace("|", "\\|").replace("\n", " ")
