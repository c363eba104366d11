#include "base/own_folder.h"

#include <dlfcn.h>

#include "base/error.h"

namespace havc {

std::string own_folder() {
  Dl_info info;
  if (dladdr(reinterpret_cast<const void*>(&own_folder), &info) == 0) {
    throw Error(Fault::not_installed, "cannot tell where libhavc is", "install havc again");
  }
  const std::string path = info.dli_fname;
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

}  // namespace havc
