#include "mail/notice.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace havc::mail {

namespace {

// A line end in a name must not become a header, or a line of the body.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char letter) { return letter < ' ' || letter == 0x7f; }, ' ');
  return text;
}

std::string filled(std::string_view pattern, const std::string& domain) {
  constexpr std::string_view kPlace = "%domain_name%";
  std::string result;
  for (std::size_t at = pattern.find(kPlace); at != std::string_view::npos; at = pattern.find(kPlace)) {
    result.append(pattern.substr(0, at)).append(domain);
    pattern.remove_prefix(at + kPlace.size());
  }
  return result.append(pattern);
}

std::string headline(const Facts& facts) {
  switch (facts.event) {
    case Event::start:
      return "START";
    case Event::recover:
      return "RECOVER";
    case Event::stop:
      return "STOP (graceful)";
    case Event::forced:
      return "STOP (forced)";
    case Event::migrate:
      return facts.from.empty() ? "MIGRATE" : fmt::format("MIGRATE (from {})", facts.from);
    case Event::migrate_source:
      return fmt::format("MIGRATE (to {})", facts.to);
    case Event::failure:
      break;
  }
  return "FAILURE";
}

std::string sentence(const Facts& facts) {
  switch (facts.event) {
    case Event::start:
      return fmt::format("Virtual machine {} was started on {}.", facts.domain, facts.node);
    case Event::recover:
      return fmt::format("Virtual machine {} was started again on {}, after it had failed there.", facts.domain, facts.node);
    case Event::stop:
      return fmt::format("Virtual machine {} was shut down on {}.", facts.domain, facts.node);
    case Event::forced:
      return fmt::format("Virtual machine {} was stopped by force on {}.", facts.domain, facts.node);
    case Event::migrate:
      return fmt::format("Virtual machine {} has moved to {} while running.", facts.domain, facts.node);
    case Event::migrate_source:
      return fmt::format("Virtual machine {} has left {} for {} while running.", facts.domain, facts.node, facts.to);
    case Event::failure:
      break;
  }
  return fmt::format("Trouble with virtual machine {} on {}.", facts.domain, facts.node);
}

}  // namespace

std::string in_words(std::chrono::milliseconds duration) {
  constexpr auto kMinutesFrom = std::chrono::minutes(2);
  if (duration < kMinutesFrom) return fmt::format("{:.1f} s", std::chrono::duration<double>(duration).count());
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  return fmt::format("{} min {} s", seconds / 60, seconds % 60);
}

std::string subject(const Facts& facts, std::string_view pattern) {
  return one_line(fmt::format("{} {} {} on {}", filled(pattern, facts.domain), facts.time, headline(facts), facts.node));
}

std::string body(const Facts& facts, std::string_view pattern) {
  std::string result = subject(facts, pattern) + "\n\n" + one_line(sentence(facts)) + "\n\n";
  const auto line = [&](std::string_view label, const std::string& value) {
    if (!value.empty()) result += fmt::format("{:<10} {}\n", label, one_line(value));
  };
  line("Resource:", facts.instance);
  line("Node:", facts.node);
  line("From:", facts.from);
  line("To:", facts.to);
  line("Time:", facts.time);
  line("Took:", facts.duration);
  line("Downtime:", facts.downtime);
  line("Cause:", facts.cause);
  return result;
}

}  // namespace havc::mail

namespace havc::options {

std::optional<mail::Events> Text<mail::Events>::parse(std::string_view text) {
  mail::Events events;
  for (const auto& word : text::split(text, ", \t")) {
    const auto found = std::find(mail::kEventWords.begin(), mail::kEventWords.end(), word);
    if (found == mail::kEventWords.end()) return {};
    events.chosen.set(static_cast<std::size_t>(found - mail::kEventWords.begin()));
  }
  return events;
}

}  // namespace havc::options
