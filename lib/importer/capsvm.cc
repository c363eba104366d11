#include "importer/capsvm.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "importer/assignments.h"
#include "importer/qemu_arguments.h"
#include "inventory/identity.h"
#include "xml/writer.h"

namespace havc::importer {

namespace {

using inventory::Cluster;
using inventory::Vm;
using xml::Writer;

constexpr std::size_t kLargestFile = 65536;
constexpr std::size_t kMostFiles = 10000;

constexpr std::array<std::string_view, 13> kKeys{
    "vm_profile",     "vm_label",           "vm_memory",     "vm_nb_cpus",       "vm_numa_list",
    "vm_backing_hdd", "vm_os_hdd",          "vm_os_serial",  "vm_smbios_serial", "vm_smbios_uuid",
    "vm_autostart",   "vm_failover_action", "vm_extra_param"};
/// Both servers must agree in these; a machine that differs in them is another.
constexpr std::array<std::string_view, 3> kIdentity{"vm_smbios_uuid", "vm_backing_hdd",
                                                    "vm_os_hdd"};
/// And may differ in these.
constexpr std::array<std::string_view, 3> kSizes{"vm_memory", "vm_nb_cpus", "vm_numa_list"};

struct Machine {
  const Assignments& common;
  const Assignments& file;
  Vm vm = {};
  QemuArguments arguments = {};
  inventory::Path image = {};
  std::optional<inventory::Path> backing = {};
};

/// A file, in the folder that common.conf names unless it says where.
inventory::Path path_of(const Machine& machine, const std::string& name,
                        const std::string& folder) {
  const std::string given = machine.file.value(name);
  const std::string whole =
      given.starts_with('/') ? given : machine.common.value(folder) + "/" + given;
  const auto path = options::Text<inventory::Path>::parse(whole);
  if (!path || given.empty())
    throw machine.file.wrong(
        name,
        name + " is " + text::quote(text::one_line(whole, 80)) + ", which is no path of a file",
        "correct it, or " + folder + " in common.conf");
  return *path;
}

bool is_qcow2(const inventory::Path& path) {
  return path.text.find(".qcow2") != std::string::npos;  // also image.qcow2-1
}

void write_system(Writer& writer, const Machine& machine) {
  const auto sysinfo = writer.element("sysinfo", {{"type", "smbios"}});
  const auto system = writer.element("system");
  const auto entry = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) writer.leaf("entry", value, {{"name", name}});
  };
  entry("manufacturer", machine.common.value("smbios_manufacturer"));
  entry("product", machine.common.value("smbios_product"));
  entry("serial", machine.file.value("vm_smbios_serial"));
  entry("uuid", text::lower(machine.vm.uuid->text()));
}

void write_disk(Writer& writer, const Machine& machine) {
  const auto format = [](const inventory::Path& path) { return is_qcow2(path) ? "qcow2" : "raw"; };
  const auto disk = writer.element("disk", {{"type", "file"}, {"device", "disk"}});
  writer.empty("driver", {{"name", "qemu"},
                          {"type", format(machine.image)},
                          {"cache", "none"},
                          {"error_policy", "enospace"}});
  writer.empty("source", {{"file", machine.image.text}});
  if (machine.backing) {
    const auto backing = writer.element("backingStore", {{"type", "file"}});
    writer.empty("format", {{"type", format(*machine.backing)}});
    writer.empty("source", {{"file", machine.backing->text}});
  }
  writer.empty("target", {{"dev", "vda"}, {"bus", "virtio"}});
  const std::string serial = machine.file.value("vm_os_serial");
  if (!serial.empty()) writer.leaf("serial", serial);
}

void write_card(Writer& writer, const NetworkCard& card, const std::string& bridge) {
  const auto interface = writer.element("interface", {{"type", "bridge"}});
  if (!card.mac.empty()) writer.empty("mac", {{"address", card.mac}});
  writer.empty("source", {{"bridge", card.bridge.empty() ? bridge : card.bridge}});
  writer.empty("model", {{"type", card.model}});
}

void write_devices(Writer& writer, const Machine& machine, const std::string& bridge) {
  const auto devices = writer.element("devices");
  write_disk(writer, machine);
  for (const auto& card : machine.arguments.cards) write_card(writer, card, bridge);
  writer.empty("serial", {{"type", "pty"}});
  writer.empty("console", {{"type", "pty"}});
  {
    const auto channel = writer.element("channel", {{"type", "unix"}});
    writer.empty("target", {{"type", "virtio"}, {"name", "org.qemu.guest_agent.0"}});
  }
  if (machine.arguments.tablet) writer.empty("input", {{"type", "tablet"}, {"bus", "usb"}});
  writer.empty("graphics", {{"type", "vnc"}, {"autoport", "yes"}, {"listen", "127.0.0.1"}});
}

