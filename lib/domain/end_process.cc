#include "domain/end_process.h"

#include <csignal>

#include "base/error.h"
#include "base/log.h"
#include "base/pidfd.h"

namespace havc::domain {

namespace {

// As long as libvirt waits after SIGTERM (virProcessKillPainfullyDelay).
constexpr Duration kTermTime = std::chrono::seconds(10);

void signal_all(const Sighting& seen, int signal, const char* name) {
  for (const QemuProcess& process : seen.processes) {
    if (send_signal(process.handle, signal)) {
      log::warn(std::string(name) + " to QEMU pid " + std::to_string(process.pid) + " of '" +
                process.identity.name + "'");
    }
  }
}

[[noreturn]] void report_survivor(const Sighting& seen, const std::string& proc,
                                  Deadline deadline) {
  for (const QemuProcess& process : seen.processes) {
    if (wait_for_end(process.handle, deadline)) continue;
    const char state = process_state(proc, process.pid);
    const std::string who = "QEMU pid " + std::to_string(process.pid);
    if (state == 'D') {
      throw Error(Fault::failed, who + " is in uninterruptible I/O and survives SIGKILL",
                  "fence this node, or repair its storage");
    }
    throw Error(Fault::failed,
                who + " has not ended after SIGKILL, its state is " + std::string(1, state),
                "fence this node");
  }
  throw Error(Fault::failed, "a QEMU ended too late", "repeat the action");
}

}  // namespace

bool wait_for_all(const Sighting& seen, Deadline deadline) {
  for (const QemuProcess& process : seen.processes) {
    if (!wait_for_end(process.handle, deadline)) return false;
  }
  return true;
}

void end_processes(const Sighting& seen, Manner manner, const std::string& proc,
                   Deadline deadline) {
  if (manner == Manner::term_first) {
    signal_all(seen, SIGTERM, "SIGTERM");
    if (wait_for_all(seen, deadline.part(kTermTime))) return;
  }
  signal_all(seen, SIGKILL, "SIGKILL");
  if (!wait_for_all(seen, deadline)) report_survivor(seen, proc, deadline);
}

}  // namespace havc::domain
