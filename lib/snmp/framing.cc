#include "snmp/framing.h"

#include <array>
#include <cstddef>
#include <optional>

namespace havc::snmp {

namespace {

// X.690 8.1.2 and 8.1.3; tags as in RFC 3416 and RFC 3412.
constexpr unsigned char kInteger = 0x02;
constexpr unsigned char kText = 0x04;
constexpr unsigned char kSequence = 0x30;
constexpr unsigned char kLongTag = 0x1F;

/// One element of BER after the other.
class Elements {
 public:
  explicit Elements(std::string_view text) : text_(text) {}

  bool at_end() const { return text_.empty(); }
  unsigned char tag() const {
    return text_.empty() ? '\0' : static_cast<unsigned char>(text_.front());
  }
  /// The content of the next one, if it is there as a whole.
  std::optional<std::string_view> next() {
    if (text_.size() < 2 || (tag() & kLongTag) == kLongTag) return {};
    std::size_t at = 2;
    std::size_t length = static_cast<unsigned char>(text_[1]);
    if (length >= 0x80) {
      const std::size_t bytes = length - 0x80;
      constexpr std::size_t kMost = 4;  // far above any datagram; 0 would mean "until a mark"
      if (bytes == 0 || bytes > kMost || text_.size() < at + bytes) return {};
      length = 0;
      for (; at < 2 + bytes; ++at) length = length << 8U | static_cast<unsigned char>(text_[at]);
    }
    if (length > text_.size() - at) return {};
    const auto content = text_.substr(at, length);
    text_.remove_prefix(at + length);
    return content;
  }
  std::optional<std::string_view> next(unsigned char wanted) {
    return tag() == wanted ? next() : std::nullopt;
  }

 private:
  std::string_view text_;
};

/// RFC 3414 2.4, UsmSecurityParameters.
bool is_security(std::string_view text) {
  Elements outer(text);
  const auto sequence = outer.next(kSequence);
  if (!sequence || !outer.at_end()) return false;
  Elements elements(*sequence);
  constexpr std::array<unsigned char, 6> kParts{kText, kInteger, kInteger, kText, kText, kText};
  for (const unsigned char part : kParts) {
    if (!elements.next(part)) return false;
  }
  return elements.at_end();
}

/// RFC 3412 6, SNMPv3Message, after its version.
bool is_version_3(Elements& message) {
  const auto header = message.next(kSequence);
  if (!header) return false;
  Elements parts(*header);
  for (const unsigned char part : {kInteger, kInteger, kText, kInteger}) {
    if (!parts.next(part)) return false;
  }
  const auto security = message.next(kText);
  return parts.at_end() && security && is_security(*security);
}

}  // namespace

std::string_view framed(std::string_view datagram) {
  Elements outer(datagram);
  const auto content = outer.next(kSequence);
  if (!content) return {};
  Elements message(*content);
  const auto version = message.next(kInteger);
  if (!version || version->size() != 1) return {};
  constexpr char kVersion3 = 3;  // RFC 3412 6; SNMPv1 is 0, v2c is 1
  const bool v3 = version->front() == kVersion3;
  if (v3 ? !is_version_3(message) : !message.next(kText)) return {};
  if (!message.next() || !message.at_end()) return {};
  return datagram.substr(
      0, static_cast<std::size_t>(content->data() + content->size() - datagram.data()));
}

}  // namespace havc::snmp
