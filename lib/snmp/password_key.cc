#include "snmp/password_key.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace havc::snmp {

std::string password_key(const std::string& protocol, const std::string& password) {
  constexpr std::size_t kExpanded = 1048576;  // RFC 3414 A.2
  const EVP_MD* algorithm = protocol == "MD5"   ? EVP_md5()
                            : protocol == "SHA" ? EVP_sha1()
                                                : nullptr;
  if (algorithm == nullptr || password.empty()) return {};
  std::string expanded = password;
  expanded.reserve(2 * kExpanded);
  while (expanded.size() < kExpanded) expanded.append(expanded);
  std::array<unsigned char, EVP_MAX_MD_SIZE> key{};
  unsigned length = 0;
  if (EVP_Digest(expanded.data(), kExpanded, key.data(), &length, algorithm, nullptr) != 1) {
    return {};
  }
  return {reinterpret_cast<const char*>(key.data()), length};
}

}  // namespace havc::snmp
