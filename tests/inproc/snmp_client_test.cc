// The real client against simulator processes, SNMPv1 and v3 side by side in one process:
// questions, answers and time.
#include "snmp_lab.h"
#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/scripted_module.h"

using namespace std::chrono_literals;
using namespace havc::snmp;
using namespace havc::test;
using Catch::Matchers::Contains;
using havc::Fault;
using havc::Instant;

namespace {

TEST_CASE("numbers, texts and missing objects arrive in their places", "[snmp]") {
  SnmpLab lab(GENERATE(v1(), v1("2c"), v3()));
  const auto values = get(lab.module.contact,
                          {kColumns.bay / 99, kColumns.bay / 3, kColumns.name / 3,
                           kColumns.name / 77, kColumns.state / 3},
                          in(20s));
  REQUIRE(values.size() == 5);
  CHECK(values[0] == Value(Absent()));
  CHECK(values[1] == Value(std::int64_t(3)));
  CHECK(text(values[2]) == "node1");
  CHECK(values[3] == Value(Absent()));
  CHECK(values[4] == Value(std::int64_t(1)));
}

TEST_CASE("objects that are all missing are no error", "[snmp]") {
  SnmpLab lab(GENERATE(v1(), v3()));
  CHECK(get(lab.module.contact, {kColumns.bay / 99, kColumns.bay / 98}, in(20s)) ==
        std::vector<Value>{Absent(), Absent()});
}

TEST_CASE("what is set arrives", "[snmp]") {
  SnmpLab lab(GENERATE(v1(), v3()));
  REQUIRE_FALSE(lab.module.set(0).error);
  CHECK_THAT(lab.chassis.control("dump"), Contains("accepted=1"));
}

TEST_CASE("SNMPv3 works with each pair of protocols that modules offer", "[snmp]") {
  const auto [auth, priv] = GENERATE(table<std::string, std::string>(
      {{"MD5", "DES"}, {"MD5", "AES"}, {"SHA", "DES"}, {"SHA", "AES"}}));
  CAPTURE(auth, priv);
  SnmpLab lab(v3(auth, priv));
  CHECK_FALSE(lab.module.state(20s).error);
  CHECK_FALSE(lab.module.set(0).error);
}

TEST_CASE("SNMPv3 works without encryption, and without passwords, where the module allows it",
          "[snmp]") {
  Credentials credentials;
  credentials.user = "admin";
  std::string user = "admin";
  SECTION("without passwords") {}
  SECTION("without encryption") {
    credentials.auth_password = "authpass1";
    credentials.auth_protocol = "SHA";
    user = "admin:SHA:authpass1";
  }
  SnmpLab lab(credentials, {"--user", user, "--bay", "3=node1"});
  CHECK_FALSE(lab.module.state(20s).error);
}

TEST_CASE("a module on IPv6 is asked like any other", "[snmp]") {
  const auto credentials = GENERATE(v1(), v3());
  auto options = options_for(credentials);
  options.insert(options.end(), {"--listen", "udp6:[::1]:0"});
  SnmpLab lab(credentials, options);
  REQUIRE(lab.module.contact.name().substr(0, 6) == "[::1]:");
  CHECK_FALSE(lab.module.state(20s).error);
}

TEST_CASE("14 bays take 8 packets", "[snmp]") {
  SnmpLab lab(v1());
  CHECK(rows(lab.module.contact,
             {kColumns.bay, kColumns.exists, kColumns.state, kColumns.health, kColumns.name},
             in(20s))
            .size() == 14);
  CHECK_THAT(lab.chassis.control("dump"), Contains("packets=8 "));
}

TEST_CASE("a walk ends with its column, also at the end of everything", "[snmp]") {
  SnmpLab lab(GENERATE(v1(), v3()));
  CHECK(rows(lab.module.contact, {".1.3.9"_oid, kColumns.name}, in(20s)).size() == 14);
  CHECK(rows(lab.module.contact, {".2.5.6"_oid}, in(20s)).empty());
}

TEST_CASE("a lost request of SNMPv1 is repeated after 2 s", "[snmp]") {
  SnmpLab lab(v1());
  REQUIRE(lab.chassis.control("drop 1") == "ok\n");
  CHECK_FALSE(lab.module.state(20s).error);
  CHECK(lab.module.took >= 2s);
  CHECK(lab.module.took < 4s);
}

TEST_CASE("what SNMPv1 loses again and again is repeated steadily", "[snmp]") {
  ScriptedModule silent([](const std::string&) { return std::vector<ScriptedModule::Datagram>{}; });
  Asking module(v1(), silent.peer());
  module.client->send(module.contact.peer, {Request::Kind::get, {kColumns.state / 3}});
  FakeClock clock;
  for (; clock.elapsed() < 13s; clock.advance(1s)) {
    CHECK(module.client->wait({clock, Instant()}).empty());
  }
  // At once, and after 2, 4, 6, 8, 10 and 12 s.
  const auto deadline = in(20s);
  while (silent.arrived() < 7 && !deadline.expired()) deadline.pause(10ms);
  CHECK(silent.arrived() == 7);
}

TEST_CASE("a lost request of SNMPv3 is repeated after 5 s, a lost question for the engine after 2",
          "[snmp]") {
  SnmpLab lab(v3());
  SECTION("the question for the engine") {
    REQUIRE(lab.chassis.control("drop 2") == "ok\n");
    CHECK_FALSE(lab.module.state(20s).error);
    CHECK(lab.module.took >= 4s);
    CHECK(lab.module.took < 7s);
  }
  SECTION("a request") {
    REQUIRE_FALSE(lab.module.state(20s).error);
    REQUIRE(lab.chassis.control("drop 1") == "ok\n");
    CHECK_FALSE(lab.module.state(20s).error);
    CHECK(lab.module.took >= 5s);
    CHECK(lab.module.took < 9s);
  }
}

TEST_CASE("an answer that is later than the repetition counts", "[snmp]") {
  SECTION("SNMPv1") {
    SnmpLab lab(v1());
    REQUIRE(lab.chassis.control("delay 2300") == "ok\n");
    CHECK_FALSE(lab.module.state(20s).error);
    CHECK(lab.module.took < 4s);  // the repetition alone would be answered after 4.3 s
  }
  SECTION("SNMPv3, though the repetition has another id") {
    SnmpLab lab(v3());
    REQUIRE_FALSE(lab.module.state(20s).error);
    REQUIRE(lab.chassis.control("delay 5500") == "ok\n");
    CHECK_FALSE(lab.module.state(30s).error);
    CHECK(lab.module.took < 8s);  // the repetition alone would be answered after 10.5 s
  }
}

TEST_CASE("a module that was silent is asked again as if nothing had been", "[snmp]") {
  SnmpLab lab(GENERATE(v1(), v3()));
  REQUIRE(lab.chassis.control("silent on") == "ok\n");
  CHECK(lab.module.state(300ms).error);
  REQUIRE(lab.chassis.control("silent off") == "ok\n");
  CHECK_FALSE(lab.module.state(20s).error);
  CHECK(lab.module.took < 3s);
}

TEST_CASE("silence ends at the deadline", "[snmp]") {
  SnmpLab lab(GENERATE(v1(), v3()));
  SECTION("from the beginning") {}
  SECTION("after an answer") {
    REQUIRE_FALSE(lab.module.state(20s).error);
  }
  REQUIRE(lab.chassis.control("silent on") == "ok\n");
  const auto error = lab.module.state(1s).error;
  REQUIRE(error);
  CHECK(error->fault() == Fault::timed_out);
  CHECK_THAT(error->problem(), Contains("timed out: no answer from '127.0.0.1:"));
  CHECK(lab.module.took >= 1s);
  CHECK(lab.module.took < 3s);
}

TEST_CASE("what is forgotten is not answered, and does not disturb what comes after", "[snmp]") {
  SnmpLab lab(GENERATE(v1(), v3()));
  auto& client = *lab.module.client;
  const auto ticket =
      client.send(lab.module.contact.peer, {Request::Kind::get, {kColumns.state / 3}});
  client.forget(ticket);
  CHECK(client.wait(in(20s)).empty());  // at once, because nothing is on its way
  const auto other = client.send(lab.module.contact.peer, {Request::Kind::get, {kColumns.bay / 3}});
  const auto answers = client.wait(in(20s));
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].ticket == other);
}

