#include "change/difference.h"

#include "base/clock.h"
#include "base/error.h"
#include "support/catch.h"

namespace {

using namespace havc::change;
using Lines = std::vector<std::string>;

std::string domain(const std::string& hardware, const std::string& devices = "") {
  return "<domain><name>WEB_a</name>" + hardware + "<devices>" + devices + "</devices></domain>";
}

TEST_CASE("what a guest would notice is told in words", "[change]") {
  const std::string disk = "<disk><source file='/a'/><target dev='vda'/></disk>";
  const std::string card =
      "<interface><mac address='02:00:00:00:00:01'/><source bridge='br0'/></interface>";
  const auto [before, after, line] = GENERATE_COPY(table<std::string, std::string, std::string>({
      {domain("<vcpu>1</vcpu>"), domain("<vcpu>2</vcpu>"), "cpus 1 -> 2"},
      {domain("<memory unit='MiB'>1024</memory>"), domain("<memory unit='GiB'>2</memory>"),
       "memory 1024 -> 2048 MiB"},
      {domain("<os><type machine='q35'/></os>"), domain("<os><type machine='pc'/></os>"),
       "kind of machine q35 -> pc"},
      {domain("", disk), domain("", ""), "disk vda /a -> none"},
      {domain("", disk), domain("", "<disk><source dev='/b'/><target dev='vda'/></disk>"),
       "disk vda /a -> /b"},
      {domain("", disk), domain("", "<disk><driver/><source file='/a'/><target dev='vda'/></disk>"),
       "other settings of the definition"},
      {domain("", card),
       domain("",
              "<interface><mac address='02:00:00:00:00:01'/><source bridge='br1'/></interface>"),
       "card 1 network br0 -> br1"},
      {domain(""), domain("<title>web</title>"), "other settings of the definition"},
      {domain(""), domain("<metadata><x xmlns='urn:x'/></metadata>"), "metadata and tags"},
  }));
  CHECK(domain_differences(before, after) == Lines{line});
}

TEST_CASE("the same in other words is no difference", "[change]") {
  CHECK(domain_differences(
            domain("<memory unit='KiB'>1048576</memory><uuid>0200C0A80465</uuid>"),
            domain("<!-- note -->\n<memory unit='GiB'>1</memory>\n<uuid>0200c0a80465</uuid>"))
            .empty());
}

TEST_CASE("what libvirt adds to a domain that runs is no difference", "[change]") {
  const std::string live = domain(
      "<vcpu placement='static'>2</vcpu><resource><partition>/machine</partition></resource>",
      "<emulator>/usr/bin/kvm</emulator>");
  CHECK(domain_differences(live, domain("<vcpu>2</vcpu>"), true).empty());
  CHECK(domain_differences(live, domain("<vcpu>4</vcpu>"), true) == Lines{"cpus 2 -> 4"});
}

TEST_CASE("a machine's name without a version is what libvirt makes of it in a domain that runs",
          "[change]") {
  const auto [runs, defined, lines] = GENERATE(table<std::string, std::string, Lines>({
      {"pc-i440fx-7.2", "pc", {}},
      {"pc-q35-7.2", "q35", {}},
      {"pc-i440fx-rhel7.6.0", "pc", {}},
      {"virt-7.2", "virt", {}},
      {"pc-q35-7.2", "pc", {"kind of machine pc-q35-7.2 -> pc"}},
      {"pc-i440fx-7.2", "q35", {"kind of machine pc-i440fx-7.2 -> q35"}},
      {"pc-i440fx-6.2", "pc-i440fx-7.2", {"kind of machine pc-i440fx-6.2 -> pc-i440fx-7.2"}},
      {"pc-i440fx-7.2", "pc-i440fx-7", {"kind of machine pc-i440fx-7.2 -> pc-i440fx-7"}},
  }));
  const auto machine = [](const std::string& name) {
    return domain("<os><type machine='" + name + "'/></os>");
  };
  CHECK(domain_differences(machine(runs), machine(defined), true) == lines);
}

TEST_CASE("a domain that runs has a machine also where its definition names none", "[change]") {
  const std::string live = domain("<os><type machine='pc-i440fx-7.2'>hvm</type></os>");
  CHECK(domain_differences(live, domain("<os><type>hvm</type></os>"), true).empty());
}

TEST_CASE("in files, a machine's name with a version is another than that without", "[change]") {
  CHECK(domain_differences(domain("<os><type machine='pc-i440fx-7.2'/></os>"),
                           domain("<os><type machine='pc'/></os>")) ==
        Lines{"kind of machine pc-i440fx-7.2 -> pc"});
}

TEST_CASE("pairs are told with their units, secrets without their values", "[change]") {
  CHECK(pair_words("utilization", "cpu", "1", "2") == "cpus 1 -> 2");
  CHECK(pair_words("utilization", "memory", "1", "2") == "memory 1 -> 2 MiB");
  CHECK(pair_words("utilization", "memory", {}, "2") == "memory 2 MiB");
  CHECK(pair_words("instance_attributes", "email", "a@b", {}) == "email a@b -> none");
  CHECK(pair_words("instance_attributes", "passwd", "one", "two") == "passwd (hidden)");
  CHECK(shown_pair("snmp_community", "private") == "snmp_community=(hidden)");
  CHECK(shown_pair("priority", "1") == "priority=1");
}

TEST_CASE("a diff names both texts", "[change]") {
  const auto soon = havc::Deadline::after(havc::system_clock(), std::chrono::minutes(1));
  CHECK(unified_diff("a\n", "a\n", "old", "new", soon).empty());
  CHECK(unified_diff("a\n", "b\n", "old", "new", soon) ==
        "--- old\n+++ new\n@@ -1 +1 @@\n-a\n+b\n");
}

}  // namespace
