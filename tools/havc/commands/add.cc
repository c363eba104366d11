// havc add: new files in the inventory.

#include <fmt/format.h>

#include <filesystem>
#include <ostream>

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "havc/addition.h"
#include "havc/commands.h"
#include "havc/edit.h"
#include "havc/output.h"

namespace havc::cli {

namespace {

constexpr std::size_t kLargestList = 1 << 20;
constexpr int kMost = 1000;
constexpr int kNotFound = 2;  // getent(1)

constexpr OptionRow kOptions[] = {
    {"NAME", "NAME", "Its name, in capitals", Takes::one},
    {"KEY=VALUE", "", "Any other key of its file", Takes::many},
    {"--host", "NAME", "Its name in DNS", Takes::one},
    {"--address", "ADDRESS", "Its address; without it, the one that DNS has of its host name",
     Takes::one},
    {"--count", "NUMBER",
     "That many VMs: numbers at the end of the name, of the host name's first label, and the "
     "address count up",
     Takes::one, "1"},
    {"--from", "FILE",
     "A list of VMs instead: *.csv, the first line the keys (name,host,address,memory), or *.toml "
     "with a table [NAME] for each",
     Takes::one},
};

constexpr ColumnDoc kColumns[] = {
    {"vm", "VM", "NAME_zone: the resource, the domain and its files"},
    {"host", "HOST", "The name in DNS"},
    {"address", "ADDRESS", "IPv4"},
    {"address_v6", "IPV6", "IPv6"},
    {"mac", "MAC", "Of its network card"},
    {"uuid", "UUID", "Of the machine", false},
    {"cpus", "CPUS", "Virtual CPUs"},
    {"memory", "MIB", "Memory"},
    {"nodes", "NODES", "Where it begins"},
    {"disks", "DISKS", "Images and block devices"},
};

constexpr Example kExamples[] = {
    {"One, whose address is in DNS:", "havc add WEB-01 --host web-01.example.org"},
    {"Sixty at once, WEB-01 to WEB-60:",
     "havc add WEB-01 --count 60 --host web-01.example.org --address 192.168.4.101 cpus=2"},
    {"As a list has them:", "havc add --from machines.csv"},
};

Answer ask_dns(const std::string& host, Deadline deadline) {
  const auto result = run_process({"getent", "ahosts", host}, "", deadline);
  if (result.exit_code != 0 && result.exit_code != kNotFound)
    throw Error(Fault::failed, text::quote(host) + " cannot be looked up: " + result.words(),
                "give --address");
  return read_hosts(result.output, host);
}

std::vector<Addition> listed(Call& call) {
  const std::string file = call.text("--from");
  if (!call.text("NAME").empty())
    throw Error(Fault::misconfigured, "a name and --from are given", "give one of them");
  const std::string text = read_file(file, kLargestList);
  return file.ends_with(".toml") ? from_toml(text, file) : from_csv(text, file);
}

std::vector<Addition> additions(Call& call) {
  if (!call.text("--from").empty()) return listed(call);
  Addition first{{"name", call.text("NAME")},
                 {"host", call.text("--host")},
                 {"address", call.text("--address")}};
  if (value_of(first, "name").empty())
    throw Error(Fault::misconfigured, "neither a name nor --from is given", "give one of them");
  for (const auto& word : call.texts("KEY=VALUE")) {
    const auto change = inventory::KeyChange::parse(word);
    if (change.how != inventory::KeyChange::How::set)
      throw Error(Fault::misconfigured, text::quote(word) + " is for lists that are there already",
                  "write " + change.key + "=" + change.value);
    first.emplace_back(change.key, change.value);
  }
  const auto count = text::number(call.text("--count"), kMost);
  if (!count || *count == 0)
    throw Error(Fault::misconfigured,
                fmt::format("--count {} is no number from 1 to {}",
                            text::quote(call.text("--count")), kMost),
                "correct it");
  return counted(first, static_cast<int>(*count));
}

template <class T>
Cell text_or_none(const std::optional<T>& value) {
  return value ? Cell(value->text()) : Cell();
}

std::vector<std::string> texts_of(const auto& values) {
  std::vector<std::string> texts;
  texts.reserve(values.size());
  for (const auto& value : values) texts.push_back(value.text);
  return texts;
}

Row row_of(const inventory::Vm& vm) {
  const auto& identity = vm.identity;
  return {identity.fqn,
          vm.host.text,
          text_or_none(identity.ipv4),
          text_or_none(identity.ipv6),
          identity.mac.text(),
          identity.uuid.text(),
          std::int64_t{vm.cpus.number},
          std::int64_t{vm.memory.number},
          texts_of(vm.nodes),
          texts_of(vm.disks)};
}

void show(Call& call, const std::vector<inventory::FileText>& files) {
  std::vector<Row> rows;
  const auto reading = inventory::read_with(call.common().folder, files);
  for (const auto& vm : reading.inventory.vms) {
    for (const auto& file : files) {
      if (vm.source.file == call.common().folder + "/" + file.path) rows.push_back(row_of(vm));
    }
  }
  print_rows(call, "havc.add/1", rows);
}

std::string file_for(const Addition& addition) {
  return "vms/" + inventory::vm_name(value_of(addition, "name")).text + ".toml";
}

/// Before anything else is missing or looked up.
void refuse_taken(Call& call, const std::vector<Addition>& additions) {
  for (const auto& addition : additions) {
    const std::string path = call.common().folder + "/" + file_for(addition);
    std::error_code code;
    if (!std::filesystem::exists(std::filesystem::symlink_status(path, code))) continue;
    const std::string name = value_of(addition, "name");
    throw Error(Fault::misconfigured,
                fmt::format("there is a VM {} already: {}", text::quote(name), path),
                fmt::format("choose another name, or change it: havc set {} KEY=VALUE", name));
  }
}

int add(Call& call) {
  std::vector<inventory::FileText> files;
  std::vector<std::string> notes;
  const Lookup lookup = [&](const std::string& host) { return ask_dns(host, call.deadline()); };
  const auto wanted = additions(call);
  refuse_taken(call, wanted);
  files.reserve(wanted.size());
  for (const auto& addition : wanted)
    files.push_back({file_for(addition), file_of(addition, lookup, notes)});
  check_files(call, files);
  check_definitions(call, files);
  show(call, files);
  for (const auto& note : notes) call.err() << "note: " << note << '\n';
  if (call.common().dry_run) return kPending;
  const std::string question =
      files.size() == 1 ? "Add this VM?" : fmt::format("Add these {} VMs?", files.size());
  if (call.on_terminal() && !call.confirm(question)) return kFailed;
  inventory::put(call.common().folder, files);
  call.err() << "next: havc plan\n";
  return kDone;
}

}  // namespace

const Command kAdd{
    .name = "add",
    .group = Group::inventory,
    .summary = "Add VMs to the inventory",
    .description =
        "Makes a file for each VM. Name, host name and address are enough: zone, MAC address, "
        "UUID, IPv6 address and image follow from them and are shown before anything is written. "
        "Given values win; what another VM has already is refused, and then nothing is written. "
        "Images are neither made nor touched. 'havc apply' brings the VMs into the cluster.",
    .options = kOptions,
    .examples = kExamples,
    .columns = kColumns,
    .exit_status = "With --dry-run: 2 when VMs would be added.",
    .run = add,
};

}  // namespace havc::cli
