#include "libvirt_qemu/utilization.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/process.h"
#include "base/stamp.h"
#include "base/text.h"
#include "domain/note.h"
#include "xml/document.h"
#include "xml/writer.h"

#include <algorithm>
#include <array>
#include <map>

namespace havc::libvirt_qemu {

namespace {

using namespace std::chrono_literals;

constexpr auto kMost = 10s;        // for the CIB's tools; they take 20 ms where the cluster is well
constexpr auto kTryAgain = 10min;  // a monitor, after a failure

struct Row {
  std::string_view name;
  bool Options::*autoset;
  bool Options::*unset;
  bool memory;
};
constexpr std::array<Row, 3> kRows{{
    {"cpu", &Options::autoset_utilization_cpu, &Options::unset_utilization_cpu, false},
    {"host_memory", &Options::autoset_utilization_host_memory, &Options::unset_utilization_host_memory, true},
    {"hv_memory", &Options::autoset_utilization_hv_memory, &Options::unset_utilization_hv_memory, true},
}};

std::uint64_t value_of(const Row& row, const domain::Size& size) {
  constexpr std::uint64_t kKibPerMib = 1024;
  return row.memory ? size.memory_kib / kKibPerMib : static_cast<std::uint64_t>(size.vcpus);
}

std::string in_words(const UtilizationAttributes& wanted) {
  std::string words;
  for (const auto& attribute : wanted) words += fmt::format("{}={} ", attribute.name, attribute.value.value_or("-"));
  return std::string(text::trim(words));
}

std::string run_cibadmin(std::vector<std::string> arguments, const std::string& input, Deadline deadline) {
  arguments.insert(arguments.begin(), "cibadmin");
  auto result = run_process(arguments, input, deadline);
  if (result.exit_code == 0) return std::move(result.output);
  throw Error(Fault::failed, fmt::format("cibadmin {} exits with {}: {}", arguments[1], result.exit_code, result.words()));
}

void apply(const std::string& instance, const UtilizationAttributes& wanted, Deadline deadline) {
  const std::string id = primitive_of(instance);
  // It goes into a path expression.
  if (id.find_first_of("'\"") != std::string::npos) throw Error(Fault::misconfigured, "no such resource is in the cluster's configuration");
  const std::string path = fmt::format("/cib/configuration/resources//primitive[@id='{}']", id);
  const auto change = utilization_change(run_cibadmin({"--query", "--xpath", path}, "", deadline), wanted);
  if (!change.update.empty()) run_cibadmin({"--modify", "--xpath", path, "--xml-pipe"}, change.update, deadline);
  if (!change.removals.empty()) {
    std::vector<std::string> names;
    for (const auto name : change.removals) names.push_back(fmt::format("@name='{}'", name));
    const std::string pairs = fmt::format("{}/utilization/nvpair[{}]", path, text::join(names, " or "));
    run_cibadmin({"--delete-all", "--force", "--xpath", pairs}, "", deadline);  // --force: several at once
  }
  if (!change.update.empty() || !change.removals.empty()) log::info("utilization: " + in_words(wanted));
}

struct Pair {
  std::string set, id, name, value;
};
using Updates = std::map<std::string, std::vector<Pair>>;  // by set

/// References to the sets and pairs of others have no id, and are left alone.
std::vector<Pair> pairs_of(const xml::Element& primitive) {
  std::vector<Pair> pairs;
  for (const auto& set : primitive.children("utilization")) {
    const auto set_id = set.attribute("id");
    for (const auto& pair : set.children("nvpair")) {
      const auto id = pair.attribute("id");
      if (set_id && id) pairs.push_back({*set_id, *id, pair.attribute("name").value_or(""), pair.attribute("value").value_or("")});
    }
  }
  return pairs;
}

std::optional<std::string> first_set(const xml::Element& primitive) {
  for (const auto& set : primitive.children("utilization")) {
    if (auto id = set.attribute("id")) return id;
  }
  return {};
}

std::string update_text(const std::string& id, const Updates& updates) {
  xml::Writer writer;
  {
    const auto resource = writer.element("primitive", {{"id", id}});
    for (const auto& [set_id, pairs] : updates) {
      const auto set = writer.element("utilization", {{"id", set_id}});
      for (const auto& pair : pairs) writer.empty("nvpair", {{"id", pair.id}, {"name", pair.name}, {"value", pair.value}});
    }
  }
  return writer.text();
}

}  // namespace

bool concerns_utilization(const Options& options) {
  return std::any_of(kRows.begin(), kRows.end(), [&](const Row& row) { return options.*row.autoset || options.*row.unset; });
}

UtilizationAttributes wanted_utilization(const Options& options, const domain::Size& size) {
  UtilizationAttributes wanted;
  for (const auto& row : kRows) {
    const auto value = value_of(row, size);
    if (options.*row.autoset) {
      if (value > 0) wanted.push_back({row.name, std::to_string(value)});
    } else if (options.*row.unset) {
      wanted.push_back({row.name, std::nullopt});
    }
  }
  return wanted;
}

std::string primitive_of(const std::string& instance) {
  const auto colon = instance.rfind(':');
  const bool clone = colon != std::string::npos && text::number(std::string_view(instance).substr(colon + 1));
  return clone ? instance.substr(0, colon) : instance;
}

UtilizationChange utilization_change(const std::string& primitive, const UtilizationAttributes& wanted) {
  const auto document = xml::Document::parse(primitive, "the resource in the CIB");
  const auto root = document.root();
  const std::string id = root.attribute("id").value_or("");
  if (root.name() != "primitive" || id.empty()) throw Error(Fault::unusable_here, "cibadmin shows no resource");
  const auto pairs = pairs_of(root);
  const std::string own_set = first_set(root).value_or(id + "-utilization");  // as crm_resource calls it
  Updates updates;
  UtilizationChange change;
  for (const auto& attribute : wanted) {
    bool found = false;
    for (const auto& pair : pairs) {
      if (pair.name != attribute.name) continue;
      found = true;
      if (attribute.value && pair.value != *attribute.value) updates[pair.set].push_back({pair.set, pair.id, pair.name, *attribute.value});
    }
    if (found && !attribute.value) change.removals.push_back(attribute.name);
    if (!found && attribute.value) {
      const std::string name(attribute.name);
      updates[own_set].push_back({own_set, fmt::format("{}-{}", own_set, name), name, *attribute.value});
    }
  }
  if (!updates.empty()) change.update = update_text(id, updates);
  return change;
}

void update_utilization(const Options& options, const std::string& instance, const domain::Size& size, const std::string& notes,
                        UtilizationCheck check, Deadline deadline) noexcept {
  if (!concerns_utilization(options)) return;
  try {
    const auto wanted = wanted_utilization(options, size);
    if (wanted.empty()) return log::debug("the size of the domain is not known");
    const std::string words = in_words(wanted);
    const std::string last = domain::instance_file(notes, instance, "utilization");
    const std::string failed = domain::instance_file(notes, instance, "utilization-failed");
    if (check == UtilizationCheck::when_changed) {
      constexpr std::size_t kLargest = 4096;
      if (text::trim(recall_file(last, kLargest)) == words || recent_stamp(failed, deadline.now(), kTryAgain) == words) return;
    }
    constexpr mode_t kMode = 0600;
    try {
      apply(instance, wanted, deadline.part(kMost, 4));
      write_file(last, words + "\n", kMode);
    } catch (const Error& error) {
      log::warn(fmt::format("utilization of '{}' is not set: {}", instance, error.what()));
      remove_file(last);
      write_stamp(failed, deadline.now(), words);
    }
  } catch (const std::exception& error) {
    log::warn(fmt::format("utilization of '{}': {}", instance, error.what()));
  }
}

}  // namespace havc::libvirt_qemu
