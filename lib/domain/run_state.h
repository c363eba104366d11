// libvirt's own run state, /run/libvirt/qemu/NAME.xml, read without libvirt: makes the monitor of a
// healthy domain cheap and independent of libvirtd. It can say "running, certainly" or nothing at
// all.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/identity.h"
#include "domain/mark.h"
#include "domain/places.h"
#include "domain/size.h"

namespace havc::domain {

/// The beginning of one file: domstatus' attributes, and which domain is inside.
struct RunHead {
  Identity identity;
  std::string state;   ///< "running", "paused", …: virDomainStateTypeToString
  std::string reason;  ///< "booted", "migrated", …: virDomainRunningReasonTypeToString
  pid_t pid = 0;       ///< of QEMU; 0 when it is not known
};

/// One file, as libvirt wrote it.
struct RunState : RunHead {
  Mark mark;  ///< of the resource; empty texts without one
  int host_devices = 0;
  Size size;
};

/// Pure. Throws Error(unusable_here) for anything that does not look as expected; `path` is for
/// messages.
RunState parse_run_state(const std::string& xml, const std::string& path);

/// Pure, and without libxml2, whose loading costs as much as all else of a healthy monitor. Nothing
/// unless every character up to the UUID, and the end, is as libvirt itself writes it
/// (qemuDomainObjPrivateXMLFormat, virDomainDefFormat): then the parser decides.
std::optional<RunHead> head_as_written(std::string_view xml);

/// The file of a domain. Nothing when there is none or it cannot be used; `why`, when given, says
/// which.
std::optional<RunState> read_run_state(const std::string& folder, const std::string& name,
                                       std::string* why = nullptr);

/// Its head alone, by the parser only where head_as_written() cannot tell.
std::optional<RunHead> read_run_head(const std::string& folder, const std::string& name,
                                     std::string* why = nullptr);

/// All files of the folder; those that cannot be used are left out and counted in `unusable`.
std::vector<RunState> read_run_states(const std::string& folder, int* unusable = nullptr);

struct Glimpse {
  bool running = false;    ///< certainly
  pid_t pid = 0;           ///< then also its QEMU
  std::string doubt = {};  ///< why not certainly, for the debug log
  Identity identity = {};  ///< then also its own, with the UUID
};

/// The fast path: the file says running, for an ordinary reason, and its process is alive and is
/// that domain's QEMU. The file is read, unless `seen` is what was read of this domain just now.
Glimpse glimpse(const Identity& domain, const Places& places,
                const std::optional<RunHead>& seen = std::nullopt);

}  // namespace havc::domain
