// What a node says of the files that havc keeps on it: enough to prove that they are equal to what
// they should be. Values alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "node/answer.h"

namespace havc::node {

/// Of the domain definitions, and of the inventory's copy; these two alone are looked at, and
/// written to.
inline constexpr char kDomainFolder[] = "/etc/havc/libvirt";
inline constexpr char kInventoryFolder[] = "/var/lib/havc/inventory";

enum class FileKind { regular, link, other };

struct File {
  std::string path = {};  ///< below its folder: "vms/WEB-01.toml"
  FileKind kind = FileKind::regular;
  std::uint64_t size = 0;
  unsigned mode = 0;                ///< permissions, as 0600
  Answer<std::string> sha256 = {};  ///< of a regular file: 64 hexadecimal digits in small letters
  /// Of the content, in seconds since 1970; 0: not told.
  std::int64_t changed = 0;
  bool operator==(const File&) const = default;
};

struct Folder {
  std::string path = {};
  bool exists = false;
  std::string file_system = {};  ///< "ext4"
  bool local = false;            ///< no network and no FUSE between the node and its file
  std::vector<File> files = {};  ///< sorted by path, folders left out
  bool operator==(const Folder&) const = default;

  /// Nothing when there is none of that path.
  const File* file(const std::string& wanted) const;
};

}  // namespace havc::node
