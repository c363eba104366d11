#include "power/device.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "base/log.h"
#include "base/text.h"
#include "power/advice.h"
#include "power/audit.h"
#include "power/explain.h"
#include "power/link.h"
#include "power/survey.h"

namespace havc::power {

namespace {

using namespace std::chrono_literals;

// With several chassis, one that answers need not wait for one that is dead: what the others have
// is looked at first.
constexpr auto kPatience = 6s;    // two tries of SNMPv1, and one of SNMPv3
constexpr auto kAdviceTime = 5s;  // of a status, once it is known that all is well

Error joined(const std::vector<Error>& errors) {
  std::vector<std::string> problems;
  problems.reserve(errors.size());
  for (const auto& error : errors) problems.push_back(error.problem());
  return {errors.front().fault(), text::join(problems, "; "), errors.front().remedy()};
}

/// Bays of chassis `number` that are not in the survey, but are one system with one that is.
std::vector<int> joined_to(const Survey& survey, int number) {
  const auto is_there = [&](int bay) {
    return std::any_of(survey.bays.begin(), survey.bays.end(), [&](const Bay& one) {
      return one.chassis == number && one.number == bay;
    });
  };
  std::vector<int> found;
  for (const auto& system : survey.systems) {
    const auto& bays = system.bays;
    if (system.chassis != number || std::none_of(bays.begin(), bays.end(), is_there)) continue;
    std::remove_copy_if(bays.begin(), bays.end(), std::back_inserter(found), is_there);
  }
  return found;
}

}  // namespace

/// One chassis of the setup, and what has become of reaching it.
struct Reached {
  int number = 0;  // as Bay::chassis
  std::optional<Link> link;  // once its addresses are numbers
  std::optional<Error> trouble{};
  bool read = false;  // is in the survey
};

struct Device::State {
  State(const Chassis& a_kind, const Setup& a_setup, const OpenClient& an_open)
      : kind(a_kind), setup(a_setup), open(an_open) {}

  bool single() const { return setup.chassis.size() == 1; }
  Missing missing() const { return setup.missing_as_off ? Missing::accepted : Missing::refused; }
  OffPolicy policy() const {
    return {.soft_timeout = setup.soft_timeout,
            .verify = setup.verify,
            .escalate = setup.escalate,
            .missing_as_off = setup.missing_as_off};
  }

  void make_client();
  void prepare(Deadline deadline);
  void connect(Deadline deadline);
  void read(bool identities, Deadline deadline);
  void read_one(Reached& one, bool identities, Deadline deadline);
  void read_whole(Reached& one, bool identities, Deadline deadline);
  std::vector<int> known_in(const Reached& one) const;
  std::vector<Error> troubles() const;
  Plan plan(const std::string& plug, Deadline deadline);
  void tell_neighbours_apart(Deadline deadline);
  std::vector<std::string> remarks(std::vector<std::string>* problems, Deadline deadline);
  template <typename Work>
  void change(const std::string& action, const std::string& plug, Deadline deadline, Work work);

