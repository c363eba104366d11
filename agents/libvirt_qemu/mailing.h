// Which mails an action of LibvirtQemu causes. Not what they say or how they are sent: lib/mail.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "libvirt_qemu/options.h"
#include "mail/job.h"
#include "ocf/agent.h"

namespace havc::libvirt_qemu {

using HandOver = std::function<void(const mail::Job& job)>;

/// Does nothing at all while `email` is empty, and never throws: a mail must not change an action.
class Mailing {
 public:
  /// The action begins now. `notes`: the folder for the traces of failures.
  Mailing(const Options& options, const ocf::Call& call, std::string notes, HandOver hand_over);

  /// The domain runs now and did not before. That is a recovery when a monitor of this resource failed on this node in the last quarter of an
  /// hour: a failed monitor leaves a trace in the folder of notes. A recovery on another node, as after fencing, cannot be told from a start without
  /// asking the cluster, which can hang; and a resource that failed and is then stopped and started by hand counts as recovered.
  void started(const std::string& domain) const noexcept;
  void stopped(const std::string& domain, bool forced) const noexcept;
  /// Nothing, or no downtime, when that is not known.
  struct Journey {
    std::optional<std::chrono::milliseconds> took;
    std::optional<std::chrono::milliseconds> downtime;
  };
  void arrived(const std::string& domain, const Journey& journey) const noexcept;
  void left(const std::string& domain, const std::string& target) const noexcept;
  /// `monitor`: a recurring one; it is told once in a quarter of an hour, however often it fails.
  void failed(bool monitor, const std::string& reason) const noexcept;

 private:
  void tell(mail::Facts facts) const;
  std::string duration() const;
  std::string trace() const;
  std::optional<std::string> recent_failure() const;

  const Options& options_;
  const ocf::Call& call_;
  std::string notes_;
  HandOver hand_over_;
  Instant begin_;
};

}  // namespace havc::libvirt_qemu
