#include "power/advice.h"

#include <algorithm>
#include <chrono>

#include "base/log.h"
#include "base/text.h"

namespace havc::power {

namespace {

using namespace std::chrono_literals;
using snmp::Request;

constexpr auto kMostTime = 5s;  // a monitor has 15 s, and what it is for comes first

/// The row of the module's own table that is ours says that it may only read.
std::optional<std::string> read_only(const snmp::Contact& module, const Chassis& chassis,
                                     Deadline deadline) {
  const auto self = module.client->self();
  const Access& access = chassis.access;
  const auto& name = self.community ? access.community_name : access.user_name;
  const auto& view = self.community ? access.community_view : access.user_view;
  if (self.name.empty() || name.empty()) return {};
  bool reads = false;
  for (const auto& row : rows(module, {name, view}, deadline)) {
    const auto code = snmp::number(row.values.at(1));
    if (snmp::text(row.values.at(0)) != self.name || !code) continue;
    if (*code == access.writes) return {};  // a name may come twice
    reads = true;
  }
  if (!reads) return {};
  return (self.community ? "the community" : "user " + text::quote(self.name)) +
         " may only read on " + text::quote(module.name()) +
         ": nothing can be fenced; give it write access on the management module";
}

std::optional<std::string> no_standby(const snmp::Contact& module, const snmp::Value& installed) {
  const auto bitmap = snmp::text(installed);
  if (bitmap.size() < 2 || std::count(bitmap.begin(), bitmap.end(), '1') != 1) return {};
  return "the chassis of " + text::quote(module.name()) +
         " has no second management module: while this one restarts, nothing can be fenced";
}

std::string goes_on(const std::string& what) {
  return what +
         " on again by the module's own policy when power returns, also after a fencing: set auto "
         "power-on to restore or manual";
}

/// GETs of every object of the chassis and its bays, in packets that any agent takes.
std::vector<Request> requests_of(const Chassis& chassis, const std::vector<snmp::Oid>& policies) {
  constexpr std::size_t kMost = 8;
  std::vector<Request> requests;
  if (!chassis.modules.installed.empty()) {
    requests.push_back({Request::Kind::get, {chassis.modules.installed}});
  }
  for (std::size_t i = 0; i < policies.size(); i += kMost) {
    const auto first = policies.begin() + static_cast<std::ptrdiff_t>(i);
    const auto count = static_cast<std::ptrdiff_t>(std::min(kMost, policies.size() - i));
    requests.push_back({Request::Kind::get, {first, first + count}});
  }
  return requests;
}

class Adviser {
 public:
  Adviser(const snmp::Contact& module, const Chassis& chassis, const std::vector<Bay>& bays)
      : module_(module), chassis_(chassis) {
    for (const auto& bay : bays) {
      if (bay.exists) bays_.push_back(bay);
    }
    const auto& power = chassis.power_return;
    if (power.policy.empty()) return;
    if (!power.of_bay) policies_.push_back(power.policy);
    for (const auto& bay : bays_) {
      if (power.of_bay) policies_.push_back(power.policy / bay.index);
    }
  }

  Advice all(Deadline deadline) {
    const auto replies = exchange(module_, requests_of(chassis_, policies_), deadline);
    std::size_t next = 0;
    if (!chassis_.modules.installed.empty()) {
      attempt([&] { add(no_standby(module_, replies[0].values().at(0))); });
      next = 1;
    }
    attempt([&] {
      add_power_return({replies.begin() + static_cast<std::ptrdiff_t>(next), replies.end()});
    });
    attempt([&] {
      if (auto text = read_only(module_, chassis_, deadline)) found_.problems.push_back(*text);
    });
    return std::move(found_);
  }

 private:
  template <typename Work>
  void attempt(Work work) {
    try {
      work();
    } catch (const Error& error) {
      log::debug(std::string("not told, because it cannot be read: ") + error.what());
    }
  }

  void add(std::optional<std::string> text) {
    if (text) found_.remarks.push_back(std::move(*text));
  }

  void add_power_return(const std::vector<snmp::Reply>& replies) {
    std::vector<snmp::Value> values;
    for (const auto& reply : replies) {
      for (auto& value : reply.values()) values.push_back(std::move(value));
    }
    std::vector<std::string> bays;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (snmp::number(values[i]) != chassis_.power_return.automatic) continue;
      if (!chassis_.power_return.of_bay) {
        return add(goes_on("all blades of " + text::quote(module_.name()) + " go"));
      }
      bays.push_back(bays_.at(i).text());
    }
    if (!bays.empty()) add(goes_on(text::join(bays, ", ") + (bays.size() == 1 ? " goes" : " go")));
  }

  const snmp::Contact& module_;
  const Chassis& chassis_;
  std::vector<Bay> bays_;  // with a blade
  std::vector<snmp::Oid> policies_;
  Advice found_;
};

}  // namespace

Advice advice(const snmp::Contact& module, const Chassis& chassis, const std::vector<Bay>& bays,
              Deadline deadline) {
  return Adviser(module, chassis, bays).all(deadline.capped(kMostTime));
}

}  // namespace havc::power
