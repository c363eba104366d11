#include "domain/devices.h"

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "base/text.h"
#include "xml/document.h"

namespace havc::domain {

namespace {

using xml::Element;

std::string attribute(const std::optional<Element>& element, std::string_view name) {
  return element ? element->attribute(name).value_or("") : "";
}

std::string trimmed(const std::optional<Element>& element) {
  return element ? std::string(text::trim(element->text())) : "";
}

/// The child's attribute, as in <source file="…"/>; empty when either is missing.
std::string of_child(const Element& parent, std::string_view child, std::string_view name) {
  return attribute(parent.child(child), name);
}

// As virScaleInteger of libvirt reads units; without one it is KiB. 0 for what cannot be.
std::uint64_t kibibytes(const Element& element, const std::string& digits) {
  const std::uint64_t value = text::number(text::trim(digits)).value_or(0);
  const std::string unit = element.attribute("unit").value_or("KiB");
  if (unit == "b" || unit == "bytes") return value / 1024;
  struct Row {
    std::string_view decimal;
    std::string_view binary;
    int power;
  };
  constexpr Row kRows[] = {{"kb", "kib", 1}, {"mb", "mib", 2}, {"gb", "gib", 3}, {"tb", "tib", 4}};
  const std::string lower = text::lower(unit);
  for (const Row& row : kRows) {
    const bool decimal = lower == row.decimal;
    if (!decimal && lower != row.binary && lower != row.binary.substr(0, 1)) continue;
    std::uint64_t result = value;
    for (int i = decimal ? 0 : 1; i < row.power; ++i) {
      if (result > UINT64_MAX / 1024) return 0;
      result *= decimal ? 1000 : 1024;
    }
    return decimal ? result / 1024 : result;
  }
  return 0;
}

DiskKind kind_of(const std::string& type) {
  if (type == "file") return DiskKind::file;
  if (type == "block") return DiskKind::block;
  if (type == "network") return DiskKind::network;
  if (type == "volume") return DiskKind::volume;
  return DiskKind::other;
}

std::string path_of(DiskKind kind, const std::optional<Element>& source) {
  switch (kind) {
    case DiskKind::file:
      return attribute(source, "file");
    case DiskKind::block:
      return attribute(source, "dev");
    case DiskKind::network:
      return attribute(source, "protocol") + ":" + attribute(source, "name");
    default:
      return {};
  }
}

// Nested elements, one for each layer; the parser limits their depth.
std::vector<std::string> backing_of(const Element& disk) {
  std::vector<std::string> paths;
  for (auto layer = disk.child("backingStore"); layer; layer = layer->child("backingStore")) {
    const DiskKind kind = kind_of(layer->attribute("type").value_or(""));
    const std::string path = path_of(kind, layer->child("source"));
    if (!path.empty()) paths.push_back(path);
  }
  return paths;
}

Disk disk_of(const Element& element) {
  Disk disk;
  disk.target = of_child(element, "target", "dev");
  disk.device = element.attribute("device").value_or("disk");
  const auto source = element.child("source");
  if (source) {
    disk.kind = kind_of(element.attribute("type").value_or("file"));
    disk.source = path_of(disk.kind, source);
    disk.pool = attribute(source, "pool");
    disk.volume = attribute(source, "volume");
    if (disk.local_path() && disk.source.empty()) disk.kind = DiskKind::none;
  }
  disk.cache = of_child(element, "driver", "cache");
  if (const auto mirror = element.child("mirror"))
    disk.job = mirror->attribute("job").value_or("copy");
  disk.shareable = element.child("shareable").has_value();
  // libvirt takes an image in a CD-ROM drive for read-only, whether the XML says so or not.
  disk.readonly = element.child("readonly").has_value() || disk.device == "cdrom";
  disk.transient = element.child("transient").has_value();
  disk.backing = backing_of(element);
  return disk;
}

Interface interface_of(const Element& element) {
  Interface interface;
  interface.type = element.attribute("type").value_or("");
  interface.target = of_child(element, "target", "dev");
  // The live XML of a network onto a bridge or device of the host has their type, and both names.
  interface.network = of_child(element, "source", "network");
  if (interface.network.empty()) {
    if (interface.type == "bridge") interface.bridge = of_child(element, "source", "bridge");
    if (interface.type == "direct") interface.device = of_child(element, "source", "dev");
  }
  interface.virtual_port = element.child("virtualport").has_value();
  return interface;
}

std::string without_prefix(const std::string& digits) {
  return digits.starts_with("0x") ? digits.substr(2) : digits;
}

std::string name_of_host_device(const Element& element, const std::string& type) {
  const auto source = element.child("source");
  const auto address = source ? source->child("address") : std::nullopt;
  if (type == "pci" && address) {
    const auto part = [&](const char* name, const char* otherwise) {
      return without_prefix(address->attribute(name).value_or(otherwise));
    };
    return part("domain", "0000") + ":" + part("bus", "00") + ":" + part("slot", "00") + "." +
           part("function", "0");
  }
  if (type == "mdev" && address) return address->attribute("uuid").value_or("");
  return of_child(element, "alias", "name");
}

HostDevice host_device_of(const Element& element, const std::string& type) {
  return {type, name_of_host_device(element, type),
          of_child(element, "teaming", "type") == "transient"};
}

SharedFolder folder_of(const Element& element) {
  return {attribute(element.child("driver"), "type"), of_child(element, "source", "dir"),
          of_child(element, "target", "dir")};
}

void read_channel(const Element& element, Devices& devices) {
  const auto target = element.child("target");
  if (attribute(target, "name") != "org.qemu.guest_agent.0") return;
  devices.agent_channel = true;
  devices.agent_connected = attribute(target, "state") == "connected";
}

void read_tpm(const Element& element, Devices& devices) {
  const auto backend = element.child("backend");
  devices.tpm = attribute(backend, "type");
  devices.tpm_persistent_state = attribute(backend, "persistent_state") == "yes";
}

void read_devices(const Element& list, Devices& devices) {
  devices.emulator = trimmed(list.child("emulator"));
  for (const Element& element : list.children()) {
    const auto name = element.name();
    if (name == "disk") devices.disks.push_back(disk_of(element));
    if (name == "interface") {
      devices.interfaces.push_back(interface_of(element));
      if (devices.interfaces.back().type == "hostdev") {
        devices.host_devices.push_back(host_device_of(element, "pci"));  // libvirt takes no others
      }
    }
    if (name == "hostdev") {
      devices.host_devices.push_back(
          host_device_of(element, element.attribute("type").value_or("")));
    }
    if (name == "filesystem") devices.folders.push_back(folder_of(element));
    if (name == "channel") read_channel(element, devices);
    if (name == "tpm") read_tpm(element, devices);
  }
}

// <memoryBacking><hugepages><page size="1" unit="G" nodeset="0"/>: with a nodeset it is for a part
// of the memory.
void read_hugepages(const Element& root, Devices& devices) {
  const auto backing = root.child("memoryBacking");
  const auto hugepages = backing ? backing->child("hugepages") : std::nullopt;
  if (!hugepages) return;
  const auto page = hugepages->child("page");
  if (page && page->attribute("nodeset")) return;
  const std::uint64_t size = page ? kibibytes(*page, page->attribute("size").value_or("")) : 0;
  devices.usual_hugepages = size == 0;
  devices.hugepage_kib = size > 0 ? size : kDefaultHugepage;
}

void read_os(const Element& os, Devices& devices) {
  const auto type = os.child("type");
  devices.arch = attribute(type, "arch");
  devices.machine = attribute(type, "machine");
  devices.nvram = trimmed(os.child("nvram"));
}

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) {
    names.push_back(name);
  }
}

