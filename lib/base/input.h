// Standard input and output as whole texts, bounded: what programs that are neither long-running
// nor interactive need of them.
#pragma once

#include <string>
#include <string_view>

#include "base/deadline.h"

namespace havc {

/// All that comes until the other side closes. Throws Error(misconfigured) when it is more than
/// `most` bytes, timed_out at the deadline, and failed when it cannot be read.
std::string read_input(int descriptor, std::size_t most, Deadline deadline);

/// False when not all of it could be written, which may be because a pipe is full that nobody
/// reads.
bool write_output(int descriptor, std::string_view text, Deadline deadline);

/// The last that a program says: `output` on standard output, then `errors` on standard error, in
/// a second of their own, because a pipe that nobody reads may not hold it. Returns the exit code,
/// which is 1 or more when not all of the output could be written; `errors` end with that then.
int print_and_end(std::string_view program, int exit_code, std::string_view output,
                  std::string errors);

}  // namespace havc
