// The domain XML that an administrator wrote, and what start makes of it.

#include "domain/definition.h"

#include "domain/devices.h"
#include "targets.h"
#include "xml/document.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace havc;
  return fuzz::refused_or_done([&] {
    const auto definition = domain::parse_definition(fuzz::text_of(data, size), "vm1.xml");
    const std::string marked = domain::with_metadata(definition.xml, {"vm1", "/srv/vm1.xml"});
    const auto devices = domain::parse_devices(definition.xml, "vm1.xml");
    if (devices.networks().size() > devices.interfaces.size()) __builtin_trap();
    // What libvirt is given must still be the same domain.
    if (domain::parse_definition(marked, "marked").identity.name != definition.identity.name) __builtin_trap();
  });
}
