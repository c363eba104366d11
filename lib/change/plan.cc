#include "change/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <future>
#include <utility>

#include "base/text.h"
#include "change/difference.h"
#include "change/merge.h"
#include "change/simulate.h"
#include "cluster/configuration.h"
#include "inventory/render.h"
#include "node/sha256.h"

namespace havc::change {

namespace {

using inventory::Kind;
using inventory::Vm;
using inventory::Wanted;

std::string definition_path(const std::string& id) {
  return fmt::format("{}/{}.xml", kDefinitionFolder, id);
}

bool selected(const Wish& wish, const std::string& id) {
  return !wish.selected || wish.selected->count(id) != 0;
}

/// It is to be a resource of the cluster.
bool in_cluster(const Vm& vm) {
  return vm.kind == Kind::cluster && vm.wanted != Wanted::disabled;
}

bool has_definition_on(const Vm& vm, const std::string& node) {
  if (vm.kind == Kind::cluster) return true;
  return std::any_of(vm.nodes.begin(), vm.nodes.end(),
                     [&](const auto& each) { return each.text == node; });
}

/// Only when nobody has a doubt does it go at once, without being stopped first.
bool surely_stopped(const cluster::Status& status, const std::string& id) {
  const bool doubt = std::any_of(status.nodes.begin(), status.nodes.end(),
                                 [](const cluster::Node& each) { return each.unclean; });
  const auto* const resource = status.resource(id);
  return !doubt && resource != nullptr && !resource->active && resource->nodes.empty() &&
         resource->role == "Stopped" && resource->pending == cluster::Pending::none;
}

std::string name_part(const std::string& id) {
  return id.substr(0, id.rfind('_'));
}

class Planner {
 public:
  Planner(const Wish& wish, const Actual& actual, inventory::TemplateFolders& templates)
      : wish_(wish),
        actual_(actual),
        templates_(templates),
        configuration_(cluster::parse_configuration(actual.cib, actual.source)) {
    plan_.base = actual.cib;
  }

  Plan run(Deadline deadline) {
    find_foreign();
    Merge merged = merge(actual_.cib, actual_.source, request());
    plan_.target = std::move(merged.cib);
    plan_.cluster = merged.cluster.changed;
    plan_.notes.insert(plan_.notes.end(), merged.notes.begin(), merged.notes.end());
    plan_.problems.insert(plan_.problems.end(), merged.problems.begin(), merged.problems.end());
    take(merged);
    files();
    // Programs that do not wait for each other: what is no use then is not looked at.
    std::future<Simulation> simulation;
    if (plan_.problems.empty() && plan_.changes_cib())
      simulation = std::async(std::launch::async, [&] { return simulate(plan_.target, deadline); });
    check(merged.configuration, deadline);
    if (plan_.problems.empty() && simulation.valid()) consequences(simulation);
    finish();
    return std::move(plan_);
  }

 private:
  const Wish& wish_;
  const Actual& actual_;
  inventory::TemplateFolders& templates_;
  cluster::Configuration configuration_;
  Plan plan_ = {};
  std::map<std::string, VmChange> vms_ = {};
  std::map<std::string, const Vm*> by_path_ = {};
  std::set<std::string> removed_at_once_ = {};
  std::optional<cluster::Status> asked_ = {};

  VmChange& change(const std::string& id) {
    VmChange& found = vms_[id];
    found.id = id;
    return found;
  }

  void guarded(const std::function<void()>& step) {
    try {
      step();
    } catch (const Error& error) {
      plan_.problems.push_back(error);
    }
  }

  void find_foreign() {
    std::map<std::string, std::string> names;  // of machines in files → id
    std::set<std::string> known = wish_.removals;
    for (const auto& vm : wish_.inventory.vms) {
      known.insert(vm.identity.fqn);
      names[vm.name.text] = vm.identity.fqn;
    }
    for (const auto& each : configuration_.vms) {
      if (known.count(each.id) != 0) continue;
      plan_.foreign.push_back(each.id);
      const auto same = names.find(name_part(each.id));
      if (same != names.end() && configuration_.vm(same->second) == nullptr &&
          selected(wish_, same->second))
        plan_.problems.emplace_back(
            Fault::failed,
            fmt::format("'{}' is in the cluster, and its file makes '{}' of it: it could run twice",
                        each.id, same->second),
            fmt::format("remove '{}' first: havc remove", each.id));
    }
    std::sort(plan_.foreign.begin(), plan_.foreign.end());
  }

  Request request() {
    if (actual_.ask_status && any_goes()) asked_ = actual_.ask_status();
    Request request;
    for (const auto& vm : wish_.inventory.vms)
      if (selected(wish_, vm.identity.fqn)) guarded([&] { add(vm, request); });
    for (const auto& id : wish_.removals) go(id, request);
    if (wish_.cluster_pieces) guarded([&] { add_cluster(request); });
    return request;
  }

