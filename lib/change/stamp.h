// Which apply an inventory's copy on a node is of, so that a machine whose inventory is older does
// not undo what was applied from another.
#pragma once

#include <optional>
#include <string>

#include "change/plan.h"
#include "change/record.h"

namespace havc::change {

/// Lies beside the copy, as kStampFile.
struct Stamp {
  int serial = 0;  ///< counts the applies of the cluster, whichever machine they were made from
  std::string digest = {};  ///< of the copy
  std::string machine = {};
  std::string user = {};
  std::string when = {};
  std::string text() const;  ///< "apply 12, by root on admin1 at …"
};
inline constexpr char kStampFile[] = "applied.json";

File stamp_file(const Stamp& stamp);

/// Throws Error(unusable_here) that begins with `source`.
Stamp parse_stamp(const std::string& text, const std::string& source);

Stamp stamp_of(const Record& record);
/// Of what this machine applied last; none: nothing that is known.
std::optional<Stamp> own_stamp(const Records& records);

}  // namespace havc::change
