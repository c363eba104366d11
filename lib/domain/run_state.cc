#include "domain/run_state.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "domain/qemu_process.h"
#include "xml/document.h"

namespace havc::domain {

namespace {

// libvirt 9 writes 10 to 40 KiB; long backing chains and block jobs add to it.
constexpr std::size_t kLargestRunState = 2 << 20;
constexpr std::string_view kEnding = ".xml";

// Reasons with which libvirt calls a domain running (virDomainRunningReason) and which leave no
// doubt. Those of post-copy are left out: a failed one must not pass.
constexpr std::array<std::string_view, 9> kOrdinaryReasons{
    "booted",  "migrated",           "restored",      "from-snapshot", "unpaused",
    "crashed", "migration-canceled", "save-canceled", "wakeup"};

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw Error(Fault::unusable_here, text::quote(path) + " " + why);
}

std::string text_of(const xml::Element& parent, std::string_view child) {
  const auto element = parent.child(child);
  return element ? element->text() : std::string();
}

int count_host_devices(const xml::Element& domain) {
  const auto devices = domain.child("devices");
  return devices ? static_cast<int>(devices->children("hostdev").size()) : 0;
}

bool can_be_file(std::string_view name) {
  return !name.empty() && name.find('/') == std::string_view::npos &&
         name.find('\0') == std::string_view::npos;
}

}  // namespace

RunState parse_run_state(const std::string& xml, const std::string& path) {
  const auto document = xml::Document::parse(xml, path);
  const auto root = document.root();
  if (root.name() != "domstatus") refuse(path, "holds no <domstatus>");
  const auto domain = root.child("domain");
  if (!domain) refuse(path, "holds no <domain>");
  RunState state;
  state.state = root.attribute("state").value_or("");
  state.reason = root.attribute("reason").value_or("");
  const auto pid = text::number(root.attribute("pid").value_or(""), INT32_MAX);
  state.pid = static_cast<pid_t>(pid.value_or(0));
  state.identity = {text_of(*domain, "name"), text::lower(text_of(*domain, "uuid"))};
  if (state.identity.name.empty() || state.identity.uuid.empty()) refuse(path, "names no domain");
  state.mark = mark_of(*domain);
  state.host_devices = count_host_devices(*domain);
  state.size = size_of(*domain);
  return state;
}

std::optional<RunState> read_run_state(const std::string& folder, const std::string& name,
                                       std::string* why) {
  std::string reason = "libvirt's run state is not looked at";
  if (!folder.empty() && can_be_file(name)) {
    const std::string path = folder + "/" + name + std::string(kEnding);
    try {
      RunState state = parse_run_state(read_file(path, kLargestRunState), path);
      if (state.identity.name == name) return state;
      reason = text::quote(path) + " is of " + text::quote(state.identity.name);
    } catch (const Error& error) {
      reason = error.problem();
    }
  }
  if (why != nullptr) *why = reason;
  return std::nullopt;
}

std::vector<RunState> read_run_states(const std::string& folder, int* unusable) {
  std::vector<RunState> states;
  int failures = 0;
  std::error_code code;
  if (!folder.empty()) {
    for (std::filesystem::directory_iterator file(folder, code), end; !code && file != end;
         file.increment(code)) {
      const std::string name = file->path().filename().string();
      if (!name.ends_with(kEnding)) continue;
      auto state = read_run_state(folder, name.substr(0, name.size() - kEnding.size()));
      if (state)
        states.push_back(std::move(*state));
      else
        ++failures;
    }
  }
  if (unusable != nullptr) *unusable = failures;
  return states;
}

Glimpse glimpse(const Identity& domain, const Places& places, const std::optional<RunState>& seen) {
  std::string why;
  const auto state = seen ? seen : read_run_state(places.run_state, domain.name, &why);
  if (!state) return {false, 0, why};
  if (!same_domain(state->identity, domain))
    return {false, 0, "a namesake with another UUID is active"};
  if (state->state != "running" ||
      std::count(kOrdinaryReasons.begin(), kOrdinaryReasons.end(), state->reason) == 0) {
    return {false, 0, "libvirt's run state is '" + state->state + "' (" + state->reason + ")"};
  }
  // The letter first: reading the command line of a process that hangs in the kernel can hang, too.
  const char letter = process_state(places.proc, state->pid);
  const std::string process = "process " + std::to_string(state->pid);
  if (letter != 'R' && letter != 'S')
    return {false, 0, process + " is gone or in state " + (letter ? letter : '-')};
  const Sighting sighting = look_at_process(places.proc, state->pid, state->identity);
  if (!sighting.alive()) {
    return {false, 0, sighting.doubt.empty() ? process + " is not its QEMU" : sighting.doubt};
  }
  return {true, state->pid, {}, state->identity};
}

}  // namespace havc::domain
