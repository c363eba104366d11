// Rules about what nodes have been set up to do, as their reports say.
#include <algorithm>

#include "health/lint_rule.h"

#include <fmt/format.h>

namespace havc::health {

namespace {

/// Whether systemd starts it with the node.
bool starts_at_boot(const node::Report& report, const std::string& name) {
  if (!report.services.known()) return false;
  return std::any_of(report.services->begin(), report.services->end(), [&](const auto& service) {
    return service.name == name &&
           (service.enabled == "enabled" || service.enabled == "enabled-runtime");
  });
}

void cluster_at_boot(const Subject& subject, const Tell& tell) {
  if (is_false(subject.option("stonith-enabled"))) return;
  for (const auto& [name, report] : subject.reports()) {
    std::vector<std::string> services;
    for (const auto* service : {"corosync", "pacemaker"}) {
      if (starts_at_boot(report, service)) services.emplace_back(service);
    }
    if (!services.empty()) tell(name, "starts with the node: " + some_of(services));
  }
}

void libvirt_guests(const Subject& subject, const Tell& tell) {
  for (const auto& [name, report] : subject.reports()) {
    if (starts_at_boot(report, "libvirt-guests")) tell(name, "libvirt-guests is enabled");
  }
}

void autostart(const Subject& subject, const Tell& tell) {
  for (const auto& [name, report] : subject.reports()) {
    if (!report.libvirt.known()) continue;
    for (const auto& guest : subject.configuration().vms) {
      const auto* domain = report.libvirt->domain(guest.id);
      if (domain != nullptr && domain->autostart)
        tell(guest.id, fmt::format("libvirt on '{}' starts it with the node", name),
             fmt::format("on '{}': virsh autostart --disable {}", name, guest.id));
    }
  }
}

void definition_not_local(const Subject& subject, const Tell& tell) {
  for (const auto& [name, report] : subject.reports()) {
    if (!report.domains.known() || !report.domains->exists || report.domains->local) continue;
    tell(name, fmt::format("'{}' lies on {}", report.domains->path, report.domains->file_system));
  }
}

std::string file_name(const std::string& path) {
  const std::string folder = std::string(node::kDomainFolder) + "/";
  return path.starts_with(folder) ? path.substr(folder.size()) : std::string();
}

/// "'n1', 'n2' and 'n3'": nodes with the same content are together.
std::string groups_of(const std::map<std::string, std::vector<std::string>>& by_hash) {
  std::string text;
  for (const auto& [hash, nodes] : by_hash)
    text += (text.empty() ? std::string() : " and ") + some_of(nodes);
  return text;
}

void compare_file(const Subject& subject, const Tell& tell, const std::string& guest,
                  const std::string& path) {
  std::map<std::string, std::vector<std::string>> by_hash;
  std::vector<std::string> without;
  for (const auto& [node, report] : subject.reports()) {
    if (!report.domains.known()) continue;
    const auto* file = report.domains->file(file_name(path));
    if (file == nullptr) {
      without.push_back(node);
    } else if (file->sha256.known()) {
      by_hash[*file->sha256].push_back(node);
    }
  }
  if (!without.empty()) tell(guest, fmt::format("'{}' is missing on {}", path, some_of(without)));
  if (by_hash.size() > 1)
    tell(guest, fmt::format("'{}' differs between {}", path, groups_of(by_hash)));
}

void definition_differs(const Subject& subject, const Tell& tell) {
  for (const auto& guest : subject.configuration().vms) {
    const auto config = guest.parameters.find("config");
    if (config == guest.parameters.end() || file_name(config->second).empty()) continue;
    compare_file(subject, tell, guest.id, config->second);
  }
}

using enum Severity;
using enum About;

constexpr LintRule kRules[] = {
    {{"autostart", vm, error, "libvirt starts a guest of the cluster with the node",
      "A node that comes back starts the guest while it runs elsewhere: two write the same image.",
      "virsh autostart --disable NAME on that node"},
     autostart},
    {{"cluster-at-boot", node, hint, "the cluster starts with the node",
      "A node that was fenced because of a fault it still has comes back, is fenced again, and so "
      "on; "
      "with two nodes they may fence each other in turn.",
      "systemctl disable corosync pacemaker, and start them when you have looked; or leave it so "
      "that "
      "nodes come back at night"},
     cluster_at_boot},
    {{"definition-differs", vm, error, "a guest's definition is not the same on all nodes",
      "After a failover it is another machine: other memory, another network card, or none at all.",
      "havc apply"},
     definition_differs},
    {{"definition-not-local", node, error, "definitions lie on a network file system",
      "A storage that hangs keeps all guests of the node from starting, and the cluster from "
      "looking at them: the node is fenced.",
      "keep /etc/havc on the node's own disk"},
     definition_not_local},
    {{"libvirt-guests", node, warning, "the operating system stops and starts guests, too",
      "At a shutdown libvirt-guests suspends or stops guests behind the cluster's back, and may "
      "start them at the next boot while they run elsewhere.",
      "systemctl disable --now libvirt-guests"},
     libvirt_guests},
};

}  // namespace

std::span<const LintRule> node_rules() {
  return kRules;
}

}  // namespace havc::health
