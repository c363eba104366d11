// What support needs to know of a cluster, in one archive without secrets.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "remote/run.h"

namespace havc::cli {

/// Secrets are taken out of whatever comes in (health/redact.h).
class Bundle {
 public:
  void add(const std::string& path, const std::string& content);
  /// Also told in the archive.
  void miss(const std::string& what);

  /// Path below the archive's folder → content.
  std::map<std::string, std::string> files() const;
  const std::vector<std::string>& missing() const { return missing_; }

 private:
  std::map<std::string, std::string> files_ = {};
  std::vector<std::string> missing_ = {};
};

/// Of each node: its report, the log of a day, Corosync's configuration and quorum, versions. Keys
/// and credentials are never read: no authkey, no snmp.conf.
void add_nodes(Bundle& bundle, const remote::Run& run, const std::vector<remote::Host>& hosts,
               Deadline deadline);

/// A tar archive, compressed by gzip, with all of it below `folder`. Made by tar(1) in a folder
/// that nobody else reads. Throws Error(failed, not_installed), Error(timed_out) at the deadline.
std::string archive_of(const std::string& folder, const Bundle& bundle, Deadline deadline);

}  // namespace havc::cli
