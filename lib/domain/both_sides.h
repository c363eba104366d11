// What the two hosts of a migration say of one domain. The truth about a migration is here, not in
// what its call returned.
#pragma once

#include <string>

#include "domain/link.h"

namespace havc::domain {

struct BothSides {
  Look here;
  Look there;

  /// It is there alone, and whole.
  bool arrived() const;
  /// Runs here, and certainly not there.
  bool still_here() const;
  /// Stands still here, and certainly is not there.
  bool stranded_here() const;
  bool stands_still_here() const;
  /// It runs there, or certainly is not there: no half of it that comes or goes.
  bool decided_there() const;
  /// The memory is split over the two.
  bool postcopy_broke() const;
  /// And no part of it is lost: neither side must be stopped.
  bool can_be_resumed() const { return postcopy_broke() && here.present() && there.present(); }
  /// A libvirtd is not there, as while it restarts, or has not yet swept up what that left behind.
  bool restarting() const;
  /// "still runs here", or "here STATE, there STATE".
  std::string in_words() const;
};

/// Never throws for libvirt's sake.
BothSides look_at_both(Link& here, Link& there, const Identity& domain, Deadline deadline);

}  // namespace havc::domain
