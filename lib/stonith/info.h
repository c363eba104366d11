// What a plugin says about itself, made from its chassis table and the parameter table. Needs no
// device.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/environment.h"
#include "power/chassis.h"

namespace havc::stonith {

/// What the program does, in whole sentences, for both faces.
std::string description(const power::Chassis& chassis);

/// The answer to getconfignames or getinfo-…, with a line end; nothing for other words.
std::optional<std::string> info(std::string_view action, const power::Chassis& chassis,
                                const Environment& environment);

/// What `help` prints.
std::string usage(const power::Chassis& chassis);

}  // namespace havc::stonith
