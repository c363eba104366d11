#include "power/lookup.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <tuple>

#include "base/text.h"

namespace havc::power {

namespace {

using Bays = std::vector<Bay>;

struct Question {
  std::string_view plug;
  const Survey& survey;
  const HostMap& map;
};

template <typename Matches>
Bays select(const Bays& all, Matches matches) {
  Bays found;
  std::copy_if(all.begin(), all.end(), std::back_inserter(found), matches);
  return found;
}

std::string list(const Bays& bays) {
  std::vector<std::string> texts;
  texts.reserve(bays.size());
  for (const auto& bay : bays) texts.push_back(bay.text());
  return text::join(texts, ", ");
}

bool has(const std::vector<int>& numbers, int number) {
  return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

bool same_chassis(const Bay& left, const Bay& right) {
  return left.chassis == right.chassis;
}

void sort(Bays& bays) {
  const auto place = [](const Bay& bay) { return std::tuple(bay.chassis, bay.number); };
  std::sort(bays.begin(), bays.end(),
            [&](const Bay& left, const Bay& right) { return place(left) < place(right); });
}

bool same_bays(const Bays& left, const Bays& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const Bay& one, const Bay& other) { return one.place() == other.place(); });
}

// What is refused.

[[noreturn]] void ambiguous(std::string_view plug, const std::string& words) {
  throw Error(Fault::misconfigured,
              "it is not clear which bay is host " + text::quote(std::string(plug)) + ": " + words,
              "give each blade a name of its own, or set 'host_map'");
}

[[noreturn]] void silent_chassis(const std::string& words, const Survey::Silent& silent) {
  throw Error(silent.trouble.fault(),
              words + ", and chassis " + std::to_string(silent.chassis) +
                  " does not answer: " + silent.trouble.problem(),
              silent.trouble.remedy());
}

[[noreturn]] void no_bay(const Question& question) {
  const std::string quoted = text::quote(std::string(question.plug));
  const auto& silent = question.survey.silent;
  if (!silent.empty()) {
    silent_chassis("no bay of the chassis that answer is host " + quoted, silent.front());
  }
  const auto known = hosts(question.survey.bays, question.map);
  throw Error(Fault::misconfigured, "no bay of this chassis is host " + quoted,
              known.empty()
                  ? "name the bays on the management module, or set 'host_map'"
                  : "name its bay on the management module, or set 'host_map'; known here: " +
                        text::join(known, " "));
}

/// They lie side by side, and the first says that it is so wide, or all say to be the same. Names
/// alone prove nothing: two hosts may have been given the same one.
bool is_one_blade(const Bays& bays) {
  const Bay& first = bays.front();
  bool wide = true;
  bool same_uuid = !first.uuid.empty();
  bool same_serial = !first.serial.empty();
  for (std::size_t i = 1; i < bays.size(); ++i) {
    if (!same_chassis(bays[i], first) || bays[i].number != bays[i - 1].number + 1) return false;
    if (!bays[i].exists) continue;  // doubt of its own: with_blades()
    wide = wide && bays[i].number < first.number + first.width;
    same_uuid = same_uuid && bays[i].uuid == first.uuid;
    same_serial = same_serial && bays[i].serial == first.serial;
  }
  return wide || same_uuid || same_serial;
}

bool is_one_system(const Bays& bays, const Survey& survey) {
  return std::any_of(survey.systems.begin(), survey.systems.end(), [&](const System& system) {
    return std::all_of(bays.begin(), bays.end(), [&](const Bay& bay) {
      return bay.chassis == system.chassis && (has(system.bays, bay.number) ||
                                               has(system.drawers, bay.number));
    });
  });
}

/// Several bays with the same name, UUID or serial number have to be one blade or one system, and
/// none may be somebody's by the map.
void check_one_blade(const Question& question, const Bays& bays) {
  for (std::size_t i = 0; i < bays.size(); ++i) {
    const auto* owner = question.map.of_bay(bays[i]);
    if (owner != nullptr) {
      ambiguous(question.plug, list(bays) + ", but 'host_map' says that " + bays[i].text() +
                                   " is host " + text::quote(owner->host));
    }
    if (!text::equal_ignoring_case(label(bays[i]), label(bays.front())))
      ambiguous(question.plug, list(bays));
  }
  if (bays.size() < 2 || is_one_blade(bays) || is_one_system(bays, question.survey)) return;
  ambiguous(question.plug, list(bays) + " are not known to be one blade or one partition");
}

// The readings.

Bays named(std::string_view plug, const Bays& all) {
  auto found = select(all, [&](const Bay& bay) {
    return text::equal_ignoring_case(label(bay), plug) ||
           text::equal_ignoring_case(text::trim(bay.name), plug);
  });
  sort(found);
  return found;
}

Bays named_alike(std::string_view plug, const Bays& all) {
  auto found = select(all, [&](const Bay& bay) { return same_host(label(bay), plug); });
  sort(found);
  return found;
}

/// A blade that carries the host's name in a bay that the map gives to nobody: the blade may have
/// been moved, and the map be out of date. A bay that the map gives to another host is settled.
void check_strays(const Question& question, const Bays& mapped) {
  auto strays = named(question.plug, question.survey.bays);
  if (strays.empty()) strays = named_alike(question.plug, question.survey.bays);
  for (const auto& bay : strays) {
    if (!bay.exists || question.map.of_bay(bay) != nullptr) continue;
    throw Error(Fault::misconfigured,
                "it is not clear which bay is host " + text::quote(std::string(question.plug)) +
                    ": 'host_map' says " + list(mapped) + ", but " + bay.text() +
                    " carries its name",
                "correct 'host_map', or the names of the bays on the management module");
  }
}

Bays mapped(const Question& question, const HostMap::Entry& entry) {
  Bays found;
  for (const auto& place : entry.bays) {
    const auto& all = question.survey.bays;
    const auto bay =
        std::find_if(all.begin(), all.end(), [&](const Bay& one) { return place.is(one); });
    if (bay != all.end()) {
      found.push_back(*bay);
      continue;
    }
    const std::string words =
        "'host_map' gives host " + text::quote(entry.host) + " bay " + place.text();
    for (const auto& silent : question.survey.silent) {
      if (silent.chassis == place.chassis) silent_chassis(words, silent);
    }
    throw Error(Fault::misconfigured, words + ", which this chassis does not have",
                "correct 'host_map'");
  }
  check_strays(question, found);
  return found;
}

Bays numbered(const Question& question) {
  const auto place = parse_place(question.plug);
  if (!place) return {};
  return select(question.survey.bays, [&](const Bay& bay) {
    return place->is(bay) || (place->chassis == 0 && place->number == bay.number);
  });
}

Bays with_uuid(const Question& question) {
  const auto uuid = uuid_of(question.plug);
  if (uuid.empty()) return {};
  auto found = select(question.survey.bays, [&](const Bay& bay) {
    return bay.uuid == uuid || bay.uuid == swapped(uuid);
  });
  sort(found);
  return found;
}

Bays with_serial(const Question& question) {
  auto found = select(question.survey.bays, [&](const Bay& bay) {
    return !bay.serial.empty() && text::equal_ignoring_case(bay.serial, question.plug);
  });
  sort(found);
  return found;
}

/// A number whose chassis does not answer, or is not said although there are several.
void check_chassis(const Question& question, const Bays& found) {
  const auto place = parse_place(question.plug);
  if (!place) return;
  for (const auto& silent : question.survey.silent) {
    if (silent.chassis == place->chassis) silent_chassis("bay " + place->text(), silent);
  }
  if (place->chassis == 0 && question.survey.count > 1 && !found.empty()) {
    throw Error(Fault::misconfigured,
                "bay " + place->text() + " may be in any of " +
                    std::to_string(question.survey.count) + " chassis",
                "write CHASSIS/BAY, as in 1/" + place->text());
  }
}

/// Every reading that finds something has to find the same.
Bays read(const Question& question) {
  if (question.plug.empty()) return {};
  std::vector<Bays> readings;
  const auto* entry = question.map.of_host(question.plug);
  readings.push_back(entry != nullptr ? mapped(question, *entry)
                                      : named(question.plug, question.survey.bays));
  if (entry == nullptr) check_one_blade(question, readings.back());
  readings.push_back(numbered(question));
  const bool only_number = readings.front().empty();
  for (auto& found : {with_uuid(question), with_serial(question)}) {
    if (!found.empty() && !same_bays(found, readings.front())) check_one_blade(question, found);
    readings.push_back(found);
  }
  std::erase_if(readings, [](const Bays& found) { return found.empty(); });
  if (only_number) check_chassis(question, readings.empty() ? Bays() : readings.front());
  if (readings.empty()) {
    readings.push_back(named_alike(question.plug, question.survey.bays));
    check_one_blade(question, readings.back());
  }
  for (const auto& other : readings) {
    if (!same_bays(other, readings.front()))
      ambiguous(question.plug, list(readings.front()) + " or " + list(other));
  }
  return readings.front();
}

// What was found.

void check_numbers(const Bays& bays, const Bays& all) {
  for (const auto& bay : bays) {
    const auto same = [&](const Bay& other) {
      return same_chassis(other, bay) && other.number == bay.number;
    };
    if (bay.number == 0 || std::count_if(all.begin(), all.end(), same) != 1) {
      throw Error(Fault::failed,
                  "the management module does not number its bays: " + bay.text() + " in row " +
                      std::to_string(bay.index),
                  "wait until it has collected its inventory, or restart it");
    }
  }
}

/// The blade that fills `bay` from a bay before. A module may say the width in each row of a blade:
/// only that of its first bay counts.
const Bay* wide_blade_over(const Bay& bay, const Bays& all) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Bay& blade) {
    return blade.exists && same_chassis(blade, bay) && blade.number < bay.number &&
           bay.number < blade.number + blade.width && wide_blade_over(blade, all) == nullptr;
  });
  return found == all.end() ? nullptr : &*found;
}

