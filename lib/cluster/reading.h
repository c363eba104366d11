// What reading Pacemaker's XML has in common: attributes that must be there, Pacemaker's booleans
// and scores. For this module alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "xml/document.h"

namespace havc::cluster {

/// More than 64 MiB is refused (24 nodes with 400 virtual machines are 8 MiB), and nothing at all.
void check_size(std::string_view text, const std::string& source);

/// Parses, after check_size.
xml::Document read_document(std::string_view text, const std::string& source);

/// Error(unusable_here) about `source`, "run the same version …" for a remedy.
Error unreadable(const std::string& source, const std::string& problem);

/// Pacemaker's words for a boolean (true on yes y 1, false off no n 0), in any case.
std::optional<bool> boolean(std::string_view text);

/// INFINITY with or without sign, or a number, cut to INFINITY as Pacemaker does; nothing for other
/// text.
std::optional<std::int64_t> score(std::string_view text);

/// "2026-11-21 18:25:21Z" or "Sat Nov 21 18:25:22 2026", as crm_mon writes dates: seconds since
/// 1970, the latter taken for UTC; nothing for other text.
std::optional<std::int64_t> moment(const std::string& text);

/// One element of a source, whose attributes are asked for.
class Reader {
 public:
  Reader(const xml::Element& element, const std::string& source)
      : element_(element), source_(source) {}

  /// Throws unreadable() when it is missing.
  std::string text(std::string_view name) const;
  /// `otherwise` when it is missing.
  std::string text_or(std::string_view name, std::string_view otherwise) const;
  /// Throws unreadable() when it is missing or no boolean.
  bool flag(std::string_view name) const;
  /// `otherwise` when it is missing; throws unreadable() when it is no boolean.
  bool flag_or(std::string_view name, bool otherwise) const;
  /// Throws unreadable() when it is missing.
  xml::Element child(std::string_view name) const;

 private:
  const xml::Element& element_;
  const std::string& source_;
};

}  // namespace havc::cluster
