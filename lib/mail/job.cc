#include "mail/job.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/detached.h"
#include "base/error.h"
#include "base/log.h"
#include "base/own_folder.h"
#include "base/text.h"

namespace havc::mail {

namespace {

struct Field {
  std::string_view key;
  std::string& (*of)(Job& job);
};

constexpr std::array kFields{
    Field{"domain", [](Job& job) -> std::string& { return job.facts.domain; }},
    Field{"instance", [](Job& job) -> std::string& { return job.facts.instance; }},
    Field{"node", [](Job& job) -> std::string& { return job.facts.node; }},
    Field{"source", [](Job& job) -> std::string& { return job.facts.from; }},
    Field{"target", [](Job& job) -> std::string& { return job.facts.to; }},
    Field{"duration", [](Job& job) -> std::string& { return job.facts.duration; }},
    Field{"downtime", [](Job& job) -> std::string& { return job.facts.downtime; }},
    Field{"cause", [](Job& job) -> std::string& { return job.facts.cause; }},
    Field{"time", [](Job& job) -> std::string& { return job.facts.time; }},
    Field{"subject", [](Job& job) -> std::string& { return job.subject; }},
    Field{"from", [](Job& job) -> std::string& { return job.from; }},
    Field{"to", [](Job& job) -> std::string& { return job.to; }},
    Field{"route", [](Job& job) -> std::string& { return job.route; }},
    Field{"auth_file", [](Job& job) -> std::string& { return job.auth_file; }},
};
constexpr std::string_view kEvent = "event";

Event event_of(std::string_view word) {
  const auto found = std::find(kEventWords.begin(), kEventWords.end(), word);
  if (found == kEventWords.end()) throw Error(Fault::failed, "no event is called " + text::quote(word));
  return static_cast<Event>(found - kEventWords.begin());
}

void take(Job& job, std::string_view key, std::string_view value) {
  if (key == kEvent) {
    job.facts.event = event_of(value);
    return;
  }
  const auto* const field = std::find_if(kFields.begin(), kFields.end(), [&](const Field& each) { return each.key == key; });
  if (field == kFields.end()) throw Error(Fault::failed, "unknown entry " + text::quote(key));
  field->of(job) = value;
}

}  // namespace

std::string encoded(const Job& job) {
  Job copy = job;
  std::string result = fmt::format("{}={}", kEvent, kEventWords[static_cast<std::size_t>(job.facts.event)]) + '\0';
  for (const auto& field : kFields) result += fmt::format("{}={}", field.key, field.of(copy)) + '\0';
  return result;
}

Job decoded(std::string_view text) {
  Job job;
  while (!text.empty()) {
    const auto end = text.find('\0');
    const auto entry = text.substr(0, end);
    const auto equals = entry.find('=');
    if (end == std::string_view::npos || equals == std::string_view::npos) {
      throw Error(Fault::failed, "the facts of a mail are not KEY=VALUE, each ended by a NUL");
    }
    take(job, entry.substr(0, equals), entry.substr(equals + 1));
    text.remove_prefix(end + 1);
  }
  if (job.to.empty()) throw Error(Fault::failed, "a mail without addresses");
  return job;
}

void hand_over(const Job& job) noexcept {
  try {
    start_detached({own_folder() + "/havc-mail"}, encoded(job));
  } catch (const std::exception& error) {
    log::warn(fmt::format("no mail is sent: {}", error.what()));
  }
}

}  // namespace havc::mail

namespace havc::options {

std::optional<mail::RouteName> Text<mail::RouteName>::parse(std::string_view text) {
  const auto plain = Text<std::string>::parse(text);
  if (!plain || plain->find(' ') != std::string::npos) return {};
  if (plain->empty() || *plain == "sendmail" || plain->front() == '/') return mail::RouteName{*plain};
  for (const std::string_view scheme : {"smtp://", "smtps://"}) {
    if (!plain->starts_with(scheme)) continue;
    const auto host = std::string_view(*plain).substr(scheme.size());
    // A user and password here would be seen in the cluster's configuration; they belong into a file.
    if (host.empty() || host.find_first_of("@/?#") != std::string_view::npos) return {};
    return mail::RouteName{*plain};
  }
  return {};
}

}  // namespace havc::options
