// Secrets out of texts, by a table of texts as they are found on clusters.
#include "health/redact.h"

#include "base/file.h"
#include "support/catch.h"

#include <random>
#include <vector>

namespace {

using havc::health::redacted;

/// Each has a secret in the place of '@@'.
const std::vector<std::string> kTexts{
    R"(<nvpair id="chassis1-community" name="community" value="@@"/>)",
    "<nvpair name=\"password\"\n  value=\"@@\"/>",
    R"(a < b: <nvpair name="passwd" value="@@"/>)",
    "<secret>\n  @@\n</secret>",
    R"(["fence_x", "--password", "@@", "--ip"])",
    R"(<nvpair value='@@' id='f-1' name='snmp_priv_passwd'/>)",
    R"(<primitive id="f"><nvpair name="ip" value="10.0.0.1"/><nvpair name="password" value="@@"/>)",
    R"(<graphics type='vnc' port='-1' passwd='@@' passwdValidTo='2026-01-01T00:00:00'/>)",
    R"(<secret type='iscsi' usage='x'>@@</secret>)",
    "<password>@@</password>",
    "<secret>\n<value>1</value></secret><secret_value>@@</secret_value>",
    "email_password = \"@@\"",
    "email_password = '@@ with blanks'",
    "password=@@",
    "passwd=@@ login=admin",
    "password: @@",
    R"({"action":"off","snmp_community":"@@","port":"1"})",
    R"({"password": "@@", "x": 1})",
    R"({"passphrase":"a\"@@","x":1})",
    "Nov 21 12:00:00 n1 pacemaker-fenced[12]: notice: passwd=@@, port=3",
    "+  /cib/configuration/resources/primitive/nvpair[@id='f-passwd']:  @value=@@",
    "++ <nvpair name=\"passwd\" value=\"@@\" id=\"f-passwd\"/>",
    "snmpget -v1 -c @@ 192.168.3.5 sysDescr.0",
    "snmpget -v3 -u admin -a SHA -A @@ -x AES -X @@ 192.168.3.5 sysDescr.0",
    "ipmitool -I lanplus -H 10.0.0.1 -U admin -P @@ power status",
    "fence_ipmilan -a 10.0.0.1 -l admin -p @@ -o status",
    "fence_ipmilan --password @@ --ip 10.0.0.1",
    "fence_ipmilan --password=@@ --ip 10.0.0.1",
    "defCommunity @@",
    "defAuthPassphrase @@",
    "defPrivPassphrase \"@@\"",
    "  defPrivMasterKey 0x@@",
    "rocommunity @@ 192.168.3.0/24",
    "com2sec readonly default @@",
    "createUser admin SHA \"@@\" AES @@",
    "community @@",
    "smtp://ops:@@@relay.example.org:587",
    "error: cannot open 'qemu+tcp://admin:@@@n2/system': refused",
    "Authorization: Basic @@",
    "-----BEGIN PRIVATE KEY-----\n@@\n-----END PRIVATE KEY-----",
    "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n@@\n-----END OPENSSH PRIVATE KEY-----\nrest",
    "HAVC_SMTP_PASSWORD=@@ havc-mail",
};

std::string planted(const std::string& text, const std::string& secret) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    // The last of "@@@" belongs to the URI.
    if (text.compare(at, 2, "@@") == 0) {
      result += secret;
      ++at;
    } else {
      result += text[at];
    }
  }
  return result;
}

TEST_CASE("a secret is hidden in each text that has one", "[health]") {
  for (const auto& text : kTexts) {
    const std::string found = redacted(planted(text, "Geheim7"));
    INFO(text << "\n" << found);
    CHECK(found.find("Geheim7") == std::string::npos);
    CHECK(found.find("(hidden)") != std::string::npos);
    CHECK(redacted(found) == found);
  }
}

TEST_CASE("a planted secret never comes out, whatever is around it", "[health]") {
  std::mt19937 random(7);
  const auto word = [&] {
    const std::string letters = "abcXYZ0189!%*+/?^~|$,;>:=";
    std::string result = "Q";
    for (int i = 0; i < 11; ++i) result += letters[random() % letters.size()];
    return result;
  };
  for (int i = 0; i < 300; ++i) {
    std::string text;
    const std::string secret = word();
    for (int line = 0; line < 8; ++line) {
      text += word() + " " + word() + "\n";
      text += planted(kTexts[random() % kTexts.size()], secret) + "\n";
    }
    const std::string found = redacted(text);
    INFO(text << "\n--\n" << found);
    CHECK(found.find(secret) == std::string::npos);
    CHECK(redacted(found) == found);
  }
}

TEST_CASE("what has no secret stays as it is", "[health]") {
  const auto file = GENERATE("tests/golden/cluster/started.cib", "xml/corosync/corosync.conf",
                             "tests/golden/inventory/cluster.toml", "xml/templates/resource.xml",
                             "tests/golden/inventory/WEB-01_intranet.domain.xml");
  const std::string text = havc::read_file(std::string(HAVC_SOURCE_DIR "/") + file, 1 << 20);
  CHECK(redacted(text) == text);
}

TEST_CASE("lines stay lines, and what is around a secret stays", "[health]") {
  CHECK(redacted("a\npassword=x\nb\n") == "a\npassword=(hidden)\nb\n");
  CHECK(redacted("passwd=x login=admin") == "passwd=(hidden) login=admin");
  CHECK(redacted("<nvpair name=\"passwd\" value=\"x\" id=\"y\"/>") ==
        "<nvpair name=\"passwd\" value=\"(hidden)\" id=\"y\"/>");
  CHECK(redacted("smtp://ops:x@relay") == "smtp://ops:(hidden)@relay");
  CHECK(redacted("").empty());
}

}  // namespace
