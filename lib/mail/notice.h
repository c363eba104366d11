// What a mail about a virtual machine says: facts in, subject and plain text out. Not how it is encoded or sent.
#pragma once

#include <array>
#include <bitset>
#include <optional>
#include <string>
#include <string_view>

#include "options/value.h"

namespace havc::mail {

enum class Event { start, recover, stop, forced, migrate, migrate_source, failure };
inline constexpr std::size_t kEventCount = 7;
/// As email_events spells them, in the order of the enumerators.
inline constexpr std::array<std::string_view, kEventCount> kEventWords{
    "start", "recover", "stop", "forced", "migrate", "migrate_source", "failure"};

/// Which events are worth a mail.
struct Events {
  std::bitset<kEventCount> chosen;
  bool has(Event event) const { return chosen[static_cast<std::size_t>(event)]; }
};

struct Facts {
  Event event = Event::start;
  std::string domain;
  std::string instance;  ///< the resource
  std::string node;      ///< where it happened
  std::string from;      ///< of a migration
  std::string to;
  std::string duration;  ///< in words; empty: not known
  std::string downtime;  ///< of a migration: how long the guest stood still, in words; empty: not known
  std::string cause;     ///< why, if that is known
  std::string time;      ///< "YYYY-MM-DD HH:MM:SS", local
};

/// "3.2 s", or "4 min 10 s" from two minutes on.
std::string in_words(std::chrono::milliseconds duration);

/// HAVC-II's form, "SUBJECT YYYY-MM-DD HH:MM:SS EVENT on NODE", with each %domain_name% of `pattern` replaced. One line
/// whatever the facts contain: control characters become blanks.
std::string subject(const Facts& facts, std::string_view pattern);

/// The subject again, a sentence, and the facts that are known, one a line.
std::string body(const Facts& facts, std::string_view pattern);

}  // namespace havc::mail

namespace havc::options {

template <>
struct Text<mail::Events> {
  static constexpr ContentType kType = ContentType::string;
  static constexpr std::string_view kExpected =
      "words of start recover stop forced migrate migrate_source failure";
  static std::optional<mail::Events> parse(std::string_view text);
};

}  // namespace havc::options
