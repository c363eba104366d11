// havc console, top and virsh: this terminal becomes a program on the node where a VM runs.

#include "havc/commands.h"
#include "havc/place.h"

namespace havc::cli {

namespace {

constexpr std::string_view kExitStatus =
    "That of the program on the node; 255 when the connection broke.";

constexpr OptionRow kConsoleOptions[] = {
    kOneVm,
    kOn,
    {"--force", "", "Take the console from whoever has it"},
};

constexpr OptionRow kTopOptions[] = {
    {"VM", "", "A VM that runs on the node; not needed with --on", Takes::one},
    kOn,
};

constexpr OptionRow kVirshOptions[] = {
    kOneVm,
    {"WORD",
     "",
     "virsh's command and its arguments, options among them; '{}' stands for the domain's name, "
     "which follows the command where no word is '{}'",
     Takes::rest,
     {},
     options::Need::required},
    kOn,
};

constexpr Example kVirshExamples[] = {
    {"The disks of a VM:", "havc virsh DB-01 domblklist --details"},
    {"The domain's name elsewhere than behind the command:",
     "havc virsh DB-01 qemu-agent-command --domain {} '{\"execute\": \"guest-info\"}'"},
};

int console(Call& call) {
  const Reach reach(call);
  const Place place = place_of(call, reach, call.text("VM"));
  std::vector<std::string> words{"console", place.domain};
  if (call.flag("--force")) words.emplace_back("--force");
  become_there(call, reach, place.host, virsh(words));
}

int top(Call& call) {
  const Reach reach(call);
  const std::string vm = call.text("VM");
  if (vm.empty() && call.text("--on").empty())
    throw Error(Fault::misconfigured, "nothing is said of which node", "name a VM, or --on NODE");
  const remote::Host host =
      vm.empty() ? reach.node(call.text("--on")) : place_of(call, reach, vm).host;
  if (vm.empty()) check_libvirt(call, reach, host);
  become_there(call, reach, host, {"virt-top", "--connect", "qemu:///system"});
}

int virsh_command(Call& call) {
  const Reach reach(call);
  const Place place = place_of(call, reach, call.text("VM"));
  become_there(call, reach, place.host, virsh(with_domain(call.texts("WORD"), place.domain)));
}

}  // namespace

const Command kConsole{
    .name = "console",
    .group = Group::reach,
    .summary = "A VM's serial console, in this terminal",
    .description =
        "Finds the node where the VM runs and starts 'virsh console' there. Control and "
        "']' together leave it.",
    .options = kConsoleOptions,
    .exit_status = kExitStatus,
    .run = console,
};

const Command kTop{
    .name = "top",
    .group = Group::reach,
    .summary = "What the VMs of a node use, as it changes",
    .description = "Starts virt-top on the node where the VM runs, or on --on NODE.",
    .options = kTopOptions,
    .exit_status = kExitStatus,
    .run = top,
};

const Command kVirsh{
    .name = "virsh",
    .group = Group::reach,
    .summary = "virsh about a VM, on the node where it runs",
    .description =
        "Finds the node where the VM runs and starts virsh there, with these words as they are: no "
        "shell takes them apart. Pacemaker sees what is done to a domain, and may undo it: for "
        "starting, stopping and moving there are 'havc start', 'havc stop' and 'havc move'.",
    .options = kVirshOptions,
    .examples = kVirshExamples,
    .exit_status = kExitStatus,
    .run = virsh_command,
};

}  // namespace havc::cli