void write_arguments(Writer& writer, const QemuArguments& arguments) {
  if (arguments.others.empty()) return;
  const auto all = writer.element("qemu:commandline",
                                  {{"xmlns:qemu", "http://libvirt.org/schemas/domain/qemu/1.0"}});
  for (const auto& argument : arguments.others) writer.empty("qemu:arg", {{"value", argument}});
}

std::string definition_of(const Machine& machine, const std::string& fqn,
                          const std::string& bridge) {
  Writer writer;
  {
    const auto domain = writer.element("domain", {{"type", "kvm"}});
    writer.leaf("name", fqn);
    writer.leaf("uuid", text::lower(machine.vm.uuid->text()));
    writer.leaf("memory", std::to_string(machine.vm.memory.number), {{"unit", "MiB"}});
    writer.leaf("vcpu", std::to_string(machine.vm.cpus.number));
    if (const auto nodes = machine.file.value("vm_numa_list"); !nodes.empty()) {
      const auto tune = writer.element("numatune");
      writer.empty("memory", {{"mode", "strict"}, {"nodeset", nodes}});
    }
    write_system(writer, machine);
    {
      const auto os = writer.element("os");
      writer.leaf("type", "hvm", {{"arch", "x86_64"}, {"machine", "pc-i440fx-7.2"}});
      writer.empty("boot", {{"dev", "hd"}});
      writer.empty("smbios", {{"mode", "sysinfo"}});
    }
    {
      const auto features = writer.element("features");
      writer.empty("acpi");
      writer.empty("apic");
    }
    if (machine.arguments.host_cpu) writer.empty("cpu", {{"mode", "host-passthrough"}});
    writer.empty("clock", {{"offset", machine.arguments.local_time ? "localtime" : "utc"}});
    writer.leaf("on_poweroff", "destroy");
    writer.leaf("on_reboot", "restart");
    writer.leaf("on_crash", "restart");
    write_devices(writer, machine, bridge);
    write_arguments(writer, machine.arguments);
  }
  return writer.text();
}

/// "0", "0,1", "0-3": what libvirt takes as a nodeset.
void check_numa(const Assignments& file) {
  const auto nodes = file.value("vm_numa_list");
  if (nodes.find_first_not_of("0123456789,-") == std::string::npos) return;
  throw file.wrong(
      "vm_numa_list",
      "vm_numa_list is " + text::quote(text::one_line(nodes, 40)) + ", which is no list of numbers",
      "separate them with commas");
}

void place(Machine& machine, const CapsvmWishes& wishes, const Cluster& cluster) {
  Vm& vm = machine.vm;
  if (machine.arguments.cards.empty())
    throw machine.file.wrong("vm_extra_param", "vm_extra_param has no network card",
                             "add one with its MAC address");
  const NetworkCard& card = machine.arguments.cards.front();
  vm.mac = inventory::Mac::parse(card.mac);
  if (!vm.mac)
    throw machine.file.wrong("vm_extra_param",
                             "its network card has the MAC address " +
                                 text::quote(text::one_line(card.mac, 40)) + ", which is none",
                             "write it into vm_extra_param: mac=52:54:00:…");
  const auto natural = inventory::ipv4_of(*vm.mac);
  for (const auto& zone : cluster.zones) {
    if (natural && zone.contains(*natural)) vm.address = *natural;
    if (zone.bridge.text == card.bridge && !vm.zone) vm.zone = zone.name;
  }
  if (wishes.zone) vm.zone = wishes.zone;
  if (vm.address) vm.zone.reset();
  if (!vm.zone && !vm.address)
    throw machine.file.wrong("vm_extra_param",
                             "neither MAC address nor bridge of its card tells the zone",
                             "give --zone");
}

void tell(const Machine& machine, Notes& notes) {
  const auto& name = machine.vm.name.text;
  const auto note = [&](const std::string& text) { notes.push_back({name, text}); };
  const auto& file = machine.file;
  if (machine.vm.kind == inventory::Kind::cluster && file.value("vm_autostart") == "yes")
    note("vm_autostart is yes: it must be no on both servers before it comes into the cluster");
  if (!file.value("vm_profile").empty())
    note("vm_profile " + text::quote(file.value("vm_profile")) + " is not taken");
  if (!file.value("vm_numa_list").empty())
    note("its memory is bound to the host's NUMA nodes " + text::quote(file.value("vm_numa_list")) +
         "; its CPUs are not: that needs the host's numbers (cputune)");
  for (const auto& dropped : machine.arguments.dropped)
    note(text::quote(dropped) + " is not taken: libvirt does it its own way");
  if (!machine.arguments.others.empty())
    note("QEMU's arguments " + text::quote(text::join(machine.arguments.others, " ")) +
         " go to <qemu:commandline>, which libvirt does not look into");
  note("its disk is on virtio: change <target> in its template if the guest has no driver");
  for (const auto& [key, value] : file.all()) {
    if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end())
      note(text::quote(key) + " is not known and not taken");
  }
}

