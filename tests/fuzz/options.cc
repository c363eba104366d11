// Parameters as they come from the cluster, and the command line of a process that may be QEMU.

#include "base/environment.h"
#include "base/text.h"
#include "domain/qemu_process.h"
#include "libvirt_qemu/options.h"
#include "options/parse.h"
#include "targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace havc;
  const std::string text = fuzz::text_of(data, size);
  Environment::Values values;
  for (const auto& line : text::split(text, "\n")) {
    const auto equals = line.find('=');
    if (equals != std::string::npos) values["OCF_RESKEY_" + line.substr(0, equals)] = line.substr(equals + 1);
  }
  const Environment environment(std::move(values));
  const auto rows = options::rows_of(libvirt_qemu::kParameters);
  static_cast<void>(options::unknown_names(rows, environment, "OCF_RESKEY_", {"CRM_meta_"}));
  static_cast<void>(domain::identity_on(text));
  return fuzz::refused_or_done([&] {
    const auto parsed = options::parse<libvirt_qemu::Options>(libvirt_qemu::kParameters, environment, "OCF_RESKEY_");
    options::refuse(parsed.problems);
    // What was accepted is a usable path.
    if (parsed.options.config.text.front() != '/') __builtin_trap();
  });
}
