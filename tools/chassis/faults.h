// What the proxy does to packets on their way: rules that are told in words, and the packets that
// are held back. Pure: it has neither sockets nor a clock, and with the same seed the same packets
// suffer the same.
#pragma once

#include "base/clock.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace havc::chassis {

enum class Direction { request, answer };

struct Packet {
  Direction direction = Direction::request;
  int client = 0;  ///< the caller's number for whose it is
  std::string data;
  bool other_port = false;  ///< to be sent from a port that was not asked
};

class Faults {
 public:
  explicit Faults(std::uint64_t seed) : seed_(seed) {}

  /// Adds a rule, as "drop dir=requests chance=30 count=2"; README.md has them all. Throws
  /// Error(misconfigured, unsupported).
  void add(std::string_view rule, Instant now);
  /// Whether `word` begins a rule.
  static bool is_rule(std::string_view word);
  static std::string rule_words();
  /// Forgets all rules. What is held back still comes when it is due.
  void clear() { rules_.clear(); }

  void enter(Packet packet, Instant now);
  /// What leaves now, in this order.
  std::vector<Packet> take_due(Instant now);
  std::optional<Instant> next_event() const;

  /// One line a rule, with how often it struck; one of what came and left in each direction.
  std::string dump() const;

 private:
  enum class Kind { drop, delay, duplicate, reorder, truncate, corrupt, misport, blackout };
  struct Rule {
    Kind kind = Kind::drop;
    std::string text;
    bool requests = true;
    bool answers = true;
    int chance = 100;          // per cent
    std::optional<int> count;  // so many more times
    int skip = 0;              // so many packets to be left alone first
    std::optional<Instant> end;
    std::chrono::milliseconds wait{0};
    int bytes = -1;  // truncate: what remains
    int copies = 1;  // duplicate
    std::mt19937_64 dice;
    std::uint64_t hits = 0;
  };
  struct Waiting {
    Instant due;
    std::uint64_t order;
    bool overtaken;  // leaves at once when another of its direction has passed
    Packet packet;
  };
  struct Fate {
    bool lost = false;
    bool overtaken = false;
    int copies = 1;
    std::chrono::milliseconds wait{0};
    std::chrono::milliseconds between{0};
  };

  static void set(Rule& rule, std::string_view key, std::string_view value, Instant now);
  static bool strikes(Rule& rule, Direction direction, Instant now);
  static void strike(Rule& rule, Packet& packet, Fate& fate);
  void release_overtaken(Direction direction, Instant now);

  std::uint64_t seed_;
  std::uint64_t made_ = 0;   // rules
  std::uint64_t order_ = 0;  // packets
  std::vector<Rule> rules_;
  std::vector<Waiting> waiting_;
  std::uint64_t came_[2] = {0, 0};
  std::uint64_t left_[2] = {0, 0};
};

}  // namespace havc::chassis
