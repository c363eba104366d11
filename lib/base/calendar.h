// The date, for people alone: in log lines and names of files. No decision depends on it, because an administrator can set it; deadlines
// are in clock.h.
#pragma once

#include <string>

namespace havc {

/// Now in local time, as strftime(3) writes it; empty when that is longer than 100 bytes.
std::string local_time(const std::string& format);

}  // namespace havc
