// Commands that edit the inventory, as they are given: files in a folder, no cluster.
#include "havc/command_line.h"
#include "havc/commands.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

#include <sstream>

namespace {

using namespace havc::cli;
using Catch::Matchers::Contains;

struct Said {
  int code;
  std::string out;
  std::string err;
};

/// An inventory with a VM.
struct Folder {
  havc::test::TemporaryFolder folder = {};

  Folder() {
    folder.write("cluster.toml",
                 "ping_hosts = []\n[zones.a]\nbridge = 'br0'\nranges = ['10.0.0.0/8']\nfolders = "
                 "['/srv/a']\n");
    folder.write("vms/WEB-01.toml", "name = 'WEB-01'\nhost = 'web'\naddress = '10.0.0.1'\n");
    folder.write("templates/domain.xml", "<domain><own>%{VM_IMAGE}</own></domain>");
    folder.write("templates/resource.xml", "<cib/>");
  }
  Said havc(std::vector<std::string> words) const {
    words.insert(words.end(), {"--config", folder.path()});
    std::ostringstream out;
    std::ostringstream err;
    const int code = run(commands(), words, out, err);
    return {code, out.str(), err.str()};
  }
};

TEST_CASE("set refuses a template that there is none of, and names those there are", "[havc]") {
  const Folder inventory;
  const auto said = inventory.havc({"set", "WEB-01", "template=nope.xml"});
  CHECK(said.code == kFailed);
  CHECK_THAT(said.err, Contains("there is no template 'nope.xml'") && Contains("domain.xml"));
  CHECK(inventory.havc({"set", "WEB-01", "template=domain.xml"}).code == kDone);
}

TEST_CASE("a VM that had no definition before may be changed in something else", "[havc]") {
  const Folder inventory;
  inventory.folder.write("vms/WEB-01.toml",
                         "name = 'WEB-01'\nhost = 'web'\naddress = '10.0.0.1'\ntemplate = "
                         "'nope.xml'\n");
  CHECK(inventory.havc({"set", "WEB-01", "cpus=2"}).code == kDone);
  const auto said = inventory.havc({"check"});
  CHECK(said.code == kFailed);
  CHECK_THAT(said.out, Contains("there is no template 'nope.xml'"));
}

TEST_CASE("add says that a name is taken before anything else is missing", "[havc]") {
  const Folder inventory;
  const auto said = inventory.havc({"add", "web-01"});
  CHECK(said.code == kFailed);
  CHECK_THAT(said.err, Contains("there is a VM 'web-01' already") && Contains("WEB-01.toml"));
  CHECK_THAT(inventory.havc({"add", "WEB-02"}).err, Contains("has no host name; give --host"));
}

}  // namespace
