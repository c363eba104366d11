#include "power/host_map.h"

#include <algorithm>
#include <set>

#include "base/error.h"
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

std::optional<int> parse_number(std::string_view text) {
  const auto number = text::number(text::trim(text), kMostBay);
  if (!number || *number == 0) return {};
  return static_cast<int>(*number);
}

std::optional<std::vector<Place>> parse_bays(std::string_view text) {
  std::vector<Place> bays;
  for (const auto& part : text::split(text, ",")) {
    const auto place = parse_place(part);
    if (!place) return {};
    bays.push_back(*place);
  }
  if (bays.empty()) return {};
  return bays;
}

}  // namespace

std::string Place::text() const {
  return (chassis == 0 ? "" : std::to_string(chassis) + "/") + std::to_string(number);
}

std::optional<Place> parse_place(std::string_view text) {
  const auto slash = text.find('/');
  const auto number = parse_number(slash == text.npos ? text : text.substr(slash + 1));
  if (!number) return {};
  if (slash == text.npos) return Place{0, *number};
  const auto chassis = parse_number(text.substr(0, slash));
  if (!chassis) return {};
  return Place{*chassis, *number};
}

const HostMap::Entry* HostMap::of_host(std::string_view host) const {
  const Entry* alike = nullptr;
  const Entry* other = nullptr;
  for (const auto& entry : entries) {
    if (text::equal_ignoring_case(entry.host, host)) return &entry;
    if (same_host(entry.host, host)) (alike == nullptr ? alike : other) = &entry;
  }
  if (other == nullptr) return alike;
  throw Error(Fault::misconfigured,
              "host " + text::quote(std::string(host)) + " may be " + text::quote(alike->host) +
                  " or " + text::quote(other->host) + " of 'host_map'",
              "give the host in 'host_map' by the name that the cluster uses");
}

const HostMap::Entry* HostMap::of_bay(const Bay& bay) const {
  for (const auto& entry : entries) {
    const auto is_it = [&](const Place& place) { return place.is(bay); };
    if (std::any_of(entry.bays.begin(), entry.bays.end(), is_it)) return &entry;
  }
  return nullptr;
}

std::optional<HostMap> parse_host_map(std::string_view text) {
  HostMap map;
  std::set<Place> taken;
  for (const auto& part : text::split(text, "; \t")) {
    const auto colon = part.find(':');
    if (colon == std::string::npos || colon == 0) return {};
    auto bays = parse_bays(std::string_view(part).substr(colon + 1));
    HostMap::Entry entry{part.substr(0, colon), {}};
    if (!bays) return {};
    for (const auto& other : map.entries) {
      if (text::equal_ignoring_case(other.host, entry.host)) return {};
    }
    for (const auto& bay : *bays) {
      if (!taken.insert(bay).second) return {};
    }
    std::sort(bays->begin(), bays->end());
    entry.bays = std::move(*bays);
    map.entries.push_back(std::move(entry));
  }
  return map;
}

void check(const HostMap& map, int count) {
  std::set<Place> taken;
  for (const auto& entry : map.entries) {
    for (const auto& place : entry.bays) {
      const std::string words =
          "'host_map' gives host " + text::quote(entry.host) + " bay " + place.text();
      if (place.chassis > count) {
        throw Error(Fault::misconfigured,
                    words + ", but the address is of " + std::to_string(count) + " chassis",
                    "correct 'host_map'; semicolons in the address separate chassis");
      }
      if (place.chassis == 0 && count > 1) {
        throw Error(Fault::misconfigured,
                    words + ", but not of which of the " + std::to_string(count) + " chassis",
                    "write CHASSIS/BAY in 'host_map', as in node1:1/3;node2:2/4");
      }
      if (!taken.insert({std::max(place.chassis, 1), place.number}).second) {
        throw Error(Fault::misconfigured, words + ", which has been given away before",
                    "correct 'host_map'");
      }
    }
  }
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

std::string host_of(const Bay& bay, const HostMap& map) {
  const auto* owner = map.of_bay(bay);
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
    const auto has_blade = [&](const Bay& bay) { return bay.exists && map.of_bay(bay) == &entry; };
    if (std::any_of(all.begin(), all.end(), has_blade)) add(entry.host);
  }
  for (const auto& bay : all) {
    if (bay.exists && map.of_bay(bay) == nullptr) add(label(bay));
  }
  return found;
}

}  // namespace havc::power
