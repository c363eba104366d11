// Rules about the resources that guests are: agent, parameters, what they are in.
#include <algorithm>

#include "health/lint_rule.h"

#include <fmt/format.h>

namespace havc::health {

namespace {

std::string parameter(const cluster::Primitive& resource, const std::string& name) {
  const auto found = resource.parameters.find(name);
  return found == resource.parameters.end() ? std::string() : found->second;
}

/// The container of that kind that a resource is in, or nullptr.
const cluster::Container* container_of(const Subject& subject, const cluster::Primitive& resource,
                                       bool group) {
  for (const auto& parent : resource.parents) {
    const auto* container = subject.configuration().container(parent);
    if (container != nullptr && (container->kind == "group") == group) return container;
  }
  return nullptr;
}

void virtual_domain(const Subject& subject, const Tell& tell) {
  for (const auto& each : subject.configuration().others) {
    if (each.agent == "ocf:heartbeat:VirtualDomain" || each.agent == "ocf:seapath:VirtualDomain")
      tell(each.id, "is of " + each.agent);
  }
}

void in_clone(const Subject& subject, const Tell& tell) {
  for (const auto& vm : subject.configuration().vms) {
    if (const auto* clone = container_of(subject, vm, false))
      tell(vm.id, fmt::format("is in the {} '{}'", clone->kind, clone->id));
  }
}

void in_group(const Subject& subject, const Tell& tell) {
  for (const auto& vm : subject.configuration().vms) {
    const auto* group = container_of(subject, vm, true);
    if (group == nullptr) continue;
    std::vector<std::string> members;
    for (const auto* resources : {&subject.configuration().vms, &subject.configuration().others}) {
      for (const auto& each : *resources) {
        if (each.id != vm.id && contains(each.parents, group->id)) members.push_back(each.id);
      }
    }
    if (!members.empty())
      tell(vm.id, fmt::format("is in the group '{}' with {}", group->id, some_of(members)));
  }
}

void config_path(const Subject& subject, const Tell& tell) {
  for (const auto& vm : subject.configuration().vms) {
    const std::string path = parameter(vm, "config");
    if (!path.empty() && !path.starts_with("/etc/")) tell(vm.id, "config is '" + path + "'");
  }
}

void config_shared(const Subject& subject, const Tell& tell) {
  std::map<std::string, std::vector<std::string>> users;
  for (const auto& vm : subject.configuration().vms) {
    const std::string path = parameter(vm, "config");
    if (!path.empty()) users[path].push_back(vm.id);
  }
  for (const auto& [path, ids] : users) {
    if (ids.size() > 1)
      tell(ids.front(), fmt::format("config '{}' is that of {}", path, some_of(ids)));
  }
}

void migration_unencrypted(const Subject& subject, const Tell& tell) {
  for (const auto& vm : subject.configuration().vms) {
    if (parameter(vm, "migration_transport") == "tcp") tell(vm.id, "migration_transport is 'tcp'");
  }
}

void migration_unsafe(const Subject& subject, const Tell& tell) {
  for (const auto& vm : subject.configuration().vms) {
    if (is_true(parameter(vm, "migration_unsafe"))) tell(vm.id, "migration_unsafe is true");
  }
}

void force_stop(const Subject& subject, const Tell& tell) {
  for (const auto& vm : subject.configuration().vms) {
    if (is_true(parameter(vm, "force_stop"))) tell(vm.id, "force_stop is true");
  }
}

void without_file(const Subject& subject, const Tell& tell) {
  if (subject.inventory() == nullptr) return;
  const auto& files = subject.inventory()->vms;
  for (const auto& vm : subject.configuration().vms) {
    const bool known = std::any_of(files.begin(), files.end(),
                                   [&](const auto& file) { return file.identity.fqn == vm.id; });
    if (!known) tell(vm.id, "has no file in the inventory");
  }
}

using enum Severity;
using enum About;

constexpr LintRule kRules[] = {
    {{"config-path", vm, warning, "a definition does not lie below /etc",
      "One that lies on a storage that hangs keeps the guest from starting on any node, and one "
      "that "
      "lies where only some nodes have it keeps it from starting there.",
      "keep it at /etc/havc/libvirt/NAME.xml, on each node's local disk"},
     config_path},
    {{"config-shared", vm, error, "two resources have the same definition",
      "Both are the same guest: stopping one stops the other, and on two nodes it runs twice.",
      "give each a definition of its own, with name, UUID and disks of its own"},
     config_shared},
    {{"force-stop", vm, warning, "each stop pulls the plug",
      "The guest is never asked to shut down; its file systems and databases recover at each "
      "start, "
      "or do not.",
      "remove force_stop"},
     force_stop},
    {{"migration-transport", vm, warning, "nodes talk to each other's libvirt without encryption",
      "Whoever is in that network can read the guest's memory during a move, and may command "
      "libvirt as root if it asks for no password.",
      "use migration_transport=tls with certificates, or ssh"},
     migration_unencrypted},
    {{"migration-unsafe", vm, warning, "moves are made although libvirt calls them unsafe",
      "Two hosts' page caches disagree, and the guest reads old data after a move.",
      "use cache='none', and remove migration_unsafe"},
     migration_unsafe},
    {{"resource-without-file", vm, hint, "the inventory does not know a guest",
      "It is not checked, planned or changed by havc, and nobody sees its definition differ "
      "between "
      "nodes.",
      "import it, or remove its resource"},
     without_file},
    {{"virtual-domain", vm, hint, "a guest has another agent",
      "havc does not see it; its monitor costs twenty times as much, and an error of libvirt may "
      "look like a guest that has ended.",
      "convert it without interruption: CONVERTING.md"},
     virtual_domain},
    {{"vm-in-clone", vm, error, "a guest is cloned",
      "It is started on several nodes at the same time, which write the same image.",
      "take it out of the clone"},
     in_clone},
    {{"vm-in-group", vm, warning, "a guest shares a group with other resources",
      "When one of them fails, such as one that only sends mail, the guest is restarted or moved "
      "with "
      "it. Each costs operations, too.",
      "keep a guest alone; LibvirtQemu mails by itself (email)"},
     in_group},
};

}  // namespace

std::span<const LintRule> resource_rules() {
  return kRules;
}

}  // namespace havc::health
