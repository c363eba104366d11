#!/usr/bin/python3
"""Runs clang-tidy over the files that are compiled; a file that was clean is not looked at again until something that it is made of changes.
usage: tidy.py SOURCE BUILD [PART/PARTS | FILE...], where BUILD is built with Ninja, which knows each file's headers

What was clean is remembered beside the compiler's cache (ccache -p: cache_dir), for every clone on the machine, by a hash over the contents of
the file and its headers, the compiler's options, the configuration and clang-tidy's version. Part I of N is each N-th file, for jobs side by side."""

import functools
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

SKIPPED = 77
FORGOTTEN_AFTER = 30 * 24 * 3600  # seconds that nobody asked


def output(*words, cwd=None):
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=True).stdout


def memory():
    """The folder of what was clean."""
    above = output("ccache", "--get-config", "cache_dir").strip() if shutil.which("ccache") else ""
    folder = pathlib.Path(above or pathlib.Path.home() / ".cache") / "havc-tidy"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@functools.cache
def content(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def headers(build):
    """What each object was made of, as Ninja recorded it when it was compiled."""
    found, current = {}, []
    for line in output("ninja", "-C", str(build), "-t", "deps").splitlines():
        if line.startswith("    "):
            current.append(line.strip())
        elif line:
            current = found[line.split(": #deps")[0]] = []
    return found


def key(entry, source, build, made_of, common):
    """Which run of clang-tidy this is; None when that is not known."""
    target = entry["command"].split(" -o ")[-1].split(" ")[0]
    if target not in made_of:
        return None
    words = [common, entry["command"].replace(str(source), ".")]
    for name in sorted(os.path.normpath(build / name) for name in made_of[target]):
        words.append(name.replace(str(source), ".") + " " + content(name))
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def is_clean(entry, source, build):
    """Prints what clang-tidy has found."""
    run = subprocess.run(["clang-tidy", "-p", str(build), "--quiet", entry["file"]], cwd=source, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        print(run.stdout + run.stderr, flush=True)
    return run.returncode == 0


def chosen(entries, words):
    """Each file once; those of a part, or those that are named."""
    files = sorted({entry["file"]: entry for entry in entries}.values(), key=lambda entry: entry["file"])
    if len(words) == 1 and "/" in words[0] and words[0].replace("/", "").isdigit():
        part, parts = map(int, words[0].split("/"))
        return files[part - 1::parts]
    named = {str(pathlib.Path(word).resolve()) for word in words}
    return [entry for entry in files if not named or entry["file"] in named]


def forget_old(folder):
    oldest = time.time() - FORGOTTEN_AFTER
    for file in folder.iterdir():
        try:
            if file.stat().st_mtime < oldest:
                file.unlink()
        except FileNotFoundError:
            pass  # another part was faster


def main():
    source, build = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
    for program in ("clang-tidy", "ninja"):
        if not shutil.which(program):
            print(f"skipped: {program} is not installed")
            return SKIPPED
    files = chosen(json.loads((build / "compile_commands.json").read_text()), sys.argv[3:])
    made_of, folder = headers(build), memory()
    common = output("clang-tidy", "--version") + (source / ".clang-tidy").read_text()
    looked_at = failed = 0
    for entry in files:
        name = key(entry, source, build, made_of, common)
        if name and (folder / name).exists():
            (folder / name).touch()
            continue
        looked_at += 1
        if not is_clean(entry, source, build):
            failed += 1
        elif name and name == key(entry, source, build, made_of, common):
            (folder / name).touch()
    forget_old(folder)
    print(f"{len(files)} files, {looked_at} looked at, {failed} with findings")
    return 1 if failed or not files else 0


if __name__ == "__main__":
    sys.exit(main())
