// Small operations on text that comes from outside: they refuse rather than guess.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace havc::text {

/// Without blanks, tabs and line ends at both sides.
std::string_view trim(std::string_view text);

/// The non-empty pieces between any of `separators`.
std::vector<std::string> split(std::string_view text, std::string_view separators);

std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// ASCII letters only: host names and label comparisons, never locale.
std::string lower(std::string_view text);
bool equal_ignoring_case(std::string_view left, std::string_view right);

/// A decimal number without sign, blanks or anything else, not above `most`.
std::optional<std::uint64_t> number(std::string_view text, std::uint64_t most = INT64_MAX);

/// Printable ASCII in one line of at most `most` bytes: line ends and tabs become blanks, runs of blanks fold, other bytes
/// become '?'; a text that is cut ends in "...". For reasons and log lines, whose readers cut or choke otherwise.
std::string one_line(std::string_view text, std::size_t most);

/// `text` in single quotes, cut when very long.
std::string quote(std::string_view text);

/// With what may be the password of a URI hidden, as in "smtp://user:(hidden)@relay". Rather too much than too little.
std::string without_password(const std::string& value);

/// The entry of `candidates` that a person may have meant by `word`: at most two edits away (Levenshtein).
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace havc::text
