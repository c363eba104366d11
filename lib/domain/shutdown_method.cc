#include "domain/shutdown_method.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace havc {

namespace {
constexpr std::array<std::string_view, 5> kNames{"acpi", "agent", "initctl", "signal", "paravirt"};
}

std::string_view domain::name_of(ShutdownMethod method) {
  return kNames[static_cast<std::size_t>(method)];
}

std::optional<domain::ShutdownMethods> options::Text<domain::ShutdownMethods>::parse(
    std::string_view text) {
  domain::ShutdownMethods methods;
  for (const auto& word : text::split(text, ", \t")) {
    const auto* const found = std::find(kNames.begin(), kNames.end(), text::lower(word));
    if (found == kNames.end()) return {};
    methods.push_back(static_cast<domain::ShutdownMethod>(found - kNames.begin()));
  }
  return methods;
}

}  // namespace havc
