// What libvirt's state of a domain means for the health of the resource: a pure table, no calls.
#pragma once

#include <string>

#include "domain/state.h"

namespace havc::domain {

enum class Depth { basic, thorough };  ///< OCF check level 0; 10 and above
/// A recurring monitor expects the domain to run; a probe asks whether it does.
enum class Occasion { probe, recurring };

enum class Verdict { running, degraded, failed, not_running };

/// What a pause means to the administrator. Defaults as documented for the parameters of the same
/// names.
struct HealthPolicy {
  enum class Pause { ignore, degraded, fail };
  Pause io_error = Pause::degraded;  ///< io_error_action
};

struct Health {
  Verdict verdict = Verdict::failed;
  std::string reason = {};  ///< one line, the cause first; empty when running
  std::string remedy = {};  ///< an instruction, or empty
};

Health judge(const Inspection& inspection, Depth depth, Occasion occasion,
             const HealthPolicy& policy);

}  // namespace havc::domain
