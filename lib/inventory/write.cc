#include "inventory/write.h"

#include <algorithm>

#include "base/text.h"
#include "inventory/check.h"
#include "inventory/edit.h"
#include "inventory/keys.h"
#include "inventory/toml_text.h"

namespace havc::inventory {

namespace {

std::string line_of(std::string_view key, const Setting& value) {
  return toml_key(key) + " = " + toml_text(value) + "\n";
}

/// Lines of the keys whose values differ from those of `plain`.
template <class Owner>
std::string lines_of(const Owner& owner, const Owner& plain, const std::vector<Key<Owner>>& keys) {
  std::string lines;
  for (const auto& row : keys) {
    const auto value = row.write(owner);
    const auto usual = row.write(plain);
    const bool required = row.doc.need == options::Need::required;
    if (!value && usual) {
      throw refusal(owner.source, std::string(row.doc.name),
                    "key '" + std::string(row.doc.name) + "' has a default, and is to have none",
                    "take it out of [defaults]");
    }
    if (value && value->kind != Setting::Kind::table &&
        (required || !usual || !same_value(*value, *usual)))
      lines += line_of(row.doc.name, *value);
  }
  return lines;
}

template <class Owner>
std::string lines_of(const Owner& owner, const std::vector<Key<Owner>>& keys) {
  Owner plain;
  reset(plain, keys);
  return lines_of(owner, plain, keys);
}

bool same(const Identity& one, const Identity& other) {
  return one.zone == other.zone && one.ipv4 == other.ipv4 && one.ipv6 == other.ipv6 &&
         one.mac == other.mac && one.uuid == other.uuid;
}

/// Takes the value away where it follows from the others.
template <class Member>
void drop_derived(Vm& vm, Member Guest::*member, const Cluster& cluster) {
  if (!(vm.*member)) return;
  Vm without = vm;
  (without.*member).reset();
  try {
    if (same(derive(without, cluster.zones, cluster.uuid_prefix), vm.identity)) vm = without;
  } catch (const Error&) {  // NOLINT: without it there is no identity, hence it is needed
  }
}

void drop_derived_disk(Vm& vm, const Cluster& cluster) {
  Vm without = vm;
  without.disks.clear();
  std::vector<Error> problems;
  complete(without, cluster, problems);
  if (without.disks == vm.disks) vm.disks.clear();
}

template <class Object>
std::string tables_of(const std::string& section, const std::vector<Object>& objects,
                      const std::vector<Key<Object>>& keys) {
  std::string text;
  for (const auto& each : objects)
    text += "\n[" + section + "." + toml_key(each.name.text) + "]\n" + lines_of(each, keys);
  return text;
}

/// A table without lines is left out.
std::string table_of(const std::string& section, const std::string& lines) {
  return lines.empty() ? "" : "\n[" + section + "]\n" + lines;
}

// Changing a key ------------------------------------------------------------------------------

Source source_of(const std::string& file) {
  return {file, {}};
}

/// The value as its row writes it: "007" is 7, a name's small letters are capitals.
template <class Owner>
Setting accepted(const Key<Owner>& row, const Setting& given, const std::string& file) {
  Owner scratch;
  if (const auto why = row.assign(scratch, given); !why.empty())
    throw refusal(source_of(file), "", "key '" + std::string(row.doc.name) + "' " + why,
                  "correct the value");
  Setting value = *row.write(scratch);
  static_cast<void>(parse_toml("value = " + toml_text(value), file));  // text may be no UTF-8
  return value;
}

Setting list_of(const std::string& text) {
  Setting list{.kind = Setting::Kind::list};
  for (const auto& word : text::split(text, ","))
    list.items.push_back({.kind = Setting::Kind::text, .text = std::string(text::trim(word))});
  return list;
}

std::optional<std::size_t> index_of(const Setting& list, const Setting& item) {
  const auto found = std::find_if(list.items.begin(), list.items.end(),
                                  [&](const Setting& each) { return same_value(each, item); });
  if (found == list.items.end()) return {};
  return static_cast<std::size_t>(found - list.items.begin());
}

std::string with_items(std::string text, const std::string& file, const KeyPath& path,
                       const Setting& items, bool wanted, const std::vector<std::string>& before) {
  for (const auto& item : items.items) {
    const Setting document = parse_toml(text, file);
    const Setting* const list = find(document, path);
    const auto index = list == nullptr ? std::nullopt : index_of(*list, item);
    if (wanted && list == nullptr)
      text = with_value(text, file, path, Setting{.kind = Setting::Kind::list, .items = {item}},
                        before);
    else if (wanted && !index)
      text = with_item(text, file, path, item);
    else if (!wanted && index)
      text = without_item(text, file, path, *index);
  }
  return text;
}

/// One key of a table whose rows are `keys`.
template <class Owner>
std::string with_row(std::string_view text, const std::string& file, const KeyPath& path,
                     const KeyChange& change, const std::vector<Key<Owner>>& keys) {
  std::vector<std::string> known;
  known.reserve(keys.size());
  for (const auto& row : keys) known.emplace_back(row.doc.name);
  const auto place = std::find(known.begin(), known.end(), path.key);
  if (place == known.end()) throw unknown_key(source_of(file), Setting{.key = path.key}, known);
  const auto& row = keys[static_cast<std::size_t>(place - known.begin())];
  const std::vector<std::string> before(known.begin(), place);
  if (row.kind == Setting::Kind::table)
    throw refusal(source_of(file), "", "key '" + path.key + "' is a table",
                  "name one of its values: " + path.key + ".NAME=VALUE");
  if (change.how == KeyChange::How::set && change.value.empty())
    return with_value(text, file, path, std::nullopt);
  if (row.kind == Setting::Kind::list) {
    const Setting list = accepted(row, list_of(change.value), file);
    if (change.how == KeyChange::How::set) return with_value(text, file, path, list, before);
    return with_items(std::string(text), file, path, list, change.how == KeyChange::How::add,
                      before);
  }
  if (change.how != KeyChange::How::set)
    throw refusal(source_of(file), "", "key '" + path.key + "' is no list",
                  "use " + path.key + "=");
  return with_value(text, file, path,
                    accepted(row, Setting{.kind = row.kind, .text = change.value}, file), before);
}

/// metadata.NAME
std::string with_entry(std::string_view text, const std::string& file, const KeyPath& path,
                       const KeyChange& change) {
  if (change.how != KeyChange::How::set)
    throw refusal(source_of(file), "", "key '" + change.key + "' is no list",
                  "use " + change.key + "=");
  const auto& keys = vm_keys();
  const auto row = std::find_if(keys.begin(), keys.end(),
                                [&](const auto& each) { return each.doc.name == path.table[0]; });
  if (row == keys.end() || row->kind != Setting::Kind::table)
    throw unknown_key(source_of(file), Setting{.key = change.key}, {"metadata.NAME"});
  const Setting entry{.kind = Setting::Kind::text,
                      .key = path.key,
                      .text = change.value.empty() ? "none" : change.value};
  const Setting table = accepted(*row, Setting{.items = {entry}}, file);
  if (change.value.empty()) return with_value(text, file, path, std::nullopt);
  return with_value(text, file, path, table.items.front());
}

}  // namespace

std::string vm_file(const Vm& vm, const Cluster& cluster) {
  Vm least = vm;
  least.identity = derive(vm, cluster.zones, cluster.uuid_prefix);
  drop_derived(least, &Guest::uuid, cluster);
  drop_derived(least, &Guest::address_v6, cluster);
  drop_derived(least, &Guest::mac, cluster);
  drop_derived(least, &Guest::zone, cluster);
  drop_derived_disk(least, cluster);
  std::string text = lines_of(least, cluster.defaults, vm_keys());
  for (const auto& row : vm_keys()) {
    if (row.kind != Setting::Kind::table) continue;
    std::string lines;
    const Setting table = row.write(least).value();
    for (const auto& item : table.items) lines += line_of(item.key, item);
    text += table_of(std::string(row.doc.name), lines);
  }
  return text;
}

std::string cluster_file(const Cluster& cluster) {
  return lines_of(cluster, cluster_keys()) +
         table_of("defaults", lines_of(cluster.defaults, default_keys())) +
         table_of("templates", lines_of(cluster.templates, template_keys())) +
         tables_of("zones", cluster.zones, zone_keys()) +
         tables_of("nodes", cluster.nodes, node_keys()) +
         tables_of("chassis", cluster.chassis, chassis_keys());
}

KeyChange KeyChange::parse(std::string_view text) {
  const auto sign = text.find('=');
  KeyChange change;
  if (sign != std::string_view::npos) {
    change.key = text::trim(text.substr(0, sign));
    change.value = text.substr(sign + 1);
    if (change.key.ends_with('+')) change.how = How::add;
    if (change.key.ends_with('-')) change.how = How::remove;
    if (change.how != How::set) change.key.pop_back();
  }
  if (change.key.empty())
    throw Error(Fault::misconfigured,
                text::quote(text::one_line(text, 80)) + " is no change of a key",
                "write KEY=VALUE; for lists KEY+=VALUE or KEY-=VALUE, too");
  return change;
}

std::string with_change(std::string_view text, const std::string& file, const KeyChange& change) {
  const auto dot = change.key.find('.');
  if (dot == std::string::npos) return with_row(text, file, {{}, change.key}, change, vm_keys());
  return with_entry(text, file, {{change.key.substr(0, dot)}, change.key.substr(dot + 1)}, change);
}

std::string with_cluster_change(std::string_view text, const std::string& file,
                                const KeyChange& change) {
  const auto first = change.key.find('.');
  const auto last = change.key.rfind('.');
  if (first == std::string::npos)
    return with_row(text, file, {{}, change.key}, change, cluster_keys());
  const auto section = change.key.substr(0, first);
  KeyPath path{{section}, change.key.substr(last + 1)};
  if (section == "defaults" && first == last)
    return with_row(text, file, path, change, default_keys());
  if (section == "templates" && first == last)
    return with_row(text, file, path, change, template_keys());
  if (last > first + 1) {
    path.table.push_back(change.key.substr(first + 1, last - first - 1));
    if (section == "zones") return with_row(text, file, path, change, zone_keys());
    if (section == "nodes") return with_row(text, file, path, change, node_keys());
    if (section == "chassis") return with_row(text, file, path, change, chassis_keys());
  }
  throw unknown_key(
      source_of(file), Setting{.key = change.key},
      {"defaults.KEY", "templates.KEY", "zones.NAME.KEY", "nodes.NAME.KEY", "chassis.NAME.KEY"});
}

}  // namespace havc::inventory
