// The date, for people: in log lines and names of files; and to be compared between nodes. No decision depends on it, because an administrator can set it; deadlines
// are in clock.h.
#pragma once

#include <cstdint>
#include <string>

namespace havc {

/// Now in local time, as strftime(3) writes it; empty when that is longer than 100 bytes.
std::string local_time(const std::string& format);

/// The same of another moment, in seconds since 1970; in local time, and in UTC.
std::string local_time(const std::string& format, std::int64_t when);
std::string utc_time(const std::string& format, std::int64_t when);

/// CLOCK_REALTIME: nanoseconds since 1970.
std::int64_t calendar_nanoseconds();

}  // namespace havc
