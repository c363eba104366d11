#include "domain/link.h"

#include "domain/qemu_process.h"

namespace havc::domain {

Hypervisor& Link::open(Deadline deadline) {
  if (!hypervisor_) hypervisor_ = connect_(uri_, deadline);
  return *hypervisor_;
}

Look Link::look(const Identity& domain, Deadline deadline) {
  Look look;
  look.silence = attempt(
      [&](Hypervisor& hypervisor) { look.found = hypervisor.inspect(domain, deadline); }, deadline);
  if (look.found && !same_domain(look.found->identity, domain)) look.namesake.swap(look.found);
  return look;
}

Look Link::look_and_watch(const Identity& domain, Deadline deadline) {
  if (!connected()) {
    attempt([&](Hypervisor& hypervisor) { hypervisor.watch(domain, deadline); }, deadline);
  }
  return look(domain, deadline);
}

void Link::wait_for_change(const Descriptor& process, Deadline deadline) {
  constexpr Duration kLookAnyway = std::chrono::seconds(5);
  if (!hypervisor_) return deadline.pause(kAgain);
  hypervisor_->wait_for_change(process, deadline.capped(kLookAnyway));
}

}  // namespace havc::domain
