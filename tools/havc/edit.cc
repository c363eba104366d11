#include "havc/edit.h"

#include <algorithm>
#include <filesystem>
#include <ostream>

#include "base/file.h"
#include "base/text.h"
#include "havc/output.h"
#include "inventory/render.h"
#include "inventory/setting.h"

namespace havc::cli {

namespace {

using inventory::Setting;

constexpr std::size_t kLargestFile = 65536;  // as inventory::read takes them

Cell cell_of(const Setting* setting) {
  if (setting == nullptr) return {};
  if (setting->kind == Setting::Kind::integer) {
    const auto number = text::number(setting->text);
    if (number) return static_cast<std::int64_t>(*number);
  }
  if (setting->kind != Setting::Kind::list) return setting->text;
  std::vector<std::string> items;
  for (const auto& item : setting->items) items.push_back(item.text);
  return items;
}

/// "metadata.owner" is a value of a table.
const Setting* value_at(const Setting& document, const std::string& key) {
  const auto dot = key.find('.');
  const Setting* const found = document.find(key.substr(0, dot));
  return found == nullptr || dot == std::string::npos ? found : found->find(key.substr(dot + 1));
}

struct Edited {
  inventory::FileText file = {};
  std::vector<Row> rows = {};
};

Edited edited(const inventory::Vm& vm, const std::string& folder,
              const std::vector<inventory::KeyChange>& changes) {
  const std::string path = "vms/" + std::filesystem::path(vm.source.file).filename().string();
  const std::string before = read_file(folder + "/" + path, kLargestFile);
  std::string after = before;
  for (const auto& change : changes) after = inventory::with_change(after, vm.source.file, change);
  Edited result{{path, after, false}, {}};
  if (after == before) return result;
  const Setting old_table = inventory::parse_toml(before, vm.source.file);
  const Setting new_table = inventory::parse_toml(after, vm.source.file);
  std::vector<std::string> shown;
  for (const auto& change : changes) {
    if (std::find(shown.begin(), shown.end(), change.key) != shown.end()) continue;
    shown.push_back(change.key);
    Cell old_cell = cell_of(value_at(old_table, change.key));
    Cell new_cell = cell_of(value_at(new_table, change.key));
    if (old_cell != new_cell)
      result.rows.push_back({vm.name.text, change.key, std::move(old_cell), std::move(new_cell)});
  }
  return result;
}

}  // namespace

void check_files(Call& call, const std::vector<inventory::FileText>& files) {
  std::vector<Error> problems;
  try {
    inventory::check_with(call.common().folder, files, problems);
  } catch (const Error&) {
    for (std::size_t i = 1; i < problems.size(); ++i) call.err() << problems[i].what() << '\n';
    throw;
  }
}

void check_definitions(Call& call, const std::vector<inventory::FileText>& files) {
  auto templates = call.templates();
  const auto why = [&](const inventory::Reading& reading,
                       const std::string& path) -> std::optional<Error> {
    const auto& [cluster, vms] = reading.inventory;
    const auto found = std::find_if(vms.begin(), vms.end(), [&](const inventory::Vm& vm) {
      return vm.source.file == call.common().folder + "/" + path;
    });
    return found == vms.end() ? std::nullopt : why_no_domain(*found, cluster, templates);
  };
  const auto after = inventory::read_with(call.common().folder, files);
  for (const auto& file : files) {
    const auto problem = why(after, file.path);
    if (problem && !why(call.reading(), file.path)) throw Error(*problem);
  }
}

Order order_of(const Call& call, const std::string& prefix, const std::string& form) {
  Order order;
  for (const auto& word : call.texts("VM")) {
    // "metadata.owner=x" may be a VM's description, too: then it comes first.
    if (order.vms.empty() || word.find('=') == std::string::npos)
      order.vms.push_back(word);
    else
      order.changes.push_back(inventory::KeyChange::parse(prefix + word));
  }
  if (order.changes.empty())
    throw Error(Fault::misconfigured, "nothing is said of what to change", "add " + form);
  return order;
}

int edit_vms(Call& call, const std::vector<const inventory::Vm*>& vms,
             const std::vector<inventory::KeyChange>& changes) {
  std::vector<inventory::FileText> files;
  std::vector<Row> rows;
  for (const auto* const vm : vms) {
    Edited each = edited(*vm, call.common().folder, changes);
    if (each.rows.empty()) continue;
    files.push_back(std::move(each.file));
    rows.insert(rows.end(), each.rows.begin(), each.rows.end());
  }
  check_files(call, files);
  check_definitions(call, files);
  print_rows(call, "havc.set/1", rows);
  if (files.empty()) {
    call.err() << "nothing to change\n";
    return kDone;
  }
  if (call.common().dry_run) return kPending;
  inventory::put(call.common().folder, files);
  call.err() << "next: havc plan\n";
  return kDone;
}

}  // namespace havc::cli
