#include "stonith/setup.h"

#include "support/catch.h"

namespace {

using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using havc::Deadline;
using havc::Environment;
using havc::Error;
using havc::Fault;
using havc::stonith::Face;
using havc::stonith::Strictness;

havc::power::Setup setup(Environment::Values values, Face face = Face::fence) {
  values.insert({face == Face::fence ? "ip" : "mgmt_address", "10.0.0.1"});
  const auto options = parse(face, Environment(values), Strictness::refuse);
  return setup_of(options, face, Deadline::after(havc::system_clock(), 20s));
}

std::string text(const havc::power::Setup& setup) {
  std::string result;
  for (const auto& modules : setup.chassis) {
    for (const auto& address : modules) result += address.text() + " ";
    result += "; ";
  }
  return result;
}

TEST_CASE("addresses are of several modules and several chassis", "[stonith]") {
  const auto [given, port, expected] = GENERATE(table<std::string, std::string, std::string>({
      {"a,b", "161", "a b ; "},
      {"a,b;c , [::1]:99", "161", "a b ; c [::1]:99 ; "},
      {"a;b:99", "1161", "a:1161 ; b:99 ; "},
      {"a", "", "a ; "},
  }));
  CHECK(text(setup({{"ip", given}, {"ipport", port}, {"community", "x"}})) == expected);
}

TEST_CASE("a list of chassis with something that is no address is refused", "[stonith]") {
  const auto* given = GENERATE(";", "a;b c", "a,,b;c:0", "a:b:c;d");
  CHECK_THROWS_AS(setup({{"ip", given}, {"community", "x"}}), Error);
}

TEST_CASE("parameters are credentials", "[stonith]") {
  const auto credentials = setup({{"username", "u"},
                                  {"password", "p"},
                                  {"snmp_auth_prot", "sha"},
                                  {"snmp_sec_level", "AUTHPRIV"},
                                  {"snmp_priv_prot", "AES"},
                                  {"snmp_priv_passwd", "q"}})
                               .credentials;
  CHECK(credentials.user == "u");
  CHECK(credentials.auth_password == "p");
  CHECK(credentials.auth_protocol == "SHA");
  CHECK(credentials.level == "authPriv");
  CHECK(credentials.priv_protocol == "AES");
  CHECK(credentials.priv_password == "q");
}

TEST_CASE("the SNMP version follows from the credentials unless something says it", "[stonith]") {
  const auto [values, version] = GENERATE(table<Environment::Values, std::string>({
      {{{"community", "c"}}, "1"},
      {{{"username", "u"}}, "3"},
      {{{"community", "c"}, {"username", "u"}}, "1"},
      {{{"community", "c"}, {"username", "u"}, {"snmp_version", "3"}}, "3"},
      {{{"community", "c"}, {"snmp_conf_path", "/etc/havc"}}, ""},
  }));
  CHECK(setup(values).credentials.version == version);
}

TEST_CASE("a password may be printed by a program, which counts more", "[stonith]") {
  const auto credentials = setup({{"username", "u"},
                                  {"passwd", "given"},
                                  {"passwd_script", "/bin/echo 'a  b' c"},
                                  {"snmp_priv_passwd_script", "printf '%s \\n\\n' priv"}})
                               .credentials;
  CHECK(credentials.auth_password == "a  b c");
  CHECK(credentials.priv_password == "priv");
}

TEST_CASE("a program that prints no password is told, and nothing of what it printed",
          "[stonith]") {
  const auto [script, words] = GENERATE(table<std::string, std::string>({
      {"sh -c 'echo secret; exit 3'", "password_script 'sh' ends with exit code 3"},
      {"true", "password_script 'true' prints nothing"},
      {"/nonexistent/program", "password_script: cannot run '/nonexistent/program'"},
      {"echo 'x", "quotation mark"},
      {"''", ""},
  }));
  CAPTURE(script);
  try {
    setup({{"username", "u"}, {"password_script", script}});
    FAIL("it was accepted");
  } catch (const Error& error) {
    CHECK_THAT(error.what(), Contains(words));
    CHECK_THAT(error.what(), !Contains("secret"));
  }
}

TEST_CASE("a program that hangs is ended by the deadline", "[stonith]") {
  const auto options = parse(
      Face::external,
      Environment(
          {{"mgmt_address", "a"}, {"snmp_conf_path", "/x"}, {"password_script", "sleep 100"}}),
      Strictness::refuse);
  CHECK_THROWS_WITH(
      setup_of(options, Face::external, Deadline::after(havc::system_clock(), 200ms)),
      Contains("password_script: ") && Contains("timed out") && Contains("run it as root"));
}

TEST_CASE("only the plugin asks the system to shut down first", "[stonith]") {
  const Environment::Values values{{"snmp_conf_path", "/x"}, {"soft_timeout", "7"}};
  CHECK(setup(values, Face::external).soft_timeout == 7s);
  CHECK(setup(values, Face::fence).soft_timeout == 0s);
}

TEST_CASE("verify, escalate and missing_as_off arrive", "[stonith]") {
  const auto result = setup({{"community", "c"},
                             {"verify", "strict"},
                             {"escalate", "reseat"},
                             {"missing_as_off", "yes"}});
  CHECK(result.verify == havc::power::Verify::strict);
  CHECK(result.escalate == havc::power::Escalate::reseat);
  CHECK(result.missing_as_off);
}

}  // namespace
