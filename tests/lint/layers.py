#!/usr/bin/python3
"""Checks from the #include lines and a few words that the layers hold, in lib/ and in the programs made of it: C libraries stay in the .cc files of
their module, dependencies point one way, and only lib/base touches environment, clocks, sleeps and exits. Tests may do all of this."""

import pathlib
import re
import sys

# Which modules a module may include. lib/README.md draws this.
MAY_USE = {
    "base": set(),
    "options": {"base"},
    "xml": {"base"},
    "ocf": {"base", "options", "xml"},
    "domain": {"base", "xml", "options"},
    "mail": {"base", "options"},
    "snmp": {"base", "options"},
    "power": {"base", "options", "snmp"},
    "stonith": {"base", "options", "xml", "snmp", "power"},
    "inventory": {"base", "options", "xml"},
    "remote": {"base", "options", "inventory"},
    "cluster": {"base", "options", "xml", "domain", "inventory", "remote"},
    "node": {"base", "options", "xml", "domain", "inventory", "remote"},
    "health": {"base", "options", "xml", "domain", "inventory", "cluster", "node"},
    "change": {"base", "options", "xml", "domain", "inventory", "cluster", "remote", "node"},
    "importer": {"base", "options", "xml", "inventory", "remote"},
    "fence": {"base", "options", "xml", "snmp", "power", "stonith"},
}
# The same for folders of programs: what they may include of lib/, and themselves.
PROGRAMS = {
    "agents/libvirt_qemu": {"base", "options", "xml", "ocf", "domain", "mail", "libvirt_qemu"},
    "stonith": {"base", "options", "snmp", "power", "stonith", "fence"},
    "tools/havc": {"base", "options", "xml", "domain", "inventory", "cluster", "remote", "node", "health", "change", "importer", "havc"},
    "tools": {"base", "options", "mail", "chassis"},
}
# C libraries, and the folders whose .cc files may include them. A chassis that is simulated has an SNMP agent and a command line of its own.
C_LIBRARIES = {
    "libvirt/": {"lib/domain"},
    "net-snmp/": {"lib/snmp", "tools/chassis"},
    "openssl/": {"lib/snmp", "lib/node"},
    "libxml/": {"lib/xml"},
    "CLI/": {"lib/options", "tools", "tools/chassis", "tools/havc"},
    "vmime/": {"lib/mail"},
    "curl/": {"lib/mail"},
    "nlohmann/": {"lib/power", "lib/node", "lib/change", "lib/health", "tools/havc", "tools/havc/commands"},
}
# C++ libraries that one file alone includes.
ONE_FILE = {"toml++/": "lib/inventory/toml.cc"}
# The simulator's world: its own clock, and the environment of net-snmp and of its hooks.
OWN_WORLD = {"tools/chassis"}
# Words that belong to lib/base alone.
BASE_ONLY = re.compile(
    r"\b(getenv|setenv|putenv|environ|system_clock::now|steady_clock::now|this_thread::sleep|usleep|nanosleep|popen|std::system"
    r"|_exit|std::exit|quick_exit|std::abort)\b"
)


def used_by(folder: str) -> set[str]:
    """What the files of a folder may include by quotes."""
    above, _, module = folder.partition("/")
    if above == "lib":
        return MAY_USE[module] | {module}
    return next(used for program, used in PROGRAMS.items() if folder == program or folder.startswith(program + "/"))


def problems_of(path: pathlib.Path, folder: str):
    allowed = used_by(folder)
    for number, line in enumerate(path.read_text().splitlines(), 1):
        code = line.split("//")[0]
        include = re.match(r'\s*#\s*include\s+([<"])([^>"]+)[>"]', code)
        where = f"{path}:{number}: "
        if include and include[1] == '"':
            used = include[2].split("/")[0]
            if used not in allowed:
                yield where + f"{folder} must not use {used}"
        elif include:
            for prefix, owners in C_LIBRARIES.items():
                if include[2].startswith(prefix) and (folder not in owners or path.suffix != ".cc"):
                    yield where + f"<{prefix}…> belongs into .cc files of {' or '.join(sorted(owners))}"
            for prefix, owner in ONE_FILE.items():
                if include[2].startswith(prefix) and not path.match(owner):
                    yield where + f"<{prefix}…> belongs into {owner}"
            if path.suffix == ".h" and include[2].endswith(".h") and include[2] != "sys/types.h":
                yield where + f"<{include[2]}> belongs into .cc files"
        elif folder != "lib/base" and folder not in OWN_WORLD and BASE_ONLY.search(code):
            yield where + f"{BASE_ONLY.search(code)[0]} belongs into lib/base"


def main() -> int:
    source = pathlib.Path(sys.argv[1])
    files = sorted(path for top in ("lib", "agents", "stonith", "tools") for path in (source / top).rglob("*") if path.suffix in (".h", ".cc"))
    problems = [text for path in files for text in problems_of(path, str(path.parent.relative_to(source)))]
    print("\n".join(problems) or f"{len(files)} files keep the layers")
    return 1 if problems or not files else 0


if __name__ == "__main__":
    sys.exit(main())
