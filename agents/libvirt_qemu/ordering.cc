#include "libvirt_qemu/ordering.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/process.h"
#include "base/text.h"

#include <array>
#include <filesystem>
#include <string_view>

namespace havc::libvirt_qemu {

namespace {

namespace fs = std::filesystem;

// libvirt starts each guest in a scope with Before= this target, at whose end systemd kills it (virSystemdCreateMachine).
constexpr std::string_view kGuestShutdown = "virt-guest-shutdown.target";
constexpr std::string_view kAnchor = "resource-agents-deps.target";

// Daemons of libvirt that a QEMU guest may need until its end, monolithic and modular, as libvirt 11 knows them. A daemon that is started by its
// socket must keep it: systemd starts nothing on sockets whose end is scheduled.
constexpr std::array<std::string_view, 11> kDaemons{"libvirtd",     "virtqemud",   "virtproxyd",   "virtlogd",       "virtlockd",    "virtnetworkd",
                                                    "virtstoraged", "virtsecretd", "virtnodedevd", "virtinterfaced", "virtnwfilterd"};
constexpr std::array<std::string_view, 6> kKinds{".service", ".socket", "-ro.socket", "-admin.socket", "-tcp.socket", "-tls.socket"};
// machined ends the guests' scopes; libvirt-guests would suspend or shut down guests that the cluster is about to stop.
constexpr std::array<std::string_view, 3> kOthers{kGuestShutdown, "systemd-machined.service", "libvirt-guests.service"};

std::vector<std::string> candidates() {
  std::vector<std::string> names(kOthers.begin(), kOthers.end());
  for (const auto daemon : kDaemons) {
    for (const auto kind : kKinds) names.push_back(fmt::format("{}{}", daemon, kind));
  }
  return names;
}

/// Masked is what leads to /dev/null, or is empty.
bool usable(const std::vector<std::string>& folders, const std::string& unit) {
  std::error_code code;
  for (const auto& folder : folders) {
    const fs::path file = fs::path(folder) / unit;
    if (!fs::exists(fs::symlink_status(file, code))) continue;
    return fs::is_regular_file(file, code) && fs::file_size(file, code) > 0;
  }
  return false;
}

void systemctl(std::vector<std::string> words, Deadline deadline) {
  words.insert(words.begin(), "systemctl");
  const auto result = run_process(words, "", deadline);
  if (result.exit_code == 0) return;
  throw Error(Fault::failed, fmt::format("'{}' exits with {}: {}", text::join(words, " "), result.exit_code, result.words()));
}

void arrange(const SystemdPlaces& places, Deadline deadline) {
  std::error_code code;
  if (places.runtime.empty() || !fs::is_directory(places.runtime, code)) return;
  const auto units = units_of_guests(places.units);
  const std::string content = ordering_drop_in(units);
  if (content.empty()) return;
  if (!usable(places.units, std::string(kAnchor))) {
    throw Error(Fault::not_installed, fmt::format("systemd has no {}", kAnchor), "install the package resource-agents");
  }
  constexpr mode_t kFolderMode = 0755;
  constexpr mode_t kFileMode = 0644;  // systemd complains of others: all can ask it for the content anyway
  const std::string folder = fmt::format("{}/{}.d", places.runtime, kAnchor);
  const std::string path = folder + "/99-havc-libvirt.conf";
  constexpr std::size_t kLargest = 65536;
  if (recall_file(path, kLargest) == content) return;
  make_folder(folder, kFolderMode);
  write_file(path, content, kFileMode);
  try {
    systemctl({"daemon-reload"}, deadline);
    // Wants= does nothing for a target that has been reached; and only what is active has an end to be ordered.
    if (units.count(std::string(kGuestShutdown)) != 0) systemctl({"start", "--no-block", std::string(kGuestShutdown)}, deadline);
  } catch (const Error&) {
    remove_file(path);  // so that the next start tries again
    throw;
  }
}

}  // namespace

std::set<std::string> units_of_guests(const std::vector<std::string>& folders) {
  std::set<std::string> found;
  for (auto& unit : candidates()) {
    if (usable(folders, unit)) found.insert(std::move(unit));
  }
  return found;
}

std::string ordering_drop_in(const std::set<std::string>& units) {
  if (units.empty()) return {};
  std::string text = "# Made by ocf:havc:LibvirtQemu: the cluster ends its virtual machines before these units end.\n[Unit]\n";
  if (units.count(std::string(kGuestShutdown)) != 0) text += fmt::format("Wants={}\n", kGuestShutdown);
  for (const auto& unit : units) text += fmt::format("After={}\n", unit);
  return text;
}

void arrange_ordering(const SystemdPlaces& places, Deadline deadline) noexcept {
  try {
    constexpr auto kMost = std::chrono::seconds(10);  // a reload takes a second or two on hosts with thousands of units
    arrange(places, deadline.part(kMost, 4));
  } catch (const std::exception& error) {
    log::warn(fmt::format("at shutdown, libvirt may end before the cluster does: {}", error.what()));
  }
}

}  // namespace havc::libvirt_qemu
