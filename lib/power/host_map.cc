#include "power/host_map.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace havc::power {

namespace {

constexpr std::uint64_t kMostBay = 999;

std::string_view short_name(std::string_view host) {
  return host.substr(0, host.find('.'));
}

bool qualified(std::string_view host) {
  return host.find('.') != host.npos;
}

std::optional<std::vector<int>> parse_bays(std::string_view text) {
  std::vector<int> bays;
  for (const auto& part : text::split(text, ",")) {
    const auto number = text::number(text::trim(part), kMostBay);
    if (!number || *number == 0) return {};
    bays.push_back(static_cast<int>(*number));
  }
  if (bays.empty()) return {};
  return bays;
}

const HostMap::Entry* entry_of(std::string_view host, const HostMap& map) {
  const auto find = [&](auto same) -> const HostMap::Entry* {
    const auto found = std::find_if(map.entries.begin(), map.entries.end(),
                                    [&](const auto& entry) { return same(entry.host, host); });
    return found == map.entries.end() ? nullptr : &*found;
  };
  const auto* exact = find(text::equal_ignoring_case);
  return exact != nullptr ? exact : find(same_host);
}

const HostMap::Entry* owner_of(int bay, const HostMap& map) {
  for (const auto& entry : map.entries) {
    if (std::find(entry.bays.begin(), entry.bays.end(), bay) != entry.bays.end()) return &entry;
  }
  return nullptr;
}

Error no_bay(std::string_view host, const std::vector<Bay>& all, const HostMap& map) {
  std::vector<std::string> known = hosts(all, map);
  return {Fault::misconfigured, "no bay of this chassis is host " + text::quote(host),
          known.empty() ? "name the bays on the management module, or set 'host_map'"
                        : "name its bay on the management module, or set 'host_map'; known here: " +
                              text::join(known, " ")};
}

std::vector<Bay> mapped_bays(const HostMap::Entry& entry, const std::vector<Bay>& all) {
  std::vector<Bay> found;
  for (const int number : entry.bays) {
    const auto is_it = [&](const Bay& bay) { return bay.number == number; };
    const auto bay = std::find_if(all.begin(), all.end(), is_it);
    if (bay == all.end()) {
      throw Error(Fault::misconfigured,
                  "'host_map' gives host " + text::quote(entry.host) + " bay " +
                      std::to_string(number) + ", which this chassis does not have",
                  "correct 'host_map'");
    }
    found.push_back(*bay);
  }
  return found;
}

std::vector<Bay> labelled_bays(std::string_view host, const std::vector<Bay>& all) {
  const auto collect = [&](auto matches) {
    std::vector<Bay> found;
    std::copy_if(all.begin(), all.end(), std::back_inserter(found), matches);
    return found;
  };
  auto found = collect([&](const Bay& bay) {
    return text::equal_ignoring_case(label(bay), host) ||
           text::equal_ignoring_case(text::trim(bay.name), host);
  });
  if (!found.empty()) return found;
  return collect([&](const Bay& bay) { return same_host(label(bay), host); });
}

std::string list(const std::vector<Bay>& bays) {
  std::vector<std::string> texts;
  texts.reserve(bays.size());
  for (const auto& bay : bays) texts.push_back(bay.text());
  return text::join(texts, ", ");
}

[[noreturn]] void ambiguous(std::string_view host, const std::vector<Bay>& bays) {
  throw Error(Fault::misconfigured,
              "it is not clear which bay is host " + text::quote(host) + ": " + list(bays),
              "give each blade a name of its own, or set 'host_map'");
}

/// A blade that carries the host's name in a bay that the map gives to nobody: the blade may have
/// been moved, and the map be out of date. A bay that the map gives to another host is settled.
void check_strays(std::string_view host, const std::vector<Bay>& mapped,
                  const std::vector<Bay>& all, const HostMap& map) {
  for (const auto& bay : labelled_bays(host, all)) {
    if (!bay.exists || owner_of(bay.number, map) != nullptr) continue;
    throw Error(Fault::misconfigured,
                "it is not clear which bay is host " + text::quote(host) + ": 'host_map' says " +
                    list(mapped) + ", but " + bay.text() + " carries its name",
                "correct 'host_map', or the names of the bays on the management module");
  }
}

/// Several bays with one label are one wide blade when they lie side by side, and nothing else.
void check_neighbours(std::string_view host, const std::vector<Bay>& bays, const HostMap& map) {
  for (std::size_t i = 0; i < bays.size(); ++i) {
    if (owner_of(bays[i].number, map) != nullptr) ambiguous(host, bays);
    if (i == 0) continue;
    const bool side_by_side = bays[i].number == bays[i - 1].number + 1;
    if (!side_by_side || !text::equal_ignoring_case(label(bays[i]), label(bays[i - 1])))
      ambiguous(host, bays);
  }
}

void check_numbers(const std::vector<Bay>& bays, const std::vector<Bay>& all) {
  for (const auto& bay : bays) {
    const auto same = [&](const Bay& other) { return other.number == bay.number; };
    if (bay.number == 0 || std::count_if(all.begin(), all.end(), same) != 1) {
      throw Error(Fault::failed,
                  "the management module does not number its bays: " + bay.text() + " in row " +
                      std::to_string(bay.index),
                  "wait until it has collected its inventory, or restart it");
    }
  }
}

}  // namespace

