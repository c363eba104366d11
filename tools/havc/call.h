// One run of a sub-command: what was given, what all sub-commands share (the inventory, time, a
// terminal), and where its words go.
#pragma once

#include <chrono>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"
#include "havc/command.h"
#include "inventory/read.h"
#include "inventory/template.h"
#include "options/value.h"

namespace havc::cli {

/// What every sub-command understands. The rows are in command_line.cc.
struct Common {
  std::string folder = "/etc/havc";  ///< of the inventory
  std::string cib = {};              ///< a file instead of a cluster; empty: the cluster
  std::string node = {};             ///< the node that is asked; empty: any
  bool json = false;
  bool yes = false;
  bool dry_run = false;
  std::chrono::seconds timeout{10};  ///< for looking; changes have their operations' own
};

/// Values by option, in their order; a switch that was given has one, empty.
using Given = std::map<std::string, std::vector<std::string>, std::less<>>;

class Call {
 public:
  Call(const Command& command, Common common, Given given, std::ostream& out, std::ostream& err);
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  const Command& command() const { return command_; }
  const Common& common() const { return common_; }
  /// Results; all else goes to err().
  std::ostream& out() { return out_; }
  std::ostream& err() { return err_; }
  /// Somebody reads err() as it comes: progress makes sense.
  bool on_terminal() const { return on_terminal_; }

  bool flag(std::string_view name) const { return given_.contains(name); }
  /// The option's value, or its fallback.
  std::string text(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;
  /// Throws Error(misconfigured) that names the option and what it takes.
  template <class T>
  std::optional<T> value(std::string_view name) const {
    const std::string given = text(name);
    if (given.empty()) return {};
    auto parsed = options::Text<T>::parse(given);
    if (!parsed) refuse(name, given, options::Text<T>::kExpected);
    return parsed;
  }

  /// By which looking must be done; from the beginning of the run.
  Deadline deadline() const { return deadline_; }

  /// The inventory, read once. `problems` may be there.
  const inventory::Reading& reading();
  /// The same where it is to be used for a change: throws Error(misconfigured) with the first
  /// problem, after all others were printed.
  const inventory::Inventory& inventory();

  /// Where templates are looked for: beside the inventory, then those that are installed.
  /// `folder` is another inventory's.
  inventory::TemplateFolders templates(const std::string& folder = {}) const;

  /// True with --yes, or when somebody at a terminal says yes. Throws Error(misconfigured) when
  /// there is nobody to ask.
  bool confirm(const std::string& question);

 private:
  [[noreturn]] void refuse(std::string_view name, const std::string& given,
                           std::string_view expected) const;

  const Command& command_;
  Common common_;
  Given given_;
  std::ostream& out_;
  std::ostream& err_;
  bool on_terminal_ = false;
  Deadline deadline_;
  std::optional<inventory::Reading> reading_ = {};
};

}  // namespace havc::cli
