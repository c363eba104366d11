#!/usr/bin/python3
"""Checks that programs which are started often do not load what makes their start dear. usage: loads.py PROGRAM=LIBRARY,... ...
with the beginnings of the names of libraries that PROGRAM may not need, directly or through others."""

import re
import subprocess
import sys


def loaded(program):
    listing = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    return re.findall(r"^\s+(\S+) ", listing, re.MULTILINE)


def main():
    problems, count = [], 0
    for argument in sys.argv[1:]:
        program, forbidden = argument.rsplit("=", 1)
        names = loaded(program)
        count += len(names)
        problems += [f"{program} loads {name}" for name in names if name.startswith(tuple(forbidden.split(",")))]
    print("\n".join(problems) or f"none of {count} libraries is one too many")
    return 1 if problems or not count else 0


if __name__ == "__main__":
    sys.exit(main())
