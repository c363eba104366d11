#include "snmp/framing.h"

#include <string>

#include "support/ber.h"
#include "support/catch.h"

namespace {

using havc::snmp::framed;
using havc::snmp::operator""_oid;
namespace ber = havc::test::ber;

std::string v1_message() {
  return ber::message("secret", 1, {0, 0, {ber::variable(".1.3.6.1"_oid, ber::integer(1))}});
}

std::string security(const std::string& engine = "engine") {
  return ber::element(0x30, ber::text(engine) + ber::integer(1) + ber::integer(2) +
                                ber::text("admin") + ber::text("") + ber::text(""));
}

std::string v3_message(const std::string& parameters = security()) {
  const std::string header =
      ber::element(0x30, ber::integer(1) + ber::integer(65507) + ber::text(std::string(1, '\0')) +
                             ber::integer(3));
  return ber::element(0x30, ber::element(2, "\3") + header + ber::text(parameters) +
                                ber::element(0x30, ber::text("engine")));
}

TEST_CASE("a message is found, and what follows it is not", "[snmp]") {
  const std::string message =
      GENERATE(v1_message(), v3_message(), v3_message(security(std::string(300, 'x'))));
  CHECK(framed(message) == message);
  CHECK(framed(message + "more") == message);
}

TEST_CASE("a message that ends too early is none", "[snmp]") {
  const std::string message = GENERATE(v1_message(), v3_message());
  for (std::size_t size = 0; size < message.size(); ++size) {
    CHECK(framed(message.substr(0, size)).empty());
  }
}

TEST_CASE("security parameters that claim more than they have are refused", "[snmp]") {
  std::string longer = security();
  SECTION("their engine") {
    longer[3] = static_cast<char>(0x7F);
  }
  SECTION("their engine, beyond any datagram") {
    longer.replace(3, 1, "\x84\x7F\xFF\xFF\xFF");
  }
  SECTION("the last of them") {
    longer.back() = 1;
  }
  SECTION("all of them") {
    longer[1] = static_cast<char>(longer[1] + 1);
  }
  SECTION("room after them") {
    longer += ber::text("x");
  }
  SECTION("a length without an end") {
    longer[3] = static_cast<char>(0x80);
  }
  SECTION("one of another type") {
    longer[2] = 2;
  }
  CHECK(framed(v3_message(longer)).empty());
}

TEST_CASE("what is no message is none", "[snmp]") {
  CHECK(framed("").empty());
  CHECK(framed(std::string(100, '\0')).empty());
  CHECK(framed(ber::element(0x30, "")).empty());
  CHECK(framed(ber::element(0x30, ber::element(2, "\1") + ber::text("secret"))).empty());
  CHECK(framed(ber::element(0x1F, ber::element(2, ""))).empty());
}

}  // namespace
