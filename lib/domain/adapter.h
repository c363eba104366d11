// What connect() and the adapter library agree on. The library is opened at run time, so the linker
// checks nothing: the build id does. Not for verbs, which see hypervisor.h alone.
#pragma once

#include <memory>
#include <string>

#include "domain/hypervisor.h"

namespace havc::domain {

/// The file name of the adapter; it lies in the folder of libhavc.so.
inline constexpr char kAdapterLibrary[] = "libhavc-libvirt.so";

/// What the adapter exports, by name: kBuildIdSymbol returns its build id, kConnectSymbol opens a
/// connection.
inline constexpr char kBuildIdSymbol[] = "havc_libvirt_build_id";
inline constexpr char kConnectSymbol[] = "havc_libvirt_connect";
using BuildIdFunction = const char*();
using ConnectFunction = void(const std::string& uri, Deadline deadline,
                             std::unique_ptr<Hypervisor>& connection);

/// connect() with the library at `path`. Throws Error(not_installed) when it cannot be opened or
/// belongs to another version.
std::unique_ptr<Hypervisor> connect_through(const std::string& path, const std::string& uri,
                                            Deadline deadline);

}  // namespace havc::domain
