// Starts a domain as a transient one: what libvirt keeps of it goes with it, and the definition
// file stays the only one.
#pragma once

#include "base/deadline.h"
#include "domain/definition.h"
#include "domain/hypervisor.h"
#include "domain/places.h"
#include "domain/subject.h"

namespace havc::domain {

enum class Started { already, started };

/// Done when the domain is seen running; writes the note. Throws Error(failed) when the name is
/// taken by another domain, when a QEMU of it is left that libvirt does not know, or when the
/// domain is there but broken; otherwise libvirt's refusal as it is.
Started start(const Subject& subject, const Definition& definition, const Connect& connect,
              const Places& places, Deadline deadline);

}  // namespace havc::domain
