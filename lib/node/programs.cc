#include "node/programs.h"

#include "base/error.h"
#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "xml/document.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace havc::node {

namespace {

// libvirt's daemons are started by their sockets: either may be the one that runs.
constexpr std::array kUnits{
    "pacemaker.service", "corosync.service",  "corosync-qdevice.service", "libvirtd.service",
    "libvirtd.socket",   "virtqemud.service", "virtqemud.socket",         "libvirt-guests.service"};

// Debian's names and Fedora's.
constexpr std::array kPackages{"havc",     "resource-agents-havc", "fence-agents-havc", "pacemaker",
                               "corosync", "libvirt-daemon",       "qemu-system-x86",   "qemu-kvm"};

/// What it printed; throws Error when it did not end well.
std::string output_of(const std::vector<std::string>& arguments, Deadline deadline) {
  const ProcessResult result = run_process(arguments, "", deadline);
  if (result.exit_code == 0) return result.output;
  throw Error(Fault::failed, fmt::format("{} ended with {}: {}", text::quote(arguments.front()),
                                         result.exit_code, result.words()));
}

/// What `ask` gives, or the problem of the Error that it throws.
template <class Ask>
auto answer(Ask ask) -> Answer<decltype(ask())> {
  try {
    return ask();
  } catch (const Error& error) {
    return Answer<decltype(ask())>::none(error.problem());
  }
}

std::string seconds_of(Deadline deadline) {
  using std::chrono::seconds;
  const auto left = std::chrono::duration_cast<seconds>(deadline.remaining());
  return std::to_string(std::max<seconds::rep>(left.count(), 1));
}

/// "key: value", both without blanks around.
bool split_field(std::string_view line, std::string& key, std::string& value) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  key = text::trim(line.substr(0, colon));
  value = text::trim(line.substr(colon + 1));
  return true;
}

[[noreturn]] void not_understood(const char* program, const std::string& line) {
  throw Error(Fault::unusable_here,
              fmt::format("{} says {}, which is not understood", program, text::quote(line)));
}

unsigned number_of(std::string_view word, const std::string& line) {
  const auto number = text::number(word, UINT32_MAX);
  if (!number) not_understood("corosync-cfgtool", line);
  return static_cast<unsigned>(*number);
}

bool contains(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// "LINK: 0 udp (10.0.0.1->10.0.0.2) enabled connected mtu: 1446"
CorosyncLink link_of(const std::vector<std::string>& words, const std::string& line) {
  constexpr std::size_t kAddresses = 3;
  if (words.size() <= kAddresses) not_understood("corosync-cfgtool", line);
  CorosyncLink link;
  link.number = number_of(words[1], line);
  const auto ends = text::split(words[kAddresses], "()->");
  // An IPv6 address has neither of these characters.
  if (ends.size() == 2) {
    link.local = ends[0];
    link.remote = ends[1];
  }
  link.enabled = contains(words, "enabled");
  link.connected = contains(words, "connected") || contains(words, "dynconnected");
  return link;
}

}  // namespace

std::string parse_local_name(std::string_view text) {
  std::map<std::string, std::string> values;
  for (const std::string& line : text::split(text, "\n")) {
    // nodelist.node.0.name (str) = node1
    const auto words = text::split(line, " ");
    if (words.size() == 4) values[words[0]] = words[3];
  }
  const auto position = values.find("nodelist.local_node_pos");
  if (position == values.end()) return {};
  return values[fmt::format("nodelist.node.{}.name", position->second)];
}

std::vector<Service> parse_units(std::string_view text) {
  std::vector<Service> services;
  Service service;
  const auto finish = [&] {
    if (!service.name.empty()) services.push_back(service);
    service = {};
  };
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size() - 1);
    const std::string_view line = text::trim(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
    if (line.empty()) finish();
    const auto equals = std::min(line.find('='), line.size());
    const std::string_view key = line.substr(0, equals);
    const std::string value(line.substr(std::min(equals + 1, line.size())));
    if (key == "Id")
      service.name = value.ends_with(".service") ? value.substr(0, value.size() - 8) : value;
    if (key == "LoadState") service.load = value;
    if (key == "ActiveState") service.active = value;
    if (key == "UnitFileState") service.enabled = value;
  }
  finish();
  return services;
}

Corosync parse_links(std::string_view text) {
  Corosync corosync;
  for (const std::string& line : text::split(text, "\n")) {
    const auto words = text::split(line, " ,:");
    if (line.starts_with("Local node ID")) {
      // Local node ID 1, transport knet
      if (words.size() < 4) not_understood("corosync-cfgtool", line);
      corosync.id = number_of(words[3], line);
      corosync.transport = words.back();
    } else if (line.starts_with("nodeid:")) {
      // nodeid: 2 reachable onwire (min/max/cur): 0, 1, 1
      if (words.size() < 2) not_understood("corosync-cfgtool", line);
      corosync.peers.push_back({number_of(words[1], line), contains(words, "reachable"), {}});
    } else if (text::trim(line).starts_with("LINK:") && !corosync.peers.empty()) {
      corosync.peers.back().links.push_back(link_of(text::split(line, " \t"), line));
    }
  }
  if (corosync.id == 0) {
    not_understood("corosync-cfgtool", text::one_line(text, 100));
  }
  return corosync;
}

