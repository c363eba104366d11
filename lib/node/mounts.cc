#include "node/mounts.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace havc::node {

namespace {

// Blanks, tabs, line ends and backslashes are written as \ooo.
std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '7'; };
    if (text[i] == '\\' && i + 3 < text.size() && digit(i + 1) && digit(i + 2) && digit(i + 3)) {
      plain.push_back(static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                        (text[i + 3] - '0')));
      i += 3;
    } else {
      plain.push_back(text[i]);
    }
  }
  return plain;
}

bool has_option(const std::string& options, std::string_view wanted) {
  const auto all = text::split(options, ",");
  return std::find(all.begin(), all.end(), wanted) != all.end();
}

// 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
bool take(const std::vector<std::string>& words, MountPoint& mount) {
  constexpr std::size_t kPath = 4;
  constexpr std::size_t kOptions = 5;
  const auto dash = std::find(words.begin(), words.end(), "-");
  if (words.size() <= kOptions || words.end() - dash < 4) return false;
  mount = {unescaped(words[kPath]), dash[1], unescaped(dash[2]),
           has_option(words[kOptions], "ro") || has_option(dash[3], "ro")};
  return true;
}

bool holds(const std::string& mount, std::string_view path) {
  if (mount == "/") return path.starts_with('/');
  return path.starts_with(mount) && (path.size() == mount.size() || path[mount.size()] == '/');
}

}  // namespace

std::vector<MountPoint> parse_mountinfo(std::string_view text) {
  std::vector<MountPoint> mounts;
  for (const std::string& line : text::split(text, "\n")) {
    MountPoint mount;
    if (take(text::split(line, " "), mount)) mounts.push_back(std::move(mount));
  }
  return mounts;
}

const MountPoint* mount_of(const std::vector<MountPoint>& mounts, std::string_view path) {
  const MountPoint* best = nullptr;
  for (const MountPoint& each : mounts) {
    if (holds(each.path, path) && (!best || each.path.size() >= best->path.size())) best = &each;
  }
  return best;
}

bool is_local(std::string_view type) {
  constexpr std::array<std::string_view, 18> kFar{
      "9p",    "afs", "autofs", "ceph",  "cifs",   "coda",      "fuse", "gfs2",  "gpfs",
      "ncpfs", "nfs", "nfs4",   "ocfs2", "lustre", "glusterfs", "smb3", "smbfs", "virtiofs"};
  return !type.starts_with("fuse.") && std::find(kFar.begin(), kFar.end(), type) == kFar.end();
}

}  // namespace havc::node
