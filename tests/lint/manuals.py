#!/usr/bin/python3
"""Checks the manual pages: mandoc and man find nothing to say about them, each program that is installed into a folder of commands has one, and each
tells the parameters and defaults that --help and the meta-data tell. usage: manuals.py BUILD_FOLDER SOURCE_FOLDER"""

import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

BUILD, SOURCE = Path(sys.argv[1]), Path(sys.argv[2])
DATE = "2026-01-31"


def output(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True, timeout=60).stdout


def install(root):
    """What cmake installs, and the pages that packages make for commands of the lab; returns the names of the commands."""
    subprocess.run(["cmake", "--install", str(BUILD)], env=os.environ | {"DESTDIR": str(root)}, check=True, timeout=120, stdout=subprocess.DEVNULL)
    names = {path.name for folder in ("bin", "sbin") for path in root.glob(f"usr/**/{folder}/*")}
    (root / "lab").mkdir()
    for name in re.findall(r"/usr/bin/(\S+)|usr/bin/(havc-lab\S*)$", (SOURCE / "packaging/debian/havc-lab.links").read_text(), re.MULTILINE):
        name = "".join(name)
        names.add(name)
        (root / "lab" / f"{name}.1").write_text(output(SOURCE / "packaging/lab-manual", name, "0.0.0", DATE))
    return names


def lint(page):
    for command in (["mandoc", "-T", "lint", "-W", "style", str(page)], ["man", "--warnings", "-l", str(page)]):
        done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"MANWIDTH": "80", "LC_ALL": "C.UTF-8"}, timeout=60)
        said = done.stdout + done.stderr if command[0] == "mandoc" else done.stderr
        if said or done.returncode:
            yield f"{page.name}: {command[0]} says: {said or done.returncode}"


def items(page, section):
    """What a section's items tell: name, and the default if it has one."""
    text = re.search(rf"^\.SH {section}\n(.*?)(?=^\.SH |\Z)", page.read_text(), re.MULTILINE | re.DOTALL)[1].replace("\\-", "-").replace("\\(ti", "~")
    found = {}
    for item in text.split(".TP\n.B ")[1:]:
        name, _, rest = item.partition("\n")
        told = re.search(r"[;(] ?default (.*?)(?:;|\)$|\)\.?$)", rest.replace("\n", " ").strip())
        found[name] = told[1] if told else ""
    return found


def xml_parameters(text):
    return {row.get("name"): row.find("content").get("default") or "" for row in ElementTree.fromstring(text).iter("parameter")}


def differences(what, left, right):
    """A default of 0 is not told of switches."""
    left, right = ({name: "" if value == "0" else value for name, value in each.items()} for each in (left, right))
    for name in sorted(left.keys() | right.keys()):
        if left.get(name) != right.get(name):
            yield f"{what}: {name}: {left.get(name)!r} in the page, {right.get(name)!r} elsewhere"


def fence_agent(name, page):
    shown = items(page, "PARAMETERS")
    usage = {}
    for line in output(BUILD / "bin" / name, "--help").splitlines():
        found = re.match(r"  (-\S.*?)  +.*?(?:\(default: (.*)\))?$", line)
        if found:
            usage[found[1]] = found[2] or ""
    yield from differences(f"{name} --help", {text.split("  (")[0].split(" (")[0]: value for text, value in shown.items()}, usage)
    described = {found[1]: value for text, value in shown.items() if (found := re.search(r"\((\w+)\)$", text))}
    meta = xml_parameters(output(BUILD / "bin" / name, "-o", "metadata"))
    yield from differences(f"{name} metadata", described, {key: value for key, value in meta.items() if key in described})
    missing = described.keys() - meta.keys()
    if missing:
        yield f"{name}: not in the metadata: {missing}"


