// What the administrator reads when a module refuses: each case against a simulator that has it.
#include "snmp_lab.h"
#include "support/catch.h"

using namespace std::chrono_literals;
using namespace havc::snmp;
using namespace havc::test;
using Catch::Matchers::Contains;
using havc::Fault;

namespace {

TEST_CASE("a wrong community is silence, and its error names the community", "[snmp]") {
  SnmpLab lab(v1(), {"--community", "other", "--bay", "3=node1"});
  const auto error = lab.module.state(1s).error;
  REQUIRE(error);
  CHECK(error->fault() == Fault::timed_out);
  CHECK_THAT(error->remedy(), Contains("the community ('community')"));
  CHECK(lab.module.took < 3s);
}

TEST_CASE("what is wrong with a user is told at once", "[snmp]") {
  const auto [user, problem, remedy] = GENERATE(table<std::string, std::string, std::string>({
      {"admin:SHA:otherpass:AES:privpass1", "refuses the authentication", "'password'"},
      {"admin:MD5:authpass1:AES:privpass1", "refuses the authentication", "'snmp_auth_prot'"},
      {"other:SHA:authpass1:AES:privpass1", "refuses the user", "'username'"},
      {"admin:SHA:authpass1", "refuses the security level", "'snmp_sec_level'"},
  }));
  CAPTURE(user);
  SnmpLab lab(v3(), {"--user", user});
  const auto error = lab.module.state(20s).error;
  REQUIRE(error);
  CHECK(error->fault() == Fault::permission);
  CHECK_THAT(error->problem(), Contains(problem));
  CHECK_THAT(error->remedy(), Contains(remedy));
  CHECK(lab.module.took < 3s);
}

TEST_CASE("a wrong privacy password or protocol never looks like an answer", "[snmp]") {
  const auto* user =
      GENERATE("admin:SHA:authpass1:AES:otherpass", "admin:SHA:authpass1:DES:privpass1");
  CAPTURE(user);
  SnmpLab lab(v3(), {"--user", user});
  const auto error = lab.module.state(1s).error;
  REQUIRE(error);
  CHECK_THAT(error->remedy(), Contains("'snmp_priv_passwd' and 'snmp_priv_prot'"));
  CHECK(lab.module.took < 3s);
}

TEST_CASE("a module without SNMPv3 users is not taken for one with other passwords", "[snmp]") {
  SnmpLab lab(v3(), {"--community", "secret"});
  REQUIRE(lab.chassis.control("silent on") == "ok\n");
  CHECK_THAT(lab.module.state(1s).error->remedy(), Contains("SNMPv3 agent is enabled"));
}

struct Refusal {
  Credentials credentials;
  std::vector<std::string> options;
  std::int32_t value;
  Fault fault;
  std::string problem;
  std::string remedy;
};

TEST_CASE("a command that is refused says why", "[snmp]") {
  const std::string user = "admin:SHA:authpass1:AES:privpass1";
  const auto row = GENERATE_COPY(values<Refusal>({
      {v1(),
       {"--read-only-community", "secret"},
       0,
       Fault::permission,
       "noSuchName",
       "give the community ('community') write access"},
      {v3(),
       {"--read-only-user", user},
       0,
       Fault::permission,
       "refuses access",
       "give the user ('username') write access"},
      {v1(),
       {"--community", "secret", "--bay", "3=n,refuse=1"},
       0,
       Fault::permission,
       "noSuchName",
       "write access"},
      {v3(),
       {"--user", user, "--bay", "3=n,refuse=1"},
       0,
       Fault::permission,
       "notWritable",
       "write access"},
      {v1(),
       {"--community", "secret", "--bay", "3=n,softoff=refuse"},
       2,
       Fault::failed,
       "badValue",
       "event log"},
      {v3(),
       {"--user", user, "--bay", "3=n,softoff=refuse"},
       2,
       Fault::failed,
       "wrongValue",
       "event log"},
      {v1(), {"--community", "secret", "--bay", "3=n"}, 77, Fault::failed, "badValue", "event log"},
      {v3(), {"--user", user, "--bay", "3=n"}, 77, Fault::failed, "wrong", "event log"},
  }));
  CAPTURE(row.options);
  SnmpLab lab(row.credentials, row.options);
  const auto error = lab.module.set(row.value).error;
  REQUIRE(error);
  CHECK(error->fault() == row.fault);
  CHECK_THAT(error->problem(), Contains(row.problem) && Contains(kColumns.command.text()));
  CHECK_THAT(error->remedy(), Contains(row.remedy));
}

TEST_CASE("a port where nobody listens is silence, and its error says so", "[snmp]") {
  SnmpLab lab(GENERATE(v1(), v3()));
  lab.chassis.end();
  const auto error = lab.module.state(1s).error;
  REQUIRE(error);
  CHECK(error->fault() == Fault::timed_out);
  CHECK_THAT(error->problem(), Contains("Connection refused"));
  CHECK_THAT(error->remedy(), Contains("enable SNMP"));
  CHECK(lab.module.took >= 1s);  // the agent may be about to start
}

TEST_CASE("a node that cannot send says so at once", "[snmp]") {
  // The kernel refuses broadcasts of those who have not asked for the right (socket(7)).
  Asking module(GENERATE(v1(), v3()), "255.255.255.255");
  const auto error = module.state(20s).error;
  REQUIRE(error);
  CHECK(error->fault() == Fault::unreachable);
  CHECK_THAT(error->problem(), Contains("cannot send to '255.255.255.255': "));
  CHECK(module.took < 3s);
}

}  // namespace
