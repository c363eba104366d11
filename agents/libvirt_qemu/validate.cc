#include "libvirt_qemu/validate.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "base/process.h"
#include "base/text.h"
#include "base/worker.h"
#include "domain/conflicts.h"
#include "domain/definition.h"
#include "domain/devices.h"
#include "domain/disk_sources.h"

namespace havc::libvirt_qemu {

namespace {

/// What is wrong so far.
class Findings {
 public:
  explicit Findings(Deadline deadline) : deadline_(deadline) {}

  /// Of what may hang: the others are looked at, too.
  Deadline share() const { return deadline_.capped(deadline_.remaining() / 4); }

  template <class Check>
  void error(Check&& check) {
    try {
      check();
    } catch (const Error& error) {
      errors_.push_back(error);
    }
  }
  template <class Check>
  void warning(Check&& check) {
    try {
      check();
    } catch (const Error& error) {
      log::warn(error.what());
    }
  }

  void report() const {
    for (std::size_t i = 1; i < errors_.size(); ++i) log::error(errors_[i].what());
    if (errors_.empty()) return;
    const Error& first = errors_.front();
    const std::string others = errors_.size() == 1 ? "" : fmt::format(" (and {} more)", errors_.size() - 1);
    throw Error(first.fault(), first.problem() + others, first.remedy());
  }

