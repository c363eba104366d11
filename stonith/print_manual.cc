// Prints the manual page of a fencing program; run by the build.

#include <cstdio>
#include <string_view>

#include "fence/manual.h"
#include "fence/metadata.h"
#include "power/chassis.h"
#include "stonith/manual.h"

namespace {

/// Empty for a name that no program has.
std::string page(std::string_view name) {
  using namespace havc;
  for (const auto& chassis : {power::kBladeCenter, power::kFlexSystem}) {
    if (name == chassis.plugin) return stonith::manual(chassis);
    if (name == fence::program_name(chassis)) return fence::manual(chassis);
  }
  return {};
}

}  // namespace

int main(int count, char** words) {
  const auto text = page(count == 2 ? words[1] : "");
  return text.empty() || std::fputs(text.c_str(), stdout) < 0 ? 1 : 0;
}
