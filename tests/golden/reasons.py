#!/usr/bin/python3
"""Every reason that the sources can make, as PLACE<TAB>CAUSE<TAB>REMEDY: each Error, each Health, each Outcome is found in the text of the sources and its
expressions are written out with names as long as real ones are. For reasons_test.cc. Not a compiler: what it does not understand appears as <expression>."""

import pathlib
import re
import sys

FOLDERS = ("agents", "lib/ocf", "lib/options", "lib/xml", "lib/domain", "lib/base")
# Beyond the reach of LibvirtQemu's reasons: what happens after the result is fixed, programs that take options or input, and the manual.
LEFT_OUT = ("lib/ocf/manual.cc", "lib/base/input.cc", "lib/base/scribe.cc", "lib/options/command_line.cc")

DOMAIN = "erp-database-01"
NODE = "node-17.example.org"
UUID = "6f1d3c1e-2b0a-4d0e-9a51-0d6f3a7b9c01"
CONFIG = f"/srv/cluster/definitions/{DOMAIN}.xml"
SILENCE = "libvirt at 'qemu:///system' does not answer"
WORDS = "process exited while connecting to monitor: Could not open '/srv/images/erp-database-01.qcow2': Permission denied"
# What an expression stands for, by the first pattern that fits.
SAMPLES = (
    (r"words_of\((result|timeout)", ": ERP: the database does not accept connections"),
    (r"^(command|command\[0\])$", "/usr/local/sbin/check-erp"),
    (r"^\*?(refusal|failure)(->reason)?$", "'/usr/local/sbin/check-erp' exits with 1: ERP: the database does not accept connections"),
    (r"why_no_end", "dirty rate 1400 > bandwidth 1100 MiB/s"),
    (r"in_words\(\)", "still runs here"),
    (r"spent\(\)", "570"),
    (r"^(real|path_)$", CONFIG),
    (r"moved->live", f"/srv/images/{DOMAIN}.snap1"),
    (r"^to$", NODE),
    (r"lack\.words", "has 1024 MiB free, 98304 MiB are needed"),
    (r"lack\.name", "erp-storage"),
    (r"disk\.where", f"'/srv/images/{DOMAIN}.qcow2' (ext4)"),
    (r"disk\.job", "copy"),
    (r"here_\.job", "a snapshot"),
    (r"^why$", "unknown word '--p3p'"),
    (r"^what$", "pre_migrate_hook"),
    (r"^others$", " (and 2 more)"),
    (r"^(text|value|word)$", "five minutes"),
    (r"^result\.words\(\)$", "ERP: the database does not accept connections"),
    (r"last_progress_", "61 % copied"),
    (r"^last_$", "libvirt does not answer"),
    (r"health\.reason", f"domain '{DOMAIN}' is paused (I/O error)"),
    (r"shared\.remedy", "look at its storage or its network"),
    (r"remedy", "restart libvirtd; running guests are not touched"),
    (r"both_sides", f"'{DOMAIN}' runs on the source, libvirt on the target does not answer"),
    (r"for_over", " for over 300 s"),
    (r"problems\.front", "parameter 'paused_grace' is 'five minutes', not a number of seconds, at most 1000000"),
    (r"^wanted$|expected", "a number of seconds, at most 1000000"),
    (r"^text::one_line\((text|value)", "five minutes"),
    (r"doc\.name", "paused_grace"),
    (r"\bbuilt\b", "0.0.9-0123456789ab"),
    (r'attribute\("type"\)', "xen"),
    (r"root\.name|root\(\)\.name", "network"),
    (r"system_words|dlerror|strerror", "No such file or directory"),
    (r"shared\.what", "the file system of '" + CONFIG + "'"),
    (r"problem\(\)|silence|failure|failed|\bwords\b", SILENCE),
    (r"error\.what\(\)", SILENCE + "; restart libvirtd; running guests are not touched"),
    (r"doubt", "process 31415 cannot be seen: Permission denied"),
    (r"describe|state_|state\b", "paused (I/O error)"),
    (r"said|output", "ERP: the database does not accept connections"),
    (r"disk\.(source|path)|image", f"/srv/images/{DOMAIN}.qcow2"),
    (r"descriptor\)$", "5"),
    (r"script|hook|program|arguments|emulator", "/usr/local/sbin/check-erp"),
    (r"uri", f"qemu+ssh://{NODE}/system"),
    (r"uuid", UUID),
    (r"disk\.target|\bdisk\b|device", "vda"),
    (r"target_|target\b|node|host|destination", NODE),
    (r"pid\b|\.size\(\)", "31415"),
    (r"count|time|seconds|most|exit_code|percent|bytes|limit|free|need|code\b|kib|mib|line\b", "300"),
    (r"snapshot|folder|directory", "/srv/cluster/saved"),
    (r"pool|volume|network|bridge", "erp-storage"),
    (r"config|path|file|origin|source|image", CONFIG),
    (r"name|domain|guest|who|identity|subject|suspect|instance", DOMAIN),
)


