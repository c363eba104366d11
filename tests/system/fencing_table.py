"""The rows of fencing_scenarios_test.py: what can go wrong between a cluster and a chassis, and what must come of it. A table, and long
for that reason. Scenarios by name are the simulator's and the proxy's own; `havc-chassis-simulator --list-scenarios` tells them."""

from dataclasses import dataclass, field

from chassis_host import Community, User

ON, OFF, ASLEEP, HIBERNATE, UNKNOWN = "1", "0", "3", "4", "255"
AT_DEADLINE = "at the deadline"
BYSTANDER = 7  # a bay of another host in every module: nothing may ever happen to it

SECRET = ("--community", "secret")
ALICE = User()
WEAK = User("weak", auth="MD5", priv="DES")
AS_ALICE = ("--user", ALICE.option())

EVERY_WAY = ("stonith", "stdin", "options")
CLUSTERS = ("stonith", "stdin")
AGENT = ("stdin", "options")
HARD = {"no_softoff": "1"}


@dataclass(frozen=True)
class Module:
    """A management module: how it is started, what it is told then, how its bays must stand in the end, and which commands have
    reached them."""

    options: tuple
    scenario: str  # of the simulator's, among its options
    tell: tuple
    states: dict  # of bays
    commands: dict  # numbers of those that bays accepted


@dataclass(frozen=True)
class Row:
    what: str
    modules: tuple
    reason: tuple = ()  # words of it; none: it succeeds silently
    action: str = "off"
    host: str = "node1"
    code: int = 0  # of success
    takes: object = None  # AT_DEADLINE, or seconds at most
    says: str = ""  # pattern of the whole standard output
    credentials: object = Community()
    deadline: int = 8
    kind: str = "ibmbc"
    more: dict = field(default_factory=dict)
    ways: tuple = CLUSTERS
    proxy: str = ""  # scenario of a proxy between the program and the modules


# The standby module tells where the one in charge is; modules are told apart by their addresses, not by ports.
STANDBY = ("--standby", "--module", "address1=127.0.0.2")
FIRST = ("--listen", "udp:127.0.0.2:0")


def module(*bays, scenario="", about=3, options=(), access=SECRET, tell=(), states=None, commands=None):
    words = [word for bay in [*(bays or ("3=node1",)), f"{BYSTANDER}=node{BYSTANDER}"] for word in ("--bay", bay)]
    if scenario:
        words += ["--scenario", f"{scenario}@{about}"]
    return Module((*access, "--latency", "200", *words, *options), scenario, tell, states or {}, commands or {})


def row(what, modules, reason="", **more):
    return Row(what, modules if isinstance(modules, tuple) else (modules,), tuple(filter(None, reason.split("; "))), **more)


def scenario(name, bays=("3=node1", "4=node2"), reason="", *, states=None, commands=None, access=SECRET, options=(), tell=(), what=None,
             **more):
    """A row of one module in one of its scenarios."""
    about = module(*bays, scenario=name, states=states, commands=commands, access=access, options=options, tell=tell)
    return row(what or name, about, reason, **more)


USUAL = [
    row("off", module(states={3: OFF}), ways=EVERY_WAY),
    row("on", module("3=node1,state=off", states={3: ON}, commands={3: 1}), action="on", ways=EVERY_WAY),
    row("reboot", module(states={3: ON}, commands={3: 2}), action="reboot", ways=EVERY_WAY),
    row("off of what is off", module("3=node1,state=off", states={3: OFF}), ways=EVERY_WAY),
    row("monitor", module(commands={3: 0}), action="monitor", host="", ways=EVERY_WAY),
    row("status on", module(commands={3: 0}), action="status", says=r".*\bON\n", ways=AGENT),
    row("status off", module("3=node1,state=off", commands={3: 0}), action="status", code=2, says=r".*\bOFF\n", ways=AGENT),
    row("list", module("3=node1", "5=node2"), action="list", host="", says=r"3,node1\n5,node2\n7,node7\n", ways=AGENT),
    row("gethosts", module("3=node1", "5=node2"), action="list", host="", says=r"node1\nnode2\nnode7\n", ways=("stonith",)),
]

