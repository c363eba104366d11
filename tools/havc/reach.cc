#include "havc/reach.h"

#include <algorithm>
#include <filesystem>

#include "base/environment.h"
#include "base/text.h"
#include "remote/hosts.h"

namespace havc::cli {

namespace {

remote::Ssh ssh_of_user() {
  return remote::Ssh({.control_folder = remote::control_folder(Environment::of_process())});
}

}  // namespace

Reach::Reach(Call& call)
    : call_(call),
      ssh_(ssh_of_user()),
      nodes_(remote::hosts_of(call.reading().inventory.cluster, host_name())) {}

remote::Host Reach::node(std::string_view name) const {
  const auto found = std::find_if(nodes_.begin(), nodes_.end(), [&](const remote::Host& each) {
    return text::equal_ignoring_case(each.name, name);
  });
  if (found != nodes_.end()) return *found;
  return {std::string(name), std::string(name), text::equal_ignoring_case(name, host_name())};
}

std::vector<remote::Host> Reach::whom() const {
  const auto& common = call_.common();
  if (!common.node.empty()) return {node(common.node)};
  // This machine may be of another cluster than the one that the file would name.
  const auto& reading = call_.reading();
  if (nodes_.empty() && !reading.problems.empty() &&
      std::filesystem::exists(common.folder + "/cluster.toml"))
    throw Error(reading.problems.front());
  return cluster::candidates(reading.inventory.cluster, host_name());
}

cluster::Asked Reach::ask() const {
  return ask(call_.deadline());
}

cluster::Asked Reach::ask(Deadline deadline) const {
  const std::string& file = call_.common().cib;
  if (!file.empty()) return cluster::ask_file(file, run(), deadline);
  return cluster::ask(whom(), run(), deadline);
}

}  // namespace havc::cli
