#include <fmt/format.h>

#include <optional>

#include "change/files.h"
#include "node/receive.h"
#include "node/sha256.h"
#include "remote/everywhere.h"

namespace havc::change {

namespace {

using remote::Answer;
using remote::Command;
using remote::Errand;

constexpr auto kMode = static_cast<unsigned>(kDefinitionMode);

Errand errand_of(const Delivery& delivery) {
  node::Parcel parcel{.remove = delivery.remove};
  for (const auto& file : delivery.put)
    parcel.files.push_back({file.path, file.content, file.hash, kMode});
  Command command;
  for (const auto& word : node::kReceiveCommand) command.arguments.emplace_back(word);
  command.input = to_json(parcel);
  return {delivery.host, std::move(command)};
}

/// What became of each path.
std::map<std::string, node::Receipt> receipts_of(const Answer& answer, const std::string& name) {
  if (const auto* error = std::get_if<Error>(&answer)) throw *error;
  const auto& result = std::get<ProcessResult>(answer);
  // What failed of the files has a receipt and an exit code of its own.
  if (result.output.empty()) {
    throw Error(
        Fault::failed,
        fmt::format("'havc node receive' on '{}' ended with {}: {}", name, result.exit_code,
                    result.words()),
        fmt::format("install the package havc on '{}' in the version of this machine", name));
  }
  std::map<std::string, node::Receipt> receipts;
  for (auto& each : node::parse_receipts(result.output, "'" + name + "'"))
    receipts[each.path] = std::move(each);
  return receipts;
}

/// Why the path has come to neither of two ends; nothing when it has.
std::optional<std::string> problem_of(const std::map<std::string, node::Receipt>& receipts,
                                      const std::string& path, node::Outcome one,
                                      node::Outcome other) {
  const auto found = receipts.find(path);
  if (found == receipts.end()) return "nothing was said of it";
  const auto& receipt = found->second;
  if (receipt.outcome == one || receipt.outcome == other) return {};
  return receipt.problem;
}

/// Throws the first problem; one that is only another one's consequence when there is no other.
void check(const Delivery& delivery, const Answer& answer) {
  const auto& name = delivery.host.name;
  const auto receipts = receipts_of(answer, name);
  std::optional<std::string> words;
  const auto take = [&](const std::string& path, const std::optional<std::string>& problem) {
    if (!problem || (words && *problem == node::kHeldBack)) return;
    const bool cause = *problem != node::kHeldBack;
    if (!words || (cause && words->ends_with(node::kHeldBack)))
      words = fmt::format("'{}' on '{}': {}", path, name, *problem);
  };
  using node::Outcome;
  for (const auto& file : delivery.put)
    take(file.path, problem_of(receipts, file.path, Outcome::written, Outcome::unchanged));
  for (const auto& path : delivery.remove)
    take(path, problem_of(receipts, path, Outcome::removed, Outcome::absent));
  if (!words) return;
  throw Error(Fault::failed, *words,
              fmt::format("make room on that disk of '{}', or repair it", name));
}

}  // namespace

Delivery inventory_delivery(const NodeLook& node, const Copy& inventory) {
  const std::string folder = std::string(node::kInventoryFolder) + "/";
  Delivery delivery{.host = node.host};
  for (const auto& [name, content] : inventory) {
    const node::File* there = node.inventory.file(name);
    const auto hash = node::sha256(content);
    const bool same = there != nullptr && there->kind == node::FileKind::regular &&
                      there->sha256.known() && *there->sha256 == hash;
    if (!same) delivery.put.push_back({folder + name, content, hash});
  }
  for (const auto& file : node.inventory.files) {
    if (file.path != kStampFile && !inventory.contains(file.path))
      delivery.remove.push_back(folder + file.path);
  }
  return delivery;
}

std::vector<Delivered> deliver(const std::vector<Delivery>& deliveries, const remote::Run& run,
                               Deadline deadline) {
  std::vector<Errand> errands;
  errands.reserve(deliveries.size());
  for (const auto& each : deliveries) errands.push_back(errand_of(each));
  const auto answers = remote::everywhere(run, errands, {}, deadline);
  std::vector<Delivered> result;
  for (std::size_t i = 0; i < deliveries.size(); ++i) {
    Delivered delivered{.host = deliveries[i].host};
    try {
      check(deliveries[i], answers[i]);
    } catch (const Error& error) {
      delivered.trouble = error;
    }
    result.push_back(std::move(delivered));
  }
  return result;
}

}  // namespace havc::change
