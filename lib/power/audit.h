// What is known afterwards of one action that changed power: a line of JSON in syslog, for programs
// and for whoever has to explain an outage. Not a log of progress: that goes line by line. Its form
// is described in DESIGN.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"
#include "power/plan.h"

namespace havc::power {

class Audit {
 public:
  /// `action` (off, on, reset) of `plug`, as it was asked for. Time counts from now; the first
  /// phase is "connect".
  Audit(std::string action, std::string plug, Deadline deadline);

  /// What follows belongs to this phase: "lookup", "off", "on".
  void phase(std::string_view name);

  /// The module of chassis `link` that is talked to from now on.
  void module(std::size_t link, const std::string& name);

  /// Bays, as they were found; a second call (the on of a reset) keeps what they were before.
  void targets(const Plan& plan);
  /// What a bay of the plan reads now.
  void state(std::size_t target, const std::string& word);
  /// Command `words` was given to it; returns its number, for answered().
  std::size_t command(std::size_t target, const std::string& words);
  void answered(std::size_t target, std::size_t command, const std::string& answer);

  /// What happened to it, a few words.
  void note(const std::string& text);

  /// One line of ASCII, at most log::kLongestRecord bytes: texts are cut first, then the earlier
  /// commands are left out, then bays. Its result is "unfinished" before finish().
  std::string json() const;

  /// The action is over: done, or failed for this reason. Writes the line to syslog. Only the first
  /// call counts.
  void finish(const Error* failure);

 private:
  struct Command {
    std::int64_t at_ms;
    std::string words;
    std::string answer;  // empty: none
    std::int64_t answered_ms = 0;
  };
  struct Entry {
    std::size_t link = 0;
    int number = 0;
    std::string name, uuid, before, after;
    std::vector<Command> commands{};
  };
  struct Phase {
    std::string name;
    std::int64_t from_ms;
  };

  std::int64_t now_ms() const;
  struct Limits {
    std::size_t text, commands, bays;
  };
  std::string text(const Limits& limits) const;

  std::string action_;
  std::string plug_;
  Deadline deadline_;
  Instant start_;
  std::vector<Phase> phases_;
  std::vector<std::vector<std::string>> modules_;  // of each link, in the order of their use
  std::vector<Entry> bays_;
  std::vector<std::string> notes_;
  std::string result_ = "unfinished";
  std::string reason_;
  std::int64_t end_ms_ = -1;
};

}  // namespace havc::power
