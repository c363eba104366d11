// --help, of the program and of each sub-command, from the rows.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "havc/command.h"

namespace havc::cli {

std::string help_of(std::span<const Command* const> commands);
std::string help_of(const Command& command);

/// Of a text whose paragraphs are separated by "\n\n".
std::vector<std::string_view> paragraphs_of(std::string_view text);

/// "havc status [option ...] [VM ...]"
std::string synopsis_of(const Command& command);

/// "--node NODE", "VM", "--all"
std::string heading_of(const OptionRow& row);

/// The command's own rows, then those that all that list have, then everybody's.
std::vector<OptionRow> options_of(const Command& command);

}  // namespace havc::cli
