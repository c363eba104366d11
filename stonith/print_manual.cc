// Prints the manual page of a fencing program; run by the build. usage: havc_print_fencing_manual
// NAME DATE

#include <cstdio>
#include <string_view>

#include "fence/manual.h"
#include "fence/metadata.h"
#include "power/chassis.h"
#include "stonith/manual.h"

namespace {

/// Empty for a name that no program has.
std::string page(std::string_view name, std::string_view date) {
  using namespace havc;
  for (const auto& chassis : {power::kBladeCenter, power::kFlexSystem}) {
    if (name == chassis.plugin) return stonith::manual(chassis, date);
    if (name == fence::program_name(chassis)) return fence::manual(chassis, date);
  }
  return {};
}

}  // namespace

int main(int count, char** words) {
  const auto text = count == 3 ? page(words[1], words[2]) : "";
  return text.empty() || std::fputs(text.c_str(), stdout) < 0 ? 1 : 0;
}
