// Folders of other systems that are broken or hostile.
#include "importer/capsvm.h"
#include "importer/havc2_folder.h"
#include "inventory/read.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

#include <filesystem>

namespace {

using namespace havc;
using namespace havc::importer;
using Catch::Matchers::Contains;

inventory::Cluster cluster() {
  std::vector<Error> problems;
  return inventory::read_cluster(
             "ping_hosts = []\n[zones.a]\nbridge = 'br0'\nranges = ['10.0.0.0/24']\n[nodes.n1]\n"
             "address = 'n1'\n",
             "cluster.toml", problems)
      .value();
}

const std::string kDomain =
    "<domain type='kvm'><name>WEB_a</name><memory>524288</memory><devices><disk type='file'>"
    "<source file='/srv/WEB_a.raw'/></disk></devices></domain>";

std::string host(const std::string& key = "", const std::string& value = "") {
  std::string text;
  for (const auto& [name, usual] :
       std::vector<std::pair<std::string, std::string>>{{"HOST_FQHN", "web.example.org"},
                                                        {"NETWORK_ZONE", "a"},
                                                        {"VM_NAME", "WEB"},
                                                        {"MAC_ADDRESS", "02:00:0A:00:00:01"},
                                                        {"IP_ADDRESS", "10.0.0.1"}})
    text += name + "='" + (name == key ? value : usual) + "'\n";
  return text;
}

std::string problem_of(const Havc2Machine& machine) {
  std::vector<Error> problems;
  static_cast<void>(havc2_import({.folder = "f", .machines = {machine}}, cluster(), {}, problems));
  REQUIRE(problems.size() == 1);
  return problems[0].what();
}

TEST_CASE("a host file that is wrong is refused with file and line", "[importer]") {
  const auto [key, value, reason] = GENERATE(table<std::string, std::string, std::string>({
      {"VM_NAME", "../../etc", "f/hosts/WEB_a:3: VM_NAME is"},
      {"VM_NAME", "OTHER", "the machine is 'OTHER_a', which is not the file's name"},
      {"IP_ADDRESS", "10.0.0.256", "f/hosts/WEB_a:5: IP_ADDRESS is '10.0.0.256'"},
      {"HOST_FQHN", "$(reboot)", "f/hosts/WEB_a:1: HOST_FQHN is '$(reboot)'"},
      {"NETWORK_ZONE", "\" x = 1", "f/hosts/WEB_a:2: NETWORK_ZONE is"},
  }));
  CAPTURE(key, value);
  CHECK_THAT(problem_of({"WEB_a", host(key, value), kDomain, {}, {}}), Contains(reason));
}

TEST_CASE("definitions and pieces that are wrong are refused", "[importer]") {
  CHECK_THAT(problem_of({"WEB_a", host(), "<domain>", {}, {}}), Contains("is not XML"));
  CHECK_THAT(problem_of({"WEB_a", host(), kDomain, "<resources/>", {}}),
             Contains("f/pacemaker/WEB_a.resource.xml:1: it has 0 primitives, not one"));
  CHECK_THAT(problem_of({"WEB_a", host(), kDomain, {}, "<!DOCTYPE x><x/>"}),
             Contains("document type"));
}

TEST_CASE("links that lead nowhere, loops and huge files do no harm", "[importer]") {
  const test::TemporaryFolder folder;
  CHECK_THROWS_WITH(read_havc2(folder.path()), Contains("has no folder 'hosts'"));
  folder.write("hosts/WEB_a", host());
  std::filesystem::create_symlink("loop", folder / "hosts/loop");
  std::filesystem::create_symlink("WEB_a", folder / "hosts/web.example.org");
  const auto havc2 = read_havc2(folder.path());
  REQUIRE(havc2.machines.size() == 1);
  CHECK(havc2.machines[0].fqn == "WEB_a");
  CHECK(havc2.notes.size() == 1);
  folder.write("hosts/HUGE_a", std::string(2 << 20, '#'));
  CHECK_THROWS_WITH(read_havc2(folder.path()), Contains("is larger than"));
}

const std::string kCaps =
    "vm_label=web\nvm_memory=512\nvm_nb_cpus=1\nvm_os_hdd=/srv/web.raw\n"
    "vm_smbios_uuid=5b1ac0de-0000-4000-8000-000000000001\nvm_failover_action=failover\n"
    "vm_extra_param='-nic bridge,br=br0,mac=52:54:00:00:00:01'\n";

std::vector<Error> problems_of(const std::string& one, const std::string& other) {
  std::vector<Error> problems;
  static_cast<void>(capsvm_import({"1", "", {{"web", one}}}, Capsvm{"2", "", {{"web", other}}}, {},
                                  cluster(), {}, problems));
  return problems;
}

std::string with(const std::string& from, const std::string& to) {
  std::string text = kCaps;
  return text.replace(text.find(from), from.size(), to);
}

TEST_CASE("two servers may differ in sizes, and not in what a machine is", "[importer]") {
  CHECK(problems_of(kCaps, kCaps).empty());
  CHECK(problems_of(kCaps, with("512", "1024")).empty());
  const auto problems = problems_of(kCaps, with("web.raw", "other.raw"));
  REQUIRE(problems.size() == 1);
  CHECK_THAT(problems[0].what(), Contains("1/enabled/web:4: vm_os_hdd is '/srv/web.raw', and"));
}

TEST_CASE("a file of CAPS-OS that is wrong is refused with file and line", "[importer]") {
  const auto [from, to, reason] = GENERATE(table<std::string, std::string, std::string>({
      {"512", "lots", "1/enabled/web:2: vm_memory is 'lots'"},
      {"/srv/web.raw", "/srv/../web", "1/enabled/web:4: vm_os_hdd is"},
      {"failover\n", "no\n", "1/enabled/web:6: it has no failover, and its node is not known"},
      {"52:54:00:00:00:01", "x", "1/enabled/web:7: its network card has the MAC address 'x'"},
      {"-nic", "-m 5 -nic", "1/enabled/web:7: vm_extra_param: '-m' contradicts"},
      {"br=br0", "br=br9", "give --zone"},
      {"=web", "=$(id)", "worked out by a shell"},
      {"=web", "=_", "is no name for a virtual machine"},
  }));
  CAPTURE(to);
  const std::string file = with(from, to);
  const auto problems = problems_of(file, file);
  REQUIRE(problems.size() == 1);
  CHECK_THAT(problems[0].what(), Contains(reason));
}

}  // namespace