# Where the same word means something else.
SAMPLES_OF = {
    ("lib/base/file.cc", "doing"): "read",
    ("lib/domain/libvirt_domain.cc", "doing"): "cannot prepare the migration",
    ("lib/domain/libvirt_error.cc", "doing"): f"cannot look at '{DOMAIN}'",
    ("lib/domain/libvirt_hypervisor.cc", "doing"): "destroy",
    ("lib/ocf/run.cc", "agent.doc.name"): "LibvirtQemu",
    ("lib/ocf/run.cc", "name"): "migrate_to",
    ("lib/ocf/run.cc", "word"): "promote",
    ("lib/ocf/run.cc", "error.what()"): "map::at",
    ("lib/domain/end_process.cc", "1"): "R",
    ("lib/domain/saved_image.cc", "doing"): "read",
    ("lib/domain/checkup.cc", "moved->target"): "vda",
    ("lib/domain/checkup.cc", "describe(insight.disk_errors)"): "disk errors: vda (no space)",
    ("lib/xml/document.cc", "name"): CONFIG,
    ("lib/xml/document.cc", "error.problem()"): "Premature end of data in tag devices",
    ("lib/domain/whereabouts.cc", "config_problem"): f"cannot read '{CONFIG}': No such file or directory",
    ("lib/domain/whereabouts.cc", "error.problem()"): f"the file system of '{CONFIG}' does not answer",
    ("lib/domain/definition.cc", "error.problem()"): f"cannot read '{CONFIG}': No such file or directory",
}


def without_comments(text):
    """Comments become blanks; literals stay."""
    pattern = r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])\'|//[^\n]*|/\*.*?\*/'
    return re.sub(pattern, lambda match: match[0] if match[0][0] in "\"'" else re.sub(r"[^\n]", " ", match[0]), text, flags=re.DOTALL)


def pieces(text, separators):
    """Split at separators outside of parentheses and literals."""
    result, depth, begin, i = [], 0, 0, 0
    while i < len(text):
        literal = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])\'').match(text, i)
        if literal:
            i = literal.end()
            continue
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(text[i], 0)
        if depth == 0 and text[i] in separators:
            result.append(text[begin:i])
            begin = i + 1
        i += 1
    return [piece.strip() for piece in result + [text[begin:]]]


def inside(text, begin):
    """The text between the parenthesis at `begin` and its partner."""
    depth, i = 0, begin
    while i < len(text):
        literal = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])\'').match(text, i)
        if literal:
            i = literal.end()
            continue
        depth += {"(": 1, "{": 1, ")": -1, "}": -1}.get(text[i], 0)
        if depth == 0:
            return text[begin + 1 : i]
        i += 1
    return ""


