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

/// Reads on in a text; false or nothing when it goes on otherwise.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool skip(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  bool skip_behind(std::string_view mark) {
    const auto place = rest_.find(mark);
    if (place == std::string_view::npos) return false;
    rest_.remove_prefix(place + mark.size());
    return true;
  }
  /// What stands before `end`, which is skipped; not with anything that a parser would have to
  /// resolve.
  std::optional<std::string> value(std::string_view end) {
    const auto place = rest_.find(end);
    if (place == std::string_view::npos) return std::nullopt;
    const std::string_view found = rest_.substr(0, place);
    if (found.find_first_of("&<>'\"\r\n\t") != std::string_view::npos) return std::nullopt;
    rest_.remove_prefix(place + end.size());
    return std::string(found);
  }
  bool ends_with(std::string_view expected) const { return rest_.ends_with(expected); }

 private:
  std::string_view rest_;
};

}  // namespace

std::optional<RunHead> head_as_written(std::string_view xml) {
  Reader reader(xml);
  if (!reader.skip("<!--") || !reader.skip_behind("-->\n\n<domstatus state='")) return {};
  const auto state = reader.value("' reason='");
  const auto reason = state ? reader.value("' pid='") : std::nullopt;
  const auto pid = reason ? reader.value("'>\n") : std::nullopt;
  // Two blanks: a child of domstatus, which has one such child.
  if (!pid || !reader.skip_behind("\n  <domain type='") || !reader.skip_behind(">") ||
      !reader.skip("\n    <name>"))
    return {};
  const auto name = reader.value("</name>\n    <uuid>");
  const auto uuid = name ? reader.value("</uuid>\n") : std::nullopt;
  if (!uuid || name->empty() || uuid->empty() || !reader.ends_with("\n  </domain>\n</domstatus>\n"))
    return {};
  const auto number = text::number(*pid, INT32_MAX);
  return RunHead{
      {*name, text::lower(*uuid)}, *state, *reason, static_cast<pid_t>(number.value_or(0))};
}

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

namespace {

/// `read`: what makes a RunHead, or more, of the file's text and its path.
template <class Read>
auto read_of(const std::string& folder, const std::string& name, std::string* why, Read read)
    -> std::optional<decltype(read(std::string(), std::string()))> {
  std::string reason = "libvirt's run state is not looked at";
  if (!folder.empty() && can_be_file(name)) {
    const std::string path = folder + "/" + name + std::string(kEnding);
    try {
      auto state = read(read_file(path, kLargestRunState), path);
      if (state.identity.name == name) return state;
      reason = text::quote(path) + " is of " + text::quote(state.identity.name);
    } catch (const Error& error) {
      reason = error.problem();
    }
  }
  if (why != nullptr) *why = reason;
  return std::nullopt;
}

}  // namespace

std::optional<RunState> read_run_state(const std::string& folder, const std::string& name,
                                       std::string* why) {
  return read_of(folder, name, why, parse_run_state);
}

std::optional<RunHead> read_run_head(const std::string& folder, const std::string& name,
                                     std::string* why) {
  return read_of(folder, name, why, [](const std::string& xml, const std::string& path) {
    const auto head = head_as_written(xml);
    return head ? *head : RunHead(parse_run_state(xml, path));
  });
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

Glimpse glimpse(const Identity& domain, const Places& places, const std::optional<RunHead>& seen) {
  std::string why;
  const auto state = seen ? seen : read_run_head(places.run_state, domain.name, &why);
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