Devices devices_of(const Element& root) {
  Devices devices;
  devices.type = root.attribute("type").value_or("");
  if (const auto name = root.child("name")) devices.name = name->text();
  if (const auto memory = root.child("memory")) {
    devices.memory_kib = kibibytes(*memory, memory->text());
  }
  read_hugepages(root, devices);
  constexpr std::uint64_t kMostCpus = 1 << 16;
  devices.vcpus =
      static_cast<unsigned int>(text::number(trimmed(root.child("vcpu")), kMostCpus).value_or(0));
  if (const auto os = root.child("os")) read_os(*os, devices);
  if (const auto cpu = root.child("cpu")) {
    devices.cpu = cpu->markup();
    devices.cpu_mode = cpu->attribute("mode").value_or("custom");
  }
  if (const auto list = root.child("devices")) read_devices(*list, devices);
  return devices;
}

}  // namespace

std::vector<std::string> Devices::networks() const {
  std::vector<std::string> names;
  for (const Interface& interface : interfaces) add_once(names, interface.network);
  return names;
}

std::vector<std::string> Devices::pools() const {
  std::vector<std::string> names;
  for (const Disk& disk : disks) add_once(names, disk.pool);
  return names;
}

Devices parse_devices(std::string_view xml, const std::string& origin) {
  const auto document = xml::Document::parse(xml, origin);
  const Element root = document.root();
  if (root.name() == "domain") return devices_of(root);
  if (const auto domain = root.child("domain")) return devices_of(*domain);
  throw Error(Fault::unusable_here, text::quote(origin) + " has no <domain>");
}

}  // namespace havc::domain
