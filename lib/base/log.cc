#include "base/log.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <utility>

#include "base/text.h"

namespace havc::log {

namespace {

constexpr std::size_t kLongestLine = 1000;  // RFC 5424 6.1: receivers must take 480, should take 2048 octets

struct LevelRow {
  Level level;
  std::string_view word;  // as resource agents have always written it (ocf_log)
  int priority;
};
constexpr std::array<LevelRow, 4> kLevels{{
    {Level::error, "ERROR", LOG_ERR},
    {Level::warning, "WARNING", LOG_WARNING},
    {Level::info, "INFO", LOG_INFO},
    {Level::debug, "DEBUG", LOG_DEBUG},
}};

Sinks& sinks() {
  static Sinks instance;
  return instance;
}

// Written by hand because syslog(3) blocks when the daemon's queue is full, and reconnects by itself.
void send_datagram(const Sinks& to, int priority, const std::string& line) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (to.syslog_socket.size() >= sizeof address.sun_path) return;
  std::memcpy(address.sun_path, to.syslog_socket.c_str(), to.syslog_socket.size() + 1);
  const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return;
  const std::string message = "<" + std::to_string(to.facility + priority) + ">" + to.tag + "[" +
                              std::to_string(getpid()) + "]: " + line;
  // The result does not matter: a line that cannot be delivered at once is dropped on purpose.
  static_cast<void>(sendto(descriptor, message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                           reinterpret_cast<const sockaddr*>(&address), sizeof address));
  close(descriptor);
}

std::string labelled(const LevelRow& row, std::string_view line) {
  return std::string(row.word) + ": " + text::one_line(line, kLongestLine);
}

}  // namespace

void configure(Sinks chosen) { sinks() = std::move(chosen); }

int facility_of(std::string_view name) {
  struct Row {
    std::string_view name;
    int facility;
  };
  constexpr std::array<Row, 14> kFacilities{{{"kern", LOG_KERN},
                                             {"user", LOG_USER},
                                             {"mail", LOG_MAIL},
                                             {"daemon", LOG_DAEMON},
                                             {"auth", LOG_AUTH},
                                             {"syslog", LOG_SYSLOG},
                                             {"local0", LOG_LOCAL0},
                                             {"local1", LOG_LOCAL1},
                                             {"local2", LOG_LOCAL2},
                                             {"local3", LOG_LOCAL3},
                                             {"local4", LOG_LOCAL4},
                                             {"local5", LOG_LOCAL5},
                                             {"local6", LOG_LOCAL6},
                                             {"local7", LOG_LOCAL7}}};
  for (const auto& row : kFacilities) {
    if (row.name == name) return row.facility;
  }
  return -1;
}

void write_to_syslog(Level level, std::string_view line) {
  const auto& row = kLevels[static_cast<std::size_t>(level)];
  const Sinks& to = sinks();
  if (to.facility >= 0 && (level != Level::debug || to.debug)) {
    send_datagram(to, row.priority, labelled(row, line));
  }
}

void write(Level level, std::string_view line) {
  const auto& row = kLevels[static_cast<std::size_t>(level)];
  const Sinks& to = sinks();
  if (level == Level::debug && !to.debug) return;
  if (to.to_stderr) {
    const std::string text = to.tag + "[" + std::to_string(getpid()) + "]: " + labelled(row, line) + "\n";
    // One write, so that lines of several processes do not mix; a full or closed pipe loses it. POLLOUT of a pipe means
    // room for PIPE_BUF (4096) bytes, which no line has: the write does not wait.
    pollfd look{STDERR_FILENO, POLLOUT, 0};
    if (poll(&look, 1, 0) == 1) static_cast<void>(!::write(STDERR_FILENO, text.data(), text.size()));
  }
  write_to_syslog(level, line);
}

}  // namespace havc::log
