// Looks at what may hang: file systems and name servers. Each is meant for a process of its own
// (base/apart.h). For this module alone.
#pragma once

#include <string>
#include <vector>

#include "node/files.h"
#include "node/machine.h"
#include "node/mounts.h"

namespace havc::node {

Mount look_at_mount(const std::string& folder, const std::vector<MountPoint>& mounts);
Image look_at_image(const std::string& path);
Name look_up(const std::string& name);

/// All files below, links and folders not followed; of the folder itself links are.
Folder look_at_folder(const std::string& path, const std::vector<MountPoint>& mounts);

/// By its first bytes: "qcow2", "vmdk", …; "raw" when they say nothing else.
std::string format_of(std::string_view head);

}  // namespace havc::node
