// What happens on the other side of ssh around a program, and what its words tell of it. For this
// module alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/process.h"

namespace havc::remote {

/// A shell there says `marker` on both outputs, waits for the word kGo, runs the program with the
/// rest of the input, and says how it ended. So a program is never started by a connection that was
/// given up; what ssh and login scripts say is told from what the program says; and an exit code is
/// the program's own, never that of ssh or of a shell.
class Session {
 public:
  /// `marker` must be hard to guess: the outputs may have anything in them.
  Session(const std::vector<std::string>& arguments, std::string marker);

  /// For the shell of the other side.
  const std::string& line() const { return line_; }
  /// What the program's input begins with on the way.
  static constexpr std::string_view kGo = "go\n";

  struct End {
    bool began = false;                 ///< the other side was ready, and may have been told to go
    bool missing = false;               ///< it has no such program
    std::optional<int> exit_code = {};  ///< of the program; none: how it ended is not known
    std::string output = {};            ///< of the program alone
    std::string errors = {};            ///< likewise; before it began, ssh's
  };
  /// Of what ssh has said until it ended or was ended.
  End end_of(ProcessResult result) const;

 private:
  std::string marker_;
  std::string line_;
};

}  // namespace havc::remote
