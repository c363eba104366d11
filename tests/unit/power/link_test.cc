#include "power/link.h"

#include "lab.h"

namespace {

using namespace std::chrono_literals;
using namespace havc::power;
using Catch::Matchers::Contains;
using havc::Error;
using havc::Fault;
using havc::snmp::Absent;
using havc::test::FakeChassis;
using havc::test::FakeModule;

/// Two modules, at "a" and "b".
struct Lab : havc::test::PowerLab {
  FakeModule& other = client.add("b", chassis);

  Lab() { deadline = clock.in(27s); }

  /// The address that is talked to.
  std::string connected() {
    connect({"a", "b"});
    return links.back().name();
  }
  std::optional<Error> trouble() {
    try {
      connect({"a", "b"});
    } catch (const Error& error) {
      return error;
    }
    return {};
  }
};

TEST_CASE_METHOD(Lab, "the first module that answers is taken when none says who is in charge",
                 "[power]") {
  module.latency = 300ms;
  CHECK(connected() == "b");
  CHECK(clock.elapsed() < 1s);
}

TEST_CASE_METHOD(Lab, "the module in charge is taken though another answers first", "[power]") {
  set_modules({"a", "b"}, 1);
  module.latency = 4s;
  CHECK(connected() == "a");
}

TEST_CASE_METHOD(Lab, "chassisActiveMM decides when the table of modules does not", "[power]") {
  set_modules({"a", "b"}, 2);
  chassis.set_object(kind.modules.primary / 1, std::int64_t(1));  // both, as without a standby
  CHECK(connected() == "b");
}

TEST_CASE_METHOD(Lab, "a table with one row is understood", "[power]") {
  chassis.set_object(kind.modules.address / 2, std::string("b"));
  chassis.set_object(kind.modules.primary / 2, std::int64_t(1));
  CHECK(connected() == "b");
}

TEST_CASE_METHOD(Lab, "a dead module in charge is waited for, then its standby is taken",
                 "[power]") {
  set_modules({"a", "b"}, 1);
  module.dead = true;
  CHECK(connected() == "b");
  CHECK(clock.elapsed() > 15s);
  CHECK(clock.elapsed() < 25s);
}

TEST_CASE_METHOD(Lab, "a standby that takes over is taken", "[power]") {
  set_modules({"a", "b"}, 1);
  module.dead = true;
  chassis.at(7s, [&] { set_modules({"a", "b"}, 2); });
  CHECK(connected() == "b");
  CHECK(clock.elapsed() < 12s);
}

TEST_CASE_METHOD(Lab, "a dead module does not hold up another", "[power]") {
  module.dead = true;
  CHECK(connected() == "b");
  CHECK(clock.elapsed() < 1s);
}

TEST_CASE_METHOD(Lab, "silence of all is told at the deadline, with each of them", "[power]") {
  module.dead = other.dead = true;
  const auto error = trouble();
  REQUIRE(error);
  CHECK(error->fault() == Fault::timed_out);
  CHECK_THAT(error->problem(), Contains("'a' in 27 s") && Contains("'b' in 27 s"));
  CHECK(clock.elapsed() == 27s);
  CHECK(client.on_its_way() == 0);
}

TEST_CASE_METHOD(Lab, "a refusal of all is told at once", "[power]") {
  module.read_refusal = other.read_refusal = Error(Fault::permission, "unknown user");
  CHECK(trouble()->fault() == Fault::permission);
  CHECK(clock.elapsed() < 1s);
}

TEST_CASE_METHOD(Lab, "an address that is something else is left out", "[power]") {
  FakeChassis flex(clock, kFlexSystem);
  module.chassis = &flex;
  CHECK(connected() == "b");
  REQUIRE(links.back().troubles().size() == 1);
  CHECK_THAT(links.back().troubles()[0], Contains("'a' is not an IBM BladeCenter chassis"));
}

TEST_CASE_METHOD(Lab, "several chassis are connected to at once", "[power]") {
  FakeChassis second(clock);
  client.add("c", second).latency = 9s;
  module.latency = 9s;
  links.emplace_back(client, kind, std::vector<havc::snmp::Address>{{.host = "a"}});
  links.emplace_back(client, kind, std::vector<havc::snmp::Address>{{.host = "nobody"}});
  links.emplace_back(client, kind, std::vector<havc::snmp::Address>{{.host = "c"}});
  const auto troubles = connect_all(links, deadline);
  CHECK_FALSE(troubles[0]);
  CHECK_FALSE(troubles[2]);
  REQUIRE(troubles[1]);
  CHECK_THAT(troubles[1]->problem(), Contains("'nobody'"));
  CHECK(clock.elapsed() == 27s);
}

TEST_CASE_METHOD(Lab, "a silent module can be changed for another", "[power]") {
  set_modules({"a", "b"}, 1);
  REQUIRE(connected() == "a");
  module.dead = true;
  SECTION("that is in charge") {
    set_modules({"a", "b"}, 2);
    CHECK(links[0].change(deadline));
    CHECK(links[0].name() == "b");
    CHECK(clock.elapsed() < 1s);
  }
  SECTION("that is a standby, when there is no other") {
    CHECK(links[0].change(deadline));
    CHECK(links[0].name() == "b");
    CHECK(clock.elapsed() < 15s);
  }
  SECTION("but not for one that is dead, too") {
    other.dead = true;
    CHECK_FALSE(links[0].change(deadline));
    CHECK(links[0].name() == "a");
    CHECK(clock.elapsed() == 27s);
  }
}

/// A kind, what its module says, and whether that is right.
struct Kinds : havc::test::PowerLab {
  bool accepts(const Chassis& wanted, const std::string& address) {
    Link link(client, wanted, {{.host = address}});
    try {
      link.connect(deadline);
      return true;
    } catch (const Error& error) {
      CHECK(error.fault() == Fault::misconfigured);
      CHECK_THAT(error.problem(), Contains("is not an " + std::string(wanted.product)));
      return false;
    }
  }
};

TEST_CASE_METHOD(Kinds, "each plugin knows its own chassis alone", "[power]") {
  FakeChassis flex(clock, kFlexSystem);
  client.add("flex", flex);
  CHECK(accepts(kBladeCenter, "a"));
  CHECK(accepts(kFlexSystem, "flex"));
  CHECK_FALSE(accepts(kBladeCenter, "flex"));
  CHECK_FALSE(accepts(kFlexSystem, "a"));
}

TEST_CASE_METHOD(Kinds, "without chassisType the description decides", "[power]") {
  using havc::snmp::operator""_oid;
  chassis.set_object(kBladeCenter.type_object, Absent());
  const auto [description, product] = GENERATE(table<std::string, const Chassis*>({
      {"IBM BladeCenter Advanced Management Module", &kBladeCenter},
      {"BLADECENTER MANAGEMENT MODULE", &kBladeCenter},
      {"IBM Flex Chassis Management Module", &kFlexSystem},
      {"Lenovo Flex Chassis Management Module", &kFlexSystem},
      {"Linux switch", nullptr},
  }));
  chassis.set_object(".1.3.6.1.2.1.1.1.0"_oid, description);
  for (const auto* one : {&kBladeCenter, &kFlexSystem})
    CHECK(accepts(*one, "a") == (one == product));
}

}  // namespace