  void add(const Vm& vm, Request& request) {
    const std::string& id = vm.identity.fqn;
    if (wish_.removals.count(id) != 0) return;
    if (vm.kind == Kind::local) {
      if (configuration_.vm(id) != nullptr)
        throw Error(Fault::failed,
                    fmt::format("'{}' is local in its file, and a resource of the cluster", id),
                    "set wanted = \"disabled\" and apply before its kind is changed");
      return;
    }
    if (!in_cluster(vm)) return go(id, request);
    VmPieces pieces{.id = id,
                    .pieces = cib_pieces(vm, wish_.inventory.cluster, templates_),
                    .full = full_cib_pieces(vm, wish_.inventory.cluster, templates_)};
    for (const auto& tag : vm.tags) pieces.tags.insert(tag.text);
    request.vms.push_back(std::move(pieces));
  }

  /// Some machine goes, and how depends on whether it runs.
  bool any_goes() const {
    const auto& vms = wish_.inventory.vms;
    const auto there = [&](const std::string& id) { return configuration_.vm(id) != nullptr; };
    return std::any_of(wish_.removals.begin(), wish_.removals.end(), there) ||
           std::any_of(vms.begin(), vms.end(), [&](const Vm& vm) {
             const std::string& id = vm.identity.fqn;
             return !in_cluster(vm) && selected(wish_, id) && there(id);
           });
  }

  const cluster::Status& status() const { return asked_ ? *asked_ : actual_.status; }

  void go(const std::string& id, Request& request) {
    if (configuration_.vm(id) == nullptr) return;
    if (!actual_.elsewhere.contains(id) && surely_stopped(status(), id)) {
      request.remove.insert(id);
    } else {
      request.stop.insert(id);
      plan_.afterwards.push_back(id);
    }
  }

  void add_cluster(Request& request) {
    const auto& cluster = wish_.inventory.cluster;
    request.cluster = cib_pieces(cluster, templates_);
    for (const auto& node : cluster.nodes) {
      auto& values = request.utilization[node.name.text];
      if (node.cpus) values["cpu"] = std::to_string(node.cpus->number);
      if (node.memory) values["memory"] = std::to_string(node.memory->number);
    }
  }

  void take(const Merge& merged) {
    for (const auto& [id, account] : merged.vms) {
      const bool refused = std::any_of(
          merged.problems.begin(), merged.problems.end(), [&, &name = id](const Error& each) {
            return each.problem().find(text::quote(name)) != std::string::npos;
          });
      if (account.changed.empty() && !account.added && configuration_.vm(id) != nullptr &&
          !went(id))
        continue;
      VmChange& vm = change(id);
      vm.details = account.changed;
      vm.kept = account.kept;
      vm.kind = account.added ? VmChange::Kind::add
                : went(id)    ? VmChange::Kind::remove
                              : VmChange::Kind::change;
      if (refused) vm.kind = VmChange::Kind::none;
    }
    for (const auto& id : plan_.afterwards) change(id).kind = VmChange::Kind::stop_then_remove;
  }

  bool went(const std::string& id) const {
    const auto vm =
        std::find_if(wish_.inventory.vms.begin(), wish_.inventory.vms.end(),
                     [&](const Vm& each) { return each.identity.fqn == id && in_cluster(each); });
    return vm == wish_.inventory.vms.end() || wish_.removals.count(id) != 0;
  }

  void files() {
    for (const auto& vm : wish_.inventory.vms) {
      if (!selected(wish_, vm.identity.fqn) || wish_.removals.count(vm.identity.fqn) != 0) continue;
      guarded([&] {
        std::string content = domain_xml(vm, wish_.inventory.cluster, templates_);
        const std::string path = definition_path(vm.identity.fqn);
        by_path_[path] = &vm;
        plan_.files[path] = {path, content, node::sha256(content)};
        running(vm.identity.fqn, content);
      });
    }
    plan_.nodes_looked_at = actual_.nodes.has_value();
    if (!actual_.nodes) return;
    std::set<std::string> differing;
    for (const auto& each : *actual_.nodes) plan_.nodes.push_back(node_change(each, differing));
    for (const auto& path : differing) guarded([&] { definition_changes(path); });
  }

  NodeChange node_change(const NodeFiles& node, std::set<std::string>& differing) const {
    NodeChange result{.node = node.node, .reached = node.reached, .reason = node.reason};
    if (!node.reached) return result;
    for (const auto& [path, file] : plan_.files) {
      if (!has_definition_on(*by_path_.at(path), node.node)) continue;
      const auto there = node.hashes.find(path);
      if (there == node.hashes.end()) {
        result.add.push_back(path);
      } else if (there->second != file.hash) {
        result.replace.push_back(path);
        differing.insert(path);
      }
    }
    for (const auto& id : wish_.removals)
      if (node.hashes.count(definition_path(id)) != 0) result.remove.push_back(definition_path(id));
    return result;
  }

