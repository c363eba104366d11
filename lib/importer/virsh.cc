#include "importer/virsh.h"

#include <set>

#include "base/text.h"

namespace havc::importer {

namespace {

std::string ask(const std::vector<std::string>& words, const remote::Host& host,
                const remote::Run& run, Deadline deadline) {
  remote::Command command{.arguments = {"virsh", "--quiet", "--connect", "qemu:///system"}};
  command.arguments.insert(command.arguments.end(), words.begin(), words.end());
  const auto result = run(host, command, deadline);
  if (result.exit_code != 0)
    throw Error(Fault::failed,
                "virsh " + words.front() + " failed on '" + host.name + "': " + result.words(),
                "look whether libvirtd runs there");
  return result.output;
}

std::set<std::string> names(const std::vector<std::string>& filters, const remote::Host& host,
                            const remote::Run& run, Deadline deadline) {
  std::vector<std::string> words{"list", "--name"};
  words.insert(words.end(), filters.begin(), filters.end());
  const auto lines = text::split(ask(words, host, run, deadline), "\n");  // no name has a line end
  return {lines.begin(), lines.end()};
}

}  // namespace

std::vector<Listed> list_domains(const remote::Host& host, const remote::Run& run,
                                 Deadline deadline) {
  const auto having = [&](const std::vector<std::string>& filters) {
    return names(filters, host, run, deadline);
  };
  const auto active = having({});
  const auto persistent = having({"--all", "--persistent"});
  const auto autostart = having({"--all", "--autostart"});
  const auto saved = having({"--all", "--with-managed-save"});
  const auto snapshots = having({"--all", "--with-snapshot"});
  std::vector<Listed> all;
  for (const auto& name : having({"--all"})) {
    LibvirtDomain domain{.node = host.name};
    domain.running = active.contains(name);
    domain.persistent = persistent.contains(name);
    domain.autostart = autostart.contains(name);
    domain.managed_save = saved.contains(name);
    domain.snapshots = snapshots.contains(name);
    all.push_back({name, std::move(domain)});
  }
  return all;
}

std::string definition_of(const std::string& name, const remote::Host& host, const remote::Run& run,
                          Deadline deadline) {
  return ask({"dumpxml", "--inactive", "--security-info", "--domain", name}, host, run, deadline);
}

}  // namespace havc::importer
