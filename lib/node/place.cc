#include "node/place.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <string_view>

namespace havc::node {

namespace {

constexpr mode_t kFolderMode = 0755;
constexpr mode_t kPermissions = 07777;

Error failure(const std::string& doing, const std::string& path, int number) {
  const std::string remedy = number == ENOSPC || number == EDQUOT
                                 ? "make room on the file system of " + text::quote(path)
                                 : "";
  return {fault_of(number),
          "cannot " + doing + " " + text::quote(path) + ": " + system_words(number), remedy};
}

/// Under the lock there is one at a time; one of a run that was killed is replaced.
std::string staged(const std::string& name) {
  return "." + name + ".havc-new";
}

void write_all(int file, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t count = write(file, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw failure("write a file into", path, errno);
    content.remove_prefix(static_cast<std::size_t>(count));
  }
}

/// At most one byte more than `most`.
std::optional<std::string> content_of(int file, std::size_t most) {
  std::string content(most + 1, '\0');
  std::size_t size = 0;
  while (size < content.size()) {
    const ssize_t count = read(file, content.data() + size, content.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return {};
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  content.resize(size);
  return content;
}

}  // namespace

Place::Place(const std::string& root, const std::string& below, bool make) : path_(root) {
  if (make) make_folder(root, kFolderMode);
  constexpr int kFolder = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  folder_ = Descriptor(open(root.c_str(), kFolder));
  if (!folder_ && (make || errno != ENOENT)) throw failure("open folder", root, errno);
  if (folder_ && !below.empty()) descend(below, make);
}

void Place::descend(const std::string& below, bool make) {
  constexpr int kFolder = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
  for (const std::string& name : text::split(below, "/")) {
    path_ += "/" + name;
    if (make && mkdirat(folder_.number(), name.c_str(), kFolderMode) != 0 && errno != EEXIST) {
      throw failure("make folder", path_, errno);
    }
    Descriptor next(openat(folder_.number(), name.c_str(), kFolder));
    const int number = errno;
    if (!next && (make || number != ENOENT)) throw failure("open folder", path_, number);
    folder_ = std::move(next);
    if (!folder_) return;
  }
}

bool Place::holds(const std::string& name, const std::string& content, unsigned mode) const {
  constexpr int kRead = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
  const Descriptor file(openat(folder_.number(), name.c_str(), kRead));
  struct stat status {};
  if (!file || fstat(file.number(), &status) != 0) return false;
  const bool alike = S_ISREG(status.st_mode) && (status.st_mode & kPermissions) == mode &&
                     status.st_uid == geteuid() &&
                     static_cast<std::size_t>(status.st_size) == content.size();
  return alike && content_of(file.number(), content.size()) == content;
}

void Place::stage(const std::string& name, const std::string& content, unsigned mode) const {
  const std::string temporary = staged(name);
  unlinkat(folder_.number(), temporary.c_str(), 0);
  constexpr int kNew = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
  constexpr mode_t kOwnerAlone = 0600;
  const Descriptor file(openat(folder_.number(), temporary.c_str(), kNew, kOwnerAlone));
  if (!file) throw failure("write a file into", path_, errno);
  try {
    write_all(file.number(), content, path_);
    const bool kept = fchmod(file.number(), mode) == 0 && fsync(file.number()) == 0;
    if (!kept) throw failure("write a file into", path_, errno);
  } catch (const Error&) {
    drop(name);
    throw;
  }
}

void Place::put(const std::string& name) const {
  const int folder = folder_.number();
  if (renameat(folder, staged(name).c_str(), folder, name.c_str()) == 0) return;
  const int number = errno;
  drop(name);
  throw failure("replace", path_ + "/" + name, number);
}

void Place::drop(const std::string& name) const noexcept {
  unlinkat(folder_.number(), staged(name).c_str(), 0);
}

bool Place::remove(const std::string& name) const {
  if (unlinkat(folder_.number(), name.c_str(), 0) == 0) return true;
  if (errno == ENOENT) return false;
  throw failure("remove", path_ + "/" + name, errno);
}

void Place::flush() const noexcept {
  if (folder_) fsync(folder_.number());
}

}  // namespace havc::node
