// Pieces of manual pages in roff, made from rows: what the pages of resource agents and of fencing
// programs have in common. They have no date: the same sources make the same page.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "options/parameter.h"

namespace havc::options {

/// Text as it stands: nothing in it is a command of roff or becomes a typographic character.
std::string roff(std::string_view text);

/// The page's first lines. `manual` is the collection that it belongs to: "Fence agents".
std::string page_begin(std::string_view name, int section, std::string_view version,
                       std::string_view manual);
std::string page_section(std::string_view title);

/// An item of a list: `name` in bold, and below it `text`, which is roff already.
std::string page_item(std::string_view name, std::string_view text);

/// "(string; required; default 5)" of a parameter, with its type in the words of its metadata.
std::string facts(const ParameterRow& row, std::string_view type);

/// Lines as they stand, such as commands.
std::string page_example(const std::vector<std::string>& lines);

}  // namespace havc::options