class Source:
    def __init__(self, path, shown):
        self.shown = shown
        self.text = without_comments(path.read_text())
        literals = r'constexpr\s+(?:char|const char\*|std::string_view)\s*(?:const\s+)?(\w+)(?:\[\])?\s*=\s*((?:"(?:\\.|[^"\\])*"\s*)+);'
        self.constants = {name: self.literal(value) for name, value in re.findall(literals, self.text)}
        # A text that is put together before it is used.
        variables = r"(?:const\s+)?(?:auto|std::string|char)&?\s+(\w+)\s*=\s*([^;]*\"[^;]*);"
        self.variables = [(match.start(), match[1], match[2]) for match in re.finditer(variables, self.text)]
        self.position = 0

    def variable(self, name):
        """What a local variable was set to last, in the function that holds the position."""
        begin = self.text.rfind("\n}", 0, self.position)
        values = [value for at, each, value in self.variables if each == name and begin < at < self.position]
        return values[-1] if values else None

    @staticmethod
    def literal(text):
        return "".join(bytes(part, "utf-8").decode("unicode_escape") for part in re.findall(r'"((?:\\.|[^"\\])*)"', text))

    def value(self, expression, depth=0):
        """What a C++ expression of strings may be."""
        expression = re.sub(r"\s+", " ", expression).strip()
        expression = expression.replace("HAVC_BUILD_ID", '"0.1.0-0123456789ab"')
        if (self.shown, expression) in SAMPLES_OF:
            return self.sample(expression)
        if re.fullmatch(r'("(\\.|[^"\\])*" ?)+', expression):
            return self.literal(expression)
        if expression in self.constants:
            return self.constants[expression]
        variable = self.variable(expression)
        if variable and depth < 3:
            return self.value(variable, depth + 1)
        alternatives = pieces(expression, "?")
        if len(alternatives) == 2:
            return max((self.value(each, depth) for each in pieces(alternatives[1].replace("::", "\0"), ":")), key=len).replace("\0", "::")
        parts = pieces(expression, "+")
        if len(parts) > 1:
            return "".join(self.value(part, depth) for part in parts)
        call = re.fullmatch(r"(?:std::|text::|fmt::)?(string|quote|format|one_line|join)\((.*)\)", expression)
        if call:
            arguments = pieces(call[2], ",")
            if call[1] == "quote":
                return "'" + self.value(arguments[0], depth) + "'"
            if call[1] == "format":
                return self.formatted(self.value(arguments[0], depth), [self.value(each, depth) for each in arguments[1:]])
            return self.value(arguments[0], depth)
        return self.sample(expression)

    @staticmethod
    def formatted(template, values):
        for value in values:
            template = re.sub(r"\{[^{}]*\}", lambda _, value=value: value, template, count=1)
        return template

    def sample(self, expression):
        own = SAMPLES_OF.get((self.shown, re.sub(r"^std::string\((.*)\)$", r"\1", expression)))
        if own:
            return own
        if expression in ('""', "{}"):
            return ""
        if expression == "name()":
            return f"'{DOMAIN}'"
        for pattern, sample in SAMPLES:
            if re.search(pattern, expression):
                return sample
        return f"<{expression}>"

    def reasons(self):
        """(cause, remedy)"""
        # An Error by its own name or as what a function returns; a Health; an Outcome; a Problem of a parameter.
        opening = r"\bError\s*(?:\w+\s*)?([({])|(\{)\s*(?:Fault::|fault_of|Verdict::|ExitCode::|std::string\(doc\.name\))"
        for match in re.finditer(opening, self.text):
            self.position = match.start()
            arguments = pieces(inside(self.text, match.start(1) if match[1] else match.start(2)), ",")
            if re.search(r"ExitCode::(success|not_running)|Verdict::(running|not_running)", arguments[0]):
                continue
            if not re.search(r"Fault::|fault\(\)|fault_of\(|Verdict::|ExitCode::|doc\.name", arguments[0]):
                continue
            # What is passed on as it is has its place elsewhere; rows of tables have no texts.
            if len(arguments) < 2 or arguments[1].endswith("+ why"):  # in refuse() itself
                continue
            if not any('"' in text or text in self.constants or self.variable(text) for text in arguments[1:3]):
                continue
            yield self.value(arguments[1]), self.value(arguments[2]) if len(arguments) > 2 and "doc.name" not in arguments[0] else ""
        yield from self.of_functions()

    def of_functions(self):
        """Calls of the functions that put reasons together."""
        for match in re.finditer(r"(?<!void )\b(refuse|failed_call|connect_error|trouble|by_policy|reasoned|reason_line|return fmt::format)\(", self.text):
            self.position = match.start()
            arguments = pieces(inside(self.text, match.end() - 1), ",")
            if match[1] == "refuse" and arguments[0] == "sentence(lack)":
                yield from self.of_switches("sentence", "remedy")
            elif match[1] == "refuse" and len(arguments) == 2 and '"' in arguments[1] and arguments[0] not in ("path", "origin"):
                yield self.value(arguments[0]), self.value(arguments[1])
            elif match[1] == "refuse" and len(arguments) == 2 and '"' in arguments[1]:
                yield f"'{CONFIG}' {self.value(arguments[1])}", self.constants.get("kRestore", "")
            if match[1] == "failed_call":
                for doing in (each for each in arguments if '"' in each):
                    verb = re.fullmatch(r'doing\("([^"]*)", \w+\)', doing)
                    yield (f"cannot {verb[1]} '{DOMAIN}'" if verb else self.value(doing)) + f": {WORDS}", "see /var/log/libvirt/qemu"
            if match[1] == "connect_error" and arguments[0] == "last_failure()":
                yield f"cannot connect to {self.value(f'text::quote({arguments[1]})')}: {WORDS}", "start libvirtd there, or correct the connection URI"
            if match[1] in ("trouble", "by_policy") and len(arguments) >= 3 and ('"' in arguments[2] or arguments[2] in self.constants):
                more = self.value(arguments[3]) if len(arguments) > 3 else ""
                yield f"domain '{DOMAIN}' is paused (I/O error){more}", self.value(arguments[2])
            if match[1] == "reasoned" and len(arguments) > 1 and '"' in arguments[1]:
                yield self.value(arguments[1]), self.value(arguments[2]) if len(arguments) > 2 else ""
            if match[1] == "reason_line" and '"' in arguments[1]:
                cause, _, remedy = self.value(arguments[1]).partition("; ")
                yield cause, remedy
            # Not an Error yet: what a script said.
            if match[1].startswith("return") and self.shown.startswith("agents/"):
                yield self.formatted(self.literal(arguments[0]), [self.value(each) for each in arguments[1:]]), ""

    def of_switches(self, cause, remedy):
        """Two functions that switch over the same enum."""
        causes, remedies = self.branches(cause), self.branches(remedy)
        for label in causes.keys() & remedies.keys():
            yield causes[label], remedies[label]

    def branches(self, function):
        match = re.search(rf"std::string {function}\([^)]*\)[^{{;]*\{{", self.text)
        body, result, labels, rest = inside(self.text, match.end() - 1), {}, [], []
        self.position = match.end() + len(body)
        for case, returned in re.findall(r"case (?:\w+::)*(\w+):(?!:)|return ([^;]*);|break;", body):
            if case:
                labels.append(case)
            elif returned:
                for label in labels or rest:
                    about_things = label in ("network", "pool", "bridge")
                    SAMPLES_OF[self.shown, "lack.words"] = "is not active" if about_things else "needs 98304 MiB, has 1024 MiB"
                    result[label] = self.value(returned)
                labels = []
            else:
                rest += labels
                labels = []
        return result

    def rows_of_libvirt_errors(self):
        for match in re.finditer(r"\{(VIR_ERR_\w+|0),\s*(?:Fault::\w+|fault),\s*([^}]*)\}", self.text):
            remedy = self.value(match[2])
            if remedy:
                yield f"cannot start the domain: {WORDS}", remedy


def main():
    root = pathlib.Path(sys.argv[1])
    found = set()
    for folder in FOLDERS:
        for path in sorted(root.joinpath(folder).rglob("*.cc")):
            shown = str(path.relative_to(root))
            if shown in LEFT_OUT:
                continue
            source = Source(path, shown)
            every = list(source.reasons())
            if shown.endswith("libvirt_error.cc"):
                every += source.rows_of_libvirt_errors()
            found.update((shown, cause, remedy) for cause, remedy in every)
    for shown, cause, remedy in sorted(found):
        print(shown, cause, remedy, sep="\t")


if __name__ == "__main__":
    main()
