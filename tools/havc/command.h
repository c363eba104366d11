// What a sub-command is: one row, from which its parsing, --help, manual page and shell completion
// are made, and a function that does it.
#pragma once

#include <span>
#include <string_view>

#include "options/parameter.h"

namespace havc::cli {

class Call;

enum class Takes {
  nothing,
  one,
  many,  ///< a positional all words that are left; an option one each time it is given
  rest,  ///< all words behind the positionals that take one, options among them
};

struct OptionRow {
  std::string_view name;   ///< "--node"; of a positional its name, "VM"
  std::string_view value;  ///< what it takes, "NODE"; empty for a switch
  std::string_view doc;    ///< a sentence, without full stop
  Takes takes = Takes::nothing;
  std::string_view fallback = {};
  options::Need need = options::Need::optional;

  constexpr bool positional() const { return !name.starts_with("-"); }
};

/// A column of what is printed: on a terminal under its title, in JSON by its key.
struct ColumnDoc {
  std::string_view key;
  std::string_view title;
  std::string_view doc;
  bool shown = true;  ///< without --columns
};

struct Example {
  std::string_view text;
  std::string_view line;
};

/// As --help and the manual show them, in this order.
enum class Group { look, change, reach, inventory, check, node };

struct Command {
  std::string_view name;  ///< "status"; "import havc2" is a sub-command's own
  Group group = Group::look;
  std::string_view summary;      ///< for a list: what it does, without full stop
  std::string_view description;  ///< for the manual; paragraphs separated by "\n\n"
  std::span<const OptionRow> options = {};
  std::span<const Example> examples = {};
  /// What it lists: gives it the options --columns, --filter and --no-headers, too.
  std::span<const ColumnDoc> columns = {};
  std::string_view exit_status = {};  ///< beyond those of all commands; paragraphs likewise
  std::string_view json = {};         ///< what --json gives where it is not columns; likewise
  int (*run)(Call& call) = nullptr;   ///< gives the exit code
  bool hidden = false;                ///< for havc itself: in no list
};

/// Exit codes of all commands. health and lint have monitoring systems' (0 to 3) instead.
inline constexpr int kDone = 0;  ///< or there was nothing to do
inline constexpr int kFailed = 1;
inline constexpr int kPending = 2;     ///< there are changes to be made
inline constexpr int kIncomplete = 3;  ///< done, but not everywhere
inline constexpr int kUsage = 64;      ///< EX_USAGE of sysexits.h
inline constexpr int kInterrupted = 130;

}  // namespace havc::cli
