#include "change/merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/text.h"
#include "change/cib.h"
#include "change/difference.h"
#include "change/removal.h"
#include "change/update.h"
#include "cluster/overview.h"
#include "inventory/names.h"

namespace havc::change {

namespace {

/// The elements of pieces, by the section of the configuration that they are of.
struct Piece {
  std::string section;
  xml::Node element;
};

class Pieces {
 public:
  Pieces(const std::vector<std::string>& texts, const std::string& owner) {
    for (const auto& each : texts) {
      trees_.push_back(xml::Tree::parse(each, "the template for " + owner));
      const auto configuration = trees_.back().root().child("configuration");
      if (!configuration) continue;
      for (const auto& section : configuration->children())
        for (const auto& element : section.children())
          all_.push_back({std::string(section.name()), element});
    }
  }
  std::vector<xml::Node> in(std::string_view section) const {
    std::vector<xml::Node> found;
    for (const auto& each : all_)
      if (each.section == section) found.push_back(each.element);
    return found;
  }
  const std::vector<Piece>& all() const { return all_; }

 private:
  std::vector<xml::Tree> trees_;
  std::vector<Piece> all_;
};

std::optional<xml::Node> with_id(const std::vector<xml::Node>& elements, const std::string& id) {
  const auto found = std::find_if(elements.begin(), elements.end(),
                                  [&](const xml::Node& each) { return id_of(each) == id; });
  return found == elements.end() ? std::nullopt : std::optional(*found);
}

std::set<std::string> ids_of(const std::vector<xml::Node>& elements) {
  std::set<std::string> ids;
  for (const auto& each : elements) ids.insert(id_of(each));
  return ids;
}

bool is_preference(const xml::Node& constraint) {
  return constraint.name() == "rsc_location" && constraint.attribute("node") &&
         cluster::amount_of(attribute_of(constraint, "score")) > 0;
}

/// "n1, n2" of the constraints of these ids, the greatest score first; nothing when there is none.
std::optional<std::string> preferences(const Cib& cib, const std::set<std::string>& ids) {
  std::vector<std::pair<std::int64_t, std::string>> all;
  for (const auto& id : ids) {
    const auto found = cib.by_id(id);
    if (found && is_preference(*found))
      all.emplace_back(-cluster::amount_of(attribute_of(*found, "score")),
                       attribute_of(*found, "node"));
  }
  if (all.empty()) return {};
  std::sort(all.begin(), all.end());
  std::vector<std::string> nodes;
  nodes.reserve(all.size());
  for (const auto& [score, node] : all) nodes.push_back(node);
  return text::join(nodes, ", ");
}

std::string agent_of(const xml::Node& resource) {
  return fmt::format("{}:{}", attribute_of(resource, "class"), attribute_of(resource, "type"));
}

class Merger {
 public:
  Merger(const std::string& text, const std::string& source) : cib_(text, source) {}

  Merge run(const Request& request) {
    cluster(request);
    for (const auto& each : request.vms) guarded([&] { machine(each, result_.vms[each.id]); });
    for (const auto& id : request.stop) guarded([&] { stop(id); });
    for (const auto& id : request.remove)
      guarded([&] { remove_resource(cib_, id, result_.vms[id]); });
    result_.cib = cib_.text();
    result_.configuration = cib_.configuration_alone();
    return std::move(result_);
  }

 private:
  Cib cib_;
  Merge result_ = {};

  void guarded(const std::function<void()>& step) {
    try {
      step();
    } catch (const Error& error) {
      result_.problems.push_back(error);
    }
  }

  void cluster(const Request& request) {
    guarded([&] {
      const Pieces pieces(request.cluster, "the cluster");
      for (const auto& each : pieces.all()) guarded([&] { cluster_piece(each); });
    });
    for (const auto& [node, values] : request.utilization)
      guarded([&, &name = node, &pairs = values] { capacity(name, pairs); });
  }

  void cluster_piece(const Piece& piece) {
    if (piece.section == "resources") return resource(piece.element, {}, result_.cluster);
    if (piece.section == "constraints") return constraint(piece.element, result_.cluster);
    // Options and defaults: by name, in whatever set they are.
    const xml::Tree tree = xml::Tree::parse("<set/>", "a set");
    tree.root().add(piece.element);
    Update(cib_, result_.cluster)
        .sets(cib_.section_or_new(piece.section), tree.root(), {}, piece.element.name());
  }

  void capacity(const std::string& name, const std::map<std::string, std::string>& values) {
    const auto nodes = cib_.section("nodes");
    for (const auto& each : nodes ? nodes->children("node") : std::vector<xml::Node>()) {
      if (each.attribute("uname") != name) continue;
      Account account;
      for (const auto& [key, value] : values)
        Update(cib_, account).pair(each, "utilization", key, value);
      for (const auto& line : account.changed)
        result_.cluster.changed.push_back(fmt::format("node '{}': {}", name, line));
      return;
    }
    result_.notes.push_back(fmt::format("the cluster does not know node '{}' yet", name));
  }

