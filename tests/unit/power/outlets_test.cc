// A kind of chassis is one data table: the engine drives a rack's power outlets, of which it knows
// nothing else than this one.
#include "lab.h"

namespace {

using namespace std::chrono_literals;
using namespace havc::power;
using Catch::Matchers::Contains;
using havc::Error;
using havc::Fault;
using havc::snmp::operator""_oid;
using Codes = havc::test::PowerLab::Codes;

// PowerNet-MIB of APC's switched rack PDUs: rPDUOutletStatusTable and rPDUOutletControlTable. No
// presence, no health, no names that machines follow by themselves, no soft off, and other codes.
constexpr auto kStatusEntry = ".1.3.6.1.4.1.318.1.1.12.3.5.1.1"_oid;
constexpr auto kControlEntry = ".1.3.6.1.4.1.318.1.1.12.3.3.1.1"_oid;
constexpr std::array<StateCode, 2> kStates{{{1, Power::on, "on"}, {2, Power::off, "off"}}};
constexpr std::array<std::string_view, 1> kDescriptions{"APC Web/SNMP Management Card"};

constexpr Chassis kRackPdu{
    .plugin = "apcpdu",
    .product = "APC rack PDU",
    .module = "network management card",
    .url = "https://en.wikipedia.org/wiki/Power_distribution_unit",
    .type_object = {},
    .types = {},
    .descriptions = kDescriptions,
    .columns = {.bay = kStatusEntry / 1,  // rPDUOutletStatusIndex
                .exists = {},
                .state = kStatusEntry / 4,  // rPDUOutletStatusOutletState
                .health = {},
                .name = kStatusEntry / 2,       // rPDUOutletStatusOutletName
                .command = kControlEntry / 4},  // rPDUOutletControlOutletCommand
    .inventory = {},
    .widths = {},
    .states = kStates,
    .healths = {},
    .commands = {.off = 2, .on = 1, .soft_off = {}},  // immediateOff, immediateOn
};

/// A server that two outlets feed.
struct Outlets : havc::test::PowerLab {
  havc::test::FakeBay& left = chassis.add(11, {.number = 11, .name = "server"});
  havc::test::FakeBay& right = chassis.add(12, {.number = 12, .name = "server"});

  Outlets() : PowerLab(kRackPdu) { policy.soft_timeout = 15s; }
  static constexpr int kOn = 1;
  static constexpr int kOff = 2;
};

TEST_CASE_METHOD(Outlets, "outlets: both are switched off, at once, and read back", "[power]") {
  off(find("server"));
  CHECK(codes() == Codes{2, 2});
  CHECK(left.state == kOff);
  CHECK(right.state == kOff);
  CHECK(chassis.row(7).state == kOn);
  CHECK(clock.elapsed() >= 3s);
  CHECK(clock.elapsed() < 6s);
}

TEST_CASE_METHOD(Outlets, "outlets: reset ends with both on", "[power]") {
  CHECK(havc::power::reset(links, kind, find("server"), policy, audit, deadline));
  CHECK(codes() == Codes{2, 2, 1, 1});
  CHECK(left.state == kOn);
}

TEST_CASE_METHOD(Outlets, "outlets: the code that is off elsewhere is not off here", "[power]") {
  left.state = 0;
  left.lost_commands = 1000;
  CHECK_THAT(failure(find("server")).problem(), Contains("bay 11 (server) reads state 0"));
  CHECK(clock.elapsed() == 55s);
}

TEST_CASE_METHOD(Outlets, "outlets: another name there ends the action", "[power]") {
  const auto plan = find("server");
  right.name = "other";
  CHECK_THAT(failure(plan).problem(), Contains("has become bay 12 (other)"));
}

TEST_CASE_METHOD(Outlets, "outlets: strict verification is refused with the remedy", "[power]") {
  policy.verify = Verify::strict;
  const auto error = failure(find("server"));
  CHECK(error.fault() == Fault::misconfigured);
  CHECK(error.remedy() == "use verify=basic");
}

TEST_CASE_METHOD(Outlets, "outlets: what is something else is known by its description",
                 "[power]") {
  chassis.set_object(".1.3.6.1.2.1.1.1.0"_oid, "IBM BladeCenter Management Module");
  CHECK_THROWS_WITH(find("server"), Contains("is not an APC rack PDU chassis"));
}

}  // namespace