STATES = [
    scenario("255-before-off", reason="timed out; bay 3 (node1); unknown", states={3: UNKNOWN}, takes=AT_DEADLINE),
    scenario("255-after-off", reason="timed out; bay 3 (node1); unknown", takes=AT_DEADLINE, more=HARD),
    scenario("255-then-off", states={3: OFF}, deadline=15, more=HARD),
    scenario("255-then-on", states={3: OFF}, deadline=25, more=HARD),
    scenario("standby-stays", states={3: OFF}, deadline=12),
    scenario("hibernate-stays", states={3: OFF}, deadline=12),
    scenario("standby-before-off", states={3: OFF}, commands={3: 1}),
    row("hibernation before off", module("3=node1,state=hibernate", states={3: OFF}, commands={3: 1})),
    scenario("auto-power-on", reason="timed out; bay 3 (node1)", what="auto power-on between two readings", tell=("bay 3 autoon=700",),
             takes=AT_DEADLINE, more=HARD),
    row("powered on once between two readings", module(tell=("after-set 3 at 900 bay 3 state=on",), states={3: OFF}), deadline=20, more=HARD),
    scenario("wrong-type", reason="timed out; bay 3 (node1)", takes=AT_DEADLINE, more=HARD),
    scenario("gauge-type", states={3: OFF}, more=HARD),
    scenario("second-table-on", states={3: OFF}, more=HARD),
    scenario("second-table-on", reason="timed out; bay 3 (node1)", what="a second table says on, strict", takes=AT_DEADLINE,
             more={**HARD, "verify": "strict"}),
    scenario("seconds-run", states={3: OFF}, more=HARD),
    scenario("seconds-run", reason="timed out; bay 3 (node1)", what="power-on seconds run, strict", takes=AT_DEADLINE,
             more={**HARD, "verify": "strict"}),
    row("off, strict", module(states={3: OFF}), more={**HARD, "verify": "strict"}, ways=EVERY_WAY),
]

COMMANDS = [
    scenario("off-ignored-twice", states={3: OFF}, commands={3: 3}, deadline=30, more=HARD),
    scenario("off-ignored", reason="timed out; bay 3 (node1)", states={3: ON}, takes=AT_DEADLINE),
    scenario("off-takes-20s", states={3: OFF}, deadline=30, more=HARD),
    scenario("off-takes-long", reason="timed out; bay 3 (node1)", states={3: ON}, takes=AT_DEADLINE, more=HARD),
    scenario("softoff-ignored", states={3: OFF}, commands={3: 2}, ways=("stonith",), deadline=12),
    scenario("softoff-refused", states={3: OFF}, commands={3: 1}, ways=("stonith",), takes=5),
    scenario("softoff-ignored", states={3: OFF}, commands={3: 1}, what="agents cut power at once", ways=AGENT, takes=5),
    scenario("read-only", reason="write access", states={3: ON}, commands={3: 0}, takes=6),
    scenario("read-only", what="monitor of a module that may only be read", action="monitor", host=""),
    scenario("set-refused", reason="write access", states={3: ON}, commands={3: 0}, takes=6),
    scenario("set-error", reason="bay 3 (node1)", states={3: ON}, commands={3: 0}, takes=7),
    scenario("reseat-helps", states={3: OFF}, kind="ibmfx", deadline=25, more={**HARD, "escalate": "reseat"}),
    scenario("reseat-helps", reason="timed out; bay 3 (node1)", what="no reseat unless it is wanted", states={3: ON}, kind="ibmfx",
             takes=AT_DEADLINE, more=HARD),
    scenario("reseat-refused", reason="bay 3 (node1)", states={3: ON}, kind="ibmfx", deadline=25, more={**HARD, "escalate": "reseat"}),
    scenario("cmm-health-12", reason="timed out; bay 3 (node1)", states={3: ON}, kind="ibmfx", deadline=25, takes=AT_DEADLINE,
             more={**HARD, "escalate": "reseat"}),
    row("off in maintenance mode", module("3=node1,health=12", options=("--face", "cmm"), states={3: OFF}), kind="ibmfx"),
    scenario("cmm-health-13", states={3: OFF}, kind="ibmfx"),
]

