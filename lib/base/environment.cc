#include "base/environment.h"

#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace havc {

Environment Environment::of_process() {
  Environment result;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    result.set(std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)));
  }
  return result;
}

const std::string& Environment::get(std::string_view name) const {
  static const std::string none;
  const auto found = values_.find(name);
  return found == values_.end() ? none : found->second;
}

void settle_process() {
  // A descriptor 0, 1 or 2 that is closed would be reused by the next open, and written to as "stderr".
  int descriptor = 0;
  do {
    descriptor = open("/dev/null", O_RDWR);
  } while (descriptor >= 0 && descriptor <= STDERR_FILENO);
  if (descriptor > STDERR_FILENO) close(descriptor);

  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGCHLD, SIG_DFL);  // ignored by the caller, it would take away how our children ended
  const char* path = std::getenv("PATH");
  setenv("PATH", (std::string(path != nullptr ? path : "") + ":/sbin:/bin:/usr/sbin:/usr/bin").c_str(), 1);
  unsetenv("LANG");
  unsetenv("LANGUAGE");
  setenv("LC_ALL", "C", 1);
}

std::string host_name() {
  utsname names{};
  return uname(&names) == 0 ? names.nodename : "localhost";
}

void export_variable(const std::string& name, const std::string& value) {
  setenv(name.c_str(), value.c_str(), 1);
}

}  // namespace havc
