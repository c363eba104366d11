#include "ocf/manual.h"

#include <fmt/format.h>

#include "options/manual.h"

namespace havc::ocf {

namespace {

using options::page_item;
using options::page_section;
using options::roff;

std::string parameter(const options::ParameterRow& row) {
  const auto& doc = row.doc;
  return page_item(doc.name, fmt::format("{}.\n{}\n{}", roff(doc.shortdesc), roff(doc.longdesc),
                                         facts(row, options::name_of(row.type))));
}

std::string action(const ActionDoc& doc) {
  std::string text = fmt::format("timeout {} s", doc.timeout.count());
  if (doc.interval.count() > 0) text += fmt::format(", interval {} s", doc.interval.count());
  if (doc.depth > 0) text += fmt::format(", with OCF_CHECK_LEVEL={}", doc.depth);
  return page_item(doc.name, roff(text));
}

std::string examples(const Agent& agent, std::string_view provider, const std::string& required) {
  const std::string command = fmt::format("pcs resource create vm1 ocf:{}:{} {} meta allow-migrate=true", provider, agent.doc.name, required);
  const std::string crm = fmt::format("crm configure primitive vm1 ocf:{}:{} params {} meta allow-migrate=true", provider, agent.doc.name, required);
  return page_section("EXAMPLES") + options::page_example({command, crm});
}

}  // namespace

std::string manual(const Agent& agent, std::string_view provider) {
  const std::string name = fmt::format("ocf_{}_{}", provider, agent.doc.name);
  std::string page = options::page_begin(name, 7, agent.doc.version, "OCF resource agents");
  page += page_section("NAME") + fmt::format("{} \\- {}\n", roff(name), roff(agent.doc.shortdesc));
  page += page_section("DESCRIPTION") + roff(agent.doc.longdesc) + "\n";
  std::string required;
  page += page_section("PARAMETERS");
  for (const auto& row : agent.parameters) {
    if (!row.doc.deprecated.empty()) continue;
    page += parameter(row);
    if (row.doc.need == options::Need::required) required += fmt::format("{}=...", row.doc.name);
  }
  page += page_section("PARAMETERS OF OTHER AGENTS");
  for (const auto& row : agent.parameters) {
    if (!row.doc.deprecated.empty()) page += page_item(row.doc.name, roff(row.doc.deprecated));
  }
  page += page_section("ACTIONS");
  for (const auto& row : agent.actions) page += action(row);
  page += page_section("EXIT CODES") +
          "Those of OCF 1.1. 190 means that the machine runs, with trouble ahead: it is shown, and nothing is recovered. "
          "The reason of any other failure stands in the output of\n.BR crm_mon (8),\nand whole in the log.\n";
  page += examples(agent, provider, required);
  return page + page_section("SEE ALSO") + ".BR pcs (8),\n.BR crm (8),\n.BR crm_mon (8),\n.BR virsh (1)\n";
}

}  // namespace havc::ocf
