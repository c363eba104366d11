#include "domain/adapter.h"

#include "base/error.h"
#include "base/own_folder.h"
#include "base/text.h"

#include <dlfcn.h>

#include <fmt/format.h>

namespace havc::domain {

namespace {

constexpr char kReinstall[] = "install havc again";

template <class Function>
Function* symbol(void* library, const char* name, const std::string& path) {
  void* const found = dlsym(library, name);
  if (!found) {
    throw Error(Fault::not_installed, fmt::format("{} is not libvirt's adapter", text::quote(path)),
                kReinstall);
  }
  return reinterpret_cast<Function*>(found);
}

}  // namespace

std::unique_ptr<Hypervisor> connect_through(const std::string& path, const std::string& uri,
                                            Deadline deadline) {
  // Never closed: a thread that was abandoned may still be inside.
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    throw Error(Fault::not_installed, fmt::format("cannot use libvirt: {}", dlerror()),
                "install libvirt0 and havc's library");
  }
  const std::string built = symbol<BuildIdFunction>(library, kBuildIdSymbol, path)();
  if (built != HAVC_BUILD_ID) {
    throw Error(Fault::not_installed,
                fmt::format("mixed installation: {} is {}, libhavc is " HAVC_BUILD_ID,
                            text::quote(path), built),
                kReinstall);
  }
  std::unique_ptr<Hypervisor> connection;
  symbol<ConnectFunction>(library, kConnectSymbol, path)(uri, deadline, connection);
  return connection;
}

std::unique_ptr<Hypervisor> connect(const std::string& uri, Deadline deadline) {
  // An absolute path: a folder in RUNPATH is not searched by dlopen under the sanitizers, which put a
  // dlopen of their own in front.
  return connect_through(own_folder() + "/" + kAdapterLibrary, uri, deadline);
}

}  // namespace havc::domain
