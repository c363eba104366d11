// Which domain is meant: the note first, then the definition, and when that is unusable the traces
// which the domain itself leaves (metadata in libvirt's run state and list, processes). The
// decision is a pure function over what was found.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"
#include "domain/definition.h"
#include "domain/hypervisor.h"
#include "domain/note.h"
#include "domain/places.h"
#include "domain/run_state.h"
#include "domain/subject.h"

namespace havc::domain {

/// What is about to be done. `monitor` is a recurring one; `probe` also stands for monitors by
/// hand.
enum class Purpose { start, stop, monitor, probe, migrate_to, migrate_from };

/// Where the answer comes from.
enum class Evidence { note, config, metadata, nothing };

struct Meant {
  Evidence evidence = Evidence::nothing;
  /// With Evidence::nothing the identity is empty: no trace of the resource is on this host,
  /// although its definition cannot be read. Monitor then answers "not running", stop is done;
  /// `reason` says why, for a warning.
  Subject subject;
  std::string reason = {};
  /// Of the domain's run state, where it was read on the way; monitor need not read it again.
  std::optional<RunHead> run_head = {};
  /// Only for start, which alone needs it.
  std::optional<Definition> definition = {};
};

/// Looks, and decides. Throws the definition's Error (unusable_here, permission, timed_out → as
/// unusable_here) for start, and for migrate_to without a note; Error(failed) when the definition
/// is unusable and it cannot be excluded that the domain is here.
Meant find_domain(const std::string& instance, const std::string& uri, const std::string& config,
                  Purpose purpose, const Connect& connect, const Places& places, Deadline deadline);

/// What was found, for the decision. Looked for in this order, no further than needed.
struct Findings {
  std::optional<Identity> note;
  std::optional<Error> config_error;   ///< nothing: usable, or not read
  std::optional<Identity> configured;  ///< what the definition says
  std::optional<Identity> marked;      ///< a domain whose metadata names this resource
  bool several_marked = false;         ///< copies made by hand: nothing tells which is meant
  bool libvirt_answers = false;
  /// A guest that belongs to no other resource and could be this one; its name, for the message.
  /// While libvirt answers, only one called like the resource or its file; while it is silent, any.
  std::optional<std::string> suspect;
  bool processes_known = true;  ///< /proc was seen whole
};

enum class Decision {
  act_on_note,
  act_on_config,
  act_on_mark,
  nothing_here,
  refuse_config,
  cannot_tell
};
Decision decide(Purpose purpose, const Findings& findings);

}  // namespace havc::domain
