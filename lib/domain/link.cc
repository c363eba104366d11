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

}  // namespace havc::domain