/// The blade that `bay` belongs to: one that fills it from a bay before, or whose memory it holds.
/// A bay that reads as having a blade has one of its own when that has a name of its own.
const Bay* blade_over(const Bay& bay, const Survey& survey) {
  const Bay* wide = wide_blade_over(bay, survey.bays);
  if (wide != nullptr && bay.exists && !label(bay).empty() &&
      !text::equal_ignoring_case(label(bay), label(*wide)))
    wide = nullptr;
  if (wide != nullptr || bay.exists) return wide;
  const auto has_as_drawer = [&](const Bay& blade) {
    return std::any_of(survey.systems.begin(), survey.systems.end(), [&](const System& system) {
      return system.chassis == bay.chassis && has(system.drawers, bay.number) &&
             has(system.bays, blade.number);
    });
  };
  const auto is_over = [&](const Bay& blade) {
    return blade.exists && same_chassis(blade, bay) && has_as_drawer(blade);
  };
  const auto found = std::find_if(survey.bays.begin(), survey.bays.end(), is_over);
  return found == survey.bays.end() ? nullptr : &*found;
}

/// Without empty bays that only belong to another one's blade, which has to be meant, too: what the
/// second row of a wide blade says proves nothing. Any other bay that is empty is no proof: the
/// module may have lost a blade that runs.
Bays with_blades(const Question& question, const Bays& bays, Missing missing) {
  Bays found;
  for (const auto& bay : bays) {
    const auto* over = blade_over(bay, question.survey);
    const auto is_over = [&](const Bay& other) { return other.place() == over->place(); };
    const bool with_it = over != nullptr && std::any_of(bays.begin(), bays.end(), is_over);
    if (with_it && !bay.exists) continue;
    const bool own = over == nullptr || with_it;
    if (own && (bay.exists || (bay.empty && missing == Missing::accepted))) {
      found.push_back(bay);
      continue;
    }
    throw Error(Fault::misconfigured,
                bay.text() + " of host " + text::quote(std::string(question.plug)) +
                    (over != nullptr
                         ? " belongs to the blade in " + over->text() + ", which is not this host's"
                         : " is empty, says the management module"),
                "look into the chassis; correct the bay's name there, or 'host_map'");
  }
  return found;
}

}  // namespace