def options_of_help(program, page):
    """Each option of --help is an item, and the other way round."""
    told = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", " ".join(re.findall(r"^  (-.*?)(?:  |=|$)", output(*program, "--help"), re.MULTILINE))))
    shown = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", " ".join(items(page, "OPTIONS"))))
    if told != shown or not told:
        yield f"{page.name}: the page and --help differ in {sorted(told ^ shown)}"


def operator(program, pages):
    """havc(1) and havc-COMMAND(1): one for each command of --help, with the same options and columns."""
    text = output(program, "--help")
    commands = re.findall(r"^  ([a-z]\S*(?: [a-z]\S*)?)(?:  |$)", text.partition("\nOptions of all commands:")[0], re.MULTILINE)
    named = {"havc"} | {"havc-" + name.replace(" ", "-") for name in commands}
    yield from (f"{name} has no manual page" for name in sorted(named - pages.keys()))
    yield from options_of_help([program], pages["havc"])
    listed = set(items(pages["havc"], "COMMANDS"))
    if listed != set(commands) or not commands:
        yield f"havc.1: the page and --help differ in {sorted(listed ^ set(commands))}"
    for name in commands:
        page = pages.get("havc-" + name.replace(" ", "-"))
        if not page:
            continue
        yield from options_of_help([program, *name.split()], page)
        told = re.search(r"^Columns:\n((?:  .*\n)+)", output(program, *name.split(), "--help"), re.MULTILINE)
        keys = set(re.findall(r"^  ([a-z]\S*)", told[1], re.MULTILINE)) if told else set()
        shown = {key.removesuffix(" *") for key in items(page, "COLUMNS")} if told else set()
        if keys != shown:
            yield f"{page.name}: the page and --help differ in columns {sorted(keys ^ shown)}"


def completion(script, program):
    """What bash completes of each command is what --help tells."""
    ask = f"source {script}; COMP_WORDS=(havc \"$@\" --); COMP_CWORD=$(($# + 1)); _havc; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    for line in script.read_text().splitlines():
        if found := re.match(r"        '([a-z].*)'\)$", line):
            words = found[1].split()
            completed = set(output("bash", "-c", ask, "bash", *words).split())
            told = set(re.findall(r"^  (--[a-z-]+)", output(program, *words, "--help"), re.MULTILINE))
            if completed != told:
                yield f"completion of {found[1]}: differs from --help in {sorted(completed ^ told)}"


def agent(program, page):
    parameters = items(page, "PARAMETERS")
    refused = items(page, "PARAMETERS OF OTHER AGENTS")
    meta = {name: value for name, value in xml_parameters(output(program, "meta-data")).items() if name not in refused}
    yield from differences("LibvirtQemu meta-data", parameters, meta)


def main():
    problems = []
    with tempfile.TemporaryDirectory(prefix="havc-manuals-") as folder:
        root = Path(folder)
        commands = install(root)
        pages = {path.stem: path for path in root.rglob("*.[1-9]")}
        problems += [f"{name} has no manual page" for name in sorted(commands - pages.keys())]
        for page in pages.values():
            problems += lint(page)
        problems += agent(BUILD / "bin/LibvirtQemu", pages["ocf_havc_LibvirtQemu"])
        for name in ("fence_ibmbc", "fence_ibmfx"):
            problems += fence_agent(name, pages[name])
        problems += operator(BUILD / "bin/havc", pages)
        problems += completion(next(root.rglob("bash-completion/completions/havc")), BUILD / "bin/havc")
        for name in ("havc-chassis-simulator", "havc-chassis-proxy"):
            problems += options_of_help([BUILD / "bin" / name], pages[name])
        for name, program in (("havc-lab-demo", "demo.py"), ("havc-lab-matrix", "matrix")):
            problems += options_of_help([SOURCE / "tests/lab" / program], pages[name])
        print("\n".join(problems) or f"{len(pages)} pages of {len(commands)} commands and the agents are right")
    return 1 if problems or len(commands) < 7 or len(pages) < 10 else 0


if __name__ == "__main__":
    sys.exit(main())
