#include "domain/saved_image.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "base/worker.h"

namespace havc::domain {

namespace {

// A disk's file is dated by the host that has it, the image perhaps by another one: clocks of a
// cluster agree within this. A guest that boots and ends takes longer.
constexpr auto kClockSkew = std::chrono::seconds(5);

Error failure(const std::string& doing, const std::string& path, int error_number) {
  return {fault_of(error_number),
          "cannot " + doing + " " + text::quote(path) + ": " + system_words(error_number)};
}

std::optional<std::chrono::nanoseconds> written_at(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return std::chrono::seconds(status.st_mtim.tv_sec) +
         std::chrono::nanoseconds(status.st_mtim.tv_nsec);
}

bool is_there(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) == 0) return true;
  if (errno == ENOENT) return false;
  throw failure("look at", path, errno);
}

/// False when it was not there. The look comes first: on a file system that is frozen, as for a
/// backup, even the removal of what is missing hangs, and the process cannot end; on one that is
/// read-only it fails.
bool remove_present(const std::string& path) {
  if (!is_there(path)) return false;
  remove_file(path);
  return true;
}

void sync(const std::string& path, int flags) {
  const Descriptor file(open(path.c_str(), flags | O_CLOEXEC));
  if (!file || fsync(file.number()) != 0) throw failure("write out", path, errno);
}

}  // namespace

SavedImage::SavedImage(const std::string& folder, const Identity& domain)
    : folder_(folder), path_(folder + "/" + domain.name + ".state"), part_(path_ + ".part") {}

template <class Call>
auto SavedImage::on_worker(Call call, Deadline deadline) const {
  return file_system_of(folder_).run(std::move(call), deadline);
}

bool SavedImage::exists(Deadline deadline) const {
  return on_worker([path = path_] { return is_there(path); }, deadline);
}

void SavedImage::remove(Deadline deadline) const {
  on_worker(
      [folder = folder_, path = path_, part = part_] {
        remove_present(part);
        if (remove_present(path)) sync(folder, O_RDONLY | O_DIRECTORY);
      },
      deadline);
}

void SavedImage::remove_part(Deadline deadline) const {
  on_worker([part = part_] { remove_present(part); }, deadline);
}

std::uint64_t SavedImage::free_space(Deadline deadline) const {
  return on_worker(
      [folder = folder_] {
        struct statvfs status {};
        if (statvfs(folder.c_str(), &status) != 0) throw failure("use folder", folder, errno);
        return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
      },
      deadline);
}

void SavedImage::complete(Deadline deadline) const {
  try {
    on_worker([part = part_] { sync(part, O_RDWR); }, deadline.capped(deadline.remaining() / 2));
  } catch (const Error& error) {
    log::warn(error.problem() + "; the image is kept");
  }
  on_worker(
      [folder = folder_, path = path_, part = part_] {
        constexpr mode_t kClosed = 0600;  // the guest's passwords are in there
        if (chmod(part.c_str(), kClosed) != 0) throw failure("close", part, errno);
        if (utimensat(AT_FDCWD, part.c_str(), nullptr, 0) != 0) throw failure("date", part, errno);
        if (rename(part.c_str(), path.c_str()) != 0) throw failure("rename", part, errno);
        sync(folder, O_RDONLY | O_DIRECTORY);
      },
      deadline);
}

std::optional<std::string> SavedImage::outdated_by(const std::vector<Disk>& disks,
                                                   Deadline deadline) const {
  return on_worker(
      [path = path_, disks]() -> std::optional<std::string> {
        const auto image = written_at(path);
        if (!image) throw failure("look at", path, errno);
        for (const Disk& disk : disks) {
          if (disk.readonly || disk.transient || disk.kind != DiskKind::file) continue;
          const auto written = written_at(disk.source);
          if (written && *written > *image + kClockSkew) return disk.source;
        }
        return std::nullopt;
      },
      deadline);
}

void SavedImage::check_removable(Deadline deadline) const {
  on_worker(
      [folder = folder_] {
        if (access(folder.c_str(), W_OK) != 0) throw failure("write to", folder, errno);
      },
      deadline);
}

void drop_outdated_image(const std::string& folder, const Identity& domain,
                         Deadline deadline) noexcept {
  constexpr auto kPatience = std::chrono::seconds(5);
  if (folder.empty()) return;
  try {
    SavedImage(folder, domain).remove(deadline.capped(kPatience));
  } catch (const std::exception& error) {
    log::warn(error.what());
  }
}

}  // namespace havc::domain
