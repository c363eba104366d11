// A table that reads from top to bottom, and is longer than a file of code for that reason.
#include "chassis/scenarios.h"

#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace havc::chassis {
namespace {

constexpr std::string_view kTwoModules =
    "start two simulators, give both addresses to the fencing program, as in mgmt_address=A,B";
constexpr std::string_view kUser =
    "start the simulator with --user admin:SHA:authpass1:AES:privpass1";

const std::vector<Scenario> kScenarios{
    // Power states that are not off.
    {"255-before-off", Stage::simulator,
     "The module has lost contact with the blade (state 255) before anything is done. It may run: "
     "off must fail.",
     "", "bay {bay} state=255"},
    {"255-after-off", Stage::simulator,
     "After the off the state is 255 and stays so. Whether the blade is off is not known: off must "
     "fail.",
     "", "bay {bay} blind=forever"},
    {"255-then-off", Stage::simulator,
     "After the off the state is 255 for 5 s, then 0. Off must wait, and succeed.", "",
     "bay {bay} blind=5000"},
    {"255-then-on", Stage::simulator,
     "The off reaches a module that has just lost contact; 5 s later the blade is back, and on. It "
     "must be switched off again.",
     "", "on-set {bay} at 5000 bay {bay} state=on\non-set {bay} bay {bay} state=255"},
    {"standby-stays", Stage::simulator,
     "A soft off makes the guest sleep (state 3) instead of ending it, and a sleeper hears no "
     "further soft off. Only a hard off counts.",
     "", "bay {bay} softoff=standby"},
    {"hibernate-stays", Stage::simulator,
     "The same with hibernation (state 4), whose image would go on with old caches.", "",
     "bay {bay} softoff=hibernate"},
    {"standby-before-off", Stage::simulator,
     "The blade sleeps (state 3) when it is to be fenced. It is not off yet.", "",
     "bay {bay} state=standby"},
    {"auto-power-on", Stage::simulator,
     "1.5 s after an off the blade goes on by itself (auto power-on policy, wake on LAN). One read "
     "of 0 proves nothing.",
     "", "bay {bay} autoon=1500"},
    {"wrong-type", Stage::simulator,
     "The state is an OCTET STRING, as \"0\", not an INTEGER. Nothing may be concluded from it.",
     "", "bay {bay} type=string"},
    {"gauge-type", Stage::simulator,
     "The state is a Gauge: a number all the same, which buggy agents send.", "",
     "bay {bay} type=gauge"},
    {"second-table-on", Stage::simulator,
     "A second table says that the blade is still on when the first says off. With verify=strict, "
     "off must fail.",
     "", "bay {bay} second=on"},
    {"seconds-run", Stage::simulator,
     "The power-on seconds go on counting while the state says off. With verify=strict, off must "
     "fail.",
     "", "bay {bay} seconds=run"},

    // Commands that do not do what they say.
    {"off-ignored-twice", Stage::simulator,
     "The first two SETs are accepted without effect. A good program repeats them.", "",
     "bay {bay} ignore=2"},
    {"off-ignored", Stage::simulator,
     "Every SET is accepted without effect. Off must fail, in time.", "",
     "bay {bay} ignore=1000000"},
    {"off-takes-20s", Stage::simulator, "An off takes effect after 20 s.", "",
     "bay {bay} latency=20000"},
    {"off-takes-long", Stage::simulator,
     "An off takes effect after 10 minutes: longer than any deadline. Off must fail, in time.", "",
     "bay {bay} latency=600000"},
    {"softoff-ignored", Stage::simulator,
     "The guest does not listen to a soft off. A hard off must follow.", "",
     "bay {bay} softoff=ignore"},
    {"softoff-refused", Stage::simulator,
     "The blade does not support a soft off, and says so. A hard off must follow.", "",
     "bay {bay} softoff=refuse"},
    {"read-only", Stage::simulator,
     "The community or user may only read. Off must say so at once; monitor should warn.", "",
     "module sets=refuse"},
    {"set-refused", Stage::simulator, "SETs to this bay are answered with notWritable.", "",
     "bay {bay} refuse=1"},
    {"set-error", Stage::simulator, "SETs are answered with genErr.", "", "module sets=error"},
    {"reseat-helps", Stage::simulator,
     "A Flex System whose blade ignores every off, since its service processor hangs. With "
     "escalate=reseat it is switched off by taking its auxiliary power.",
     "", "module face=cmm\nbay {bay} ignore=1000000"},
    {"reseat-refused", Stage::simulator, "The same, but the reseat is refused as well.", "",
     "module face=cmm\nbay {bay} ignore=1000000\nbay {bay} reseat=refuse"},
    {"cmm-health-12", Stage::simulator,
     "A Flex System node in maintenance mode: off is tried, a reseat is forbidden.", "",
     "module face=cmm\nbay {bay} health=12\nbay {bay} ignore=1000000"},
    {"cmm-health-13", Stage::simulator, "A Flex System node that writes its memory out (13).", "",
     "module face=cmm\nbay {bay} health=13"},

    // Which blade it is.
    {"label-moves", Stage::simulator,
     "The blades of two bays change places after the bay has been read for the first time: between "
     "the lookup and the SET. The other blade must not be switched off.",
     "", "on-read {bay} swap {bay} {next}"},
    {"label-moves-at-set", Stage::simulator,
     "The blades change places as the SET arrives. The wrong one goes off, which nobody can "
     "prevent; success must not be reported.",
     "", "on-set {bay} swap {bay} {next}"},
    {"label-moves-after-set", Stage::simulator,
     "The blades change places once the SET has been obeyed, before it takes effect.", "",
     "after-set {bay} swap {bay} {next}"},
    {"duplicate-label", Stage::simulator, "Two blades have the same name: it must be refused.", "",
     "bay {next} exists=1\nbay {next} state=on\nbay {next} label={label}"},
    {"duplicate-label-one-empty", Stage::simulator,
     "Two bays have the same name, and one of them is empty.", "",
     "bay {next} exists=0\nbay {next} label={label}"},
    {"blade-pulled", Stage::simulator, "The blade is pulled as the SET arrives.", "",
     "on-set {bay} bay {bay} exists=0"},
    {"inventory-not-ready", Stage::simulator,
     "Serial number and UUID are not known yet, as after a module's restart.", "",
     "bay {bay} ready=0"},
    {"nul-label", Stage::simulator, "Names end in a NUL byte, as the MIB has it.", "",
     "bay {bay} nul=1"},
    {"shifted-rows", Stage::simulator,
     "The row of bay n has the index 100 + n: the MIB promises the bay's number in column 2 alone.",
     "", "module shift=100"},
    {"wide-blade", Stage::simulator,
     "A blade that fills two bays; the second has a row of its own.", "",
     "bay {bay} width=2\nbay {next} exists=1\nbay {next} state=on\nbay {next} label={label}"},
    {"hx5", Stage::simulator,
     "Two HX5 blades are one machine (a partition); a soft off is ignored. Both bays must be seen "
     "off.",
     "",
     "bay {next} exists=1\nbay {next} state=on\nbay {bay} softoff=ignore\n"
     "bay {next} softoff=ignore\npartition {bay},{next}"},
    {"hx5-softoff-restarts", Stage::simulator, "The same; a soft off acts as a restart.", "",
     "bay {next} exists=1\nbay {next} state=on\nbay {bay} softoff=restart\n"
     "bay {next} softoff=restart\npartition {bay},{next}"},
    {"hx5-softoff-refused", Stage::simulator, "The same; a soft off is refused.", "",
     "bay {next} exists=1\nbay {next} state=on\nbay {bay} softoff=refuse\n"
     "bay {next} softoff=refuse\npartition {bay},{next}"},
    {"hx5-each-bay", Stage::simulator,
     "The bays of the partition are switched one by one: an off of the primary is not enough.", "",
     "bay {next} exists=1\nbay {next} state=on\npartition {bay},{next} each"},
    {"hx5-primary-only", Stage::simulator,
     "Only the primary listens, for both; an off of the other is accepted without effect.", "",
     "bay {next} exists=1\nbay {next} state=on\npartition {bay},{next} primary"},
    {"hx5-secondary-slow", Stage::simulator,
     "The second bay goes off 8 s after the first. The machine is not off before.", "",
     "bay {next} exists=1\nbay {next} state=on\nbay {next} latency=8000\npartition {bay},{next}"},
    {"hx5-secondary-255", Stage::simulator,
     "The module has lost contact with the second bay: off must fail.", "",
     "bay {next} exists=1\nbay {next} state=255\npartition {bay},{next}"},

    {"hx5-memory-drawer", Stage::simulator,
     "The second bay has memory alone; it goes on and off with the first.", "",
     "bay {next} exists=1\nbay {next} state=on\nbay {next} node=memory\npartition {bay},{next}"},
    {"hx5-stand-alone", Stage::simulator,
     "The partition is set aside for the time being: each blade works for itself. Only the one "
     "that "
     "is meant may be switched off.",
     "", "bay {next} exists=1\nbay {next} state=on\npartition {bay},{next} standalone"},

    // Modules.
    {"lenovo", Stage::simulator, "A Flex System with Lenovo's firmware and name.", "",
     "module face=lenovo"},
    {"old-module", Stage::simulator,
     "A BladeCenter's first module: no chassisType, only sysDescr tells.", "", "module face=mm"},
    {"full-chassis", Stage::simulator,
     "Fourteen blades; dump shows with how many packets they are listed.", "",
     "bay 1 exists=1\nbay 1 label=node1\nbay 2 exists=1\nbay 2 label=node2\nbay 3 exists=1\n"
     "bay 3 label=node3\nbay 4 exists=1\nbay 4 label=node4\nbay 5 exists=1\nbay 5 label=node5\n"
     "bay 6 exists=1\nbay 6 label=node6\nbay 7 exists=1\nbay 7 label=node7\nbay 8 exists=1\n"
     "bay 8 label=node8\nbay 9 exists=1\nbay 9 label=node9\nbay 10 exists=1\nbay 10 label=node10\n"
     "bay 11 exists=1\nbay 11 label=node11\nbay 12 exists=1\nbay 12 label=node12\nbay 13 exists=1\n"
     "bay 13 label=node13\nbay 14 exists=1\nbay 14 label=node14"},
    {"slow-3s", Stage::simulator, "Every answer takes 3 s.", "", "delay 3000"},
    {"slow-15s", Stage::simulator,
     "Every answer takes 15 s, as busy modules need. Status must end in its time, with a reason.",
     "", "delay 15000"},
    {"first-two-lost", Stage::simulator, "The first two requests are lost.", "", "drop 2"},
    {"answers-lost", Stage::simulator,
     "The next two requests are obeyed, but their answers are lost.", "", "lose 2"},
    {"bay-silent", Stage::simulator,
     "Requests that touch this bay are neither obeyed nor answered; all others are.", "",
     "bay {bay} silent=1"},
    {"module-dead", Stage::simulator, "The module answers nothing.", "", "silent on"},
    {"dies-at-set", Stage::simulator, "The module obeys the SET and dies before it has answered.",
     "", "on-set {bay} lose 1\nafter-set {bay} silent on"},
    {"gone-for-10s", Stage::simulator,
     "The same, but the module is back after 10 s, as from a restart.", "",
     "on-set {bay} lose 1\nafter-set {bay} at 10000 silent off\nafter-set {bay} silent on"},
    {"module-standby", Stage::simulator,
     "This is the standby module of two: it answers reads and refuses SETs.", "",
     "module redundant=1\nmodule bay=2\nmodule active=1"},
    {"standby-takes-over", Stage::simulator, "The standby module takes over after 5 s.", "",
     "module redundant=1\nmodule bay=2\nmodule active=1\nat 5000 module active=2"},
    {"active-dead-standby-answers", Stage::simulator,
     "The module in charge is dead; the other answers reads, but refuses SETs until it takes over, "
     "10 s after the first SET was tried.",
     kTwoModules,
     "module redundant=1\nmodule bay=2\nmodule active=1\nafter-set {bay} at 10000 module active=2"},

    // Packets: the proxy between the fencing program and a simulator.
    {"lost-30-percent", Stage::proxy, "Each packet is lost with a probability of 30 %.", "",
     "drop chance=30"},
    {"late-answers", Stage::proxy,
     "Every other answer comes 4 s late: after the request has been repeated.", "",
     "delay dir=answers chance=50 ms=4000"},
    {"duplicated", Stage::proxy, "Each packet arrives twice.", "", "duplicate"},
    {"reordered", Stage::proxy, "Every other packet is overtaken by the next.", "",
     "reorder chance=50"},
    {"truncated", Stage::proxy, "Every third answer is cut to a random length.", "",
     "truncate dir=answers chance=33"},
    {"corrupt-ids", Stage::proxy, "Every third answer has another request's id.", "",
     "corrupt dir=answers chance=33"},
    {"wrong-port", Stage::proxy, "Answers come from a port that was not asked.", "",
     "misport dir=answers"},
    {"blackout-20s", Stage::proxy, "Nothing passes for 20 s.", "", "blackout ms=20000"},
    {"ip-swap-new-engine", Stage::proxy,
     "The address moves to the other module, which is another SNMP engine, after 5 requests: an "
     "SNMPv3 session must be opened anew, and an on must not be repeated.",
     "start two simulators and give the proxy both as --backend", "after 5 backend 2"},

    // How the fencing program is called.
    {"unknown-user", Stage::client, "The user does not exist. It must be named at once.", kUser,
     "username=nobody password=authpass1 snmp_priv_passwd=privpass1"},
    {"wrong-auth", Stage::client, "The authentication password is wrong. It must be said at once.",
     kUser, "username=admin password=wrong-pass snmp_priv_passwd=privpass1"},
    {"wrong-priv", Stage::client,
     "The privacy password is wrong: the module answers nothing, as if it were dead.", kUser,
     "username=admin password=authpass1 snmp_priv_passwd=wrong-pass"},
    {"wrong-community", Stage::client,
     "The community is wrong, or this address is not on the module's list: no answer.",
     "start the simulator with --community secret", "community=public"},
    {"killed-in-the-middle", Stage::client,
     "The fencing program is killed (SIGKILL) while it waits: no file may be left behind.",
     "start the simulator with --scenario off-takes-long, off a host, kill -9 the program", ""},
};

std::string filled(std::string_view line, const Chassis& chassis, int bay) {
  std::string text;
  while (!line.empty()) {
    const auto open = line.find('{');
    text += line.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = line.find('}', open);
    const std::string_view word = line.substr(open + 1, close - open - 1);
    if (word == "bay") text += std::to_string(bay);
    if (word == "next") text += std::to_string(bay + 1);
    if (word == "label") text += chassis.bay(bay).label;
    line.remove_prefix(close + 1);
  }
  return text;
}

std::string_view program_of(Stage stage) {
  switch (stage) {
    case Stage::simulator:
      return "havc-chassis-simulator";
    case Stage::proxy:
      return "havc-chassis-proxy";
    case Stage::client:
      return "the fencing program";
  }
  return {};
}

}  // namespace

