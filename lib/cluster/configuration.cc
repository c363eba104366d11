#include "cluster/configuration.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "cluster/attribute_sets.h"
#include "cluster/history.h"
#include "cluster/locations.h"
#include "cluster/reading.h"
#include "xml/split.h"

namespace havc::cluster {

namespace {

using std::chrono::milliseconds;

/// PCMK_DEFAULT_ACTION_TIMEOUT_MS of Pacemaker 2.1; its documentation, "Resource Operations".
constexpr milliseconds kDefaultTimeout{20000};

std::string agent_of(const xml::Element& element) {
  std::string agent = element.attribute("class").value_or("");
  if (const auto provider = element.attribute("provider")) agent += ":" + *provider;
  return agent + ":" + element.attribute("type").value_or("");
}

bool is_vm(const xml::Element& element) {
  return element.attribute("class") == "ocf" && element.attribute("type") == "LibvirtQemu";
}

class ConfigurationReader {
 public:
  ConfigurationReader(const xml::Element& root, std::string_view state, const std::string& source)
      : source_(source),
        state_(state),
        root_(root),
        configuration_(checked(root, source)),
        sets_(configuration_) {}

  Configuration read() {
    version();
    options();
    nodes();
    const xml::Element resources = Reader(configuration_, source_).child("resources");
    for (const auto& each : resources.children("template")) {
      if (const auto id = each.attribute("id")) templates_.emplace(*id, each);
    }
    primitives(resources, {});
    fencing_levels();
    result_.locations =
        locations_of(Reader(configuration_, source_).child("constraints"), result_.vms, source_);
    history();
    return std::move(result_);
  }

 private:
  const std::string& source_;
  std::string_view state_;  ///< of <status>, when the tree does not have it
  xml::Element root_;
  xml::Element configuration_;
  AttributeSets sets_;
  std::map<std::string, xml::Element> templates_;
  Configuration result_;

  static xml::Element checked(const xml::Element& root, const std::string& source) {
    if (root.name() != "cib")
      throw unreadable(source, "is no CIB: its root is <" + std::string(root.name()) + ">");
    return Reader(root, source).child("configuration");
  }

  std::uint64_t number(std::string_view name) const {
    const auto value = text::number(Reader(root_, source_).text(name));
    if (!value) throw unreadable(source_, "has no number in '" + std::string(name) + "'");
    return *value;
  }

  void version() {
    result_.version = {number("admin_epoch"), number("epoch"), number("num_updates")};
    result_.feature_set = Reader(root_, source_).text_or("crm_feature_set", "");
    result_.validate_with = Reader(root_, source_).text_or("validate-with", "");
  }

  void options() {
    const xml::Element crm_config = Reader(configuration_, source_).child("crm_config");
    // Pacemaker takes the set of this id before all others.
    for (const bool bootstrap : {true, false}) {
      for (const auto& set : crm_config.children("cluster_property_set")) {
        if ((set.attribute("id") == "cib-bootstrap-options") != bootstrap || set.child("rule"))
          continue;
        for (const auto& each : set.children("nvpair")) {
          const auto name = each.attribute("name");
          const auto value = each.attribute("value");
          if (name && value) result_.options.emplace(*name, *value);
        }
      }
    }
    if (const auto defaults = configuration_.child("rsc_defaults")) {
      sets_.add(*defaults, "meta_attributes", result_.resource_defaults);
    }
    if (const auto defaults = configuration_.child("op_defaults")) {
      sets_.add(*defaults, "meta_attributes", result_.operation_defaults);
    }
  }

  void nodes() {
    for (const auto& each : Reader(configuration_, source_).child("nodes").children("node")) {
      const Reader reader(each, source_);
      ConfiguredNode node{.name = reader.text_or("uname", reader.text("id")),
                          .type = reader.text_or("type", "member")};
      sets_.add(each, "instance_attributes", node.attributes);
      sets_.add(each, "utilization", node.utilization);
      result_.nodes.push_back(std::move(node));
    }
  }

  /// As deep as XML may be: 256 (libxml2).
  void primitives(const xml::Element& parent, const std::vector<std::string>& parents) {
    for (const auto& each : parent.children()) {
      if (each.name() == "primitive") {
        primitive(each, parents);
      } else if (each.name() == "group" || each.name() == "clone" || each.name() == "master" ||
                 each.name() == "bundle") {
        container(each);
        auto inner = parents;
        inner.push_back(Reader(each, source_).text("id"));
        primitives(each, inner);
      }
    }
  }

  void primitive(const xml::Element& element, const std::vector<std::string>& parents) {
    std::vector<xml::Element> layers{element};
    if (const auto name = element.attribute("template")) {
      const auto found = templates_.find(*name);
      if (found == templates_.end())
        throw unreadable(source_, "has no template " + text::quote(*name));
      layers.push_back(found->second);
    }
    Primitive vm{.id = Reader(element, source_).text("id"),
                 .agent = agent_of(layers.back()),
                 .parents = parents};
    for (const auto& layer : layers) {
      vm.has_rules |= sets_.add(layer, "instance_attributes", vm.parameters);
      vm.has_rules |= sets_.add(layer, "meta_attributes", vm.meta);
      vm.has_rules |= sets_.add(layer, "utilization", vm.utilization);
      operations(layer, vm);
    }
    (is_vm(layers.back()) ? result_.vms : result_.others).push_back(std::move(vm));
  }

