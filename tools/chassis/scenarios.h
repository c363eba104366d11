// The situations that a fencing program must survive, each by name: one table for both programs,
// with what each one shows and how it is brought about.
#pragma once

#include "chassis/chassis.h"

#include <string>
#include <string_view>
#include <vector>

namespace havc::chassis {

/// Where a scenario is set up.
enum class Stage {
  simulator,  ///< by control lines of havc-chassis-simulator
  proxy,      ///< by control lines of havc-chassis-proxy
  client,     ///< by how the fencing program is called; its `lines` are nobody's
};

struct Scenario {
  std::string_view name;
  Stage stage;
  std::string_view shows;  ///< the danger, and what a good program does
  std::string_view needs;  ///< what else has to be done; empty: nothing
  /// Control lines, separated by line ends. {bay} is the bay it is about, {next} the one behind it,
  /// {label} its label.
  std::string_view lines;
};

const std::vector<Scenario>& scenarios();

/// Throws Error(misconfigured) for an unknown name, and for one of another program.
const Scenario& find_scenario(std::string_view name, Stage stage);

/// The lowest bay that has a blade. Throws Error(misconfigured) in an empty chassis.
int first_blade(const Chassis& chassis);

/// A scenario of the simulator, for this bay.
std::vector<std::string> lines_of(const Scenario& scenario, const Chassis& chassis, int bay);
/// One of the proxy.
std::vector<std::string> lines_of(const Scenario& scenario);

/// The whole table for people.
std::string list_scenarios();

}  // namespace havc::chassis
