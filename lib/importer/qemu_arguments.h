// Raw QEMU arguments, as CAPS-OS' vm_extra_param has them: what libvirt says in words of its own,
// and what is left.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace havc::importer {

struct NetworkCard {
  std::string model = "rtl8139";  ///< QEMU's for -net nic without one, until 4.0
  std::string mac = {};
  std::string bridge = {};
};

struct QemuArguments {
  std::vector<NetworkCard> cards = {};
  bool tablet = false;
  bool local_time = false;
  bool host_cpu = false;
  std::vector<std::string> others = {};   ///< for <qemu:commandline>
  std::vector<std::string> dropped = {};  ///< what libvirt does by itself
};

/// Throws Error(misconfigured) for quotation marks that are not closed, an option of a card without
/// its card, and options that contradict what the machine's keys say (-name, -m, -drive …).
QemuArguments read_qemu_arguments(std::string_view text);

}  // namespace havc::importer
