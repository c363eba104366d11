// Manual pages of section 1 and bash's completion, made from the rows of all commands.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "havc/command.h"

namespace havc::cli {

/// havc(1) and a command's own page, in roff. `date` as in 2026-01-31.
std::string manual(std::span<const Command* const> commands, std::string_view date);
std::string manual(const Command& command, std::string_view date);

/// "havc-import-havc2"
std::string page_name(const Command& command);

/// For share/bash-completion/completions/havc: commands, options, columns, files, and names of VMs
/// as 'havc list' tells them.
std::string bash_completion(std::span<const Command* const> commands);

}  // namespace havc::cli
