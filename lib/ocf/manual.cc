#include "ocf/manual.h"

#include <fmt/format.h>

#include "base/text.h"
#include "options/manual.h"

namespace havc::ocf {

namespace {

using options::page_item;
using options::page_paragraph;
using options::page_section;
using options::roff;

std::string synopsis(const Agent& agent, std::string_view provider) {
  std::vector<std::string> names;
  for (const auto& row : agent.actions) {
    if (names.empty() || names.back() != row.name) names.emplace_back(row.name);
  }
  return page_section("SYNOPSIS", fmt::format(".B {}\n{}\n",
                                              options::literal(fmt::format("/usr/lib/ocf/resource.d/{}/{}", provider, agent.doc.name)),
                                              roff(text::join(names, " | "))));
}

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

std::string exit_codes() {
  struct Row {
    ExitCode code;
    std::string_view text;
  };
  static constexpr Row kRows[]{
      {ExitCode::success, "Done; of monitor: it runs."},
      {ExitCode::generic, "Failed, or not known: the reason says which."},
      {ExitCode::arguments, "Not called as Pacemaker calls it."},
      {ExitCode::unimplemented, "There is no such action, or libvirt cannot do it."},
      {ExitCode::permission, "Not allowed on this node."},
      {ExitCode::not_installed, "Something is missing on this node; another one may have it. Never of monitor."},
      {ExitCode::misconfigured, "The parameters cannot be right on any node."},
      {ExitCode::not_running, "It does not run here. Never said on doubt."},
      {ExitCode::degraded, "It runs, with trouble ahead: that is shown, and nothing is recovered."},
  };
  std::string text = page_paragraph("The reason of a failure is the last line on standard error; crm_mon shows 128 bytes of it, the log the whole.");
  for (const auto& row : kRows) text += page_item(std::to_string(static_cast<int>(row.code)), roff(row.text));
  return page_section("EXIT CODES", text);
}

}  // namespace

std::string manual(const Agent& agent, std::string_view provider, std::string_view date, std::string_view more) {
  const std::string name = fmt::format("ocf_{}_{}", provider, agent.doc.name);
  std::string page = options::page_begin({name, 7, agent.doc.version, date, "OCF resource agents"}, agent.doc.shortdesc);
  page += synopsis(agent, provider);
  page += page_section("DESCRIPTION", page_paragraph(agent.doc.longdesc) +
                                          page_paragraph("Pacemaker calls it; each parameter is an environment variable OCF_RESKEY_NAME. Boolean ones take 1, true, yes, on and 0, "
                                                         "false, no, off."));
  std::string rows, refused, actions;
  for (const auto& row : agent.parameters) {
    (row.doc.deprecated.empty() ? rows : refused) += row.doc.deprecated.empty() ? parameter(row) : page_item(row.doc.name, roff(row.doc.deprecated));
  }
  for (const auto& row : agent.actions) actions += action(row);
  page += page_section("PARAMETERS", rows) + page_section("PARAMETERS OF OTHER AGENTS", refused);
  page += page_section("ACTIONS", page_paragraph("The timeouts and intervals are those of the meta-data, to begin with.") + actions);
  return page + exit_codes() + std::string(more);
}

std::vector<std::string> crm_example(const Agent& agent, std::string_view provider, std::string_view words) {
  std::vector<std::string> lines{fmt::format("crm configure primitive vm1 ocf:{}:{} \\", provider, agent.doc.name), fmt::format("  params {} \\", words)};
  for (const auto& row : agent.actions) {
    const bool recurring = row.kind == ActionKind::monitor && row.interval.count() > 0;
    const bool configured = row.kind == ActionKind::change || row.kind == ActionKind::stop || recurring;
    if (!configured) continue;
    std::string line = fmt::format("  op {} timeout={}s interval={}s", row.name, row.timeout.count(), row.interval.count());
    if (row.depth > 0) line += fmt::format(" OCF_CHECK_LEVEL={}", row.depth);
    lines.push_back(line + " \\");
  }
  lines.emplace_back("  meta allow-migrate=true");
  return lines;
}

}  // namespace havc::ocf
