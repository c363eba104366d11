#include "change/files.h"

#include <fmt/format.h>

#include <algorithm>

#include "node/sha256.h"

namespace havc::change {

namespace {

using remote::Command;
using remote::Host;

NodeLook look_of_one(const node::NodeReport& asked) {
  NodeLook look{.host = asked.host, .trouble = asked.trouble};
  if (look.trouble) return look;
  for (const auto* folder : {&asked.report->domains, &asked.report->inventory}) {
    if (folder->known()) continue;
    look.trouble =
        Error(Fault::unusable_here, fmt::format("'{}' does not know what is in its folders: {}",
                                                look.host.name, folder->unknown));
    return look;
  }
  look.definitions = *asked.report->domains;
  look.inventory = *asked.report->inventory;
  return look;
}

const std::string* stamp_hash(const NodeLook& look) {
  const node::File* file = look.trouble ? nullptr : look.inventory.file(kStampFile);
  return file != nullptr && file->sha256.known() ? &*file->sha256 : nullptr;
}

/// One node of each different stamp is asked for its text: most often one in all.
void take_stamps(std::vector<NodeLook>& looks, const remote::Run& run, Deadline deadline) {
  std::map<std::string, std::optional<Stamp>> stamps;
  const Command command{{"cat", std::string(node::kInventoryFolder) + "/" + kStampFile}};
  for (auto& look : looks) {
    const std::string* hash = stamp_hash(look);
    if (hash == nullptr) continue;
    const auto [entry, is_new] = stamps.emplace(*hash, std::nullopt);
    if (is_new) {
      try {
        const auto result = run(look.host, command, deadline);
        if (result.exit_code != 0) throw Error(Fault::unusable_here, result.words());
        if (node::sha256(result.output) == *hash)
          entry->second = parse_stamp(result.output, kStampFile);
      } catch (const Error&) {
        stamps.erase(entry);  // another node with the same may answer
        continue;
      }
    }
    look.stamp = entry->second;
  }
}

}  // namespace

const NodeLook* Look::node(const std::string& name) const {
  const auto found = std::find_if(nodes.begin(), nodes.end(),
                                  [&](const NodeLook& each) { return each.host.name == name; });
  return found == nodes.end() ? nullptr : &*found;
}

std::vector<NodeFiles> Look::node_files() const {
  std::vector<NodeFiles> all;
  for (const auto& each : nodes) {
    NodeFiles files{.node = each.host.name, .reached = !each.trouble};
    if (each.trouble) files.reason = each.trouble->problem();
    for (const auto& file : each.definitions.files) {
      const bool right = file.kind == node::FileKind::regular && file.mode == kDefinitionMode;
      if (right && file.sha256.known())
        files.hashes[fmt::format("{}/{}", kDefinitionFolder, file.path)] = *file.sha256;
    }
    all.push_back(std::move(files));
  }
  return all;
}

Look look_of(const std::vector<node::NodeReport>& reports, const remote::Run& run,
             Deadline deadline) {
  Look result;
  result.nodes.reserve(reports.size());
  for (const auto& each : reports) result.nodes.push_back(look_of_one(each));
  take_stamps(result.nodes, run, deadline);
  return result;
}

Look look(const std::vector<Host>& hosts, const remote::Run& run, Deadline deadline) {
  return look_of(node::ask_nodes(hosts, {.files = true}, run, deadline), run, deadline);
}

const NodeLook* newer_copy(const Look& look, const std::optional<Stamp>& own,
                           const std::string& digest) {
  const NodeLook* newest = nullptr;
  for (const auto& each : look.nodes) {
    if (!each.stamp || each.stamp->digest == digest) continue;
    // An apply that this machine has made, or an older one that the node has missed nothing but.
    if (own && (each.stamp->digest == own->digest || each.stamp->serial < own->serial)) continue;
    if (newest == nullptr || each.stamp->serial > newest->stamp->serial) newest = &each;
  }
  return newest;
}

}  // namespace havc::change
