#include "chassis/tell.h"

#include "base/descriptor.h"
#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace havc::chassis {
namespace {

constexpr timeval kPatience{10, 0};  // it answers at once, unless it hangs

Descriptor connected_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    throw Error(Fault::misconfigured, text::quote(path) + " is too long for a socket's path");
  path.copy(address.sun_path, path.size());
  Descriptor made(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  for (const int which : {SO_RCVTIMEO, SO_SNDTIMEO})
    setsockopt(made.number(), SOL_SOCKET, which, &kPatience, sizeof kPatience);
  if (connect(made.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw Error(Fault::unreachable,
                fmt::format("nobody listens at {}: {}", text::quote(path), system_words(errno)),
                "give the path that the simulator or proxy got as --control");
  }
  return made;
}

}  // namespace

std::string tell(const std::string& path, const std::vector<std::string>& lines) {
  const Descriptor connection = connected_to(path);
  const std::string all = text::join(lines, "\n") + '\n';
  if (send(connection.number(), all.data(), all.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(all.size())) {
    throw Error(Fault::timed_out, fmt::format("{} takes no lines", text::quote(path)));
  }
  shutdown(connection.number(), SHUT_WR);
  std::string answers;
  std::array<char, 4096> buffer{};
  while (true) {
    const ssize_t length = read(connection.number(), buffer.data(), buffer.size());
    if (length == 0) return answers;
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) {
      throw Error(Fault::timed_out,
                  fmt::format("{} does not answer: {}", text::quote(path), system_words(errno)));
    }
    answers.append(buffer.data(), static_cast<std::size_t>(length));
  }
}

bool all_ok(const std::string& answers, std::size_t lines) {
  const auto said = text::split(answers, "\n");
  return static_cast<std::size_t>(std::count(said.begin(), said.end(), "ok")) == lines;
}

}  // namespace havc::chassis