WHICH = [
    scenario("label-moves", reason="node1", commands={3: 0, 4: 0}, more=HARD),
    scenario("label-moves-at-set", reason="node1", states={4: ON}, more=HARD),
    scenario("label-moves-after-set", reason="node1", more=HARD),
    scenario("duplicate-label", reason="it is not clear", states={3: ON, 4: ON}, commands={3: 0, 4: 0}),
    row("the same label on bays that lie apart", module("3=node1", "5=node1", commands={3: 0, 5: 0}), "node1"),
    scenario("duplicate-label-one-empty", ("3=node1",), reason="empty", states={3: ON}, commands={3: 0, 4: 0}),
    scenario("blade-pulled", reason="bay 3", more=HARD),
    scenario("inventory-not-ready", states={3: OFF}),
    scenario("nul-label", states={3: OFF}),
    scenario("shifted-rows", states={3: OFF}, ways=EVERY_WAY),
    scenario("wide-blade", ("3=node1",), states={3: OFF, 4: OFF}, ways=EVERY_WAY),
    scenario("hx5", ("3=node1",), states={3: OFF, 4: OFF}, takes=7),
    scenario("hx5-softoff-restarts", ("3=node1",), states={3: OFF, 4: OFF}, takes=7),
    scenario("hx5-softoff-refused", ("3=node1",), states={3: OFF, 4: OFF}, takes=7),
    scenario("hx5-each-bay", ("3=node1",), states={3: OFF, 4: OFF}),
    scenario("hx5-primary-only", ("3=node1",), states={3: OFF, 4: OFF}),
    scenario("hx5-secondary-slow", ("3=node1",), states={3: OFF, 4: OFF}, deadline=20),
    scenario("hx5-stand-alone", ("3=node1",), states={3: OFF, 4: ON}, commands={4: 0}),
    scenario("hx5-memory-drawer", ("3=node1",), states={3: OFF}),
    scenario("hx5-secondary-255", ("3=node1",), reason="timed out; bay 4", takes=AT_DEADLINE),
    row("a host in no bay", module("3=node2", commands={3: 0}), "no bay; node1"),
    row("a host of the map", module("3=blade3", "4=blade4", states={3: OFF, 4: OFF}), more={"host_map": "node1:3,4;node2:5"}),
    row("a bay by its number", module(states={3: OFF}), host="3", ways=AGENT),
    row("a bay by its UUID", module("3=blade,uuid=5A1E0000-0000-4000-8000-000000000001", states={3: OFF}),
        host="5a1e0000-0000-4000-8000-000000000001", ways=AGENT),
    row("a bay by its serial number", module("3=blade,serial=KX1234", states={3: OFF}), host="KX1234", ways=AGENT),
]

ACCESS = [
    row("a user of SHA and AES", module(access=AS_ALICE, states={3: OFF}), credentials=ALICE, ways=EVERY_WAY),
    row("a user of MD5 and DES", module(access=("--user", WEAK.option()), states={3: OFF}), credentials=WEAK),
    row("unknown-user", module(access=AS_ALICE, commands={3: 0}), "user", credentials=User("bob"), takes=4),
    row("wrong-auth", module(access=AS_ALICE, commands={3: 0}), "password", credentials=User(password="otherpass"), takes=4),
    row("wrong-priv", module(access=AS_ALICE, commands={3: 0}), "timed out", credentials=User(priv_password="otherpass")),
    row("wrong privacy protocol", module(access=AS_ALICE, commands={3: 0}), "timed out", credentials=User(priv="DES")),
    row("wrong-community", module(access=("--community", "other"), commands={3: 0}), "timed out; no answer; community"),
    row("a user that may read", module(access=("--read-only-user", ALICE.option()), states={3: ON}, commands={3: 0}), "write access",
        credentials=ALICE, takes=6),
    row("a community that may read", module(access=("--read-only-community", "secret"), states={3: ON}, commands={3: 0}), "write access",
        takes=6),
]

