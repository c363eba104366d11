"""One host of the lab for a part of the benchmarks: made, given the part's files, and taken away again."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
STAGE = ROOT / "build/stage"
sys.path.insert(0, str(ROOT / "tests/lab"))
from havclab import guests, life, power  # noqa: E402
from havclab.state import Lab, LabError  # noqa: E402

# The cluster is there to be asked, not to act: what the agents do is begun by the part alone.
QUIET = [("maintenance-mode", "true"), ("enable-startup-probes", "false")]


class OneHost:
    def __init__(self, lab):
        self._lab, self._host = lab, lab.hosts()[0]

    def define(self, names, kind):
        for name in names:
            guests.define(self._lab, name, kind)

    def compile(self, source, *libraries):
        subprocess.run(["cc", "-O2", "-o", str(self._lab.shared / "bench" / Path(source).stem), str(HERE / source), *libraries],
                       check=True)

    def run(self, program, *arguments, say, seconds):
        """Runs one of this folder's files on the host; returns the JSON that it prints. What it says on standard error is progress."""
        words = ["timeout", "--kill-after=5", str(seconds), "/usr/bin/python3", "-B", f"/srv/havc/bench/{program}", *map(str, arguments)]
        with subprocess.Popen(power.entry(self._host, words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as process:
            lines = []
            for line in process.stderr:  # its result is written at the end, and is small enough for a pipe
                lines.append(line)
                say(line.rstrip())
            text = process.stdout.read()
        if process.returncode != 0:
            raise SystemExit(f"{program} ended with {process.returncode}: {''.join(lines[-20:])}")
        return json.loads(text)


@contextmanager
def one_host(name, say):
    if not STAGE.is_dir():
        raise SystemExit("the release build is not staged: run packaging/stage")
    try:
        life.check_machine()
        lab = Lab(f"bench-{name}-{os.getpid()}")
        try:
            life.up(lab, life.Plan(hosts=1, stage=str(STAGE), property=QUIET, wait=True), say)
            (lab.shared / "bench").mkdir()
            for source in HERE.glob("*.py"):
                shutil.copy(source, lab.shared / "bench")
            yield OneHost(lab)
        finally:
            life.down(lab)
    except LabError as error:
        raise SystemExit(f"lab: {error}") from error
