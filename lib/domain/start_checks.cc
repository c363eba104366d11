#include "domain/start_checks.h"

#include <filesystem>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "base/worker.h"
#include "domain/devices.h"
#include "domain/disk_sources.h"

namespace havc::domain {

// What can be known cheaply: a file system that takes longer says nothing.
static constexpr Duration kShortLook = std::chrono::seconds(2);

void refuse_to_lose_tpm(const Definition& definition, DefinitionKind kind) {
  if (kind == DefinitionKind::persistent) return;
  const Devices devices = parse_devices(definition.xml, definition.path);
  if (devices.tpm != "emulator" || devices.tpm_persistent_state) return;
  throw Error(Fault::unusable_here,
              "TPM of " + text::quote(definition.identity.name) +
                  ", which is transient, would be lost",
              "set domain_definition=persistent or persistent_state='yes'");
}

void warn_of_local_nvram(const Identity& domain, const Places& places, Deadline deadline) {
  if (places.run_state.empty()) return;
  const std::string file = places.run_state + "/" + domain.name + ".xml";
  try {
    const std::string nvram = parse_devices(read_file(file, kLargestDefinition), file).nvram;
    if (nvram.empty()) return;
    const auto look = file_system_of(nvram).run([nvram] { return look_at_path(nvram); },
                                                deadline.capped(kShortLook));
    if (!look || local_file_system(look->file_system).empty()) return;
    log::warn("the UEFI variables of " + text::quote(domain.name) + " are in " +
              text::quote(nvram) + ", which other nodes do not see; keep them on shared storage");
  } catch (const Error& error) {
    log::debug(error.problem());
  }
}

bool lost_a_port(const Error& error) {
  return text::lower(error.problem()).find("address already in use") != std::string::npos;
}

std::optional<Error> overlay_in_the_way(const Definition& definition, Deadline deadline) {
  for (const Disk& disk : parse_devices(definition.xml, definition.path).disks) {
    if (!disk.transient || disk.kind != DiskKind::file) continue;
    // qemuSnapshotGetTransientDiskDef
    const std::string overlay = disk.source + ".TRANSIENT-" + definition.identity.name;
    const bool there = file_system_of(overlay).run(
        [overlay] {
          std::error_code code;
          return std::filesystem::exists(overlay, code);
        },
        deadline);
    if (!there) continue;
    return Error(Fault::failed,
                 text::quote(overlay) + " of transient disk " + text::quote(disk.target) +
                     " was left behind",
                 "remove that file, unless a guest uses it");
  }
  return std::nullopt;
}

}  // namespace havc::domain