Draft draft_of(const Assignments& common, const Assignments& file, const CapsvmWishes& wishes,
               const Cluster& cluster, Notes& notes) {
  Machine machine{.common = common, .file = file, .vm = cluster.defaults};
  Vm& vm = machine.vm;
  vm.name = name_from(file.value("vm_label"), cluster);
  vm.host = host_from(vm.name);
  vm.memory = file.as<inventory::Mebibytes>("vm_memory");
  vm.cpus = file.as<inventory::Cpus>("vm_nb_cpus");
  vm.uuid = file.as<inventory::Uuid>("vm_smbios_uuid");
  check_numa(file);
  machine.image = path_of(machine, "vm_os_hdd", "os_dir");
  vm.disks = {machine.image};
  if (!file.value("vm_backing_hdd").empty())
    machine.backing = path_of(machine, "vm_backing_hdd", "templates_dir");
  try {
    machine.arguments = read_qemu_arguments(file.value("vm_extra_param"));
  } catch (const Error& error) {
    throw file.wrong("vm_extra_param", "vm_extra_param: " + error.problem(), error.remedy());
  }
  place(machine, wishes, cluster);
  vm.nodes = wishes.nodes;
  if (file.value("vm_failover_action") != "failover") {
    vm.kind = inventory::Kind::local;
    if (vm.nodes.empty())
      throw file.wrong("vm_failover_action", "it has no failover, and its node is not known",
                       "give --node");
    vm.nodes.resize(1);
  }
  const auto identity = inventory::derive(vm, cluster.zones, cluster.uuid_prefix);
  const auto zone = std::find_if(cluster.zones.begin(), cluster.zones.end(),
                                 [&](const auto& each) { return each.name == identity.zone; });
  tell(machine, notes);
  return {vm, definition_of(machine, identity.fqn, zone->bridge.text), file.file()};
}

void compare(const Assignments& one, const Assignments& other, Notes& notes,
             std::vector<Error>& problems) {
  for (const auto key : kKeys) {
    const std::string name(key);
    if (one.value(name) == other.value(name)) continue;
    const std::string what = name + " is " + text::quote(text::one_line(one.value(name), 60)) +
                             ", and " + text::quote(text::one_line(other.value(name), 60)) +
                             " in " + other.file();
    const bool is_size = std::find(kSizes.begin(), kSizes.end(), key) != kSizes.end();
    if (std::find(kIdentity.begin(), kIdentity.end(), key) != kIdentity.end())
      problems.push_back(one.wrong(name, what, "correct the one that is wrong"));
    else
      notes.push_back({one.file(), what + (is_size ? ": the first counts"
                                                   : ", which may not be: the first counts")});
  }
}

}  // namespace

Capsvm read_capsvm(const std::string& folder) {
  namespace fs = std::filesystem;
  Capsvm capsvm{.folder = folder, .common = read_file(folder + "/common.conf", kLargestFile)};
  std::error_code code;
  for (fs::directory_iterator entry(folder + "/enabled", code);
       !code && entry != fs::directory_iterator(); entry.increment(code)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with('.') && !name.ends_with('~'))
      capsvm.machines[name] = read_file(entry->path().string(), kLargestFile);
    if (capsvm.machines.size() > kMostFiles)
      throw Error(Fault::misconfigured, text::quote(folder) + " has too many files",
                  "remove those that are none of CAPS-OS'");
  }
  if (code)
    throw Error(fault_of(code.value()),
                "cannot read folder " + text::quote(folder + "/enabled") + ": " +
                    system_words(code.value()),
                "name the folder capsvm.d");
  return capsvm;
}

Import capsvm_import(const Capsvm& capsvm, const std::optional<Capsvm>& other,
                     const CapsvmWishes& wishes, const Cluster& cluster,
                     const std::vector<Known>& known, std::vector<Error>& problems) {
  Notes notes;
  std::vector<Draft> drafts;
  const auto attempt = [&](const auto& call) {
    try {
      call();
    } catch (const Error& error) {
      problems.push_back(error);
    }
  };
  attempt([&] {
    const Assignments common(capsvm.common, capsvm.folder + "/common.conf");
    for (const auto& [name, text] : capsvm.machines) {
      attempt([&, &name = name, &text = text] {
        const Assignments file(text, capsvm.folder + "/enabled/" + name);
        drafts.push_back(draft_of(common, file, wishes, cluster, notes));
        if (!other) return;
        const auto twin = other->machines.find(name);
        if (twin != other->machines.end())
          compare(file, {twin->second, other->folder + "/enabled/" + name}, notes, problems);
        else
          notes.push_back({drafts.back().vm.name.text, "it has no file in " + other->folder});
      });
    }
  });
  if (other) {
    for (const auto& [name, text] : other->machines) {
      if (!capsvm.machines.contains(name))
        notes.push_back(
            {other->folder + "/enabled/" + name, "not taken: the first folder has none"});
    }
  }
  Import import = files_of(std::move(drafts), cluster, known, "capsvm");
  import.notes.insert(import.notes.begin(), notes.begin(), notes.end());
  return import;
}

}  // namespace havc::importer
