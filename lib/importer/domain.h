// A domain's XML: what of it the inventory says by itself, and a template of the rest.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "importer/draft.h"
#include "inventory/address.h"
#include "xml/parts.h"

namespace havc::importer {

/// What the keys of a machine say.
struct Facts {
  std::string name = {};
  std::optional<inventory::Uuid> uuid = {};
  std::string title = {};
  inventory::Mebibytes memory = {};  ///< rounded up
  inventory::Cpus cpus = {};
  std::vector<inventory::Path> disks = {};  ///< images and block devices, at most four
  std::optional<inventory::Mac> mac = {};   ///< of the first network card
  std::string bridge = {};                  ///< of that; empty when it is on something else
};

/// The definition without what libvirt adds on the host where it runs: ids, aliases, made-up
/// names of interfaces and sockets, labels, ports that it chose itself, and our own metadata;
/// memory in KiB. `text` is of `file`. Throws Error(unusable_here) for what is no domain.
xml::Part plain_domain(std::string_view text, const std::string& file);

/// Of a plain domain. Throws Error(misconfigured) naming file and line: no name, memory or CPUs, a
/// memory or number that is none.
Facts facts_of(const xml::Part& domain, const std::string& file);

/// A template of a plain domain: macros in place of what `vm`'s keys say.
std::string template_of(xml::Part domain, const inventory::Vm& vm,
                        const inventory::Cluster& cluster);

/// Both say the same, as far as a guest can see. Throws as plain_domain does.
bool same_domain(const std::string& one, const std::string& other);

/// The definition holds a password (VNC, SPICE).
bool has_secret(const xml::Part& domain);

/// What of it does not follow the keys when they change, or stays behind.
Notes notes_of(const xml::Part& domain, const std::string& about);

}  // namespace havc::importer