MODULES = [
    row("a Flex System", module(options=("--face", "cmm"), states={3: OFF}), kind="ibmfx", ways=EVERY_WAY),
    scenario("lenovo", states={3: OFF}, kind="ibmfx"),
    scenario("old-module", states={3: OFF}),
    row("a BladeCenter as a Flex System", module(commands={3: 0}), "Flex System", kind="ibmfx"),
    row("IPv6", module(options=("--listen", "udp6:[::1]:0"), states={3: OFF}), ways=EVERY_WAY),
    scenario("slow-3s", states={3: OFF}, deadline=30, more=HARD),
    scenario("slow-15s", reason="timed out", action="monitor", host="", deadline=55),
    scenario("slow-15s", reason="timed out", what="off at 15 s an answer", states={3: ON}, commands={3: 0}, deadline=40),
    scenario("first-two-lost", states={3: OFF}, deadline=12, more=HARD),
    scenario("answers-lost", states={3: OFF}, deadline=12, more=HARD),
    scenario("bay-silent", reason="timed out", states={3: ON}),
    scenario("bay-silent", ("3=node1", "5=node2"), what="a silent bay and another host of the map", host="node2", deadline=30,
             states={3: ON, 5: OFF}, more={**HARD, "host_map": "node1:3;node2:5"}),
    scenario("module-dead", reason="timed out; no answer", commands={3: 0}),
    scenario("dies-at-set", reason="timed out", takes=AT_DEADLINE, more=HARD),
    scenario("gone-for-10s", states={3: OFF}, deadline=30, more=HARD),
    scenario("module-standby", options=STANDBY, reason="standby", states={3: ON}, commands={3: 0}),
    scenario("standby-takes-over", options=STANDBY, states={3: OFF}, deadline=20, more=HARD),
    row("active-dead-standby-answers", (module(scenario="module-dead", options=FIRST, commands={3: 0}),
                                        module(scenario="active-dead-standby-answers", options=STANDBY, states={3: OFF})), deadline=35,
        more=HARD),
    row("the second of two addresses", (module(scenario="module-dead", commands={3: 0}), module(states={3: OFF})), deadline=20, more=HARD,
        ways=EVERY_WAY),
    row("the standby module first", (module(scenario="module-standby", commands={3: 0}), module(states={3: OFF})), deadline=12, more=HARD),
    row("silence at both addresses", (module(scenario="module-dead"), module(scenario="module-dead")), "timed out; no answer"),
]

PACKETS = [
    row("lost-30-percent", module(states={3: OFF}), proxy="lost-30-percent", deadline=55, more=HARD),
    row("late-answers", module(states={3: OFF}), proxy="late-answers", deadline=30, more=HARD),
    row("duplicated", module(states={3: OFF}), proxy="duplicated", ways=EVERY_WAY),
    row("reordered", module(states={3: OFF}), proxy="reordered", deadline=20, more=HARD),
    row("truncated", module(states={3: OFF}), proxy="truncated", deadline=30, more=HARD),
    row("corrupt-ids", module(states={3: OFF}), proxy="corrupt-ids", deadline=30, more=HARD),
    row("wrong-port", module(states={3: ON}), "timed out; no answer", proxy="wrong-port"),  # who is not asked is not believed
    row("blackout-20s", module(states={3: OFF}), proxy="blackout-20s", deadline=50, more=HARD),
    row("blackout longer than the deadline", module(commands={3: 0}), "timed out", proxy="blackout-20s"),
    row("ip-swap-new-engine", (module(access=AS_ALICE), module(access=AS_ALICE, states={3: OFF})), proxy="ip-swap-new-engine",
        credentials=ALICE, deadline=30, more=HARD),
]

ROWS = USUAL + STATES + COMMANDS + WHICH + ACCESS + MODULES + PACKETS
ELSEWHERE = {"full-chassis", "killed-in-the-middle"}  # scenarios that are no row
