// What the plugins say about themselves: administrators and libstonith read it, so a change of it
// must be seen.
#include "stonith/info.h"

#include "support/catch.h"
#include "support/golden.h"

namespace {

using namespace havc::stonith;

TEST_CASE("the plugins' descriptions of themselves", "[golden]") {
  const auto* chassis = GENERATE(&havc::power::kBladeCenter, &havc::power::kFlexSystem);
  std::string text;
  for (const auto* action : {"getconfignames", "getinfo-devid", "getinfo-devname",
                             "getinfo-devdescr", "getinfo-devurl"}) {
    text += std::string("--- ") + action + "\n" + info(action, *chassis, {}).value();
  }
  havc::test::check_golden(std::string(chassis->plugin) + ".info.txt",
                           text + "--- usage\n" + usage(*chassis));
}

TEST_CASE("the plugins' parameters as XML", "[golden]") {
  havc::test::check_golden("stonith_parameters.xml",
                           info("getinfo-xml", havc::power::kBladeCenter, {}).value());
}

TEST_CASE("both plugins take the same parameters", "[golden]") {
  CHECK(info("getinfo-xml", havc::power::kBladeCenter, {}) ==
        info("getinfo-xml", havc::power::kFlexSystem, {}));
}

TEST_CASE("the name of a device says where its snmp.conf is", "[golden]") {
  havc::Environment environment;
  environment.set("snmp_conf_path", "/etc/havc");
  CHECK(info("getinfo-devname", havc::power::kBladeCenter, environment).value().find("/etc/havc") !=
        std::string::npos);
}

TEST_CASE("words that are no information are none", "[golden]") {
  CHECK_FALSE(info("status", havc::power::kBladeCenter, {}));
  CHECK_FALSE(info("getinfo-", havc::power::kBladeCenter, {}));
}

}  // namespace
