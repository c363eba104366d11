// Addresses, and a notice as a MIME message (VMime encodes it). Linked by havc-mail alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mail/job.h"

namespace havc::mail {

struct Addresses {
  std::vector<std::string> good;
  std::vector<std::string> refused;
};

/// Pieces between blanks and commas. Refused: what cannot be a plain address (NAME or NAME@HOST, printable ASCII without quotes, brackets
/// and other separators) or would look like an option to a program.
Addresses addresses_in(std::string_view text);

/// The whole message with CRLF line ends: Date, Message-ID, Auto-Submitted (RFC 3834), encoded subject, plain text in UTF-8. `to` are
/// good addresses. Throws Error(failed).
std::string compose(const Job& job, const std::string& from, const std::vector<std::string>& to);

}  // namespace havc::mail
