#include "ocf/agent.h"

#include "base/log.h"

namespace havc::ocf {

const ActionDoc* Agent::find(std::string_view action) const {
  for (const auto& row : actions) {
    if (row.name == action) return &row;
  }
  return nullptr;
}

static bool strict(const ActionDoc& action) {
  return action.kind == ActionKind::check || action.name == "start";
}

void settle(const std::vector<options::Problem>& problems, const ActionDoc& action,
            const std::vector<options::ParameterRow>& rows, const Environment& environment) {
  std::vector<options::Problem> fatal;
  for (const auto& problem : problems) {
    if (strict(action) || problem.kind == options::Kind::identity) {
      fatal.push_back(problem);
    } else {
      log::warn(problem.text + "; its default is used");
    }
  }
  // The reason names the first one.
  for (std::size_t i = 1; i < fatal.size(); ++i) log::error(fatal[i].text);
  options::refuse(fatal);
  if (!strict(action)) return;  // a recurring monitor must not repeat what start has said
  const std::vector<std::string_view> tolerated{"CRM_meta_", "crm_feature_set", "OCF_CHECK_LEVEL", "trace_"};
  for (const auto& warning : options::unknown_names(rows, environment, "OCF_RESKEY_", tolerated)) log::warn(warning);
}

}  // namespace havc::ocf