 private:
  Deadline deadline_;
  std::vector<Error> errors_;
};

/// Runs `look(path)` where a file system that hangs cannot hold us.
template <class Look>
auto look_at(const std::string& path, Deadline deadline, Look look) -> decltype(look(path)) {
  return file_system_of(path).run([path, look] { return look(path); }, deadline);
}

/// errno, or 0 when the file is there in this way.
int missing(const std::string& path, mode_t type, int access_mode) {
  struct stat facts {};
  if (stat(path.c_str(), &facts) != 0) return errno;
  if (type != 0 && (facts.st_mode & S_IFMT) != type) return type == S_IFDIR ? ENOTDIR : EACCES;
  // Root may execute what nobody may: access(2) says no then, as execve does.
  return access(path.c_str(), access_mode) == 0 ? 0 : errno;
}

void need_program(const std::string& what, const std::string& path, Deadline deadline) {
  const int error = look_at(path, deadline, [](const std::string& program) { return missing(program, S_IFREG, X_OK); });
  if (error == 0) return;
  throw Error(Fault::not_installed, fmt::format("{}: cannot run {}: {}", what, text::quote(path), system_words(error)),
              "install it or correct its path");
}

void need_folder(const std::string& what, const std::string& path, Deadline deadline) {
  const int error = look_at(path, deadline, [](const std::string& folder) { return missing(folder, S_IFDIR, W_OK | X_OK); });
  if (error == 0) return;
  throw Error(Fault::unusable_here, fmt::format("{}: cannot write to {}: {}", what, text::quote(path), system_words(error)),
              "make or mount the folder");
}

void need_source(const domain::Disk& disk, Deadline deadline) {
  const int error = look_at(disk.source, deadline, [](const std::string& path) { return missing(path, 0, F_OK); });
  if (error == 0) return;
  throw Error(Fault::unusable_here, fmt::format("disk {}: {}: {}", disk.target, text::quote(disk.source), system_words(error)),
              "mount its storage, or make the image");
}

void need_closed_file(const std::string& path, Deadline deadline) {
  struct Facts {
    int error;
    mode_t mode;
    uid_t owner;
  };
  const Facts facts = look_at(path, deadline, [](const std::string& file) {
    struct stat status {};
    const int error = stat(file.c_str(), &status) == 0 ? 0 : errno;
    return Facts{error, status.st_mode, status.st_uid};
  });
  const std::string what = "email_auth_file " + text::quote(path);
  if (facts.error != 0) throw Error(Fault::unusable_here, what + ": " + system_words(facts.error), "make it, or unset it");
  constexpr mode_t kOthers = 077;
  if ((facts.mode & kOthers) == 0 && (facts.owner == 0 || facts.owner == geteuid())) return;
  throw Error(Fault::permission, "others may read or own " + what, "chown root and chmod 600 it");
}

/// The domain that is meant, if the definition can be used.
std::optional<domain::Identity> check_definition(const Options& options, Findings& findings) {
  std::optional<domain::Definition> definition;
  findings.error([&] { definition = domain::read_definition(options.config.text, findings.share()); });
  if (!definition) return {};
  const auto devices = domain::parse_devices(definition->xml, definition->path);
  // Without one, libvirt chooses; its driver is there when it can be connected to.
  if (!devices.emulator.empty()) findings.error([&] { need_program("<emulator>", devices.emulator, findings.share()); });
  for (const auto& disk : devices.disks) {
    // It may be mounted by another resource, before this one: no error.
    if (disk.local_path()) findings.warning([&] { need_source(disk, findings.share()); });
  }
  findings.error([&] { domain::refuse_linked_sources(definition->xml, findings.share()); });
  return definition->identity;
}

void check_libvirt(const domain::Subject& subject, const domain::Connect& connect, const domain::Places& places, Findings& findings) {
  std::unique_ptr<domain::Hypervisor> host;
  findings.error([&] { host = connect(subject.uri, findings.share()); });
  if (host) domain::warn_of_conflicts(subject, places, *host, findings.share());
}

void check_programs(const Options& options, Findings& findings) {
  const auto need = [&](const std::string& what, const std::string& path) {
    if (!path.empty()) findings.error([&] { need_program(what, path, findings.share()); });
  };
  for (const auto& script : text::split(options.monitor_scripts, " \t")) need("monitor_scripts", script);
  need("pre_start_hook", options.pre_start_hook.text);
  need("pre_migrate_hook", options.pre_migrate_hook.text);
}

void need_in_path(const std::string& what, const std::string& name, const Environment& environment) {
  if (!find_program(name, environment.get("PATH")).empty()) return;
  throw Error(Fault::not_installed, fmt::format("{}: no program {} is installed", what, text::quote(name)), "install it");
}

/// What libvirt's remote driver has (remoteSplitURIScheme). Any other makes each migration fail, for which the cluster reboots the guest.
void need_transport(const Options& options) {
  constexpr std::array<std::string_view, 8> kKnown{"", "ssh", "tls", "tcp", "libssh2", "libssh", "ext", "unix"};
  const std::string& transport = options.migration_transport.text;
  if (!options.remoteuri.empty() || std::find(kKnown.begin(), kKnown.end(), text::lower(transport)) != kKnown.end()) return;
  throw Error(Fault::misconfigured, "migration_transport: libvirt knows no " + text::quote(transport), "use ssh, tls, tcp, libssh2, libssh or ext");
}

/// Warnings, because mail changes no action.
void check_mail(const Options& options, const Environment& environment, Findings& findings) {
  if (options.email.empty()) return;
  const std::string& route = options.email_route.text;
  if (route.starts_with('/')) findings.warning([&] { need_program("email_route", route, findings.share()); });
  if (route == "sendmail") findings.warning([&] { need_in_path("email_route", route, environment); });
  if (!options.email_auth_file.empty()) findings.warning([&] { need_closed_file(options.email_auth_file.text, findings.share()); });
}

}  // namespace

void validate_node(const Options& options, const ocf::Call& call, const domain::Connect& connect, const domain::Places& places) {
  Findings findings(call.deadline);
  const auto identity = check_definition(options, findings);
  check_libvirt({call.instance, options.hypervisor, options.config.text, identity.value_or(domain::Identity{})}, connect, places, findings);
  check_programs(options, findings);
  if (!options.snapshot.empty()) findings.error([&] { need_folder("snapshot", options.snapshot.text, findings.share()); });
  if (options.sync_config_on_stop) findings.error([&] { need_in_path("sync_config_on_stop", "csync2", call.environment); });
  findings.error([&] { need_transport(options); });
  check_mail(options, call.environment, findings);
  findings.report();
}

}  // namespace havc::libvirt_qemu
