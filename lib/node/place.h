// A folder that files are put into, held open: no link below its root is ever followed. For this
// module alone.
#pragma once

#include <string>

#include "base/descriptor.h"

namespace havc::node {

class Place {
 public:
  /// `below` is a path under `root` ("vms"; empty: the root itself). Made when it is missing, if
  /// `make`: root with its parents 0755, folders below likewise. Throws Error, also for a link or a
  /// file on the way.
  Place(const std::string& root, const std::string& below, bool make);

  bool exists() const { return static_cast<bool>(folder_); }

  /// There is a regular file of this name, of exactly this content and mode, and it is ours.
  bool holds(const std::string& name, const std::string& content, unsigned mode) const;
  /// Writes the content beside the name, on the disk when this returns. Throws Error that names the
  /// folder, and leaves nothing behind then.
  void stage(const std::string& name, const std::string& content, unsigned mode) const;
  /// Puts what was staged in place of what is there, in one step. Throws Error.
  void put(const std::string& name) const;
  /// Takes away what was staged.
  void drop(const std::string& name) const noexcept;
  /// False when it was not there. Throws Error.
  bool remove(const std::string& name) const;
  /// The folder's entries are on the disk afterwards, if it can be.
  void flush() const noexcept;

 private:
  std::string path_;
  Descriptor folder_;

  void descend(const std::string& below, bool make);
};

}  // namespace havc::node
