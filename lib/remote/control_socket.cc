#include "remote/control_socket.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

namespace havc::remote {

namespace {

constexpr std::size_t kLongest = 107;   // sun_path, with its NUL (unix(7))
constexpr std::size_t kWhileMade = 17;  // ssh binds to PATH.XXXXXXXXXXXXXXXX first (mux.c)

/// Nobody else may put a socket there, or use one.
void make_private_folder(const std::string& path) {
  constexpr mode_t kOurs = 0700, kReadable = 0755;
  const auto slash = path.rfind('/');
  if (slash != 0 && slash != std::string::npos) make_folder(path.substr(0, slash), kReadable);
  if (mkdir(path.c_str(), kOurs) != 0 && errno != EEXIST)
    throw Error(fault_of(errno),
                "cannot make folder " + text::quote(path) + ": " + system_words(errno));
  struct stat facts {};
  if (lstat(path.c_str(), &facts) != 0)
    throw Error(fault_of(errno),
                "cannot see folder " + text::quote(path) + ": " + system_words(errno));
  if (!S_ISDIR(facts.st_mode) || facts.st_uid != geteuid() || (facts.st_mode & 077U) != 0)
    throw Error(Fault::permission,
                text::quote(path) + " is not a folder that belongs to this user alone",
                "remove it: it is made anew");
}

}  // namespace

ControlSocket::ControlSocket(const std::string& folder, const std::string& address) {
  const std::string path = folder + "/" + address;
  if (folder.empty() || path.size() + kWhileMade > kLongest) return;
  make_private_folder(folder);
  path_ = path;
}

std::string ControlSocket::pattern() const {
  std::string result;
  for (const char letter : path_) result += letter == '%' ? "%%" : std::string(1, letter);
  return result;
}

std::optional<ControlSocket::Identity> ControlSocket::identity() const {
  struct stat facts {};
  if (path_.empty() || lstat(path_.c_str(), &facts) != 0 || !S_ISSOCK(facts.st_mode)) return {};
  return facts.st_ino;
}

void ControlSocket::remove(Identity which) const {
  if (identity() == which) unlink(path_.c_str());  // failing, ssh finds it again, and is bounded
}

}  // namespace havc::remote
