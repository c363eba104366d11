#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/text.h"

namespace havc {

static Error failure(const std::string& doing, const std::string& path, int error_number) {
  return {fault_of(error_number), "cannot " + doing + " " + text::quote(path) + ": " + system_words(error_number)};
}

std::string read_file(const std::string& path, std::size_t most) {
  // O_NONBLOCK: opening a FIFO without a writer would wait for one.
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) throw failure("read", path, errno);
  struct stat status {};
  if (fstat(file.number(), &status) != 0) throw failure("read", path, errno);
  if (!S_ISREG(status.st_mode)) {
    throw Error(Fault::unusable_here, "cannot read " + text::quote(path) + ": not a regular file");
  }
  std::string content;
  std::array<char, 16384> buffer{};  // libvirt's domain files are 4 to 20 KiB
  while (true) {
    const ssize_t count = read(file.number(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw failure("read", path, errno);
    if (count == 0) return content;
    content.append(buffer.data(), static_cast<std::size_t>(count));
    if (content.size() > most) {
      throw Error(Fault::unusable_here,
                  text::quote(path) + " is larger than " + std::to_string(most) + " bytes");
    }
  }
}

static void write_all(int descriptor, const std::string& path, std::string_view content) {
  while (!content.empty()) {
    const ssize_t count = write(descriptor, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw failure("write", path, errno);
    content.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::string recall_file(const std::string& path, std::size_t most) {
  try {
    return read_file(path, most);
  } catch (const Error&) {
    return {};
  }
}

void write_file(const std::string& path, const std::string& content, mode_t mode) {
  const std::string temporary = path + "." + std::to_string(getpid());
  Descriptor file(open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!file) throw failure("write", temporary, errno);
  try {
    if (fchmod(file.number(), mode) != 0) throw failure("write", temporary, errno);  // whatever the umask is
    write_all(file.number(), temporary, content);
    if (rename(temporary.c_str(), path.c_str()) != 0) throw failure("write", path, errno);
  } catch (...) {
    unlink(temporary.c_str());
    throw;
  }
}

void replace_file(const std::string& path, const std::string& content) {
  std::error_code code;
  const std::string real = std::filesystem::canonical(path, code).string();
  if (code) throw failure("replace", path, code.value());
  struct stat before {};
  if (stat(real.c_str(), &before) != 0) throw failure("replace", real, errno);
  if (!S_ISREG(before.st_mode)) throw Error(Fault::unusable_here, "cannot replace " + text::quote(real) + ": not a regular file");
  constexpr mode_t kPermissions = 07777;
  constexpr mode_t kOwnerAlone = 0600;
  const std::string temporary = real + "." + std::to_string(getpid());
  unlink(temporary.c_str());
  const Descriptor file(open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kOwnerAlone));
  if (!file) throw failure("write", temporary, errno);
  try {
    // The owner first: chown takes away bits of the mode.
    const bool same = fchown(file.number(), before.st_uid, before.st_gid) == 0 && fchmod(file.number(), before.st_mode & kPermissions) == 0;
    if (!same) throw failure("write", temporary, errno);
    write_all(file.number(), temporary, content);
    if (fsync(file.number()) != 0) throw failure("write", temporary, errno);
    if (rename(temporary.c_str(), real.c_str()) != 0) throw failure("replace", real, errno);
  } catch (...) {
    unlink(temporary.c_str());
    throw;
  }
}

void new_file(const std::string& path, const std::string& content, mode_t mode) {
  const std::string temporary = path + "." + std::to_string(getpid());
  unlink(temporary.c_str());
  const Descriptor file(open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!file) throw failure("write", temporary, errno);
  try {
    if (fchmod(file.number(), mode) != 0) throw failure("write", temporary, errno);
    write_all(file.number(), temporary, content);
    if (fsync(file.number()) != 0) throw failure("write", temporary, errno);
    // A second name instead of rename, which would replace what is there.
    if (link(temporary.c_str(), path.c_str()) != 0) throw failure("make", path, errno);
  } catch (...) {
    unlink(temporary.c_str());
    throw;
  }
  unlink(temporary.c_str());
}

void remove_file(const std::string& path) {
  if (unlink(path.c_str()) != 0 && errno != ENOENT) throw failure("remove", path, errno);
}

void make_folder(const std::string& path, mode_t mode) {
  std::error_code code;
  const bool made = std::filesystem::create_directories(path, code);
  if (code) throw failure("make folder", path, code.value());
  if (made && chmod(path.c_str(), mode) != 0) throw failure("make folder", path, errno);
}

}  // namespace havc
