#include "power/device.h"

#include <algorithm>
#include <optional>

#include "base/log.h"
#include "base/text.h"
#include "power/lockstep.h"

namespace havc::power {

namespace {

// Half of an action's time for finding a module that answers: what fails before 70 % of its time,
// fenced tries again.
constexpr int kContactShare = 2;

/// A session to the first of `modules` that answers and is a chassis of this kind.
std::unique_ptr<snmp::Session> find_module(const Chassis& chassis,
                                           const std::vector<snmp::Address>& modules,
                                           const snmp::Credentials& credentials,
                                           const Connect& connect, Deadline deadline) {
  const auto addresses = snmp::resolve(modules, deadline);
  std::optional<Error> first;
  std::string others;
  auto left = static_cast<int>(addresses.size());
  for (const auto& address : addresses) {
    try {
      auto session = connect(address, credentials);
      const auto description =
          check(*session, chassis, deadline.capped(deadline.remaining() / left--));
      log::debug(text::quote(session->peer()) + " is " + text::quote(description));
      return session;
    } catch (const Error& error) {
      log::warn(error.what());
      if (!first) {
        first = error;
      } else {
        others += "; " + error.problem();
      }
    }
  }
  throw Error(first->fault(), first->problem() + others, first->remedy());
}

}  // namespace

struct Device::State {
  const Chassis& chassis;
  Setup setup;
  Connect connect;
  std::unique_ptr<snmp::Session> session{};

  void reach(Deadline deadline) {
    session = find_module(chassis, setup.chassis.at(0), setup.credentials, connect, deadline);
  }
  /// Reaches a module in time for something to be done after it.
  void reach_to_change(Deadline deadline) {
    reach(deadline.capped(deadline.remaining() / kContactShare));
  }
  std::vector<Bay> all(Deadline deadline) { return read(*session, chassis, deadline); }
  std::vector<Bay> find(const std::string& plug, Deadline deadline) {
    return bays_of(plug, all(deadline), setup.host_map);
  }
};

Device::Device(const Chassis& chassis, const Setup& setup, const Connect& connect)
    : state_(new State{chassis, setup, connect}) {}

Device::~Device() = default;

std::vector<std::string> Device::status(Deadline deadline) {
  state_->reach(deadline);
  return {};
}

std::vector<Entry> Device::list(Deadline deadline) {
  state_->reach(deadline);
  const auto all = state_->all(deadline);
  std::vector<Entry> entries;
  for (const auto& host : hosts(all, state_->setup.host_map)) {
    std::vector<Bay> bays;
    for (const auto& bay : all) {
      if (bay.exists && text::equal_ignoring_case(host_of(bay, state_->setup.host_map), host))
        bays.push_back(bay);
    }
    entries.push_back({host, std::move(bays)});
  }
  for (const auto& bay : all) {
    if (bay.exists && host_of(bay, state_->setup.host_map).empty()) entries.push_back({"", {bay}});
  }
  return entries;
}

std::vector<Bay> Device::look(const std::string& plug, Deadline deadline) {
  state_->reach(deadline);
  return state_->find(plug, deadline);
}

void Device::off(const std::string& plug, Deadline deadline) {
  state_->reach_to_change(deadline);
  turn_off(*state_->session, state_->chassis, state_->find(plug, deadline),
           {state_->setup.soft_timeout}, deadline);
}

void Device::on(const std::string& plug, Deadline deadline) {
  state_->reach_to_change(deadline);
  turn_on(*state_->session, state_->chassis, state_->find(plug, deadline), deadline);
}

bool Device::reset(const std::string& plug, Deadline deadline) {
  state_->reach_to_change(deadline);
  return power::reset(*state_->session, state_->chassis, state_->find(plug, deadline), deadline);
}

std::string Device::explain(const std::string& action, const std::string& plug, Deadline deadline) {
  std::string text = action + " " + plug + " through " + state_->setup.chassis.at(0).at(0).text();
  for (const auto& bay : look(plug, deadline)) {
    text += "\n  " + bay.text() + ": " + bay.state.word;
  }
  return text + "\n";
}

std::vector<std::string> Device::validate(Deadline deadline) {
  snmp::check(state_->setup.credentials);
  std::vector<std::string> problems = status(deadline);
  for (const auto& entry : state_->setup.host_map.entries) {
    try {
      state_->find(entry.host, deadline);
    } catch (const Error& error) {
      problems.emplace_back(error.what());
    }
  }
  return problems;
}

}  // namespace havc::power
