// What is imported of folders as other systems have them. The files of each import lie together in
// one golden text; templates_test.py has libvirt read what is made of them.
#include <filesystem>

#include "base/file.h"
#include "importer/capsvm.h"
#include "importer/domain.h"
#include "importer/havc2_folder.h"
#include "inventory/render.h"
#include "support/catch.h"
#include "support/golden.h"
#include "support/temporary_folder.h"

namespace {

using namespace havc;
using namespace havc::importer;
using havc::test::check_golden;

const std::string kHere = HAVC_SOURCE_DIR "/tests/golden/importer";

/// All files and notes of an import, as one text.
std::string text_of(const Import& import, const std::string& cluster) {
  std::string text;
  if (!cluster.empty()) text += "==== cluster.toml\n" + cluster;
  for (const auto& file : import.files)
    text += "==== " + file.path + (file.secret ? " (secret)" : "") + "\n" + file.text;
  text += "==== notes\n";
  for (const auto& note : import.notes) text += note.about + ": " + note.text + "\n";
  return text;
}

/// The inventory that the import makes has no problems, and its definitions can be made.
std::vector<std::string> domains_of(const Import& import, const std::string& cluster) {
  const test::TemporaryFolder folder;
  folder.write("cluster.toml", cluster);
  inventory::put(folder.path(), import.files);
  const auto reading = inventory::read(folder.path());
  for (const auto& problem : reading.problems) FAIL(problem.what());
  inventory::TemplateFolders templates({folder / "templates", HAVC_SOURCE_DIR "/xml/templates"});
  std::vector<std::string> domains;
  for (const auto& vm : reading.inventory.vms)
    domains.push_back(inventory::domain_xml(vm, reading.inventory.cluster, templates));
  return domains;
}

inventory::Cluster read_cluster(const std::string& text) {
  std::vector<Error> problems;
  auto cluster = inventory::read_cluster(text, "cluster.toml", problems);
  for (const auto& problem : problems) FAIL(problem.what());
  return *cluster;
}

/// With a name that is the same on every machine.
Havc2 havc2_here() {
  Havc2 havc2 = read_havc2(kHere + "/havc2");
  havc2.folder = "havc2";
  return havc2;
}

TEST_CASE("a folder of HAVC-II becomes an inventory", "[importer]") {
  const Havc2 havc2 = havc2_here();
  Notes notes;
  const std::string cluster = havc2_cluster(havc2, notes);
  std::vector<Error> problems;
  auto import = havc2_import(havc2, read_cluster(cluster), {}, problems);
  for (const auto& problem : problems) FAIL(problem.what());
  import.notes.insert(import.notes.begin(), notes.begin(), notes.end());
  check_golden("importer/havc2.txt", text_of(import, cluster));
  CHECK(domains_of(import, cluster).size() == 4);
}

TEST_CASE("what HAVC-II's machines were is what they are", "[importer]") {
  const Havc2 havc2 = havc2_here();
  Notes notes;
  const std::string cluster = havc2_cluster(havc2, notes);
  std::vector<Error> problems;
  const auto import = havc2_import(havc2, read_cluster(cluster), {}, problems);
  const auto domains = domains_of(import, cluster);
  check_golden("importer/DB-01_dmz.domain.xml", domains.at(0));
  std::size_t next = 0;
  for (const char* const fqn : {"DB-01_dmz", "LOW-01_lab", "WEB-01_intranet", "WEB-02_intranet"}) {
    CAPTURE(fqn);
    const auto before = read_file(kHere + "/havc2/libvirt/" + fqn + ".xml", 1 << 20);
    CHECK(same_domain(domains.at(next++), before));
  }
}

const std::string kCluster =
    "ping_hosts = []\n[zones.intranet]\nbridge = 'br0'\nranges = ['192.168.4.0/24']\nfolders = "
    "['/srv/vm/intranet']\n[nodes.node1]\naddress = 'node1'\n[nodes.node2]\naddress = 'node2'\n";

Capsvm capsvm_in(const std::string& name) {
  Capsvm capsvm = read_capsvm(kHere + "/" + name);
  capsvm.folder = name;
  return capsvm;
}

TEST_CASE("files of CAPS-OS become an inventory", "[importer]") {
  std::vector<Error> problems;
  const auto import =
      capsvm_import(capsvm_in("capsvm"), capsvm_in("capsvm-2"), {.nodes = {{"node1"}, {"node2"}}},
                    read_cluster(kCluster), {}, problems);
  for (const auto& problem : problems) FAIL(problem.what());
  check_golden("importer/capsvm.txt", text_of(import, ""));
  const auto domains = domains_of(import, kCluster);
  REQUIRE(domains.size() == 2);
  check_golden("importer/GATEWAY_intranet.domain.xml", domains[0]);
  check_golden("importer/SCADA-1_intranet.domain.xml", domains[1]);
}

}  // namespace
