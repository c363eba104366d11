// The model: what /etc/havc says of the cluster and of each virtual machine. Plain values; keys.h
// has their names in files.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "inventory/between.h"
#include "inventory/identity.h"

namespace havc::inventory {

using Cpus = Between<1, 1024>;           ///< far above QEMU's limit for any machine type
using Mebibytes = Between<1, 16777216>;  ///< 16 TiB
using Seconds = Between<1, 86400>;
using Milliseconds = Between<1, 60000>;
using Priority = Between<0, 1000000>;  ///< Pacemaker's INFINITY

enum class Kind {
  cluster,  ///< a resource of the cluster
  local,    ///< on its one node, without failover
};

enum class Wanted {
  started,
  stopped,   ///< in the cluster, with target-role Stopped
  disabled,  ///< not in the cluster's configuration
};

enum class ChassisType { external_ibmbc, external_ibmfx, fence_ibmbc, fence_ibmfx };

/// What lint or health find: "code", or "code:object".
struct FindingWord {
  std::string text;
};

/// Where something is reached: an address or a host name, as it was written.
struct Endpoint {
  std::string text;
};

struct Vm : Guest {
  std::vector<Path> disks = {};  ///< below /dev/ a block device, else an image; none given: one in
                                 ///< the zone's first folder
  Cpus cpus = {};
  Mebibytes memory = {};
  std::vector<NodeName> nodes = {};  ///< to begin on, at most two; of a local one, where it is
  std::optional<FileName> domain_template = {};
  std::optional<std::string> email = {};
  std::vector<Tag> tags = {};
  std::map<std::string, std::string> metadata = {};
  Kind kind = Kind::cluster;
  Wanted wanted = Wanted::started;
  std::optional<Priority> priority = {};
  Seconds stop_timeout = {};
  Seconds migration_timeout = {};
  std::optional<Milliseconds> migration_downtime = {};
  Identity identity = {};  ///< derived from the above
};

struct Node {
  NodeName name = {};
  Endpoint address = {};
  std::optional<Cpus> cpus = {};
  std::optional<Mebibytes> memory = {};  ///< for guests: less than the host has
  Source source = {};
};

struct Chassis {
  Tag name = {};
  ChassisType type = {};
  Endpoint address = {};
  Path snmp_conf_path = {};
  Source source = {};
};

/// Files in the folder of templates.
struct TemplateNames {
  FileName domain = {};
  FileName resource = {};
  FileName constraint = {};
  FileName stonith = {};
  FileName ping = {};
  FileName admin_address = {};
  FileName cluster_options = {};
  Source source = {};
};

struct Cluster {
  UuidPrefix uuid_prefix = {};
  std::vector<Address> ping_hosts = {};
  std::optional<InterfaceAddress> admin_address = {};
  std::optional<LinkName> admin_interface = {};
  std::vector<FindingWord> lint_ignore = {};  ///< what lint and health shall not find
  TemplateNames templates = {};
  Vm defaults = {};  ///< what a virtual machine has that says nothing else
  std::vector<Zone> zones = {};
  std::vector<Node> nodes = {};
  std::vector<Chassis> chassis = {};
  Source source = {};
};

struct Inventory {
  Cluster cluster = {};
  std::vector<Vm> vms = {};
};

}  // namespace havc::inventory

namespace havc::options {

template <>
struct Text<inventory::Endpoint> {
  static constexpr ContentType kType = ContentType::string;
  static constexpr std::string_view kExpected = "an address or a host name";
  static std::optional<inventory::Endpoint> parse(std::string_view text) {
    if (!inventory::parse_address(text) && !inventory::why_no_host_name(text).empty()) return {};
    return inventory::Endpoint{std::string(text)};
  }
};

template <>
struct Text<inventory::FindingWord> {
  static constexpr ContentType kType = ContentType::string;
  static constexpr std::string_view kExpected = "a code of lint's, or CODE:OBJECT";
  static std::optional<inventory::FindingWord> parse(std::string_view text);
};

template <>
struct Text<inventory::Kind> : SelectText<inventory::Kind, 2> {
  static constexpr Words kWords{"cluster", "local"};
  static std::optional<inventory::Kind> parse(std::string_view text) { return find(kWords, text); }
};

template <>
struct Text<inventory::Wanted> : SelectText<inventory::Wanted, 3> {
  static constexpr Words kWords{"started", "stopped", "disabled"};
  static std::optional<inventory::Wanted> parse(std::string_view text) {
    return find(kWords, text);
  }
};

template <>
struct Text<inventory::ChassisType> : SelectText<inventory::ChassisType, 4> {
  static constexpr Words kWords{"external/ibmbc", "external/ibmfx", "fence_ibmbc", "fence_ibmfx"};
  static std::optional<inventory::ChassisType> parse(std::string_view text) {
    return find(kWords, text);
  }
};

}  // namespace havc::options
