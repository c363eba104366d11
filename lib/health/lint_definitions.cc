// Rules about domain definitions but for their disks.
#include <algorithm>
#include <array>

#include "health/lint_rule.h"

#include <fmt/format.h>

namespace havc::health {

namespace {

void definition_unreadable(const Subject& subject, const Tell& tell) {
  for (const auto& [guest, why] : subject.unreadable()) tell(guest, why);
}

void lifecycle_actions(const Subject& subject, const Tell& tell) {
  for (const auto& each : subject.definitions()) {
    if (each.on_poweroff != "destroy")
      tell(each.vm,
           fmt::format("on_poweroff is '{}': a guest that was asked to shut down does not "
                       "end",
                       each.on_poweroff),
           "write <on_poweroff>destroy</on_poweroff>");
    if (each.on_reboot != "restart")
      tell(each.vm,
           fmt::format("on_reboot is '{}': a guest that restarts itself ends, and counts as "
                       "failed",
                       each.on_reboot),
           "write <on_reboot>restart</on_reboot>");
    if (each.on_crash.find("preserve") != std::string::npos)
      tell(each.vm,
           fmt::format("on_crash is '{}': a guest that crashed stays as it is", each.on_crash),
           "write <on_crash>restart</on_crash>, or destroy");
  }
}

void emulated_cpu(const Subject& subject, const Tell& tell) {
  for (const auto& each : subject.definitions()) {
    if (each.devices.type == "qemu") tell(each.vm, "its type is 'qemu', not 'kvm'");
  }
}

void cpu_passthrough(const Subject& subject, const Tell& tell) {
  for (const auto& each : subject.definitions()) {
    const std::string& mode = each.devices.cpu_mode;
    if (mode == "host-passthrough" || mode == "maximum" || mode == "host-model")
      tell(each.vm, "its CPU is '" + mode + "'");
  }
}

/// Names without a version mean the newest that a host's QEMU has.
void machine_alias(const Subject& subject, const Tell& tell) {
  constexpr std::array<std::string_view, 3> kAliases{"", "pc", "q35"};
  for (const auto& each : subject.definitions()) {
    const std::string& machine = each.devices.machine;
    if (std::find(kAliases.begin(), kAliases.end(), machine) != kAliases.end())
      tell(each.vm,
           machine.empty() ? "its machine is not named" : "its machine is '" + machine + "'");
  }
}

void acpi_missing(const Subject& subject, const Tell& tell) {
  for (const auto& each : subject.definitions()) {
    if (!each.acpi && !each.devices.agent_channel)
      tell(each.vm, "has neither <acpi/> nor a channel for the guest agent");
  }
}

void host_device(const Subject& subject, const Tell& tell) {
  for (const auto& each : subject.definitions()) {
    for (const auto& device : each.devices.host_devices) {
      if (!device.unplugged)
        tell(each.vm, fmt::format("has the {} device '{}' of its host", device.type, device.name));
    }
  }
}

void card_model(const Subject& subject, const Tell& tell) {
  for (const auto& each : subject.definitions()) {
    for (const auto& model : each.card_models) {
      if (!model.starts_with("virtio"))
        tell(each.vm, model.empty() ? "a network card's model is not named"
                                    : "a network card is '" + model + "'");
    }
  }
}

void open_graphics(const Subject& subject, const Tell& tell) {
  for (const auto& each : subject.definitions()) {
    for (const auto& type : each.open_graphics)
      tell(each.vm, fmt::format("{} listens on the network, without a password", type));
  }
}

using enum Severity;
using enum About;

constexpr LintRule kRules[] = {
    {{"acpi-missing", vm, warning, "a guest cannot be asked to shut down",
      "Each stop waits for all of its timeout, then pulls the plug.",
      "write <features><acpi/></features>, or add a channel org.qemu.guest_agent.0"},
     acpi_missing},
    {{"cpu-passthrough", vm, hint, "a guest's CPU is that of the node it was started on",
      "It can move only to nodes with the same CPU and microcode.",
      "name the model of the oldest node: virsh hypervisor-cpu-baseline"},
     cpu_passthrough},
    {{"definition-unreadable", vm, error, "a definition cannot be read",
      "The guest cannot be started.", "write it anew: havc apply"},
     definition_unreadable},
    {{"emulated-cpu", vm, hint, "a guest is emulated", "It is ten times slower than with KVM.",
      "write <domain type='kvm'>"},
     emulated_cpu},
    {{"graphics-open", vm, warning, "a guest's console is open to the network",
      "Whoever reaches the node can use its keyboard and screen.",
      "write listen='127.0.0.1', and reach it through ssh"},
     open_graphics},
    {{"host-device", vm, hint, "a guest has a device of its host",
      "It cannot move while it runs, and starts only where there is the same device.",
      "keep it to the nodes that have the device"},
     host_device},
    {{"lifecycle-actions", vm, warning, "a guest's end does not reach the cluster",
      "A guest that ends or restarts itself does what nobody expects: it goes on when it was to "
      "stop, "
      "or is taken for failed.",
      "write on_poweroff destroy, on_reboot restart, on_crash restart"},
     lifecycle_actions},
    {{"machine-alias", vm, hint, "a guest's machine has no version",
      "After an upgrade of QEMU it has other hardware, and cannot move to nodes that were not "
      "upgraded.",
      "name the machine of the oldest node, such as pc-q35-7.2"},
     machine_alias},
    {{"network-card", vm, hint, "a network card is emulated",
      "It costs a CPU at a fraction of the speed.", "write <model type='virtio'/>"},
     card_model},
};

}  // namespace

std::span<const LintRule> definition_rules() {
  return kRules;
}

}  // namespace havc::health
