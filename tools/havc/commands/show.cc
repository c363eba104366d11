// havc show: all that is known of VMs, one after the other; or what is rendered of them.

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/text.h"
#include "havc/cell_json.h"
#include "havc/commands.h"
#include "havc/output.h"
#include "havc/status.h"
#include "havc/survey.h"
#include "havc/vm_values.h"
#include "havc/vms.h"
#include "inventory/render.h"
#include "node/files.h"

namespace havc::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr OptionRow kOptions[] = {
    kVmsToChange,
    {"--xml", "", "Print the definition for libvirt, as it would be rendered"},
    {"--resource", "", "Print the pieces of the cluster's configuration, likewise"},
    kNoLibvirt,
};

constexpr Example kExamples[] = {
    {"What a change of a template makes of a VM:", "havc show WEB-01 --xml"},
};

/// What is known of one, as JSON: the text is made of it, too.
Json state_of(const Outlook& outlook) {
  if (!outlook.state) return {{"state", nullptr}, {"reason", outlook.reason}};
  const auto& state = *outlook.state;
  return {{"state", cluster::name_of(state.word)},
          {"nodes", state.nodes},
          {"from", state.from},
          {"to", state.to},
          {"reason", outlook.reason},
          {"failure", state.failure},
          {"fails", state.fail_count},
          {"fail_node", state.fail_node},
          {"doubts", state.doubts}};
}

Json values_of_one(const inventory::Vm& vm, const inventory::Cluster& cluster) {
  Json values = Json::object();
  for (const auto& each : vm_values())
    values[std::string(each.column.key)] = {{"value", json_of<Json>(each.of(vm, cluster))},
                                            {"origin", origin_of(each, vm, cluster)}};
  return values;
}

Json resource_of(const std::string& id, const cluster::Configuration& configuration) {
  const auto* vm = configuration.vm(id);
  if (vm == nullptr) return nullptr;
  Json operations = Json::array();
  for (const auto& each : vm->operations)
    operations.push_back({{"name", each.name},
                          {"interval_ms", each.interval.count()},
                          {"timeout_ms", configuration.timeout(*vm, each.name).count()}});
  Json constraints = Json::array();
  for (const auto& each : configuration.locations) {
    if (std::find(each.resources.begin(), each.resources.end(), id) == each.resources.end())
      continue;
    constraints.push_back({{"id", each.id},
                           {"node", each.node},
                           {"score", each.score ? Json(*each.score) : Json()},
                           {"leftover", each.leftover}});
  }
  return {{"agent", vm->agent},       {"parameters", vm->parameters},
          {"meta", vm->meta},         {"utilization", vm->utilization},
          {"operations", operations}, {"constraints", constraints}};
}

std::string text_of(const Json& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) return value.get<std::string>().empty() ? "-" : value.get<std::string>();
  if (!value.is_array()) return value.dump();
  std::vector<std::string> texts;
  texts.reserve(value.size());
  for (const auto& each : value) texts.push_back(text_of(each));
  return texts.empty() ? "-" : text::join(texts, ", ");
}

/// In one line, and nothing in it moves a terminal's cursor.
void line(Call& call, std::string_view name, const std::string& value, std::string_view more = {}) {
  std::string text = fmt::format("  {:<20}  {}", name, value);
  if (!more.empty()) text = fmt::format("{:<64}  {}", text, more);
  std::replace_if(
      text.begin(), text.end(),
      [](char letter) { return static_cast<unsigned char>(letter) < 0x20; }, '?');
  call.out() << text << '\n';
}

void print_resource(Call& call, const Json& resource) {
  call.out() << "\n  in the cluster\n";
  if (resource.is_null()) return line(call, "resource", "none");
  line(call, "agent", text_of(resource["agent"]));
  for (const auto* part : {"parameters", "meta", "utilization"}) {
    for (const auto& [name, value] : resource[part].items()) line(call, name, text_of(value), part);
  }
  for (const auto& each : resource["operations"])
    line(call, text_of(each["name"]),
         fmt::format("timeout {} s, every {} s", each["timeout_ms"].get<std::int64_t>() / 1000,
                     each["interval_ms"].get<std::int64_t>() / 1000),
         "operation");
  for (const auto& each : resource["constraints"])
    line(call, text_of(each["id"]),
         fmt::format("node {}, score {}{}", text_of(each["node"]), text_of(each["score"]),
                     each["leftover"] == true ? ", left over from a move" : ""),
         "constraint");
}

