#include "importer/domain.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "inventory/check.h"
#include "xml/edit.h"

namespace havc::importer {

namespace {

using inventory::refusal;
using xml::Part;

constexpr std::uint64_t kMebibyte = 1024;  // KiB
constexpr std::size_t kMostDisks = 4;      // as inventory/check.h has macros for
constexpr std::string_view kOwnNamespaces = "urn:havc:";

Error wrong(const std::string& file, int line, const std::string& problem,
            const std::string& remedy) {
  return {Fault::misconfigured, file + ":" + std::to_string(line) + ": " + problem, remedy};
}

/// libvirt's units, virScaleInteger: KiB where none is given.
std::optional<std::uint64_t> kibibytes(const Part& element) {
  struct Unit {
    std::string_view name;
    std::uint64_t bytes;
  };
  static constexpr std::array<Unit, 13> kUnits{{{"b", 1},
                                                {"bytes", 1},
                                                {"KB", 1000},
                                                {"k", 1024},
                                                {"KiB", 1024},
                                                {"MB", 1000ULL * 1000},
                                                {"M", 1ULL << 20},
                                                {"MiB", 1ULL << 20},
                                                {"GB", 1000ULL * 1000 * 1000},
                                                {"G", 1ULL << 30},
                                                {"GiB", 1ULL << 30},
                                                {"T", 1ULL << 40},
                                                {"TiB", 1ULL << 40}}};
  const std::string given = element.attribute("unit");
  const std::string unit = given.empty() ? "KiB" : given;
  const auto* const found = std::find_if(kUnits.begin(), kUnits.end(),
                                         [&](const Unit& each) { return each.name == unit; });
  const auto number = text::number(text::trim(element.text), INT64_MAX);
  if (found == kUnits.end() || !number) return {};
  if (*number > std::numeric_limits<std::uint64_t>::max() / found->bytes - 1023) return {};
  return (*number * found->bytes + 1023) / 1024;
}

void in_kibibytes(Part& domain, std::string_view name) {
  Part* const element = domain.child(name);
  const auto amount = element == nullptr ? std::nullopt : kibibytes(*element);
  if (!amount) return;
  element->attributes.clear();
  element->set("unit", "KiB");
  element->text = std::to_string(*amount);
}

bool is_made_up(const std::string& interface) {
  return interface.starts_with("vnet") || interface.starts_with("macvtap") ||
         interface.starts_with("macvlan");
}

/// A path below libvirt's own folders, which it makes anew at each start.
bool is_made_up_path(const std::string& path) {
  return path.starts_with("/var/lib/libvirt/qemu/") || path.starts_with("/run/libvirt/") ||
         path.starts_with("/var/run/libvirt/") || path.starts_with("/dev/pts/");
}

void clean_graphics(Part& graphics) {
  if (graphics.attribute("autoport") == "yes") {
    graphics.drop("port");
    graphics.drop("tlsPort");
  }
}

void clean_interface(Part& interface) {
  std::erase_if(interface.children, [](const Part& child) {
    return child.name == "target" && is_made_up(child.attribute("dev"));
  });
}

/// Serial lines, consoles and channels.
void clean_line(Part& line) {
  line.drop("tty");
  std::erase_if(line.children, [](const Part& child) {
    return child.name == "source" && is_made_up_path(child.attribute("path"));
  });
  if (Part* const target = line.child("target")) target->drop("state");
}

void clean_disk(Part& disk) {
  if (Part* const source = disk.child("source")) source->drop("index");
  std::erase_if(disk.children, [](const Part& child) {
    const bool found_by_libvirt = !child.attribute("index").empty() || child.children.empty();
    return child.name == "backingStore" && found_by_libvirt;
  });
}

void clean_device(Part& device) {
  std::erase_if(device.children, [](const Part& child) {
    return child.name == "alias" && !child.attribute("name").starts_with("ua-");
  });
  if (device.name == "graphics") clean_graphics(device);
  if (device.name == "interface") clean_interface(device);
  if (device.name == "disk") clean_disk(device);
  if (device.name == "serial" || device.name == "console" || device.name == "channel")
    clean_line(device);
}

bool is_ours(const Part& element) {
  return std::any_of(element.attributes.begin(), element.attributes.end(), [](const auto& each) {
    return each.first.starts_with("xmlns") && each.second.starts_with(kOwnNamespaces);
  });
}

bool is_runtime(const Part& element) {
  if (element.name == "seclabel") return element.attribute("type") == "dynamic";
  return element.name == "resource" && element.children.size() == 1 &&
         element.text_of("partition") == "/machine";
}

template <class Owner>
auto disks_of(Owner& domain) {
  std::vector<decltype(&domain)> disks;
  auto* const devices = domain.child("devices");
  if (devices == nullptr) return disks;
  for (auto& device : devices->children) {
    const std::string kind = device.attribute("device");
    if (device.name == "disk" && (kind.empty() || kind == "disk")) disks.push_back(&device);
  }
  return disks;
}

template <class Owner>
auto first_card(Owner& domain) -> decltype(&domain) {
  auto* const devices = domain.child("devices");
  return devices == nullptr ? nullptr : devices->child("interface");
}

std::string source_of(const Part& disk) {
  const Part* const source = disk.child("source");
  if (source == nullptr) return {};
  return disk.attribute("type") == "block" ? source->attribute("dev") : source->attribute("file");
}

template <class T>
T limited(const std::string& digits, const Part& element, const std::string& file) {
  const auto value = options::Text<T>::parse(digits);
  if (!value)
    throw wrong(file, element.line,
                "<" + element.name + "> is " + text::quote(text::one_line(element.text, 40)) +
                    ", not " + options::Text<T>::expected(),
                "correct it");
  return *value;
}

const Part& needed(const Part& domain, std::string_view name, const std::string& file) {
  const Part* const found = domain.child(name);
  if (found == nullptr)
    throw wrong(file, domain.line, "the domain has no <" + std::string(name) + ">", "add it");
  return *found;
}

void replace_all(std::string& text, const std::string& what, const std::string& by) {
  if (what.empty()) return;
  for (auto place = text.find(what); place != std::string::npos;
       place = text.find(what, place + by.size()))
    text.replace(place, what.size(), by);
}

void put_disk_macros(Part& domain, const inventory::Vm& vm) {
  for (Part* const disk : disks_of(domain)) {
    const std::string path = source_of(*disk);
    const auto place = std::find_if(vm.disks.begin(), vm.disks.end(),
                                    [&](const auto& each) { return each.text == path; });
    if (place == vm.disks.end()) continue;
    const auto number = place - vm.disks.begin() + 1;
    const std::string macro =
        std::string(inventory::is_device(*place) ? "%{VM_DEVICE" : "%{VM_IMAGE") +
        (number == 1 ? "}" : "_" + std::to_string(number) + "}");
    disk->child("source")->set(disk->attribute("type") == "block" ? "dev" : "file", macro);
  }
}

void put_card_macros(Part& domain, const inventory::Vm& vm, const inventory::Cluster& cluster) {
  Part* const card = first_card(domain);
  if (card == nullptr) return;
  if (Part* const mac = card->child("mac")) mac->set("address", "%{MAC_ADDRESS}");
  Part* const source = card->child("source");
  for (const auto& zone : cluster.zones) {
    const bool own = zone.name == vm.identity.zone;
    if (own && source != nullptr && source->attribute("bridge") == zone.bridge.text)
      source->set("bridge", "%{NETWORK_BRIDGE}");
  }
}

/// libvirt wants the same UUID in both places.
void put_smbios_uuid(Part& domain) {
  Part* const sysinfo = domain.child("sysinfo");
  Part* const system = sysinfo == nullptr ? nullptr : sysinfo->child("system");
  if (system == nullptr) return;
  for (auto& entry : system->children) {
    if (entry.attribute("name") == "uuid") entry.text = "%{VM_UUID}";
  }
}

void put_words(Part& domain, const inventory::Vm& vm) {
  for (const char* const name : {"title", "description"}) {
    Part* const element = domain.child(name);
    if (element == nullptr) continue;
    replace_all(element->text, vm.identity.fqn, "%{VM_FQN}");
    replace_all(element->text, vm.host.text, "%{HOST_NAME}");
    if (vm.identity.ipv4) replace_all(element->text, vm.identity.ipv4->text(), "%{IP_ADDRESS}");
  }
}

}  // namespace

Part plain_domain(std::string_view text, const std::string& file) {
  Part domain = xml::read_parts(text, file);
  if (domain.name != "domain")
    throw Error(Fault::unusable_here, text::quote(file) + " is no domain of libvirt",
                "give the output of 'virsh dumpxml'");
  domain.drop("id");
  in_kibibytes(domain, "memory");
  in_kibibytes(domain, "currentMemory");
  if (domain.text_of("memory") == domain.text_of("currentMemory"))
    domain.drop_children("currentMemory");
  if (Part* const vcpu = domain.child("vcpu"); vcpu != nullptr) {
    if (vcpu->attribute("placement") == "static") vcpu->drop("placement");
    if (vcpu->attribute("current") == vcpu->text) vcpu->drop("current");
  }
  std::erase_if(domain.children, is_runtime);
  if (Part* const metadata = domain.child("metadata")) {
    std::erase_if(metadata->children, is_ours);
    if (metadata->children.empty()) domain.drop_children("metadata");
  }
  if (Part* const devices = domain.child("devices"))
    std::for_each(devices->children.begin(), devices->children.end(), clean_device);
  return domain;
}

Facts facts_of(const Part& domain, const std::string& file) {
  Facts facts;
  facts.name = needed(domain, "name", file).text;
  facts.uuid = inventory::Uuid::parse(domain.text_of("uuid"));
  facts.title = domain.text_of("title");
  const Part& memory = needed(domain, "memory", file);
  const auto amount = kibibytes(memory);
  facts.memory = limited<inventory::Mebibytes>(
      amount ? std::to_string((*amount + kMebibyte - 1) / kMebibyte) : "", memory, file);
  if (const Part* const vcpu = domain.child("vcpu"))
    facts.cpus = limited<inventory::Cpus>(std::string(text::trim(vcpu->text)), *vcpu, file);
  for (const Part* const disk : disks_of(domain)) {
    const auto path = options::Text<inventory::Path>::parse(source_of(*disk));
    if (path && facts.disks.size() < kMostDisks) facts.disks.push_back(*path);
  }
  if (const Part* const card = first_card(domain)) {
    if (const Part* const mac = card->child("mac"))
      facts.mac = inventory::Mac::parse(mac->attribute("address"));
    if (const Part* const source = card->child("source"))
      facts.bridge = source->attribute("bridge");
  }
  return facts;
}

std::string template_of(Part domain, const inventory::Vm& vm, const inventory::Cluster& cluster) {
  domain.child("name")->text = "%{VM_FQN}";
  domain.drop_children("uuid");
  domain.children.insert(domain.children.begin() + 1, Part{.name = "uuid", .text = "%{VM_UUID}"});
  Part& memory = *domain.child("memory");
  if (memory.text == std::to_string(vm.memory.number * kMebibyte)) {
    memory.set("unit", "MiB");
    memory.text = "%{VM_MEMORY}";
  }
  if (domain.child("vcpu") == nullptr) domain.children.push_back(Part{.name = "vcpu", .text = "1"});
  domain.child("vcpu")->text = "%{VM_CPUS}";
  put_disk_macros(domain, vm);
  put_card_macros(domain, vm, cluster);
  put_words(domain, vm);
  put_smbios_uuid(domain);
  return "<!-- Made by havc import of a definition that other templates do not give. -->\n" +
         text_of(domain);
}

bool same_domain(const std::string& one, const std::string& other) {
  const auto canonical = [](const std::string& text) {
    Part domain = plain_domain(text, "a domain");
    if (Part* const uuid = domain.child("uuid")) uuid->text = text::lower(uuid->text);
    if (Part* const card = first_card(domain)) {
      if (Part* const mac = card->child("mac"))
        mac->set("address", text::lower(mac->attribute("address")));
    }
    // libvirt's schema interleaves what is directly below <domain>.
    std::stable_sort(domain.children.begin(), domain.children.end(),
                     [](const Part& left, const Part& right) { return left.name < right.name; });
    return xml::canonical(text_of(domain));
  };
  return canonical(one) == canonical(other);
}

bool has_secret(const Part& domain) {
  const Part* const devices = domain.child("devices");
  return devices != nullptr &&
         std::any_of(devices->children.begin(), devices->children.end(), [](const Part& device) {
           return device.name == "graphics" && !device.attribute("passwd").empty();
         });
}

Notes notes_of(const Part& domain, const std::string& about) {
  Notes notes;
  const auto note = [&](const std::string& text) { notes.push_back({about, text}); };
  const auto memory = text::number(domain.text_of("memory"));
  if (memory && *memory % kMebibyte != 0)
    note("its memory of " + std::to_string(*memory) +
         " KiB is no whole number of MiB: it stays as it is, and 'memory' counts it rounded up");
  if (domain.child("currentMemory") != nullptr)
    note("it begins with less memory (currentMemory), which stays as it is when 'memory' changes");
  if (const Part* const vcpu = domain.child("vcpu"); vcpu && !vcpu->attribute("current").empty())
    note("it begins with fewer CPUs (current), which stay as they are when 'cpus' changes");
  const Part* const cpu = domain.child("cpu");
  if (cpu != nullptr && cpu->child("topology") != nullptr)
    note("it has a CPU topology: change it in the template together with 'cpus'");
  if (cpu != nullptr && cpu->child("numa") != nullptr)
    note("it has NUMA cells: change them in the template together with 'cpus' and 'memory'");
  const auto disks = disks_of(domain);
  std::size_t known = 0;
  for (const Part* const disk : disks) {
    if (options::Text<inventory::Path>::parse(source_of(*disk))) {
      if (++known > kMostDisks)
        note("its disk " + text::quote(source_of(*disk)) + " stands in the template alone");
    } else {
      note("a disk of type " + text::quote(disk->attribute("type")) +
           " stands in the template alone: that nobody else uses it is not checked");
    }
  }
  if (has_secret(domain))
    note("the password of its display is in the template, which its owner alone may read");
  return notes;
}

}  // namespace havc::importer
