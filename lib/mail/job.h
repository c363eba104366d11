// One mail on its way from a resource agent to the program that composes and sends it, havc-mail. The agent is not to
// spend time or libraries on mail, nor to learn what became of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mail/notice.h"
#include "options/value.h"

namespace havc::mail {

/// How mail leaves: "sendmail", the path of such a program, or smtp://HOST[:PORT] or smtps://HOST[:PORT].
struct RouteName {
  std::string text;
  bool relay() const { return text.find("://") != std::string::npos; }
};

struct Job {
  Facts facts;
  std::string subject;    ///< with %domain_name%
  std::string from;       ///< empty: root at this host
  std::string to;         ///< addresses, separated by blanks or commas
  std::string route;      ///< a RouteName
  std::string auth_file;  ///< its path only: the secret is read by the program that needs it
};

/// KEY=VALUE entries, each ended by a NUL, which no value can contain.
std::string encoded(const Job& job);

/// Throws Error(failed) for anything else than what encoded() makes.
Job decoded(std::string_view text);

/// Starts havc-mail, which lies beside libhavc, and is done. Never throws: a mail must not change what an action does; what went
/// wrong is a warning in the log.
void hand_over(const Job& job) noexcept;

}  // namespace havc::mail

namespace havc::options {

template <>
struct Text<mail::RouteName> {
  static constexpr ContentType kType = ContentType::string;
  static constexpr std::string_view kExpected = "sendmail, an absolute path, smtp://HOST[:PORT] or smtps://HOST[:PORT]";
  static std::optional<mail::RouteName> parse(std::string_view text);
};

}  // namespace havc::options
