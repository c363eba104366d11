#include "snmp/refusals.h"

#include <cerrno>

#include "support/catch.h"

namespace {

using namespace havc::snmp;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using havc::Fault;

const Oid kObject = ".1.3.6.1.4.1.2.3.51.2.22.1.6.1.1.7.3"_oid;
const Request kGet{Request::Kind::get, {kObject, kObject / 1}};
const Request kSet{Request::Kind::set, {kObject}, 0};

Identity v1(bool by_parameter = true) {
  Identity identity;
  identity.version = Version::v1;
  identity.by_parameter.fill(by_parameter);
  return identity;
}

Identity v3(bool by_parameter = true) {
  Identity identity = v1(by_parameter);
  identity.version = Version::v3;
  identity.level = Level::auth_priv;
  return identity;
}

TEST_CASE("each error status of SNMP is either want of access or the module's refusal", "[snmp]") {
  const auto [status, reading, setting, name] = GENERATE(table<long, Fault, Fault, std::string>({
      {1, Fault::failed, Fault::failed, "tooBig"},
      {2, Fault::permission, Fault::permission, "noSuchName"},
      {3, Fault::failed, Fault::failed, "badValue"},
      {4, Fault::permission, Fault::permission, "readOnly"},
      {5, Fault::failed, Fault::failed, "genErr"},
      {6, Fault::permission, Fault::permission, "noAccess"},
      {7, Fault::failed, Fault::failed, "wrongType"},
      {8, Fault::failed, Fault::failed, "wrongLength"},
      {9, Fault::failed, Fault::failed, "wrongEncoding"},
      {10, Fault::failed, Fault::failed, "wrongValue"},
      {11, Fault::failed, Fault::failed, "noCreation"},
      {12, Fault::failed, Fault::failed, "inconsistentValue"},
      {13, Fault::failed, Fault::failed, "resourceUnavailable"},
      {14, Fault::failed, Fault::failed, "commitFailed"},
      {15, Fault::failed, Fault::failed, "undoFailed"},
      {16, Fault::permission, Fault::permission, "authorizationError"},
      {17, Fault::permission, Fault::permission, "notWritable"},
      {18, Fault::failed, Fault::failed, "inconsistentName"},
      {19, Fault::failed, Fault::failed, "error status 19"},
      {-1, Fault::failed, Fault::failed, "error status -1"},
  }));
  const auto read = refusal(v1(), kGet, status, 1, "mm");
  const auto set = refusal(v1(), kSet, status, 1, "mm");
  CHECK(read.fault() == reading);
  CHECK(set.fault() == setting);
  CHECK_THAT(read.problem(), Contains("'mm'") && Contains(name));
  CHECK_THAT(set.problem(), Contains(kObject.text() + ": " + name));
  CHECK_FALSE(read.remedy().empty());
  CHECK_FALSE(set.remedy().empty());
}

TEST_CASE("the object that a status is about is named, if there is such an object", "[snmp]") {
  CHECK_THAT(refusal(v1(), kGet, 5, 2, "mm").problem(), Contains(kGet.oids[1].text()));
  CHECK_THAT(refusal(v1(), kGet, 5, 99, "mm").problem(), Contains(kGet.oids[0].text()));
  CHECK_THAT(refusal(v1(), {}, 5, 1, "mm").problem(), Contains("nothing"));
}

TEST_CASE("who lacks write access is named", "[snmp]") {
  CHECK_THAT(refusal(v1(), kSet, 2, 1, "mm").remedy(),
             Contains("the community ('community') write access"));
  CHECK_THAT(refusal(v3(false), kSet, 17, 1, "mm").remedy(),
             Contains("the user (defSecurityName in snmp.conf) write access"));
}

TEST_CASE("a SET that SNMPv1 refuses by noSuchName may be to a blade that was pulled", "[snmp]") {
  CHECK_THAT(refusal(v1(), kSet, 2, 1, "mm").remedy(), Contains("unless the blade"));
  CHECK_THAT(refusal(v3(), kSet, 17, 1, "mm").remedy(), !Contains("unless the blade"));
}

TEST_CASE("who may not read is told of a security level that is below the highest", "[snmp]") {
  auto identity = v3();
  CHECK_THAT(refusal(identity, kGet, 16, 1, "mm").remedy(), !Contains("level"));
  identity.level = Level::auth;
  CHECK_THAT(refusal(identity, kGet, 16, 1, "mm").remedy(), Contains("'snmp_sec_level'"));
}

TEST_CASE("each report says what to correct, and where", "[snmp]") {
  const auto [report, fault, parameter, word] =
      GENERATE(table<Report, Fault, std::string, std::string>({
          {Report::unknown_user, Fault::permission, "'username'", "defSecurityName"},
          {Report::wrong_digest, Fault::permission, "'password' and 'snmp_auth_prot'",
           "defAuthPassphrase and defAuthType"},
          {Report::unsupported_level, Fault::permission, "'snmp_sec_level'", "defSecurityLevel"},
          {Report::undecipherable, Fault::permission, "'snmp_priv_passwd' and 'snmp_priv_prot'",
           "defPrivPassphrase and defPrivType"},
          {Report::unknown_engine, Fault::failed, "restart", "restart"},
          {Report::wrong_time, Fault::failed, "restart", "restart"},
          {Report::other, Fault::failed, "restart", "restart"},
      }));
  const auto error = refusal(v3(), report, "mm");
  CHECK(error.fault() == fault);
  CHECK_THAT(error.problem(), Contains("'mm'"));
  CHECK_THAT(error.remedy(), Contains(parameter));
  CHECK_THAT(refusal(v3(false), report, "mm").remedy(), Contains(word));
}

TEST_CASE("silence is told with what is known of the peer", "[snmp]") {
  const auto [version, known, problem, remedy] =
      GENERATE(table<Version, Silence, std::string, std::string>({
          {Version::v1,
           {},
           "from 'mm' in 7 s",
           "knows the community ('community') and admits this node's address to it"},
          {Version::v3, {}, "from 'mm' in 7 s", "SNMPv3 agent is enabled"},
          {Version::v3, {0, true, false}, "to an encrypted request", "'snmp_priv_passwd'"},
          {Version::v1, {0, false, true}, "from 'mm' in 7 s", "up and not overloaded"},
          {Version::v3, {0, true, true}, "from 'mm' in 7 s", "up and not overloaded"},
          {Version::v1, {ECONNREFUSED, false, false}, "Connection refused", "enable SNMP"},
          {Version::v3, {EHOSTUNREACH, true, true}, "No route to host", "network"},
      }));
  Identity identity = v3();
  identity.version = version;
  const auto error = silence(identity, known, "mm", 7s);
  CHECK(error.fault() == Fault::timed_out);
  CHECK_THAT(error.problem(), Contains("timed out: no answer") && Contains(problem));
  CHECK_THAT(error.remedy(), Contains(remedy));
}

TEST_CASE("a node that cannot send is unreachable to itself", "[snmp]") {
  const auto error = cannot_send(ENETUNREACH, "mm");
  CHECK(error.fault() == Fault::unreachable);
  CHECK_THAT(error.problem(), Contains("'mm'") && Contains("Network is unreachable"));
}

TEST_CASE("no report is told in a word by which Pacemaker knows actions that agents do not offer",
          "[snmp]") {
  for (int report = 0; report <= static_cast<int>(Report::other); ++report) {
    const std::string problem = refusal(v3(), static_cast<Report>(report), "mm").problem();
    CHECK_THAT(problem, !Contains("unsupported", Catch::CaseSensitive::No));
  }
}

}  // namespace
