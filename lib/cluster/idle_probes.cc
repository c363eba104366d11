#include "cluster/idle_probes.h"

#include <array>
#include <functional>
#include <set>

#include "base/error.h"
#include "xml/split.h"
#include "xml/tree.h"

namespace havc::cluster {

namespace {

constexpr std::string_view kStatus = "status";

/// Of a probe that found nothing; what it was expected to find stands third in the key.
constexpr std::string_view kNotRunning = "7";  // OCF_NOT_RUNNING
constexpr std::array kUnread{"crm-debug-origin", "crm_feature_set",  "exit-reason",
                             "on_node",          "exec-time",        "queue-time",
                             "op-digest",        "op-force-restart", "op-restart-digest",
                             "op-secure-params", "op-secure-digest"};

/// "9697:1:7:96eabd38-…": action, transition, expected result, controller.
bool expected_nothing(std::string_view key) {
  const auto second = key.find(':', key.find(':') + 1);
  return second != std::string_view::npos && key.substr(second + 1).starts_with("7:");
}

bool is_idle_probe(const xml::Element& operation) {
  const auto is = [&](std::string_view name, std::string_view value) {
    return operation.attribute(name) == value;
  };
  return is("operation", "monitor") && is("interval", "0") && is("rc-code", kNotRunning) &&
         is("op-status", "0") &&
         expected_nothing(operation.attribute("transition-key").value_or(""));
}

void add_primitives(const xml::Element& parent, std::set<std::string>& ids) {
  for (const auto& each : parent.children("primitive")) {
    if (auto id = each.attribute("id")) ids.insert(*std::move(id));
  }
}

/// Instances of clones share their names, and what is not configured is shown as an orphan.
std::set<std::string> single_primitives(const xml::Element& cib) {
  std::set<std::string> ids;
  const auto configuration = cib.child("configuration");
  const auto resources = configuration ? configuration->child("resources") : std::nullopt;
  if (!resources) return ids;
  add_primitives(*resources, ids);
  for (const auto& each : resources->children("group")) add_primitives(each, ids);
  return ids;
}

/// Done with the record of each resource (lrm_resource) that has an idle probe alone.
using Shorten = std::function<void(xml::Node&)>;

void shorten_in(const xml::Node& state, const std::set<std::string>& ids, const Shorten& shorten) {
  const auto lrm = state.child("lrm");
  const auto resources = lrm ? lrm->child("lrm_resources") : std::nullopt;
  if (!resources) return;
  for (auto& each : resources->children("lrm_resource")) {
    const auto operations = each.children("lrm_rsc_op");
    const bool idle = operations.size() == 1 && is_idle_probe(operations.front());
    if (idle && ids.count(each.attribute("id").value_or("")) != 0) shorten(each);
  }
}

std::string shortened(std::string_view cib, const Shorten& shorten) {
  try {
    const auto split = xml::parse_split(cib, kStatus, "the CIB", 1);
    if (split.part.empty()) return std::string(cib);
    const auto ids = single_primitives(split.document.root());
    const auto begin = static_cast<std::size_t>(split.part.data() - cib.data());
    std::string text(cib.substr(0, begin));
    text += "<status>";
    const xml::Tree scratch = xml::Tree::parse("<status/>", "a status");
    xml::each_child(split.part, {}, "the CIB", [&](const xml::Element& state) {
      xml::Node copy = scratch.root().add(state);
      shorten_in(copy, ids, shorten);
      text += copy.markup();
      copy.remove();
    });
    text += "</status>";
    text += cib.substr(begin + split.part.size());
    return text;
  } catch (const Error&) {
    return std::string(cib);
  }
}

}  // namespace

std::string without_idle_probes(std::string_view cib) {
  return shortened(cib, [](xml::Node& resource) { resource.remove(); });
}

std::string with_short_idle_probes(std::string_view cib) {
  return shortened(cib, [](xml::Node& resource) {
    for (auto& operation : resource.children("lrm_rsc_op")) {
      for (const auto* name : kUnread) operation.unset(name);
    }
  });
}

}  // namespace havc::cluster
