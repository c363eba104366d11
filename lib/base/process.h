// Other programs: arguments are a vector, never a shell's line; everything is bounded in time and size.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.h"
#include "base/environment.h"
#include "base/error.h"

namespace havc {

struct ProcessResult {
  int exit_code = 0;    ///< of a program that ended by itself; 128 + n after signal n
  std::string output;   ///< standard output, at most ProcessOptions::most_output bytes; the rest is read and dropped
  std::string errors;   ///< standard error, likewise
  bool cut = false;     ///< some of it was dropped: what is there must not be taken for the whole

  /// What it said, errors first, for a reason or the log: one line of at most 200 bytes.
  std::string words() const;
};
inline constexpr std::size_t kMostOutput = 1 << 20;

struct ProcessOptions {
  std::size_t most_output = kMostOutput;    ///< of each output, in bytes
  std::string folder = {};                  ///< it runs there; empty: where the caller is
  /// For a program that says something before it reads its input: by then it must have begun to, or it is killed as at the deadline; and
  /// until then no input is given to it.
  std::optional<Deadline> greeting = {};
};

/// Error(timed_out) with what the program had said by then. That is no part of the message: it may be a secret.
class ProcessTimeout : public Error {
 public:
  ProcessTimeout(const std::string& program, ProcessResult so_far);
  const ProcessResult& so_far() const { return so_far_; }

 private:
  ProcessResult so_far_;
};

/// Runs `arguments[0]` (looked for in PATH when it has no slash) with `input` on its standard input. It is over when the program has
/// ended, even if something that it left behind keeps its output open; that is not killed. At the deadline its process group is killed,
/// and left behind if that does not end it within 200 ms.
/// Throws Error(not_installed) when it cannot be started, ProcessTimeout at the deadline.
ProcessResult run_process(const std::vector<std::string>& arguments, const std::string& input, Deadline deadline);
ProcessResult run_process(const std::vector<std::string>& arguments, const std::string& input, const ProcessOptions& options, Deadline deadline);

/// This process becomes the program, with its terminal and environment; its exit code is that program's. Only while no other thread runs.
/// Throws Error(not_installed) when that is not possible.
[[noreturn]] void become(const std::vector<std::string>& arguments);

/// The path of a program in the first of `folders` (separated by colons, as PATH) that has it; empty when none has.
std::string find_program(const std::string& name, std::string_view folders);

}  // namespace havc
