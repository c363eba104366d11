// A resource goes out of a CIB with everything that speaks of it. For this module alone.
#pragma once

#include <string>

#include "change/cib.h"
#include "change/merge.h"

namespace havc::change {

/// Throws what remove_resource would throw.
void check_removal(const Cib& cib, const std::string& id);

/// Throws Error(failed) before anything is changed when that would break what somebody else made
/// with others in it.
void remove_resource(Cib& cib, const std::string& id, Account& account);

}  // namespace havc::change
