// The file in which stop leaves a guest's memory for start: FOLDER/NAME.state, written as
// NAME.state.part and renamed once it is whole. The folder may be on a file system that hangs: all
// is done on a Worker. What is in the file is the hypervisor's to say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "domain/devices.h"
#include "domain/identity.h"

namespace havc::domain {

class SavedImage {
 public:
  SavedImage(const std::string& folder, const Identity& domain);

  const std::string& path() const { return path_; }
  const std::string& part() const { return part_; }

  /// All throw Error(timed_out) when the file system does not answer, and Error of the fault that
  /// the system names.
  bool exists(Deadline deadline) const;
  /// Neither image nor part are there afterwards, nor once this host has lost its power.
  void remove(Deadline deadline) const;
  void remove_part(Deadline deadline) const;
  /// Bytes that the folder has left.
  std::uint64_t free_space(Deadline deadline) const;
  /// The part becomes the image: closed to others (mode 0600), dated now, and on disk, unless that
  /// takes longer than the deadline; then with a warning, since the guest has ended for it.
  void complete(Deadline deadline) const;
  /// The first writable disk whose file was written to after the image was completed: its guest ran
  /// since, and its memory must not come back. Disks that are no files say nothing.
  std::optional<std::string> outdated_by(const std::vector<Disk>& disks, Deadline deadline) const;
  /// Throws when the image could not be removed after it was used.
  void check_removable(Deadline deadline) const;

 private:
  template <class Call>
  auto on_worker(Call call, Deadline deadline) const;

  std::string folder_;
  std::string path_;
  std::string part_;
};

/// For a guest that runs or has just run: the image of an earlier stop must not be restored any
/// more. Waits 5 s at most and never throws; a file that stays is logged. Nothing without a folder.
void drop_outdated_image(const std::string& folder, const Identity& domain,
                         Deadline deadline) noexcept;

}  // namespace havc::domain