  void container(const xml::Element& element) {
    Container container{.id = Reader(element, source_).text("id"),
                        .kind = std::string(element.name())};
    sets_.add(element, "meta_attributes", container.meta);
    result_.containers.push_back(std::move(container));
  }

  void fencing_levels() {
    const auto topology = configuration_.child("fencing-topology");
    if (!topology) return;
    for (const auto& each : topology->children("fencing-level")) {
      const Reader level(each, source_);
      result_.fencing_levels.push_back({.target = level.text_or("target", ""),
                                        .index = level.text_or("index", ""),
                                        .devices = text::split(level.text_or("devices", ""), ",")});
    }
  }

  void transient(const xml::Element& state) {
    const auto attributes = state.child("transient_attributes");
    if (!attributes) return;
    std::set<std::string>& names = result_.transient[state.attribute("uname").value_or("")];
    for (const auto& set : attributes->children("instance_attributes")) {
      for (const auto& each : set.children("nvpair"))
        names.insert(each.attribute("name").value_or(""));
    }
  }

  void history() {
    constexpr char kOfNode[] = "node_state";
    HistoryReader reader(result_.vms);
    const auto read = [&](const xml::Element& each) {
      reader.read(each);
      transient(each);
    };
    const auto status = root_.child("status");
    for (const auto& each : status ? status->children(kOfNode) : std::vector<xml::Element>())
      read(each);
    if (!state_.empty()) xml::each_child(state_, kOfNode, source_, read);
    History history = reader.result();
    result_.migrations = std::move(history.migrations);
    result_.stranded = std::move(history.stranded);
    result_.probed = std::move(history.probed);
    result_.deeds = std::move(history.deeds);
  }

  void operations(const xml::Element& layer, Primitive& vm) const {
    for (const auto& list : layer.children("operations")) {
      for (const auto& each : sets_.resolve(list).children("op")) {
        Operation operation{.name = Reader(each, source_).text("name")};
        operation.interval =
            duration(each.attribute("interval").value_or("0")).value_or(milliseconds(0));
        for (const auto* name : {"timeout", "on-fail", "enabled", "record-pending", "role"}) {
          if (const auto value = each.attribute(name)) operation.meta.emplace(name, *value);
        }
        vm.has_rules |= sets_.add(each, "meta_attributes", operation.meta);
        const auto timeout = operation.meta.find("timeout");
        if (timeout != operation.meta.end()) operation.timeout = duration(timeout->second);
        const bool known =
            std::any_of(vm.operations.begin(), vm.operations.end(), [&](const Operation& other) {
              return other.name == operation.name && other.interval == operation.interval;
            });
        if (!known) vm.operations.push_back(std::move(operation));
      }
    }
  }
};

template <class Entry, class Name>
const Entry* find(const std::vector<Entry>& entries, std::string_view wanted, Name name) {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const Entry& each) { return each.*name == wanted; });
  return found == entries.end() ? nullptr : &*found;
}

}  // namespace

bool Version::operator<(const Version& other) const {
  return std::tie(admin_epoch, epoch, num_updates) <
         std::tie(other.admin_epoch, other.epoch, other.num_updates);
}

std::string Version::text() const {
  return std::to_string(admin_epoch) + "." + std::to_string(epoch) + "." +
         std::to_string(num_updates);
}

const Primitive* Configuration::vm(std::string_view id) const {
  return find(vms, id, &Primitive::id);
}

const Migration* Configuration::migration(std::string_view id) const {
  return find(migrations, id, &Migration::resource);
}

const ConfiguredNode* Configuration::node(std::string_view name) const {
  return find(nodes, name, &ConfiguredNode::name);
}

const Container* Configuration::container(std::string_view id) const {
  return find(containers, id, &Container::id);
}

milliseconds Configuration::timeout(const Primitive& vm, std::string_view operation) const {
  const Operation* own = find(vm.operations, operation, &Operation::name);
  if (own != nullptr && own->timeout) return *own->timeout;
  const auto otherwise = operation_defaults.find("timeout");
  if (otherwise == operation_defaults.end()) return kDefaultTimeout;
  return duration(otherwise->second).value_or(kDefaultTimeout);
}

std::optional<milliseconds> duration(std::string_view text) {
  text = text::trim(text);
  const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
  constexpr std::uint64_t kMost = 1000000000;  // 31 years of seconds
  const auto amount = text::number(text.substr(0, end), kMost);
  const std::string unit = text::lower(text::trim(text.substr(end)));
  if (!amount) return {};
  const auto count = static_cast<milliseconds::rep>(*amount);
  if (unit.empty() || unit == "s" || unit == "sec") return milliseconds(count * 1000);
  if (unit == "ms" || unit == "msec") return milliseconds(count);
  if (unit == "us" || unit == "usec") return milliseconds(count / 1000);
  if (unit == "m" || unit == "min") return milliseconds(count * 60000);
  if (unit == "h" || unit == "hr") return milliseconds(count * 3600000);
  return {};
}

Configuration parse_configuration(std::string_view text, const std::string& source) {
  check_size(text, source);
  const auto split = xml::parse_split(text, "status", source);
  return ConfigurationReader(split.document.root(), split.part, source).read();
}

}  // namespace havc::cluster
