// Starts a domain: from its definition file, or from an image of its memory that stop or libvirt left. Transient, so that
// the file stays the only definition, or persistent.
#pragma once

#include <functional>
#include <string>

#include "base/deadline.h"
#include "domain/definition.h"
#include "domain/hypervisor.h"
#include "domain/places.h"
#include "domain/subject.h"
#include "options/value.h"

namespace havc::domain {

/// transient: what libvirt keeps of the domain goes with it. persistent: defined, then started.
enum class DefinitionKind { transient, persistent };
/// What becomes of an image that `virsh managedsave`, or libvirt-guests, left of the guest's memory.
enum class ManagedSave { fail, restore, discard };

struct StartPolicy {
  DefinitionKind definition = DefinitionKind::transient;  ///< domain_definition
  ManagedSave managed_save = ManagedSave::fail;           ///< managed_save_action
  std::string snapshot = {};  ///< folder in which stop may have saved the guest; empty: none
  bool start_resources = false;  ///< start networks and pools that the definition names
  /// Asked right before anything is changed, when it is certain that the domain does not run here. Refuses by throwing.
  std::function<void(const Identity& domain, Deadline deadline)> consent = {};
};

enum class Started { already, started };

/// Done when the domain is seen running; writes the note. Throws Error(failed) when the name is
/// taken by another domain, when a QEMU of it is left that libvirt does not know, when the domain is
/// there but broken, or for an image that must or may not be used; otherwise libvirt's refusal as it
/// is, and what start_checks.h and disk_sources.h find. There is no image of `snapshot` any more
/// when the domain begins to run, whether it was used or not.
Started start(const Subject& subject, const Definition& definition, const StartPolicy& policy,
              const Connect& connect, const Places& places, Deadline deadline);

}  // namespace havc::domain

namespace havc::options {

template <>
struct Text<domain::DefinitionKind> : SelectText<domain::DefinitionKind, 2> {
  static constexpr Words kWords{"transient", "persistent"};
  static constexpr std::string_view kExpected = "a kind of definition";
  static std::optional<domain::DefinitionKind> parse(std::string_view text) { return find(kWords, text); }
};

template <>
struct Text<domain::ManagedSave> : SelectText<domain::ManagedSave, 3> {
  static constexpr Words kWords{"fail", "restore", "discard"};
  static constexpr std::string_view kExpected = "an action for a managed-save image";
  static std::optional<domain::ManagedSave> parse(std::string_view text) { return find(kWords, text); }
};

}  // namespace havc::options
