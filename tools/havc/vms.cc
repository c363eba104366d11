#include "havc/vms.h"

#include <ostream>

namespace havc::cli {

std::vector<const inventory::Vm*> vms_to_change(Call& call) {
  return inventory::select(call.inventory().vms, call.texts("VM"), inventory::NoWords::refuse);
}

inventory::Selection vms_to_show(Call& call, const std::vector<std::string>& known) {
  const auto& reading = call.reading();
  for (const auto& problem : reading.problems) call.err() << problem.what() << '\n';
  return inventory::select(reading.inventory.vms, known, call.texts("VM"), inventory::NoWords::all);
}

}  // namespace havc::cli
