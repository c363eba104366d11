#include "change/files.h"

#include <fmt/format.h>

#include <algorithm>

#include "node/question.h"
#include "node/report.h"
#include "node/sha256.h"
#include "remote/everywhere.h"

namespace havc::change {

namespace {

using remote::Answer;
using remote::Command;
using remote::Host;

Command question() {
  node::Question question;
  question.files = true;
  Command command;
  for (const auto& word : node::kReportCommand) command.arguments.emplace_back(word);
  command.input = to_json(question);
  return command;
}

/// Its output; throws what is known instead.
std::string output_of(const Answer& answer, const Host& host, const Command& command) {
  if (const auto* error = std::get_if<Error>(&answer)) throw *error;
  const auto& result = std::get<ProcessResult>(answer);
  if (result.exit_code == 0) return result.output;
  throw Error(
      Fault::failed,
      fmt::format("'{}' on '{}' ended with {}: {}", command.arguments.front(), host.name,
                  result.exit_code, result.words()),
      fmt::format("install the package havc on '{}' in the version of this machine", host.name));
}

void take_report(NodeLook& look, const std::string& text) {
  const auto report = node::parse_report(text, "node '" + look.host.name + "'");
  for (const auto* folder : {&report.domains, &report.inventory}) {
    if (folder->known()) continue;
    throw Error(Fault::unusable_here, fmt::format("'{}' does not know what is in its folders: {}",
                                                  look.host.name, folder->unknown));
  }
  look.definitions = *report.domains;
  look.inventory = *report.inventory;
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
        const auto text = output_of(run(look.host, command, deadline), look.host, command);
        if (node::sha256(text) == *hash) entry->second = parse_stamp(text, kStampFile);
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

Look look(const std::vector<Host>& hosts, const remote::Run& run, Deadline deadline) {
  Look result;
  const Command command = question();
  const auto answers = remote::everywhere(run, hosts, command, {}, deadline);
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    NodeLook look{.host = hosts[i]};
    try {
      take_report(look, output_of(answers[i], hosts[i], command));
    } catch (const Error& error) {
      look.trouble = error;
    }
    result.nodes.push_back(std::move(look));
  }
  take_stamps(result.nodes, run, deadline);
  return result;
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
