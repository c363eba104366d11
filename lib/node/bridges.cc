#include "node/bridges.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>

namespace havc::node {

namespace {

namespace fs = std::filesystem;

bool there(const std::string& path) {
  std::error_code code;
  return fs::exists(path, code);
}

std::string word_of(const std::string& path) {
  constexpr std::size_t kMost = 4096;  // a page: what sysfs gives at most
  return std::string(text::trim(recall_file(path, kMost)));
}

// eth0.4  VID: 4	 REORDER_HDR: 1  dev->priv_flags: 1021
std::optional<unsigned> vlan_of(const std::string& path) {
  constexpr unsigned kMost = 4094;
  const auto words = text::split(word_of(path), " \t\n");
  const auto label = std::find(words.begin(), words.end(), "VID:");
  if (words.end() - label < 2) return {};
  const auto number = text::number(label[1], kMost);
  if (!number) return {};
  return static_cast<unsigned>(*number);
}

Port port_of(const std::string& name, const std::string& links, const std::string& vlans) {
  const std::string link = links + "/" + name;
  return {name, word_of(link + "/carrier") == "1", there(link + "/tun_flags"),
          vlan_of(vlans + "/" + name)};
}

// IFF_UP of <linux/if.h>; "0x1003"
bool switched_on(const std::string& flags) {
  constexpr std::string_view kOdd = "13579bdf";
  return !flags.empty() && kOdd.find(flags.back()) != std::string_view::npos;
}

Bridge bridge_of(const std::string& name, const std::string& links, const std::string& vlans) {
  Bridge bridge;
  bridge.name = name;
  const std::string link = links + "/" + name;
  // A name from outside; sysfs has no other folders than those of links.
  bridge.exists = name.find('/') == std::string::npos && there(link + "/ifindex");
  if (!bridge.exists) return bridge;
  bridge.is_bridge = there(link + "/bridge");
  bridge.up = switched_on(word_of(link + "/flags"));
  bridge.filters_vlans = word_of(link + "/bridge/vlan_filtering") == "1";
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(link + "/brif", code)) {
    bridge.ports.push_back(port_of(entry.path().filename().string(), links, vlans));
  }
  std::sort(bridge.ports.begin(), bridge.ports.end(),
            [](const Port& one, const Port& other) { return one.name < other.name; });
  return bridge;
}

}  // namespace

Answer<std::vector<Bridge>> look_at_bridges(const std::vector<std::string>& names,
                                            const std::string& links, const std::string& vlans) {
  if (!there(links)) return Answer<std::vector<Bridge>>::none("there is no " + links);
  std::vector<Bridge> bridges;
  bridges.reserve(names.size());
  for (const std::string& name : names) bridges.push_back(bridge_of(name, links, vlans));
  return bridges;
}

}  // namespace havc::node
