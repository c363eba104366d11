// What a node says of the machine: memory, mounts, bridges, names, images. Values alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "node/answer.h"

namespace havc::node {

/// Bytes, of /proc/meminfo.
struct Memory {
  std::uint64_t total = 0;
  std::uint64_t available = 0;
  bool operator==(const Memory&) const = default;
};

/// Of the size that the kernel takes for usual.
struct Hugepages {
  std::uint64_t size = 0;  ///< bytes of one
  std::uint64_t total = 0;
  std::uint64_t free = 0;
  bool operator==(const Hugepages&) const = default;
};

struct Space {
  std::uint64_t bytes = 0;
  std::uint64_t free_bytes = 0;  ///< for root
  std::uint64_t inodes = 0;      ///< 0: the file system does not count them
  std::uint64_t free_inodes = 0;
  bool operator==(const Space&) const = default;
};

/// A folder asked for, and the mount that it lies on as /proc/self/mountinfo has it.
struct Mount {
  std::string folder = {};
  std::string mounted_on = {};  ///< the folder itself, when something is mounted there
  std::string type = {};        ///< "nfs4", "ext4", "fuse.bindfs"
  std::string source = {};
  bool read_only = false;
  /// The file system was really asked, by a process of its own. Not known: it does not answer, or
  /// there is no such folder.
  Answer<Space> space = {};
  bool operator==(const Mount&) const = default;
};

/// An interface in a bridge.
struct Port {
  std::string name = {};
  bool up = false;     ///< has a carrier
  bool guest = false;  ///< a tap device: a guest's, not the way out
  std::optional<unsigned> vlan = {};
  bool operator==(const Port&) const = default;
};

/// A name asked for, as /sys/class/net has it.
struct Bridge {
  std::string name = {};
  bool exists = false;
  bool is_bridge = false;  ///< false: an interface of another kind
  bool up = false;         ///< switched on; a bridge without active port has no carrier
  bool filters_vlans = false;
  std::vector<Port> ports = {};
  bool operator==(const Bridge&) const = default;
};

/// A host name asked for. No addresses: there is no such name.
struct Name {
  std::string name = {};
  Answer<std::vector<std::string>> addresses = {};
  bool operator==(const Name&) const = default;
};

enum class ImageKind { missing, file, block_device, other };

struct ImageFacts {
  ImageKind kind = ImageKind::missing;
  std::string real_path = {};  ///< another than the path asked for: links are on the way
  std::uint64_t size = 0;      ///< bytes, of the file or the device
  std::string format = {};     ///< by its first bytes: "qcow2", "vmdk", …; "raw" for all others
  bool operator==(const ImageFacts&) const = default;
};

struct Image {
  std::string path = {};
  Answer<ImageFacts> facts = {};
  bool operator==(const Image&) const = default;
};

}  // namespace havc::node
