// Shell assignments as configuration: NAME=value, NAME="value", with comments. Taken apart without
// a shell: what a shell would work out is refused.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/error.h"
#include "options/value.h"

namespace havc::importer {

struct Assignment {
  std::string value = {};
  int line = 0;
};

class Assignments {
 public:
  /// Throws Error(misconfigured) with file and line for what is no assignment of one word, and for
  /// values with $, ` or a quotation mark that is not closed. The last of a name counts.
  Assignments(std::string_view text, std::string file);

  const std::string& file() const { return file_; }
  const std::map<std::string, Assignment>& all() const { return all_; }
  /// Empty when there is none.
  std::string value(const std::string& name) const;
  /// The value as a T. Throws Error(misconfigured) with file and line for what is none.
  template <class T>
  T as(const std::string& name) const {
    auto value = options::Text<T>::parse(this->value(name));
    if (!value) refuse(name);
    return *value;
  }
  /// "FILE:LINE: problem".
  Error wrong(const std::string& name, const std::string& problem, const std::string& remedy) const;

 private:
  [[noreturn]] void refuse(const std::string& name) const;

  std::string file_;
  std::map<std::string, Assignment> all_;
};

}  // namespace havc::importer
