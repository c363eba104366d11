// libvirt's run state, which decides whether a monitor may say "running".

#include "domain/run_state.h"

#include "targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace havc;
  return fuzz::refused_or_done([&] {
    const auto state = domain::parse_run_state(fuzz::text_of(data, size), "run state");
    if (state.identity.name.empty() || state.identity.uuid.empty() || state.pid < 0) __builtin_trap();
  });
}
