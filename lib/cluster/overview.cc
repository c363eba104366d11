#include "cluster/overview.h"

#include "base/text.h"

namespace havc::cluster {

namespace {

template <class Map>
auto* found(const Map& map, std::string_view key) {
  const auto entry = map.find(key);
  return entry == map.end() ? nullptr : entry->second;
}

}  // namespace

std::int64_t amount_of(std::string_view text) {
  return static_cast<std::int64_t>(text::number(text::trim(text), INT32_MAX).value_or(0));
}

Overview::Overview(const Status& status, const Configuration* configuration)
    : status_(status), configuration_(configuration) {
  for (const auto& each : status.resources) resources_.emplace(each.id, &each);
  for (const auto& each : status.nodes) nodes_.emplace(each.name, &each);
  for (const auto& each : status.failures) failures_[each.resource] = &each;
  for (const auto& each : status.fail_counts) {
    const auto [entry, is_first] = fail_counts_.emplace(each.resource, &each);
    if (!is_first && each.count > entry->second->count) entry->second = &each;
  }
  if (configuration != nullptr) take_configuration();
}

void Overview::take_configuration() {
  for (const auto& each : configuration_->migrations) migrations_.emplace(each.resource, &each);
  for (const auto& each : configuration_->stranded) stranded_.emplace(each.resource, &each);
  for (const auto& each : configuration_->deeds) {
    const auto [entry, is_first] = last_deeds_.emplace(each.resource, &each);
    const Deed& last = *entry->second;
    // In the same second: a node's calls are counted; of two nodes, a move stops before it starts.
    const bool later = each.begun != last.begun ? each.begun > last.begun
                       : each.node == last.node ? each.call > last.call
                                                : each.operation != "stop";
    if (!is_first && later) entry->second = &each;
  }
  for (const auto& node : configuration_->nodes) {
    for (const auto& [kind, value] : node.utilization) left_[node.name][kind] = amount_of(value);
  }
  for (const auto& vm : configuration_->vms) {
    vms_.emplace(vm.id, &vm);
    const Resource* resource = this->resource(vm.id);
    if (resource == nullptr) continue;
    for (const auto& node : resource->nodes) {
      for (const auto& [kind, value] : vm.utilization) left_[node][kind] -= amount_of(value);
    }
  }
}

const Resource* Overview::resource(std::string_view id) const {
  return found(resources_, id);
}
const Primitive* Overview::vm(std::string_view id) const {
  return found(vms_, id);
}
const Migration* Overview::migration(std::string_view id) const {
  return found(migrations_, id);
}
const Migration* Overview::stranded(std::string_view id) const {
  return found(stranded_, id);
}
const Deed* Overview::last_deed(std::string_view id) const {
  return found(last_deeds_, id);
}
const Node* Overview::node(std::string_view name) const {
  return found(nodes_, name);
}
const Failure* Overview::failure(std::string_view id) const {
  return found(failures_, id);
}
const FailCount* Overview::fail_count(std::string_view id) const {
  return found(fail_counts_, id);
}

std::int64_t Overview::left(const std::string& node, const std::string& kind) const {
  const auto kinds = left_.find(node);
  if (kinds == left_.end()) return 0;
  const auto value = kinds->second.find(kind);
  return value == kinds->second.end() ? 0 : value->second;
}

}  // namespace havc::cluster
