#include "node/looks.h"

#include "base/descriptor.h"
#include "base/error.h"
#include "base/file.h"
#include "node/sha256.h"

#include <fcntl.h>
#include <netdb.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <linux/fs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string_view>

namespace havc::node {

namespace {

namespace fs = std::filesystem;

/// Without links; the path itself, when there is no such file.
std::string real(const std::string& path) {
  std::error_code code;
  const fs::path found = fs::canonical(path, code);
  return code ? path : found.string();
}

struct Magic {
  std::size_t at;
  std::string_view bytes;
  std::string_view format;
};

// As QEMU's block drivers look for them (block/*.c).
constexpr std::array<Magic, 10> kMagics{{{0, "QFI\xfb", "qcow2"},
                                         {0, "KDMV", "vmdk"},
                                         {0, "COWD", "vmdk"},
                                         {0, "# Disk DescriptorFile", "vmdk"},
                                         {0, "conectix", "vpc"},
                                         {0, "vhdxfile", "vhdx"},
                                         {64, "\x7f\x10\xda\xbe", "vdi"},
                                         {0, std::string_view("QED\0", 4), "qed"},
                                         {0, "LUKS\xba\xbe", "luks"},
                                         {0, "WithoutFreeSpace", "parallels"}}};
constexpr std::size_t kHead = 68;

ImageFacts facts_of(const std::string& path) {
  ImageFacts facts;
  facts.real_path = real(path);
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file && errno == ENOENT) return facts;
  if (!file) throw Error(fault_of(errno), "cannot open it: " + system_words(errno));
  struct stat status {};
  if (fstat(file.number(), &status) != 0) throw Error(Fault::failed, system_words(errno));
  const bool block = S_ISBLK(status.st_mode);
  if (!block && !S_ISREG(status.st_mode)) {
    facts.kind = ImageKind::other;
    return facts;
  }
  facts.kind = block ? ImageKind::block_device : ImageKind::file;
  facts.size = static_cast<std::uint64_t>(status.st_size);
  if (block && ioctl(file.number(), BLKGETSIZE64, &facts.size) != 0) {
    throw Error(Fault::failed, "its size is not known: " + system_words(errno));
  }
  std::array<char, kHead> head{};
  const ssize_t count = pread(file.number(), head.data(), head.size(), 0);
  if (count < 0) throw Error(Fault::failed, "cannot read it: " + system_words(errno));
  facts.format = format_of({head.data(), static_cast<std::size_t>(count)});
  return facts;
}

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

Answer<std::string> digest_of(const std::string& path) try {
  constexpr std::size_t kMost = 1 << 20;  // a definition is some KiB
  return sha256(read_file(path, kMost));
} catch (const Error& error) {
  return Answer<std::string>::none(error.problem());
}

File file_of(const fs::directory_entry& entry, const std::string& root) {
  constexpr auto kPermissions = static_cast<unsigned>(fs::perms::mask);
  File file;
  file.path = entry.path().string().substr(root.size() + 1);
  const fs::file_status status = entry.symlink_status();
  file.mode = static_cast<unsigned>(status.permissions()) & kPermissions;
  file.kind = fs::is_symlink(status)        ? FileKind::link
              : fs::is_regular_file(status) ? FileKind::regular
                                            : FileKind::other;
  if (file.kind != FileKind::regular) return file;
  struct stat facts {};
  if (lstat(entry.path().c_str(), &facts) == 0) file.changed = facts.st_mtim.tv_sec;
  file.size = entry.file_size();
  file.sha256 = digest_of(entry.path().string());
  return file;
}

}  // namespace

std::string format_of(std::string_view head) {
  for (const Magic& magic : kMagics) {
    const bool long_enough = head.size() >= magic.at + magic.bytes.size();
    if (long_enough && head.substr(magic.at, magic.bytes.size()) == magic.bytes) {
      return std::string(magic.format);
    }
  }
  return "raw";
}

Mount look_at_mount(const std::string& folder, const std::vector<MountPoint>& mounts) {
  Mount mount;
  mount.folder = folder;
  if (const MountPoint* on = mount_of(mounts, folder)) {
    mount.mounted_on = on->path;
    mount.type = on->type;
    mount.source = on->source;
    mount.read_only = on->read_only;
  }
  struct statvfs space {};
  if (statvfs(folder.c_str(), &space) != 0) {
    mount.space = Answer<Space>::none(system_words(errno));
    return mount;
  }
  mount.space = Space{space.f_blocks * space.f_frsize, space.f_bavail * space.f_frsize,
                      space.f_files, space.f_favail};
  return mount;
}

Image look_at_image(const std::string& path) try {
  return {path, facts_of(path)};
} catch (const Error& error) {
  return {path, Answer<ImageFacts>::none(error.problem())};
}

Name look_up(const std::string& name) {
  addrinfo wish{};
  wish.ai_socktype = SOCK_STREAM;  // else each address comes three times
  addrinfo* list = nullptr;
  const int failed = getaddrinfo(name.c_str(), nullptr, &wish, &list);
  const std::unique_ptr<addrinfo, FreeAddresses> owned(list);
  std::vector<std::string> addresses;
  if (failed != 0 && failed != EAI_NONAME && failed != EAI_NODATA) {
    return {name, Answer<std::vector<std::string>>::none(gai_strerror(failed))};
  }
  for (const addrinfo* each = list; each; each = each->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (getnameinfo(each->ai_addr, each->ai_addrlen, text.data(), text.size(), nullptr, 0,
                    NI_NUMERICHOST) == 0) {
      addresses.emplace_back(text.data());
    }
  }
  return {name, std::move(addresses)};
}

Folder look_at_folder(const std::string& path, const std::vector<MountPoint>& mounts) {
  constexpr std::size_t kMost = 20000;
  Folder folder;
  folder.path = path;
  const std::string root = real(path);
  if (const MountPoint* on = mount_of(mounts, root)) folder.file_system = on->type;
  folder.local = !folder.file_system.empty() && is_local(folder.file_system);
  folder.exists = fs::exists(root);
  if (!folder.exists) return folder;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_directory() && !entry.is_symlink()) continue;
    if (folder.files.size() == kMost) throw Error(Fault::unusable_here, "more than 20000 files");
    folder.files.push_back(file_of(entry, root));
  }
  std::sort(folder.files.begin(), folder.files.end(),
            [](const File& one, const File& other) { return one.path < other.path; });
  return folder;
}

}  // namespace havc::node
