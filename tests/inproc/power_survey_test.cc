// What identifies blades, read by the real client from simulators: the tables of the MIBs, their
// indices and their holes.
#include "power/plan.h"
#include "power/survey.h"
#include "snmp/netsnmp_client.h"
#include "support/catch.h"
#include "support/chassis_process.h"

namespace {

using namespace std::chrono_literals;
using namespace havc::power;
using Catch::Matchers::Contains;
using havc::test::ChassisProcess;

const std::string kUuid = "d63fa294-1bb4-4a12-9d42-48d0be6a3a20";

struct Simulated {
  explicit Simulated(std::vector<std::string> arguments, const Chassis& chassis = kBladeCenter,
                     const std::string& snmp_version = "1")
      : kind(chassis),
        process(with_access(std::move(arguments))),
        version(snmp_version),
        client(havc::snmp::open_netsnmp_client(credentials())),
        module{client.get(), client->open(havc::snmp::parse_address(process.peer()).value())} {}

  static std::vector<std::string> with_access(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--community", "secret", "--user", "admin:SHA:password1"});
    return arguments;
  }
  havc::snmp::Credentials credentials() const {
    if (version == "1") return {.folder = "", .version = "1", .community = "secret"};
    return {.folder = "",
            .version = "3",
            .user = "admin",
            .auth_protocol = "SHA",
            .auth_password = "password1"};
  }
  Survey survey() {
    const auto deadline = havc::Deadline::after(havc::system_clock(), 30s);
    Survey found;
    add_bays(found, 0, module, kind, deadline);
    add_identities(found, 0, module, kind, deadline);
    return found;
  }
  std::vector<int> planned(const std::string& plug, const std::string& map = "") {
    std::vector<int> numbers;
    for (const auto& target : make_plan(plug, survey(), parse_host_map(map).value()).targets) {
      numbers.push_back(target.bay.number);
    }
    return numbers;
  }
  /// Of the line of counts that ends the dump.
  std::string counts() {
    const auto dump = process.control("dump");
    return dump.substr(dump.find("packets"));
  }

  const Chassis& kind;
  ChassisProcess process;
  std::string version;
  std::unique_ptr<havc::snmp::Client> client;
  havc::snmp::Contact module;
};
using Numbers = std::vector<int>;

const Bay& bay_of(const Survey& survey, int number) {
  return *std::find_if(survey.bays.begin(), survey.bays.end(),
                       [&](const Bay& bay) { return bay.number == number; });
}

TEST_CASE("UUID, serial number and width come from either kind's tables", "[power]") {
  const auto* kind = GENERATE(&kBladeCenter, &kFlexSystem);
  const auto* version = GENERATE("1", "3");
  Simulated chassis(
      {"--face", kind == &kFlexSystem ? "cmm" : "amm", "--bay",
       "3=node1,uuid=" + kUuid + ",serial=KD123,width=2,nul=1", "--bay", "5=node2,serial=KD456"},
      *kind, version);
  const auto survey = chassis.survey();
  CHECK(survey.notes.empty());
  CHECK(survey.systems.empty());
  CHECK(bay_of(survey, 3).uuid == uuid_of(kUuid));
  CHECK(bay_of(survey, 3).serial == "KD123");
  CHECK(bay_of(survey, 3).width == 2);
  CHECK(bay_of(survey, 5).uuid != uuid_of(kUuid));
  CHECK(bay_of(survey, 5).width == 1);
  CHECK(chassis.planned("94a23fd6-b41b-124a-9d42-48d0be6a3a20") == Numbers{3});
  CHECK(chassis.planned("kd456,node1") == Numbers{3, 5});
}

TEST_CASE("rows that are numbered otherwise than bays are told apart", "[power]") {
  const auto* kind = GENERATE(&kBladeCenter, &kFlexSystem);
  Simulated chassis({"--face", kind == &kFlexSystem ? "cmm" : "amm", "--do", "module shift=2",
                     "--bay", "3=node1,serial=KD1", "--bay", "5=node2,serial=KD2"},
                    *kind);
  CHECK(chassis.planned("KD1") == Numbers{3});
  CHECK(chassis.planned("KD2") == Numbers{5});
}

TEST_CASE("a module that still collects its inventory has blades without UUIDs", "[power]") {
  Simulated chassis({"--bay", "3=node1,uuid=" + kUuid + ",ready=0"});
  CHECK(bay_of(chassis.survey(), 3).uuid.empty());
  CHECK(chassis.planned("node1") == Numbers{3});
  CHECK_THROWS_WITH(chassis.planned(kUuid), Contains("no bay of this chassis is host"));
}

TEST_CASE("HX5 blades of a partition are planned together, and others for themselves", "[power]") {
  Simulated chassis({"--partition", "3,4", "--partition", "7", "--bay", "3=big", "--bay", "4=SN4",
                     "--bay", "5=node5", "--bay", "7=alone"});
  const auto survey = chassis.survey();
  REQUIRE(survey.systems.size() == 1);
  CHECK(survey.systems[0].one_image);
  CHECK(survey.systems[0].bays == Numbers{3, 4});
  CHECK(chassis.planned("big") == Numbers{3, 4});
  CHECK(chassis.planned("node5") == Numbers{5});
  CHECK_FALSE(make_plan("alone", survey, {}).scaled);
  CHECK_THROWS_WITH(chassis.planned("a", "a:3;b:4"), Contains("one system with"));
}

TEST_CASE("nodes of a Flex System that are joined are one host by name or map", "[power]") {
  Simulated chassis({"--face", "cmm", "--partition", "3,4", "--bay", "3=big", "--bay", "4=big",
                     "--bay", "5=node5"},
                    kFlexSystem);
  CHECK(chassis.planned("3") == Numbers{3, 4});
  CHECK(make_plan("big", chassis.survey(), {}).scaled);
  CHECK(chassis.planned("a", "a:3") == Numbers{3});
  CHECK_FALSE(make_plan("node5", chassis.survey(), {}).scaled);
}

TEST_CASE("14 bays are listed with few packets, and identified with few more", "[power]") {
  std::vector<std::string> arguments;
  for (int bay = 1; bay <= 14; ++bay) {
    arguments.insert(arguments.end(),
                     {"--bay", std::to_string(bay) + "=node" + std::to_string(bay) + ",serial=KD" +
                                   std::to_string(bay) + ",uuid=" + kUuid});
  }
  Simulated chassis(arguments);
  Survey found;
  const auto deadline = havc::Deadline::after(havc::system_clock(), 30s);
  add_bays(found, 0, chassis.module, kBladeCenter, deadline);
  CHECK(found.bays.size() == 14);
  CHECK_THAT(chassis.counts(), Contains("packets=8 "));
  add_identities(found, 0, chassis.module, kBladeCenter, deadline);
  CHECK_THAT(chassis.counts(), Contains("packets=16 "));
  CHECK(found.notes.empty());
}

TEST_CASE("nothing is changed by looking", "[power]") {
  Simulated chassis({"--partition", "3,4", "--bay", "3=big", "--bay", "4=big"});
  chassis.survey();
  CHECK_THAT(chassis.counts(), Contains("sets=0"));
}

}  // namespace
