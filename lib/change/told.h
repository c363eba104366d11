// A plan as text for people and as JSON for programs and for the record of an apply.
#pragma once

#include <string>

#include "change/plan.h"

namespace havc::change {

struct Detail {
  bool paths = false;  ///< each file of each node, instead of how many
};

/// Machine by machine, then the rest of the cluster, files by node, what is left alone, what is in
/// the way, and a last line that sums up. What is somebody else's and stays is told of machines
/// that change alone.
std::string text_of(const Plan& plan, const Detail& detail = {});

/// "1 to add, 2 to change; files for n1, n2": the last line of text_of, without line end.
std::string summary_of(const Plan& plan);

/// The schema "havc.plan/1": an object with the members of Plan but base, target, and the contents
/// of files. Documented in the manual of 'havc plan'.
std::string json_of(const Plan& plan);

}  // namespace havc::change
