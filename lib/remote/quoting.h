// Arguments for a POSIX shell: ssh hands the other side one string, which a shell takes apart. The
// one place where that string is made.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace havc::remote {

/// One word of a shell's command line that means exactly `word`, for any bytes. Throws
/// Error(misconfigured) for a NUL, which no argument can hold.
std::string quoted(std::string_view word);

/// All of them, with blanks between.
std::string command_line(const std::vector<std::string>& words);

}  // namespace havc::remote
