// A rule of lint with the function that looks, and what these functions share. For this module
// alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/devices.h"
#include "health/lint.h"

namespace havc::health {

/// What rules ask of a disk that domain::Disk does not have.
struct DiskDriver {
  std::string format = {};        ///< "raw"
  std::string error_policy = {};  ///< "enospace"; empty: the hypervisor's
  std::string bus = {};           ///< "virtio"
};

/// A definition that could be read.
struct Definition {
  std::string vm = {};
  std::string node = {};  ///< empty: as the inventory makes it
  domain::Devices devices = {};
  std::vector<DiskDriver> drivers = {};  ///< of devices.disks, in their order
  std::string on_poweroff = {};          ///< each as it is written, or libvirt's default
  std::string on_reboot = {};
  std::string on_crash = {};
  bool acpi = false;
  std::vector<std::string> card_models = {};    ///< of network cards; empty text: none is named
  std::vector<std::string> open_graphics = {};  ///< types that listen on more than this host, and
                                                ///< ask for no password
};

/// Throws Error(unusable_here).
Definition read_definition(const DefinitionText& text);

/// The material with what is asked of it again and again.
class Subject {
 public:
  explicit Subject(const Material& material);

  const cluster::Configuration& configuration() const { return material_.configuration; }
  const cluster::Status* status() const { return material_.status; }
  const inventory::Inventory* inventory() const { return material_.inventory; }
  const std::map<std::string, node::Report>& reports() const { return material_.reports; }
  const std::vector<Definition>& definitions() const { return definitions_; }
  /// Those that could not be read: the vm, and why.
  const std::vector<std::pair<std::string, std::string>>& unreadable() const { return unreadable_; }

  /// An option of the cluster, empty when it is not set.
  std::string option(const std::string& name) const;
  /// A meta attribute as Pacemaker takes it: the resource's own, that of what it is in, the
  /// default of all.
  std::optional<std::string> meta(const cluster::Primitive& resource,
                                  const std::string& name) const;
  std::optional<std::string> resource_default(const std::string& name) const;
  /// Full members: not remote nodes.
  std::vector<std::string> members() const;
  /// Every node's name that there is, remote and guest nodes, too.
  std::vector<std::string> node_names() const;
  std::vector<const cluster::Primitive*> fence_devices() const;

  /// MiB: of the definition, else the utilization; 0: not known.
  std::uint64_t memory_of(const cluster::Primitive& vm) const;
  /// Likewise; 0: not known.
  std::uint64_t cpus_of(const cluster::Primitive& vm) const;
  /// Of a node: the report's, else the inventory's, else its utilization; 0: not known.
  std::uint64_t cpus_of(const std::string& node) const;
  /// MiB, likewise.
  std::uint64_t memory_of(const std::string& node) const;
  /// The definition a resource has; the inventory's first. nullptr: not known.
  const Definition* definition_of(std::string_view vm) const;

 private:
  const Material& material_;
  std::vector<Definition> definitions_ = {};
  std::vector<std::pair<std::string, std::string>> unreadable_ = {};

  const inventory::Node* inventory_node(const std::string& name) const;
};

/// Takes a rule's findings.
class Tell {
 public:
  Tell(const Rule& rule, std::vector<Finding>& findings) : rule_(rule), findings_(findings) {}
  void operator()(std::string object, std::string message, std::string remedy = {}) const {
    findings_.push_back(found(rule_, std::move(object), std::move(message), std::move(remedy)));
  }

 private:
  const Rule& rule_;
  std::vector<Finding>& findings_;
};

struct LintRule {
  Rule rule;
  void (*check)(const Subject& subject, const Tell& tell);
};

/// The tables, one a file.
std::span<const LintRule> cluster_rules();
std::span<const LintRule> fencing_rules();
std::span<const LintRule> operation_rules();
std::span<const LintRule> resource_rules();
std::span<const LintRule> placement_rules();
std::span<const LintRule> capacity_rules();
std::span<const LintRule> definition_rules();
std::span<const LintRule> disk_rules();
std::span<const LintRule> node_rules();

/// Pacemaker's words for a boolean; false for none and for other text.
bool is_true(const std::optional<std::string>& text);
/// The same of "false".
bool is_false(const std::optional<std::string>& text);
/// "120 s"
std::string seconds_text(std::chrono::milliseconds time);
bool contains(const std::vector<std::string>& names, std::string_view name);
/// "'a', 'b' and 3 more"
std::string some_of(const std::vector<std::string>& names);

}  // namespace havc::health
