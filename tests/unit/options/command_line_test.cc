#include "options/command_line.h"

#include "base/error.h"
#include "support/catch.h"

namespace {

using Catch::Matchers::Contains;
using havc::Error;
using havc::options::Given;
using havc::options::parse_command_line;
using havc::options::Switch;

const std::vector<Switch> kSwitches{{.name = "ip", .aliases = {"ipaddr"}, .letter = 'a'},
                                    {.name = "snmp_conf_path"},
                                    {.name = "verbose", .letter = 'v', .takes_value = false}};
using Words = std::vector<std::string>;

TEST_CASE("options are read in their short and long forms", "[options]") {
  const auto [words, given] = GENERATE(table<Words, Given>({
      {{"-a", "h"}, {{"ip", "h"}}},
      {{"-ah"}, {{"ip", "h"}}},
      {{"--ip=h"}, {{"ip", "h"}}},
      {{"--ip", "h"}, {{"ip", "h"}}},
      {{"--ipaddr=h"}, {{"ip", "h"}}},
      {{"--ip=", "-v"}, {{"verbose", "1"}}},
      {{"--ip=[fd00::1]:161"}, {{"ip", "[fd00::1]:161"}}},
      {{"--ip=a,b;c d"}, {{"ip", "a,b;c d"}}},
      {{"--ip=x=-y"}, {{"ip", "x=-y"}}},
      {{"--ip=%{x}"}, {{"ip", "%{x}"}}},
      {{"--snmp-conf-path=/x"}, {{"snmp_conf_path", "/x"}}},
      {{"-v"}, {{"verbose", "1"}}},
      {{"-vvv"}, {{"verbose", "1"}}},
      {{"-a", "h", "-a", "i"}, {{"ip", "i"}}},
      {{"-va", "h"}, {{"ip", "h"}, {"verbose", "1"}}},
      {{"-v", "--"}, {{"verbose", "1"}}},
  }));
  CAPTURE(words);
  CHECK(parse_command_line(kSwitches, words) == given);
}

TEST_CASE("what is no option is refused, and its value is not repeated", "[options]") {
  const auto [words, reason] = GENERATE(table<Words, std::string>({
      {{"--bogus=secret"}, "unknown option '--bogus'"},
      {{"-v", "secret"}, "a word that belongs to no option"},
      {{"-x"}, "unknown option '-x'"},
      {{"--ip"}, "cannot be read"},
      {{"--bogus="}, "unknown option '--bogus'"},
      {{"--snmp_conf_path=/x"}, "unknown option '--snmp_conf_path'"},
      {{"--", "secret"}, "a word"},
  }));
  CAPTURE(words);
  try {
    parse_command_line(kSwitches, words);
    FAIL("it was accepted");
  } catch (const Error& error) {
    CHECK_THAT(error.what(), Contains(reason) && !Contains("secret"));
  }
}

}  // namespace
