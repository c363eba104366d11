// LibvirtQemu's manual page.
#pragma once

#include <string>
#include <string_view>

namespace havc::libvirt_qemu {

/// In roff, for section 7; from the tables, but for what no table has. `date` as in 2026-01-31.
std::string manual(std::string_view date);

}  // namespace havc::libvirt_qemu
