#include "chassis/manual.h"

#include "chassis/options.h"
#include "chassis/proxy.h"
#include "chassis/scenarios.h"
#include "options/manual.h"

#include <fmt/format.h>

namespace havc::chassis {
namespace {

using options::page_example;
using options::page_item;
using options::page_paragraph;
using options::page_section;
using options::roff;

std::string options_of(const std::vector<OptionDoc>& docs) {
  std::string text;
  for (const auto& doc : docs) {
    std::string said = doc.text + ".";
    if (!doc.fallback.empty()) said += fmt::format(" (default {})", doc.fallback);
    if (doc.repeated) said += " May be given several times.";
    text += page_item(doc.value.empty() ? doc.names : doc.names + " " + doc.value, roff(said));
  }
  return page_section("OPTIONS", text);
}

std::string scenarios_of(Stage stage) {
  std::string text = page_paragraph(
      "What each one shows, and what a good fencing program does. --list-scenarios also has the "
      "control lines that bring them about.");
  for (const auto& scenario : scenarios()) {
    if (scenario.stage != stage) continue;
    const std::string needs =
        scenario.needs.empty() ? "" : fmt::format(" Needed: {}.", scenario.needs);
    text += page_item(scenario.name, roff(std::string(scenario.shows) + needs));
  }
  return page_section("SCENARIOS", text);
}

std::string control_lines() {
  return page_section(
      "CONTROL LINES",
      page_paragraph("One a line: on the control socket, in a script, or as an option. Each is "
                     "answered with ok or error: why. dump tells the state, quit ends the program; "
                     "chassis.md, which the package has with its documentation, tells them all."));
}

std::string exit_status() {
  return page_section(
      "EXIT STATUS",
      page_item("0", roff("It was ended, or has said what was asked.")) +
          page_item("1", roff("It could not begin, or a control line was refused; standard error "
                              "or the answer says why.")) +
          page_item("above 100", roff("The command line is wrong.")));
}

}  // namespace

std::string simulator_manual(std::string_view date) {
  return options::page_begin({"havc-chassis-simulator", 1, HAVC_VERSION, date, "havc"},
                             "simulated chassis to try fencing on") +
         page_section("SYNOPSIS",
                      ".B havc\\-chassis\\-simulator\n[\\fIoption\\fR ...]\n.PP\n"
                      ".B havc\\-chassis\\-simulator\n\\-\\-tell \\fIPATH LINE\\fR ...\n") +
         page_section(
             "DESCRIPTION",
             page_paragraph("One process is one management module of one chassis: a real SNMP "
                            "agent (v1, v2c, v3) without hardware behind it, which can be as slow, "
                            "forgetful and lying as real ones are.") +
                 page_paragraph("The first line on standard output is listening ADDRESS. SIGTERM "
                                "and SIGINT end it.")) +
         options_of(option_docs()) + control_lines() + scenarios_of(Stage::simulator) +
         exit_status() +
         page_section(
             "EXAMPLES",
             page_example("A chassis with two hosts:",
                          {"havc-chassis-simulator --listen udp:127.0.0.1:1161 \\",
                           "  --community secret --bay 3=node1 --bay 4=node2 \\",
                           "  --control /run/chassis.socket &"}) +
                 page_example("Switch one off:",
                              {"fence_ibmbc --ip=127.0.0.1:1161 --snmp-version=1 \\",
                               "  --community=secret -o off -n node1"}) +
                 page_example("What has become of the bays, and which SETs came:",
                              {"havc-chassis-simulator --tell /run/chassis.socket dump log"})) +
         options::page_see_also({"havc-chassis-proxy(1)", "havc-lab(1)", "fence_ibmbc(8)",
                                 "fence_ibmfx(8)", "stonith(8)"});
}

std::string proxy_manual(std::string_view date) {
  return options::page_begin({"havc-chassis-proxy", 1, HAVC_VERSION, date, "havc"},
                             "bad network in front of simulated chassis") +
         page_section("SYNOPSIS",
                      ".B havc\\-chassis\\-proxy\n\\-\\-backend \\fIADDRESS\\fR "
                      "[\\fIoption\\fR ...]\n") +
         page_section(
             "DESCRIPTION",
             page_paragraph("Stands between a fencing program and one or several simulators, and "
                            "loses, delays, repeats or spoils packets.") +
                 page_paragraph("The first line on standard output is listening ADDRESS. SIGTERM "
                                "and SIGINT end it.")) +
         options_of(proxy_option_docs()) + control_lines() + scenarios_of(Stage::proxy) +
         exit_status() +
         page_section("EXAMPLES",
                      page_example("Every second packet to and from a simulator is lost:",
                                   {"havc-chassis-proxy --listen udp:127.0.0.1:2161 \\",
                                    "  --backend udp:127.0.0.1:1161 --fault 'drop chance=50'"})) +
         options::page_see_also({"havc-chassis-simulator(1)", "fence_ibmbc(8)", "fence_ibmfx(8)"});
}

}  // namespace havc::chassis
