// What other programs say of the node: which are run, and what their words mean. Reading is pure.
// For this module alone.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.h"
#include "node/answer.h"
#include "node/services.h"

namespace havc::node {

// Each of these runs one program, and says why nothing is known when that fails, is missing, or
// takes too long.
Answer<std::string> ask_name(Deadline deadline);
Answer<std::vector<Service>> ask_systemd(Deadline deadline);
Answer<Corosync> ask_corosync(Deadline deadline);
/// `configuration` is the path of corosync.conf.
Answer<QuorumDevice> ask_quorum_device(const std::string& configuration, Deadline deadline);
Answer<std::map<std::string, std::string>> ask_packages(Deadline deadline);
FenceDevice ask_fence_device(const std::string& name, Deadline deadline);
FenceTarget ask_fence_target(const std::string& node, Deadline deadline);

/// The local node's name in corosync-cmapctl's nodelist; empty when it has none there.
std::string parse_local_name(std::string_view text);
/// systemctl show: NAME=VALUE lines, an empty line between two units.
std::vector<Service> parse_units(std::string_view text);
/// corosync-cfgtool -n. Throws Error(unusable_here).
Corosync parse_links(std::string_view text);
/// The model of quorum { device { model: … } }; empty when there is none.
std::string quorum_device_model(std::string_view configuration);
/// corosync-qdevice-tool -s.
QuorumDevice parse_quorum_device(std::string_view text);
/// Name, version, state, with tabs between, as both package managers are made to print.
std::map<std::string, std::string> parse_packages(std::string_view text);
/// stonith_admin --list=NODE --output-as=xml. Throws Error(unusable_here).
std::vector<std::string> parse_devices(std::string_view text);

}  // namespace havc::node
