#include "fence/metadata.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "fence/actions.h"
#include "stonith/info.h"
#include "xml/writer.h"

namespace havc::fence {

namespace {

using stonith::Face;
using stonith::Parameter;
using stonith::Reach;

bool listed(const Parameter& row) {
  return row.fence.reach == Reach::parameter || row.fence.reach == Reach::command_line;
}

/// One element for a name of the row. A deprecated name is never required: crmsh would want both.
/// Each name obsoletes the next one, because the attribute holds one: pcs follows them.
void write(xml::Writer& writer, const Parameter& row, const std::string& name, bool deprecated,
           const std::string& obsoletes) {
  const auto& doc = row.parameter.doc;
  const bool required = doc.need == options::Need::required && !deprecated;
  const auto parameter = writer.element(
      "parameter", {{"name", name}, {"unique", "0"}, {"required", required ? "1" : "0"}});
  if (deprecated) writer.attribute("deprecated", "1");
  if (!obsoletes.empty()) writer.attribute("obsoletes", obsoletes);
  writer.empty("getopt", {{"mixed", option_text(row)}});
  {
    const auto content = writer.element("content", {{"type", row.type}});
    if (!doc.fallback.empty()) writer.attribute("default", doc.fallback);
    for (const auto& choice : row.parameter.choices) writer.empty("option", {{"value", choice}});
  }
  writer.leaf("shortdesc", doc.shortdesc, {{"lang", "en"}});
}

void write_names(xml::Writer& writer, const Parameter& row) {
  std::vector<std::string> names = text::split(row.parameter.doc.aliases, " ");
  names.insert(names.begin(), std::string(row.parameter.doc.name));
  for (std::size_t i = 0; i < names.size(); ++i) {
    write(writer, row, names[i], i > 0, i + 1 < names.size() ? names[i + 1] : "");
  }
}

void write_actions(xml::Writer& writer) {
  const auto actions = writer.element("actions");
  for (const auto& name : action_names()) {
    const auto action = writer.element("action", {{"name", name}});
    // Never by itself: that is for agents that cut off a node's storage.
    if (name == "on") writer.attribute("automatic", "0");
  }
}

}  // namespace

std::string program_name(const power::Chassis& chassis) {
  return "fence_" + std::string(chassis.plugin);
}

std::string metadata(const power::Chassis& chassis) {
  xml::Writer writer;
  writer.declaration();
  {
    const auto root = writer.element(
        "resource-agent",
        {{"name", program_name(chassis)},
         {"shortdesc", "Fence agent for " + std::string(chassis.product) + " over SNMP"}});
    writer.leaf("longdesc", stonith::description(chassis));
    writer.leaf("vendor-url", chassis.url);
    {
      const auto parameters = writer.element("parameters");
      for (const auto& row : stonith::parameters(Face::fence)) {
        if (listed(row)) write_names(writer, row);
      }
    }
    write_actions(writer);
  }
  return writer.text();
}

std::string option_text(const Parameter& row) {
  std::string name(row.parameter.doc.name);
  std::replace(name.begin(), name.end(), '_', '-');
  std::string text = row.fence.letter == 0 ? "" : std::string("-") + row.fence.letter + ", ";
  text += "--" + name;
  if (!row.fence.argument.empty()) text += "=[" + std::string(row.fence.argument) + "]";
  return text;
}

std::string usage(const power::Chassis& chassis) {
  const std::string name = program_name(chassis);
  std::string text = "usage: " + name +
                     " [option ...]\n"
                     "A fence agent for " +
                     std::string(chassis.product) +
                     " chassis over SNMP. Without options it reads name=value lines from standard "
                     "input, as the\ncluster sends them. Actions: " +
                     text::join(action_names(), ", ") + ".\n\n";
  constexpr std::size_t kColumn = 44;  // of the descriptions: the longest option and two blanks
  for (const auto& row : stonith::parameters(Face::fence)) {
    if (row.fence.reach == Reach::unlisted) continue;
    const auto& doc = row.parameter.doc;
    std::string option = "  " + option_text(row);
    option.resize(std::max(kColumn, option.size() + 1), ' ');
    text += option + std::string(doc.shortdesc);
    if (!row.parameter.choices.empty()) {
      std::string words;
      for (const auto& word : row.parameter.choices)
        words += (words.empty() ? "" : "|") + std::string(word);
      text += " (" + words + ")";
    }
    if (doc.need == options::Need::required) text += " (required)";
    if (!doc.fallback.empty() && !row.fence.argument.empty())
      text += " (default: " + std::string(doc.fallback) + ")";
    text += "\n";
  }
  return text;
}

}  // namespace havc::fence
