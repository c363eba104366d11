// Log lines for the administrator: to stderr (Pacemaker captures it), to syslog, to files and to ha_logger. Logging never fails,
// blocks or changes a result: syslog is one non-blocking datagram, dropped when the daemon is slow; files and ha_logger are served
// by processes of their own, once the result is fixed. Not for results: those are exit codes and one reason line, printed by the fronts.
#pragma once

#include <string>
#include <string_view>

namespace havc::log {

enum class Level { error, warning, info, debug };

/// What a line on stderr looks like; fenced, and pcs, show each of them as a warning.
enum class OnStderr {
  none,
  tagged,  ///< TAG: LEVEL: text
  dated,   ///< DATE LEVEL: text, for a caller that puts it among lines of its own
  plain,   ///< LEVEL: text, as crmsh reads the output of validate-all
};

/// Where lines go. Set once by a front; without it, everything goes to stderr.
struct Sinks {
  std::string tag = "havc";  ///< "LibvirtQemu(vm1)", "external/ibmbc"
  bool process_id = true;    ///< added to the tag, as in "havc[4711]"
  /// syslog's facility code (RFC 5424 table 1, times 8), or -1 for no syslog.
  int facility = -1;
  OnStderr on_stderr = OnStderr::tagged;
  bool debug = false;
  /// Receives the datagrams; another path in tests.
  std::string syslog_socket = "/dev/log";
  /// Appended to by hand_over(): all lines but debug ones; all lines. Empty: none. A debug_file that is the same is left out.
  std::string file = {};
  std::string debug_file = {};
  std::string date_format = "%b %d %T ";  ///< strftime's, for files and OnStderr::dated; local time
  std::string logger = {};                ///< path of ha_logger, run by hand_over() for each line; empty: none
};
void configure(Sinks chosen);

/// The facility code of a name like "daemon" or "local3"; -1 for "none" and unknown names.
int facility_of(std::string_view name);

void write(Level level, std::string_view line);
inline void error(std::string_view line) { write(Level::error, line); }
inline void warn(std::string_view line) { write(Level::warning, line); }
inline void info(std::string_view line) { write(Level::info, line); }
inline void debug(std::string_view line) { write(Level::debug, line); }

/// Not to stderr: for a text that the front itself prints there, such as the exit reason.
void write_elsewhere(Level level, std::string_view line);

/// A line for programs, as it is: one line of ASCII, at most kLongestRecord bytes. To syslog and files alone, as "info".
void record(std::string_view line);
inline constexpr std::size_t kLongestRecord = 1900;  // RFC 5424 6.1: receivers should take 2048 octets, with their header

/// Gives what was written so far to processes that write it to the files and to ha_logger, and does not wait for them. The last thing a front does: not
/// even a fork may delay a result. Does nothing when nothing was written.
void hand_over() noexcept;

}  // namespace havc::log
