#include "power/survey.h"

#include <algorithm>
#include <chrono>

#include "base/text.h"
#include "power/scaling.h"

namespace havc::power {

namespace {

using namespace std::chrono_literals;
using snmp::Request;

// Three tries of SNMPv1, or two of SNMPv3: who waits longer for what is only useful, fails the
// action for it.
constexpr auto kMostTime = 10s;
constexpr std::size_t kBaysPerPacket = 2;  // within 484 bytes (RFC 3417 3.2.1)
constexpr int kMostWidth = 14;

/// "3", "03" and "3 - 4" as well as 3: the bay that a row says it is of.
std::optional<std::int64_t> leading_number(const snmp::Value& value) {
  if (const auto number = snmp::number(value)) return number;
  const std::string words = snmp::text(value);
  const std::string_view trimmed = text::trim(words);
  const auto digits = text::number(trimmed.substr(0, trimmed.find_first_not_of("0123456789")));
  if (!digits) return {};
  return static_cast<std::int64_t>(*digits);
}

/// What identifies one blade, in the order of take().
std::vector<snmp::Oid> identity_objects(const Chassis& chassis, const Bay& bay) {
  const auto& [by_bay, owner, serial, uuid] = chassis.inventory;
  const auto row = inventory_row(chassis, bay);
  std::vector<snmp::Oid> oids;
  for (const auto& column : {chassis.widths.bay, chassis.widths.width}) {
    if (!column.empty()) oids.push_back(column / bay.index);
  }
  for (const auto& column : {owner, serial, uuid}) {
    if (!column.empty()) oids.push_back(column / row);
  }
  return oids;
}

class Answers {
 public:
  explicit Answers(const std::vector<snmp::Binding>& bindings) {
    for (const auto& binding : bindings) all_.emplace_back(binding.oid, binding.value);
  }
  snmp::Value operator()(const snmp::Oid& oid) const {
    const auto found =
        std::find_if(all_.begin(), all_.end(), [&](const auto& one) { return one.first == oid; });
    return found == all_.end() ? snmp::Value(snmp::Absent()) : found->second;
  }

 private:
  std::vector<std::pair<snmp::Oid, snmp::Value>> all_;
};

/// Only rows that say to be the bay's are: their index need not be its number.
void take_identity(Bay& bay, const Chassis& chassis, const Answers& answers) {
  const auto& widths = chassis.widths;
  if (leading_number(answers(widths.bay / bay.index)) == bay.number) {
    const auto width = snmp::number(answers(widths.width / bay.index));
    if (width && *width > 1 && *width <= kMostWidth) bay.width = static_cast<int>(*width);
  }
  const auto& inventory = chassis.inventory;
  const auto row = inventory_row(chassis, bay);
  if (leading_number(answers(inventory.bay / row)) != bay.number) return;
  bay.serial = text::trim(snmp::text(answers(inventory.serial / row)));
  const auto uuid = answers(inventory.uuid / row);
  if (const auto* text = std::get_if<std::string>(&uuid)) bay.uuid = uuid_of(*text);
}

struct Batch {
  std::vector<Request> requests;
  std::vector<std::vector<Bay*>> bays;  // of each request
};

Batch identity_requests(Survey& survey, int number, const Chassis& chassis) {
  Batch batch;
  for (auto& bay : survey.bays) {
    if (bay.chassis != number || !bay.exists || bay.number == 0) continue;
    const auto oids = identity_objects(chassis, bay);
    if (oids.empty()) break;
    if (batch.bays.empty() || batch.bays.back().size() == kBaysPerPacket) {
      batch.requests.push_back({Request::Kind::get, {}});
      batch.bays.emplace_back();
    }
    auto& asked = batch.requests.back().oids;
    asked.insert(asked.end(), oids.begin(), oids.end());
    batch.bays.back().push_back(&bay);
  }
  return batch;
}

std::vector<std::pair<std::int64_t, std::int64_t>> stand_alone(const snmp::Contact& module,
                                                               const Chassis& chassis,
                                                               const std::vector<Node>& nodes,
                                                               Deadline deadline) {
  const auto partitions = partitions_of(nodes);
  std::vector<Request> requests;
  for (const auto& [complex, partition] : partitions) {
    const auto row = chassis.scaling.mode / static_cast<std::uint32_t>(complex);
    requests.push_back({Request::Kind::get, {row / static_cast<std::uint32_t>(partition)}});
  }
  const auto replies = exchange(module, requests, deadline);
  std::vector<std::pair<std::int64_t, std::int64_t>> found;
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    // A mode that cannot be read is no reason to believe that a blade works for itself.
    if (replies[i].error || replies[i].bindings.empty()) continue;
    if (snmp::number(replies[i].bindings.front().value) == chassis.scaling.stand_alone) {
      found.push_back(partitions[i]);
    }
  }
  return found;
}

/// A column that every blade in such a table has a row of.
const snmp::Oid& probe_column(const Chassis& chassis) {
  return chassis.scaling.role.empty() ? chassis.scaling.complex : chassis.scaling.role;
}

void add_systems(Survey& survey, int number, const snmp::Contact& module, const Chassis& chassis,
                 Deadline deadline) {
  const auto nodes = nodes_of(chassis, rows(module, scaling_columns(chassis), deadline));
  const bool modes = !chassis.scaling.mode.empty() && !nodes.empty();
  const auto alone = modes ? stand_alone(module, chassis, nodes, deadline)
                           : std::vector<std::pair<std::int64_t, std::int64_t>>();
  for (auto& system : systems_of(chassis, number, nodes, alone)) {
    survey.systems.push_back(std::move(system));
  }
}

}  // namespace