TEST_CASE("who waits for one answer leaves the others to the next", "[snmp]") {
  SnmpLab lab(v1());
  auto& client = *lab.module.client;
  const auto first =
      client.send(lab.module.contact.peer, {Request::Kind::get, {kColumns.state / 3}});
  CHECK_FALSE(lab.module.state(20s).error);  // waits for its own alone
  const auto answers = client.wait(in(20s));
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].ticket == first);
}

TEST_CASE("a dead module does not delay the answers of others", "[snmp]") {
  const auto credentials = GENERATE(v1(), v3());
  SnmpLab lab(credentials);
  SnmpLab dead(credentials);
  REQUIRE(dead.chassis.control("silent on") == "ok\n");
  const auto silent = lab.module.client->open(parse_address(dead.chassis.peer()).value());
  for (int i = 0; i < 5; ++i) {
    lab.module.client->send(silent, {Request::Kind::get, {kColumns.state / 3}});
    CHECK_FALSE(lab.module.state(20s).error);
    CHECK(lab.module.took < 3s);
  }
}

TEST_CASE("descriptors above 1024 are fine", "[snmp]") {
  constexpr int kMany = 1100;
  std::vector<havc::Descriptor> many;
  many.reserve(kMany);
  for (int i = 0; i < kMany; ++i) many.emplace_back(dup(0));
  if (!many.back()) {
    WARN("skipped: too few descriptors are allowed");
    return;
  }
  SnmpLab lab(GENERATE(v1(), v3()));
  CHECK_FALSE(lab.module.state(20s).error);
}

}  // namespace