  const Chassis& kind;
  Setup setup;
  OpenClient open;
  std::unique_ptr<snmp::Client> client;  // outlives the links
  std::vector<Reached> chassis;
  Survey survey;
  std::vector<Place> known;  // bays that the plug names by themselves
};

void Device::State::make_client() {
  if (!client) client = open(setup.credentials);
}

/// Everything that needs no module. Begins anew: a device may be asked several times.
void Device::State::prepare(Deadline deadline) {
  const auto count = static_cast<int>(setup.chassis.size());
  check(setup.host_map, count);
  chassis.clear();
  survey = {};
  survey.count = count;
  make_client();
  for (std::size_t i = 0; i < setup.chassis.size(); ++i) {
    Reached one{.number = single() ? 0 : static_cast<int>(i) + 1, .link = {}};
    try {
      const auto share = deadline.remaining() / static_cast<int>(setup.chassis.size() - i);
      one.link.emplace(*client, kind, snmp::resolve(setup.chassis[i], deadline.capped(share)));
    } catch (const Error& error) {
      if (error.fault() != Fault::unreachable && error.fault() != Fault::timed_out) throw;
      one.trouble = error;
    }
    chassis.push_back(std::move(one));
  }
}

/// Those that have not been reached yet.
void Device::State::connect(Deadline deadline) {
  std::vector<Link> links;
  std::vector<Reached*> owners;
  for (auto& one : chassis) {
    if (!one.link || one.read) continue;
    links.push_back(std::move(*one.link));
    owners.push_back(&one);
  }
  if (links.empty()) return;
  auto results = connect_all(links, deadline);
  for (std::size_t i = 0; i < links.size(); ++i) {
    owners[i]->link.emplace(std::move(links[i]));
    owners[i]->trouble = std::move(results[i]);
    for (const auto& text : owners[i]->link->troubles()) log::debug(text);
  }
}

std::vector<Error> Device::State::troubles() const {
  std::vector<Error> found;
  for (const auto& one : chassis) {
    if (one.trouble) found.push_back(*one.trouble);
  }
  return found;
}

std::vector<int> Device::State::known_in(const Reached& one) const {
  std::vector<int> numbers;
  for (const auto& place : known) {
    if (place.in(one.number)) numbers.push_back(place.number);
  }
  return numbers;
}

/// A table of which one row is never answered does not arrive: that must not save the other bays
/// from being switched, as far as they can be told without it.
void Device::State::read_one(Reached& one, bool identities, Deadline deadline) {
  const auto numbers = known_in(one);
  if (numbers.empty()) return read_whole(one, identities, deadline);
  const auto before = survey.bays.size();
  try {
    return read_whole(one, identities, deadline.capped(deadline.remaining() / 2));
  } catch (const Error& error) {
    if (error.fault() != Fault::timed_out) throw;
    survey.bays.resize(before);
    survey.notes.push_back("only the bays that were asked for could be read: " + error.problem());
  }
  add_known_bays(survey, one.number, one.link->contact(), kind, numbers, deadline);
  if (!identities) return;
  add_identities(survey, one.number, one.link->contact(), kind, deadline);
  const auto joined = joined_to(survey, one.number);
  if (!joined.empty())
    add_known_bays(survey, one.number, one.link->contact(), kind, joined, deadline);
}

/// A module that falls silent now leaves its place to another one, if there is one.
void Device::State::read_whole(Reached& one, bool identities, Deadline deadline) {
  const auto before = survey.bays.size();
  const auto attempt = [&](Deadline until) {
    survey.bays.resize(before);
    add_bays(survey, one.number, one.link->contact(), kind, until);
    if (identities) add_identities(survey, one.number, one.link->contact(), kind, until);
  };
  try {
    const bool others = one.link->has_others();
    attempt(others ? deadline.capped(deadline.remaining() / 2) : deadline);
  } catch (const Error& error) {
    if (error.fault() != Fault::timed_out || !one.link->has_others()) throw;
    log::warn(error.what());
    if (!one.link->change(deadline.capped(deadline.remaining() / 2))) throw;
    attempt(deadline);
  }
}

/// The chassis that were reached. Those that were not are silent; throws when all are.
void Device::State::read(bool identities, Deadline deadline) {
  survey.silent.clear();
  for (auto& one : chassis) {
    if (!one.trouble && !one.read) {
      try {
        read_one(one, identities, deadline);
        one.read = true;
      } catch (const Error& error) {
        one.trouble = error;
      }
    }
    if (one.trouble) survey.silent.push_back({one.number, *one.trouble});
  }
  if (survey.silent.size() == chassis.size()) throw joined(troubles());
  for (const auto& silent : survey.silent) {
    log::warn("chassis " + std::to_string(silent.chassis) + ": " + silent.trouble.what());
  }
}

/// What is to be done, from the chassis that answer soon if they have the plug, else from all. The
/// targets' links are those of the chassis that answered, in their order.
Plan Device::State::plan(const std::string& plug, Deadline deadline) {
  prepare(deadline);
  known = known_places(plug, setup.host_map);
  connect(single() ? deadline : deadline.capped(kPatience));
  const auto attempt = [&] {
    read(true, deadline);
    return make_plan(plug, survey, setup.host_map, missing());
  };
  Plan plan;
  try {
    plan = attempt();
  } catch (const Error& error) {
    const bool may_help = !troubles().empty() && error.fault() != Fault::misconfigured;
    if (single() || !may_help || deadline.expired()) throw;
    connect(deadline);
    plan = attempt();
  }
  return plan;
}

template <typename Work>
void Device::State::change(const std::string& action, const std::string& plug, Deadline deadline,
                           Work work) {
  Audit audit(action, plug, deadline);
  try {
    audit.phase("lookup");
    auto plan = this->plan(plug, deadline.capped(deadline.remaining() / kContactShare));
    for (const auto& note : plan.notes) log::warn(note);
    // Only chassis that are concerned: a link that is idle would be in the audit, too.
    std::vector<Link> links;
    std::vector<std::optional<std::size_t>> places(chassis.size());
    for (auto& target : plan.targets) {
      auto& place = places.at(target.link);
      if (!place) {
        place = links.size();
        links.push_back(*chassis[target.link].link);
      }
      target.link = *place;
    }
    work(links, plan, audit);
    audit.finish(nullptr);
  } catch (const Error& error) {
    audit.finish(&error);
    throw;
  }
}

/// After read() without identities: for contradictions().
void Device::State::tell_neighbours_apart(Deadline deadline) {
  if (!has_neighbours_alike(survey)) return;
  for (const auto& one : chassis) {
    if (one.read) add_identities(survey, one.number, one.link->contact(), kind, deadline);
  }
}

/// What an administrator should know; what makes fencing impossible goes to `problems`.
std::vector<std::string> Device::State::remarks(std::vector<std::string>* problems,
                                                Deadline deadline) {
  std::vector<std::string> found;
  for (auto& text : contradictions(survey, setup.host_map)) problems->push_back(std::move(text));
  for (const auto& one : chassis) {
    if (!one.read) continue;
    for (auto& text : one.link->troubles()) found.push_back(std::move(text));
    std::vector<Bay> bays;
    std::copy_if(survey.bays.begin(), survey.bays.end(), std::back_inserter(bays),
                 [&](const Bay& bay) { return bay.chassis == one.number; });
    auto told = advice(one.link->contact(), kind, bays, deadline);
    std::move(told.problems.begin(), told.problems.end(), std::back_inserter(*problems));
    std::move(told.remarks.begin(), told.remarks.end(), std::back_inserter(found));
  }
  return found;
}

Device::Device(const Chassis& chassis, const Setup& setup, const OpenClient& open)
    : state_(new State(chassis, setup, open)) {}

Device::~Device() = default;

void Device::open() {
  state_->make_client();
}

std::vector<std::string> Device::status(Deadline deadline) {
  state_->prepare(deadline);
  state_->connect(deadline);
  if (const auto troubles = state_->troubles(); !troubles.empty()) throw joined(troubles);
  std::vector<std::string> found;
  const Deadline advice_time = deadline.capped(kAdviceTime);
  try {
    state_->read(false, advice_time);
    state_->tell_neighbours_apart(advice_time);
  } catch (const Error& error) {
    return {"the bays could not be read: " + std::string(error.what())};
  }
  auto remarks = state_->remarks(&found, advice_time);
  std::move(remarks.begin(), remarks.end(), std::back_inserter(found));
  return found;
}

std::vector<Entry> Device::list(Deadline deadline) {
  state_->prepare(deadline);
  // A slow chassis is waited for, a silent one is not: the rest is for another fencing device.
  state_->connect(deadline.capped(deadline.remaining() / kContactShare));
  state_->read(false, deadline);
  const auto& all = state_->survey.bays;
  const auto& map = state_->setup.host_map;
  std::vector<Entry> entries;
  for (const auto& host : hosts(all, map)) {
    Entry entry{host, {}};
    std::copy_if(all.begin(), all.end(), std::back_inserter(entry.bays), [&](const Bay& bay) {
      return bay.exists && text::equal_ignoring_case(host_of(bay, map), host);
    });
    entries.push_back(std::move(entry));
  }
  for (const auto& bay : all) {
    if (bay.exists && host_of(bay, map).empty()) entries.push_back({"", {bay}});
  }
  return entries;
}

std::vector<Bay> Device::look(const std::string& plug, Deadline deadline) {
  std::vector<Bay> bays;
  for (auto& target : state_->plan(plug, deadline).targets) bays.push_back(std::move(target.bay));
  return bays;
}

void Device::off(const std::string& plug, Deadline deadline) {
  state_->change("off", plug, deadline, [&](auto& links, const Plan& plan, Audit& audit) {
    turn_off(links, state_->kind, plan, state_->policy(), audit, deadline);
  });
}

void Device::on(const std::string& plug, Deadline deadline) {
  state_->change("on", plug, deadline, [&](auto& links, const Plan& plan, Audit& audit) {
    turn_on(links, state_->kind, plan, audit, deadline);
  });
}

bool Device::reset(const std::string& plug, Deadline deadline) {
  bool on_again = false;
  state_->change("reset", plug, deadline, [&](auto& links, const Plan& plan, Audit& audit) {
    on_again = power::reset(links, state_->kind, plan, state_->policy(), audit, deadline);
  });
  return on_again;
}

std::string Device::explain(const std::string& action, const std::string& plug, Deadline deadline) {
  Scene scene{.kind = &state_->kind,
              .action = parse_action(action),
              .word = action,
              .modules = {},
              .plan = {},
              .policy = state_->policy(),
              .time = state_->setup.time,
              .warnings = {}};
  scene.plan = state_->plan(plug, deadline);
  for (const auto& one : state_->chassis) {
    const std::string which = one.number == 0 ? "" : "chassis " + std::to_string(one.number) + ": ";
    scene.modules.push_back(which + (one.read ? one.link->name() + ", " + one.link->description()
                                              : one.trouble->problem()));
  }
  auto remarks = state_->remarks(&scene.warnings, deadline.capped(kAdviceTime));
  std::move(remarks.begin(), remarks.end(), std::back_inserter(scene.warnings));
  return power::explain(scene);
}

std::vector<std::string> Device::validate(Deadline deadline) {
  std::vector<std::string> problems;
  state_->prepare(deadline);
  state_->connect(deadline.capped(deadline.remaining() / 2));
  for (const auto& trouble : state_->troubles()) problems.emplace_back(trouble.what());
  if (problems.size() == state_->chassis.size()) return problems;
  state_->read(false, deadline);
  state_->tell_neighbours_apart(deadline);
  for (const auto& remark : state_->remarks(&problems, deadline)) log::warn(remark);
  return problems;
}

}  // namespace havc::power