std::vector<Bay> read_bays(const snmp::Contact& module, const Chassis& chassis, Deadline deadline) {
  std::vector<Bay> bays;
  for (const auto& row : rows(module, columns(chassis), deadline)) {
    bays.push_back(decode(chassis, row.index, row.values));
  }
  if (bays.empty()) {
    throw Error(
        Fault::failed, text::quote(module.name()) + " has no table of bays",
        "give the community or user of snmp.conf access to it, or restart the management module");
  }
  return bays;
}

void add_bays(Survey& survey, int number, const snmp::Contact& module, const Chassis& chassis,
              Deadline deadline) {
  for (auto& bay : read_bays(module, chassis, deadline)) {
    bay.chassis = number;
    survey.bays.push_back(std::move(bay));
  }
}

void add_known_bays(Survey& survey, int number, const snmp::Contact& module, const Chassis& chassis,
                    const std::vector<int>& bays, Deadline deadline) {
  std::vector<Request> requests;
  requests.reserve(bays.size());
  for (const int bay : bays)
    requests.push_back({Request::Kind::get, objects(chassis, static_cast<std::uint32_t>(bay))});
  const auto replies = exchange(module, requests, deadline);
  for (std::size_t i = 0; i < bays.size(); ++i) {
    Bay bay = decode(chassis, static_cast<std::uint32_t>(bays[i]), replies[i].values());
    if (bay.number != bays[i]) {
      throw Error(Fault::failed,
                  text::quote(module.name()) + " does not have bay " + std::to_string(bays[i]) +
                      " in the row of its number, and its table of bays could not be read",
                  "restart the management module");
    }
    bay.chassis = number;
    survey.bays.push_back(std::move(bay));
  }
}

void add_identities(Survey& survey, int number, const snmp::Contact& module, const Chassis& chassis,
                    Deadline deadline) {
  auto batch = identity_requests(survey, number, chassis);
  const auto& probe = probe_column(chassis);
  if (!probe.empty()) batch.requests.push_back({Request::Kind::next, {probe}});
  const auto replies = exchange(module, batch.requests, deadline.capped(kMostTime));
  const auto note = [&](const std::string& what, const Error& error) {
    const std::string words = what + ": " + error.problem();
    const auto& notes = survey.notes;
    if (std::find(notes.begin(), notes.end(), words) == notes.end()) survey.notes.push_back(words);
  };
  for (std::size_t i = 0; i < batch.bays.size(); ++i) {
    if (replies[i].error) {
      note("width, UUID and serial number of blades could not be read", *replies[i].error);
      continue;
    }
    for (auto* bay : batch.bays[i]) take_identity(*bay, chassis, Answers(replies[i].bindings));
  }
  if (probe.empty()) return;
  if (replies.back().error) {
    return note("it is not known which blades are joined into one system", *replies.back().error);
  }
  const auto& next = replies.back().bindings;
  if (next.empty() || !probe.contains(next.front().oid)) return;  // it has no such table
  try {
    add_systems(survey, number, module, chassis, deadline);
  } catch (const Error& error) {
    survey.joined_unknown.push_back({number, error});
  }
}

}  // namespace havc::power
