// What the cluster's configuration (CIB) says of the virtual machines, as values; and what its
// history says of migrations, which crm_mon does not. It decides nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace havc::cluster {

/// What asks for the CIB on any node; the file is the same text.
inline constexpr std::string_view kConfigurationProgram = "cibadmin";
inline constexpr std::string_view kConfigurationArguments[] = {"--query"};

using Values = std::map<std::string, std::string>;

/// Which configuration it is: every change makes it greater. `cibadmin --patch` and --replace
/// refuse an older one.
struct Version {
  std::uint64_t admin_epoch = 0;
  std::uint64_t epoch = 0;
  std::uint64_t num_updates = 0;  ///< of the state alone, not of the configuration
  bool operator==(const Version&) const = default;
  bool operator<(const Version& other) const;
  std::string text() const;  ///< "0.19.14"
};

struct Operation {
  std::string name = {};  ///< "start"
  std::chrono::milliseconds interval{0};
  std::optional<std::chrono::milliseconds> timeout = {};
  Values meta =
      {};  ///< "on-fail", "enabled", "record-pending", …: also what are attributes of <op>
};

/// A resource, a fence device, too. What its template and its sets say by reference is in it; what
/// says the same twice is what Pacemaker takes: its own before the template's, the greater score
/// first.
struct Primitive {
  std::string id = {};
  std::string agent = {};  ///< "ocf:havc:LibvirtQemu"
  Values parameters = {};
  Values meta = {};  ///< its own, without what a group or rsc_defaults gives
  Values utilization = {};
  std::vector<Operation> operations = {};
  std::vector<std::string> parents = {};  ///< groups, clones and bundles, outermost first
  bool has_rules = false;                 ///< some values hold sometimes only; these are left out
};

/// A location constraint that may be about a virtual machine.
struct Location {
  std::string id = {};
  std::vector<std::string> resources = {};  ///< empty with a pattern
  std::string pattern = {};                 ///< a regular expression over ids, not evaluated here
  std::string node = {};                    ///< empty: rules that say more than one node's name
  std::optional<std::int64_t> score = {};  ///< in ±kInfinity; none: rules, or an attribute's value
  bool leftover =
      false;  ///< of a move, ban or prefer that was not cleared: cli-ban-…, cli-prefer-…
  bool expires = false;  ///< has a lifetime
  /// Attributes of nodes that its rules ask for, each once; not "#uname" and the like.
  std::vector<std::string> attributes = {};
  /// Those of them without which a node is banned: ping's, until it has answered once.
  std::vector<std::string> required = {};
};

/// A group, clone or bundle.
struct Container {
  std::string id = {};
  std::string kind = {};  ///< "group", "clone", "master", "bundle"
  Values meta = {};
};

/// Devices that are tried together for a node, after those of smaller index.
struct FencingLevel {
  std::string target = {};  ///< a node; empty: a pattern or an attribute says which
  std::string index = {};   ///< "1" to "9"
  std::vector<std::string> devices = {};
};

struct ConfiguredNode {
  std::string name = {};
  std::string type = {};    ///< "member", "remote", "ping"
  Values attributes = {};   ///< "standby", "maintenance", …
  Values utilization = {};  ///< its capacity
};

/// A migration that was begun and whose source was not stopped yet.
struct Migration {
  std::string resource = {};
  std::string from = {};
  std::string to = {};
};

/// What a node remembers of an operation with a virtual machine: the last of its kind, of start,
/// stop and monitor the last of all three. The results of "monitor" are left out.
struct Deed {
  std::string resource = {};
  std::string node = {};
  std::string operation = {};  ///< "start", "stop", "migrate_to", "migrate_from"
  std::uint64_t call = 0;      ///< of a node's, a later one is greater, until its Pacemaker ends
  std::uint64_t begun = 0;     ///< seconds since 1970, by the node's clock
  std::uint64_t took = 0;      ///< milliseconds
  bool done = false;           ///< ended, and well
  std::string from = {};       ///< of a migration; else empty
  std::string to = {};
  bool operator==(const Deed&) const = default;
};

struct Configuration {
  Version version = {};
  std::string feature_set = {};    ///< "3.16.1"
  std::string validate_with = {};  ///< "pacemaker-3.0": its schema
  Values options = {};
  Values resource_defaults = {};
  Values operation_defaults = {};
  std::vector<ConfiguredNode> nodes = {};
  std::vector<Primitive> vms = {};     ///< LibvirtQemu of any provider
  std::vector<Primitive> others = {};  ///< all other resources, fence devices too
  std::vector<Container> containers = {};
  std::vector<FencingLevel> fencing_levels = {};
  std::vector<Location> locations = {};
  std::vector<Migration> migrations = {};  ///< none in a file without <status>
  /// Virtual machines that Pacemaker is looking for on some node; it starts nothing before. crm_mon
  /// does not show it.
  std::set<std::string> probed = {};
  /// Migrations that ended well on the source, and of which nothing was heard on the target:
  /// Pacemaker 2.1 can lose sight of such a guest when its target is banned in between (DESIGN.md).
  std::vector<Migration> stranded = {};
  std::vector<Deed> deeds = {};  ///< of all virtual machines; none in a file without <status>

  /// Names of the attributes that a node has until it leaves, by node; one of which none is told
  /// is missing.
  std::map<std::string, std::set<std::string>> transient = {};

  const Primitive* vm(std::string_view id) const;  ///< nothing when there is none of that id
  const Migration* migration(std::string_view id) const;
  const ConfiguredNode* node(std::string_view name) const;
  const Container* container(std::string_view id) const;

  /// How long Pacemaker lets an operation take: its own timeout, or else op_defaults', or else 20 s
  /// (Pacemaker's default).
  std::chrono::milliseconds timeout(const Primitive& vm, std::string_view operation) const;
};

/// Pacemaker's times: a number with ms, us, s, sec, m, min, h or hr, without unit seconds. Nothing
/// for other text (ISO 8601, too).
std::optional<std::chrono::milliseconds> duration(std::string_view text);

/// Reads a CIB; `source` ("cibadmin on 'n1'", or the file's path) is for messages. What is not
/// known is ignored. Throws Error(unusable_here) for what is not XML, longer than 64 MiB, no CIB,
/// or without what no decision can do without.
Configuration parse_configuration(std::string_view text, const std::string& source);

}  // namespace havc::cluster
