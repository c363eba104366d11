// Decides when the link to a chassis should change to another of its modules: when the present one
// has been silent, or refuses what another may do.
#pragma once

#include <optional>

#include "power/link.h"

namespace havc::power {

class Watch {
 public:
  Watch(Link& link, Instant now) : link_(&link), heard_(now) {}

  /// The present module has answered.
  void heard(Instant now) { heard_ = now; }
  /// `waiting_since`: the oldest question to it that is not answered. `refusal`: what it refuses.
  /// True when the link has changed; throws the refusal when no module will do what it refuses.
  bool step(Instant now, std::optional<Instant> waiting_since, const std::optional<Error>& refusal);
  /// When step() has something to do again, if no answer comes before.
  Instant wake(std::optional<Instant> waiting_since) const;

 private:
  Instant silent_from(std::optional<Instant> waiting_since) const;

  Link* link_;
  Instant heard_;
  std::optional<Instant> searching_since_;
  Instant next_seek_{};
};

}  // namespace havc::power
