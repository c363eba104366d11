#include "cluster/status.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "cluster/reading.h"

namespace havc::cluster {

namespace {

/// Before 2.1 crm_mon wrote "ocf::havc:LibvirtQemu".
std::string agent_name(std::string text) {
  const auto doubled = text.find("::");
  if (doubled != std::string::npos) text.erase(doubled, 1);
  return text;
}

/// A clone's instance is "ping:0" when they differ.
std::string without_instance(const std::string& id) {
  const auto colon = id.rfind(':');
  const bool numbered = colon != std::string::npos && text::number(id.substr(colon + 1));
  return numbered ? id.substr(0, colon) : id;
}

/// Pacemaker 2.1 escapes reasons before it writes them as XML, which escapes them again.
std::string escaped_once(std::string text) {
  constexpr std::pair<std::string_view, char> kEntities[] = {
      {"&apos;", '\''}, {"&quot;", '"'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}};
  for (std::size_t at = text.find('&'); at != std::string::npos; at = text.find('&', at + 1)) {
    for (const auto& [entity, character] : kEntities) {
      if (text.compare(at, entity.size(), entity) != 0) continue;
      text.replace(at, entity.size(), 1, character);
      break;
    }
  }
  return text;
}

Pending pending_of(std::string_view word) {
  if (word.empty()) return Pending::none;
  if (word == "Starting") return Pending::start;
  if (word == "Stopping") return Pending::stop;
  if (word == "Migrating") return Pending::migrate;
  return Pending::other;
}

/// crm_mon 2.1 puts what is begun in the place of the role; others have an attribute for it.
Pending pending_of(const Resource& resource, const std::string& attribute) {
  const Pending by_role = pending_of(resource.role);
  return by_role == Pending::other || by_role == Pending::none ? pending_of(attribute) : by_role;
}

NodeType type_of(const Reader& reader) {
  const std::string type = reader.text("type");
  const bool is_resource =
      !reader.text_or("id_as_resource", reader.text_or("container_id", "")).empty();
  if (type == "member") return NodeType::member;
  if (type == "remote") return is_resource ? NodeType::guest : NodeType::remote;
  return NodeType::other;
}

class StatusReader {
 public:
  explicit StatusReader(const std::string& source) : source_(source) {}

  Status read(const xml::Element& root) {
    refuse_failure(root);
    summary(reader(root).child("summary"));
    if (const auto daemon = root.child("pacemakerd"))
      status_.now = moment(reader(*daemon).text_or("last_updated", ""));
    for (const auto& each : reader(root).child("nodes").children("node")) node(each);
    if (const auto all = root.child("resources")) resources(*all, {});
    if (const auto all = root.child("node_history")) fail_counts(*all);
    if (const auto all = root.child("failures")) {
      for (const auto& each : all->children("failure")) failure(each);
    }
    if (const auto all = root.child("fence_history")) {
      for (const auto& each : all->children("fence_event")) fencing(each);
    }
    return std::move(status_);
  }

 private:
  const std::string& source_;
  Status status_;

  Reader reader(const xml::Element& element) const { return {element, source_}; }

  void refuse_failure(const xml::Element& root) const {
    const xml::Element status = reader(root).child("status");
    if (reader(status).text("code") == "0") {
      // So it is of a file that cannot be used (2.1.5): only words tell.
      const auto errors = status.child("errors");
      if (!errors || root.child("summary")) return;
      throw unreadable(source_, "says: " + reader(*errors).child("error").text());
    }
    throw Error(Fault::unreachable,
                text::quote(source_) +
                    " knows of no cluster: " + reader(status).text_or("message", "no reason"),
                "start pacemaker on this node, or ask another one");
  }

  /// In local time, whatever that is.
  std::optional<std::int64_t> time_in(const xml::Element& summary, std::string_view name) const {
    const auto element = summary.child(name);
    return element ? moment(reader(*element).text_or("time", "")) : std::nullopt;
  }

  void summary(const xml::Element& element) {
    const xml::Element dc = reader(element).child("current_dc");
    if (reader(dc).flag("present")) {
      status_.dc = reader(dc).text("name");
      status_.quorate = reader(dc).flag("with_quorum");
    }
    const auto updated = time_in(element, "last_update");
    const auto changed = time_in(element, "last_change");
    if (updated && changed) status_.changed_ago = *updated - *changed;
    const xml::Element options = reader(element).child("cluster_options");
    status_.maintenance_mode = reader(options).flag("maintenance-mode");
    status_.stonith_enabled = reader(options).flag("stonith-enabled");
    status_.symmetric = reader(options).flag("symmetric-cluster");
    status_.stop_all_resources = reader(options).flag_or("stop-all-resources", false);
    status_.no_quorum_policy = reader(options).text_or("no-quorum-policy", "stop");
  }

