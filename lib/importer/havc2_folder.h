// The files of a configuration of HAVC-II, read with limits.
#pragma once

#include <string>

#include "importer/havc2.h"

namespace havc::importer {

/// `folder` has hosts/, libvirt/ and pacemaker/. Throws Error as read_file does for a file that is
/// not to be read or larger than a definition can be, Error(misconfigured) when there is no hosts/.
/// May hang with the file system; callers put it on a Worker where that matters.
Havc2 read_havc2(const std::string& folder);

}  // namespace havc::importer
