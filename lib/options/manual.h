// Pieces of manual pages in roff, made from rows: what the pages of resource agents and of programs
// have in common. Their date is told: the same sources make the same page.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "options/parameter.h"

namespace havc::options {

/// Text as it stands: nothing in it is a command of roff or becomes a typographic character.
std::string literal(std::string_view text);

/// The same in lines that mandoc's lint takes, for text that roff fills anew.
std::string roff(std::string_view text);

struct Page {
  std::string_view name;
  int section;
  std::string_view version;
  std::string_view date;        ///< as in 2026-01-31
  std::string_view collection;  ///< that it belongs to: "Fence agents"
};
/// The first lines, and section NAME.
std::string page_begin(const Page& page, std::string_view purpose);

/// `body` is roff already; its first paragraph needs no mark of its own.
std::string page_section(std::string_view title, std::string_view body);

/// A paragraph of a section.
std::string page_paragraph(std::string_view text);

/// An item of a list: `name` in bold, and below it `text`, which is roff already.
std::string page_item(std::string_view name, std::string_view text);

/// "(string; required; default 5)" of a parameter, with its type in the words of its metadata.
std::string facts(const ParameterRow& row, std::string_view type);

/// A paragraph that ends in lines as they stand, such as commands.
std::string page_example(std::string_view text, const std::vector<std::string>& lines);

/// Section SEE ALSO, of pages as in "crm_mon(8)".
std::string page_see_also(const std::vector<std::string>& pages);

}  // namespace havc::options