  void definition_changes(const std::string& path) {
    const Vm& vm = *by_path_.at(path);
    std::vector<std::string> lines{"the definition"};
    const auto known = actual_.definitions.find(path);
    if (known != actual_.definitions.end())
      lines = domain_differences(known->second, plan_.files.at(path).content);
    if (lines.empty()) lines = {"comments and spaces of the definition"};
    VmChange& found = change(vm.identity.fqn);
    if (found.kind == VmChange::Kind::none) found.kind = VmChange::Kind::change;
    for (const auto& line : lines)
      if (std::find(found.details.begin(), found.details.end(), line) == found.details.end())
        found.details.push_back(line);
  }

  void running(const std::string& id, const std::string& definition) {
    const auto live = actual_.running.find(id);
    if (live == actual_.running.end()) return;
    const auto lines = domain_differences(live->second, definition, true);
    if (!lines.empty()) change(id).after_restart = lines;
  }

  void check(const std::string& configuration, Deadline deadline) {
    if (plan_.changes_cib()) check_configuration(configuration, deadline);
    std::map<std::string, std::string> definitions;
    for (const auto& [path, file] : plan_.files) definitions[path] = file.content;
    try {
      const auto problems = check_definitions(definitions, deadline);
      plan_.problems.insert(plan_.problems.end(), problems.begin(), problems.end());
    } catch (const Error& error) {
      if (error.fault() != Fault::not_installed) throw;
      plan_.notes.push_back(error.what());
    }
  }

  void check_configuration(const std::string& configuration, Deadline deadline) {
    const auto words = verify(configuration, deadline);
    if (words.empty()) return;
    const auto before = verify(merge(actual_.cib, actual_.source, {}).configuration, deadline);
    for (const auto& each : words) {
      if (std::find(before.begin(), before.end(), each) != before.end()) {
        plan_.notes.push_back("crm_verify, of the configuration as it is already: " + each);
      } else {
        plan_.problems.emplace_back(Fault::failed, "crm_verify: " + each,
                                    "correct the inventory or its templates");
      }
    }
  }

  void consequences(std::future<Simulation>& future) {
    Simulation simulation;
    try {
      simulation = future.get();
    } catch (const Error& error) {
      if (error.fault() == Fault::timed_out || error.fault() == Fault::not_installed) throw;
      plan_.problems.push_back(error);
      return;
    }
    std::set<std::string> known;
    for (const auto& each : configuration_.vms) known.insert(each.id);
    for (const auto& [id, vm] : vms_) known.insert(id);
    std::set<std::string> acted;
    for (const auto& action : simulation.actions) {
      acted.insert(action.resource);
      if (known.count(action.resource) != 0) {
        change(action.resource).consequences.push_back(action.words());
      } else {
        plan_.consequences.push_back(fmt::format("'{}' {}", action.resource, action.words()));
      }
    }
    plan_.consequences.insert(plan_.consequences.end(), simulation.nodes.begin(),
                              simulation.nodes.end());
    for (const auto& vm : wish_.inventory.vms) waiting(vm, acted, simulation);
  }

  void waiting(const Vm& vm, const std::set<std::string>& acted, const Simulation& simulation) {
    const auto found = vms_.find(vm.identity.fqn);
    if (found == vms_.end() || vm.wanted != Wanted::started || acted.count(found->first) != 0)
      return;
    const auto* const resource = actual_.status.resource(found->first);
    const bool active = actual_.ask_status ? simulation.active.count(found->first) != 0
                                           : resource != nullptr && resource->active;
    if (in_cluster(vm) && !active)
      found->second.consequences.push_back(
          "does not start yet: no node may run it now, or has room");
  }

  void finish() {
    for (auto& [id, vm] : vms_) {
      const bool nothing = vm.kind == VmChange::Kind::none && vm.details.empty() &&
                           vm.consequences.empty() && vm.after_restart.empty();
      if (!nothing) plan_.vms.push_back(std::move(vm));
    }
  }
};

}  // namespace

std::string_view name_of(VmChange::Kind kind) {
  constexpr std::array<std::string_view, 5> kNames{"none", "add", "change", "stop-then-remove",
                                                   "remove"};
  return kNames.at(static_cast<std::size_t>(kind));
}

bool Plan::changes_files() const {
  return std::any_of(nodes.begin(), nodes.end(), [](const NodeChange& each) {
    return !each.add.empty() || !each.replace.empty() || !each.remove.empty();
  });
}

bool Plan::incomplete() const {
  return std::any_of(nodes.begin(), nodes.end(),
                     [](const NodeChange& each) { return !each.reached; });
}

std::map<std::string, File> files_of(const Wish& wish, inventory::TemplateFolders& templates) {
  std::map<std::string, File> files;
  for (const auto& vm : wish.inventory.vms) {
    if (!selected(wish, vm.identity.fqn) || wish.removals.count(vm.identity.fqn) != 0) continue;
    std::string content = domain_xml(vm, wish.inventory.cluster, templates);
    const std::string path = definition_path(vm.identity.fqn);
    files[path] = {path, content, node::sha256(content)};
  }
  return files;
}

Plan make_plan(const Wish& wish, const Actual& actual, inventory::TemplateFolders& templates,
               Deadline deadline) {
  return Planner(wish, actual, templates).run(deadline);
}

}  // namespace havc::change
