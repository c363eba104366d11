// What every import makes: virtual machines with the template each needs, then files. Pure: nothing
// is read, written or asked here, and images are never touched.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "inventory/inventory.h"
#include "inventory/store.h"
#include "inventory/template.h"

namespace havc::importer {

/// What was not taken, or only in part, and why.
struct Note {
  std::string about = {};  ///< a machine or a file
  std::string text = {};
};
using Notes = std::vector<Note>;

/// A machine on its way into the inventory.
struct Draft {
  inventory::Vm vm = {};  ///< with all that is known, whether it follows from elsewhere or not
  std::string definition = {};  ///< its domain XML, for libvirt
  std::string from = {};        ///< where that came from, for messages
};

/// A template that is there already, or comes with this import.
struct Known {
  inventory::FileName name = {};
  std::string text = {};
};

struct Import {
  std::vector<inventory::FileText> files = {};
  Notes notes = {};
};

/// The files of `drafts`. A machine whose definition follows from one of `known` (the cluster's own
/// first) names that; others have templates of their own, made of their definition, those with the
/// same share one called `prefix`-1.xml. `email` and other optional keys that [defaults] has and a
/// machine is to be without are noted. Throws Error(misconfigured) as derive(), vm_file() and
/// Template do.
Import files_of(std::vector<Draft> drafts, const inventory::Cluster& cluster,
                const std::vector<Known>& known, const std::string& prefix);

/// A name that the inventory allows, made of another: capitals, '-' for what is not allowed,
/// without "_zone" at its end where that is a zone. Throws Error(misconfigured) when nothing is
/// left.
inventory::VmName name_from(const std::string& text, const inventory::Cluster& cluster);

/// A host name made of a machine's name.
inventory::HostName host_from(const inventory::VmName& name);

}  // namespace havc::importer