void print(Call& call, const Json& item) {
  call.out() << text_of(item["fqn"]) << '\n';
  if (item.contains("status")) {
    for (const auto& [name, value] : item["status"].items()) {
      if (const auto text = text_of(value); name == "state" || (text != "-" && text != "0"))
        line(call, name, text);
    }
  }
  call.out() << "\n  in the inventory\n";
  if (item["inventory"].is_null()) line(call, "file", "none");
  for (const auto& [name, value] : item["inventory"].items())
    line(call, name, text_of(value["value"]), text_of(value["origin"]));
  line(call, "definition", text_of(item["definition"]), "on every node");
  if (item.contains("resource")) print_resource(call, item["resource"]);
}

Json item_of(Call& call, const std::string& id, const inventory::Vm* vm) {
  Json item{{"fqn", id}, {"definition", fmt::format("{}/{}.xml", node::kDomainFolder, id)}};
  item["inventory"] = vm == nullptr ? Json() : values_of_one(*vm, call.reading().inventory.cluster);
  return item;
}

void print_all(Call& call, const Json& items) {
  if (call.common().json) {
    const Json all{{"schema", "havc.show/1"}, {"items", items}};
    call.out() << all.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
    return;
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i != 0) call.out() << '\n';
    print(call, items[i]);
  }
}

int print_rendered(Call& call) {
  auto templates = call.templates();
  const auto& cluster = call.inventory().cluster;
  for (const auto* vm : vms_to_change(call)) {
    if (call.flag("--xml")) call.out() << inventory::domain_xml(*vm, cluster, templates);
    if (!call.flag("--resource")) continue;
    const auto pieces = inventory::cib_pieces(*vm, cluster, templates);
    if (pieces.empty()) call.err() << vm->identity.fqn << " is local or disabled: no resource\n";
    for (const auto& piece : pieces) call.out() << piece;
  }
  return kDone;
}

int show_without_cluster(Call& call, const Error& error) {
  call.err() << "havc: " << error.what() << '\n';
  Json items = Json::array();
  for (const auto* vm : inventory::select(call.reading().inventory.vms, call.texts("VM"),
                                          inventory::NoWords::refuse))
    items.push_back(item_of(call, vm->identity.fqn, vm));
  print_all(call, items);
  return kFailed;
}

int show(Call& call) {
  if (call.flag("--xml") || call.flag("--resource")) return print_rendered(call);
  try {
    const Survey known = survey(call);
    Json items = Json::array();
    for (const auto& each : known.vms) {
      Json item = item_of(call, each.id, each.vm);
      item["status"] = state_of(each);
      item["resource"] = resource_of(each.id, known.asked.configuration);
      items.push_back(std::move(item));
    }
    print_all(call, items);
    return call.reading().problems.empty() ? kDone : kFailed;
  } catch (const Error& error) {
    if (error.fault() == Fault::misconfigured) throw;
    return show_without_cluster(call, error);
  }
}

}  // namespace

const Command kShow{
    .name = "show",
    .group = Group::look,
    .summary = "Show all that is known of VMs",
    .description =
        "What they are, with reason, failures and doubts; what the inventory says, each value with "
        "the file and line it comes from, or derived from others, or default; their resources, "
        "constraints and operations in the cluster. Where no cluster answers, what the inventory "
        "says.\n\n"
        "--xml and --resource print what 'havc apply' would bring onto nodes and into the cluster.",
    .options = kOptions,
    .examples = kExamples,
    .exit_status = "1: the cluster or a file of the inventory could not be read.",
    .json =
        "Schema havc.show/1: items, each with fqn; definition, the path on nodes; inventory, "
        "null without file, else by key value and origin; status, with the keys of 'havc "
        "status'; resource, null when the cluster has none, else agent, parameters, meta, "
        "utilization, operations (name, interval_ms, timeout_ms) and constraints (id, node, "
        "score, leftover). status and resource are missing where no cluster answered.",
    .run = show,
};

}  // namespace havc::cli
