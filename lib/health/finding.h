// What is wrong with a cluster, one value for each thing found, and the rule behind it. lint and
// health find with tables of rules; what prints, counts or ends a program looks at findings alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace havc::health {

/// The worst first.
enum class Severity {
  error,    ///< data, a guest or the cluster is in danger now or at the next failure
  warning,  ///< it will hurt some day, or what was meant does not happen
  hint,     ///< worth knowing; no reason to wake anybody
};

/// What an object is, by whose name it is found.
enum class About { cluster, node, vm, chassis, network };

/// "error", "warning", "hint"
std::string_view name_of(Severity severity);
/// "cluster", "node", "vm", "chassis", "network"
std::string_view name_of(About about);

/// What is always the same of a finding: for documentation, --list, --only and --ignore. Each is
/// in a static table; texts are for an administrator who has never heard of the matter.
struct Rule {
  std::string_view code;  ///< short, in kebab case, of the field: "disk-cache-mode"; never changes
  About about;
  Severity severity;
  std::string_view title;   ///< one line: what is wrong
  std::string_view reason;  ///< what happens to whom, and when
  std::string_view fix;     ///< an instruction
};

struct Finding {
  Severity severity = Severity::error;
  About about = About::cluster;
  std::string_view code = {};  ///< the rule's
  std::string object = {};     ///< a name; of the cluster as a whole, empty
  std::string message = {};    ///< one line without end: what was found, and where
  std::string remedy = {};     ///< an instruction

  auto operator<=>(const Finding&) const = default;
};

/// A rule's finding. Without a remedy of its own, it has the rule's fix.
Finding found(const Rule& rule, std::string object, std::string message, std::string remedy = {});

/// "vm:disk-cache-mode:WEB-01_intranet:cache is 'writeback'"; for scripts: one line, without
/// remedy.
std::string text_of(const Finding& finding);

/// Their values are exit codes.
enum class Verdict {
  fine = 0,  ///< nothing but hints
  warnings = 1,
  errors = 2,
  unknown = 3,  ///< no error, but somebody did not answer
};

/// Errors outweigh doubt; doubt outweighs warnings. `complete`: all that was asked has answered.
Verdict verdict_of(const std::vector<Finding>& findings, bool complete = true);

/// Whether a word of --only, --ignore or lint_ignore means it: "code" or "code:object".
bool matches(const Finding& finding, std::string_view word);

/// Worst first, then by code and object; the same twice is there once.
void sort(std::vector<Finding>& findings);

/// A section for each rule, sorted by code: for the manual and tests/golden/health/rules.md.
std::string manual_of(std::vector<Rule> rules);

}  // namespace havc::health
