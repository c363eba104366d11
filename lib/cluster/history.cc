#include "cluster/history.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"

namespace havc::cluster {

namespace {

/// Pacemaker's numbers for an operation that goes on: PCMK_EXEC_PENDING, and a call that has none
/// yet.
constexpr std::string_view kPending = "-1";

bool pending(const xml::Element& operation) {
  return operation.attribute("op-status") == kPending;
}

bool is_probe(const xml::Element& operation) {
  return operation.attribute("operation") == "monitor" && operation.attribute("interval") == "0";
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

std::uint64_t number_of(const xml::Element& operation, std::string_view name) {
  return text::number(operation.attribute(name).value_or("0")).value_or(0);
}

std::uint64_t time_of(const xml::Element& operation) {
  return number_of(operation, "last-rc-change");
}

/// Nothing for a monitor, and what else does not change where a machine runs.
std::optional<Deed> deed_of(const std::string& node, const std::string& vm,
                            const xml::Element& operation) {
  constexpr std::array<std::string_view, 4> kChanging{"start", "stop", "migrate_to",
                                                      "migrate_from"};
  const std::string name = operation.attribute("operation").value_or("");
  if (std::find(kChanging.begin(), kChanging.end(), name) == kChanging.end()) return {};
  return Deed{.resource = vm,
              .node = node,
              .operation = name,
              .call = number_of(operation, "call-id"),
              .begun = time_of(operation),
              .took = number_of(operation, "exec-time"),
              .done = succeeded(operation),
              .from = operation.attribute("migrate_source").value_or(""),
              .to = operation.attribute("migrate_target").value_or("")};
}

}  // namespace

HistoryReader::HistoryReader(const std::vector<Primitive>& vms) {
  for (const auto& each : vms) vms_.insert(each.id);
}

void HistoryReader::read(const xml::Element& state) {
  const auto lrm = state.child("lrm");
  const auto resources = lrm ? lrm->child("lrm_resources") : std::nullopt;
  if (!resources) return;
  const std::string node = state.attribute("uname").value_or("");
  for (const auto& each : resources->children("lrm_resource")) {
    const std::string id = each.attribute("id").value_or("");
    if (vms_.count(id) != 0) read(node, id, each);
  }
}

void HistoryReader::read(const std::string& node, const std::string& vm,
                         const xml::Element& resource) {
  if (auto found = migration_of(resource)) history_.migrations.push_back(*std::move(found));
  std::uint64_t& heard = heard_[{vm, node}];
  for (const auto& each : resource.children("lrm_rsc_op")) {
    heard = std::max(heard, time_of(each));
    if (is_probe(each) && pending(each)) history_.probed.insert(vm);
    if (auto deed = deed_of(node, vm, each)) history_.deeds.push_back(*std::move(deed));
    const auto to = each.attribute("migrate_target");
    if (each.attribute("operation") != "migrate_to" || !succeeded(each) || !to) continue;
    departures_.push_back({{vm, node, *to}, time_of(each)});
  }
}

History HistoryReader::result() {
  for (const auto& [migration, time] : departures_) {
    const auto target = heard_.find({migration.resource, migration.to});
    // Without history the target was off since: nothing runs there that was.
    if (target != heard_.end() && target->second < time) history_.stranded.push_back(migration);
  }
  return std::move(history_);
}

}  // namespace havc::cluster