  void machine(const VmPieces& vm, Account& account) {
    const Pieces pieces(vm.pieces, vm.id);
    const Pieces full(vm.full, vm.id);
    for (const auto& each : pieces.in("resources"))
      resource(each, with_id(full.in("resources"), id_of(each)), account);
    locations(vm, pieces.in("constraints"), full.in("constraints"), account);
    tags(vm, account);
  }

  void resource(const xml::Node& want, const std::optional<xml::Node>& full, Account& account) {
    const auto have = cib_.by_id(id_of(want));
    if (!have) {
      cib_.add(cib_.section_or_new("resources"), want);
      account.added = true;
      return added_words(want, account);
    }
    if (have->name() != want.name() || have->attribute("type") != want.attribute("type")) {
      throw Error(Fault::failed,
                  fmt::format("the configuration has '{}' as a {} {}, not as a {} {}", id_of(want),
                              have->name(), agent_of(*have), want.name(), agent_of(want)),
                  "convert it first (agents/CONVERTING.md), or choose another name");
    }
    Update(cib_, account).element(*have, want, full);
  }

  void added_words(const xml::Node& want, Account& account) {
    if (&account == &result_.cluster)
      account.changed.push_back(fmt::format("resource '{}' added", id_of(want)));
    for (const auto& each : pairs_in(want, "utilization"))
      account.changed.push_back(
          pair_words("utilization", attribute_of(each, "name"), {}, attribute_of(each, "value")));
    for (const auto& each : pairs_in(want, "meta_attributes")) {
      if (each.attribute("name") == "target-role" && each.attribute("value") != "Started")
        account.changed.push_back(
            pair_words("meta_attributes", "target-role", {}, each.attribute("value")));
    }
  }

  /// True when it was another.
  bool constraint(const xml::Node& want) {
    const auto have = cib_.by_id(id_of(want));
    if (!have) {
      cib_.add(cib_.section_or_new("constraints"), want);
      return true;
    }
    if (have->says_the_same(want)) return false;
    if (have->name() != want.name())
      throw Error(Fault::failed,
                  fmt::format("the id '{}' of <{}> is taken by a <{}> in the configuration",
                              id_of(want), want.name(), have->name()),
                  "rename or remove that, or change the template");
    cib_.replace(*have, want);
    return true;
  }

  void constraint(const xml::Node& want, Account& account) {
    const bool known = cib_.by_id(id_of(want)).has_value();
    if (constraint(want))
      account.changed.push_back(
          fmt::format("constraint '{}' {}", id_of(want), known ? "changed" : "added"));
  }

  void locations(const VmPieces& vm, const std::vector<xml::Node>& wanted,
                 const std::vector<xml::Node>& full, Account& account) {
    const auto ours = ids_of(wanted);
    auto possible = ids_of(full);
    possible.insert(ours.begin(), ours.end());
    const auto before = preferences(cib_, possible);
    for (const auto& each : wanted) {
      const bool changed = constraint(each);
      if (changed && !account.added && !is_preference(each))
        account.changed.push_back(fmt::format("constraint '{}' changed", id_of(each)));
    }
    for (const auto& id : possible) {
      const auto have = cib_.by_id(id);
      if (ours.count(id) != 0 || !have) continue;
      if (!is_preference(*have))
        account.changed.push_back(fmt::format("constraint '{}' removed", id));
      cib_.remove(*have);
    }
    const auto after = preferences(cib_, possible);
    if (before != after)
      account.changed.push_back("prefers " +
                                (before ? transition(before, after) : after.value_or("none")));
    for (const auto& id : cib_.constraints_about(vm.id))
      if (possible.count(id) == 0) account.kept.push_back(fmt::format("constraint '{}'", id));
  }

  void tags(const VmPieces& vm, Account& account) {
    const auto before = cib_.tags_of(vm.id);  // a copy: it changes
    for (const auto& tag : vm.tags) {
      if (before.count(tag) != 0) continue;
      cib_.tag(tag, vm.id);
      account.changed.push_back(fmt::format("tag {} added", tag));
    }
    for (const auto& tag : before) {
      if (vm.tags.count(tag) != 0) continue;
      // What cannot be a tag in a file was made by somebody else.
      if (!inventory::why_no_tag(tag).empty()) {
        account.kept.push_back(fmt::format("tag {}", tag));
        continue;
      }
      cib_.untag(tag, vm.id);
      account.changed.push_back(fmt::format("tag {} removed", tag));
    }
  }

  void stop(const std::string& id) {
    check_removal(cib_, id);  // it is stopped in order to go
    if (const auto found = cib_.by_id(id))
      Update(cib_, result_.vms[id]).pair(*found, "meta_attributes", "target-role", "Stopped");
  }
};

}  // namespace

Merge merge(const std::string& cib, const std::string& source, const Request& request) {
  return Merger(cib, source).run(request);
}

Merge removal_of(const std::string& cib, const std::set<std::string>& ids) {
  Request request;
  request.remove = ids;
  return merge(cib, "the CIB", request);
}

}  // namespace havc::change
