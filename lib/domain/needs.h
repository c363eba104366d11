// What a domain needs of a host, and which of it the host is found not to have. Part of the port:
// questions and answers alone; what they mean for a migration is decided in preflight.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace havc::domain {

/// Empty and zero always mean: not asked.
struct Needs {
  std::string type = {};  ///< "kvm" or "qemu"
  std::string arch = {};
  std::string machine = {};
  std::string emulator = {};
  std::string cpu = {};  ///< a <cpu> element of a running domain
  std::vector<std::string> networks = {};
  std::vector<std::string> pools = {};
  std::vector<std::string> bridges = {};  ///< and other network devices of the host
  std::uint64_t memory_kib = 0;           ///< what it takes at least
  std::uint64_t hugepage_kib = 0;         ///< memory_kib is made of pages of this size
};

enum class Need { emulator, cpu, network, pool, bridge, hugepages, memory };

struct Lack {
  Need need;
  std::string name;       ///< of the network, pool, bridge, emulator; may be empty
  std::string words;      ///< what is the matter, in libvirt's words where it has any
  bool inactive = false;  ///< it is there, and only has to be started
};

struct Lacks {
  std::vector<Lack> found = {};
  std::vector<std::string> unknown = {};  ///< questions the host could not answer, and why
  unsigned long libvirt = 0;  ///< version of the host's libvirt, as 9000000 for 9.0.0; 0: not known
};

/// A network or a storage pool of libvirt's.
enum class ResourceKind { network, pool };
struct Resource {
  ResourceKind kind;
  std::string name;
};

}  // namespace havc::domain
