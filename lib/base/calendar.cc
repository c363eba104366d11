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

std::int64_t calendar_nanoseconds() {
  constexpr std::int64_t kSecond = 1'000'000'000;
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);  // cannot fail for this clock
  return static_cast<std::int64_t>(now.tv_sec) * kSecond + now.tv_nsec;
}

}  // namespace havc
