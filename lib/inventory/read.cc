#include "inventory/read.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "inventory/check.h"
#include "inventory/conflicts.h"
#include "inventory/keys.h"

namespace havc::inventory {

namespace {

constexpr std::size_t kLargestFile =
    65536;  // a file of 32 nodes and as many zones has a tenth of it
constexpr std::size_t kMostFiles = 10000;
constexpr std::string_view kEnding = ".toml";

using Problems = std::vector<Error>;

Source source_of(const Setting& table, const std::string& file) {
  return {file, {{"", std::max(table.line, 1)}}};
}

/// Calls `take` for each [section.NAME] whose NAME is allowed.
template <class Name>
void each_named(const Setting& cluster, std::string_view section, const Source& source,
                Problems& problems, const std::function<void(const Setting&, Name)>& take) {
  const auto found = std::find_if(cluster.items.begin(), cluster.items.end(),
                                  [&](const Setting& each) { return each.key == section; });
  if (found == cluster.items.end()) return;
  if (const auto why = refused_kind(*found, Setting::Kind::table); !why.empty()) {
    problems.push_back(refusal(source, found->key, "key '" + found->key + "' " + why,
                               "write [" + found->key + ".NAME]"));
    return;
  }
  for (const auto& item : found->items) {
    const Source place{source.file, {{"", item.line}}};
    const auto heading = "[" + found->key + "." + text::one_line(item.key, 60) + "]";
    auto name = options::Text<Name>::parse(item.key);
    if (!name) {
      problems.push_back(refusal(place, "", heading + ": " + options::Text<Name>::explain(item.key),
                                 "choose another name"));
    } else if (const auto why = refused_kind(item, Setting::Kind::table); !why.empty()) {
      problems.push_back(refusal(place, "", "'" + item.key + "' " + why,
                                 "write " + heading + ", in quotes if the name has dots"));
    } else {
      take(item, std::move(*name));
    }
  }
}

/// All [section.NAME] as objects with name, source and the section's keys.
template <class Object>
void read_named(const Setting& cluster, std::string_view section,
                const std::vector<Key<Object>>& keys, const Source& source,
                std::vector<Object>& into, Problems& problems) {
  using Name = decltype(Object::name);
  each_named<Name>(cluster, section, source, problems, [&](const Setting& table, Name name) {
    Object object;
    reset(object, keys);
    object.name = std::move(name);
    object.source = source_of(table, source.file);
    read_keys(object, table, keys, {}, problems);
    into.push_back(std::move(object));
  });
}

/// [section], once.
template <class Object>
void read_section(const Setting& cluster, std::string_view section,
                  const std::vector<Key<Object>>& keys, const Source& source, Object& into,
                  Problems& problems) {
  reset(into, keys);
  const auto found = std::find_if(cluster.items.begin(), cluster.items.end(),
                                  [&](const Setting& each) { return each.key == section; });
  if (found == cluster.items.end()) return;
  if (const auto why = refused_kind(*found, Setting::Kind::table); !why.empty()) {
    problems.push_back(refusal(source, found->key, "key '" + found->key + "' " + why,
                               "write [" + found->key + "]"));
    return;
  }
  into.source = source_of(*found, source.file);
  read_keys(into, *found, keys, {}, problems);
}

/// What `read` gives of a file; nothing when it throws, which becomes a problem.
template <class Read>
auto attempt(Problems& problems, const Read& read) -> std::optional<decltype(read())> {
  try {
    return read();
  } catch (const Error& error) {
    problems.push_back(error);
    return {};
  }
}

std::optional<std::string> content(const std::string& path, Problems& problems) {
  return attempt(problems, [&] {
    try {
      return read_file(path, kLargestFile);
    } catch (const Error& error) {
      const bool permission = error.fault() == Fault::permission;
      throw Error(error.fault(), error.problem(),
                  permission ? "run this as root"
                             : "put a regular file of at most 64 KiB there, or name the "
                               "inventory's folder with --config");
    }
  });
}

/// A file below `folder`, or what is to be there.
std::optional<std::string> content(const std::string& folder, const std::string& path,
                                   const Texts& texts, Problems& problems) {
  const auto found = texts.find(path);
  if (found == texts.end()) return content(folder + "/" + path, problems);
  if (found->second.size() <= kLargestFile) return found->second;
  problems.emplace_back(Fault::misconfigured,
                        text::quote(folder + "/" + path) + " would be larger than 64 KiB",
                        "shorten its texts");
  return {};
}

/// Their paths below `folder`, those that are to be there among them.
std::vector<std::string> vm_files(const std::string& inventory, const Texts& texts,
                                  Problems& problems) {
  namespace fs = std::filesystem;
  const std::string folder = inventory + "/vms";
  std::set<std::string> files;
  for (const auto& [path, text] : texts) {
    if (path.starts_with("vms/")) files.insert(path);
  }
  std::error_code code;
  fs::directory_iterator entry(folder, code);
  if (code == std::errc::no_such_file_or_directory) return {files.begin(), files.end()};
  for (; !code && entry != fs::directory_iterator(); entry.increment(code)) {
    const std::string name = entry->path().filename().string();
    if (name.ends_with(kEnding) && !name.starts_with('.')) files.insert("vms/" + name);
    if (files.size() > kMostFiles) {
      problems.emplace_back(
          Fault::misconfigured,
          text::quote(folder) + " has more than " + std::to_string(kMostFiles) + " files",
          "remove those that are none of ours");
      return {};
    }
  }
  if (code)
    problems.emplace_back(
        fault_of(code.value()),
        "cannot read folder " + text::quote(folder) + ": " + system_words(code.value()),
        "make it readable");
  return {files.begin(), files.end()};
}

void check_file_name(const Vm& vm, Problems& problems) {
  const std::filesystem::path file(vm.source.file);
  if (file.stem().string() == vm.name.text) return;
  problems.push_back(refusal(
      vm.source, "name",
      "name '" + vm.name.text + "' is not that of the file " +
          text::quote(file.filename().string()),
      "rename the file to '" + vm.name.text + std::string(kEnding) + "' or correct the name"));
}

/// Without identity.
std::optional<Vm> parse_vm(std::string_view text, const std::string& file, const Vm& defaults,
                           Problems& problems) {
  const auto table = attempt(problems, [&] { return parse_toml(text, file); });
  if (!table) return {};
  Vm vm = defaults;
  vm.source = source_of(*table, file);
  const bool whole = read_keys(vm, *table, vm_keys(), {}, problems);
  if (!vm.name.text.empty()) check_file_name(vm, problems);
  if (!whole) return {};
  return vm;
}

std::optional<Vm> with_identity(Vm vm, const Cluster& cluster, Problems& problems) {
  const auto identity =
      attempt(problems, [&] { return derive(vm, cluster.zones, cluster.uuid_prefix); });
  if (!identity) return {};
  vm.identity = *identity;
  const auto before = problems.size();
  complete(vm, cluster, problems);
  return problems.size() == before ? std::optional(std::move(vm)) : std::nullopt;
}

}  // namespace

std::optional<Cluster> read_cluster(std::string_view text, const std::string& file,
                                    Problems& problems) {
  const auto table = attempt(problems, [&] { return parse_toml(text, file); });
  if (!table) return {};
  const auto before = problems.size();
  Cluster cluster;
  cluster.source = source_of(*table, file);
  reset(cluster, cluster_keys());
  read_keys(cluster, *table, cluster_keys(), {"zones", "nodes", "chassis", "templates", "defaults"},
            problems);
  read_named(*table, "zones", zone_keys(), cluster.source, cluster.zones, problems);
  read_named(*table, "nodes", node_keys(), cluster.source, cluster.nodes, problems);
  read_named(*table, "chassis", chassis_keys(), cluster.source, cluster.chassis, problems);
  read_section(*table, "templates", template_keys(), cluster.source, cluster.templates, problems);
  reset(cluster.defaults, vm_keys());
  read_section(*table, "defaults", default_keys(), cluster.source, cluster.defaults, problems);
  check(cluster, problems);
  return problems.size() == before ? std::optional(std::move(cluster)) : std::nullopt;
}

std::optional<Vm> read_vm(std::string_view text, const std::string& file, const Cluster& cluster,
                          Problems& problems) {
  const auto before = problems.size();
  auto vm = parse_vm(text, file, cluster.defaults, problems);
  if (vm) vm = with_identity(std::move(*vm), cluster, problems);
  return problems.size() == before ? vm : std::nullopt;
}

Reading read(const std::string& folder) {
  return read(folder, {});
}

Reading read(const std::string& folder, const Texts& texts) {
  Reading reading;
  auto& problems = reading.problems;
  const std::string file = folder + "/cluster.toml";
  std::optional<Cluster> cluster;
  if (const auto text = content(folder, "cluster.toml", texts, problems))
    cluster = read_cluster(*text, file, problems);
  // Without a cluster their own keys are still looked at, so that all is said at once.
  if (cluster) reading.inventory.cluster = *cluster;
  for (const auto& path : vm_files(folder, texts, problems)) {
    const auto text = content(folder, path, texts, problems);
    auto vm = text ? parse_vm(*text, (std::filesystem::path(folder) / path).string(),
                              reading.inventory.cluster.defaults, problems)
                   : std::nullopt;
    if (vm && cluster) vm = with_identity(std::move(*vm), *cluster, problems);
    if (vm && cluster) reading.inventory.vms.push_back(std::move(*vm));
  }
  for (auto& each : conflicts(reading.inventory)) problems.push_back(std::move(each));
  return reading;
}

}  // namespace havc::inventory
