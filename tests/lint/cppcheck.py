#!/usr/bin/python3
"""Runs cppcheck over the product and its tools, each file as it is compiled; what it finds is an error unless cppcheck-suppressions has it, with
a reason. usage: cppcheck.py SOURCE BUILD, where BUILD has compile_commands.json. What it knows of unchanged files stays in BUILD/cppcheck."""

import json
import pathlib
import shutil
import subprocess
import sys

FOLDERS = {"lib", "agents", "stonith", "tools"}  # not tests: Catch2's macros are a language that it does not know
SKIPPED = 77


def compiled(source, build):
    """How each file is compiled, once a file."""
    entries = json.loads((build / "compile_commands.json").read_text())
    ours = {entry["file"]: entry for entry in entries if pathlib.Path(entry["file"]).relative_to(source).parts[0] in FOLDERS}
    return list(ours.values())


def main():
    source, build = (pathlib.Path(word).resolve() for word in sys.argv[1:])
    if not shutil.which("cppcheck"):
        print("skipped: cppcheck is not installed")
        return SKIPPED
    files = compiled(source, build)
    known = build / "cppcheck"
    known.mkdir(exist_ok=True)
    database = known / "database.json"
    database.write_text(json.dumps(files))
    done = subprocess.run(["cppcheck", f"--project={database}", f"--cppcheck-build-dir={known}", "--enable=warning,performance,portability,style",
                           "--std=c++20", f"--suppressions-list={pathlib.Path(__file__).with_name('cppcheck-suppressions')}", f"--relative-paths={source}",
                           "--template={file}:{line}: {severity}: {message} [{id}]", "--error-exitcode=1", "--quiet"], cwd=source, check=False)
    if done.returncode == 0:
        print(f"{len(files)} files")
    return done.returncode if files else 1


if __name__ == "__main__":
    sys.exit(main())
