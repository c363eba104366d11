#include "domain/state.h"

#include <array>
#include <string_view>

namespace havc::domain {

bool active(State state) {
  return state != State::shutoff;
}

static std::string_view words(Reason reason) {
  switch (reason) {
    case Reason::other:
    case Reason::switch_over_failed:
      return {};
    case Reason::io_error:
      return "I/O error";
    case Reason::migrating:
      return "migration";
    case Reason::postcopy_failed:
      return "post-copy migration failed";
    case Reason::guest_crashed:
      return "crashed";
    case Reason::panicked:
      return "the guest panicked";
    case Reason::watchdog:
      return "watchdog";
    case Reason::user:
      return "by a user";
    case Reason::saving:
      return "for a save, dump or snapshot";
    case Reason::shutting_down:
      return "shutting down";
    case Reason::failed:
      return "QEMU failed";
  }
  return {};
}

std::string describe(const Inspection& inspection) {
  static constexpr std::array<std::string_view, kStateCount> kStates{
      "in no state",   "running",  "blocked", "paused",
      "shutting down", "shut off", "crashed", "suspended"};
  std::string text(kStates.at(static_cast<std::size_t>(inspection.state)));
  std::string reason(words(inspection.reason));
  if (inspection.reason == Reason::io_error && !inspection.disk_errors.empty())
    reason = describe(inspection.disk_errors);
  if (!reason.empty() && reason != text) text += " (" + reason + ")";
  return text;
}

std::string describe(const std::vector<DiskError>& errors) {
  std::string full;
  std::string broken;
  for (const DiskError& error : errors) {
    std::string& list = error.no_space ? full : broken;
    list += (list.empty() ? "" : ", ") + error.target;
  }
  if (!full.empty()) full = "no space left for " + full;
  if (!broken.empty()) broken = "I/O error on " + broken;
  return broken + (full.empty() || broken.empty() ? "" : "; ") + full;
}

}  // namespace havc::domain
