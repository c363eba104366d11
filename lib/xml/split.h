// A large document whose bulk is one element at its end, such as the state in a CIB: the rest
// becomes a tree, and the bulk stays text, or is read piece by piece. A tree of it takes ten times
// its size.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "xml/document.h"

namespace havc::xml {

struct Split {
  Document document;           ///< with that element, which is empty when it was taken out
  std::string_view part = {};  ///< its text, in the text that was given; empty: it was left in
};

inline constexpr std::size_t kWorthSplitting = 1 << 16;  ///< bytes: a tree of less costs nothing

/// Takes out the last child of the root when it has this name and `least` bytes. It is left in
/// where the text does not show without doubt that it is that child. Throws as Document::parse
/// does; what is taken out is not looked at.
Split parse_split(std::string_view text, std::string_view child, const std::string& name,
                  std::size_t least = kWorthSplitting);

/// Reads a document, and calls it for each child of the root (of that name, when one is given): the Element is gone when
/// the call is over. For texts that parse_split gives: one with a document type is not refused.
/// Throws Error(unusable_here), then after some of the calls.
void each_child(std::string_view text, std::string_view child, const std::string& name,
                const std::function<void(const Element&)>& call);

}  // namespace havc::xml
