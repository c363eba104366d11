#include "fence/input.h"

#include <regex>
#include <set>

#include "fence/metadata.h"
#include "support/catch.h"

namespace {

using havc::fence::parse_input;
using Values = havc::Environment::Values;

TEST_CASE("lines on standard input are names and values", "[fence]") {
  const auto [text, values] = GENERATE(table<std::string, Values>({
      {"", {}},
      {"ip=10.0.0.1\naction=off\n", {{"ip", "10.0.0.1"}, {"action", "off"}}},
      {"action=off\r\nip=10.0.0.1", {{"ip", "10.0.0.1"}, {"action", "off"}}},
      {"\n  \n# ip=10.0.0.2\n \t#\n ip=10.0.0.1 \n", {{"ip", "10.0.0.1"}}},
      {"ip=10.0.0.1\nip=10.0.0.2\n", {{"ip", "10.0.0.2"}}},
      {"ip=10.0.0.1\nip=\n", {{"ip", ""}}},
      {"ip=10.0.0.1\nip\n", {{"ip", ""}}},
      {"password=a=b==\n", {{"password", "a=b=="}}},
      {"password=\"a \"b\" \"\n", {{"password", "a \"b\" "}}},
      {"password=\"\"x\"\"\n", {{"password", "\"x\""}}},
      {"password=\"\n", {{"password", "\""}}},
      {"password=\"x\npasswd=y\"\n", {{"password", "\"x"}, {"passwd", "y\""}}},
      {"snmp-conf-path=/etc/havc\n", {{"snmp_conf_path", "/etc/havc"}}},
      {"plug-separator=;\n", {{"plug_separator", ";"}}},
      {"=x\n==\n", {}},
  }));
  CAPTURE(text);
  CHECK(parse_input(text).values.values() == values);
}

TEST_CASE("unknown names on standard input are ignored", "[fence]") {
  const auto* name = GENERATE("managed", "devices", "session_url", "email", "ping_targets", "Ip");
  CHECK(parse_input(std::string(name) + "=1\nip=h\n").values.values() == Values{{"ip", "h"}});
}

TEST_CASE("unknown names are told once each, with the nearest that exists", "[fence]") {
  CHECK(
      parse_input("host_mpa=node1:3\nzzzz=1\nhost-mpa=node1:4\n").warnings ==
      std::vector<std::string>{"unknown parameter 'host_mpa' is ignored; did you mean 'host_map'?",
                               "unknown parameter 'zzzz' is ignored"});
}

TEST_CASE("what a cluster sends by itself is no unknown name", "[fence]") {
  const auto* name = GENERATE("action", "nodename", "plug", "port", "nodeid", "pcmk_host_map",
                              "CRM_meta_timeout", "crm_feature_set", "delay");
  CHECK(parse_input(std::string(name) + "=1\n").warnings.empty());
}

TEST_CASE("what would end a fencing undone is not obeyed on standard input", "[fence]") {
  const auto* name = GENERATE("help", "version", "explain");
  CHECK(parse_input(std::string(name) + "=1\n").values.values().empty());
}

TEST_CASE("names of other fence agents and of the plugin are known", "[fence]") {
  const auto* name = GENERATE("ip", "ipaddr", "mgmt_address", "login", "passwd", "passwd_script",
                              "port", "nodename", "power_timeout", "debug", "shell_timeout");
  CHECK(parse_input(std::string(name) + "=1\n").values.has(name));
}

/// The names of parameters that the metadata has.
std::set<std::string> described() {
  const std::string text = havc::fence::metadata(havc::power::kBladeCenter);
  const std::regex parameter("<parameter name=\"([a-z0-9_]+)\"");
  std::set<std::string> names;
  for (std::sregex_iterator each(text.begin(), text.end(), parameter), end; each != end; ++each)
    names.insert((*each)[1]);
  return names;
}

TEST_CASE("each name of the metadata is read from standard input", "[fence]") {
  const auto names = described();
  REQUIRE(names.size() > 20);
  for (const auto& name : names) {
    const bool by_person = name == "help" || name == "version";
    CHECK(parse_input(name + "=1\n").values.has(name) != by_person);
  }
}

TEST_CASE("the command line has the names of the metadata, and explain", "[fence]") {
  std::set<std::string> names;
  const auto parse = [&](const std::vector<havc::options::Switch>& switches,
                         const std::vector<std::string>& /*arguments*/) {
    for (const auto& each : switches) {
      names.insert(each.name);
      names.insert(each.aliases.begin(), each.aliases.end());
    }
    return havc::options::Given();
  };
  static_cast<void>(havc::fence::parse_arguments(parse, {}));
  auto expected = described();
  expected.insert("explain");
  CHECK(names == expected);
}

}  // namespace
