// The cluster through whichever of its nodes answers: asked, and changed with a guard.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "cluster/configuration.h"
#include "cluster/status.h"
#include "remote/run.h"

namespace havc::change {

/// Error(failed): the configuration is another than the one a change was made for, and nothing was
/// done.
class ChangedMeanwhile : public Error {
 public:
  using Error::Error;
};

/// Begins with the node that answered last; one that does not answer costs a part of the deadline.
class Pacemaker {
 public:
  Pacemaker(std::vector<remote::Host> hosts, remote::Run run);

  /// Of the first node that has quorum, else of the first that answers at all. Throws
  /// Error(unreachable), or the fault all have in common, with each node's reason.
  cluster::Status status(Deadline deadline);

  /// The CIB's text, state included. Throws likewise.
  std::string cib(Deadline deadline);

  /// The CIB's first line alone: which version it is, and who made it.
  struct Origin {
    cluster::Version version = {};
    std::string written = {};  ///< as Pacemaker writes a date
    std::string user = {};
    std::string client = {};  ///< the program
    std::string node = {};
    std::string text() const;  ///< "0.20.1, by root with crm_resource on n1 at Sat Nov 21 …"
  };
  Origin origin(Deadline deadline);

  /// Runs a program on the node that answered last, or on the first. Throws as remote::Run does,
  /// and Error(failed) with its words for an exit code other than 0.
  ProcessResult run(const remote::Command& command, Deadline deadline);

  /// Makes the change of a crm_diff patch, in which the version it was made for stands, as one. The
  /// guard is the configuration's version: Pacemaker counts results of operations, too, which
  /// does not matter here. Throws ChangedMeanwhile "the configuration was changed meanwhile …" when
  /// it is another, Error(failed) with cibadmin's words otherwise: nothing was done then.
  /// Error(timed_out) when the answer was lost and it may have been done.
  void patch(const std::string& patch, const cluster::Version& planned, Deadline deadline);

  /// How much of a machine has gone over, in per cent, as libvirt on the node that it leaves says;
  /// nothing when it does not say so within 2 s. For people: never throws Error.
  std::optional<unsigned> migrated(const std::string& id, const std::string& from,
                                   Deadline deadline);

  const remote::Host& host() const { return hosts_[last_]; }

 private:
  std::vector<remote::Host> hosts_;
  remote::Run run_;
  std::size_t last_ = 0;

  std::string ask(const remote::Command& command, const std::string& what, Deadline deadline,
                  const std::function<bool(const std::string&, const std::string&)>& enough);
};

/// The patch whose guard leaves out what counts results of operations.
std::string guard_of(const std::string& patch);

}  // namespace havc::change
