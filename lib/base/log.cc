#include "base/log.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

#include "base/calendar.h"
#include "base/descriptor.h"
#include "base/detached.h"
#include "base/error.h"
#include "base/scribe.h"
#include "base/text.h"
#include "base/trace.h"

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

struct ForLogger {
  Level level;
  std::string line;
};

/// Kept in memory until hand_over().
struct Pending {
  std::mutex mutex;  // lines come from the threads of workers, too
  std::string file;
  std::string debug_file;
  std::vector<ForLogger> logger;
};

Sinks& sinks() {
  static Sinks instance;
  return instance;
}

Pending& pending() {
  static Pending instance;
  return instance;
}

std::string full_tag(const Sinks& to) {
  return to.process_id ? to.tag + "[" + std::to_string(getpid()) + "]" : to.tag;
}

/// A scribe takes no more at once; an action that says that much has said enough.
void keep(std::string& lines, const std::string& line) {
  if (lines.size() + line.size() <= Scribe::kCapacity) lines += line;
}

void keep_for_files(const Sinks& to, Level level, const std::string& line) {
  if (to.file.empty() && to.debug_file.empty() && to.logger.empty()) return;
  constexpr std::size_t kMostForLogger = 50;  // a process each
  const std::lock_guard lock(pending().mutex);
  const bool debug = level == Level::debug;
  // Both layouts as resource agents have always written them (ha_log, ha_debug).
  if (!to.file.empty() && !debug) keep(pending().file, local_time(to.date_format) + " " + full_tag(to) + ":    " + line + "\n");
  if (!to.debug_file.empty() && (debug || to.debug_file != to.file)) {
    keep(pending().debug_file, full_tag(to) + ":\t" + local_time(to.date_format) + line + "\n");
  }
  if (!to.logger.empty() && pending().logger.size() < kMostForLogger) pending().logger.push_back({level, line});
}

void append_to(const std::string& path, const std::string& lines) {
  if (!lines.empty()) Scribe(path).write(lines);
}

void give_to_logger(const Sinks& to, const std::vector<ForLogger>& lines) {
  for (const auto& each : lines) {
    const std::string entity = each.level == Level::debug ? "ha-debug" : "ha-log";
    // Bounded, because ha_logger waits for a daemon that may hang.
    start_detached({"/usr/bin/timeout", "10", to.logger, "-t", full_tag(to), "-D", entity, each.line}, "");
  }
}

// Written by hand because syslog(3) blocks when the daemon's queue is full, and reconnects by itself.
void send_datagram(const Sinks& to, int priority, const std::string& line) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (to.syslog_socket.size() >= sizeof address.sun_path) return;
  std::memcpy(address.sun_path, to.syslog_socket.c_str(), to.syslog_socket.size() + 1);
  const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return;
  const std::string message = "<" + std::to_string(to.facility + priority) + ">" + full_tag(to) + ": " + line;
  // The result does not matter: a line that cannot be delivered at once is dropped on purpose.
  static_cast<void>(sendto(descriptor, message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                           reinterpret_cast<const sockaddr*>(&address), sizeof address));
  close(descriptor);
}

std::string labelled(const LevelRow& row, std::string_view line) {
  return std::string(row.word) + ": " + text::one_line(line, kLongestLine);
}

void print(const Sinks& to, const std::string& line) {
  std::string text = line + "\n";
  if (to.on_stderr == OnStderr::tagged) text.insert(0, full_tag(to) + ": ");
  if (to.on_stderr == OnStderr::dated) text.insert(0, local_time(to.date_format));
  write_if_taken(STDERR_FILENO, text);
}

/// To everything but stderr.
void spread(Level level, const std::string& text) {
  trace::line(text);
  const Sinks& to = sinks();
  if (level == Level::debug && !to.debug) return;
  if (to.facility >= 0) send_datagram(to, kLevels[static_cast<std::size_t>(level)].priority, text);
  keep_for_files(to, level, text);
}

}  // namespace

void configure(Sinks chosen) { sinks() = std::move(chosen); }

int facility_of(std::string_view name) {
  struct Row {
    std::string_view name;
    int facility;
  };
  constexpr std::array<Row, 20> kFacilities{{{"kern", LOG_KERN},
                                             {"user", LOG_USER},
                                             {"mail", LOG_MAIL},
                                             {"daemon", LOG_DAEMON},
                                             {"auth", LOG_AUTH},
                                             {"syslog", LOG_SYSLOG},
                                             {"lpr", LOG_LPR},
                                             {"news", LOG_NEWS},
                                             {"uucp", LOG_UUCP},
                                             {"cron", LOG_CRON},
                                             {"authpriv", LOG_AUTHPRIV},
                                             {"ftp", LOG_FTP},
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

void write_elsewhere(Level level, std::string_view line) {
  spread(level, labelled(kLevels[static_cast<std::size_t>(level)], line));
}

void record(std::string_view line) { spread(Level::info, text::one_line(line, kLongestRecord)); }

void write(Level level, std::string_view line) {
  const Sinks& to = sinks();
  const bool wanted = level != Level::debug || to.debug;
  if (wanted && to.on_stderr != OnStderr::none) print(to, labelled(kLevels[static_cast<std::size_t>(level)], line));
  write_elsewhere(level, line);
}

void hand_over() noexcept {
  try {
    Pending& waiting = pending();
    const std::lock_guard lock(waiting.mutex);
    append_to(sinks().file, std::exchange(waiting.file, {}));
    append_to(sinks().debug_file, std::exchange(waiting.debug_file, {}));
    give_to_logger(sinks(), std::exchange(waiting.logger, {}));
  } catch (const std::exception&) {
    // There is nowhere left to say it; syslog has the lines.
  }
}

}  // namespace havc::log
