// The QEMU process of a domain, found and verified in /proc without libvirt. Exact comparisons
// only: names may contain anything.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.h"
#include "base/descriptor.h"
#include "domain/identity.h"
#include "domain/places.h"

namespace havc::domain {

struct QemuProcess {
  pid_t pid = 0;
  Descriptor handle;  ///< a pidfd, opened before the last check: it cannot mean another process
  Identity identity;  ///< as its command line states it
};

/// What the command line of a QEMU says: "-name guest=NAME,…" with doubled commas undone, or "-name
/// NAME", and "-uuid UUID". Empty texts for what it does not say. Pure; `command_line` is as in
/// /proc/PID/cmdline.
Identity identity_on(std::string_view command_line);

/// True for the file name of a QEMU emulator: qemu-system-…, qemu-kvm, kvm, also "… (deleted)"
/// after an upgrade.
bool is_emulator(std::string_view executable);

/// The state letter of /proc/PID/stat: R, S, D, T, t, Z, X, …; '\0' when there is no such process.
/// Of a process whose first thread is a zombie, that of another one which is not: it has not ended.
char process_state(const std::string& proc, pid_t pid);

/// Since the process was started; nothing when that cannot be read.
std::optional<std::chrono::milliseconds> process_age(const std::string& proc, pid_t pid);

/// By UUID when both sides know theirs: names are free to be used again, and to be changed. Else by
/// name.
bool same_domain(const Identity& left, const Identity& right);

struct Sighting {
  std::vector<QemuProcess> processes;  ///< verified
  /// Why the view is not complete; empty: every process was seen, and no other can be the domain's
  /// QEMU.
  std::string doubt = {};

  bool alive() const { return !processes.empty(); }
  bool certainly_absent() const { return processes.empty() && doubt.empty(); }
};

/// Looks at one process. `processes` is empty when it is gone, a zombie or something else.
Sighting look_at_process(const std::string& proc, pid_t pid, const Identity& domain);

/// Looks at all processes of this host. Doubt at the deadline (/proc can hang with a process), and
/// when Places::processes is false.
Sighting find_processes(const Places& places, const Identity& domain, Deadline deadline);

/// The process that is stopped by a signal now and 2 s later: nothing in its guest runs, and libvirt
/// does not notice. One in uninterruptible sleep waits for its storage, as its guest would on real
/// hardware. Waits only when one is stopped.
std::optional<pid_t> stopped_by_signal(const Sighting& seen, const std::string& proc,
                                       Deadline deadline);

/// Every QEMU of this host that has a name.
Sighting all_processes(const Places& places, Deadline deadline);

}  // namespace havc::domain
