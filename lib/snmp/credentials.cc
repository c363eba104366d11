#include "snmp/credentials.h"

#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"

namespace havc::snmp {

namespace {

void check_file(const std::string& path) {
  constexpr std::size_t kMostBytes = 1 << 20;  // far above any snmp.conf
  try {
    static_cast<void>(read_file(path, kMostBytes));
  } catch (const Error& error) {
    throw Error(error.fault(), error.problem(),
                "put a readable snmp.conf there on this node, or correct 'snmp_conf_path'");
  }
  struct stat status {};
  constexpr mode_t kOthers = 077;
  if (stat(path.c_str(), &status) == 0 && (status.st_mode & kOthers) != 0) {
    log::warn(text::quote(path) + " can be read by others; chmod 600 keeps its passwords secret");
  }
}

bool is_there(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0;
}

}  // namespace

void check(const Credentials& credentials) {
  if (credentials.folder.empty()) return;
  if (credentials.folder.find(':') != std::string::npos) {
    throw Error(Fault::misconfigured,
                text::quote(credentials.folder) + " has a colon: net-snmp would read two folders",
                "put snmp.conf into a folder without one, and set 'snmp_conf_path' to it");
  }
  check_file(credentials.folder + "/snmp.conf");
  // net-snmp reads it as well, and would wait for ever at a FIFO.
  const std::string local = credentials.folder + "/snmp.local.conf";
  if (is_there(local)) check_file(local);
}

}  // namespace havc::snmp
