// libvirt's events, brought to a thread that waits. libvirt's event loop runs on a thread of its
// own, which makes no calls: it receives events, and answers the daemon's keepalive messages,
// without which the daemon hangs up after 30 s.
#pragma once

#include <mutex>

#include "base/deadline.h"
#include "base/descriptor.h"
#include "domain/identity.h"

namespace havc::domain {

/// Once per process, before the first connection; later calls do nothing. Also silences libvirt,
/// which would print errors.
void start_libvirt_events();

/// Raised by the event loop, waited for by the verbs' thread.
class ChangeSignal {
 public:
  /// Throws Error(failed) without a descriptor.
  ChangeSignal();

  /// From now on this domain's events count; those that came before do not.
  void watch(const Identity& domain);
  void domain_changed(const std::string& name, const std::string& uuid);
  void connection_broke() { raise(); }

  /// True when there was a change since the last wait; false when `process` ended or the deadline
  /// came.
  bool wait(const Descriptor& process, Deadline deadline);

 private:
  void raise();

  std::mutex mutex_;
  Identity watched_;
  Descriptor raised_;
};

}  // namespace havc::domain
