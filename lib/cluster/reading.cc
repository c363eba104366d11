#include "cluster/reading.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "base/text.h"
#include "cluster/status.h"

namespace havc::cluster {

namespace {

constexpr std::size_t kMostBytes = 64 << 20;

bool one_of(std::string_view text, const std::array<std::string_view, 5>& words) {
  return std::any_of(words.begin(), words.end(), [text](std::string_view word) {
    return text::equal_ignoring_case(text, word);
  });
}

}  // namespace

void check_size(std::string_view text, const std::string& source) {
  if (text.size() > kMostBytes) throw unreadable(source, "is longer than 64 MiB");
  if (text::trim(text).empty()) throw unreadable(source, "is empty");
}

xml::Document read_document(std::string_view text, const std::string& source) {
  check_size(text, source);
  return xml::Document::parse(text, source);
}

Error unreadable(const std::string& source, const std::string& problem) {
  return {Fault::unusable_here, text::quote(source) + " " + problem,
          "ask another node, and compare the versions of pacemaker"};
}

std::optional<bool> boolean(std::string_view text) {
  if (one_of(text, {"true", "on", "yes", "y", "1"})) return true;
  if (one_of(text, {"false", "off", "no", "n", "0"})) return false;
  return {};
}

std::optional<std::int64_t> score(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  std::int64_t amount = kInfinity;
  if (!text::equal_ignoring_case(text, "infinity")) {
    const auto number = text::number(text);
    if (!number) return {};
    amount = std::min(static_cast<std::int64_t>(*number), kInfinity);
  }
  return negative ? -amount : amount;
}

std::optional<std::int64_t> moment(const std::string& text) {
  for (const char* form : {"%Y-%m-%d %H:%M:%SZ", "%a %b %d %H:%M:%S %Y"}) {
    std::tm fields{};
    const char* end = strptime(text.c_str(), form, &fields);
    if (end != nullptr && *end == '\0') return timegm(&fields);
  }
  return {};
}

std::string Reader::text(std::string_view name) const {
  auto value = element_.attribute(name);
  if (!value) {
    throw unreadable(
        source_, "has no '" + std::string(name) + "' in <" + std::string(element_.name()) + ">");
  }
  return *std::move(value);
}

std::string Reader::text_or(std::string_view name, std::string_view otherwise) const {
  return element_.attribute(name).value_or(std::string(otherwise));
}

bool Reader::flag(std::string_view name) const {
  const std::string value = text(name);
  const auto read = boolean(value);
  if (!read) {
    throw unreadable(source_, "says " + std::string(name) + "=" + text::quote(value) + " in <" +
                                  std::string(element_.name()) + ">, which is no boolean");
  }
  return *read;
}

bool Reader::flag_or(std::string_view name, bool otherwise) const {
  return element_.attribute(name) ? flag(name) : otherwise;
}

xml::Element Reader::child(std::string_view name) const {
  auto found = element_.child(name);
  if (!found) {
    throw unreadable(
        source_, "has no <" + std::string(name) + "> in <" + std::string(element_.name()) + ">");
  }
  return *found;
}

}  // namespace havc::cluster
