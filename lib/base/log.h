// Log lines for the administrator: to stderr (Pacemaker captures it) and to syslog. Logging never fails,
// blocks or changes a result: syslog is one non-blocking datagram, dropped when the daemon is slow.
// Not for results: those are exit codes and one reason line, printed by the fronts.
#pragma once

#include <string>
#include <string_view>

namespace havc::log {

enum class Level { error, warning, info, debug };

/// Where lines go. Set once by a front; without it, everything goes to stderr.
struct Sinks {
  std::string tag = "havc";  ///< "LibvirtQemu(vm1)", "external/ibmbc"; the process id is added
  /// syslog's facility code (RFC 5424 table 1, times 8), or -1 for no syslog.
  int facility = -1;
  /// Up to which level lines also go to stderr. fenced shows each stderr line as a warning.
  bool to_stderr = true;
  bool debug = false;
  /// Receives the datagrams; another path in tests.
  std::string syslog_socket = "/dev/log";
};
void configure(Sinks chosen);

/// The facility code of a name like "daemon" or "local3"; -1 for "none" and unknown names.
int facility_of(std::string_view name);

void write(Level level, std::string_view line);
inline void error(std::string_view line) { write(Level::error, line); }
inline void warn(std::string_view line) { write(Level::warning, line); }
inline void info(std::string_view line) { write(Level::info, line); }
inline void debug(std::string_view line) { write(Level::debug, line); }

/// Only to syslog: for a text that the front itself prints on stderr, such as the exit reason.
void write_to_syslog(Level level, std::string_view line);

}  // namespace havc::log
