// Text that an administrator quoted as for a shell, taken apart without one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace havc {

/// The words between blanks, with '…', "…" and \ as a POSIX shell reads them; nothing is expanded.
/// Throws Error(misconfigured) for a quotation mark that is not closed and a \ at the end.
std::vector<std::string> shell_words(std::string_view text);

}  // namespace havc
