// The simulator's run-time commands: one line of text in, a reply out. Where lines come from is the
// socket's matter.
#pragma once

#include "chassis/chassis.h"
#include "chassis/traffic.h"

#include <string>
#include <string_view>

namespace havc::chassis {

class Script {
 public:
  Script(Chassis& chassis, Traffic& traffic) : chassis_(chassis), traffic_(traffic) {}

  /// Obeys one line: `bay N KEY=VALUE`, `drop COUNT`, `lose COUNT`, `delay MS`, `silent on|off`,
  /// `dump`, `quit`. Returns lines, the last of which is `ok` or `error: why`.
  std::string execute(std::string_view line);

  bool quit_requested() const { return quit_; }

 private:
  std::string obey(std::string_view verb, std::string_view rest);
  void set_bay(std::string_view rest);
  std::string dump() const;

  Chassis& chassis_;
  Traffic& traffic_;
  bool quit_ = false;
};

}  // namespace havc::chassis
