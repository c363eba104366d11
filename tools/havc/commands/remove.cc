// havc remove: a VM that is no longer needed goes from cluster, nodes and inventory. Its image is
// none of this command's.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <ostream>

#include "base/file.h"
#include "base/text.h"
#include "havc/changing.h"
#include "havc/commands.h"
#include "havc/vms.h"
#include "havc/wishes.h"

namespace havc::cli {

namespace {

using inventory::Vm;

constexpr OptionRow kOptions[] = {kVmsToChange, kWithoutNode, kOverNewer};

constexpr Example kExamples[] = {
    {"What would go:", "havc remove TEST-01 --dry-run"},
    {"All of a tag, without a question:", "havc remove tag:test --yes"},
};

/// It has gone from the cluster: nothing is left to be waited for.
bool gone(const change::Applied& applied) {
  return applied.running.empty() && (applied.result == change::Record::Result::done ||
                                     applied.result == change::Record::Result::incomplete);
}

/// Into the record of the apply, or beside the records when nothing else had to be changed.
std::string put_away(const change::Records& records, int record, const change::Copy& files) {
  if (record == 0) return records.keep(files, "removed");
  records.add(record, "removed", files);
  return fmt::format("{}/{}/removed", change::kRecordFolder, record);
}

void tell_disks(Call& call, const Vm& vm) {
  for (const auto& disk : vm.disks)
    call.err() << fmt::format("{}: {} is left as it is\n", vm.name.text, disk.text);
}

int remove(Call& call) {
  Changing changing(call);
  const auto vms = vms_of_the_cluster(call);
  const std::string& folder = call.common().folder;
  change::Copy files;
  for (const auto* vm : vms) files[file_of(*vm)] = change::copy_of(folder).at(file_of(*vm));
  // Disabled first: interrupted, it is still known what was to be done.
  Change change = with_wish(call, vms, inventory::Wanted::disabled);
  change.wish.removals = ids_of(vms);
  for (const auto& [name, content] : files) change.inventory.erase(name);
  change.command = "remove " + text::join(call.texts("VM"), " ");
  change.again = "havc remove";
  change.question = fmt::format("Shall {} be stopped and removed?", in_words(vms));
  const auto outcome = changing.make(change);
  if (!outcome.agreed) return outcome.exit_code;
  if (!gone(outcome.applied)) {
    if (outcome.exit_code != kInterrupted)
      call.err() << "not removed: call 'havc remove' again once the reason is gone\n";
    return outcome.exit_code;
  }
  const auto place = put_away(changing.records(), outcome.applied.record, files);
  for (const auto& [name, content] : files) remove_file(std::filesystem::path(folder) / name);
  call.err() << "their files are in " << place << '\n';
  for (const auto* vm : vms) tell_disks(call, *vm);
  return outcome.exit_code;
}

}  // namespace

const Command kRemove{
    .name = "remove",
    .group = Group::change,
    .summary = "Stop VMs and remove them from cluster, nodes and inventory",
    .description =
        "Stops them, waits as long as their stop_timeout allows, removes resources and constraints "
        "when they have stopped, then the definitions from all nodes. Their files go from the "
        "inventory into the record of the apply (/var/lib/havc/applied), so that 'havc rollback' "
        "brings "
        "them back. Images are never touched; it tells where they are.\n\n"
        "Interrupted, a VM is disabled and its file still there: call it again.",
    .options = kOptions,
    .examples = kExamples,
    .exit_status = "As of apply.",
    .run = remove,
};

}  // namespace havc::cli
