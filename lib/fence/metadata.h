// What a fence agent says about itself, made from its chassis table and the parameter table. Needs
// no device.
#pragma once

#include <string>

#include "power/chassis.h"
#include "stonith/parameters.h"

namespace havc::fence {

/// "fence_ibmbc"
std::string program_name(const power::Chassis& chassis);

/// As fence-agents' metadata.rng wants it. The page that `manpage` prints is the same:
/// fence-agents' fence2man.xsl makes a page of it.
std::string metadata(const power::Chassis& chassis);

/// "-a, --ip=[ip]"
std::string option_text(const stonith::Parameter& row);

/// What --help prints.
std::string usage(const power::Chassis& chassis);

}  // namespace havc::fence
