// Asks the node that this runs on. Whatever hangs, the report is there in time.
#pragma once

#include "base/deadline.h"
#include "domain/hypervisor.h"
#include "node/question.h"
#include "node/report.h"

namespace havc::node {

/// What is not this node's kernel or programs; other ones in tests.
struct Surroundings {
  domain::Connect connect = domain::connect;
  std::string proc = "/proc";
  std::string sys = "/sys";
  std::string kvm = "/dev/kvm";
  std::string corosync = "/etc/corosync/corosync.conf";
  std::string domains = kDomainFolder;
  std::string inventory = kInventoryFolder;
};

/// Looks at all that is asked for at the same time, no longer than the deadline and the 200 ms that
/// a program gets to die. What hangs is left behind: end with leave_process(). To be called before
/// threads exist. Throws Error(failed) when there can be no process or thread.
Report collect(const Question& question, const Surroundings& surroundings, Deadline deadline);

}  // namespace havc::node
