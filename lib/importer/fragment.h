// Pieces of Pacemaker's configuration about one virtual machine, as HAVC-II kept them: what of them
// keys of ours say.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "importer/draft.h"

namespace havc::importer {

/// Takes email, utilization's differences (as notes: the definition counts), timeouts, priority and
/// target-role of the one primitive in `text`. Throws Error as Document::parse does, and
/// Error(misconfigured) when there is none or more than one.
void take_resource(std::string_view text, const std::string& file, inventory::Vm& vm, Notes& notes);

/// Takes the two nodes with the highest scores; the rule about pingd is the constraint template's.
/// Throws Error as Document::parse does.
void take_constraint(std::string_view text, const std::string& file, inventory::Vm& vm,
                     Notes& notes);

/// Whole seconds, rounded up: "60", "60s", "2min", "90000ms". Nothing for anything else.
std::optional<int> seconds(std::string_view text);

}  // namespace havc::importer
