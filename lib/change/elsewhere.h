// Guests that run where Pacemaker does not know of them: whether they still do.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "cluster/status.h"
#include "node/ask.h"

namespace havc::change {

struct Elsewhere {
  std::string id = {};
  std::vector<std::string> nodes = {};   ///< whose libvirt runs it
  std::vector<std::string> silent = {};  ///< that are not off, and have not said
  bool known = false;                    ///< the cluster has its resource
  /// "still runs on n3, where Pacemaker does not know of it"
  std::string reason() const;
  /// How it is ended.
  std::string remedy() const;
};

/// Those of `ids` that run somewhere, or may: which a silent node keeps open. `reports` are of
/// nodes that were asked for libvirt.
std::vector<Elsewhere> still_running(const std::set<std::string>& ids,
                                     const std::vector<node::NodeReport>& reports,
                                     const cluster::Status& status);

}  // namespace havc::change
