// The option words of `virsh migrate` (virsh 9.0), as VirtualDomain's configurations have them.
// Pure: text in, a plan out; no shell and no virsh are involved. How they combine with the agent's
// own parameters is said in migration_plan.h.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "domain/migration.h"
#include "options/value.h"

namespace havc::domain {

/// What becomes of a migration that takes longer than --timeout.
enum class AtTimeout { suspend, postcopy };

struct MigrateOptions {
  MigrationPlan plan = {};          ///< destination_uri is never set
  std::chrono::seconds timeout{0};  ///< --timeout; 0: none
  AtTimeout at_timeout = AtTimeout::suspend;
  bool postcopy_after_precopy = false;  ///< after the first pass
};

/// Words are separated by blanks and may be quoted as in a shell ('…', "…", \); each may lack its
/// leading "--", and its value may follow after "=" or as the next word. --live, --verbose and
/// --change-protection say what is the case anyway. Returns what is wrong otherwise, naming the
/// word: it is not known, lacks its value, or makes no sense in a cluster.
std::variant<MigrateOptions, std::string> read_migrate_options(std::string_view text);

}  // namespace havc::domain

namespace havc::options {

template <>
struct Text<domain::MigrateOptions> {
  static constexpr ContentType kType = ContentType::string;
  static constexpr std::string_view kExpected = "options of virsh migrate";
  static std::optional<domain::MigrateOptions> parse(std::string_view text);
  static std::string explain(std::string_view text);
};

}  // namespace havc::options
