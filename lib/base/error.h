// The one exception of this project. It says what went wrong and what the administrator can do;
// each front has one table from Fault to its exit code. Expected outcomes are not errors: they are
// enums and optionals.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace havc {

/// The kind of trouble, as far as a caller may act on it. Fronts have one table row each, in this order.
enum class Fault {
  misconfigured,  ///< wrong on every node: a parameter that cannot be right anywhere
  unusable_here,  ///< wrong on this node: a file, bridge or CPU that is missing here
  not_installed,  ///< a program, library or driver that this node lacks
  permission,     ///< refused by the operating system, libvirt or the device
  unsupported,    ///< asked for something that is not offered
  unreachable,    ///< the other side does not answer at all
  timed_out,      ///< the deadline came first; nothing is known of the outcome
  failed,         ///< tried and failed, or refused for another reason
};
inline constexpr int kFaultCount = 8;

class Error : public std::runtime_error {
 public:
  /// `problem` names the object in quotes and ends with the library's own words, if there are any.
  /// `remedy` is an instruction ("start libvirtd on this node"); it may be empty when none is known.
  Error(Fault fault, std::string problem, std::string remedy = {});

  Fault fault() const { return fault_; }
  const std::string& problem() const { return problem_; }
  const std::string& remedy() const { return remedy_; }

 private:
  Fault fault_;
  std::string problem_;
  std::string remedy_;
};

/// errno in words, without touching global state.
std::string system_words(int error_number);

/// The Fault that an errno stands for: EACCES and EPERM are permission, ENOENT is unusable_here, …
Fault fault_of(int error_number);

}  // namespace havc
