"""The ways in which clusters call the fencing programs, as tests see them: through cluster-glue's `stonith`, as a fence agent with
parameters on standard input as Pacemaker does, and as a fence agent with options as an administrator does."""

import os
import time
from dataclasses import dataclass, field

from chassis_host import FOLDER, COUNTER, RESET_FAILED, Community, configuration, run

SILENCE = 15  # seconds at most for what changes nothing


@dataclass(frozen=True)
class Request:
    """What is asked of which device. The action is in fence agents' words, `more` in those of both."""

    action: str
    host: str
    addresses: tuple
    credentials: object = Community()
    deadline: int = 10
    kind: str = "ibmbc"
    more: dict = field(default_factory=dict)

    @property
    def limit(self):
        """The program's own, in seconds."""
        return self.deadline if self.action in ("off", "on", "reboot") else min(self.deadline, SILENCE)


@dataclass(frozen=True)
class Answer:
    """`reasons` are the lines on standard error that are the program's, `seconds` what its own process took."""

    code: int
    out: str
    reasons: list
    seconds: float

    def __str__(self):
        return f"{self.code} after {self.seconds:.2f} s, said {self.out!r} and {self.reasons}"


def by_stonith(request):
    settings = {"mgmt_address": ",".join(request.addresses), "snmp_conf_path": configuration(request.credentials.conf()),
                "deadline": request.deadline, **request.more}
    words = {"monitor": ["-S"], "list": ["-l"]}.get(request.action)
    if not words:
        words = ["-T", {"reboot": "reset"}.get(request.action, request.action), request.host]
    times = FOLDER / f"times-{next(COUNTER)}"
    result = run("stonith", "-t", f"external/{request.kind}", *(f"{name}={value}" for name, value in settings.items()), *words,
                 env={**os.environ, "HAVC_TIMES": str(times)})
    # libstonith has asked for the parameters' names before.
    seconds, _ = times.read_text().splitlines()[-1].split(" ", 1)
    return Answer(result.returncode, result.stdout, [line for line in result.stderr.splitlines() if line.startswith("external/")],
                  float(seconds))


def timed_agent(kind, words, text):
    begin = time.monotonic()
    result = run(f"fence_{kind}", *words, input=text)
    return Answer(result.returncode, result.stdout, result.stderr.splitlines(), time.monotonic() - begin)


def by_stdin(request):
    """As Pacemaker does; credentials are parameters, too."""
    settings = {"action": request.action, "ip": ",".join(request.addresses), "power_timeout": request.deadline,
                **request.credentials.parameters(), **request.more}
    if request.host:
        settings |= {"nodename": request.host, "plug": request.host}
    return timed_agent(request.kind, [], "".join(f"{name}={value}\n" for name, value in settings.items()))


def by_options(request):
    """Secrets are in no option: credentials are in a file."""
    settings = {"action": request.action, "ip": ",".join(request.addresses), "power_timeout": request.deadline,
                "snmp_conf_path": configuration(request.credentials.conf()), **request.more}
    if request.host:
        settings["plug"] = request.host
    return timed_agent(request.kind, [f"--{name.replace('_', '-')}={value}" for name, value in settings.items()], "")


WAYS = {"stonith": by_stonith, "stdin": by_stdin, "options": by_options}


def failure(way, action):
    """The exit code that says "not done"."""
    if way != "stonith":
        return 1
    return {"monitor": 1, "list": 255}.get(action, RESET_FAILED)
