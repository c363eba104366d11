"""The matrix as tables: JSON with all that was seen, one object a fault and system (the fields of fault.Outcome), and Markdown
for people. A row whose system did as well as ours looks as ours does."""

import fcntl
import json

from faults import system as systems
from faults.fault import TOO_MANY
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
    """What came of it at a glance, then all of it, then the sums."""
    return "\n".join([*glance(faults, results), "", "## All that was seen", "", *_everything(faults, results), "", *summary(faults, results)]) + "\n"


def glance(faults, results):
    """A line a fault: the systems side by side."""
    names = [name for name in systems.SYSTEMS if any(key[1] == name for key in results)]
    lines = ["| fault | a good cluster | " + " | ".join(systems.SYSTEMS[name].title for name in names) + " |", "|---|---|" + "---|" * len(names)]
    for fault in faults:
        if any((fault.name, name) in results for name in names):
            cells = [_in_words(results.get((fault.name, name))) for name in names]
            lines.append("| " + " | ".join(_cell(cell) for cell in (fault.text, fault.expected, *cells)) + " |")
    return lines


def _in_words(outcome):
    if outcome is None:
        return ""
    if outcome["error"]:
        return "could not be played"
    words = [f"**{guest} ran twice**" for guest in outcome["twice"]] + [f"**{host} fenced needlessly**" for host in outcome["needless"]]
    away, down = outcome["interrupted"], outcome["down"]
    words += [f"**{', '.join(down)} left down**"] if down else []
    words += [f"{len(away)} {'guest' if len(away) == 1 else 'guests'} away, {outcome['seconds']:.0f} s"] if away else []
    more = [miss for miss in outcome["misses"] if not miss.startswith(TOO_MANY)]
    if more and not (outcome["twice"] or outcome["needless"] or down):
        words.append(more[0])
    return ("yes" if outcome["as_expected"] else "**no**") + (": " if words else "") + "; ".join(words)


def _everything(faults, results):
    lines = ["| fault, and what is expected | system | as expected | ran twice | fenced needlessly | interrupted | seconds | the operator was told |",
             "|---|---|---|---|---|---|---|---|"]
    for fault in faults:
        shown = [name for name in systems.SYSTEMS if (fault.name, name) in results]
        for number, name in enumerate(shown):
            head = f"**{fault.text}**: {fault.expected}" if number == 0 else ""
            lines.append(_row(head, name, results[fault.name, name]))
    return lines


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
