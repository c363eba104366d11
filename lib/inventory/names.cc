#include "inventory/names.h"

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "base/text.h"

namespace havc::inventory {

namespace {

constexpr std::string_view kCapitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kSmall = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kDigits = "0123456789";

struct Rule {
  std::size_t least;
  std::size_t most;
  bool capitals;
  bool small;
  std::string_view marks;
  bool begins_with_letter;
  bool ends_with_mark = false;

  bool is_letter(char letter) const {
    return (capitals && kCapitals.find(letter) != std::string_view::npos) ||
           (small && kSmall.find(letter) != std::string_view::npos);
  }
  bool is_digit(char letter) const { return kDigits.find(letter) != std::string_view::npos; }
  bool allows(char letter) const {
    return is_letter(letter) || is_digit(letter) || marks.find(letter) != std::string_view::npos;
  }
};

constexpr Rule kVmName{3, 60, true, false, "-.", true};
constexpr Rule kZoneName{1, 20, false, true, "-", true};
constexpr Rule kLabel{1, 63, true, true, "-", false};
constexpr Rule kTag{1, 40, false, true, "-", true};
constexpr Rule kFileName{1, 100, true, true, "._-", false, true};
constexpr Rule kLinkName{1, 15, true, true, "._-", true, true};

std::string at(std::string_view text, std::size_t place) {
  const auto byte = static_cast<unsigned char>(text[place]);
  const bool printable = byte >= ' ' && byte <= '~';
  constexpr std::string_view kHexadecimal = "0123456789abcdef";
  const std::string shown =
      printable ? std::string(1, text[place])
                : std::string("\\x") + kHexadecimal[byte >> 4] + kHexadecimal[byte & 0xF];
  return "character " + std::to_string(place + 1) + ", '" + shown + "', ";
}

std::string allowed(const Rule& rule) {
  std::string text;
  if (rule.capitals) text += "A-Z, ";
  if (rule.small) text += "a-z, ";
  text += "0-9";
  for (const char mark : rule.marks) text += std::string(", '") + mark + "'";
  return text;
}

std::string why_not(std::string_view text, const Rule& rule) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!rule.allows(text[i])) return at(text, i) + "is none of " + allowed(rule);
  }
  if (text.size() < rule.least || text.size() > rule.most) {
    return "it has " + std::to_string(text.size()) + " characters, not " +
           std::to_string(rule.least) + " to " + std::to_string(rule.most);
  }
  if (rule.begins_with_letter && !rule.is_letter(text.front()))
    return at(text, 0) + "is no letter, with which it has to begin";
  if (rule.marks.find(text.front()) != std::string_view::npos)
    return at(text, 0) + "may not stand at its beginning";
  if (!rule.ends_with_mark && rule.marks.find(text.back()) != std::string_view::npos)
    return at(text, text.size() - 1) + "may not stand at its end";
  return {};
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& letter : result) {
    const auto place = kSmall.find(letter);
    if (place != std::string_view::npos) letter = kCapitals[place];
  }
  return result;
}

bool all_digits(std::string_view text) {
  return text.find_first_not_of(kDigits) == std::string_view::npos;
}

}  // namespace

std::string why_no_vm_name(std::string_view text) {
  const std::string name = upper(text);
  auto reason = why_not(name, kVmName);
  const auto dots = name.find("..");
  if (reason.empty() && dots != std::string::npos)
    reason = at(name, dots + 1) + "follows another dot";
  return reason;
}

std::string why_no_zone_name(std::string_view text) {
  return why_not(text, kZoneName);
}
std::string why_no_tag(std::string_view text) {
  return why_not(text, kTag);
}
std::string why_no_file_name(std::string_view text) {
  return why_not(text, kFileName);
}

std::string why_no_link_name(std::string_view text) {
  return why_not(text, kLinkName);
}

std::string why_no_host_name(std::string_view text) {
  constexpr std::size_t kLongest =
      253;  // RFC 1035, 2.3.4: 255 bytes with a length before each label and the root's
  if (text.empty() || text.size() > kLongest)
    return "it has " + std::to_string(text.size()) + " characters, not 1 to 253";
  std::string_view last;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find('.', begin), text.size());
    last = text.substr(begin, end - begin);
    if (last.empty()) return "the label at character " + std::to_string(begin + 1) + " is empty";
    const auto reason = why_not(last, kLabel);
    if (!reason.empty()) return "in " + text::quote(text::one_line(last, 63)) + ", " + reason;
    begin = end + 1;
  }
  if (all_digits(last))
    return "its last label " + text::quote(last) +
           " is a number, as in an address";  // RFC 1123, 2.1
  return {};
}

VmName vm_name(std::string_view text) {
  const auto reason = why_no_vm_name(text);
  if (reason.empty()) return {upper(text)};
  throw Error(
      Fault::misconfigured,
      text::quote(text::one_line(text, 80)) + " is no name for a virtual machine: " + reason,
      "choose 3 to 60 of A-Z, 0-9, '-' and '.', beginning with a letter");
}

}  // namespace havc::inventory

namespace havc::options {

using namespace inventory;  // NOLINT: its names are the subject

std::optional<VmName> Text<VmName>::parse(std::string_view text) {
  if (!why_no_vm_name(text).empty()) return {};
  return VmName{upper(text)};
}

std::string Text<VmName>::explain(std::string_view text) {
  return why_no_vm_name(text);
}

std::optional<HostName> Text<HostName>::parse(std::string_view text) {
  auto name = NameText<HostName, why_no_host_name>::parse(text);
  if (name) name->text = text::lower(name->text);
  return name;
}

std::optional<Path> Text<Path>::parse(std::string_view text) {
  const auto plain = Text<std::string>::parse(text);
  if (!plain || plain->size() < 2 || plain->front() != '/' || plain->back() == '/') return {};
  if (std::filesystem::path(*plain).lexically_normal().string() != *plain) return {};
  return plain->starts_with("/..") ? std::nullopt : std::optional(Path{*plain});
}

}  // namespace havc::options
