// From words to a Call, by the rows of all commands.
#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <vector>

#include "havc/call.h"
#include "havc/command.h"

namespace havc::cli {

/// Options of every command; columns' for those that list.
std::span<const OptionRow> common_options();
std::span<const OptionRow> table_options();

std::string_view title_of(Group group);

/// Does what `arguments` (without the program's name) say, and gives the exit code: --help and
/// --version, too. What is wrong with them, and Errors of the command, are told on `err`; with
/// --json an Error is an object on `out`.
int run(std::span<const Command* const> commands, const std::vector<std::string>& arguments,
        std::ostream& out, std::ostream& err);

}  // namespace havc::cli
