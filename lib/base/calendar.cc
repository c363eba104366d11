#include "base/calendar.h"

#include <array>
#include <ctime>

namespace havc {

std::string local_time(const std::string& format) {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  std::array<char, 101> text{};
  if (localtime_r(&now, &local) == nullptr) return {};
  return {text.data(), std::strftime(text.data(), text.size(), format.c_str(), &local)};
}

}  // namespace havc