std::vector<Bay> bays_of(std::string_view plug, const Survey& survey, const HostMap& map,
                         Missing missing) {
  const Question whole{text::trim(plug), survey, map};
  Bays found = read(whole);
  if (found.empty() && plug.find(',') != plug.npos) {
    for (const auto& part : text::split(plug, ",")) {
      const Question question{text::trim(part), survey, map};
      const auto some = read(question);
      if (some.empty()) no_bay(question);
      found.insert(found.end(), some.begin(), some.end());
    }
    sort(found);
    found.erase(
        std::unique(found.begin(), found.end(),
                    [](const Bay& one, const Bay& other) { return one.place() == other.place(); }),
        found.end());
  }
  if (found.empty()) no_bay(whole);
  check_numbers(found, survey.bays);
  return with_blades(whole, found, missing);
}

std::vector<Place> known_places(std::string_view plug, const HostMap& map) {
  if (const auto* entry = map.of_host(text::trim(plug))) return entry->bays;
  std::vector<Place> places;
  for (const auto& part : text::split(plug, ",")) {
    const auto* entry = map.of_host(text::trim(part));
    const auto place = parse_place(text::trim(part));
    if (entry == nullptr && !place) return {};
    if (entry == nullptr) {
      places.push_back(*place);
    } else {
      places.insert(places.end(), entry->bays.begin(), entry->bays.end());
    }
  }
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

bool has_neighbours_alike(const Survey& survey) {
  const auto& all = survey.bays;
  return std::any_of(all.begin(), all.end(), [&](const Bay& bay) {
    return !label(bay).empty() && std::any_of(all.begin(), all.end(), [&](const Bay& other) {
      return same_chassis(bay, other) && other.number == bay.number + 1 &&
             text::equal_ignoring_case(label(bay), label(other));
    });
  });
}

std::vector<std::string> contradictions(const Survey& survey, const HostMap& map) {
  auto names = hosts(survey.bays, map);
  for (const auto& entry : map.entries) {
    if (std::find(names.begin(), names.end(), entry.host) == names.end())
      names.push_back(entry.host);
  }
  std::vector<std::string> found;
  for (const auto& name : names) {
    try {
      bays_of(name, survey, map);
    } catch (const Error& error) {
      if (error.fault() == Fault::misconfigured) found.emplace_back(error.what());
    }
  }
  return found;
}

}  // namespace havc::power
