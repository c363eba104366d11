#include "havc/wishes.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "havc/vms.h"
#include "inventory/write.h"

namespace havc::cli {

namespace {

constexpr std::size_t kLargestFile = 65536;  // as inventory::read takes them

}  // namespace

std::string file_of(const inventory::Vm& vm) {
  return "vms/" + std::filesystem::path(vm.source.file).filename().string();
}

std::vector<const inventory::Vm*> vms_of_the_cluster(Call& call) {
  auto vms = vms_to_change(call);
  for (const auto* vm : vms) {
    if (vm->kind == inventory::Kind::cluster) continue;
    throw Error(
        Fault::misconfigured,
        fmt::format("{} is local: the cluster has no part in it", text::quote(vm->name.text)),
        fmt::format("use havc virsh {0}, or make it the cluster's: havc set {0} kind=cluster",
                    vm->name.text));
  }
  return vms;
}

Change with_wish(Call& call, const std::vector<const inventory::Vm*>& vms,
                 inventory::Wanted wanted) {
  const std::string word(
      options::Text<inventory::Wanted>::kWords[static_cast<std::size_t>(wanted)]);
  std::vector<inventory::FileText> files;
  for (const auto* vm : vms) {
    const std::string path = file_of(*vm);
    const std::string before = read_file(call.common().folder + "/" + path, kLargestFile);
    // A file that says nothing of it wants "started".
    if (vm->wanted == wanted) continue;
    const auto after = inventory::with_change(before, vm->source.file,
                                              {inventory::KeyChange::How::set, "wanted", word});
    files.push_back({.path = path, .text = after, .is_new = false});
  }
  return with_files(call, files, ids_of(vms));
}

std::set<std::string> ids_of(const std::vector<const inventory::Vm*>& vms) {
  std::set<std::string> ids;
  for (const auto* vm : vms) ids.insert(vm->identity.fqn);
  return ids;
}

std::string in_words(const std::vector<const inventory::Vm*>& vms) {
  if (vms.size() == 1) return vms.front()->name.text;
  if (vms.size() == 2) return vms[0]->name.text + " and " + vms[1]->name.text;
  return fmt::format("{} VMs", vms.size());
}

}  // namespace havc::cli
