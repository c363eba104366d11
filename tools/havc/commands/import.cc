// havc import …: inventories of other systems become files of ours.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <set>

#include "base/environment.h"
#include "base/text.h"
#include "base/worker.h"
#include "havc/commands.h"
#include "havc/edit.h"
#include "havc/output.h"
#include "havc/reach.h"
#include "importer/capsvm.h"
#include "importer/havc2_folder.h"
#include "importer/virsh.h"
#include "remote/hosts.h"

namespace havc::cli {

namespace {

using importer::Import;
using importer::Known;

constexpr ColumnDoc kColumns[] = {
    {"file", "FILE", "Its path in the inventory"},
    {"bytes", "BYTES", "Its size"},
    {"text", "TEXT", "What is in it; not of one with a password", false},
};

constexpr OptionRow kFolderOptions[] = {
    {"DIR", "DIR", "The folder, such as /havc/config", Takes::one, {}, options::Need::required},
};

constexpr OptionRow kCapsvmOptions[] = {
    {"DIR", "DIR", "The folder capsvm.d of one server", Takes::one, {}, options::Need::required},
    {"DIR2", "DIR2", "That of the other, to be compared", Takes::one},
    {"--zone", "ZONE", "Their zone, where neither MAC address nor bridge tells it", Takes::one},
    {"--node", "NODE", "Where local ones are, and others begin; may be given twice", Takes::many},
};

constexpr OptionRow kLibvirtOptions[] = {
    {"DOMAIN", "", "Which domains, as libvirt calls them", Takes::many},
    {"--all", "", "All domains that the inventory does not have yet"},
    {"--node", "NODE", "Of this node; may be given several times. Default: all", Takes::many},
    {"--zone", "ZONE", "Their zone, where neither MAC address nor bridge tells it", Takes::one},
    {"--name", "NAME", "Another name; of one domain", Takes::one},
    {"--host", "NAME", "Its name in DNS; of one domain", Takes::one},
    {"--address", "ADDRESS", "Its address; of one domain", Takes::one},
    {"--local", "", "They stay on their node and do not come into the cluster"},
};

constexpr Example kLibvirtExamples[] = {
    {"What would become of all that run anywhere:", "havc import libvirt --all --dry-run"},
    {"One, which the cluster then takes over as it runs:",
     "havc import libvirt --node node1 --address 192.168.4.101 WEB-01_intranet"},
};

/// The cluster's own template, which most definitions may follow. Without it, which is told, they
/// have templates of their own.
std::vector<Known> known_templates(Call& call, const inventory::Cluster& cluster) {
  auto folders = call.templates();
  try {
    return {{cluster.templates.domain, folders.get(cluster.templates.domain).text()}};
  } catch (const Error& error) {
    call.err() << "note: " << error.problem() << '\n';
    return {};
  }
}

[[noreturn]] void refuse(Call& call, const std::vector<Error>& problems) {
  for (std::size_t i = 1; i < problems.size(); ++i) call.err() << problems[i].what() << '\n';
  throw Error(problems.front());
}

void show(Call& call, const Import& import) {
  std::vector<Row> rows;
  for (const auto& file : import.files)
    rows.push_back({file.path, static_cast<std::int64_t>(file.text.size()),
                    file.secret ? Cell() : Cell(file.text)});
  if (!call.common().json && call.common().dry_run) {
    for (const auto& file : import.files)
      call.out() << "==== " << file.path << '\n'
                 << (file.secret ? "(has a password)\n" : file.text) << '\n';
  } else {
    print_rows(call, "havc.import/1", rows);
  }
  for (const auto& note : import.notes)
    call.err() << "note: " << note.about << ": " << note.text << '\n';
}

int finish(Call& call, const Import& import) {
  check_files(call, import.files);
  show(call, import);
  if (import.files.empty()) {
    call.err() << "nothing to import\n";
    return kDone;
  }
  if (call.common().dry_run) return kPending;
  const auto question =
      fmt::format("Write these {} files to {}?", import.files.size(), call.common().folder);
  if (call.on_terminal() && !call.confirm(question)) return kFailed;
  inventory::put(call.common().folder, import.files);
  call.err() << "next: havc check, havc plan\n";
  return kDone;
}

bool has_cluster(const Call& call) {
  std::error_code code;
  return std::filesystem::exists(call.common().folder + "/cluster.toml", code);
}

inventory::Cluster cluster_of(const std::string& text) {
  std::vector<Error> problems;
  const auto cluster = inventory::read_cluster(text, "cluster.toml", problems);
  if (!problems.empty()) throw Error(problems.front());
  return *cluster;
}

int import_havc2(Call& call) {
  const std::string folder = call.text("DIR");
  const auto havc2 = file_system_of(folder).run([folder] { return importer::read_havc2(folder); },
                                                call.deadline());
  const bool is_new = !has_cluster(call);
  importer::Notes notes;
  std::vector<Error> problems;
  const std::string text = is_new ? importer::havc2_cluster(havc2, notes) : "";
  const auto cluster = is_new ? cluster_of(text) : call.inventory().cluster;
  Import import = importer::havc2_import(havc2, cluster, known_templates(call, cluster), problems);
  if (!problems.empty()) refuse(call, problems);
  if (is_new) import.files.insert(import.files.begin(), {"cluster.toml", text});
  import.notes.insert(import.notes.begin(), notes.begin(), notes.end());
  return finish(call, import);
}

int import_capsvm(Call& call) {
  const std::string folder = call.text("DIR");
  const std::string second = call.text("DIR2");
  const auto read = [&](const std::string& path) {
    return file_system_of(path).run([path] { return importer::read_capsvm(path); },
                                    call.deadline());
  };
  const auto capsvm = read(folder);
  const auto other = second.empty() ? std::nullopt : std::optional(read(second));
  importer::CapsvmWishes wishes{.zone = call.value<inventory::ZoneName>("--zone")};
  for (const auto& node : call.texts("--node")) {
    const auto name = options::Text<inventory::NodeName>::parse(node);
    if (!name) throw Error(Fault::misconfigured, text::quote(node) + " is no node", "correct it");
    wishes.nodes.push_back(*name);
  }
  const auto& cluster = call.inventory().cluster;
  std::vector<Error> problems;
  const Import import = importer::capsvm_import(capsvm, other, wishes, cluster,
                                                known_templates(call, cluster), problems);
  if (!problems.empty()) refuse(call, problems);
  return finish(call, import);
}

std::vector<remote::Host> hosts_of(Call& call, const Reach& reach) {
  std::vector<remote::Host> hosts;
  for (const auto& name : call.texts("--node")) hosts.push_back(reach.node(name));
  if (hosts.empty()) hosts = reach.nodes();
  if (hosts.empty()) hosts.push_back(remote::this_machine(host_name()));
  return hosts;
}

struct Found {
  remote::Host host = {};
  importer::Listed listed = {};
};

/// Those that are meant. Of one that several nodes know, the one that runs.
std::vector<Found> chosen(const Call& call, const std::vector<Found>& all) {
  const auto wanted = call.texts("DOMAIN");
  std::vector<Found> result;
  std::vector<std::string> names;
  for (const auto& each : all) {
    const auto& name = each.listed.name;
    names.push_back(name);
    const bool meant =
        call.flag("--all") || std::find(wanted.begin(), wanted.end(), name) != wanted.end();
    if (!meant) continue;
    const auto twin = std::find_if(result.begin(), result.end(),
                                   [&](const Found& other) { return other.listed.name == name; });
    if (twin == result.end()) {
      result.push_back(each);
      continue;
    }
    if (twin->listed.domain.running == each.listed.domain.running)
      throw Error(
          Fault::misconfigured,
          text::quote(name) + " is on '" + twin->host.name + "' and on '" + each.host.name + "'",
          "give --node");
    if (each.listed.domain.running) *twin = each;
  }
  for (const auto& name : wanted) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    const auto meant = text::nearest(name, names);
    throw Error(Fault::misconfigured, "no node has a domain " + text::quote(name),
                meant ? "did you mean '" + *meant + "'?" : "see 'virsh list --all' there");
  }
  return result;
}

importer::Wishes wishes_of(Call& call, std::size_t domains) {
  importer::Wishes wishes;
  wishes.name = call.value<inventory::VmName>("--name");
  wishes.host = call.value<inventory::HostName>("--host");
  wishes.address = call.value<inventory::Address>("--address");
  wishes.zone = call.value<inventory::ZoneName>("--zone");
  wishes.local = call.flag("--local");
  if (domains != 1 && (wishes.name || wishes.host || wishes.address))
    throw Error(Fault::misconfigured,
                fmt::format("--name, --host and --address are for one domain, not for {}", domains),
                "name one domain");
  return wishes;
}

int import_libvirt(Call& call) {
  const auto& inventory = call.inventory();
  if (call.texts("DOMAIN").empty() != call.flag("--all"))
    throw Error(Fault::misconfigured, "domains and --all exclude each other, and one is needed",
                "name domains, or give --all");
  const Reach reach(call);
  std::vector<Found> all;
  for (const auto& host : hosts_of(call, reach)) {
    for (auto& listed : importer::list_domains(host, reach.run(), call.deadline()))
      all.push_back({host, std::move(listed)});
  }
  std::set<std::string> there;
  for (const auto& vm : inventory.vms) there.insert(vm.identity.fqn);
  if (call.flag("--all"))
    std::erase_if(all, [&](const Found& each) { return there.contains(each.listed.name); });
  const auto domains = chosen(call, all);
  const auto wishes = wishes_of(call, domains.size());
  importer::Notes notes;
  std::vector<importer::Draft> drafts;
  std::vector<Error> problems;
  for (auto [host, listed] : domains) {
    listed.domain.xml = importer::definition_of(listed.name, host, reach.run(), call.deadline());
    try {
      drafts.push_back(importer::draft_of(listed.domain, wishes, inventory.cluster, notes));
    } catch (const Error& error) {
      problems.push_back(error);
    }
  }
  if (!problems.empty()) refuse(call, problems);
  Import import = importer::files_of(std::move(drafts), inventory.cluster,
                                     known_templates(call, inventory.cluster), "libvirt");
  import.notes.insert(import.notes.begin(), notes.begin(), notes.end());
  return finish(call, import);
}

constexpr const char* kExit = "With --dry-run: 2 when files would be written.";

}  // namespace

