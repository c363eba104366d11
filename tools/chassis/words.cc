#include "chassis/words.h"

#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>

namespace havc::chassis {

void refuse_value(std::string_view key, std::string_view value, const std::string& wanted) {
  throw Error(Fault::misconfigured, fmt::format("{} is {}", key, text::quote(value)),
              "give " + wanted);
}

int number_of(std::string_view key, std::string_view value, int most) {
  const auto parsed = text::number(value, static_cast<std::uint64_t>(most));
  if (!parsed) refuse_value(key, value, fmt::format("a number from 0 to {}", most));
  return static_cast<int>(*parsed);
}

bool flag_of(std::string_view key, std::string_view value) {
  return number_of(key, value, 1) == 1;
}

}  // namespace havc::chassis
