// Rows as options of a command. A library of its own: programs that are started without arguments,
// as the cluster does it, need not load it with the rest.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace havc::options {

/// An option: --name, --alias and -letter are the same. A switch takes no value; given, it is "1".
struct Switch {
  std::string name;                    ///< with "_", which is "-" on the command line
  std::vector<std::string> aliases{};  ///< likewise
  char letter = 0;
  bool takes_value = true;
};

/// Values by names, each name once: the last one counts.
using Given = std::vector<std::pair<std::string, std::string>>;

/// `arguments` without the program's name. Throws Error(misconfigured), which repeats no value, for
/// what is no option, for words beside them, and for an option that lacks its value.
Given parse_command_line(const std::vector<Switch>& switches,
                         const std::vector<std::string>& arguments);

}  // namespace havc::options
