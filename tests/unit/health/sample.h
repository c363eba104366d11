// A cluster with nothing to find: the golden tests' inventory with the templates, as CIB, status,
// definitions and reports of three nodes. Tests spoil one thing each.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "health/lint.h"

namespace havc::test {

struct Sample {
  std::string cib;
  std::map<std::string, std::string> definitions;  ///< by resource
  std::map<std::string, node::Report> reports;
  cluster::Status status;
  inventory::Inventory inventory;

  Sample();

  /// In the CIB, the first place; the test fails when there is none.
  void replace(const std::string& from, const std::string& to);
  /// Likewise in the definition of WEB-01_intranet.
  void redefine(const std::string& from, const std::string& to);

  std::vector<health::Finding> lint() const;
};

/// "code:object" of each.
std::vector<std::string> words_of(const std::vector<health::Finding>& findings);

}  // namespace havc::test
