// What a program was started with, captured once in main(). Nothing else reads the process' environment
// or its identity, so that every front can be tested with a value.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace havc {

class Environment {
 public:
  using Values = std::map<std::string, std::string, std::less<>>;

  Environment() = default;
  explicit Environment(Values values) : values_(std::move(values)) {}

  static Environment of_process();

  /// The value, or an empty text when there is none.
  const std::string& get(std::string_view name) const;
  bool has(std::string_view name) const { return values_.find(name) != values_.end(); }
  void set(std::string name, std::string value) { values_[std::move(name)] = std::move(value); }
  const Values& values() const { return values_; }

 private:
  Values values_;
};

/// Makes the process itself independent of what its caller left behind: LC_ALL=C (libvirt's messages are
/// translated otherwise), PATH completed with the system folders, SIGPIPE ignored, standard
/// descriptors open. Call it first in main(), before any thread exists.
void settle_process();

/// uname -n.
std::string host_name();

/// Sets a variable of this process for the C libraries that read it. Only before threads exist.
void export_variable(const std::string& name, const std::string& value);

}  // namespace havc
