#include "chassis/packet.h"

namespace havc::chassis {
namespace {

// Reads BER from the front: RFC 3417 8 allows definite lengths only.
class Reader {
 public:
  explicit Reader(std::string_view packet) : packet_(packet) {}

  /// Goes into what begins here, and says how long it is.
  std::optional<std::size_t> enter(unsigned char tag) {
    if (at(0) != tag) return std::nullopt;
    const auto first = at(1);
    if (!first) return std::nullopt;
    place_ += 2;
    if (*first < 0x80) return *first;
    std::size_t length = 0;
    for (int i = 0; i < (*first & 0x7f); ++i) {
      const auto byte = at(0);
      if (!byte || length > packet_.size()) return std::nullopt;
      length = length << 8 | *byte;
      ++place_;
    }
    return length;
  }
  std::optional<std::size_t> skip(unsigned char tag) {
    const auto length = enter(tag);
    if (!length || *length > packet_.size() - place_) return std::nullopt;
    place_ += *length;
    return length;
  }
  std::optional<unsigned char> at(std::size_t ahead) const {
    if (ahead >= packet_.size() - place_) return std::nullopt;
    return static_cast<unsigned char>(packet_[place_ + ahead]);
  }
  std::size_t place() const { return place_; }

 private:
  std::string_view packet_;
  std::size_t place_ = 0;
};

constexpr unsigned char kInteger = 0x02;
constexpr unsigned char kOctets = 0x04;
constexpr unsigned char kSequence = 0x30;

}  // namespace

std::optional<std::size_t> place_of_id(std::string_view packet) {
  Reader reader(packet);
  if (!reader.enter(kSequence) || !reader.skip(kInteger)) return std::nullopt;  // the version
  if (reader.at(0) == kSequence) {  // SNMPv3: msgGlobalData, which begins with the id (RFC 3412 6)
    if (!reader.enter(kSequence)) return std::nullopt;
  } else {  // the community, then a PDU, whose tag tells what it is (RFC 1157 4.1)
    if (!reader.skip(kOctets)) return std::nullopt;
    const auto tag = reader.at(0);
    if (!tag || (*tag & 0xf0) != 0xa0 || !reader.enter(*tag)) return std::nullopt;
  }
  if (!reader.skip(kInteger)) return std::nullopt;
  return reader.place() - 1;
}

}  // namespace havc::chassis
