#include "importer/draft.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "importer/domain.h"
#include "inventory/check.h"
#include "inventory/identity.h"
#include "inventory/render.h"
#include "inventory/write.h"

namespace havc::importer {

namespace {

using inventory::Cluster;
using inventory::FileName;
using inventory::Vm;

/// The template from which the definition follows; nothing when none gives it.
std::optional<FileName> matching(const Draft& draft, const Cluster& cluster,
                                 const std::vector<Known>& known) {
  const auto values = inventory::values_of(draft.vm, cluster);
  for (const auto& each : known) {
    try {
      const inventory::Template domain(each.text, each.name.text);
      if (same_domain(domain.fill(values), draft.definition)) return each.name;
    } catch (const Error&) {  // NOLINT: a template that does not fit is none of this machine's
    }
  }
  return {};
}

/// What [defaults] has, a file cannot take away.
template <class T>
void keep_default(std::optional<T> Vm::*member, std::string_view key, Vm& vm,
                  const Cluster& cluster, Notes& notes) {
  if (vm.*member || !(cluster.defaults.*member)) return;
  vm.*member = cluster.defaults.*member;
  notes.push_back({vm.name.text, "it had no '" + std::string(key) + "' and takes the default's"});
}

struct OwnTemplate {
  std::string text = {};
  bool secret = false;
  std::vector<Vm*> vms = {};
};

}  // namespace

Import files_of(std::vector<Draft> drafts, const Cluster& cluster, const std::vector<Known>& known,
                const std::string& prefix) {
  Import import;
  std::vector<OwnTemplate> own;
  for (auto& draft : drafts) {
    Vm& vm = draft.vm;
    vm.identity = inventory::derive(vm, cluster.zones, cluster.uuid_prefix);
    keep_default(&Vm::email, "email", vm, cluster, import.notes);
    keep_default(&Vm::priority, "priority", vm, cluster, import.notes);
    keep_default(&Vm::migration_downtime, "migration_downtime", vm, cluster, import.notes);
    if (const auto name = matching(draft, cluster, known)) {
      if (*name != cluster.templates.domain) vm.domain_template = *name;
      continue;
    }
    const auto domain = plain_domain(draft.definition, draft.from);
    for (auto& note : notes_of(domain, vm.name.text)) import.notes.push_back(std::move(note));
    auto text = template_of(domain, vm, cluster);
    static_cast<void>(
        inventory::Template(text, draft.from).fill(inventory::values_of(vm, cluster)));
    auto place = std::find_if(own.begin(), own.end(),
                              [&](const OwnTemplate& each) { return each.text == text; });
    if (place == own.end())
      place = own.insert(own.end(), {std::move(text), has_secret(domain), {}});
    place->vms.push_back(&vm);
  }
  int number = 0;
  for (auto& each : own) {
    const bool shared = each.vms.size() > 1;
    const FileName name{shared ? prefix + "-" + std::to_string(++number) + ".xml"
                               : each.vms.front()->name.text + ".xml"};
    for (Vm* const vm : each.vms) vm->domain_template = name;
    import.files.push_back({"templates/" + name.text, std::move(each.text), true, each.secret});
  }
  for (const auto& draft : drafts)
    import.files.push_back(
        {"vms/" + draft.vm.name.text + ".toml", inventory::vm_file(draft.vm, cluster)});
  return import;
}

inventory::VmName name_from(const std::string& text, const Cluster& cluster) {
  std::string name = text;
  for (const auto& zone : cluster.zones) {
    const std::string ending = "_" + zone.name.text;
    if (name.ends_with(ending)) {
      name.resize(name.size() - ending.size());
      break;
    }
  }
  constexpr std::string_view kAllowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.";
  for (char& letter : name) {
    if (kAllowed.find(letter) == std::string_view::npos) letter = '-';
  }
  while (name.ends_with('-') || name.ends_with('.')) name.pop_back();
  while (!name.empty() && !(name[0] >= 'A' && name[0] <= 'Z') &&
         !(name[0] >= 'a' && name[0] <= 'z'))
    name.erase(0, 1);
  return inventory::vm_name(name);
}

inventory::HostName host_from(const inventory::VmName& name) {
  return {text::lower(name.text)};
}

}  // namespace havc::importer
