// What a node says of itself, on its way over a connection: `havc node report` writes it, who asks
// reads it. Nothing is judged here.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "node/answer.h"
#include "node/files.h"
#include "node/machine.h"
#include "node/services.h"

namespace havc::node {

inline constexpr std::string_view kReportSchema = "havc.node/1";

/// Every Answer that was not asked for is not known; so is what an older version does not tell.
struct Report {
  std::string host = {};  ///< uname -n
  /// What its cluster calls it, which may be another name. Not known where none runs.
  Answer<std::string> name = {};
  std::string havc = {};  ///< version
  std::string kernel = {};
  /// The node's calendar clock in nanoseconds since 1970, as it began and before it answered: with
  /// the asker's own two times, NTP's formula gives the offset.
  std::int64_t began = 0;
  std::int64_t ended = 0;
  Answer<bool> synchronised = {};  ///< the kernel's clock follows another one (adjtimex)
  Answer<std::chrono::seconds> uptime = {};

  Answer<std::string> cpu_model = {};
  Answer<std::string> cpu_flags = {};  ///< as /proc/cpuinfo has them, sorted, with blanks between
  Answer<unsigned> cpus = {};
  Answer<Memory> memory = {};
  Answer<Hugepages> hugepages = {};
  Answer<bool> kvm = {};  ///< /dev/kvm can be used
  std::vector<Mount> mounts = {};
  Answer<std::vector<Bridge>> bridges = {};
  std::vector<Name> names = {};
  std::vector<Image> images = {};

  Answer<Libvirt> libvirt = {};
  Answer<std::vector<Service>> services = {};  ///< none where systemd does not run
  Answer<Corosync> corosync = {};
  Answer<QuorumDevice> quorum_device = {};
  Answer<Fencing> fencing = {};
  /// By name, as the system's packages have it: "pacemaker" → "2.1.5-1+deb12u1". Those that are not
  /// installed are missing.
  Answer<std::map<std::string, std::string>> packages = {};

  Answer<Folder> domains = {};    ///< kDomainFolder
  Answer<Folder> inventory = {};  ///< kInventoryFolder
};

/// In one line, with the schema's name.
std::string to_json(const Report& report);

/// `source` ("node 'n1'") is for messages. Unknown fields are ignored. Throws Error(unusable_here)
/// for what is no report, longer than 4 MiB, nested too deeply, or of another schema.
Report parse_report(std::string_view text, const std::string& source);

}  // namespace havc::node
