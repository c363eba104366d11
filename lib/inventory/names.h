// Which names are allowed, once and for everything a name is used for. Each refusal says what is
// wrong, and where.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "options/value.h"

namespace havc::inventory {

/// Of a virtual machine, in capitals: 3 to 60 of A-Z, 0-9, '-' and '.'; begins with a letter, ends
/// with a letter or digit, no two dots in a row. So NAME_zone is an XML identifier, libvirt's name,
/// a file name, and splits at its '_'; and the name is a host name's, too.
struct VmName {
  std::string text;
  // clang-tidy 14 takes the 0 that the compiler compares with for a pointer, here and below.
  auto operator<=>(const VmName&) const = default;  // NOLINT(modernize-use-nullptr)
};

/// 1 to 20 of a-z, 0-9 and '-'; begins with a letter, ends with a letter or digit.
struct ZoneName {
  std::string text;
  auto operator<=>(const ZoneName&) const = default;  // NOLINT(modernize-use-nullptr)
};

/// RFC 1123: labels of 1 to 63 letters, digits and '-', not at their ends; 253 in all. Not what
/// reads as an IPv4 address. In small letters.
struct HostName {
  std::string text;
  auto operator<=>(const HostName&) const = default;  // NOLINT(modernize-use-nullptr)
};

/// 1 to 40 of a-z, 0-9 and '-'; begins with a letter: an XML identifier that is never a virtual
/// machine's.
struct Tag {
  std::string text;
  auto operator<=>(const Tag&) const = default;  // NOLINT(modernize-use-nullptr)
};

/// A file in a folder that is known: 1 to 100 letters, digits, '.', '_' and '-'; begins with none
/// of the last three.
struct FileName {
  std::string text;
  auto operator<=>(const FileName&) const = default;  // NOLINT(modernize-use-nullptr)
};

/// A node as Pacemaker calls it: a host name whose letters stay as they are.
struct NodeName {
  std::string text;
  auto operator<=>(const NodeName&) const = default;  // NOLINT(modernize-use-nullptr)
};

/// A network interface of a host: 1 to 15 (IFNAMSIZ) letters, digits, '.', '_' and '-'; begins with
/// a letter.
struct LinkName {
  std::string text;
  auto operator<=>(const LinkName&) const = default;  // NOLINT(modernize-use-nullptr)
};

/// An absolute path written in the one shortest way: no "..", ".", "//" and no '/' at its end.
struct Path {
  std::string text;
  bool lies_below(const Path& folder) const { return text.starts_with(folder.text + "/"); }
  auto operator<=>(const Path&) const = default;  // NOLINT(modernize-use-nullptr)
};

/// A name in messages: "character 3, '_', is none of A-Z, …". Each gives the empty text when the
/// name is allowed.
std::string why_no_vm_name(std::string_view text);
std::string why_no_zone_name(std::string_view text);
std::string why_no_host_name(std::string_view text);
std::string why_no_tag(std::string_view text);
std::string why_no_file_name(std::string_view text);
std::string why_no_link_name(std::string_view text);

/// Throws Error(misconfigured) with the reason. Small letters become capitals.
VmName vm_name(std::string_view text);

}  // namespace havc::inventory

namespace havc::options {

/// A name that is what it is written as, unless `why_no` has a reason against it.
template <class T, std::string (*why_no)(std::string_view)>
struct NameText {
  static constexpr ContentType kType = ContentType::string;
  static std::optional<T> parse(std::string_view text) {
    return why_no(text).empty() ? std::optional(T{std::string(text)}) : std::nullopt;
  }
  static std::string explain(std::string_view text) { return why_no(text); }
};

template <>
struct Text<inventory::VmName> {
  static constexpr ContentType kType = ContentType::string;
  static constexpr std::string_view kExpected = "3 to 60 of A-Z, 0-9, '-' and '.'";
  static std::optional<inventory::VmName> parse(std::string_view text);
  static std::string explain(std::string_view text);
};

template <>
struct Text<inventory::ZoneName> : NameText<inventory::ZoneName, inventory::why_no_zone_name> {
  static constexpr std::string_view kExpected = "1 to 20 of a-z, 0-9 and '-'";
};

template <>
struct Text<inventory::HostName> : NameText<inventory::HostName, inventory::why_no_host_name> {
  static constexpr std::string_view kExpected = "a host name";
  static std::optional<inventory::HostName> parse(std::string_view text);
};

template <>
struct Text<inventory::Tag> : NameText<inventory::Tag, inventory::why_no_tag> {
  static constexpr std::string_view kExpected = "1 to 40 of a-z, 0-9 and '-'";
};

template <>
struct Text<inventory::FileName> : NameText<inventory::FileName, inventory::why_no_file_name> {
  static constexpr std::string_view kExpected = "the name of a file, without folder";
};

template <>
struct Text<inventory::NodeName> : NameText<inventory::NodeName, inventory::why_no_host_name> {
  static constexpr std::string_view kExpected = "the name of a node";
};

template <>
struct Text<inventory::LinkName> : NameText<inventory::LinkName, inventory::why_no_link_name> {
  static constexpr std::string_view kExpected = "the name of a network interface";
};

template <>
struct Text<inventory::Path> {
  static constexpr ContentType kType = ContentType::string;
  static constexpr std::string_view kExpected =
      "an absolute path without '..', '//' and a '/' at its end";
  static std::optional<inventory::Path> parse(std::string_view text);
};

}  // namespace havc::options
