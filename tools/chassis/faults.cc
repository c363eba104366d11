#include "chassis/faults.h"

#include "base/error.h"
#include "base/text.h"
#include "chassis/lines.h"
#include "chassis/packet.h"
#include "chassis/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace havc::chassis {
namespace {

using std::chrono::milliseconds;

constexpr int kMost = 3'600'000;

// Not a distribution of the standard library: those differ between implementations.
int up_to(std::mt19937_64& dice, int most) {
  return static_cast<int>(dice() % (static_cast<std::uint64_t>(most) + 1));
}

}  // namespace

bool Faults::is_rule(std::string_view word) {
  const std::string words = rule_words();
  const auto all = text::split(words, ", ");
  return std::count(all.begin(), all.end(), word) != 0;
}

std::string Faults::rule_words() {
  return "drop, delay, late, duplicate, reorder, truncate, corrupt, misport, blackout";
}

void Faults::add(std::string_view rule, Instant now) {
  constexpr std::array kKinds{
      Word<std::pair<Kind, int>>{"drop", {Kind::drop, 0}},
      Word<std::pair<Kind, int>>{"delay", {Kind::delay, 1000}},
      Word<std::pair<Kind, int>>{"late", {Kind::delay, 5000}},
      Word<std::pair<Kind, int>>{"duplicate", {Kind::duplicate, 0}},
      Word<std::pair<Kind, int>>{"reorder", {Kind::reorder, 1000}},
      Word<std::pair<Kind, int>>{"truncate", {Kind::truncate, 0}},
      Word<std::pair<Kind, int>>{"corrupt", {Kind::corrupt, 0}},
      Word<std::pair<Kind, int>>{"misport", {Kind::misport, 0}},
      Word<std::pair<Kind, int>>{"blackout", {Kind::blackout, 0}},
  };
  auto [word, rest] = first_word(rule);
  const auto [kind, wait] = value_of("a fault", word, kKinds);
  Rule made;
  made.kind = kind;
  made.text = rule;
  made.wait = milliseconds(wait);
  made.requests = kind != Kind::misport;
  made.dice.seed(seed_ + ++made_);
  while (!rest.empty()) {
    const auto [assignment, after] = first_word(rest);
    const auto equals = assignment.find('=');
    if (equals == std::string_view::npos) refuse_value(word, assignment, "KEY=VALUE");
    set(made, assignment.substr(0, equals), assignment.substr(equals + 1), now);
    rest = after;
  }
  rules_.push_back(std::move(made));
}

void Faults::set(Rule& rule, std::string_view key, std::string_view value, Instant now) {
  if (key == "dir") {
    constexpr std::array kDirections{
        Word<std::pair<bool, bool>>{"requests", {true, false}},
        Word<std::pair<bool, bool>>{"answers", {false, true}},
        Word<std::pair<bool, bool>>{"both", {true, true}},
    };
    std::tie(rule.requests, rule.answers) = value_of(key, value, kDirections);
  } else if (key == "chance") {
    rule.chance = number_of(key, value, 100);
  } else if (key == "count") {
    rule.count = number_of(key, value, kMost);
  } else if (key == "skip") {
    rule.skip = number_of(key, value, kMost);
  } else if (key == "for" || (key == "ms" && rule.kind == Kind::blackout)) {
    rule.end = now + milliseconds(number_of(key, value, kMost));
  } else if (key == "ms") {
    rule.wait = milliseconds(number_of(key, value, kMost));
  } else if (key == "bytes" && rule.kind == Kind::truncate) {
    rule.bytes = number_of(key, value, 65535);
  } else if (key == "copies" && rule.kind == Kind::duplicate) {
    rule.copies = number_of(key, value, 100);
  } else {
    refuse_value("a fault's setting", key, "dir, chance, count, skip, for, ms, bytes or copies");
  }
}

bool Faults::strikes(Rule& rule, Direction direction, Instant now) {
  if (!(direction == Direction::request ? rule.requests : rule.answers)) return false;
  if (rule.end && now >= *rule.end) return false;
  if (rule.skip > 0) {
    --rule.skip;
    return false;
  }
  if (rule.count == 0) return false;
  if (rule.chance < 100 && up_to(rule.dice, 99) >= rule.chance) return false;
  if (rule.count) --*rule.count;
  ++rule.hits;
  return true;
}

void Faults::strike(Rule& rule, Packet& packet, Fate& fate) {
  switch (rule.kind) {
    case Kind::drop:
    case Kind::blackout:
      fate.lost = true;
      break;
    case Kind::delay:
      fate.wait += rule.wait;
      break;
    case Kind::duplicate:
      fate.copies += rule.copies;
      fate.between = rule.wait;
      break;
    case Kind::reorder:
      fate.overtaken = true;
      fate.wait += rule.wait;
      break;
    case Kind::truncate: {
      const auto most = static_cast<int>(packet.data.size()) - 1;
      const int rest = rule.bytes >= 0 ? rule.bytes : up_to(rule.dice, std::max(0, most));
      packet.data.resize(std::min(packet.data.size(), static_cast<std::size_t>(rest)));
      break;
    }
    case Kind::corrupt:
      // One of the seven lower bits, so that a positive id stays one.
      if (const auto place = place_of_id(packet.data))
        packet.data[*place] = static_cast<char>(packet.data[*place] ^ (1 << up_to(rule.dice, 6)));
      break;
    case Kind::misport:
      packet.other_port = true;
      break;
  }
}

void Faults::enter(Packet packet, Instant now) {
  const Direction direction = packet.direction;
  ++came_[static_cast<std::size_t>(direction)];
  Fate fate;
  for (Rule& rule : rules_) {
    if (!fate.lost && strikes(rule, direction, now)) strike(rule, packet, fate);
  }
  if (fate.lost) return;
  if (!fate.overtaken) {
    for (int copy = 0; copy < fate.copies; ++copy)
      waiting_.push_back({now + fate.wait + copy * fate.between, ++order_, false, packet});
    release_overtaken(direction, now);
  } else {
    waiting_.push_back({now + fate.wait, ++order_, true, std::move(packet)});
  }
}

void Faults::release_overtaken(Direction direction, Instant now) {
  for (Waiting& waiting : waiting_) {
    if (!waiting.overtaken || waiting.packet.direction != direction) continue;
    waiting.overtaken = false;
    waiting.due = now;
    waiting.order = ++order_;
  }
}

std::vector<Packet> Faults::take_due(Instant now) {
  std::sort(waiting_.begin(), waiting_.end(), [](const Waiting& left, const Waiting& right) {
    return std::tie(left.due, left.order) < std::tie(right.due, right.order);
  });
  std::vector<Packet> due;
  std::size_t taken = 0;
  for (; taken < waiting_.size() && waiting_[taken].due <= now; ++taken) {
    ++left_[static_cast<std::size_t>(waiting_[taken].packet.direction)];
    due.push_back(std::move(waiting_[taken].packet));
  }
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(taken));
  return due;
}

std::optional<Instant> Faults::next_event() const {
  std::optional<Instant> next;
  for (const Waiting& waiting : waiting_) {
    if (!next || waiting.due < *next) next = waiting.due;
  }
  return next;
}

std::string Faults::dump() const {
  std::string lines;
  for (const Rule& rule : rules_) lines += fmt::format("fault hits={} {}\n", rule.hits, rule.text);
  return lines + fmt::format("traffic requests={} passed={} answers={} returned={} held={}\n",
                             came_[0], left_[0], came_[1], left_[1], waiting_.size());
}

}  // namespace havc::chassis