  void node(const xml::Element& element) {
    const Reader in = reader(element);
    Node node{.name = in.text("name"), .type = type_of(in)};
    node.online = in.flag("online");
    node.standby = in.flag("standby");
    node.standby_on_failure = in.flag_or("standby_onfail", false);
    node.maintenance = in.flag("maintenance");
    node.pending = in.flag("pending");
    node.unclean = in.flag("unclean");
    node.shutdown = in.flag("shutdown");
    status_.nodes.push_back(std::move(node));
  }

  /// As deep as XML may be: 256 (libxml2).
  void resources(const xml::Element& parent, const std::vector<std::string>& parents) {
    for (const auto& each : parent.children()) {
      if (each.name() == "resource") {
        resource(each, parents);
      } else if (each.name() == "replica") {
        resources(each, parents);  // of a bundle; its id is a number
      } else if (each.name() == "group" || each.name() == "clone" || each.name() == "bundle") {
        auto inner = parents;
        inner.push_back(reader(each).text("id"));
        resources(each, inner);
      }
    }
  }

  void resource(const xml::Element& element, const std::vector<std::string>& parents) {
    const Reader in = reader(element);
    Resource resource{.id = without_instance(in.text("id")),
                      .agent = agent_name(in.text("resource_agent")),
                      .role = in.text("role"),
                      .target_role = in.text_or("target_role", ""),
                      .parents = parents};
    resource.active = in.flag("active");
    resource.orphaned = in.flag("orphaned");
    resource.blocked = in.flag_or("blocked", false);
    resource.managed = in.flag("managed");
    resource.maintenance = in.flag_or("maintenance", false);
    resource.failed = in.flag("failed");
    resource.pending = pending_of(resource, in.text_or("pending", ""));
    for (const auto& each : element.children("node"))
      resource.nodes.push_back(reader(each).text("name"));
    status_.resources.push_back(std::move(resource));
  }

  void fail_counts(const xml::Element& history) {
    for (const auto& node : history.children("node")) {
      for (const auto& each : node.children("resource_history")) {
        const std::string count = reader(each).text_or("fail-count", "0");
        const auto read = score(count);
        if (!read) throw unreadable(source_, "says fail-count=" + text::quote(count));
        if (*read == 0) continue;
        status_.fail_counts.push_back(
            {without_instance(reader(each).text("id")), reader(node).text("name"), *read});
      }
    }
  }

  void failure(const xml::Element& element) {
    const Reader in = reader(element);
    std::string key = in.text_or("op_key", "");
    if (key.empty()) key = in.text("id");
    // RESOURCE_TASK_INTERVAL: resources have underscores, too, and so have some tasks.
    const std::string task = in.text_or("task", "");
    const std::string end = "_" + task + "_" + in.text_or("interval", "0");
    if (!task.empty() && key.ends_with(end)) key.resize(key.size() - end.size());
    std::string reason = in.text_or("exitreason", "");
    if (reason.empty()) reason = in.text_or("exitstatus", "");
    const auto code = text::number(in.text_or("exitcode", "1"), 255);
    status_.failures.push_back({.resource = without_instance(key),
                                .node = in.text("node"),
                                .task = task,
                                .reason = escaped_once(reason),
                                .when = in.text_or("last-rc-change", ""),
                                .exit_code = static_cast<int>(code.value_or(1))});
  }

  void fencing(const xml::Element& element) {
    const Reader in = reader(element);
    Fencing event{.target = in.text("target"), .action = in.text("action")};
    const std::string progress = in.text("status");
    event.progress = progress == "success"  ? Fencing::Progress::success
                     : progress == "failed" ? Fencing::Progress::failed
                                            : Fencing::Progress::pending;
    event.reason = escaped_once(in.text_or("exit-reason", ""));
    event.when = in.text_or("completed", "");
    status_.fencing.push_back(std::move(event));
  }
};

}  // namespace

bool Status::works() const {
  return std::any_of(resources.begin(), resources.end(),
                     [](const Resource& each) {
                       return each.pending != Pending::none && each.pending != Pending::other;
                     }) ||
         std::any_of(fencing.begin(), fencing.end(), [](const Fencing& each) {
           return each.progress == Fencing::Progress::pending;
         });
}

const Node* Status::node(std::string_view name) const {
  const auto found = std::find_if(nodes.begin(), nodes.end(),
                                  [name](const Node& each) { return each.name == name; });
  return found == nodes.end() ? nullptr : &*found;
}

const Resource* Status::resource(std::string_view id) const {
  const auto found = std::find_if(resources.begin(), resources.end(),
                                  [id](const Resource& each) { return each.id == id; });
  return found == resources.end() ? nullptr : &*found;
}

Status parse_status(std::string_view text, const std::string& source) {
  const auto document = read_document(text, source);
  return StatusReader(source).read(document.root());
}

}  // namespace havc::cluster
