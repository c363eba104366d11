// What is mounted where, from /proc/self/mountinfo, which never hangs. For this module alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace havc::node {

struct MountPoint {
  std::string path = {};
  std::string type = {};
  std::string source = {};
  bool read_only = false;
};

/// Lines that are not understood are left out. See proc(5).
std::vector<MountPoint> parse_mountinfo(std::string_view text);

/// The one that holds an absolute path: the longest, and of those on one place the last. Nothing
/// when there is none, or the path is relative.
const MountPoint* mount_of(const std::vector<MountPoint>& mounts, std::string_view path);

/// Nobody else's machine or process stands between the node and such a file system.
bool is_local(std::string_view type);

}  // namespace havc::node
