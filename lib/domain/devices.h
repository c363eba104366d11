// What a domain's XML says of its hardware, as far as moving, starting and watching it depend on
// it: disks, interfaces, devices of the host, memory, the CPU. Reads the live XML as well as a file
// of the administrator's. Not a check: what is odd is left out, libvirt refuses it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace havc::domain {

enum class DiskKind { none, file, block, network, volume, other };

struct Disk {
  std::string target;              ///< <target dev>, as "vda"
  std::string device;              ///< "disk", "cdrom", "floppy", "lun"
  DiskKind kind = DiskKind::none;  ///< none: an empty drive
  std::string source = {};  ///< file or block: its path; network: protocol and name; else empty
  std::string pool = {};    ///< kind volume: its pool
  std::string volume = {};  ///< kind volume: its name in the pool
  std::string cache = {};   ///< <driver cache>; empty: the hypervisor's default
  std::string job = {};     ///< a block job under way, as "copy"; live XML alone knows
  bool shareable = false;
  bool readonly = false;
  bool transient = false;
  /// Files and block devices below `source` in the backing chain, from the top; live XML alone has
  /// the whole chain.
  std::vector<std::string> backing = {};

  /// An image in this host's file systems.
  bool local_path() const { return kind == DiskKind::file || kind == DiskKind::block; }
};

struct Interface {
  std::string type;         ///< "network", "bridge", "direct", "user", …
  std::string target = {};  ///< <target dev>, as "vnet0"
  std::string network =
      {};  ///< libvirt's network; then the next two are empty, the network has them
  std::string bridge = {};    ///< type bridge: the host's bridge
  std::string device = {};    ///< type direct: the host's device below the macvtap
  bool virtual_port = false;  ///< <virtualport>: Open vSwitch and the like, not the kernel's bridge
};

struct HostDevice {
  std::string type;  ///< "pci", "usb", "mdev", "scsi", "scsi_host"; of a hostdev interface too
  std::string name;  ///< "0000:03:00.0", an mdev's UUID, …, or its alias; may be empty
  bool unplugged = false;  ///< <teaming type='transient'>: QEMU takes it out for a migration
};

struct SharedFolder {
  std::string driver;  ///< "virtiofs", "path" (9p), …
  std::string source;
  std::string target;
};

struct Devices {
  std::string name = {};
  std::string type = {};      ///< "kvm", "qemu"
  std::string arch = {};      ///< "x86_64"; a file need not state it
  std::string machine = {};   ///< "pc-q35-7.2"; a file may say "q35"
  std::string emulator = {};  ///< path; a file need not state it
  std::string cpu = {};       ///< the whole <cpu> element, empty without one
  std::string cpu_mode = {};  ///< "host-passthrough", "custom", …; empty without <cpu>
  std::uint64_t memory_kib = 0;
  /// Hugepages of this size back all of the guest; 0: none, or not all. Those without a size in the
  /// XML: kDefaultHugepage.
  std::uint64_t hugepage_kib = 0;
  bool usual_hugepages = false;  ///< the XML states no size: the host's default
  unsigned int vcpus = 0;
  std::vector<Disk> disks = {};
  std::vector<Interface> interfaces = {};
  std::vector<HostDevice> host_devices = {};
  std::vector<SharedFolder> folders = {};
  std::string nvram = {};             ///< path of the UEFI variables; empty: none, or not in a file
  std::string tpm = {};               ///< backend of the TPM, as "emulator"; empty: none
  bool tpm_persistent_state = false;  ///< persistent_state='yes'
  bool agent_channel = false;         ///< a channel org.qemu.guest_agent.0
  bool agent_connected = false;       ///< and the guest's side is open; live XML alone knows

  /// Networks and pools of libvirt that it uses, each once.
  std::vector<std::string> networks() const;
  std::vector<std::string> pools() const;
};

/// <hugepages/> without a size means the host's default, 2 MiB on x86_64.
inline constexpr std::uint64_t kDefaultHugepage = 2048;

/// `origin` is for messages. Throws Error(unusable_here) when it is no XML or its root no <domain>
/// (or a <domstatus> with one).
Devices parse_devices(std::string_view xml, const std::string& origin);

}  // namespace havc::domain
