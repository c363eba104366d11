#include "domain/instance_lock.h"

#include "base/file.h"
#include "domain/note.h"

namespace havc::domain {

static std::string lock_file(const std::string& folder, const std::string& instance) {
  constexpr mode_t kFolderMode = 0755;
  std::string path = instance_file(folder, instance, "lock");
  make_folder(folder, kFolderMode);
  return path;
}

InstanceLock::InstanceLock(const std::string& folder, const std::string& instance,
                           Deadline deadline)
    : lock_(lock_file(folder, instance), deadline) {}

}  // namespace havc::domain
