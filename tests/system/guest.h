// Real QEMU guests under the libvirtd of a private-host, and that daemon's process.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/deadline.h"
#include "support/temporary_folder.h"

namespace havc::test {

/// Long enough for a loaded machine; a test that waits this long fails.
Deadline soon();

/// A boot sector under software emulation, without network. It appends what it says to `console`.
struct Guest {
  std::string name;
  std::string kind;  ///< "obedient", "deaf", "dirtying"
  std::string uuid = "22222222-0000-4000-8000-000000000001";

  TemporaryFolder folder{};
  std::string console() const { return folder / "console"; }
  std::string xml() const;
  /// Returns when it has booted; throws Error(timed_out) otherwise.
  void wait_until_ready() const;
};

/// As libvirt's run state tells.
pid_t qemu_pid(const std::string& name);
/// Of this host, and of the host that private-host --beside made.
pid_t libvirtd_pid();
pid_t second_libvirtd_pid();

/// A process that stands still (SIGSTOP) as long as this lives: a hung daemon.
class Frozen {
 public:
  explicit Frozen(pid_t pid);
  ~Frozen();
  Frozen(const Frozen&) = delete;
  Frozen& operator=(const Frozen&) = delete;

 private:
  pid_t pid_;
};

/// Runs a program that must succeed.
void run(const std::vector<std::string>& arguments);

}  // namespace havc::test
