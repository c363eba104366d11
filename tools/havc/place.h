// On which node a VM's libvirt has it, for what talks to the guest or its QEMU: Pacemaker is asked
// first, and doubt is told rather than guessed away.
#pragma once

#include <string>

#include "cluster/state.h"
#include "havc/reach.h"

namespace havc::cli {

/// For the commands below: whom to believe instead of the cluster.
inline constexpr OptionRow kOn{
    "--on", "NODE", "Take it to run on this node, without asking the cluster", Takes::one};
inline constexpr OptionRow kOneVm{"VM", "", "Its name", Takes::one, {}, options::Need::required};

/// The node of a VM in this state. Throws Error(failed) when it runs nowhere, on several nodes, is
/// moved, or nobody knows.
std::string node_of(const std::string& vm, const cluster::State& state);

struct Place {
  std::string domain = {};  ///< as libvirt calls it: NAME_zone
  remote::Host host = {};
};

/// Where the VM that `word` names is, and libvirt there answers; throws as node_of, Reach::ask,
/// inventory::select and check_libvirt do.
Place place_of(Call& call, const Reach& reach, const std::string& word);

/// Throws Error(failed) unless the node's libvirt answers by the call's deadline. virsh waits for
/// one that hangs without end, and has no limit for what may take its time, as a console.
void check_libvirt(const Call& call, const Reach& reach, const remote::Host& host);

/// This process becomes a program on that node, with our terminal if there is one. Its exit code is
/// then ours. Throws Error(not_installed).
[[noreturn]] void become_there(Call& call, const Reach& reach, const remote::Host& host,
                               const std::vector<std::string>& arguments);

/// "virsh", of the system's libvirt on a node, with these words.
std::vector<std::string> virsh(const std::vector<std::string>& words);

/// The words with the domain's name for each "{}", or behind the first where there is none.
std::vector<std::string> with_domain(std::vector<std::string> words, const std::string& domain);

}  // namespace havc::cli
