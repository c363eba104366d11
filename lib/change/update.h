// An element of a CIB is brought up to what a template says, value by value; what is somebody
// else's stays. For this module alone.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "change/cib.h"
#include "change/merge.h"
#include "xml/tree.h"

namespace havc::change {

class Update {
 public:
  Update(Cib& cib, Account& account) : cib_(cib), account_(account) {}

  /// A resource, a clone or an operation with all that is in it. `full` is the same element of a
  /// template that was given all values.
  void element(xml::Node have, const xml::Node& want, const std::optional<xml::Node>& full);

  /// The sets of pairs of one kind ("meta_attributes") in an element.
  void sets(xml::Node have, const xml::Node& want, const std::optional<xml::Node>& full,
            std::string_view kind);

  /// One pair of a set without rules, which is made when there is none.
  void pair(xml::Node have, std::string_view kind, const std::string& name,
            const std::string& value);

 private:
  Cib& cib_;
  Account& account_;

  void attributes(xml::Node have, const xml::Node& want);
  void put(xml::Node have, const xml::Node& want_set, const xml::Node& want);
  void drop(xml::Node have, const std::set<std::string>& wanted,
            const std::set<std::string>& possible, std::string_view kind);
  void operations(xml::Node have, const xml::Node& want, const std::optional<xml::Node>& full);
};

/// name → value of the pairs in the sets of a kind, without those that hold sometimes only.
std::vector<xml::Node> pairs_in(const xml::Node& element, std::string_view kind);

}  // namespace havc::change
