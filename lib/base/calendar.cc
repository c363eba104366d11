#include "base/calendar.h"

#include <array>
#include <ctime>

namespace havc {

static std::string written(const std::string& format, const std::tm& moment) {
  std::array<char, 101> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format.c_str(), &moment)};
}

std::string local_time(const std::string& format) { return local_time(format, std::time(nullptr)); }

std::string local_time(const std::string& format, std::int64_t when) {
  const std::time_t moment = when;
  std::tm local{};
  return localtime_r(&moment, &local) == nullptr ? std::string() : written(format, local);
}

std::string utc_time(const std::string& format, std::int64_t when) {
  const std::time_t moment = when;
  std::tm utc{};
  return gmtime_r(&moment, &utc) == nullptr ? std::string() : written(format, utc);
}

std::int64_t calendar_nanoseconds() {
  constexpr std::int64_t kSecond = 1'000'000'000;
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);  // cannot fail for this clock
  return static_cast<std::int64_t>(now.tv_sec) * kSecond + now.tv_nsec;
}

}  // namespace havc