std::string quorum_device_model(std::string_view configuration) {
  std::vector<std::string> sections;
  for (const std::string& raw : text::split(configuration, "\n")) {
    const std::string line(text::trim(raw));
    if (line.starts_with("#")) continue;
    if (line.ends_with("{")) {
      sections.emplace_back(text::trim(std::string_view(line).substr(0, line.size() - 1)));
    } else if (line == "}" && !sections.empty()) {
      sections.pop_back();
    } else if (sections == std::vector<std::string>{"quorum", "device"}) {
      std::string key;
      std::string value;
      if (split_field(line, key, value) && key == "model") return value;
    }
  }
  return {};
}

QuorumDevice parse_quorum_device(std::string_view text) {
  QuorumDevice device{.configured = true};
  for (const std::string& line : text::split(text, "\n")) {
    std::string key;
    std::string value;
    if (!split_field(line, key, value)) continue;
    if (key == "Model") device.model = value;
    if (key == "QNetd host") device.host = value;
    if (key == "State") device.state = value;
  }
  return device;
}

std::map<std::string, std::string> parse_packages(std::string_view text) {
  std::map<std::string, std::string> packages;
  for (const std::string& line : text::split(text, "\n")) {
    const auto words = text::split(line, "\t");
    if (words.size() == 3 && text::trim(words[2]) == "ii") packages[words[0]] = words[1];
  }
  return packages;
}

std::vector<std::string> parse_devices(std::string_view text) {
  const auto document = xml::Document::parse(text, "stonith_admin");
  const auto list = document.root().child("list");
  if (!list) not_understood("stonith_admin", text::one_line(text, 100));
  std::vector<std::string> devices;
  for (const auto& item : list->children("item")) devices.push_back(item.text());
  return devices;
}

// corosync tells it for a fifth of what Pacemaker's tool costs, and also when Pacemaker hangs.
// Without a name in corosync.conf, and on Pacemaker Remote nodes, Pacemaker alone knows it; where
// it does not run, crm_node guesses nothing, and fails.
Answer<std::string> ask_name(Deadline deadline) {
  auto corosync = answer([&] {
    return parse_local_name(output_of({"corosync-cmapctl", "-b", "nodelist."}, deadline));
  });
  if (corosync.known() && !corosync->empty()) return corosync;
  return answer([&] {
    return std::string(text::trim(output_of({"crm_node", "--name"}, deadline)));
  });
}

Answer<std::vector<Service>> ask_systemd(Deadline deadline) {
  return answer([&] {
    // sd_booted(3)
    if (access("/run/systemd/system", F_OK) != 0) return std::vector<Service>();
    std::vector<std::string> arguments{"systemctl", "show", "--property",
                                       "Id,LoadState,ActiveState,UnitFileState", "--"};
    arguments.insert(arguments.end(), kUnits.begin(), kUnits.end());
    return parse_units(output_of(arguments, deadline));
  });
}

Answer<Corosync> ask_corosync(Deadline deadline) {
  return answer([&] { return parse_links(output_of({"corosync-cfgtool", "-n"}, deadline)); });
}

Answer<QuorumDevice> ask_quorum_device(const std::string& configuration, Deadline deadline) {
  return answer([&] {
    constexpr std::size_t kMost = 1 << 20;
    const std::string model = quorum_device_model(read_file(configuration, kMost));
    if (model.empty()) return QuorumDevice{};
    return parse_quorum_device(output_of({"corosync-qdevice-tool", "-s"}, deadline));
  });
}

Answer<std::map<std::string, std::string>> ask_packages(Deadline deadline) {
  return answer([&] {
    constexpr std::string_view kFolders = "/usr/bin:/bin";
    const bool debian = !find_program("dpkg-query", kFolders).empty();
    std::vector<std::string> arguments =
        debian ? std::vector<std::string>{"dpkg-query", "-W", "-f",
                                          "${Package}\\t${Version}\\t${db:Status-Abbrev}\\n"}
               : std::vector<std::string>{"rpm", "-q", "--qf",
                                          "%{NAME}\\t%{VERSION}-%{RELEASE}\\tii\\n"};
    arguments.insert(arguments.end(), kPackages.begin(), kPackages.end());
    // Both end with 1 or more when one of the packages is not installed.
    const ProcessResult result = run_process(arguments, "", deadline);
    const bool broken = result.output.empty() && result.exit_code > 1 && debian;
    if (broken) throw Error(Fault::failed, "dpkg-query: " + result.words());
    return parse_packages(result.output);
  });
}

FenceDevice ask_fence_device(const std::string& name, Deadline deadline) {
  FenceDevice device{.name = name};
  device.works = answer([&] {
    const ProcessResult result = run_process(
        {"stonith_admin", "--query=" + name, "--timeout", seconds_of(deadline)}, "", deadline);
    device.words = result.exit_code == 0 ? "" : result.words();
    return result.exit_code == 0;
  });
  return device;
}

FenceTarget ask_fence_target(const std::string& node, Deadline deadline) {
  return {node, answer([&] {
            return parse_devices(output_of({"stonith_admin", "--list=" + node, "--output-as=xml",
                                            "--timeout", seconds_of(deadline)},
                                           deadline));
          })};
}

}  // namespace havc::node
