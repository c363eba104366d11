#!/usr/bin/python3
"""Runs shellcheck over the repository's shell scripts, pyflakes over its Python. usage: scripts.py shell|python SOURCE"""

import pathlib
import re
import shutil
import subprocess
import sys

# The first line of such a script, how its name may end instead, and what looks at it. SC1091: a file that only hosts have cannot be followed.
KINDS = {
    "shell": (re.compile(rb"#!.*[/ ](ba|da)?sh\b"), ".sh", ["shellcheck", "--external-sources", "--exclude=SC1091"]),
    "python": (re.compile(rb"#!.*[/ ]python3?\b"), ".py", ["pyflakes3"]),
}
SKIPPED = 77


def scripts(source, shebang, suffix):
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=source, capture_output=True, check=True).stdout
    for name in sorted(set(listed.decode().split("\0")) - {""}):
        path = source / name
        if path.is_symlink() or not path.is_file():
            continue
        with path.open("rb") as file:
            if shebang.match(file.readline(200)) or name.endswith(suffix):
                yield name


def main():
    shebang, suffix, program = KINDS[sys.argv[1]]
    source = pathlib.Path(sys.argv[2])
    missing = [name for name in ("git", program[0]) if not shutil.which(name)]
    if missing or not (source / ".git").exists():
        print("skipped: " + (f"{missing[0]} is not installed" if missing else "not a clone, whose files git would list"))
        return SKIPPED
    names = list(scripts(source, shebang, suffix))
    done = subprocess.run([*program, *names], cwd=source, check=False)
    if done.returncode == 0:
        print(f"{len(names)} scripts")
    return done.returncode if names else 1


if __name__ == "__main__":
    sys.exit(main())
