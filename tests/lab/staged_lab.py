"""What tests of the staged build on a lab have in common: the plan of their lab, what they ask of its hosts, and when they are skipped."""

import os
import shutil
import sys
import unittest

from havclab import life, power
from havclab.state import LabError


def plan(**more):
    return life.Plan(stage=os.environ.get("HAVC_STAGE"), simulator=os.environ.get("HAVC_SIMULATOR"), wait=True, **more)


def say(text):
    print(f"  {text}", file=sys.stderr)


def on(lab, host, *command, seconds=30):
    """What the command prints on that host; a LabError when it fails."""
    result = power.run_in(lab.host(host), *command, seconds=seconds)
    if result.returncode != 0:
        raise LabError(f"{' '.join(command)} failed on {host}, exit code {result.returncode}: {result.stdout}{result.stderr}")
    return result.stdout


def boot(lab, host):
    """What changes when a host is switched off: the process that is its PID 1; None while it is off."""
    return lab.host(host).pid1_file.read_text() if power.is_on(lab.host(host)) else None


def missing(programs, check):
    """Why the tests cannot run here, or None. `check` raises a LabError."""
    try:
        life.check_machine()
        check()
    except LabError as reason:
        return str(reason)
    if not (plan().stage and plan().simulator):
        return "HAVC_STAGE and HAVC_SIMULATOR must name the staged build and the chassis simulator"
    return next((f"{program} is not installed" for program in programs if not shutil.which(program)), None)


def main(*programs, check=lambda: None, failfast=False):
    reason = missing(programs, check)
    if reason:
        print(f"skipped: {reason}")
        sys.exit(77)
    unittest.main(verbosity=2, failfast=failfast, warnings="ignore")  # the lab keeps hosts beyond the objects that started them
