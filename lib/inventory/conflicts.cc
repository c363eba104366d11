#include "inventory/conflicts.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"

namespace havc::inventory {

namespace {

/// Claims of one kind of value.
class Register {
 public:
  explicit Register(std::vector<Error>& problems) : problems_(problems) {}

  /// `value` is what must differ, `shown` what was written.
  void claim(const std::string& value, const std::string& what, const std::string& shown,
             const Source& source, const std::string& key) {
    const auto place = source.at(key);
    const auto [first, is_new] = claims_.try_emplace(
        value, place.substr(0, place.size() - std::min<std::size_t>(place.size(), 2)));
    if (is_new) return;
    problems_.push_back(refusal(
        source, key, what + " " + text::quote(shown) + " is claimed by " + first->second + ", too",
        "change one of them"));
  }

 private:
  std::vector<Error>& problems_;
  std::map<std::string, std::string> claims_;  // value → place
};

struct Registers {
  explicit Registers(std::vector<Error>& problems)
      : addresses(problems),
        macs(problems),
        uuids(problems),
        names(problems),
        hosts(problems),
        disks(problems) {}
  Register addresses;
  Register macs;
  Register uuids;
  Register names;
  Register hosts;
  Register disks;
};

void claim_endpoint(const Endpoint& endpoint, const Source& source, Registers& registers) {
  if (const auto address = parse_address(endpoint.text))
    registers.addresses.claim(text_of(*address), "address", endpoint.text, source, "address");
}

void claim_of_cluster(const Cluster& cluster, Registers& registers) {
  for (const auto& node : cluster.nodes) claim_endpoint(node.address, node.source, registers);
  for (const auto& chassis : cluster.chassis)
    claim_endpoint(chassis.address, chassis.source, registers);
  if (cluster.admin_address) {
    const auto shown = text_of(cluster.admin_address->address);
    registers.addresses.claim(shown, "address", shown, cluster.source, "admin_address");
  }
  std::set<std::string> hosts;
  for (const auto& address : cluster.ping_hosts) {
    if (hosts.insert(text_of(address)).second)
      registers.addresses.claim(text_of(address), "address", text_of(address), cluster.source,
                                "ping_hosts");
  }
}

void claim_of_vm(const Vm& vm, Registers& registers) {
  const Identity& identity = vm.identity;
  const auto& source = vm.source;
  registers.names.claim(text::lower(identity.fqn), "name", identity.fqn, source, "name");
  registers.hosts.claim(vm.host.text, "host", vm.host.text, source, "host");
  registers.macs.claim(identity.mac.text(), "MAC address", identity.mac.text(), source,
                       vm.mac ? "mac" : "address");
  registers.uuids.claim(identity.uuid.text(), "UUID", identity.uuid.text(), source,
                        vm.uuid  ? "uuid"
                        : vm.mac ? "mac"
                                 : "address");
  if (identity.ipv4)
    registers.addresses.claim(identity.ipv4->text(), "address", identity.ipv4->text(), source,
                              "address");
  if (identity.ipv6)
    registers.addresses.claim(identity.ipv6->text(), "address", identity.ipv6->text(), source,
                              vm.address_v6 ? "address_v6" : "address");
  for (const auto& disk : vm.disks)
    registers.disks.claim(disk.text, "disk", disk.text, source, "disks");
}

/// Tags are ids of Pacemaker's configuration, where the shipped templates have others in small
/// letters.
bool is_id_of_others(const std::string& tag, const Cluster& cluster) {
  if (tag.starts_with("rsc-options") || tag.starts_with("cib-bootstrap-options")) return true;
  return std::any_of(cluster.chassis.begin(), cluster.chassis.end(), [&](const Chassis& each) {
    return tag == each.name.text || tag.starts_with(each.name.text + "-");
  });
}

void check_tags(const Vm& vm, const Cluster& cluster, std::vector<Error>& problems) {
  for (const auto& tag : vm.tags) {
    if (!is_id_of_others(tag.text, cluster)) continue;
    problems.push_back(refusal(
        vm.source, "tags",
        "tag " + text::quote(tag.text) + " is an id of the cluster's options or of a chassis",
        "choose another"));
  }
}

}  // namespace

std::vector<Error> conflicts(const Inventory& inventory) {
  std::vector<Error> problems;
  Registers registers(problems);
  claim_of_cluster(inventory.cluster, registers);
  for (const auto& vm : inventory.vms) {
    claim_of_vm(vm, registers);
    check_tags(vm, inventory.cluster, problems);
  }
  return problems;
}

}  // namespace havc::inventory
