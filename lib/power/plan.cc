#include "power/plan.h"

#include <algorithm>
#include <tuple>

#include "base/text.h"

namespace havc::power {

namespace {

using Bays = std::vector<Bay>;

bool has(const Bays& bays, const Bay& bay) {
  return std::any_of(bays.begin(), bays.end(),
                     [&](const Bay& other) { return other.place() == bay.place(); });
}

bool same_name(const Bay& left, const Bay& right) {
  return text::equal_ignoring_case(label(left), label(right));
}

/// A bay without a name carries none, or its serial number.
bool has_name_of_its_own(const Bay& bay) {
  return !label(bay).empty() && !text::equal_ignoring_case(text::trim(bay.name), bay.serial);
}

Bays bays_in(const System& system, const Survey& survey) {
  Bays found;
  for (const auto& bay : survey.bays) {
    const bool in =
        std::find(system.bays.begin(), system.bays.end(), bay.number) != system.bays.end();
    if (in && bay.chassis == system.chassis) found.push_back(bay);
  }
  return found;
}

std::string numbers_of(const System& system) {
  std::vector<std::string> words;
  for (const int number : system.bays) words.push_back(Place{system.chassis, number}.text());
  return text::join(words, ", ");
}

class Planner {
 public:
  Planner(const Survey& survey, const HostMap& map, Missing missing, Plan& plan, Bays& bays)
      : survey_(survey), map_(map), missing_(missing), plan_(plan), bays_(bays), asked_(bays) {}

  /// What of `system` has to be off with the bays that were asked for.
  void take(const System& system) {
    const auto members = bays_in(system, survey_);
    const auto first = std::find_if(members.begin(), members.end(),
                                    [&](const Bay& bay) { return has(asked_, bay); });
    if (first == members.end()) return;
    check_whole(system, members);
    plan_.scaled = true;
    plan_.systems.push_back(system.words + " (bays " + numbers_of(system) + ")");
    for (const auto& bay : members) {
      if (!has(bays_, bay)) consider(system, *first, bay);
    }
  }

 private:
  /// A blade of it that has no row cannot be seen off.
  static void check_whole(const System& system, const Bays& members) {
    for (const int number : system.bays) {
      const bool there = std::any_of(members.begin(), members.end(),
                                     [&](const Bay& bay) { return bay.number == number; });
      if (there || !system.one_image) continue;
      throw Error(Fault::failed,
                  "bay " + Place{system.chassis, number}.text() + " belongs to " + system.words +
                      ", but is not among the bays of the management module",
                  "wait until it has collected its inventory, or restart it");
    }
  }

  void consider(const System& system, const Bay& first, const Bay& bay) {
    const auto* owner = map_.of_bay(bay);
    const auto* host = map_.of_bay(first);
    if (!system.one_image) {
      const bool apart =
          owner != host || host != nullptr || (has_name_of_its_own(bay) && !same_name(bay, first));
      if (apart) {
        plan_.notes.push_back(bay.text() + " is joined to " + first.text() + " (" + system.words +
                              "), but counts as another host; if it is not, give both to one host "
                              "in 'host_map'");
        return;
      }
    } else if (owner != nullptr && owner != host) {
      throw Error(Fault::misconfigured,
                  bay.text() + " is one system with " + first.text() + " (" + system.words +
                      "), but 'host_map' gives it to host " + text::quote(owner->host),
                  "correct 'host_map', or the partitions on the management module");
    }
    if (!bay.exists && (missing_ == Missing::refused || !bay.empty)) {
      throw Error(Fault::misconfigured,
                  bay.text() + " is one system with " + first.text() + " (" + system.words +
                      "), but is empty, says the management module",
                  "look into the chassis; correct the partitions on the management module");
    }
    bays_.push_back(bay);
    plan_.notes.push_back(bay.text() + " is one system with " + first.text() + " (" + system.words +
                          ") and is switched with it");
  }

  const Survey& survey_;
  const HostMap& map_;
  Missing missing_;
  Plan& plan_;
  Bays& bays_;
  const Bays asked_;
};

void check_joined(const Survey& survey, const Bays& bays) {
  for (const auto& bay : bays) {
    for (const auto& unknown : survey.joined_unknown) {
      if (unknown.chassis != bay.chassis) continue;
      throw Error(unknown.trouble.fault(),
                  "it is not known which blades are one system with " + bay.text() + ": " +
                      unknown.trouble.problem(),
                  unknown.trouble.remedy());
    }
  }
}

void note_oddities(const Survey& survey, const Bays& bays, Plan& plan) {
  for (const auto& bay : bays) {
    if (bay.busy) plan.notes.push_back(bay.text() + " is at work on itself: " + bay.health);
    for (const auto& other : survey.bays) {
      const bool twin = other.exists && other.chassis == bay.chassis && !label(bay).empty() &&
                        same_name(bay, other) && !has(bays, other);
      if (twin) plan.notes.push_back(other.text() + " has the same name, and is left alone");
    }
  }
}

}  // namespace

Plan make_plan(const std::string& plug, const Survey& survey, const HostMap& map, Missing missing) {
  Plan plan{.host = plug};
  Bays bays = bays_of(plug, survey, map, missing);
  check_joined(survey, bays);
  Planner planner(survey, map, missing, plan, bays);
  for (const auto& system : survey.systems) planner.take(system);
  std::sort(bays.begin(), bays.end(), [](const Bay& left, const Bay& right) {
    return std::tuple(left.chassis, left.number) < std::tuple(right.chassis, right.number);
  });
  note_oddities(survey, bays, plan);
  plan.notes.insert(plan.notes.end(), survey.notes.begin(), survey.notes.end());
  for (auto& bay : bays) {
    const auto link = static_cast<std::size_t>(std::max(bay.chassis - 1, 0));
    plan.targets.push_back({link, std::move(bay)});
  }
  return plan;
}

}  // namespace havc::power
