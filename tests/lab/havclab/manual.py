"""Documents whose commands are run: the blocks of a Markdown file that are marked `<!-- lab-run: HOSTS -->`, word for word, in order.

A mark stands alone on its line, then an empty line, then the block, indented by four. HOSTS is `every host`, or names separated by
blanks. After them may come `, with TOOL`, where a document tells two ways and a reader goes one of them, and `, prints: TEXT`, which
wants TEXT in what the block prints, on each of its hosts.
"""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from havclab import power
from havclab.state import LabError

EVERY_HOST = "every host"
_BLOCK_SECONDS = 300  # nothing an administrator would wait for; a block that hangs is a failure
_MARK = re.compile(r"<!-- lab-run: (?P<hosts>[^,]+?)(?:, with (?P<tool>\w+))?(?:, prints: (?P<prints>.+?))? -->")
_INDENT = "    "


class ManualError(LabError):
    """A document that cannot be run, or whose block failed; begins with document:line."""


@dataclass(frozen=True)
class Block:
    document: str
    line: int  # of the first command, from 1
    section: str  # the heading above it
    hosts: tuple  # names, or (EVERY_HOST,)
    tool: str  # for readers who use it; None: for all
    prints: str  # what it must print; None: nothing in particular
    text: str

    def __str__(self):
        return f"{self.document}:{self.line}"

    def hosts_of(self, lab):
        """The hosts of the lab that it is for."""
        every = {host.name: host for host in lab.hosts()}
        if self.hosts == (EVERY_HOST,):
            return list(every.values())
        for name in self.hosts:
            if name not in every:
                raise ManualError(f"{self}: no host '{name}': there are {', '.join(every)}, and 'every host'")
        return [every[name] for name in self.hosts]


def blocks(path, name=None):
    """The marked blocks of a Markdown file, in its order. `name` is what the file is called in complaints."""
    document, lines = name or str(path), Path(path).read_text(encoding="utf-8").splitlines()
    found, section = [], ""
    for number, line in enumerate(lines):
        heading = re.match(r"#+ (.*)", line)
        section = heading[1] if heading else section
        if not re.match(r" {0,3}<!--\s*lab-run", line):
            continue
        mark = _MARK.fullmatch(line)
        if not mark:
            raise ManualError(f"{document}:{number + 1}: '{line}' is not '<!-- lab-run: HOSTS[, with TOOL][, prints: TEXT] -->'")
        hosts = (EVERY_HOST,) if mark["hosts"] == EVERY_HOST else tuple(mark["hosts"].split())
        text = _text_below(lines, number, document)
        found.append(Block(document, number + 3, section, hosts, mark["tool"], mark["prints"], text))
    return found


def _text_below(lines, number, document):
    """The block whose mark is on line `number`, counted from 0."""
    text = []
    if lines[number + 1 : number + 2] == [""]:
        for line in lines[number + 2 :]:
            if line and not line.startswith(_INDENT):
                break
            text.append(line.removeprefix(_INDENT))
    if not text or not text[0].strip():
        raise ManualError(f"{document}:{number + 1}: the mark wants an empty line below it, then commands that are indented by four")
    return "\n".join(text).rstrip() + "\n"


def run(lab, block, seconds=_BLOCK_SECONDS):
    """Runs a block on each of its hosts, one after another, as `bash -euo pipefail` does; returns what they printed."""
    outputs = []
    for host in block.hosts_of(lab):
        result = power.run_in(host, "bash", "-euo", "pipefail", "-c", block.text, seconds=seconds)
        output = result.stdout + result.stderr
        if result.returncode != 0:
            raise ManualError(f"{block}: exit code {result.returncode} on {host}, from\n{block.text}\n{output.rstrip()}")
        if block.prints is not None and block.prints not in output:
            raise ManualError(f"{block}: '{block.prints}' is not what {host} printed, which is\n{output.rstrip()}")
        outputs.append(output)
    return "".join(outputs)


def tools(path):
    """The ways that a document tells, or none."""
    return sorted({block.tool for block in blocks(path)} - {None})


def play(lab, path, name=None, tool=None, say=lambda text: None):
    """Runs the marked blocks of a document, without those for another tool; returns how many. Nothing runs when one of them names a
    host that is not there."""
    every = [block for block in blocks(path, name) if tool is None or block.tool in (None, tool)]
    for block in every:
        block.hosts_of(lab)
    for block in every:
        say(f"{block} on {' '.join(block.hosts)}: {block.section}")
        run(lab, block)
    return len(every)


def documents(root):
    """The repository's Markdown files that have marked blocks, as paths below `root`; also of a source tree without git."""
    listed = subprocess.run(["git", "-C", str(root), "ls-files", "*.md"], capture_output=True, text=True, check=False)
    names = listed.stdout.split("\n") if listed.returncode == 0 else (str(path.relative_to(root)) for path in Path(root).rglob("*.md"))
    return sorted(name for name in names if name and blocks(Path(root) / name, name))
