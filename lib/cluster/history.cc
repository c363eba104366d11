#include "cluster/history.h"

#include <optional>
#include <set>
#include <string>

#include "base/text.h"

namespace havc::cluster {

namespace {

/// Pacemaker's numbers for an operation that goes on: PCMK_EXEC_PENDING, and a call that has none
/// yet.
constexpr std::string_view kPending = "-1";

bool pending(const xml::Element& operation) {
  return operation.attribute("op-status") == kPending;
}

bool succeeded(const xml::Element& operation) {
  return operation.attribute("op-status") == "0" && operation.attribute("rc-code") == "0";
}

/// Of a node's calls, a later one is greater; what goes on is the last.
std::uint64_t call_of(const xml::Element& operation) {
  if (pending(operation)) return INT64_MAX;
  return text::number(operation.attribute("call-id").value_or("0")).value_or(0);
}

/// The migration away from this node that is the last that was done with the resource there.
std::optional<Migration> migration_of(const xml::Element& resource) {
  std::optional<xml::Element> departure;
  const auto operations = resource.children("lrm_rsc_op");
  for (const auto& each : operations) {
    if (each.attribute("operation") == "migrate_to" && (pending(each) || succeeded(each)))
      departure = each;
  }
  if (!departure) return {};
  for (const auto& each : operations) {
    const auto name = each.attribute("operation");
    const bool ends_it =
        (name == "stop" || name == "start" || name == "migrate_from") && !pending(each);
    if (ends_it && call_of(each) > call_of(*departure)) return {};
  }
  const auto from = departure->attribute("migrate_source");
  const auto to = departure->attribute("migrate_target");
  if (!from || !to) return {};
  return Migration{resource.attribute("id").value_or(""), *from, *to};
}

}  // namespace

std::vector<Migration> migrations_of(const xml::Element& status,
                                     const std::vector<Primitive>& vms) {
  std::set<std::string> ids;
  for (const auto& each : vms) ids.insert(each.id);
  std::vector<Migration> result;
  for (const auto& node : status.children("node_state")) {
    const auto lrm = node.child("lrm");
    const auto resources = lrm ? lrm->child("lrm_resources") : std::nullopt;
    if (!resources) continue;
    for (const auto& each : resources->children("lrm_resource")) {
      if (ids.count(each.attribute("id").value_or("")) == 0) continue;
      if (auto found = migration_of(each)) result.push_back(*std::move(found));
    }
  }
  return result;
}

}  // namespace havc::cluster
