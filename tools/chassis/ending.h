// When a program of the chassis is to end: on SIGTERM or SIGINT, and, if asked for, when its
// standard input does. Signals are data to its loop, so none can find it between two states.
#pragma once

#include "base/descriptor.h"

#include <vector>

struct pollfd;

namespace havc::chassis {

/// To be called first in main.
void block_signals();

class Ending {
 public:
  /// Throws Error(failed).
  explicit Ending(bool until_eof);

  /// Appends what has to be polled: kPolled entries.
  void add_to(std::vector<pollfd>& polled) const;
  static constexpr int kPolled = 2;
  /// Whether it is time, after a poll of which these entries begin at `first`. SIGCHLD only wakes.
  bool told(const std::vector<pollfd>& polled, std::size_t first) const;

 private:
  bool until_eof_;
  Descriptor signals_;
};

}  // namespace havc::chassis
