"""What tests of the staged build on a lab have in common: the plan of their lab, and when they are skipped."""

import os
import shutil
import sys
import unittest

from havclab import life
from havclab.state import LabError


def plan(**more):
    return life.Plan(stage=os.environ.get("HAVC_STAGE"), simulator=os.environ.get("HAVC_SIMULATOR"), wait=True, **more)


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
