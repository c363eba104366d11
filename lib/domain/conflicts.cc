#include "domain/conflicts.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "base/worker.h"

namespace havc::domain {

namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
constexpr Duration kMostLooking = seconds(5);
constexpr std::size_t kLargestSettings = 1 << 18;  // qemu.conf of libvirt 9.0 has 40 KiB

std::string without_quotes(std::string_view value) {
  const bool quoted = value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
                      value.back() == value.front();
  return std::string(quoted ? value.substr(1, value.size() - 2) : value);
}

/// KEY=VALUE lines, as of a shell's settings file or of libvirt's; the last one counts. Empty when
/// the file is missing.
std::map<std::string, std::string> settings_in(const std::string& path) {
  std::map<std::string, std::string> settings;
  std::error_code code;
  if (!fs::exists(path, code)) return settings;
  for (const std::string& line : text::split(read_file(path, kLargestSettings), "\n")) {
    const auto equals = line.find('=');
    const std::string_view key = text::trim(std::string_view(line).substr(0, equals));
    if (equals == std::string::npos || key.empty() || key.front() == '#') continue;
    settings[std::string(key)] =
        without_quotes(text::trim(std::string_view(line).substr(equals + 1)));
  }
  return settings;
}

std::string value_of(const std::map<std::string, std::string>& settings, const std::string& key,
                     const std::string& otherwise) {
  const auto found = settings.find(key);
  return found == settings.end() ? otherwise : text::lower(found->second);
}

// As systemctl enable leaves it: a link in a .wants or .requires folder.
bool enabled(const std::string& etc, const std::string& unit) {
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(etc + "/systemd/system", code)) {
    const std::string extension = entry.path().extension();
    if (extension != ".wants" && extension != ".requires") continue;
    if (fs::is_symlink(fs::symlink_status(entry.path() / unit, code))) return true;
  }
  return false;
}

bool is_libvirts_own(const std::string& config, const std::string& etc) {
  std::error_code code;
  const fs::path real = fs::weakly_canonical(config, code);
  return (code ? config : real.string()).starts_with(etc + "/libvirt/qemu/");
}

std::vector<std::string> in_files(const std::string& config, const std::string& etc) {
  std::vector<std::string> found = guests_service_conflicts(etc);
  if (is_libvirts_own(config, etc)) {
    found.push_back(
        "config " + text::quote(config) +
        " is in libvirt's own folder, where virsh undefine deletes it: move it elsewhere");
  }
  return found;
}

}  // namespace

std::vector<std::string> guests_service_conflicts(const std::string& etc) {
  if (!enabled(etc, "libvirt-guests.service")) return {};
  auto settings = settings_in(etc + "/sysconfig/libvirt-guests");
  for (const auto& [key, value] : settings_in(etc + "/default/libvirt-guests"))
    settings[key] = value;
  std::vector<std::string> found;
  // libvirt-guests.sh.in of libvirt 9.0: what it does without a setting.
  const std::string on_boot = value_of(settings, "ON_BOOT", "start");
  const std::string on_shutdown = value_of(settings, "ON_SHUTDOWN", "suspend");
  if (on_boot != "ignore") {
    found.push_back("libvirt-guests starts guests at boot (ON_BOOT=" + on_boot +
                    "): set ON_BOOT=ignore or disable it");
  }
  if (on_shutdown == "suspend") {
    found.push_back(
        "libvirt-guests saves guests at shutdown (ON_SHUTDOWN=suspend): set ON_SHUTDOWN=shutdown "
        "or "
        "disable it");
  }
  return found;
}

std::string lock_manager(const std::string& etc) {
  return value_of(settings_in(etc + "/libvirt/qemu.conf"), "lock_manager", "");
}

bool declares_shared_folders(const std::string& etc) {
  return settings_in(etc + "/libvirt/qemu.conf").count("shared_filesystems") > 0;
}

std::vector<std::string> conflicts(const Subject& subject, const Places& places, Hypervisor& host,
                                   Deadline deadline) {
  std::vector<std::string> found;
  try {
    const auto look = [config = subject.config, etc = places.etc] { return in_files(config, etc); };
    found = file_system_of(places.etc).run(look, deadline.capped(kMostLooking));
  } catch (const Error& error) {
    log::info("looking for conflicts: " + error.problem());
  }
  try {
    // Without a usable definition nothing is known of the domain.
    if (!subject.identity.name.empty() &&
        host.starts_by_itself(subject.identity, deadline.capped(kMostLooking))) {
      found.push_back("libvirtd starts " + text::quote(subject.identity.name) +
                      " by itself: virsh autostart --disable");
    }
  } catch (const Error& error) {
    log::info("looking for conflicts: " + error.problem());
  }
  return found;
}

void warn_of_conflicts(const Subject& subject, const Places& places, Hypervisor& host,
                       Deadline deadline) {
  try {
    const auto look = [etc = places.etc] { return lock_manager(etc); };
    const std::string manager = file_system_of(places.etc).run(look, deadline.capped(kMostLooking));
    log::debug("libvirt's lock manager: " + (manager.empty() ? "none" : manager));
  } catch (const Error& error) {
    log::debug("libvirt's lock manager: not known: " + error.problem());
  }
  for (const std::string& conflict : conflicts(subject, places, host, deadline)) {
    log::warn(conflict);
  }
}

}  // namespace havc::domain
