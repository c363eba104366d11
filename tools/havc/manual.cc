#include "havc/manual.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "havc/command_line.h"
#include "havc/help.h"
#include "inventory/keys.h"
#include "options/manual.h"

namespace havc::cli {

namespace {

using options::literal;
using options::page_example;
using options::page_item;
using options::page_paragraph;
using options::page_section;
using options::roff;

std::string paragraphs(std::string_view text) {
  std::string result;
  for (const auto& each : paragraphs_of(text)) result += page_paragraph(each);
  return result;
}

std::string options_section(std::span<const OptionRow> rows) {
  std::string text;
  for (const auto& row : rows) {
    std::string said = fmt::format("{}.", row.doc);
    if (!row.fallback.empty()) said += fmt::format(" (default {})", row.fallback);
    text += page_item(heading_of(row), roff(said));
  }
  return page_section("OPTIONS", text);
}

std::string columns_section(const Command& command) {
  if (command.columns.empty()) return {};
  std::string text = page_paragraph(
      "For --columns and --filter, and what the entries of items have with --json. A terminal "
      "shows "
      "those without a star when no others are chosen.");
  for (const auto& each : command.columns)
    text += page_item(fmt::format("{}{}", each.key, each.shown ? "" : " *"),
                      roff(fmt::format("{}.", each.doc)));
  return page_section("COLUMNS", text);
}

std::string synopsis(const Command& command) {
  const std::string all = synopsis_of(command);
  const auto begin = all.find(" [option");
  std::string line = literal(all.substr(begin + 1));
  const std::string_view kOption = "option";
  line.replace(line.find(kOption), kOption.size(), "\\fIoption\\fR");
  return fmt::format(".B {}\n{}\n", literal(all.substr(0, begin)), line);
}

/// "Tell all" → "tell all", as pages say what they are about; but not "VMs".
std::string purpose(std::string_view summary) {
  std::string text(summary);
  const bool word = text.size() > 1 && text[1] >= 'a' && text[1] <= 'z';
  if (word && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

struct Code {
  int code;
  std::string_view doc;
};
constexpr Code kCodes[] = {
    {kDone, "It was done, or there was nothing to do."},
    {kFailed, "It failed; standard error says why, and what to do."},
    {kPending, "There are changes to be made."},
    {kIncomplete, "It was done, but not everywhere: a node was not reached."},
    {kUsage, "The command line is wrong; nothing was done."},
    {kInterrupted, "It was interrupted (Ctrl-C)."},
};

std::string exit_codes() {
  std::string text;
  for (const auto& each : kCodes) text += page_item(std::to_string(each.code), roff(each.doc));
  return page_section(
      "EXIT STATUS",
      text + page_paragraph("A command whose page says something else about a code means that."));
}

std::string commands_section(std::span<const Command* const> commands) {
  std::string text;
  for (int i = 0; i <= static_cast<int>(Group::node); ++i) {
    std::string items;
    for (const Command* each : commands) {
      if (each->group == static_cast<Group>(i) && !each->hidden)
        items += page_item(each->name,
                           roff(fmt::format("{}; see {}(1).", each->summary, page_name(*each))));
    }
    if (!items.empty()) text += fmt::format(".SS {}\n{}", title_of(static_cast<Group>(i)), items);
  }
  return page_section("COMMANDS", text);
}

constexpr std::string_view kAbout =
    "Commissions, shows, checks and retires the QEMU/KVM virtual machines of a Pacemaker cluster. "
    "What they should be is written in the inventory: cluster.toml says what they have in common, "
    "vms/NAME.toml what one of them is. Everything else follows from it: addresses, UUIDs, XML for "
    "libvirt, resources of the cluster.\n\n"
    "Runs on a node of the cluster or on another machine that reaches the nodes by ssh. 'havc "
    "--version' tells the version, 'havc help COMMAND' what a command takes.";

constexpr std::string_view kWords =
    "A VM is named WEB-01 or, with its zone, WEB-01_dmz; in any case. Patterns of a shell mean "
    "all whose name, or name and zone, match: 'WEB-*', '*_dmz'; quote them. tag:TAG, zone:ZONE, "
    "node:NODE (preferred), kind:KIND, wanted:WORD and metadata.KEY=VALUE mean all that have it. "
    "Several words are a union; a word that means none is an error.";

constexpr std::string_view kOutput =
    "Results are on standard output, everything else is on standard error. Commands that list "
    "take --columns, --filter and --no-headers; '-' stands for what is not known or not there.\n\n"
    "With --json each command prints one object. Its schema is the command's name and a number, as "
    "in havc.status/1, which grows when a field goes or changes its meaning, not when one comes. "
    "Commands that list have an array items, whose entries have the keys that the command's page "
    "names under COLUMNS: text, numbers, true or false, arrays of text, or null for what is not "
    "known. What fails is an object with the schema havc.error/1, problem and remedy.";

std::string keys_section() {
  std::string text;
  for (const auto& table : inventory::key_tables()) {
    text += fmt::format(".SS {}\n", literal(table.heading));
    for (const auto& [doc, type] : table.rows) {
      std::string said =
          fmt::format("{} ({}{}{}).", doc.doc, type, doc.unit.empty() ? "" : ", ", doc.unit);
      if (doc.need == options::Need::required)
        said += " Required.";
      else if (!doc.fallback.empty())
        said += fmt::format(" Default: {}.", doc.fallback);
      text += page_item(doc.name, roff(said));
    }
  }
  return page_section("KEYS", text);
}

std::string files() {
  return page_section(
      "FILES", page_item("/etc/havc/cluster.toml",
                         roff("Zones, nodes, chassis, defaults; KEYS has all there is.")) +
                   page_item("/etc/havc/vms/NAME.toml", roff("One VM.")) +
                   page_item("/etc/havc/templates/", roff("Templates of one's own, before those of "
                                                          "/usr/share/havc.")));
}

}  // namespace

std::string page_name(const Command& command) {
  std::string name = fmt::format("havc-{}", command.name);
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

std::string manual(const Command& command, std::string_view date) {
  const std::string name = page_name(command);
  std::string text =
      options::page_begin({name, 1, HAVC_VERSION, date, "havc"}, purpose(command.summary)) +
      page_section("SYNOPSIS", synopsis(command)) +
      page_section("DESCRIPTION", paragraphs(command.description)) +
      options_section(options_of(command)) + columns_section(command);
  if (!command.json.empty()) text += page_section("JSON", paragraphs(command.json));
  text += page_section("EXIT STATUS",
                       paragraphs(command.exit_status) +
                           page_paragraph(command.exit_status.empty() ? "As havc(1) says."
                                                                      : "Else as havc(1) says."));
  std::string examples;
  for (const auto& each : command.examples)
    examples += page_example(each.text, text::split(each.line, "\n"));
  if (!examples.empty()) text += page_section("EXAMPLES", examples);
  return text + options::page_see_also({"havc(1)"});
}

std::string manual(std::span<const Command* const> commands, std::string_view date) {
  std::vector<std::string> others;
  for (const Command* each : commands) {
    if (!each->hidden) others.push_back(page_name(*each) + "(1)");
  }
  others.insert(others.end(), {"ocf_havc_LibvirtQemu(7)", "crm_mon(8)", "virsh(1)"});
  return options::page_begin({"havc", 1, HAVC_VERSION, date, "havc"},
                             "virtual machines of a cluster") +
         page_section("SYNOPSIS",
                      ".B havc\n\\fICOMMAND\\fR [\\fIoption\\fR ...] [\\fIword\\fR ...]\n") +
         page_section("DESCRIPTION", paragraphs(kAbout)) + commands_section(commands) +
         options_section(common_options()) +
         page_section("SELECTING VIRTUAL MACHINES", paragraphs(kWords)) +
         page_section("OUTPUT", paragraphs(kOutput)) + exit_codes() + keys_section() + files() +
         options::page_see_also(others);
}

}  // namespace havc::cli