const Command kImportHavc2{
    .name = "import havc2",
    .group = Group::inventory,
    .summary = "Take over the configuration of HAVC-II",
    .description =
        "Reads hosts/, libvirt/ and pacemaker/ of HAVC-II's configuration and makes a file for "
        "each machine, and cluster.toml where there is none. What a template gives is said by its "
        "name; a machine that is different has a template of its own. What is not taken, and why, "
        "is told. All files are written or none; images and HAVC-II's files are not touched.",
    .options = kFolderOptions,
    .columns = kColumns,
    .exit_status = kExit,
    .run = import_havc2,
};

const Command kImportCapsvm{
    .name = "import capsvm",
    .group = Group::inventory,
    .summary = "Take over machines of CAPS-OS",
    .description =
        "Reads common.conf and enabled/ of capsvm.d and makes a file and a template for each "
        "machine: with its backing image, serial numbers, SMBIOS, NUMA nodes and network card. "
        "Those without failover become local ones, of --node. cluster.toml has to be there: it says "
        "nodes and zones. With the folder of the second server, both are compared: they may differ "
        "in memory, CPUs and NUMA nodes alone. All files are written or none; images are not "
        "touched.",
    .options = kCapsvmOptions,
    .columns = kColumns,
    .exit_status = kExit,
    .run = import_capsvm,
};

const Command kImportLibvirt{
    .name = "import libvirt",
    .group = Group::inventory,
    .summary = "Take over domains that libvirt has on the nodes",
    .description =
        "Makes a file and a template for each domain, of its definition as it will be at its next "
        "start. A domain that is called NAME_zone is taken as it runs; another gets that name, and "
        "has to be shut down before: libvirt renames no domain that runs. The domains themselves "
        "are not touched. Passwords of displays stay in templates that their owner alone may "
        "read. All files are written or none.",
    .options = kLibvirtOptions,
    .examples = kLibvirtExamples,
    .columns = kColumns,
    .exit_status = kExit,
    .run = import_libvirt,
};

}  // namespace havc::cli
