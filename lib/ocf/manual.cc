#include "ocf/manual.h"

#include <fmt/format.h>

#include <vector>

#include "base/text.h"

namespace havc::ocf {

namespace {

/// Text as it stands: a backslash is roff's escape, a hyphen would become a typographic one, and a line must not begin with a control character.
std::string plain(std::string_view text) {
  std::string result;
  if (text.starts_with('.') || text.starts_with('\'')) result = "\\&";
  for (const char letter : text) {
    switch (letter) {
      case '\\':
        result += "\\e";
        break;
      case '-':
        result += "\\-";
        break;
      case '\'':
        result += "\\(aq";
        break;
      case '^':
        result += "\\(ha";
        break;
      case '~':
        result += "\\(ti";
        break;
      default:
        result += letter;
    }
  }
  return result;
}

std::string section(std::string_view title) { return fmt::format(".SH {}\n", title); }

std::string item(std::string_view name, const std::string& text) { return fmt::format(".TP\n.B {}\n{}\n", plain(name), text); }

std::string parameter(const options::ParameterRow& row) {
  const auto& doc = row.doc;
  std::vector<std::string> facts{std::string(options::name_of(row.type))};
  if (!row.choices.empty()) facts.front() = fmt::format("one of {}", fmt::join(row.choices, ", "));
  if (doc.need == options::Need::required) facts.emplace_back("required");
  if (!doc.fallback.empty()) facts.push_back(fmt::format("default {}", doc.fallback));
  if (!doc.unique_group.empty()) facts.emplace_back("different for each resource");
  if (doc.reloadable) facts.emplace_back("changed without a restart");
  if (!doc.aliases.empty()) facts.push_back(fmt::format("also called {}", doc.aliases));
  return item(doc.name, fmt::format("{}.\n{}\n({})", plain(doc.shortdesc), plain(doc.longdesc), plain(text::join(facts, "; "))));
}

std::string action(const ActionDoc& doc) {
  std::string text = fmt::format("timeout {} s", doc.timeout.count());
  if (doc.interval.count() > 0) text += fmt::format(", interval {} s", doc.interval.count());
  if (doc.depth > 0) text += fmt::format(", with OCF_CHECK_LEVEL={}", doc.depth);
  return item(doc.name, plain(text));
}

std::string examples(const Agent& agent, std::string_view provider, const std::string& required) {
  const std::string command = fmt::format("pcs resource create vm1 ocf:{}:{} {} meta allow-migrate=true", provider, agent.doc.name, required);
  const std::string crm = fmt::format("crm configure primitive vm1 ocf:{}:{} params {} meta allow-migrate=true", provider, agent.doc.name, required);
  return section("EXAMPLES") + ".nf\n" + plain(command) + "\n" + plain(crm) + "\n.fi\n";
}

}  // namespace

std::string manual(const Agent& agent, std::string_view provider) {
  const std::string name = fmt::format("ocf_{}_{}", provider, agent.doc.name);
  std::string page = fmt::format(".TH {} 7 \"\" \"havc {}\" \"OCF resource agents\"\n.nh\n.ad l\n", plain(name), plain(agent.doc.version));
  page += section("NAME") + fmt::format("{} \\- {}\n", plain(name), plain(agent.doc.shortdesc));
  page += section("DESCRIPTION") + plain(agent.doc.longdesc) + "\n";
  std::string required;
  page += section("PARAMETERS");
  for (const auto& row : agent.parameters) {
    if (!row.doc.deprecated.empty()) continue;
    page += parameter(row);
    if (row.doc.need == options::Need::required) required += fmt::format("{}=...", row.doc.name);
  }
  page += section("PARAMETERS OF OTHER AGENTS");
  for (const auto& row : agent.parameters) {
    if (!row.doc.deprecated.empty()) page += item(row.doc.name, plain(row.doc.deprecated));
  }
  page += section("ACTIONS");
  for (const auto& row : agent.actions) page += action(row);
  page += section("EXIT CODES") +
          "Those of OCF 1.1. 190 means that the machine runs, with trouble ahead: it is shown, and nothing is recovered. "
          "The reason of any other failure stands in the output of\n.BR crm_mon (8),\nand whole in the log.\n";
  page += examples(agent, provider, required);
  return page + section("SEE ALSO") + ".BR pcs (8),\n.BR crm (8),\n.BR crm_mon (8),\n.BR virsh (1)\n";
}

}  // namespace havc::ocf
