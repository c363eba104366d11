#include <algorithm>

#include "domain/stop.h"

namespace havc::domain {

using std::chrono::seconds;

StopBudget stop_budget(Duration total, const StopPolicy& policy, int host_devices) {
  // Short timeouts are those of HAVC-II's configurations, which left the guest all but five
  // seconds.
  constexpr Duration kShortTimeout = seconds(90);
  constexpr Duration kShortReserve = seconds(10);
  constexpr Duration kReserve =
      seconds(20);  // libvirt: 10 s of SIGTERM, then SIGKILL, then it takes devices apart
  constexpr Duration kForDevices = seconds(15);
  constexpr Duration kForEachDevice = seconds(2);
  Duration reserve = policy.kill_reserve;
  if (reserve <= Duration::zero()) {
    reserve = total <= kShortTimeout
                  ? kShortReserve
                  : std::max(kReserve, kForDevices + host_devices * kForEachDevice);
  }
  reserve = std::min(reserve, total / 2);
  // Two fifths of the reserve: 8 s of 20 leave libvirt its 10 s of SIGTERM and two more.
  return {reserve, reserve * 2 / 5};
}

}  // namespace havc::domain