std::optional<HostMap> parse_host_map(std::string_view text) {
  HostMap map;
  std::set<int> taken;
  for (const auto& part : text::split(text, "; \t")) {
    const auto colon = part.find(':');
    if (colon == std::string::npos || colon == 0) return {};
    auto bays = parse_bays(std::string_view(part).substr(colon + 1));
    HostMap::Entry entry{part.substr(0, colon), {}};
    if (!bays) return {};
    for (const auto& other : map.entries) {
      if (text::equal_ignoring_case(other.host, entry.host)) return {};
    }
    for (const int bay : *bays) {
      if (!taken.insert(bay).second) return {};
    }
    std::sort(bays->begin(), bays->end());
    entry.bays = std::move(*bays);
    map.entries.push_back(std::move(entry));
  }
  return map;
}

std::string label(const Bay& bay) {
  std::string result(text::trim(std::string_view(bay.name).substr(0, bay.name.find('('))));
  for (char& letter : result) {
    // fenced splits lists at blanks, commas and semicolons
    if (letter <= ' ' || letter > '~' || letter == ',' || letter == ';') letter = '_';
  }
  return result;
}

bool same_host(std::string_view left, std::string_view right) {
  if (left.empty() || right.empty()) return false;
  if (qualified(left) && qualified(right)) return text::equal_ignoring_case(left, right);
  return text::equal_ignoring_case(short_name(left), short_name(right));
}

std::vector<Bay> bays_of(std::string_view host, const std::vector<Bay>& all, const HostMap& map) {
  const auto* entry = entry_of(host, map);
  auto found = entry != nullptr ? mapped_bays(*entry, all) : labelled_bays(host, all);
  if (host.empty() || found.empty()) throw no_bay(host, all, map);
  std::sort(found.begin(), found.end(),
            [](const Bay& left, const Bay& right) { return left.number < right.number; });
  check_numbers(found, all);
  if (entry == nullptr) {
    check_neighbours(host, found, map);
  } else {
    check_strays(host, found, all, map);
  }
  for (const auto& bay : found) {
    if (bay.exists) continue;
    // An empty bay is no proof: the module may have lost a blade that runs.
    throw Error(
        Fault::misconfigured,
        bay.text() + " of host " + text::quote(host) + " is empty, says the management module",
        "look into the chassis; correct the bay's name there, or 'host_map'");
  }
  return found;
}

std::string host_of(const Bay& bay, const HostMap& map) {
  const auto* owner = owner_of(bay.number, map);
  return owner != nullptr ? owner->host : label(bay);
}

std::vector<std::string> hosts(const std::vector<Bay>& all, const HostMap& map) {
  std::vector<std::string> found;
  const auto add = [&](const std::string& host) {
    const auto same = [&](const std::string& other) {
      return text::equal_ignoring_case(other, host);
    };
    if (!host.empty() && std::none_of(found.begin(), found.end(), same)) found.push_back(host);
  };
  for (const auto& entry : map.entries) {
    const auto has_blade = [&](const Bay& bay) {
      return bay.exists &&
             std::find(entry.bays.begin(), entry.bays.end(), bay.number) != entry.bays.end();
    };
    if (std::any_of(all.begin(), all.end(), has_blade)) add(entry.host);
  }
  for (const auto& bay : all) {
    if (bay.exists && owner_of(bay.number, map) == nullptr) add(label(bay));
  }
  return found;
}

}  // namespace havc::power
