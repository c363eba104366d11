// The simulator's run-time commands: one line of text in, a reply out. Where lines come from is the
// caller's matter: the control socket, a file, a scenario, or a trigger.
#pragma once

#include "chassis/world.h"

#include <string>
#include <string_view>

namespace havc::chassis {

class Script {
 public:
  explicit Script(World& world) : world_(world) {}

  /// Obeys one line; README.md has the commands. Returns lines, the last of which is `ok` or
  /// `error: why`.
  std::string execute(std::string_view line, Instant now);
  /// The same, for lines that nobody waits for an answer to. Throws Error.
  void obey(std::string_view line, Instant now) { static_cast<void>(reply_to(line, now)); }
  /// Obeys the lines of a file; empty ones and those after # count for nothing. Throws Error, which
  /// names the line.
  void obey_file(std::string_view text, Instant now);

  /// What the world is now is what `reset` goes back to.
  void keep_as_start();

  /// Obeys what is due at `now`, or because of an event. Errors go to `complain`.
  void run_due(Instant now);
  void run_fired(Event event, int bay, Instant now);

  bool quit_requested() const { return quit_; }

 private:
  std::string reply_to(std::string_view line, Instant now);
  void run(const std::vector<std::string>& lines, Instant now);
  void set_bay(std::string_view rest, Instant now);
  void swap_bays(std::string_view rest);
  void set_partition(std::string_view rest);
  void set_module(std::string_view rest);
  void set_trigger(std::string_view verb, std::string_view rest, Instant now);
  void set_traffic(std::string_view verb, std::string_view rest);
  void play(std::string_view rest, Instant now);
  void clear();
  void reset();
  std::string dump(Instant now) const;
  std::string log() const;

  World& world_;
  bool quit_ = false;
};

}  // namespace havc::chassis
