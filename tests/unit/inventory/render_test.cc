#include "inventory/render.h"

#include "inventory/read.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace {

using namespace havc::inventory;
using Catch::Matchers::Contains;

// Whole files are compared in tests/golden/inventory.
struct Rendering {
  Cluster cluster;
  Vm vm;
};

Rendering reading(const std::string& more) {
  std::vector<havc::Error> problems;
  auto cluster = read_cluster(
      "ping_hosts = []\n[zones.a]\nbridge = 'br0'\nranges = ['10.0.0.0/8']\nfolders = "
      "['/srv/a']\n[nodes.n1]\naddress = 'n1'\n",
      "cluster.toml", problems);
  REQUIRE(cluster);
  auto vm = read_vm("name = 'WEB'\nhost = 'web'\naddress = '10.0.0.1'\n" + more, "WEB.toml",
                    *cluster, problems);
  for (const auto& problem : problems) FAIL(problem.what());
  return {*cluster, *vm};
}

TEST_CASE("a disk that the template has no place for is not left out silently", "[inventory]") {
  const havc::test::TemporaryFolder folder;
  folder.write("domain.xml", "<domain><disk>\n%{VM_IMAGE}\n</disk></domain>");
  TemplateFolders templates({folder.path()});
  const auto one = reading("");
  CHECK_THAT(domain_xml(one.vm, one.cluster, templates), Contains("/srv/a/WEB_a.raw"));
  const auto two = reading("disks = ['/srv/a/1', '/dev/2']\n");
  CHECK_THROWS_WITH(
      domain_xml(two.vm, two.cluster, templates),
      Contains("has no place for disk '/dev/2'; write %{VM_DEVICE_2} into the template"));
}

TEST_CASE("a machine may have a template of its own", "[inventory]") {
  const havc::test::TemporaryFolder folder;
  folder.write("own.xml", "<domain><own>%{VM_IMAGE}</own></domain>");
  TemplateFolders templates({folder.path()});
  const auto own = reading("template = 'own.xml'\n");
  CHECK(domain_xml(own.vm, own.cluster, templates) ==
        "<domain><own>/srv/a/WEB_a.raw</own></domain>");
}

TEST_CASE("a template that is not there is told at its key, with those that are", "[inventory]") {
  const havc::test::TemporaryFolder folder;
  folder.write("b.xml", "<domain><own>%{VM_IMAGE}</own></domain>");
  folder.write("resource.xml", "<resources/>");
  folder.write("broken.xml", "<domain>");
  const havc::test::TemporaryFolder installed;
  installed.write("a.xml", "<domain/>");
  installed.write("b.xml", "<domain/>");
  TemplateFolders templates({folder.path(), installed.path(), "/nonexistent"});
  const auto nope = reading("template = 'nope.xml'\n");
  CHECK_THROWS_WITH(
      domain_xml(nope.vm, nope.cluster, templates),
      Contains("WEB.toml:4: there is no template 'nope.xml' of a definition in " + folder.path()) &&
          Contains("; name one of: a.xml, b.xml"));
  const auto resource = reading("template = 'resource.xml'\n");
  CHECK_THROWS_WITH(domain_xml(resource.vm, resource.cluster, templates),
                    Contains("WEB.toml:4: template '" + (folder / "resource.xml") +
                             "' is of no definition: its root is <resources>"));
}

TEST_CASE("the cluster's template that is not there is told, too", "[inventory]") {
  TemplateFolders none({"/nonexistent"});
  const auto one = reading("");
  CHECK_THROWS_WITH(
      domain_xml(one.vm, one.cluster, none),
      Contains("cluster.toml:1: there is no template 'domain.xml'") && Contains("put it there"));
}

TEST_CASE("what is local or disabled is not in the cluster", "[inventory]") {
  TemplateFolders none({});
  for (const auto* more : {"kind = 'local'\nnodes = ['n1']\n", "wanted = 'disabled'\n"}) {
    const auto local = reading(more);
    CHECK(cib_pieces(local.vm, local.cluster, none).empty());
  }
}

TEST_CASE("values follow from the machine and its zone", "[inventory]") {
  const auto plain = reading("wanted = 'stopped'\n");
  const auto values = values_of(plain.vm, plain.cluster);
  CHECK(values.at("TARGET_ROLE") == "Stopped");
  CHECK(values.at("IP_ADDRESS_V6").empty());
  CHECK(values.at("NETWORK_VLAN").empty());
  CHECK(values.at("DESCRIPTION") == "zone a, 10.0.0.1");
  CHECK(values.at("UUID_SUFFIX") == "02000A000001");
  CHECK(values.count("PREFERRED_NODE") == 0);
}

}  // namespace
