#include "node/sha256.h"

#include "base/error.h"

#include <openssl/evp.h>

#include <array>

namespace havc::node {

std::string sha256(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned length = 0;
  if (EVP_Digest(text.data(), text.size(), bytes.data(), &length, EVP_sha256(), nullptr) != 1)
    throw Error(Fault::failed, "cannot compute SHA-256", "look whether OpenSSL allows it");
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string digits;
  for (unsigned i = 0; i < length; ++i) {
    digits += kDigits[bytes[i] >> 4U];
    digits += kDigits[bytes[i] & 15U];
  }
  return digits;
}

}  // namespace havc::node
