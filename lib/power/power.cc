#include "power/power.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "power/pursuit.h"

namespace havc::power {

namespace {

using namespace std::chrono_literals;
using snmp::operator""_oid;

constexpr snmp::Oid kSysDescr = ".1.3.6.1.2.1.1.1.0"_oid;  // SNMPv2-MIB
constexpr auto kPoll = 1s;  // between readings, as HAVC-II; a module answers in tenths of a second
constexpr auto kCommandTime =
    6s;  // for the answer to a command: three tries of SNMPv1, one of SNMPv3; then look what it did
constexpr auto kSilence =
    5s;  // for a reading; OpenHPI calls answers "after several attempts" normal
constexpr auto kOnTime = 10s;

bool described(const Chassis& chassis, const std::string& description) {
  const std::string lowered = text::lower(description);
  return std::any_of(
      chassis.descriptions.begin(), chassis.descriptions.end(),
      [&](std::string_view part) { return lowered.find(text::lower(part)) != std::string::npos; });
}

std::vector<Pursuit> pursuits(const Chassis& chassis, const std::vector<Bay>& bays, Goal goal,
                              Instant soft_until) {
  std::vector<Pursuit> all;
  all.reserve(bays.size());
  for (const auto& bay : bays) all.emplace_back(chassis, bay, goal, soft_until);
  return all;
}

/// Reads every bay, each in a packet of its own: state and identity belong together. Silence is
/// repeated until the deadline.
void look(snmp::Session& session, const Chassis& chassis, std::vector<Pursuit>& all,
          Deadline deadline) {
  std::vector<snmp::Request> requests;
  requests.reserve(all.size());
  for (const auto& one : all)
    requests.push_back({snmp::Request::Kind::get, objects(chassis, one.bay().index)});
  const Instant start = deadline.now();
  const auto replies = session.exchange(requests, deadline);
  const bool cut_short = deadline.expired() && deadline.now() - start < kSilence;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& error = replies.at(i).error;
    if (error && error->fault() == Fault::permission) throw Error(*error);
    if (error && cut_short) continue;  // that we had no time to listen says nothing about the bay
    if (error) {
      all[i].saw_nothing(*error);
      continue;
    }
    std::vector<snmp::Value> values;
    for (const auto& binding : replies[i].bindings) values.push_back(binding.value);
    all[i].saw(decode(chassis, all[i].bay().index, values));
  }
}

void command(snmp::Session& session, const Chassis& chassis, std::vector<Pursuit>& all,
             Deadline deadline) {
  std::vector<snmp::Request> requests;
  std::vector<Pursuit*> addressed;
  for (auto& one : all) {
    const auto code = one.due(deadline.now());
    if (!code) continue;
    requests.push_back(
        {snmp::Request::Kind::set, {chassis.columns.command / one.bay().index}, *code});
    addressed.push_back(&one);
  }
  if (requests.empty()) return;
  const auto replies = session.exchange(requests, deadline.capped(kCommandTime));
  for (std::size_t i = 0; i < addressed.size(); ++i) {
    addressed[i]->gave(requests[i].value, replies.at(i).error, deadline.now());
  }
}

const char* remedy_of(const Pursuit& one) {
  if (one.bay().state.power == Power::unknown) {
    return "the management module has lost the blade: reseat it or restart its service processor";
  }
  return "read the management module's event log; switch the blade by hand";
}

Error unfinished(const std::vector<Pursuit>& all, Duration time) {
  std::vector<std::string> texts;
  std::string remedy;
  for (const auto& one : all) {
    if (one.confirmed()) continue;
    texts.push_back(one.text());
    remedy = one.trouble() ? one.trouble()->remedy() : remedy_of(one);
  }
  const auto seconds = std::chrono::round<std::chrono::seconds>(time).count();
  return {Fault::timed_out,
          "timed out after " + std::to_string(seconds) + " s: " + text::join(texts, "; "), remedy};
}

void pursue(snmp::Session& session, const Chassis& chassis, std::vector<Pursuit> all,
            Deadline deadline) {
  const Instant start = deadline.now();
  for (;;) {
    // Every bay is read until all are confirmed: one that comes back meanwhile is not done.
    look(session, chassis, all, deadline);
    if (std::all_of(all.begin(), all.end(), [](const Pursuit& one) { return one.confirmed(); }))
      return;
    if (deadline.expired()) throw unfinished(all, deadline.now() - start);
    command(session, chassis, all, deadline);
    deadline.pause(kPoll);
  }
}

}  // namespace

std::string check(snmp::Session& session, const Chassis& chassis, Deadline deadline) {
  const auto values = snmp::get(session, {chassis.type_object, kSysDescr}, deadline);
  std::string description = snmp::text(values.at(1));
  const auto type = snmp::number(values.at(0));
  const bool right =
      type ? std::find(chassis.types.begin(), chassis.types.end(), *type) != chassis.types.end()
           : described(chassis, description);
  if (!right) {
    throw Error(Fault::misconfigured,
                text::quote(session.peer()) + " is not an " + std::string(chassis.product) +
                    " chassis: it is " + text::quote(description) +
                    (type ? ", chassis type " + std::to_string(*type) : ""),
                "correct 'mgmt_address', or use the plugin for that kind of chassis");
  }
  return description;
}

std::vector<Bay> read(snmp::Session& session, const Chassis& chassis, Deadline deadline) {
  std::vector<Bay> bays;
  for (const auto& row : snmp::rows(session, columns(chassis), deadline)) {
    bays.push_back(decode(chassis, row.index, row.values));
  }
  if (bays.empty()) {
    throw Error(
        Fault::failed, text::quote(session.peer()) + " has no table of bays",
        "give the community or user of snmp.conf access to it, or restart the management module");
  }
  return bays;
}

void turn_off(snmp::Session& session, const Chassis& chassis, const std::vector<Bay>& bays,
              OffPolicy policy, Deadline deadline) {
  const Duration soft = std::min<Duration>(policy.soft_timeout, deadline.remaining() / 2);
  pursue(session, chassis, pursuits(chassis, bays, Goal::off, deadline.now() + soft), deadline);
}

void turn_on(snmp::Session& session, const Chassis& chassis, const std::vector<Bay>& bays,
             Deadline deadline) {
  pursue(session, chassis, pursuits(chassis, bays, Goal::on, Instant()), deadline);
}

bool reset(snmp::Session& session, const Chassis& chassis, const std::vector<Bay>& bays,
           Deadline deadline) {
  turn_off(session, chassis, bays, {}, deadline);
  try {
    turn_on(session, chassis, bays, deadline.capped(kOnTime));
    return true;
  } catch (const Error& error) {
    log::warn("the host is off, but could not be powered on again: " + std::string(error.what()));
    return false;
  }
}

}  // namespace havc::power
