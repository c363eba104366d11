// Where this library was loaded from: its adapters and helper programs lie beside it, of the same version.
#pragma once

#include <string>

namespace havc {

/// The folder of libhavc, as the dynamic linker found it. Throws Error(not_installed) when the linker cannot tell.
std::string own_folder();

}  // namespace havc
