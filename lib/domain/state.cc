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
      return {};
    case Reason::io_error:
      return "I/O error";
    case Reason::migrating:
      return "migration";
    case Reason::postcopy_failed:
      return "post-copy migration failed";
    case Reason::guest_crashed:
      return "crashed";
    case Reason::watchdog:
      return "watchdog";
    case Reason::user:
      return "by a user";
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
  const std::string_view reason = words(inspection.reason);
  if (!reason.empty() && reason != text) text += " (" + std::string(reason) + ")";
  return text;
}

}  // namespace havc::domain