const std::vector<Scenario>& scenarios() {
  return kScenarios;
}

const Scenario& find_scenario(std::string_view name, Stage stage) {
  const auto found = std::find_if(kScenarios.begin(), kScenarios.end(),
                                  [&](const Scenario& row) { return row.name == name; });
  if (found == kScenarios.end()) {
    throw Error(Fault::misconfigured, fmt::format("there is no scenario {}", text::quote(name)),
                "--list-scenarios shows them all");
  }
  if (found->stage != stage) {
    throw Error(Fault::misconfigured,
                fmt::format("the scenario {} is a matter of {}", text::quote(name),
                            program_of(found->stage)),
                std::string(found->needs.empty() ? "give it to that program" : found->needs));
  }
  return *found;
}

int first_blade(const Chassis& chassis) {
  for (int number = 1; number <= chassis.size(); ++number) {
    if (chassis.bay(number).exists) return number;
  }
  throw Error(Fault::misconfigured, "the chassis is empty", "give --bay N=LABEL");
}

std::vector<std::string> lines_of(const Scenario& scenario, const Chassis& chassis, int bay) {
  std::vector<std::string> lines;
  for (const std::string& line : text::split(scenario.lines, "\n"))
    lines.push_back(filled(line, chassis, bay));
  return lines;
}

std::vector<std::string> lines_of(const Scenario& scenario) {
  return text::split(scenario.lines, "\n");
}

std::string list_scenarios() {
  std::string list;
  for (const Stage stage : {Stage::simulator, Stage::proxy, Stage::client}) {
    list += fmt::format("Scenarios of {}:\n", program_of(stage));
    for (const Scenario& scenario : kScenarios) {
      if (scenario.stage != stage) continue;
      list += fmt::format("\n{}\n    {}\n", scenario.name, scenario.shows);
      if (!scenario.needs.empty()) list += fmt::format("    needed: {}\n", scenario.needs);
      for (const std::string& line : lines_of(scenario)) list += fmt::format("      {}\n", line);
    }
    list += '\n';
  }
  return list;
}

}  // namespace havc::chassis
