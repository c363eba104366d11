// Which virtual machines an administrator means by words. All commands that take VMs use this, so
// the words mean the same everywhere. Pure.
//
//   WEB-01              its name, or NAME_zone; in any case
//   WEB-*  *_dmz        a shell pattern over name and NAME_zone; in any case
//   tag:web             one of its tags
//   zone:dmz  kind:local  wanted:stopped
//   node:n1             n1 is one of the nodes it prefers
//   metadata.owner=R&D  this text exactly; "metadata.owner=" those without it
//
// Several words are a union.
#pragma once

#include <string>
#include <vector>

#include "inventory/inventory.h"

namespace havc::inventory {

/// What no words at all mean.
enum class NoWords {
  all,     ///< for looking
  refuse,  ///< for changing: a forgotten name must not mean everything
};

struct Selection {
  std::vector<const Vm*> vms = {};  ///< in the order of the inventory; valid as long as it
  /// Of those that the cluster alone knows, in their order: names and patterns find these, too.
  std::vector<std::string> without_file = {};

  bool empty() const { return vms.empty() && without_file.empty(); }
  std::size_t size() const { return vms.size() + without_file.size(); }
};

/// `known` are ids (NAME_zone) that the cluster knows; those that have a file are passed over. Give
/// none where a file is needed. Throws Error(misconfigured) for a word that means none, naming the
/// nearest that does.
Selection select(const std::vector<Vm>& vms, const std::vector<std::string>& known,
                 const std::vector<std::string>& words, NoWords no_words);

/// Of the inventory alone.
std::vector<const Vm*> select(const std::vector<Vm>& vms, const std::vector<std::string>& words,
                              NoWords no_words);

}  // namespace havc::inventory
