// Keys made of passwords against net-snmp's own.
// clang-format off
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
// clang-format on

#include "snmp/password_key.h"
#include "support/catch.h"

namespace {

std::string library_key(const std::string& protocol, const std::string& password) {
  std::size_t length = 0;
  const oid* type = sc_get_auth_oid(usm_lookup_auth_type(protocol.c_str()), &length);
  std::array<unsigned char, 64> key{};
  std::size_t size = key.size();
  REQUIRE(generate_Ku(type, static_cast<u_int>(length),
                      reinterpret_cast<const unsigned char*>(password.data()), password.size(),
                      key.data(), &size) == SNMPERR_SUCCESS);
  return {reinterpret_cast<const char*>(key.data()), size};
}

TEST_CASE("a key is the one that net-snmp makes", "[snmp]") {
  const std::string protocol = GENERATE("MD5", "SHA");
  const std::string password =
      GENERATE(std::string("maplesyrup"), std::string("eight888"), std::string(300, 'x') + "y");
  CHECK(havc::snmp::password_key(protocol, password) == library_key(protocol, password));
}

TEST_CASE("of other protocols and of nothing there is no key", "[snmp]") {
  CHECK(havc::snmp::password_key("SHA-256", "maplesyrup").empty());
  CHECK(havc::snmp::password_key("", "maplesyrup").empty());
  CHECK(havc::snmp::password_key("MD5", "").empty());
}

}  // namespace
