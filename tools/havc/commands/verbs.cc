// havc enable, disable, start, stop: what a VM's file wants, and then so in the cluster.

#include <fmt/format.h>

#include "base/text.h"
#include "havc/changing.h"
#include "havc/commands.h"
#include "havc/vms.h"
#include "havc/wishes.h"

namespace havc::cli {

namespace {

using inventory::Wanted;

constexpr OptionRow kOptions[] = {kVmsToChange, kWithoutNode, kOverNewer};

struct Verb {
  std::string_view name;
  Wanted wanted;
  bool from_disabled;  ///< also for those that are not in the cluster
};

int make(Call& call, const Verb& verb) {
  Changing changing(call);
  const auto vms = vms_of_the_cluster(call);
  for (const auto* vm : vms) {
    if (vm->wanted != Wanted::disabled || verb.from_disabled) continue;
    throw Error(Fault::failed,
                fmt::format("{} is disabled: it is not in the cluster", text::quote(vm->name.text)),
                "run havc enable");
  }
  const std::string word(options::Text<Wanted>::kWords[static_cast<std::size_t>(verb.wanted)]);
  Change change = with_wish(call, vms, verb.wanted);
  change.command = fmt::format("{} {}", verb.name, text::join(call.texts("VM"), " "));
  change.question = fmt::format("Shall {} be {}?", in_words(vms), word);
  for (const auto* vm : vms) change.await.insert(vm->identity.fqn);
  return changing.make(change).exit_code;
}

int enable(Call& call) {
  return make(call, {"enable", Wanted::started, true});
}
int disable(Call& call) {
  return make(call, {"disable", Wanted::disabled, true});
}
int start(Call& call) {
  return make(call, {"start", Wanted::started, false});
}
int stop(Call& call) {
  return make(call, {"stop", Wanted::stopped, false});
}

constexpr Example kEnableExamples[] = {{"Into the cluster, and started:", "havc enable WEB-01"}};
constexpr Example kDisableExamples[] = {
    {"Out of the cluster; its file stays:", "havc disable 'TEST-*'"}};
constexpr Example kStartExamples[] = {{"All of a tag:", "havc start tag:web"}};
constexpr Example kStopExamples[] = {{"What would happen:", "havc stop DB-01 --dry-run"}};

}  // namespace

const Command kEnable{
    .name = "enable",
    .group = Group::change,
    .summary = "Put VMs into the cluster and start them",
    .description =
        "Adds resources and constraints in one change, and resets what an interrupted disable has "
        "left."
        "\n\nThe wish is written into the files of the VMs (wanted = \"started\"), so that it "
        "lasts; then "
        "these VMs are applied, and waited for, as 'havc apply' does it.",
    .options = kOptions,
    .examples = kEnableExamples,
    .run = enable,
};

const Command kDisable{
    .name = "disable",
    .group = Group::change,
    .summary = "Stop VMs and take them out of the cluster",
    .description =
        "Stops them, waits as long as their stop_timeout allows, and removes resources and "
        "constraints when they have stopped. Files, definitions and images stay.\n\n"
        "The wish is written into the files of the VMs (wanted = \"disabled\"), so that it lasts. "
        "Interrupted, the next apply goes on with it, and enable takes it back.",
    .options = kOptions,
    .examples = kDisableExamples,
    .exit_status = "As of apply.",
    .run = disable,
};

const Command kStart{
    .name = "start",
    .group = Group::change,
    .summary = "Start VMs",
    .description =
        "Pacemaker chooses the node. Waits until they run, as long as the operations' timeouts "
        "allow.\n\n"
        "The wish is written into the files of the VMs (wanted = \"started\"), so that it lasts; "
        "then "
        "these VMs are applied, and waited for, as 'havc apply' does it.",
    .options = kOptions,
    .examples = kStartExamples,
    .run = start,
};

const Command kStop{
    .name = "stop",
    .group = Group::change,
    .summary = "Stop VMs; they stay in the cluster",
    .description =
        "Guests are asked to shut down, and are switched off when their stop_timeout ends.\n\n"
        "The wish is written into the files of the VMs (wanted = \"stopped\"), so that it lasts; "
        "then "
        "these VMs are applied, and waited for, as 'havc apply' does it.",
    .options = kOptions,
    .examples = kStopExamples,
    .exit_status = "As of apply.",
    .run = stop,
};

}  // namespace havc::cli
