#!/usr/bin/python3
"""Checks from the #include lines and a few words that the layers of lib/ hold: C libraries stay in the .cc files of their
module, dependencies point one way, and only lib/base touches environment, clocks, sleeps and exits."""

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
    "fence": {"base", "options", "xml", "snmp", "power", "stonith"},
}
# C libraries, and the module whose .cc files may include them.
C_LIBRARIES = {"libvirt/": "domain", "net-snmp/": "snmp", "openssl/": "snmp", "libxml/": "xml", "CLI/": "options", "vmime/": "mail", "curl/": "mail", "nlohmann/": "power"}
# C++ libraries that one file alone includes.
ONE_FILE = {"toml++/": "inventory/toml.cc"}
# Words that belong to lib/base alone.
BASE_ONLY = re.compile(
    r"\b(getenv|setenv|putenv|environ|system_clock::now|steady_clock::now|this_thread::sleep|usleep|nanosleep|popen|std::system"
    r"|_exit|std::exit|quick_exit|std::abort)\b"
)


def module_of(path: pathlib.Path, lib: pathlib.Path) -> str:
    return path.relative_to(lib).parts[0]


def problems_of(path: pathlib.Path, module: str):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        code = line.split("//")[0]
        include = re.match(r'\s*#\s*include\s+([<"])([^>"]+)[>"]', code)
        where = f"{path}:{number}: "
        if include and include[1] == '"':
            used = include[2].split("/")[0]
            if used != module and used not in MAY_USE[module]:
                yield where + f"lib/{module} must not use lib/{used}"
        elif include:
            for prefix, owner in C_LIBRARIES.items():
                if include[2].startswith(prefix) and (module != owner or path.suffix != ".cc"):
                    yield where + f"<{prefix}…> belongs into .cc files of lib/{owner}"
            for prefix, owner in ONE_FILE.items():
                if include[2].startswith(prefix) and not path.match(f"lib/{owner}"):
                    yield where + f"<{prefix}…> belongs into lib/{owner}"
        elif module != "base" and BASE_ONLY.search(code):
            yield where + f"{BASE_ONLY.search(code)[0]} belongs into lib/base"


def main() -> int:
    lib = pathlib.Path(sys.argv[1]) / "lib"
    files = sorted(path for path in lib.rglob("*") if path.suffix in (".h", ".cc"))
    problems = [text for path in files for text in problems_of(path, module_of(path, lib))]
    print("\n".join(problems) or f"{len(files)} files keep the layers")
    return 1 if problems or not files else 0


if __name__ == "__main__":
    sys.exit(main())
